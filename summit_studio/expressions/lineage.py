"""Which columns an expression reads, renaming them in place, and other databases' dialects."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from summit_studio.core.errors import InvalidExpression
from summit_studio.core.sql import quote_name
from summit_studio.core.suggest import did_you_mean
from summit_studio.expressions.functions import functions
from summit_studio.expressions.parse import PREFIX, Node, parse_expression
from summit_studio.expressions.scan import tokens

CLOCK_NAMES = frozenset(
    {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
)
"""Words that look like columns and are the clock, where no column has that name."""

_NOWHERE = 2**63

_ODD_SPACES: Final = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*"""
    r"""|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"""
    r"""|(?P<space>[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff])""",
    re.DOTALL,
)
"""What DuckDB leaves as it is before it reads, or a space that it takes for a plain one."""


def columns_of(text: str) -> frozenset[str]:
    """Return the names of the columns an expression reads, as first written.

    A struct column counts by its own name, not its field's. Lambda parameters and words such as
    `current_date` are not columns.

    Raises:
        InvalidExpression: The text is no single expression.
    """
    found: dict[str, str] = {}
    for reference in _references(parse_expression(text)):
        name = reference["column_names"][0]
        if name.casefold() not in CLOCK_NAMES or _is_quoted(reference):
            found.setdefault(name.casefold(), name)
    return frozenset(found.values())


def shape_of(text: str) -> str:
    """Return `row`, `window` or `aggregate`: what an expression must see to give one value.

    Only `row` can be computed on batches; `window` needs all rows of its input.

    Raises:
        InvalidExpression: The text is no single expression.
    """
    known, shape = functions(), "row"
    todo: list[Any] = [parse_expression(text)]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if node.get("class") == "WINDOW":
                shape = "window"
            elif node.get("class") == "FUNCTION":
                called = known.get(node["function_name"].casefold())
                if called and called.kind == "aggregate":
                    return "aggregate"
            todo.extend(node.values())
        elif isinstance(node, list):
            todo.extend(node)
    return shape


_CONNECTIVE = frozenset({"OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"})


def only_connects(text: str) -> bool:
    """Return True if an expression does no more than AND, OR, NOT and IS NULL over columns.

    Over true/false columns such an expression fails on no row.

    Raises:
        InvalidExpression: The text is no single expression.
    """
    todo = [parse_expression(text)]
    while todo:
        node = todo.pop()
        kind = node.get("class")
        if kind == "COLUMN_REF":
            continue
        if kind != "CONJUNCTION" and not (kind == "OPERATOR" and node["type"] in _CONNECTIVE):
            return False
        todo.extend(node["children"])
    return True


def _in_plain_spaces(text: str) -> str:
    """Return an expression with one plain space for each odd one, as DuckDB reads it.

    It tells places in what it has read.
    """
    return _ODD_SPACES.sub(lambda found: " " if found["space"] else found[0], text)


def place_of(text: str, column: str) -> int | None:
    """Return where an expression first names a column, in characters; None where no place is known.

    Raises:
        InvalidExpression: The text is no single expression.
    """
    text = _in_plain_spaces(text)
    starts = [
        reference["query_location"] - len(PREFIX)
        for reference in _references(parse_expression(text))
        if reference["column_names"][0] == column and reference["query_location"] < _NOWHERE
    ]
    return len(text.encode()[: min(starts)].decode(errors="ignore")) if starts else None


def rename_column(text: str, old: str, new: str) -> str:
    """Return `text` with every reference to column `old` naming `new`; all else is untouched.

    The new name is put in double quotes where it needs them.

    Raises:
        InvalidExpression: The text is no single expression, or the new name would mean
            something else there, such as a lambda's parameter.
    """
    return rename_columns(text, {old: new})


