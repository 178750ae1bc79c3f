"""The panel on the canvas that asks what to find, and lists where it was found."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.roles import muted_colour
from summit_studio.app.look.words import tr
from summit_studio.app.session.finding import Found

_WIDTH = 360
_ROWS = 7
_MOST = 100
_WHERE = Qt.ItemDataRole.UserRole
_PAD = 8


class FindPanel(QFrame):
    """Typed in, stepped through by Return and arrow keys, left by Escape.

    `typed` carries the text, `stepped` 1 or -1, `picked` the place of a hit in the list; `left`
    tells that it was closed.
    """

    typed = Signal(object)
    stepped = Signal(object)
    picked = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "find")
        self.setFixedWidth(_WIDTH)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Find on the canvas"))
        self.line.setAccessibleName(tr("Find on the canvas"))
        self.line.setToolTip(tr("Nodes, columns, settings and notes"))
        self.line.setProperty("role", "search")
        self.line.setClearButtonEnabled(True)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._type)
        self.count = QLabel()
        self.count.setProperty("role", "hint")
        self.list = QListWidget()
        self.list.setProperty("role", "choices")
        self.list.setAccessibleName(tr("Where it was found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_TwoLines(self.list))
        self.list.itemClicked.connect(self._clicked)
        self._more = QLabel()
        self._more.setProperty("role", "hint")
        self._more.setContentsMargins(_PAD, 0, _PAD, 0)
        self._build()
        self.hide()

    def _build(self) -> None:
        self.previous = self._button("\N{UPWARDS ARROW}", tr("Previous (Shift+Return)"), self._back)
        self.next = self._button("\N{DOWNWARDS ARROW}", tr("Next (Return)"), self._on)
        close = self._button("\N{MULTIPLICATION SIGN}", tr("Close (Esc)"), self.close_panel)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.count)
        for button in (self.previous, self.next, close):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.list)
        column.addWidget(self._more)

    def _button(self, text: str, tip: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(" (")[0])
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(act)
        return button

    def open_panel(self) -> None:
        """Show the panel with the cursor in it."""
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    @Slot()
    def close_panel(self) -> None:
        """Hide the panel; what was typed stays for the next time."""
        self.hide()
        self.left.emit()

    def show_hits(self, hits: Sequence[Found], icon_of: Callable[[Found], QIcon]) -> None:
        """List what was found; only the first hundred, all can be stepped through."""
        self.list.clear()
        for hit in hits[:_MOST]:
            item = QListWidgetItem(icon_of(hit), hit.name)
            item.setData(_WHERE, hit.where)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{hit.name}, {hit.where}")
            item.setToolTip(f"{hit.name}\n{hit.where}")
            self.list.addItem(item)
        rows = min(self.list.count(), _ROWS)
        self.list.setFixedHeight(rows * self.list.sizeHintForRow(0) + 4 if rows else 0)
        self.list.setVisible(bool(rows))
        self._more.setText(tr("and {count:,} more", count=len(hits) - _MOST))
        self._more.setVisible(len(hits) > _MOST)
        self.previous.setEnabled(bool(hits))
        self.next.setEnabled(bool(hits))
        self.adjustSize()

    def say(self, at: int, found: int) -> None:
        """Say which hit of how many is shown; -1 for none yet."""
        if not self.line.text().strip():
            self.count.setText("")
        elif not found:
            self.count.setText(tr("Not found"))
        else:
            self.count.setText(
                tr("{at:,} of {found:,}", at=at + 1, found=found)
                if at >= 0
                else tr("{found:,} found", found=found)
            )
        self.list.setCurrentRow(at if at < self.list.count() else -1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Step by Return and arrow keys, leave by Escape."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.stepped.emit(-1 if back else 1)
                return True
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_panel()
                return True
        return bool(super().eventFilter(watched, event))

    @Slot(str)
    def _type(self, text: str) -> None:
        self.typed.emit(text)

    @Slot()
    def _on(self) -> None:
        self.stepped.emit(1)

    @Slot()
    def _back(self) -> None:
        self.stepped.emit(-1)

    @Slot(object)
    def _clicked(self, item: QListWidgetItem) -> None:
        self.picked.emit(self.list.row(item))


class _TwoLines(QStyledItemDelegate):
    """Draws a name, and muted beneath it where the text was found."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of two lines."""
        del index
        return QSize(0, 2 * option.fontMetrics.height() + _PAD)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw both lines, each cut to the room there is."""
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        option.icon = QIcon()
        picture = QIcon(index.data(Qt.ItemDataRole.DecorationRole))
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        room = option.rect.adjusted(_PAD, _PAD // 2, -_PAD, -_PAD // 2)
        side = 16
        picture.paint(painter, QRect(room.left(), room.center().y() - side // 2, side, side))
        room.setLeft(room.left() + side + _PAD)
        metrics, height = option.fontMetrics, room.height() // 2
        middle, right = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight
        upper = QRect(room.left(), room.top(), room.width(), height)
        lower = upper.translated(0, height)
        painter.save()
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
        painter.setPen(option.palette.text().color())
        painter.drawText(upper, flags, metrics.elidedText(name, middle, room.width()))
        painter.setPen(muted_colour())
        where = metrics.elidedText(str(index.data(_WHERE)), right, room.width())
        painter.drawText(lower, flags, where)
        painter.restore()
