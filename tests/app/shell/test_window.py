from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar, QToolBar

from summit_studio.app.canvas.requests import AddRequest
from summit_studio.app.session.run_state import NodeRun, RunState
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Files
from summit_studio.app.shell.actions import TABLE
from summit_studio.document.edits import AddEdge, AddNode, SetParams, SetTitle
from summit_studio.document.model import Document, Edge, Layout, Node, PortRef

_NATIVE = QKeySequence.SequenceFormat.NativeText


def item_of(window, title: str):
    found = window.library.tree.findItems(title, Qt.MatchFlag.MatchRecursive)
    assert found, f"{title} is not in the library"
    return found[0]


def drop(window, data: QMimeData, at: QPoint):
    how = (
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    entered = QDragEnterEvent(at, *how)
    QApplication.sendEvent(window.canvas.viewport(), entered)
    assert entered.isAccepted()
    QApplication.sendEvent(window.canvas.viewport(), QDropEvent(QPointF(at), *how))
    QApplication.processEvents()


def test_it_starts_on_a_welcome_page(qtbot, home):
    from summit_studio.app.shell.starting import make_application, make_window

    make_application([])
    window = make_window()
    qtbot.addWidget(window)
    window.show()
    assert not window.editing
    assert window.welcome.isVisible()
    assert not window.actions_table["save"].isEnabled()
    window.close()


def test_a_node_dragged_from_the_library_lands_where_it_is_dropped(window):
    data = window.library.tree.mimeData([item_of(window, "Filter rows")])
    drop(window, data, QPoint(200, 150))
    (node,) = window.session.document.nodes.values()
    assert node.type == "filter"
    assert window.session.selection.nodes == (node.id,)
    place = window.canvas.mapToScene(200, 150)
    x, y = window.session.document.layout.nodes[node.id]
    assert abs(x - place.x()) < 250
    assert abs(y - place.y()) < 120
    window.session.bridge.undo()
    assert window.session.document.nodes == {}


def test_a_file_dropped_becomes_a_source(window, orders, csv, qtbot):
    from PySide6.QtCore import QUrl

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(orders))])
    drop(window, data, QPoint(200, 150))
    qtbot.waitUntil(lambda: len(window.session.document.nodes) == 1)
    (node,) = window.session.document.nodes.values()
    assert node.type == csv
    assert node.params["path"] == "orders.csv"


def test_the_library_is_searched_and_used_by_keyboard(window):
    search = window.library.search
    search.setFocus()
    QTest.keyClicks(search, "filt")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert [n.type for n in window.session.document.nodes.values()] == ["filter"]
    search.clear()
    assert window.library.tree.topLevelItemCount() > 1


def test_quick_add_joins_the_new_node_to_the_dragged_edge(window):
    window.session.do(AddNode(Node("paid", "filter"), (0, 0)))
    window.session.bridge.flush()
    window.quick_add.open_for(AddRequest((400, 0), QPoint(300, 300), PortRef("paid", "kept")))
    QTest.keyClicks(window.quick_add.line, "sort")
    QTest.keyClick(window.quick_add.line, Qt.Key.Key_Return)
    document = window.session.document
    assert list(document.nodes) == ["paid", "sort"]
    assert document.edges == (Edge.parse("paid.kept -> sort.rows"),)
    assert window.session.selection.nodes == ("sort",)
    window.session.bridge.undo()
    assert list(window.session.document.nodes) == ["paid"]


def test_copy_paste_duplicate_cut_and_delete(window):
    session = window.session
    session.do(AddNode(Node("a", "filter", {"condition": "true"}), (0, 0)))
    session.do(AddNode(Node("b", "sort"), (300, 0)))
    session.do(AddNode(Node("c", "limit"), (600, 0)))
    session.do(AddEdge(Edge.parse("a.kept -> b.rows")))
    session.do(AddEdge(Edge.parse("b.rows -> c.rows")))
    session.bridge.flush()
    session.choose(Selection(("a", "b")))
    window.actions_table["copy"].trigger()
    assert "summit-studio/nodes" in QGuiApplication.clipboard().text()
    window.actions_table["paste"].trigger()
    assert list(session.document.nodes) == ["a", "b", "c", "a_2", "b_2"]
    assert session.document.edges[2:] == (Edge.parse("a_2.kept -> b_2.rows"),)
    assert session.selection.nodes == ("a_2", "b_2")
    window.actions_table["delete"].trigger()
    assert list(session.document.nodes) == ["a", "b", "c"]
    session.choose(Selection(("b",)))
    window.actions_table["duplicate"].trigger()
    assert list(session.document.nodes) == ["a", "b", "c", "b_2"]
    window.actions_table["cut"].trigger()
    assert list(session.document.nodes) == ["a", "b", "c"]
    while session.bridge.can_undo:
        session.bridge.undo()
    assert session.document.nodes == {}


