"""What the canvas asks of the window around it, as data that its signals carry."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint

from summit_studio.app.session.addresses import Address
from summit_studio.document.model import Edge, Point, PortRef


@dataclass(frozen=True, slots=True)
class NodeDropped:
    """A node type was dropped from the library.

    Args:
        place: Where, in scene pixels.
        edge: The edge it was dropped on, to be put into.
    """

    type_id: str
    place: Point
    edge: Edge | None = None


@dataclass(frozen=True, slots=True)
class FilesDropped:
    """Local files were dropped."""

    paths: tuple[Path, ...]
    place: Point


@dataclass(frozen=True, slots=True)
class TablesDropped:
    """Tables of connections were dropped.

    Args:
        place: Where, in scene pixels.
        write: True if rows are to be written into them, False if they are to be read, None for
            whichever fits what they were dropped on.
        node: The node they were dropped on.
        port: The port they were dropped on, or at which the edge begins that they were dropped on.
        forward: True if that port is an output.
    """

    tables: tuple[Address, ...]
    place: Point
    write: bool | None = None
    node: str | None = None
    port: PortRef | None = None
    forward: bool = True


@dataclass(frozen=True, slots=True)
class AddRequest:
    """A person wants a node at `place` and has yet to say which.

    Args:
        global_place: The same place on the screen, for a popup.
        port: The port an edge was dragged from, to be connected.
        forward: True if that port is an output, so that the new node comes after it.
        edge: The edge that the node is to be put into.
        beside: The nodes that it is to stand beside, connected where ports fit.
    """

    place: Point
    global_place: QPoint
    port: PortRef | None = None
    forward: bool = True
    edge: Edge | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContextRequest:
    """A context menu is wanted for what lies at a place; what it is for is selected."""

    place: Point
    global_place: QPoint
    node: str | None = None
    edge: Edge | None = None
    note: str | None = None
    frame: str | None = None
