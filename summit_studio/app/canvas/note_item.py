"""A note on the scene: a rounded sheet of paper with wrapped text."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QTextLayout
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from summit_studio.app.canvas.geometry import XY
from summit_studio.app.canvas.style import Detail, Stage
from summit_studio.document.model import Note

Box = tuple[int, int, int, int]

DEFAULT_SIZE = (224, 96)
_BENEATH = -2.0
_PADDING = 12.0
_MARGIN = 6.0
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class NoteItem(QGraphicsRectItem):
    """Holds what is shown of a note; only the scene makes, changes and owns it."""

    def __init__(self, stage: Stage, note: Note, box: Box) -> None:
        super().__init__()
        self.stage = stage
        self.note = note
        self.box = box
        self.left, self.top = float(box[0]), float(box[1])
        self.selected = False
        self.setZValue(_BENEATH)
        self.show_note(note, box)

    def show_note(self, note: Note, box: Box) -> None:
        """Take a changed text or place."""
        self.note, self.box = note, box
        width, height = box[2], box[3]
        self.setRect(-_MARGIN, -_MARGIN, width + 2 * _MARGIN, height + 2 * _MARGIN)
        self.move_to(box[0], box[1])
        self.update()

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

    def covers(self, x: float, y: float) -> bool:
        """Return True if a place of the scene lies on the sheet."""
        inside = self.left <= x <= self.left + self.box[2]
        return inside and self.top <= y <= self.top + self.box[3]

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the sheet, with its text where it can be read."""
        del option, widget
        style = self.stage.style
        sheet = QRectF(0, 0, self.box[2], self.box[3])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(style.focus if self.selected else style.note_border)
        painter.setBrush(style.note)
        painter.drawRoundedRect(sheet, 8, 8)
        if self.stage.detail is Detail.OVERVIEW:
            return
        full = self.stage.detail is Detail.FULL
        font = style.small_font if full else style.far_font(self.stage.zoom)
        room = sheet.adjusted(_PADDING, _PADDING - 2, -_PADDING, -_PADDING + 2)
        painter.setFont(font)
        painter.setPen(style.text)
        painter.drawText(room, int(_WRAP), fitting(self.note.text, font, room))


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
