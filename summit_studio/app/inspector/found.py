"""The columns that a source found in its file: their types, why, and a way to change each."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.plain import QuietComboBox
from summit_studio.app.look.muted import Muted
from summit_studio.app.look.table_model import one_line, whole_text
from summit_studio.app.look.words import tr
from summit_studio.core.schema import CHOICES
from summit_studio.formats.contract import Finding

_LINES = 12
"""Lines of the list; each column has two."""
_NAME, _TYPE = range(2)


class FoundColumns(QWidget):
    """Lists columns with type and reason. `kept` asks to write all; `retyped` carries one's type.

    Args:
        typed: True if a type can be said in the params.
    """

    kept = Signal()
    retyped = Signal(str, str)

    def __init__(self, *, typed: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: tuple[Finding, ...] = ()
        self._typed = typed
        self.title = QLabel()
        self.title.setProperty("role", "info")
        self.keep = QPushButton(tr("Pin all"))
        self.keep.setProperty("compact", True)
        self.keep.setToolTip(
            tr("Write these columns and types down: a later file cannot change them")
        )
        self.keep.clicked.connect(self.kept)
        self.keep.setVisible(typed)
        self.tree = QTreeWidget()
        self.tree.setProperty("role", "field")
        self.tree.setAccessibleName(tr("Columns found in the file"))
        self.tree.setHeaderLabels([tr("Column"), tr("Type")])
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setIndentation(0)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.tree.setUniformRowHeights(True)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setItemDelegateForColumn(_NAME, Muted(self.tree, nested=True))
        if typed:
            delegate = _Types(self)
            delegate.chosen.connect(self._chosen)
            self.tree.setItemDelegateForColumn(_TYPE, delegate)
            self.tree.itemClicked.connect(self._clicked)
            self.tree.itemActivated.connect(self._clicked)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.tree)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show other columns."""
        if tuple(findings) == self._findings:
            return
        self._findings = tuple(findings)
        count = len(self._findings)
        self.title.setText(
            tr(
                "Found in the file: {count:,} {words}",
                count=count,
                words=tr("column") if count == 1 else tr("columns"),
            )
        )
        self.tree.clear()
        for finding in self._findings:
            item = QTreeWidgetItem([finding.column, finding.text])
            item.setToolTip(_NAME, whole_text(finding.column))
            item.setToolTip(
                _TYPE, tr("Click to choose another type") if self._typed else finding.text
            )
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            why = QTreeWidgetItem(item, [one_line(finding.why)])
            why.setToolTip(_NAME, whole_text(finding.why))
            self.tree.addTopLevelItem(item)
            item.setExpanded(True)
            why.setFirstColumnSpanned(True)
        self._fit()
        self.setVisible(bool(self._findings))

    def choose(self, row: int, type_name: str) -> None:
        """Give the column in a row another type."""
        self.retyped.emit(self._findings[row].column, type_name)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is shown."""
        return self._findings

    def resizeEvent(self, event: Any) -> None:
        """Share out the width anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        line = max(self.tree.sizeHintForRow(0), self.tree.fontMetrics().height())
        lines = max(1, min(2 * len(self._findings), _LINES))
        head = self.tree.header().sizeHint().height()
        self.tree.setFixedHeight(head + lines * line + 2 * self.tree.frameWidth() + 2)
        width = self.tree.viewport().width()
        self.tree.setColumnWidth(_NAME, max(width * 3 // 5, 60))

    @Slot(QTreeWidgetItem, int)
    def _clicked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == _TYPE and item.parent() is None:
            self.tree.editItem(item, _TYPE)

    @Slot(int, str)
    def _chosen(self, row: int, type_name: str) -> None:
        if type_name and type_name != self._findings[row].value:
            self.choose(row, type_name)


class _Types(QStyledItemDelegate):
    """Offers the usual types; any other can be typed."""

    chosen = Signal(int, str)

    def createEditor(
        self,
        parent: QWidget,
        _option: QStyleOptionViewItem,
        _index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        """Return a list of types that opens at once."""
        combo = QuietComboBox(parent)
        combo.setEditable(True)
        combo.addItems(list(CHOICES))
        # A list that closes with the focus in it says once more what was chosen.
        once = Qt.ConnectionType.SingleShotConnection
        combo.activated.connect(lambda _at: self._take(combo), once)
        return combo

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Show the present type."""
        if isinstance(editor, QuietComboBox):
            editor.setEditText(str(index.data()))

    def setModelData(
        self, editor: QWidget, _model: Any, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell the type; the document decides what is shown."""
        if isinstance(editor, QuietComboBox):
            self.chosen.emit(index.row(), editor.currentText().strip())

    def _take(self, combo: QuietComboBox) -> None:
        self.commitData.emit(combo)
        self.closeEditor.emit(combo)
