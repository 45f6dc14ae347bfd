"""What init has done to this database, written in this database: a restored dump tells the truth about itself."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection


class Stamp:
    def __init__(self, connection: "Connection") -> None:
        self.connection = connection

    def read(self) -> dict[str, str]:
        """Empty when this database has never been met."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('biomaid_compose.stamp') IS NOT NULL")
            row = cursor.fetchone()
            if not row or not row[0]:
                return {}
            cursor.execute("SELECT key, value FROM biomaid_compose.stamp")
            return dict(cursor.fetchall())

    def create(self, values: dict[str, str]) -> None:
        """In one transaction: the table is there with its first facts, or not at all."""
        with self.connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("CREATE SCHEMA IF NOT EXISTS biomaid_compose")
            cursor.execute(
                "CREATE TABLE biomaid_compose.stamp"
                " (key text PRIMARY KEY, value text NOT NULL, at timestamptz NOT NULL DEFAULT now())"
            )
            for key, value in values.items():
                cursor.execute("INSERT INTO biomaid_compose.stamp (key, value) VALUES (%s, %s)", (key, value))
            cursor.execute("COMMIT")

    def write(self, key: str, value: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO biomaid_compose.stamp (key, value) VALUES (%s, %s)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value, at = now()",
                (key, value),
            )

    def database_is_empty(self) -> bool:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT NOT EXISTS (SELECT FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'biomaid_compose'))"
            )
            row = cursor.fetchone()
        return bool(row and row[0])
