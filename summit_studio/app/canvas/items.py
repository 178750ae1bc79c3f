"""The items of a scene, kept in step with the document: only what differs is touched."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene

from summit_studio.app.canvas.arrange import card_of, places
from summit_studio.app.canvas.bending import bend, carried
from summit_studio.app.canvas.connecting import reachable
from summit_studio.app.canvas.edge_item import EdgeItem
from summit_studio.app.canvas.face import Faces, NodeFace, PortFace
from summit_studio.app.canvas.folding import Fold, folds_of
from summit_studio.app.canvas.frame_item import FrameItem
from summit_studio.app.canvas.geometry import CARD_WIDTH, XY, Curve, shape_of
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.canvas.note_item import DEFAULT_SIZE, NoteItem
from summit_studio.app.canvas.overview import OverviewItem
from summit_studio.app.canvas.room import Box
from summit_studio.app.canvas.routing import Ends
from summit_studio.app.canvas.space import Space
from summit_studio.app.canvas.style import Detail, Stage
from summit_studio.app.look.words import tr
from summit_studio.app.session.selection import Bend, Selection
from summit_studio.document.edits import Compound, Edit, MoveNodes, SetNote
from summit_studio.document.framing import joining, members
from summit_studio.document.healing import parting
from summit_studio.document.layered.cards import Card
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import EMPTY, Document, Edge, Node, Point, PortRef

K = TypeVar("K")

_AROUND = 4_000.0
_MANY = 120
"""Of more edges than these, those that move as a whole keep their ways until they stand."""


@dataclass(frozen=True, slots=True)
class Held:
    """Where nodes, notes, frames and bends stand that are moved together."""

    nodes: Mapping[str, Point] = field(default_factory=dict)
    notes: Mapping[str, Point] = field(default_factory=dict)
    frames: Mapping[str, Point] = field(default_factory=dict)
    bends: Mapping[Bend, Point] = field(default_factory=dict)

    def by(self, step: Point) -> "Held":
        """Return the same moved by a step."""
        return Held(
            _shifted(self.nodes, step),
            _shifted(self.notes, step),
            _shifted(self.frames, step),
            _shifted(self.bends, step),
        )

    def __bool__(self) -> bool:
        return bool(self.nodes or self.notes or self.frames or self.bends)


def _shifted(places: Mapping[K, Point], step: Point) -> dict[K, Point]:
    return {i: (x + step[0], y + step[1]) for i, (x, y) in places.items()}


def _place(item: NodeItem | NoteItem | FrameItem) -> Point:
    return round(item.left), round(item.top)


class Items:
    """Nodes, edges, notes and frames by their ids, which nobody but the scene changes."""

    def __init__(self, scene: QGraphicsScene, stage: Stage, faces: Faces) -> None:
        self.document = Document()
        self.nodes: dict[str, NodeItem] = {}
        self.edges: dict[Edge, EdgeItem] = {}
        self.notes: dict[str, NoteItem] = {}
        self.frames: dict[str, FrameItem] = {}
        self.overview = OverviewItem(stage, self.nodes, self.edges, self.notes, self.frames)
        self._scene, self._stage, self._faces = scene, stage, faces
        self._touching: dict[str, dict[Edge, None]] = {}
        self._undrawn: dict[Edge, None] = {}
        self._places: Mapping[str, tuple[int, int]] = {}
        self._came: list[NodeItem] = []
        self._folds: Mapping[str, Fold] = {}
        self._folded: dict[str, FrameItem] = {}
        self._bends: Mapping[Edge, tuple[Point, ...]] = {}
        scene.addItem(self.overview)
        self.overview.setVisible(False)

    def show_document(self, document: Document) -> list[NodeItem]:
        """Show a document; only what differs from the one shown is touched. Return new nodes."""
        before, self.document = self.document, document
        self._came = []
        if document is before:
            return []
        touched = self._step_edges(before.edges, document.edges)
        refolded = self._step_frames()
        self._step_nodes(before, document, touched)
        self._step_notes()
        self._refold(refolded)
        self._refit()
        self.restore()
        self._step_aside()
        waiting, self._undrawn = self._undrawn, {}
        self._add_edges(waiting)
        return self._came

    def refresh_faces(self) -> None:
        """Ask for every face anew, after the catalogue or what faces depend on changed."""
        reshaped = [i for i, n in self.nodes.items() if n.show_face(n.node, self._face(n.node))]
        self._take_room(reshaped)
        self._lay_edges(reshaped)
        self.overview.forget()

    def card(self, node: Node, at: Point = (0, 0)) -> Box:
        """Return the box of the card that a node has, or would have if it were shown."""
        return (*at, at[0] + CARD_WIDTH, at[1] + shape_of(self._faces.face(node)).height)

    def space(self, but: str | None = None) -> Space:
        """Return what the cards shown leave free, that of the node `but` left out."""
        boxes: dict[str, Box] = {}
        for node_id, node in self.nodes.items():
            if node_id != but:
                shown = self._folded.get(node_id, node)
                left, top = shown.left, shown.top
                boxes[node_id] = left, top, left + CARD_WIDTH, top + shown.card.height
        return Space(boxes)

    def rect_of(self, node_id: str) -> QRectF:
        """Return where a node is seen: its card, or that of the frame which hides it."""
        return self._folded.get(node_id, self.nodes[node_id]).frame

    def seen_beside(self, held: "Held", view: QRectF) -> list[Box]:
        """Return the boxes of what is in view and stays while the held moves."""
        items: list[NodeItem | NoteItem | FrameItem] = [
            n for i, n in self.nodes.items() if i not in held.nodes and not n.folded
        ]
        items += [n for i, n in self.notes.items() if i not in held.notes and not n.folded]
        items += [f for i, f in self.frames.items() if i not in held.frames]
        frames = (item.frame for item in items)
        return [(f.left(), f.top(), f.right(), f.bottom()) for f in frames if view.intersects(f)]

    def held_by(self, chosen: Selection) -> "Held":
        """Return where all stands that moves with a selection: of a frame, what it holds too."""
        nodes, notes = dict.fromkeys(chosen.nodes), dict.fromkeys(chosen.notes)
        for frame_id in chosen.frames:
            in_frame, notes_in_frame = members(self.document, frame_id)
            nodes |= dict.fromkeys(in_frame)
            notes |= dict.fromkeys(notes_in_frame)
        return Held(
            {i: _place(self.nodes[i]) for i in nodes},
            {i: _place(self.notes[i]) for i in notes},
            {i: _place(self.frames[i]) for i in chosen.frames},
            {b: self.document.layout.edges[b.edge][b.number] for b in chosen.bends},
        )

    def goes_between(self, node_id: str) -> bool:
        """Return True if a node has no edges yet, and the ports to be put into one."""
        face = self.nodes[node_id].face
        gives = any(p.kind == "output" for p in face.outputs)
        return bool(face.inputs) and gives and not self._touching.get(node_id)

    def putting(self, node_id: str, edge: Edge, at: Point) -> Edit:
        """Return the edit that puts a node into an edge, for which it must fit.

        Args:
            node_id: The node.
            edge: The edge.
            at: Where the node was dropped: its upper left.
        """
        item, document = self.nodes[node_id], self.document
        into = item.face.inputs[0]
        out = next(p for p in item.face.outputs if p.kind == "output")
        behind = reachable(document.edges, edge.target.node) & self.nodes.keys()
        ends, card = (edge.source.node, edge.target.node), (0, 0, CARD_WIDTH, item.card.height)
        place, moved = self.space(node_id).between(*ends, behind, at, card)
        through = parting(document, edge, PortRef(node_id, into.name), PortRef(node_id, out.name))
        move = MoveNodes({**moved, node_id: place})
        return Compound(
            tr("Put {node_id} into {edge}", node_id=node_id, edge=edge), (move, *through)
        )

    def moving(self, held: "Held", resting: Collection[str] = ()) -> Edit | None:
        """Return the edit that puts things at new places; None without any.

        Nodes and notes that come to stand in a frame, or leave theirs, change it, too.

        Args:
            held: Where they come to stand.
            resting: Nodes that are brought to their places, too, and stand there already.
        """
        steps: list[Edit] = [MoveNodes(dict(held.nodes))] if held.nodes else []
        for note_id, place in held.notes.items():
            item = self.notes[note_id]
            steps.append(SetNote(note_id, item.note.text, (*place, *item.box[2:])))
        steps += self._bending(held, resting)
        frames = self.document.layout.frames
        for frame_id, place in held.frames.items():
            frame = replace(frames[frame_id], box=(*place, *frames[frame_id].box[2:]))
            steps.append(SetInLayout("frames", frame_id, frame))
        if frames and not held.frames:
            steps += self.joining(held)
        if len(steps) > 1:
            count = len(held.nodes) + len(held.notes)
            if not count and not held.frames:
                return Compound(tr("Bend edges"), tuple(steps))
            label = (
                tr("Move frame") if len(held.frames) == 1 else tr("Move {count} items", count=count)
            )
            return Compound(label, tuple(steps))
        return steps[0] if steps else None

    def _bending(self, held: "Held", resting: Collection[str]) -> Iterator[SetInLayout]:
        """Yield the edits of bends that are held, or move along with both ends of their edges."""
        for edge, bends in self.document.layout.edges.items():
            start, end = (
                (0, 0) if ref.node in resting else self._step_of(ref.node, held)
                for ref in (edge.source, edge.target)
            )
            if start is not None and end is not None:
                moved = carried(bends, start, end)
            else:
                moved = tuple(held.bends.get(Bend(edge, n), b) for n, b in enumerate(bends))
            if moved != bends:
                yield bend(edge, moved)

    def _step_of(self, node_id: str, held: "Held") -> Point | None:
        """Return how far a node moves; None for one that is not moved."""
        to, known = held.nodes.get(node_id), self._places.get(node_id)
        return None if to is None or known is None else (to[0] - known[0], to[1] - known[1])

    def bending(self, edges: Iterable[Edge], step: Point) -> Edit | None:
        """Return the edit that moves all bends of edges by a step; None without any."""
        led = self.document.layout.edges
        steps = [
            bend(e, [(x + step[0], y + step[1]) for x, y in led[e]]) for e in edges if e in led
        ]
        if len(steps) > 1:
            return Compound(tr("Bend edges"), tuple(steps))
        return steps[0] if steps else None

    def joining(self, held: "Held") -> list[SetInLayout]:
        """Return the edits of frames that hold other nodes or notes once these were moved."""
        nodes = {i: (*p, CARD_WIDTH, self.nodes[i].card.height) for i, p in held.nodes.items()}
        notes = {i: (*p, *self.notes[i].box[2:]) for i, p in held.notes.items()}
        return joining(self.document.layout.frames, nodes, notes)

    def restore(self) -> None:
        """Put every node, note and frame where the document says."""
        moved = {
            i: place
            for i, place in self._places.items()
            if (item := self.nodes.get(i)) is not None and (item.left, item.top) != place
        }
        notes = {
            i: (box[0], box[1])
            for i, box in self.document.layout.notes.items()
            if (note := self.notes.get(i)) is not None and (note.left, note.top) != box[:2]
        }
        frames = {
            i: frame.box[:2]
            for i, frame in self.document.layout.frames.items()
            if (self.frames[i].left, self.frames[i].top) != frame.box[:2]
        }
        self.preview(moved, notes, frames)
        self._step_bends()

    def preview_bends(self, edge: Edge, bends: tuple[Point, ...]) -> None:
        """Show an edge through other bends; the document stays as it is."""
        self._bends = {**self._bends, edge: bends}
        self.overview.moved((), self._lay([edge]))

    def _step_bends(self) -> None:
        """Lead every edge through the bends that the document says."""
        before, self._bends = self._bends, self.document.layout.edges
        if before is self._bends:
            return
        known = (e for e in {**before, **self._bends} if e in self.edges)
        led = [e for e in known if self.edges[e].bends != self._bends.get(e, ())]
        if led:
            self.overview.moved((), self._lay(led))

    def cards(self) -> dict[str, Card]:
        """Return what a layout needs to know of every node."""
        return {i: card_of(n.card) for i, n in self.nodes.items()}

    def places(self) -> dict[str, Point]:
        """Return where every node stands, those without a place of their own too."""
        return {i: self._places[i] for i in self.nodes}

    def preview(
        self,
        nodes: Mapping[str, XY],
        notes: Mapping[str, XY] = EMPTY,
        frames: Mapping[str, XY] = EMPTY,
        bends: Mapping[Bend, Point] | None = None,
        *,
        loose: bool = False,
    ) -> None:
        """Show nodes, notes, frames and bends at other places; the document stays as it is."""
        steps: dict[str, XY] = {}
        for node_id, place in nodes.items():
            item = self.nodes[node_id]
            steps[node_id] = place[0] - item.left, place[1] - item.top
            item.move_to(*place)
        for note_id, place in notes.items():
            self.notes[note_id].move_to(*place)
        for frame_id, place in frames.items():
            self.frames[frame_id].move_to(*place)
        if self._bends and steps:
            self._carry_bends(steps)
        led = self._lead(bends, nodes) if bends else {}
        self._take_room(nodes)
        self._take_room_of_frames(frames)
        if nodes or notes or frames or led:
            hidden = (i for f in frames if f in self._folds for i in self._folds[f].nodes)
            touching = self._edges_of([*nodes, *hidden]) | led
            keep = not loose and len(touching) > _MANY
            carried = self._carry(touching, steps) if keep else {}
            laid = self._lay((e for e in touching if e not in carried), loose=loose)
            self.overview.moved(
                (self.nodes[i] for i in nodes), [*laid, *(self.edges[e] for e in carried)]
            )

    def _step_edges(self, before: tuple[Edge, ...], after: tuple[Edge, ...]) -> set[str]:
        """Drop edges that went, note those that came; return the nodes touched by any change."""
        # Edits keep the other edges as they are, the very objects: skip equal heads and tails.
        start, end = 0, 0
        shorter = min(len(before), len(after))
        while start < shorter and before[start] is after[start]:
            start += 1
        while end < shorter - start and before[-1 - end] is after[-1 - end]:
            end += 1
        gone = dict.fromkeys(before[start : len(before) - end])
        come = dict.fromkeys(after[start : len(after) - end])
        touched: set[str] = set()
        # A file may hold an edge twice, and lose only one of the two.
        kept = set(after) if gone else set()
        for edge in gone.keys() - kept:
            touched |= {edge.source.node, edge.target.node}
            self._drop_edge(edge)
        for edge in come:
            if edge not in self.edges:
                self._undrawn[edge] = None
                for node_id in (edge.source.node, edge.target.node):
                    touched.add(node_id)
                    self._touching.setdefault(node_id, {})[edge] = None
        return touched

    def _step_nodes(self, before: Document, after: Document, touched: set[str]) -> None:
        self._places = self._places_of(before, after)
        reshaped: list[str] = []
        changed = bool(touched)
        for node_id in before.nodes.keys() - after.nodes.keys():
            self._drop_node(node_id)
            changed = True
        for node_id, node in after.nodes.items():
            if before.nodes.get(node_id) is node and node_id not in touched:
                continue
            changed = True
            item = self.nodes.get(node_id)
            if item is None:
                self._add_node(node)
            elif item.show_face(node, self._face(node)):
                reshaped.append(node_id)
        self._take_room(reshaped)
        self._lay_edges(reshaped)
        if changed:
            self.overview.forget()

    def _places_of(self, before: Document, after: Document) -> Mapping[str, Point]:
        known = after.layout.nodes
        if all(i in known for i in after.nodes):
            return known
        cards = {i: card_of(shape_of(self._face(n))) for i, n in after.nodes.items()}
        same = any(before.nodes.get(i) is n for i, n in after.nodes.items())
        return places(after, cards, self._places if same else EMPTY)

    def _step_frames(self) -> list[str]:
        """Show the frames; return the nodes in those that are collapsed otherwise than before."""
        document = self.document
        before, folds = self._folds, folds_of(document)
        self._folds = folds
        for frame_id in self.frames.keys() - document.layout.frames.keys():
            self._scene.removeItem(self.frames.pop(frame_id))
            self._stage.crowd.stand(f"frame:{frame_id}", None)
            self.overview.forget()
        for frame_id, frame in document.layout.frames.items():
            item = self.frames.get(frame_id)
            fold = folds.get(frame_id)
            if item is None:
                item = self.frames[frame_id] = FrameItem(self._stage, frame_id, frame)
                self._adopt(item)
            elif item.shown == frame and item.fold == fold:
                continue
            item.show_frame(frame, fold, ())
            self.overview.forget()
        if not (before or folds):
            return []
        self._folded = {i: self.frames[f] for f, fold in folds.items() for i in fold.nodes}
        changed = [f for f in {*before, *folds} if before.get(f) != folds.get(f)]
        return [i for f in changed for d in (before, folds) if f in d for i in d[f].nodes]

    def _refold(self, node_ids: Iterable[str]) -> None:
        """Hide what collapsed frames hold, and let edges end at their borders."""
        for frame_id, fold in self._folds.items():
            self.frames[frame_id].members = [self.nodes[i] for i in fold.nodes]
        hidden = {i for fold in self._folds.values() for i in fold.notes}
        for note_id, note in self.notes.items():
            if note.folded is not (note_id in hidden):
                self._fold(note, folded=note_id in hidden)
        known = [i for i in dict.fromkeys(node_ids) if i in self.nodes]
        for node_id in known:
            if self.nodes[node_id].folded is not (node_id in self._folded):
                self._fold(self.nodes[node_id], folded=node_id in self._folded)
        self._take_room(known)
        self._take_room_of_frames(self.frames)
        if known:
            for edge in self._edges_of(known):
                self._fold(self.edges[edge], folded=self._within(edge))
            self._lay_edges(known)

    def _fold(self, item: NodeItem | NoteItem | EdgeItem, *, folded: bool) -> None:
        item.folded = folded
        item.setVisible(not folded and self._stage.detail is not Detail.OVERVIEW)
        self.overview.forget()

    def update_folds(self) -> None:
        """Draw collapsed frames anew: what they hold looks otherwise now."""
        for frame_id in self._folds:
            item = self.frames[frame_id]
            item.words = None
            item.update()

    def _within(self, edge: Edge) -> bool:
        """Return True of an edge both of whose ends one collapsed frame hides."""
        home = self._folded.get(edge.source.node)
        return home is not None and home is self._folded.get(edge.target.node)

    def _step_notes(self) -> None:
        document = self.document
        for note_id in self.notes.keys() - document.notes.keys():
            self._scene.removeItem(self.notes.pop(note_id))
            self.overview.forget()
        for note_id, note in document.notes.items():
            box = document.layout.notes.get(note_id, (0, 0, *DEFAULT_SIZE))
            colour = document.layout.colours.get(note_id, "")
            item = self.notes.get(note_id)
            if item is None:
                self.notes[note_id] = NoteItem(self._stage, note, box, colour)
                self._adopt(self.notes[note_id])
                self.overview.forget()
            elif item.note is not note or item.box != box or item.colour != colour:
                item.show_note(note, box, colour)
                self.overview.forget()

    def _add_node(self, node: Node) -> None:
        item = NodeItem(self._stage, node, self._face(node), self._places[node.id])
        self.nodes[node.id] = item
        self._came.append(item)
        self._take_room([node.id])
        self._adopt(item)

    def _drop_node(self, node_id: str) -> None:
        # A file may hold edges of absent nodes: they stay in the document, undrawn.
        for edge in self._touching.get(node_id, {}):
            if edge in self.edges:
                self._undrawn[edge] = None
                self._remove_edge(edge)
        self._scene.removeItem(self.nodes.pop(node_id))
        self._stage.crowd.stand(node_id, None)

    def _add_edges(self, edges: Iterable[Edge]) -> None:
        drawn = []
        for edge in edges:
            if edge.source.node in self.nodes and edge.target.node in self.nodes:
                drawn.append(edge)
            else:
                self._undrawn[edge] = None
        for edge, way in self._ways(drawn).items():
            item = self.edges.get(edge)
            if item is not None:
                item.lay(way, self._bends.get(edge, ()))
                continue
            port = self.nodes[edge.source.node].face.port(edge.source.port, output=True)
            rejected = port is not None and port.kind == "rejected"
            self.edges[edge] = EdgeItem(self._stage, edge, way, rejected=rejected)
            if self._bends and edge in self._bends:
                self.edges[edge].lay(way, self._bends[edge])
            self._adopt(self.edges[edge])
            if self._within(edge):
                self._fold(self.edges[edge], folded=True)

    def _drop_edge(self, edge: Edge) -> None:
        for node_id in (edge.source.node, edge.target.node):
            self._touching.get(node_id, {}).pop(edge, None)
        self._undrawn.pop(edge, None)
        if edge in self.edges:
            self._remove_edge(edge)

    def _remove_edge(self, edge: Edge) -> None:
        item = self.edges.pop(edge)
        self._stage.crowd.leave(edge)
        self._scene.removeItem(item)

    def _ways(self, edges: Iterable[Edge], *, loose: bool = False) -> dict[Edge, Curve]:
        """Return the ways of edges, and of those that make room for them."""
        ends = {edge: self._ends(edge) for edge in edges}
        if self._bends:
            for edge in ends.keys() & self._bends.keys():
                ends[edge] = replace(ends[edge], bends=self._bends[edge])
        return self._stage.crowd.route(ends, loose=loose)

    def _ends(self, edge: Edge) -> Ends:
        start, source = self._end(edge.source, output=True)
        end, target = self._end(edge.target, output=False)
        return Ends(start, end, source, target)

    def _end(self, ref: PortRef, *, output: bool) -> tuple[XY, Box]:
        """Return where an edge of a port ends, and the box of the card there."""
        frame = self._folded.get(ref.node)
        if frame is not None:
            return frame.port_place(ref, output=output), frame.room
        node = self.nodes[ref.node]
        return node.port_place(ref.port, output=output), node.box

    def _take_room(self, node_ids: Iterable[str]) -> None:
        for node_id in node_ids:
            box = None if node_id in self._folded else self.nodes[node_id].box
            self._stage.crowd.stand(node_id, box)

    def _take_room_of_frames(self, frame_ids: Iterable[str]) -> None:
        for frame_id in frame_ids:
            item = self.frames[frame_id]
            self._stage.crowd.stand(f"frame:{frame_id}", item.room if item.collapsed else None)

    def _step_aside(self) -> None:
        """Lay edges and pills anew where cards came, went or moved."""
        near = [edge for edge in self._stage.crowd.disturbed() if edge in self.edges]
        for edge in near:
            self.edges[edge].forget_pill()
        self.overview.moved((), self._lay(near))

    def _adopt(self, item: QGraphicsRectItem) -> None:
        if self._stage.detail is Detail.OVERVIEW:
            item.setVisible(False)
        self._scene.addItem(item)

    def _lay_edges(self, node_ids: Iterable[str]) -> list[EdgeItem]:
        return self._lay(self._edges_of(node_ids))

    def _edges_of(self, node_ids: Iterable[str]) -> dict[Edge, None]:
        """Return the edges drawn at nodes."""
        touching = (e for i in node_ids for e in self._touching.get(i, {}))
        return dict.fromkeys(e for e in touching if e in self.edges)

    def _carry(self, edges: Iterable[Edge], steps: Mapping[str, XY]) -> dict[Edge, None]:
        """Carry along the edges both of whose ends take one step, as they are; return those."""
        carried: dict[Edge, None] = {}
        for edge in edges:
            step = steps.get(edge.source.node)
            if step is not None and step != (0, 0) and step == steps.get(edge.target.node):
                item = self.edges[edge]
                way = tuple(v + step[i % 2] for i, v in enumerate(item.curve))
                item.lay(way, self._bends.get(edge, ()))
                carried[edge] = None
        return carried

    def _carry_bends(self, steps: Mapping[str, XY]) -> None:
        """Take along the bends of edges both of whose ends take one step."""
        moved = {}
        for edge, bends in self._bends.items():
            step = steps.get(edge.source.node)
            if step is not None and step == steps.get(edge.target.node):
                dx, dy = round(step[0]), round(step[1])
                moved[edge] = tuple((x + dx, y + dy) for x, y in bends)
        if moved:
            self._bends = {**self._bends, **moved}

    def _lead(self, bends: Mapping[Bend, Point], nodes: Mapping[str, XY]) -> dict[Edge, None]:
        """Take bends elsewhere, but for those that go with both ends; return their edges."""
        led: dict[Edge, list[Point]] = {}
        for (edge, number), place in bends.items():
            if not (edge.source.node in nodes and edge.target.node in nodes):
                led.setdefault(edge, list(self._bends[edge]))[number] = place
        self._bends = {**self._bends, **{edge: tuple(places) for edge, places in led.items()}}
        return dict.fromkeys(led)

    def _lay(self, edges: Iterable[Edge], *, loose: bool = False) -> list[EdgeItem]:
        """Lay edges anew; return those laid, with those that make room for them."""
        laid = []
        for edge, way in self._ways(edges, loose=loose).items():
            self.edges[edge].lay(way, self._bends.get(edge, ()) if self._bends else ())
            laid.append(self.edges[edge])
        return laid

    def _face(self, node: Node) -> NodeFace:
        """Return a node's face, with a port for every edge it has: none is ever hidden."""
        face = self._faces.face(node)
        missing: dict[PortFace, None] = {}
        for edge in self._touching.get(node.id, {}):
            if edge.source.node == node.id and face.port(edge.source.port, output=True) is None:
                rejected = edge.source.port == "rejected"
                missing[PortFace(edge.source.port, "rejected" if rejected else "output")] = None
            if edge.target.node == node.id and face.port(edge.target.port, output=False) is None:
                missing[PortFace(edge.target.port, "input", many=True)] = None
        if not missing:
            return face
        return replace(
            face,
            inputs=(*face.inputs, *(p for p in missing if p.kind == "input")),
            outputs=(
                *(p for p in missing if p.kind == "output"),
                *face.outputs,
                *(p for p in missing if p.kind == "rejected"),
            ),
        )

    def _refit(self) -> None:
        """Keep the scene rectangle fixed, but for documents that reach beyond it."""
        rect = self.contents()
        if not rect.isEmpty() and not self._scene.sceneRect().contains(rect):
            self._scene.setSceneRect(rect.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND))
        # The overview covers everything; its own bounds must be those of all it draws.
        self.overview.setRect(self._scene.sceneRect())

    def contents(self, node_ids: Iterable[str] | None = None) -> QRectF:
        """Return the box around some nodes, or around all that is shown."""
        wanted = self.nodes if node_ids is None else [i for i in node_ids if i in self.nodes]
        cards = (self._folded.get(i, self.nodes[i]) for i in wanted)
        boxes: list[tuple[float, float, float, float]] = [
            (n.left, n.top, CARD_WIDTH, n.card.height) for n in cards
        ]
        if node_ids is None:
            notes = (n for n in self.notes.values() if not n.folded)
            boxes += [(n.left, n.top, n.box[2], n.box[3]) for n in notes]
            boxes += [
                (f.left, f.top, f.frame.width(), f.frame.height()) for f in self.frames.values()
            ]
            boxes += [(x, y, 0, 0) for bends in self._bends.values() for x, y in bends]
        if not boxes:
            return QRectF()
        left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
        right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
        return QRectF(left, top, right - left, bottom - top)
