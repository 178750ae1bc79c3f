"""Editors of code: expressions that grow by the line, and whole queries or programs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontDatabase,
    QFontMetricsF,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from summit_studio.app.inspector.completing import CompletionList, Word, fitting
from summit_studio.app.inspector.field import LOUD, FieldEditor, FormContext, Told, Written
from summit_studio.app.inspector.highlight import SQL_WORDS, CodeColours, CodeHighlighter
from summit_studio.app.inspector.live import LiveResult
from summit_studio.app.inspector.signature import SignatureHint, called
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.app.session.trying import Answer
from summit_studio.core.schema import type_label
from summit_studio.expressions.scan import place_in
from summit_studio.nodes.params import Editor

_MARKED = re.compile(r'"[^"]*"|\'.*|\w+|\S')
"""What is underlined, from the place that is named: a name, a text, a word or a sign."""

_CHOOSING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape})
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


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
        self._marks: list[tuple[QTextEdit.ExtraSelection, str]] = []
        self._words: tuple[Word, ...] = ()
        self._signatures: Mapping[str, str] = {}
        self.signature = SignatureHint(self)
        self.cursorPositionChanged.connect(self._tell_signature)
        self.completion = CompletionList(self)
        self.completion.chosen.connect(self._complete)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def set_words(self, words: tuple[Word, ...], signatures: Mapping[str, str]) -> None:
        """Take what completion offers, in the order offered, and how functions are called."""
        self._words, self._signatures = words, signatures

    def mark(self, problems: Mapping[tuple[int, int], str], colour: str) -> None:
        """Underline what is wrong, by line and column from 1; the mouse there tells the text."""
        self._marks = []
        for (line, column), told in problems.items():
            block = self.document().findBlockByNumber(line - 1)
            at = _MARKED.match(block.text(), column - 1) if block.isValid() else None
            if at is not None:
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(block)
                mark.cursor.setPosition(block.position() + at.start())
                mark.cursor.setPosition(
                    block.position() + at.end(), QTextCursor.MoveMode.KeepAnchor
                )
                mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                mark.format.setUnderlineColor(QColor(colour))
                self._marks.append((mark, told))
        self.setExtraSelections([mark for mark, _ in self._marks])

    @property
    def marks(self) -> tuple[tuple[str, str], ...]:
        """What is underlined, each with what is wrong with it."""
        return tuple((mark.cursor.selectedText(), told) for mark, told in self._marks)

    def told_at(self, place: QPoint) -> str:
        """Return what is wrong with what stands at a place of the viewport; mostly nothing."""
        at = self.cursorForPosition(place).position()
        for mark, told in self._marks:
            if mark.cursor.selectionStart() <= at <= mark.cursor.selectionEnd():
                return told
        return ""

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell what is wrong where the mouse rests."""
        if isinstance(event, QHelpEvent) and (told := self.told_at(event.pos())):
            QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().viewportEvent(event)

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
        """Let the keys that choose a completion do no more than that, Tab and Escape too."""
        if isinstance(event, QKeyEvent) and self.completion.isVisible():
            chooses = event.key() in _CHOOSING or event.key() in _STEPS
            if chooses and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if chooses and event.type() == QEvent.Type.KeyPress:
                self.keyPressEvent(event)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type, and offer what could complete the word at the cursor."""
        offered = self.completion.isVisible()
        if offered and event.key() in _STEPS:
            self.completion.step(_STEPS[Qt.Key(event.key())])
            return
        if offered and event.key() in _CHOOSING:
            self.completion.hide()
            if event.key() != Qt.Key.Key_Escape:
                self._complete(self.completion.current)
            return
        asked = (
            event.key() == Qt.Key.Key_Space
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        )
        if not asked:
            super().keyPressEvent(event)
        typed = bool(event.text().strip()) and event.text().isprintable()
        if asked or typed or (offered and event.key() == Qt.Key.Key_Backspace):
            self._offer(1 if not asked else 0)
        elif event.text():
            self.completion.hide()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Offer nothing without the keyboard."""
        self.completion.hide()
        self.signature.hide()
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Offer nothing where the cursor goes elsewhere."""
        self.completion.hide()
        super().mousePressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Take the list along."""
        self.completion.hide()
        self.signature.hide()
        super().hideEvent(event)

    def _word(self) -> str:
        cursor = self.textCursor()
        text = cursor.block().text()[: cursor.positionInBlock()]
        start = len(text)
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        return text[start:]

    def _offer(self, least: int) -> None:
        word = self._word()
        words = fitting(self._words, word) if len(word) >= least else []
        # Within quotes and comments no word of the language is meant.
        if words and self.highlighter.open_at_end(self._before()):
            words = []
        same = len(words) == 1 and words[0].text.casefold() == word.casefold()
        if not words or same or word[:1].isdigit():
            self.completion.hide()
            return
        self.completion.offer(words, self._line(word))

    def _line(self, word: str) -> QRect:
        """Return the place of the word at the cursor, on the screen."""
        cursor = self.textCursor()
        cursor.movePosition(
            QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.MoveAnchor, len(word)
        )
        area = self.cursorRect(cursor).united(self.cursorRect())
        return QRect(self.viewport().mapToGlobal(area.topLeft()), area.size())

    def _before(self) -> str:
        return self.toPlainText()[: self.textCursor().position()]

    @Slot()
    def _tell_signature(self) -> None:
        if not (self._signatures and self.hasFocus()):
            self.signature.hide()
            return
        name = called(self._before())
        self.signature.tell(self._signatures.get(name, ""), self._line(""))

    @Slot(str)
    def _complete(self, chosen: str) -> None:
        self.completion.hide()
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
        self.live: LiveResult | None = None
        self.place(self.code)
        if spec.editor is Editor.EXPRESSION:
            self.live = LiveResult()
            self.live.hide()
            self._column.addWidget(self.live)

    def tell(self, told: Sequence[Told]) -> None:
        """Show all that is wrong with it, and underline where."""
        super().tell(told)
        places = ((place_in(t.text), t) for t in told if t.severity in LOUD)
        marks = {place: t.text for place, t in places if place is not None}
        self.code.mark(marks, self.context.colours.problem)

    def written(self) -> tuple[Written, ...]:
        """Return the expression, where there is one and it can be seen."""
        text = self.code.toPlainText()
        if self.live is None or not text.strip() or self.isHidden():
            return ()
        return (Written(self, text, self.spec.port),)

    def show_answer(self, answer: Answer) -> None:
        """Show what the expression gives of the first rows."""
        if self.live is not None:
            self.live.show_answer(answer)

    def _rewrite(self) -> None:
        """Have the result shown of what is written now; where nothing is, there is none."""
        if self.live is not None:
            self.live.setVisible(bool(self.code.toPlainText().strip()))
            self.rewritten.emit()

    def value(self) -> Any:
        """Return the code, or the empty value."""
        return self.code.toPlainText() or self.spec.empty

    def set_value(self, value: Any) -> None:
        """Show the code, keeping the cursor near where it was."""
        if self._put("" if value is None else str(value)) and self.live is not None:
            if not self.code.hasFocus():
                self.live.wait()
            self._rewrite()

    def _put(self, text: str) -> bool:
        """Put another text in the place of the one there; return False if it is the same."""
        self._last = text
        if text == self.code.toPlainText():
            return False
        self._showing = True
        at = self.code.textCursor().position()
        self.code.setPlainText(text)
        cursor = self.code.textCursor()
        cursor.setPosition(min(at, len(text)))
        self.code.setTextCursor(cursor)
        self._showing = False
        return True

    def set_context(self, context: FormContext) -> None:
        """Offer the columns that arrive, then functions and words."""
        if context.colours != self.context.colours:
            self.code.highlighter.set_colours(context.colours)
        super().set_context(context)
        if self._sql:
            self.code.set_words(self._words(), context.functions)

    def _words(self) -> tuple[Word, ...]:
        context = self.context
        columns = context.columns(self.spec.port)
        inputs = list(context.schemas) if self.spec.editor is Editor.SQL else []
        return (
            *(Word(quoted(c.name), type_label(c.type), column=True) for c in columns),
            *(Word(name, "input") for name in inputs),
            *(Word(f"{name}()", "function", told) for name, told in context.functions.items()),
            *(Word(word, "keyword") for word in sorted(SQL_WORDS)),
        )

    @Slot()
    def _typed(self) -> None:
        if not self._showing and self.code.toPlainText() != self._last:
            self._last = self.code.toPlainText()
            self._rewrite()
            self.edited.emit(self.value())


def quoted(name: str) -> str:
    """Return a column's name as an expression writes it: in quotes only where it must be."""
    plain = name.isidentifier() and name.isascii() and name.casefold() not in SQL_WORDS
    return name if plain else '"' + name.replace('"', '""') + '"'
