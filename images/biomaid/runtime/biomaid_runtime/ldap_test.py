"""`biomaid ldap-test [LOGIN [--password-stdin]]`: how far one gets in the directory, as one JSON line.

Each server of instance.yaml is tried by itself, with the library and the options that signing in uses.
"""

import errno
import json
import os
import socket
import ssl
import sys
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from biomaid_runtime import config, directory_connection, local_folder, paths

PORTS = {"ldap": 389, "ldaps": 636}
# RFC 4511, 4.14.1
STARTTLS = "1.3.6.1.4.1.1466.20037"


class Failed(Exception):
    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


@dataclass
class Report:
    """What has worked, step by step."""

    server: str = ""
    steps: list[str] = field(default_factory=list)
    dn: str | None = None
    attributes: dict[str, str | None] = field(default_factory=dict)
    outcome: str = "found"
    detail: str = ""


def main(arguments: list[str]) -> int:
    local_folder.prepare(config.load())
    os.chdir(paths.SOURCE)
    os.execv(paths.PYTHON, [paths.PYTHON, "-m", "biomaid_runtime.ldap_test", *arguments])


def examine(directory: config.Ldap, login: str | None, password: str | None) -> Report:
    report = Report()
    try:
        for url in directory.urls:
            report.server, report.steps = url, []
            _examine_server(directory, url, login, password, report)
        if login is not None:
            _require_open_account(login)
    except Failed as failed:
        report.outcome, report.detail = failed.kind, str(failed)
    return report


def _examine_server(directory: config.Ldap, url: str, login: str | None, password: str | None, report: Report) -> None:
    import ldap

    _reach(url, directory.timeout)
    report.steps.append("connect")
    session = _open(directory, url)
    if directory.security != "none":
        report.steps.append("tls")
    bind_password = config.secret(directory.password_secret) if directory.password_secret else ""
    try:
        session.simple_bind_s(directory.bind_dn or "", bind_password)
        report.steps.append("bind")
        _find_base(session, directory.search_base)
        report.steps.append("base")
        if login is None:
            return
        report.dn, report.attributes = _find(session, directory, login)
        report.steps.append("entry")
        if password is not None:
            _check_password(directory, url, report.dn, password)
            report.steps.append("password")
    except ldap.INVALID_CREDENTIALS as error:
        raise Failed("bind", _words(error)) from error
    except ldap.FILTER_ERROR as error:
        raise Failed("filter", directory.filter) from error
    except ldap.SERVER_DOWN as error:
        raise Failed("connection", _words(error)) from error
    except ldap.LDAPError as error:
        # Some servers refuse the bind itself with another answer: anonymous ones, or those without TLS.
        raise Failed("search" if "bind" in report.steps else "bind", _words(error)) from error


def _reach(url: str, timeout: int) -> None:
    host, port = _address(url)
    try:
        socket.create_connection((host, port), timeout).close()
    except socket.gaierror as error:
        raise Failed("name", error.strerror) from error
    except OSError as error:
        raise Failed("connection", error.strerror or str(error)) from error


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or PORTS[parts.scheme]


def _open(directory: config.Ldap, url: str) -> Any:
    """An LDAP session whose server has shown its certificate."""
    import ldap

    try:
        return directory_connection.open_session(directory, url)
    except (ldap.SERVER_DOWN, ldap.CONNECT_ERROR, ldap.TIMEOUT) as error:
        if directory.security == "none":
            raise Failed("connection", _words(error)) from error
        _explain_tls(directory, url)
        raise Failed("tls", _words(error)) from error
    except ldap.LDAPError as error:
        raise Failed("tls", _words(error)) from error


def _explain_tls(directory: config.Ldap, url: str) -> None:
    """Raise what is wrong with the certificate, which libldap does not tell."""
    host, port = _address(url)
    context = ssl.create_default_context(cafile=str(directory_connection.authorities(directory)))
    # As libldap: an intermediate authority may be the one that is trusted.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        with socket.create_connection((host, port), directory.timeout) as connection:
            if directory.security == "starttls":
                _ask_for_tls(connection)
            context.wrap_socket(connection, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        raise Failed("certificate", error.verify_message) from error
    except ssl.SSLError as error:
        raise Failed("tls", error.reason or str(error)) from error
    except TimeoutError as error:
        raise Failed("connection", os.strerror(errno.ETIMEDOUT)) from error
    except OSError as error:
        raise Failed("tls", error.strerror or str(error)) from error


def _ask_for_tls(connection: socket.socket) -> None:
    # Dependencies of python-ldap.
    from pyasn1.codec.ber import encoder
    from pyasn1_modules import rfc2251

    request = rfc2251.LDAPMessage()
    request["messageID"] = 1
    request["protocolOp"]["extendedReq"]["requestName"] = STARTTLS
    connection.sendall(encoder.encode(request))
    connection.recv(4096)


def _find_base(session: Any, base: str) -> None:
    import ldap

    try:
        found = session.search_ext_s(base, ldap.SCOPE_BASE, "(objectClass=*)", ["1.1"])
    except (ldap.NO_SUCH_OBJECT, ldap.INVALID_DN_SYNTAX) as error:
        raise Failed("base", _words(error)) from error
    if not found:
        raise Failed("base", ldap.NO_SUCH_OBJECT.__name__)


def _find(session: Any, directory: config.Ldap, login: str) -> tuple[str, dict[str, str | None]]:
    import ldap
    from ldap.filter import escape_filter_chars

    wanted = directory.filter % {"user": escape_filter_chars(login.strip())}
    names = list(directory.attributes.values())
    results = session.search_ext_s(directory.search_base, ldap.SCOPE_SUBTREE, wanted, names)
    # A result without a name is a referral.
    entries = [(dn, values) for dn, values in results if dn is not None]
    if not entries:
        raise Failed("nobody", wanted)
    if len(entries) > 1:
        raise Failed("several", "; ".join(dn for dn, _ in entries[:5]))
    dn, values = entries[0]
    known = {name.lower(): texts for name, texts in values.items()}
    mapped = {key: known.get(name.lower()) for key, name in directory.attributes.items()}
    return dn, {key: texts[0].decode("utf-8", "replace") if texts else None for key, texts in mapped.items()}


def _check_password(directory: config.Ldap, url: str, dn: str, password: str) -> None:
    import ldap

    if not password:
        # RFC 4513, 5.1.2: a bind with a name and no password succeeds, and proves nothing.
        raise Failed("password", "empty")
    try:
        _open(directory, url).simple_bind_s(dn, password)
    except ldap.LDAPError as error:
        raise Failed("password", _words(error)) from error


def _require_open_account(login: str) -> None:
    """Raise when BiomAid has an account of that name that the directory may not sign in as."""
    sys.path.insert(0, str(paths.SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    sys.argv = ["manage.py", "check"]
    import django

    django.setup()
    from biomaid_runtime import directory

    if reason := directory.refusal(login.strip()):
        raise Failed("local", reason)


def _words(error: Exception) -> str:
    """`Invalid credentials (80090308: …)`: what the library says, then the server."""
    known = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    description, info = known.get("desc") or type(error).__name__, known.get("info")
    return f"{description} ({info})" if info else description


if __name__ == "__main__":
    login = sys.argv[1] if len(sys.argv) > 1 else None
    password = sys.stdin.read().rstrip("\r\n") if "--password-stdin" in sys.argv[2:] else None
    known = config.load().ldap
    report = examine(known, login, password) if known else Report(outcome="unset")
    print(json.dumps({"ldap-test": asdict(report)}), flush=True)
