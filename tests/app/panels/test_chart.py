from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor

from summit_studio.app.look.contrast import seen_on
from summit_studio.app.look.theme import Theme
from summit_studio.app.panels.chart import SpeedChart
from summit_studio.app.panels.lines import MOST, STROKES, TOTAL, busiest
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.series import MOST_POINTS, Series
from summit_studio.core.events import (
    BatchProcessed,
    LoadMeasured,
    RunFinished,
    RunStarted,
    RunStatus,
)
from summit_studio.document.model import Document, Edge, Node
from tests.benchmarks.contrast import THEMES

IDS = [f"n{number}" for number in range(300)]
START = datetime(2026, 11, 23, tzinfo=UTC)


def run_of(rows: dict[str, int], *edges: str) -> RunState:
    nodes = {i: Node(i, "filter") for i in IDS}
    run = RunState(Document(nodes=nodes, edges=tuple(map(Edge.parse, edges))))
    started = RunStarted("r1", "Orders", tuple(IDS), START)
    run.feed([started, *(BatchProcessed(i, {}, {"rows": n}) for i, n in rows.items())])
    run.sample(0.1)
    return run


@pytest.fixture
def chart(qtbot):
    made = SpeedChart(Theme.light())
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    qtbot.waitExposed(made)
    made.begin(str.upper)
    return made


def rows(chart: SpeedChart) -> list[tuple[str, bool]]:
    """Return what the legend shows: names, and whether each is drawn."""
    model = chart.legend.list.model()
    checked = Qt.ItemDataRole.CheckStateRole
    indexes = [model.index(row, 0) for row in range(model.rowCount())]
    return [(i.data(), i.data(checked) is Qt.CheckState.Checked) for i in indexes]


def click(qtbot, chart: SpeedChart, name: str, across: int) -> None:
    """Click on a row of the legend, so far from its left."""
    view = chart.legend.list
    row = [n for n, _ in rows(chart)].index(name)
    index = view.model().index(row, 0)
    view.scrollTo(index)
    spot = QPoint(across, view.visualRect(index).center().y())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_the_busiest_nodes_are_drawn_in_the_order_of_the_run():
    run = run_of({"n0": 5, "n7": 900, "n3": 40})
    assert busiest(run, 2) == ["n3", "n7"]


def test_of_300_nodes_the_eight_busiest_are_drawn_first_and_any_can_be_found(chart, qtbot):
    run = run_of({i: 1000 - number for number, i in enumerate(IDS)})
    chart.update_run(run)
    names = ["All sources together", *(i.upper() for i in IDS)]
    assert rows(chart) == [(name, number < 9) for number, name in enumerate(names)]
    before = dict(chart.lines.strokes)
    run.feed([BatchProcessed("n11", {}, {"rows": 10_000})])
    run.sample(0.2)
    chart.update_run(run)
    assert rows(chart)[8] == ("N11", True)
    stayed = [i for i in before if i in chart.lines.strokes]
    assert len(stayed) == 7
    assert all(chart.lines.strokes[i] == before[i] for i in stayed)

    chart.legend.search.setText("n29")
    assert [name for name, _ in rows(chart)] == ["N29", *(f"N29{n}" for n in range(10))]
    click(qtbot, chart, "N291", 12)
    assert ("N291", True) in rows(chart)
    assert "n291" in chart._curves
    chart.legend.search.clear()
    run.feed([BatchProcessed("n200", {}, {"rows": 20_000})])
    run.sample(0.3)
    chart.update_run(run)
    assert ("N200", False) in rows(chart), "what somebody has chosen stays"
    qtbot.mouseClick(chart.legend.busiest, Qt.MouseButton.LeftButton)
    assert rows(chart)[8] == ("N200", True)
    assert ("N291", False) in rows(chart)
    assert not chart.legend.busiest.isVisible()


def test_a_name_is_clicked_to_go_to_its_node_and_a_box_by_space(chart, qtbot):
    chart.update_run(run_of({"n0": 9, "n1": 5}))
    with qtbot.waitSignal(chart.asked) as asked:
        click(qtbot, chart, "N1", 60)
    assert asked.args == ["n1"]
    assert "n1" in chart.lines.strokes
    qtbot.keyClick(chart.legend.list, Qt.Key.Key_Space)
    assert "n1" not in chart.lines.strokes