def test_paste_of_something_else_is_told_not_raised(window):
    QGuiApplication.clipboard().setText("hello")
    window.actions_table["paste"].trigger()
    assert window.banner.isVisible()
    assert window.banner.text.text() == "Nothing to paste"
    window.banner.dismiss()


def test_the_palette_runs_a_command_by_name(window):
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.commands.open_over(window)
    QTest.keyClicks(window.commands.line, "undo")
    QTest.keyClick(window.commands.line, Qt.Key.Key_Return)
    assert window.session.document.nodes == {}
    assert not window.commands.isVisible()


def test_the_palette_offers_only_what_can_be_done(window):
    window.commands.open_over(window)
    names = [c.texts[0] for c in window.commands._offered()]
    window.commands.hide()
    assert "Undo" not in names
    assert "New pipeline" in names


def test_the_theme_changes_and_is_remembered(window):
    from summit_studio.app.session.settings import Settings

    before = window.session.theme.is_dark
    window.actions_table["dark"].setChecked(before)
    window.actions_table["dark"].trigger()
    assert window.session.theme.is_dark is not before
    assert Settings().dark is not before


def test_every_action_has_a_handler_and_a_name():
    ids = [e.id for e in TABLE]
    assert len(set(ids)) == len(ids)
    keys = [k for e in TABLE for k in e.shortcut.split("|") if k]
    assert len(set(keys)) == len(keys)


def test_title_shows_the_name_and_the_star(window):
    assert "Untitled" in window.windowTitle()
    assert not window.isWindowModified()
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.session.bridge.flush()
    assert window.isWindowModified()
    window.session.bridge.undo()
    window.session.bridge.flush()
    assert not window.isWindowModified()


def test_the_outline_follows_edges_and_selects(window, qtbot):
    session = window.session
    session.do(AddNode(Node("a", "filter"), (0, 0)))
    session.do(AddNode(Node("b", "sort"), (300, 0)))
    session.do(AddNode(Node("c", "limit"), (300, 200)))
    session.do(AddEdge(Edge.parse("a.kept -> b.rows")))
    session.do(AddEdge(Edge.parse("a.dropped -> c.rows")))
    tree = window.outline.tree
    qtbot.waitUntil(
        lambda: tree.topLevelItemCount() == 1 and tree.topLevelItem(0).childCount() == 2
    )
    tree.topLevelItem(0).child(1).setSelected(True)
    qtbot.waitUntil(lambda: session.selection.nodes == ("c",))


def test_a_problem_leads_to_its_field(window, settle, qtbot):
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    settle()
    problem = next(p for p in window.problems.problems if p.where.param == "condition")
    row = window.problems.problems.index(problem)
    window.problems.list.itemClicked.emit(window.problems.list.item(row))
    assert window.session.selection.nodes == ("a",)
    assert window.inspector.form is not None
    assert "condition" in window.inspector.form.fields


def test_an_error_nobody_caught_becomes_a_banner(window, qtbot):
    import sys
    import threading

    from summit_studio.app.shell.catching import Catcher

    catcher = Catcher(window.session.notice)
    catcher.install()
    try:
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        qtbot.waitUntil(window.banner.isVisible)
        assert "division by zero" in window.banner.detail.text()
    finally:
        catcher.release()
    assert sys.excepthook is not catcher._hook
    window.banner.dismiss()


def spot(window, node: str, port: str, *, output: bool) -> QPoint:
    place = window.canvas.scene().spot_of(PortRef(node, port), output=output)
    return window.canvas.mapFromScene(QPointF(*place))


def drag(window, start: QPoint, end: QPoint):
    viewport = window.canvas.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(viewport, start + (end - start) * step / 5)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    QApplication.processEvents()


def two_nodes(window):
    window.session.do(AddNode(Node("a", "filter", {"condition": "true"}), (0, 0)))
    window.session.do(AddNode(Node("b", "sort"), (320, 0)))
    window.session.bridge.flush()
    window.canvas.zoom_to_fit()
    QApplication.processEvents()


