"""Editors of code: expressions that grow by the line, and whole queries or programs."""

from typing import Any

from PySide6.QtCore import QEvent, QStringListModel, Qt, Slot
from PySide6.QtGui import QFontDatabase, QFontMetricsF, QKeyEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QPlainTextEdit, QWidget

from summit_studio.app.inspector.field import FieldEditor, FormContext
from summit_studio.app.inspector.highlight import SQL_WORDS, CodeColours, CodeHighlighter
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.nodes.params import Editor

_CHOOSING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape})


class CodeEdit(QPlainTextEdit):
    """A plain text editor with colours and completion, as tall as its text asks for.

    Args:
        language: `sql` or `python`.
        least: Lines shown at least.
        most: Lines shown at most, then it scrolls.
    """

    def __init__(self, language: str, least: int, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._most = least, most
        self._single = most <= 8
        self.setUndoRedoEnabled(False)
        self.setProperty("role", "code")
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabStopDistance(4 * QFontMetricsF(self.font()).horizontalAdvance(" "))
        self.setTabChangesFocus(language != "python")
        if language == "python":  # A line broken anew would look like two statements.
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        else:
            self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(1)
        self.highlighter = CodeHighlighter(self.document(), language, CodeColours())
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setModelSorting(QCompleter.ModelSorting.UnsortedModel)
        self._completer.activated.connect(self._complete)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def set_words(self, words: list[str]) -> None:
        """Take what completion offers, in the order offered."""
        if words != self._words.stringList():
            self._words.setStringList(words)

    def changeEvent(self, event: Any) -> None:
        """Fit the height anew when the style sheet brings another font."""
        super().changeEvent(event)
        if hasattr(self, "highlighter"):
            self._fit()

    @Slot()
    def _fit(self) -> None:
        lines = max(self._least, min(int(self.document().size().height()), self._most))
        height = lines * QFontMetricsF(self.font()).lineSpacing()
        frame = 2 * (self.frameWidth() + int(self.document().documentMargin())) + 2
        wanted = int(height + frame + 0.999)
        if wanted != self.height() or self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)
        scrolls = self.document().size().height() > self._most
        policy = (
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if scrolls
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self.setVerticalScrollBarPolicy(policy)

    def event(self, event: QEvent) -> bool:
        """Let Tab choose a completion before it moves to the next field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            popup = self._completer.popup() if event.key() == Qt.Key.Key_Tab else None
            if popup is not None and popup.isVisible():
                self.keyPressEvent(event)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type, and offer what could complete the word at the cursor."""
        popup = self._popup()
        if popup.isVisible() and event.key() in _CHOOSING:
            if event.key() != Qt.Key.Key_Escape and popup.currentIndex().isValid():
                self._complete(popup.currentIndex().data())
            popup.hide()
            return
        asked = (
            event.key() == Qt.Key.Key_Space
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        )
        if not asked:
            super().keyPressEvent(event)
        typed = bool(event.text().strip()) and event.text().isprintable()
        if asked or typed or (popup.isVisible() and event.key() == Qt.Key.Key_Backspace):
            self._offer(1 if not asked else 0)
        elif event.text():
            popup.hide()

    def _popup(self) -> QAbstractItemView:
        popup = self._completer.popup()
        assert popup is not None  # noqa: S101 - Qt makes it when first asked
        return popup

    def _word(self) -> str:
        cursor = self.textCursor()
        text = cursor.block().text()[: cursor.positionInBlock()]
        start = len(text)
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        return text[start:]

    def _offer(self, least: int) -> None:
        word, popup = self._word(), self._popup()
        self._completer.setCompletionPrefix(word)
        count = self._completer.completionCount()
        same = count == 1 and self._completer.currentCompletion().casefold() == word.casefold()
        if len(word) < least or not count or same or word[:1].isdigit():
            popup.hide()
            return
        popup.setCurrentIndex(self._completer.completionModel().index(0, 0))
        area = self.cursorRect()
        area.setWidth(popup.sizeHintForColumn(0) + 40)
        self._completer.complete(area)

    @Slot(str)
    def _complete(self, chosen: str) -> None:
        cursor = self.textCursor()
        word = self._word()
        cursor.movePosition(
            QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(word)
        )
        cursor.insertText(chosen)
        if chosen.endswith("()"):
            cursor.movePosition(QTextCursor.MoveOperation.Left)
        self.setTextCursor(cursor)


class CodeField(FieldEditor):
    """An expression, a query or a program."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        whole = spec.editor is not Editor.EXPRESSION
        self._sql = spec.editor in {Editor.EXPRESSION, Editor.SQL}
        language = "python" if spec.editor is Editor.PYTHON else "sql"
        self.code = CodeEdit(language, 8 if whole else 1, 24 if whole else 8)
        self.code.setPlaceholderText(spec.placeholder)
        # Colouring alone also sends textChanged: only another text is an edit.
        self._last = ""
        self._showing = False
        self.code.textChanged.connect(self._typed)
        self.place(self.code)

    def value(self) -> Any:
        """Return the code, or the empty value."""
        return self.code.toPlainText() or self.spec.empty

    def set_value(self, value: Any) -> None:
        """Show the code, keeping the cursor near where it was."""
        text = "" if value is None else str(value)
        self._last = text
        if text == self.code.toPlainText():
            return
        self._showing = True
        at = self.code.textCursor().position()
        self.code.setPlainText(text)
        cursor = self.code.textCursor()
        cursor.setPosition(min(at, len(text)))
        self.code.setTextCursor(cursor)
        self._showing = False

    def set_context(self, context: FormContext) -> None:
        """Offer the columns that arrive, then functions and words."""
        if context.colours != self.context.colours:
            self.code.highlighter.set_colours(context.colours)
        super().set_context(context)
        if self._sql:
            columns = [quoted(c.name) for c in context.columns(self.spec.port)]
            calls = [f"{name}()" for name in context.functions]
            inputs = list(context.schemas) if self.spec.editor is Editor.SQL else []
            self.code.set_words([*columns, *inputs, *calls, *sorted(SQL_WORDS)])

    @Slot()
    def _typed(self) -> None:
        if not self._showing and self.code.toPlainText() != self._last:
            self._last = self.code.toPlainText()
            self.edited.emit(self.value())


def quoted(name: str) -> str:
    """Return a column's name as an expression writes it: in quotes only where it must be."""
    plain = name.isidentifier() and name.isascii() and name.casefold() not in SQL_WORDS
    return name if plain else '"' + name.replace('"', '""') + '"'
