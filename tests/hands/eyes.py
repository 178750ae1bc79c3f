"""The editor with eyes for the hands: tells where on the screen a thing stands, and does nothing.

Usage:
    python -m tests.hands.eyes SOCKET [FILE ...]
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPoint, QRect, Qt, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QMenu,
    QTabBar,
    QTableView,
    QWidget,
)

from summit_studio.document.model import PortRef

_SEEN = 24
"""Pixels that must be in view of a thing for it to be seen."""

Place = tuple[int, int]
W = TypeVar("W", bound=QWidget)


class Eyes(QObject):
    """Answers on a socket, in the interface's thread: `["button", "Add"]` with a place or null."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._server = QLocalServer(self)
        self._server.newConnection.connect(self._greet)
        if not self._server.listen(address):
            raise OSError(self._server.errorString())

    @Slot()
    def _greet(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.readyRead.connect(self._answer)

    @Slot()
    def _answer(self) -> None:
        socket = self.sender()
        assert isinstance(socket, QLocalSocket)
        while socket.canReadLine():
            what, *words = json.loads(bytes(socket.readLine().data()))
            look: Callable[..., Any] = getattr(self, what)
            socket.write(json.dumps(look(*words)).encode() + b"\n")
            socket.flush()

    def button(self, text: str) -> Place | None:
        """Return where a visible button with this text or name is."""
        for one in _visible(QAbstractButton):
            if text in {one.text().replace("&", ""), one.accessibleName()} and one.isEnabled():
                return _middle(one)
        return None

    def tab(self, text: str) -> Place | None:
        """Return where a visible tab with this text is."""
        for bar in _visible(QTabBar):
            for at in range(bar.count()):
                if bar.tabText(at) == text and bar.isTabVisible(at):
                    return _of(bar, bar.tabRect(at))
        return None

    def field(self, name: str) -> Place | None:
        """Return where a visible widget with this accessible name is."""
        for one in _visible(QWidget):
            if one.accessibleName() == name:
                return _middle(one)
        return None

    def entry(self, text: str) -> Place | None:
        """Return where an entry of an open menu is whose text begins so."""
        for menu in _visible(QMenu):
            for action in menu.actions():
                if action.text().replace("&", "").startswith(text) and action.isEnabled():
                    return _of(menu, menu.actionGeometry(action))
        return None

    def row(self, text: str) -> Place | None:
        """Return where a row of a list or tree is whose text begins so."""
        for view in _visible(QAbstractItemView):
            for index in _indexes(view.model(), view.rootIndex()):
                told = index.data(Qt.ItemDataRole.DisplayRole)
                area = view.visualRect(index)
                if isinstance(told, str) and told.startswith(text) and area.isValid():
                    return _of(view.viewport(), area)
        return None

    def head(self, column: str) -> Place | None:
        """Return where the head of a column of the preview is."""
        view, number = self._column(column)
        if view is None:
            return None
        header = view.horizontalHeader()
        left = header.sectionViewportPosition(number)
        area = QRect(left, 0, header.sectionSize(number), 20)
        seen = area.intersected(header.viewport().rect())
        return _of(header.viewport(), seen) if seen.width() > _SEEN else None

    def cell(self, column: str, value: str) -> Place | None:
        """Return where the first cell of a column with a value is."""
        view, number = self._column(column)
        if view is None:
            return None
        for row in range(view.model().rowCount()):
            index = view.model().index(row, number)
            if str(index.data(Qt.ItemDataRole.DisplayRole)) == value:
                return _of(view.viewport(), view.visualRect(index))
        return None

    def port(self, node: str, port: str, way: str = "out") -> Place | None:
        """Return where a port of a node is."""
        canvas = self._page().canvas
        spot = canvas.scene().spot_of(PortRef(node, port), output=way == "out")
        return _at(canvas.viewport(), canvas.mapFromScene(*spot))

    def card(self, node: str) -> Place | None:
        """Return where the middle of a node is."""
        canvas = self._page().canvas
        item = canvas.scene().shown.nodes[node]
        return _at(canvas.viewport(), canvas.mapFromScene(*item.middle))

    def focus(self) -> str:
        """Return the name of what has the keyboard."""
        one = QApplication.focusWidget()
        return "" if one is None else (one.accessibleName() or type(one).__name__)

    def nodes(self) -> dict[str, str]:
        """Return the nodes of the document on top: their types by their ids."""
        page = self._page()
        return {i: n.type for i, n in page.session.document.nodes.items()} if page else {}

    def edges(self) -> list[str]:
        """Return the edges of the document on top."""
        page = self._page()
        return [str(e) for e in page.session.document.edges] if page else []

    def params(self) -> dict[str, Any]:
        """Return what the nodes of the document on top say."""
        page = self._page()
        return {i: dict(n.params) for i, n in page.session.document.nodes.items()} if page else {}

    def selected(self) -> list[str]:
        """Return the ids of the selected nodes."""
        return list(self._page().session.selection.nodes)

    def problems(self) -> list[str] | None:
        """Return what is wrong with the document on top; null while that is looked for."""
        session = self._page().session
        checked = session.checked
        if checked is None or checked.drawn is not session.document:
            return None
        return [p.what for p in checked.problems]

    def columns(self) -> list[str]:
        """Return the columns of which the preview shows rows."""
        page = self._page()
        looked = page.preview.grid.looked if page is not None else None
        return [c.name for c in looked.sides.after.schema] if looked is not None else []

    def rows_shown(self) -> int | None:
        """Return how many rows of a sink's target the preview shows; null where it does not."""
        preview = self._page().preview
        looked = preview.grid.looked
        shown = looked is not None and preview.shown_written and not preview.previewer.busy
        return looked.sides.after.table.num_rows if shown else None

    def done(self) -> bool:
        """Return True once a run has succeeded."""
        run = self._page().supervisor.state
        return run is not None and run.finished and run.status == "succeeded"

    def _page(self) -> Any:
        window: Any = QApplication.activeWindow()
        windows = [w for w in QApplication.topLevelWidgets() if hasattr(w, "page")]
        if not hasattr(window, "page"):
            window = next((w for w in windows if w.isVisible()), None)
        return window.page if window is not None else None

    def _column(self, column: str) -> tuple[QTableView | None, int]:
        for view in _visible(QTableView):
            model = view.model()
            for number in range(model.columnCount()):
                told = model.headerData(number, Qt.Orientation.Horizontal)
                if str(told).split("\n")[0] == column and not view.isColumnHidden(number):
                    return view, number
        return None, -1


def _visible(kind: type[W]) -> Iterator[W]:
    """Yield the widgets of a kind that are on the screen, those of the window on top first."""
    top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    for one in sorted(
        QApplication.allWidgets(),
        key=lambda w: top is None or not (top is w or top.isAncestorOf(w)),
    ):
        if isinstance(one, kind) and one.isVisible() and not one.visibleRegion().isEmpty():
            yield one


def _indexes(model: QAbstractItemModel | None, parent: QModelIndex) -> Iterator[QModelIndex]:
    if model is None:
        return
    for row in range(min(model.rowCount(parent), 500)):
        index = model.index(row, 0, parent)
        yield index
        yield from _indexes(model, index)


def _middle(widget: QWidget) -> Place:
    return _of(widget, widget.visibleRegion().boundingRect())


def _of(widget: QWidget, area: QRect) -> Place:
    return _at(widget, area.intersected(widget.rect()).center())


def _at(widget: QWidget, point: QPoint) -> Place:
    place = widget.mapToGlobal(point)
    return place.x(), place.y()


def main() -> int:
    """Start the editor with eyes."""
    from summit_studio.app.shell.starting import make_application, start

    address, *rest = sys.argv[1:]
    make_application(sys.argv[:1])
    eyes = Eyes(address)
    code = start(sys.argv[:1], [Path(name) for name in rest])
    del eyes
    return code


if __name__ == "__main__":
    sys.exit(main())