def test_an_edge_is_drawn_with_the_mouse_and_undone(window):
    two_nodes(window)
    start, end = spot(window, "a", "kept", output=True), spot(window, "b", "rows", output=False)
    drag(window, start, end)
    assert window.session.document.edges == (Edge.parse("a.kept -> b.rows"),)
    window.actions_table["undo"].trigger()
    assert window.session.document.edges == ()
    window.actions_table["redo"].trigger()
    assert window.session.document.edges == (Edge.parse("a.kept -> b.rows"),)


def test_an_edge_dragged_to_nowhere_offers_nodes_that_fit(window, qtbot):
    two_nodes(window)
    start = spot(window, "a", "dropped", output=True)
    drag(window, start, start + QPoint(30, 160))
    qtbot.waitUntil(window.quick_add.isVisible)
    offered = {c.value.id for c in window.quick_add._offered()}
    assert "limit" in offered
    assert not any(kind.endswith("_source") for kind in offered)
    QTest.keyClicks(window.quick_add.line, "limit")
    QTest.keyClick(window.quick_add.line, Qt.Key.Key_Return)
    assert Edge.parse("a.dropped -> limit.rows") in window.session.document.edges


def test_a_node_dropped_on_an_edge_goes_into_it(window):
    two_nodes(window)
    window.session.do(AddEdge(Edge.parse("a.kept -> b.rows")))
    window.session.bridge.flush()
    start, end = spot(window, "a", "kept", output=True), spot(window, "b", "rows", output=False)
    data = window.library.tree.mimeData([item_of(window, "Limit rows")])
    drop(window, data, (start + end) / 2)
    edges = {str(e) for e in window.session.document.edges}
    assert edges == {"a.kept -> limit.rows", "limit.rows -> b.rows"}
    window.session.bridge.undo()
    assert window.session.document.edges == (Edge.parse("a.kept -> b.rows"),)


def test_keys_on_the_canvas(window, qtbot):
    two_nodes(window)
    window.canvas.setFocus()
    window.session.choose(Selection(("a",)))
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert list(window.session.document.nodes) == ["b"]
    QTest.keyClick(window.canvas, Qt.Key.Key_Slash)
    qtbot.waitUntil(window.quick_add.isVisible)
    window.quick_add.hide()


def test_a_read_only_document_is_not_changed_by_the_canvas(window, tmp_path, qtbot):
    path = tmp_path / "new.summit.json"
    path.write_text('{"format": 999, "nodes": {"a": {"type": "filter"}}, "edges": []}')
    with qtbot.waitSignal(window.desk.opened):
        window.desk.open(path)
    before = window.session.document
    window.canvas.setFocus()
    window.session.choose(Selection(("a",)))
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert window.session.document is before
    assert not window.actions_table["paste"].isEnabled()
    window.banner.dismiss()


def test_the_menu_of_a_node_offers_what_can_be_done_with_it(window, qtbot):
    from PySide6.QtWidgets import QMenu

    from summit_studio.app.canvas.requests import ContextRequest

    two_nodes(window)
    window.session.choose(Selection(("a",)))
    window.canvas.context_requested.emit(ContextRequest((0, 0), QPoint(10, 10), node="a"))
    menu = next(m for m in window.findChildren(QMenu) if m.isVisible())
    names = [a.text().replace("&", "") for a in menu.actions() if a.text()]
    assert {"Connect to…", "Preview selected", "Rename", "Delete"} <= set(names)
    menu.close()


def test_a_long_pipeline_opens_readable_at_its_beginning(window):
    nodes = {f"n{i}": Node(f"n{i}", "filter") for i in range(40)}
    places = {f"n{i}": (280 * i, 0) for i in range(40)}
    window.desk._show(Document(nodes=nodes, layout=Layout(places)), Files())
    QApplication.processEvents()
    assert window.canvas.zoom >= 0.6
    first = window.canvas.mapFromScene(QPointF(0, 0))
    assert window.canvas.viewport().rect().contains(first)


def test_a_dark_start_is_known_to_the_menu(qtbot, home):
    from summit_studio.app.session.settings import Settings
    from summit_studio.app.shell.starting import make_application, make_window

    make_application([])
    settings = Settings()
    settings.dark = True
    settings.flush()
    window = make_window()
    qtbot.addWidget(window)
    dark = window.actions_table["dark"]
    assert dark.isChecked()
    dark.trigger()
    assert not window.owner.theming.theme.is_dark
    window.close()


def test_a_file_outside_the_folder_offers_trust(window, settle, tmp_path, csv, qtbot):
    file = tmp_path / "elsewhere.csv"
    file.write_text("id\n1\n")
    window.session.do(AddNode(Node("a", csv, {"path": str(file)}), (0, 0)))
    settle()
    assert "outside_workspace" in [p.code for p in window.session.problems_of("a")]
    assert window.banner.isVisible()
    assert window.banner.button.text() == "Trust this folder"
    window.banner.button.click()

    def solved():
        return "outside_workspace" not in [p.code for p in window.session.problems_of("a")]

    qtbot.waitUntil(solved, timeout=10_000)


