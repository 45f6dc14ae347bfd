"""`biomaid job PERIOD`: one period's jobs, once, with its outcome kept.

`runjobs` (django-extensions) hides failures: a job's exception is logged and the exit status is 0, an unknown period
is 0 too. So its output is read.
"""

import ctypes
import fcntl
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from datetime import datetime
from typing import Any, NoReturn

from biomaid_runtime import config, database, history, local_folder, paths
from biomaid_runtime.faults import Fault

# django_extensions/management/commands/runjobs.py
FAILED = re.compile(rb"ERROR OCCURED IN (\w+ )?JOB")
WAIT_SECONDS = 60
PR_SET_PDEATHSIG = 1
# A job may print megabytes without a line end: neither this process nor the history is to hold them.
MAX_LINE = 64 * 1024
MAX_ERROR = 1000


def main(period: str) -> int:
    if period not in history.PERIODS:
        known = ", ".join(history.PERIODS)
        raise Fault(
            f"unknown period {period!r}; known: {known}",
            f"période inconnue {period!r} ; connues : {known}",
            exit_status=2,
        )
    settings = config.load()
    run = Run(period)
    try:
        local_folder.prepare(settings)
        connection = database.wait(settings, limit=WAIT_SECONDS)
    except Fault as fault:
        run.end("failed", fault.exit_status, str(fault).splitlines()[0])
        raise
    try:
        if not database.try_lock(connection, history.PERIODS[period]):
            print(f"biomaid: {period}: skipped, a run is still going on", flush=True)
            run.end("skipped", 0, None)
            return 0
        with run.alive():
            run.started()
            status, error = _runjobs(period)
            failed = bool(status or error)
            run.end("failed" if failed else "succeeded", status, error)
    finally:
        connection.close()
    return (status or 1) if failed else 0


class Run:
    def __init__(self, period: str) -> None:
        self.identity = {"period": period, "run": str(uuid.uuid4())}
        self.file = history.file(period)
        self.mark = history.running_mark(period)
        self.start = _now()
        self.clock = time.monotonic()

    def alive(self) -> Any:
        """Held until closed, or until the kernel closes it."""
        self.mark.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        stream = self.mark.open("w")
        fcntl.flock(stream, fcntl.LOCK_EX)
        return stream

    def started(self) -> None:
        self._append({**self.identity, "event": "started", "start": self.start})

    def end(self, outcome: str, status: int, error: str | None) -> None:
        self._append(
            {
                **self.identity,
                "event": "ended",
                "start": self.start,
                "end": _now(),
                "duration": round(time.monotonic() - self.clock, 3),
                "outcome": outcome,
                "exit_status": status,
                "error": error,
            }
        )

    def _append(self, record: dict[str, Any]) -> None:
        try:
            self.file.append(record)
        except OSError as error:
            # The job matters more than its record: a full log volume must not stop the imports.
            print(f"biomaid: the history cannot be written to: {error}", file=sys.stderr, flush=True)


def _runjobs(period: str) -> tuple[int, str | None]:
    """The exit status, and the line that tells the failure if there was one."""
    process = subprocess.Popen(
        [paths.PYTHON, "manage.py", "runjobs", period],
        cwd=paths.SOURCE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=_die_with_parent,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: process.send_signal(received))
    offending: str | None = None
    last = ""
    assert process.stdout is not None
    for line in iter(lambda: process.stdout.readline(MAX_LINE), b""):
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
        text = line.decode("utf-8", "replace").strip()
        if offending is None and FAILED.search(line):
            offending = text
        last = text or last
    code = process.wait()
    # As a shell would say it: 128 + the signal.
    status = code if code >= 0 else 128 - code
    error = offending or (last or f"exit status {status}" if status else None)
    return status, error[:MAX_ERROR] if error else None


def _die_with_parent() -> None:
    """A killed wrapper gives its lock back: manage.py must not go on without it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:
        _give_up()


def _give_up() -> NoReturn:
    os._exit(1)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")
