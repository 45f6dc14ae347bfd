"""`biomaid init`: brings database and static files to this release and these settings.

Compose runs it at every `up`, and at `docker compose start app` too: what the stamp in the database and the `current`
link say is done costs next to nothing.

The fixtures come after migrate, as upstream's developer guide has them. One `check` comes before gunicorn and cron
start: upstream's extable makes its tables at the first start (extable/initialize.py), and they would race for them.
"""

import shutil

from biomaid_runtime import config, database, host_folders, local_folder, paths, source_tree, static_files, steps
from biomaid_runtime.faults import Fault
from biomaid_runtime.stamp import Stamp

WAIT_SECONDS = 60


def main() -> int:
    import psycopg2

    try:
        return _bring_up_to_date()
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        reason = " ".join(str(error).split())
        raise Fault(
            f"the database was lost on the way: {reason}", f"base de données perdue en chemin : {reason}"
        ) from None


def _bring_up_to_date() -> int:
    settings = config.load()
    host_folders.require_readable(settings)
    local_folder.prepare(settings, follow_changes=True)
    connection = database.wait(settings, limit=WAIT_SECONDS)
    if not database.try_lock(connection, database.INIT_LOCK):
        print("biomaid: another init is at work on this database; waiting for it", flush=True)
        database.lock(connection, database.INIT_LOCK)

    stamp = Stamp(connection)
    done = stamp.read()
    if not done:
        # Remembered before the first table exists: a crash between migrate and the fixtures must not make of this a
        # database in use.
        wanted = "pending" if settings.fixtures and stamp.database_is_empty() else "none"
        stamp.create({"fixtures": wanted})
        done = stamp.read()

    if done.get("instance") != settings.uuid:
        stamp.write("instance", settings.uuid)

    # Of a mounted source the application serves them from where they are.
    collect = not settings.reload and not static_files.in_service(settings)
    release = settings.release + (f"+{source_tree.migrations()}" if settings.reload else "")
    migrate = (done.get("release"), done.get("inputs")) != (release, settings.inputs)
    load = done["fixtures"] == "pending" and bool(settings.fixtures)
    if not (collect or migrate or load):
        print("biomaid: nothing to do", flush=True)
        return 0

    static = _start_collecting(settings) if collect and not static_files.directory(settings).exists() else None
    try:
        if migrate or load:
            # From here to the end it is at no release: were this one to fail and the previous one come back, that one
            # must not find its own stamp.
            stamp.write("release", "")
            steps.run("migrate", _django_steps("migrate", "migrate", "--noinput"))
            fixtures = ["--", "loaddata", *settings.fixtures] if load else []
            steps.run("check and fixtures" if load else "check", _django_steps("check", "check", *fixtures))
            shutil.rmtree(paths.DJANGO_CACHE, ignore_errors=True)
        if static:
            static.finish()
    finally:
        if static:
            static.stop()
    if load:
        stamp.write("fixtures", "loaded")
    if collect:
        collected = static_files.unfinished(settings) if static else static_files.directory(settings)
        static_files.put_in_service(settings, collected)
    stamp.write("release", release)
    stamp.write("inputs", settings.inputs)
    return 0


def _start_collecting(settings: config.Config) -> steps.Step:
    """Beside migrate, on the other core: it needs no table as long as upstream believes that this is a migration."""
    target = static_files.make_unfinished(settings)
    return steps.Step(
        "collectstatic",
        _django_steps("migrate", "collectstatic", "--noinput", "--verbosity=0"),
        {"BIOMAID_STATIC_ROOT": str(target)},
        beside=True,
    )


def _django_steps(*arguments: str) -> list[str]:
    return ["-P", "-m", "biomaid_runtime.django_steps", *arguments]
