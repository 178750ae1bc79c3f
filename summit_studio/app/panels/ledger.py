"""The row account of a run as a table: in, out, filtered, rejected, and whether it balances."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Slot,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.run_state import Figures, NodeRun, RunState

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_NARROWEST = 160
_NONE = "\N{EN DASH}"
_HEADS = (
    mark("Node"),
    mark("In"),
    mark("Out"),
    mark("Filtered"),
    mark("Rejected"),
    mark("Checked"),
)
_TIPS = (
    "",
    mark("Rows that came in; for a source, rows read"),
    mark("Rows handed on"),
    mark("Rows left out on purpose"),
    mark("Rows that failed"),
    (
        mark(
            "Whether every row is accounted for, and what the count was held "
            "against: what the file, "
            "server or table says of itself (counterpart), its rows read back (content compared), "
            "another measure of ours (counted twice), or nothing (handed over)"
        )
    ),
)


class LedgerModel(QAbstractTableModel):
    """One line a node, live while the run goes on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run: RunState | None = None
        self._ids: list[str] = []
        self._titles: Callable[[str], str] = str

    def show(self, run: RunState, titles: Callable[[str], str]) -> None:
        """Show another run."""
        self.beginResetModel()
        self._run, self._titles, self._ids = run, titles, list(run.nodes)
        self.endResetModel()

    def refresh(self, run: RunState | None = None) -> None:
        """Show the figures as they are now, or those of another state of the same run."""
        self._run = run or self._run
        if self._run is None:
            return
        if len(self._ids) != len(self._run.nodes):
            self.show(self._run, self._titles)
        elif self._ids:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(self._ids) - 1, len(_HEADS) - 1), []
            )

    def node_at(self, row: int) -> str:
        """Return the node of a line."""
        return self._ids[row]

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of nodes."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of figures."""
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return a figure's name and meaning."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(_HEADS[section])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(_TIPS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        """Return a figure."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        words = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        if role not in words or self._run is None:
            return None
        node_id = self._ids[index.row()]
        if index.column() == 0:
            return self._titles(node_id)
        if index.column() == len(_HEADS) - 1:
            return _balance(self._run.nodes[node_id])
        return _figure(self._run.figures(node_id), index.column())


class LedgerView(QTableView):
    """The table of a ledger: each column is as wide as what it holds, the last takes the rest.

    Names stand in whole as long as all figures are in sight too; by hand their column takes any
    width, and keeps it.
    """

    def __init__(self, model: LedgerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = 0
        self._by_hand = False
        self._fitting = False
        self.setModel(model)
        self.setAccessibleName(tr("Row ledger"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        head.setStretchLastSection(True)
        head.setHighlightSections(False)
        head.sectionResized.connect(self._resized)
        model.modelReset.connect(self._measure)
        model.dataChanged.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names what the figures leave."""
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _measure(self) -> None:
        self._names = self.sizeHintForColumn(0)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        if self._by_hand or not self._names:
            return
        head, last = self.horizontalHeader(), len(_HEADS) - 1
        figures = sum(head.sectionSize(column) for column in range(1, last))
        figures += max(self.sizeHintForColumn(last), head.sectionSizeHint(last))
        room = max(self.viewport().width() - figures, _NARROWEST)
        wanted = max(min(self._names, room), head.sectionSizeHint(0))
        if wanted != head.sectionSize(0):
            self._fitting = True
            head.resizeSection(0, wanted)
            self._fitting = False

    @Slot(int, int, int)
    def _resized(self, column: int, _before: int, _after: int) -> None:
        if column == 0 and not self._fitting:
            self._by_hand = True
        elif column not in {0, len(_HEADS) - 1}:
            self._fit()


def _side(column: int) -> Qt.AlignmentFlag:
    words = column in {0, len(_HEADS) - 1}
    side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _figure(figures: Figures, column: int) -> str:
    shown = (figures.rows_in, figures.rows_out, figures.filtered, figures.rejected)[column - 1]
    return _NONE if shown is None else f"{shown:,}"


def _balance(node: NodeRun) -> str:
    if node.ledger is None:
        return "…" if node.state == "running" else _NONE
    if not node.ledger.balanced and node.state != "done":
        return _NONE  # Stopped with rows on their way: nothing is lost, the account is unfinished.
    return node.ledger.checked
