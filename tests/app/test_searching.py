"""Library, quick add and command palette find what people type."""

import pytest
from PySide6.QtCore import QPoint

from summit_studio.app.shell.actions import TABLE
from summit_studio.core.search import best

COMMANDS = {
    "execute": "run", "start": "run", "cancel": "stop", "abort": "stop", "check": "validate",
    "settings": "settings", "checkpoints": "settings", "variables": "properties", "exit": "quit",
    "close": "close_tab",
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
    window.quick_add.open_for(QPoint(300, 300), (0, 0))
    window.quick_add.line.setText("top n")
    assert window.quick_add.list.item(0).data(0x0100).value.id == "limit"
    window.quick_add.hide()
    window.commands.open_over(window)
    window.commands.line.setText("exit")
    assert window.commands.list.item(0).data(0x0100).texts[0] == "Quit"
    window.commands.hide()


def test_what_nothing_fits_says_so(window):
    window.library.search.setText("zookeeper")
    assert window.library.tree.topLevelItem(0).text(0) == "Nothing fits"