def test_there_is_an_end_to_the_lines_drawn_and_it_is_said(chart):
    chart.update_run(run_of(dict.fromkeys(IDS, 1)))
    for node_id in IDS[8:40]:
        chart.legend.toggled.emit(node_id)
    assert len(chart.lines.strokes) == MOST
    tip = chart.legend.model.index(40).data(Qt.ItemDataRole.ToolTipRole)
    assert "take one off first" in tip
    chart.legend.toggled.emit("n3")
    chart.legend.toggled.emit("n39")
    assert "n39" in chart.lines.strokes


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_all_lines_that_can_be_drawn_are_told_apart(theme):
    seen = {(seen_on(s.colour, theme.surface), s.dash) for s in STROKES}
    assert len(seen) == len({colour for colour, _ in seen}) == MOST


def test_the_line_under_the_pointer_and_its_node_are_lit_and_others_fade(chart, qtbot):
    run = run_of({"n0": 900, "n1": 90})
    for tenths in range(2, 9):
        run.feed([BatchProcessed("n0", {}, {"rows": 900}), BatchProcessed("n1", {}, {"rows": 90})])
        run.sample(tenths / 10)
    chart.update_run(run)
    box = chart._plot.getPlotItem().getViewBox()
    line = run.history["n0"]
    place = box.mapViewToScene(QPointF(line.secs[-1], line.values[-1]))
    pointed = []
    chart.pointed.connect(pointed.append)
    chart._plot.scene().sigMouseMoved.emit(place)
    assert pointed == ["n0"]
    pens = {i: QColor(c.opts["pen"].color()).alpha() for i, c in chart._curves.items()}
    assert pens["n0"] == 255
    assert max(alpha for i, alpha in pens.items() if i != "n0") < 128
    assert chart.legend.list.currentIndex().data() == "N0"
    qtbot.mouseMove(chart.legend.list.viewport(), QPoint(50, 50))
    assert pointed[-1] == "n1"
    chart._plot.scene().sigMouseMoved.emit(place * 0)
    assert pointed[-1] is None


def test_the_total_is_what_all_sources_read_and_no_more(chart):
    run = run_of({"n0": 1000, "n1": 500, "n2": 700}, "n0.rows -> n2.rows")
    assert run.total.last == pytest.approx(run.nodes["n0"].speed + run.nodes["n1"].speed)
    chart.update_run(run)
    assert list(chart._curves[TOTAL].getData()[1]) == run.total.values
    run.feed([RunFinished("r1", RunStatus.SUCCEEDED, 0.5)])
    run.seconds = 0.5
    assert run.mean_speed == 3000


def test_memory_and_processors_stand_beside_the_lines_also_of_a_run_of_before(chart):
    run = run_of({"n0": 10})
    chart.update_run(run)
    assert not chart.cpu.isVisible()
    for number, memory in enumerate((300, 500, 400), 1):
        at = START + timedelta(seconds=number / 2)
        run.feed([LoadMeasured(at, 1.5, memory * 2**20, {"n0.rows -> n1.rows": 0.5})])
    chart.update_run(run)
    assert chart.cpu.isVisible()
    assert (chart.memory.text, chart.cpu.text) == ("400 MB", "1.5 busy")
    assert run.memory.secs == [0.5, 1.0, 1.5]
    run.feed([RunFinished("r1", RunStatus.SUCCEEDED, 2.0)])
    assert run.queues == {}
    chart.recall(run)
    assert chart.memory.isVisible()
    assert chart.memory.text == "up to 500 MB"
    chart.clear()
    assert not chart.memory.isVisible()


def test_a_short_run_fills_the_chart_once_it_has_ended(chart):
    run = run_of({"n0": 5})
    chart.update_run(run)
    assert chart._plot.viewRange()[0][1] >= 2
    run.feed([RunFinished("r1", RunStatus.SUCCEEDED, 0.3)])
    run.sample(0.3)
    chart.update_run(run)
    assert chart._plot.viewRange()[0][1] < 0.5


def test_a_series_keeps_its_shape_and_its_peak_however_long_it_is():
    series = Series()
    for number in range(100_000):
        series.add(number / 10, 90.0 if number == 77_777 else 10.0 if number < 50_000 else 20.0)
    assert MOST_POINTS / 2 <= len(series.secs) == len(series.values) <= MOST_POINTS
    assert series.peak == 90
    assert series.values[0] == 10
    assert series.values[-1] == 20
    half = next(s for s, v in zip(series.secs, series.values, strict=True) if v > 15)
    assert half == pytest.approx(5000, abs=60)
    gaps = {round(b - a, 3) for a, b in pairwise(series.secs)}
    assert len(gaps) == 1
