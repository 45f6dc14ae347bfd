"""The Django settings of the directory: those of django-auth-ldap (its manual, "Reference")."""

from pathlib import Path
from typing import Any

from biomaid_runtime import paths
from biomaid_runtime.config import Ldap
from biomaid_runtime.faults import Fault


def of(directory: Ldap) -> dict[str, object]:
    ldap = _library()
    from django_auth_ldap.config import LDAPSearch

    return {
        "AUTHENTICATION_BACKENDS": ("common.auth_backends.MyAuthBackend", "biomaid_runtime.directory.Backend"),
        "AUTH_LDAP_SERVER_URI": " ".join(directory.urls),
        "AUTH_LDAP_START_TLS": directory.security == "starttls",
        "AUTH_LDAP_CONNECTION_OPTIONS": connection_options(directory),
        "AUTH_LDAP_BIND_DN": directory.bind_dn or "",
        # The backend reads it when it binds: init has no use for it, and does not have it.
        "AUTH_LDAP_BIND_PASSWORD": "",
        "AUTH_LDAP_USER_SEARCH": LDAPSearch(directory.search_base, ldap.SCOPE_SUBTREE, directory.filter),
        # Never with `username`: see directory_merge.py.
        "AUTH_LDAP_USER_ATTR_MAP": directory.attributes,
    }


def connection_options(directory: Ldap) -> dict[int, object]:
    """In the order in which they have to be set."""
    ldap = _library()
    options: dict[int, object] = {
        ldap.OPT_PROTOCOL_VERSION: ldap.VERSION3,
        # Active Directory answers with referrals to its other partitions, which libldap would follow without a login.
        ldap.OPT_REFERRALS: ldap.OPT_OFF,
        ldap.OPT_NETWORK_TIMEOUT: directory.timeout,
        ldap.OPT_TIMEOUT: directory.timeout,
    }
    if directory.security == "none":
        return options
    return options | {
        ldap.OPT_X_TLS_REQUIRE_CERT: ldap.OPT_X_TLS_DEMAND,
        ldap.OPT_X_TLS_CACERTFILE: str(authorities(directory)),
        # Takes the ones above into effect.
        ldap.OPT_X_TLS_NEWCTX: 0,
    }


def authorities(directory: Ldap) -> Path:
    return paths.LDAP_AUTHORITIES if directory.own_authorities else paths.PUBLIC_AUTHORITIES


def _library() -> Any:
    try:
        import django_auth_ldap  # noqa: F401
        import ldap
    except ModuleNotFoundError as error:
        raise Fault(
            f"the image has no {error.name}: it was built without the extra ldap; add it to application.extras",
            f"l'image n'a pas {error.name} : construite sans l'extra ldap ; l'ajouter à application.extras",
        ) from error
    return ldap
