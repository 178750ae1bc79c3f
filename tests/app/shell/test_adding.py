"""Nodes are added connected, in free room, before the person's eyes, ready to be filled in."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.canvas.geometry import CARD_WIDTH
from summit_studio.app.canvas.requests import AddRequest
from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import AddEdge, AddNode
from summit_studio.document.model import Edge, Node, PortRef
from tests.app.shell.test_window import drag, drop, item_of, spot

Key = Qt.Key


def put(window, *nodes: tuple[str, str, int, int], edges: tuple[str, ...] = ()):
    for node_id, kind, x, y in nodes:
        window.session.do(AddNode(Node(node_id, kind), (x, y)))
    for edge in edges:
        window.session.do(AddEdge(Edge.parse(edge)))
    window.session.bridge.flush()
    QApplication.processEvents()


def edges_of(window) -> list[str]:
    return [str(e) for e in window.session.document.edges]


def from_library(window, typed: str):
    window.library.search.setFocus()
    window.library.search.clear()
    QTest.keyClicks(window.library.search, typed)
    QTest.keyClick(window.library.search, Key.Key_Return)
    QApplication.processEvents()


def no_card_covers_another(window) -> bool:
    window.session.bridge.flush()
    frames = [n.frame for n in window.canvas.scene().shown.nodes.values()]
    return not any(a.intersects(b) for n, a in enumerate(frames) for b in frames[:n])


def shows(window, node_id: str) -> bool:
    frame = window.canvas.scene().shown.nodes[node_id].frame
    seen = window.canvas.mapFromScene(frame).boundingRect()
    return window.canvas.viewport().rect().contains(seen)


def test_enter_in_the_library_makes_a_chain_that_can_be_seen(window, qtbot):
    from_library(window, "sample")
    for typed in ("filter", "sort", "limit", "dedup", "union", "csv sink"):
        from_library(window, typed)
    assert edges_of(window) == [
        "sample_source.rows -> filter.rows",
        "filter.kept -> sort.rows",
        "sort.rows -> limit.rows",
        "limit.rows -> deduplicate.rows",
        "deduplicate.unique -> union.rows",
        "union.rows -> csv_sink.rows",
    ]
    places = window.session.document.layout.nodes
    assert len({y for _, y in places.values()}) == 1
    steps = [b[0] - a[0] for a, b in zip(places.values(), list(places.values())[1:], strict=False)]
    assert set(steps) == {280}
    qtbot.waitUntil(lambda: shows(window, "csv_sink"))
    window.actions_table["undo"].trigger()
    assert "csv_sink" not in window.session.document.nodes
    assert len(edges_of(window)) == 5


def test_a_double_click_adds_after_the_selected_node_and_its_first_field_waits(window):
    put(window, ("a", "sample_source", 0, 0))
    window.session.choose(Selection(("a",)))
    item = item_of(window, "Filter rows")
    window.library.tree.scrollToItem(item)
    place = window.library.tree.visualItemRect(item).center()
    viewport = window.library.tree.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert edges_of(window) == ["a.rows -> filter.rows"]
    assert window.session.selection.nodes == ("filter",)
    field = window.inspector.form.fields["condition"]
    assert field.focusProxy().hasFocus()


def test_a_second_follower_goes_below_the_first(window):
    put(window, ("a", "sample_source", 0, 0))
    for _ in range(3):
        window.session.choose(Selection(("a",)))
        window.adding.add_in_view("sort")
    assert no_card_covers_another(window)
    xs = [x for i, (x, _) in window.session.document.layout.nodes.items() if i != "a"]
    assert xs == [280, 280, 280]


def test_a_join_takes_both_selected_nodes_and_a_source_feeds_the_open_input(window):
    put(window, ("a", "sample_source", 0, 0), ("b", "sample_source", 0, 200))
    window.session.choose(Selection(("a", "b")))
    window.adding.add_in_view("join")
    assert edges_of(window) == ["a.rows -> join.left", "b.rows -> join.right"]
    window.session.bridge.undo()
    window.session.choose(Selection(("a",)))
    window.adding.add_in_view("join")
    window.adding.add_in_view("sample_source")
    assert edges_of(window) == ["a.rows -> join.left", "sample_source.rows -> join.right"]
    places = window.session.document.layout.nodes
    assert places["sample_source"][0] < places["join"][0]
    window.adding.add_in_view("csv_sink")
    window.adding.add_in_view("sort")  # A sink gives nothing, and has what it takes already.
    window.adding.add_in_view("sample_source")
    assert len(edges_of(window)) == 4
    assert "sample_source_2.rows -> sort.rows" in edges_of(window)
    assert no_card_covers_another(window)


def test_slash_adds_beside_the_selected_node_and_shows_the_view_there(window, qtbot):
    put(window, ("a", "sample_source", 0, 0))
    window.session.choose(Selection(("a",)))
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Key.Key_Slash)
    qtbot.waitUntil(window.quick_add.isVisible)
    assert "beside" in window.quick_add.line.placeholderText()
    QTest.keyClicks(window.quick_add.line, "average by month")
    QTest.keyClick(window.quick_add.line, Key.Key_Return)
    assert edges_of(window) == ["a.rows -> aggregate.rows"]
    qtbot.waitUntil(lambda: shows(window, "aggregate"))


def test_slash_with_an_edge_selected_adds_into_it_and_offers_only_what_fits(window, qtbot):
    put(window, ("a", "sample_source", 0, 0), ("b", "csv_sink", 280, 0),
        edges=("a.rows -> b.rows",))  # fmt: skip
    window.session.choose(Selection(edges=window.session.document.edges))
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Key.Key_Slash)
    qtbot.waitUntil(window.quick_add.isVisible)
    assert all(c.value.inputs and c.value.outputs for c in window.quick_add._offered())
    QTest.keyClicks(window.quick_add.line, "sort")
    QTest.keyClick(window.quick_add.line, Key.Key_Return)
    assert set(edges_of(window)) == {"a.rows -> sort.rows", "sort.rows -> b.rows"}
    assert no_card_covers_another(window)


def test_a_node_dropped_on_an_edge_has_its_neighbours_make_room_in_one_step(window):
    put(window, ("a", "sample_source", 0, 0), ("b", "sort", 280, 0), ("c", "csv_sink", 560, 0),
        edges=("a.rows -> b.rows", "b.rows -> c.rows"))  # fmt: skip
    window.canvas.zoom_to_fit()
    QApplication.processEvents()
    before = window.session.document
    start, end = spot(window, "a", "rows", output=True), spot(window, "b", "rows", output=False)
    drop(window, window.library.tree.mimeData([item_of(window, "Filter rows")]), (start + end) / 2)
    assert set(edges_of(window)) == {
        "a.rows -> filter.rows", "filter.kept -> b.rows", "b.rows -> c.rows"
    }  # fmt: skip
    places = window.session.document.layout.nodes
    assert places["a"] == (0, 0)
    assert [places[i] for i in ("filter", "b", "c")] == [(280, 0), (560, 0), (840, 0)]
    assert no_card_covers_another(window)
    window.actions_table["undo"].trigger()
    assert window.session.document == before


def test_copies_and_files_never_lie_on_another_card(window, orders, qtbot):
    from PySide6.QtCore import QMimeData, QUrl
    from PySide6.QtGui import QGuiApplication

    put(window, ("a", "sample_source", 0, 0), ("b", "sort", 280, 0), edges=("a.rows -> b.rows",))
    window.session.choose(Selection(("a", "b")))
    for _ in range(3):
        window.actions_table["duplicate"].trigger()
    window.actions_table["copy"].trigger()
    QGuiApplication.clipboard().text()
    window.actions_table["paste"].trigger()
    window.actions_table["paste"].trigger()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(orders))] * 3)
    drop(window, data, window.canvas.mapFromScene(QPointF(100, 30)))
    qtbot.waitUntil(lambda: len(window.session.document.nodes) == 15)
    assert no_card_covers_another(window)


def test_the_edge_stays_drawn_while_it_is_asked_what_follows(window, qtbot):
    put(window, ("a", "sample_source", 0, 0))
    window.canvas.zoom_to_fit()
    QApplication.processEvents()
    start = spot(window, "a", "rows", output=True)
    ghost = window.canvas.scene().ghost
    drag(window, start, start + QPoint(90, 60))
    qtbot.waitUntil(window.quick_add.isVisible)
    assert ghost.isVisible()
    QTest.keyClick(window.quick_add.line, Key.Key_Escape)
    assert not window.quick_add.isVisible()
    assert not ghost.isVisible()
    drag(window, start, start + QPoint(90, 60))
    QTest.keyClicks(window.quick_add.line, "sort")
    QTest.keyClick(window.quick_add.line, Key.Key_Return)
    assert not ghost.isVisible()
    assert edges_of(window) == ["a.rows -> sort.rows"]


def offered(window, request: AddRequest) -> list[str]:
    window.quick_add.open_for(request)
    found = [
        window.quick_add.list.item(i).data(0x0100) for i in range(window.quick_add.list.count())
    ]
    assert all(c.detail for c in found)
    window.quick_add.hide()
    return [c.value.id for c in found]


def test_choices_are_ranked_by_fit_and_by_use_with_a_line_each(window):
    from summit_studio.app.session.settings import Settings

    put(window, ("a", "filter", 0, 0))
    after = AddRequest((300, 0), QPoint(300, 300), PortRef("a", "kept"))
    rejects = AddRequest((300, 0), QPoint(300, 300), PortRef("a", "rejected"))
    before = AddRequest((300, 0), QPoint(300, 300), PortRef("a", "rows"), forward=False)
    kinds = window.session.catalogue
    assert kinds.get(offered(window, after)[0]).category == "transform"
    assert kinds.get(offered(window, rejects)[0]).category == "sink"
    assert kinds.get(offered(window, before)[0]).category == "source"
    window.session.choose(Selection())
    for _ in range(2):
        window.adding.add_in_view("sort")
    window.adding.add_in_view("mask")
    assert offered(window, after)[:2] == ["sort", "mask"]
    window.settings.flush()
    assert Settings().uses == {"sort": 2, "mask": 1}


def test_an_edge_dragged_from_an_input_for_many_keeps_the_others(window):
    put(window, ("a", "sample_source", 0, 0), ("u", "union", 400, 0), edges=("a.rows -> u.rows",))
    window.quick_add.open_for(
        AddRequest((300, 200), QPoint(300, 300), PortRef("u", "rows"), forward=False)
    )
    QTest.keyClicks(window.quick_add.line, "sample")
    QTest.keyClick(window.quick_add.line, Key.Key_Return)
    assert edges_of(window) == ["a.rows -> u.rows", "sample_source.rows -> u.rows"]


def test_a_slash_asks_for_a_node_where_the_field_was_not_entered_by_hand(window, csv, qtbot):
    window.adding.add_in_view(csv)
    field = window.inspector.form.fields["path"].focusProxy()
    assert field.hasFocus()
    QTest.keyClick(field, Key.Key_Slash)
    qtbot.waitUntil(window.quick_add.isVisible)
    assert field.text() == ""
    QTest.keyClick(window.quick_add.line, Key.Key_Escape)
    QTest.keyClicks(field, "/data")  # Asked for once more it is meant for the field.
    assert field.text() == "/data"
    window.session.bridge.undo()
    window.adding.add_in_view(csv)
    field = window.inspector.form.fields["path"].focusProxy()
    QTest.keyClicks(field, "x/y")
    assert field.text() == "x/y"


def test_what_is_typed_ahead_goes_to_the_field_that_waits(window, csv, qtbot):
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Key.Key_Slash)
    qtbot.waitUntil(window.quick_add.isVisible)
    line = window.quick_add.line
    QTest.keyClicks(line, "read csv")
    QTest.keyClick(line, Key.Key_Return)
    # On a slow machine the next keys are on their way to the popup when it closes.
    QTest.keyClicks(line, "a.csv")
    assert window.inspector.form.fields["path"].value() == "a.csv"
    QTest.keyClick(line, Key.Key_Escape)
    assert window.canvas.hasFocus()
    QTest.keyClick(line, Key.Key_Slash)
    qtbot.waitUntil(window.quick_add.isVisible)
    assert line.text() == ""


def test_slash_asks_for_a_node_from_every_panel_that_takes_no_text(window, qtbot):
    put(window, ("a", "sample_source", 0, 0))
    for widget in (window.library.tree, window.outline.tree, window.problems.list):
        window.docks.show(
            {window.library.tree: "library", window.outline.tree: "outline"}.get(widget, "problems")
        )
        widget.setFocus()
        QTest.keyClick(widget, Key.Key_Slash)
        qtbot.waitUntil(window.quick_add.isVisible)
        window.quick_add.hide()
    window.library.search.setFocus()
    QTest.keyClicks(window.library.search, "/")
    assert window.library.search.text() == "/"
    assert not window.quick_add.isVisible()


def test_the_new_card_stands_with_its_port_at_the_open_end(window):
    put(window, ("a", "sample_source", 0, 0))
    window.quick_add.open_for(AddRequest((500, 32), QPoint(300, 300), PortRef("a", "rows")))
    QTest.keyClicks(window.quick_add.line, "sort")
    QTest.keyClick(window.quick_add.line, Key.Key_Return)
    x, y = window.session.document.layout.nodes["sort"]
    assert abs(x - 500) <= 8
    assert abs(y) <= 8
    assert x > CARD_WIDTH
