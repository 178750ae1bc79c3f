import json
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt

from summit_studio.app.session.run_state import NodeRun, RunState
from summit_studio.core.events import LedgerLine
from summit_studio.core.resources import resource
from summit_studio.document.model import Document, Node


@pytest.fixture
def example() -> Document:
    """Nodes with the titles of the worked example."""
    text = resource("examples/orders/orders.summit.json").read_text("utf-8")
    nodes = json.loads(text)["nodes"]
    return Document(nodes={i: Node(i, "filter", title=n["title"]) for i, n in nodes.items()})


def ran(window, document: Document, width: int, qtbot):
    """Show a run of millions of rows in a window of a width, as the run panel shows it."""
    window.resize(width, 800)
    qtbot.waitUntil(lambda: window.width() == width)
    window.docks.on_reset_layout()
    window.session.bridge.set_document(document)
    window.docks.show("run")
    run = RunState(document)
    most = {"rows": 5_000_000}
    run.nodes = {
        i: NodeRun("done", most, most, ledger=LedgerLine(i, most, most)) for i in document.nodes
    }
    window.run_panel.ledger.show(run, window.session.title_of)
    view = window.run_panel.ledger_view
    qtbot.waitUntil(view.isVisible)
    return view


@pytest.mark.parametrize("width", [1280, 1600, 2400])
def test_the_ledger_shows_every_title_and_figure_in_whole(window, example, width, qtbot):
    view = ran(window, example, width, qtbot)
    model = view.model()
    qtbot.waitUntil(lambda: view.horizontalScrollBar().maximum() == 0)
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            needed = view.fontMetrics().horizontalAdvance(index.data())
            assert view.columnWidth(column) > needed, index.data()
    assert model.index(0, 5).data() == "✓ counted twice"


def test_figures_stand_to_the_right_and_words_to_the_left(window, example, qtbot):
    model = ran(window, example, 1280, qtbot).model()
    sides = [
        Qt.AlignmentFlag(model.index(0, c).data(Qt.ItemDataRole.TextAlignmentRole))
        for c in range(model.columnCount())
    ]
    right = [bool(side & Qt.AlignmentFlag.AlignRight) for side in sides]
    assert right == [False, True, True, True, True, False]


def test_an_endless_title_leaves_the_figures_in_sight(window, example, qtbot):
    first = next(iter(example.nodes.values()))
    nodes = {**example.nodes, first.id: replace(first, title="Orders of every shop " * 20)}
    view = ran(window, replace(example, nodes=nodes), 1280, qtbot)
    qtbot.waitUntil(lambda: view.horizontalScrollBar().maximum() == 0)
    index = view.model().index(0, 0)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == nodes[first.id].title


def test_names_take_the_room_there_is_and_any_by_hand(window, example, qtbot):
    first = next(iter(example.nodes.values()))
    long = "Orders of every shop that was open in the year before last"
    nodes = {**example.nodes, first.id: replace(first, title=long)}
    view = ran(window, replace(example, nodes=nodes), 1280, qtbot)
    head = view.horizontalHeader()
    needed = view.fontMetrics().horizontalAdvance(long)
    view.resize(1100, 200)
    qtbot.waitUntil(lambda: view.columnWidth(0) > needed)
    edge = head.sectionViewportPosition(0) + head.sectionSize(0) - 1
    start = QPoint(edge, head.height() // 2)
    qtbot.mousePress(head.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(head.viewport(), start + QPoint(-200, 0))
    qtbot.mouseRelease(head.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(-200, 0))
    chosen = view.columnWidth(0)
    assert chosen < needed
    view.model().refresh()
    view.resize(900, 200)
    assert view.columnWidth(0) == chosen


def test_the_chart_stands_beside_the_ledger_only_where_there_is_room(window, example, qtbot):
    panel = window.run_panel
    ran(window, example, 1280, qtbot)
    qtbot.waitUntil(lambda: panel.tabs.indexOf(panel.chart) == 1)
    ran(window, example, 2400, qtbot)
    qtbot.waitUntil(lambda: panel.tabs.indexOf(panel.chart) == -1)
    assert panel.chart.isVisible()
    ran(window, example, 1280, qtbot)
    qtbot.waitUntil(lambda: panel.tabs.indexOf(panel.chart) == 1)
