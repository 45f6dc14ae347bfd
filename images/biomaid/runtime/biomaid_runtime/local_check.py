"""`biomaid check-local [NAME]`: whether a local folder fits the application, without database, secrets and network.

The application's settings leave some apps to local.settings, and which ones changes with its version. So both are
imported as at every start, and what INSTALLED_APPS comes to is compared with what the code itself has: no app twice,
and every app that the root URLconf includes and that has models. The last line printed says what was found.
"""

import ast
import contextlib
import io
import json
import os
import sys
import traceback
import types
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from biomaid_runtime import local_folder, paths


def main(name: str | None) -> int:
    folder = paths.SOURCE / name if name else paths.OPERATOR_LOCAL
    # What the settings print is no part of the answer.
    with contextlib.redirect_stdout(io.StringIO()):
        verdict = _verdict(folder)
    print(json.dumps({"check-local": verdict}))
    return 0


def _verdict(folder: Path) -> dict[str, object]:
    if not (folder / "settings.py").is_file():
        candidates = [file.parent for file in paths.SOURCE.glob("*/settings.py")]
        return {"outcome": "absent", "candidates": sorted(f.name for f in candidates if (f / "conf.ini").exists())}
    local_folder.link(folder)
    os.chdir(paths.SOURCE)
    sys.path.insert(0, str(paths.SOURCE))
    # Ours wants the instance's secrets and the database's address, and adds no app.
    sys.modules["instance_settings"] = types.ModuleType("instance_settings")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    try:
        from django.conf import settings as django_settings

        # As at every start: while its settings are imported, upstream's local.settings already asks Django for some.
        django_settings.INSTALLED_APPS  # noqa: B018
    except Exception as error:
        detail = _fault_of_local(error)
        # The application's own faults are told by init.
        return {"outcome": "broken", "detail": detail} if detail else {"outcome": "fits"}
    settings = sys.modules["settings"]
    installed = _with_the_operators(settings)
    if installed is None:
        return {"outcome": "fits"}
    twice = [app for app, count in Counter(_package(app) for app in installed).items() if count > 1]
    if twice:
        return {"outcome": "twice", "apps": twice}
    present = {app.partition(".")[0] for app in installed}
    missing = [app for app in _needed(settings.ROOT_URLCONF) if app not in present]
    return {"outcome": "missing", "apps": missing} if missing else {"outcome": "fits"}


def _with_the_operators(settings: types.ModuleType) -> list[str] | None:
    """INSTALLED_APPS after settings.d; None when one of its files needs more than is there: init will tell then."""
    namespace = {name: value for name, value in vars(settings).items() if name.isupper()}
    for file in sorted(paths.OPERATOR_SETTINGS.glob("*.py")):
        namespace["__file__"] = str(file)
        try:
            exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), namespace)
        except Exception:
            return None
    return list(namespace["INSTALLED_APPS"])


def _package(entry: str) -> str:
    """`dem` of `dem` and of `dem.apps.DemConfig`."""
    return entry.partition(".apps.")[0]


def _needed(urlconf: str) -> Iterator[str]:
    """The source's own apps that the root URLconf includes. Without models an app can do without being installed."""
    module = paths.SOURCE / urlconf.replace(".", "/")
    file = next(path for path in (module.with_suffix(".py"), module / "__init__.py") if path.is_file())
    included = dict.fromkeys(_includes(ast.parse(file.read_bytes())))
    for app in included:
        folder = paths.SOURCE / app
        if (folder / "models.py").is_file() or (folder / "models").is_dir():
            yield app


def _includes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name("include"), args=[ast.Constant(str(module)), *_]):
                yield module.partition(".")[0]
            case ast.Call(func=ast.Name("include"), args=[ast.Tuple([ast.Constant(str(module)), *_]), *_]):
                yield module.partition(".")[0]


def _fault_of_local(error: BaseException) -> str | None:
    """Where in the local folder it went wrong, and how; None when it was elsewhere."""
    # Upstream replaces a ModuleNotFoundError of local.settings by a RuntimeError without a word.
    while inner := error.__cause__ or error.__context__:
        error = inner
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    local = f"{paths.SOURCE / 'local'}/"
    for file, line in reversed(places):
        if file.startswith(local):
            return f"{file.removeprefix(local)}:{line}: {type(error).__name__}: {error}"
    return None
