import time

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed


class FaultMiddleware:
    """A release that is broken in the way SAMPLE_FAULT says: crash or hang at start, or an error in every page."""

    def __init__(self, get_response):
        fault = getattr(settings, "SAMPLE_FAULT", None)
        if fault == "crash":
            raise RuntimeError("SAMPLE_FAULT asked for a crash at start")
        if fault == "hang":
            time.sleep(3600)
        if fault != "error":
            raise MiddlewareNotUsed

    def __call__(self, request):
        raise RuntimeError("SAMPLE_FAULT asked for an error in every page")
