"""Editors that open inside a cell of a records table."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from summit_studio.app.inspector.code import quoted
from summit_studio.app.inspector.field import FormContext
from summit_studio.app.inspector.records_model import RecordsModel
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.core.schema import CHOICES
from summit_studio.nodes.params import Editor

_Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """Makes a cell's editor by the kind of its field; `context` tells what may be offered."""

    def __init__(self, context: Callable[[], FormContext], parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Return a choice, or a line with what could be typed in it."""
        del option
        spec = self._spec(index)
        if spec.editor is Editor.CHOICE:
            combo = QComboBox(parent)
            for choice in spec.choices:
                combo.addItem(str(choice), choice)
            return combo
        line = QLineEdit(parent)
        line.setPlaceholderText(spec.placeholder)
        line.setAccessibleName(spec.title)
        words = self._words(spec)
        if words:
            completer = QCompleter(words, line)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            line.setCompleter(completer)
        return line

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Show the cell's value in its editor."""
        value = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(value)))
        elif isinstance(editor, QLineEdit):
            text = ", ".join(map(str, value)) if isinstance(value, list) else value
            editor.setText("" if text is None else str(text))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Write what was typed into the cell."""
        spec = self._spec(index)
        value: Any = None
        if isinstance(editor, QComboBox):
            value = editor.currentData()
        elif isinstance(editor, QLineEdit):
            value = parsed(spec, editor.text())
        model.setData(index, value, Qt.ItemDataRole.EditRole)

    def _spec(self, index: _Index) -> FieldSpec:
        model = index.model()
        assert isinstance(model, RecordsModel)  # noqa: S101 - the only model with this delegate
        return model.columns[index.column()]

    def _words(self, spec: FieldSpec) -> list[str]:
        context = self._context()
        names = [c.name for c in context.columns(spec.port)]
        if spec.editor is Editor.TYPE:
            return list(CHOICES)
        if spec.editor is Editor.COLUMN:
            return names
        if spec.editor is Editor.EXPRESSION:
            return [*map(quoted, names), *(f"{f}()" for f in context.functions)]
        return []


def parsed(spec: FieldSpec, text: str) -> Any:
    """Return typed text as the JSON value its field holds; what does not fit stays text."""
    if not text.strip():
        return spec.empty if spec.required or spec.optional else spec.default
    if spec.editor is Editor.COLUMNS:
        return [part.strip() for part in text.split(",") if part.strip()]
    if spec.editor is Editor.NUMBER:
        try:
            return int(text) if spec.whole else float(text)
        except ValueError:
            return text
    return text
