"""Rehearse a crash: the table of kills grows while the pipeline is killed and goes on."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Slot,
)
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import Vacancy
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr
from summit_studio.app.session.rehearsing import Rehearser
from summit_studio.app.session.running import request_of
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.errors import Cancelled, SummitError

if TYPE_CHECKING:
    from summit_studio.engine.rehearsal.report import Death, Report

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class KillsModel(QAbstractTableModel):
    """One line a kill; those that did harm stand out."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        from summit_studio.engine.rehearsal.report import HEAD, cells

        self._head, self._cells = HEAD, cells
        self._deaths: list[Death] = []
        self._bold = QFont()
        self._bold.setBold(True)

    def clear(self) -> None:
        """Show none."""
        self.beginResetModel()
        self._deaths = []
        self.endResetModel()

    def add(self, death: "Death") -> None:
        """Show one more."""
        row = len(self._deaths)
        self.beginInsertRows(QModelIndex(), row, row)
        self._deaths.append(death)
        self.endInsertRows()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of kills."""
        return 0 if parent.isValid() else len(self._deaths)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of figures."""
        return 0 if parent.isValid() else len(self._head)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return a figure's name."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._head[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        """Return a figure, and how it looks."""
        death = self._deaths[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells(death)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return death.error or death.step
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role == Qt.ItemDataRole.FontRole and not death.clean:
            return self._bold
        return None


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class RehearsalDialog(QDialog):
    """Kills the open pipeline in a sandbox, and tells what became of its rows.

    Args:
        session: What is open; it is rehearsed as it is on the screen.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._report: Report | None = None
        self.rehearser = Rehearser(self)
        self.rehearser.told.connect(self._told, Qt.ConnectionType.QueuedConnection)
        self.rehearser.ended.connect(self._ended)
        self.setWindowTitle(tr("Rehearse a crash of {name}", name=session.document.name))
        self.resize(860, 560)
        self.rows = QSpinBox()
        self.rows.setRange(1, 10_000_000)
        self.rows.setGroupSeparatorShown(True)
        self.rows.setSingleStep(5_000)
        self.rows.setValue(20_000)
        self.kills = QSpinBox()
        self.kills.setRange(0, 1_000)
        self.kills.setSpecialValueText(tr("at each kind of step"))
        for box in (self.rows, self.kills):
            # Qt leaves the padding of the sheet out where the sheet draws the arrows.
            box.lineEdit().setTextMargins(Theme.S, 0, 0, 0)
        self.same = QCheckBox(tr("Write tables of a server in a schema of their own there"))
        self.same.setToolTip(
            tr("Dropped at the end. Without it, a temporary file of the same class stands in.")
        )
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.model = KillsModel(self)
        self.table = QTableView()
        self.go = QPushButton(tr("Rehearse"))
        self.stop = QPushButton(tr("Cancel"))
        self.save = QPushButton(tr("Save report…"))
        self._build()
        self._show_running(running=False)

    def _build(self) -> None:
        text = QLabel(
            tr(
                "Runs the pipeline on a sample of its sources, your code included, kills it at "
                "every kind of step and lets it go on. Its targets, checkpoints and run history are"
                " not touched: stand-ins take their place."
            )
        )
        text.setProperty("role", "hint")
        text.setWordWrap(True)
        form = QFormLayout()
        form.addRow(tr("Rows of each source"), self.rows)
        form.addRow(tr("Kills"), self.kills)
        form.addRow("", self.same)
        self.table.setModel(self.model)
        self.table.setAccessibleName(tr("Kills"))
        self.vacancy = Vacancy(
            self.table,
            "history",
            tr("Nothing rehearsed yet"),
            tr("Each kill is a line here, with what was lost, doubled or wrong after it."),
        )
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        self.go.setProperty("primary", True)
        self.go.setDefault(True)
        self.go.clicked.connect(self.rehearse)
        self.stop.clicked.connect(self.cancel)
        self.save.clicked.connect(self._choose_and_save)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.reject)
        last = QHBoxLayout()
        last.setSpacing(8)
        last.addWidget(self.save)
        last.addStretch(1)
        for button in (close, self.stop, self.go):
            last.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(text)
        column.addLayout(form)
        column.addWidget(self.bar)
        column.addWidget(self.status)
        column.addWidget(self.table, 1)
        column.addLayout(last)

    @Slot()
    def rehearse(self) -> None:
        """Begin."""
        try:
            self._session.files.to_run()
        except SummitError as error:
            self._fail(error)
            return
        self._report = None
        self.model.clear()
        self._show_running(running=True)
        self.rehearser.start(
            request_of(self._session),
            rows=self.rows.value(),
            kills=self.kills.value() or None,
            same_database=self.same.isChecked(),
        )

    @Slot()
    def cancel(self) -> None:
        """Stop; nothing is left behind."""
        self.rehearser.cancel()
        self._tell(tr("Cancelling…"), "hint")

    def done(self, result: int) -> None:
        """Close; a rehearsal under way is cancelled."""
        self.rehearser.cancel()
        super().done(result)

    def save_report(self, path: Path) -> None:
        """Write the report as a page."""
        from summit_studio.engine.rehearsal.page import write_page

        if self._report is None:
            return
        try:
            write_page(self._report, path)
        except SummitError as error:
            self._fail(error)
        else:
            self._tell(tr("The report is in {path}.", path=path), "strong")

    @Slot()
    def _choose_and_save(self) -> None:
        root = self._session.workspace.root
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Save report"), str(root / "rehearsal.html"), tr("Pages (*.html)")
        )
        if chosen:
            self.save_report(Path(chosen))

    @Slot(object)
    def _told(self, news: object) -> None:
        from summit_studio.engine.rehearsal.report import Death, Progress

        if isinstance(news, Death):
            self.model.add(news)
            self.bar.setValue(self.model.rowCount())
            self.table.scrollToBottom()
        elif isinstance(news, Progress):
            self.bar.setRange(0, news.of)
            place = tr("{done} of {of}: ", done=news.done + 1, of=news.of) if news.of else ""
            self._tell(place + news.text, "hint")

    @Slot(object)
    def _ended(self, outcome: object) -> None:
        from summit_studio.engine.rehearsal.report import Report

        self._show_running(running=False)
        if isinstance(outcome, Report):
            self._report = outcome
            self.save.setEnabled(True)
            text = " ".join((outcome.verdict, *outcome.notes))
            self._tell(text, "strong" if outcome.clean else "error")
        elif isinstance(outcome, Cancelled):
            self._tell(tr("Cancelled; nothing is left behind."), "hint")
        elif isinstance(outcome, Exception):
            self._fail(outcome)

    def _show_running(self, *, running: bool) -> None:
        self.bar.setRange(0, 0 if running else 1)
        self.bar.setValue(0)
        self.bar.setVisible(running)
        self.go.setEnabled(not running)
        self.stop.setEnabled(running)
        self.save.setEnabled(False)
        for field in (self.rows, self.kills, self.same):
            field.setEnabled(not running)

    def _fail(self, error: Exception) -> None:
        notice = Notice.of(error)
        self._tell(sentences(notice.text, notice.detail), "error")

    def _tell(self, text: str, role: str) -> None:
        self.status.setProperty("role", role)
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)
        self.status.setText(text)
