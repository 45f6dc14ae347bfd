"""Unpack the libraries of Oracle's Instant Client (the Basic or Basic Light package for Linux) into a flat folder.

usage: unpack_oracle_client.py ZIP FOLDER

Without a zip the folder is made and stays empty. Only the shared libraries and the licence are taken: not the tools,
nor the jars. A name that is none of theirs is never used as a path.
"""

import re
import shutil
import stat
import sys
import zipfile
from pathlib import Path

# instantclient_21_19/libclntsh.so.21.1, instantclient_21_19/BASIC_LICENSE
WANTED = re.compile(r"instantclient_[0-9_]+/((?:lib[A-Za-z0-9_+-]+\.so(?:\.[0-9]+)*)|(?:[A-Z_]+_(?:LICENSE|README)))")
LIBRARY = re.compile(r"lib[A-Za-z0-9_+-]+\.so(\.[0-9]+)*")

# cx_Oracle asks for it by this name (ODPI-C, dpiOci.c).
CLIENT = "libclntsh.so"

# The client 23 has 330 MB of libraries.
LARGEST = 2 * 1024**3


class Refused(Exception):
    pass


def unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as content:
        entries = [(match[1], entry) for entry in content.infolist() if (match := WANTED.fullmatch(entry.filename))]
        if sum(entry.file_size for _, entry in entries) > LARGEST:
            raise Refused("it is larger than any Instant Client")
        for name, entry in entries:
            target = folder / name
            # The zip keeps links as files that hold the name of another one.
            if stat.S_ISLNK(entry.external_attr >> 16):
                aim = content.read(entry).decode(errors="replace")
                if not LIBRARY.fullmatch(aim):
                    raise Refused(f"{entry.filename} is a link to {aim!r}")
                target.unlink(missing_ok=True)
                target.symlink_to(aim)
            elif not target.exists():
                with content.open(entry) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
                target.chmod(0o755 if LIBRARY.fullmatch(name) else 0o644)
    name_client(folder)


def name_client(folder: Path) -> None:
    if (folder / CLIENT).exists():
        return
    versions = [library for library in folder.glob(f"{CLIENT}.*") if library.exists()]
    if not versions:
        raise Refused(f"it has no {CLIENT}: it is not the Basic package for Linux")
    newest = max(versions, key=lambda library: [int(part) for part in library.name.split(".so.")[1].split(".")])
    (folder / CLIENT).unlink(missing_ok=True)
    (folder / CLIENT).symlink_to(newest.name)


def main(archive: Path, folder: Path) -> int:
    folder.mkdir(parents=True)
    if not archive.exists():
        return 0
    try:
        unpack(archive, folder)
    except (Refused, zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as reason:
        print(f"biomaid-compose: oracle client: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
