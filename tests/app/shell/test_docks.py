"""Panels stand where people put them: by a drag, by their menu, by a command for the keyboard."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTabBar

from summit_studio.app.shell.docks import Side


def tab_of(page, title):
    """The bar with a panel's tab, and the middle of that."""
    for bar in page.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        for at in range(bar.count()):
            if bar.isVisible() and bar.tabText(at) == title:
                return bar, bar.tabRect(at).center()
    raise AssertionError(f"no tab {title}")


def docked(window, title):
    bars = window.page.findChildren(QTabBar)
    return any(b.isVisible() and title in map(b.tabText, range(b.count())) for b in bars)


@pytest.fixture
def tabbed(window, qtbot):
    qtbot.waitUntil(lambda: docked(window, "Run"))
    return window


def titles_seen(window):
    """The panels that say their own name, as no tab does."""
    heads = window.docks._heads
    return {name for name, head in heads.items() if head.isVisible() and head.height()}


def test_a_panel_is_moved_by_keys_stays_there_on_every_tab_and_is_reset(tabbed, qtbot):
    window = tabbed
    window.actions_table["move_panel"].trigger()
    QTest.keyClicks(window.mover.popup.line, "run right")
    QTest.keyClick(window.mover.popup.line, Qt.Key.Key_Return)
    assert window.docks.side_of("run") is Side.RIGHT
    qtbot.waitUntil(lambda: tab_of(window.page, "Run")[0] is tab_of(window.page, "Inspector")[0])
    qtbot.waitUntil(lambda: titles_seen(window) == set())  # Tabs say the names of both.
    window.new()
    assert window.docks.side_of("run") is Side.RIGHT
    window.actions_table["reset_layout"].trigger()
    assert window.docks.side_of("run") is Side.BOTTOM
    qtbot.waitUntil(lambda: titles_seen(window) == {"inspector"})


def test_the_menu_of_a_tab_puts_its_panel_in_a_window_of_its_own_and_back(tabbed, qtbot):
    window = tabbed
    menu = menu_of(window, "Problems")
    offered = {a.text(): a for a in menu.actions() if not a.isSeparator()}
    assert list(offered) == [
        "On the left", "On the right", "At the bottom", "In a window of its own", "Close",
    ]  # fmt: skip
    assert not offered["At the bottom"].isEnabled()  # It stands there.
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=middle(menu, offered, "In a window"))
    assert window.docks.side_of("problems") is Side.APART
    assert window.problems.window() is not window
    qtbot.waitUntil(lambda: "problems" in titles_seen(window))
    # What has a window of its own is on the screen, and brought back by the menu of its title.
    assert window.problems.window().geometry().intersects(window.geometry())
    QTest.mouseClick(window.docks._heads["problems"]._button, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    back = {a.text(): a for a in menu.actions() if not a.isSeparator()}
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=middle(menu, back, "At the bottom"))
    assert window.docks.side_of("problems") is Side.BOTTOM
    QTest.mouseClick(
        menu := menu_of(window, "Problems"), Qt.MouseButton.LeftButton,
        pos=middle(menu, {a.text(): a for a in menu.actions()}, "Close"),
    )  # fmt: skip
    assert window.docks.side_of("problems") is None


def test_a_tab_is_dragged_out_of_its_bar(tabbed, qtbot):
    window = tabbed
    bar, start = tab_of(window.page, "Problems")
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 30):
        move(bar, start - QPoint(0, 8 * step))
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=start - QPoint(0, 240))
    qtbot.waitUntil(lambda: window.docks.side_of("problems") is Side.APART)


def menu_of(window, title) -> QMenu:
    bar, place = tab_of(window.page, title)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, bar.mapToGlobal(place))
    QApplication.sendEvent(bar, asked)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def middle(menu, actions, text):
    (action,) = (a for name, a in actions.items() if name.startswith(text))
    return menu.actionGeometry(action).center()


def move(widget, place):
    held = Qt.MouseButton.LeftButton
    there, none = QPointF(widget.mapToGlobal(place)), Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(place), there, held, held, none)
    QApplication.sendEvent(widget, event)
