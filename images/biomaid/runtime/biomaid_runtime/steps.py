"""The steps of init: child processes, each with a line that says how long it took."""

import os
import subprocess
import sys
import time

from biomaid_runtime import paths
from biomaid_runtime.faults import Fault


def report(name: str, start: float) -> None:
    print(f"biomaid: {name} … {time.monotonic() - start:.1f} s", flush=True)


class Step:
    """A running child. Its output is the container's; that of one which runs beside another is held back until its
    end, or each would break into the other's lines."""

    def __init__(
        self, name: str, arguments: list[str], environment: dict[str, str] | None = None, *, beside: bool = False
    ) -> None:
        self.name = name
        sys.stdout.flush()
        self.process = subprocess.Popen(
            [paths.PYTHON, *arguments],
            cwd=paths.SOURCE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if beside else None,
            stderr=subprocess.STDOUT if beside else None,
            env={**os.environ, **(environment or {})},
        )

    def finish(self) -> None:
        """Wait for it. A failure ends init; a success is reported by whoever knows what it was."""
        output, _ = self.process.communicate()
        if output:
            sys.stdout.buffer.write(output)
            sys.stdout.buffer.flush()
        status = self.process.returncode
        if status:
            raise Fault(f"{self.name} failed (exit status {status})", f"échec de {self.name} (code retour {status})")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def run(name: str, arguments: list[str]) -> None:
    step = Step(name, arguments)
    try:
        step.finish()
    finally:
        step.stop()
