"""Disabling and bypassing in the window: by a key, several at once, seen at once, and undone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from summit_studio.app.canvas.node_painter import badge_room


@pytest.fixture
def drawn(window, pipeline, settle, orders):
    window.session.bridge.set_document(pipeline)
    settle()
    window.canvas.setFocus()
    return window


def states(window) -> dict[str, str]:
    return {i: n.state for i, n in window.session.document.nodes.items()}


def badges(window) -> dict[str, str]:
    return {i: n.badge for i, n in window.canvas.scene().shown.nodes.items()}


def test_a_key_disables_what_is_chosen_and_what_hangs_on_it_says_why(drawn, settle, qtbot):
    window = drawn
    window.session.choose_nodes(["paid"])
    QTest.keyClick(window.canvas, Qt.Key.Key_D)
    assert states(window)["paid"] == "disabled"
    window.session.bridge.flush()
    assert badges(window)["paid"] == "disabled", "it is seen before any check"
    settle()
    out = window.canvas.scene().shown.nodes["out"]
    assert badges(window) == {"orders": "", "paid": "disabled", "out": "not run"}
    room = badge_room(out.stage.style, out.badge, out.card.height).center()
    tip = out.tip_at(out.left + room.x(), out.top + room.y())
    assert tip == "Does not run: its rows come from 'Filter rows', which is disabled."
    assert window.inspector.head.state.text.startswith("Disabled")
    window.inspector.head.state.buttons[0].click()
    settle()
    assert states(window)["paid"] == "enabled"
    assert badges(window)["out"] != "not run"


def test_several_are_one_step_and_a_second_time_enables_them(drawn, settle):
    window = drawn
    window.session.choose_nodes(["orders", "paid"])
    window.actions_table.trigger("disable")
    assert window.session.bridge.undo_text == "Disable 2 nodes"
    window.actions_table.trigger("disable")
    assert set(states(window).values()) == {"enabled"}
    window.session.bridge.undo()
    window.session.bridge.undo()
    assert set(states(window).values()) == {"enabled"}
    assert not window.session.bridge.can_undo


def test_what_can_be_bypassed_is_and_of_the_rest_it_is_said_why(drawn, settle):
    window = drawn
    window.session.choose_nodes(["orders", "paid", "out"])
    window.actions_table.trigger("bypass")
    assert states(window) == {"orders": "enabled", "paid": "bypassed", "out": "enabled"}
    assert "cannot be bypassed" in window.banner.text.text()
    settle()
    assert window.session.checked.ok


def test_a_run_names_the_sinks_that_it_does_not_write(drawn, settle, qtbot):
    window = drawn
    window.session.choose_nodes(["paid"])
    window.actions_table.trigger("disable")
    settle()
    with qtbot.waitSignal(window.supervisor.ended, timeout=30_000):
        window.actions_table.trigger("run")
        assert "is not written" in window.banner.text.text()
    log = window.run_panel.log.view.toPlainText()
    assert "is not written: its rows come from 'Filter rows', which is disabled." in log
    assert "'Filter rows' does not run: it is disabled." in log
    assert not (window.session.workspace.root / "out").exists()
    window.session.bridge.undo()
    settle()
    assert window.banner.isHidden(), "it no longer holds"
