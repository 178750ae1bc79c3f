"""What a run left: outputs with the way to their folder, and quality scores."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.core.events import OutputPublished, RuleScored
from summit_studio.nodes.contract import SinkNode

if TYPE_CHECKING:
    from pathlib import Path

_ICON = 16


class Outputs(QWidget):
    """A line an output, then a line a rule, each in the order they came.

    `looked` carries the id of a sink whose rows are to be shown.
    """

    looked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folders: dict[QPushButton, Path] = {}
        self._sinks = list[str]()
        self._outputs = 0
        self.list = QListWidget()
        self.list.setProperty("role", "rows")
        self.list.setAccessibleName(tr("Outputs and quality scores"))
        self.list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self._empty = EmptyState(
            "save", tr("No outputs yet"), tr("What a run writes is listed here.")
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def clear(self) -> None:
        """Forget the last run."""
        self._folders.clear()
        self._sinks.clear()
        self._outputs = 0
        self.list.clear()
        self._stack.setCurrentWidget(self._empty)

    def count(self) -> int:
        """Return the number of lines."""
        return self.list.count()

    @property
    def sinks(self) -> tuple[str, ...]:
        """The ids of the sinks whose rows can be shown, in the order in which they wrote."""
        return tuple(self._sinks)

    def add_output(self, event: OutputPublished) -> None:
        """Add what a sink published."""
        title = self._session.title_of(event.node_id)
        noun = tr("row") if event.rows == 1 else tr("rows")
        row, line = self._row(
            "save",
            category_colour(self._session.theme, "sink"),
            f"{title}: {event.rows:,} {noun}",
            event.location,
        )
        node = self._session.document.nodes.get(event.node_id)
        kind = self._session.kind_of(node) if node is not None else None
        if node and kind and issubclass(kind, SinkNode) and kind.read_back(node.params):
            self._sinks.append(node.id)
            line.addWidget(self._button(tr("Show rows"), partial(self.looked.emit, node.id)))
        path = self._session.workspace.path(event.location)
        if path.exists():
            button = self._button(tr("Open folder"), self._open)
            self._folders[button] = path if path.is_dir() else path.parent
            line.addWidget(button)
        self._insert(
            self._outputs,
            row,
            tr(
                "{title}: {rows} {noun} in {location}",
                title=title,
                rows=event.rows,
                noun=noun,
                location=event.location,
            ),
        )
        self._outputs += 1

    def _button(self, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("compact", True)
        button.clicked.connect(act)
        return button

    def add_score(self, event: RuleScored) -> None:
        """Add how a quality rule scored."""
        theme = self._session.theme
        breached = event.breached
        colour = theme.success
        if breached:
            colour = theme.danger if event.critical else theme.warning
        text = tr(
            "{rule}: {score:.2%} of {rows:,} rows pass",
            rule=event.rule,
            score=event.score,
            rows=event.rows,
        )
        needed = tr(
            "{dimension}, at least {threshold:.2%} needed",
            dimension=event.dimension,
            threshold=event.threshold,
        )
        row, _ = self._row("warning" if breached else "check", colour, text, needed)
        spoken = f"{text}, {needed}"
        if breached:
            spoken = tr("{said}, breached", said=spoken)
        self._insert(self.list.count(), row, spoken)

    def _insert(self, at: int, row: QWidget, spoken: str) -> None:
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setSizeHint(QSize(0, row.sizeHint().height()))
        self.list.insertItem(at, item)
        self.list.setItemWidget(item, row)
        self._stack.setCurrentWidget(self.list)

    def _row(
        self, icon_name: str, colour: str, text: str, more: str
    ) -> tuple[QWidget, QHBoxLayout]:
        sign = QLabel()
        sign.setPixmap(icon(icon_name, colour).pixmap(_ICON, _ICON))
        what, where = QLabel(text), QLabel(more)
        what.setProperty("role", "strong")
        where.setProperty("role", "hint")
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (what, where):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setToolTip(f"{text}\n{more}")
            label.ensurePolished()
            words.addWidget(label)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(12, 7, 12, 7)
        line.setSpacing(8)
        line.addWidget(sign)
        line.addLayout(words, 1)
        return row, line

    @Slot()
    def _open(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folders[button])))
