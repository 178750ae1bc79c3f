"""The log of a run in sentences, with filters by how grave they are, by node and by text."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.words import mark, tr
from summit_studio.core.events import (
    BreakerChanged,
    BreakerState,
    CheckpointAsked,
    Event,
    NodeFailed,
    NodeSkipped,
    RowsRejected,
    RuleScored,
    RunFinished,
    RunRetried,
    RunStatus,
)
from summit_studio.core.problems import Severity

_MOST = 2000
_WIDEST = 220
_BAD = frozenset({RunStatus.FAILED, RunStatus.QUALITY_FAILED})
_LEVELS: tuple[tuple[str, frozenset[Severity]], ...] = (
    (mark("All lines"), frozenset(Severity)),
    (mark("Warnings and errors"), frozenset({Severity.WARNING, Severity.ERROR})),
    (mark("Errors"), frozenset({Severity.ERROR})),
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One sentence of a log, when it came and of which node it is; empty for the run itself."""

    at: datetime
    level: Severity
    node_id: str
    sentence: str

    @property
    def text(self) -> str:
        """The line as shown."""
        return f"{self.at.astimezone():%H:%M:%S}  {self.sentence}"


def level_of(event: Event) -> Severity:
    """Return how grave it is what an event says."""
    match event:
        case NodeFailed():
            return Severity.ERROR
        case RunFinished(status=status) if status in _BAD:
            return Severity.ERROR
        case RowsRejected() | RunRetried():
            return Severity.WARNING
        case RuleScored(breached=True) | BreakerChanged(state=BreakerState.OPEN):
            return Severity.WARNING
        case NodeSkipped(sink=True):
            return Severity.WARNING
        case CheckpointAsked(why_not=why) if why:
            return Severity.WARNING
    return Severity.INFO


def node_of(event: Event) -> str:
    """Return the node that an event is about; empty where it is about the run."""
    if isinstance(event, RunFinished):
        return (event.error.where.node_id if event.error else None) or ""
    return str(getattr(event, "node_id", ""))


class LogView(QWidget):
    """Shows the last lines that pass the filters; a filter applies to those that are there too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: deque[LogLine] = deque(maxlen=_MOST)
        self.levels = QComboBox()
        self.levels.addItems([tr(name) for name, _ in _LEVELS])
        self.levels.setAccessibleName(tr("How grave"))
        self.nodes = QComboBox()
        self.nodes.setAccessibleName(tr("Of which node"))
        self.nodes.setMaximumWidth(_WIDEST)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find in log"))
        self.search.setAccessibleName(tr("Find in log"))
        self.search.setClearButtonEnabled(True)
        self.count = QLabel("")
        self.count.setProperty("role", "hint")
        self.count.hide()
        self.view = QPlainTextEdit()
        self.view.setReadOnly(True)
        self.view.setMaximumBlockCount(_MOST)
        self.view.setAccessibleName(tr("Log of the run"))
        self.view.setProperty("role", "log")
        self.view.setPlaceholderText(tr("What happens in a run is told here."))
        self.offer({})
        self.levels.currentIndexChanged.connect(self._filter)
        self.nodes.currentIndexChanged.connect(self._filter)
        self.search.textChanged.connect(self._filter)
        self._place()
        self.setFocusProxy(self.view)

    def _place(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(8)
        bar.addWidget(self.levels)
        bar.addWidget(self.nodes)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.view, 1)

    def offer(self, titles: dict[str, str]) -> None:
        """Offer nodes to filter by; the one chosen stays where it is still there.

        Args:
            titles: What people call them, by id.
        """
        chosen = self.nodes.currentData()
        self.nodes.blockSignals(True)
        self.nodes.clear()
        self.nodes.addItem(tr("Any node"), "")
        for node_id, title in titles.items():
            self.nodes.addItem(title, node_id)
        self.nodes.setCurrentIndex(max(self.nodes.findData(chosen), 0))
        self.nodes.blockSignals(False)

    def clear(self) -> None:
        """Forget all lines; the filters stay."""
        self._lines.clear()
        self.view.clear()
        self._say_count()

    def add(self, lines: Iterable[LogLine]) -> None:
        """Add lines at the end."""
        new = list(lines)
        self._lines.extend(new)
        shown = [line.text for line in new if self._passes(line)]
        if shown:
            self.view.appendPlainText("\n".join(shown))
        self._say_count()

    def show_lines(self, lines: Sequence[LogLine]) -> None:
        """Show these and no others; of what is shown already only what follows is added."""
        known = list(self._lines)
        if known != list(lines[: len(known)]):
            self.clear()
            known = []
        self.add(lines[len(known) :])

    def within(self, prefix: str) -> list[LogLine]:
        """Return the lines of the nodes of a module, by their ids in there, and of the run itself.

        Args:
            prefix: What stands before their ids here.
        """
        return [
            replace(line, node_id=line.node_id.removeprefix(prefix))
            for line in self._lines
            if not line.node_id or line.node_id.startswith(prefix)
        ]

    def toPlainText(self) -> str:
        """Return the lines that are shown."""
        return self.view.toPlainText()

    def _passes(self, line: LogLine) -> bool:
        node_id, words = self.nodes.currentData(), self.search.text().strip().casefold()
        return (
            line.level in _LEVELS[self.levels.currentIndex()][1]
            and node_id in {"", line.node_id}
            and words in line.sentence.casefold()
        )

    @Slot()
    def _filter(self) -> None:
        shown = [line.text for line in self._lines if self._passes(line)]
        self.view.setPlainText("\n".join(shown))
        self.view.verticalScrollBar().setValue(self.view.verticalScrollBar().maximum())
        self._say_count()

    def _say_count(self) -> None:
        shown = sum(map(self._passes, self._lines))
        total = len(self._lines)
        self.count.setText(tr("{shown:,} of {total:,} lines", shown=shown, total=total))
        self.count.setVisible(shown != total)
