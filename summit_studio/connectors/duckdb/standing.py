"""What DuckDB's catalogue knows of a table that is to be written."""

from typing import Any, Final

from summit_studio.connectors.duckdb.file import TABLES
from summit_studio.connectors.fitting import Standing, TargetColumn
from summit_studio.connectors.names import TableName

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


def standing(session: Any, table: TableName) -> Standing | None:
    """Return what stands under a name, letter case aside; None if nothing does."""
    wanted = [table.schema or SCHEMA, table.table]
    found = session.execute(_STANDING, wanted).fetchone()
    if found is None:
        return None
    *whole, view = found
    columns = [
        TargetColumn(name, kind, nullable, None if generated else default, generated)
        for name, kind, nullable, default, generated in session.execute(_COLUMNS, whole).fetchall()
    ]
    keys = [tuple(key) for (key,) in session.execute(_KEYS, whole).fetchall()]
    return Standing(TableName(*whole), columns, keys, view=view, appendable=not view)
