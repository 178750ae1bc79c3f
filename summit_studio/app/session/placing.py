"""Edits that put new nodes on the canvas, and connect them in the same step."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from summit_studio.core.ids import unique_id
from summit_studio.document.edits import (
    AddEdge,
    AddNode,
    Compound,
    Edit,
    MoveNodes,
    RemoveEdge,
)
from summit_studio.document.healing import parting
from summit_studio.document.model import EMPTY, Document, Edge, Node, Point, PortRef
from summit_studio.document.modules import MODULE_SUFFIX
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import Category, Port
from summit_studio.nodes.params import Editor
from summit_studio.nodes.transforms.module import ModuleNode

_ENDINGS = {
    "csv": ("csv", "tsv", "txt"),
    "json": ("json", "jsonl", "ndjson"),
    "parquet": ("parquet", "pq"),
    "excel": ("xlsx", "xls", "xlsm", "xlsb", "ods"),
    "sql": ("db", "sqlite", "sqlite3", "duckdb"),
}
DATA_ENDINGS = tuple(ending for endings in _ENDINGS.values() for ending in endings)
"""How the names of files end that can be read, without the dot."""


def new_node(document: Document, kind: type[AnyNode], params: dict[str, Any] | None = None) -> Node:
    """Return a node of a type with a free id and no params but those given."""
    return Node(unique_id(kind.id.replace(".", "_"), document.nodes), kind.id, params or {})


def add_after(node: Node, kind: type[AnyNode], at: Point, sources: Sequence[PortRef]) -> Edit:
    """Return the edit that adds a new node fed by output ports, as far as it has inputs.

    Args:
        node: The node.
        kind: Its type.
        at: Its upper left, in scene pixels.
        sources: The ports that feed it, in the order of its inputs.
    """
    add = AddNode(node, at)
    inputs = [p for port in kind.inputs for p in ((port,) * len(sources) if port.many else (port,))]
    edges = [Edge(s, PortRef(node.id, p.name)) for s, p in zip(sources, inputs, strict=False)]
    return _together(add, [AddEdge(e) for e in edges])


def add_before(
    node: Node,
    kind: type[AnyNode],
    at: Point,
    target: PortRef,
    replaced: Sequence[Edge] = (),
) -> Edit:
    """Return the edit that adds a new node that feeds an input port.

    `replaced` are the edges into that port which the new one takes the place of.
    """
    add = AddNode(node, at)
    own = first_port(kind, output=True)
    if own is None:
        return add
    steps: list[Edit] = [RemoveEdge(e) for e in replaced]
    return _together(add, [*steps, AddEdge(Edge(PortRef(node.id, own.name), target))])


def add_into(
    document: Document,
    node: Node,
    kind: type[AnyNode],
    at: Point,
    edge: Edge,
    moved: Mapping[str, Point] = EMPTY,
) -> Edit:
    """Return the edit that puts a new node into an edge.

    Args:
        document: Where it goes.
        node: The node.
        kind: Its type; it must fit, see `goes_between`.
        at: Its upper left, in scene pixels.
        edge: The edge.
        moved: New places of the nodes that make room.
    """
    into, out = first_port(kind, output=False), first_port(kind, output=True)
    assert into is not None  # noqa: S101 - it fits
    assert out is not None  # noqa: S101 - it fits
    steps: list[Edit] = [MoveNodes(moved)] if moved else []
    steps += parting(document, edge, PortRef(node.id, into.name), PortRef(node.id, out.name))
    return _together(AddNode(node, at), steps)


def _together(add: AddNode, steps: Sequence[Edit]) -> Edit:
    return Compound(add.label, (add, *steps)) if steps else add


def first_port(kind: type[AnyNode], *, output: bool) -> Port | None:
    """Return the port that a new edge takes by itself."""
    ports: Sequence[Port] = kind.outputs if output else kind.inputs
    return ports[0] if ports else None


def fits(kind: type[AnyNode], *, forward: bool) -> bool:
    """Return True if a node of this type can stand at the open end of an edge."""
    return first_port(kind, output=not forward) is not None


def goes_between(kind: type[AnyNode]) -> bool:
    """Return True if a node of this type can be put into an edge."""
    return bool(kind.inputs and kind.outputs)


def for_file(catalogue: Catalogue, path: Path) -> type[AnyNode] | None:
    """Return the source that reads a file of this name, the type of a module for one, or None."""
    if path.name.endswith(MODULE_SUFFIX):
        return ModuleNode
    names = [part.lower().lstrip(".") for part in path.suffixes]
    for stem, endings in _ENDINGS.items():
        if any(name in endings for name in names):
            for kind in catalogue:
                if kind.category is Category.SOURCE and stem in kind.id and file_field(kind):
                    return kind
    return None


def endings(kind: type[AnyNode]) -> tuple[str, ...]:
    """Return how the names of files end that a node of this type reads or writes, unpacked."""
    return next((found for stem, found in _ENDINGS.items() if stem in kind.id), ())


def file_field(kind: type[AnyNode]) -> str | None:
    """Return the name of a type's first field that takes a file to read."""
    for name, info in kind.params_class.model_fields.items():
        extra = info.json_schema_extra
        if isinstance(extra, dict) and extra.get("editor") == Editor.FILE_IN.value:
            return name
    return None
