"""Older file formats: each step turns the raw JSON of one format into the next.

Format 0 had no `format` key and wrote an edge as an object: `{"from": "a.rows", "to": "b.rows"}`.
Format 1 said `extra_keys` where a JSON source now says `on_new_column`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from summit_studio.core.errors import InvalidDocument
from summit_studio.document.model import FORMAT

Step = Callable[[dict[str, Any]], dict[str, Any]]


def edges_as_text(raw: dict[str, Any]) -> dict[str, Any]:
    """Turn format 0 into 1: an edge becomes `a.rows -> b.rows`.

    Raises:
        InvalidDocument: An edge lacks an end, or holds more than its two ends.
    """
    edges = raw.get("edges", [])
    if not isinstance(edges, list):
        raise _edge_error("Cannot read the edges", "'edges' is not a list")
    return {"format": 1} | raw | {"format": 1, "edges": [_edge(e, i) for i, e in enumerate(edges)]}


def params_renamed(raw: dict[str, Any]) -> dict[str, Any]:
    """Turn format 1 into 2: params that are called otherwise now keep their values."""
    nodes = raw.get("nodes")
    if isinstance(nodes, dict):
        raw = raw | {"nodes": {key: _renamed(node) for key, node in nodes.items()}}
    return raw | {"format": 2}


STEPS: Mapping[int, Step] = MappingProxyType({0: edges_as_text, 1: params_renamed})
"""The step that leads away from each older format."""


def format_of(raw: Mapping[str, Any]) -> int:
    """Return the format a raw document says it has; 0 where it says nothing.

    Raises:
        InvalidDocument: What it says is not a format, or this is no pipeline at all.
    """
    if "format" not in raw and "nodes" not in raw:
        raise InvalidDocument(
            "This is not a pipeline",
            why="it has neither 'format' nor 'nodes'",
            do="choose a file whose name ends in .summit.json",
            code="not_a_pipeline",
        )
    number = raw.get("format", 0)
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise InvalidDocument(
            "Cannot tell the format of the pipeline",
            why="'format' is not a whole number from 0 up",
            do=f'write "format": {FORMAT}',
            code="format_malformed",
        )
    return number


def migrate(raw: dict[str, Any], steps: Mapping[int, Step] = STEPS) -> dict[str, Any]:
    """Return a raw document in the newest format that `steps` lead to; a newer one as it is.

    Raises:
        InvalidDocument: The document does not have the shape of its own format.
    """
    number = format_of(raw)
    while number in steps:
        raw = steps[number](raw)
        number = format_of(raw)
    return raw


_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"json_source": {"extra_keys": "on_new_column"}}
)
"""What params of format 1 are called in format 2, by node type."""


def _renamed(node: object) -> object:
    """Return a node with the params of format 2; what has no such shape is left to the reader."""
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        return node
    names, params = _NAMES.get(node["type"], {}), node.get("params")
    if not isinstance(params, dict) or not names.keys() & params.keys():
        return node
    return node | {"params": {names.get(name, name): value for name, value in params.items()}}


def _edge(edge: object, index: int) -> object:
    if not isinstance(edge, dict):
        return edge
    ends = (edge.get("from"), edge.get("to"))
    if not all(isinstance(end, str) for end in ends) or edge.keys() - {"from", "to"}:
        what = f"Cannot read edge {index + 1}"
        raise _edge_error(what, 'an edge of format 0 is {"from": "a.rows", "to": "b.rows"}')
    return f"{ends[0]} -> {ends[1]}"


def _edge_error(what: str, why: str) -> InvalidDocument:
    return InvalidDocument(what, why=why, do="correct it by hand", code="edge_malformed")
