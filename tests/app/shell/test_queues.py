"""Where rows pile up in a run: edges by colour and width, and a line that says so."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QColor

from summit_studio.app.canvas.style import FILL_STEPS, Style, fill_colours, fill_step
from summit_studio.app.look.contrast import PART, contrast
from summit_studio.document.model import Document, Edge, Layout, Node
from summit_studio.workspace.trust import trust
from tests.benchmarks.contrast import THEMES

INTO_SLOW, INTO_SINK = Edge.parse("rows.rows -> slow.rows"), Edge.parse("slow.rows -> out.rows")
CODE = """
import pathlib, time
def process(rows):
    while not pathlib.Path({gate!r}).exists():
        time.sleep(0.02)
    return rows
"""


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_an_edge_is_seen_however_full_its_queue_and_told_from_an_empty_one(theme, qapp):
    colours = fill_colours(theme)
    assert min(contrast(colour, theme.canvas) for colour in colours) >= PART
    assert QColor(colours[-1]) == QColor(theme.warning)
    widths = [pen.widthF() for pen in Style(theme).fills]
    assert widths == sorted(set(widths))
    assert widths[0] > Style(theme).edge.widthF()


def test_next_to_nothing_in_a_queue_is_not_shown():
    assert [fill_step(f) for f in (0, 0.1, 0.2, 0.5, 1)] == [0, 0, 1, 2, FILL_STEPS]


@pytest.fixture
def held(home):
    """A pipeline whose second node waits for a file, and that file."""
    folder = home / "workspace"
    folder.mkdir()
    trust(folder)
    gate = folder / "go"
    nodes = {
        "rows": Node("rows", "sample_source", {"kind": "orders", "rows": 2_000}),
        "slow": Node("slow", "python", {"code": CODE.format(gate=str(gate))}, title="Score"),
        "out": Node("out", "csv_sink", {"path": "out.csv"}),
    }
    layout = Layout({"rows": (0, 0), "slow": (300, 0), "out": (600, 0)})
    settings = {"performance": {"batch_rows": 100}}
    document = Document("Held", nodes=nodes, edges=(INTO_SLOW, INTO_SINK), layout=layout)
    yield replace(document, settings=settings), gate
    gate.touch()


def test_a_run_shows_before_which_node_rows_pile_up_until_it_ends(held, window, qtbot, settle):
    document, gate = held
    window.session.bridge.set_document(document)
    settle()
    stage = window.canvas.scene().stage
    with qtbot.waitSignal(window.supervisor.ended, timeout=90_000):
        window.actions_table.trigger("run")
        qtbot.waitUntil(lambda: stage.fills.get(INTO_SLOW) == FILL_STEPS, timeout=30_000)
        assert INTO_SINK not in stage.fills
        item = window.canvas.scene().shown.edges[INTO_SLOW]
        assert item._pen() == stage.style.fills[-1]
        assert window.queues.isVisible()
        said = window.queues.accessibleDescription
        qtbot.waitUntil(lambda: said() == "most before 'Score', 100%")
        window.canvas.set_zoom(0.2)
        overview = window.canvas.scene().shown.overview
        qtbot.waitUntil(lambda: FILL_STEPS in overview._filled)
        window.canvas.reset_zoom()
        gate.touch()
    assert stage.fills == {}
    assert not window.queues.isVisible()
    assert window.run_panel.chart.cpu.text.startswith("up to")
    assert window.supervisor.state.memory.peak > 2**20
