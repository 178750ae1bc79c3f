"""Cards and notes that glide from where they stood to where the document has put them."""

from collections.abc import Mapping

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Slot
from PySide6.QtWidgets import QStyle

from summit_studio.app.canvas.geometry import XY
from summit_studio.app.canvas.workbench import Workbench
from summit_studio.document.edits import Edit

_MOST_MS = 220
_MANY = 400
"""More cards than these are not moved frame by frame."""

Places = Mapping[str, XY]


class Glide(QObject):
    """Shows an edit that moves much; the document is changed once, at the beginning."""

    def __init__(self, view: Workbench) -> None:
        super().__init__(view)
        self._view = view
        self._nodes: dict[str, tuple[XY, XY]] = {}
        self._notes: dict[str, tuple[XY, XY]] = {}
        self._frames: dict[str, tuple[XY, XY]] = {}
        self._motion = QVariantAnimation(self)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._step)
        self._motion.finished.connect(self._end)

    @property
    def under_way(self) -> bool:
        """True while cards move."""
        return self._motion.state() is QVariantAnimation.State.Running

    def show(self, edit: Edit) -> bool:
        """Make an edit and let what it moves glide; return False where it was refused."""
        self.stop()
        nodes, notes, frames = self._stand()
        everything = self._view.shows_everything()
        if not self._view.commit(edit):
            return False
        if everything and not self._view.shows_everything():
            self._view.zoom_to_fit()
        nodes_now, notes_now, frames_now = self._stand()
        self._nodes = _moved(nodes, nodes_now)
        self._notes = _moved(notes, notes_now)
        self._frames = _moved(frames, frames_now)
        duration = self._duration()
        if duration and 0 < len(self._nodes) <= _MANY:
            self._motion.setDuration(duration)
            self._motion.start()
            self._step(0.0)
        return True

    def stop(self) -> None:
        """Put everything where it belongs, at once."""
        if self.under_way:
            self._motion.stop()
            self._end()

    def _duration(self) -> int:
        """Return the milliseconds it takes; 0 where people want nothing to move."""
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        return min(_MOST_MS, self._view.style().styleHint(hint, None, self._view))

    def _stand(self) -> tuple[dict[str, XY], dict[str, XY], dict[str, XY]]:
        shown = self._view.scene().shown
        return (
            {i: (n.left, n.top) for i, n in shown.nodes.items()},
            {i: (n.left, n.top) for i, n in shown.notes.items()},
            {i: (f.left, f.top) for i, f in shown.frames.items()},
        )

    @Slot(object)
    def _step(self, share: float) -> None:
        self._show(share, loose=True)

    @Slot()
    def _end(self) -> None:
        # Edges ran straight on all the while: they are laid round the cards again.
        self._show(1.0)
        self._view.scene().restore()

    def _show(self, share: float, *, loose: bool = False) -> None:
        nodes, notes, frames = (
            _between(p, share) for p in (self._nodes, self._notes, self._frames)
        )
        self._view.scene().preview(nodes, notes, frames, loose=loose)


def _moved(before: Places, after: Places) -> dict[str, tuple[XY, XY]]:
    return {i: (before[i], p) for i, p in after.items() if i in before and before[i] != p}


def _between(places: Mapping[str, tuple[XY, XY]], share: float) -> dict[str, XY]:
    return {
        i: (x1 + (x2 - x1) * share, y1 + (y2 - y1) * share)
        for i, ((x1, y1), (x2, y2)) in places.items()
    }
