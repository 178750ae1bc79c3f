"""Draws node cards: all of it from 0.6 zoom, shapes and colours without text below."""

import re
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QStaticText

from summit_studio.app.canvas.face import DeliveryFace, NodeFace, NodeLive, NodeState
from summit_studio.app.canvas.geometry import (
    CARD_WIDTH,
    FIRST_PORT,
    PORT_RADIUS,
    Shape,
    Spot,
    compact,
)
from summit_studio.app.canvas.style import Stage, Style, heat_step, in_percent
from summit_studio.app.look.icons import pixmap
from summit_studio.app.look.words import tr
from summit_studio.core.problems import Severity

_RADIUS = 8.0
_TILE = 36.0
_INSET = 14.0
_TOP = FIRST_PORT - _TILE / 2
_ICON = 20.0
_TEXT_LEFT = _INSET + _TILE + 10
_TITLE_TOP, _SUMMARY_TOP, _ALONE_TOP = _TOP, _TOP + 19, _TOP + 9
_TEXT_WIDTH = CARD_WIDTH - _TEXT_LEFT - 14
_BADGE = 16.0
_SMALL_ICON = 11.0
_MARK = 8.0
_BAR = 4.0
_BAR_STEPS = 50
_LINE_END = "\u2028"  # What static text breaks lines at.
_ELIDE = Qt.TextElideMode.ElideRight
_PATH = re.compile(r"[^'\"]*\S[/\\]\S[^'\"]*\.\w+|(/|~/|[A-Za-z]:[/\\]).*")
_CENTRE = Qt.AlignmentFlag.AlignCenter
_NO_PEN = Qt.PenStyle.NoPen
_NO_BRUSH = Qt.BrushStyle.NoBrush

Words = tuple[QStaticText, QStaticText | None]


class Card(Protocol):
    """What is drawn of a node; `words` and `far_title` are kept here once laid out."""

    stage: Stage
    face: NodeFace
    card: Shape
    selected: bool
    hovered: bool
    lit: frozenset[str]
    words: Words | None
    far_title: tuple[QFont, QStaticText, float] | None

    pinned: str

    @property
    def severity(self) -> Severity | None:
        """The worst that was found here."""

    @property
    def badge(self) -> str:
        """What the badge says; empty for none."""

    @property
    def off(self) -> str:
        """Why it does not run, in a word; empty where it does."""

    @property
    def letters(self) -> str:
        """How many dead letters wait, in short; empty for none."""

    @property
    def dimmed(self) -> bool:
        """True where a veil lies over the card."""

    @property
    def live(self) -> NodeLive | None:
        """What the run at hand says of the node."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """All of a card that is drawn without its text; many nodes share one look."""

    card: Shape
    category: str
    icon: str
    known: bool
    off: str
    badge: str
    letters: str
    state: NodeState
    severity: Severity | None
    selected: bool
    hovered: bool
    lit: frozenset[str]
    heat: int
    share: int

    @classmethod
    def key(cls, item: Card, live: NodeLive | None, *, badged: bool = True) -> tuple[object, ...]:
        """Return the values of an item's look, in order."""
        face = item.face
        state = NodeState.IDLE if live is None else live.state
        return (
            item.card, "" if item.off else face.category, face.icon, face.known, item.off,
            item.badge if badged else "",
            item.letters if badged else "", state, item.severity, item.selected, item.hovered,
            item.lit, *_warmth(live),
        )  # fmt: skip


def _warmth(live: NodeLive | None) -> tuple[int, int]:
    """Return the step of a card's colour and, in parts of `_BAR_STEPS`, the length of its bar."""
    if live is None or not live.share:
        return 0, 0
    return heat_step(live.heat), ceil(live.share * _BAR_STEPS)


def paint_full(painter: QPainter, item: Card) -> None:
    """Draw a card with icon, text, ports and marks."""
    stage, live = item.stage, item.live
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = QRectF(0, 0, CARD_WIDTH, item.card.height)
    stage.sprites.paint(painter, room, Look.key(item, live), stage, _paint_look)
    _paint_text(painter, item, stage.style, live)
    if item.dimmed:
        _paint_veil(painter, stage.style, room)


def _paint_veil(painter: QPainter, style: Style, room: QRectF) -> None:
    """Dim a card: a veil and not transparency, which would let edges and grid shine through."""
    painter.setPen(_NO_PEN)
    painter.setBrush(style.veil)
    painter.drawRoundedRect(room.adjusted(-7, -1, 7, 3), _RADIUS, _RADIUS)


