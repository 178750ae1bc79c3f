"""Edits of dead letters: `set amount = replace(amount, ',', '.')`, in Summit SQL."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from summit_studio.core.errors import InvalidExpression, SummitError
from summit_studio.core.schema import RAW_REJECTS, Schema
from summit_studio.core.sql import quote_name
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.expressions.binder import Binder
from summit_studio.expressions.check import check_expression
from summit_studio.expressions.connect import locked_connection
from summit_studio.expressions.scan import tokens

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_SET: Final = re.compile(r"\s*set\s+", re.IGNORECASE)


class CannotEdit(InvalidExpression):
    """An edit cannot be read, or does not fit the letters. Nothing was changed."""

    code = "edit_invalid"


def assignments(text: str) -> dict[str, str]:
    """Return what an edit sets, as expressions by column.

    Raises:
        CannotEdit: It is not of the form `set column = expression, ...`.
    """
    found: dict[str, str] = {}
    for piece in _pieces(_SET.sub("", text, count=1)):
        column, equals, expression = piece.partition("=")
        name = column.strip()
        if name.startswith('"') and name.endswith('"'):
            name = name[1:-1].replace('""', '"')
        if not equals or not name or not expression.strip():
            raise CannotEdit(
                f"Cannot read the edit '{piece.strip()}'",
                why="it is not of the form column = expression",
                do="write it as: set amount = replace(amount, ',', '.')",
            )
        if name.casefold() in map(str.casefold, found):
            raise CannotEdit(f"Column '{name}' is set twice", do="set it once")
        found[name] = expression.strip()
    return found


def change(
    values: Mapping[str, str], wanted: Schema, binder: Binder
) -> Callable[["pa.Table"], "pa.Table"]:
    """Return what gives rows of letters with other values, of the types that are wanted.

    Rows of text that could not be read become rows of the wanted columns, each of which then needs
    a value.

    Args:
        values: Expressions by column, over the rows as they were.
        wanted: What the node takes where they go in again.
        binder: Any.
    """

    def changed(rows: "pa.Table") -> "pa.Table":
        con = locked_connection()
        try:
            con.register("letters", rows)
            schema = _schema_of(con)
            raw = set(rows.column_names) <= set(RAW_REJECTS.names)
            names = wanted.names if raw else tuple(rows.column_names)
            _require_known(values, names, wanted, raw=raw)
            for name, expression in values.items():
                try:
                    check_expression(expression, schema, binder, rowwise=True)
                except SummitError as error:
                    raise CannotEdit(
                        f"Cannot set '{name}'", why=f"{error.what}: {error.why}", do=error.do,
                        code=error.code,
                    ) from None  # fmt: skip
            return _computed(con, _query(values, names, wanted))
        finally:
            con.close()

    return changed


def _pieces(text: str) -> list[str]:
    """Cut at the commas that stand in no bracket and no text."""
    depth, start, found = 0, 0, []
    for token in tokens(text):
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "other" and token.text == "," and depth == 0:
            found.append(text[start : token.start])
            start = token.end
    return [*found, text[start:]]


def _schema_of(con: "duckdb.DuckDBPyConnection") -> Schema:
    described = con.execute("DESCRIBE SELECT * FROM letters").fetchall()
    return Schema.of([(row[0], row[1]) for row in described])


def _require_known(
    values: Mapping[str, str], names: tuple[str, ...], wanted: Schema, *, raw: bool
) -> None:
    folded = {n.casefold() for n in names}
    for name in values:
        if name.casefold() not in folded:
            near = did_you_mean(name, names)
            raise CannotEdit(
                f"The letters have no column '{name}'",
                why=f"they have {listing(names)}",
                do=f"did you mean '{near}'?" if near else "set one of them",
                code="column_missing",
            )
    given = {n.casefold() for n in values}
    missing = [n for n in wanted.names if n.casefold() not in given] if raw else []
    if missing:
        raise CannotEdit(
            "These letters are text that could not be read",
            why=f"the edit gives no value for {listing(missing)}",
            do="give each column one, from the columns file, line and raw: "
            f"set {missing[0]} = split_part(raw, ',', 1), ...",
            code="columns_missing",
        )


def _query(values: Mapping[str, str], names: tuple[str, ...], wanted: Schema) -> str:
    by_name = {n.casefold(): e for n, e in values.items()}
    columns = []
    for name in names:
        expression = by_name.get(name.casefold())
        column = wanted.find(name)
        if expression is None:
            columns.append(quote_name(name))
        elif column is None:
            columns.append(f"(\n{expression}\n) AS {quote_name(name)}")
        else:
            columns.append(f"CAST((\n{expression}\n) AS {column.type}) AS {quote_name(name)}")
    return f"SELECT {', '.join(columns)} FROM letters"


def _computed(con: "duckdb.DuckDBPyConnection", query: str) -> "pa.Table":
    import duckdb

    try:
        return con.sql(query).to_arrow_table()
    except duckdb.Error as error:
        raise CannotEdit(
            "The edit fails on one of the letters",
            why=str(error).split("\n", 1)[0],
            do="correct it, or narrow it to the letters that it is for; nothing was changed",
            code="edit_failed",
        ) from None
