"""Fixes as edits: what a click on one does to the document, undone by one step back."""

from collections.abc import Iterable, Mapping
from typing import Any

from summit_studio.core.ids import unique_id
from summit_studio.core.problems import Fix, Insertion
from summit_studio.document.arrange import COLUMN, ROW
from summit_studio.document.edits import (
    AddEdge,
    AddNode,
    Compound,
    Edit,
    RemoveEdge,
    SetParams,
    SetProperties,
    SetStates,
)
from summit_studio.document.model import Document, Edge, Node, Point, PortRef


def edit_of(fix: Fix, document: Document) -> Edit | None:
    """Return the edit that a fix stands for.

    None where the document has moved on, or where the fix leads to a field or makes a connection.
    """
    if fix.database is not None:
        return None
    if fix.remove_edge is not None:
        edge = Edge.parse(fix.remove_edge)
        return RemoveEdge(edge) if edge in document.edges else None
    if fix.mode is not None:
        return SetProperties(mode=fix.mode)
    if fix.setting:
        settings = _changed(document.settings, fix.setting, fix.rename)
        return None if settings is None else SetProperties(settings=settings)
    node = document.nodes.get(fix.node_id or "")
    if node is None or fix.field is not None:
        return None
    if fix.state is not None:
        return SetStates({node.id: fix.state})
    if fix.insert is not None:
        return _inserted(fix.label, fix.insert, node, document)
    return SetParams(node.id, {**node.params, **dict(fix.params)})


def edit_of_all(label: str, fixes: Iterable[Fix], document: Document) -> Edit | None:
    """Return the one edit that several fixes stand for, in their order.

    None where no one does anything; one that the document has moved on from is left out.
    """
    steps = list[Edit]()
    for fix in fixes:
        edit = edit_of(fix, document)
        if edit is not None:
            document = edit.apply(document)
            steps.append(edit)
    return Compound(label, tuple(steps)) if steps else None


def _inserted(label: str, new: Insertion, before: Node, document: Document) -> Edit | None:
    """Return the edit that puts a node into the edge to `before`; None where there is no edge."""
    edge = next(document.edges_into(before.id, new.port), None)
    if edge is None:
        return None
    node = Node(unique_id(new.type, document.nodes), new.type, dict(new.params))
    index = list(document.nodes).index(before.id)
    steps = (
        AddNode(node, between(edge, document), index),
        RemoveEdge(edge),
        AddEdge(Edge(edge.source, PortRef(node.id, "rows")), document.edges.index(edge)),
        AddEdge(Edge(PortRef(node.id, new.out), edge.target), document.edges.index(edge) + 1),
    )
    return Compound(label, steps)


def between(edge: Edge, document: Document) -> Point | None:
    """Return a free place near the middle of an edge; None where its ends have none."""
    places = document.layout.nodes
    ends = [places.get(edge.source.node), places.get(edge.target.node)]
    if ends[0] is None or ends[1] is None:
        return None
    x, y = (ends[0][0] + ends[1][0]) // 2, (ends[0][1] + ends[1][1]) // 2
    while any(abs(x - a) < COLUMN and abs(y - b) < ROW for a, b in places.values()):
        y += ROW
    return x, y


def _changed(
    settings: Mapping[str, Any], path: tuple[str, ...], rename: str | None
) -> dict[str, Any] | None:
    """Return settings with a key renamed in its place, or taken out; None where it is gone."""
    key, *below = path
    if key not in settings:
        return None
    if not below:
        return {
            rename if k == key and rename else k: v
            for k, v in settings.items()
            if k != key or rename
        }
    inner = settings[key]
    changed = _changed(inner, tuple(below), rename) if isinstance(inner, Mapping) else None
    return None if changed is None else {**settings, key: changed}
