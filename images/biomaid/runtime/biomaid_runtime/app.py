"""`biomaid app`: gunicorn as the main program."""

import os
import shutil
import time

from biomaid_runtime import config, database, local_folder, paths, sockets

LEFTOVER_AGE = 24 * 3600


def main() -> int:
    settings = config.load()
    local_folder.prepare(settings)
    # gunicorn without a database exits with status 3: at a reboot it would only loop.
    database.wait(settings, limit=None).close()
    sockets.remove_dead()
    _remove_leftovers()
    os.chdir(paths.SOURCE)
    application = "biomaid_runtime.development" if settings.reload else "dra.wsgi"
    # The subcommand is not one: upstream takes any argv[1] but migrate, makemigrations and reset_db for a live server.
    os.execv(paths.GUNICORN, [paths.GUNICORN, "-c", "python:biomaid_runtime.gunicorn_conf", application])


def _remove_leftovers() -> None:
    """Temporary files of requests that a crash cut short: nobody else ever removes them from this volume."""
    limit = time.time() - LEFTOVER_AGE
    for entry in paths.TEMPORARY.iterdir():
        try:
            if entry != paths.DJANGO_CACHE and entry.lstat().st_mtime < limit:
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        except OSError:
            continue
