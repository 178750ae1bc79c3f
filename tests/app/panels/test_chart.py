from datetime import UTC, datetime

from summit_studio.app.look.theme import Theme
from summit_studio.app.panels.chart import SpeedChart, busiest
from summit_studio.app.session.run_state import RunState
from summit_studio.core.events import BatchProcessed, RunFinished, RunStarted, RunStatus
from summit_studio.document.model import Document, Node

IDS = [f"n{number}" for number in range(12)]


def run_of(rows: dict[str, int]) -> RunState:
    run = RunState(Document(nodes={i: Node(i, "filter") for i in IDS}))
    started = RunStarted("r1", "Orders", tuple(IDS), datetime(2026, 11, 23, tzinfo=UTC))
    run.feed([started, *(BatchProcessed(i, {}, {"rows": n}) for i, n in rows.items())])
    run.sample(0.1)
    return run


def names(chart: SpeedChart) -> list[str]:
    return [chart.legend.item(row).text() for row in range(chart.legend.count())]


def test_the_busiest_nodes_are_drawn_in_the_order_of_the_run():
    run = run_of({"n0": 5, "n7": 900, "n3": 40})
    assert busiest(run, 2) == ["n3", "n7"]


def test_a_long_pipeline_leaves_room_for_the_lines(qtbot):
    chart = SpeedChart(Theme.light())
    qtbot.addWidget(chart)
    chart.begin(str.upper)
    run = run_of({i: 100 - number for number, i in enumerate(IDS)})
    chart.update_run(run)
    assert names(chart) == [i.upper() for i in IDS[:8]] + ["and 4 with fewer rows"]
    colours = dict(chart._colours)
    assert len(set(colours.values())) == 8
    run.feed([BatchProcessed("n11", {}, {"rows": 10_000})])
    run.sample(0.2)
    chart.update_run(run)
    assert names(chart)[7] == "N11"
    stayed = [i for i in colours if i in chart._colours]
    assert len(stayed) == 7
    assert all(chart._colours[i] == colours[i] for i in stayed)
    chart.clear()
    assert names(chart) == []
    assert chart._empty.isVisibleTo(chart)


def test_a_short_run_fills_the_chart_once_it_has_ended(qtbot):
    chart = SpeedChart(Theme.light())
    qtbot.addWidget(chart)
    chart.begin(str.upper)
    run = run_of({"n0": 5})
    chart.update_run(run)
    assert chart._plot.viewRange()[0][1] >= 2
    run.feed([RunFinished("r1", RunStatus.SUCCEEDED, 0.3)])
    run.sample(0.3)
    chart.update_run(run)
    assert chart._plot.viewRange()[0][1] < 0.5
