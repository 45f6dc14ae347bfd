"""The Django settings of the directory: those of django-auth-ldap (its manual, "Reference")."""

from biomaid_runtime import directory_connection
from biomaid_runtime.config import Ldap
from biomaid_runtime.faults import Fault


def of(directory: Ldap) -> dict[str, object]:
    _require_extra()
    import ldap
    from django_auth_ldap.config import LDAPSearch

    return {
        "AUTHENTICATION_BACKENDS": ("common.auth_backends.MyAuthBackend", "biomaid_runtime.directory.Backend"),
        "AUTH_LDAP_SERVER_URI": lambda _request: directory_connection.answering(directory),
        "AUTH_LDAP_START_TLS": directory.security == "starttls",
        "AUTH_LDAP_CONNECTION_OPTIONS": directory_connection.options(directory),
        "AUTH_LDAP_BIND_DN": directory.bind_dn or "",
        # The backend reads it when it binds: init has no use for it, and does not have it.
        "AUTH_LDAP_BIND_PASSWORD": "",
        "AUTH_LDAP_USER_SEARCH": LDAPSearch(directory.search_base, ldap.SCOPE_SUBTREE, directory.filter),
        # Never with `username`: see directory_merge.py.
        "AUTH_LDAP_USER_ATTR_MAP": directory.attributes,
    }


def _require_extra() -> None:
    try:
        import django_auth_ldap  # noqa: F401
        import ldap  # noqa: F401
    except ModuleNotFoundError as error:
        raise Fault(
            f"the image has no {error.name}: it was built without the extra ldap; add it to application.extras",
            f"l'image n'a pas {error.name} : construite sans l'extra ldap ; l'ajouter à application.extras",
        ) from error
