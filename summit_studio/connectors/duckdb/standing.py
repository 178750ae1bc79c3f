"""What DuckDB's catalogue knows of a table that is to be written."""

from typing import Any, Final

from summit_studio.connectors.duckdb.file import TABLES
from summit_studio.connectors.fitting import Limit, Standing, TargetColumn, second_limit
from summit_studio.connectors.names import TableName
from summit_studio.core.schema import TIMESTAMP, VARCHAR

SCHEMA: Final = "main"
"""Where a table stands whose schema is not named."""

_STANDING: Final = f"""
SELECT schema_name, table_name, kind = 'view' FROM ({TABLES})
WHERE lower(schema_name) = lower(?) AND lower(table_name) = lower(?)
"""

_COLUMNS: Final = """
SELECT column_name, data_type, is_nullable, column_default, is_generated
FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = ?
  AND table_name = ? ORDER BY column_index
"""

_KEYS: Final = """
SELECT constraint_column_names FROM duckdb_constraints()
WHERE database_name = current_database() AND schema_name = ? AND table_name = ?
  AND constraint_type IN ('PRIMARY KEY', 'UNIQUE') ORDER BY constraint_index
"""


_PLACES: Final = {"TIMESTAMP_S": 0, "TIMESTAMP_MS": 3}
"""Places of a second that types of moments keep, where they are not six."""

_WHOLE: Final = frozenset({"UHUGEINT", "BIGNUM"})
"""Whole numbers that are written as texts: DuckDB rounds those with a fraction."""


def standing(session: Any, table: TableName) -> Standing | None:
    """Return what stands under a name, letter case aside; None if nothing does."""
    wanted = [table.schema or SCHEMA, table.table]
    found = session.execute(_STANDING, wanted).fetchone()
    if found is None:
        return None
    *whole, view = found
    columns = [
        TargetColumn(
            name,
            TIMESTAMP if kind in _PLACES else kind,
            nullable,
            None if generated else default,
            generated,
            limit=_limit(kind),
        )
        for name, kind, nullable, default, generated in session.execute(_COLUMNS, whole).fetchall()
    ]
    keys = [tuple(key) for (key,) in session.execute(_KEYS, whole).fetchall()]
    return Standing(TableName(*whole), columns, keys, view=view, appendable=not view)


def _limit(kind: str) -> Limit | None:
    if kind in _PLACES:
        return second_limit(_PLACES[kind])
    if kind in _WHOLE:
        other = f"TRY_CAST({{0}} AS {kind})::VARCHAR <> {{0}}"
        return Limit(frozenset({VARCHAR}), other, "holds whole numbers")
    return None
