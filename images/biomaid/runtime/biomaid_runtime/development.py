"""The WSGI application of a development instance: upstream's, which may not load just now, with its static files."""

import html
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from biomaid_runtime import config, local_folder

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def _load() -> Application:
    try:
        # Entries of the source and of the local folder may be new, or gone.
        local_folder.prepare(config.load(), follow_changes=True)
        from dra.wsgi import application as upstream

        return _with_static_files(upstream)
    except (Exception, SystemExit):
        text = traceback.format_exc()
        print(text, flush=True)
        return _failure(text)


def _with_static_files(upstream: Any) -> Application:
    """As runserver serves them: from where they are changed, not from what an init has collected."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    class Handler(StaticFilesHandler):
        def serve(self, request: Any) -> Any:
            response = super().serve(request)
            # Browsers ask again each time, and mostly hear that nothing has changed.
            response["Cache-Control"] = "no-cache"
            return response

    return Handler(upstream)


def _failure(text: str) -> Application:
    """gunicorn does as much for a syntax error only, and ends at any other one."""
    page = (
        '<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>BiomAid</title>'
        "</head><body><h1>L’application ne se charge pas / The application does not load</h1>"
        f"<pre>{html.escape(text)}</pre></body></html>"
    ).encode()

    def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
        start_response("500 Internal Server Error", [*headers, ("Content-Length", str(len(page)))])
        return [page]

    return application


application = _load()
