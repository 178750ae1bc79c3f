"""The dead letters of the open pipeline: asked for and changed away from the UI thread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.letter_words import (
    Outcome,
    discarded,
    edited,
    exported,
    failure,
    retried,
    tried,
)
from summit_studio.app.session.running import request_of
from summit_studio.app.session.session import Session
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, SummitError
from summit_studio.state.letters import SHOWN, LetterStatus, Selection

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.engine.dead_letters import DeadLetters
    from summit_studio.engine.request import RunRequest
    from summit_studio.state.letters import Letter, LetterGroup

    Change = Callable[[pa.Table], pa.Table]


@dataclass(frozen=True, slots=True)
class Overview:
    """What letters there are.

    Args:
        status: The state whose groups these are.
        groups: The biggest first.
        totals: Letters by state.
        open_by_node: Open letters by the node that rejected them.
    """

    status: LetterStatus
    groups: "tuple[LetterGroup, ...]" = ()
    totals: Mapping[LetterStatus, int] = field(default_factory=dict)
    open_by_node: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Some letters of a group with their rows.

    Args:
        letters: In the order asked for; those that are gone are left out.
        rows: Their rows.
        edited: What the edit would make of them; None without one, or where it fails.
        sets: The columns that the edit sets.
        error: Why it fails.
    """

    letters: "tuple[Letter, ...]"
    rows: Sequence[Mapping[str, Any]]
    edited: Sequence[Mapping[str, Any]] | None = None
    sets: tuple[str, ...] = ()
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Letters whose rows are looked at.

    Args:
        at: The page that they are.
        ids: Their numbers.
        node_id: Who rejected them.
        text: The edit to look at; empty for none.
        version: What is shown counts up; what comes of an older one is dropped.
    """

    at: int
    ids: Sequence[int]
    node_id: str
    text: str
    version: int


@dataclass(slots=True)
class _Mender:
    """The last edit that was looked at; kept on the reading thread."""

    key: tuple[str, str, object] | None = None
    change: "Change | None" = None


class LetterDesk(QObject):
    """Stands between the dead letters and what shows them.

    `overviewed` carries an Overview; `unreadable` what was raised where there is none. `told`
    carries the Outcome of what was done; `busy_changed` is sent when something begins or ends that
    must be waited for.
    """

    overviewed = Signal(object)
    unreadable = Signal(object)
    told = Signal(object)
    busy_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reading = Background("letters", self)
        self._working = Background("mending", self)
        self._mender = _Mender()
        self._asked = 0
        self._cancel: CancelToken | None = None
        self.status = LetterStatus.OPEN
        self.doing = ""

    @property
    def cancellable(self) -> bool:
        """True while something is done that can be cancelled."""
        return self._cancel is not None

    @property
    def cancelling(self) -> bool:
        """True once what is done was cancelled, until it has ended."""
        return self._cancel is not None and self._cancel.cancelled

    def close(self) -> None:
        """Cancel what is done and stop; waits for it."""
        self.cancel()
        self._working.close()
        self._reading.close()

    def cancel(self) -> None:
        """Ask what is done to stop."""
        if self._cancel is not None:
            self._cancel.cancel()
            self.busy_changed.emit()

    def refresh(self, status: LetterStatus | None = None) -> None:
        """Ask what letters there are; of another state than before, if one is given."""
        self.status = shown = status or self.status
        self._asked = asked = self._asked + 1
        request = request_of(self._session, to_look=True)
        self._reading.submit(
            Job(
                lambda: _overview(partial(self._opened, request), shown),
                lambda found: self._latest(asked, self.overviewed, found),
                lambda error: self._latest(asked, self.unreadable, error),
                wanted=lambda: asked == self._asked,
            )
        )

    def _latest(self, asked: int, signal: Any, value: object) -> None:
        if asked == self._asked:
            signal.emit(value)

    def ask_ids(self, selection: Selection, done: Callable[[tuple[int, ...]], None]) -> None:
        """Ask which letters a selection holds."""
        request = request_of(self._session, to_look=True)

        def work() -> tuple[int, ...]:
            with self._opened(request) as letters:
                return letters.ids(selection)

        self._reading.submit(Job(work, done, self.unreadable.emit))

    def ask_page(
        self, wanted: Wanted, done: Callable[[Page], None], still: Callable[[], bool]
    ) -> None:
        """Ask for letters with their rows, and what an edit would make of these.

        Args:
            wanted: Which.
            done: Called with them.
            still: Asked on the reading thread whether they are still wanted.
        """
        request = request_of(self._session, to_look=True)

        def work() -> Page:
            with self._opened(request) as letters:
                packets = list(letters.packets(Selection(ids=wanted.ids, status=None)))
                page = Page(
                    tuple(letter for some, _ in packets for letter in some),
                    [row for _, table in packets for row in table.to_pylist()],
                )
                if not wanted.text:
                    return page
                try:
                    return self._look(letters, request, wanted, page, [t for _, t in packets])
                except SummitError as error:
                    return replace(page, error=error)

        self._reading.submit(Job(work, done, self.unreadable.emit, still))

    def _look(
        self,
        letters: "DeadLetters",
        request: "RunRequest",
        wanted: Wanted,
        page: Page,
        tables: "Sequence[pa.Table]",
    ) -> Page:
        """Return a page with what an edit would make of it. Reading thread only."""
        from summit_studio.engine.mending import assignments

        mender, key = self._mender, (wanted.text, wanted.node_id, request.document)
        if mender.change is None or mender.key != key:
            mender.change, mender.key = letters.mender(wanted.text, wanted.node_id), key
        edited = [mender.change(table) for table in tables]
        names = dict.fromkeys(name for table in edited for name in table.column_names)
        folded = {name.casefold() for name in assignments(wanted.text)}
        sets = tuple(name for name in names if name.casefold() in folded)
        rows = [row for table in edited for row in table.to_pylist()]
        return replace(page, edited=rows, sets=sets)

    def edit(self, text: str, selection: Selection) -> None:
        """Change rows."""
        self._do(tr("Changing…"), lambda letters: edited(letters.edit(text, selection)))

    def try_(self, selection: Selection) -> None:
        """Tell what would become of letters that went in now."""
        titles, token = self._titles(), CancelToken()
        self._do(
            tr("Trying…"), lambda letters: tried(letters.try_(selection, token), titles), token
        )

    def retry(self, selection: Selection) -> None:
        """Let letters go in again."""
        token = CancelToken()
        self._do(
            tr("Retrying…"), lambda letters: retried(letters.retry(selection, (), token)), token
        )

    def discard(self, selection: Selection) -> None:
        """Let letters go."""
        self._do(tr("Discarding…"), lambda letters: discarded(letters.discard(selection)))

    def export(self, path: Path, selection: Selection) -> None:
        """Write letters as JSON lines; a file that is there was asked about."""
        self._do(
            tr("Exporting…"),
            lambda letters: exported(letters.export(path, selection, overwrite=True), path),
        )

    def _titles(self) -> dict[str, str]:
        return {i: self._session.title_of(i) for i in self._session.document.nodes}

    def _do(
        self,
        doing: str,
        work: "Callable[[DeadLetters], Outcome]",
        cancel: CancelToken | None = None,
    ) -> None:
        if self.doing:
            return
        try:
            self._session.files.to_run()
        except SummitError as error:
            self.told.emit(failure(error))
            return
        self.doing, self._cancel = doing, cancel
        self.busy_changed.emit()
        request = request_of(self._session)

        def opened() -> Outcome:
            with self._opened(request) as letters:
                return work(letters)

        self._working.submit(Job(opened, self._done, self._failed))

    def _done(self, outcome: Outcome) -> None:
        self.doing, self._cancel = "", None
        self.busy_changed.emit()
        self.told.emit(outcome)
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._done(Outcome(tr("Cancelled.")) if isinstance(error, Cancelled) else failure(error))

    def _opened(self, request: "RunRequest") -> "DeadLetters":
        from summit_studio.engine.dead_letters import DeadLetters

        return DeadLetters(request, self._session.catalogue)


def _overview(opened: "Callable[[], DeadLetters]", status: LetterStatus) -> Overview:
    from summit_studio.state.engine import default_place

    place = default_place()
    if isinstance(place, Path) and not place.exists():
        return Overview(status)  # Looking is no reason to make one.
    with opened() as letters:
        groups = letters.groups(Selection(status=status))
        opens = groups if status is LetterStatus.OPEN else letters.groups()
        totals = {each: letters.count(Selection(status=each)) for each in SHOWN}
    by_node: dict[str, int] = {}
    for group in opens:
        by_node[group.node_id] = by_node.get(group.node_id, 0) + group.letters
    return Overview(status, groups, totals, by_node)
