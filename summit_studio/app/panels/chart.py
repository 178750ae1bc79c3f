"""The chart of rows a second by node. pyqtgraph and numpy are loaded with the first run."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from summit_studio.app.look.contrast import seen_on
from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.roles import muted_colour
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.run_state import RunState

_WIDTH = 2
_LEGEND_WIDTH = 148
_LEGEND_FROM = 360
_LEGEND_SHARE = 0.45
_SWATCH = 10
_SHORTEST_SECS = 2.0
_NONE = ("No run yet", "Run this pipeline to see how many rows flow.")
_PAST = (
    "No speeds",
    "Speeds are shown while a run goes on; counts and times of this one are kept.",
)
_COLOURS = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8f8f00", "#7a7a7a",
)  # fmt: skip
"""Okabe and Ito's set, told apart by everyone, then two quiet ones: no more lines than these."""


class SpeedChart(QWidget):
    """A line for each of the busiest nodes; a click on one in the legend goes there (`asked`)."""

    asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plot: Any = None
        self._curves: dict[str, Any] = {}
        self._colours: dict[str, str] = {}
        self._titles: Callable[[str], str] = str
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._empty = EmptyState("chart", *_NONE)
        self._row.addWidget(self._empty)
        self.legend = QListWidget()
        self.legend.setProperty("role", "legend")
        self.legend.setAccessibleName("Lines of the chart")
        self.legend.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.legend.setIconSize(QSize(_SWATCH, _SWATCH))
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
        self.clear()
        self._show_plot(shown=True)
        self._plot.setXRange(0, _SHORTEST_SECS, padding=0)
        self._plot.setYRange(0, 1000, padding=0)

    def clear(self) -> None:
        """Forget the last run."""
        if self._plot is None:
            return
        self._plot.clear()
        self._curves.clear()
        self._colours.clear()
        self.legend.clear()
        self._empty.say(*_NONE)
        self._show_plot(shown=False)

    def recall(self) -> None:
        """Say that a run of before has no lines any more."""
        self.clear()
        self._empty.say(*_PAST)

    def update_run(self, run: RunState) -> None:
        """Draw what is new."""
        if self._plot is None:
            return
        self._choose(busiest(run, len(_COLOURS)), len(run.history))
        highest, last = 100.0, 0.1 if run.finished else _SHORTEST_SECS
        for node_id, curve in self._curves.items():
            points = run.history[node_id]
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
        small = {"font-size": f"{self._theme.SMALL}px"}
        self._plot.setLabel("left", "rows/s", **small)
        self._plot.setLabel("bottom", "seconds", **small)
        # pyqtgraph would write 0.001 of a unit as "milli"; rates are counted in k and M.
        self._plot.getAxis("bottom").enableAutoSIPrefix(False)
        self._plot.getAxis("left").enableAutoSIPrefix(False)
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setStyle(
                tickFont=self._theme.font(self._theme.SMALL),
                maxTickLevel=0,
                hideOverlappingLabels=False,  # Else the last tick stands there without its figure.
            )
        self._plot.getPlotItem().setContentsMargins(0, 8, 12, 0)
        self._row.insertWidget(0, self._plot, 1)
        self._colour()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the legend out where it would take the room of the lines."""
        super().resizeEvent(event)
        self._fit_legend()

    def _fit_legend(self) -> None:
        drawn = self._plot is not None and not self._empty.isVisibleTo(self)
        self.legend.setVisible(drawn and self.width() >= _LEGEND_FROM)
        # Names that begin alike are told apart by how they go on.
        wanted = self.legend.sizeHintForColumn(0) + 2 * self.legend.frameWidth()
        most = int(self.width() * _LEGEND_SHARE)
        self.legend.setFixedWidth(max(_LEGEND_WIDTH, min(wanted, most)))

    def _show_plot(self, *, shown: bool) -> None:
        self._plot.setVisible(shown)
        self._empty.setVisible(not shown)
        self._fit_legend()

    def _choose(self, wanted: list[str], count: int) -> None:
        """Draw lines for the wanted nodes alone; who stays keeps the colour."""
        if wanted == list(self._curves):
            return
        self._colours = {i: c for i, c in self._colours.items() if i in wanted}
        free = iter([c for c in _COLOURS if c not in self._colours.values()])
        self._plot.clear()
        self._curves.clear()
        self.legend.clear()
        for node_id in wanted:
            if node_id not in self._colours:
                self._colours[node_id] = next(free)
            self._add(node_id)
        if count > len(wanted):
            rest = QListWidgetItem(f"and {count - len(wanted)} with fewer rows")
            rest.setFlags(Qt.ItemFlag.NoItemFlags)
            rest.setForeground(muted_colour())
            self.legend.addItem(rest)
        self._fit_legend()

    def _add(self, node_id: str) -> None:
        self._curves[node_id] = self._plot.plot([], [], pen=self._pen(node_id))
        item = QListWidgetItem(self._swatch(node_id), self._titles(node_id))
        item.setData(Qt.ItemDataRole.UserRole, node_id)
        item.setToolTip(f"{self._titles(node_id)}\n{node_id}")
        self.legend.addItem(item)

    def _pen(self, node_id: str) -> QPen:
        pen = QPen(self._shade(node_id))
        pen.setWidthF(_WIDTH)
        pen.setCosmetic(True)
        return pen

    def _swatch(self, node_id: str) -> QIcon:
        swatch = QPixmap(_SWATCH, _SWATCH)
        swatch.fill(self._shade(node_id))
        return QIcon(swatch)

    def _shade(self, node_id: str) -> QColor:
        return QColor(seen_on(self._colours[node_id], self._theme.surface))

    def _colour(self) -> None:
        for node_id, curve in self._curves.items():
            curve.setPen(self._pen(node_id))
        for item in map(self.legend.item, range(self.legend.count())):
            node_id = item.data(Qt.ItemDataRole.UserRole)
            if node_id:
                item.setIcon(self._swatch(node_id))
            else:
                item.setForeground(muted_colour())
        muted = QColor(self._theme.muted)
        self._plot.setBackground(QColor(self._theme.surface))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(QPen(QColor(self._theme.border_strong)))
            axis.setTextPen(QPen(muted))
        self._plot.showGrid(x=False, y=True, alpha=0.15)

    @Slot(object)
    def _clicked(self, item: QListWidgetItem) -> None:
        node_id = item.data(Qt.ItemDataRole.UserRole)
        if node_id:
            self.asked.emit(node_id)


def busiest(run: RunState, most: int) -> list[str]:
    """Return the nodes that have dealt with the most rows, in the order of the run."""
    nodes = [i for i in run.history if i in run.nodes]
    ranked = sorted(nodes, key=lambda i: run.nodes[i].handled, reverse=True)[:most]
    return [i for i in nodes if i in ranked]


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
