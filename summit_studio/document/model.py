"""The pipeline document: immutable, ordered, and free of any knowledge of node types.

Params are plain JSON values here; the catalogue gives them meaning. What a file holds beyond what
this version knows is kept under `extra` and written back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from summit_studio.core.errors import InvalidDocument
from summit_studio.core.ids import is_id

FORMAT = 2
"""The file format this version writes."""

EMPTY: Mapping[str, Any] = MappingProxyType({})

ENABLED = "enabled"
"""The state of a node that works, which no file needs to say."""

DISABLED = "disabled"
"""The state of a node that does not run, nor does what depends on it alone."""

BYPASSED = "bypassed"
"""The state of a node that lets rows past it unchanged."""

STATES = (ENABLED, DISABLED, BYPASSED)
"""The states that a node can be in; a file may hold another, which checks report."""

Point = tuple[int, int]
"""A place on the canvas in scene pixels: x to the right, y down."""

Box = tuple[int, int, int, int]
"""x, y, width and height of what stands on the canvas, in scene pixels."""


@dataclass(frozen=True, slots=True)
class PortRef:
    """A port of a node, by name: `orders.rows`."""

    node: str
    port: str

    @classmethod
    def parse(cls, text: str) -> "PortRef":
        """Return the port named by `node.port`.

        Raises:
            InvalidDocument: The text has another form.
        """
        node, dot, port = text.strip().partition(".")
        if not (dot and is_id(node) and is_id(port)):
            raise InvalidDocument(
                f"Cannot read the port '{text}'",
                why="a port is written node.port, with letters, digits, _ and -",
                do="name the node's id and one of its ports, such as orders.rows",
                code="port_malformed",
            )
        return cls(node, port)

    def __hash__(self) -> int:
        # Asked a hundred times for each edge that is drawn: a third of what a dataclass takes.
        return hash((self.node, self.port))

    def __str__(self) -> str:
        return f"{self.node}.{self.port}"


@dataclass(frozen=True, slots=True)
class Edge:
    """Rows flow from an output port to an input port: `orders.rows -> clean.rows`."""

    source: PortRef
    target: PortRef

    @classmethod
    def parse(cls, text: str) -> "Edge":
        """Return the edge written as `a.port -> b.port`.

        Raises:
            InvalidDocument: The text has another form.
        """
        left, arrow, right = text.partition("->")
        if not arrow:
            raise InvalidDocument(
                f"Cannot read the edge '{text}'",
                why="an edge is written node.port -> node.port",
                do="put -> between the two ports",
                code="edge_malformed",
            )
        return cls(PortRef.parse(left), PortRef.parse(right))

    def __hash__(self) -> int:
        source, target = self.source, self.target
        return hash((source.node, source.port, target.node, target.port))

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


@dataclass(frozen=True, slots=True)
class Node:
    """One box: its id never changes, its title is what people read, its params are JSON values.

    Args:
        state: Whether it works: one of `STATES`, or what a file says that checks report.
    """

    id: str
    type: str
    params: Mapping[str, Any] = field(default_factory=dict)
    title: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    state: str = field(default=ENABLED, kw_only=True)


@dataclass(frozen=True, slots=True)
class Note:
    """A text on the canvas; its place is in the layout."""

    id: str
    text: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A typed value that a run may set: `${name}` in params stands for it.

    Args:
        type: `text`, `integer`, `number`, `boolean`, `date`, `timestamp` or `path`.
        default: A JSON value, or None where every run must give one.
    """

    name: str
    type: str = "text"
    default: Any = None
    doc: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """A titled area around nodes and notes, which move with it.

    Args:
        box: Where it stands while it is open; collapsed it stands at the same upper left.
        colour: The name of a colour; one that is not known is shown as none.
        nodes: Its nodes; ids of absent ones stand for nothing.
        notes: Its notes, likewise.
        collapsed: True where it is shown as one card.
    """

    box: Box
    title: str = ""
    colour: str = ""
    nodes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    collapsed: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand on the canvas. Never part of what a pipeline means.

    Args:
        nodes: The upper left of each card.
        notes: The box of each note.
        colours: The colours of notes that have one, by name.
        frames: The frames by their ids.
        edges: The bends that an edge runs through, from its start to its end.
    """

    nodes: Mapping[str, Point] = field(default_factory=dict)
    notes: Mapping[str, Box] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    frames: Mapping[str, Frame] = field(default_factory=dict, kw_only=True)
    edges: Mapping[Edge, tuple[Point, ...]] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole pipeline. Node and edge order is kept, so that undo restores the very same file.

    Args:
        id: What tells it from all others: 32 hexadecimal digits, given when it is first saved, or
            empty. How far its loads are hangs on it.
    """

    id: str = field(default="", kw_only=True)
    name: str = "Untitled"
    mode: str = "etl"
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    notes: Mapping[str, Note] = field(default_factory=dict)
    tests: tuple[Any, ...] = ()
    layout: Layout = field(default_factory=Layout)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def node(self, node_id: str) -> Node:
        """Return the node called `node_id`.

        Raises:
            KeyError: There is none.
        """
        return self.nodes[node_id]

    def edges_into(self, node_id: str, port: str | None = None) -> Iterator[Edge]:
        """Yield the edges that end at a node, or at one of its ports, in document order."""
        for edge in self.edges:
            if edge.target.node == node_id and port in (None, edge.target.port):
                yield edge

    def edges_from(self, node_id: str, port: str | None = None) -> Iterator[Edge]:
        """Yield the edges that start at a node, or at one of its ports, in document order."""
        for edge in self.edges:
            if edge.source.node == node_id and port in (None, edge.source.port):
                yield edge

    def meaning(self) -> "Document":
        """Return the document without its id and layout: equal meanings run alike."""
        return replace(self, id="", layout=Layout())
