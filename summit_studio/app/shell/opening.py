"""Reads the files that are to be opened, each aside: one whose folder hangs holds up no other."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject

from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Debounce, Job
from summit_studio.app.session.files import read
from summit_studio.app.session.session import Notice
from summit_studio.core.problems import Severity
from summit_studio.document.text import Loaded

_SLOW_MS = 3000
"""After so long it is told that a file does not come: its folder seems not to answer."""


class Teller(Protocol):
    """Where people are told how it goes: the window in which a file is to be shown."""

    def tell(self, notice: Notice) -> None:
        """Say something."""

    def withdraw(self, notice: Notice) -> None:
        """Take back what was said."""


class Opening(QObject):
    """The files that are being read.

    Each is read by a thread of its own, which nobody waits for: where a network is away it may
    never end.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reading: dict[Path, _Reading] = {}

    def begin(
        self,
        path: Path,
        known: Path,
        teller: Teller,
        done: Callable[[Path, Loaded], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Read a file, unless that is under way.

        Args:
            path: The file.
            known: Where it is opened from, by which it is known.
            teller: Told where it takes long.
            done: Given what was read, and from where.
            failed: Given why it cannot be read.
        """
        if known in self._reading:
            return
        reading = self._reading[known] = _Reading(known, teller, self)

        def came(found: tuple[Path, Loaded]) -> None:
            self._end(known)
            done(*found)

        def fell(error: Exception) -> None:
            self._end(known)
            failed(error)

        reading.background.submit(Job(lambda: read(path), came, fell))

    def give_up(self) -> tuple[Path, ...]:
        """Wait no longer for those that people were told of; return them."""
        late = tuple(path for path, reading in self._reading.items() if reading.told is not None)
        for path in late:
            self._end(path)
        return late

    def close(self) -> None:
        """Wait for none."""
        for path in tuple(self._reading):
            self._end(path)

    def _end(self, path: Path) -> None:
        reading = self._reading.pop(path)
        reading.end()
        reading.deleteLater()


class _Reading(QObject):
    """One file that is being read."""

    def __init__(self, path: Path, teller: Teller, parent: QObject) -> None:
        super().__init__(parent)
        self.background = Background("opening", self)
        self.told: Notice | None = None
        self._path = path
        self._teller = teller
        self._slow = Debounce(_SLOW_MS, self._tell, self)
        self._slow.ask()

    def end(self) -> None:
        """Wait no longer, and take back what was said."""
        self._slow.stop()
        self.background.let_go()
        self.background.close()
        if self.told is not None:
            self._teller.withdraw(self.told)

    def _tell(self) -> None:
        self.told = Notice(
            tr("Opening {name} takes long: its folder does not answer", name=self._path.name),
            tr(
                "{folder} may be on a network that is away. Work goes on, and the file is shown "
                "once it comes.",
                folder=self._path.parent,
            ),
            Severity.WARNING,
            tr("Do not wait"),
            "give_up_opening",
        )
        self._teller.tell(self.told)
