"""What the actions on notes do: one is made, and takes a colour."""

from dataclasses import replace

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QCursor

from summit_studio.app.canvas.note_item import DEFAULT_SIZE
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.document.edits import Compound, Edit
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import Point

_SHEET = (0, 0, *DEFAULT_SIZE)


class NoteActions(QObject):
    """Makes notes and colours them."""

    def __init__(self, session: Session, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas

    @Slot()
    def on_add_note(self) -> None:
        """Let a person write a note, where no card and no other note stands."""
        self._session.bridge.flush()
        shown = self._canvas.scene().shown
        space = shown.space()
        for note_id, note in shown.notes.items():
            frame = note.frame
            box = (frame.left(), frame.top(), frame.right(), frame.bottom())
            space.take(f"note:{note_id}", box)
        chosen = [i for i in self._session.selection.nodes if i in shown.nodes]
        asked = self._canvas.take_menu_place()
        if asked is None and chosen:
            self._canvas.write_note(space.below(chosen, _SHEET))
        else:
            self._canvas.write_note(space.place(asked or self._place(), (_SHEET,)))

    def _place(self) -> Point:
        """Return the place under the cursor, or that for a note in the middle of the view."""
        canvas = self._canvas
        spot = canvas.viewport().mapFromGlobal(QCursor.pos())
        if canvas.underMouse() and canvas.viewport().rect().contains(spot):
            return canvas.place(spot)
        x, y = canvas.middle().toTuple()
        return round(x - DEFAULT_SIZE[0] / 2), round(y - DEFAULT_SIZE[1] / 2)

    @Slot()
    def on_colour_yellow(self) -> None:
        """Give what is chosen its plain colour back."""
        self._colour(None)

    @Slot()
    def on_colour_blue(self) -> None:
        """Make it blue."""
        self._colour("blue")

    @Slot()
    def on_colour_green(self) -> None:
        """Make it green."""
        self._colour("green")

    @Slot()
    def on_colour_purple(self) -> None:
        """Make it purple."""
        self._colour("purple")

    @Slot()
    def on_colour_pink(self) -> None:
        """Make it pink."""
        self._colour("pink")

    @Slot()
    def on_colour_grey(self) -> None:
        """Make it grey."""
        self._colour("grey")

    def _colour(self, name: str | None) -> None:
        document, chosen = self._session.document, self._session.selection
        colours = document.layout.colours
        steps: list[Edit] = [
            SetInLayout("colours", i, name) for i in chosen.notes if colours.get(i) != name
        ]
        frames = document.layout.frames
        for frame_id in chosen.frames:
            if frames[frame_id].colour != (name or ""):
                frame = replace(frames[frame_id], colour=name or "")
                steps.append(SetInLayout("frames", frame_id, frame))
        if steps:
            one, some = (
                (tr("note"), tr("notes"))
                if not chosen.frames
                else (tr("item"), tr("items"))
                if chosen.notes
                else (tr("frame"), tr("frames"))
            )
            noun = one if len(steps) == 1 else some
            label = (
                tr("Colour {noun}", noun=noun)
                if len(steps) == 1
                else tr("Colour {count} {noun}", count=len(steps), noun=noun)
            )
            self._session.do(Compound(label, tuple(steps)))
