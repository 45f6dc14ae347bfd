import logging
import time

from django.db import connection
from django.shortcuts import redirect
from django.utils import timezone

from common.models import User

logger = logging.getLogger(__name__)
NO_IE = "/geqip-chuap/common/no_ie/"


class QueryLogMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Trap: a KeyError, so a 500, for a client that sends no User-Agent.
        if "Trident" in request.META["HTTP_USER_AGENT"] and request.path_info != NO_IE:
            return redirect(NO_IE)
        with connection.execute_wrapper(self.log):
            return self.get_response(request)

    @staticmethod
    def log(execute, sql, params, many, context):
        start = time.monotonic()
        try:
            return execute(sql, params, many, context)
        finally:
            # Trap: the parameters too, thus session keys and password hashes.
            logger.info("%s %r %.1f ms", sql, params, (time.monotonic() - start) * 1000)


class LastSeenMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # Asking for the user of a request without a session costs no query.
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(last_seen=timezone.now())
        return response
