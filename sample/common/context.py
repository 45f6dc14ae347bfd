from django.conf import settings

from common.configuration import pyproject


def application(request):
    return {"application": pyproject()["tool"]["poetry"]["name"], "version": settings.DEM_VERSION}