def _paint_look(painter: QPainter, key: tuple[object, ...], stage: Stage, rect: QRectF) -> None:
    look = Look(*key)  # type: ignore[arg-type]
    style = stage.style
    _paint_card(painter, look, style, rect)
    _paint_tile(painter, look, style, max(1.0, stage.zoom) * stage.pixel_ratio)
    for spot in look.card.spots:
        _paint_port(painter, look, style, spot)
    if look.badge:
        _paint_badge(painter, style, look.badge, rect)
    if look.letters:
        _paint_letters(painter, look, style, rect)
    if look.severity is not None:
        _paint_problem(painter, style, look.severity, rect)
    if look.state in style.state:
        _paint_state(painter, style, look.state, rect)


def paint_plain(painter: QPainter, item: Card) -> None:
    """Draw a card with its title alone, large: at this zoom no other text could be read."""
    stage, live = item.stage, item.live
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = QRectF(0, 0, CARD_WIDTH, item.card.height)
    stage.sprites.paint(painter, room, Look.key(item, live, badged=False), stage, _paint_look)
    font = stage.style.far_font(stage.zoom)
    if item.far_title is None or item.far_title[0] is not font:
        item.far_title = font, *_far_title(item.face.title, font)
    _, title, height = item.far_title
    painter.setFont(font)
    painter.setPen(_ink(item, stage.style))
    # Beside its icon, as in full detail, however tall the ports make the card.
    top = max(_TOP + (_TILE - height) / 2, 0)
    painter.drawStaticText(QPointF(_TEXT_LEFT, top), title)
    if item.dimmed:
        _paint_veil(painter, stage.style, room)


def _ink(item: Card, style: Style) -> QPen:
    return style.text if item.face.known and not item.off else style.muted


def _far_title(title: str, font: QFont) -> tuple[QStaticText, float]:
    """Return a title on two lines at most, and their height."""
    metrics = QFontMetricsF(font)
    room, line_height = CARD_WIDTH - _TEXT_LEFT - 8, ceil(metrics.height())
    if metrics.horizontalAdvance(title) <= room:
        return _static(title), line_height
    first = ""
    words = title.split()
    while words and metrics.horizontalAdvance(f"{first} {words[0]}".strip()) <= room:
        first = f"{first} {words.pop(0)}".strip()
    lines = [line for line in (first, " ".join(words)) if line]
    text = _LINE_END.join(metrics.elidedText(line, _ELIDE, room) for line in lines)
    return _static(text), len(lines) * line_height


def _outline(look: Look, style: Style, state: NodeState, *, known: bool) -> QPen:
    if state in style.ring:
        return style.ring[state]
    if not known or look.off:
        return style.dashed
    return style.border_hover if look.hovered else style.border


def _paint_card(painter: QPainter, look: Look, style: Style, rect: QRectF) -> None:
    if not look.off:
        painter.setPen(_NO_PEN)
        painter.setBrush(style.shadow)
        painter.drawRoundedRect(rect.translated(0, 2), _RADIUS, _RADIUS)
    if look.selected:
        # The ring of a state takes the border: then the line that says selected goes around it.
        painter.setPen(style.focus if look.state in style.ring else style.halo)
        painter.setBrush(_NO_BRUSH)
        outer = rect.adjusted(-2.5, -2.5, 2.5, 2.5)
        painter.drawRoundedRect(outer, _RADIUS + 2, _RADIUS + 2)
    outline = _outline(look, style, look.state, known=look.known)
    painter.setPen(style.focus if look.selected and look.state not in style.ring else outline)
    rest = style.card_off if look.off else style.card
    painter.setBrush(style.heat[look.heat - 1] if look.heat else rest)
    painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
    if look.share:
        room = rect.width() - 2 * _RADIUS
        bar = QRectF(rect.left() + _RADIUS, rect.bottom() - _BAR, room, _BAR)
        painter.setPen(_NO_PEN)
        painter.setBrush(style.heat_bar)
        painter.drawRect(bar.adjusted(0, 0, -room * (1 - look.share / _BAR_STEPS), 0))


def _paint_tile(painter: QPainter, look: Look, style: Style, scale: float) -> None:
    tile = QRectF(_INSET, _TOP, _TILE, _TILE)
    colour = style.theme.category(look.category)
    painter.setPen(_NO_PEN)
    painter.setBrush(style.tile(look.category))
    painter.drawRoundedRect(tile, _RADIUS, _RADIUS)
    picture = _icon(look.icon, style.theme.ink_on(colour), scale)
    inset = (_TILE - _ICON) / 2
    place = QRectF(tile.x() + inset, tile.y() + inset, _ICON, _ICON)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(place, picture, QRectF(picture.rect()))


