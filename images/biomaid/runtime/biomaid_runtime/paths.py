"""Where things are in the container. The volumes and mounts are named in docs/architecture.md."""

from pathlib import Path

SOURCE = Path("/srv/biomaid/source")
# Of a development instance: the developer's own folder, read-only; SOURCE is then made of links (source_tree.py).
TREE = Path("/srv/biomaid/tree")
PYTHON = "/opt/biomaid/venv/bin/python"
GUNICORN = "/opt/biomaid/venv/bin/gunicorn"
SUPERCRONIC = "/usr/local/bin/supercronic"

# Volumes
MEDIA = Path("/srv/biomaid/media")
STATIC = Path("/srv/biomaid/static")
LOG = Path("/srv/biomaid/log")
STATE = Path("/srv/biomaid/state")
SOCKETS = Path("/srv/biomaid/socket")
TEMPORARY = Path("/var/tmp")

# Upstream's file cache, fixed in its settings (settings/__init__.py, CACHES).
DJANGO_CACHE = TEMPORARY / "django_cache"

# Read-only mounts
SETTINGS_FILE = Path("/etc/biomaid/stack/settings.json")
MAIL_AUTHORITIES = Path("/etc/biomaid/stack/mail-authorities.pem")
DATABASE_AUTHORITIES = Path("/etc/biomaid/stack/database-authorities.pem")
LDAP_AUTHORITIES = Path("/etc/biomaid/stack/ldap-authorities.pem")
CRONTAB = Path("/etc/biomaid/stack/crontab")
INSTANCE_CONFIG = Path("/etc/biomaid/stack/instance_config.toml")
OPERATOR_LOCAL = Path("/etc/biomaid/local")
OPERATOR_SETTINGS = Path("/etc/biomaid/settings.d")
SECRETS = Path("/run/secrets")
# Folders of the host, one below each for every name that instance.yaml gives.
ATTACHMENTS = Path("/srv/biomaid/attachments")
IMPORTS = Path("/srv/biomaid/imports")

NOWHERE = Path("/dev/null")

# Debian's bundle of the public authorities (package ca-certificates).
PUBLIC_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")

# tmpfs
LOCAL = Path("/run/biomaid/local")
