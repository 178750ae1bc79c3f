"""The guard: what people write may compute over its inputs, and nothing else.

DuckDB's own parse is walked with an allow-list: every class of node, function, type and table must
be known. Whatever is unknown is refused, so a newer DuckDB that learns new syntax stays safe.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from summit_studio.core.errors import InvalidExpression
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.expressions.functions import (
    OPERATORS,
    SYNTAX,
    TABLE_FUNCTIONS,
    TYPES,
    functions,
    why_refused,
)
from summit_studio.expressions.limits import check_arguments, check_type_size
from summit_studio.expressions.parse import Node, parse_expression, parse_query
from summit_studio.expressions.scan import EXPRESSION_CHARS, check_text, tokens

_OPERATOR_TYPES = frozenset(
    {"OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "OPERATOR_COALESCE",
     "OPERATOR_NULLIF", "OPERATOR_TRY", "COMPARE_IN", "COMPARE_NOT_IN", "ARRAY_EXTRACT",
     "ARRAY_SLICE", "STRUCT_EXTRACT", "ARRAY_CONSTRUCTOR", "GROUPING_FUNCTION"}
)  # fmt: skip
_PLAIN_CLASSES = frozenset(
    {"CONSTANT", "COMPARISON", "CONJUNCTION", "BETWEEN", "CASE", "COLLATE", "LAMBDA"}
)
_QUERY_PARTS = frozenset(
    {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "EMPTY", "JOIN", "SUBQUERY",
     "EXPRESSION_LIST", "PIVOT", "ORDER_MODIFIER", "LIMIT_MODIFIER", "DISTINCT_MODIFIER"}
)  # fmt: skip
_ORDERS = frozenset({"ORDER_DEFAULT", "ASCENDING", "DESCENDING", "ORDER_ASCENDING",
                     "ORDER_DESCENDING"})  # fmt: skip
_SESSION = frozenset(
    {"current_user", "session_user", "current_role", "current_schema", "current_catalog",
     "current_database", "current_query"}
)  # fmt: skip
_REASONS = {
    "PARAMETER": "placeholders such as ? and $1 have no value here; write the value itself",
    "POSITIONAL_REFERENCE": "columns are named, not numbered; write the column's name",
    "STAR": "an expression gives one value; name one column",
    "SUBQUERY": "an expression reads only its own row; join, or use an SQL node, for other rows",
    "DEFAULT": "there is no default value here; write the value itself",
    "SHOW_REF": "DESCRIBE, SHOW and SUMMARIZE do not give rows of the inputs",
}

_PLAIN_TYPE = re.compile(
    r"(?:big|small|tiny|huge|u?big|usmall|utiny|uhuge)?int|u?integer|double|float|real|boolean"
    r"|varchar|text|blob|date|time|timestamp|timestamptz|uuid|json|interval"
    r"|decimal\(\d{1,2}, ?\d{1,2}\)",
    re.IGNORECASE | re.ASCII,
)
"""Types that need no parser, which takes a tenth of a second to load: cards show many."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What may be named at one spot of the tree: tables in scope, and whether inside a lambda."""

    tables: frozenset[str] = frozenset()
    in_lambda: bool = False
    from_clause: bool = False


def guard_expression(text: str) -> str:
    r"""Return `text` if it is one harmless expression, safe to embed as `(\n` + text + `\n)`.

    Nothing is executed. Columns and types are not checked here; the binder does.

    Raises:
        InvalidExpression: It is not, with the reason; never another exception.
    """
    _walk(parse_expression(text), (), in_query=False)
    return text


def guard_query(text: str, inputs: Collection[str]) -> str:
    r"""Return `text` if it is one SELECT that reads only `inputs` and its own WITH tables.

    A closing semicolon is taken off, so that the result can be embedded as `(\n` + text + `\n)`.

    Args:
        text: SELECT, WITH, FROM, VALUES, with joins, windows and set operations.
        inputs: Names of the tables it may read, letter case aside.

    Raises:
        InvalidExpression: It is not, with the reason; never another exception.
    """
    stripped = text.strip().rstrip(";").rstrip() if isinstance(text, str) else text
    _walk(parse_query(stripped), inputs, in_query=True)
    return stripped


