"""Errors nobody caught: logged, and told by a banner on the UI thread."""

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot

from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Notice
from summit_studio.core.problems import Severity

_log = logging.getLogger("summit.app")


class Catcher(QObject):
    """`install` takes the interpreter's hooks; `release` gives them back.

    Args:
        tell: Shows a banner.

    A hook may be called on any thread: it only emits, and the banner is shown on the UI thread.
    """

    caught = Signal(object)

    def __init__(self, tell: Callable[[Notice], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tell = tell
        self._before = (sys.excepthook, threading.excepthook)
        self.caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take the hooks."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def release(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        _log.error("An error nobody caught.\n%s", text)
        self.caught.emit(f"{kind.__name__}: {error}")

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._hook(args.exc_type, args.exc_value, args.exc_traceback)

    @Slot(object)
    def _show(self, text: str) -> None:
        self._tell(
            Notice(
                tr("Something went wrong in the editor"),
                tr("{said}. Your pipeline is kept; save it. The log has the details.", said=text),
                Severity.ERROR,
                tr("Save"),
                "save",
            )
        )
