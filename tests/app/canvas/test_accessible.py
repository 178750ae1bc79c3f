"""What a screen reader is told of the canvas."""

import gc

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from summit_studio.app.canvas.accessible import make_canvas_accessible
from summit_studio.app.canvas.face import NodeLive, NodeState
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.bridge import Bridge
from summit_studio.app.session.selection import Selection
from summit_studio.core.problems import Severity
from summit_studio.document.model import Edge
from tests.app.canvas.conftest import StubFaces, sample

NAME, SAYS = QAccessible.Text.Name, QAccessible.Text.Description


@pytest.fixture
def told(canvas):
    """What Qt hands to a screen reader for the canvas."""
    make_canvas_accessible(QApplication.instance())
    return QAccessible.queryAccessibleInterface(canvas.view)


def named(told):
    return {c.text(NAME): c for c in (told.child(i) for i in range(told.childCount()))}


def test_nodes_and_edges_are_children_with_names_in_the_order_of_the_document(canvas, told):
    assert told.role() is QAccessible.Role.Canvas
    assert "5 nodes, 3 edges" in told.text(SAYS)
    found = named(told)
    assert [told.child(i).text(NAME) for i in range(6)] == [
        "Read, orders.csv",
        "Filter, amount > 0",
        "Read, orders.csv",
        "Join, on id",
        "Write, out.parquet",
        "Edge from Read, rows, to Filter, rows",
    ]
    edge = found["Edge from Filter, kept, to Join, left"]
    join = found["Join, on id"]
    for child in (edge, join):
        assert told.child(told.indexOfChild(child)) is child
        assert child.parent() is told
        assert child.role() is QAccessible.Role.ListItem
    assert join.rect().contains(canvas.view.viewport().mapToGlobal(canvas.node("both")))
    at = canvas.view.viewport().mapToGlobal(canvas.node("both"))
    assert told.childAt(at.x(), at.y()) is join


def test_ports_are_children_of_their_node_and_say_where_edges_lead(told):
    join = named(told)["Join, on id"]
    ports = {c.text(NAME): c for c in (join.child(i) for i in range(join.childCount()))}
    assert list(ports) == ["input left", "input right", "output rows"]
    assert ports["input left"].text(SAYS) == "from Filter, kept"
    assert ports["input right"].text(SAYS) == "not connected, but required"
    assert ports["output rows"].text(SAYS) == "to Write, rows"
    assert ports["input right"].parent() is join
    assert join.indexOfChild(ports["input right"]) == 1


def test_a_node_says_how_it_stands(canvas, told):
    node = named(told)["Filter, amount > 0"]
    assert node.text(SAYS) == "transform; fed by Read; feeds Join"
    canvas.scene.set_problems({"paid": Severity.ERROR})
    live = NodeLive(NodeState.DONE, rows_in=1200, rows_out=1000, rejected=3)
    edge = Edge.parse("paid.kept -> both.left")
    canvas.scene.set_live({edge: 1000}, {"paid": live})
    assert node.text(SAYS) == (
        "transform; has an error; done: 1,200 rows in, 1,000 out, 3 rejected; "
        "fed by Read; feeds Join"
    )
    assert named(told)["Edge from Filter, kept, to Join, left"].text(SAYS) == "1,000 rows"


def test_what_is_selected_has_the_reader(canvas, told):
    node = named(told)["Filter, amount > 0"]
    assert node.state().selectable
    assert not node.state().selected
    canvas.view.select(["paid"])
    assert node.state().selected
    assert told.focusChild() is node
    edge = Edge.parse("paid.kept -> both.left")
    canvas.view.select(Selection(edges=(edge,)))
    assert told.focusChild().text(NAME).startswith("Edge from Filter")
    canvas.view.center_on_node("orders")
    canvas.view.set_zoom(3)
    canvas.view.center_on_node("orders")
    assert named(told)["Write, out.parquet"].state().offscreen


def test_what_is_deleted_is_gone_and_comes_back_with_undo(canvas, told):
    node = named(told)["Filter, amount > 0"]
    ids = [QAccessible.uniqueId(node), QAccessible.uniqueId(node.child(0))]
    canvas.view.select(["paid"])
    canvas.delete()
    canvas.settle()
    assert "Filter, amount > 0" not in named(told)
    assert [QAccessible.accessibleInterface(i) for i in ids] == [None, None]
    assert not shiboken6.isValid(node)
    canvas.bridge.undo()
    canvas.settle()
    assert named(told)["Filter, amount > 0"].childCount() == 3


def test_nothing_is_left_behind_by_a_canvas_that_goes(qapp):
    make_canvas_accessible(qapp)
    view = CanvasView(Bridge(sample()), StubFaces(), Theme.light())
    told = QAccessible.queryAccessibleInterface(view)
    ids = [QAccessible.uniqueId(told.child(i)) for i in range(8)]
    assert all(QAccessible.accessibleInterface(i) for i in ids)
    view.deleteLater()
    QApplication.sendPostedEvents(view, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [QAccessible.accessibleInterface(i) for i in ids] == [None] * len(ids)
