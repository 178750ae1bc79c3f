"""Every action of the editor in one table: menus, tool bar, palette and shortcuts come from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import icon_colour
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr


@dataclass(frozen=True, slots=True)
class Entry:
    """One action.

    Args:
        id: What code calls it; the handler's method is `on_<id>`.
        text: What menus say in English, `&` before the key letter.
        menu: The menu it stands in, `Menu/Inner menu` within another; empty for none.
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
        """The text without its key letter, in the language of the user."""
        return _plain(tr(self.text))

    @property
    def keys(self) -> tuple[str, ...]:
        """Its keys, the one shown first."""
        return tuple(key for key in self.shortcut.split("|") if key)

    @property
    def names(self) -> tuple[str, ...]:
        """What a search for it looks at, the most telling first: in English too."""
        own, english = self.name, _plain(self.text)
        also = () if own == english else (english,)
        return (own, *also, self.id, *self.keywords.split(", "), self.menu)


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…")


@dataclass(frozen=True, slots=True)
class Hand:
    """What is done by keys and gestures that are no actions, for the page of keys.

    Args:
        what: What it does.
        how: How it is done.
        keys: The keys of it, which no action can have.
        where: Where it is done.
    """

    what: str
    how: str
    keys: tuple[str, ...] = ()
    where: str = "On the canvas"


