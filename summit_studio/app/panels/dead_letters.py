"""The dead letters panel: look at rows that were rejected, mend them, let them go in again."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.plain import QuietComboBox
from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import mark, tr
from summit_studio.app.panels.letter_bar import LetterBar, LetterMessage
from summit_studio.app.panels.letter_edit import LetterEdit
from summit_studio.app.panels.letter_grid import Kind, LetterGrid, LetterView
from summit_studio.app.panels.letter_groups import GroupsModel, GroupsView
from summit_studio.app.session.letter_words import Outcome, failure, letters_in_words
from summit_studio.app.session.letters import LetterDesk, Overview, Page, Wanted
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.session import Notice, Session
from summit_studio.state.letters import SHOWN, LetterStatus, Selection

if TYPE_CHECKING:
    from summit_studio.state.letters import LetterGroup

_STATES = {
    LetterStatus.OPEN: mark("Open"),
    LetterStatus.RETRYING: mark("On their way"),
    LetterStatus.RETRIED: mark("Retried"),
    LetterStatus.DISCARDED: mark("Discarded"),
}
_NOTHING = (
    mark("No dead letters"),
    (
        mark(
            "Rows that a node rejects can be kept here, to be mended and let in again, instead of "
            "ending the run: choose Dead letter as the strategy of errors in the pipeline "
            "settings, and leave the node's rejected port free."
        )
    ),
)
_TALL, _WIDE = 320, 1100
"""Height or width, in logical pixels, from which what came of it stands below the edit."""
_LOOK = mark("New values stand beside the old ones. Press Change to keep them, then try or retry.")


class DeadLettersPanel(QWidget):
    """Groups on the left; on the right the letters of one, an edit, and what to do with them.

    `counted` carries the number of open letters.

    Args:
        session: What is open.
        desk: Asks for letters and changes them.
        supervisor: Says whether a run is under way.
        functions: Names and help of the functions an edit may call.
    """

    counted = Signal(int)

    def __init__(
        self,
        session: Session,
        desk: LetterDesk,
        supervisor: RunSupervisor,
        functions: Mapping[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._desk, self._supervisor = session, desk, supervisor
        self._overview = Overview(LetterStatus.OPEN)
        self._group: LetterGroup | None = None
        self._asked = 0
        self._applying = False
        self.groups = GroupsModel(self)
        self.groups_view = GroupsView(self.groups, session.theme)
        self.grid = LetterGrid(session.theme, self)
        self.view = LetterView(self.grid)
        self.edit = LetterEdit(functions)
        self.edit.set_theme(session.theme)
        self.bar, self.message = LetterBar(), LetterMessage()
        self.nodes, self.states = QuietComboBox(), QuietComboBox()
        self._build()
        self._connect()
        self._refresh()

    def _build(self) -> None:
        self.nodes.setAccessibleName(tr("Node whose letters are shown"))
        self.states.setAccessibleName(tr("State of the letters shown"))
        for status in SHOWN:
            self.states.addItem(tr(_STATES[status]), status)
        self._none = QLabel()
        self._none.setProperty("role", "hint")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._grids = QStackedWidget()
        self._grids.addWidget(self._none)
        self._grids.addWidget(self.view)
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 8, 6)
        head.setSpacing(6)
        head.addWidget(self.nodes, 1)
        head.addWidget(self.states, 1)
        left, right = QWidget(), QWidget()
        self._left, self._right = _stacked(left), _stacked(right)
        self._left.addLayout(head)
        self._left.addWidget(self.groups_view, 1)
        self._right.addWidget(self.bar)
        self._right.addWidget(self._grids, 1)
        self._right.addWidget(self.edit)
        self._right.addWidget(self.message)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(left)
        self._splitter.addWidget(right)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([260, 740])
        self.empty = EmptyState("letter", tr(_NOTHING[0]), tr(_NOTHING[1]))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._splitter)
        _stacked(self).addWidget(self.stack)

    def _connect(self) -> None:
        desk = self._desk
        desk.overviewed.connect(self._overviewed)
        desk.unreadable.connect(self._unreadable)
        desk.told.connect(self._told)
        desk.busy_changed.connect(self._busy)
        self._supervisor.changed.connect(self._refresh)
        self.groups_view.chosen.connect(self._choose)
        self.grid.wanted.connect(self._want)
        self.grid.looked.connect(self._looked)
        self.view.selectionModel().selectionChanged.connect(self._refresh)
        self.nodes.activated.connect(lambda _at: self._fill_groups())
        self.states.activated.connect(lambda at: desk.refresh(SHOWN[at]))
        self.edit.changed.connect(self._refresh)
        self.edit.typed.connect(self._look)
        self.edit.applied.connect(self._apply)
        self.bar.try_.clicked.connect(lambda: self._do(desk.try_))
        self.bar.retry.clicked.connect(lambda: self._do(desk.retry))
        self.bar.discard.clicked.connect(lambda: self._do(self._ask_to_discard))
        self.bar.export.clicked.connect(lambda: self._do(self._ask_where))
        self.bar.cancel.clicked.connect(desk.cancel)

    def close_worker(self) -> None:
        """Cancel what is awaited and stop the workers."""
        self.edit.stop()
        self._desk.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the rows their height: where there is little, what came of it stands aside."""
        super().resizeEvent(event)
        roomy = self.height() >= _TALL or self.width() >= _WIDE
        column = self._right if roomy else self._left
        if column.indexOf(self.message) < 0:
            column.addWidget(self.message)

    def showEvent(self, event: Any) -> None:
        """Ask anew when it is looked at: commands and other editors change letters too."""
        super().showEvent(event)
        self._desk.refresh()

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.groups_view.set_theme(theme)
        self.grid.set_theme(theme)
        self.edit.set_theme(theme)

    def show_node(self, node_id: str) -> None:
        """Show the open letters of a node, or of all where it is empty."""
        self.states.setCurrentIndex(self.states.findData(LetterStatus.OPEN))
        self._fill_nodes(node_id)
        self._fill_groups()
        self._desk.refresh(LetterStatus.OPEN)

    def forget(self) -> None:
        """Show nothing of the document that was open before."""
        self.message.say("")
        self.edit.clear()
        self.states.setCurrentIndex(self.states.findData(LetterStatus.OPEN))
        self._overviewed(Overview(LetterStatus.OPEN))

    # What there is

    @Slot(object)
    def _overviewed(self, overview: Overview) -> None:
        self._overview = overview
        some = any(overview.totals.values())
        self.empty.say(*map(tr, _NOTHING))
        self.stack.setCurrentWidget(self._splitter if some else self.empty)
        for at, status in enumerate(SHOWN):
            self.states.setItemText(
                at, f"{tr(_STATES[status])} ({overview.totals.get(status, 0):,})"
            )
        self._fill_nodes(self.nodes.currentData() or "")
        self._fill_groups()
        self.counted.emit(overview.totals.get(LetterStatus.OPEN, 0))

    @Slot(object)
    def _unreadable(self, error: Exception) -> None:
        notice = Notice.of(error)
        self.empty.say(notice.text, notice.detail)
        self.stack.setCurrentWidget(self.empty)
        self.counted.emit(0)

    def _fill_nodes(self, chosen: str) -> None:
        ids = dict.fromkeys(g.node_id for g in self._overview.groups)
        if chosen:
            ids.setdefault(chosen)
        self.nodes.clear()
        self.nodes.addItem(tr("All nodes"), "")
        for node_id in ids:
            self.nodes.addItem(self._session.title_of(node_id), node_id)
        self.nodes.setCurrentIndex(max(0, self.nodes.findData(chosen)))

    def _fill_groups(self) -> None:
        node_id = self.nodes.currentData()
        found = [g for g in self._overview.groups if not node_id or g.node_id == node_id]
        names = [g.group for g in found]
        before = self._group.group if self._group else ""
        place = max(self.groups_view.currentIndex().row(), 0)
        at = names.index(before) if before in names else min(place, len(found) - 1)
        with QSignalBlocker(self.groups_view):
            self.groups.show(found, self._session.title_of)
            self.groups_view.setCurrentIndex(self.groups.index(at))
        self._choose(found[at] if found else None)

    @Slot(object)
    def _choose(self, group: "LetterGroup | None") -> None:
        before, self._group = self._group, group
        self._asked = asked = self._asked + 1
        if group is None:
            self.grid.show((), "", None, self._session.title_of)
            state = tr(_STATES[self._overview.status]).lower()
            whose = (
                tr(" of '{nodes}'", nodes=self.nodes.currentText())
                if self.nodes.currentData()
                else ""
            )
            self._none.setText(tr("No letter{whose} is {state}.", whose=whose, state=state))
            self._grids.setCurrentWidget(self._none)
        else:
            self.edit.suggest(group.column)
            if before is None or (before.node_id, before.column) != (group.node_id, group.column):
                self.edit.clear()
            self._desk.ask_ids(self._of(group), partial(self._show, asked, group))
        self._refresh()

    def _of(self, group: "LetterGroup") -> Selection:
        return Selection((group.group,), group.node_id, status=self._overview.status)

    def _show(self, asked: int, group: "LetterGroup", ids: tuple[int, ...]) -> None:
        if asked != self._asked:
            return
        self._grids.setCurrentWidget(self.view)
        if ids == self.grid.ids:
            self.grid.refresh()
        else:
            self.grid.show(ids, group.node_id, group.column, self._session.title_of)
        self._refresh()

    @Slot(object)
    def _want(self, wanted: Wanted) -> None:
        self._desk.ask_page(
            wanted, partial(self.grid.take, wanted), partial(self.grid.still_wants, wanted)
        )

    # The edit

    @Slot(str)
    def _look(self, text: str) -> None:
        self.edit.fits("")
        if not text and self.message.text() == tr(_LOOK):
            self.message.say("")
        self.grid.look_at(text)
        self._refresh()

    @Slot(object)
    def _looked(self, page: Page) -> None:
        self.edit.offer(c.name for c in self.grid.columns if c.kind is Kind.VALUE)
        if page.error is not None:
            self.edit.fits("")
            self.message.tell(failure(page.error))
        elif page.edited is not None and not self._desk.doing:
            self.edit.fits(self.grid.text)
            self.message.say(tr(_LOOK))
        self._refresh()

    @Slot(str)
    def _apply(self, text: str) -> None:
        self._applying = True
        self._do(partial(self._desk.edit, text))

    # What is done

    def selection(self) -> Selection | None:
        """Return the letters that the buttons are about: those chosen, or all of the group."""
        if self._group is None or not self.grid.ids:
            return None
        rows = self.view.chosen()
        if not rows or len(rows) == len(self.grid.ids):
            return self._of(self._group)
        ids = tuple(self.grid.ids[row] for row in rows)
        return Selection(ids=ids, status=self._overview.status)

    def _do(self, what: Any) -> None:
        selection = self.selection()
        if selection is not None:
            what(selection)

    @Slot()
    def _refresh(self) -> None:
        total = len(self.grid.ids) if self._group is not None else 0
        some, idle = total > 0, not self._desk.doing
        free = some and idle and self._overview.status is LetterStatus.OPEN
        self.bar.show_scope(self._count(), total)
        # What is tried and retried are the rows as they are kept: an edit is made first.
        mended = free and not self.edit.text
        self.bar.allow(
            try_=mended,
            retry=mended and not self._supervisor.running,
            discard=free,
            export=some and idle,
        )
        self.bar.show_cancel(self._desk.cancellable, again=not self._desk.cancelling)
        self.edit.allow(edit=some and self._overview.status is LetterStatus.OPEN, apply=free)

    def _count(self) -> int:
        return len(self.view.chosen()) or len(self.grid.ids)

    @Slot()
    def _busy(self) -> None:
        if self._desk.doing:
            self.message.say(tr("Cancelling…") if self._desk.cancelling else self._desk.doing)
        self._refresh()

    @Slot(object)
    def _told(self, outcome: Outcome) -> None:
        if self._applying and outcome.good:
            self.edit.clear()
        self._applying = False
        self.message.tell(outcome)

    def _ask_to_discard(self, selection: Selection) -> None:
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(tr("Discard dead letters"))
        box.setText(
            tr("Discard {letters_in_words}?", letters_in_words=letters_in_words(self._count()))
        )
        box.setInformativeText(
            tr(
                "They cannot be retried any more. Their rows stay readable under "
                "Discarded until they "
                "are pruned."
            )
        )
        discard = box.addButton(tr("Discard"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        discard.clicked.connect(lambda: self._desk.discard(selection))
        box.open()

    def _ask_where(self, selection: Selection) -> None:
        files = self._session.files
        folder = files.path.parent if files.path else self._session.workspace.root
        dialog = QFileDialog(self, tr("Export dead letters"), str(folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr("JSON lines (*.jsonl)"), tr("All files (*)")])
        dialog.setDefaultSuffix("jsonl")
        dialog.selectFile(f"{files.name or 'pipeline'}-dead-letters.jsonl")
        dialog.fileSelected.connect(lambda path: self._desk.export(Path(path), selection))
        dialog.open()


def _stacked(widget: QWidget) -> QVBoxLayout:
    """Return a layout of a widget without margins."""
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
