"""The Django settings of a BiomAid in a container. Upstream imports this module last, from its settings/__init__.py.

Only what is there for every instance; the operator's settings.d/*.py come after and may change anything.
"""

import sys
import traceback
from pathlib import Path

import settings as _upstream  # the module that is importing us: partly made, with everything above that import in it
from biomaid_runtime import config as _configuration
from biomaid_runtime import directory_settings as _directory_settings
from biomaid_runtime import gmao_settings as _gmao_settings
from biomaid_runtime import operator_folder as _operator_folder
from biomaid_runtime import paths as _paths

_ACCESS = "biomaid_runtime.access.Access"
# Behind it the user is known, and nothing else of the application has run.
_AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"


class SettingsError(Exception):
    """Never an ImportError: upstream takes a ModuleNotFoundError for "there is no instance_settings" and goes on."""


def _complain(message: str) -> SettingsError:
    """For manage.py the message alone; gunicorn logs the traceback that leads to it."""
    usual = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: object) -> None:
        if isinstance(error, SettingsError):
            print(error, file=sys.stderr)
        else:
            usual(kind, error, trace)  # type: ignore[arg-type]

    sys.excepthook = hook
    return SettingsError(message)


def _from_the_instance() -> dict[str, object]:
    import os

    config = _configuration.load()
    database = config.database
    secret_key, former_keys = _configuration.secret_keys()
    logging = dict(_upstream.LOGGING)
    # Upstream logs each SQL statement there with its parameters (sessions, password hashes), in the current folder,
    # without rotation.
    logging["handlers"] = {
        **logging["handlers"],
        "query_logger": {"class": "logging.NullHandler"},
        "gunicorn": {"class": "logging.StreamHandler"},
    }
    # Upstream's disable_existing_loggers silences gunicorn in its workers, tracebacks of failed requests included.
    logging["loggers"] = {
        **logging.get("loggers", {}),
        "gunicorn.error": {"handlers": ["gunicorn"], "level": "INFO", "propagate": False},
    }
    return {
        "SECRET_KEY": secret_key,
        # Sessions and links of the keys before it stay valid (Django, "Settings": from 4.1 on).
        "SECRET_KEY_FALLBACKS": former_keys,
        "DEBUG": config.debug,
        # As upstream's example sets them with it.
        "TEMPLATE_DEBUG": config.debug,
        "SMARTVIEW_DEBUG": config.debug,
        # Upstream's urls.py asks it whether to add the toolbar's pages; by itself it is whether the package is there.
        "DEBUG_TOOLBAR": config.debug_toolbar,
        "ALLOWED_HOSTS": config.allowed_hosts,
        "DEFAULT_DOMAIN": config.default_domain,
        "DATABASES": {
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": database.host,
                "PORT": database.port,
                "NAME": database.name,
                "USER": database.user,
                "PASSWORD": _configuration.secret("database_password"),
                "OPTIONS": _database_options(database),
            },
            **({"gmao": _gmao_settings.of(config.gmao)} if config.gmao else {}),
        },
        # Upstream's default also names a class that exists only with the `ldap` extra.
        "AUTHENTICATION_BACKENDS": ("common.auth_backends.MyAuthBackend",),
        "MEDIA_ROOT": str(_paths.MEDIA),
        "STATIC_ROOT": os.environ.get("BIOMAID_STATIC_ROOT", str(_paths.STATIC / "current")),
        # Browsers do not tell ports apart in cookies: two instances on one host name need two names.
        "SESSION_COOKIE_NAME": config.session_cookie_name,
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "CSRF_COOKIE_SECURE": config.secure_cookies,
        "CSRF_TRUSTED_ORIGINS": config.trusted_origins,
        "LANGUAGE_CODE": config.language,
        "TIME_ZONE": config.time_zone,
        "ADMINS": config.admins,
        "FILE_UPLOAD_TEMP_DIR": str(_paths.TEMPORARY),
        # nginx overwrites this header, so that it is never the client who says it, but nginx or a proxy that it trusts.
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "LOGGING": logging,
        **(_mail(config.mail) if config.mail else {}),
        **(_directory_settings.of(config.ldap) if config.ldap else {}),
        **(_toolbar() if config.debug_toolbar else {}),
        "MIDDLEWARE": _middleware(config),
        **({"TEMPLATES": _uncached(_upstream.TEMPLATES)} if config.reload else {}),
    }


def _database_options(database: _configuration.Database) -> dict[str, object]:
    # Without a limit, a server that does not answer holds a worker for as long as the kernel tries.
    return {"connect_timeout": 10, **database.connection_options()} if database.tls else {}


def _middleware(config: _configuration.Config) -> list[str]:
    toolbar = ["debug_toolbar.middleware.DebugToolbarMiddleware"] if config.debug_toolbar else []
    directory = ["biomaid_runtime.directory_merge.Refusal"] if config.ldap else []
    return [*toolbar, *_upstream.MIDDLEWARE, *directory]


