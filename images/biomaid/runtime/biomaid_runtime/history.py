"""The runs of the periodic jobs, on the log volume: they outlive their containers."""

import fcntl
import json
from pathlib import Path
from typing import Any

from biomaid_runtime import paths
from biomaid_runtime.json_lines import JsonLines

# In the order of django-extensions; the number of each is that of its advisory lock.
PERIODS = {"quarter_hourly": 1, "hourly": 2, "daily": 3, "weekly": 4, "monthly": 5, "yearly": 6}

JOBS = paths.LOG / "jobs"


def file(period: str) -> JsonLines:
    return JsonLines(JOBS / f"{period}.jsonl", max_bytes=1_000_000, backups=3)


def running_mark(period: str) -> Path:
    """A file that a run keeps locked while it lives, which tells a killed run from one that goes on."""
    return JOBS / f".{period}.running"


def runs(last: int | None) -> list[dict[str, Any]]:
    """One record per run, newest last: all, or the `last` (at least 1) of them.

    One that only started is `running`, or `killed` when nobody holds its mark.
    """
    merged: list[dict[str, Any]] = []
    for period in PERIODS:
        by_run: dict[str, dict[str, Any]] = {}
        for event in file(period).read():
            known = by_run.setdefault(event.get("run", ""), {"period": period})
            known.update({key: value for key, value in event.items() if key != "event"})
        started = [run for run in by_run.values() if "outcome" not in run]
        for run in started:
            run.update(end=None, duration=None, outcome="killed", exit_status=None, error=None)
        # A period's runs exclude one another, so that only its latest can be the one that is alive.
        if started and _held(running_mark(period)):
            max(started, key=lambda run: str(run.get("start")))["outcome"] = "running"
        merged += by_run.values()
    merged.sort(key=lambda run: str(run.get("start")))
    return merged if last is None else merged[-last:]


def _held(mark: Path) -> bool:
    try:
        with mark.open() as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def main(last: int | None) -> int:
    for run in runs(last):
        print(json.dumps(run, ensure_ascii=False))
    return 0
