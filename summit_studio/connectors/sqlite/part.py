"""What is read of an SQLite file, and the values bound in its statements."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from summit_studio.connectors.names import Relation
from summit_studio.connectors.selection import Cursor, Selection, Window, selected
from summit_studio.core.bound import BoundSql, Value
from summit_studio.core.errors import ReadFailed
from summit_studio.core.sql import quote_name

_INTEGERS: Final = range(-(2**63), 2**63)
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - as the moments are that are compared with it
_MICROSECOND: Final = timedelta(microseconds=1)
_MOMENT: Final = "summit_moment"
"""The function that tells the order of moments, which SQLite has as texts of many forms."""


class Part:
    """The rows of a relation that are read, with the values that its statements need.

    Args:
        con: An open file.
        relation: A table or a query.
        selection: Which rows; None for all.

    Attributes:
        relation: With the conditions on its rows.
        values: To be handed over with each statement that reads it.
    """

    def __init__(
        self, con: sqlite3.Connection, relation: Relation, selection: Selection | None
    ) -> None:
        con.create_function(_MOMENT, 1, _moment, deterministic=True)
        self.values: dict[str, Any] = {}
        self.relation = selected(relation, selection, self.bind, self.cursor, quoting="`[")
        given = selection.query if selection is not None else None
        self._query = relation.query, given

    @property
    def bare(self) -> str:
        """The query without its values, which has the same columns."""
        text, given = self._query
        return BoundSql(text or "").written(lambda _: "NULL") if given is not None else text or ""

    def bind(self, value: Value) -> str:
        """Bind a value, and return what stands for it.

        Raises:
            ReadFailed: A whole number is too big for SQLite.
        """
        if isinstance(value, int) and value not in _INTEGERS:
            raise ReadFailed(
                f"Cannot compare with {value}",
                why="SQLite's whole numbers have 64 bits",
                do="choose a smaller one",
                code="value_does_not_fit",
            )
        if isinstance(value, datetime):
            return self.put(_as_written(value))
        return self.put(value.isoformat() if isinstance(value, date) else value)

    def put(self, value: Any) -> str:
        """Bind a value of SQLite's own, and return what stands for it."""
        name = f"summit_{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    @staticmethod
    def cursor(window: Window) -> Cursor:
        """Return the conditions on a cursor: what is no moment, or no number, has no place."""
        name = quote_name(window.column)
        if not window.moments:
            return Cursor(name, f"typeof({name}) <> 'integer'")
        return Cursor(f"{_MOMENT}({name})", f"{_MOMENT}({name}) IS NULL", f"{_MOMENT}({{}})")


def _as_written(moment: datetime) -> str:
    """Return the text that a sink writes for a moment, by which a condition compares."""
    zone = "" if moment.tzinfo is None else "+00"
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    whole, point, fraction = moment.isoformat(" ").partition(".")
    return f"{whole}{point}{fraction.rstrip('0')}{zone}"


def _moment(value: Any) -> int | None:
    """Return a moment as microseconds; None for what is none."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return (moment - _EPOCH) // _MICROSECOND
