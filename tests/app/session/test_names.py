"""Nodes with equal titles are told apart, wherever they are named."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from summit_studio.app.look.contrast import contrast
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.names import Names
from summit_studio.app.session.run_state import RunState
from summit_studio.core.events import BatchProcessed, RunStarted
from summit_studio.document.model import Document, Node
from summit_studio.nodes.catalogue import Catalogue


def filters(*conditions: str) -> Document:
    return Document(
        nodes={f"f{i}": Node(f"f{i}", "filter", {"condition": c}) for i, c in enumerate(conditions)}
    )


def test_equal_titles_are_told_apart_by_second_lines_and_at_last_by_ids():
    names = Names(Catalogue.load())
    nodes = {
        **filters("a > 1", "a > 2", "a > 2").nodes,
        "s": Node("s", "sort"),
        "own": Node("own", "filter", {"condition": "a > 2"}, "Large ones"),
    }
    assert names.of(Document(nodes=nodes)) == {
        "f0": "Filter rows · a > 1",
        "f1": "Filter rows · a > 2 (f1)",
        "f2": "Filter rows · a > 2 (f2)",
        "s": "Sort",
        "own": "Large ones",
    }
    assert names.of(Document(nodes={"f0": nodes["f0"]})) == {"f0": "Filter rows"}


def test_long_second_lines_are_cut_and_still_tell_apart():
    alike = "status <> 'cancelled' and amount > 100 and country in ('CH', 'DE')"
    found = Names(Catalogue.load()).of(filters(f"{alike} and x", f"{alike} and y"))
    assert len(set(found.values())) == 2
    assert all(len(name) < 75 for name in found.values())


def test_they_are_told_apart_in_outline_ledger_chart_and_problems(window, settle):
    window.session.bridge.set_document(filters("amount > 1", "amount > 2"))
    settle()
    window.outline.refresh()
    tree = window.outline.tree
    both = ["Filter rows · amount > 1", "Filter rows · amount > 2"]
    assert [tree.topLevelItem(i).text(0) for i in range(2)] == both
    said = {label.text() for label in window.problems.list.findChildren(QLabel)}
    assert set(both) <= said

    run = RunState(window.session.document)
    start = RunStarted("r1", "Orders", ("f0", "f1"), datetime(2026, 11, 23, tzinfo=UTC))
    run.feed([start, *(BatchProcessed(i, {}, {"kept": 5}) for i in ("f0", "f1"))])
    run.sample(0.1)
    panel = window.run_panel
    panel._started(run)
    panel._ticked(run)
    assert [panel.ledger.index(row, 0).data() for row in range(2)] == both
    assert [panel.chart.legend.model.index(row).data() for row in (1, 2)] == both
    for theme in (Theme.light(), Theme.dark()):
        panel.chart.set_theme(theme)
        shades = [panel.chart._shade(i).name() for i in ("f0", "f1")]
        assert len(set(shades)) == 2
        assert min(contrast(s, theme.surface) for s in shades) >= 3


def test_long_names_are_told_apart_in_an_outline_as_narrow_as_it_is_at_first(window, settle):
    long = "a_column_with_a_name IS NOT NULL AND amount > "
    window.session.bridge.set_document(filters(f"{long}1", f"{long}2"))
    settle()
    window.docks.show("outline")
    window.outline.refresh()
    tree = window.outline.tree
    seen = [tree.visualItemRect(tree.topLevelItem(row)) for row in range(2)]
    assert tree.fontMetrics().horizontalAdvance(tree.topLevelItem(0).text(0)) > seen[0].width()
    first, second = (tree.viewport().grab(area).toImage() for area in seen)
    assert first != second


def test_a_node_deleted_since_is_called_what_it_was_in_the_run(window):
    run = filters("amount > 1", "amount > 2")
    window.session.bridge.set_document(Document())
    assert window.session.title_of("f1", run) == "Filter rows · amount > 2"
    assert window.session.title_of("f1") == "f1"


def test_the_outline_follows_what_second_lines_say(window, settle, qtbot):
    from summit_studio.document.edits import SetParams

    window.session.bridge.set_document(filters("amount > 1", "amount > 2"))
    settle()
    item = lambda: window.outline.tree.topLevelItem(0)  # noqa: E731
    qtbot.waitUntil(lambda: item() is not None and item().text(0).endswith("> 1"))
    window.session.do(SetParams("f0", {"condition": "amount > 9"}))
    qtbot.waitUntil(lambda: item() is not None and item().text(0).endswith("> 9"))


def test_nodes_called_the_same_are_offered_titles_that_say_what_they_do(window, settle, qtbot):
    long = "status <> 'cancelled' AND amount > "
    ends = ("1", "2", "1")
    window.session.bridge.set_document(
        Document(
            nodes={
                **filters("qty > 3", *(f"{long}{end}" for end in ends)).nodes,
                "own": Node("own", "filter", {"condition": "a"}, "Large ones"),
                "bare": Node("bare", "filter"),
            }
        )
    )
    settle()
    offer, session = window.inspector.head.offer, window.session
    session.choose_nodes(["own"])
    qtbot.waitUntil(lambda: window.inspector.head.title.text() == "Large ones")
    assert offer.isHidden()
    session.choose_nodes(["f0"])
    qtbot.waitUntil(offer.isVisible)
    assert offer.accessibleName() == "Call it 'Filter rows: qty > 3'"
    offer.setFocus()
    QTest.keyClick(offer, Qt.Key.Key_Space)
    assert session.document.nodes["f0"].title == "Filter rows: qty > 3"
    qtbot.waitUntil(offer.isHidden)
    session.bridge.undo()

    session.choose_nodes(session.document.nodes)
    before = session.document
    window.actions_table.trigger("name_after")
    titles = {i: node.title for i, node in session.document.nodes.items()}
    assert titles == {
        "f0": "Filter rows: qty > 3",
        "f1": "Filter rows: status…lled' AND amount > 1",
        "f2": "Filter rows: status…lled' AND amount > 2",
        "f3": "Filter rows: stat…ed' AND amount > 1 (2)",
        "own": "Large ones",
        "bare": None,
    }
    assert all(len(title or "") <= 40 for title in titles.values())
    session.bridge.undo()
    assert session.document == before
