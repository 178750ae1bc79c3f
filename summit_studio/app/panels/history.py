"""Past runs of the open pipeline, from the editor and the command line alike."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QHeaderView,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.icons import icon
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.session import Notice, Session

if TYPE_CHECKING:
    from summit_studio.state.records import RunRecord

_MOST = 100
_ICONS = {"succeeded": "check", "failed": "error", "running": "run"}


class History(QWidget):
    """Reads the state database in a worker, when it is looked at and after each run."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background("history", self)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Past runs")
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setHeaderLabels(["Started", "Result", "Took", "From"])
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(True)
        self._empty = EmptyState("history", "No past runs", "Runs of this pipeline are kept here.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.tree)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def refresh(self) -> None:
        """Read the history anew."""
        name = self._session.document.name

        def work() -> "tuple[RunRecord, ...]":
            from summit_studio.state.store import Store

            with Store.open() as store:
                return store.runs(_MOST, name)

        self._background.submit(Job(work, self._show, self._failed))

    def close_worker(self) -> None:
        """Stop the worker."""
        self._background.close()

    def showEvent(self, event: Any) -> None:
        """Read it when it is looked at."""
        super().showEvent(event)
        self.refresh()

    @Slot(object)
    def _show(self, runs: "tuple[RunRecord, ...]") -> None:
        theme = self._session.theme
        colours = {"succeeded": theme.success, "failed": theme.danger}
        self.tree.clear()
        for run in runs:
            started = run.started_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            took = "" if run.seconds is None else f"{run.seconds:.2f} s"
            result = run.status.replace("_", " ")
            item = QTreeWidgetItem([started, result, took, run.trigger])
            colour = colours.get(run.status, theme.muted)
            item.setIcon(1, icon(_ICONS.get(run.status, "stop"), colour))
            item.setToolTip(1, str(run.error) if run.error else result)
            item.setToolTip(0, run.run_id)
            self.tree.addTopLevelItem(item)
        self._stack.setCurrentWidget(self.tree if runs else self._empty)

    def _failed(self, error: Exception) -> None:
        notice = Notice.of(error)
        self._empty.say(notice.text, notice.detail)
        self._stack.setCurrentWidget(self._empty)
