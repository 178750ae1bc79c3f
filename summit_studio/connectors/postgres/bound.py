"""Values bound in statements of PostgreSQL that take no parameters, such as COPY."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from summit_studio.core.bound import Value

if TYPE_CHECKING:
    import psycopg

_BIGINT: Final = range(-(2**63), 2**63)


class Bound:
    """Binds values as settings of the transaction at hand.

    Args:
        session: In a transaction.
    """

    def __init__(self, session: "psycopg.Connection[Any]") -> None:
        self._session = session
        self._count = 0

    def __call__(self, value: Value) -> str:
        """Bind a value, and return the SQL that stands for it, of its own type."""
        if value is None:
            return "NULL"
        name = f"summit.value_{self._count}"
        self._count += 1
        self._session.execute("SELECT set_config(%s, %s, true)", (name, _text(value)))
        return f"CAST(current_setting('{name}') AS {_type(value)})"


def _text(value: Value) -> str:
    if isinstance(value, bool | float | int):
        return repr(value).lower()
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


def _type(value: Value) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "bigint" if value in _BIGINT else "numeric"
    if isinstance(value, float):
        return "numeric"
    if isinstance(value, datetime):
        return "timestamp" if value.tzinfo is None else "timestamptz"
    return "date" if isinstance(value, date) else "text"