TABLE = (
    Entry("new", "&New pipeline", "File", "Ctrl+N", "new", tool=True,
          keywords="create, empty, blank, tab"),
    Entry("new_window", "New &window", "File", "Ctrl+Shift+N", keywords="second, another screen"),
    Entry("open", "&Open…", "File", "Ctrl+O", "open", tool=True, keywords="load, file, browse"),
    Entry("give_up_opening", "Stop &waiting for what does not open", "File", "", "",
          keywords="network, hangs, stuck, slow folder"),
    Entry("recover", "&Recover unsaved pipeline", "File", "", "history",
          keywords="restore, crash, lost work, backup"),
    Entry("discard", "D&iscard recovered work", "File", "", "undo", "recovered",
          keywords="throw away, drop, revert"),
    Entry("take_over", "&Take over from the other window", "File", "", "key", "held",
          keywords="lock, read-only, steal"),
    Entry("merge", "&Merge with the version on disk…", "File", "", "", "changed_outside",
          keywords="changed on disk, other program, conflict, both"),
    Entry("keep_mine", "&Keep mine", "File", "", "", "changed_outside",
          keywords="changed on disk, other program, conflict"),
    Entry("take_theirs", "Take t&heirs from disk", "File", "", "", "changed_outside",
          keywords="reload, changed on disk, other program, conflict"),
    Entry("compare", "Show the &difference to disk", "File", "", "", "changed_outside",
          keywords="diff, changed on disk, other program, conflict"),
    Entry("save", "&Save", "File", "Ctrl+S", "save", "savable", tool=True, keywords="store, write"),
    Entry("save_as", "Save &as…", "File", "Ctrl+Shift+S", "", "has_document",
          keywords="copy to, another name"),
    Entry("save_all", "Sa&ve all", "File", "Ctrl+Alt+Shift+S",
          keywords="every tab, all tabs, modules, store everything"),
    Entry("export", "&Export for headless run…", "File", "Ctrl+E", "export", "has_file", gap=True,
          keywords="bundle, deploy, container, systemd, script, schedule"),
    Entry("picture", "Save as pict&ure…", "File", "", "", "has_drawing",
          keywords="image, svg, png, export, screenshot, print, documentation"),
    Entry("properties", "&Properties and parameters…", "File", "Alt+Return", "settings",
          "has_document", keywords="options, variables, preferences, configuration, name"),
    Entry("settings", "Pipeline se&ttings", "File", "Ctrl+,", "settings",
          "has_document", keywords="checkpoints, performance, verify, errors, limits, tuning"),
    Entry("connections", "&Connections…", "File", "Ctrl+Shift+C", "connection",
          keywords="database, credentials, password, sources, connect"),
    Entry("new_connection", "&New connection…", "File/Databases", "", "add", "has_document",
          keywords="add database, server, credentials, connect to"),
    Entry("edit_connection", "&Edit the connection…", "File/Databases", "", "settings",
          "has_address", keywords="change, test, delete, password, host"),
    Entry("allow_connection", "&Connect", "File/Databases", "", "connection", "may_connect",
          keywords="allow, untrusted, look into the database, open"),
    Entry("look_again", "&Look again", "File/Databases", "", "", "has_address",
          keywords="try again, retry, reload tables, reload columns"),
    Entry("stop_looking", "&Stop waiting for the database", "File/Databases", "", "stop", "awaited",
          keywords="hangs, give up, no answer"),
    Entry("renew_connections", "Look at all data&bases anew", "File/Databases", "", "refresh",
          "has_document", keywords="refresh, reload tables, new tables"),
    Entry("read_table", "&Read this table", "File/Databases", "", "database", "usable_table",
          gap=True, keywords="add source, read table, from database, select from"),
    Entry("write_table", "&Write into this table", "File/Databases", "", "table-write",
          "usable_table", keywords="add sink, write table, to database, insert into"),
    Entry("show_table_rows", "Show &first rows", "File/Databases", "", "preview", "has_table",
          keywords="look into the table, sample, select, head"),
    Entry("copy_table_name", "C&opy name", "File/Databases", "", "copy", "has_table",
          keywords="clipboard, table name, schema"),
    Entry("trust", "&Trust this folder", "File", "", "key", "untrusted",
          keywords="allow, permit code, security"),
    Entry("welcome", "Welcome page", "File", "", "home", gap=True,
          keywords="start page, home, examples, recent"),
    Entry("restore_session", "Reopen pipelines next time", "File", checkable=True,
          keywords="session, restore, remember tabs"),
    Entry("close_tab", "&Close tab", "File", "Ctrl+W|Ctrl+F4", "", "has_tab", gap=True,
          keywords="leave, shut"),
    Entry("close_window", "Close window", "File", "Ctrl+Shift+W", keywords="leave, shut"),
    Entry("quit", "&Quit", "File", "Ctrl+Q", "", gap=True, keywords="exit, close"),
    Entry("undo", "&Undo", "Edit", "Ctrl+Z", "undo", "can_undo", tool=True,
          keywords="back, revert"),
    Entry("redo", "&Redo", "Edit", "Ctrl+Shift+Z|Ctrl+Y", "redo", "can_redo", tool=True,
          keywords="again, repeat"),
    Entry("cut", "Cu&t", "Edit", "Ctrl+X", "cut", "copyable", gap=True),
    Entry("copy", "&Copy", "Edit", "Ctrl+C", "copy", "copyable", keywords="clipboard"),
    Entry("copy_picture", "Copy as p&icture", "Edit", "Ctrl+Alt+C", "", "has_drawing",
          keywords="image, svg, png, screenshot, clipboard"),
    Entry("paste", "&Paste", "Edit", "Ctrl+V", "paste", "editable", keywords="insert, clipboard"),
    Entry("duplicate", "&Duplicate", "Edit", "Ctrl+D", "duplicate", "copyable",
          keywords="clone, copy"),
    Entry("delete", "De&lete", "Edit", "Del|Backspace", "delete", "has_selection",
          keywords="remove, erase"),
    Entry("delete_gap", "Delete and leave the &gap", "Edit", "Shift+Del", "", "has_nodes",
          keywords="remove without healing, delete only"),
    Entry("anyway", "Do it an&yway", "Edit", "", "", "weighed",
          keywords="despite, break nodes, all the same, confirm"),
    Entry("show_broken", "Show what it would &break", "Edit", "", "", "weighed",
          keywords="impact, affected nodes, broken nodes"),
    Entry("rename_after", "Rename in the nodes aft&er too", "Edit", "", "", "renamed",
          keywords="downstream, carry on, propagate, everywhere, catch up"),
    Entry("show_renaming", "Show what the renamin&g changes", "Edit", "", "", "renamed",
          keywords="downstream, impact, preview, difference"),
    Entry("find", "&Find on the canvas…", "Edit", "Ctrl+F", "search", "has_document", gap=True,
          keywords="search nodes, look for, find column, find text, where is, go to node"),
    Entry("find_next", "Find ne&xt", "Edit", "F3", "", "has_document",
          keywords="next hit, again"),
    Entry("find_previous", "Find pre&vious", "Edit", "Shift+F3", "", "has_document",
          keywords="hit before, back"),
    Entry("select_all", "Select &all", "Edit", "Ctrl+A", "", "has_document", gap=True,
          keywords="everything"),
    Entry("add_node", "Add &node…", "Edit", "/|Ctrl+/", "add", "editable", gap=True, tool=True,
          keywords="insert node, new node, create node, search nodes"),
    Entry("connect", "C&onnect to…", "Edit", "C", "edge", "connectable",
          keywords="draw edge, arrow, link, wire, next node, reconnect the end"),
    Entry("connect_from", "Connect &from…", "Edit", "Shift+C", "", "connectable",
          keywords="input, feed, node before, reconnect the start"),
    Entry("pick_edge", "Select an &edge…", "Edit", "E", "", "has_node",
          keywords="edges of this node, connections of this node"),
    Entry("disconnect", "D&isconnect…", "Edit", "X", "", "connectable",
          keywords="remove edge, delete edge, unlink"),
    Entry("cut_edges", "Cut edges by a stro&ke", "Edit", "K", "cut", "editable",
          keywords="knife, slice, scissors"),
    Entry("add_bend", "Add a bend here", "Edit", "", "", "bendable",
          keywords="reroute, waypoint, dot, lead the edge, elbow"),
    Entry("next_bend", "Select the next bend", "Edit", "Shift+E", "", "led",
          keywords="reroute, waypoint, choose bend, bend by keys"),
    Entry("drop_bends", "Take bends off", "Edit", "", "", "bent",
          keywords="reroute, waypoint, remove bends"),
    Entry("context_menu", "&Menu of what is selected", "Edit", "Menu|Shift+F10", "",
          "has_document", keywords="context menu, right click"),
    Entry("rename", "Re&name", "Edit", "F2", "rename", "can_rename",
          keywords="title, label, name, edit note, text"),
    Entry("name_after", "Name after &what it does", "Edit", "", "", "changeable_nodes",
          keywords="title, same names, tell apart, rename selected, auto name, label"),
    Entry("disable", "Dis&able or enable", "Edit", "D", "disable", "changeable_nodes", gap=True,
          keywords="deactivate, switch off, mute, skip, turn off, comment out"),
    Entry("bypass", "B&ypass or enable", "Edit", "B", "bypass", "changeable_nodes",
          keywords="pass through, go around, mute, skip, leave out"),
    Entry("make_module", "Make a &module of the selection…", "Edit", "Ctrl+G", "module",
          "has_nodes", gap=True, keywords="group, subgraph, extract, component, reuse, collapse"),
    Entry("open_module", "&Open module", "Edit", "Ctrl+Return", "", "has_module",
          keywords="enter, inside, edit subgraph, go into"),
    Entry("leave_module", "&Back to the pipeline", "Edit", "Alt+Up", "", "inside",
          keywords="leave module, up, breadcrumb, outside"),
    Entry("dissolve_module", "D&issolve module", "Edit", "Ctrl+Shift+G", "", "has_module",
          keywords="ungroup, expand, inline, unpack"),
    Entry("take_module", "Ta&ke the module as it is now…", "Edit", "", "", "has_module",
          keywords="update, accept, pin, changed, difference, version"),
    Entry("expose_field", "Make a &parameter of the field", "Edit", "Ctrl+Shift+E", "", "has_node",
          keywords="expose, variable, placeholder, promote, module parameter"),
    Entry("tidy", "T&idy up", "Edit", "Ctrl+L", "", "editable", gap=True,
          keywords="arrange, layout, align, clean up, auto layout, order"),
    Entry("tidy_selection", "Tidy up se&lection", "Edit", "Ctrl+Shift+L", "", "can_tidy_selection",
          keywords="arrange selected, layout, align"),
    Entry("add_note", "Add n&ote", "Arrange", "N", "note", "editable",
          keywords="comment, text, sticky, annotation, remark, markdown, new note"),
    Entry("add_frame", "Add &frame", "Arrange", "G", "select", "editable", gap=True,
          keywords="group, area, box, region, around the selection, draw a frame, section"),
    Entry("fold_frame", "&Collapse or open frame", "Arrange", "Shift+G", "", "has_frame",
          keywords="fold, hide, unfold, expand, minimize, one card"),
    Entry("fit_frame", "S&hrink frame to what it holds", "Arrange", "", "", "has_frame",
          keywords="resize, shrink, grow"),
    Entry("leave_frame", "Take &out of the frame", "Arrange", "O", "", "in_frame",
          keywords="remove from frame, ungroup, leave"),
    Entry("align_left", "&Left sides", "Arrange/Align", "Alt+Shift+Left", "", "several",
          keywords="align left, line up"),
    Entry("align_centre", "&Centres", "Arrange/Align", "", "", "several",
          keywords="align center, align centre, middle across, line up"),
    Entry("align_right", "&Right sides", "Arrange/Align", "Alt+Shift+Right", "", "several",
          keywords="align right, line up"),
    Entry("align_top", "&Tops", "Arrange/Align", "Alt+Shift+Up", "", "several", gap=True,
          keywords="align top, upper sides, line up"),
    Entry("align_middle", "&Middles", "Arrange/Align", "", "", "several",
          keywords="align middle, line up"),
    Entry("align_bottom", "&Bottoms", "Arrange/Align", "Alt+Shift+Down", "", "several",
          keywords="align bottom, lower sides, line up"),
    Entry("distribute_across", "&Distribute across", "Arrange/Align", "", "", "three", gap=True,
          keywords="space evenly, equal gaps, horizontally"),
    Entry("distribute_down", "Distribute do&wn", "Arrange/Align", "", "", "three",
          keywords="space evenly, equal gaps, vertically"),
    Entry("straighten", "&Straighten chain", "Arrange/Align", "S", "", "can_tidy_selection",
          gap=True, keywords="level, straight edges, row"),
    Entry("colour_yellow", "&Yellow", "Arrange/Colour", "", "", "colourable",
          keywords="colour, color, plain, default"),
    Entry("colour_blue", "&Blue", "Arrange/Colour", "", "", "colourable",
          keywords="colour, color"),
    Entry("colour_green", "&Green", "Arrange/Colour", "", "", "colourable",
          keywords="colour, color"),
    Entry("colour_purple", "&Purple", "Arrange/Colour", "", "", "colourable",
          keywords="colour, color, violet"),
    Entry("colour_pink", "P&ink", "Arrange/Colour", "", "", "colourable",
          keywords="colour, color, red"),
    Entry("colour_grey", "G&rey", "Arrange/Colour", "", "", "colourable",
          keywords="colour, color, gray"),
    Entry("run", "&Run", "Run", "F5", "run", "can_run", tool=True,
          keywords="execute, start, play, go"),
    Entry("run_to", "Run to h&ere", "Run", "Ctrl+F5", "play-step", "can_run_to",
          keywords="run until, partial run, execute selected, run selected, up to this node"),
    Entry("run_from", "Run &from here", "Run", "Ctrl+Alt+F5", "", "can_run_from",
          keywords="run after, what follows, cached input, partial run, downstream"),
    Entry("run_pinned", "Run on &pinned rows", "Run", "Ctrl+Shift+F5", "", "can_run_pinned",
          keywords="mock source, sample, offline, cached input, test data"),
    Entry("run_with", "Run &with parameters…", "Run", "Alt+F5", "", "can_run",
          keywords="values, arguments, set parameter, command line"),
    Entry("save_and_run", "Sa&ve the modules and run", "Run", "", "", "run_waits",
          keywords="unsaved module, save and execute"),
    Entry("run_as_saved", "R&un on what is saved", "Run", "", "", "run_waits",
          keywords="unsaved module, without saving, as it was"),
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
    Entry("let_go_runs", "Show runs that went on by the&mselves", "Run",
          keywords="detached, background, closed, found"),
    Entry("history", "Past ru&ns", "Run", "Shift+F8", "history", "has_document", gap=True,
          keywords="history, earlier runs, log of runs, old runs"),
    Entry("open_run", "O&pen the past run", "Run", "", "", "one_past_run",
          keywords="history, old run, as it was, ledger, version"),
    Entry("compare_runs", "Co&mpare the past runs", "Run", "", "", "two_past_runs",
          keywords="history, difference, side by side, what changed, slower"),
    Entry("validate", "&Validate", "Run", "F7", "validate", "has_document", gap=True,
          keywords="check, lint, verify, problems, errors"),
    Entry("fix", "Fi&x what is wrong…", "Run", "Ctrl+.", "check", "has_document",
          keywords="quick fix, solve, repair, problem, suggestion, light bulb"),
    Entry("preview", "&Preview selected", "Run", "F6", "preview", "has_selection",
          keywords="view data, show rows, look, sample, inspect"),
    Entry("written", "Show what was &written", "Run", "F9", "table", "has_written",
          keywords="result, output, target, open the result, read back, rows written"),
    Entry("dead_letters", "&Dead letters", "Run", "F8", "letter", "has_document", gap=True,
          keywords="rejected rows, queue, retry, mend, repair, discard"),
    Entry("rehearse", "Re&hearse a crash…", "Run", "", "", "can_run",
          keywords="kill, crash test, drill, chaos, prove, exactly once"),
    Entry("before_after", "&Before and after", "Rows", "Ctrl+F6", "", "has_selection",
          keywords="compare, side by side, input, diff, changed"),
    Entry("look_further", "&Look further", "Rows", "Alt+F6", "", "has_selection",
          keywords="read on, more rows, no match, empty preview"),
    Entry("find_rows", "&Find in rows…", "Rows", "", "search", "has_selection",
          keywords="search cells, filter rows, look for text"),
    Entry("column_menu", "&Act on the column…", "Rows", "Shift+F6", "derive", "has_selection",
          gap=True, keywords="rename, cast, split, replace, fill, round, extract, keep, drop"),
    Entry("pin_rows", "&Pin these rows, or unpin", "Rows", "Ctrl+P", "", "has_selection",
          keywords="keep sample, freeze, cache, offline, mock"),
    Entry("trace_column", "&Trace the column", "Rows", "Ctrl+T", "", "has_document",
          keywords="lineage, where does it come from, where does it go, impact, depends, origin"),
    Entry("export_rows", "&Export these rows…", "Rows", "", "export", "has_selection", gap=True,
          keywords="csv, save rows, download"),
    Entry("zoom_in", "Zoom &in", "View", "Ctrl++|Ctrl+=", "zoom-in", "has_document",
          keywords="larger, bigger, magnify"),
    Entry("zoom_out", "Zoom &out", "View", "Ctrl+-", "zoom-out", "has_document",
          keywords="smaller"),
    Entry("zoom_fit", "&Fit all", "View", "Ctrl+1|F", "fit", "has_document", tool=True,
          keywords="zoom to fit, show everything, whole pipeline, center"),
    Entry("zoom_selection", "Zoom to &selection", "View", "Ctrl+2|Shift+F", "", "has_selection",
          keywords="fit selected, frame selected, focus"),
    Entry("zoom_reset", "&100 %", "View", "Ctrl+0", "", "has_document",
          keywords="actual size, zoom 100, original size"),
    Entry("go_back", "Look &back", "View", "Alt+Left", "", "goes_back", gap=True,
          keywords="previous place, where I was, history of the view"),
    Entry("go_forward", "Look for&ward", "View", "Alt+Right", "", "goes_forward",
          keywords="next place, return"),
    Entry("minimap", "&Minimap", "View", "", "", "has_document", checkable=True,
          keywords="overview, small map, navigator, corner"),
    Entry("snap", "Snap to &grid and neighbours", "View", "", "", "has_document", checkable=True,
          keywords="magnet, guides, align while dragging, grid, smart guides"),
    Entry("heat", "Show &where time goes", "View", "H", "", "has_run", checkable=True,
          keywords="heat map, slow, bottleneck, profile, performance, hot, share of time"),
    Entry("path", "Show what &leads here and what follows", "View", "P", "", "has_nodes",
          keywords="path, upstream, downstream, lineage, highlight, ancestors, descendants, trace"),
    Entry("go_canvas", "Go to the &canvas", "View", "Alt+1", "", "has_document", gap=True,
          keywords="focus, jump, back"),
    Entry("go_inspector", "Go to the &inspector", "View", "Alt+2", "", "has_document",
          keywords="focus, jump, fields"),
    Entry("go_preview", "Go to the pre&view", "View", "Alt+3", "", "has_document",
          keywords="focus, jump, rows"),
    Entry("go_library", "Go to the &library", "View", "Alt+4", "", "has_document",
          keywords="focus, jump, node types"),
    Entry("favourite", "Fa&vourite node type, or not", "View", "Ctrl+B", "star", "has_node_type",
          keywords="star, favorite, bookmark, pin to the top, library"),
    Entry("go_outline", "Go to the o&utline", "View", "Alt+5", "", "has_document",
          keywords="focus, jump, tree"),
    Entry("go_problems", "Go to the pr&oblems", "View", "Alt+6", "", "has_document",
          keywords="focus, jump, errors"),
    Entry("go_run", "Go to the ru&n", "View", "Alt+7", "", "has_document",
          keywords="focus, jump, results, ledger"),
    Entry("go_connections", "Go to the conne&ctions", "View", "Alt+8", "", "has_document",
          keywords="focus, jump, databases, schemas, tables, schema browser, explorer"),
    Entry("dark", "&Dark theme", "View", "Ctrl+Shift+D", "theme", gap=True, tool=True,
          checkable=True, keywords="night mode, light theme, colours, colors, appearance"),
    Entry("contrast", "Hi&gh contrast", "View", "", "", checkable=True,
          keywords="accessibility, readable, black and white, theme"),
    Entry("system_theme", "Look as the &system does", "View", "", "", checkable=True,
          keywords="follow, automatic theme, appearance"),
    Entry("move_panel", "Move &a panel…", "View", "", "", "has_document",
          keywords="dock, float, detach, tear off, own window, second screen, left, right, bottom"),
    Entry("reset_layout", "Reset &panels", "View",
          keywords="default layout, restore windows, docks"),
    Entry("next_tab", "&Next tab", "Window", "Ctrl+Tab|Ctrl+PgDown", "", "has_tabs",
          keywords="switch, forward"),
    Entry("previous_tab", "&Previous tab", "Window", "Ctrl+Shift+Tab|Ctrl+PgUp", "", "has_tabs",
          keywords="switch, back"),
    Entry("tab_right", "Move tab &right", "Window", "Ctrl+Shift+PgDown", "", "has_tabs", gap=True,
          keywords="reorder"),
    Entry("tab_left", "Move tab &left", "Window", "Ctrl+Shift+PgUp", "", "has_tabs",
          keywords="reorder"),
    Entry("move_tab", "Move tab to new &window", "Window", "", "", "has_document",
          keywords="detach, tear off, second screen"),
    Entry("palette", "&Command palette…", "Help", "Ctrl+K|Ctrl+Shift+P", "command"),
    Entry("shortcuts", "&Keyboard shortcuts", "Help", "F1", "keyboard",
          keywords="keys, hotkeys, help"),
    Entry("tour", "&Tour in six steps", "Help", "Shift+F1", "",
          keywords="tutorial, getting started, introduction, learn, guide, first pipeline"),
    Entry("about_type", "About the &node type", "Help", "Ctrl+F1", "", "has_node",
          keywords="documentation, help, docs, manual, fields, examples, what does it do"),
    Entry("about", "&About Summit Studio", "Help", "", "info", gap=True,
          keywords="version, licence, license"),
)  # fmt: skip
"""The actions in menu order."""

