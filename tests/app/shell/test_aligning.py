"""Bringing things into line: one step each, frames with what they hold, by key and by menu."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from summit_studio.app.session.selection import Selection
from summit_studio.app.session.settings import Settings
from summit_studio.document.edits import MoveNodes, SetNote
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import Frame
from tests.app.shell.test_tidying import Still

KEYS = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def canvas(window, pipeline, settle):
    window.session.bridge.set_document(pipeline)
    window.session.bridge.do(MoveNodes({"orders": (0, 0), "paid": (304, 80), "out": (640, 200)}))
    settle()
    window.canvas.setStyle(Still(parent=window.canvas))
    window.canvas.setFocus()
    window.canvas.select(["orders", "paid", "out"])
    return window.canvas


def places(window):
    return dict(window.session.document.layout.nodes)


@pytest.mark.parametrize(
    ("action", "axis", "found"),
    [
        ("align_left", 0, [0, 0, 0]),
        ("align_centre", 0, [320, 320, 320]),
        ("align_right", 0, [640, 640, 640]),
        ("align_top", 1, [0, 0, 0]),
        ("distribute_across", 0, [0, 320, 640]),
    ],
)
def test_each_brings_all_into_line_in_one_step(window, canvas, action, axis, found):
    before = window.session.document
    window.actions_table.trigger(action)
    after = places(window)
    assert [after[i][axis] for i in ("orders", "paid", "out")] == found
    assert all(after[i][1 - axis] == before.layout.nodes[i][1 - axis] for i in after)
    window.session.bridge.undo()
    assert window.session.document == before


def test_bottoms_and_middles_count_the_heights_of_cards(window, canvas):
    heights = {i: n.card.height for i, n in canvas.scene().shown.nodes.items()}
    window.actions_table.trigger("align_bottom")
    assert len({y + heights[i] for i, (_, y) in places(window).items()}) == 1
    window.session.bridge.undo()
    window.session.bridge.flush()
    window.actions_table.trigger("align_middle")
    assert len({y + heights[i] // 2 for i, (_, y) in places(window).items()}) == 1


def test_keys_align_and_straighten(window, canvas):
    QTest.keyClick(canvas, Qt.Key.Key_Left, KEYS)
    assert {x for x, _ in places(window).values()} == {0}
    window.session.bridge.undo()
    window.session.bridge.flush()
    QTest.keyClick(canvas, Qt.Key.Key_S)
    window.session.bridge.flush()
    for edge in canvas.scene().shown.edges.values():
        assert edge.curve[1] == edge.curve[-1]
    assert [x for x, _ in places(window).values()] == [0, 304, 640]


def test_a_frame_is_aligned_with_all_in_it_and_a_note_beside_it(window, canvas):
    session = window.session
    session.do(SetNote("n", "Why", (40, 400, 200, 96)))
    frame = Frame((280, 40, 300, 160), nodes=("paid",))
    session.do(SetInLayout("frames", "f", frame))
    session.bridge.flush()
    before = session.document
    canvas.select(Selection(nodes=("paid",), notes=("n",), frames=("f",)))
    window.actions_table.trigger("align_left")
    layout = session.document.layout
    assert layout.frames["f"] == replace(frame, box=(40, 40, 300, 160))
    assert layout.nodes["paid"] == (64, 80)
    assert layout.notes["n"] == (40, 400, 200, 96)
    session.bridge.undo()
    assert session.document == before


def test_too_little_selected_is_told(window, canvas):
    canvas.select(["paid"])
    window.actions_table.refresh()
    assert not window.actions_table["align_left"].isEnabled()
    canvas.select(["paid", "out"])
    window.actions_table.refresh()
    assert window.actions_table["align_left"].isEnabled()
    assert not window.actions_table["distribute_down"].isEnabled()


def test_snapping_is_switched_off_in_the_menu_and_stays_off(window, canvas):
    action = window.actions_table["snap"]
    assert action.isChecked()
    assert canvas.snaps
    action.trigger()
    assert not canvas.snaps
    assert not Settings().snaps
    window.refresh()
    assert not action.isChecked()
    window.new()
    assert not window.page.canvas.snaps
