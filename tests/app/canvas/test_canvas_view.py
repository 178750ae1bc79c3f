from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from summit_studio.app.canvas.face import NodeLive, NodeState
from summit_studio.app.canvas.geometry import along
from summit_studio.app.canvas.view import NODE_TYPE_MIME
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.selection import Selection
from summit_studio.core.problems import Severity
from summit_studio.document.edits import AddNode, RemoveEdge, RestoreEdges, SetNote, SetTitle
from summit_studio.document.model import Document, Edge, Node
from tests.app.canvas.conftest import document

STILL = QPoint()
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


def wheel(canvas, delta: int, spot: QPoint, *, pixels=STILL, modifiers=NO_MODIFIER):
    phase = Qt.ScrollPhase.ScrollUpdate if not pixels.isNull() else Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        QPointF(spot), QPointF(spot), pixels, QPoint(0, delta), Qt.MouseButton.NoButton,
        modifiers, phase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.view.viewport(), event)
    canvas.settle()


def mime(**parts) -> QMimeData:
    data = QMimeData()
    if "type_id" in parts:
        data.setData(NODE_TYPE_MIME, parts["type_id"].encode())
    if "files" in parts:
        data.setUrls([QUrl.fromLocalFile(str(f)) for f in parts["files"]])
    return data


def drop(canvas, data: QMimeData, spot: QPoint) -> bool:
    arguments = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NO_MODIFIER)
    enter = QDragEnterEvent(spot, *arguments)
    enter.ignore()
    QApplication.sendEvent(canvas.view.viewport(), enter)
    if enter.isAccepted():
        QApplication.sendEvent(canvas.view.viewport(), QDropEvent(QPointF(spot), *arguments))
    return enter.isAccepted()


def pixels(canvas):
    canvas.settle()
    return canvas.view.grab().toImage()


# Zoom


def test_below_35_percent_one_item_draws_everything(canvas):
    shown = canvas.scene.shown
    assert not shown.overview.isVisible()
    canvas.view.set_zoom(0.34)
    assert shown.overview.isVisible()
    items = [*shown.nodes.values(), *shown.edges.values(), *shown.notes.values()]
    assert not any(i.isVisible() for i in items)
    canvas.view.set_zoom(0.36)
    assert not shown.overview.isVisible()
    assert all(i.isVisible() for i in items)


def test_the_overview_shows_what_the_items_show(canvas):
    canvas.view.set_zoom(0.3)
    canvas.view.centerOn(500, 150)
    tile = QColor(Theme.light().category("source"))
    spot = canvas.at(30, 32)
    assert pixels(canvas).pixelColor(spot) == tile
    canvas.bridge.do(AddNode(Node("new", "read"), (0, 400)))
    canvas.settle()
    assert pixels(canvas).pixelColor(canvas.at(30, 432)) == tile
    canvas.drag(canvas.node("new"), canvas.node("new") + QPoint(0, 48))
    x, y = canvas.document.layout.nodes["new"]
    assert y > 500
    assert pixels(canvas).pixelColor(canvas.at(x + 30, y + 32)) == tile
    assert pixels(canvas).pixelColor(canvas.at(30, 410)) != tile


def test_states_and_problems_show_in_the_overview(canvas):
    canvas.view.set_zoom(0.3)
    canvas.view.centerOn(500, 150)
    before = pixels(canvas)
    canvas.scene.set_live({}, {"paid": NodeLive(NodeState.FAILED)})
    failed = pixels(canvas)
    assert failed != before
    canvas.scene.set_live({}, {})
    assert pixels(canvas) == before
    canvas.scene.set_problems({"paid": Severity.WARNING})
    assert pixels(canvas) != before
    canvas.scene.set_problems({})
    assert pixels(canvas) == before


