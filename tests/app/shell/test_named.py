"""Whoever does not see the window is told what each button and field of it is."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDockWidget,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QStackedWidget,
    QTabBar,
    QTextEdit,
    QWidget,
)

from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import SetParams

SAID = Qt.ItemDataRole.AccessibleDescriptionRole
ASKED = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit,
    QPlainTextEdit, QTextEdit,
)  # fmt: skip


def nameless(root: QWidget) -> list[str]:
    """Return what a screen reader has no name for, with the widgets it stands in."""
    found = []
    for widget in root.findChildren(QWidget):
        if isinstance(widget, ASKED) and not _is_part(widget) and not _unused(widget, root):
            told = QAccessible.queryAccessibleInterface(widget)
            if told is None or not told.text(QAccessible.Text.Name).strip():
                above = [type(w).__name__ for w in _above(widget)]
                found.append(" in ".join(above[:4]))
    return found


def _above(widget: QWidget) -> Iterator[QWidget]:
    while widget is not None:
        yield widget
        widget = widget.parentWidget()


def _is_part(widget: QWidget) -> bool:
    """What Qt makes of its own belongs to the field around it."""
    own = isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_")
    around = (QAbstractSpinBox, QComboBox, QTabBar, QLineEdit)
    return own or any(isinstance(w, around) for w in [*_above(widget)][1:])


def _unused(widget: QWidget, root: QWidget) -> bool:
    """Return True of what stands in something that is put away until there is something to say.

    Tabs, pages of a stack and whole panels are there all the time, though only one is seen.
    """
    for above in _above(widget):
        if above is root:
            return False
        paged = isinstance(above.parentWidget(), QStackedWidget) or isinstance(above, QDockWidget)
        if above.isHidden() and not paged and not above.isWindow():
            return True
    return False


def test_every_button_and_field_of_the_window_has_a_name(window, settle, pipeline):
    window.session.bridge.set_document(pipeline)
    window.actions_table["settings"].trigger()
    settle()
    for node_id in pipeline.nodes:
        window.session.choose(Selection((node_id,)))
        settle()
        assert nameless(window) == []
    window.session.choose(Selection(edges=(pipeline.edges[0],)))
    settle()
    assert nameless(window) == []


@pytest.mark.parametrize("action", ["properties", "connections", "shortcuts"])
def test_every_button_and_field_of_a_dialog_has_a_name(window, settle, pipeline, action):
    window.session.bridge.set_document(pipeline)
    settle()
    window.actions_table[action].trigger()
    (dialog,) = (d for d in window.findChildren(QDialog) if d.isVisible())
    assert nameless(dialog) == []
    assert dialog.windowTitle()
    dialog.close()


def test_the_outline_says_of_each_node_what_its_card_says(window, settle, pipeline, qtbot):
    window.session.bridge.set_document(pipeline)
    settle()
    anywhere = Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive
    (paid,) = window.outline.tree.findItems("Filter", anywhere)
    assert "status <> 'cancelled'" in paid.data(0, SAID)
    window.session.do(SetParams("paid", {"condition": "nothing > 3"}))
    settle()
    qtbot.waitUntil(lambda: "nothing > 3" in paid.data(0, SAID))
    (orders,) = window.outline.tree.findItems("Read CSV", anywhere)
    qtbot.waitUntil(lambda: orders.data(0, SAID) == "orders.csv, has a warning")
