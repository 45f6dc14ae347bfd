"""A folder of links, brought up to date in place."""

import os
from pathlib import Path


def make(directory: Path, targets: dict[str, Path]) -> None:
    """Each link is replaced at once and whole; those that are no longer wanted go. Other files stay."""
    directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    for name, target in targets.items():
        link = directory / name
        if link.is_symlink() and os.readlink(link) == str(target):
            continue
        new = directory / f".{name}.{os.getpid()}"
        new.symlink_to(target)
        os.replace(new, link)
    for entry in directory.iterdir():
        if entry.name not in targets and entry.is_symlink() and not entry.name.startswith("."):
            entry.unlink(missing_ok=True)
