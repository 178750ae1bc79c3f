import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.bridge import Bridge
from summit_studio.core.errors import InvalidDocument
from summit_studio.document.edits import (
    AddEdge,
    AddNode,
    MoveNodes,
    RemoveEdge,
    SetNote,
    SetParams,
    SetTitle,
    removal,
)
from summit_studio.document.model import Document, Edge, Node, PortRef

IDS = ["a", "b", "c", "d"]


def two_nodes() -> Document:
    nodes = {i: Node(i, "filter") for i in ("a", "b")}
    return Document(nodes=nodes)


def edge(a: str, b: str) -> Edge:
    return Edge(PortRef(a, "rows"), PortRef(b, "rows"))


ids = st.sampled_from(IDS)
points = st.tuples(st.integers(-50, 50), st.integers(-50, 50))
texts = st.text(max_size=3)
edits = st.one_of(
    st.builds(lambda i, p: AddNode(Node(i, "filter"), p), ids, points),
    st.builds(lambda i, p: MoveNodes({i: p}), ids, points),
    st.builds(lambda a, b: AddEdge(edge(a, b)), ids, ids),
    st.builds(lambda a, b: RemoveEdge(edge(a, b)), ids, ids),
    st.builds(lambda i, t: SetParams(i, {"expression": t}, "expression"), ids, texts),
    st.builds(SetTitle, ids, texts),
    st.builds(lambda i, t: SetNote(i, t, (1, 2, 3, 4)), st.sampled_from(["n", "m"]), texts),
)


def fingerprint(document: Document) -> tuple:
    """Equal only for the same values in the same order."""
    layout = document.layout
    return (
        document, tuple(document.nodes), tuple(document.notes), tuple(layout.nodes),
        tuple(layout.notes),
    )  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(edits, st.sampled_from([None, "typing", "dragging"])), max_size=25))
def test_undoing_and_redoing_everything_passes_the_very_same_documents(qapp, steps):
    bridge = Bridge()
    seen = [fingerprint(bridge.document)]
    for edit, gesture in steps:
        before, count = bridge.document, bridge.undo_text
        try:
            bridge.do(edit, gesture)
        except InvalidDocument:
            assert bridge.document is before
            assert bridge.undo_text == count
    forward = fingerprint(bridge.document)
    while bridge.can_undo:
        seen.insert(1, fingerprint(bridge.document))
        bridge.undo()
    assert fingerprint(bridge.document) == seen[0]
    for expected in seen[1:]:
        bridge.redo()
        assert fingerprint(bridge.document) == expected
    assert not bridge.can_redo
    assert fingerprint(bridge.document) == forward


def test_many_edits_of_one_turn_are_told_once(qtbot):
    bridge = Bridge(two_nodes())
    first = bridge.document
    told = []
    bridge.changed.connect(told.append)
    bridge.do(SetTitle("a", "A"))
    bridge.do(SetTitle("b", "B"))
    assert told == []
    QApplication.processEvents()
    assert len(told) == 1
    assert told[0].previous is first
    assert told[0].document is bridge.document
    QApplication.processEvents()
    assert len(told) == 1


def test_flush_tells_at_once_and_only_once(qtbot):
    bridge = Bridge(two_nodes())
    told = []
    bridge.changed.connect(told.append)
    bridge.do(SetTitle("a", "A"))
    bridge.flush()
    QApplication.processEvents()
    assert len(told) == 1


def test_an_edit_that_does_not_fit_changes_nothing(qtbot):
    bridge = Bridge(two_nodes())
    before = bridge.document
    with pytest.raises(InvalidDocument):
        bridge.do(SetTitle("nobody", "x"))
    assert bridge.document is before
    assert not bridge.can_undo
    assert bridge.clean