def _icon(name: str, colour: str, scale: float) -> QPixmap:
    # A few sizes only, so that zooming does not draw each icon anew at every step.
    size = next((s for s in (1.0, 1.5, 2.0, 3.0, 4.0) if s >= scale), 6.0)
    return pixmap(name, colour, round(_ICON * size))


def _paint_text(painter: QPainter, item: Card, style: Style, live: NodeLive | None) -> None:
    if item.words is None:
        item.words = _words(item.face, style, _badges_width(style, item.badge, item.letters))
    title, summary = item.words
    painter.setFont(style.title_font)
    painter.setPen(_ink(item, style))
    painter.drawStaticText(QPointF(_TEXT_LEFT, _TITLE_TOP if summary else _ALONE_TOP), title)
    if summary is not None:
        painter.setFont(style.small_font)
        painter.setPen(style.muted)
        painter.drawStaticText(QPointF(_TEXT_LEFT, _SUMMARY_TOP), summary)
    if live is None and item.pinned:
        painter.setFont(style.small_font)
        painter.setPen(style.muted)
        painter.drawText(QPointF(_INSET, float(item.card.height) + 15), item.pinned)
    if live is not None:
        outputs = item.face.outputs
        # A sink hands nothing on but what it rejects: its rows are those that it took.
        gives = bool(outputs) and outputs[0].kind == "output"
        rows = live.rows_out if gives else live.rows_in - live.rejected
        if live.state is not NodeState.IDLE or rows or live.rejected:
            _paint_rows(painter, style, rows, live, float(item.card.height))


def _words(face: NodeFace, style: Style, badges: float) -> Words:
    """Lay the words out once: as static text they are drawn three times as fast."""
    room = _TEXT_WIDTH - badges
    title = style.title_metrics.elidedText(face.title, _ELIDE, _TEXT_WIDTH)
    summary = summary_in(face.summary, style.small_metrics, room)
    return _static(title), _static(summary) if summary else None


def summary_in(summary: str, metrics: QFontMetricsF, room: float) -> str:
    """Return a second line cut to the room: a path keeps its end, which tells files apart."""
    is_path = bool(_PATH.fullmatch(summary))
    elide = Qt.TextElideMode.ElideLeft if is_path else _ELIDE
    return metrics.elidedText(summary, elide, room)


def _static(text: str) -> QStaticText:
    # Laid out when first drawn, for the painter's scale: a layout made here would not fit it.
    laid = QStaticText(text)
    laid.setTextFormat(Qt.TextFormat.PlainText)
    return laid


def _paint_port(painter: QPainter, look: Look, style: Style, spot: Spot) -> None:
    centre = QPointF(spot.x, spot.y)
    lit = f"{'out' if spot.output else 'in'}:{spot.port.name}" in look.lit
    if lit:
        painter.setPen(_NO_PEN)
        painter.setBrush(style.port_glow)
        painter.drawEllipse(centre, PORT_RADIUS + 6, PORT_RADIUS + 6)
    painter.setPen(style.port_rim)
    rejected = spot.port.kind == "rejected"
    if look.lit and not lit:
        painter.setBrush(style.port_unlit)
    else:
        painter.setBrush(style.port_lit if lit else style.port_rejected if rejected else style.port)
    painter.drawEllipse(centre, PORT_RADIUS, PORT_RADIUS)


def mark_room() -> QRectF:
    """Return what the mark of the state takes of a card."""
    return QRectF(CARD_WIDTH - 1 - _MARK, 1 - _MARK, 2 * _MARK, 2 * _MARK)


def badge_room(style: Style, text: str, height: float) -> QRectF:
    """Return what a badge takes of a card of that height."""
    width = _badge_width(style, text)
    return QRectF(CARD_WIDTH - width - 10, height - _BADGE - 9, width, _BADGE)


def fitting_badge(face: NodeFace, told: DeliveryFace, style: Style, letters: str) -> str:
    """Return the word of a badge where it leaves the second line of the card whole, else short."""
    room = _TEXT_WIDTH - style.small_metrics.horizontalAdvance(face.summary)
    fits = (word for word in told.words if _badges_width(style, word, letters) <= room)
    return next(fits, told.short)


def letters_room(style: Style, letters: str, badge: str, height: float) -> QRectF:
    """Return what the count of dead letters takes of a card: left of the badge, if it has one."""
    width = _letters_width(style, letters)
    beside = badge_room(style, badge, height).left() - 4 if badge else CARD_WIDTH - 10
    return QRectF(beside - width, height - _BADGE - 9, width, _BADGE)