def test_what_stopped_a_run_is_no_longer_said_once_it_is_solved(window, settle, orders, csv):
    window.session.do(AddNode(Node("a", csv, {"path": "gone.csv"}), (0, 0)))
    settle()
    window.actions_table["run"].trigger()
    assert "in the way of a run" in window.banner.text.text()
    window.session.do(SetParams("a", {"path": "orders.csv"}))
    settle()
    assert not window.banner.isVisible()


def test_tool_bar_buttons_say_what_they_do_and_their_keys(window, qtbot):
    bar = window.findChild(QToolBar, "tools")
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.width() == 1280)
    for entry in TABLE:
        if not entry.tool:
            continue
        button = bar.widgetForAction(window.actions_table[entry.id])
        assert button.text() == entry.name
        assert button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        assert button.geometry().right() < bar.width()
        keys = window.actions_table[entry.id].shortcut().toString(_NATIVE)
        first, _, why_not = button.toolTip().partition("\n")
        assert first == (f"{entry.name} ({keys})" if keys else entry.name)
        assert bool(why_not) is not button.isEnabled()


def test_the_ledger_names_its_nodes_in_a_small_window(window, settle, pipeline, qtbot):
    window.resize(1280, 800)
    window.session.bridge.set_document(pipeline)
    settle()
    window.docks.show("run")
    run = RunState(pipeline)
    run.nodes = {i: NodeRun(rows_out={"rows": 5_000_000}) for i in pipeline.nodes}
    window.run_panel.ledger.show(run, window.session.title_of)
    view = window.run_panel.ledger_view
    qtbot.waitUntil(view.isVisible)
    qtbot.waitUntil(lambda: view.columnWidth(0) >= view.sizeHintForColumn(0))
    assert view.visualRect(view.model().index(0, 0)).right() < view.viewport().width()
    assert view.horizontalScrollBar().maximum() == 0


def test_a_long_title_shows_its_beginning(window, settle, pipeline):
    window.session.bridge.set_document(pipeline)
    settle()
    window.session.do(SetTitle("paid", "Orders that were paid " * 5))
    window.session.choose_nodes(["paid"])
    title = window.inspector.head.title
    assert title.text().startswith("Orders that were paid Orders")
    assert title.cursorPosition() == 0
    window.session.choose(Selection(edges=(pipeline.edges[0],)))
    assert title.text().startswith("Read")
    assert title.cursorPosition() == 0


def test_panels_take_less_of_a_small_window_whatever_the_screen(window, qtbot):
    taken = []
    for width in (1280, 1920):
        window.resize(width, 800)
        qtbot.waitUntil(lambda w=width: window.width() == w)
        window.docks.on_reset_layout()
        QApplication.processEvents()
        taken.append(window.width() - window.canvas.width())
    small, large = taken
    assert small < large
    assert small <= 540


def docked_tabs(page):
    """The tabs of panels that can be seen: each bar once."""
    bars = [
        b
        for b in page.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if b.isVisible() and page.rect().intersects(b.geometry())
    ]
    return sorted([b.tabText(i) for i in range(b.count())] for b in bars)


TABS = [
    ["Library", "Connections", "Outline"],
    ["Preview", "Problems", "Run", "Dead letters", "Columns"],
]


def test_no_tabs_are_left_standing_where_a_layout_is_restored(window, qtbot):
    from summit_studio.app.shell.starting import make_window

    window.docks.show("problems")
    qtbot.waitUntil(lambda: docked_tabs(window.page) == TABS)
    window.docks.remember()
    other = make_window()
    qtbot.addWidget(other)
    other.show()
    qtbot.waitExposed(other)
    other.new()
    QApplication.processEvents()
    assert docked_tabs(other.page) == TABS
    other.close()


def test_no_tabs_are_left_standing_after_a_reset(window, qtbot):
    qtbot.waitUntil(lambda: docked_tabs(window.page) == TABS)
    window.docks.on_reset_layout()
    QApplication.processEvents()
    assert docked_tabs(window.page) == TABS
    window.new()
    qtbot.waitUntil(lambda: docked_tabs(window.page) == TABS)
    window.actions_table["previous_tab"].trigger()
    qtbot.waitUntil(lambda: docked_tabs(window.page) == TABS)
