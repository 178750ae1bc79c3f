"""The chart of rows a second by node. pyqtgraph and numpy are loaded with the first run."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from summit_studio.app.empty import EmptyState
from summit_studio.app.run_state import RunState
from summit_studio.app.theme import Theme

_MOST_LINES = 12
_WIDTH = 2


class SpeedChart(QWidget):
    """One line a node, a legend, axes in the theme's colours."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plot: Any = None
        self._curves: dict[str, Any] = {}
        self._run: RunState | None = None
        self._titles: Callable[[str], str] = str
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._empty = EmptyState("chart", "No run yet", "Press F5 to run this pipeline.")
        self._column.addWidget(self._empty)
        self.setAccessibleName("Rows a second by node")

    def begin(self, run: RunState, titles: Callable[[str], str]) -> None:
        """Clear the chart for a new run."""
        self._run, self._titles = run, titles
        if self._plot is None:
            self._make()
        self._plot.clear()
        self._curves.clear()
        if self._plot.plotItem.legend is not None:
            self._plot.plotItem.legend.clear()
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
            for number, curve in enumerate(self._curves.values()):
                curve.setPen(self._pen(number))

    def _make(self) -> None:
        import pyqtgraph as pg

        pg.setConfigOptions(antialias=True)
        self._plot = pg.PlotWidget(axisItems={"left": _rate_axis(pg)})
        self._plot.setMenuEnabled(False)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._plot.addLegend(offset=(-8, 8), labelTextSize="9pt", verSpacing=-4)
        self._plot.setLabel("left", "rows/s")
        self._plot.setLabel("bottom", "seconds")
        # pyqtgraph would write 0.001 of a unit as "milli"; rates are counted in k and M.
        self._plot.getAxis("bottom").enableAutoSIPrefix(False)
        self._plot.getAxis("left").enableAutoSIPrefix(False)
        self._column.removeWidget(self._empty)
        self._empty.hide()
        self._column.addWidget(self._plot)
        self._colour()

    def _add(self, node_id: str) -> None:
        pen = self._pen(len(self._curves))
        self._curves[node_id] = self._plot.plot([], [], pen=pen, name=self._titles(node_id))

    def _pen(self, number: int) -> QPen:
        colours = series_colours(self._theme)
        pen = QPen(QColor(colours[number % len(colours)]))
        pen.setWidthF(_WIDTH)
        pen.setCosmetic(True)
        if number >= len(colours):
            pen.setStyle(Qt.PenStyle.DashLine)
        return pen

    def _colour(self) -> None:
        text, muted = QColor(self._theme.text), QColor(self._theme.muted)
        self._plot.setBackground(QColor(self._theme.surface))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(QPen(muted))
            axis.setTextPen(QPen(muted))
        self._plot.showGrid(x=False, y=True, alpha=0.15)
        legend = self._plot.plotItem.legend
        legend.setLabelTextColor(text)


def _rate_axis(pg: Any) -> Any:
    class RateAxis(pg.AxisItem):  # type: ignore[misc]
        """Says 1.5M and 200k instead of long figures."""

        def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
            del scale, spacing
            return [short(v) for v in values]

    return RateAxis(orientation="left")


def short(number: float) -> str:
    """Return a count or a rate in few letters: `1.2M`, `340k`, `12`."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.3g}{sign}"
    return f"{number:.0f}"


def series_colours(theme: Theme) -> tuple[str, ...]:
    """Return the colours of lines in a chart: Okabe-Ito, told apart by everyone."""
    del theme
    return ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8f8f00", "#7a7a7a")
