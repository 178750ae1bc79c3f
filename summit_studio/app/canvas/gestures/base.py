"""What a gesture is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

if TYPE_CHECKING:
    from summit_studio.app.canvas.workbench import Workbench

START_DISTANCE = 4
"""Pixels the pointer must go before a press becomes a drag."""

_ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is: x and y in the scene, `spot` in the view, `screen` on the screen."""

    x: float
    y: float
    spot: QPoint
    screen: QPoint
    modifiers: Qt.KeyboardModifier

    @property
    def adding(self) -> bool:
        """True if what is chosen is added to the selection."""
        return bool(self.modifiers & _ADDING)


class Gesture(ABC):
    """From the press of a button to its release. Ends by `end` or by `cancel`, never both."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, view: "Workbench") -> None:
        self.view = view
        self.scene = view.scene()
        self.began: Pointer | None = None
        self.dragging = False

    def start(self, at: Pointer) -> None:
        """Begin; the button was just pressed."""
        self.began = at

    def passes(self, at: Pointer) -> bool:
        """Return True once the pointer has gone far enough to mean a drag."""
        if not self.dragging and self.began is not None:
            away = at.spot - self.began.spot
            self.dragging = away.manhattanLength() >= START_DISTANCE
        return self.dragging

    @abstractmethod
    def move(self, at: Pointer) -> None:
        """Preview."""

    @abstractmethod
    def end(self, at: Pointer) -> None:
        """Commit; the button was released."""

    @abstractmethod
    def cancel(self) -> None:
        """Leave everything as it was before `start`."""
