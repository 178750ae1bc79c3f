"""A rehearsal on a thread of its own; its news come on the UI thread."""

import logging
import threading
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from summit_studio.core.cancel import CancelToken

if TYPE_CHECKING:
    from summit_studio.engine.request import RunRequest

_log = logging.getLogger("summit.app")


class Rehearser(QObject):
    """At most one rehearsal at a time.

    `told` carries how it goes: a Progress or a Death. `ended` carries the Report, or the exception
    that ended it.
    """

    told = Signal(object)
    ended = Signal(object)
    _over = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._token: CancelToken | None = None
        self._over.connect(self._end, Qt.ConnectionType.QueuedConnection)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.cancel)

    @property
    def running(self) -> bool:
        """True from the start until `ended`."""
        return self._token is not None

    def start(self, request: "RunRequest", **how: Any) -> None:
        """Begin; `how` is as for `engine.rehearsal`."""
        if self._token is None:
            self._token = CancelToken()
            # Whoever quits meanwhile waits until it has cleared up: the thread is no daemon.
            work = (request, self._token, how)
            threading.Thread(target=self._work, args=work, name="rehearsal").start()

    def cancel(self) -> None:
        """Stop it; it ends once nothing is left behind."""
        if self._token is not None:
            self._token.cancel()

    def _work(self, request: "RunRequest", token: CancelToken, how: dict[str, Any]) -> None:
        from summit_studio.engine.rehearsal.rehearsing import rehearse

        outcome: Any
        try:
            outcome = rehearse(request, told=self._tell, cancel=token, **how)
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            outcome = error
        self._send(self._over, outcome)

    def _tell(self, news: object) -> None:
        self._send(self.told, news)

    @staticmethod
    def _send(signal: Any, value: object) -> None:
        try:
            signal.emit(value)
        except RuntimeError:  # The dialog is gone; nobody asks any more.
            _log.debug("News of a rehearsal came after its dialog had closed.")

    def _end(self, outcome: object) -> None:
        self._token = None
        self.ended.emit(outcome)