@lru_cache(maxsize=512)
def guard_type(type_name: str) -> str:
    """Return `type_name` if it names a known type and nothing else.

    Raises:
        InvalidExpression: It does not.
    """
    if isinstance(type_name, str) and _PLAIN_TYPE.fullmatch(type_name):
        return type_name
    try:
        check_text(type_name, EXPRESSION_CHARS, "expression")
        node = parse_expression(f"CAST(NULL AS {type_name})")
    except InvalidExpression:
        raise _no_type(type_name) from None
    # Only a bare cast of NULL is a type; `INTEGER) + (1` would reach outside, and so would a
    # comment where the type is embedded in one line.
    if (
        node.get("class") != "CAST"
        or node["child"].get("class") != "CONSTANT"
        or any(token.kind == "comment" for token in tokens(type_name))
    ):
        raise _no_type(type_name)
    _walk(node, (), in_query=False)
    return type_name


def _no_type(name: str) -> InvalidExpression:
    near = did_you_mean(name, TYPES) if isinstance(name, str) else None
    return InvalidExpression(
        f"'{str(name)[:80]}' is not a type".encode(errors="replace").decode(),
        do=f"did you mean '{near.upper()}'?" if near else "choose one, such as VARCHAR",
        code="type_unknown",
    )


def _walk(tree: Node, inputs: Collection[str], *, in_query: bool) -> None:
    try:
        _Guard(inputs, in_query=in_query).check(tree)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise InvalidExpression(
            "This form of SQL is not part of Summit SQL",
            why=f"its parse is not understood ({type(error).__name__})",
            do="write it more simply",
        ) from error


class _Guard:
    """One walk over one parse tree; a loop and not recursion, so that depth cannot end it."""

    def __init__(self, inputs: Collection[str], *, in_query: bool) -> None:
        self._inputs = tuple(inputs)
        self._in_query = in_query

    def check(self, tree: Node) -> None:
        start = _Place(frozenset(name.casefold() for name in self._inputs))
        todo: list[tuple[Any, _Place]] = [(tree, start)]
        while todo:
            node, place = todo.pop()
            if isinstance(node, list):
                todo.extend((child, place) for child in node)
            elif isinstance(node, dict):
                todo.extend(self._children(node, place))

    def _children(self, node: Node, place: _Place) -> Iterator[tuple[Any, _Place]]:
        if "class" in node:
            self._expression(node, place)
        elif "type" in node:
            self._part(node, place)
        if node.get("class") == "LAMBDA":
            place = _Place(place.tables, in_lambda=True)
        elif node.get("type") == "TABLE_FUNCTION":
            place = _Place(place.tables, place.in_lambda, from_clause=True)
        elif place.from_clause and node.get("class"):
            place = _Place(place.tables, place.in_lambda)
        if "cte_map" in node:
            yield from self._tables(node, place)
            return
        for child in node.values():
            if isinstance(child, dict | list):
                yield child, place

    def _tables(self, node: Node, place: _Place) -> Iterator[tuple[Any, _Place]]:
        """Give each WITH table the ones before it, and the query all of them."""
        tables = place.tables
        for entry in node["cte_map"]["map"]:
            name, value = entry["key"].casefold(), entry["value"]
            recursive = value["query_node"]["type"] == "RECURSIVE_CTE_NODE"
            inner = tables | {name} if recursive else tables
            yield value, _Place(inner, place.in_lambda)
            tables |= {name}
        for key, child in node.items():
            if key != "cte_map" and isinstance(child, dict | list):
                yield child, _Place(tables, place.in_lambda)

    def _part(self, node: Node, place: _Place) -> None:
        """Check a query, table, modifier or order: whatever is no expression but has a type."""
        kind = node["type"]
        if not isinstance(kind, str) or (not self._in_query and kind not in _ORDERS
                                         and kind != "ORDER_MODIFIER"):  # fmt: skip
            raise _refused(str(kind))
        if node.get("sample"):
            raise InvalidExpression(
                "Cannot take a sample here",
                why="a run must give the same result on the same data",
                do="filter on a column, or use LIMIT with ORDER BY",
            )
        if kind == "BASE_TABLE":
            self._table(node, place)
        elif kind == "PIVOT":
            _check_pivot(node)
        elif kind not in _QUERY_PARTS and kind not in _ORDERS and kind != "TABLE_FUNCTION":
            raise _refused(kind)

    def _table(self, node: Node, place: _Place) -> None:
        name = node["table_name"]
        if (
            node["schema_name"]
            or node["catalog_name"]
            or node["at_clause"]
            or (name.casefold() not in place.tables)
        ):
            full = ".".join(filter(None, (node["catalog_name"], node["schema_name"], name)))
            near = did_you_mean(name, place.tables)
            shown = next((n for n in self._inputs if n.casefold() == near), near)
            raise InvalidExpression(
                f"Cannot read table '{full[:80]}'",
                why=f"the inputs here are {listing(self._inputs)}"
                if self._inputs
                else "this node has no input",
                do=f"did you mean '{shown}'? Files are read by source nodes"
                if near
                else "connect it as an input; files and databases are read by source nodes",
                code="table_missing",
            )

    def _expression(self, node: Node, place: _Place) -> None:
        kind = node["class"]
        if kind in _PLAIN_CLASSES:
            return
        if kind == "COLUMN_REF":
            _check_column(node)
        elif kind == "FUNCTION":
            self._function(node, place)
        elif kind == "WINDOW":
            _check_name(node)
        elif kind == "CAST":
            check_type_size(node["type_expr"])
        elif kind == "TYPE":
            _check_type(node)
        elif kind == "OPERATOR":
            if node["type"] not in _OPERATOR_TYPES and not (
                self._in_query and node["type"] == "OPERATOR_UNPACK"
            ):
                raise _refused(node["type"])
        elif not (self._in_query and kind in {"STAR", "SUBQUERY"}):
            raise _refused(kind)

    def _function(self, node: Node, place: _Place) -> None:
        name = node["function_name"].casefold()
        if node["is_operator"] and name in OPERATORS and not node["schema"]:
            return
        if place.from_clause and name not in TABLE_FUNCTIONS:
            raise InvalidExpression(
                f"Cannot read from '{name}(...)'",
                why=why_refused(name) or "only unnest, range and generate_series give tables here",
                do="read files and databases with source nodes, and name the input",
                code="function_refused",
            )
        if name == "unnest" and not self._in_query:
            raise InvalidExpression(
                "Cannot use 'unnest' in an expression",
                why="it makes several rows of one, and an expression gives one value a row",
                do="use an SQL node",
            )
        _check_name(node)
        check_arguments(name, node, in_lambda=place.in_lambda, as_table=place.from_clause)


