"""Two past runs side by side: how they went, the rows of each node, what changed between them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.past_runs import moment
from summit_studio.app.session.session import Session
from summit_studio.state.comparing import FIGURES, Comparison, NodePair, Pair

_NONE = "\N{EN DASH}"
_TO = "\N{RIGHTWARDS ARROW}"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SIZE = (860, 620)
_ALWAYS = ("Result", "Seconds", "From")
"""Facts that are shown also where both runs have the same."""
_SAME = (mark("Nothing: both ran the same pipeline."),)
_UNKNOWN = (mark("Not known: a version ran one of them that did not keep the pipeline."),)


class CompareDialog(QDialog):
    """Not modal: it stands beside what it is about. What differs is lit, and in bold."""

    def __init__(self, found: Comparison, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        a, b = found.first.detail.run, found.second.detail.run
        self.setWindowTitle(tr("Two runs of {pipeline}", pipeline=b.pipeline))
        self.resize(*_SIZE)
        self._old, self._new = f"{moment(a)}", f"{moment(b)}"
        self.facts = self._table(tr("How they went"), ["", self._old, self._new])
        for name, pair in found.facts.items():
            if (pair.first or pair.second) and (pair.differs or name in _ALWAYS):
                self.facts.addTopLevelItem(self._fact(name, pair))
        count = self.facts.topLevelItemCount() + 1
        self.facts.setFixedHeight(count * self.fontMetrics().height() * 2)
        self.nodes = self._table(tr("Rows of each node"), [tr("Node"), *FIGURES])
        for node in found.nodes:
            self.nodes.addTopLevelItem(self._of_node(node))
        self.only = QCheckBox(tr("Only nodes that differ"))
        self.only.toggled.connect(self._filter)
        self.changes = QListWidget()
        self.changes.setAccessibleName(tr("What changed in the pipeline between them"))
        self.changes.setWordWrap(True)
        lines = found.changes or [tr(t) for t in (_UNKNOWN if found.changes is None else _SAME)]
        self.changes.addItems(list(lines))
        self._differ = [node.differs for node in found.nodes]
        self._place()

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(_heading(tr("How they went")))
        column.addWidget(self.facts)
        line = QHBoxLayout()
        line.addWidget(_heading(tr("Rows of each node, earlier {to} later", to=_TO)), 1)
        line.addWidget(self.only)
        column.addLayout(line)
        column.addWidget(self.nodes, 4)
        column.addWidget(_heading(tr("What changed in the pipeline")))
        column.addWidget(self.changes, 2)

    def _table(self, name: str, heads: list[str]) -> QTreeWidget:
        table = QTreeWidget()
        table.setAccessibleName(name)
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setHeaderLabels(heads)
        table.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.header().setStretchLastSection(False)
        for at in range(1, len(heads)):
            table.headerItem().setTextAlignment(at, _RIGHT)
        return table

    def _of_node(self, node: NodePair) -> QTreeWidgetItem:
        title = self._session.title_of(node.node_id)
        shown = node.title if title == node.node_id else title
        pairs = list(node.figures.values())
        item = QTreeWidgetItem([shown, *map(_both, pairs)])
        item.setToolTip(0, node.node_id)
        for at, pair in enumerate(pairs, start=1):
            self._light(item, at, pair)
        return item

    def _fact(self, name: str, pair: Pair) -> QTreeWidgetItem:
        item = QTreeWidgetItem([name, _text(pair.first), _text(pair.second)])
        for at in (1, 2):
            self._light(item, at, pair)
        return item

    def _light(self, item: QTreeWidgetItem, at: int, pair: Pair) -> None:
        item.setTextAlignment(at, _RIGHT)
        if pair.differs:
            bold = QFont(self.font())
            bold.setBold(True)
            item.setFont(at, bold)
            item.setForeground(at, QColor(self._session.theme.accent))

    def _filter(self, on: bool) -> None:  # noqa: FBT001 - as Qt calls it
        for at, differs in enumerate(self._differ):
            item = self.nodes.topLevelItem(at)
            if item is not None:
                item.setHidden(on and not differs)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "strong")
    return label


def _text(value: float | str | None) -> str:
    if value is None:
        return _NONE
    if isinstance(value, str):
        return value.replace("_", " ")
    return f"{value:.2f}" if isinstance(value, float) else f"{value:,}"


def _both(pair: Pair) -> str:
    """Return two figures in one cell: once where they are the same."""
    first, second = _text(pair.first), _text(pair.second)
    return first if first == second else f"{first}  {_TO}  {second}"
