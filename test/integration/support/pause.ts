const MARKS = "/srv/biomaid/state";

/** What a paused process waits for: `touch` it in any container with the state volume. */
export const GO_ON = `${MARKS}/test-go-on`;
export const PAUSED = /test: paused/;

/**
 * A settings.d file that makes the application pause, the first time only, so that a test can interfere at a known moment.
 *
 * - `check`: after migrate, before `manage.py check` has begun
 * - `loaddata`: when some of the fixtures' objects are saved and others are not
 */
export function pauseOnce(where: "check" | "loaddata"): string {
  return `import sys, time
from pathlib import Path

def pause():
    try:
        Path("${MARKS}/test-paused").touch(exist_ok=False)
    except FileExistsError:
        return
    print("test: paused", flush=True)
    while not Path("${GO_ON}").exists():
        time.sleep(0.05)
${where === "check" ? AT_CHECK : IN_LOADDATA}`;
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
