"""Settings, read in the order that BiomAid has: this module, then local.settings, then instance_settings."""

import os
from importlib import import_module
from importlib.util import find_spec

from settings.version import DEM_VERSION as DEM_VERSION

# abspath, as upstream: a link is not followed.
BASE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

DEBUG = False
DEBUG_TOOLBAR = find_spec("debug_toolbar") is not None

# The business application (dem) is added by local.settings, as since BiomAid 0.15.
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_extensions",
    "extable",
    "sample",
    "common",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "common.middleware.QueryLogMiddleware",
    "common.middleware.LastSeenMiddleware",
    "sample.middleware.FaultMiddleware",
]

ROOT_URLCONF = "dra.urls"
WSGI_APPLICATION = "dra.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [os.path.join(BASE_DIR, "templates")],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.context.application",
            ],
        },
    },
]

AUTH_USER_MODEL = "common.User"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
# Trap: the first one is not there, so an instance must replace this.
AUTHENTICATION_BACKENDS = ("common.auth_backends.MyLDAPBackend", "common.auth_backends.MyAuthBackend")
LOGIN_URL = "/portal-config/common/sign/"
LOGIN_REDIRECT_URL = "/geqip-chuap/common/login_check/"

LANGUAGE_CODE = "fr-fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True

MEDIA_ROOT = os.path.join(BASE_DIR, "media")
MEDIA_URL = "/media/"
STATIC_ROOT = os.path.join(os.path.dirname(BASE_DIR), "staticfiles")
STATIC_URL = "static/"
STATICFILES_DIRS = (os.path.join(BASE_DIR, "static"), os.path.join(BASE_DIR, "local/static"))
FIXTURE_DIRS = [os.path.join(BASE_DIR, "fixtures")]

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# Trap: a fixed path outside the source, made with mode 0700 by whoever comes first.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": "/var/tmp/django_cache",
    }
}

# Trap: query_logger opens a file in the working directory, whatever the command, and is never rotated.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": True,
    "formatters": {"default": {"format": "%(asctime)s %(name)s %(levelname)s %(message)s"}},
    "handlers": {
        "console": {
            "level": os.getenv("DJANGO_LOG_LEVEL", "INFO"),
            "class": "logging.StreamHandler",
            "formatter": "default",
        },
        "query_logger": {
            "level": "INFO",
            "class": "logging.FileHandler",
            "filename": "./queries.log",
            "formatter": "default",
        },
    },
    "root": {"handlers": ["console"], "level": "DEBUG"},
    "loggers": {
        "django": {"handlers": ["console"], "propagate": False},
        "common.middleware": {"handlers": ["query_logger"], "propagate": False},
    },
}


def adopt(module):
    """`from module import *`: its values replace those above."""
    values = vars(import_module(module))
    names = values.get("__all__") or [name for name in values if not name.startswith("_")]
    globals().update({name: values[name] for name in names})


try:
    adopt("local.settings")
except ModuleNotFoundError as error:
    print("No local folder: make `local` a link to a copy of local_biomaid.")
    raise RuntimeError("local.settings cannot be imported") from error

# Trap: a module missing *inside* instance_settings is taken for a missing instance_settings.
try:
    adopt("instance_settings")
except ModuleNotFoundError:
    print("Going on without instance_settings.")
