"""Pieces of SQL that relational nodes share: quoting, guarded values, rejected rows."""

from summit_studio.core.schema import REJECT_COLUMNS, REJECT_SOURCE, rejects_of
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.nodes.contract import Input


def embed(expression: str) -> str:
    """Return a guarded expression in brackets; the line ends keep a comment from eating them."""
    return f"(\n{expression}\n)"


def tried(expression: str) -> str:
    """Return SQL that gives `{'v': value}`, or null where computing the value fails."""
    return f"TRY({{'v': {embed(expression)}}})"


def names(columns: tuple[str, ...] | list[str]) -> str:
    """Return quoted names joined by commas."""
    return ", ".join(map(quote_name, columns))


def rejects(rows: Input, where: str, *, code: str, column: str, reason: str) -> str:
    """Return the query of the rejected port for the rows that meet `where`.

    Where they came from is what they say of it themselves: some have been rejected before.

    Args:
        rows: The input whose columns the rejected rows keep.
        where: SQL condition.
        code: SQL that gives the reject code, such as a quoted text.
        column: SQL that gives the column's name, or NULL.
        reason: SQL that gives the sentence.
    """
    own = [c.name for c in rejects_of(rows.schema)][: -len(REJECT_COLUMNS)]
    before = rows.schema.find(REJECT_SOURCE)
    source = "NULL" if before is None else quote_name(before.name)
    extra = ", ".join(
        f"({sql})::VARCHAR AS {quote_name(c.name)}"
        for sql, c in zip((code, column, reason, source), REJECT_COLUMNS, strict=True)
    )
    kept = f"{names(own)}, " if own else ""
    return f"SELECT {kept}{extra} FROM {rows.table} WHERE {where}"


def failed(rows: Input, where: str, reason: str, column: str | None = None) -> str:
    """Return the rejected query for rows on which an expression cannot be computed."""
    return rejects(
        rows,
        where,
        code=quote_text("expression_failed"),
        column="NULL" if column is None else quote_text(column),
        reason=quote_text(reason),
    )
