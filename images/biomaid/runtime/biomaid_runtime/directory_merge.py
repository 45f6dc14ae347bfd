"""Refuses the page of upstream by which an account takes over another one's rights.

`login_check` (common/auth_views.py, LoginCheck.post) gives whoever is signed in every field, is_superuser included, of
the account with the same mail address, and deactivates that one. An address proves nothing: the directory's comes from
whoever may write there, and signing up asks for none to be confirmed. Without a directory the page fails by itself.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseForbidden


class Refusal:
    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        return self.get_response(request)

    def process_view(self, request: Any, _view: Any, _arguments: Any, _keywords: Any) -> HttpResponseForbidden | None:
        if request.resolver_match.url_name == "login_check" and request.method not in ("GET", "HEAD"):
            return HttpResponseForbidden()
        return None
