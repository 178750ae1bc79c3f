"""The six steps of the tour: what each says, points at, waits for, and does for those who ask."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF
from PySide6.QtWidgets import QToolBar, QWidget

from summit_studio.app.canvas.requests import FilesDropped
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.examples import copy_of
from summit_studio.app.session.selection import Selection
from summit_studio.core.events import RunStatus
from summit_studio.core.resources import resource
from summit_studio.document.edits import AddEdge, AddNode, Compound, Edit, SetParams
from summit_studio.document.model import Edge, Node, PortRef
from summit_studio.nodes.contract import Category

if TYPE_CHECKING:
    from collections.abc import Callable

    from summit_studio.app.shell.page import Page

FILTER, SINK = "paid", "report"
"""The nodes that stand there when the tour begins."""

_DATA = "examples/first_steps/data/orders.csv"
_STEPS_EXAMPLE = "examples/first_steps/first_steps.summit.json"
_PAID = "status = 'paid'"
_BEFORE = 104
"""Where the middle of the source goes, so that it stands before the filter."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the tour.

    Args:
        title: What is done.
        text: How it is done; `{action}` stands for the key of an action.
        where: Returns what it points at: a widget, or a box on the canvas.
        done: Returns True once the person has done it.
        do: Does it for them.
        enter: Puts in view what it points at, before anything is said.
    """

    title: str
    text: str
    where: "Callable[[Page], QWidget | QRect]"
    done: "Callable[[Page], bool]"
    do: "Callable[[Page], None]"
    enter: "Callable[[Page], None]"


def beginning() -> Edit:
    """Return the edit that draws what stands there at first: a filter and a file to write."""
    keep = Node(FILTER, "filter", {}, title="Paid orders only")
    write = Node(SINK, "csv_sink", {"path": "out/paid_orders.csv"}, title="Paid orders")
    edge = Edge(PortRef(FILTER, "kept"), PortRef(SINK, "rows"))
    return Compound(
        tr("Begin the tour"), (AddNode(keep, (320, 80)), AddNode(write, (640, 80)), AddEdge(edge))
    )


def source_of(page: "Page") -> str | None:
    """Return the first source of a document, or None."""
    document = page.session.document
    for node in document.nodes.values():
        kind = page.session.kind_of(node)
        if kind is not None and kind.category is Category.SOURCE and node.params:
            return node.id
    return None


def _as_it_is(page: "Page") -> None:
    """Leave what is in view."""


def _show_all(page: "Page") -> None:
    page.canvas.zoom_to_fit()


def _canvas(page: "Page") -> QWidget:
    return page.canvas.viewport()


def _has_source(page: "Page") -> bool:
    return source_of(page) is not None


def _drop(page: "Page") -> None:
    copy = copy_of(resource(_STEPS_EXAMPLE))
    file = copy.parent / "data" / "orders.csv"
    page.canvas.files_dropped.emit(FilesDropped((file,), (_BEFORE, 112)))


def _cards(page: "Page") -> QRect:
    """Return the box around the source and the filter, as they are seen."""
    nodes = page.session.document.nodes
    found = [i for i in (source_of(page), FILTER) if i is not None and i in nodes]
    view = page.canvas.viewport()
    box = page.canvas.scene().contents(found) if found else QRectF()
    room = page.canvas.mapFromScene(box).boundingRect().intersected(view.rect())
    return QRect(view.mapToGlobal(room.topLeft()), room.size())


def _has_edge(page: "Page") -> bool:
    return any(page.session.document.edges_into(FILTER))


def _draw_edge(page: "Page") -> None:
    source = source_of(page)
    mains = page.session.main_ports()
    if source is not None and FILTER in page.session.document.nodes:
        edge = Edge(PortRef(source, mains.get(source, "rows")), PortRef(FILTER, "rows"))
        page.session.do(AddEdge(edge))


def _inspector(page: "Page") -> QWidget:
    return page.inspector


def _preview(page: "Page") -> QWidget:
    return page.preview


def _run_panel(page: "Page") -> QWidget:
    return page.run_panel


def _choose_filter(page: "Page") -> None:
    page.docks.show("inspector")
    page.session.choose(Selection((FILTER,)))


def _says_which(page: "Page") -> bool:
    """Return True once there is a condition that fits, and nobody types on in it."""
    node, checked = page.session.document.nodes.get(FILTER), page.session.checked
    if node is None or checked is None or not node.params.get("condition"):
        return False
    caught_up = checked.drawn.meaning() == page.session.document.meaning()
    wrong = any(p.where.node_id == FILTER for p in checked.problems)
    typing = page.inspector.isAncestorOf(page.window().focusWidget() or page)
    return caught_up and not wrong and not typing


def _say_which(page: "Page") -> None:
    condition, source = _PAID, source_of(page)
    checked = page.session.checked
    schema = None
    if checked is not None and source is not None:
        schema = checked.schemas.get(PortRef(source, page.session.main_ports().get(source, "rows")))
    names = [c.name for c in schema.columns] if schema is not None else []
    if names and "status" not in names:  # A file of the person's own.
        quoted = names[0].replace('"', '""')
        condition = f'"{quoted}" IS NOT NULL'
    page.session.do(SetParams(FILTER, {"condition": condition}, "condition"))


def _show_preview(page: "Page") -> None:
    page.docks.show("preview")


def _looked(page: "Page") -> bool:
    chosen = page.session.selection
    return SINK in chosen.nodes or bool(chosen.edges) or source_of(page) in chosen.nodes


def _look(page: "Page") -> None:
    page.session.choose(Selection((SINK,)))


def _run_button(page: "Page") -> QWidget:
    bar = page.window().findChild(QToolBar, "tools")
    action = next((a for a in bar.actions() if a.objectName() == "run"), None) if bar else None
    button = bar.widgetForAction(action) if bar is not None and action is not None else None
    return button or page.canvas


def _has_run(page: "Page") -> bool:
    run = page.supervisor.state
    return run is not None and run.finished and run.status is RunStatus.SUCCEEDED


def _run(page: "Page") -> None:
    page.asked.emit("run")


def _show_run(page: "Page") -> None:
    page.docks.show("run")


def _sees_outputs(page: "Page") -> bool:
    return page.run_panel.tabs.currentWidget() is page.run_panel.outputs


def _show_outputs(page: "Page") -> None:
    page.run_panel.tabs.setCurrentWidget(page.run_panel.outputs)


STEPS = (
    Step(
        mark("Drop a file"),
        mark("Drag a CSV file from your desktop onto the canvas: it becomes a "
             "source, with its columns "
        "found out. Without a file at hand press Next, and a small one with orders comes."),
        _canvas, _has_source, _drop, _as_it_is,
    ),
    Step(
        mark("Draw an edge"),
        mark("Drag from the dot at the right of the source to the dot at the left of “Paid orders "
        "only”. By keys: select the source, press {connect}, and choose where it leads."),
        _cards, _has_edge, _draw_edge, _show_all,
    ),
    Step(
        mark("Say which rows to keep"),
        mark("Type a condition in the inspector, such as  status = 'paid'  for the "
             "orders. Columns and "
        "functions are offered as you type; Escape leaves the field."),
        _inspector, _says_which, _say_which, _choose_filter,
    ),
    Step(
        mark("Look at real rows"),
        mark("The preview shows what goes into the selected node and what comes out of it. Click "
        "another node, or walk along the edges by arrow keys, to see the rows there."),
        _preview, _looked, _look, _show_preview,
    ),
    Step(
        mark("Run it"),
        mark("Press Run ({run}). Rows are counted on the edges while it goes, and "
             "edits are allowed."),
        _run_button, _has_run, _run, _show_all,
    ),
    Step(
        mark("See what came of it"),
        mark("The ledger accounts for every row. Choose Outputs to see what was "
             "written, with the way "
        "to its folder. Save the pipeline ({save}) to keep it."),
        _run_panel, _sees_outputs, _show_outputs, _show_run,
    ),
)  # fmt: skip
