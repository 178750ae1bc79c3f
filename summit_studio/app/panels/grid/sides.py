"""Both sides of the grid: lines beside each other, one scroll bar, one search."""

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from summit_studio.app.look.line import Line
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr
from summit_studio.app.panels.grid.find_bar import FindBar
from summit_studio.app.panels.grid.model import GONE, NEW, Lines
from summit_studio.app.panels.grid.none import NoRows
from summit_studio.app.panels.grid.view import GridView
from summit_studio.app.session.background import Background, Job

if TYPE_CHECKING:
    from summit_studio.app.session.previewing import Looked
    from summit_studio.document.model import PortRef
    from summit_studio.engine.arranging import Arranged, Sorting
    from summit_studio.engine.glance import Glance


class SideBySide(QWidget):
    """The rows before, where they are wanted, and the rows after.

    `menu_asked` carries (side, line or -1, column, global place), `column_clicked` (side, column).
    """

    menu_asked = Signal(object)
    column_clicked = Signal(object)
    arranged = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.before = GridView(tr("Rows before"), theme)
        self.after = GridView(tr("Preview of rows"), theme)
        self.finder = FindBar()
        self.finder.hide()
        self.none = NoRows(self.after)
        self._looked: Looked | None = None
        self._names: tuple[Any, ...] = ()
        self._added: dict[PortRef, frozenset[str]] = {}
        self._wanted: str | None = None
        self._sorting: Sorting | None = None
        self._hits: list[int] = []
        self._following = False
        self._asked: object = None
        self._background = Background("grid", self)
        self.before_note, self._before_side = _side(self.before)
        self.after_note, self._after_side = _side(self.after)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(self._before_side)
        self.split.addWidget(self._after_side)
        self.split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.finder)
        column.addWidget(self.split, 1)
        self.before.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._link()
        self._before_side.hide()

    def _link(self) -> None:
        for view, other in ((self.before, self.after), (self.after, self.before)):
            view.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            view.cursor_moved.connect(other.mark_line)
            view.menu_asked.connect(self.menu_asked)
            view.column_clicked.connect(self.column_clicked)
        self.after.horizontalScrollBar().valueChanged.connect(self._after_scrolled)
        self.before.horizontalScrollBar().valueChanged.connect(self._before_scrolled)
        self.finder.changed.connect(self.arrange)
        self.finder.stepped.connect(self.step)
        self.finder.left.connect(self.after.setFocus)

    @Slot()
    def _after_scrolled(self) -> None:
        self._follow(self.after, self.before)

    @Slot()
    def _before_scrolled(self) -> None:
        self._follow(self.before, self.after)

    def _follow(self, leader: GridView, other: GridView) -> None:
        """Bring the columns of one side to where they are on the other, by their names."""
        if self._following or self._before_side.isHidden():
            return
        anchor = leader.anchor(other.rows.schema.names)
        if anchor is not None:
            self._following = True  # What follows does not lead in turn.
            other.take_anchor(*anchor)
            self._following = False

    def close_worker(self) -> None:
        """Stop the worker."""
        self.finder.stop()
        self._background.close()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self.before.set_theme(theme)
        self.after.set_theme(theme)

    @property
    def looked(self) -> "Looked | None":
        """What is shown."""
        return self._looked

    def show_looked(self, looked: "Looked") -> None:
        """Show other rows; what is looked for, sorted and chosen stays where it can."""
        from summit_studio.engine.alignment import alone

        before, after, aligned = looked.before, looked.sides.after, looked.aligned
        self._looked = looked
        self.none.hide()
        if self._before_side.isHidden() and before is not None:
            self.split.setSizes([self.width() // 2, self.width() // 2])
        self._before_side.setVisible(before is not None)
        both = before is not None and aligned is not None
        lines = aligned or alone(after.table.num_rows)
        marks = dict(_marks(looked)) if both else {}
        self.after.rows.show_side(after, Lines(lines.right, lines.changed, {}, marks))
        if before is not None:
            lit = {lines.sources[c]: mask for c, mask in lines.changed.items()}
            gone = dict(_gone(looked))
            self.before.rows.show_side(before.rows, Lines(lines.left, lit, lines.fates, gone))
        self.finder.offer(sides=both and not looked.sides.unmatched)
        names = (looked.sides.port, after.schema.names, before.rows.schema.names if before else ())
        fresh, self._names = names != self._names, names
        if fresh:
            self._sorting = None
            self.after.fit_columns()
            self.before.fit_columns()
            self._want_added(looked)
        self.arrange()

    def _want_added(self, looked: "Looked") -> None:
        """Bring the first column that a node adds into view, once it is another than before."""
        came = {name for side in looked.sides.before for name in side.rows.schema.names}
        names = looked.sides.after.schema.names
        added = frozenset(n for n in names if n not in came) if looked.sides.before else frozenset()
        last = self._added.get(looked.sides.port)
        self._added[looked.sides.port] = added
        new = [n for n in names if n in added and n not in (last or ())]
        self._wanted = new[0] if new and added != last else None
        self._show_wanted()

    def _show_wanted(self) -> None:
        names = [
            self.after.rows.schema.columns[c].name for c in range(self.after.rows.columnCount())
        ]
        if self._wanted in names:
            self.after.show_column(names.index(self._wanted))

    def set_glances(self, before: "tuple[Glance, ...]", after: "tuple[Glance, ...]") -> None:
        """Say what the columns hold."""
        self.before.rows.set_glances(before)
        self.after.rows.set_glances(after)
        for view in (self.before, self.after):
            for column in range(view.rows.columnCount()):
                wide = view.heads.wanted_width(column)
                if view.columnWidth(column) < wide:
                    view.setColumnWidth(column, wide)
        self._show_wanted()  # Wider columns may have put it out of view.
        self._wanted = None

    def sort(self, view: GridView, column: int, *, descending: bool) -> None:
        """Sort what is shown by a column; the pipeline stays as it is."""
        from summit_studio.engine.arranging import Sorting

        self._sorting = Sorting(view is self.after, column, descending)
        self.arrange()

    def unsort(self) -> None:
        """Show the lines as they come."""
        self._sorting = None
        self.arrange()

    @property
    def sorting(self) -> "Sorting | None":
        """By what the lines that are shown are sorted."""
        return self._sorting

    @Slot()
    def arrange(self) -> None:
        """Bring the lines into the order that is wanted, away from the UI thread."""
        from summit_studio.engine.arranging import Wanted, arrange

        looked = self._looked
        if looked is None:
            return
        bar = self.finder
        wanted = Wanted(bar.line.text(), bar.only.isChecked(), bar.kind, self._sorting)
        asked = self._asked = object()
        if wanted == Wanted():
            # As nearly always: nothing to compute, nothing to wait for.
            self._show_arranged(None)
            return
        before = looked.before.rows if looked.before is not None else None
        work = partial(arrange, before, looked.sides.after, looked.lines, wanted)

        def done(found: "Arranged") -> None:
            if asked is self._asked:
                self._show_arranged(found)

        self._background.submit(Job(work, done, _raise, lambda: asked is self._asked))

    def _show_arranged(self, found: "Arranged | None") -> None:
        order = found.order if found is not None else None
        for view in (self.before, self.after):
            if order is not None or view.rows.ordered:
                view.rows.set_order(order)
        self.before.rows.set_found(found.before if found is not None else ())
        self.after.rows.set_found(found.after if found is not None else ())
        self._hits = found.hits.to_pylist() if found is not None and found.hits is not None else []
        self.finder.say(-1, len(self._hits))
        self.before.viewport().update()
        self.after.viewport().update()
        self.arranged.emit()

    @Slot(object)
    def step(self, by: int) -> None:
        """Go to the next line that holds what is looked for, or to the one before."""
        if not self._hits:
            return
        now = self.after.currentIndex().row()
        if by > 0:
            place = next((i for i, line in enumerate(self._hits) if line > now), 0)
        else:
            earlier = [i for i, line in enumerate(self._hits) if line < now]
            place = earlier[-1] if earlier else len(self._hits) - 1
        line = self._hits[place]
        found = [
            c for c in range(self.after.rows.columnCount()) if self.after.rows.is_found(line, c)
        ]
        index = self.after.rows.index(line, found[0] if found else 0)
        choose = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.after.selectionModel().setCurrentIndex(index, choose)
        self.after.scrollTo(index)
        self.finder.say(place, len(self._hits))


def _side(view: GridView) -> tuple[QLabel, QWidget]:
    note = Line(role="hint")
    note.setContentsMargins(12, 0, 12, 4)
    side = QWidget()
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(note)
    column.addWidget(view, 1)
    return note, side


def _marks(looked: "Looked") -> Any:
    """Yield the word for the head of each column that is not as it was."""
    before, aligned = looked.before, looked.aligned
    if before is None or aligned is None or before.came is None:
        return
    after = looked.sides.after.schema
    for place, column in enumerate(after):
        source = aligned.sources.get(place)
        if source is None:
            yield place, tr(NEW)
            continue
        old = before.rows.schema.columns[source]
        if old.name != column.name:
            yield place, tr("was {name}", name=old.name)
        elif old.type != column.type:
            yield place, tr("was {type}", type=old.type)


def _gone(looked: "Looked") -> Any:
    before, aligned = looked.before, looked.aligned
    if before is None or aligned is None or before.came is None:
        return
    kept = set(aligned.sources.values())
    for place in range(len(before.rows.schema)):
        if place not in kept:
            yield place, tr(GONE)


def _raise(error: Exception) -> None:
    raise error
