"""Slots and publications: made, dropped and looked at by command.

A slot is a bookmark in the server's log, and the server keeps on its disk all that follows it,
until the bookmark is moved or dropped. A publication names the tables whose changes are told.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.errors import statement_failure
from summit_studio.connectors.postgres.replication.lsn import lsn_of
from summit_studio.core.errors import ReadFailed
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.core.suggest import did_you_mean, listing

if TYPE_CHECKING:
    import psycopg

    from summit_studio.connectors.postgres.database import PostgresDatabase

PLUGIN: Final = "pgoutput"
_MADE: Final = "Made by Summit Studio with the replication slot of this name."
_MUCH_BYTES: Final = 1 << 30
_NARROW: Final = 0.25

_SLOTS: Final = """
SELECT to_jsonb(s) || jsonb_build_object(
  'lag', pg_wal_lsn_diff(w.now, s.confirmed_flush_lsn)::bigint,
  'held', pg_wal_lsn_diff(w.now, s.restart_lsn)::bigint,
  'here', s.database = current_database(),
  'limit_mb', (SELECT setting::bigint FROM pg_settings WHERE name = 'max_slot_wal_keep_size'))
FROM pg_replication_slots s CROSS JOIN (SELECT CASE WHEN pg_is_in_recovery()
  THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END AS now) w
WHERE s.slot_type = 'logical' AND (%(name)s::text IS NULL OR s.slot_name = %(name)s) ORDER BY 1
"""
"""As JSON: which columns there are depends on the version of the server."""

_TABLE: Final = """
SELECT n.nspname, c.relname, c.relkind, c.relreplident,
  EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary),
  EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(%s)
