"""Library, quick add and command palette find what people type."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from summit_studio.app.canvas.requests import AddRequest
from summit_studio.app.shell.actions import TABLE
from summit_studio.core.search import best
from summit_studio.document.files import save
from summit_studio.document.model import Node

COMMANDS = {
    "execute": "run", "start": "run", "cancel": "stop", "abort": "stop", "check": "validate",
    "settings": "settings", "checkpoints": "settings", "variables": "properties", "exit": "quit",
    "close": "close_tab",
    "link": "connect", "draw edge": "connect", "unlink": "disconnect", "knife": "cut_edges",
    "clone": "duplicate", "remove": "delete", "deploy": "export", "night mode": "dark",
    "theme": "dark", "hotkeys": "shortcuts", "zoom to fit": "zoom_fit", "fit": "zoom_fit",
    "magnify": "zoom_in", "database": "connections", "password": "connections",
    "new node": "add_node", "insert node": "add_node", "new": "new", "svae": "save",
    "save as": "save_as", "vaildate": "validate", "version": "about", "show rows": "preview",
    "examples": "welcome", "restore": "recover", "file": "open",
}  # fmt: skip


@pytest.mark.parametrize(("query", "first"), COMMANDS.items())
def test_commands_are_found_by_what_people_call_them(query, first):
    assert best(query, TABLE, lambda e: e.names)[0].id == first


def test_every_command_is_first_for_its_own_name():
    for entry in TABLE:
        assert best(entry.name, TABLE, lambda e: e.names)[0] is entry


@pytest.mark.parametrize(
    ("typed", "title"),
    [("group by", "Aggregate"), ("jion", "Join"), ("remove duplicates", "Deduplicate")],
)
def test_the_library_shows_it_first(window, typed, title):
    window.library.search.setText(typed)
    assert window.library.tree.topLevelItem(0).child(0).text(0) == title


def test_quick_add_and_the_palette_show_it_first(window):
    window.quick_add.open_for(AddRequest((0, 0), QPoint(300, 300)))
    window.quick_add.line.setText("top n")
    assert window.quick_add.list.item(0).data(0x0100).value.id == "limit"
    window.quick_add.hide()
    window.commands.open_over(window)
    window.commands.line.setText("exit")
    assert window.commands.list.item(0).data(0x0100).texts[0] == "Quit"
    window.commands.line.setText("average by month")
    assert window.commands.list.item(0).data(0x0100).texts[0] == "Add Aggregate"
    window.commands.hide()


def test_the_palette_adds_the_node_that_it_found(window):
    window.commands.open_over(window)
    QTest.keyClicks(window.commands.line, "remove duplicates")
    QTest.keyClick(window.commands.line, Qt.Key.Key_Return)
    assert [n.type for n in window.session.document.nodes.values()] == ["deduplicate"]


def test_nodes_do_not_come_before_the_commands_that_are_meant(window):
    offered, names = window.commands._offered(), {e.id: e.name for e in TABLE}
    able = {c.texts[0] for c in offered}
    meant = {q: names[i] for q, i in COMMANDS.items() if names[i] in able}
    assert len(meant) > 20
    found = {q: best(q, offered, lambda c: c.texts)[0].texts[0] for q in meant}
    assert found == meant


def test_the_palette_goes_to_a_node_and_opens_a_recent_file(window, settle, pipeline, qtbot, home):
    two = replace(pipeline, nodes=pipeline.nodes | {"low": Node("low", "filter", {}, "Small ones")})
    file = home / "orders.summit.json"
    save(two, file)
    window.begin_asked.emit(file)
    qtbot.waitUntil(lambda: window.page.path == file)
    settle()
    window.activateWindow()
    QTest.keyClick(window.canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(window.commands.line, "small on")
    QTest.keyClick(window.commands.line, Qt.Key.Key_Return)
    assert window.session.selection.nodes == ("low",)
    # A word of what it does finds it too; what adds a node of the type comes first.
    window.commands.open_over(window)
    QTest.keyClicks(window.commands.line, "cancelled")
    assert window.commands.list.item(0).data(0x0100).value.node_id == "paid"
    window.commands.line.setText("filter")
    assert window.commands.list.item(0).data(0x0100).texts[0] == "Add Filter rows"
    window.commands.hide()
    window.new()
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(window.commands.line, "orders.sum")
    QTest.keyClick(window.commands.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page.path == file)


def test_what_nothing_fits_says_so(window):
    window.library.search.setText("zookeeper")
    assert window.library.tree.topLevelItem(0).text(0) == "Nothing fits"
