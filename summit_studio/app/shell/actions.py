"""Every action of the editor in one table: menus, tool bar, palette and shortcuts come from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import icon_colour
from summit_studio.app.look.theme import Theme


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
        keywords: What else people may call it, apart by a comma and a space.
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
    keywords: str = ""

    @property
    def name(self) -> str:
        """The text without its key letter."""
        return self.text.replace("&", "").rstrip("…")

    @property
    def names(self) -> tuple[str, ...]:
        """What a search for it looks at, the most telling first."""
        return (self.name, self.id, *self.keywords.split(", "), self.menu)


TABLE = (
    Entry("new", "&New pipeline", "File", "Ctrl+N", "new", tool=True,
          keywords="create, empty, blank"),
    Entry("open", "&Open…", "File", "Ctrl+O", "open", tool=True, keywords="load, file, browse"),
    Entry("recover", "&Recover unsaved pipeline", "File", "", "history",
          keywords="restore, crash, lost work, backup"),
    Entry("discard", "D&iscard recovered work", "File", "", "undo", "recovered",
          keywords="throw away, drop, revert"),
    Entry("take_over", "&Take over from the other window", "File", "", "key", "held",
          keywords="lock, read-only, steal"),
    Entry("save", "&Save", "File", "Ctrl+S", "save", "savable", tool=True, keywords="store, write"),
    Entry("save_as", "Save &as…", "File", "Ctrl+Shift+S", "", "has_document",
          keywords="copy to, another name"),
    Entry("export", "&Export for headless run…", "File", "Ctrl+E", "export", "has_file", gap=True,
          keywords="bundle, deploy, container, systemd, script, schedule"),
    Entry("properties", "&Properties and parameters…", "File", "Alt+Return", "settings",
          "has_document", keywords="options, variables, preferences, configuration, name"),
    Entry("settings", "Pipeline se&ttings…", "File", "", "settings",
          "has_document", keywords="checkpoints, performance, verify, errors, limits, tuning"),
    Entry("connections", "&Connections…", "File", "Ctrl+Shift+C", "connection",
          keywords="database, credentials, password, sources, connect"),
    Entry("trust", "&Trust this folder", "File", "", "key", "untrusted",
          keywords="allow, permit code, security"),
    Entry("welcome", "&Welcome page", "File", "", "home", gap=True,
          keywords="start page, home, examples, recent"),
    Entry("quit", "&Quit", "File", "Ctrl+Q", "", gap=True, keywords="exit, close"),
    Entry("undo", "&Undo", "Edit", "Ctrl+Z", "undo", "can_undo", tool=True,
          keywords="back, revert"),
    Entry("redo", "&Redo", "Edit", "Ctrl+Shift+Z|Ctrl+Y", "redo", "can_redo", tool=True,
          keywords="again, repeat"),
    Entry("cut", "Cu&t", "Edit", "Ctrl+X", "cut", "has_nodes", gap=True),
    Entry("copy", "&Copy", "Edit", "Ctrl+C", "copy", "has_nodes", keywords="clipboard"),
    Entry("paste", "&Paste", "Edit", "Ctrl+V", "paste", "editable", keywords="insert, clipboard"),
    Entry("duplicate", "&Duplicate", "Edit", "Ctrl+D", "duplicate", "has_nodes",
          keywords="clone, copy"),
    Entry("delete", "De&lete", "Edit", "Del|Backspace", "delete", "has_selection",
          keywords="remove, erase"),
    Entry("select_all", "Select &all", "Edit", "Ctrl+A", "", "has_document", gap=True,
          keywords="everything"),
    Entry("add_node", "Add &node…", "Edit", "/", "add", "editable", gap=True, tool=True,
          keywords="insert node, new node, create node, search nodes"),
    Entry("rename", "Re&name", "Edit", "F2", "rename", "has_node", keywords="title, label, name"),
    Entry("make_module", "Make a &module of the selection…", "Edit", "Ctrl+G", "module",
          "has_nodes", gap=True, keywords="group, subgraph, extract, component, reuse, collapse"),
    Entry("open_module", "&Open module", "Edit", "Ctrl+Return", "", "has_node",
          keywords="enter, inside, edit subgraph, go into"),
    Entry("leave_module", "&Back to the pipeline", "Edit", "Alt+Left", "", "has_document",
          keywords="leave module, up, breadcrumb, outside"),
    Entry("dissolve_module", "D&issolve module", "Edit", "Ctrl+Shift+G", "", "has_node",
          keywords="ungroup, expand, inline, unpack"),
    Entry("take_module", "Ta&ke the module as it is now…", "Edit", "", "", "has_node",
          keywords="update, accept, pin, changed, difference, version"),
    Entry("expose_field", "Make a &parameter of the field", "Edit", "Ctrl+Shift+E", "", "has_node",
          keywords="expose, variable, placeholder, promote, module parameter"),
    Entry("run", "&Run", "Run", "F5", "run", "can_run", tool=True,
          keywords="execute, start, play, go"),
    Entry("stop", "&Stop", "Run", "Shift+F5", "stop", "running", tool=True,
          keywords="cancel, abort, halt, kill"),
    Entry("checkpoint", "Make &checkpoint", "Run", "", "checkpoint", "running", tool=True,
          keywords="epoch, commit, save progress"),
    Entry("go_on", "&Go on with the unfinished load", "Run", "", "", "unfinished", gap=True,
          keywords="resume, continue, checkpoint"),
    Entry("load_again", "Load a&gain from the beginning…", "Run", "", "", "unfinished",
          keywords="restart, reset"),
    Entry("take_over_run", "&Take over from another run", "Run", "", "", "can_run",
          keywords="claim, already running, fence"),
    Entry("validate", "&Validate", "Run", "F7", "validate", "has_document", gap=True,
          keywords="check, lint, verify, problems, errors"),
    Entry("preview", "&Preview selected", "Run", "F6", "preview", "has_selection",
          keywords="view data, show rows, look, sample, inspect"),
    Entry("dead_letters", "&Dead letters", "Run", "F8", "letter", "has_document", gap=True,
          keywords="rejected rows, queue, retry, mend, repair, discard"),
    Entry("rehearse", "Re&hearse a crash…", "Run", "", "", "can_run",
          keywords="kill, crash test, drill, chaos, prove, exactly once"),
    Entry("zoom_in", "Zoom &in", "View", "Ctrl++|Ctrl+=", "zoom-in", "has_document",
          keywords="larger, bigger, magnify"),
    Entry("zoom_out", "Zoom &out", "View", "Ctrl+-", "zoom-out", "has_document",
          keywords="smaller"),
    Entry("zoom_fit", "&Fit all", "View", "Ctrl+1|F", "fit", "has_document", tool=True,
          keywords="zoom to fit, show everything, whole pipeline, center"),
    Entry("zoom_reset", "&100 %", "View", "Ctrl+0", "", "has_document",
          keywords="actual size, zoom 100, original size"),
    Entry("dark", "&Dark theme", "View", "Ctrl+Shift+D", "theme", gap=True, tool=True,
          checkable=True, keywords="night mode, light theme, colours, colors, appearance"),
    Entry("contrast", "Hi&gh contrast", "View", "", "", checkable=True,
          keywords="accessibility, readable, black and white, theme"),
    Entry("system_theme", "Look as the &system does", "View", "", "", checkable=True,
          keywords="follow, automatic theme, appearance"),
    Entry("reset_layout", "Reset &panels", "View",
          keywords="default layout, restore windows, docks"),
    Entry("palette", "&Command palette…", "Help", "Ctrl+K|Ctrl+Shift+P", "command"),
    Entry("shortcuts", "&Keyboard shortcuts", "Help", "F1", "keyboard",
          keywords="keys, hotkeys, help"),
    Entry("about", "&About Summit Studio", "Help", "", "info", gap=True,
          keywords="version, licence, license"),
)  # fmt: skip
"""The actions in menu order."""

ON_SELECTION = (
    "preview", "rename", "", "cut", "copy", "duplicate", "delete", "", "make_module",
    "open_module", "dissolve_module", "take_module", "", "validate", "dead_letters",
)  # fmt: skip
"""The menu of what is selected on the canvas; an empty name is a line."""

ON_FIELD = ("expose_field",)
"""The menu of a field's label in the inspector."""

