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
from summit_studio.app.look.muted import Muted
from summit_studio.app.look.roles import severity_colour
from summit_studio.app.session.session import Session
from summit_studio.core.errors import Where
from summit_studio.core.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summit_studio.planning.lineage import Lineage, Step

_STEP = Qt.ItemDataRole.UserRole
_NODE, _COLUMN, _HOW = range(3)


class ColumnsPanel(QWidget):
    """A click or Return goes to the node of a step, and to the field that says so.

    `left` is sent where a person wants to look at no column any more.
    """

    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lineage: Lineage | None = None
        self.title = QLabel()
        self.title.setProperty("role", "strong")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.note = QLabel()
        self.note.setProperty("role", "hint")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.done_button = QPushButton("Done")
        self.done_button.setProperty("compact", True)
        self.done_button.setToolTip("Light no path any more (Esc)")
        self.done_button.clicked.connect(self.left)
        self.up = StepList("Comes from")
        self.down = StepList("Goes to")
        for steps in (self.up, self.down):
            steps.itemClicked.connect(self._go)
            steps.itemActivated.connect(self._go)
        self._empty = EmptyState(
            "search",
            "No column is traced",
            "Point at a column of the preview or the inspector and choose Trace column (Ctrl+T).",
        )
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
        for name, steps in (("Comes from", self.up), ("Goes to", self.down)):
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
            self.down.fill(lineage.down, names, warning, "No node reads it")

    @Slot(object)
    def _go(self, item: QTreeWidgetItem) -> None:
        step: Step | None = item.data(_NODE, _STEP)
        if step is not None:
            self._session.show_place(Where(node_id=step.node, param=step.field or None))


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
            self.addTopLevelItem(QTreeWidgetItem(["", none, ""]))
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
        "begins": how or "begins here",
        "passes": "passes",
        "renamed": f"was {before}",
        "made": f"= {how}",
        "read": f"read by {field_words(step.field)}: {how}",
        "written": f"written to {how}" if how else "written",
        "lost": f"cannot be followed: {how}",
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
