"""The page of keys: every action and gesture, searched, and other keys for an action."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.session import Notice
from summit_studio.app.shell.actions import BY_HAND, CANVAS_KEYS, TABLE, Entry, Hand
from summit_studio.app.shell.keymap import Keymap, Keys, hand_of, native
from summit_studio.core.errors import SummitError
from summit_studio.core.search import best

_ROW = Qt.ItemDataRole.UserRole
_MODIFIERS = (
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_unknown,
)  # fmt: skip
_ASK = mark("Press a new key…")
_WAIT = mark("Press the key now. Esc: leave it")


class KeyButton(QPushButton):
    """Pressed, it waits for a key and emits it as `pressed_key`; Escape or leaving it ends that."""

    pressed_key = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr(_ASK))
        self.setCheckable(True)
        self.toggled.connect(self._wait)
        wide = max(self.fontMetrics().horizontalAdvance(t) for t in (tr(_ASK), tr(_WAIT)))
        self.setMinimumWidth(wide + 40)

    @Slot(bool)
    def _wait(self, waits: bool) -> None:  # noqa: FBT001 - as Qt calls it
        self.setText(tr(_WAIT) if waits else tr(_ASK))
        if waits:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Take every key while waiting, those that would do something else too."""
        if self.isChecked() and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif event.type() == QEvent.Type.KeyPress:
                self._take(event)
            return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        if event.key() in _MODIFIERS or event.isAutoRepeat():
            return
        self.setChecked(False)
        if event.key() != Qt.Key.Key_Escape:
            # Which part of the keyboard it is on makes no difference.
            held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            sequence = QKeySequence(event.key() | held.value)
            self.pressed_key.emit(sequence.toString())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Wait no longer."""
        self.setChecked(False)
        super().focusOutEvent(event)


@dataclass(frozen=True, slots=True)
class _Question:
    """Keys that an action would have, were they not those of others."""

    entry: Entry
    keys: Keys


class ShortcutsPage(QDialog):
    """Lists all that is done by keys and by the mouse, and changes the keys of actions at once.

    Args:
        keymap: Knows the keys and keeps them.
        parent: The window it belongs to.
    """

    def __init__(self, keymap: Keymap, parent: QWidget) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._question: _Question | None = None
        self._chips: dict[QToolButton, str] = {}
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(620, 680)
        self._make_list()
        self._make_editor()
        self._make_question()
        self._build()
        self._fill()
        keymap.changed.connect(self._refresh)

    def _make_list(self) -> None:
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Search by what it does, or by a key such as Ctrl+L"))
        self.line.setAccessibleName(tr("Search the shortcuts"))
        self.line.setProperty("role", "search")
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._filter)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels([tr("Action"), tr("Keys")])
        self.tree.setAccessibleName(tr("Keyboard shortcuts"))
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        head = self.tree.header()
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        head.setStretchLastSection(False)
        self.tree.currentItemChanged.connect(self._show_chosen)
        self.tree.itemActivated.connect(self._activated)
        self.nothing = QLabel(tr("Nothing fits. Try another word, or a key as it is written here."))
        self.nothing.setProperty("role", "muted")
        self.nothing.hide()

    def _make_editor(self) -> None:
        self.name = QLabel()
        self.name.setProperty("role", "strong")
        self.told = QLabel()
        self.told.setProperty("role", "muted")
        self.told.setWordWrap(True)
        self._keys = QHBoxLayout()
        self._keys.setSpacing(4)
        self.adds = KeyButton()
        self.adds.setAccessibleName(tr("Press a new key for the action"))
        self.adds.pressed_key.connect(self.add_key)
        self.resets = QPushButton(tr("Reset"))
        self.resets.setToolTip(tr("Give the action the keys that it has at first"))
        self.resets.clicked.connect(self._reset)

    def _make_question(self) -> None:
        self.question = QWidget()
        self.asked = QLabel()
        self.asked.setWordWrap(True)
        self.takes = QPushButton(tr("Use it here instead"))
        self.takes.clicked.connect(self._take)
        self.leaves = QPushButton(tr("Leave it there"))
        self.leaves.clicked.connect(self._leave)
        row = QHBoxLayout(self.question)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.asked, 1)
        row.addWidget(self.takes)
        row.addWidget(self.leaves)

    def _build(self) -> None:
        chosen = QWidget()
        editing = QHBoxLayout(chosen)
        editing.setContentsMargins(0, 0, 0, 0)
        editing.setSpacing(8)
        editing.addLayout(self._keys)
        editing.addWidget(self.adds)
        editing.addWidget(self.resets)
        editing.addStretch(1)
        editor = QWidget()
        # A question stands where the keys do: the list above does not jump.
        self._below = QStackedWidget()
        self._below.addWidget(chosen)
        self._below.addWidget(self.question)
        inner = QVBoxLayout(editor)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(self.name)
        inner.addWidget(self.told)
        inner.addWidget(self._below)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.resets_all = QPushButton(tr("Reset all keys"))
        self.resets_all.clicked.connect(self._reset_all)
        buttons.addButton(self.resets_all, QDialogButtonBox.ButtonRole.ResetRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        for part in (self.line, self.tree, self.nothing, editor, buttons):
            column.addWidget(part, 1 if part is self.tree else 0)
        # Return in the list asks for a key; it must not press a button besides.
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)

    # What is listed

    def _fill(self) -> None:
        for menu in dict.fromkeys(e.menu for e in TABLE):
            self._group(_title(menu), [e for e in TABLE if e.menu == menu])
        for where in dict.fromkeys(h.where for h in BY_HAND):
            self._group(tr(where), [h for h in BY_HAND if h.where == where])
        self._refresh()
        self.tree.setCurrentItem(next(self._rows()))

    def _group(self, name: str, rows: list[Entry] | list[Hand]) -> None:
        top = QTreeWidgetItem([name])
        top.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = top.font(0)
        font.setBold(True)
        top.setFont(0, font)
        for row in rows:
            item = QTreeWidgetItem([row.name if isinstance(row, Entry) else tr(row.what)])
            item.setData(0, _ROW, row)
            top.addChild(item)
        self.tree.addTopLevelItem(top)
        top.setExpanded(True)

    def _rows(self) -> Iterator[QTreeWidgetItem]:
        for top in self._groups():
            yield from _below(top)

    def _groups(self) -> Iterator[QTreeWidgetItem]:
        return _below(self.tree.invisibleRootItem())

    @Slot()
    def _refresh(self) -> None:
        """Show the keys as they are now."""
        for item in self._rows():
            row: Entry | Hand = item.data(0, _ROW)
            item.setText(1, self._how(row))
            own = isinstance(row, Entry) and self._keymap.is_own(row.id)
            font = item.font(1)
            font.setBold(own)
            item.setFont(1, font)
            item.setToolTip(1, tr("Keys of your own") if own else "")
        self.resets_all.setEnabled(any(self._keymap.is_own(e.id) for e in TABLE))
        self._filter()
        self._show_chosen()

    def _how(self, row: Entry | Hand) -> str:
        if isinstance(row, Hand):
            return tr(row.how)
        return tr(" or ").join(map(native, self._keymap.keys(row.id)))

    @Slot()
    def _filter(self) -> None:
        """Leave what fits the words, or has the key."""
        text = self.line.text().strip()
        items = list(self._rows())
        keyed = {id(i) for i in items if text.casefold() in i.text(1).casefold()}
        named = {id(i) for i in best(text, items, _searched)}
        fits = keyed if "+" in text else named or keyed
        for item in items:
            item.setHidden(id(item) not in fits)
        for top in self._groups():
            top.setHidden(all(item.isHidden() for item in _below(top)))
        self.nothing.setVisible(not fits)
        current = self.tree.currentItem()
        if fits and (current is None or current.isHidden()):
            self.tree.setCurrentItem(next(i for i in items if not i.isHidden()))

    # The keys of one action

    @property
    def entry(self) -> Entry | None:
        """The action that is chosen; None where a gesture is, or nothing."""
        item = self.tree.currentItem()
        row = item.data(0, _ROW) if item is not None and not item.isHidden() else None
        return row if isinstance(row, Entry) else None

    def choose(self, action_id: str) -> None:
        """Choose an action."""
        for item in self._rows():
            row = item.data(0, _ROW)
            if isinstance(row, Entry) and row.id == action_id:
                self.tree.setCurrentItem(item)

    @property
    def chips(self) -> tuple[QToolButton, ...]:
        """One for each key of the action; pressed, it takes the key away."""
        return tuple(self._chips)

    @Slot()
    def _show_chosen(self) -> None:
        """Show the keys of what is chosen, each to take away."""
        self._ask(None)
        entry = self.entry
        for chip in self.chips:
            self._keys.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips.clear()
        for key in self._keymap.keys(entry.id) if entry is not None else ():
            self._keys.addWidget(self._chip(key))
        item = self.tree.currentItem()
        self.name.setText(item.text(0) if item is not None else "")
        for part in (self.adds, self.resets):
            part.setVisible(entry is not None)
        if entry is None:
            self._tell(tr("This is how it is always done; it cannot be changed."))
            return
        self.resets.setEnabled(self._keymap.is_own(entry.id))
        anywhere = tr("Its keys work on the canvas.") if entry.id in CANVAS_KEYS else ""
        self._tell(anywhere or tr("Its keys work wherever no text is typed."))

    def _chip(self, key: str) -> QWidget:
        button = QToolButton()
        button.setText(f"{native(key)}  \N{MULTIPLICATION SIGN}")
        button.setProperty("chip", True)
        button.setToolTip(tr("Take this key away"))
        button.setAccessibleName(tr("Take the key {native} away", native=native(key)))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self._remove)
        self._chips[button] = key
        return button

    def _tell(self, text: str, role: str = "muted") -> None:
        self.told.setProperty("role", role)
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)
        self.told.setText(text)

    @Slot()
    def _activated(self) -> None:
        if self.entry is not None:
            self.adds.setChecked(True)

    @Slot(object)
    def add_key(self, key: str) -> None:
        """Give the chosen action one more key, or say why not."""
        entry = self.entry
        if entry is None:
            return
        hand = hand_of(key)
        if hand is not None:
            what = tr(hand.what)
            what = what[:1].lower() + what[1:]
            self._tell(
                tr(
                    "{native} cannot be given away. It is there to {what}.",
                    native=native(key),
                    what=what,
                ),
                "error",
            )
        elif key:
            self._want(entry, (*self._keymap.keys(entry.id), key))

    @Slot()
    def _remove(self) -> None:
        entry, key = (
            self.entry,
            next((k for b, k in self._chips.items() if b is self.sender()), None),
        )
        if entry is not None and key is not None:
            self._give(entry, tuple(k for k in self._keymap.keys(entry.id) if k != key))
            self.adds.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _reset(self) -> None:
        entry = self.entry
        if entry is not None:
            self._want(entry, entry.keys)

    @Slot()
    def _reset_all(self) -> None:
        self._try(self._keymap.reset)

    def _want(self, entry: Entry, keys: Keys) -> None:
        """Give an action its keys; where others have one, ask first."""
        keys = tuple(dict.fromkeys(keys))
        holders = self._keymap.holders(keys, entry.id)
        if not holders:
            self._give(entry, keys)
            return
        told = [
            tr("{native} is the key of “{name}”.", native=native(key), name=e.name)
            for key, e in holders.items()
        ]
        self.asked.setText(" ".join(told))
        self._ask(_Question(entry, keys))
        self.takes.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self, question: _Question | None) -> None:
        self._question = question
        self._below.setCurrentIndex(0 if question is None else 1)

    @Slot()
    def _take(self) -> None:
        if self._question is not None:
            self._give(self._question.entry, self._question.keys)
            self.adds.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _leave(self) -> None:
        self._ask(None)
        self.adds.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give(self, entry: Entry, keys: Keys) -> None:
        self._try(partial(self._keymap.give, entry.id, keys))

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except SummitError as error:
            notice = Notice.of(error)
            self._tell(f"{notice.text}. {notice.detail}", "error")


def _title(menu: str) -> str:
    """Return the name of a menu, `Arrange/Align` being the one in the other."""
    return "/".join(tr(f"&{part}").replace("&", "") for part in menu.split("/") if part)


def _below(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    below = map(item.child, range(item.childCount()))
    return (child for child in below if child is not None)


def _searched(item: QTreeWidgetItem) -> tuple[str, ...]:
    row: Entry | Hand = item.data(0, _ROW)
    if isinstance(row, Entry):
        return row.names
    return (tr(row.what), row.what, tr(row.how))
