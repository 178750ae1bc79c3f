"""What leads to a node and what follows from it, lit until Escape."""

import pytest
from PySide6.QtCore import Qt

from summit_studio.app.shell.paths import paths_of
from summit_studio.document.edits import AddEdge, RemoveEdge
from summit_studio.document.model import Document, Edge, Layout, Node

IDS = ("a", "b", "c", "d", "e", "aside")
EDGES = tuple(
    map(Edge.parse, ("a.kept -> b.rows", "b.kept -> c.rows", "c.kept -> d.rows", "a.kept -> d.rows",
                     "a.kept -> e.rows", "d.kept -> aside.rows"))
)  # fmt: skip
GRAPH = Document(
    "Graph",
    nodes={i: Node(i, "filter", {"condition": "true"}) for i in IDS},
    edges=EDGES,
    layout=Layout({i: (n * 280, 140 * (i == "e")) for n, i in enumerate(IDS)}),
)


def test_a_path_is_what_leads_there_and_what_follows_and_no_edge_that_goes_past():
    before, after, edges = paths_of(GRAPH, ["c"])
    assert (before, after) == ({"a", "b"}, {"d", "aside"})
    assert edges == {e for e in EDGES if str(e) not in {"a.kept -> d.rows", "a.kept -> e.rows"}}
    assert paths_of(GRAPH, ["b", "e"])[0] == {"a"}


@pytest.fixture
def scene(window, settle):
    window.session.bridge.set_document(GRAPH)
    settle()
    window.canvas.zoom_to_fit()
    return window.canvas.scene()


def dimmed(scene) -> set[str]:
    return {i for i, item in scene.shown.nodes.items() if item.dimmed}


def test_p_lights_the_path_of_the_selection_until_escape(window, scene, qtbot):
    canvas, style = window.canvas, scene.stage.style
    window.session.choose_nodes(["c"])
    canvas.setFocus()
    qtbot.keyClick(canvas.viewport(), Qt.Key.Key_P)
    assert dimmed(scene) == {"e"}
    shown = scene.shown.edges
    assert shown[EDGES[0]]._pen() == style.edge_selected
    assert shown[EDGES[4]]._pen() == shown[EDGES[3]]._pen() == style.edge_dimmed
    assert "2 before, 2 behind" in window.status.currentMessage()
    window.session.choose_nodes(["e"])
    assert dimmed(scene) == {"e"}, "what is lit stays, whatever is selected"
    window.session.do(RemoveEdge(EDGES[2]), None)
    window.session.bridge.flush()
    assert dimmed(scene) == {"d", "e", "aside"}
    window.session.do(AddEdge(EDGES[2]), None)
    window.session.bridge.flush()
    assert dimmed(scene) == {"e"}
    qtbot.keyClick(canvas.viewport(), Qt.Key.Key_Escape)
    assert dimmed(scene) == set()
    assert window.session.selection.nodes == ("e",), "the first Escape ends the path alone"
    assert shown[EDGES[4]]._pen() != style.edge_dimmed
    window.session.do(RemoveEdge(EDGES[2]), None)
    window.session.bridge.flush()
    assert dimmed(scene) == set()
    qtbot.keyClick(canvas.viewport(), Qt.Key.Key_Escape)
    assert window.session.selection.nodes == ()


def test_a_path_is_seen_where_all_is_small(window, scene):
    window.session.choose_nodes(["a"])
    window.actions_table.trigger("path")
    assert dimmed(scene) == set()
    window.session.choose_nodes(["e"])
    window.actions_table.trigger("path")
    window.canvas.set_zoom(0.2)
    window.canvas.grab()
    overview = scene.shown.overview
    assert len(overview._dimmed) == 4
    assert len(overview._chosen_lines) >= 1
    window.session.choose_nodes([])
    assert not window.actions_table["path"].isEnabled()
