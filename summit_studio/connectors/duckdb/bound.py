"""Values bound in statements of DuckDB, a query among which is described before it runs."""

from datetime import date, datetime
from typing import Any, Final

from summit_studio.core.bound import Value

_BIGINT: Final = range(-(2**63), 2**63)


class Bound:
    """Binds values as variables of the connection.

    Args:
        con: A connection of DuckDB.
    """

    def __init__(self, con: Any) -> None:
        self._con = con
        self._count = 0

    def __call__(self, value: Value) -> str:
        """Bind a value, and return the SQL that stands for it, of its own type."""
        if value is None:
            return "NULL"
        name = f"summit_value_{self._count}"
        self._count += 1
        given = value.isoformat(" ") if isinstance(value, datetime) else str(value)
        self._con.execute(f"SET VARIABLE {name} = CAST(? AS {_type(value)})", [given])
        return f"getvariable('{name}')"


def _type(value: Value) -> str:
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, int):
        return "BIGINT" if value in _BIGINT else "HUGEINT"
    if isinstance(value, float):
        return "DOUBLE"
    if isinstance(value, datetime):
        return "TIMESTAMP" if value.tzinfo is None else "TIMESTAMP WITH TIME ZONE"
    return "DATE" if isinstance(value, date) else "VARCHAR"
