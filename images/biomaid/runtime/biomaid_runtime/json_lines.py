"""Files of JSON lines on the log volume, rotated.

Several processes write to one at once (two application containers during an upgrade, a job started by hand while cron
runs another): logging.handlers.RotatingFileHandler would lose lines, each process renaming the others' file.
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class JsonLines:
    def __init__(self, file: Path, max_bytes: int, backups: int) -> None:
        self.file = file
        self.max_bytes = max_bytes
        self.backups = backups

    def append(self, *records: dict[str, Any]) -> None:
        data = b"".join(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n" for record in records)
        self.file.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        with self.file.with_name(f".{self.file.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.file.exists() and self.file.stat().st_size + len(data) > self.max_bytes:
                self._rotate()
            # One write, so that a reader never sees half a line; opened anew, since another process may have rotated.
            descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            try:
                size = os.fstat(descriptor).st_size
                if os.write(descriptor, data) < len(data):
                    # The disk is full: half a line would spoil the next one too.
                    os.ftruncate(descriptor, size)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.file))
            finally:
                os.close(descriptor)

    def read(self) -> Iterator[dict[str, Any]]:
        """Oldest first. A line cut short by a full disk is skipped."""
        for file in [*(self._backup(number) for number in range(self.backups, 0, -1)), self.file]:
            try:
                lines = file.read_bytes().splitlines()
            except FileNotFoundError:
                continue
            for line in lines:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue

    def _rotate(self) -> None:
        for number in range(self.backups - 1, 0, -1):
            if self._backup(number).exists():
                os.replace(self._backup(number), self._backup(number + 1))
        os.replace(self.file, self._backup(1))

    def _backup(self, number: int) -> Path:
        return self.file.with_name(f"{self.file.name}.{number}")