def _toolbar() -> dict[str, object]:
    from importlib.util import find_spec

    if find_spec("debug_toolbar") is None:
        raise _complain(
            "biomaid: application.debug_toolbar is on, but the source's Poetry groups that are installed have no "
            "django-debug-toolbar: add the group dev to application.groups, or set application.debug_toolbar to false\n"
            "biomaid: application.debug_toolbar est activé, mais les groupes Poetry installés n'ont pas "
            "django-debug-toolbar : ajouter le groupe dev à application.groups, ou mettre application.debug_toolbar "
            "à false"
        )
    return {
        "INSTALLED_APPS": [*_upstream.INSTALLED_APPS, "debug_toolbar"],
        # Everybody comes through nginx, over a Unix socket: of such a peer gunicorn knows no address. Who that can be
        # is said by web.address, which is a loopback one wherever there is DEBUG.
        "INTERNAL_IPS": ["", "127.0.0.1"],
    }


def _uncached(templates: list[dict[str, object]]) -> list[dict[str, object]]:
    """Django keeps templates in memory, with DEBUG too; it is runserver that makes it forget them."""
    engine = "django.template.backends.django.DjangoTemplates"
    return [_with_loaders(entry) if entry["BACKEND"] == engine else entry for entry in templates]


def _with_loaders(entry: dict[str, object]) -> dict[str, object]:
    options: dict[str, object] = dict(entry.get("OPTIONS", {}))  # type: ignore[call-overload]
    if "loaders" in options:
        return entry
    names = ["filesystem", "app_directories"] if entry.get("APP_DIRS") else ["filesystem"]
    options["loaders"] = [f"django.template.loaders.{name}.Loader" for name in names]
    return {**entry, "APP_DIRS": False, "OPTIONS": options}


def _mail(mail: _configuration.Mail) -> dict[str, object]:
    return {
        "EMAIL_BACKEND": "biomaid_runtime.mail.Backend",
        "EMAIL_HOST": mail.host,
        "EMAIL_PORT": mail.port,
        "EMAIL_USE_TLS": mail.security == "starttls",
        "EMAIL_USE_SSL": mail.security == "tls",
        "EMAIL_HOST_USER": mail.user or "",
        # The backend reads it when it sends: init has no use for it, and does not have it.
        "EMAIL_HOST_PASSWORD": "",
        # Without one, a server that does not answer holds a worker for ever.
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": mail.sender,
        "SERVER_EMAIL": mail.sender,
    }


def _from_the_operator(values: dict[str, object]) -> dict[str, object]:
    """Run settings.d/*.py in the order of their names, all in one namespace which holds every setting as it stands."""
    _operator_folder.require_readable(_paths.OPERATOR_SETTINGS)
    namespace = {name: value for name, value in vars(_upstream).items() if name.isupper()} | values
    for file in sorted(_paths.OPERATOR_SETTINGS.glob("*.py")):
        namespace["__file__"] = str(file)
        try:
            exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), namespace)
        except Exception as error:
            where = f"{file}:{_line(error, file)}"
            raise _complain(
                f"biomaid: {where}: {type(error).__name__}: {error}\n"
                f"biomaid: this file of settings.d stops the application; correct it or remove it\n"
                f"biomaid: ce fichier de settings.d arrête l'application ; le corriger ou le retirer"
            ) from error
    return {name: value for name, value in namespace.items() if name.isupper()}


def _with_access(values: dict[str, object]) -> dict[str, object]:
    """Whatever settings.d has made of them: an attachment that goes to everybody would be noticed by nobody."""
    config = _configuration.load()
    if config.media_access == "signed-in" and values["SESSION_COOKIE_NAME"] != config.session_cookie_name:
        raise _complain(
            "biomaid: settings.d changes SESSION_COOKIE_NAME, by which the web server knows who is signed in; take it "
            "out, or set media.access to public\n"
            "biomaid: settings.d modifie SESSION_COOKIE_NAME, par lequel le serveur web reconnaît les utilisateurs "
            "connectés ; le retirer, ou donner à media.access la valeur public"
        )
    others = [name for name in values["MIDDLEWARE"] if name != _ACCESS]  # type: ignore[attr-defined]
    place = others.index(_AUTHENTICATION) + 1 if _AUTHENTICATION in others else len(others)
    return {**values, "MIDDLEWARE": [*others[:place], _ACCESS, *others[place:]]}


def _line(error: Exception, file: Path) -> int:
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno or 0
    lines = [frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    return lines[-1] if lines else 0


try:
    globals().update(_with_access(_from_the_operator(_from_the_instance())))
except SettingsError:
    raise
except Exception as _error:
    raise _complain(str(_error)) from _error
