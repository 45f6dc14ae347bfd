"""One directory of static files per (release, inputs), and `current`, a link to the one in service.

Django's collectstatic skips a file whose target is not older than its source; with one directory for all releases, the
dates inside images would keep an older release's files in service.
"""

import os
import shutil
from pathlib import Path

from biomaid_runtime import paths
from biomaid_runtime.config import Config

CURRENT = paths.STATIC / "current"
UNFINISHED = ".unfinished-"


def directory(config: Config) -> Path:
    return paths.STATIC / f"{config.release[:12]}-{config.inputs[:12]}"


def in_service(config: Config) -> bool:
    return CURRENT.is_symlink() and os.readlink(CURRENT) == directory(config).name and CURRENT.is_dir()


def unfinished(config: Config) -> Path:
    return paths.STATIC / f"{UNFINISHED}{directory(config).name}"


def make_unfinished(config: Config) -> Path:
    """An empty directory for collectstatic; what an interrupted one has left goes first."""
    for old in paths.STATIC.glob(f"{UNFINISHED}*"):
        shutil.rmtree(old, ignore_errors=True)
    new = unfinished(config)
    new.mkdir(mode=0o750)
    return new


def put_in_service(config: Config, collected: Path) -> None:
    previous = os.readlink(CURRENT) if CURRENT.is_symlink() else ""
    target = directory(config)
    if collected != target:
        os.rename(collected, target)
    link = paths.STATIC / ".current"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    os.replace(link, CURRENT)
    # The previous one stays: pages already open in browsers, and applications of the previous release, still ask for
    # it.
    for entry in paths.STATIC.iterdir():
        if entry.is_dir() and not entry.is_symlink() and entry.name not in (target.name, previous):
            shutil.rmtree(entry, ignore_errors=True)
