"""Tries an expression on sample rows while it is being written: its type, values and matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import InvalidExpression
from summit_studio.core.schema import BOOLEAN, Column, Schema
from summit_studio.core.sql import quote_name
from summit_studio.engine.finding import texts
from summit_studio.expressions.binder import Binder
from summit_studio.expressions.check import check_expression
from summit_studio.expressions.connect import locked_connection
from summit_studio.expressions.lineage import columns_of, shape_of
from summit_studio.nodes.parts.queries import tried

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

LINES = 3
"""Rows that are shown of a trial."""

VALUES = 50
"""Values of a column that are offered."""

_LONGEST = 200
"""Characters of a value that is offered."""

_READ = 2
"""Columns read that are shown beside the value."""

_ROWS = "summit trial rows"
_VALUE, _FAILED = "summit trial value", "summit trial failed"
_MEMORY_MB = 512


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried.

    Args:
        expression: As it is written.
        above: Columns computed before it, by name and expression, which it may use.
    """

    expression: str
    above: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """What an expression gives of sample rows.

    Args:
        type: Of its value.
        schema: The first columns that it reads, then the value.
        table: Of these, the first rows; of an aggregate one row, its value alone.
        rows: How many rows it was tried on.
        matched: For how many it is true; None of what is no condition.
        failed: For how many it cannot be computed.
    """

    type: str
    schema: Schema
    table: "pa.Table"
    rows: int
    matched: int | None = None
    failed: int = 0


def try_out(
    trial: Trial,
    schema: Schema,
    table: "pa.Table",
    binder: Binder,
    cancel: CancelToken | None = None,
) -> Tried:
    """Return what an expression gives of rows.

    Args:
        trial: The expression.
        schema: Of the rows.
        table: The rows.
        binder: Tells types.
        cancel: Stops it.

    Raises:
        InvalidExpression: It does not fit the columns, or is no expression.
        Cancelled: Someone cancelled.
    """
    import duckdb

    token = cancel or CancelToken()
    known, source = _with_above(trial.above, schema, binder)
    kind = check_expression(trial.expression, known, binder)
    con = locked_connection(memory_limit_mb=_MEMORY_MB)
    token.check()
    forget = token.on_cancel(con.interrupt)
    try:
        con.register(_ROWS, table)
        if shape_of(trial.expression) == "row":
            return _of_rows(con, trial.expression, kind, known, source)
        return _of_all(con, trial.expression, kind, source, table.num_rows)
    except duckdb.Error as error:
        token.check()
        why = str(error).split("\n", 1)[0][:200]
        raise InvalidExpression("It cannot be computed on these rows", why=why) from None
    finally:
        forget()
        con.close()


def usual_values(table: "pa.Table") -> dict[str, tuple[str, ...]]:
    """Return by column the values that stand in it most often, as text, at most `VALUES`."""
    import pyarrow.compute as pc

    found = {}
    for name in table.column_names:
        words = texts(table.column(name))
        if words is None:
            continue
        counted = pc.value_counts(words.drop_null())
        values, counts = counted.field("values"), counted.field("counts")
        order = pc.sort_indices(counts, sort_keys=[("", "descending")])[:VALUES]
        found[name] = tuple(v for v in values.take(order).to_pylist() if len(v) <= _LONGEST)
    return found


def _with_above(
    above: Sequence[tuple[str, str]], schema: Schema, binder: Binder
) -> tuple[Schema, str]:
    """Return the columns an expression may use, and the query that gives them."""
    known, source = schema, quote_name(_ROWS)
    for name, expression in above:
        kind = check_expression(expression, known, binder, rowwise=True)
        kept = [quote_name(c.name) for c in known if c.name.casefold() != name.casefold()]
        items = ", ".join([*kept, f"{tried(expression)}.v AS {quote_name(name)}"])
        source = f"(SELECT {items} FROM {source})"
        known = known.with_columns(Column(name, kind))
    return known, source


def _of_rows(
    con: "duckdb.DuckDBPyConnection", expression: str, kind: str, known: Schema, source: str
) -> Tried:
    import pyarrow.compute as pc

    read = {name.casefold() for name in columns_of(expression)}
    shown = tuple(c for c in known if c.name.casefold() in read)[:_READ]
    items = "".join(f"{quote_name(c.name)}, " for c in shown)
    inner = f"(SELECT *, {tried(expression)} AS {quote_name(_VALUE)} FROM {source})"
    found = con.sql(
        f"SELECT {items}{quote_name(_VALUE)}.v AS {quote_name(_VALUE)},"
        f" {quote_name(_VALUE)} IS NULL AS {quote_name(_FAILED)} FROM {inner}"
    ).to_arrow_table()
    matched = int(pc.sum(found[_VALUE]).as_py() or 0) if kind == BOOLEAN else None
    head = found.slice(0, LINES).drop_columns([_FAILED])
    names = [*(c.name for c in shown), _VALUE]
    failed = int(pc.sum(found[_FAILED]).as_py() or 0)
    columns = Schema((*shown, Column("= value", kind)))
    return Tried(kind, columns, head.select(names), found.num_rows, matched, failed)


def _of_all(
    con: "duckdb.DuckDBPyConnection", expression: str, kind: str, source: str, rows: int
) -> Tried:
    """Try what needs all rows: an aggregate, or a window over them."""
    query = f"SELECT (\n{expression}\n) AS {quote_name(_VALUE)} FROM {source} LIMIT {LINES}"
    found = con.sql(query).to_arrow_table()
    return Tried(kind, Schema((Column("= value", kind),)), found, rows)
