"""`biomaid database-check JSON`: looks at a server of the operator's, and prints what it found as one JSON line.

From where the application will connect, and with its library. The description has all but the password; it comes on the
command line because nothing of the instance is written before the server is known to be right.
"""

import json
import socket
import ssl
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biomaid_runtime import config, paths
from biomaid_runtime.database import NO_DATABASE, NOT_LET_IN, WRONG_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg2.extensions import connection as Connection

SECONDS = 8

# PostgreSQL manual, 55.7, SSLRequest: its length, and the number that asks for TLS.
SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")

FACTS = """
SELECT current_setting('server_version_num')::int AS version_number,
       current_setting('server_version') AS version,
       pg_encoding_to_char(encoding) AS encoding,
       to_jsonb(pg_database) AS properties,
       pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool AS read_only,
       has_database_privilege(datname, 'CREATE') OR to_regnamespace('biomaid_compose') IS NOT NULL AS makes_schemas,
       coalesce(has_schema_privilege(to_regnamespace('public')::oid, 'CREATE'), false) AS makes_tables,
       (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user) AS makes_databases,
       to_regclass('biomaid_compose.stamp') IS NOT NULL AS stamped
FROM pg_database WHERE datname = current_database()
"""


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    name: str
    user: str
    tls: str
    authorities: str | None


class Refused(Exception):
    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


def main(description: str) -> int:
    values = json.loads(description)
    server = Server(**{name: values[name] for name in Server.__dataclass_fields__})
    try:
        outcome = {"outcome": "found", **look(server)}
    except Refused as refused:
        outcome = {"outcome": refused.kind, "detail": str(refused)}
    print(json.dumps({"database-check": outcome}), flush=True)
    return 0


def look(server: Server) -> dict[str, Any]:
    with _authorities(server) as authorities:
        reach(server, authorities)
        connection = log_in(server, authorities)
    try:
        return facts(connection)
    finally:
        connection.close()


@contextmanager
def _authorities(server: Server) -> "Iterator[str]":
    if server.authorities is None:
        yield str(paths.PUBLIC_AUTHORITIES)
        return
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(server.authorities)
        file.flush()
        yield file.name


def reach(server: Server, authorities: str) -> None:
    """Name, connection and certificate: libpq does not say why it does not trust one."""
    try:
        addresses = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise Refused("name", error.strerror) from error
    try:
        with socket.create_connection((server.host, server.port), SECONDS) as plain:
            if server.tls != "disable":
                _ask_for_tls(plain, server, authorities)
    except ssl.SSLCertVerificationError as error:
        # OpenSSL, x509_vfy.h: X509_V_ERR_HOSTNAME_MISMATCH, _EMAIL_MISMATCH, _IP_ADDRESS_MISMATCH
        kind = "certificate name" if error.verify_code in (62, 63, 64) else "certificate"
        raise Refused(kind, error.verify_message) from error
    except ssl.SSLError as error:
        raise Refused("tls", error.reason or str(error)) from error
    except OSError as error:
        tried = ", ".join(sorted({str(address[4][0]) for address in addresses}))
        raise Refused("connection", f"{error.strerror or error} ({tried})") from error


def _ask_for_tls(plain: socket.socket, server: Server, authorities: str) -> None:
    plain.sendall(SSL_REQUEST)
    answer = plain.recv(1)
    if answer == b"N":
        raise Refused("tls", "SSL off")
    if answer != b"S":
        raise Refused("protocol", repr(answer))
    context = ssl.create_default_context(cafile=authorities)
    if server.tls != "verify-full":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.wrap_socket(plain, server_hostname=server.host).close()


def log_in(server: Server, authorities: str) -> "Connection":
    import psycopg2

    try:
        return psycopg2.connect(
            host=server.host,
            port=server.port,
            dbname=server.name,
            user=server.user,
            password=config.secret("database_password"),
            connect_timeout=SECONDS,
            application_name="biomaid-compose",
            sslmode=server.tls,
            **({"sslrootcert": authorities} if server.tls == "verify-full" else {}),
        )
    except psycopg2.OperationalError as error:
        reason = " ".join(str(error).split())
        # What failed at the connection has no SQLSTATE in libpq, only words: the server's own.
        kinds = {"login": WRONG_PASSWORD, "not let in": NOT_LET_IN, "database": NO_DATABASE}
        kind = next((kind for kind, words in kinds.items() if any(word in reason for word in words)), "refused")
        raise Refused(kind, reason) from error


def facts(connection: "Connection") -> dict[str, Any]:
    from psycopg2.extras import RealDictCursor

    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(FACTS)
        found = dict(cursor.fetchone())
        properties = found.pop("properties")
        # Version 15 brought datlocprovider and daticulocale, 17 named the latter datlocale.
        if properties.get("datlocprovider", "c") == "c":
            found["collation"] = properties["datcollate"]
        else:
            found["collation"] = properties.get("datlocale") or properties.get("daticulocale")
        stamped = found.pop("stamped")
        found["instance"] = _instance(cursor) if stamped else None
    return found


def _instance(cursor: Any) -> str | None:
    """Which instance's database this is; init writes it."""
    cursor.execute("SELECT has_table_privilege('biomaid_compose.stamp', 'SELECT') AS readable")
    if not cursor.fetchone()["readable"]:
        return ""
    cursor.execute("SELECT value FROM biomaid_compose.stamp WHERE key = 'instance'")
    row = cursor.fetchone()
    return row["value"] if row else None