ON_CANVAS = ("add_node", "paste", "", "select_all", "zoom_fit", "zoom_reset", "", "properties")
"""The menu of the empty canvas."""

CANVAS_KEYS = frozenset(
    {"delete", "add_node", "preview", "zoom_fit", "cut", "copy", "paste", "select_all", "duplicate"}
)
"""Actions whose keys mean something else while typing: they work on the canvas only."""


class Actions(QObject):
    """The table as Qt's actions; they do nothing before `bind`.

    Args:
        conditions: By name, asked at every `refresh`.
    """

    def __init__(self, conditions: Mapping[str, Callable[[], bool]], parent: QObject) -> None:
        super().__init__(parent)
        self._conditions = conditions
        self._by_id: dict[str, QAction] = {}
        for entry in TABLE:
            action = QAction(entry.text, parent)
            action.setIconText(entry.name)
            action.setObjectName(entry.id)
            action.setCheckable(entry.checkable)
            keys = [QKeySequence(k) for k in entry.shortcut.split("|") if k]
            action.setShortcuts(keys)
            action.setToolTip(_tip(entry.name, action))
            if entry.id in CANVAS_KEYS:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._by_id[entry.id] = action

    def __getitem__(self, action_id: str) -> QAction:
        return self._by_id[action_id]

    def bind(self, *parts: QObject) -> None:
        """Let each action call the method `on_<id>` of the part that has it.

        Raises:
            LookupError: No part has the method, or several have it.
        """
        for action_id, action in self._by_id.items():
            able = [p for p in parts if hasattr(p, f"on_{action_id}")]
            if len(able) != 1:
                raise LookupError(f"{len(able)} parts answer the action '{action_id}', not one")
            action.triggered.connect(getattr(able[0], f"on_{action_id}"))

    @Slot(object)
    def trigger(self, action_id: str) -> None:
        """Do an action by its id; an empty one is none."""
        if action_id:
            self._by_id[action_id].trigger()

    def work_on(self, canvas: QWidget) -> None:
        """Make the keys work that mean something on the canvas only."""
        for action_id in sorted(CANVAS_KEYS):
            canvas.addAction(self._by_id[action_id])

    def name_history(self, undo: str, redo: str) -> None:
        """Say what undo and redo would do."""
        for action_id, verb, what in (("undo", "Undo", undo), ("redo", "Redo", redo)):
            name, action = f"{verb} {what}".rstrip(), self._by_id[action_id]
            action.setText(f"&{name}")
            action.setToolTip(_tip(name, action))

    def refresh(self) -> None:
        """Ask every condition anew."""
        known: dict[str, bool] = {}
        for entry in TABLE:
            if entry.when not in known:
                known[entry.when] = entry.when == "always" or self._conditions[entry.when]()
            if self._by_id[entry.id].isEnabled() != known[entry.when]:
                self._by_id[entry.id].setEnabled(known[entry.when])

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours, a few in their own."""
        self._by_id["dark"].setChecked(theme.is_dark)
        self._by_id["contrast"].setChecked(theme.is_contrast)
        special = {"run": theme.success, "stop": theme.danger}
        colour = icon_colour(theme)
        for entry in TABLE:
            if entry.icon:
                self._by_id[entry.id].setIcon(icon(entry.icon, special.get(entry.id, colour)))


_NATIVE = QKeySequence.SequenceFormat.NativeText


def _tip(name: str, action: QAction) -> str:
    """Return what a button of the tool bar says under the mouse: its name and its first key."""
    key = action.shortcut().toString(_NATIVE)
    return f"{name} ({key})" if key else name


def keys_of(entry: Entry) -> str:
    """Return an action's keys as the platform writes them."""
    keys = [QKeySequence(k).toString(_NATIVE) for k in entry.shortcut.split("|") if k]
    return " or ".join(keys)
