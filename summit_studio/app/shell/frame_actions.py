"""What the actions on frames do: made, collapsed, fitted, and left by their nodes."""

from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.geometry import CARD_WIDTH
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.document.edits import Compound, Edit, MoveNodes
from summit_studio.document.framing import around, folded, framed, homes, members, taken_out
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import Box


class FrameActions(QObject):
    """Acts on the frames that are selected, or that hold the nodes selected."""

    def __init__(self, session: Session, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas

    @Slot()
    def on_add_frame(self) -> None:
        """Make a frame around what is selected; else let the next drag draw one."""
        self._session.bridge.flush()
        chosen, shown = self._session.selection, self._canvas.scene().shown
        nodes = [i for i in chosen.nodes if not shown.nodes[i].folded]
        boxes = self._boxes(nodes, chosen.notes)
        if not boxes:
            self._canvas.frame_next()
            return
        edit, frame_id = framed(self._session.document, around(boxes), nodes, chosen.notes)
        if self._session.do(edit):
            self._session.bridge.flush()
            self._canvas.frame_made.emit(frame_id)

    @Slot()
    def on_fold_frame(self) -> None:
        """Collapse open frames, or open them if all are collapsed."""
        frames = self._session.document.layout.frames
        chosen = frames_of(self._session)
        opens = all(frames[i].collapsed for i in chosen)
        steps: list[Edit] = []
        for frame_id in chosen:
            if frames[frame_id].collapsed is opens:
                steps += folded(frame_id, frames[frame_id]).edits
        if steps:
            verb = tr("Open") if opens else tr("Collapse")
            noun = tr("frame") if len(steps) == 1 else tr("{count} frames", count=len(steps))
            self._session.do(Compound(f"{verb} {noun}", tuple(steps)))

    @Slot()
    def on_fit_frame(self) -> None:
        """Make frames as large as what they hold calls for."""
        self._session.bridge.flush()
        document = self._session.document
        frames, steps = document.layout.frames, list[Edit]()
        for frame_id in frames_of(self._session):
            boxes = self._boxes(*members(document, frame_id))
            if boxes and around(boxes) != frames[frame_id].box:
                fitted = replace(frames[frame_id], box=around(boxes))
                steps.append(SetInLayout("frames", frame_id, fitted))
        if steps:
            self._session.do(Compound(tr("Fit frame"), tuple(steps)))

    @Slot()
    def on_leave_frame(self) -> None:
        """Take what is selected out of its frame, to free room beside it."""
        self._session.bridge.flush()
        document, chosen = self._session.document, self._session.selection
        frames, own = document.layout.frames, homes(document.layout.frames)
        nodes = [i for i in chosen.nodes if i in own]
        steps: list[Edit] = [*taken_out(frames, nodes, chosen.notes)]
        if not steps:
            return
        shown = self._canvas.scene().shown
        space = shown.space()
        for frame_id, frame in frames.items():
            x, y, width, height = frame.box
            space.take(f"frame:{frame_id}", (x, y, x + width, y + height))
        places = {}
        for node_id in nodes:
            x, y, width, _ = frames[own[node_id]].box
            card = (0, 0, CARD_WIDTH, shown.nodes[node_id].card.height)
            places[node_id] = space.place((x + width, y), (card,))
            left, top = places[node_id]
            space.take(node_id, (left, top, left + card[2], top + card[3]))
        if places:
            steps.append(MoveNodes(places))
        if self._session.do(Compound(tr("Take out of frame"), tuple(steps))):
            self._canvas.glide_to(*nodes)

    def _boxes(self, nodes: "list[str]", notes: "tuple[str, ...] | list[str]") -> list[Box]:
        """Return the boxes of cards and notes, where the document has put them."""
        shown = self._canvas.scene().shown
        places = shown.places()
        boxes = [(*places[i], CARD_WIDTH, shown.nodes[i].card.height) for i in nodes]
        return [*boxes, *(shown.notes[i].box for i in notes)]


def frames_of(session: Session) -> list[str]:
    """Return the frames selected; without any, those that hold a node selected."""
    chosen, own = session.selection, homes(session.document.layout.frames)
    return list(dict.fromkeys(chosen.frames or [own[i] for i in chosen.nodes if i in own]))
