"""A window: menus, tools, and the documents in its tabs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QByteArray, QObject, QPoint, QSize, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QIcon, QPixmap
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from summit_studio.app.canvas.picture import picture
from summit_studio.app.canvas.requests import ContextRequest
from summit_studio.app.look.icons import icon
from summit_studio.app.session.examples import examples, own_path
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.actions import ON_FIELD, Actions
from summit_studio.app.shell.banner import Banner
from summit_studio.app.shell.conditions import conditions
from summit_studio.app.shell.dialogs import Dialogs, Help
from summit_studio.app.shell.keymap import Keymap
from summit_studio.app.shell.menus import (
    PanelsMenu,
    RecentMenu,
    fill_menu_bar,
    fill_tool_bar,
    open_canvas_menu,
    open_menu,
    open_tab_menu,
)
from summit_studio.app.shell.module_actions import FileAsked
from summit_studio.app.shell.page import Page
from summit_studio.app.shell.palette import CommandPalette
from summit_studio.app.shell.restoring import Kept
from summit_studio.app.shell.tab_bar import TabBar
from summit_studio.app.shell.tab_titles import titles
from summit_studio.app.shell.theming import Theming
from summit_studio.app.shell.welcome import WelcomePage
from summit_studio.core.errors import SummitError
from summit_studio.document.files import SUFFIX
from summit_studio.document.model import Document, Node
from summit_studio.document.modules import MODULE_SUFFIX

if TYPE_CHECKING:
    from summit_studio.document.text import Loaded
    from summit_studio.state.records import PastRun


@dataclass(frozen=True, slots=True)
class Waiting:
    """The tab of a file that is opened once somebody looks at it."""

    path: Path


Tab = Page | Waiting | None
"""What a tab stands for; None for the welcome page."""

_NAME = "Summit Studio"
_MODIFIED = "\N{BLACK CIRCLE}"


class Owner(Protocol):
    """What has all windows, as one of them needs it."""

    settings: Settings
    theming: Theming
    keymap: Keymap

    def new_session(self) -> Session:
        """Return what a document is kept in: an empty one, of its own."""

    def new_page(self) -> Page:
        """Return a page that shows nothing yet."""

    def open(self, path: Path, window: "EditorWindow", at: int | None = None) -> None:
        """Bring a file to the front, opened where it is not."""

    def remember(self) -> None:
        """Keep what is open for the next start."""

    def end(self, page: Page) -> None:
        """End a page that was left."""

    def close_when_asked(self, windows: "list[EditorWindow]") -> None:
        """Close windows once every page in them may be left."""

    def closed(self, window: "EditorWindow") -> None:
        """Forget a window that closes."""

    def shut_down(self) -> None:
        """End every page and worker, and wait for them; nothing is asked."""


class EditorWindow(QMainWindow):
    """Shows pages in tabs, and lets the actions work on the one that is shown.

    `begin_asked` carries what somebody wants to begin with: a path, "new" or "open".

    Args:
        owner: Has all windows.
    """

    begin_asked = Signal(object)

    def __init__(self, owner: Owner) -> None:
        super().__init__()
        self.setWindowTitle(_NAME)
        self.setMinimumSize(960, 600)
        self.owner = owner
        self._tabs: list[Tab] = []
        self._origins: dict[Path, Path] = {}
        self._shown: Page | None = None
        self._leaving = False
        self.docks_state: QByteArray | None = owner.settings.window("state")
        """Where the panels of the page shown last stood: the next one takes it over."""
        # Without a document: the connections of pipelines that have no file yet.
        self._spare = owner.new_session()
        self._make_views()
        self._make_actions()
        self._connect()

    def _make_views(self) -> None:
        self.welcome = WelcomePage(self.owner.settings, examples(), self._pictured)
        self.news = Banner(self.owner.theming.theme)
        self.bar = TabBar()
        self._nothing = QWidget()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self._nothing)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.news)
        column.addWidget(self._stack, 1)
        self.setCentralWidget(middle)

    def _make_actions(self) -> None:
        theming = self.owner.theming
        self.actions_table = Actions(conditions(lambda: self.page, lambda: len(self._tabs)), self)
        self.actions_table.set_theme(theming.theme)
        self.actions_table.check("system_theme", on=theming.following)
        self.actions_table.check("restore_session", on=self.owner.settings.restores)
        self.actions_table.check("minimap", on=self.owner.settings.minimap)
        self.commands = CommandPalette(self.actions_table, self._spare, self)
        self.commands.node_wanted.connect(self._add_node)
        self._parts: tuple[QObject, ...] = (self.commands, theming, Help(self.owner.keymap, self))
        theming.changed.connect(self._spare.set_theme)
        self._home = Dialogs(self._spare, self)
        recent = RecentMenu(self.owner.settings, self)
        recent.picked.connect(self.begin_asked)
        panels = PanelsMenu(self._toggles, self)
        fill_menu_bar(self.menuBar(), self.actions_table, recent, panels)
        fill_tool_bar(self.addToolBar("Tools"), self.actions_table)
        self._take_keys()

    def _connect(self) -> None:
        self.owner.keymap.changed.connect(self._take_keys)
        self.bar.currentChanged.connect(self._show_current)
        self.bar.tabMoved.connect(self._moved)
        self.bar.tabCloseRequested.connect(self.close_tab)
        self.bar.customContextMenuRequested.connect(self._tab_menu)
        self.news.asked.connect(self.actions_table.trigger)
        self.welcome.asked.connect(self.begin_asked)
        self.welcome.files_dropped.connect(self.begin_with)
        changed = self.owner.theming.changed
        changed.connect(self.actions_table.set_theme)
        changed.connect(self.news.set_theme)
        changed.connect(self._name_tabs)
        self.owner.theming.follows.connect(self.actions_table["system_theme"].setChecked)

    def answer_by(self, *parts: QObject) -> None:
        """Let these answer the actions that are no document's own; before anything is shown."""
        self._parts += parts
        self._show_current()

    # What is shown

    @property
    def page(self) -> Page | None:
        """The page that is shown, or None: the welcome page is."""
        return self._shown

    @property
    def pages(self) -> list[Page]:
        """All pages, in the order of their tabs."""
        return [tab for tab in self._tabs if isinstance(tab, Page)]

    @property
    def editing(self) -> bool:
        """True while a document is shown, not the welcome page."""
        return self.page is not None

    def tell(self, notice: Notice) -> None:
        """Say something above what is shown."""
        if self.page is not None:
            self.page.session.notice(notice)
        else:
            self.news.show_notice(notice)

    def tab_of(self, path: Path) -> int | None:
        """Return the place of the tab of a file."""
        return next((i for i, t in enumerate(self._tabs) if _is_of(t, path)), None)

    def show_tab(self, at: int) -> None:
        """Show a tab."""
        self.bar.setCurrentIndex(at)

    def bring(self, page: Page) -> None:
        """Show a page, in front of other windows."""
        self.show_tab(self._tabs.index(page))
        self.raise_()
        self.activateWindow()

    # Tabs come and go

    def add(self, page: Page, at: int | None = None) -> None:
        """Show a page in a new tab, behind the one that is shown."""
        self.actions_table.work_on(page.canvas)
        page.asked.connect(self.actions_table.trigger)
        page.menu_asked.connect(self._canvas_menu)
        page.field_menu_asked.connect(self._field_menu)
        page.file_asked.connect(self._file_asked)
        page.past_asked.connect(self.show_past)
        page.changed.connect(self._page_changed)
        page.dropping.opened.connect(self.begin_asked)
        page.desk.saved.connect(self.owner.remember)
        page.resize(self._stack.size())
        self._stack.addWidget(page)
        self._insert(page, self.bar.currentIndex() + 1 if at is None else at)
        self.show_tab(self._tabs.index(page))

    def show_file(self, path: Path, loaded: "Loaded") -> None:
        """Show a file just read: in its tab if one waits, in place of a pipeline untouched."""
        page = self.owner.new_page()
        at = self.tab_of(path)
        stale = self.page if at is None and self.page is not None and self.page.untouched else None
        if stale is not None:
            at = self._tabs.index(stale)
        self.add(page, at)
        if stale is not None:
            self.drop(stale)
        else:
            self.drop_waiting(path)
        page.desk.show(path, loaded)
        page.modules.came_from(self._way_to(path))
        self._page_changed()
        self.owner.remember()

    @Slot(object)
    def _file_asked(self, asked: FileAsked) -> None:
        """Open a file that a page leads to; it may tell from where it was opened."""
        path = own_path(asked.path)
        if asked.origin is not None:
            self._origins[path] = asked.origin
        self.owner.open(path, self)
        if self.page is not None and self.page.path == path:
            self.page.modules.came_from(self._way_to(path))
            self._page_changed()

    def _way_to(self, path: Path) -> list[Path]:
        """Return the files through which a file was opened, the outermost first."""
        way: list[Path] = []
        outer = self._origins.get(path)
        while outer is not None and outer not in (path, *way):
            way.insert(0, outer)
            outer = self._origins.get(outer)
        return way

    @Slot(object)
    def _field_menu(self, place: QPoint) -> None:
        open_menu(self.actions_table, ON_FIELD, place, self)

    def wait_for(self, path: Path) -> None:
        """Open a file in a tab that stands there already while it is read."""
        at = self.tab_of(path)
        if at is None:
            self._insert(Waiting(path), len(self._tabs))
            at = len(self._tabs) - 1
        self.show_tab(at)

    def drop_waiting(self, path: Path) -> None:
        """Take the tab of a file away that waits."""
        waiting = Waiting(path)
        if waiting in self._tabs:
            self._remove(self._tabs.index(waiting))

    def new(self) -> None:
        """Begin a new pipeline."""
        page = self.owner.new_page()
        self.add(page)
        page.desk.new()

    @Slot(object)
    def show_past(self, past: "PastRun") -> None:
        """Show a past run in a tab of its own; one that is open comes to the front."""
        known = next((p for p in self.pages if _shows(p, past)), None)
        if known is not None:
            self.bring(known)
            return
        page = self.owner.new_page()
        self.add(page)
        try:
            page.show_past(past)
        except SummitError as error:
            self.drop(page)
            self.tell(Notice.of(error))

    @Slot(object)
    def begin_with(self, paths: Sequence[Path]) -> None:
        """Open the pipelines and modules among files; a new pipeline reads the others.

        They go into the pipeline that is shown where that is new and empty.
        """
        documents = [p for p in paths if p.name.endswith((SUFFIX, MODULE_SUFFIX))]
        for path in documents:
            self.begin_asked.emit(path)
        others = [p for p in paths if p not in documents]
        if others:
            if self.page is None or not self.page.untouched:
                self.new()
            if self.page is not None:
                self.page.dropping.add_in_view(others)

    def show_welcome(self) -> None:
        """Show the welcome page in a tab of its own, where it is not there alone."""
        if None not in self._tabs and self._tabs:
            self._insert(None, len(self._tabs))
        if self._tabs:
            self.show_tab(self._tabs.index(None))

    @Slot(int)
    def close_tab(self, at: int) -> None:
        """Close a tab, once nothing is lost by it."""
        tab = self._tabs[at]
        if not isinstance(tab, Page):
            self._remove(at)
            return
        if tab.leaving.needed:
            self.show_tab(at)
        tab.leaving.ask(lambda: self.drop(tab))

    def drop(self, page: Page) -> None:
        """Close a page without asking."""
        self.release(page)
        self.owner.end(page)

    def release(self, page: Page) -> None:
        """Let a page go: another window may take it, or it ends."""
        self.actions_table.leave(page.canvas)
        page.asked.disconnect(self.actions_table.trigger)
        page.menu_asked.disconnect(self._canvas_menu)
        page.field_menu_asked.disconnect(self._field_menu)
        page.file_asked.disconnect(self._file_asked)
        page.past_asked.disconnect(self.show_past)
        page.changed.disconnect(self._page_changed)
        page.dropping.opened.disconnect(self.begin_asked)
        page.desk.saved.disconnect(self.owner.remember)
        if page is self._shown:
            self._leave_shown()
        self._remove(self._tabs.index(page))
        self._stack.removeWidget(page)
        page.hide()
        page.setParent(None)

    def give_up(self) -> list[Page]:
        """Let go of every page, as the window closes; return them."""
        pages = self.pages
        self._tabs.clear()
        self._shown = None
        for page in pages:
            page.hide()
            page.setParent(None)
        return pages

    def move_tab(self, by: int) -> None:
        """Move the tab that is shown."""
        at = self.bar.currentIndex()
        self.bar.moveTab(at, (at + by) % len(self._tabs))

    def step(self, by: int) -> None:
        """Show the next tab but `by`, round the end."""
        self.show_tab((self.bar.currentIndex() + by) % len(self._tabs))

    def _insert(self, tab: Tab, at: int) -> None:
        at = min(max(at, 0), len(self._tabs))
        self._tabs.insert(at, tab)
        # The first tab becomes the current one at once, and would be shown before it has a name.
        self.bar.blockSignals(True)
        self.bar.insertTab(at, "")
        self.bar.blockSignals(False)
        self._name_tabs()
        self.owner.remember()
        if len(self._tabs) == 1:
            self._show_current()

    def _remove(self, at: int) -> None:
        del self._tabs[at]
        self.bar.blockSignals(True)
        self.bar.removeTab(at)
        self.bar.blockSignals(False)
        self._show_current()
        self._name_tabs()
        self.owner.remember()

    def _pictured(self, document: Document, size: QSize) -> QPixmap:
        def category(node: Node) -> str:
            kind = self._spare.kind_of(node)
            return kind.category if kind is not None else ""

        theme = self.owner.theming.theme
        return picture(document, category, theme, size, self.devicePixelRatioF())

    @Slot(object)
    def _add_node(self, type_id: str) -> None:
        if self.page is not None:
            self.page.adding.add_in_view(type_id)

    @Slot()
    def _take_keys(self) -> None:
        """Let the actions have the keys that were chosen for them."""
        self.actions_table.set_keys(self.owner.keymap.keys)
        self.welcome.name_key(self.actions_table.key("palette"))

    @Slot(int, int)
    def _moved(self, start: int, end: int) -> None:
        self._tabs.insert(end, self._tabs.pop(start))
        self.owner.remember()

    @Slot()
    def _show_current(self) -> None:
        """Show what the current tab stands for."""
        at = self.bar.currentIndex()
        tab = self._tabs[at] if 0 <= at < len(self._tabs) else None
        page = tab if isinstance(tab, Page) else None
        self.bar.setVisible(bool(self._tabs))
        if page is not self._shown:
            self._leave_shown()
            self._shown = page
            if page is not None:
                page.docks.take(self.docks_state)
        if page is not None:
            self.actions_table.bind(*self._parts, *page.parts)
            self._stack.setCurrentWidget(page)
            page.canvas.setFocus()
        else:
            self.actions_table.bind(*self._parts, self._home, partly=True)
            self._stack.setCurrentWidget(self._nothing if tab is not None else self.welcome)
        self.refresh()
        self.owner.remember()
        if isinstance(tab, Waiting):
            self.owner.open(tab.path, self, at)

    def _leave_shown(self) -> None:
        if self._shown is not None:
            self.docks_state = self._shown.docks.state()
            self._shown.docks.rest()
            self._shown = None

    # Names

    @Slot()
    def _page_changed(self) -> None:
        self._name_tabs()
        self.refresh()

    @Slot()
    def _name_tabs(self) -> None:
        names = titles([_named(tab) for tab in self._tabs])
        for at, (tab, name) in enumerate(zip(self._tabs, names, strict=True)):
            page = tab if isinstance(tab, Page) else None
            modified = page is not None and page.modified
            running = page is not None and page.supervisor.running
            text = f"{name} {_MODIFIED}" if modified else name
            if self.bar.tabText(at) != text:
                self.bar.setTabText(at, text)
            signs = [w for w, on in (("not saved", modified), ("running", running)) if on]
            path = _path_of(tab)
            tip = str(path) if path is not None else name
            self.bar.setTabToolTip(at, f"{tip}\n{', '.join(signs)}" if signs else tip)
            self.bar.setAccessibleTabName(at, ", ".join((name, *signs)))
            if running != bool(self.bar.tabData(at)):
                self.bar.setTabData(at, running)
                sign = icon("run", self.owner.theming.theme.success) if running else QIcon()
                self.bar.setTabIcon(at, sign)

    def refresh(self) -> None:
        """Bring title, actions and undo texts up to date."""
        page = self.page
        self.actions_table.refresh()
        self.actions_table.check("heat", on=page is not None and page.marking.heat)
        snaps = self.owner.settings.snaps if page is None else page.canvas.snaps
        self.actions_table.check("snap", on=snaps)
        if page is None:
            self.actions_table.name_history("", "")
            self.setWindowTitle(_NAME)
            self.setWindowModified(False)
            return
        bridge = page.session.bridge
        self.actions_table.name_history(bridge.undo_text, bridge.redo_text)
        mark = " (read-only)" if page.session.files.read_only else ""
        self.setWindowTitle(f"{page.name}[*]{mark} \N{EN DASH} {_NAME}")
        self.setWindowModified(page.modified)

    def _toggles(self) -> list[QAction]:
        return self.page.docks.toggles() if self.page is not None else []

    @Slot(object)
    def _canvas_menu(self, request: ContextRequest) -> None:
        open_canvas_menu(self.actions_table, request, self)

    @Slot(QPoint)
    def _tab_menu(self, place: QPoint) -> None:
        at = self.bar.tabAt(place)
        if at >= 0:
            self.show_tab(at)
            open_tab_menu(self.actions_table, self.bar.mapToGlobal(place), self)

    # The next start, and the end

    def kept(self) -> Kept:
        """Return what the next start needs to show this window again."""
        files = [(at, path) for at, tab in enumerate(self._tabs) if (path := _path_of(tab))]
        current = self.bar.currentIndex()
        place = next((i for i, (at, _) in enumerate(files) if at == current), -1)
        return Kept(tuple(p for _, p in files), place, self.saveGeometry())

    def restore(self, kept: Kept) -> None:
        """Show tabs of the files of last time; only the one looked at is opened."""
        for path in kept.here:
            self._tabs.append(Waiting(path))
        self.bar.blockSignals(True)
        for _ in self._tabs:
            self.bar.addTab("")
        shown = kept.shown
        self.bar.setCurrentIndex(self._tabs.index(Waiting(shown)) if shown is not None else -1)
        self.bar.blockSignals(False)
        self._name_tabs()
        self._show_current()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close only once nothing is lost."""
        if not self._leaving:
            self.owner.close_when_asked([self])
        if not self._leaving:  # Somebody is being asked.
            event.ignore()
            return
        settings = self.owner.settings
        settings.set_window("geometry", self.saveGeometry())
        if self.page is not None:
            self.page.docks.remember()
        elif self.docks_state is not None:
            settings.set_window("state", self.docks_state)
        self.hide()  # A worker may take a moment to end; nobody need watch it.
        self.owner.closed(self)
        super().closeEvent(event)

    def leave(self) -> None:
        """Close without asking."""
        self._leaving = True
        self.close()


def _shows(page: Page, past: "PastRun") -> bool:
    shown = page.session.files.past
    return shown is not None and shown.run_id == past.detail.run.run_id


def _path_of(tab: Tab) -> Path | None:
    return tab.path if tab is not None else None


def _named(tab: Tab) -> tuple[str, Path | None]:
    if tab is None:
        return "Welcome", None
    name = tab.name if isinstance(tab, Page) else tab.path.name
    return name.removesuffix(SUFFIX), tab.path


def _is_of(tab: Tab, path: Path) -> bool:
    own = _path_of(tab)
    return own is not None and (own == path or own.resolve() == path.resolve())
