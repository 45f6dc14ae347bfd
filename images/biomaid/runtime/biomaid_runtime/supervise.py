"""Run a service's main program, copying what it says to the container's output and to the log volume.

The program is a child and this process reads its pipes: so the last lines before a crash are still written, which no
reader beside the main process could promise (the kernel kills it together with the container). Signals are passed on,
the exit status too.
"""

import contextlib
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

from biomaid_runtime import paths
from biomaid_runtime.faults import Fault
from biomaid_runtime.json_lines import JsonLines

PASSED_ON = [
    getattr(signal, f"SIG{name}") for name in ("TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "TTIN", "TTOU", "WINCH")
]
MAX_LINE = 64 * 1024
# A grandchild that outlives the program may hold the pipes open: its silence is not waited for.
DRAIN_SECONDS = 1.0


class LogCopy:
    """Lines of one service to the log volume. A full or missing volume is said once and never stops the service."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.lines = JsonLines(paths.LOG / f"{service}.jsonl", max_bytes=10_000_000, backups=5)
        self.failing = False

    def write(self, lines: list[bytes]) -> None:
        now = datetime.now().astimezone().isoformat(timespec="milliseconds")
        records: list[dict[str, Any]] = [
            {"time": now, "service": self.service, "line": line.decode("utf-8", "replace")} for line in lines
        ]
        try:
            self.lines.append(*records)
            self.failing = False
        except OSError as error:
            if not self.failing:
                _write_all(2, f"biomaid: the log volume cannot be written to: {error}\n".encode())
            self.failing = True


def run(service: str, program: Callable[[], int]) -> NoReturn:
    output, output_end = os.pipe()
    errors, errors_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(output_end, 1)
        os.dup2(errors_end, 2)
        for descriptor in (output, output_end, errors, errors_end):
            os.close(descriptor)
        _run_child(program)
    os.close(output_end)
    os.close(errors_end)

    for number in PASSED_ON:
        signal.signal(number, lambda received, _frame: _pass_on(child, received))
    status = _copy_until_exit(child, {output: 1, errors: 2}, LogCopy(service))
    sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))


def _run_child(program: Callable[[], int]) -> NoReturn:
    status = 1
    try:
        status = program()
    except Fault as fault:
        print(fault, file=sys.stderr, flush=True)
        status = fault.exit_status
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _pass_on(child: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, number)


def _copy_until_exit(child: int, pipes: dict[int, int], log: LogCopy) -> int:
    # The write end of this pipe belongs to Python's signal handling: SIGCHLD wakes the selector without a race.
    wake, wake_end = os.pipe()
    os.set_blocking(wake_end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)

    selector = selectors.DefaultSelector()
    selector.register(wake, selectors.EVENT_READ)
    rests = dict.fromkeys(pipes, b"")
    for descriptor in pipes:
        selector.register(descriptor, selectors.EVENT_READ)

    status: int | None = None
    deadline = float("inf")
    while rests and time.monotonic() < deadline:
        if status is None:
            ended, code = os.waitpid(child, os.WNOHANG)
            if ended:
                status, deadline = code, time.monotonic() + DRAIN_SECONDS
        for key, _ in selector.select(None if status is None else DRAIN_SECONDS / 4):
            if key.fd == wake:
                os.read(wake, 4096)
                continue
            data = os.read(key.fd, 65536)
            _write_all(pipes[key.fd], data)
            *lines, rest = (rests[key.fd] + data).split(b"\n")
            if rest and (not data or len(rest) > MAX_LINE):
                lines, rest = [*lines, rest], b""
            if lines:
                log.write(lines)
            rests[key.fd] = rest
            if not data:
                selector.unregister(key.fd)
                del rests[key.fd]
    return os.waitpid(child, 0)[1] if status is None else status


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BrokenPipeError:
            return  # nobody reads any more (an interrupted `docker compose run | head`): the log volume still does
