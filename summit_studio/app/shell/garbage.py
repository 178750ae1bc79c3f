"""Collects garbage in the thread of the interface, and in no other."""

import gc

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QCursor, QGuiApplication

_EVERY_MS = 500
_REST = 120
"""After so many looks all that lives is gone through, once the pointer rests."""

_LATEST = 1_200
"""After so many it is, whether the pointer rests or not."""


class GarbageCollector(QObject):
    """Does what Python does by itself, but in the thread that made it.

    Python collects in whichever thread happens to allocate. A widget or a timer that nobody holds
    any more would be destroyed in a worker, which Qt does not survive: the timer stays in the
    event loop's list and the next tick calls what is gone.

    What has lived through a whole collection is left out of the next ones: to go through all the
    nodes of a large pipeline takes a tenth of a second, in which a drag would stand still. It is
    gone through in a rest.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._looks = 0
        self._pointer = QCursor.pos()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect_due)

    def start(self) -> None:
        """Look regularly from now on."""
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again; for the end of the program."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    @Slot()
    def collect_due(self) -> None:
        """Collect the generations that have grown beyond Python's own thresholds."""
        self._looks += 1
        if self._looks >= _LATEST or (self._looks >= _REST and self._rests()):
            self._looks = 0
            gc.unfreeze()
            _collect_all()
            return
        due = -1
        for generation, (count, limit) in enumerate(
            zip(gc.get_count(), gc.get_threshold(), strict=True)
        ):
            if count <= limit:
                break
            due = generation
        if due == len(gc.get_threshold()) - 1:
            _collect_all()
        elif due >= 0:
            gc.collect(due)

    def _rests(self) -> bool:
        """Return True while no button is held and the pointer stands where it stood."""
        before, self._pointer = self._pointer, QCursor.pos()
        pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        return not pressed and self._pointer == before


def _collect_all() -> None:
    """Collect all generations, and leave what lives out of the next collections."""
    gc.collect()
    gc.freeze()
