"""The editor: all its windows, and what they share."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QFileDialog

from summit_studio.app.look.screens import room_at
from summit_studio.app.look.words import tr
from summit_studio.app.session.bridge import Bridge
from summit_studio.app.session.examples import own_path
from summit_studio.app.session.files import opened_kinds
from summit_studio.app.session.recovery import left_behind
from summit_studio.app.session.session import Notice, Session, start_folder
from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.editor_window import EditorWindow
from summit_studio.app.shell.keymap import Keymap
from summit_studio.app.shell.looking_back import looking_back
from summit_studio.app.shell.opening import Opening
from summit_studio.app.shell.page import Page
from summit_studio.app.shell.restoring import Kept, written
from summit_studio.app.shell.restoring import read as kept_in
from summit_studio.app.shell.saving import Saving, inmost_first
from summit_studio.app.shell.tab_actions import TabActions
from summit_studio.app.shell.theming import Theming
from summit_studio.app.shell.tour import Guide
from summit_studio.core.problems import Severity
from summit_studio.core.suggest import listing
from summit_studio.document.text import Loaded
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.state.lock import Lock
from summit_studio.workspace.trust import config_folder

_SIZE = (1600, 1000)
_STEP = 32


class Editor(QObject):
    """Opens documents in windows, each once, and ends what is left of those that are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.settings = Settings()
        self.theming = Theming(self.settings, self)
        self.keymap = Keymap(config_folder() / "keys.json", self)
        self.theming.take(self.theming.theme)
        self.windows: list[EditorWindow] = []
        self._catalogue = Catalogue.load()
        self._opening = Opening(self)
        self.ending: list[Page] = []
        self._lock = Lock(config_folder() / "session.lock", secrets.token_hex(6))
        self._keeps = False

    # Windows and pages

    def new_window(
        self, geometry: QByteArray | None = None, near: EditorWindow | None = None
    ) -> EditorWindow:
        """Return a new window, where it is remembered to have stood or a step beside another."""
        window = EditorWindow(self)
        window.answer_by(TabActions(window), EditorActions(self, window), Guide(window))
        kept = self.settings.window("geometry") if geometry is None else geometry
        if near is not None:
            window.resize(near.size())
            window.move(near.x() + _STEP, near.y() + _STEP)
        elif kept is None or not window.restoreGeometry(kept):
            area = room_at(window.geometry().center())
            window.resize(min(_SIZE[0], area.width()), min(_SIZE[1], area.height()))
        self.windows.append(window)
        self.remember()
        return window

    @property
    def pages(self) -> list[Page]:
        """The pages of all windows, those of modules too."""
        return [page for window in self.windows for page in window.pages]

    def new_session(self) -> Session:
        """Return what a document is kept in: an empty one, of its own."""
        return Session(Bridge(), self._catalogue, self.theming.theme)

    def new_page(self) -> Page:
        """Return a page that shows nothing yet."""
        return Page(self.new_session(), self.settings, self.theming)

    @property
    def active(self) -> EditorWindow:
        """The window that people work in."""
        active = QApplication.activeWindow()
        return next((w for w in self.windows if w is active), self.windows[0])

    def tell(self, notice: Notice) -> None:
        """Say something in the window that people work in."""
        if self.windows:
            self.active.tell(notice)

    # Opening

    def open(self, path: Path, window: EditorWindow, at: int | None = None) -> None:
        """Bring a file to the front, opened where it is not; a fault leaves all as it is.

        Args:
            path: The file.
            window: Where it is opened.
            at: The tab in whose place it comes; None for a new one.
        """
        own = own_path(path)
        if at is None and self.bring(own):
            return
        if at is not None and self._shown_in(own) is not None:
            window.drop_waiting(own)  # Somebody went into it from another tab meanwhile.
            self.bring(own)
            return

        def done(found: Path, loaded: Loaded) -> None:
            if window in self.windows:
                window.show_file(found, loaded)

        def failed(error: Exception) -> None:
            if window in self.windows:
                window.drop_waiting(own)
                window.tell(Notice.of(error))

        self._opening.begin(path, own, window, done, failed)

    def enter(self, path: Path, outer: Page, window: EditorWindow) -> None:
        """Go into a module in the tab of a page that it stands in; a fault leaves all as it is.

        A file is one page: one that was gone into from elsewhere comes here, with its undo; one
        that is open in a tab of its own is brought to the front there.

        Args:
            path: The module's file.
            outer: The page that the module stands in.
            window: Where that is.
        """
        own = own_path(path)
        found = self._shown_in(own)
        if found is not None:
            there, page = found
            if page in window.pages and window.tab_with(page) is window.tab_with(outer):
                window.enter(page, outer)
            elif page is there.tab_with(page).outer:
                there.bring(page)
            else:
                there.release_inner(page)
                window.enter(page, outer)
            return

        def done(found: Path, loaded: Loaded) -> None:
            if outer in window.pages and self._shown_in(own) is None:
                window.show_inside(found, loaded, outer)

        def failed(error: Exception) -> None:
            if window in self.windows:
                window.tell(Notice.of(error))

        self._opening.begin(path, own, window, done, failed)

    def give_up_opening(self) -> None:
        """Wait no longer for files whose folders do not answer; their tabs go."""
        for path in self._opening.give_up():
            for window in self.windows:
                window.drop_waiting(path)

    def _shown_in(self, path: Path) -> tuple[EditorWindow, Page] | None:
        """Return the page that shows a file, and its window."""
        pages = ((w, w.page_of(path)) for w in self.windows)
        return next(((w, page) for w, page in pages if page is not None), None)

    def bring(self, path: Path) -> bool:
        """Bring the tab of a file to the front; return False where there is none."""
        found = self._shown_in(path)
        if found is not None:
            window, page = found
            window.bring(page)
            return True
        for window in self.windows:
            at = window.tab_of(path)
            if at is not None:
                window.show_tab(at)
                window.raise_()
                window.activateWindow()
                return True
        return False

    def move_to_new_window(self, page: Page, window: EditorWindow) -> None:
        """Take a page out of its window into one of its own."""
        docks = page.docks.state()
        tab = window.release(page)
        other = self.new_window(near=window)
        other.docks_state = docks
        other.show()
        other.add_tab(tab)
        other.activateWindow()

    # The last session, and what it left

    def restore(self) -> None:
        """Open the windows of the last end, if another editor does not have them open."""
        first = self._lock.take() is None
        windows = kept_in(self.settings.session) if first and self.settings.restores else []
        for kept in windows or [Kept()]:
            self.new_window(kept.geometry).restore(kept)
        self._keeps = first
        gone = [p.name for kept in windows for p in kept.files if p not in kept.here]
        if gone:
            what = (
                tr("{gone} is gone", gone=gone[0])
                if len(gone) == 1
                else tr("{count} files are gone", count=len(gone))
            )
            text = tr("{what} that had been open last time", what=what)
            self.tell(Notice(text, ", ".join(gone) if len(gone) > 1 else ""))
        if self.keymap.notice is not None:
            self.tell(self.keymap.notice)

    @Slot()
    def remember(self) -> None:
        """Keep what is open for the next start."""
        if self._keeps:
            self.settings.session = written(w.kept() for w in self.windows)

    @Slot()
    def look_back(self) -> None:
        """Offer what an unclean end left behind, and the runs that went on by themselves."""
        notice = looking_back(self._is_open)
        if notice is not None:
            self.windows[0].news.show_notice(notice)

    def recover(self, window: EditorWindow) -> None:
        """Show everything that was left unsaved, each in a tab of its own; open files show it."""
        for leftover in left_behind():
            if leftover.file is not None:
                if not self._is_open(Path(leftover.file)):
                    self.open(Path(leftover.file), window)
            else:
                page = self.new_page()
                window.add(page)
                page.desk.recover(leftover)

    def show_runs(self, window: EditorWindow) -> None:
        """Show every run that was let go and is not shown yet, each with its pipeline."""
        from summit_studio.engine.run_log import detached_runs, head_of

        shown = 0
        for log in detached_runs():
            head = head_of(log)
            if head is None or (head.file is not None and self._is_open(head.file)):
                continue
            shown += 1
            if head.file is not None and head.file.is_file():
                self.open(head.file, window)
            else:
                page = self.new_page()
                window.add(page)
                page.desk.show_unsaved(head.document)
                page.found_runs.follow(log, head)
        if not shown:
            window.tell(
                Notice(tr("No run went on by itself"), tr("Those of open pipelines are shown."))
            )

    def _is_open(self, path: Path) -> bool:
        return any(w.tab_of(path) is not None for w in self.windows)

    # Ending

    def close_when_asked(self, windows: list[EditorWindow]) -> None:
        """Close windows once every page in them may be left; one answer 'Cancel' keeps all."""
        tabs = [(w, t) for w in windows for t in w.opened if t.outer.leaving.needs(t.inner)]

        def ask() -> None:
            if tabs:
                window, tab = tabs.pop(0)
                window.bring(tab.shown)
                tab.outer.leaving.ask(ask, tab.inner)
            else:
                self._close(windows)

        ask()

    def _close(self, windows: list[EditorWindow]) -> None:
        if len(windows) == len(self.windows):
            self.remember()  # As it is now; the windows that close one by one are no news.
            self._keeps = False
        for window in windows:
            window.leave()

    def closed(self, window: EditorWindow) -> None:
        """Forget a window that closes, and end its pages: at once where it is the last."""
        if window not in self.windows:
            return
        self.windows.remove(window)
        for page in window.give_up():
            self.end(page)
        if self.windows:
            self.remember()
        else:
            self.shut_down()

    def end(self, page: Page) -> None:
        """End a page that was left. A run that is stopped is waited for behind the scenes."""
        supervisor = page.supervisor
        if page.leaving.goes_on:
            supervisor.detach()
        elif supervisor.running:
            supervisor.ended.connect(self._ended, Qt.ConnectionType.QueuedConnection)
            self.ending.append(page)
            supervisor.cancel()
            return
        page.shut_down()
        page.deleteLater()

    @Slot()
    def _ended(self) -> None:
        for page in [p for p in self.ending if not p.supervisor.running]:
            self.ending.remove(page)
            page.shut_down()
            page.deleteLater()

    def shut_down(self) -> None:
        """End every page and worker, and wait for them; nothing is asked."""
        for page in [*self.ending, *self.pages]:
            page.shut_down()
        self.ending.clear()
        self._opening.close()
        self._lock.release()
        self.settings.flush()


