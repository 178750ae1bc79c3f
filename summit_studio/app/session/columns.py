"""Finds out about columns, away from the UI thread: where one comes from and where it goes."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.pointed import Pointed, Wish
from summit_studio.app.session.session import Notice, Session

if TYPE_CHECKING:
    from summit_studio.planning.check import Checked
    from summit_studio.planning.lineage import Lineage


class ColumnDesk(QObject):
    """Traces one column at a time, and anew after each check while it is looked at.

    `traced` carries a Lineage; `ended` is sent when none is looked at any more.
    """

    traced = Signal(object)
    ended = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background("columns", self)
        self._pointed: Pointed | None = None
        session.column_asked.connect(self._asked)
        session.checked_changed.connect(self._checked)

    @property
    def pointed(self) -> Pointed | None:
        """The column that is looked at."""
        return self._pointed

    def end(self) -> None:
        """Look at no column any more."""
        if self._pointed is not None:
            self._pointed = None
            self.ended.emit()

    def close(self) -> None:
        """Stop; waits for what is at hand."""
        self._background.close()

    @Slot(object)
    def _asked(self, pointed: Pointed) -> None:
        if pointed.wish is Wish.TRACE:
            self._pointed = pointed
            self._trace(told=True)

    @Slot(object)
    def _checked(self, _checked: Any) -> None:
        if self._pointed is not None:
            self._trace(told=False)

    def _trace(self, *, told: bool) -> None:
        """Ask for the lineage; where it cannot be told, say why only to who has just asked."""
        pointed, checked = self._pointed, self._session.checked
        if pointed is None or checked is None:
            return
        self._background.submit(
            Job(
                lambda: _lineage(checked, pointed),
                lambda found: self._found(pointed, found),
                lambda error: self._failed(pointed, error, told=told),
                wanted=lambda: self._pointed is pointed,
            )
        )

    def _found(self, pointed: Pointed, lineage: "Lineage") -> None:
        if self._pointed is pointed:
            self.traced.emit(lineage)

    def _failed(self, pointed: Pointed, error: Exception, *, told: bool) -> None:
        if self._pointed is pointed:
            self.end()
            if told:
                self._session.notice(Notice.of(error))


def _lineage(checked: "Checked", pointed: Pointed) -> "Lineage":
    from summit_studio.planning.lineage import Columns

    columns = Columns(checked)
    port = pointed.port
    return columns.trace(columns.ref(port.node, port.port, pointed.column))
