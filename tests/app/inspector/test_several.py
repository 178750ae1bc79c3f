"""Several nodes of one type are changed at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.selection import Selection
from summit_studio.document.model import Node


@pytest.fixture
def choose(window, nodes):
    def of(*made: Node):
        nodes(*made)
        window.session.choose(Selection(tuple(node.id for node in made)))
        QApplication.processEvents()
        return window.inspector.several.form

    return of


def params(window):
    return [dict(node.params) for node in window.session.document.nodes.values()]


def test_what_differs_says_so_and_a_change_goes_to_all_in_one_step(window, choose, qtbot):
    before = [
        {"how": "left", "suffix": "_a", "keep_order": False},
        {"suffix": "_b", "keys": [{"left": "x", "right": "y"}]},
    ]
    form = choose(Node("a", "join", before[0]), Node("b", "join", before[1]))
    assert window.inspector.several.title.text() == "2 nodes: Join"
    suffix, how, order = (form.fields[n] for n in ("suffix", "how", "keep_order"))
    assert [f._marker.text() for f in (suffix, how, order)] == ["several values"] * 3
    assert (suffix.value(), how.value()) == ("", None)
    assert order.box.checkState() is Qt.CheckState.PartiallyChecked
    assert params(window) == before
    QTest.keyClicks(suffix.target, "_r2")
    assert [p["suffix"] for p in params(window)] == ["_r2", "_r2"]
    qtbot.waitUntil(lambda: not suffix._marker.isVisible())
    assert [p.get("how") for p in params(window)] == ["left", None]
    window.session.bridge.undo()
    assert params(window) == before
    qtbot.waitUntil(suffix._marker.isVisible)
    order.box.click()
    assert ["keep_order" in p for p in params(window)] == [False, False]
    assert order.box.checkState() is Qt.CheckState.Checked


def test_nodes_of_two_types_have_no_form(window, choose):
    assert choose(Node("a", "join"), Node("b", "filter")) is None
    assert window.inspector._stack.currentWidget() is window.inspector._empty
