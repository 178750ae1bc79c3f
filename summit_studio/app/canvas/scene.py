"""The scene: shows a document, its selection, and what a run or a check says of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QRectF, Qt, Signal, Slot
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from summit_studio.app.canvas.edge_item import EdgeItem
from summit_studio.app.canvas.face import DeliveryFace, Faces, NodeLive, NodeState
from summit_studio.app.canvas.frame_item import FrameItem
from summit_studio.app.canvas.geometry import CARD_WIDTH, XY
from summit_studio.app.canvas.hits import Hit, hit
from summit_studio.app.canvas.items import Items
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.canvas.note_item import NoteItem
from summit_studio.app.canvas.overlay import BandItem, GhostItem, GuidesItem, NamesItem, StrokeItem
from summit_studio.app.canvas.style import Detail, Stage, Style, fill_step, heat_step
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.selection import Bend, Selection
from summit_studio.core.problems import Severity
from summit_studio.document.model import EMPTY, Document, Edge, Point, PortRef

__all__ = ["CanvasScene", "Selection"]

_REACH = 50_000.0


class CanvasScene(QGraphicsScene):
    """Owns every item of one document.

    `selection_changed` carries a `Selection`. Gestures preview by `preview`, which the document
    knows nothing of; `show_document` and `restore` put everything where the document says.
    """

    selection_changed = Signal(object)

    def __init__(self, faces: Faces, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(-_REACH, -_REACH, 2 * _REACH, 2 * _REACH, parent)
        self.stage = Stage(theme)
        self._faces = faces
        self.shown = Items(self, self.stage, faces)
        self.ghost, self.band = GhostItem(self.stage), BandItem(self.stage)
        self.stroke = StrokeItem(self.stage)
        self.names, self.guides = NamesItem(self.stage), GuidesItem(self.stage)
        for item in (self.ghost, self.band, self.stroke, self.names, self.guides):
            self.addItem(item)
        self._selection = self._told = Selection()
        self._hovered: NodeItem | EdgeItem | NoteItem | FrameItem | None = None
        self._target: EdgeItem | FrameItem | None = None
        self._states: dict[str, tuple[NodeState, int]] = {}
        self._problems: Mapping[str, Severity] = EMPTY
        self._deliveries: Mapping[str, DeliveryFace] = EMPTY
        self._letters: Mapping[str, int] = EMPTY
        self._skipped: Mapping[str, str] = EMPTY
        self._pinned: Mapping[str, str] = EMPTY

    @property
    def document(self) -> Document:
        """The document shown."""
        return self.shown.document

    def show_document(self, document: Document) -> None:
        """Show a document; only what differs from the one shown is touched."""
        was_empty, led = self.empty, self.document.layout.edges
        for item in self.shown.show_document(document):
            item.severity = self._problems.get(item.node.id)
            item.delivery = self._deliveries.get(item.node.id)
            item.dead_letters = self._letters.get(item.node.id, 0)
            item.skipped = self._skipped.get(item.node.id, "")
            item.pinned = self._pinned.get(item.node.id, "")
        self.hover(None)
        self.aim_at(None)
        self.select(self._kept(led))
        self.show_names()
        if was_empty or self.empty:
            # The hint of an empty canvas comes or goes, and it is no item.
            self.update()

    def _kept(self, before: Mapping[Edge, tuple[Point, ...]]) -> Selection:
        """Return what stays selected: no bend of an edge whose bends are numbered otherwise now."""
        chosen, now = self._selection, self.document.layout.edges
        if not chosen.bends or before is now:
            return chosen
        same = (b for b in chosen.bends if len(before.get(b.edge, ())) == len(now.get(b.edge, ())))
        return replace(chosen, bends=tuple(same))

    def twin(self, theme: Theme) -> "CanvasScene":
        """Return an empty scene that would draw the same nodes alike, in a theme."""
        made = CanvasScene(self._faces, theme)
        made.set_deliveries(self._deliveries)
        return made

    @Slot()
    def refresh_faces(self) -> None:
        """Draw nodes anew that look otherwise, though the document is the same."""
        self.shown.refresh_faces()

    @property
    def empty(self) -> bool:
        """True if there is nothing to see."""
        return not (self.shown.nodes or self.shown.notes or self.shown.frames)

    def preview(
        self,
        nodes: Mapping[str, XY],
        notes: Mapping[str, XY] = EMPTY,
        frames: Mapping[str, XY] = EMPTY,
        bends: Mapping[Bend, Point] | None = None,
        *,
        loose: bool = False,
    ) -> None:
        """Show nodes, notes, frames and bends at other places; the document stays as it is.

        Args:
            nodes: Where nodes are shown.
            notes: Where notes are shown.
            frames: Where frames are shown.
            bends: Where bends are shown; those of an edge both of whose ends move go with them.
            loose: Let edges run straight on, whatever they cross, as while all moves.
        """
        self.shown.preview(nodes, notes, frames, bends, loose=loose)
        self.show_names()

    def restore(self) -> None:
        """Put every node, note and frame where the document says."""
        self.shown.restore()
        self.show_names()

    def hit(self, x: float, y: float) -> Hit:
        """Return what lies at a place."""
        return hit(self, self.shown, x, y, self.stage.zoom)

    def contents(self, node_ids: Iterable[str] | None = None) -> QRectF:
        """Return the box around some nodes, or around all that is shown."""
        return self.shown.contents(node_ids)

    # Selection

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return self._selection

    def selected_nodes(self) -> tuple[str, ...]:
        """Return the ids of the selected nodes."""
        return self._selection.nodes

    def selected_edges(self) -> tuple[Edge, ...]:
        """Return the selected edges."""
        return self._selection.edges

    def select(self, selection: Selection, *, quiet: bool = False) -> None:
        """Select these and nothing else; what the document does not hold is left out.

        Args:
            selection: What to select.
            quiet: Only show it for now, as while a band is drawn.
        """
        shown = self.shown
        wanted = Selection(
            tuple(i for i in dict.fromkeys(selection.nodes) if i in shown.nodes),
            tuple(e for e in dict.fromkeys(selection.edges) if e in shown.edges),
            tuple(i for i in dict.fromkeys(selection.notes) if i in shown.notes),
            tuple(i for i in dict.fromkeys(selection.frames) if i in shown.frames),
            tuple(b for b in dict.fromkeys(selection.bends) if self._there(b)),
        )
        before, self._selection = self._selection, wanted
        _flag(shown.nodes, before.nodes, wanted.nodes)
        _flag(shown.edges, before.edges, wanted.edges)
        _flag(shown.notes, before.notes, wanted.notes)
        _flag(shown.frames, before.frames, wanted.frames)
        if before.bends != wanted.bends:
            for edge in {b.edge for b in (*before.bends, *wanted.bends)} & shown.edges.keys():
                numbers = frozenset(b.number for b in wanted.bends if b.edge == edge)
                shown.edges[edge].choose_bends(numbers)
        if wanted != before:
            shown.update_folds()
            shown.overview.forget_states()
            self.show_names()
        if not quiet and wanted != self._told:
            self._told = wanted
            self.selection_changed.emit(wanted)

    def _there(self, bend: Bend) -> bool:
        led = self.document.layout.edges.get(bend.edge, ())
        return bend.edge in self.shown.edges and bend.number < len(led)

    # What a run and the checks say

    def set_live(
        self,
        edge_counts: Mapping[Edge, int],
        nodes: Mapping[str, NodeLive],
        fills: Mapping[Edge, float] | None = None,
    ) -> None:
        """Show a run's row counts, node states and how full queues are, 0 to 1.

        What is not named shows none.
        """
        stage = self.stage
        counts, lives, before = stage.counts, stage.lives, stage.fills
        stage.counts, stage.lives = dict(edge_counts), dict(nodes)
        steps = {edge: fill_step(fill) for edge, fill in (fills or {}).items()}
        stage.fills = {edge: step for edge, step in steps.items() if step}
        if stage.fills != before:
            self.shown.overview.forget_states()
        states = {i: (n.state, heat_step(n.heat)) for i, n in nodes.items()}
        if states != self._states:
            self._states = states
            self.shown.overview.forget_states()
        for item in self._in_view():
            if isinstance(item, NodeItem):
                if lives.get(item.node.id) != item.live:
                    item.update()
            elif isinstance(item, FrameItem):
                if item.collapsed:
                    item.update()
            elif isinstance(item, EdgeItem) and (
                counts.get(item.edge) != item.count or before.get(item.edge, 0) != item.fill
            ):
                item.update()

    def _in_view(self) -> list[QGraphicsItem]:
        rects = [v.mapToScene(v.viewport().rect()).boundingRect() for v in self.views()]
        touching = Qt.ItemSelectionMode.IntersectsItemBoundingRect
        return [item for rect in rects for item in self.items(rect, touching)]

    def set_problems(self, problems: Mapping[str, Severity]) -> None:
        """Mark the nodes that have problems, by their worst severity."""
        self._problems = dict(problems)
        for node_id, item in self.shown.nodes.items():
            severity = self._problems.get(node_id)
            if severity is not item.severity:
                item.severity = severity
                item.update()
                self.shown.overview.forget_states()
        self.shown.update_folds()

    def set_deliveries(self, deliveries: Mapping[str, DeliveryFace]) -> None:
        """Say of sinks how they deliver: what the badge says, and what it means."""
        self._deliveries = dict(deliveries)
        for node_id, item in self.shown.nodes.items():
            delivery = self._deliveries.get(node_id)
            if delivery != item.delivery:
                item.delivery, item.words = delivery, None
                item.update()

    def set_letters(self, letters: Mapping[str, int]) -> None:
        """Say of nodes how many dead letters of theirs wait."""
        self._letters = dict(letters)
        for node_id, item in self.shown.nodes.items():
            count = self._letters.get(node_id, 0)
            if count != item.dead_letters:
                item.dead_letters, item.words = count, None
                item.update()
        self.shown.update_folds()

    def set_skipped(self, skipped: Mapping[str, str]) -> None:
        """Say of nodes why they do not run."""
        self._skipped = dict(skipped)
        for node_id, item in self.shown.nodes.items():
            why = self._skipped.get(node_id, "")
            if why != item.skipped:
                item.skipped, item.words = why, None
                item.update()
                self.shown.overview.forget()

    def set_pinned(self, pinned: Mapping[str, str]) -> None:
        """Say of nodes which of their rows are pinned."""
        self._pinned = dict(pinned)
        for node_id, item in self.shown.nodes.items():
            told = self._pinned.get(node_id, "")
            if told != item.pinned:
                item.pinned, item.words = told, None
                item.update()

    # What the pointer does

    def hover(self, item: NodeItem | EdgeItem | NoteItem | FrameItem | None) -> None:
        """Show that the pointer is over an item."""
        if item is self._hovered:
            return
        for changed, over in ((self._hovered, False), (item, True)):
            if changed is not None:
                changed.hovered = over
                changed.update()
        self._hovered = item
        self.show_names()

    @Slot(object)
    def point_at(self, node_id: str | None) -> None:
        """Show a node as if the pointer were over it; None for none."""
        self.hover(None if node_id is None else self.shown.nodes.get(node_id))

    def aim_at(self, edge: EdgeItem | FrameItem | None) -> None:
        """Show that what is dragged would be put into an edge or a frame."""
        if edge is self._target:
            return
        for changed, aimed in ((self._target, False), (edge, True)):
            if changed is not None:
                changed.target = aimed
                changed.update()
        self._target = edge

    def light(self, ports: Iterable[PortRef], *, outputs: bool, held: str) -> None:
        """Light up the ports where an edge may end, and dim other nodes but the one `held`."""
        side = "out" if outputs else "in"
        by_node: dict[str, set[str]] = {}
        for port in ports:
            by_node.setdefault(port.node, set()).add(f"{side}:{port.port}")
        for node_id, item in self.shown.nodes.items():
            item.lit = frozenset(by_node.get(node_id, ()))
            item.unfit = not item.lit and node_id != held
        self.update()

    def show_open_end(self, port: PortRef, place: XY, *, forward: bool = True) -> None:
        """Draw an edge from a port to an open end, while somebody is asked what follows."""
        if port.node in self.shown.nodes:
            held = self.spot_of(port, output=forward)
            start, stop = (held, place) if forward else (place, held)
            self.ghost.show_between(start, stop, place, waits=True)

    def unlight(self) -> None:
        """End what `light` began."""
        for item in self.shown.nodes.values():
            item.lit, item.unfit = frozenset(), False
        self.update()

    @property
    def path_shown(self) -> bool:
        """True while a path is lit."""
        return self.stage.spotlight.on

    def show_path(self, nodes: Iterable[str] | None, edges: Iterable[Edge] = ()) -> None:
        """Light these nodes and edges and dim all others; None dims none."""
        if self.stage.spotlight.show(nodes, edges):
            self.shown.overview.forget_states()
            self.update()

    def hide_edge(self, edge: Edge | None) -> None:
        """Leave an edge undrawn while its end is dragged; None draws all again."""
        for known, item in self.shown.edges.items():
            hidden = known == edge
            if hidden != item.hidden:
                item.hidden = hidden
                item.update()

    def show_names(self) -> None:
        """Name the ports of the nodes hovered and selected."""
        nodes = self.shown.nodes
        named: list[NodeItem | FrameItem] = [
            nodes[i] for i in self._selection.nodes[:64] if i in nodes and not nodes[i].folded
        ]
        over = self._hovered
        if isinstance(over, NodeItem) and over not in named:
            named.append(over)
        if isinstance(over, FrameItem) and over.collapsed:
            named.append(over)
        self.names.show_for(named)

    # How it is shown

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.stage.style = Style(theme)
        for node in self.shown.nodes.values():
            node.words = None
        for frame in self.shown.frames.values():
            frame.words = None
        self.update()

    def set_zoom(self, zoom: float, pixel_ratio: float = 1.0) -> None:
        """Take the zoom of the view; below 0.35 one overview item stands for all others."""
        before = self.stage.detail
        self.stage.look(zoom, pixel_ratio)
        after = self.stage.detail
        if Detail.OVERVIEW in (before, after) and before is not after:
            self._show_overview(after is Detail.OVERVIEW)
        self.show_names()

    def _show_overview(self, overview: bool) -> None:  # noqa: FBT001 - reads as its name says
        shown = self.shown
        for items in (shown.nodes, shown.edges, shown.notes):
            for item in items.values():
                item.setVisible(not overview and not item.folded)
        for frame in shown.frames.values():
            frame.setVisible(not overview)
        self.shown.overview.setVisible(overview)

    def spot_of(self, port: PortRef, *, output: bool) -> XY:
        """Return where edges of a port end."""
        return self.shown.nodes[port.node].port_place(port.port, output=output)

    def nearest_node(self, x: float, y: float) -> str | None:
        """Return the node whose middle is nearest to a place."""
        by_distance = {
            i: (n.left + CARD_WIDTH / 2 - x) ** 2 + (n.middle[1] - y) ** 2
            for i, n in self.shown.nodes.items()
            if not n.folded
        }
        return min(by_distance, key=by_distance.__getitem__, default=None)


def _flag(items: Mapping[Any, Any], before: Iterable[object], after: Iterable[object]) -> None:
    wanted = set(after)
    for key in {*before, *wanted}:
        item = items.get(key)
        if item is not None and item.selected is not (key in wanted):
            item.selected = key in wanted
            item.update()
