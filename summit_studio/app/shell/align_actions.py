"""What the actions that bring things into line do, each in one step of the history."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.bending import bend
from summit_studio.app.canvas.items import Held
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.words import tr
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.problems import Severity
from summit_studio.document.aligning import Line, aligned, distributed, straightened
from summit_studio.document.edits import Compound, Edit
from summit_studio.document.framing import homes, note_homes
from summit_studio.document.model import Box, Point

_NODE, _NOTE, _FRAME = "n:", "t:", "f:"
"""What begins the names of boxes: ids of nodes, notes and frames may be the same."""


class AlignActions(QObject):
    """Moves what is selected; a frame moves with all that it holds, as one."""

    def __init__(self, session: Session, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas

    @Slot()
    def on_align_left(self) -> None:
        """Align left sides."""
        self._align(tr("Align left"), Line.LEFT)

    @Slot()
    def on_align_centre(self) -> None:
        """Align middles across."""
        self._align(tr("Align centres"), Line.CENTRE)

    @Slot()
    def on_align_right(self) -> None:
        """Align right sides."""
        self._align(tr("Align right"), Line.RIGHT)

    @Slot()
    def on_align_top(self) -> None:
        """Align upper sides."""
        self._align(tr("Align tops"), Line.TOP)

    @Slot()
    def on_align_middle(self) -> None:
        """Align middles down."""
        self._align(tr("Align middles"), Line.MIDDLE)

    @Slot()
    def on_align_bottom(self) -> None:
        """Align lower sides."""
        self._align(tr("Align bottoms"), Line.BOTTOM)

    @Slot()
    def on_distribute_across(self) -> None:
        """Leave equal room from left to right."""
        self._move(tr("Distribute across"), distributed(self._boxes(), 0))

    @Slot()
    def on_distribute_down(self) -> None:
        """Leave equal room from top to bottom."""
        self._move(tr("Distribute down"), distributed(self._boxes(), 1))

    @Slot()
    def on_straighten(self) -> None:
        """Put nodes level with those that feed them, so that edges run straight."""
        self._session.bridge.flush()
        cards = self._canvas.scene().shown.cards()
        boxes = {i: b for i, b in self._boxes().items() if i.startswith(_NODE)}
        nodes = {i.removeprefix(_NODE): b for i, b in boxes.items()}
        places = straightened(self._session.document, nodes, cards.__getitem__)
        led = (
            e
            for e in self._session.document.layout.edges
            if e.source.node in nodes and e.target.node in nodes
        )
        # An edge that is led through bends would not run straight.
        drops = [bend(e, ()) for e in led]
        self._move(tr("Straighten"), {_NODE + i: p for i, p in places.items()}, drops)

    def _align(self, label: str, line: Line) -> None:
        self._move(label, aligned(self._boxes(), line))

    def _boxes(self) -> dict[str, Box]:
        """Return the boxes of what moves on its own: what is in a frame selected goes with it."""
        self._session.bridge.flush()
        chosen, shown = self._session.selection, self._canvas.scene().shown
        frames = self._session.document.layout.frames
        own, own_notes, places = homes(frames), note_homes(frames), shown.places()
        boxes: dict[str, Box] = {}
        for node_id in chosen.nodes:
            if own.get(node_id) not in chosen.frames:
                card = shown.nodes[node_id].frame
                size = round(card.width()), round(card.height())
                boxes[_NODE + node_id] = (*places[node_id], *size)
        for note_id in chosen.notes:
            if own_notes.get(note_id) not in chosen.frames:
                boxes[_NOTE + note_id] = shown.notes[note_id].box
        for frame_id in chosen.frames:
            area = shown.frames[frame_id].frame
            at = frames[frame_id].box[:2]
            boxes[_FRAME + frame_id] = (*at, round(area.width()), round(area.height()))
        return boxes

    def _move(self, label: str, places: Mapping[str, Point], besides: Sequence[Edit] = ()) -> None:
        before, shown = self._boxes(), self._canvas.scene().shown
        nodes, notes, frames = dict[str, Point](), dict[str, Point](), dict[str, Point]()
        resting: list[str] = []
        for key, (x, y) in places.items():
            step = x - before[key][0], y - before[key][1]
            kind, item_id = key[: len(_NODE)], key[len(_NODE) :]
            if step == (0, 0):
                resting += [item_id] if kind == _NODE else []
                continue
            one = {_NODE: Selection((item_id,)), _NOTE: Selection(notes=(item_id,))}
            held = shown.held_by(one.get(kind, Selection(frames=(item_id,)))).by(step)
            nodes |= held.nodes
            notes |= held.notes
            frames |= held.frames
        edit = shown.moving(Held(nodes, notes, frames), resting)
        steps = (*((edit,) if edit is not None else ()), *besides)
        if not steps:
            self._session.notice(Notice(tr("It is in line already"), severity=Severity.INFO))
        else:
            self._canvas.glide(Compound(label, steps))
