"""Edits that put new nodes on the canvas, and connect them in the same step."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.core.ids import unique_id
from summit_studio.document.edits import AddEdge, AddNode, Compound, Edit, RemoveEdge
from summit_studio.document.model import Document, Edge, Node, Point, PortRef
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import Category, Port
from summit_studio.nodes.params import Editor

if TYPE_CHECKING:
    from collections.abc import Sequence

STEP = 48
"""How far a new node moves aside where another stands already."""

_ENDINGS = {
    "csv": ("csv", "tsv", "txt"),
    "json": ("json", "jsonl", "ndjson"),
    "parquet": ("parquet", "pq"),
    "excel": ("xlsx", "xls", "xlsm", "xlsb", "ods"),
    "sql": ("db", "sqlite", "sqlite3", "duckdb"),
}


def new_node(document: Document, kind: type[AnyNode], params: dict[str, Any] | None = None) -> Node:
    """Return a node of a type with a free id and no params but those given."""
    return Node(unique_id(kind.id.replace(".", "_"), document.nodes), kind.id, params or {})


def free_place(document: Document, at: Point) -> Point:
    """Return `at`, or a place a little further where a node stands there already."""
    taken = set(document.layout.nodes.values())
    x, y = at
    while any(abs(x - a) < STEP // 2 and abs(y - b) < STEP // 2 for a, b in taken):
        x, y = x + STEP, y + STEP
    return x, y


def add_connected(
    document: Document, kind: type[AnyNode], at: Point, port: PortRef | None, *, forward: bool
) -> tuple[Edit, str]:
    """Return the edit that adds a node, joined to `port` where it has a fitting port, and its id.

    Args:
        document: Where it goes.
        kind: Its type.
        at: Its upper left, in scene pixels.
        port: Where an edge was dragged from.
        forward: True if `port` is an output, so that the new node comes after it.
    """
    node = new_node(document, kind)
    add = AddNode(node, free_place(document, at))
    own = first_port(kind, output=not forward)
    if port is None or own is None:
        return add, node.id
    mine = PortRef(node.id, own.name)
    edge = Edge(port, mine) if forward else Edge(mine, port)
    steps: list[Edit] = [add]
    if not forward:
        steps += [RemoveEdge(e) for e in document.edges_into(port.node, port.port)]
    steps.append(AddEdge(edge))
    return Compound(add.label, tuple(steps)), node.id


def add_into(document: Document, kind: type[AnyNode], at: Point, edge: Edge) -> tuple[Edit, str]:
    """Return the edit that puts a new node into an edge where its ports allow that, and its id."""
    into, out = first_port(kind, output=False), first_port(kind, output=True)
    if into is None or out is None or edge not in document.edges:
        return add_connected(document, kind, at, None, forward=True)
    node = new_node(document, kind)
    steps = (
        AddNode(node, free_place(document, at)),
        RemoveEdge(edge),
        AddEdge(Edge(edge.source, PortRef(node.id, into.name))),
        AddEdge(Edge(PortRef(node.id, out.name), edge.target)),
    )
    return Compound(steps[0].label, steps), node.id


def first_port(kind: type[AnyNode], *, output: bool) -> Port | None:
    """Return the port that a new edge takes by itself."""
    ports: Sequence[Port] = kind.outputs if output else kind.inputs
    return ports[0] if ports else None


def fits(kind: type[AnyNode], *, forward: bool) -> bool:
    """Return True if a node of this type can stand at the open end of an edge."""
    return first_port(kind, output=not forward) is not None


def for_file(catalogue: Catalogue, path: Path) -> type[AnyNode] | None:
    """Return the source that reads a file of this name, or None."""
    names = [part.lower().lstrip(".") for part in path.suffixes]
    for stem, endings in _ENDINGS.items():
        if any(name in endings for name in names):
            for kind in catalogue:
                if kind.category is Category.SOURCE and stem in kind.id and file_field(kind):
                    return kind
    return None


def file_field(kind: type[AnyNode]) -> str | None:
    """Return the name of a type's first field that takes a file to read."""
    for name, info in kind.params_class.model_fields.items():
        extra = info.json_schema_extra
        if isinstance(extra, dict) and extra.get("editor") == Editor.FILE_IN.value:
            return name
    return None
