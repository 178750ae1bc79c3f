"""The text of a note as Markdown: laid out once, drawn by whole lines, never loading anything."""

from PySide6.QtCore import QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QBrush,
    QColor,
    QFont,
    QPainter,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from summit_studio.app.canvas.style import Style
from summit_studio.app.look.theme import mono_family
from summit_studio.app.look.tints import Tint

_INDENT = 14.0
_GAP = 5.0
_HEADINGS = (16, 14, 12)
"""Pixels of headings by their level; deeper ones are as large as the text, and bold."""
_CUT = "\N{HORIZONTAL ELLIPSIS}"
_DIALECT = QTextDocument.MarkdownFeature.MarkdownDialectGitHub
_KEEP = QTextCursor.MoveMode.KeepAnchor
_NO_HTML = QTextDocument.MarkdownFeature.MarkdownNoHTML


class _Sheet(QTextDocument):
    """A document that loads nothing: pictures of a note's text are not fetched from anywhere."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Return nothing."""
        del kind, name
        return None


class NoteText:
    """A text laid out for a width.

    Args:
        text: Markdown; HTML in it is text like all else.
        style: Fonts and colours.
        tint: The colours of the sheet.
        width: In scene pixels.
    """

    def __init__(self, text: str, style: Style, tint: Tint, width: float) -> None:
        self._ink = QColor(style.theme.text)
        self._style = style
        self._sheet = _Sheet()
        self._sheet.setDefaultFont(style.small_font)
        self._sheet.setDocumentMargin(0)
        self._sheet.setIndentWidth(_INDENT)
        self._sheet.setMarkdown(text, _DIALECT | _NO_HTML)
        self._dress(style, tint)
        self._sheet.setTextWidth(width)

    @property
    def height(self) -> float:
        """How high all of it is."""
        return self._sheet.size().height()

    @property
    def plain(self) -> str:
        """The words without their marks."""
        return self._sheet.toPlainText()

    def link_at(self, x: float, y: float) -> str:
        """Return where the link at a place of the text leads; an empty text for none."""
        return self._sheet.documentLayout().anchorAt(QPointF(x, y))

    def draw(self, painter: QPainter, room: QRectF) -> None:
        """Draw as many whole lines as a room holds, with … where more follows."""
        cut = self._cut(room.height())
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, self._ink)
        context.palette = palette
        painter.save()
        painter.translate(room.topLeft())
        whole = QRectF(0, 0, room.width(), self.height if cut is None else cut)
        painter.setClipRect(whole, Qt.ClipOperation.IntersectClip)
        self._sheet.documentLayout().draw(painter, context)
        painter.restore()
        if cut is not None:
            painter.setPen(self._style.muted)
            painter.setFont(self._style.strong_font)
            rest = QRectF(room.right() - 12, room.top() + cut - 4, 16, 14)
            painter.drawText(rest, Qt.AlignmentFlag.AlignCenter, _CUT)

    def _cut(self, height: float) -> float | None:
        """Return where the last whole line ends that a height holds; None where all do."""
        if self.height <= height:
            return None
        cut = 0.0
        block = self._sheet.begin()
        while block.isValid():
            laid = block.layout()
            for number in range(laid.lineCount()):
                line = laid.lineAt(number)
                bottom = laid.position().y() + line.y() + line.height()
                if bottom > height:
                    return cut
                cut = bottom
            block = block.next()
        return cut

    def _dress(self, style: Style, tint: Tint) -> None:
        """Give headings, code and links their looks; the text's own come from the palette."""
        cursor = QTextCursor(self._sheet)
        block = self._sheet.begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            cursor.setPosition(block.position())
            if cursor.currentTable() is None:
                cursor.setBlockFormat(_shape(block))
            else:
                _align_head(cursor)
            # Copies, for what they are of changes beneath.
            spans = [(s.start, s.length, QTextCharFormat(s.format)) for s in block.textFormats()]
            for start, length, form in spans:
                cursor.setPosition(block.position() + start)
                cursor.setPosition(block.position() + start + length, _KEEP)
                cursor.setCharFormat(_look(form, level, style, tint))
            block = block.next()


def _align_head(cursor: QTextCursor) -> None:
    """Align a table's head as Markdown aligns its columns; Qt does so below the head alone."""
    table = cursor.currentTable()
    cell = table.cellAt(cursor)
    if cell.row() == 0 and table.rows() > 1:
        below = table.cellAt(1, cell.column()).firstCursorPosition()
        head = QTextBlockFormat(cursor.blockFormat())
        head.setAlignment(below.blockFormat().alignment())
        cursor.setBlockFormat(head)


def _shape(block: QTextBlock) -> QTextBlockFormat:
    shape = QTextBlockFormat(block.blockFormat())
    shape.setTopMargin(_GAP if block.position() and not block.textList() else 0.0)
    shape.setBottomMargin(0.0)
    shape.setLeftMargin(min(shape.leftMargin(), _INDENT))
    return shape


def _look(form: QTextCharFormat, level: int, style: Style, tint: Tint) -> QTextCharFormat:
    """Return the look of a span: that of headings, code and links in the theme's own."""
    form.clearProperty(QTextFormat.Property.FontSizeAdjustment)
    if level:
        font = QFont(style.strong_font)
        if level <= len(_HEADINGS):
            font.setPixelSize(_HEADINGS[level - 1])
        form.setFont(font)
    if form.isAnchor():
        form.setForeground(QBrush(QColor(tint.link)))
        form.setFontUnderline(True)
    if form.fontFixedPitch() or "monospace" in (form.fontFamilies() or ()):
        form.setFontFamilies([mono_family()])
        form.setBackground(QBrush(QColor(style.theme.surface)))
    return form
