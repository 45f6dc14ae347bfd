"""The site's settings: copy this folder to adapt the application to an establishment."""

import configparser
from pathlib import Path

from settings import INSTALLED_APPS

INSTALLED_APPS += ["dem"]

ALLOWED_HOSTS = ["localhost"]
DEFAULT_DOMAIN = "http://localhost:8000"
ADMINS = (("Sample administrator", "administrator@sample.invalid"),)

BIOM_AID_PORTALS = {
    "geqip": {"main-menu": ("dem:home", "dem:suppliers", "dem:documents", "common:account")},
}

_conf = configparser.ConfigParser()
with (Path(__file__).parent / "conf.ini").open(encoding="utf-8") as _file:
    _conf.read_file(_file)
GMAOTYPE = dict(_conf["GMAOTYPE"])
