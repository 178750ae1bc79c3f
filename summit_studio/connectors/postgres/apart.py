"""A schema of its own in a database, where a rehearsal writes what the database would hold."""

import contextlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.database import PostgresDatabase
from summit_studio.connectors.postgres.errors import statement_failure
from summit_studio.core.errors import WriteFailed
from summit_studio.core.process import is_gone, own_name
from summit_studio.core.sql import quote_name, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from summit_studio.secrets.store import SecretStore
    from summit_studio.workspace.connections import Connection

_OWN_COUNTERS = """
SELECT a.attname FROM pg_attribute a
JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = %s::regclass AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%%'
"""


SCHEMA: Final = "summit_rehearsal_"
"""How the names of such schemas begin."""

_SCHEMAS: Final = """
SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace
WHERE starts_with(nspname, %s) AND pg_has_role(nspowner, 'USAGE') ORDER BY nspname
"""


def left_behind(
    connection: "Connection", secrets: "SecretStore", *, drop: bool = False
) -> list[str]:
    """Return the schemas of rehearsals that are gone, of those that this user may drop.

    Args:
        connection: Where to look.
        secrets: Resolves the password.
        drop: Drop them.

    Raises:
        SummitError: The server cannot be reached, or does not allow it.
    """
    database = PostgresDatabase(connection, secrets)
    with contextlib.closing(database.connect()) as session:
        rows = session.execute(_SCHEMAS, (SCHEMA,)).fetchall()
    found = [schema for schema, said in rows if _is_left(said)]
    for schema in found if drop else ():
        Apart(connection, secrets, schema).drop()
    return found


def _is_left(said: str | None) -> bool:
    """Return True if whoever a schema says it belongs to is gone; False where it says nothing."""
    try:
        told = json.loads(said or "")
        return is_gone(told["owner"], datetime.fromisoformat(told["since"]))
    except (ValueError, KeyError, TypeError):
        return False


class Apart:
    """One schema of a PostgreSQL database.

    Args:
        connection: Where it is.
        secrets: Resolves the password.
        schema: Its name; nobody else's.
    """

    def __init__(self, connection: "Connection", secrets: "SecretStore", schema: str) -> None:
        self._database = PostgresDatabase(connection, secrets)
        self._schema = schema

    def drop(self) -> None:
        """Drop the schema with all that is in it; harmless where there is none.

        Raises:
            WriteFailed: The server does not allow it.
        """
        with self._session("drop") as session:
            session.execute(f"DROP SCHEMA IF EXISTS {quote_name(self._schema)} CASCADE".encode())

    def make(self, name: TableName, like: TableName) -> None:
        """Make the schema, and a table in it that takes and refuses what another does.

        Keys, checks, defaults and identity are those of `like`; counters are its own, so that
        those of `like` stay where they are. Nothing is made where `like` is absent.

        Raises:
            WriteFailed: The server does not allow it.
        """
        with self._session("make") as session, session.transaction():
            session.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_name(self._schema)}".encode())
            said = json.dumps({"owner": own_name(), "since": datetime.now(UTC).isoformat()})
            comment = f"COMMENT ON SCHEMA {quote_name(self._schema)} IS {quote_text(said)}"
            session.execute(comment.encode())
            found = session.execute("SELECT to_regclass(%s)::text", (like.sql,)).fetchone()
            there = session.execute("SELECT to_regclass(%s)::text", (name.sql,)).fetchone()
            if found is None or found[0] is None or (there and there[0]):
                return
            made = f"CREATE TABLE {name.sql} (LIKE {like.sql} INCLUDING ALL)"
            session.execute(made.encode())
            for number, (column,) in enumerate(session.execute(_OWN_COUNTERS, (name.sql,))):
                counter = TableName(self._schema, f"{name.table[:40]}_counter_{number}").sql
                session.execute(f"CREATE SEQUENCE {counter}".encode())
                session.execute(
                    f"ALTER TABLE {name.sql} ALTER COLUMN {quote_name(column)}"
                    f" SET DEFAULT nextval({quote_text(counter)}::regclass)".encode()
                )

    @contextlib.contextmanager
    def _session(self, doing: str) -> "Iterator[psycopg.Connection[Any]]":
        import psycopg

        session = self._database.connect()
        try:
            yield session
        except psycopg.Error as error:
            what = f"Cannot {doing} the schema {self._schema} of the rehearsal"
            raise statement_failure(WriteFailed, what, error) from None
        finally:
            session.close()