def _check_name(node: Node) -> None:
    name, schema = node["function_name"], node["schema"]
    if schema or node["catalog"]:
        shown = f"{schema}.{name}"
        raise InvalidExpression(
            f"Cannot call '{shown[:80]}'",
            why="functions stand alone, without a schema or a value before the dot",
            do=f"write {name}({schema}) instead" if name.casefold() in functions()
            else "write name(value)",
        )  # fmt: skip
    folded = name.casefold()
    if folded in functions() or folded in SYNTAX:
        return
    why = why_refused(folded)
    near = did_you_mean(folded, functions())
    raise InvalidExpression(
        f"Cannot use function '{name[:80]}'",
        why=why or f"Summit SQL has no function '{name[:80]}'",
        do=f"did you mean '{near}'?" if near and not why else "the completion list shows them all",
        code="function_refused" if why else "function_unknown",
    )


def _check_column(node: Node) -> None:
    names = node["column_names"]
    # A quoted name is longer than itself: the quotes are part of the place.
    quoted = node["query_location_length"] > len(names[0].encode())
    if len(names) == 1 and names[0].casefold() in _SESSION and not quoted:
        raise InvalidExpression(
            f"Cannot use '{names[0]}'",
            why="expressions know nothing of the session they run in",
            do=f'for a column of that name write "{names[0]}" in double quotes',
        )


def _check_type(node: Node) -> None:
    name = node["type_name"]
    if node["schema"] or node["catalog"] or name.casefold() not in TYPES:
        raise _no_type(name)


def _check_pivot(node: Node) -> None:
    for pivot in node.get("pivots", []):
        if pivot.get("subquery") or pivot.get("pivot_enum"):
            raise InvalidExpression(
                "Cannot pivot on values that are not listed",
                why="the columns must be known before the run",
                do="list them: PIVOT (sum(x) FOR y IN ('a', 'b'))",
            )


def _refused(kind: str) -> InvalidExpression:
    words = re.sub(r"_(NODE|REF)$", "", kind).replace("_", " ").lower()
    return InvalidExpression(
        f"Cannot use {words} here",
        why=_REASONS.get(kind, "it is not part of Summit SQL"),
        do="write a plain expression over the columns",
    )
