"""DuckDB's own parse of an expression or query, as data. Nothing is ever executed here."""

import json
import os
import threading
from functools import cache, lru_cache
from typing import Any

from summit_studio.core.errors import InvalidExpression
from summit_studio.expressions.connect import locked_connection
from summit_studio.expressions.scan import EXPRESSION_CHARS, QUERY_CHARS, check_text, place

Node = dict[str, Any]

PREFIX = "SELECT (\n"
"""What stands before an expression where it is embedded; positions are counted after it."""

MAX_DEPTH = 200
"""Levels of operators: json.loads gives up at about 1,000, three or four to each of these."""


class Parser:
    """One private locked connection that turns SQL text into DuckDB's parse tree.

    Safe to call from any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._con = locked_connection(max_expression_depth=MAX_DEPTH)

    def tree(self, sql: str) -> Node:
        """Return the parse of `sql`, or DuckDB's description of what is wrong with it."""
        with self._lock:
            # fetchall, because fetchone leaves the result open and the connection in use.
            rows = self._con.execute("SELECT json_serialize_sql($1::VARCHAR)", [sql]).fetchall()
        found: Node = json.loads(rows[0][0])
        return found


@cache
def _parser(_process: int) -> Parser:
    return Parser()


def parse_expression(text: str) -> Node:
    """Return the parse tree of one expression.

    The text must parse between round brackets, as it is embedded later, and between square ones:
    only together do they show that no bracket, comma or comment in the text reaches outside.

    Raises:
        InvalidExpression: The text is no single expression.
    """
    check_text(text, EXPRESSION_CHARS, "expression")
    return _expression(text)


@lru_cache(maxsize=64)
def _expression(text: str) -> Node:
    outer = _select(f"{PREFIX}{text}\n)", text)
    if len(outer["select_list"]) != 1 or outer["from_table"]["type"] != "EMPTY":
        raise _not_one()
    listed = _select(f"SELECT [\n{text}\n]", text)["select_list"]
    if len(listed) != 1 or listed[0].get("function_name") != "list_value":
        raise _not_one()
    arguments = listed[0]["arguments"]
    if len(arguments) != 1 or arguments[0]["name"]:
        raise _not_one()
    found: Node = arguments[0]["expression"]
    return found


def parse_query(text: str) -> Node:
    """Return the parse tree of one whole SELECT, which also fits between brackets.

    Raises:
        InvalidExpression: The text is no single SELECT.
    """
    check_text(text, QUERY_CHARS, "query")
    return _query(text)


@lru_cache(maxsize=8)
def _query(text: str) -> Node:
    found = _statement(text, text, 0, "query")
    head = "SELECT * FROM (\n"
    _statement(f"{head}{text}\n)", text, len(head), "query")
    return found


def _select(sql: str, text: str) -> Node:
    return _statement(sql, text, len(PREFIX), "expression")


def _statement(sql: str, text: str, offset: int, what: str) -> Node:
    import duckdb

    try:
        tree = _parser(os.getpid()).tree(sql)
    except RecursionError:
        raise _too_deep(what) from None
    except (duckdb.Error, ValueError) as error:
        raise InvalidExpression(
            f"The {what} could not be read", why=_first_line(error), do="write it more simply"
        ) from None
    if tree.get("error"):
        raise _syntax_error(tree, text, offset, what)
    statements = tree.get("statements", [])
    if len(statements) != 1:
        raise InvalidExpression(
            f"This is not one {what}",
            why=f"it holds {len(statements)} statements",
            do="keep one; several nodes can follow each other",
        )
    node: Node = statements[0]["node"]
    return node


def _syntax_error(tree: Node, text: str, offset: int, what: str) -> InvalidExpression:
    message = str(tree.get("error_message", "")).split("\n", 1)[0]
    if "depth limit" in message:
        return _too_deep(what)
    if tree.get("error_type") == "not implemented":
        return InvalidExpression(
            "Only a SELECT can be used here",
            why="the text is another kind of statement",
            do="start with SELECT, WITH or FROM; sinks write, sources read files",
        )
    return InvalidExpression(
        f"The {what} has a syntax error",
        why=_syntax_why(message, text, tree.get("position"), offset),
        do="check operators, commas, quotes and brackets near there",
    )


def _syntax_why(message: str, text: str, position: str | None, offset: int) -> str:
    if position is None:
        return message[:200]
    raw = text.encode()
    at = int(position) - offset
    if at >= len(raw.rstrip()):
        return "it ends where something more was expected"
    shown = raw[: max(at, 0)].decode(errors="replace")
    where = place(text, len(shown))
    near = (
        message.partition(' at or near "')[2].rstrip('"') or text[len(shown) :].partition("\n")[0]
    )
    if message.startswith("syntax error"):
        return f"'{near[:40]}' was not expected at {where}"
    return f"{message.partition(' at or near ')[0]}, from {where}"


def _too_deep(what: str) -> InvalidExpression:
    return InvalidExpression(
        f"The {what} is nested too deeply",
        why=f"more than {MAX_DEPTH} operators or calls inside each other",
        do="compute parts in nodes or columns of their own, or use concat(...) for many texts",
    )


def _not_one() -> InvalidExpression:
    return InvalidExpression(
        "This is not one expression",
        why="it holds several values, or a whole query",
        do="keep one value, such as amount * 2; derive several columns one by one",
    )


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200]
