"""Every action of the editor in one table: menus, tool bar, palette and shortcuts come from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from summit_studio.app.icons import icon


@dataclass(frozen=True, slots=True)
class Entry:
    """One action.

    Args:
        id: What code calls it; the handler's method is `on_<id>`.
        text: What menus say, `&` before the key letter.
        menu: The menu it stands in; empty for none.
        shortcut: Keys, several apart by a space-bar bar `|`.
        icon: A name of the icon family.
        when: The condition under which it can be used, by name.
        tool: True if the tool bar shows it.
        gap: True for a line above it in its menu.
        checkable: True for one that is on or off.
    """

    id: str
    text: str
    menu: str = ""
    shortcut: str = ""
    icon: str = ""
    when: str = "always"
    tool: bool = False
    gap: bool = False
    checkable: bool = False

    @property
    def name(self) -> str:
        """The text without its key letter."""
        return self.text.replace("&", "").rstrip("…")


TABLE = (
    Entry("new", "&New pipeline", "File", "Ctrl+N", "new", tool=True),
    Entry("open", "&Open…", "File", "Ctrl+O", "open", tool=True),
    Entry("recover", "&Recover unsaved pipeline", "File", "", "history"),
    Entry("discard", "D&iscard recovered work", "File", "", "undo", "recovered"),
    Entry("take_over", "&Take over from the other window", "File", "", "key", "held"),
    Entry("save", "&Save", "File", "Ctrl+S", "save", "savable", tool=True),
    Entry("save_as", "Save &as…", "File", "Ctrl+Shift+S", "", "has_document"),
    Entry("export", "&Export for headless run…", "File", "Ctrl+E", "export", "has_file", gap=True),
    Entry("properties", "&Properties and parameters…", "File", "Alt+Return", "settings",
          "has_document"),
    Entry("connections", "&Connections…", "File", "Ctrl+Shift+C", "connection"),
    Entry("trust", "&Trust this folder", "File", "", "key", "untrusted"),
    Entry("welcome", "&Welcome page", "File", "", "home", gap=True),
    Entry("quit", "&Quit", "File", "Ctrl+Q", "", gap=True),
    Entry("undo", "&Undo", "Edit", "Ctrl+Z", "undo", "can_undo", tool=True),
    Entry("redo", "&Redo", "Edit", "Ctrl+Shift+Z|Ctrl+Y", "redo", "can_redo", tool=True),
    Entry("cut", "Cu&t", "Edit", "Ctrl+X", "cut", "has_nodes", gap=True),
    Entry("copy", "&Copy", "Edit", "Ctrl+C", "copy", "has_nodes"),
    Entry("paste", "&Paste", "Edit", "Ctrl+V", "paste", "editable"),
    Entry("duplicate", "&Duplicate", "Edit", "Ctrl+D", "duplicate", "has_nodes"),
    Entry("delete", "De&lete", "Edit", "Del|Backspace", "delete", "has_selection"),
    Entry("select_all", "Select &all", "Edit", "Ctrl+A", "", "has_document", gap=True),
    Entry("add_node", "Add &node…", "Edit", "/", "add", "editable", gap=True, tool=True),
    Entry("rename", "Re&name", "Edit", "F2", "rename", "has_node"),
    Entry("run", "&Run", "Run", "F5", "run", "can_run", tool=True),
    Entry("stop", "&Stop", "Run", "Shift+F5", "stop", "running", tool=True),
    Entry("validate", "&Validate", "Run", "F7", "validate", "has_document", gap=True),
    Entry("preview", "&Preview selected", "Run", "F6", "preview", "has_selection"),
    Entry("zoom_in", "Zoom &in", "View", "Ctrl++|Ctrl+=", "zoom-in", "has_document"),
    Entry("zoom_out", "Zoom &out", "View", "Ctrl+-", "zoom-out", "has_document"),
    Entry("zoom_fit", "&Fit all", "View", "Ctrl+1|F", "fit", "has_document", tool=True),
    Entry("zoom_reset", "&100 %", "View", "Ctrl+0", "", "has_document"),
    Entry("dark", "&Dark theme", "View", "Ctrl+Shift+D", "theme", gap=True, tool=True,
          checkable=True),
    Entry("reset_layout", "Reset &panels", "View"),
    Entry("palette", "&Command palette…", "Help", "Ctrl+K|Ctrl+Shift+P", "command"),
    Entry("shortcuts", "&Keyboard shortcuts", "Help", "F1", "keyboard"),
    Entry("about", "&About Summit Studio", "Help", "", "info", gap=True),
)  # fmt: skip
"""The actions in menu order."""

ON_SELECTION = (
    "preview", "rename", "", "cut", "copy", "duplicate", "delete", "", "validate",
)  # fmt: skip
"""The menu of what is selected on the canvas; an empty name is a line."""

ON_CANVAS = ("add_node", "paste", "", "select_all", "zoom_fit", "zoom_reset", "", "properties")
"""The menu of the empty canvas."""

CANVAS_KEYS = frozenset(
    {"delete", "add_node", "preview", "zoom_fit", "cut", "copy", "paste", "select_all", "duplicate"}
)
"""Actions whose keys mean something else while typing: they work on the canvas only."""


class Actions(QObject):
    """The table as Qt's actions, bound to the methods of `handler`.

    Args:
        conditions: By name, asked at every `refresh`.
    """

    def __init__(
        self, handler: QObject, conditions: Mapping[str, Callable[[], bool]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._conditions = conditions
        self._by_id: dict[str, QAction] = {}
        self.on_canvas = CANVAS_KEYS
        for entry in TABLE:
            action = QAction(entry.text, parent)
            action.setIconText(entry.name)
            action.setObjectName(entry.id)
            action.setCheckable(entry.checkable)
            keys = [QKeySequence(k) for k in entry.shortcut.split("|") if k]
            action.setShortcuts(keys)
            tip = entry.name + (f" ({keys[0].toString(_NATIVE)})" if keys else "")
            action.setToolTip(tip)
            action.triggered.connect(getattr(handler, f"on_{entry.id}"))
            if entry.id in CANVAS_KEYS:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._by_id[entry.id] = action

    def __getitem__(self, action_id: str) -> QAction:
        return self._by_id[action_id]

    def refresh(self) -> None:
        """Ask every condition anew."""
        known: dict[str, bool] = {}
        for entry in TABLE:
            if entry.when not in known:
                known[entry.when] = entry.when == "always" or self._conditions[entry.when]()
            if self._by_id[entry.id].isEnabled() != known[entry.when]:
                self._by_id[entry.id].setEnabled(known[entry.when])

    def paint(self, colour: Any, special: Mapping[str, Any]) -> None:
        """Draw the icons in a colour, a few by id in their own."""
        for entry in TABLE:
            if entry.icon:
                self._by_id[entry.id].setIcon(icon(entry.icon, special.get(entry.id, colour)))


_NATIVE = QKeySequence.SequenceFormat.NativeText


def keys_of(entry: Entry) -> str:
    """Return an action's keys as the platform writes them."""
    keys = [QKeySequence(k).toString(_NATIVE) for k in entry.shortcut.split("|") if k]
    return " or ".join(keys)
