"""Tidying up in the window: one step of the history, shown by a short motion that never lasts."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProxyStyle, QStyle

from summit_studio.app.canvas.gliding import Glide
from summit_studio.app.shell.actions import ON_CANVAS, ON_SELECTION
from summit_studio.document.edits import MoveNodes, removal
from summit_studio.document.model import Document, Edge


class Still(QProxyStyle):
    """A style of people who want nothing to move; or for whom all takes its time."""

    milliseconds = 0

    def styleHint(self, hint, option=None, widget=None, data=None):  # noqa: N802 - Qt's name
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return self.milliseconds
        return super().styleHint(hint, option, widget, data)


class Moving(Still):
    milliseconds = 200


@pytest.fixture
def canvas(window, pipeline, settle):
    """The canvas, with a pipeline that is drawn badly."""
    window.session.bridge.set_document(pipeline)
    window.session.bridge.do(MoveNodes({"paid": (-90, 500), "out": (30, 120)}))
    settle()
    window.canvas.setStyle(Still(parent=window.canvas))
    window.canvas.setFocus()
    return window.canvas


def shown(canvas) -> dict[str, tuple[float, float]]:
    return {i: (n.left, n.top) for i, n in canvas.scene().shown.nodes.items()}


def tidy(qtbot, window, action: str = "tidy") -> Document:
    before = window.session.document
    window.actions_table.trigger(action)
    qtbot.waitUntil(lambda: window.session.document is not before)
    return window.session.document


def test_it_is_one_step_and_the_chosen_node_stays_before_the_eyes(qtbot, window, canvas):
    canvas.select(("paid",))
    canvas.center_on_node("paid")
    spot = canvas.mapFromScene(*canvas.scene().shown.nodes["paid"].middle)
    before = window.session.document
    places = tidy(qtbot, window).layout.nodes
    assert places["orders"][0] < places["paid"][0] < places["out"][0]
    assert canvas.mapFromScene(*canvas.scene().shown.nodes["paid"].middle) == spot
    assert shown(canvas) == {i: tuple(map(float, p)) for i, p in places.items()}
    assert window.session.bridge.undo_text == "Tidy up"
    window.session.bridge.undo()
    assert window.session.document == before


def test_the_key_tidies_the_selection_only(qtbot, window, canvas):
    canvas.select(("orders", "paid"))
    before = window.session.document
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(canvas, Qt.Key.Key_L, keys)
    qtbot.waitUntil(lambda: window.session.document is not before)
    places = window.session.document.layout.nodes
    assert places["out"] == (30, 120)
    assert places["paid"][0] - places["orders"][0] == 280
    canvas.select(("paid",))
    window.actions_table.refresh()
    assert not window.actions_table["tidy_selection"].isEnabled()
    assert window.actions_table["tidy"].isEnabled()


def test_what_is_edited_while_places_are_looked_for_is_kept(qtbot, window, canvas):
    window.actions_table.trigger("tidy")
    window.session.do(removal(window.session.document, ["out"]))
    qtbot.waitUntil(lambda: window.session.bridge.undo_text == "Tidy up")
    assert set(window.session.document.layout.nodes) == {"orders", "paid"}


def test_a_tidy_pipeline_is_said_to_be(qtbot, window, canvas):
    tidy(qtbot, window)
    step = window.session.bridge.undo_text, window.session.document
    with qtbot.waitSignal(window.session.noticed) as said:
        window.actions_table.trigger("tidy")
    assert "tidy" in said.args[0].text
    assert (window.session.bridge.undo_text, window.session.document) == step


def test_cards_glide_to_where_the_document_has_put_them_at_once(qtbot, window, canvas):
    canvas.setStyle(Moving(parent=canvas))
    before = shown(canvas)
    places = {i: tuple(map(float, p)) for i, p in tidy(qtbot, window).layout.nodes.items()}
    assert shown(canvas) != places
    assert shown(canvas).keys() == before.keys()
    qtbot.waitUntil(lambda: shown(canvas) == places)


def test_edges_go_round_cards_again_when_these_stand(qtbot, window, canvas):
    canvas.setStyle(Moving(parent=canvas))
    edge = Edge.parse("paid.kept -> out.rows")
    assert canvas.glide(MoveNodes({"orders": (0, 0), "paid": (300, 0), "out": (-300, 0)}))
    assert len(canvas.scene().shown.edges[edge].curve) == 8
    qtbot.waitUntil(lambda: not canvas.findChild(Glide).under_way)
    assert len(canvas.scene().shown.edges[edge].curve) > 8


@pytest.mark.parametrize("how", ["press", "key", "undo", "edit"])
def test_the_motion_ends_at_once_when_a_person_goes_on(qtbot, window, canvas, how):
    slow = Moving(parent=canvas)
    slow.milliseconds = 60_000
    canvas.setStyle(slow)
    glide = canvas.findChild(Glide)
    tidy(qtbot, window)
    assert glide.under_way
    if how == "press":
        QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=canvas.rect().center())
        QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    elif how == "key":
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
    elif how == "undo":
        window.session.bridge.undo()
        window.session.bridge.flush()
    else:
        window.session.do(MoveNodes({"out": (2000, 0)}))
        window.session.bridge.flush()
    document = window.session.document
    assert not glide.under_way
    assert shown(canvas) == {i: tuple(map(float, p)) for i, p in document.layout.nodes.items()}


def test_a_picture_that_was_whole_is_whole_again(qtbot, window, canvas):
    canvas.zoom_to_fit()
    assert canvas.shows_everything()
    tidy(qtbot, window)
    assert canvas.shows_everything()


def test_all_and_the_selection_are_in_the_menus_of_the_canvas():
    assert "tidy" in ON_CANVAS
    assert "tidy_selection" in ON_SELECTION
