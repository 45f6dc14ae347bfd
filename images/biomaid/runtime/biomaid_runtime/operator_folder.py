"""The folders that the operator keeps and that are mounted here: `local` and `settings.d`."""

import os
from pathlib import Path

from biomaid_runtime.faults import Fault

# A .git here would be the clone of the site's own repository; bytecode of the operator's machine is not ours to trust.
LEFT_OUT = {".git", "__pycache__"}


def require_readable(folder: Path) -> None:
    """Raise a Fault that names the first file or folder that this user may not read: Python passes over it in silence.

    They keep the modes that they have on the host, where their owner is somebody else.
    """
    if os.path.exists(folder):
        _require(folder, os.R_OK | os.X_OK, folder)
    for directory, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        for name in folders:
            _require(Path(directory, name), os.R_OK | os.X_OK, folder)
        for name in files:
            # A link that leads nowhere is no file.
            if os.path.exists(path := Path(directory, name)):
                _require(path, os.R_OK, folder)


def _require(path: Path, access: int, folder: Path) -> None:
    if os.access(path, access):
        return
    repair = f"chmod -R a+rX {folder.name}"
    raise Fault(
        f"{path} cannot be read by the container's user; run `{repair}` in the instance's folder on the host",
        f"{path} est illisible pour l'utilisateur du conteneur ; lancer `{repair}` dans le dossier de l'instance, "
        "sur la machine hôte",
    )
