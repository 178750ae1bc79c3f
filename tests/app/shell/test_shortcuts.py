"""The page of keys: all that is done by keys and hands, found by words, changed and kept."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItemIterator

from summit_studio.app.shell.actions import BY_HAND, TABLE, Entry
from summit_studio.app.shell.keymap import Keymap, portable
from summit_studio.app.shell.shortcuts import ShortcutsPage
from summit_studio.app.shell.starting import make_application, make_window
from summit_studio.document.edits import AddNode
from summit_studio.document.model import Node

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def rows(page: ShortcutsPage, *, shown: bool = False) -> dict[str, str]:
    """What the page lists, with its keys."""
    found, each = {}, QTreeWidgetItemIterator(page.tree)
    while each.value() is not None:
        item = each.value()
        if item.parent() is not None and not (shown and item.isHidden()):
            found[item.text(0)] = item.text(1)
        each += 1
    return found


@pytest.fixture
def page(window, qtbot):
    QTest.keyClick(window.canvas, Key.Key_F1)
    found = window.findChild(ShortcutsPage)
    qtbot.waitExposed(found)
    found.activateWindow()
    return found


def back_to(window, page, qtbot):
    """Close the page and work on the canvas again."""
    page.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()


def press(page: ShortcutsPage, action_id: str, key: Qt.Key, held=Qt.KeyboardModifier.NoModifier):
    """Choose an action and press a new key for it, as a person does without a mouse."""
    page.choose(action_id)
    QTest.keyClick(page.tree, Key.Key_Return)
    assert page.adds.isChecked()
    QTest.keyClick(page.adds, key, held)


def test_every_action_and_every_gesture_is_listed_and_words_and_keys_find_it(page):
    listed = rows(page)
    assert listed.keys() == {e.name for e in TABLE} | {h.what for h in BY_HAND}
    assert listed["Undo"] == "Ctrl+Z"
    assert listed["Cut edges by a stroke"]
    page.line.setText("arrange")
    assert {"Tidy up", "Tidy up selection"} <= rows(page, shown=True).keys()
    assert "Undo" not in rows(page, shown=True)
    page.line.setText("ctrl+shift+l")
    assert rows(page, shown=True).keys() == {"Tidy up selection"}
    page.line.setText("middle drag")
    assert rows(page, shown=True).keys() == {"Look elsewhere"}
    page.line.setText("qqqq")
    assert not rows(page, shown=True)
    assert page.nothing.isVisible()


def test_a_new_key_works_at_once_everywhere_and_is_kept(window, page, qtbot, home):
    press(page, "validate", Key.Key_L, CONTROL | Qt.KeyboardModifier.AltModifier)
    action = window.actions_table["validate"]
    assert [k.toString() for k in action.shortcuts()] == ["F7", "Ctrl+Alt+L"]
    page.chips[0].click()
    assert [k.toString() for k in action.shortcuts()] == ["Ctrl+Alt+L"]
    assert action.toolTip().startswith("Validate (Ctrl+Alt+L)")
    assert rows(page)["Validate"] == "Ctrl+Alt+L"
    window.commands.open_over(window)
    notes = {c.texts[0]: c.note for c in window.commands._offered()}
    assert notes["Validate"] == "Ctrl+Alt+L"
    window.commands.hide()
    back_to(window, page, qtbot)
    with qtbot.waitSignal(action.triggered):
        QTest.keyClick(window.canvas, Key.Key_L, CONTROL | Qt.KeyboardModifier.AltModifier)
    assert Keymap(home / "keys.json").keys("validate") == ("Ctrl+Alt+L",)
    second = make_window()
    assert second.actions_table.key("validate") == "Ctrl+Alt+L"
    second.owner.shut_down()
    second.leave()
    second.deleteLater()


def test_the_keys_of_the_canvas_follow_too(window, page, qtbot):
    press(page, "delete", Key.Key_R)
    for _ in range(2):
        page.chips[0].click()
    back_to(window, page, qtbot)
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.session.bridge.flush()
    window.canvas.select(["a"])
    QTest.keyClick(window.canvas, Key.Key_Delete)
    assert "a" in window.session.document.nodes
    QTest.keyClick(window.canvas, Key.Key_R)
    assert "a" not in window.session.document.nodes


def test_a_key_that_is_taken_is_named_and_a_person_chooses(window, page):
    press(page, "validate", Key.Key_L, CONTROL)
    assert page.question.isVisible()
    assert page.asked.text() == "Ctrl+L is the key of “Tidy up”."
    QTest.keyClick(page.leaves, Key.Key_Space)
    assert not page.question.isVisible()
    assert window.actions_table.key("tidy") == "Ctrl+L"
    assert window.actions_table.key("validate") == "F7"
    press(page, "validate", Key.Key_L, CONTROL)
    QTest.keyClick(page.takes, Key.Key_Space)
    assert window.actions_table.key("tidy") == ""
    assert [k.toString() for k in window.actions_table["validate"].shortcuts()] == ["F7", "Ctrl+L"]
    press(page, "run", Key.Key_L, CONTROL)
    page.takes.click()
    assert [k.toString() for k in window.actions_table["validate"].shortcuts()] == ["F7"]
    assert [k.toString() for k in window.actions_table["run"].shortcuts()] == ["F5", "Ctrl+L"]


def test_what_the_canvas_does_itself_and_escape_cannot_be_given(window, page):
    press(page, "validate", Key.Key_Left)
    assert "cannot be given away" in page.told.text()
    assert "walk along edges" in page.told.text()
    page.choose("validate")
    QTest.keyClick(page.tree, Key.Key_Return)
    QTest.keyClick(page.adds, Key.Key_Escape)
    assert not page.adds.isChecked()
    assert page.isVisible()
    assert window.actions_table.key("validate") == "F7"


def test_one_and_all_can_be_reset(window, page, home):
    press(page, "validate", Key.Key_L, CONTROL)
    page.takes.click()
    press(page, "run", Key.Key_F12)
    page.choose("tidy")
    page.resets.click()
    assert page.asked.text() == "Ctrl+L is the key of “Validate”."
    page.takes.click()
    assert window.actions_table.key("tidy") == "Ctrl+L"
    assert rows(page)["Validate"] == "F7"
    assert rows(page)["Run"] == "F5 or F12"
    page.resets_all.click()
    assert rows(page)["Run"] == "F5"
    assert json.loads((home / "keys.json").read_text()) == {}
    assert not page.resets_all.isEnabled()


def told(editor) -> str:
    banner = editor.windows[0].news
    return f"{banner.text.text()} {banner.detail.text()}"


@pytest.fixture
def start(home):
    """Start an editor on what the file of keys says."""
    made = []

    def begin(text: str):
        make_application([])
        (home / "keys.json").write_text(text)
        from summit_studio.app.shell.editor import Editor

        editor = Editor()
        editor.restore()
        made.append(editor)
        return editor

    yield begin
    for editor in made:
        editor.shut_down()
        for window in list(editor.windows):
            window.leave()
            window.deleteLater()


def test_a_file_that_cannot_be_read_is_said_and_put_aside(start, home):
    editor = start("{ nonsense")
    assert "Keys of your own are not used" in told(editor)
    assert str(home / "keys.json") in told(editor)
    assert editor.keymap.keys("run") == ("F5",)
    editor.keymap.give("run", ("F12",))
    assert json.loads((home / "keys.json").read_text()) == {"run": ["F12"]}
    assert (home / "keys.broken.json").read_text() == "{ nonsense"


def test_keys_that_are_not_used_are_named_and_the_others_are(start, home):
    mixed = {
        "run": ["Ctrl+Foo", "F12"], "tidy": ["F12", "Ctrl+Alt+T"], "stop": "F10", "save": ["Left"],
        "new_in_later_versions": ["F12"], "validate": [],
    }  # fmt: skip
    editor = start(json.dumps(mixed))
    said = told(editor)
    for what in ("'Ctrl+Foo' of 'run'", "'F12' of 'tidy'", "'stop'", "'Left' of 'save'",
                 "'new_in_later_versions'"):  # fmt: skip
        assert what in said
    keys = editor.windows[0].actions_table
    assert [keys.key(i) for i in ("run", "tidy", "stop", "save", "validate")] == [
        "F12", "Ctrl+Alt+T", "Shift+F5", "Ctrl+S", "",
    ]  # fmt: skip
    editor.keymap.give("new", ("Ctrl+Alt+N",))
    kept = json.loads((home / "keys.json").read_text())
    assert kept["new_in_later_versions"] == ["F12"]
    assert kept["validate"] == []


def test_a_folder_that_cannot_be_written_is_said_and_the_key_holds(window, page, home):
    (home / "keys.json").mkdir()
    press(page, "run", Key.Key_F12)
    assert "Cannot keep the keys that you chose" in page.told.text()
    assert [k.toString() for k in window.actions_table["run"].shortcuts()] == ["F5", "F12"]


def test_the_table_has_no_key_twice_and_none_of_the_canvas_itself():
    fixed = {key for hand in BY_HAND for key in hand.keys}
    mine = [key for e in TABLE for key in e.keys]
    assert all(portable(k) == QKeySequence(k).toString() != "" for k in (*mine, *fixed))
    assert len(set(mine)) == len(mine)
    assert not fixed & set(mine)
    assert isinstance(TABLE[0], Entry)
