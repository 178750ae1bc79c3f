"""The chart of rows a second by node. pyqtgraph and numpy are loaded with the first run."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from summit_studio.app.empty import EmptyState
from summit_studio.app.run_state import RunState
from summit_studio.app.theme import Theme

_MOST_LINES = 16
_WIDTH = 2
_LEGEND_WIDTH = 168
_COLOURS = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8f8f00", "#7a7a7a",
)  # fmt: skip
"""Okabe and Ito's set, told apart by everyone, then two quiet ones; after them the same dashed."""


class SpeedChart(QWidget):
    """One line a node; a legend beside it, where a click goes to the node (`asked`)."""

    asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plot: Any = None
        self._curves: dict[str, Any] = {}
        self._titles: Callable[[str], str] = str
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._empty = EmptyState("chart", "No run yet", "Press F5 to run this pipeline.")
        self._row.addWidget(self._empty)
        self.legend = QListWidget()
        self.legend.setProperty("role", "legend")
        self.legend.setAccessibleName("Lines of the chart")
        self.legend.setFixedWidth(_LEGEND_WIDTH)
        self.legend.setIconSize(QSize(12, 12))
        self.legend.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.legend.itemClicked.connect(self._clicked)
        self.legend.hide()
        self._row.addWidget(self.legend)
        self.setAccessibleName("Rows a second by node")

    def begin(self, titles: Callable[[str], str]) -> None:
        """Clear the chart for a new run."""
        self._titles = titles
        if self._plot is None:
            self._make()
        self._plot.clear()
        self._curves.clear()
        self.legend.clear()
        self._plot.setXRange(0, 2, padding=0)
        self._plot.setYRange(0, 1000, padding=0)

    def update_run(self, run: RunState) -> None:
        """Draw what is new."""
        if self._plot is None:
            return
        highest, last = 100.0, 2.0
        for node_id, points in run.history.items():
            if node_id not in self._curves and len(self._curves) < _MOST_LINES:
                self._add(node_id)
            curve = self._curves.get(node_id)
            if curve is None:
                continue
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            curve.setData(xs, ys)
            highest = max(highest, *ys)
            last = max(last, xs[-1])
        self._plot.setXRange(0, last, padding=0.02)
        self._plot.setYRange(0, highest * 1.1, padding=0)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme's colours."""
        self._theme = theme
        if self._plot is not None:
            self._colour()

    def _make(self) -> None:
        import pyqtgraph as pg

        pg.setConfigOptions(antialias=True)
        self._plot = pg.PlotWidget(axisItems={"left": _rate_axis(pg)})
        self._plot.setMenuEnabled(False)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._plot.setLabel("left", "rows/s")
        self._plot.setLabel("bottom", "seconds")
        # pyqtgraph would write 0.001 of a unit as "milli"; rates are counted in k and M.
        self._plot.getAxis("bottom").enableAutoSIPrefix(False)
        self._plot.getAxis("left").enableAutoSIPrefix(False)
        self._row.removeWidget(self._empty)
        self._empty.hide()
        self._row.insertWidget(0, self._plot, 1)
        self.legend.show()
        self._colour()

    def _add(self, node_id: str) -> None:
        pen = pen_of(len(self._curves))
        self._curves[node_id] = self._plot.plot([], [], pen=pen)
        swatch = QPixmap(12, 12)
        swatch.fill(pen.color())
        item = QListWidgetItem(QIcon(swatch), self._titles(node_id))
        item.setData(Qt.ItemDataRole.UserRole, node_id)
        item.setToolTip(f"{self._titles(node_id)} ({node_id})")
        self.legend.addItem(item)

    def _colour(self) -> None:
        muted = QColor(self._theme.muted)
        self._plot.setBackground(QColor(self._theme.surface))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(QPen(QColor(self._theme.border_strong)))
            axis.setTextPen(QPen(muted))
        self._plot.showGrid(x=False, y=True, alpha=0.15)

    @Slot(object)
    def _clicked(self, item: QListWidgetItem) -> None:
        self.asked.emit(item.data(Qt.ItemDataRole.UserRole))


def pen_of(number: int) -> QPen:
    """Return the pen of the n-th line."""
    pen = QPen(QColor(_COLOURS[number % len(_COLOURS)]))
    pen.setWidthF(_WIDTH)
    pen.setCosmetic(True)
    if number >= len(_COLOURS):
        pen.setStyle(Qt.PenStyle.DashLine)
    return pen


def short(number: float) -> str:
    """Return a count or a rate in few letters: `1.2M`, `340k`, `12`."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.3g}{sign}"
    return f"{number:.0f}"


def _rate_axis(pg: Any) -> Any:
    class RateAxis(pg.AxisItem):  # type: ignore[misc]
        """Says 1.5M and 200k instead of long figures."""

        def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
            del scale, spacing
            return [short(v) for v in values]

    return RateAxis(orientation="left")