def _letters_width(style: Style, letters: str) -> float:
    return QFontMetricsF(style.tiny_font).horizontalAdvance(letters) + _SMALL_ICON + 11


def _badges_width(style: Style, badge: str, letters: str) -> float:
    wide = _badge_width(style, badge) + 2 if badge else 0.0
    return wide + (_letters_width(style, letters) + 4 if letters else 0.0)


def _badge_width(style: Style, text: str) -> float:
    return max(_BADGE, QFontMetricsF(style.tiny_font).horizontalAdvance(text) + 8)


def _paint_badge(painter: QPainter, style: Style, text: str, rect: QRectF) -> None:
    badge = badge_room(style, text, rect.height()).translated(rect.topLeft())
    painter.setPen(style.border)
    painter.setBrush(style.card_raised)
    painter.drawRoundedRect(badge, 4, 4)
    painter.setFont(style.tiny_font)
    painter.setPen(style.muted)
    painter.drawText(badge, _CENTRE, text)


def _paint_letters(painter: QPainter, look: Look, style: Style, rect: QRectF) -> None:
    room = letters_room(style, look.letters, look.badge, rect.height()).translated(rect.topLeft())
    painter.setPen(style.letters_border)
    painter.setBrush(style.letters)
    painter.drawRoundedRect(room, 4, 4)
    inset = (_BADGE - _SMALL_ICON) / 2
    place = QRectF(room.x() + 4, room.y() + inset, _SMALL_ICON, _SMALL_ICON)
    picture = pixmap("letter", style.theme.danger, round(_SMALL_ICON * 4))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(place, picture, QRectF(picture.rect()))
    painter.setFont(style.tiny_font)
    painter.setPen(style.danger)
    painter.drawText(room.adjusted(_SMALL_ICON + 5, 0, -3, 0), _CENTRE, look.letters)


def _paint_problem(painter: QPainter, style: Style, severity: Severity, rect: QRectF) -> None:
    centre = QPointF(rect.left() + 1, rect.top() + 1)
    colour = style.severity[severity]
    painter.setPen(style.port_rim)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(centre, _MARK, _MARK)
    painter.setFont(style.tiny_font)
    painter.setPen(QColor(style.theme.ink_on(colour)))
    sign = "i" if severity is Severity.INFO else "!"
    painter.drawText(QRectF(centre.x() - _MARK, centre.y() - _MARK, 16, 16), _CENTRE, sign)


def _paint_state(painter: QPainter, style: Style, state: NodeState, rect: QRectF) -> None:
    """Draw a sign in the upper right corner: colour alone must not carry the state."""
    x, y = rect.right() - 1, rect.top() + 1
    colour = style.state[state]
    painter.setPen(style.port_rim)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QPointF(x, y), _MARK, _MARK)
    pen = QPen(QColor(style.theme.ink_on(colour)), 1.75)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(_NO_BRUSH)
    for stroke in _SIGNS[state]:
        painter.drawPolyline([QPointF(x + a, y + b) for a, b in stroke])


_SIGNS: dict[NodeState, tuple[tuple[tuple[float, float], ...], ...]] = {
    NodeState.RUNNING: (((-1.8, -2.8), (2.6, 0), (-1.8, 2.8), (-1.8, -2.8)),),
    NodeState.DONE: (((-3.2, 0.3), (-1, 2.6), (3.2, -2.3)),),
    NodeState.FAILED: (((-2.6, -2.6), (2.6, 2.6)), ((2.6, -2.6), (-2.6, 2.6))),
    NodeState.CANCELLED: (((-3, 0), (3, 0)),),
    NodeState.PAUSED: (((-1.8, -2.8), (-1.8, 2.8)), ((1.8, -2.8), (1.8, 2.8))),
}


def _paint_rows(painter: QPainter, style: Style, rows: int, live: NodeLive, bottom: float) -> None:
    base, rejected = bottom + 15, live.rejected
    text = (
        tr("{rows} row", rows=compact(rows)) if rows == 1 else tr("{rows} rows", rows=compact(rows))
    )
    if live.share is not None:
        text = tr("{share} of time  ·  {said}", share=in_percent(live.share), said=text)
    painter.setFont(style.small_font)
    painter.setPen(style.muted)
    painter.drawText(QPointF(_INSET, base), text)
    if rejected:
        metrics: QFontMetricsF = style.small_metrics
        left = _INSET + metrics.horizontalAdvance(text + "  ")
        painter.setPen(style.danger)
        painter.drawText(QPointF(left, base), tr("{rows} rejected", rows=compact(rejected)))
