"""A note on the scene: a rounded sheet of paper with wrapped text."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QTextLayout
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from summit_studio.app.canvas.geometry import XY
from summit_studio.app.canvas.note_text import NoteText
from summit_studio.app.canvas.style import Detail, Stage, Style
from summit_studio.document.model import Box, Note

DEFAULT_SIZE = (224, 96)
LEAST_SIZE = (96, 48)
_BENEATH = -2.0
_PADDING = 12.0
_MARGIN = 6.0
GRIP = 14.0
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class NoteItem(QGraphicsRectItem):
    """Holds what is shown of a note; only the scene makes, changes and owns it."""

    least = LEAST_SIZE

    def __init__(self, stage: Stage, note: Note, box: Box, colour: str = "") -> None:
        super().__init__()
        self.stage = stage
        self.note = note
        self.box = box
        self.colour = colour
        self.left, self.top = float(box[0]), float(box[1])
        self.selected = False
        self.hovered = False
        self.folded = False
        self._laid: tuple[tuple[str, Style, str, int], NoteText] | None = None
        self.setZValue(_BENEATH)
        self.show_note(note, box, colour)

    def show_note(self, note: Note, box: Box, colour: str = "") -> None:
        """Take a changed text, place or colour."""
        self.note, self.colour = note, colour
        self.show_box(box)
        self.update()

    def show_box(self, box: Box) -> None:
        """Take another place and size."""
        self.box = box
        width, height = box[2], box[3]
        self.setRect(-_MARGIN, -_MARGIN, width + 2 * _MARGIN, height + 2 * _MARGIN)
        self.move_to(box[0], box[1])

    def move_to(self, x: float, y: float) -> None:
        """Stand somewhere else."""
        self.left, self.top = x, y
        self.setPos(x, y)

    @property
    def middle(self) -> XY:
        """The middle of the sheet, in the scene."""
        return self.left + self.box[2] / 2, self.top + self.box[3] / 2

    @property
    def frame(self) -> QRectF:
        """The sheet, in the scene."""
        return QRectF(self.left, self.top, self.box[2], self.box[3])

    @property
    def text(self) -> NoteText:
        """The text laid out, made when first asked for."""
        style = self.stage.style
        key = (self.note.text, style, self.colour, self.box[2])
        if self._laid is None or self._laid[0] != key:
            width = self.box[2] - 2 * _PADDING
            laid = NoteText(self.note.text, style, style.tint(self.colour).colours, width)
            self._laid = key, laid
        return self._laid[1]

    @property
    def full_height(self) -> int:
        """How high the sheet must be to show all of the text, in whole pixels."""
        return round(self.text.height + 2 * _PADDING)

    def covers(self, x: float, y: float) -> bool:
        """Return True if a place of the scene lies on the sheet."""
        inside = self.left <= x <= self.left + self.box[2]
        return inside and self.top <= y <= self.top + self.box[3]

    def on_grip(self, x: float, y: float) -> bool:
        """Return True if a place of the scene lies on the corner that resizes it."""
        reach = GRIP * max(1.0, 1.0 / self.stage.zoom)
        right, bottom = self.left + self.box[2], self.top + self.box[3]
        return self.covers(x, y) and right - x <= reach and bottom - y <= reach

    def link_at(self, x: float, y: float) -> str:
        """Return where the link at a place of the scene leads; an empty text for none."""
        if self.stage.detail is not Detail.FULL or not self._room.contains(
            x - self.left, y - self.top
        ):
            return ""
        return self.text.link_at(x - self.left - _PADDING, y - self.top - _PADDING)

    @property
    def _room(self) -> QRectF:
        """What the text takes of the sheet."""
        sheet = QRectF(0, 0, self.box[2], self.box[3])
        return sheet.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the sheet, with its text where it can be read."""
        del option, widget
        style = self.stage.style
        tint = style.tint(self.colour)
        sheet = QRectF(0, 0, self.box[2], self.box[3])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(style.focus if self.selected else tint.border)
        painter.setBrush(tint.sheet)
        painter.drawRoundedRect(sheet, 8, 8)
        if self.stage.detail is Detail.OVERVIEW:
            return
        if self.stage.detail is Detail.FULL:
            self.text.draw(painter, self._room)
        else:
            font = style.far_font(self.stage.zoom)
            room = self._room.adjusted(0, -6, 0, 6)
            painter.setFont(font)
            painter.setPen(style.text)
            painter.drawText(room, int(_WRAP), fitting(self.text.plain, font, room))
        if self.selected or self.hovered:
            paint_grip(painter, sheet, tint.border)


def paint_grip(painter: QPainter, sheet: QRectF, pen: QPen) -> None:
    """Draw the strokes in the corner that resizes a sheet."""
    painter.setPen(pen)
    for size in (4.0, 8.0):
        right, bottom = sheet.right() - 4, sheet.bottom() - 4
        painter.drawLine(QPointF(right - size, bottom), QPointF(right, bottom - size))


def fitting(text: str, font: QFont, room: QRectF) -> str:
    """Return as much of a text as a room holds, by whole lines, with … where it is cut."""
    metrics = QFontMetricsF(font)
    most = max(1, int(room.height() // metrics.lineSpacing()))
    lines = [line for part in text.splitlines() for line in _wrapped(part, font, room.width())]
    if len(lines) > most:
        cut = f"{lines[most - 1]}…"
        lines[most - 1 :] = [metrics.elidedText(cut, Qt.TextElideMode.ElideRight, room.width())]
    return "\n".join(lines)


def _wrapped(text: str, font: QFont, width: float) -> list[str]:
    """Return the lines that a paragraph takes."""
    layout = QTextLayout(text, font)
    units = text.encode("utf-16-le", "surrogatepass")  # as Qt counts
    lines: list[str] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid() and line.textLength():
        line.setLineWidth(width)
        start, end = line.textStart(), line.textStart() + line.textLength()
        lines.append(units[2 * start : 2 * end].decode("utf-16-le", "replace").rstrip())
    layout.endLayout()
    return lines or [""]
