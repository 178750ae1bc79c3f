from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QStyleOptionViewItem, QTreeWidget, QTreeWidgetItem

from summit_studio.app.look.contrast import PART, contrast, luminance, seen_on
from summit_studio.app.look.muted import Muted
from summit_studio.app.look.theme import Theme
from summit_studio.app.panels.lines import MOST
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.theming import theme_of
from summit_studio.core.events import RunStarted
from summit_studio.document.model import Document, Node
from tests.benchmarks.contrast import THEMES, pairs


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_is_to_be_read_or_found_has_the_contrast_of_wcag_2_2_aa(theme: Theme):
    found = list(pairs(theme))
    assert len(found) > 50
    assert [pair for pair in found if pair.found < pair.least] == []


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert luminance("#FF0000") == pytest.approx(0.2126)


@pytest.mark.parametrize("ground", ["#FFFFFF", "#1D2634", "#808080"])
@pytest.mark.parametrize("colour", ["#F0E442", "#0072B2", "#808080"])
def test_a_colour_is_changed_no_more_than_it_must_be_to_be_seen(colour: str, ground: str):
    seen = seen_on(colour, ground)
    assert contrast(seen, ground) >= PART
    if contrast(colour, ground) >= PART:
        assert seen == colour
    else:
        assert contrast(seen, ground) < PART * 1.15


def test_the_theme_is_the_systems_until_one_is_chosen(window):
    actions, theming = window.actions_table, window.owner.theming
    followed = theme_of(Settings())
    theming.on_system_theme(True)
    assert actions["system_theme"].isChecked()
    assert window.session.theme == followed
    actions["contrast"].trigger()
    assert window.session.theme == Theme.of(dark=followed.is_dark, contrast=True)
    assert not actions["system_theme"].isChecked()
    actions["dark"].trigger()
    assert window.session.theme == Theme.of(dark=not followed.is_dark, contrast=True)
    assert theme_of(Settings()) == window.session.theme
    actions["system_theme"].trigger()
    assert window.session.theme == followed
    assert actions["system_theme"].isChecked()
    assert not actions["contrast"].isChecked()


def test_a_system_that_changes_is_asked_anew_what_it_wants(window, qapp):
    window.owner.theming.on_system_theme(True)
    before = window.session.theme
    # No platform of the tests can be turned dark: what is remembered stands in for its answer.
    window.settings.dark = not before.is_dark
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert window.session.theme == Theme.of(dark=not before.is_dark)
    window.settings.dark = None
    qapp.styleHints().accessibility().contrastPreferenceChanged.emit(
        Qt.ContrastPreference.NoPreference
    )
    assert window.session.theme == before


def test_lines_of_a_chart_are_drawn_in_colours_that_the_theme_shows(window, qtbot):
    chart = window.run_panel.chart
    ids = tuple(f"n{number}" for number in range(MOST + 1))
    run = RunState(Document(nodes={i: Node(i, "filter") for i in ids}))
    run.feed([RunStarted("r1", "Orders", ids, datetime(2026, 11, 23, tzinfo=UTC))])
    run.sample(0.1)
    chart.begin(str)
    chart.update_run(run)
    for node_id in ids:
        if not chart.lines.shows(node_id):
            chart.legend.toggled.emit(node_id)
    assert len(chart.lines.strokes) == MOST
    for theme in THEMES:
        chart.set_theme(theme)
        for curve in (chart._curves[i] for i in chart.lines.strokes):
            colour = QColor(curve.opts["pen"].color()).name()
            assert contrast(colour, theme.surface) >= PART


def test_second_lines_take_the_colour_of_each_theme_as_it_comes(window, qtbot):
    tree = QTreeWidget()
    qtbot.addWidget(tree)
    row = QTreeWidgetItem(tree, ["a column"])
    QTreeWidgetItem(row, ["why"])
    delegate = Muted(tree, nested=True)
    for theme in THEMES:
        window.owner.theming.take(theme)
        top, second = QStyleOptionViewItem(), QStyleOptionViewItem()
        delegate.initStyleOption(top, tree.indexFromItem(row))
        delegate.initStyleOption(second, tree.indexFromItem(row.child(0)))
        assert second.palette.text().color() == QColor(theme.faint)
        assert top.palette.text().color() != QColor(theme.faint)
