"""Connection to PostgreSQL, waiting for it, advisory locks."""

import sys
import time
from typing import TYPE_CHECKING

from biomaid_runtime import config as configuration
from biomaid_runtime.faults import Fault

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

# Advisory locks are two integers and belong to one database: the first says "ours" (BIOM in ASCII), the second which.
LOCK_SPACE = 0x42494F4D
INIT_LOCK = 0

REPORT_EVERY = 10.0
# What libpq, and the server in its own language, say when waiting longer will not help.
WRONG_PASSWORD = ("password authentication failed", "authentification par mot de passe")
NOT_LET_IN = ("pg_hba.conf",)
NO_DATABASE = ("does not exist", "n'existe pas", "n’existe pas")
CERTIFICATE = ("certificate verify failed", "does not match host name")
HOPELESS = (*WRONG_PASSWORD, *NOT_LET_IN, *NO_DATABASE, *CERTIFICATE)


def connect(config: configuration.Config) -> "Connection":
    # Here and not above: `biomaid health` and `biomaid jobs` do without it, and the import is most of their time.
    import psycopg2

    database = config.database
    connection = psycopg2.connect(
        host=database.host,
        port=database.port,
        dbname=database.name,
        user=database.user,
        password=configuration.secret("database_password"),
        connect_timeout=5,
        application_name="biomaid-compose",
        **database.connection_options(),
        # A lock must not outlive the loss of its holder's network by the two hours of the kernel's default.
        keepalives_idle=30,
    )
    connection.autocommit = True
    return connection


def wait(config: configuration.Config, limit: float | None) -> "Connection":
    """The first connection that succeeds. After a reboot Docker starts containers in any order: each waits for itself.

    With a limit, an error that no waiting mends (wrong password) ends it at once.
    """
    import psycopg2

    start = time.monotonic()
    next_report = start + REPORT_EVERY
    while True:
        try:
            return connect(config)
        except psycopg2.OperationalError as error:
            reason = " ".join(str(error).split())
        where = f"{config.database.host}:{config.database.port}"
        if limit is not None and (time.monotonic() - start > limit or any(phrase in reason for phrase in HOPELESS)):
            if any(phrase in reason for phrase in WRONG_PASSWORD):
                raise _wrong_password(config.database)
            raise Fault(f"no database at {where}: {reason}", f"pas de base de données sur {where} : {reason}")
        if time.monotonic() >= next_report:
            waited = round(time.monotonic() - start)
            print(f"biomaid: waiting for the database at {where} for {waited} s: {reason}", file=sys.stderr, flush=True)
            next_report += REPORT_EVERY
        time.sleep(0.3)


def _wrong_password(database: configuration.Database) -> Fault:
    if database.tls is not None:
        return Fault(
            f"the database server {database.host} does not accept the password of {database.user} in the file of "
            f"database.password_file",
            f"le serveur {database.host} n'accepte pas le mot de passe de {database.user} du fichier de "
            f"database.password_file",
        )
    remedy = "docker compose exec -T db entrypoint.sh set-password <secrets/database_password"
    return Fault(
        f"the database does not accept the password of {database.user} in secrets/database_password. Restore that "
        f"file from a backup; or make the database take it, in the instance's folder: {remedy}",
        f"la base de données n'accepte pas le mot de passe de {database.user} de secrets/database_password. "
        f"Restaurer ce fichier depuis une sauvegarde ; ou le faire accepter par la base, "
        f"dans le dossier de l'instance : {remedy}",
    )


def try_lock(connection: "Connection", number: int) -> bool:
    """Taken for as long as the connection lives, so that a killed holder gives it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", (LOCK_SPACE, number))
        row = cursor.fetchone()
    return bool(row and row[0])


def lock(connection: "Connection", number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_SPACE, number))
