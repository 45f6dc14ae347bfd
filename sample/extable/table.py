"""One table that the application makes by itself at start-up, outside migrations, from the TOML configuration."""

import sys

from django.db import connection

from common.configuration import configuration

NAME = "extable_reference"
WITHOUT_DATABASE = {"migrate", "makemigrations", "reset_db"}


def init():
    # Trap: the subcommand is recognised by its place, so `manage.py --settings=… migrate` is not.
    if sys.argv[1:2] and sys.argv[1] in WITHOUT_DATABASE:
        return
    engine = connection.settings_dict["ENGINE"]
    if "postgres" not in engine and "sqlite3" not in engine:
        raise RuntimeError(f"extable knows PostgreSQL and SQLite only, not {engine!r}")
    update(configuration().get("extable", {}).get("columns", []))


def update(columns):
    """Make the table fit the configuration.

    Traps: a changed list of columns loses the rows, and two processes that start together race between
    the look at the database and the CREATE TABLE.
    """
    wanted = ["made_at", *columns]
    with connection.cursor() as cursor:
        # Fails, as it should here, on a database that was not migrated.
        cursor.execute("SELECT count(*) FROM sample_switch")
        if NAME in connection.introspection.table_names(cursor):
            found = [column.name for column in connection.introspection.get_table_description(cursor, NAME)]
            if found == wanted:
                return
            print(f"extable: {NAME} has other columns than the configuration, its rows are lost")
            cursor.execute(f"DROP TABLE {NAME}")
        quoted = (connection.ops.quote_name(column) for column in columns)
        definition = ", ".join(["made_at timestamp", *(f"{name} text" for name in quoted)])
        cursor.execute(f"CREATE TABLE {NAME} ({definition})")
        cursor.execute(f"INSERT INTO {NAME} (made_at) VALUES (CURRENT_TIMESTAMP)")
