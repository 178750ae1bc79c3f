"""What comes onto the canvas from outside: files dropped or pasted, and where a paste goes."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QCursor

from summit_studio.app.canvas.geometry import CARD_WIDTH, GRID
from summit_studio.app.canvas.requests import FilesDropped
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.inspector.places import relative
from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.dropped import Found, FoundDatabase, FoundFile, found_in
from summit_studio.app.session.placing import file_field, new_node
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.document.edits import AddNode, Compound
from summit_studio.document.files import SUFFIX
from summit_studio.document.model import Document, Node, Point
from summit_studio.workspace.picked import Pick

_HALF_HEIGHT = 32
_TABLE_SOURCE = "table_source"


class Dropping(QObject):
    """Stands between the canvas and the session. `opened` carries the path of a pipeline dropped.

    What a file is is found out in a worker: it may be large, or on a disk that is far away.
    """

    opened = Signal(object)

    def __init__(self, session: Session, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._background = Background("dropping", self)
        canvas.files_dropped.connect(self._files_dropped)

    def close_worker(self) -> None:
        """Stop; waits for the file at hand."""
        self._background.close()

    def place_at_cursor(self) -> Point:
        """Return where a card goes to lie under the cursor, or in the middle of the view."""
        return _centred(self._at_cursor())

    def add_at_cursor(self, paths: Sequence[Path]) -> None:
        """Take in files as if they were dropped under the cursor, or in the middle of the view."""
        self._files_dropped(FilesDropped(tuple(paths), self._at_cursor()))

    def add_in_view(self, paths: Sequence[Path]) -> None:
        """Add sources that read files, in the middle of the view."""
        middle = self._canvas.mapToScene(self._canvas.viewport().rect().center())
        place = (round(middle.x()), round(middle.y()))
        self._files_dropped(FilesDropped(tuple(paths), place))

    def _at_cursor(self) -> Point:
        canvas = self._canvas
        spot = canvas.viewport().mapFromGlobal(QCursor.pos())
        inside = canvas.viewport().rect().contains(spot) and canvas.underMouse()
        place = canvas.mapToScene(spot if inside else canvas.viewport().rect().center())
        return round(place.x()), round(place.y())

    @Slot(object)
    def _files_dropped(self, drop: FilesDropped) -> None:
        session = self._session
        pipelines = [p for p in drop.paths if p.name.endswith(SUFFIX)]
        for path in pipelines:
            self.opened.emit(path)
        paths = [p for p in drop.paths if p not in pipelines]
        if not paths:
            return
        if session.files.read_only:
            session.notice(session.why_read_only())
            return
        for path in paths:
            session.pick(Pick(path))
        catalogue, workspace = session.catalogue, session.workspace

        def work() -> list[Found | Exception]:
            found = list[Found | Exception]()
            for path in paths:
                try:
                    found.append(found_in(path, catalogue, workspace))
                except (SummitError, OSError) as error:
                    found.append(error)
            return found

        def done(found: list[Found | Exception]) -> None:
            self._add([f for f in found if isinstance(f, FoundFile | FoundDatabase)], drop.place)
            self._tell(paths, found)

        def failed(error: Exception) -> None:
            session.notice(Notice.of(error))

        self._background.submit(Job(work, done, failed))

    def _add(self, found: Sequence[FoundFile | FoundDatabase], place: Point) -> None:
        """Add a source for each, in one step, where nothing else stands."""
        self._session.bridge.flush()
        document, steps = self._session.document, list[AddNode]()
        shown = self._canvas.scene().shown
        space, at = shown.space(), _centred(place)
        for one in found:
            node = self._node(document, one)
            if node is not None:
                at = space.place(at, (shown.card(node),))
                space.take(node.id, shown.card(node, at))
                steps.append(AddNode(node, at))
                document = steps[-1].apply(document)
        label = tr("Add source") if len(steps) == 1 else tr("Add {count} sources", count=len(steps))
        if steps and self._session.do(Compound(label, tuple(steps))):
            self._session.choose_nodes([step.node.id for step in steps])
            self._canvas.glide_to(steps[-1].node.id)

    def _node(self, document: Document, found: FoundFile | FoundDatabase) -> Node | None:
        session = self._session
        if isinstance(found, FoundFile):
            field = file_field(found.kind)
            path = relative(found.path, session.workspace.root)
            return new_node(document, found.kind, {field: path}) if field else None
        if found.new and not session.keep_connection(found.connection):
            return None
        params = {"connection": found.connection.name}
        if len(found.tables) == 1:
            params["table"] = found.tables[0]
        return new_node(document, session.catalogue.get(_TABLE_SOURCE), params)

    def _tell(self, paths: Sequence[Path], found: Sequence[Found | Exception]) -> None:
        for error in (f for f in found if isinstance(f, Exception)):
            self._session.notice(Notice.of(error))
        unread = [p.name for p, f in zip(paths, found, strict=True) if f is None]
        if unread:
            self._session.notice(
                Notice(
                    tr("No source reads {unread}", unread=", ".join(unread)),
                    tr(
                        "CSV, JSON, Parquet and Excel files, folders of them, SQLite and DuckDB "
                        "files, and pipelines can be dropped here."
                    ),
                    Severity.WARNING,
                )
            )


def _centred(place: Point) -> Point:
    """Return where a card's upper left goes for its middle to be at `place`, on the grid."""
    x, y = place[0] - CARD_WIDTH / 2, place[1] - _HALF_HEIGHT
    return round(x / GRID) * GRID, round(y / GRID) * GRID
