"""gunicorn's configuration: the names are its settings (https://docs.gunicorn.org/en/stable/settings.html)."""

import contextlib
import mmap
from typing import Any

from biomaid_runtime import collector as _collector
from biomaid_runtime import config as _configuration
from biomaid_runtime import paths as _paths
from biomaid_runtime import reloader as _reloader
from biomaid_runtime import sockets as _sockets
from biomaid_runtime import warm_up as _warm_up

_settings = _configuration.load()
_collector.relax()

bind = f"unix:{_sockets.own()}"
# Connecting to a socket takes write permission: the group's, which is the web container's, and nobody else's.
umask = 0o007
chdir = str(_paths.SOURCE)
workers = _settings.workers
# Upstream's XLSX exports are built within the request and take longer than the default 30 s; a stop lets them end.
timeout = _settings.request_timeout
graceful_timeout = _settings.request_timeout
# The maximum: upstream's table filters travel in the query string.
limit_request_line = 8190
# The heartbeat's file must not wait for a disk.
worker_tmp_dir = "/dev/shm"
accesslog = None
errorlog = "-"
# Over a Unix socket gunicorn believes its peer, which is nginx and nobody else. Of the headers that it believes by
# default (X-Forwarded-Ssl, X-Forwarded-Protocol too) nginx overwrites only this one: a client's own must not count.
forwarded_allow_ips = "*"
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}

if _settings.reload:
    reload = True
    reload_engine = _reloader.register()

# One byte per worker, shared because it is made before the fork; a lock could be held for ever by a worker that was
# killed.
_warm_workers = mmap.mmap(-1, mmap.PAGESIZE)
_asked_for_service = mmap.mmap(-1, 1)


def post_worker_init(worker: Any) -> None:
    """In each new worker, the application loaded: be warm before the first visitor, and when all are, take over."""
    _warm_up.call(worker, _settings)
    _warm_workers[min(worker.age, mmap.PAGESIZE - 1)] = 1
    # Once only: a worker that is born later replaces another, and by then the link may rightly belong to a container
    # that replaced ours. Its age does not tell: it may replace one that was killed before we were in service.
    if _asked_for_service[0] or sum(_warm_workers[: mmap.PAGESIZE]) < workers:
        return
    in_service = _sockets.take_over()
    # After it, so that a worker killed in between leaves the task to the next.
    _asked_for_service[0] = 1
    if in_service:
        worker.log.info("In service: %s", _sockets.own().name)
    else:
        worker.log.warning("Not in service: a newer generation than %s is", _sockets.own().name)


def post_request(_worker: Any, request: Any, _environ: Any, _response: Any) -> None:
    """Read what the application has left of the body, as of an upload by somebody who is not signed in.

    gunicorn closes the socket next; were nginx still writing to it, visitors would get a 502 in place of the answer.
    """
    with contextlib.suppress(OSError):
        while request.body.read(65536):
            pass