def test_the_wheel_zooms_about_the_cursor(canvas):
    spot = canvas.node("both")
    held = canvas.view.mapToScene(spot)
    told = []
    canvas.view.zoom_changed.connect(told.append)
    wheel(canvas, 240, spot)
    assert canvas.view.zoom == pytest.approx(1.15**2)
    moved = canvas.view.mapToScene(spot) - held
    assert abs(moved.x()) <= 1
    assert abs(moved.y()) <= 1
    assert told == [canvas.view.zoom]
    wheel(canvas, -120, spot, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert canvas.view.zoom == pytest.approx(1.15)


def test_shift_and_wheel_and_touch_pads_pan(canvas):
    before = canvas.view.middle()
    wheel(canvas, -120, canvas.at(500, 150), modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert (canvas.view.middle() - before).x() == 120
    wheel(canvas, 0, canvas.at(500, 150), pixels=QPoint(30, -40))
    moved = canvas.view.middle() - before
    assert (moved.x(), moved.y()) == (90, 40)
    assert canvas.view.zoom == 1.0


def test_zoom_stays_within_bounds(canvas):
    for _ in range(60):
        canvas.view.zoom_in()
    assert canvas.view.zoom == 4.0
    for _ in range(60):
        canvas.view.zoom_out()
    assert canvas.view.zoom == 0.05
    canvas.view.reset_zoom()
    assert canvas.view.zoom == 1.0


def visible(canvas, node_id: str) -> bool:
    frame = canvas.view.mapFromScene(canvas.scene.shown.nodes[node_id].frame).boundingRect()
    return canvas.view.viewport().rect().contains(frame)


def test_fit_shows_everything_and_stays_so_while_the_window_grows(canvas):
    canvas.bridge.do(AddNode(Node("far", "read"), (3000, 2000)))
    canvas.settle()
    canvas.view.zoom_to_fit()
    assert all(visible(canvas, i) for i in canvas.document.nodes)
    canvas.view.resize(700, 500)
    canvas.settle()
    assert all(visible(canvas, i) for i in canvas.document.nodes)
    canvas.view.select(["far"])
    canvas.view.zoom_to_selection()
    assert canvas.view.zoom == 1.0
    assert visible(canvas, "far")
    assert not visible(canvas, "orders")


def test_centering_on_a_node(canvas):
    canvas.view.center_on_node("out")
    middle = canvas.view.middle()
    x, y = canvas.scene.shown.nodes["out"].middle
    assert abs(middle.x() - x) <= 1
    assert abs(middle.y() - y) <= 1
    canvas.view.center_on_node("nobody")
    assert canvas.view.middle() == middle


def test_a_node_far_out_can_be_reached(canvas):
    canvas.bridge.do(AddNode(Node("far", "read"), (400_000, -300_000)))
    canvas.settle()
    canvas.view.center_on_node("far")
    assert visible(canvas, "far")


# Following the document


def test_only_what_changed_is_touched(canvas):
    shown = canvas.scene.shown
    before = (dict(shown.nodes), dict(shown.edges))
    canvas.bridge.do(SetTitle("paid", "Paid orders"))
    canvas.bridge.do(AddNode(Node("new", "write"), (0, 300)))
    canvas.settle()
    assert all(shown.nodes[i] is item for i, item in before[0].items())
    assert all(shown.edges[e] is item for e, item in before[1].items())
    canvas.bridge.do(RemoveEdge(canvas.document.edges[0]))
    canvas.settle()
    assert len(shown.edges) == 2


def test_an_unknown_type_keeps_its_edges_with_ports_of_their_own(make_canvas):
    canvas = make_canvas(
        document(
            {"a": ("read", 0, 0), "x": ("acme.magic", 300, 0), "b": ("write", 600, 0)},
            "a.rows -> x.in_1",
            "x.out_1 -> b.rows",
            "x.rejected -> b.rows",
        )
    )
    shown = canvas.scene.shown
    assert len(shown.edges) == 3
    face = shown.nodes["x"].face
    assert [p.name for p in face.inputs] == ["in_1"]
    assert [(p.name, p.kind) for p in face.outputs] == [
        ("out_1", "output"),
        ("rejected", "rejected"),
    ]
    canvas.bridge.do(RemoveEdge(Edge.parse("a.rows -> x.in_1")))
    canvas.settle()
    assert shown.nodes["x"].face.inputs == ()


def test_edges_of_absent_nodes_are_drawn_once_the_node_is_there(make_canvas):
    dangling = document({"a": ("read", 0, 0)}, "a.rows -> b.rows")
    canvas = make_canvas(dangling)
    assert not canvas.scene.shown.edges
    canvas.bridge.do(AddNode(Node("b", "write"), (300, 0)))
    canvas.settle()
    assert len(canvas.scene.shown.edges) == 1
    canvas.bridge.undo()
    canvas.settle()
    assert not canvas.scene.shown.edges
    canvas.bridge.redo()
    canvas.settle()
    assert len(canvas.scene.shown.edges) == 1


def test_an_edge_held_twice_by_a_file_is_drawn_once(canvas):
    edge = canvas.document.edges[0]
    canvas.bridge.do(RestoreEdges((edge, *canvas.document.edges)))
    canvas.settle()
    assert len(canvas.scene.shown.edges) == 3
    canvas.bridge.undo()
    canvas.settle()
    assert len(canvas.scene.shown.edges) == 3


def test_another_document_takes_the_place_of_all(canvas):
    canvas.view.select(["paid"])
    told = []
    canvas.scene.selection_changed.connect(told.append)
    canvas.bridge.set_document(document({"z": ("read", 0, 0)}))
    canvas.settle()
    assert list(canvas.scene.shown.nodes) == ["z"]
    assert not canvas.scene.shown.edges
    assert not canvas.scene.shown.notes
    assert told == [Selection()]


def test_notes_follow_the_document(canvas):
    canvas.bridge.do(SetNote("second", "Two", (300, 400, 120, 60)))
    canvas.settle()
    assert canvas.scene.shown.notes["second"].middle == (360, 430)
    canvas.bridge.do(SetNote("remark", None))
    canvas.settle()
    assert list(canvas.scene.shown.notes) == ["second"]


def test_selecting_everything_and_what_is_gone(canvas):
    canvas.view.select_all()
    assert len(canvas.scene.selected_nodes()) == 5
    assert len(canvas.scene.selected_edges()) == 3
    canvas.view.select(["paid", "nobody"])
    assert canvas.scene.selected_nodes() == ("paid",)


# What a run and the checks say


def test_counts_are_drawn_on_edges_and_nodes(canvas):
    edge = canvas.document.edges[0]
    middle = canvas.at(*along(canvas.scene.shown.edges[edge].curve, 0.5))
    before = pixels(canvas)
    live = NodeLive(NodeState.RUNNING, 1_234_567, 1_200_000, 34)
    canvas.scene.set_live({edge: 1_234_567}, {"paid": live})
    running = pixels(canvas)
    above = middle - QPoint(0, 8)
    assert running.pixelColor(above) != before.pixelColor(above)
    below = canvas.at(280, 66)
    assert running.copy(below.x(), below.y(), 200, 18) != before.copy(below.x(), below.y(), 200, 18)
    canvas.scene.set_live({edge: 2_000_000}, {"paid": live})
    assert pixels(canvas) != running
    canvas.scene.set_live({}, {})
    assert pixels(canvas) == before


def test_a_node_added_during_a_run_shows_its_counts(canvas):
    live = NodeLive(NodeState.DONE, 5, 5)
    canvas.scene.set_live({}, {"late": live})
    canvas.scene.set_problems({"late": Severity.ERROR})
    canvas.bridge.do(AddNode(Node("late", "read"), (0, 400)))
    canvas.settle()
    assert canvas.scene.shown.nodes["late"].live is live
    assert canvas.scene.shown.nodes["late"].severity is Severity.ERROR


@pytest.mark.parametrize("zoom", [2.5, 1.0, 0.7, 0.5, 0.2])
@pytest.mark.parametrize("theme", [Theme.light(), Theme.dark()], ids=["light", "dark"])
def test_everything_is_drawn_at_any_zoom_in_any_theme(canvas, zoom, theme):
    canvas.view.set_theme(theme)
    canvas.view.set_zoom(zoom)
    canvas.view.center_on_node("paid")
    before = pixels(canvas)
    canvas.view.select_all()
    shown = [state for state in NodeState if state is not NodeState.IDLE]
    states = dict(zip(canvas.document.nodes, shown, strict=True))
    canvas.scene.set_live({}, {i: NodeLive(s, 1, 1, 1) for i, s in states.items()})
    canvas.scene.set_problems(dict.fromkeys(canvas.document.nodes, Severity.INFO))
    after = pixels(canvas)
    assert after != before
    assert before.pixelColor(2, 2) == after.pixelColor(2, 2)
    assert before.pixelColor(3, 300).lightness() < 128 or not theme.is_dark


def test_drawing_into_a_file_looks_like_the_view(canvas):
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter

    image = QImage(600, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    canvas.scene.render(painter, QRectF(0, 0, 600, 200), QRectF(-20, -20, 300, 100))
    painter.end()
    tile = QColor(Theme.light().category("source"))
    assert image.pixelColor(2 * (20 + 16), 2 * (20 + 20)) == tile


# Dropping


def test_a_node_type_dropped_is_told_with_its_place(canvas):
    told = []
    canvas.view.node_dropped.connect(told.append)
    assert drop(canvas, mime(type_id="filter"), canvas.at(500, 500))
    (request,) = told
    assert (request.type_id, request.place, request.edge) == ("filter", (500, 500), None)


def test_a_node_type_dropped_on_an_edge_names_it(canvas):
    told = []
    canvas.view.node_dropped.connect(told.append)
    edge = canvas.document.edges[0]
    spot = canvas.at(*along(canvas.scene.shown.edges[edge].curve, 0.5))
    drop(canvas, mime(type_id="filter"), spot)
    assert told[0].edge == edge
    assert not canvas.scene.shown.edges[edge].target


def test_files_dropped_are_told(canvas, tmp_path):
    told = []
    canvas.view.files_dropped.connect(told.append)
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    assert drop(canvas, mime(files=files), canvas.at(100, 300))
    assert told[0].paths == tuple(files)
    assert told[0].place == (100, 300)


def test_other_things_are_not_taken(canvas):
    data = QMimeData()
    data.setText("hello")
    assert not drop(canvas, data, canvas.at(100, 300))


def test_a_context_menu_is_asked_for_what_was_pressed(canvas):
    from PySide6.QtGui import QContextMenuEvent

    told = []
    canvas.view.context_requested.connect(told.append)
    spot = canvas.node("paid")
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, canvas.view.mapToGlobal(spot))
    QApplication.sendEvent(canvas.view.viewport(), event)
    assert told[0].node == "paid"
    assert canvas.scene.selected_nodes() == ("paid",)


def test_counts_of_many_edges_find_their_places_over_some_frames(make_canvas, qtbot):
    nodes = {f"n{i}": ("filter", i % 10 * 280, i // 10 * 120) for i in range(100)}
    edges = [f"n{i}.kept -> n{i + 1}.rows" for i in range(99) if i % 10 < 9]
    canvas = make_canvas(document(nodes, *edges))
    canvas.view.resize(1800, 800)
    canvas.view.zoom_to_fit()
    canvas.view.set_zoom(0.6)
    canvas.settle()
    pills, everything = canvas.scene.stage.crowd.pills, (-1e3, -1e3, 4e3, 4e3)
    canvas.scene.set_live(dict.fromkeys(canvas.document.edges, 1234), {})
    canvas.view.grab()
    assert 0 < len(pills.keys_within(everything)) < len(edges)
    qtbot.waitUntil(lambda: len(pills.keys_within(everything)) == len(edges), timeout=5000)


# Empty


def test_an_empty_canvas_says_what_to_do(make_canvas):
    canvas = make_canvas(Document())
    middle = canvas.view.viewport().rect().center()
    box = (middle.x() - 200, middle.y() - 12, 400, 24)
    empty = pixels(canvas).copy(*box)
    canvas.bridge.do(AddNode(Node("a", "read"), (2000, 2000)))
    canvas.settle()
    filled = pixels(canvas).copy(*box)
    assert empty != filled
    canvas.bridge.undo()
    canvas.settle()
    assert pixels(canvas).copy(*box) == empty


def test_a_refused_edit_is_said(canvas):
    said = []
    canvas.view.refused.connect(said.append)
    assert not canvas.view.commit(SetTitle("nobody", "x"))
    assert "nobody" in said[0]


def test_faces_are_asked_anew(canvas):
    class Longer:
        def face(self, node):
            from tests.app.canvas.conftest import StubFaces

            return replace(StubFaces().face(node), title="Longer")

    canvas.scene.shown._faces = Longer()
    canvas.scene.shown.refresh_faces()
    assert {n.face.title for n in canvas.scene.shown.nodes.values()} == {"Longer"}
