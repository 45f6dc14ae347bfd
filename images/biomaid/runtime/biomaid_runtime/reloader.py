"""A gunicorn reloader that looks at files instead of modules: a module that failed to load is none, and a new one not
yet; and the settings of the local folder and of settings.d count as much as the source's code.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from biomaid_runtime import paths, source_tree

NAME = "folders"
# Templates and static files are read anew at each request.
SUFFIXES = (".py", ".toml", ".ini", ".mo")
SECONDS = 1.0


class Reloader(threading.Thread):
    """What gunicorn makes in each worker, before it loads the application."""

    def __init__(self, extra_files: Any = None, callback: Callable[[str], None] | None = None) -> None:
        super().__init__(daemon=True)
        self.callback = callback
        # Now, not when the thread starts: until then the application is loaded, for seconds.
        self.before = dict(_files())

    def add_extra_file(self, filename: str) -> None:
        """gunicorn's, for a module with a syntax error: it is among the files anyway."""

    def run(self) -> None:
        while True:
            time.sleep(SECONDS)
            now = dict(_files())
            changed = {file for file, _ in self.before.items() ^ now.items()}
            if changed and self.callback:
                self.callback(min(changed))


def register() -> str:
    from gunicorn.reloader import reloader_engines

    reloader_engines[NAME] = Reloader
    return NAME


def _files() -> Iterator[tuple[str, int]]:
    for folder in (paths.TREE, paths.OPERATOR_LOCAL, paths.OPERATOR_SETTINGS):
        for directory, folders, files in os.walk(folder):
            folders[:] = [name for name in folders if name not in source_tree.LEFT_OUT and name[0] != "."]
            for name in files:
                if name.endswith(SUFFIXES) and name not in source_tree.LEFT_OUT:
                    path = os.path.join(directory, name)
                    try:
                        yield path, os.stat(path).st_mtime_ns
                    except OSError:
                        continue  # gone in the meantime
