"""A window: menus, tools, and the documents in its tabs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QByteArray, QObject, QPoint, QSize, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QIcon, QPixmap
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from summit_studio.app.canvas.picture import picture
from summit_studio.app.canvas.requests import ContextRequest
from summit_studio.app.look.icons import icon
from summit_studio.app.look.words import tr
from summit_studio.app.session.examples import examples, own_path
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.session.settings import Settings
from summit_studio.app.session.there import same
from summit_studio.app.shell.actions import ON_CONNECTION, ON_FIELD, ON_TABLE, Actions
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
from summit_studio.app.shell.page import Page
from summit_studio.app.shell.palette import CommandPalette
from summit_studio.app.shell.restoring import Kept
from summit_studio.app.shell.runs import Runs
from summit_studio.app.shell.tab import Opened, Tab, Waiting, named, path_of
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


_NAME = "Summit Studio"
_MODIFIED = "\N{BLACK CIRCLE}"


class Owner(Protocol):
    """What has all windows, as one of them needs it."""

    settings: Settings
    theming: Theming
    keymap: Keymap

    @property
    def pages(self) -> list[Page]:
        """The pages of all windows, those of modules too."""

    def new_session(self) -> Session:
        """Return what a document is kept in: an empty one, of its own."""

    def new_page(self) -> Page:
        """Return a page that shows nothing yet."""

    def open(self, path: Path, window: "EditorWindow", at: int | None = None) -> None:
        """Bring a file to the front, opened where it is not."""

    def enter(self, path: Path, outer: Page, window: "EditorWindow") -> None:
        """Go into a module that stands in a page."""

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
        self.runs = Runs(self, lambda: self.owner.pages, self)
        known = conditions(lambda: self.page, lambda: len(self._tabs), self.runs)
        self.actions_table = Actions(known, self)
        self.actions_table.set_theme(theming.theme)
        self.actions_table.check("system_theme", on=theming.following)
        self.actions_table.check("restore_session", on=self.owner.settings.restores)
        self.actions_table.check("minimap", on=self.owner.settings.minimap)
        self.commands = CommandPalette(
            self.actions_table, self._spare, self._session_shown, self.owner.settings, self
        )
        self.commands.node_wanted.connect(self._add_node)
        self.commands.file_wanted.connect(self.begin_asked)
        help_ = Help(self.owner.keymap, self)
        self._parts: tuple[QObject, ...] = (self.commands, theming, help_, self.runs)
        theming.changed.connect(self._spare.set_theme)
        self._home = Dialogs(self._spare, self)
        recent = RecentMenu(self.owner.settings, self)
        recent.picked.connect(self.begin_asked)
        panels = PanelsMenu(self._toggles, self)
        fill_menu_bar(self.menuBar(), self.actions_table, recent, panels)
        fill_tool_bar(self.addToolBar(tr("Tools")), self.actions_table)
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

    def _session_shown(self) -> Session | None:
        return self.page.session if self.page is not None else None

    @property
    def pages(self) -> list[Page]:
        """All pages, those of modules too, in the order of their tabs."""
        return [page for tab in self.opened for page in tab.pages]

    @property
    def opened(self) -> list[Opened]:
        """All tabs with a document."""
        return [tab for tab in self._tabs if isinstance(tab, Opened)]

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

    def withdraw(self, notice: Notice) -> None:
        """Take back what was said, wherever it is shown."""
        self.news.take_back(notice)
        for page in self.pages:
            page.session.withdraw(notice)

    def tab_of(self, path: Path) -> int | None:
        """Return the place of the tab that has a file open, or waits for it."""
        page = self.page_of(path)
        if page is not None:
            return self._tabs.index(self.tab_with(page))
        waits = (i for i, t in enumerate(self._tabs) if isinstance(t, Waiting))
        return next((i for i in waits if same(path_of(self._tabs[i]), path)), None)

    def page_of(self, path: Path) -> Page | None:
        """Return the page that shows a file."""
        return next((p for p in self.pages if same(p.path, path)), None)

    def tab_with(self, page: Page) -> Opened:
        """Return the tab that a page is in."""
        return next(tab for tab in self.opened if page in tab.pages)

    def show_tab(self, at: int) -> None:
        """Show a tab."""
        self.bar.setCurrentIndex(at)

    def bring(self, page: Page) -> None:
        """Show a page, in front of other windows."""
        tab = self.tab_with(page)
        tab.go_to(page)
        self.show_tab(self._tabs.index(tab))
        self._show_current()
        self.raise_()
        self.activateWindow()

    # Tabs come and go

    def add(self, page: Page, at: int | None = None) -> None:
        """Show a page in a new tab, behind the one that is shown."""
        self.add_tab(Opened(page), at)

    def add_tab(self, tab: Opened, at: int | None = None) -> None:
        """Show a tab with all its pages, behind the one that is shown."""
        for page in tab.pages:
            self._take(page)
        self._insert(tab, self.bar.currentIndex() + 1 if at is None else at)
        self.show_tab(self._tabs.index(tab))

    def _take(self, page: Page) -> None:
        self.actions_table.work_on(page.canvas)
        page.asked.connect(self.actions_table.trigger)
        page.menu_asked.connect(self._canvas_menu)
        page.field_menu_asked.connect(self._field_menu)
        page.table_menu_asked.connect(self._table_menu)
        page.module_asked.connect(self._go_inside)
        page.out_asked.connect(self._go_out)
        page.wanted.connect(self.bring)
        page.following.shown.connect(self._run_shown)
        page.past_asked.connect(self.show_past)
        page.changed.connect(self._page_changed)
        page.dropping.opened.connect(self.begin_asked)
        page.desk.saved.connect(self.owner.remember)
        page.desk.saved.connect(self._saved)
        page.desk.opened.connect(self._read)
        self.runs.follow(page)
        page.resize(self._stack.size())
        self._stack.addWidget(page)

    def show_file(self, path: Path, loaded: "Loaded") -> None:
        """Show a file just read: in its tab if one waits, in place of a pipeline untouched."""
        page = self.owner.new_page()
        at = self.tab_of(path)
        waiting = self._tabs[at] if at is not None else None
        ahead = waiting.inside if isinstance(waiting, Waiting) else ()
        stale = self.page if at is None and self.page is not None and self.page.untouched else None
        if stale is not None:
            at = self._tabs.index(self.tab_with(stale))
        self.add_tab(Opened(page, ahead), at)
        if stale is not None:
            self.drop(stale)
        else:
            self.drop_waiting(path)
        page.desk.show(path, loaded)
        self._page_changed()
        self._go_on(page)
        self.owner.remember()

    # Into modules and out

    def show_inside(self, path: Path, loaded: "Loaded", outer: Page) -> None:
        """Show the file of a module, just read, in the tab of the page that it stands in."""
        page = self.owner.new_page()
        self.enter(page, outer)
        page.desk.show(path, loaded)
        self._page_changed()
        self._go_on(page)
        self.owner.remember()

    def enter(self, page: Page, outer: Page) -> None:
        """Show a page in the tab of the one that it stands in: a new one, or one of the tab."""
        tab = self.tab_with(outer)
        if page not in tab.pages:
            self._take(page)
        tab.enter(page, outer)
        tab.show_run()
        self._show_current()
        self._page_changed()

    @Slot()
    def _read(self) -> None:
        for tab in self.opened:
            tab.read()

    @Slot()
    def _saved(self) -> None:
        for tab in self.opened:
            told = tab.saved()
            if told:
                tab.shown.status.tell(told)

    @Slot()
    def _run_shown(self) -> None:
        for tab in self.opened:
            tab.show_run()

    def _go_on(self, page: Page) -> None:
        """Go where one was at the last end."""
        tab = self.tab_with(page)
        tab.show_run()
        if tab.ahead:
            path = tab.ahead.pop(0)
            if path.is_file():
                self.owner.enter(path, page, self)
            else:
                tab.ahead.clear()
                page.session.notice(
                    Notice(tr("{name} is gone", name=path.name), tr("It had been open last time."))
                )

    @Slot(object)
    def _go_inside(self, path: Path) -> None:
        if self.page is not None:
            self.tab_with(self.page).ahead.clear()
            self.owner.enter(own_path(path), self.page, self)

    @Slot(object)
    def _go_out(self, depth: int) -> None:
        """Show the page at a place of the way to the one shown; 0 is the outermost."""
        if self.page is not None:
            tab = self.tab_with(self.page)
            tab.go_to(tab.way[depth])
            self._show_current()
            tab.show_run()
            tab.shown.checker.check_now()  # What it holds may have been saved meanwhile.
            self._page_changed()

    @Slot(object)
    def _field_menu(self, place: QPoint) -> None:
        open_menu(self.actions_table, ON_FIELD, place, self)

    @Slot(object)
    def _table_menu(self, place: QPoint) -> None:
        if self.page is not None:
            wanted = ON_TABLE if self.page.connections.chosen else ON_CONNECTION
            open_menu(self.actions_table, wanted, place, self)

    def wait_for(self, path: Path) -> None:
        """Open a file in a tab that stands there already while it is read."""
        at = self.tab_of(path)
        if at is None:
            self._insert(Waiting(path), len(self._tabs))
            at = len(self._tabs) - 1
        self.show_tab(at)

    def drop_waiting(self, path: Path) -> None:
        """Take the tab of a file away that waits."""
        for at, tab in enumerate(self._tabs):
            if isinstance(tab, Waiting) and same(tab.path, path):
                self._remove(at)
                return

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
        if not isinstance(tab, Opened):
            self._remove(at)
            return
        if tab.outer.leaving.needs(tab.inner):
            self.show_tab(at)
        tab.outer.leaving.ask(lambda: self._drop_tab(tab), tab.inner)

    def drop(self, page: Page) -> None:
        """Close the tab of a page without asking."""
        self._drop_tab(self.tab_with(page))

    def _drop_tab(self, tab: Opened) -> None:
        self.release(tab.outer)
        for page in tab.pages:
            self.owner.end(page)

    def release(self, page: Page) -> Opened:
        """Let the tab of a page go, with all its pages: another window may take it, or it ends."""
        tab = self.tab_with(page)
        for each in tab.pages:
            self._let_go(each)
        self._remove(self._tabs.index(tab))
        return tab

    def release_inner(self, page: Page) -> None:
        """Let the page of a module go: another tab takes it."""
        self._let_go(page)
        self.tab_with(page).give(page)
        self._show_current()
        self._name_tabs()

    def _let_go(self, page: Page) -> None:
        self.actions_table.leave(page.canvas)
        page.asked.disconnect(self.actions_table.trigger)
        page.menu_asked.disconnect(self._canvas_menu)
        page.field_menu_asked.disconnect(self._field_menu)
        page.table_menu_asked.disconnect(self._table_menu)
        page.module_asked.disconnect(self._go_inside)
        page.out_asked.disconnect(self._go_out)
        page.wanted.disconnect(self.bring)
        page.following.shown.disconnect(self._run_shown)
        page.past_asked.disconnect(self.show_past)
        page.changed.disconnect(self._page_changed)
        page.dropping.opened.disconnect(self.begin_asked)
        page.desk.saved.disconnect(self.owner.remember)
        page.desk.saved.disconnect(self._saved)
        page.desk.opened.disconnect(self._read)
        self.runs.leave(page)
        if page is self._shown:
            self._leave_shown()
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
        page = tab.shown if isinstance(tab, Opened) else None
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
        if self.page is not None:
            self.tab_with(self.page).compare()
        self.refresh()

    @Slot()
    def _name_tabs(self) -> None:
        names = titles([named(tab) for tab in self._tabs])
        for at, (tab, name) in enumerate(zip(self._tabs, names, strict=True)):
            opened = tab if isinstance(tab, Opened) else None
            unsaved = opened.unsaved if opened is not None else []
            running = opened is not None and opened.running
            text = f"{name} {_MODIFIED}" if unsaved else name
            if self.bar.tabText(at) != text:
                self.bar.setTabText(at, text)
            signs = [_not_saved(tab, unsaved)] if unsaved else []
            signs += ["running"] if running else []
            path = path_of(tab)
            tip = str(path) if path is not None else name
            self.bar.setTabToolTip(at, f"{tip}\n{', '.join(signs)}" if signs else tip)
            self.bar.setAccessibleTabName(at, ", ".join((name, *signs)))
            if running != bool(self.bar.tabData(at)):
                self.bar.setTabData(at, running)
                sign = icon("run", self.owner.theming.theme.success) if running else QIcon()
                self.bar.setTabIcon(at, sign)
            if opened is not None:
                opened.shown.modules.show_way(opened.crumbs(), [p.modified for p in opened.way])

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
        mark = tr(" (read-only)") if page.session.files.read_only else ""
        way = self.tab_with(page).crumbs()
        title = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} ".join(way)
        title = title if page.modules.inside else page.name
        self.setWindowTitle(f"{title}[*]{mark} \N{EN DASH} {_NAME}")
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
        files = [(at, path) for at, tab in enumerate(self._tabs) if (path := path_of(tab))]
        inside = tuple(t.inside for t in self._tabs if t is not None and t.path is not None)
        current = self.bar.currentIndex()
        place = next((i for i, (at, _) in enumerate(files) if at == current), -1)
        return Kept(tuple(p for _, p in files), place, self.saveGeometry(), inside)

    def restore(self, kept: Kept) -> None:
        """Show tabs of the files of last time; only the one looked at is opened."""
        for path in kept.here:
            self._tabs.append(Waiting(path, kept.way_in(path)))
        self.bar.blockSignals(True)
        for _ in self._tabs:
            self.bar.addTab("")
        shown = kept.shown
        self.bar.setCurrentIndex(kept.here.index(shown) if shown is not None else -1)
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


def _not_saved(tab: Tab, unsaved: Sequence[Page]) -> str:
    """Return what of a tab is not saved: modules by their names, the document itself without."""
    inner = [p.session.document.name for p in unsaved if tab is not None and p is not tab.outer]
    outer = [tr("not saved")] if len(inner) < len(unsaved) else []
    return ", ".join([*outer, *(tr("{name} not saved", name=name) for name in inner)])
