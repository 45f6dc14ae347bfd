"""Who may have files: uploads, which nginx sends, and attachments, which upstream sends to anyone.

A Django middleware right behind that of authentication: the user is known, and nothing else of the application is run.
"""

import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotFound
from django.http.response import HttpResponseBase

from biomaid_runtime import config, paths

# nginx alone can ask for it (compose/templates/nginx.conf.ejs).
CHECK = "/_biomaid/session/"
# What nginx has refused to send comes here.
MEDIA = "/media/"
# As in upstream's URLs (common/urls.py), of which the last slash may be missing.
ATTACHMENT = re.compile(r"/[^/]+/common/attachment/(?P<root>[^/]+)/(?P<path>.+?)/?", re.DOTALL)

SIGN_IN_FIRST = "Connectez-vous d'abord. / Sign in first.\n"
NOT_FOUND = "Fichier introuvable. / No such file.\n"
TEXT = "text/plain; charset=utf-8"

log = logging.getLogger("gunicorn.error")


class Access:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        instance = config.load()
        self.signed_in_only = instance.media_access == "signed-in"
        self.roots = instance.attachment_roots

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path == CHECK:
            return HttpResponse(status=204 if _signed_in(request) else 401)
        attachment = ATTACHMENT.fullmatch(path)
        if (attachment or path.startswith(MEDIA)) and self.signed_in_only and not _signed_in(request):
            return _refusal(request)
        if attachment and not (attachment["root"] in self.roots and _is_below(**attachment.groupdict())):
            return HttpResponseNotFound(NOT_FOUND, content_type=TEXT)
        return self.get_response(request)


def _signed_in(request: Any) -> bool:
    # Not every backend looks at is_active when it is asked for the user of a session.
    return bool(request.user.is_authenticated and request.user.is_active)


def _refusal(request: HttpRequest) -> HttpResponse:
    """People are sent to the page where they sign in; a program, or an image of a page, has no use for it."""
    if "text/html" in request.headers.get("Accept", ""):
        answer: HttpResponse = redirect_to_login(request.get_full_path())
    else:
        answer = HttpResponseForbidden(SIGN_IN_FIRST, content_type=TEXT)
    answer["Cache-Control"] = "no-store"
    return answer


def _is_below(root: str, path: str) -> bool:
    """Whether it is a file of that folder: upstream follows `..` and links wherever they lead, to the secrets too."""
    if "\0" in path:
        return False
    folder = paths.ATTACHMENTS / root
    file = Path(os.path.realpath(folder / path))
    if not file.is_relative_to(folder) or not os.path.isfile(file):
        return False
    if not os.access(file, os.R_OK):
        log.warning("%s cannot be read by the container's user", file)
        return False
    return True
