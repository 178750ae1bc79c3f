"""Back and forward through the places of the canvas that were looked at."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, Signal, Slot

from summit_studio.app.canvas.camera import Camera

_MOST = 100
_SAME_PX = 8.0
_SAME_ZOOM = 0.01


@dataclass(frozen=True, slots=True)
class _Place:
    """What was in the middle of the view, in places of the scene, and the zoom."""

    x: float
    y: float
    zoom: float

    def is_like(self, other: "_Place") -> bool:
        """Return True where a person would not see the difference."""
        near = max(abs(self.x - other.x), abs(self.y - other.y)) * self.zoom < _SAME_PX
        return near and abs(self.zoom - other.zoom) < _SAME_ZOOM


class Trail(QObject):
    """Keeps where the view was each time that it leaps; `changed` tells that the ways did.

    Args:
        canvas: What is looked at.
        parent: Owns it.
    """

    changed = Signal()

    def __init__(self, canvas: Camera, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._behind: list[_Place] = []
        self._ahead: list[_Place] = []
        canvas.leaping.connect(self._leave)

    @property
    def goes_back(self) -> bool:
        """True if there is a place to go back to."""
        return bool(self._behind)

    @property
    def goes_forward(self) -> bool:
        """True if one has gone back, and not elsewhere since."""
        return bool(self._ahead)

    def begin(self) -> None:
        """Forget every place: another document is shown."""
        self._behind.clear()
        self._ahead.clear()
        self.changed.emit()

    @Slot()
    def on_go_back(self) -> None:
        """Look at the place of before."""
        self._go(self._behind, self._ahead)

    @Slot()
    def on_go_forward(self) -> None:
        """Look again at the place that one has come back from."""
        self._go(self._ahead, self._behind)

    @Slot()
    def _leave(self) -> None:
        here = self._here()
        self._ahead.clear()
        if not self._behind or not here.is_like(self._behind[-1]):
            self._behind = [*self._behind, here][-_MOST:]
        self.changed.emit()

    def _go(self, source: list[_Place], target: list[_Place]) -> None:
        here = self._here()
        # A leap may have led to where the view was: going there would look like nothing.
        while source and source[-1].is_like(here):
            source.pop()
        if source:
            target.append(here)
            place = source.pop()
            self._canvas.look_at(QPointF(place.x, place.y), place.zoom)
        self.changed.emit()

    def _here(self) -> _Place:
        middle = self._canvas.middle()
        return _Place(middle.x(), middle.y(), self._canvas.zoom)