def rename_columns(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with columns named otherwise, all at once; all else is untouched.

    Only odd spaces, such as one that does not break a line, become plain ones.

    Args:
        text: One expression.
        names: The new names by the old, letter case aside.

    Raises:
        InvalidExpression: As `rename_column`.
    """
    text = _in_plain_spaces(text)
    wanted = {old.casefold(): new for old, new in names.items()}
    references = list(_references(parse_expression(text)))
    raw = text.encode()
    places: dict[tuple[int, int], str] = {}
    for reference in references:
        first = reference["column_names"][0].casefold()
        at, length = reference["query_location"], reference["query_location_length"]
        if first in wanted and at < _NOWHERE:
            places[at - len(PREFIX), length] = as_written(wanted[first])
    for (at, length), word in sorted(places.items(), reverse=True):
        head = next(tokens(raw[at : at + length].decode())).text
        raw = raw[:at] + word.encode() + raw[at + len(head.encode()) :]
    renamed = raw.decode()
    _check_renamed(text, renamed, wanted)
    return renamed


def _check_renamed(text: str, renamed: str, names: Mapping[str, str]) -> None:
    before = columns_of(text)
    wanted = {names.get(name.casefold(), name).casefold() for name in before}
    if {name.casefold() for name in columns_of(renamed)} != wanted:
        old, new = next(iter(names.items()))
        raise InvalidExpression(
            f"Cannot rename column '{old}' to '{new}' in this expression",
            why=f"'{new}' means something else in it, such as a lambda's parameter",
            do="choose another name, or change the expression by hand",
        )


def to_dialect(query: str, dialect: str) -> str:
    """Return a query as another database writes it.

    Args:
        query: A guarded query in Summit SQL.
        dialect: A dialect's name in sqlglot: `postgres`, `spark`, `sqlite`, `mysql` ...

    Raises:
        InvalidExpression: The query uses what the dialect cannot say, or no such dialect exists.
    """
    import sqlglot
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import ErrorLevel, SqlglotError

    try:
        known = Dialect.get(dialect)
        if known is None:
            near = did_you_mean(dialect, Dialect.classes)
            raise InvalidExpression(
                f"'{dialect}' is not a known SQL dialect",
                do=f"did you mean '{near}'?" if near else "use postgres, spark or sqlite",
            )
        found = sqlglot.transpile(
            query, read="duckdb", write=dialect, unsupported_level=ErrorLevel.RAISE
        )
    except (SqlglotError, RecursionError, ValueError) as error:
        raise InvalidExpression(
            f"Cannot write this query for {dialect}",
            why=str(error).split("\n", 1)[0][:200],
            do="run this node locally, or write it with other functions",
            code="not_portable",
        ) from None
    return found[0]


def as_written(name: str) -> str:
    """Return a name plain where DuckDB reads it back as that column, else in double quotes."""
    quoted = quote_name(name)
    if not name.isascii() or not name.isidentifier() or name != name.lower():
        return quoted
    try:
        node = parse_expression(name)
    except InvalidExpression:
        return quoted
    plain = node.get("class") == "COLUMN_REF" and node["column_names"] == [name]
    return name if plain and name not in CLOCK_NAMES and "current" not in name else quoted


def _is_quoted(reference: Node) -> bool:
    first: str = reference["column_names"][0]
    return bool(reference["query_location_length"] > len(first.encode()))


def _references(tree: Node) -> Iterator[Node]:
    """Yield column references, those to lambda parameters left out."""
    todo: list[tuple[Any, frozenset[str]]] = [(tree, frozenset())]
    while todo:
        node, bound = todo.pop()
        if isinstance(node, list):
            todo.extend((child, bound) for child in reversed(node))
        elif not isinstance(node, dict):
            continue
        elif node.get("class") == "COLUMN_REF":
            if node["column_names"][0].casefold() not in bound:
                yield node
        elif node.get("class") == "LAMBDA" and node["syntax_type"] == "LAMBDA_KEYWORD":
            inner = bound | {r["column_names"][0].casefold() for r in _references(node["lhs"])}
            todo.append((node["expr"], inner))
        else:
            todo.extend((child, bound) for child in reversed(list(node.values())))
