"""By one key from the canvas to each panel and back; Escape leads back from everywhere."""

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.shell.docks import Docks

_TAB = Qt.FocusPolicy.TabFocus
_SHORTCUT = Qt.FocusReason.ShortcutFocusReason


class Rooms(QObject):
    """Moves the keyboard. The key of a panel that has the keyboard leads back to the canvas.

    Args:
        canvas: Where Escape leads.
        docks: Hold the panels.
        window: What they all are in.
    """

    def __init__(self, canvas: CanvasView, docks: Docks, window: QWidget) -> None:
        super().__init__(window)
        self._canvas = canvas
        self._docks = docks
        # A key comes so far only where nothing on the way had a use for it. Not to the window
        # alone: a panel that floats is in another.
        for place in (window, *docks.panels()):
            place.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave a field or a panel for the canvas by Escape."""
        escape = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        )
        if escape and self._canvas.isVisible() and not self._canvas.hasFocus():
            self._canvas.leave_path()
            self.on_go_canvas()
            return True
        return bool(super().eventFilter(watched, event))

    @Slot()
    def on_go_canvas(self) -> None:
        """Go to the canvas."""
        self._canvas.setFocus(_SHORTCUT)

    @Slot()
    def on_go_inspector(self) -> None:
        """Go to the fields of what is selected."""
        self._go("inspector")

    @Slot()
    def on_go_preview(self) -> None:
        """Go to the rows of what is selected."""
        self._go("preview")

    @Slot()
    def on_go_library(self) -> None:
        """Go to the search of node types."""
        self._go("library")

    @Slot()
    def on_go_outline(self) -> None:
        """Go to the tree of nodes."""
        self._go("outline")

    @Slot()
    def on_go_problems(self) -> None:
        """Go to the list of problems."""
        self._go("problems")

    @Slot()
    def on_go_run(self) -> None:
        """Go to the results of the run."""
        self._go("run")

    @Slot()
    def on_go_connections(self) -> None:
        """Go to the tree of connections and their tables."""
        self._go("connections")

    def _go(self, name: str) -> None:
        panel = self._docks.panel(name)
        holder = QApplication.focusWidget()
        if holder is not None and (holder is panel or panel.isAncestorOf(holder)):
            self.on_go_canvas()
            return
        self._docks.show(name)
        _entrance(panel).setFocus(_SHORTCUT)


def _entrance(panel: QWidget) -> QWidget:
    """Return what takes the keys of a panel: what had them last, a list or table, or the first.

    Where nothing does, as in one with nothing to show, it is the panel itself.
    """
    able = [w for w in panel.findChildren(QWidget) if _takes_keys(w)]
    last = panel.focusWidget()
    if last in able:
        return last
    lists = [w for w in able if isinstance(w, QAbstractItemView)]
    return next(iter(lists or able), panel)


def _takes_keys(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & _TAB)
