"""Past runs of the open pipeline, from the editor, the command line and Python alike."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.icons import icon
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.past_runs import moment
from summit_studio.app.session.session import Notice, Session

if TYPE_CHECKING:
    from summit_studio.state.records import PastRun, RunRecord

_MOST = 100
_TWO = 2
_RUN = Qt.ItemDataRole.UserRole
_ICONS = {"succeeded": "check", "failed": "error", "running": "run"}
_ORIGINS = {"cli": mark("command line"), mark("editor"): mark("editor"), "python": "Python"}


class History(QWidget):
    """Reads the state database in a worker, when it is looked at and after each run.

    `opened` carries a past run that somebody wants to see, `compared` two side by side; `chose`
    tells that others are selected.
    """

    opened = Signal(object)
    compared = Signal(object)
    chose = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background("history", self)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Past runs"))
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setHeaderLabels([tr("Started"), tr("Result"), tr("Took"), tr("From")])
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(True)
        self.tree.itemActivated.connect(self.on_open_run)
        self.tree.itemSelectionChanged.connect(self._chosen)
        self.open_button = QPushButton(tr("Open"))
        self.open_button.setToolTip(
            tr("Show the pipeline as it ran, with its counts, ledger and log")
        )
        self.open_button.clicked.connect(self.on_open_run)
        self.compare_button = QPushButton(tr("Compare two"))
        self.compare_button.clicked.connect(self.on_compare_runs)
        self._empty = EmptyState(
            "history", tr("No past runs"), tr("Runs of this pipeline are kept here.")
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._listed())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._chosen()

    def _listed(self) -> QWidget:
        listed = QWidget()
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(8)
        for button in (self.open_button, self.compare_button):
            button.setProperty("compact", True)
            bar.addWidget(button)
        bar.addStretch(1)
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.tree, 1)
        return listed

    @property
    def chosen(self) -> "tuple[RunRecord, ...]":
        """The runs that are selected."""
        return tuple(item.data(0, _RUN) for item in self.tree.selectedItems())

    def refresh(self) -> None:
        """Read the history anew."""
        name = self._session.document.name

        def work() -> "tuple[RunRecord, ...]":
            from summit_studio.state.store import Store

            with Store.open() as store:
                store.mark_orphans()
                return store.runs(_MOST, name)

        self._background.submit(Job(work, self._show, self._failed))

    def close_worker(self) -> None:
        """Stop the worker."""
        self._background.close()

    @Slot()
    def on_open_run(self) -> None:
        """Show the run that is selected, as it was."""
        if len(self.chosen) == 1:
            self._read(self._open)

    @Slot()
    def on_compare_runs(self) -> None:
        """Show the two runs that are selected side by side."""
        if len(self.chosen) == _TWO:
            self._read(self._compare)

    def _read(self, done: Any) -> None:
        ids = [run.run_id for run in self.chosen]

        def work() -> "list[PastRun]":
            from summit_studio.state.store import Store

            with Store.open() as store:
                return [past for past in map(store.past, ids) if past is not None]

        self._background.submit(Job(work, done, self._tell))

    def _open(self, runs: "list[PastRun]") -> None:
        for past in runs:
            self.opened.emit(past)

    def _compare(self, runs: "list[PastRun]") -> None:
        from summit_studio.state.comparing import compare

        if len(runs) == _TWO:
            self.compared.emit(compare(*runs))

    def showEvent(self, event: Any) -> None:
        """Read it when it is looked at."""
        super().showEvent(event)
        self.refresh()

    @Slot()
    def _chosen(self) -> None:
        count = len(self.chosen)
        self.open_button.setEnabled(count == 1)
        self.compare_button.setEnabled(count == _TWO)
        hint = "" if count == _TWO else tr("\nSelect two runs first, with Ctrl or Shift.")
        self.compare_button.setToolTip(
            tr("Show two runs side by side, and what changed{hint}", hint=hint)
        )
        self.chose.emit()

    @Slot(object)
    def _show(self, runs: "tuple[RunRecord, ...]") -> None:
        theme = self._session.theme
        colours = {"succeeded": theme.success, "failed": theme.danger}
        before = {run.run_id for run in self.chosen}
        self.tree.clear()
        for run in runs:
            took = "" if run.seconds is None else f"{run.seconds:.2f} s"
            result = run.status.replace("_", " ")
            origin = tr(_ORIGINS.get(run.trigger, run.trigger))
            item = QTreeWidgetItem([moment(run), result, took, origin])
            colour = colours.get(run.status, theme.muted)
            item.setIcon(1, icon(_ICONS.get(run.status, "stop"), colour))
            item.setToolTip(1, str(run.error) if run.error else result)
            item.setToolTip(0, run.run_id)
            item.setData(0, _RUN, run)
            self.tree.addTopLevelItem(item)
            item.setSelected(run.run_id in before)
        self._stack.setCurrentIndex(1 if runs else 0)

    def _tell(self, error: Exception) -> None:
        self._session.notice(Notice.of(error))

    def _failed(self, error: Exception) -> None:
        notice = Notice.of(error)
        self._empty.say(notice.text, notice.detail)
        self._stack.setCurrentIndex(0)
