"""`biomaid cron`: supercronic as the main program, on the instance's crontab."""

import os

from biomaid_runtime import config, database, local_folder, paths


def main() -> int:
    settings = config.load()
    local_folder.prepare(settings)
    database.wait(settings, limit=None).close()
    os.chdir(paths.SOURCE)
    # Passed through: a job's output as it is, and not wrapped in supercronic's own log lines. At SIGTERM supercronic
    # lets the running jobs end.
    os.execv(paths.SUPERCRONIC, [paths.SUPERCRONIC, "-passthrough-logs", str(paths.CRONTAB)])
