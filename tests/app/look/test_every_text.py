"""Every text of the editor goes through the catalogue of its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

from summit_studio.app.inspector.field import FieldEditor
from summit_studio.app.look.words import PSEUDO, speak
from summit_studio.app.panels.settings_form import SettingsForm
from summit_studio.app.session.examples import examples
from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import AddNode
from summit_studio.document.model import Node

CODE = Path(__file__).resolve().parents[3] / "summit_studio" / "app"

SHOWING = frozenset({
    "setText", "setToolTip", "setStatusTip", "setWhatsThis", "setPlaceholderText",
    "setWindowTitle", "setTitle", "setAccessibleName", "setAccessibleDescription",
    "addAction", "addMenu", "addTab", "setTabText", "setTabToolTip", "setHeaderLabels",
    "setHorizontalHeaderLabels", "addButton", "addRow", "setInformativeText", "addToolBar",
    "setDetailedText", "setSpecialValueText", "addItem", "addItems", "showText",
    "showMessage", "setNameFilters", "getSaveFileName", "getOpenFileName",
    "getOpenFileNames", "getExistingDirectory", "insertTab", "QLabel", "QPushButton",
    "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QAction", "QDockWidget",
    "QMenu", "Notice", "Weighed", "Choice", "SearchPopup", "Compound", "Fix", "SummitError",
    "EmptyState", "Field", "Ask", "StepList", "GridView", "Outcome", "refuse", "tell",
})  # fmt: skip
"""Calls that show what they are given."""

NOT_WORDS = re.compile(r"[a-z_]+|<[^>]*>|.*\breplace\(.*|\[0-9\].*")
"""Names of icons and actions, marks without words, and examples of expressions."""


def _literals(part: ast.expr) -> Iterator[tuple[int, str]]:
    match part:
        case ast.Constant(value=str(text)):
            yield part.lineno, text
        case ast.JoinedStr(values=values):
            yield part.lineno, "".join(str(v.value) for v in values if isinstance(v, ast.Constant))
        case ast.IfExp():
            yield from _literals(part.body)
            yield from _literals(part.orelse)
        case ast.BinOp():
            yield from _literals(part.left)
            yield from _literals(part.right)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.BoolOp(values=parts):
            for each in parts:
                yield from _literals(each)


def _untold(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the texts with words that are shown as they stand in the code."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = call.func.id if isinstance(call.func, ast.Name) else None
            name = call.func.attr if isinstance(call.func, ast.Attribute) else name
            if name in SHOWING:
                for part in (*call.args, *(k.value for k in call.keywords)):
                    for line, text in _literals(part):
                        said = re.sub("<[^>]*>", "", text)
                        if re.search("[A-Za-z]{2}", said) and not NOT_WORDS.fullmatch(text):
                            yield line, text


def test_no_text_is_shown_as_it_stands_in_the_code():
    found = [
        f"{path.relative_to(CODE)}:{line}: {text}"
        for path in sorted(CODE.rglob("*.py"))
        for line, text in _untold(ast.parse(path.read_text("utf-8")))
    ]
    assert found == [], "write tr(…) around these"


def test_a_text_as_it_stands_is_found():
    code = "a.setText('Stop it')\nb(tr('Stop it'))\nQLabel(f'{x} rows' if x else tr('No row'))"
    assert list(_untold(ast.parse(code))) == [(1, "Stop it"), (3, " rows")]


@pytest.fixture
def pseudo(qapp):
    """Speak the language that shows what is not translated."""
    before = set(qapp.findChildren(QTranslator))
    speak(qapp, PSEUDO)
    yield
    for translator in set(qapp.findChildren(QTranslator)) - before:
        QApplication.removeTranslator(translator)
        translator.deleteLater()


def _said(part: QWidget | QAction) -> Iterator[str]:
    """Yield what a part shows or says."""
    yield part.toolTip()
    if isinstance(part, QLabel | QAbstractButton | QAction):
        yield part.text()
    if isinstance(part, QWidget):
        yield from (part.windowTitle(), part.accessibleName(), part.accessibleDescription())
    if isinstance(part, QLineEdit):
        yield part.placeholderText()
    if isinstance(part, QGroupBox | QMenu):
        yield part.title()
    if isinstance(part, QComboBox):
        yield from (part.itemText(i) for i in range(part.count()))
    if isinstance(part, QTabBar):
        yield from (part.tabText(i) for i in range(part.count()))


def _unbracketed(root: QWidget) -> set[str]:
    """Return the texts of a window that did not go through the catalogue.

    What the core says is left out where it has a place of its own: the fields of nodes and the
    settings of a pipeline.
    """
    parts = [root, *root.findChildren(QWidget), *root.findChildren(QAction)]
    core = [p for kind in (FieldEditor, SettingsForm) for p in root.findChildren(kind)]
    within = {id(p) for each in core for p in (each, *each.findChildren(QWidget))}
    texts = {
        re.sub("<[^>]*>", "", text).strip()
        for part in parts
        if id(part) not in within
        for text in _said(part)
    }
    return {t for t in texts if re.search("[A-Za-z]{2}", t) and "\u27e6" not in t}


OF_QT = {
    "Cancel", "Close", "Close Tab", "Closes the dock widget", "Float", "OK", "Scroll Left",
    "Scroll Right", "Undocks and re-attaches the dock widget",
}  # fmt: skip
"""Qt has catalogues of its own, which come with it."""

PLAIN = {
    "Untitled", "Untitled ●", "Untitled[*] \N{EN DASH} Summit Studio", "allow", "disable",
    "require", "verify-ca", "verify-full", "ana", "data/shop.db", "localhost", "shop", "warehouse",
    "kept", "dropped", "rejected",
}  # fmt: skip
"""Names of a document and of ports, modes of PostgreSQL, and examples of what to type."""


def _of_core(window) -> str:
    """Return what the core says in this window: of problems, node types and examples."""
    problems = (f"{p} {p.what}. {p.why}. {p.do}." for p in window.session.checked.problems)
    kinds = (f"{k.title} {k.sentence()}" for k in window.session.catalogue)
    shown = (f"{e.document.name} {e.text}" for e in examples())
    return " ".join((*problems, *kinds, *shown)).casefold()


def _left(found: set[str], core: str) -> set[str]:
    """Return the texts that are neither Qt's nor the core's nor a user's."""
    return {
        text
        for text in found - OF_QT - PLAIN
        if not all(part.strip(" .").casefold() in core for part in re.split(r"\. |\.?\n| · ", text))
    }


def test_the_window_with_its_panels_shows_no_other_text(pseudo, request):
    window, settle = request.getfixturevalue("window"), request.getfixturevalue("settle")
    window.session.do(AddNode(Node("keep", "filter", {}), (0, 0)))
    settle()
    window.session.choose(Selection(("keep",)))
    settle()
    QApplication.processEvents()
    assert window.inspector.findChildren(FieldEditor)
    assert _left(_unbracketed(window), _of_core(window)) == set()


@pytest.mark.parametrize(
    "action", ["properties", "connections", "rehearse", "shortcuts", "about", "picture"]
)
def test_dialogs_show_no_other_text(pseudo, request, action):
    window, settle = request.getfixturevalue("window"), request.getfixturevalue("settle")
    window.session.do(AddNode(Node("keep", "filter", {}), (0, 0)))
    settle()
    window.actions_table.trigger(action)
    (dialog,) = window.findChildren(QDialog)
    found = _left(_unbracketed(dialog), _of_core(window))
    dialog.close()
    dialog.deleteLater()
    assert {t for t in found if not re.search(r"(Ctrl|Shift|Alt)\+", t)} == set()
