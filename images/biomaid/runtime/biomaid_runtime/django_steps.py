"""Several management commands in one process: loading Django, pandas and upstream's code is most of each one's time.

usage: python -m biomaid_runtime.django_steps ARGV1 STEP [ARGUMENT…] [-- STEP [ARGUMENT…]]…

ARGV1 is what upstream finds in sys.argv[1], by which it decides whether to read the database at start
(extable/initialize.py): `migrate` when it must not.
"""

import os
import sys
import time
import traceback

from biomaid_runtime import collector, paths, steps
from biomaid_runtime.faults import Fault


def main(arguments: list[str]) -> None:
    start = time.monotonic()
    first, *rest = arguments
    sys.argv = ["manage.py", first]
    # Where manage.py is, which Python puts first for a script.
    sys.path.insert(0, str(paths.SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

    collector.relax()

    import django
    from django.core.management import CommandError, call_command

    try:
        django.setup()
    except RuntimeError as error:
        # Upstream says that there is no local folder, and nothing else, when local.settings imports what is missing.
        if isinstance(error.__context__, ModuleNotFoundError):
            sys.exit(str(_missing_module(error.__context__)))
        raise
    for command in _split(rest):
        if command[0] == "migrate":
            collector.relax_for_migrations()
        try:
            call_command(*command)
        except CommandError as error:
            # As manage.py does: the command says what is wrong, its traceback would not help.
            sys.exit(f"{type(error).__name__}: {error}")
        # The first one's time includes the loading of Django and the application.
        steps.report(command[0], start)
        start = time.monotonic()


def _missing_module(error: ModuleNotFoundError) -> Fault:
    frames = traceback.extract_tb(error.__traceback__)
    local = f"{paths.SOURCE / 'local'}/"
    place = next((frame for frame in reversed(frames) if frame.filename.startswith(local)), None)
    where = f"local/{place.filename.removeprefix(local)}:{place.lineno}" if place else "local/settings.py"
    return Fault(
        f"{where}: {error}; correct this file, or add the Poetry group or extra that has the module",
        f"{where} : {error} ; corriger ce fichier, ou ajouter le groupe Poetry ou l'extension qui contient ce module",
    )


def _split(arguments: list[str]) -> list[list[str]]:
    commands: list[list[str]] = [[]]
    for argument in arguments:
        if argument == "--":
            commands.append([])
        else:
            commands[-1].append(argument)
    return commands


if __name__ == "__main__":
    main(sys.argv[1:])
