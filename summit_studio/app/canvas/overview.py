"""The whole graph as one item, drawn from flat lists: what is seen below 0.35 zoom.

A paint call into Python costs some 8 us however little it draws, so thousands of items cannot each
have one. The lists are made when first needed and patched while things move.
"""

from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from summit_studio.app.canvas.edge_item import EdgeItem
from summit_studio.app.canvas.face import NodeState
from summit_studio.app.canvas.frame_item import FrameItem
from summit_studio.app.canvas.geometry import CARD_WIDTH, along
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.canvas.note_item import NoteItem
from summit_studio.app.canvas.style import Stage, heat_step
from summit_studio.document.model import Edge

if TYPE_CHECKING:
    from summit_studio.core.problems import Severity

_TILE = 56.0
_BENT = (0.3, 0.7)
_CORNER = 24.0
"""A bend no wider is a line at this zoom."""


class OverviewItem(QGraphicsRectItem):
    """Draws every frame, node, edge and note; the scene tells it what changed."""

    def __init__(
        self,
        stage: Stage,
        nodes: dict[str, NodeItem],
        edges: dict[Edge, EdgeItem],
        notes: dict[str, NoteItem],
        frames: dict[str, FrameItem],
    ) -> None:
        super().__init__()
        self._stage = stage
        self._nodes, self._edges, self._notes = nodes, edges, notes
        self._frames = frames
        self._stale = True
        self._states_stale = True
        self._cards: list[QRectF] = []
        self._tiles: dict[str, list[QRectF]] = {}
        self._lines: list[QLineF] = []
        self._rejected: list[QLineF] = []
        self._card_at: dict[str, tuple[QRectF, QRectF]] = {}
        self._lines_at: dict[Edge, tuple[list[QLineF], int, int]] = {}
        self._rings: dict[NodeState, list[QRectF]] = {}
        self._heated: dict[int, list[QRectF]] = {}
        self._filled: dict[int, list[QLineF]] = {}
        self._problems: dict[Severity, list[QRectF]] = {}
        self._chosen: list[QRectF] = []
        self._chosen_lines: list[QLineF] = []
        self._dimmed: list[QRectF] = []

    @property
    def lines(self) -> list[QLineF]:
        """What stands for all edges, as drawn last."""
        return [*self._lines, *self._rejected]

    def forget(self) -> None:
        """Make the lists anew when next drawn: nodes or edges came, went or changed."""
        self._stale = self._states_stale = True
        self.update()

    def forget_states(self) -> None:
        """Look at run states, problems and the selection anew when next drawn."""
        self._states_stale = True
        self.update()

    def moved(self, nodes: Iterable[NodeItem], edges: Iterable[EdgeItem]) -> None:
        """Patch what moved; the lists hold these very rectangles."""
        if self._stale:
            return
        for node in nodes:
            if node.folded:
                continue
            card, tile = self._card_at[node.node.id]
            card.moveTo(node.left, node.top)
            tile.moveTo(node.left, node.top)
        for edge in edges:
            if edge.folded:
                continue
            lines, first, count = self._lines_at[edge.edge]
            laid = _lines(edge)
            if len(laid) != count:
                self._stale = True
                break
            lines[first : first + count] = laid
        self._states_stale = True
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw everything; Qt leaves out what the view does not show."""
        del option, widget
        if self._stale:
            self._make()
        if self._states_stale:
            self._make_states()
        style = self._stage.style
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_sheets(painter)
        for pen, lines in (
            (style.overview_edge, self._lines),
            (style.overview_rejected, self._rejected),
        ):
            painter.setPen(pen)
            painter.drawLines(lines)
        for step, lines in self._filled.items():
            painter.setPen(style.overview_fills[step - 1])
            painter.drawLines(lines)
        self._rects(painter, self._cards, style.card, style.overview_border)
        self._paint_frames(painter, collapsed=True)
        for step, rects in self._heated.items():
            self._rects(painter, rects, style.heat[step - 1], style.overview_border)
        for category, tiles in self._tiles.items():
            self._rects(painter, tiles, style.tile(category), None)
        self._paint_marks(painter)

    def _paint_sheets(self, painter: QPainter) -> None:
        self._paint_frames(painter, collapsed=False)
        for note in (n for n in self._notes.values() if not n.folded):
            tint = self._stage.style.tint(note.colour)
            self._rects(painter, [_box(note)], tint.sheet, tint.far_border)

    def _paint_frames(self, painter: QPainter, *, collapsed: bool) -> None:
        for frame in (f for f in self._frames.values() if f.collapsed is collapsed):
            tint = self._stage.style.tint(frame.shown.colour or "grey")
            fill = tint.sheet if collapsed else tint.area
            self._rects(painter, [frame.frame], fill, tint.far_border)

    def _paint_marks(self, painter: QPainter) -> None:
        style = self._stage.style
        for state, rects in self._rings.items():
            self._rects(painter, rects, None, _cosmetic(style.state[state]))
        for severity, rects in self._problems.items():
            self._rects(painter, rects, QBrush(QColor(style.severity[severity])), None)
        self._rects(painter, self._dimmed, style.overview_veil, None)
        self._rects(painter, self._chosen, None, _cosmetic(style.theme.accent))
        if self._chosen_lines:
            painter.setPen(_cosmetic(style.theme.accent))
            painter.drawLines(self._chosen_lines)

    def _rects(
        self, painter: QPainter, rects: Collection[QRectF], brush: QBrush | None, pen: QPen | None
    ) -> None:
        if rects:
            painter.setPen(pen or Qt.PenStyle.NoPen)
            painter.setBrush(brush or Qt.BrushStyle.NoBrush)
            painter.drawRects(list(rects))

    def _make(self) -> None:
        self._stale = False
        self._cards, self._tiles, self._card_at = [], {}, {}
        for node_id, node in self._nodes.items():
            if node.folded:
                continue
            card, tile = _card(node), QRectF(node.left, node.top, _TILE, node.card.height)
            self._cards.append(card)
            self._tiles.setdefault("" if node.off else node.face.category, []).append(tile)
            self._card_at[node_id] = (card, tile)
        self._lines, self._rejected, self._lines_at = [], [], {}
        for edge, item in self._edges.items():
            if item.folded:
                continue
            lines = self._rejected if item.rejected else self._lines
            laid = _lines(item)
            self._lines_at[edge] = (lines, len(lines), len(laid))
            lines += laid

    def _make_states(self) -> None:
        self._states_stale = False
        self._rings, self._problems, self._heated = {}, {}, {}
        for node in self._nodes.values():
            if node.folded:
                continue
            live = node.live
            if live is not None and live.state is not NodeState.IDLE:
                self._rings.setdefault(live.state, []).append(_card(node))
            if live is not None and heat_step(live.heat):
                self._heated.setdefault(heat_step(live.heat), []).append(_card(node))
            if node.severity is not None:
                corner = QRectF(node.left + CARD_WIDTH - 40, node.top, 40, 40)
                self._problems.setdefault(node.severity, []).append(corner)
        for frame in self._frames.values():
            live = frame.live
            if live is not None and live.state is not NodeState.IDLE:
                self._rings.setdefault(live.state, []).append(frame.frame)
        self._filled = {}
        for known, step in self._stage.fills.items():
            if known in self._edges and not self._edges[known].folded:
                self._filled.setdefault(step, []).extend(_lines(self._edges[known]))
        seen = [n for n in self._nodes.values() if not n.folded]
        self._dimmed = [_card(n) for n in seen if n.dimmed]
        self._chosen = [_card(n) for n in seen if n.selected]
        self._chosen += [_box(n) for n in self._notes.values() if n.selected and not n.folded]
        self._chosen += [f.frame for f in self._frames.values() if f.selected]
        lights = self._stage.spotlight.lights
        edges = {k: e for k, e in self._edges.items() if not e.folded}
        chosen = (e for k, e in edges.items() if e.selected or lights(k))
        self._chosen_lines = [line for e in chosen for line in _lines(e)]


def _card(node: NodeItem) -> QRectF:
    return QRectF(node.left, node.top, CARD_WIDTH, node.card.height)


def _box(note: NoteItem) -> QRectF:
    return QRectF(note.left, note.top, note.box[2], note.box[3])


def _lines(edge: EdgeItem) -> list[QLineF]:
    """Return an edge as straight lines: one for a straight piece, three for a bent one."""
    c = edge.curve
    places = [(c[0], c[1])]
    for i in range(0, len(c) - 2, 6):
        straight = c[i] == c[i + 2] == c[i + 4] == c[i + 6] or (
            c[i + 1] == c[i + 3] == c[i + 5] == c[i + 7]
        )
        if not straight and abs(c[i + 6] - c[i]) > _CORNER:
            places += [along(c[i : i + 8], t) for t in _BENT]
        places.append((c[i + 6], c[i + 7]))
    return [QLineF(*one, *other) for one, other in pairwise(places)]


def _cosmetic(colour: str) -> QPen:
    pen = QPen(QColor(colour), 2)
    pen.setCosmetic(True)
    return pen
