"""Copied nodes as text: what they are, the edges among them, and where they stood."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from summit_studio.core.errors import InvalidDocument, SummitError
from summit_studio.core.ids import is_id, unique_id
from summit_studio.document.edits import AddEdge, AddNode, Compound, Edit
from summit_studio.document.model import ENABLED, Document, Edge, Node, Point, PortRef

KIND = "summit-studio/nodes"
"""What the text calls itself."""


def copied(document: Document, node_ids: Iterable[str]) -> str:
    """Return the text of the chosen nodes and of the edges that have both ends among them."""
    chosen = set(node_ids)
    nodes = [n for i, n in document.nodes.items() if i in chosen]
    return json.dumps(
        {
            "kind": KIND,
            "nodes": [
                {"id": n.id, "type": n.type, "title": n.title, "params": dict(n.params)}
                | ({} if n.state == ENABLED else {"state": n.state})
                | ({"extra": dict(n.extra)} if n.extra else {})
                for n in nodes
            ],
            "edges": [str(e) for e in document.edges if {e.source.node, e.target.node} <= chosen],
            "places": {n.id: list(document.layout.nodes.get(n.id, (0, 0))) for n in nodes},
        },
        indent=2,
        ensure_ascii=False,
    )


def is_nodes(text: str) -> bool:
    """Return True if `text` looks like copied nodes, without reading it all."""
    return KIND in text[:200]


def pasted(document: Document, text: str, at: Point) -> tuple[Compound, tuple[str, ...]]:
    """Return the edit that adds copied nodes with new ids, and those ids.

    The upper left of the group goes to `at`. Only edges among the pasted nodes are made.

    Raises:
        InvalidDocument: The text holds no nodes.
    """
    nodes, edges, places = _read(text)
    renamed: dict[str, str] = {}
    for node in nodes:
        taken = {*document.nodes, *renamed.values()}
        renamed[node.id] = unique_id(node.id, taken)
    left = min(places[n.id][0] for n in nodes)
    top = min(places[n.id][1] for n in nodes)
    steps: list[Edit] = []
    for node in nodes:
        x, y = places[node.id]
        copy = replace(node, id=renamed[node.id])
        steps.append(AddNode(copy, (at[0] + x - left, at[1] + y - top)))
    for edge in edges:
        source = PortRef(renamed[edge.source.node], edge.source.port)
        target = PortRef(renamed[edge.target.node], edge.target.port)
        steps.append(AddEdge(Edge(source, target)))
    label = "Paste node" if len(nodes) == 1 else f"Paste {len(nodes)} nodes"
    return Compound(label, tuple(steps)), tuple(renamed.values())


def _read(text: str) -> tuple[list[Node], list[Edge], dict[str, Point]]:
    try:
        raw = json.loads(text)
        nodes = [_node(item) for item in raw["nodes"]]
        known = {n.id for n in nodes}
        edges = [Edge.parse(item) for item in raw["edges"]]
        edges = [e for e in edges if {e.source.node, e.target.node} <= known]
        places = {n.id: _place(raw["places"], n.id) for n in nodes}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, SummitError) as error:
        raise _nothing() from error
    if not nodes or len(known) != len(nodes):
        raise _nothing()
    return nodes, list(dict.fromkeys(edges)), places


def _node(item: Mapping[str, Any]) -> Node:
    if not (is_id(item["id"]) and isinstance(item["type"], str)):
        raise ValueError(item["id"])
    title, state = item.get("title"), item.get("state")
    return Node(
        item["id"],
        item["type"],
        dict(item.get("params") or {}),
        title if isinstance(title, str) else None,
        dict(item.get("extra") or {}),
        state=state if isinstance(state, str) else ENABLED,
    )


def _place(places: Mapping[str, Any], node_id: str) -> Point:
    x, y = places[node_id]
    return int(x), int(y)


def _nothing() -> InvalidDocument:
    return InvalidDocument(
        "Cannot paste",
        why="the clipboard holds no nodes",
        do="select nodes and copy them first",
        code="clipboard_empty",
    )
