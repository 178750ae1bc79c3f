"""A pipeline is drawn, changed and looked at by keys alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import SetTitle
from summit_studio.document.model import Edge
from tests.app.shell.test_adding import edges_of, put

Key = Qt.Key
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


def key(window, which, modifiers=Qt.KeyboardModifier.NoModifier):
    """Press a key where the keyboard is: offscreen a popup that closed may still be active."""
    for _ in range(3):
        window.activateWindow()
        QApplication.processEvents()
    QTest.keyClick(QApplication.focusWidget() or window, which, modifiers)
    QApplication.processEvents()


def choose(window, **selection):
    window.session.bridge.flush()
    window.session.choose(Selection(**selection))
    window.canvas.setFocus()


NEW = "A new node…"


def lines(popup) -> list[tuple[str, str, str]]:
    """Return what the popup offers of what is there."""
    found = [popup.list.item(i).data(0x0100) for i in range(popup.list.count())]
    return [(c.texts[0], c.detail.strip(), c.note) for c in found if c.texts[0] != NEW]


@pytest.fixture
def popup(window):
    return window.connecting.popup


def test_a_node_is_connected_by_its_port_and_a_target_that_fits(window, popup):
    put(
        window, ("a", "sample_source", 0, 0), ("f", "filter", 300, 0), ("o", "csv_sink", 600, 0),
        ("j", "join", 600, 200), edges=("a.rows -> f.rows",),
    )  # fmt: skip
    choose(window, nodes=("f",))
    key(window, Key.Key_C)
    assert popup.isVisible()
    assert [title for title, _, _ in lines(popup)] == ["kept", "dropped", "rejected"]
    assert all(detail for _, detail, _ in lines(popup))
    QTest.keyClick(popup.line, Key.Key_Down)
    QTest.keyClick(popup.line, Key.Key_Return)
    assert popup.isVisible()
    assert [t for t, _, _ in lines(popup)] == ["Write CSV", "Join: left", "Join: right"]
    scene = window.canvas.scene()
    assert scene.ghost.isVisible()
    assert scene.shown.nodes["j"].lit == {"in:left", "in:right"}
    assert scene.shown.nodes["a"].dimmed
    QTest.keyClicks(popup.line, "right")
    QTest.keyClick(popup.line, Key.Key_Return)
    assert edges_of(window)[1:] == ["f.dropped -> j.right"]
    assert not scene.ghost.isVisible()
    assert not scene.shown.nodes["a"].dimmed
    assert window.canvas.hasFocus()
    window.actions_table["undo"].trigger()
    assert len(edges_of(window)) == 1


def test_a_new_node_is_added_at_the_port_that_was_chosen(window, popup):
    put(window, ("f", "filter", 0, 0))
    choose(window, nodes=("f",))
    key(window, Key.Key_C)
    QTest.keyClicks(popup.line, "rejected")
    QTest.keyClick(popup.line, Key.Key_Return)
    QTest.keyClicks(popup.line, "new")
    QTest.keyClick(popup.line, Key.Key_Return)
    assert window.quick_add.isVisible()
    QTest.keyClicks(window.quick_add.line, "write csv: out/bad.csv")
    QTest.keyClick(window.quick_add.line, Key.Key_Return)
    assert edges_of(window) == ["f.rejected -> csv_sink.rows"]
    assert window.session.document.nodes["csv_sink"].params == {"path": "out/bad.csv"}


def test_a_node_is_connected_from_one_before_it_never_in_a_circle(window, popup):
    put(window, ("a", "sample_source", 0, 0), ("b", "sort", 300, 0), ("c", "limit", 600, 0),
        edges=("b.rows -> c.rows",))  # fmt: skip
    choose(window, nodes=("b",))
    key(window, Key.Key_C, SHIFT)
    titles = [t for t, _, _ in lines(popup)]
    assert len(titles) == 1
    QTest.keyClick(popup.line, Key.Key_Return)
    assert edges_of(window) == ["b.rows -> c.rows", "a.rows -> b.rows"]


def test_equal_titles_are_told_apart_by_second_lines_and_at_last_by_ids(window, popup):
    from summit_studio.document.edits import SetParams

    put(
        window, ("a", "sample_source", 0, 0), *((f"f{i}", "filter", 300, 120 * i) for i in range(3))
    )
    window.session.do(SetParams("f0", {"condition": "amount > 7"}))
    choose(window, nodes=("a",))
    key(window, Key.Key_C)
    found = lines(popup)
    assert len(set(found)) == 3
    assert ("Filter rows", "amount > 7", "") in found
    assert {note for _, _, note in found} == {"", "f1", "f2"}
    QTest.keyClicks(popup.line, "amount")
    QTest.keyClick(popup.line, Key.Key_Return)
    assert edges_of(window) == ["a.rows -> f0.rows"]


def test_an_input_that_is_taken_comes_last_and_its_edge_gives_way(window, popup):
    put(window, ("a", "sample_source", 0, 0), ("b", "sample_source", 0, 200),
        ("s", "sort", 300, 200), ("l", "limit", 900, 0), edges=("b.rows -> s.rows",))  # fmt: skip
    choose(window, nodes=("a",))
    key(window, Key.Key_C)
    assert [t for t, _, _ in lines(popup)] == ["Limit rows", "Sort"]
    assert lines(popup)[1][2] == "takes the place of an edge"
    QTest.keyClick(popup.line, Key.Key_Down)
    QTest.keyClick(popup.line, Key.Key_Return)
    assert edges_of(window) == ["a.rows -> s.rows"]
    window.session.bridge.undo()
    assert edges_of(window) == ["b.rows -> s.rows"]


def test_an_edge_is_selected_reconnected_at_either_end_and_removed(window, popup):
    put(window, ("a", "sample_source", 0, 0), ("b", "sample_source", 0, 200),
        ("s", "sort", 300, 0), ("l", "limit", 300, 200), ("o", "csv_sink", 600, 0),
        edges=("a.rows -> s.rows", "s.rows -> o.rows"))  # fmt: skip
    choose(window, nodes=("s",))
    key(window, Key.Key_E)
    assert len(lines(popup)) == 2
    QTest.keyClick(popup.line, Key.Key_Return)
    assert window.session.selection.edges == (Edge.parse("a.rows -> s.rows"),)
    key(window, Key.Key_C)
    QTest.keyClicks(popup.line, "limit")
    QTest.keyClick(popup.line, Key.Key_Return)
    assert set(edges_of(window)) == {"a.rows -> l.rows", "s.rows -> o.rows"}
    choose(window, edges=(Edge.parse("a.rows -> l.rows"),))
    key(window, Key.Key_C, SHIFT)
    assert [note for _, _, note in lines(popup)].count("b") <= 1
    QTest.keyClicks(popup.line, "b")
    QTest.keyClick(popup.line, Key.Key_Return)
    assert set(edges_of(window)) == {"b.rows -> l.rows", "s.rows -> o.rows"}
    choose(window, edges=(Edge.parse("b.rows -> l.rows"),))
    key(window, Key.Key_X)
    assert edges_of(window) == ["s.rows -> o.rows"]
    choose(window, nodes=("s",))
    key(window, Key.Key_X)
    assert edges_of(window) == []
    said = window.status.currentMessage()
    key(window, Key.Key_X)
    assert window.status.currentMessage() == "No edge touches this node." != said


def test_disconnect_offers_each_edge_and_all(window, popup):
    put(window, ("a", "sample_source", 0, 0), ("s", "sort", 300, 0), ("o", "csv_sink", 600, 0),
        edges=("a.rows -> s.rows", "s.rows -> o.rows"))  # fmt: skip
    choose(window, nodes=("s",))
    key(window, Key.Key_X)
    assert [t for t, _, _ in lines(popup)] == [
        "Sample rows → rows", "rows → Write CSV", "All edges of this node"
    ]  # fmt: skip
    edge = window.canvas.scene().shown.edges[Edge.parse("a.rows -> s.rows")]
    assert edge.target
    QTest.keyClicks(popup.line, "all")
    QTest.keyClick(popup.line, Key.Key_Return)
    assert edges_of(window) == []
    window.session.bridge.undo()
    assert len(edges_of(window)) == 2


def test_two_selected_nodes_are_connected_at_once_or_it_says_why_not(window, popup):
    put(window, ("a", "sample_source", 0, 0), ("b", "sample_source", 0, 200),
        ("j", "join", 300, 0), ("s", "sort", 600, 0))  # fmt: skip
    for nodes, modifiers in ((("a", "j"), None), (("j", "b"), SHIFT), (("j", "s"), None)):
        choose(window, nodes=nodes)
        key(window, Key.Key_C, modifiers or Qt.KeyboardModifier.NoModifier)
        assert not popup.isVisible()
    made = ["a.rows -> j.left", "b.rows -> j.right", "j.joined -> s.rows"]
    assert edges_of(window) == made
    told = {
        ("s", "j"): "Rows would run in a circle.",
        ("j", "a"): "This node takes no rows.",
        ("b", "j"): "These ports are connected already.",
    }
    for nodes, reason in told.items():
        choose(window, nodes=nodes)
        key(window, Key.Key_C)
        assert window.status.currentMessage() == reason
    assert edges_of(window) == made


def test_where_nothing_fits_it_says_so(window, popup):
    put(window, ("o", "csv_sink", 0, 0), ("a", "sample_source", 0, 300))
    choose(window, nodes=("o",))
    key(window, Key.Key_C, SHIFT)
    QTest.keyClick(popup.line, Key.Key_Escape)
    assert edges_of(window) == []
    choose(window, nodes=("a",))
    key(window, Key.Key_C, SHIFT)
    assert not popup.isVisible()
    assert window.status.currentMessage() == "This node takes no rows."


PANELS = [
    (Key.Key_2, "inspector"), (Key.Key_3, "preview"), (Key.Key_4, "library"),
    (Key.Key_5, "outline"), (Key.Key_6, "problems"), (Key.Key_7, "run"),
]  # fmt: skip


def test_one_key_leads_to_each_panel_and_back_and_escape_too(window):
    put(window, ("f", "filter", 0, 0))
    choose(window, nodes=("f",))
    for which, name in PANELS:
        panel = window.docks.panel(name)
        for back in ((which, ALT), (Key.Key_Escape,)):
            key(window, which, ALT)
            holder = QApplication.focusWidget()
            assert panel.isVisible(), name
            assert holder is panel or panel.isAncestorOf(holder), name
            key(window, *back)
            assert window.canvas.hasFocus(), name
    assert window.session.selection.nodes == ("f",)


def test_escape_leaves_each_field_for_the_canvas_and_there_ends_the_selection(window):
    put(window, ("s", "csv_source", 0, 0))
    choose(window, nodes=("s",))
    QApplication.processEvents()
    fields = [f for f in window.inspector.form.fields.values() if f.isVisible()]
    assert len(fields) > 3
    for field in fields:
        field.setFocus()
        assert QApplication.focusWidget() is not window.canvas
        key(window, Key.Key_Escape)
        assert window.canvas.hasFocus(), field.spec.name
    assert window.session.selection.nodes == ("s",)
    key(window, Key.Key_Escape)
    assert window.session.selection.nodes == ()


def test_undo_of_a_node_whose_field_has_the_keyboard_gives_it_to_the_canvas(window):
    window.canvas.setFocus()
    window.adding.add_in_view("filter")
    assert window.inspector.isAncestorOf(QApplication.focusWidget())
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert not window.session.document.nodes
    assert window.canvas.hasFocus()


def test_delete_heals_and_shift_delete_does_not(window):
    put(window, ("a", "sample_source", 0, 0), ("s", "sort", 300, 0), ("o", "csv_sink", 600, 0),
        edges=("a.rows -> s.rows", "s.rows -> o.rows"))  # fmt: skip
    choose(window, nodes=("s",))
    key(window, Key.Key_Delete)
    assert edges_of(window) == ["a.rows -> o.rows"]
    window.session.bridge.undo()
    choose(window, nodes=("s",))
    key(window, Key.Key_Delete, SHIFT)
    assert edges_of(window) == []
    window.session.bridge.undo()
    assert len(edges_of(window)) == 2


def test_the_menu_key_opens_the_menu_of_what_is_selected(window):
    put(window, ("s", "sort", 0, 0))
    choose(window, nodes=("s",))
    key(window, Key.Key_Menu)
    menu = next(m for m in window.findChildren(QMenu) if m.isVisible())
    names = {a.text().replace("&", "") for a in menu.actions()}
    assert {"Connect to…", "Rename", "Delete and leave the gap"} <= names
    menu.close()
    key(window, Key.Key_F10, SHIFT)
    assert any(m.isVisible() for m in window.findChildren(QMenu))
    for shown in window.findChildren(QMenu):
        shown.close()


def test_a_pipeline_is_drawn_by_keys_alone(window, popup, orders, settle, qtbot):
    """From nothing to a run, with no hand on the mouse."""
    window.canvas.setFocus()

    def add(typed: str, value: str = ""):
        key(window, Key.Key_Slash)
        qtbot.waitUntil(window.quick_add.isVisible)
        QTest.keyClicks(window.quick_add.line, typed)
        QTest.keyClick(window.quick_add.line, Key.Key_Return)
        if value:
            QTest.keyClicks(QApplication.focusWidget(), value)
        key(window, Key.Key_Escape)
        assert window.canvas.hasFocus()

    add("read csv", "orders.csv")
    add("filter", "status = 'paid'")
    add("write csv", "paid.csv")
    document = window.session.document
    assert edges_of(window) == ["csv_source.rows -> filter.rows", "filter.kept -> csv_sink.rows"]
    assert document.nodes["csv_source"].params["path"] == "orders.csv"
    assert document.nodes["filter"].params["condition"] == "status = 'paid'"
    settle()
    key(window, Key.Key_F5)
    qtbot.waitUntil((orders.parent / "paid.csv").exists, timeout=30_000)
    qtbot.waitUntil(lambda: not window.supervisor.running, timeout=30_000)
    assert len((orders.parent / "paid.csv").read_text().splitlines()) == 161
    key(window, Key.Key_7, ALT)
    assert window.run_panel.isVisible()
    window.session.do(SetTitle("filter", "Paid"))


def test_undo_and_redo_leave_a_node_to_go_on_with(window):
    put(window, ("a", "sample_source", 0, 0), ("s", "sort", 300, 0), ("o", "csv_sink", 600, 0),
        edges=("a.rows -> s.rows", "s.rows -> o.rows"))  # fmt: skip
    choose(window, nodes=("s",))
    window.adding.add_in_view("limit")
    assert window.session.selection.nodes == ("limit",)
    window.actions_table["undo"].trigger()
    assert window.session.selection.nodes == ("s",)  # Whose rows the node took.
    window.actions_table["redo"].trigger()
    assert window.session.selection.nodes == ("limit",)
    window.actions_table["undo"].trigger()
    choose(window, nodes=("s", "o"))
    key(window, Key.Key_Delete)
    assert window.session.selection.nodes == ()
    window.actions_table["undo"].trigger()
    assert set(window.session.selection.nodes) == {"s", "o"}
    choose(window, nodes=("a",))
    window.actions_table["redo"].trigger()
    assert window.session.selection.nodes == ("a",)
