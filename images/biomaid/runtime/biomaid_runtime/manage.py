"""`biomaid manage ARGS…`: upstream's manage.py, in this process: the terminal, signals and exit status are its own."""

import os

from biomaid_runtime import config, local_folder, paths


def main(arguments: list[str]) -> int:
    local_folder.prepare(config.load())
    os.chdir(paths.SOURCE)
    # The subcommand must be argv[1]: upstream looks there to know whether a database is needed (extable/initialize.py).
    os.execv(paths.PYTHON, [paths.PYTHON, "manage.py", *arguments])
