"""Which rows of a table or query are read: by a condition, and by the window of a load."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from summit_studio.connectors.names import Relation
from summit_studio.core.bound import BoundSql, Value, require_one_expression
from summit_studio.core.sql import quote_name

Bind = Callable[[Value], str]
"""Binds a value for the statement at hand, and returns the SQL that stands for it."""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a table or query that an incremental load reads.

    Args:
        column: The cursor: when, or as which number, a row was written.
        moments: True if its values are moments; false if they are whole numbers.
        low: Where it begins; None at the very first.
        low_in: True if `low` itself belongs to it.
        high: Where it ends; None at the very last.
        high_in: True if `high` itself belongs to it.
        absent: True if rows without a cursor belong to it as well.
    """

    column: str
    moments: bool
    low: datetime | int | None = None
    low_in: bool = False
    high: datetime | int | None = None
    high_in: bool = True
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows are read.

    Args:
        query: The values of the query that is read, by name; nothing where it has none.
        where: A condition in the database's own SQL; empty for all rows.
        window: The part of those that a load reads; None for all.
    """

    query: BoundSql | None = None
    where: BoundSql = field(default_factory=BoundSql)
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How a database writes the conditions on a cursor.

    Args:
        value: What is compared.
        absent: True of rows without a value that has a place in its order.
        bound: What a bound value is compared as, in place of the braces.
    """

    value: str
    absent: str
    bound: str = "{}"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a database says of a cursor.

    Args:
        greatest: Of whole numbers, the greatest; None of moments, and where there is none.
        absent: How many rows have none.
        beyond: Of moments, how many rows lie behind a limit.
    """

    greatest: int | None
    absent: int
    beyond: int


def column_cursor(window: Window) -> Cursor:
    """Return the conditions of a database that keeps its types: the column as it is."""
    name = quote_name(window.column)
    return Cursor(name, f"{name} IS NULL")


def selected(
    relation: Relation,
    selection: Selection | None,
    bind: Bind,
    cursor: Callable[[Window], Cursor] = column_cursor,
    quoting: str = "`",
) -> Relation:
    """Return the part of a relation that is read.

    Args:
        relation: A table or a query.
        selection: Which rows; None for all.
        bind: See `Bind`.
        cursor: How the database writes conditions on a cursor.
        quoting: The signs, beside ' and ", by which it quotes.

    Raises:
        InvalidParams: The condition is more than one expression.
    """
    if selection is None:
        return relation
    if selection.query is not None and relation.query is not None:
        given = BoundSql(relation.query, selection.query.values)
        relation = replace(relation, query=given.written(bind))
    conditions = []
    if selection.where.strip():
        require_one_expression(selection.where, quoting)
        conditions.append(f"({selection.where.written(bind)}\n)")
    if selection.window is not None:
        conditions += _in_window(selection.window, bind, cursor(selection.window))
    return replace(relation, condition=" AND ".join(conditions))


def _in_window(window: Window, bind: Bind, cursor: Cursor) -> list[str]:
    bounds = []
    if window.low is not None:
        low = cursor.bound.format(bind(window.low))
        bounds.append(f"{cursor.value} {'>=' if window.low_in else '>'} {low}")
    if window.high is not None:
        high = cursor.bound.format(bind(window.high))
        bounds.append(f"{cursor.value} {'<=' if window.high_in else '<'} {high}")
    if window.absent:
        return [f"(({' AND '.join(bounds)}) OR {cursor.absent})"] if bounds else []
    return bounds or [f"NOT ({cursor.absent})"]


def survey_query(
    relation: Relation,
    window: Window,
    bind: Bind,
    cursor: Callable[[Window], Cursor] = column_cursor,
) -> str:
    """Return the query that tells a `Survey`: greatest, absent, beyond; in one look at the rows.

    Args:
        relation: What is read.
        window: Its `high` is the limit of moments.
        bind: See `Bind`.
        cursor: How the database writes conditions on a cursor.
    """
    found = cursor(window)
    greatest = "NULL" if window.moments else f"(SELECT max({found.value}) FROM {relation.sql})"
    beyond = "0"
    if window.high is not None:
        limit = found.bound.format(bind(window.high))
        beyond = f"(SELECT count(*) FROM {relation.sql} WHERE {found.value} > {limit})"
    absent = f"(SELECT count(*) FROM {relation.sql} WHERE {found.absent})"
    return f"SELECT {greatest}, {absent}, {beyond}"


def integer(value: object) -> int | None:
    """Return a whole number that a database gave, whatever its type there."""
    return None if value is None else int(str(value).split(".", 1)[0])
