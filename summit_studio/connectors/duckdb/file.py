"""What DuckDB says of a file: its tables, and what its errors mean."""

from typing import Any, Final

from summit_studio.connectors.names import Listed, TableName
from summit_studio.core.errors import SummitError

_ASIDE: Final = "connect the rejected port of the sink to put such rows aside"

_PASSING: Final = frozenset({"conflict", "file_locked"})
"""What may pass by itself. DuckDB tells it by the class and text of its errors; it has no codes."""

TABLES: Final = """
SELECT schema_name, table_name, 'table' AS kind FROM duckdb_tables() WHERE NOT internal
  AND database_name = current_database()
UNION ALL SELECT schema_name, view_name, 'view' FROM duckdb_views() WHERE NOT internal
  AND database_name = current_database()
ORDER BY ALL
"""


def listed(con: Any) -> list[Listed]:
    """Return the tables and views of an open DuckDB connection."""
    rows = con.execute(TABLES).fetchall()
    return [Listed(TableName(schema, table), kind == "view") for schema, table, kind in rows]


def known_tables(con: Any) -> list[str]:
    """Return their names as `schema.table`."""
    return [str(one.name) for one in listed(con)]


def failure(kind: type[SummitError], what: str, error: Exception) -> SummitError:
    """Return what a DuckDB error means, as an error of class `kind`."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    why = lines[0] if lines else type(error).__name__
    known = {
        "ConstraintException": ("constraint_violated", _ASIDE),
        "ConversionException": ("value_does_not_fit", "cast or reject the value before"),
        "OutOfRangeException": ("value_out_of_range", "make the column wider"),
        "ParserException": ("query_invalid", "correct the query"),
        "BinderException": ("query_invalid", "correct the query"),
        "CatalogException": ("query_invalid", "correct the names in the query"),
        "DependencyException": (
            "table_in_use",
            "drop what depends on it, or replace only its rows",
        ),
        "PermissionException": ("not_allowed", "read other files with a file source"),
        "TransactionException": ("conflict", "another session changed the table; run again"),
    }
    code, do = known.get(type(error).__name__, (kind.code, ""))
    if "still referenced by a foreign key" in why:
        code, do = "foreign_key", "empty the table that refers to it first"
    elif "No space left" in why:
        code, do = "disk_full", "free some space"
    elif "Could not set lock" in why:
        code, do = "file_locked", "close the other program"
    return kind(what, why=why, do=do, code=code, retryable=code in _PASSING)
