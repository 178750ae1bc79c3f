"""The pens, brushes and fonts of a theme, made once, and how large the canvas is shown."""

from enum import IntEnum
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from summit_studio.app.canvas.face import NodeLive, NodeState
from summit_studio.app.canvas.routing import Crowd
from summit_studio.app.canvas.spotlight import Spotlight
from summit_studio.app.canvas.sprites import Sprites
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.tints import Tint
from summit_studio.core.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summit_studio.document.model import Edge

OVERVIEW_ZOOM = 0.35
TEXT_ZOOM = 0.6
NAMES_ZOOM = 0.8
_NEAR_ZOOM = 0.45
_NEAR_SIZE, _FAR_SIZE = 20, 24
_DARK_SHADOW, _LIGHT_SHADOW = 70, 18
_PLACES_A_FRAME = 40
"""To find the place of a pill takes 30 us and more."""


class Detail(IntEnum):
    """How much of a node is drawn."""

    OVERVIEW = 0
    PLAIN = 1
    FULL = 2

    @classmethod
    def at(cls, zoom: float) -> "Detail":
        """Return the detail drawn at a zoom, 1 being 100 %."""
        if zoom < OVERVIEW_ZOOM:
            return cls.OVERVIEW
        return cls.PLAIN if zoom < TEXT_ZOOM else cls.FULL


class TintStyle:
    """What notes and frames of one colour are drawn with."""

    def __init__(self, theme: Theme, name: str) -> None:
        self.colours = Tint.of(theme, name)
        self.sheet = QBrush(QColor(self.colours.sheet))
        self.area = QBrush(QColor(self.colours.area))
        self.border = _pen(self.colours.border, 1)
        self.far_border = QPen(QColor(self.colours.border), 0)


class Style:
    """What painters draw with. One object a scene; made anew when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.card = QBrush(QColor(theme.surface))
        self.card_off = QBrush(QColor(theme.canvas))
        self.card_raised = QBrush(QColor(theme.raised))
        self.shadow = QBrush(QColor(0, 0, 0, _DARK_SHADOW if theme.is_dark else _LIGHT_SHADOW))
        self.border = _pen(theme.border_strong, 1)
        self.border_hover = _pen(theme.faint, 1)
        self.dashed = _pen(theme.faint, 1.25, Qt.PenStyle.DashLine)
        self.focus = _pen(theme.accent, 2)
        self.halo = QPen(_faded(theme.accent, 0.28), 4)
        self.text = QPen(QColor(theme.text))
        self.muted = QPen(QColor(theme.muted))
        self.faint = QPen(QColor(theme.faint))
        self.danger = QPen(QColor(theme.danger))
        self.canvas = QColor(theme.canvas)
        self.veil = QBrush(_faded(theme.canvas, 0.55))
        self.overview_veil = QBrush(_faded(theme.canvas, 0.75))
        self.title_font = theme.font(theme.BODY, QFont.Weight.DemiBold)
        self.small_font = theme.font(theme.SMALL)
        self.strong_font = theme.font(theme.SMALL, QFont.Weight.DemiBold)
        self.tiny_font = theme.font(10, QFont.Weight.Bold)
        self._near_font = theme.font(_NEAR_SIZE, QFont.Weight.DemiBold)
        self._far_font = theme.font(_FAR_SIZE, QFont.Weight.DemiBold)
        self.title_metrics = QFontMetricsF(self.title_font)
        self.small_metrics = QFontMetricsF(self.small_font)
        # From the middle of a line of small text down to where its letters stand.
        self.small_middle = (self.small_metrics.ascent() - self.small_metrics.descent()) / 2
        self._tints: dict[str, TintStyle] = {}
        self._make_edges(theme)
        self._make_marks(theme)

    def tint(self, name: str) -> TintStyle:
        """Return what a colour of notes and frames is drawn with."""
        if name not in self._tints:
            self._tints[name] = TintStyle(self.theme, name)
        return self._tints[name]

    def _make_edges(self, theme: Theme) -> None:
        self.edge = _pen(theme.edge, 2)
        self.edge_hover = _pen(theme.muted, 2)
        self.edge_selected = _pen(theme.accent, 2.5)
        self.edge_dimmed = _pen(theme.border, 2)
        self.edge_target = _pen(theme.accent, 4)
        self.edge_rejected = _pen(theme.danger, 2, Qt.PenStyle.DashLine)
        self.fills = [
            _pen(colour, width)
            for colour, width in zip(fill_colours(theme), _FILL_WIDTHS, strict=True)
        ]
        self.rejected_fills = [
            _pen(theme.danger, width, Qt.PenStyle.DashLine) for width in _FILL_WIDTHS
        ]
        self.overview_fills = [QPen(pen) for pen in self.fills]
        for pen in self.overview_fills:
            pen.setCosmetic(True)
        self.ghost = _pen(theme.accent, 2)
        self.ghost_refused = _pen(theme.danger, 2, Qt.PenStyle.DashLine)
        self.port = QBrush(QColor(theme.edge))
        self.port_rejected = QBrush(QColor(theme.danger))
        self.port_lit = QBrush(QColor(theme.accent))
        self.port_rim = _pen(theme.surface, 2)
        self.port_glow = QBrush(_faded(theme.accent, 0.25))
        self.overview_edge = QPen(QColor(theme.edge), 0)
        self.overview_border = QPen(QColor(theme.border_strong), 0)
        self.overview_rejected = QPen(QColor(theme.danger), 0)
        self.band = _pen(theme.accent, 1)
        self.band.setCosmetic(True)
        self.guide = _pen(theme.accent, 1)
        self.guide.setCosmetic(True)
        self.stroke = _pen(theme.danger, 2)
        self.stroke.setCosmetic(True)
        self.edge_cut = _pen(theme.danger, 3)
        self.port_unlit = QBrush(QColor(theme.border_strong))
        self.band_fill = QBrush(_faded(theme.accent, 0.10))

    def _make_marks(self, theme: Theme) -> None:
        self.letters = QBrush(QColor(theme.danger_soft))
        self.letters_border = _pen(theme.danger, 1)
        self.state = {
            NodeState.RUNNING: theme.accent,
            NodeState.DONE: theme.success,
            NodeState.FAILED: theme.danger,
            NodeState.CANCELLED: theme.warning,
            NodeState.PAUSED: theme.warning,
        }
        self.ring = {state: _pen(colour, 2) for state, colour in self.state.items()}
        self.heat = [QBrush(QColor(colour)) for colour in heat_colours(theme)]
        self.heat_bar = QBrush(QColor(theme.danger))
        self.severity = {
            Severity.ERROR: theme.danger,
            Severity.WARNING: theme.warning,
            Severity.INFO: theme.accent,
        }

    def far_font(self, zoom: float) -> QFont:
        """Return the font of titles below the zoom of full detail: as large as cards allow."""
        return self._near_font if zoom >= _NEAR_ZOOM else self._far_font

    def tile(self, category: str) -> QBrush:
        """Return the brush of a category."""
        return QBrush(QColor(self.theme.category(category)))


class Stage:
    """What every item of a scene shares: style, zoom, the screen's pixel ratio, a run's counts."""

    def __init__(self, theme: Theme) -> None:
        self.style = Style(theme)
        self.sprites = Sprites()
        self.crowd = Crowd()
        # What a run says. Items look here when drawn: of thousands only those in view are touched.
        self.counts: Mapping[Edge, int] = {}
        self.lives: Mapping[str, NodeLive] = {}
        self.fills: Mapping[Edge, int] = {}
        self.spotlight = Spotlight()
        self.zoom = 1.0
        self.pixel_ratio = 1.0
        self.detail = Detail.FULL
        self._to_place: int | None = None

    def begin_frame(self) -> None:
        """Allow the frame that begins so many places of pills as it has time for."""
        self._to_place = _PLACES_A_FRAME

    def end_frame(self) -> bool:
        """Return True if pills were left for the next frame."""
        left, self._to_place = self._to_place, None
        return left is not None and left < 0

    def may_place(self) -> bool:
        """Return True if a pill's place may be looked for: in a frame only while it has time."""
        if self._to_place is None:
            return True
        self._to_place -= 1
        return self._to_place >= 0

    def look(self, zoom: float, pixel_ratio: float) -> None:
        """Take how large all is shown, on a screen of how many pixels a unit."""
        self.zoom, self.pixel_ratio, self.detail = zoom, pixel_ratio, Detail.at(zoom)