"""

_SERVER: Final = """
SELECT current_setting('wal_level'), pg_is_in_recovery(), r.rolsuper OR r.rolreplication
FROM pg_roles r WHERE r.rolname = current_user
"""


@dataclass(frozen=True, slots=True)
class Slot:
    """A replication slot as the server tells of it.

    Args:
        name: Of it.
        plugin: What turns the log into changes.
        here: It is one of the connection's own database.
        reader: The process that reads it now; None if nobody does.
        confirmed: The place up to which changes are done with; 0 if it tells none.
        lag_bytes: Of log that are not done with.
        held_bytes: Of log that the server keeps on its disk for it.
        safe_bytes: Of log that may still be written before the slot is lost; None without limit.
        limit_bytes: Of log that the server keeps for a slot at the most; None without limit.
        state: `reserved`, `extended`, `unreserved` or `lost`.
        invalid: Why the server has given it up; empty if it has not.
    """

    name: str
    plugin: str
    here: bool
    reader: int | None
    confirmed: int
    lag_bytes: int
    held_bytes: int
    safe_bytes: int | None
    limit_bytes: int | None
    state: str
    invalid: str

    @classmethod
    def told(cls, row: Mapping[str, Any]) -> "Slot":
        """Return that of a row of pg_replication_slots."""
        state = row.get("wal_status") or ""
        invalid = row.get("invalidation_reason") or ("wal_removed" if state == "lost" else "")
        limit = row["limit_mb"]
        confirmed = row["confirmed_flush_lsn"]
        return cls(
            row["slot_name"], row["plugin"], bool(row["here"]), row["active_pid"],
            lsn_of(confirmed) if confirmed else 0, row["lag"] or 0, row["held"] or 0,
            row.get("safe_wal_size"), limit << 20 if limit is not None and limit >= 0 else None,
            state, invalid,
        )  # fmt: skip

    @property
    def warnings(self) -> tuple[str, ...]:
        """What somebody should look at, as sentences."""
        if self.invalid:
            lost = (
                f"The server has given the slot up ({self.invalid}): its changes are lost. Drop "
                "it, create it again, and load the tables anew."
            )
            return (lost,)
        found = []
        if self.state == "unreserved":
            found.append(
                "The slot is about to be lost: it holds more log than max_slot_wal_keep_size "
                "allows. Read it now."
            )
        elif self._is_narrow():
            found.append(
                f"{shown(self.safe_bytes or 0)} more of log and the server gives the slot up. Read "
                "it soon, or raise max_slot_wal_keep_size."
            )
        if self.held_bytes >= _MUCH_BYTES:
            found.append(f"The slot holds {shown(self.held_bytes)} of the server's disk.")
        if self.limit_bytes is None and self.reader is None:
            found.append(
                "Nothing limits the disk that the slot holds while nobody reads it: set "
                "max_slot_wal_keep_size, or drop the slot when it is not needed any more."
            )
        return tuple(found)

    def _is_narrow(self) -> bool:
        if self.safe_bytes is None or not self.limit_bytes:
            return False
        return self.safe_bytes < _NARROW * self.limit_bytes


def shown(size: int) -> str:
    """Return a number of bytes as people read it."""
    amount = float(size)
    for unit in ("bytes", "KB", "MB", "GB"):
        if abs(amount) < 1024:  # noqa: PLR2004 - the step between the units
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1024
    return f"{amount:,.1f} TB"


def slots(database: "PostgresDatabase", name: str | None = None) -> tuple[Slot, ...]:
    """Return the logical slots of a server, or the one of a name, if it is there."""
    with talking(database, "look at the replication slots") as session:
        return _slots(session, name)


def _slots(session: "psycopg.Connection[Any]", name: str | None) -> tuple[Slot, ...]:
    rows = session.execute(_SLOTS, {"name": name}).fetchall()
    return tuple(Slot.told(row) for (row,) in rows)


def require_slot(session: "psycopg.Connection[Any]", name: str, after: int | None = None) -> Slot:
    """Return a slot that can be read.

    Args:
        session: To its database.
        name: Of it.
        after: The place up to which its changes are read; None for nowhere.

    Raises:
        ReadFailed: It is missing, given up, of another database or plugin, read by somebody, or
            stands beyond `after`.
    """
    found = _slots(session, name)
    if not found:
        raise _slot_missing(session, name)
    slot = found[0]
    if slot.plugin != PLUGIN or not slot.here:
        what = f"its plugin is {slot.plugin}" if slot.here else "it belongs to another database"
        raise _unusable(
            name, what, "choose a slot that was made by summit cdc create", "slot_unfit"
        )
    if slot.invalid:
        raise _unusable(
            name,
            f"the server has given it up ({slot.invalid}), so that changes are lost",
            "drop it and create it again (summit cdc), then load the tables anew from a snapshot",
            "slot_invalidated",
        )
    if slot.reader is not None:
        raise slot_active(name, slot.reader)
    if after is not None and slot.confirmed > after:
        raise _unusable(
            name,
            "somebody else has read it on, or dropped it and made it again: changes between the "
            "place where this load stands and its own are lost",
            "load the tables anew from a snapshot, and let nobody else use the slot",
            "slot_moved",
        )
    return slot


def _slot_missing(session: "psycopg.Connection[Any]", name: str) -> ReadFailed:
    known = [slot.name for slot in _slots(session, None)]
    near = did_you_mean(name, known)
    if near:
        do = f"choose '{near}'"
    else:
        do = (
            "create it with summit cdc create; if it was there before, somebody has dropped it "
            "and changes are lost: load the tables anew from a snapshot"
        )
    why = f"the server has the slots {listing(known)}" if known else "the server has no slot"
    return _unusable(name, why, do, "slot_missing")


def slot_active(name: str, reader: int | None = None) -> ReadFailed:
    """Return the error about a slot that somebody reads."""
    who = f"the server's process {reader}" if reader else "another session"
    return _unusable(
        name,
        f"{who} reads it, and a slot has one reader at a time",
        "wait for it to end, or give each reader a slot of its own",
        "slot_active",
        retryable=True,
    )


def _unusable(name: str, why: str, do: str, code: str, *, retryable: bool = False) -> ReadFailed:
    return ReadFailed(
        f"Cannot read the replication slot '{name}'",
        why=why, do=do, code=code, retryable=retryable,
    )  # fmt: skip


def create(
    database: "PostgresDatabase",
    slot: str,
    tables: Sequence[str],
    publication: str | None = None,
) -> Slot:
    """Create a slot, and a publication of tables where it does not stand.

    The publication is first: what the log says before it is not told.

    Args:
        database: Whose changes.
        slot: Lower case letters, digits and `_`.
        tables: As `table` or `schema.table`.
        publication: Its name; the slot's by default.

    Raises:
        ReadFailed: The server or the user cannot; what was made on the way is dropped again.
    """
    import psycopg

    name = publication or slot
    with talking(database, f"create the replication slot '{slot}'") as session:
        _require_server(session)
        if _slots(session, slot):
            raise _not_made(
                slot, "it is there already", "choose another name, or drop it", "slot_exists"
            )
        made = _published(session, slot, name, [_table(session, table) for table in tables])
        try:
            session.execute("SELECT pg_create_logical_replication_slot(%s, %s)", (slot, PLUGIN))
        except psycopg.Error as error:
            if made:
                session.execute(f"DROP PUBLICATION {quote_name(name)}".encode())
            raise _told(slot, error) from None
        return _slots(session, slot)[0]


def drop(database: "PostgresDatabase", slot: str) -> bool:
    """Drop a slot, and the publication that was made with it.

    Returns:
        Whether a publication was dropped.

    Raises:
        ReadFailed: It is not there, or somebody reads it.
    """
    with talking(database, f"drop the replication slot '{slot}'") as session:
        found = _slots(session, slot)
        if not found:
            raise _slot_missing(session, slot)
        if found[0].reader is not None:
            raise slot_active(slot, found[0].reader)
        session.execute("SELECT pg_drop_replication_slot(%s)", (slot,))
        ours = session.execute(
            "SELECT FROM pg_publication WHERE pubname = %s "
            "AND obj_description(oid, 'pg_publication') = %s",
            (slot, _MADE),
        ).fetchone()
        if ours is not None:
            session.execute(f"DROP PUBLICATION {quote_name(slot)}".encode())
        return ours is not None


@contextmanager
def talking(database: "PostgresDatabase", action: str) -> "Iterator[psycopg.Connection[Any]]":
    """Give a session in autocommit, and turn its failures into ReadFailed."""
    import psycopg

    session = database.connect()
    try:
        yield session
    except psycopg.Error as error:
        raise statement_failure(ReadFailed, f"Cannot {action}", error) from None
    finally:
        session.close()


def _require_server(session: "psycopg.Connection[Any]") -> None:
    row = session.execute(_SERVER).fetchone()
    level, standby, allowed = row or ("", False, False)
    what, code = "Cannot create a replication slot", "replication_off"
    if level != "logical":
        raise ReadFailed(
            what,
            why=f"the server's wal_level is {level}, and its log does not tell changes of rows",
            do="have its administrator run ALTER SYSTEM SET wal_level = logical and restart it",
            code=code,
        )
    if standby:
        raise ReadFailed(
            what, why="the server is a standby", do="connect to its primary", code=code
        )
    if not allowed:
        raise ReadFailed(
            what,
            why="the user of the connection has not the attribute REPLICATION",
            do="have an administrator run ALTER ROLE ... REPLICATION for it",
            code="permission_denied",
        )


def _not_made(slot: str, why: str, do: str, code: str) -> ReadFailed:
    return ReadFailed(f"Cannot create the replication slot '{slot}'", why=why, do=do, code=code)


def _told(slot: str, error: "psycopg.Error") -> Exception:
    """Return what a failed creation means to a person."""
    import psycopg

    if isinstance(error, psycopg.errors.ConfigurationLimitExceeded):
        return _not_made(
            slot,
            "all replication slots of the server are in use",
            "drop one that nobody needs (summit cdc status), or have max_replication_slots raised",
            "slots_full",
        )
    if isinstance(error, psycopg.errors.InvalidName):
        return _not_made(
            slot,
            "its name has other characters than a slot's may have",
            "use lower case letters, digits and _",
            "slot_name_invalid",
        )
    if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
        return _not_made(
            slot,
            "transactions that were open before it did not end in time",
            "find them in pg_stat_activity, or try again when they have ended",
            "slot_waits",
        )
    return error


@dataclass(frozen=True, slots=True)
class _Table:
    name: TableName
    partitioned: bool


def _table(session: "psycopg.Connection[Any]", text: str) -> _Table:
    """Return a table that can be published without harm to who writes to it."""
    given = TableName.parse(text)
    row = session.execute(_TABLE, (given.sql,)).fetchone()
    if row is None or row[2] not in {"r", "p"}:
        why = "there is no such table" if row is None else "it is no table of its own"
        raise ReadFailed(
            f"Cannot follow the changes of {given}",
            why=why, do="name a table of the database", code="table_missing",
        )  # fmt: skip
    schema, table, kind, identity, primary, index = row
    name = TableName(schema, table)
    if not (identity == "f" or (identity == "d" and primary) or (identity == "i" and index)):
        raise identity_missing(name)
    return _Table(name, kind == "p")


def identity_missing(table: TableName) -> ReadFailed:
    """Return the error about a table whose rows the log cannot tell apart."""
    return ReadFailed(
        f"Cannot follow the changes of table {table}",
        why="it has no replica identity: the log cannot tell which row was changed, and the server "
        "would refuse UPDATE and DELETE on it as soon as they are published",
        do="add a primary key, or run: ALTER TABLE "
        f"{table.sql} REPLICA IDENTITY USING INDEX name_of_a_unique_index",
        code="replica_identity_missing",
    )


def _published(
    session: "psycopg.Connection[Any]", slot: str, name: str, tables: Sequence[_Table]
) -> bool:
    """Have a publication of the tables; return True if it was made now."""
    found = session.execute("SELECT FROM pg_publication WHERE pubname = %s", (name,)).fetchone()
    if found is not None:
        for table in tables:
            require_published(session, name, table.name)
        return False
    if not tables:
        raise _not_made(
            slot, f"there is no publication '{name}' and no table is named",
            "name the tables whose changes are wanted", "publication_missing",
        )  # fmt: skip
    wanted = ", ".join(table.name.sql for table in tables)
    root = any(table.partitioned for table in tables)
    options = " WITH (publish_via_partition_root = true)" if root else ""
    quoted = quote_name(name)
    with session.transaction():
        session.execute(f"CREATE PUBLICATION {quoted} FOR TABLE {wanted}{options}".encode())
        if name == slot:
            session.execute(f"COMMENT ON PUBLICATION {quoted} IS {quote_text(_MADE)}".encode())
    return True


def require_published(
    session: "psycopg.Connection[Any]", publication: str, table: TableName
) -> tuple[str, ...]:
    """Return the columns of a table that a publication tells of.

    Args:
        session: To its database.
        publication: Its name.
        table: With its schema.

    Raises:
        ReadFailed: The publication is missing, or it has not the table.
    """
    row = session.execute(
        "SELECT attnames::text[] FROM pg_publication_tables "
        "WHERE pubname = %s AND schemaname = %s AND tablename = %s",
        (publication, table.schema, table.table),
    ).fetchone()
    if row is not None:
        return tuple(row[0])
    known = session.execute("SELECT FROM pg_publication WHERE pubname = %s", (publication,))
    if known.fetchone() is None:
        raise publication_missing(publication)
    raise ReadFailed(
        f"Cannot follow the changes of table {table}",
        why=f"publication '{publication}' does not tell of it",
        do=f"run: ALTER PUBLICATION {quote_name(publication)} ADD TABLE {table.sql}; what was "
        "changed before is not told, so load the table anew. Of a table in parts the publication "
        "needs publish_via_partition_root",
        code="table_not_published",
    )


def publication_missing(name: str) -> ReadFailed:
    """Return the error about a publication that is not there, or was not at some place."""
    return ReadFailed(
        f"Cannot read the changes of publication '{name}'",
        why="it is not there, or was not when some of the changes were made, and these are not "
        "told: it was made after the slot, or dropped and made again",
        do="drop the slot and create both again with summit cdc create, then load the tables anew "
        "from a snapshot",
        code="publication_missing",
    )
