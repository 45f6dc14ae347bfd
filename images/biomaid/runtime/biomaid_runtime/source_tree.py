"""SOURCE of a development instance, whose code is not in the image: a link to each entry of the developer's folder.

That folder is never written to, and needs nothing added. What upstream wants at the source's root and is the
instance's own (`local`, the log of queries) is beside the links; what the developer's folder has for an instance of
his own there is not.
"""

import hashlib
import os
import shutil

from biomaid_runtime import links, paths

# As prepare-source.sh leaves out of an image, and what would only be in the way.
LEFT_OUT = {
    ".git",
    ".venv",
    "venv",
    "node_modules",
    "__pycache__",
    "media",
    "staticfiles",
    "log",
    "local",
    "secrets",
    "instance_settings.py",
    "instance_config.toml",
    "mktest_instance_settings.py",
    "queries.log",
    "db.sqlite3",
}
# Python puts the folder that a script's link leads to first on sys.path.
COPIED = "manage.py"


def prepare() -> None:
    """Make SOURCE, or bring it up to date. Safe to call again, and by several processes at once."""
    targets = {entry.name: entry for entry in paths.TREE.iterdir() if entry.name not in LEFT_OUT}
    targets.pop(COPIED, None)
    # The same as prepare-source.sh makes in an image.
    targets["queries.log"] = paths.NOWHERE
    targets["local"] = paths.LOCAL
    targets["instance_config.toml"] = paths.LOCAL / "instance_config.toml"
    links.make(paths.SOURCE, targets)
    new = paths.SOURCE / f".{COPIED}.{os.getpid()}"
    shutil.copyfile(paths.TREE / COPIED, new)
    os.replace(new, paths.SOURCE / COPIED)


def migrations() -> str:
    """A digest of which migrations there are: with one more or less, the database is not at this code."""
    names = sorted(str(file.relative_to(paths.TREE)) for file in paths.TREE.glob("*/migrations/*.py"))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
