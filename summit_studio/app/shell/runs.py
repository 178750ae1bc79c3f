"""What the actions on runs do: a tab's pipeline runs, also while one is inside a module of it.

A run reads modules from their files. What is not saved of them it would not see, so that one is
asked first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Slot

from summit_studio.app.look.words import mark, shown, tr
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.session.there import same
from summit_studio.app.shell.page import Page
from summit_studio.app.shell.saving import Saving, inmost_first
from summit_studio.app.shell.tab import Opened
from summit_studio.core.problems import Severity
from summit_studio.core.suggest import listing

if TYPE_CHECKING:
    from summit_studio.engine.preview import Preview

SAVE = (mark("Save and run"), "save_and_run")
AS_SAVED = (mark("Run as saved"), "run_as_saved")
_OUT = (mark("Back to the pipeline"), "leave_module")
_ANSWERED = frozenset(
    {"go_on", "load_again", "take_over_run", *(act for _, act in (SAVE, AS_SAVED))}
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A run that waits until modules are saved.

    Args:
        tab: Whose pipeline runs.
        start: Begins it.
        told: Where it was said.
        notice: What was said.
    """

    tab: Opened
    start: Callable[[], None]
    told: Session
    notice: Notice


class Tabs(Protocol):
    """A window with tabs, as far as runs need it."""

    @property
    def page(self) -> Page | None:
        """The page that is shown."""

    @property
    def opened(self) -> list[Opened]:
        """All tabs with a document."""

    def tab_with(self, page: Page) -> Opened:
        """Return the tab that a page is in."""

    def refresh(self) -> None:
        """Bring actions up to date."""


