"""The chart of a run over time. pyqtgraph and numpy are loaded with the first run."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolTip, QVBoxLayout, QWidget

from summit_studio.app.look.contrast import seen_on
from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import mark, tr
from summit_studio.app.panels.legend import TOTAL_TITLE, Legend
from summit_studio.app.panels.lines import TOTAL, Lines
from summit_studio.app.panels.spark import Spark
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.series import Series

_WIDTH, _WIDER, _BROAD = 2.0, 3.5, 5.0
_FADED = 70
_PALE = 90
_NEAR = 14.0
"""So many pixels from a line the pointer still is on it."""
_DASHES: Final = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
_LEGEND_WIDTH = 200
_LEGEND_FROM = 420
_LEGEND_SHARE = 0.45
_SPARKS_FROM, _SPARKS_WIDTH = 600, 184
"""The width of the chart from which there is room for them, and theirs."""
_SHORTEST_SECS = 2.0
_NONE = (mark("No run yet"), mark("Run this pipeline to see how many rows flow."))
_PAST = (
    mark("No speeds"),
    mark("Speeds are shown while a run goes on; counts and times of this one are kept."),
)
_MIB, _GIB = 2**20, 2**30


class SpeedChart(QWidget):
    """Rows a second by node and of all sources, and memory and processors of the run beside it.

    `asked` carries a node to go to, `pointed` one that the pointer is over, None for none.
    """

    asked = Signal(object)
    pointed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plot: Any = None
        self._curves: dict[str, Any] = {}
        self._titles: Callable[[str], str] = str
        self._run: RunState | None = None
        self._over: str | None = None
        self.lines = Lines()
        self.legend = Legend(self.lines, theme)
        self.memory = Spark(tr("Memory"), bytes_in_words, theme)
        self.cpu = Spark(tr("Processors"), _busy, theme)
        self._empty = EmptyState("chart", tr(_NONE[0]), tr(_NONE[1]))
        self._place()
        self.legend.toggled.connect(self._toggle)
        self.legend.asked.connect(self.asked)
        self.legend.pointed.connect(self._point)
        self.legend.busiest_asked.connect(self._follow_busiest)
        self.setAccessibleName(tr("Rows a second by node"))

    def _place(self) -> None:
        self._sparks = QWidget()
        self._sparks.setFixedWidth(_SPARKS_WIDTH)
        column = QVBoxLayout(self._sparks)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(8)
        column.addWidget(self.memory, 1)
        column.addWidget(self.cpu, 1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self._empty, 1)
        self._row.addWidget(self._sparks)
        self._row.addWidget(self.legend)
        self._sparks.hide()
        self.legend.hide()

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
        self._run = None
        self.lines.clear()
        self._show_sparks()
        if self._plot is None:
            return
        self._plot.clear()
        self._curves.clear()
        self.legend.model.show((), self._titles)
        self._empty.say(*map(tr, _NONE))
        self._show_plot(shown=False)

    def recall(self, run: RunState) -> None:
        """Show what is kept of a run of before: its lines are not."""
        self.clear()
        self._run = run
        self._show_sparks()
        self._empty.say(*map(tr, _PAST))

    def update_run(self, run: RunState) -> None:
        """Draw what is new."""
        if self._plot is None:
            return
        self._run = run
        if self.lines.follow(run) or not self._curves:
            self._rebuild()
        highest, last = 100.0, 0.1 if run.finished else _SHORTEST_SECS
        for series, curve in ((self._series(i), c) for i, c in self._curves.items()):
            curve.setData(series.secs, series.values)
            highest = max([highest, *series.values])
            last = max([last, *series.secs[-1:]])
        self._plot.setXRange(0, last, padding=0.02)
        self._plot.setYRange(0, highest * 1.1, padding=0)
        self._say_rates()
        self._show_sparks()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme's colours."""
        self._theme = theme
        for part in (self.legend, self.memory, self.cpu):
            part.set_theme(theme)
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
        self._plot.setMinimumHeight(60)
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
        self._plot.scene().sigMouseMoved.connect(self._mouse_moved)
        self._plot.installEventFilter(self)
        self._row.insertWidget(0, self._plot, 1)
        self._colour()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what would take the room of the lines."""
        super().resizeEvent(event)
        self._fit_legend()
        self._show_sparks()

    def _fit_legend(self) -> None:
        drawn = self._plot is not None and not self._empty.isVisibleTo(self)
        self.legend.setVisible(drawn and self.width() >= _LEGEND_FROM)
        # Names that begin alike are told apart by how they go on.
        most = int(self.width() * _LEGEND_SHARE)
        self.legend.setFixedWidth(min(max(_LEGEND_WIDTH, self.legend.wanted_width()), most))

    def _show_plot(self, *, shown: bool) -> None:
        self._plot.setVisible(shown)
        self._empty.setVisible(not shown)
        self._fit_legend()

    def _show_sparks(self) -> None:
        run = self._run
        measured = run is not None and bool(run.cpu.secs)
        self._sparks.setVisible(measured and self.width() >= _SPARKS_FROM)
        if run is not None and measured:
            self.memory.show_series(run.memory, ended=run.finished)
            self.cpu.show_series(run.cpu, ended=run.finished)

    # Which lines

    def _series(self, node_id: str) -> Series:
        assert self._run is not None  # noqa: S101 - as somebody is drawn
        return self._run.total if node_id == TOTAL else self._run.history[node_id]

    def _rebuild(self) -> None:
        """Draw the lines that are wanted now, and no other."""
        if self._run is None:
            return
        self._plot.clear()
        drawn = [*([TOTAL] if self.lines.total else []), *self.lines.strokes]
        self._curves = {i: self._plot.plot([], [], pen=self._pen(i)) for i in drawn}
        if not self.lines.chosen:
            rest = [i for i in self._run.history if i not in self.lines.strokes]
            self.legend.model.show((TOTAL, *self.lines.strokes, *rest), self._titles)
        self.legend.refresh()
        self._fit_legend()

    @Slot(object)
    def _toggle(self, node_id: str) -> None:
        self.lines.toggle(node_id)
        self._redraw()

    @Slot()
    def _follow_busiest(self) -> None:
        self.lines.follow_busiest()
        self._redraw()

    def _redraw(self) -> None:
        if self._run is not None:
            self.lines.follow(self._run)
            self._rebuild()
            self.update_run(self._run)

    def _say_rates(self) -> None:
        run = self._run
        if run is None:
            return
        over = max(run.seconds, 1e-9)
        rates = {i: (n.handled / over if run.finished else n.speed) for i, n in run.nodes.items()}
        rates[TOTAL] = run.mean_speed if run.finished else run.speed
        shades = {i: self._shade(i) for i in self._curves}
        self.legend.model.set_figures({i: f"{short(r)}/s" for i, r in rates.items()}, shades)

    # How they look

    def _pen(self, node_id: str) -> QPen:
        shade = self._shade(node_id)
        stroke = self.lines.strokes.get(node_id)
        over = self._over is not None and self._over in self._curves
        if over and node_id != self._over:
            shade.setAlpha(_FADED)
        elif node_id == TOTAL and not over:
            shade.setAlpha(_PALE)
        pen = QPen(shade)
        lit = over and node_id == self._over
        pen.setWidthF(_BROAD if node_id == TOTAL else _WIDER if lit else _WIDTH)
        pen.setStyle(_DASHES[stroke.dash] if stroke else _DASHES[0])
        pen.setCosmetic(True)
        return pen

    def _shade(self, node_id: str) -> QColor:
        if node_id == TOTAL:
            return QColor(self._theme.muted)
        return QColor(seen_on(self.lines.strokes[node_id].colour, self._theme.surface))

    def _colour(self) -> None:
        self._draw_pens()
        self._say_rates()
        muted = QColor(self._theme.muted)
        self._plot.setBackground(QColor(self._theme.surface))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(QPen(QColor(self._theme.border_strong)))
            axis.setTextPen(QPen(muted))
        self._plot.showGrid(x=False, y=True, alpha=0.15)

    def _draw_pens(self) -> None:
        for node_id, curve in self._curves.items():
            curve.setPen(self._pen(node_id))
            curve.setZValue(1 if node_id == self._over else 0)

    # What the pointer is over

    @Slot(object)
    def _point(self, node_id: str | None) -> None:
        if node_id == self._over:
            return
        self._over = node_id
        self._draw_pens()
        self.pointed.emit(node_id or None)

    @Slot(object)
    def _mouse_moved(self, place: QPointF) -> None:
        found = min(self._distances(place), default=None)
        node_id = found[1] if found is not None and found[0] <= _NEAR else None
        self._point(node_id)
        self.legend.mark(node_id)
        spot = self._plot.mapToGlobal(self._plot.mapFromScene(place))
        QToolTip.showText(spot, found[2] if found is not None and node_id is not None else "")

    def _distances(self, place: QPointF) -> Iterator[tuple[float, str, str]]:
        """Yield how far each line is from a place in pixels, its node, and what it says there."""
        box = self._plot.getPlotItem().getViewBox()
        at = box.mapSceneToView(place).x()
        for node_id in self._curves:
            series = self._series(node_id)
            if not series.secs:
                continue
            index = min(bisect_left(series.secs, at), len(series.secs) - 1)
            secs, value = series.secs[index], series.values[index]
            line = box.mapViewToScene(QPointF(secs, value))
            title = self._titles(node_id) if node_id != TOTAL else tr(TOTAL_TITLE)
            away = abs(line.y() - place.y()) + abs(line.x() - place.x())
            yield (
                away,
                node_id,
                tr(
                    "{title}\n{short} rows/s at {secs:.1f} s",
                    title=title,
                    short=short(value),
                    secs=secs,
                ),
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the pointer leaves the lines."""
        if event.type() == QEvent.Type.Leave:
            self._point(None)
            self.legend.mark(None)
        return super().eventFilter(watched, event)


def bytes_in_words(number: float) -> str:
    """Return an amount of memory as people read it: `412 MB`, `1.3 GB`."""
    return (
        tr("{number:.1f} GB", number=number / _GIB)
        if number >= _GIB
        else tr("{number:.0f} MB", number=number / _MIB)
    )


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


def _busy(processors: float) -> str:
    return tr("{processors:.1f} busy", processors=processors)
