const MARKS = "/srv/biomaid/state";

/** Holds the PID of the process that paused. */
export const WHO = `${MARKS}/test-paused`;

/** What a paused process waits for: `touch` it in any container with the state volume. */
export const GO_ON = `${MARKS}/test-go-on`;
export const PAUSED = /test: paused/;

/**
 * A settings.d file that makes the application pause, the first time only, so that a test can interfere at a known moment.
 *
 * - `check`: after migrate, before `manage.py check` has begun
 * - `loaddata`: when some of the fixtures' objects are saved and others are not
 * - `worker`: one of gunicorn's workers, before it is warm
 */
export function pauseOnce(where: keyof typeof PAUSES): string {
  return `import os, sys, time
from pathlib import Path

def pause():
    try:
        with Path("${WHO}").open("x") as mark:
            mark.write(str(os.getpid()))
    except FileExistsError:
        return
    print("test: paused", flush=True)
    while not Path("${GO_ON}").exists():
        time.sleep(0.05)
${PAUSES[where]}`;
}

const AT_CHECK = `
if sys.argv[1:2] == ["check"]:
    pause()
`;

// `raw` is how Django's signal tells that a fixture is being loaded.
const IN_LOADDATA = `
from django.db.models.signals import pre_save
saved = 0

def count(raw, **others):
    global saved
    saved += raw
    if saved == 5:
        pause()

pre_save.connect(count, weak=False)
`;

const IN_WORKER = `
if sys.argv[0].endswith("/gunicorn"):
    pause()
`;

const PAUSES = { check: AT_CHECK, loaddata: IN_LOADDATA, worker: IN_WORKER };
