"""The panel of a column: where it comes from and where it goes, step by step."""

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.line import Line
from summit_studio.app.look.muted import Muted
from summit_studio.app.look.roles import severity_colour
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.core.errors import Where
from summit_studio.core.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summit_studio.planning.lineage import Lineage, Step
    from summit_studio.planning.renaming import Renaming

_STEP = Qt.ItemDataRole.UserRole
_NODE, _COLUMN, _HOW = range(3)


class ColumnsPanel(QWidget):
    """A click or Return goes to the node of a step, and to the field that says so.

    `left` is sent where a person wants to look at no column any more, `accepted` where what is
    proposed is wanted.
    """

    left = Signal()
    accepted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lineage: Lineage | None = None
        self.title = Line(role="strong")
        self.note = Line(role="hint")
        self.done_button = QPushButton(tr("Done"))
        self.done_button.setProperty("compact", True)
        self.done_button.setToolTip(tr("Light no path any more (Esc)"))
        self.done_button.clicked.connect(self.left)
        self.up = StepList(tr("Comes from"))
        self.down = StepList(tr("Goes to"))
        for steps in (self.up, self.down):
            steps.itemClicked.connect(self._go)
            steps.itemActivated.connect(self._go)
        self._empty = EmptyState(
            "search",
            tr("No column is traced"),
            tr(
                "Click a column of the preview or the inspector while this panel is in view, "
                "or choose Trace column there (Ctrl+T)."
            ),
        )
        self.proposal = ProposalView(session)
        self.proposal.accepted.connect(self.accepted)
        self.proposal.left.connect(self.left)
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 12, 6)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.note)
        head.addStretch(1)
        head.addWidget(self.done_button)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setChildrenCollapsible(False)
        for name, steps in ((tr("Comes from"), self.up), (tr("Goes to"), self.down)):
            sides.addWidget(_titled(name, steps))
        sides.setSizes([500, 500])
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(sides, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(shown)
        self._stack.addWidget(self.proposal)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    @property
    def lineage(self) -> "Lineage | None":
        """What is shown."""
        return self._lineage

    @Slot(object)
    def show_lineage(self, lineage: "Lineage") -> None:
        """Show where a column comes from and where it goes."""
        if lineage != self._lineage:
            self._lineage = lineage
            self.title.setText(lineage.column.column)
            self.note.setText(f"{lineage.step.title} · {lineage.column.port}")
            self._fill()
        self._stack.setCurrentIndex(1)

    @Slot(object)
    def show_proposal(self, found: "Renaming") -> None:
        """Show what renaming a column would change, before it is made."""
        self._lineage = None
        self.proposal.show_renaming(found)
        self._stack.setCurrentIndex(2)

    @Slot()
    def clear(self) -> None:
        """Show no column."""
        self._lineage = None
        self._stack.setCurrentIndex(0)

    @Slot()
    def refresh(self) -> None:
        """Draw in the colours of the theme."""
        if self._lineage is not None:
            self._fill()

    def _fill(self) -> None:
        lineage = self._lineage
        if lineage is not None:
            warning = QBrush(QColor(severity_colour(self._session.theme, Severity.WARNING)))
            title = self._session.title_of
            names = {s.node: title(s.node) for s in (*lineage.up, lineage.step, *lineage.down)}
            self.up.fill((*lineage.up, lineage.step), names, warning)
            self.down.fill(lineage.down, names, warning, tr("No node reads it"))

    @Slot(object)
    def _go(self, item: QTreeWidgetItem) -> None:
        step: Step | None = item.data(_NODE, _STEP)
        if step is not None:
            self._session.show_place(Where(node_id=step.node, param=step.field or None))


class ProposalView(QWidget):
    """What renaming a column changes, node by node, with a button that makes all of it.

    A click or Return goes to a line's node. `accepted` is sent by the button, `left` by the other.
    """

    accepted = Signal()
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.title = Line(role="strong")
        self.note = Line(role="hint")
        self.accept_button = QPushButton(tr("Rename everywhere"))
        self.accept_button.setProperty("primary", True)
        self.accept_button.setProperty("compact", True)
        self.accept_button.clicked.connect(self.accepted)
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.setProperty("compact", True)
        self.cancel_button.clicked.connect(self.left)
        self.list = QTreeWidget()
        self.list.setHeaderLabels([tr("Node"), tr("Field"), tr("Before"), tr("After")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setAccessibleName(tr("What changes"))
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        head = self.list.header()
        head.setStretchLastSection(False)
        for column in (2, 3):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 6)
        top.setSpacing(8)
        top.addWidget(self.title)
        top.addWidget(self.note, 1)
        top.addWidget(self.cancel_button)
        top.addWidget(self.accept_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(top)
        whole.addWidget(self.list, 1)

    def show_renaming(self, found: "Renaming") -> None:
        """Show each field before and after, then what is not followed, then what would be wrong."""
        count = len(found.changes)
        self.title.setText(tr("Rename {old} to {new}", old=found.old, new=found.new))
        said = tr(
            "{count} {words}, one undo step",
            count=count,
            words=tr("change") if count == 1 else tr("changes"),
        )
        if found.kept:
            nodes = len({kept.node for kept in found.kept})
            said += tr(
                " · {nodes} {words} the old name",
                nodes=nodes,
                words=tr("node keeps") if nodes == 1 else tr("nodes keep"),
            )
        self.note.setText(said)
        self.list.clear()
        warning = severity_colour(self._session.theme, Severity.WARNING)
        danger = severity_colour(self._session.theme, Severity.ERROR)
        for change in found.changes:
            field = field_words(change.field) if change.field else "column"
            self._add(change.node, change.field, field, change.before, change.after)
        for kept in found.kept:
            why = tr("goes on getting {name}: {why}", name=kept.name, why=kept.why)
            self._add(kept.node, "", tr("cannot be followed"), kept.name, why, warning)
        for problem in found.problems:
            self._add(
                problem.where.node_id or "", "", tr("would be wrong"), "", problem.what, danger
            )
        self.accept_button.setEnabled(not found.problems)
        for at, most in ((0, 180), (1, 160)):
            self.list.setColumnWidth(at, min(self.list.sizeHintForColumn(at) + 12, most))

    def _add(
        self, node: str, param: str, field: str, before: str, after: str, colour: str = ""
    ) -> None:
        known = node in self._session.document.nodes
        name = self._session.title_of(node) if known else tr("New: Select columns")
        flat = (" ".join(text.split()) for text in (before, after))
        item = QTreeWidgetItem([name, field, *flat])
        item.setData(_NODE, _STEP, Where(node_id=node, param=param or None) if known else None)
        for column, text in enumerate((name, field, before, after)):
            item.setToolTip(column, text)
            if colour and column:
                item.setForeground(column, QBrush(QColor(colour)))
        self.list.addTopLevelItem(item)

    @Slot(object)
    def _go(self, item: QTreeWidgetItem) -> None:
        where = item.data(_NODE, _STEP)
        if where is not None:
            self._session.show_place(where)


class StepList(QTreeWidget):
    """Steps, one a line: the node, the column, and what becomes of it there."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setColumnCount(3)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setAccessibleName(name)
        self.setItemDelegateForColumn(_HOW, Muted(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        head = self.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(_HOW, QHeaderView.ResizeMode.Stretch)

    def fill(
        self,
        steps: "Sequence[Step]",
        names: dict[str, str],
        warning: QBrush,
        none: str = "",
    ) -> None:
        """Show steps.

        Args:
            steps: In the order shown.
            names: What people call the nodes.
            warning: The colour of what cannot be followed.
            none: What is said where there are none.
        """
        self.clear()
        twice = Counter((step.node, step.column) for step in steps if step.port)
        for step in steps:
            several = twice[step.node, step.column] > 1 and step.port
            said = f"{told(step)} ({step.port})" if several else told(step)
            item = QTreeWidgetItem([names[step.node], step.column, said])
            item.setData(_NODE, _STEP, step)
            for column in range(3):
                item.setToolTip(column, f"{step.node}: {item.text(column)}")
            if step.kind.value == "lost":
                item.setForeground(_COLUMN, warning)
            self.addTopLevelItem(item)
        if not steps and none:
            item = QTreeWidgetItem([none])
            self.addTopLevelItem(item)
            item.setFirstColumnSpanned(True)
        self._fit()

    def _fit(self) -> None:
        """Give names and columns the width they need, as far as the last has some left."""
        width = self.viewport().width()
        for column, share in ((_NODE, 0.42), (_COLUMN, 0.28)):
            wanted = self.sizeHintForColumn(column) + 12
            self.setColumnWidth(column, min(wanted, int(width * share)))

    def resizeEvent(self, event: object) -> None:
        """Share the width anew."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()


def told(step: "Step") -> str:
    """Return what becomes of a column at a step, in words."""
    how = " ".join(step.how.split())
    before = ", ".join(dict.fromkeys(ref.column for ref in step.reads))
    return {
        "begins": how or tr("begins here"),
        "passes": "passes",
        "renamed": tr("was {before}", before=before),
        "made": f"= {how}",
        "read": tr("read by {field_words}: {how}", field_words=field_words(step.field), how=how),
        "written": tr("written to {how}", how=how) if how else "written",
        "lost": tr("cannot be followed: {how}", how=how),
    }[step.kind.value]


def field_words(field: str) -> str:
    """Return the name of a field in words: of `keys.0.left` it is `keys 1, left`."""
    parts = [str(int(p) + 1) if p.isdecimal() else p.replace("_", " ") for p in field.split(".")]
    words = parts[0]
    for part in parts[1:]:
        words += f" {part}" if part.isdecimal() else f", {part}"
    return words


def _titled(name: str, steps: StepList) -> QWidget:
    label = QLabel(name)
    label.setProperty("role", "section")
    label.setContentsMargins(12, 0, 12, 2)
    label.setBuddy(steps)
    side = QWidget()
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(label)
    column.addWidget(steps, 1)
    return side