def test_typing_in_one_field_is_one_undo_step_and_two_gestures_are_two(qtbot):
    bridge = Bridge(two_nodes())
    for text in ("x", "x >", "x > 1"):
        bridge.do(SetParams("a", {"where": text}, "where"), "first")
    bridge.do(SetParams("a", {"where": "x > 12"}, "where"), "second")
    bridge.undo()
    assert bridge.document.nodes["a"].params == {"where": "x > 1"}
    bridge.undo()
    assert bridge.document.nodes["a"].params == {}
    assert not bridge.can_undo
    bridge.redo()
    assert bridge.document.nodes["a"].params == {"where": "x > 1"}


def test_typing_in_two_fields_is_two_undo_steps(qtbot):
    bridge = Bridge(two_nodes())
    bridge.do(SetParams("a", {"where": "x"}, "where"), "gesture")
    bridge.do(SetParams("a", {"where": "x", "limit": 1}, "limit"), "gesture")
    bridge.undo()
    assert bridge.document.nodes["a"].params == {"where": "x"}


def test_a_dragged_note_keeps_its_place_when_its_text_is_typed(qtbot):
    bridge = Bridge(two_nodes())
    bridge.do(SetNote("n", "Why", (1, 2, 30, 40)))
    bridge.do(SetNote("n", "Why", (5, 6, 30, 40)), "gesture")
    bridge.do(SetNote("n", "Why not"), "gesture")
    bridge.undo()
    bridge.redo()
    assert bridge.document.layout.notes["n"] == (5, 6, 30, 40)
    bridge.undo()
    bridge.undo()
    assert bridge.document.layout.notes["n"] == (1, 2, 30, 40)


def test_edits_without_a_gesture_never_merge(qtbot):
    bridge = Bridge(two_nodes())
    bridge.do(SetTitle("a", "1"))
    bridge.do(SetTitle("a", "2"))
    bridge.undo()
    assert bridge.document.nodes["a"].title == "1"


def test_edits_of_one_gesture_that_do_not_belong_together_stay_apart(qtbot):
    bridge = Bridge(two_nodes())
    bridge.do(SetTitle("a", "1"), "gesture")
    bridge.do(SetTitle("b", "2"), "gesture")
    bridge.undo()
    assert bridge.document.nodes["a"].title == "1"
    assert bridge.document.nodes["b"].title is None


def test_texts_and_clean_state(qtbot):
    bridge = Bridge(two_nodes())
    assert bridge.clean
    bridge.do(SetTitle("a", "A"))
    assert (bridge.undo_text, bridge.redo_text) == ("Rename a", "")
    assert not bridge.clean
    bridge.mark_saved()
    assert bridge.clean
    bridge.undo()
    assert (bridge.undo_text, bridge.redo_text) == ("", "Rename a")
    assert not bridge.clean
    bridge.redo()
    assert bridge.clean
    bridge.do(SetTitle("b", "B"))
    bridge.revert()
    assert bridge.clean
    assert bridge.redo_text == "Rename b"


def test_edits_made_while_a_worker_saves_stay_unsaved(qtbot):
    bridge = Bridge(two_nodes())
    bridge.do(SetTitle("a", "A"))
    saving = bridge.document
    bridge.do(SetTitle("a", "B"))
    bridge.mark_saved(saving)
    assert not bridge.clean


def test_another_document_clears_the_history(qtbot):
    bridge = Bridge(two_nodes())
    bridge.do(removal(bridge.document, ["a"]))
    other = Document(name="Other")
    bridge.set_document(other)
    assert bridge.document is other
    assert not bridge.can_undo
    assert bridge.clean


def test_every_edit_reaches_the_journal_undone_ones_too(qtbot):
    bridge = Bridge(two_nodes())
    journal = []
    bridge.edited.connect(journal.append)
    start = bridge.document
    bridge.do(SetTitle("a", "A"))
    bridge.do(MoveNodes({"a": (8, 8)}))
    bridge.undo()
    bridge.redo()
    replayed = start
    for edit in journal:
        replayed = edit.apply(replayed)
    assert replayed == bridge.document
    assert len(journal) == 4
