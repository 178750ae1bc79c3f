"""What SQLite's catalogue knows of a table that is to be written."""

import sqlite3
from typing import Any, Final

from summit_studio.connectors.fitting import Standing, TargetColumn
from summit_studio.connectors.names import TableName
from summit_studio.connectors.relational import ANY
from summit_studio.connectors.sqlite.types import canonical, limit_of
from summit_studio.core.sql import quote_name

_STANDING: Final = """
SELECT name, type = 'view', type = 'table' OR EXISTS (
  SELECT 1 FROM main.sqlite_master t WHERE t.type = 'trigger' AND t.tbl_name = m.name
    AND upper(t.sql) LIKE '%INSTEAD OF INSERT%')
FROM main.sqlite_master m WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE
"""

_STRICT: Final = "SELECT strict FROM pragma_table_list WHERE schema = 'main' AND name = ?"

_GENERATED: Final = {2, 3}
"""What stands under `hidden` for virtual and stored generated columns."""


def standing(session: sqlite3.Connection, table: TableName) -> Standing | None:
    """Return what stands under a name, letter case aside; None if nothing does."""
    found = session.execute(_STANDING, (table.table,)).fetchone()
    if found is None:
        return None
    name, view, appendable = found
    rows = session.execute(f"PRAGMA main.table_xinfo({quote_name(name)})").fetchall()
    keys, numbered = _keys(session, name, rows)
    strict = session.execute(_STRICT, (name,)).fetchone() == (1,)
    columns = [_column(row, numbered, strict=strict) for row in rows if row[6] != 1]
    return Standing(
        TableName(None, name), columns, keys, view=bool(view), appendable=bool(appendable)
    )


def _column(row: tuple[Any, ...], numbered: str | None, *, strict: bool) -> TargetColumn:
    """Return a column from PRAGMA table_xinfo: cid, name, type, notnull, default, pk, hidden."""
    _, name, declared, notnull, default, _, hidden = row
    return TargetColumn(
        name,
        canonical(declared) or ANY,
        nullable=not notnull,
        default=default,
        generated=hidden in _GENERATED,
        identity="default" if name == numbered else None,
        limit=None if strict else limit_of(declared),
    )


def _keys(
    session: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]
) -> tuple[list[tuple[str, ...]], str | None]:
    """Return the keys, and the column that SQLite itself numbers.

    That is the INTEGER PRIMARY KEY, which stands for the row's number and has no index.
    """
    primary = [row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5]]
    indexes = session.execute(f"PRAGMA main.index_list({quote_name(table)})").fetchall()
    unique = [i for i in indexes if i[2] and not i[4]]
    keys: list[tuple[str, ...]] = []
    for index in unique:
        parts = session.execute(f"PRAGMA main.index_info({quote_name(index[1])})").fetchall()
        if all(part[2] is not None for part in parts):
            keys.append(tuple(part[2] for part in parts))
    if not primary or any(i[3] == "pk" for i in unique):
        return keys, None
    return [tuple(primary), *keys], primary[0]
