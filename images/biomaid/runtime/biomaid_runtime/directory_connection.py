"""Connections to the directory's servers: by the library, and with the options, that signing in uses."""

from pathlib import Path
from typing import Any

from biomaid_runtime import paths
from biomaid_runtime.config import Ldap


def options(directory: Ldap) -> dict[int, object]:
    """Of libldap, in the order in which they have to be set."""
    import ldap

    known: dict[int, object] = {
        ldap.OPT_PROTOCOL_VERSION: ldap.VERSION3,
        # Active Directory answers with referrals to its other partitions, which libldap would follow without a login.
        ldap.OPT_REFERRALS: ldap.OPT_OFF,
        ldap.OPT_NETWORK_TIMEOUT: directory.timeout,
        ldap.OPT_TIMEOUT: directory.timeout,
    }
    if directory.security == "none":
        return known
    return known | {
        # Without it, the time-outs do not hold while the two sides agree upon TLS: a server that says nothing then
        # keeps a worker for ever (seen with libldap 2.5.13 on GnuTLS).
        ldap.OPT_CONNECT_ASYNC: ldap.OPT_ON,
        ldap.OPT_X_TLS_REQUIRE_CERT: ldap.OPT_X_TLS_DEMAND,
        ldap.OPT_X_TLS_CACERTFILE: str(authorities(directory)),
        # Takes the ones above into effect.
        ldap.OPT_X_TLS_NEWCTX: 0,
    }


def authorities(directory: Ldap) -> Path:
    return paths.LDAP_AUTHORITIES if directory.own_authorities else paths.PUBLIC_AUTHORITIES


def open_session(directory: Ldap, url: str) -> Any:
    """A session with a server that has answered, encrypted as wanted; raise ldap.LDAPError when it does not."""
    import ldap

    session = ldap.initialize(url)
    for option, value in options(directory).items():
        session.set_option(option, value)
    if directory.security == "starttls":
        session.start_tls_s()
        return session
    try:
        # A connection is opened by its first request: here one that every server answers, if only with a refusal.
        session.search_ext_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["1.1"])
    except (ldap.SERVER_DOWN, ldap.CONNECT_ERROR, ldap.TIMEOUT):
        raise
    except ldap.LDAPError:
        pass
    return session


def answering(directory: Ldap) -> str:
    """The first server that answers; the last one when none does.

    libldap itself, given several, stops at one that accepts a connection and says nothing, and with STARTTLS at any.
    """
    import ldap

    *others, last = directory.urls
    for url in others:
        try:
            open_session(directory, url).unbind_s()
        except ldap.LDAPError:
            continue
        return url
    return last