_HOT = 0.24
"""How much of the colour of danger the most heat has: with more, second lines fade on it."""
HEAT_STEPS = 5
"""So many colours tell little time from much; cards of one step share a picture."""


def heat_colours(theme: Theme) -> list[str]:
    """Return the colours of little to much time, on each of which a card's text can be read."""
    cold, hot = QColor(theme.surface), QColor(theme.danger)
    return [_between(cold, hot, _HOT * step / HEAT_STEPS) for step in range(1, HEAT_STEPS + 1)]


def heat_step(heat: float) -> int:
    """Return the step of a heat of 0 to 1: 0 for none, `HEAT_STEPS` for the most."""
    return min(ceil(heat * HEAT_STEPS), HEAT_STEPS)


def in_percent(share: float) -> str:
    """Return a share of a whole in percent, with a digit where it is below one."""
    percent = 100 * share
    return f"{percent:.1f} %" if percent < 1 else f"{percent:.0f} %"


_FILL_WIDTHS = (3.0, 4.0, 5.0, 6.0)
FILL_STEPS = len(_FILL_WIDTHS)
"""So many widths and colours tell an edge whose queue holds little from one whose is full."""


def fill_colours(theme: Theme) -> list[str]:
    """Return the colours of edges by how full their queues are, from a quarter to full."""
    empty, full = QColor(theme.edge), QColor(theme.warning)
    return [_between(empty, full, step / FILL_STEPS) for step in range(1, FILL_STEPS + 1)]


def fill_step(fill: float) -> int:
    """Return the step of a fill of 0 to 1: 0 for next to nothing, `FILL_STEPS` for full."""
    return round(fill * FILL_STEPS)


def _between(one: QColor, other: QColor, share: float) -> str:
    parts = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in parts)).name()


def _pen(colour: str, width: float, line: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(QColor(colour), width, line)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if line is not Qt.PenStyle.SolidLine:
        pen.setDashPattern([3, 3])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _faded(colour: str, share: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(share)
    return faded
