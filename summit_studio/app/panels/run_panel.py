"""The run panel: progress, the chart, the log in sentences, the ledger, the outputs."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.line import Line
from summit_studio.app.look.words import mark, tr
from summit_studio.app.panels.chart import SpeedChart, short
from summit_studio.app.panels.history import History
from summit_studio.app.panels.ledger import LedgerModel, LedgerView
from summit_studio.app.panels.log_view import LogLine, LogView, level_of, node_of
from summit_studio.app.panels.outputs import Outputs
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.session import Session
from summit_studio.core.errors import Where
from summit_studio.core.events import Event, OutputPublished, RuleScored, RunStatus
from summit_studio.planning.modules import drawn_id
from summit_studio.state.records import Told

_STEPS = 1000
_LEDGER = 616
_ROOMY = 960
"""The width, in logical pixels, from which the chart stands beside the ledger, not behind it."""
WORDS = {
    RunStatus.SUCCEEDED: mark("Done"),
    RunStatus.FAILED: mark("Failed"),
    RunStatus.CANCELLED: mark("Cancelled"),
    RunStatus.QUALITY_FAILED: mark("Stopped by a quality rule"),
    RunStatus.RUNNING: mark("Running"),
}


class RunPanel(QWidget):
    """Follows the runs; `pointed` carries the node whose line the pointer is over, or None."""

    pointed = Signal(object)

    def __init__(
        self, session: Session, supervisor: RunSupervisor, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._supervisor = supervisor
        self._part: RunState | None = None
        self.headline = QLabel(tr("No run yet"))
        self.headline.setProperty("role", "strong")
        self.figures = Line(role="hint")
        self.version = Line(role="warning")
        self.version.hide()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setRange(0, _STEPS)
        self.bar.setAccessibleName(tr("Progress of the run"))
        self.bar.hide()
        self.chart = SpeedChart(session.theme)
        self.log = LogView()
        self.ledger = LedgerModel(self)
        self.ledger_view = LedgerView(self.ledger)
        self.ledger_view.clicked.connect(self._go)
        self._counted = QStackedWidget()
        self._counted.addWidget(
            EmptyState(
                "run",
                tr("Nothing counted yet"),
                tr("What each node takes in and gives on is counted here."),
            )
        )
        self._counted.addWidget(self.ledger_view)
        self.ledger.modelReset.connect(self._show_ledger)
        self.outputs = Outputs(session)
        self.history = History(session)
        self.chart.asked.connect(self._asked)
        self.chart.pointed.connect(self._point)
        self._build()
        supervisor.started.connect(self._started)
        supervisor.told.connect(self._told)
        supervisor.ticked.connect(self._ticked)
        supervisor.ended.connect(self._ended)

    def _build(self) -> None:
        self._head = QWidget()
        self._head.hide()
        top = QHBoxLayout(self._head)
        top.setContentsMargins(12, 6, 12, 6)
        top.setSpacing(12)
        top.addWidget(self.headline)
        top.addWidget(self.figures, 1)
        top.addWidget(self.version)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._counted, tr("Ledger"))
        self.tabs.addTab(self.log, tr("Log"))
        self.tabs.addTab(self.outputs, tr("Outputs"))
        self.tabs.addTab(self.history, tr("History"))
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self.tabs)
        self._splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.bar)
        column.addWidget(self._splitter, 1)
        self._place_chart()

    def show_history(self) -> None:
        """Bring the past runs, ready for keys."""
        self.tabs.setCurrentWidget(self.history)
        self.history.tree.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the ledger its width: the chart makes room where there is little."""
        super().resizeEvent(event)
        self._place_chart()

    def _place_chart(self) -> None:
        beside = self._splitter.indexOf(self.chart) >= 0
        if self.width() >= _ROOMY and not beside:
            self.tabs.removeTab(self.tabs.indexOf(self.chart))
            self._splitter.insertWidget(0, self.chart)
            self._splitter.setSizes([self.width() - _LEDGER, _LEDGER])
            self._splitter.setStretchFactor(0, 1)
            self._splitter.setStretchFactor(1, 0)
            self.chart.show()
        elif self.width() < _ROOMY and (beside or self.tabs.indexOf(self.chart) < 0):
            self.tabs.insertTab(1, self.chart, tr("Speed"))

    def clear(self) -> None:
        """Forget the last run, as another document is shown."""
        self.log.clear()
        self.outputs.clear()
        self.chart.clear()
        self.ledger.show(RunState(self._session.document), self._session.title_of)
        self._colour_bar(RunStatus.RUNNING)
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(0)
        self.bar.hide()
        self.headline.setText(tr("No run yet"))
        self._head.hide()  # The empty panel below says it.
        self.figures.setText("")
        if self.history.isVisible():
            self.history.refresh()

    def recall(self, run: RunState, told: Sequence[Told]) -> None:
        """Show a run that was over before, with what it told."""
        self._started(run)
        began = run.started_at or datetime.now(UTC)
        for one in told:
            self._tell([one.event], began + timedelta(seconds=one.secs))
        self._ticked(run)
        self.chart.recall(run)
        self._ended(run)

    def show_part(self, run: RunState | None, around: str, lines: Sequence[LogLine] = ()) -> None:
        """Show what is known of the nodes of a module in the run of what is around it.

        Args:
            run: The state of these nodes; None where there is no run.
            around: What people call the pipeline that runs.
            lines: What was said of them.
        """
        before, self._part = self._part, run
        if run is None:
            if before is not None:
                self.clear()
            return
        if before is None or before.run_id != run.run_id:
            self.log.offer({i: self._title_of(i) for i in run.document.nodes})
            self.chart.begin(self._title_of)
            self.ledger.show(run, self._title_of)
            before = None
        else:
            self.ledger.refresh(run)
        self.log.show_lines(lines)
        self.chart.update_run(run)
        if before is None or (before.outputs, before.scores) != (run.outputs, run.scores):
            self.outputs.clear()
            for output in run.outputs:
                self.outputs.add_output(output)
            for score in run.scores:
                self.outputs.add_score(score)
        self._head.show()
        self.headline.setText(_outcome(run) if run.finished else _going(run))
        self.figures.setText(tr("What passed this module in the run of {name}", name=around))

    @Slot(object)
    def say_version(self, text: str) -> None:
        """Say that the run was of another version of the pipeline; an empty text says nothing."""
        self.version.setText(text)
        self.version.setVisible(bool(text))

    def _title_of(self, node_id: str) -> str:
        """Return what a node is called, or was as the run began."""
        run = self._supervisor.state
        return self._session.title_of(node_id, run.document if run is not None else None)

    @Slot(object)
    def _started(self, run: RunState) -> None:
        self.log.clear()
        self.log.offer({i: self._title_of(i) for i in run.document.nodes})
        self.outputs.clear()
        self.chart.begin(self._title_of)
        self.ledger.show(run, self._title_of)
        self._colour_bar(RunStatus.RUNNING)
        self.bar.setRange(0, 0)
        self.bar.show()
        self._head.show()
        self.headline.setText(tr("Starting…"))
        self.figures.setText("")

    @Slot(object)
    def _told(self, events: Any) -> None:
        self._tell(events, datetime.now(UTC))

    def _tell(self, events: Iterable[Event], at: datetime) -> None:
        from summit_studio.engine.narrative import sentence_of

        run = self._supervisor.state
        titles = {i: self._title_of(i) for i in run.graph.nodes} if run else {}
        lines = []
        for event in events:
            sentence = sentence_of(event, titles)
            if sentence:
                lines.append(LogLine(at, level_of(event), node_of(event), sentence))
            if isinstance(event, OutputPublished):
                self.outputs.add_output(event)
            if isinstance(event, RuleScored):
                self.outputs.add_score(event)
        self.log.add(lines)

    @Slot(object)
    def _ticked(self, run: RunState) -> None:
        self.ledger.refresh()
        self.chart.update_run(run)
        progress = run.progress
        if progress is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(int(progress * _STEPS))
        if not run.finished:
            going = _going(run)
            if run.retried is not None:
                again = run.retried
                going = tr(
                    "Waiting to try again ({attempt} of {attempts})",
                    attempt=again.attempt,
                    attempts=again.attempts,
                )
            self.headline.setText(tr("Cancelling…") if self._supervisor.cancelling else going)
            speed = "" if run.starting else tr("  ·  {short} rows/s", short=short(run.speed))
            self.figures.setText(f"{run.seconds:.1f} s{speed}")

    @Slot(object)
    def _ended(self, run: RunState) -> None:
        self.headline.setText(_outcome(run))
        self.figures.setText(summary(run))
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(_STEPS if run.status is RunStatus.SUCCEEDED else self.bar.value())
        self._colour_bar(run.status)
        if self.history.isVisible():
            self.history.refresh()
        if run.status is RunStatus.FAILED:
            self.tabs.setCurrentWidget(self.log)

    def _colour_bar(self, status: RunStatus) -> None:
        self.bar.setProperty("status", status.value)
        self.bar.style().unpolish(self.bar)
        self.bar.style().polish(self.bar)

    @Slot()
    def _show_ledger(self) -> None:
        self._counted.setCurrentIndex(min(self.ledger.rowCount(), 1))

    @Slot(object)
    def _asked(self, node_id: str) -> None:
        self._session.show_place(Where(node_id=node_id))

    @Slot(object)
    def _point(self, node_id: str | None) -> None:
        self.pointed.emit(None if node_id is None else drawn_id(node_id))

    @Slot(object)
    def _go(self, index: Any) -> None:
        node_id = self.ledger.node_at(index.row())
        if drawn_id(node_id) in self._session.document.nodes:
            self._session.show_place(Where(node_id=node_id))


