"""What would do in the place of a value at fault, as one-click fixes of its node."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from summit_studio.core.errors import SummitError
from summit_studio.core.ids import is_id
from summit_studio.core.problems import Fix, Problem
from summit_studio.document.model import Document, Node


def with_fixes(problem: Problem, error: SummitError, document: Document) -> Problem:
    """Return the problem with a fix for each remedy of its error.

    None where the value holds a parameter: the remedy is of the value, not of what is written.
    """
    node = document.nodes.get(problem.where.node_id or "")
    path = (problem.where.param or "").split(".")
    if node is not None and error.code == "connection_missing":
        return replace(problem, fixes=(*problem.fixes, *_new_database(node, path)))
    if node is None or not error.remedies or "${" in str(_at(node.params, path) or "${"):
        return problem
    fixes = tuple(
        Fix(r.label, node.id, ((path[0], _put(node.params[path[0]], path[1:], r.text)),))
        for r in error.remedies
    )
    return replace(problem, fixes=(*problem.fixes, *fixes))


def _new_database(node: Node, path: list[str]) -> tuple[Fix, ...]:
    """Return the fix that makes a database file where a connection's name leads nowhere."""
    name = str(_at(node.params, path) or "")
    if not is_id(name):
        return ()
    return (Fix(f"Make the DuckDB file {name}.duckdb", node.id, database=name),)


def _at(value: Any, path: list[str]) -> Any:
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list | tuple) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _put(value: Any, path: list[str], text: str) -> Any:
    """Return `value` with `text` at a path that exists."""
    if not path:
        return text
    if isinstance(value, Mapping):
        return {**value, path[0]: _put(value[path[0]], path[1:], text)}
    at = int(path[0])
    return [*value[:at], _put(value[at], path[1:], text), *value[at + 1 :]]