ON_SELECTION = (
    "add_node", "connect", "connect_from", "disconnect", "add_bend", "drop_bends", "",
    "run_to", "run_from", "preview", "rename", "name_after", "",
    "disable", "bypass", "", "cut", "copy", "duplicate", "delete", "delete_gap", "",
    "add_frame", "fold_frame", "leave_frame", "", "make_module", "open_module",
    "dissolve_module", "take_module", "", "zoom_selection", "path", "tidy_selection", "validate",
    "dead_letters",
)  # fmt: skip
"""The menu of what is selected on the canvas; an empty name is a line."""

ON_FRAME = (
    "fold_frame", "fit_frame", "rename", "", "cut", "copy", "duplicate", "delete", "",
    "colour_yellow", "colour_blue", "colour_green", "colour_purple", "colour_pink", "colour_grey",
    "", "tidy", "zoom_fit",
)  # fmt: skip
"""The menu of a frame."""

ON_NOTE = (
    "rename", "", "cut", "copy", "duplicate", "delete", "", "add_frame", "leave_frame", "",
    "colour_yellow", "colour_blue", "colour_green", "colour_purple", "colour_pink", "colour_grey",
)  # fmt: skip
"""The menu of notes alone."""

ON_FIELD = ("expose_field",)
"""The menu of a field's label in the inspector."""