class Runs(QObject):
    """Answers the actions on runs in a window, and tells inside of a module how its run goes.

    Args:
        window: What one looks at.
        everywhere: Returns the pages of all windows.
    """

    def __init__(
        self, window: Tabs, everywhere: Callable[[], Sequence[Page]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._everywhere = everywhere
        self._waiting: _Waiting | None = None
        self._heard: dict[Notice, Notice] = {}

    @property
    def page(self) -> Page | None:
        """The page that runs: the outermost of the tab shown."""
        return self._tab.outer if self._window.page is not None else None

    @property
    def waits(self) -> bool:
        """True while a run of the tab shown waits for modules to be saved."""
        page, waiting = self._window.page, self._waiting
        return waiting is not None and page is not None and page in waiting.tab.pages

    @property
    def _tab(self) -> Opened:
        page = self._window.page
        assert page is not None  # noqa: S101 - no action on runs is enabled without
        return self._window.tab_with(page)

    # The actions

    @Slot()
    def on_run(self) -> None:
        """Run the pipeline."""
        self._begin(self._tab.outer.gate.on_run)

    @Slot()
    def on_run_with(self) -> None:
        """Ask for the values of its parameters, and run."""
        self._begin(self._tab.outer.gate.on_run_with)

    @Slot()
    def on_run_pinned(self) -> None:
        """Run on pinned rows."""
        self._begin(self._tab.outer.gate.on_run_pinned)

    @Slot()
    def on_run_to(self) -> None:
        """Run to the chosen node, that of a module too: of several uses the one gone into."""
        tab, page = self._tab, self._tab.shown
        (node_id,) = page.session.selection.nodes
        looked = page.preview.shown
        to = str(looked) if looked is not None and looked.node == node_id else node_id
        self._begin(partial(tab.outer.gate.run_to, tab.prefix + to))

    @Slot()
    def on_run_from(self) -> None:
        """Run the chosen nodes and what follows, on pinned rows of what feeds them."""
        page = self._tab.outer
        chosen = page.session.selection.nodes
        self._begin(partial(page.gate.run_from, chosen, page.pins))

    @Slot()
    def on_go_on(self) -> None:
        """Go on with the unfinished load."""
        self._begin(self._tab.outer.resuming.on_go_on)

    @Slot()
    def on_load_again(self) -> None:
        """Begin the unfinished load anew."""
        self._begin(self._tab.outer.resuming.on_load_again)

    @Slot()
    def on_take_over_run(self) -> None:
        """Run without waiting for another run that seems alive."""
        self._begin(self._tab.outer.resuming.on_take_over_run)

    @Slot()
    def on_rehearse(self) -> None:
        """Rehearse a crash."""
        self._begin(self._tab.outer.dialogs.rehearse)

    @Slot()
    def on_stop(self) -> None:
        """Cancel the run."""
        self._tab.outer.supervisor.cancel()

    @Slot()
    def on_checkpoint(self) -> None:
        """Have the run commit what it has read so far."""
        self._tab.outer.supervisor.checkpoint()

    @Slot()
    def on_save_and_run(self) -> None:
        """Save the modules that a run waits for, and run."""
        tab, waiting = self._tab, self._let_go()

        def saved(left: Sequence[Page]) -> None:
            for page in left[:1]:
                page.leaving.wanted.emit()  # It says why it is not saved.
            if waiting is not None and not left:
                tab.outer.gate.outdate()
                tab.outer.checker.check_now()
                waiting.start()

        Saving(self._unsaved(tab), saved).begin()

    @Slot()
    def on_run_as_saved(self) -> None:
        """Run on what the files of modules hold."""
        waiting = self._let_go()
        if waiting is not None:
            waiting.start()

    def _begin(self, start: Callable[[], None]) -> None:
        """Start a run, unless it would not see what is on the screen: then ask."""
        tab = self._tab
        self._let_go()
        unsaved = self._unsaved(tab)
        if not unsaved:
            start()
            return
        names = listing([p.session.document.name for p in unsaved], 4)
        what = (
            tr("The module {names} is not saved", names=names)
            if len(unsaved) == 1
            else tr("The modules {names} are not saved", names=names)
        )
        detail = tr("A run reads modules from their files and would not see what you changed.")
        notice = Notice(what, detail, Severity.WARNING, *shown(SAVE), more=(shown(AS_SAVED),))
        self._waiting = _Waiting(tab, start, tab.shown.session, notice)
        tab.shown.session.notice(notice)
        self._window.refresh()

    def _let_go(self) -> "_Waiting | None":
        """Forget the run that waits, and take back what was said of it; return it."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.told.withdraw(waiting.notice)
        self._window.refresh()
        return waiting

    def _unsaved(self, tab: Opened) -> list[Page]:
        """Return the modules that the pipeline uses and are not saved, wherever they are open."""
        checked = tab.outer.session.checked
        files = {put_in.file for put_in in checked.modules.values()} if checked is not None else ()
        others = (
            page
            for page in self._everywhere()
            if page not in tab.pages and any(same(page.path, file) for file in files)
        )
        inner = tab.pages[1:]
        return [p for p in (*inmost_first(inner), *others) if p.modified]

    # What is told inside

    def follow(self, page: Page) -> None:
        """Tell of the runs of a page that comes into the window."""
        page.session.noticed.connect(self._noticed)
        page.session.withdrawn.connect(self._withdrawn)
        page.supervisor.started.connect(self._started)
        page.supervisor.showed.connect(self._showed)

    def leave(self, page: Page) -> None:
        """Tell of them no longer."""
        page.session.noticed.disconnect(self._noticed)
        page.session.withdrawn.disconnect(self._withdrawn)
        page.supervisor.started.disconnect(self._started)
        page.supervisor.showed.disconnect(self._showed)
        if self._waiting is not None and page in self._waiting.tab.pages:
            self._waiting = None

    @Slot(object)
    def _noticed(self, notice: Notice) -> None:
        """Say inside of a module what is said of the pipeline around it."""
        page, outer = self._window.page, self.page
        if page is None or outer is None or page is outer:
            return
        if self.sender() is outer.session:
            self._heard[notice] = _inside(notice)
            page.banner.show_notice(self._heard[notice])

    @Slot(object)
    def _withdrawn(self, notice: Notice) -> None:
        heard = self._heard.pop(notice, None)
        for tab in self._window.opened if heard is not None else ():
            for page in tab.pages:
                page.banner.take_back(heard)

    @Slot()
    def _started(self) -> None:
        """Bring the run to the front inside, as the pipeline does outside."""
        page, outer = self._window.page, self.page
        if page is None or outer is None or page is outer:
            return
        if self.sender() is outer.supervisor:
            page.docks.show("run")

    @Slot(object)
    def _showed(self, rows: "Preview") -> None:
        """Show the rows of a node inside of a module that a run went to."""
        for tab in self._window.opened:
            state = tab.outer.supervisor.state
            if tab.outer.supervisor is not self.sender() or state is None or not tab.prefix:
                continue
            node_id = state.to.removeprefix(tab.prefix)
            if state.to.startswith(tab.prefix) and node_id in tab.shown.session.document.nodes:
                tab.shown.docks.show("preview")
                tab.shown.preview.show_ran(node_id, rows)


def _inside(notice: Notice) -> Notice:
    """Return a notice of the pipeline as it is said inside: with what can be done from there."""
    kept = [offer for offer in notice.offers if offer[1] in _ANSWERED]
    if len(kept) == len(notice.offers) and notice.severity is not Severity.ERROR:
        return notice
    first, *more = (*kept, shown(_OUT))
    return replace(notice, action=first[0], act=first[1], more=tuple(more))
