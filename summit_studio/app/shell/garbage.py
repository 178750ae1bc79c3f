"""Collects garbage in the thread of the interface, and in no other."""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY_MS = 500


class GarbageCollector(QObject):
    """Does what Python does by itself, but in the thread that made it.

    Python collects in whichever thread happens to allocate. A widget or a timer that nobody holds
    any more would be destroyed in a worker, which Qt does not survive: the timer stays in the
    event loop's list and the next tick calls what is gone.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect_due)

    def start(self) -> None:
        """Look regularly from now on."""
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again; for the end of the program."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def collect_due(self) -> None:
        """Collect the generations that have grown beyond Python's own thresholds."""
        due = -1
        for generation, (count, limit) in enumerate(
            zip(gc.get_count(), gc.get_threshold(), strict=True)
        ):
            if count <= limit:
                break
            due = generation
        if due >= 0:
            gc.collect(due)