ON_TABLE = ("read_table", "write_table", "", "show_table_rows", "copy_table_name", "", "look_again")
"""The menu of tables of a connection."""

ON_CONNECTION = (
    "allow_connection", "look_again", "stop_looking", "renew_connections", "", "edit_connection",
    "new_connection",
)  # fmt: skip
"""The menu of a connection."""

ON_CANVAS = (
    "add_node",
    "add_note",
    "add_frame",
    "paste",
    "find",
    "",
    "select_all",
    "tidy",
    "zoom_fit",
    "zoom_reset",
    "",
    "properties",
)
"""The menu of the empty canvas."""

ON_TAB = ("close_tab", "", "move_tab", "tab_left", "tab_right", "", "new")
"""The menu of a tab."""

BY_HAND = (
    Hand("Walk along edges, or to the nearest node", "Arrows", ("Left", "Right", "Up", "Down")),
    Hand("Select more nodes", "Shift+Arrows or Ctrl+Click",
         ("Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down")),
    Hand("Move what is selected by the grid", "Ctrl+Arrows",
         ("Ctrl+Left", "Ctrl+Right", "Ctrl+Up", "Ctrl+Down")),
    Hand("Go to the fields of a node, or into a module", "Return or Double-click",
         ("Return", "Enter")),
    Hand("Cancel, or select nothing", "Esc", ("Esc",)),
    Hand("Ask for a node", "Space, or Double-click at a place", ("Space",)),
    Hand("Select what a rectangle touches", "Drag on an empty place"),
    Hand("Move nodes and notes", "Drag"),
    Hand("Move by single pixels, out of line", "Alt or Ctrl while dragging"),
    Hand("Draw an edge", "Drag from a port"),
    Hand("Put an end of an edge elsewhere", "Drag near that end"),
    Hand("Put a node into an edge", "Drop it there"),
    Hand("Read a table of a connection", "Drag it onto the canvas, or Return on it"),
    Hand("Write into a table of a connection",
         "Drag it onto a port, an edge or a node, or with Shift"),
    Hand("Cut edges by a stroke", "Alt+Drag"),
    Hand("Lead an edge through a place, or take that bend off", "Double-click there"),
    Hand("Move bends of edges", "Drag them, or Ctrl+Arrows, which for an edge move all of it"),
    Hand("Edit a note, and end that", "Return or Double-click, and Esc"),
    Hand("Resize a note or a frame", "Drag its lower right corner"),
    Hand("Collapse or open a frame", "Click the sign before its title"),
    Hand("Move a frame with what it holds", "Drag its title or border"),
    Hand("Put a node into a frame", "Drop it there"),
    Hand("Menu of what lies there", "Right click"),
    Hand("Look elsewhere", "Space+Drag or Middle drag"),
    Hand("Look to the sides", "Shift+Wheel"),
    Hand("Zoom", "Wheel, or Pinch"),
    Hand("Go to the next field, or the one before", "Tab or Shift+Tab",
         ("Tab", "Shift+Tab", "Shift+Backtab"), "In panels"),
    Hand("Leave a field for the canvas", "Esc", (), "In panels"),
    Hand("Find in rows, in the preview", "Ctrl+F", (), "In panels"),
    Hand("Copy the chosen rows, in the preview", "Ctrl+C", (), "In panels"),
    Hand("Offer columns and functions, in an expression", "Ctrl+Space", ("Ctrl+Space",),
         "In panels"),
)  # fmt: skip
"""What is done by keys and gestures that are no actions, for the page of keys."""

