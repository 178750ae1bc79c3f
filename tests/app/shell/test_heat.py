"""Where time goes: cards coloured by their share of a run's time."""

import pytest
from PySide6.QtCore import Qt

from summit_studio.app.canvas.style import HEAT_STEPS, heat_colours, heat_step, in_percent
from summit_studio.app.look.contrast import PART, STRONG_TEXT, TEXT, contrast
from tests.benchmarks.contrast import THEMES


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_card_can_be_read_however_hot_it_is(theme):
    least = STRONG_TEXT if theme.is_contrast else TEXT
    for ground in heat_colours(theme):
        assert contrast(theme.text, ground) >= least
        assert contrast(theme.muted, ground) >= least
        assert contrast(theme.danger, ground) >= PART


def test_heat_goes_from_none_to_the_hottest():
    assert [heat_step(h) for h in (0.0, 0.01, 0.2, 0.21, 1.0)] == [0, 1, 1, 2, HEAT_STEPS]


def test_a_share_below_one_percent_is_told_with_a_digit():
    assert [in_percent(s) for s in (0.004, 0.0096, 0.01, 0.124, 1)] == [
        "0.4 %", "1.0 %", "1 %", "12 %", "100 %",
    ]  # fmt: skip


def test_a_key_colours_cards_by_their_share_of_time_and_takes_it_off(
    window, pipeline, orders, qtbot, settle
):
    del orders
    action = window.actions_table["heat"]
    assert not action.isEnabled()
    window.session.bridge.set_document(pipeline)
    settle()
    with qtbot.waitSignal(window.supervisor.ended, timeout=60_000):
        window.actions_table.trigger("run")
    stage = window.canvas.scene().stage
    assert {live.share for live in stage.lives.values()} == {None}
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas.viewport(), Qt.Key.Key_H)
    shares = {i: live.share for i, live in stage.lives.items()}
    assert sum(shares.values()) == pytest.approx(1)
    hottest = max(shares, key=shares.get)
    assert stage.lives[hottest].heat == 1
    spent = {i: n.busy_secs for i, n in window.supervisor.state.nodes.items()}
    assert hottest == max(spent, key=spent.get)
    assert window.heat.isVisible()
    title, most = window.session.title_of(hottest), in_percent(shares[hottest])
    assert f"most, {most} at {title}" in window.heat.text()
    assert action.isChecked()
    window.new()
    assert not action.isChecked()
    window.show_tab(0)
    assert action.isChecked()
    qtbot.keyClick(window.canvas.viewport(), Qt.Key.Key_H)
    assert {live.share for live in stage.lives.values()} == {None}
    assert not window.heat.isVisible()
