"""A small chart: one figure over time, and what it is now or was at most."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr
from summit_studio.app.session.series import Series

_HEIGHT, _HIGHEST = 48, 84
_PAD = 12
_WASH = 36


class Spark(QWidget):
    """Draws a series under its name.

    Args:
        name: What the figure is.
        words: Writes the figure as people read it.
    """

    def __init__(
        self, name: str, words: Callable[[float], str], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._words = words
        self._theme = theme
        self._series = Series()
        self._ended = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(_HIGHEST)
        self.setAccessibleName(name)

    @property
    def text(self) -> str:
        """What is written over the line: the figure now, and once all is over the highest."""
        if self._ended:
            return tr("up to {words}", words=self._words(self._series.peak))
        return self._words(self._series.last)

    def sizeHint(self) -> QSize:
        """Return the height that name and line need."""
        return QSize(160, _HEIGHT)

    def show_series(self, series: Series, *, ended: bool) -> None:
        """Show a series as it stands; one without a point takes no room."""
        self._series, self._ended = series, ended
        self.setVisible(bool(series.secs))
        self.setAccessibleDescription(self.text)
        most = self._words(series.peak)
        self.setToolTip(
            tr(
                "{name} of the process that runs the pipeline: at most {most}",
                name=self._name,
                most=most,
            )
        )
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme's colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the name, the figures, and the line with a wash below it."""
        del event
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.SMALL))
        high = painter.fontMetrics().height()
        words = QRectF(_PAD, 0, self.width() - 2 * _PAD, high)
        painter.setPen(QColor(theme.muted))
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, self._name)
        painter.setPen(QColor(theme.text))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight, self.text)
        self._paint_line(painter, QRectF(_PAD, high + 3, words.width(), self.height() - high - 6))
        painter.end()

    def _paint_line(self, painter: QPainter, room: QRectF) -> None:
        secs, values = self._series.secs, self._series.values
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        if not secs:
            return
        across = room.width() / max(secs[-1], 1e-9)
        up = room.height() / max([*values, 1e-9])
        places = [
            QPointF(room.left() + s * across, room.bottom() - v * up)
            for s, v in zip(secs, values, strict=True)
        ]
        ends = QPointF(places[0].x(), room.bottom()), QPointF(places[-1].x(), room.bottom())
        wash = QColor(self._theme.accent)
        wash.setAlpha(_WASH)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(wash)
        painter.drawPolygon(QPolygonF([ends[0], *places, ends[1]]))
        painter.setPen(QPen(QColor(self._theme.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(places)
