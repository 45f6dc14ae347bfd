"""The first request of each worker, made by itself: it loads URLs, templates and translations, for seconds."""

import contextlib
import io
import sys
import time
from typing import Any

from biomaid_runtime import liveness
from biomaid_runtime.config import Config

ATTEMPTS = 5
PAUSE = 2.0


def call(worker: Any, config: Config) -> None:
    """Raise when the application does not answer: gunicorn then stops (exit status 3) and Docker starts anew.

    Not where its code is being changed: there the page that tells the error is what is to be served.
    """
    if config.reload:
        with contextlib.suppress(Exception):
            _get(worker.wsgi, config)
        return
    for attempt in range(1, ATTEMPTS + 1):
        worker.notify()
        try:
            status = _get(worker.wsgi, config)
        except Exception:
            worker.log.exception("Warm-up %d of %d failed", attempt, ATTEMPTS)
        else:
            if status < 500:
                return
            worker.log.error("Warm-up %d of %d: %s answered %d", attempt, ATTEMPTS, liveness.PATH, status)
        time.sleep(PAUSE)
    raise RuntimeError(f"the application does not answer {liveness.PATH}")


def _get(application: Any, config: Config) -> int:
    statuses: list[str] = []

    def start_response(status: str, _headers: Any, _exc_info: Any = None) -> Any:
        statuses.append(status)
        return lambda _data: None

    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": liveness.PATH,
        "QUERY_STRING": "",
        "SERVER_NAME": liveness.host(config),
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": liveness.host(config),
        "HTTP_USER_AGENT": liveness.USER_AGENT,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    response = application(environ, start_response)
    try:
        for _ in response:
            pass
    finally:
        if hasattr(response, "close"):
            response.close()
    return int(statuses[-1].split()[0])