class EditorActions(QObject):
    """What the actions do that concern more than one window, or files not open yet.

    Args:
        editor: Has all windows.
        window: The one whose actions these are.
    """

    def __init__(self, editor: Editor, window: EditorWindow) -> None:
        super().__init__(window)
        self._editor = editor
        self._window = window
        window.begin_asked.connect(self.begin)

    @Slot(object)
    def begin(self, target: Any) -> None:
        """Do what the welcome page was asked for: a path, "new", "open" or "tour"."""
        if isinstance(target, Path):
            self._editor.open(target, self._window)
        elif target == "new":
            self._window.new()
        elif target == "tour":
            self._window.actions_table.trigger("tour")
        else:
            self.on_open()

    @Slot()
    def on_save_all(self) -> None:
        """Save every changed document, modules before what holds them."""
        looked_at = self._window.page
        tabs = [tab for window in self._editor.windows for tab in window.opened]
        pages = [p for tab in tabs for p in inmost_first(tab.pages) if _to_save(p)]

        def ended(left: Sequence[Page]) -> None:
            if looked_at is not None and looked_at in self._editor.pages:
                self._window.bring(looked_at)
            failed = [p.name for p in left if p.path is not None]
            if failed:
                detail = tr("Its tab says why.") if len(failed) == 1 else tr("Their tabs say why.")
                text = tr("{names} could not be saved", names=listing(failed, 4))
                self._window.tell(Notice(text, detail, Severity.WARNING))
            elif looked_at is not None:
                looked_at.status.tell(_saved(len(saving.saved)))

        saving = Saving(pages, ended)
        saving.begin()

    @Slot()
    def on_new_window(self) -> None:
        """Open another window."""
        self._editor.new_window(near=self._window).show()

    @Slot()
    def on_open(self) -> None:
        """Ask for files and open them."""
        page = self._window.page
        recent = self._editor.settings.recent
        folder = recent[0].parent if recent else start_folder()
        if page is not None and (page.path is not None or not recent):
            folder = page.session.working_folder
        names, _ = QFileDialog.getOpenFileNames(
            self._window, tr("Open pipelines or data"), str(folder), opened_kinds()
        )
        self._window.begin_with([Path(name) for name in names])

    @Slot()
    def on_give_up_opening(self) -> None:
        """Wait no longer for files that do not come."""
        self._editor.give_up_opening()

    @Slot()
    def on_recover(self) -> None:
        """Show what was never saved."""
        self._editor.recover(self._window)

    @Slot()
    def on_let_go_runs(self) -> None:
        """Show the runs that went on by themselves."""
        self._editor.show_runs(self._window)

    @Slot(bool)
    def on_restore_session(self, restores: bool) -> None:  # noqa: FBT001 - as Qt calls it
        """Open at the next start what is open at the end, or do not."""
        self._editor.settings.restores = restores
        for window in self._editor.windows:
            window.actions_table.check("restore_session", on=restores)

    @Slot()
    def on_quit(self) -> None:
        """Close every window."""
        self._editor.close_when_asked(list(self._editor.windows))

    @Slot()
    def on_move_tab(self) -> None:
        """Give the document a window of its own."""
        page = self._window.page
        if page is not None:
            self._editor.move_to_new_window(page, self._window)


def _to_save(page: Page) -> bool:
    """Return True of a page that is saved with all: what another window took over is not."""
    return not page.session.files.read_only


def _saved(count: int) -> str:
    if not count:
        return tr("Everything was saved already.")
    return tr("One document saved.") if count == 1 else tr("{count} documents saved.", count=count)