OF_A_KIND = frozenset({"bendable", "has_frame", "in_frame", "has_module", "can_tidy_selection"})
"""Conditions on the kind of thing selected: its menu leaves out what is for other kinds."""

CANVAS_KEYS = frozenset(
    {
        "delete", "delete_gap", "preview", "zoom_fit", "zoom_selection", "cut", "copy", "paste",
        "select_all",
        "duplicate", "connect", "connect_from", "pick_edge", "disconnect", "cut_edges",
        "context_menu", "heat", "find", "path", "next_bend", "disable", "bypass", "add_note",
        "add_frame", "fold_frame", "leave_frame", "align_left", "align_right", "align_top",
        "align_bottom", "straighten",
    }
)  # fmt: skip
"""Actions whose keys mean something else while typing: they work on the canvas only."""


class Actions(QObject):
    """The table as Qt's actions; they do nothing before `bind`.

    Args:
        conditions: By name, asked at every `refresh`: why an action cannot be used, in a sentence;
            empty where it can.
    """

    def __init__(self, conditions: Mapping[str, Callable[[], str]], parent: QObject) -> None:
        super().__init__(parent)
        self._conditions = conditions
        self._by_id: dict[str, QAction] = {}
        self._names: dict[str, str] = {}
        self._why_not: dict[str, str] = {}
        self._answers: dict[str, Callable[..., None]] = {}
        for entry in TABLE:
            action = QAction(tr(entry.text), parent)
            action.setIconText(entry.name)
            action.setObjectName(entry.id)
            action.setCheckable(entry.checkable)
            action.setShortcuts([QKeySequence(k) for k in entry.keys])
            if entry.id in CANVAS_KEYS:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._by_id[entry.id] = action
            self._names[entry.id] = entry.name
            self._tell(entry.id)
            action.triggered.connect(self._triggered)

    def __getitem__(self, action_id: str) -> QAction:
        return self._by_id[action_id]

    def bind(self, *parts: QObject, partly: bool = False) -> None:
        """Let each action call the method `on_<id>` of the part that has it, from now on.

        Args:
            parts: What answers; those of before no longer do.
            partly: True where some actions may be without an answer: they cannot be used.

        Raises:
            LookupError: No part has the method, or several have it.
        """
        answers = dict[str, Callable[..., None]]()
        for action_id in self._by_id:
            able = [p for p in parts if hasattr(p, f"on_{action_id}")]
            if len(able) == 1:
                answers[action_id] = getattr(able[0], f"on_{action_id}")
            elif able or not partly:
                raise LookupError(f"{len(able)} parts answer the action '{action_id}', not one")
        self._answers = answers

    @Slot(bool)
    def _triggered(self, checked: bool) -> None:  # noqa: FBT001 - as Qt calls it
        action = self.sender()
        answer = self._answers.get(action.objectName())
        if answer is not None and isinstance(action, QAction):
            answer(*([checked] if action.isCheckable() else []))

    @Slot(object)
    def trigger(self, action_id: str) -> None:
        """Do an action by its id; an empty one is none."""
        if action_id:
            self._by_id[action_id].trigger()

    def work_on(self, canvas: QWidget) -> None:
        """Make the keys work that mean something on the canvas only."""
        for action_id in sorted(CANVAS_KEYS):
            canvas.addAction(self._by_id[action_id])

    def leave(self, canvas: QWidget) -> None:
        """Let a canvas go: its keys are for others to answer."""
        for action_id in CANVAS_KEYS:
            canvas.removeAction(self._by_id[action_id])

    def set_keys(self, keys: Callable[[str], tuple[str, ...]]) -> None:
        """Take the keys of every action: `keys` returns them by its id, the first one first."""
        for action_id, action in self._by_id.items():
            action.setShortcuts([QKeySequence(k) for k in keys(action_id)])
            self._tell(action_id)

    def key(self, action_id: str) -> str:
        """Return the first key of an action as the platform writes it; empty for none."""
        return self._by_id[action_id].shortcut().toString(_NATIVE)

    def name_history(self, undo: str, redo: str) -> None:
        """Say what undo and redo would do."""
        for action_id, verb, what in (
            ("undo", tr("Undo"), undo),
            ("redo", tr("Redo"), redo),
        ):
            self._names[action_id] = f"{verb} {what}".rstrip()
            self._by_id[action_id].setText(f"&{self._names[action_id]}")
            self._tell(action_id)

    def offered(self, action_id: str) -> bool:
        """Return True if the menu of what is selected shows an action, usable or not."""
        entry = next(e for e in TABLE if e.id == action_id)
        return entry.when not in OF_A_KIND or self._by_id[action_id].isEnabled()

    def refresh(self) -> None:
        """Ask every condition anew."""
        known: dict[str, str] = {}
        for entry in TABLE:
            if entry.when not in known:
                known[entry.when] = "" if entry.when == "always" else self._conditions[entry.when]()
            why_not = known[entry.when]
            if self._why_not.get(entry.id) != why_not:
                self._why_not[entry.id] = why_not
                self._by_id[entry.id].setEnabled(not why_not)
                self._tell(entry.id)

    def _tell(self, action_id: str) -> None:
        """Say under the mouse what an action does, its first key, and why it cannot be used."""
        action = self._by_id[action_id]
        key = self.key(action_id)
        name = self._names[action_id]
        first = f"{name} ({key})" if key else name
        why_not = self._why_not.get(action_id, "")
        action.setToolTip(f"{first}\n{why_not}" if why_not else first)

    def check(self, action_id: str, *, on: bool) -> None:
        """Show an action as on or off; this does not do it."""
        self._by_id[action_id].setChecked(on)

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours, a few in their own."""
        self.check("dark", on=theme.is_dark)
        self.check("contrast", on=theme.is_contrast)
        special = {"run": theme.success, "stop": theme.danger}
        colour = icon_colour(theme)
        for entry in TABLE:
            if entry.icon:
                self._by_id[entry.id].setIcon(icon(entry.icon, special.get(entry.id, colour)))


_NATIVE = QKeySequence.SequenceFormat.NativeText