def _going(run: RunState) -> str:
    return tr("Starting…") if run.starting else tr("Running")


def _outcome(run: RunState) -> str:
    return tr("{words} in {seconds:.2f} s", words=tr(WORDS[run.status]), seconds=run.seconds)


def summary(run: RunState) -> str:
    """Return a run in one line: rows read, written, rejected, and where the account stands.

    Of a load that is unfinished it says what is safe, and what going on with it does.
    """
    targets = {e.target.node for e in run.graph.edges}
    # A run has ends of its own behind rejected ports: what they keep is not written.
    own = run.graph.nodes
    read = sum(n.handled for i, n in run.nodes.items() if i in own and i not in targets)
    written = sum(o.rows for o in run.outputs if o.node_id in own)
    committed = sum(rows for i, rows in run.committed.items() if i in own)
    staged = sum(rows for i, rows in run.staged.items() if i in own)
    rejected = sum(line.rejected for line in run.ledger)
    done = tr("nothing is written") if run.to else tr("{written:,} written", written=written)
    parts = [
        tr("{read:,} {words} read", read=read, words=tr("row") if read == 1 else tr("rows")),
        done,
        tr("{rejected:,} rejected", rejected=rejected),
    ]
    if committed or staged:
        parts[1:2] = (
            [tr("{committed:,} committed and safe", committed=committed)] if committed else []
        )
        parts += [tr("{staged:,} safe and not yet shown", staged=staged)] if staged else []
        parts.append(tr("Go on reads on behind them"))
    if run.ledger and run.status is RunStatus.SUCCEEDED:
        balanced = all(line.balanced for line in run.ledger)
        parts.append(tr("the ledger balances") if balanced else tr("the ledger does not balance"))
    return "  ·  ".join(parts)
