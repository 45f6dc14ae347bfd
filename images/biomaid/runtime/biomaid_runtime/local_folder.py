"""`local`, the site's configuration folder, as upstream wants it: at the source root, with a writable config.toml.

The folder itself is read-only (the operator's mount, or a folder of the source). /run/biomaid/local holds a link to
each of its entries, except config.toml: the application's administration pages rewrite that one (common/views.py), so
it lives on the state volume.
"""

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from biomaid_runtime import links, paths, source_tree
from biomaid_runtime.config import Config
from biomaid_runtime.faults import Fault
from biomaid_runtime.operator_folder import LEFT_OUT, require_readable

REWRITTEN = "config.toml"
# The source has a link to it where upstream looks for it (prepare-source.sh).
INSTANCE_CONFIG = "instance_config.toml"


def prepare(config: Config, *, follow_changes: bool = False) -> None:
    """Make /run/biomaid/local, and before it SOURCE where that is mounted.

    Safe to call again, and by several processes and containers at once.
    """
    if config.reload:
        source_tree.prepare()
    folder = paths.SOURCE / config.local if config.local else paths.OPERATOR_LOCAL
    require_readable(folder)
    if not (folder / "settings.py").is_file():
        raise Fault(
            f"the local folder {folder} has no settings.py: copy the application's local_biomaid and adapt it",
            f"le dossier local {folder} n'a pas de settings.py : copier le local_biomaid de l'application et l'adapter",
        )
    targets = _entries(folder)
    if config.local and not config.reload and (folder / "__pycache__").is_dir():
        targets["__pycache__"] = folder / "__pycache__"  # compiled by the image's build
    if REWRITTEN in targets:
        targets[REWRITTEN] = _writable_copy(targets[REWRITTEN], follow_changes)
    if paths.INSTANCE_CONFIG.exists():
        if INSTANCE_CONFIG in targets:
            raise Fault(
                f"application.paths and application.attachment_roots of instance.yaml, or {INSTANCE_CONFIG} of the "
                "local folder: not both; move what the file says into instance.yaml or into the folder's config.d",
                "application.paths et application.attachment_roots dans instance.yaml, ou le fichier "
                f"{INSTANCE_CONFIG} du dossier local : pas les deux ; reporter le contenu du fichier dans "
                "instance.yaml ou dans le config.d du dossier",
            )
        targets[INSTANCE_CONFIG] = paths.INSTANCE_CONFIG
    links.make(paths.LOCAL, targets)


def link(folder: Path) -> None:
    """Make /run/biomaid/local of a folder as it is, without the volume of what the application rewrites."""
    links.make(paths.LOCAL, _entries(folder))


def _entries(folder: Path) -> dict[str, Path]:
    return {entry.name: entry for entry in folder.iterdir() if entry.name not in LEFT_OUT}


def _writable_copy(origin: Path, follow_changes: bool) -> Path:
    """The copy on the state volume, made on first use.

    Only init replaces it when the folder's own file has changed (`follow_changes`): an application of the previous
    release that restarts in the middle of an upgrade must not put its older file back.
    """
    state = paths.STATE / "local"
    state.mkdir(mode=0o750, parents=True, exist_ok=True)
    copy = state / REWRITTEN
    with _locked(state / ".lock"):
        content = origin.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        digest_file = state / f"{REWRITTEN}.origin"
        if not copy.exists():
            _write(copy, content)
            _write(digest_file, digest.encode())
        elif follow_changes and (not digest_file.exists() or digest_file.read_text() != digest):
            if copy.read_bytes() != content:
                kept = state / f"{REWRITTEN}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
                shutil.copy2(copy, kept)
                _write(copy, content)
                print(
                    f"biomaid: {origin} has changed and replaces the one in use, kept as {kept}\n"
                    f"biomaid: {origin} a changé et remplace celui en service, conservé dans {kept}",
                    file=sys.stderr,
                    flush=True,
                )
            _write(digest_file, digest.encode())
    return copy


def _write(file: Path, content: bytes) -> None:
    new = file.with_name(f".{file.name}.{os.getpid()}")
    with new.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(new, file)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    # flock reaches across the containers that share the volume, and is given back when its holder is killed.
    with file.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
