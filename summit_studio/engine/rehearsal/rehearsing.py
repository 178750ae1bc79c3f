"""Runs a rehearsal: once and once more undisturbed, then killed at each step and gone on."""

import contextlib
import random
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Step
from summit_studio.core.errors import SummitError
from summit_studio.core.events import (
    CheckpointCommitted,
    ErrorReport,
    RunFinished,
    RunResumed,
    RunStarted,
    RunStatus,
)
from summit_studio.core.ids import new_run_id
from summit_studio.core.suggest import listing
from summit_studio.engine.child import DIED, ChildRun
from summit_studio.engine.letters import address_of
from summit_studio.engine.rehearsal.counting import Content, Held, compare, filled, unsteady
from summit_studio.engine.rehearsal.leftovers import own_folder
from summit_studio.engine.rehearsal.report import Death, Progress, Report
from summit_studio.engine.rehearsal.setting import Setting, own_schema, set_up
from summit_studio.engine.rehearsal.steps import At, Listing, chosen, epoch_of, in_words
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.state.letter_store import LetterStore
from summit_studio.state.letters import Selection
from summit_studio.state.store import Store

ROWS: Final = 20_000
"""Rows of each source, unless told otherwise."""

_BY_ITSELF: Final = "differs from one undisturbed run to the next"

LETTERS: Final = "dead letters"
_POLL_SECS: Final = 0.1

Told = Callable[[Progress | Death], None]


class Unsteady(SummitError):
    """Two undisturbed runs of a pipeline write other rows, so that nothing can be compared."""

    code = "not_repeatable"


class Disturbed(SummitError):
    """A run of the rehearsal failed that nobody had killed."""

    code = "rehearsal_failed"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run in a child ended.

    Args:
        epoch: The last that a target committed; 0 for none.
        behind: Rows that its targets held when it began.
        ran_secs: Seconds from its beginning to its end.
        died: True if its process was killed before it was recorded that it succeeded.
    """

    finished: RunFinished
    epoch: int = 0
    behind: int = 0
    ran_secs: float = 0.0

    died: bool = False

    @property
    def done(self) -> bool:
        """True if it has succeeded, whether or not it came to tell of it."""
        told = self.finished.status is RunStatus.SUCCEEDED
        return told or (not self.died and _was_killed(self.finished))


def rehearse(
    request: RunRequest,
    *,
    rows: int = ROWS,
    kills: int | None = None,
    same_database: bool = False,
    told: Told = lambda _news: None,
    cancel: CancelToken | None = None,
    catalogue: Catalogue | None = None,
) -> Report:
    """Kill a pipeline at its steps and let it go on, in a sandbox; return what became of rows.

    Its sources are read, for a sample; its targets, checkpoints, state and hooks are not touched.
    A person's code runs.

    Args:
        request: What a run would be asked for.
        rows: Of each source, about.
        kills: How many; by default each kind of step once, and three moments at random.
        same_database: Write tables of a server in a schema of their own there, dropped at the end.
        told: How it goes, on the calling thread.
        cancel: Stops it; nothing is left behind.
        catalogue: The node types as a run in another process finds them.

    Raises:
        InvalidPipeline: The pipeline has problems.
        NothingToRehearse: It has nothing that a crash could harm.
        Unsteady: It writes other rows each time.
        Disturbed: It fails without being killed.
        Cancelled: Someone cancelled.
        SummitError: A source or target cannot be reached.
    """
    token = cancel or CancelToken()
    begun = time.monotonic()
    folder = own_folder()
    try:
        told(Progress("Reading a sample of each source."))
        setting = set_up(
            request,
            catalogue or Catalogue.load(),
            folder / "targets",
            rows,
            own_schema() if same_database else "",
            token,
        )
        stage = _Stage(setting, folder, told, token)
        try:
            report = stage.play(kills)
        finally:
            stage.drop()
        return replace(report, seconds=time.monotonic() - begun)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Stage:
    """Where one rehearsal is played."""

    def __init__(self, setting: Setting, folder: Path, told: Told, cancel: CancelToken) -> None:
        self._setting = setting
        self._folder = folder
        self._state = folder / "state.db"
        # Made once: that takes longer than a short run.
        self._empty = folder / "empty.db"
        Store.open(self._empty).close()
        self._told = told
        self._cancel = cancel
        self._without: dict[str, frozenset[str]] = {}
        self._chance = random.Random()  # noqa: S311 - no secret

    def play(self, kills: int | None) -> Report:
        """Run undisturbed, then kill again and again."""
        steps = Listing(self._folder / "steps")
        self._told(Progress("Running undisturbed."))
        self._undisturbed(steps)
        first = self._contents()
        self._told(Progress("Running undisturbed once more, to see what differs by itself."))
        secs = self._undisturbed(None).ran_secs
        notes = self._learn(first, self._contents())
        want = self._held(first)
        plan = chosen(steps.labels(), kills, self._chance)
        deaths = []
        for number, label in enumerate(plan):
            where = in_words(label, self._setting.titles) if label else "a moment at random"
            self._told(Progress(f"Killing it: {where}.", number, len(plan)))
            death = self._kill(label, self._chance.uniform(0, secs), want)
            deaths.append(death)
            self._told(death)
        return self._report(tuple(deaths), notes, first)

    def drop(self) -> None:
        """Remove what stands outside of the folder."""
        for stand_in in self._setting.stand_ins.values():
            if stand_in.drop is not None:
                with contextlib.suppress(SummitError):
                    stand_in.drop()

    def _undisturbed(self, step: Step | None) -> Ended:
        self._clear()
        ended = self._run(step)
        report = ended.finished.error
        if ended.finished.status is not RunStatus.SUCCEEDED:
            raise _disturbed(self._setting.request.document.name, report)
        return ended

    def _kill(self, label: str | None, moment_secs: float, want: Held) -> Death:
        self._clear()
        first = self._run(At(label)) if label else self._run(None, moment_secs)
        # One that had ended has nothing left to go on with: the next would be another load.
        second = self._run(None) if first.died else first
        good = second.done
        lost, doubled, wrong = compare(want, self._held(self._contents())) if good else (0, 0, 0)
        epoch = epoch_of(label) if label else first.epoch
        return Death(
            in_words(label, self._setting.titles) if label else "a moment at random",
            label,
            epoch or None,
            first.died,
            second.behind,
            second.finished.seconds,
            lost,
            doubled,
            wrong,
            "" if good else _said(second.finished.error),
        )

    def _run(self, step: Step | None, kill_after_secs: float | None = None) -> Ended:
        """Run in a child to its end, or until it has run for so many seconds.

        Raises:
            Cancelled: Someone cancelled.
        """
        request = replace(self._setting.request, run_id=new_run_id(), step=step)
        child = ChildRun(request, self._state)
        epoch = behind = 0
        begun: float | None = None
        child.start()
        try:
            while True:
                for event in child.poll(_POLL_SECS if kill_after_secs is None else 0.01):
                    if isinstance(event, RunStarted):
                        begun = time.monotonic()
                    elif isinstance(event, RunResumed):
                        behind = sum(event.rows.values())
                    elif isinstance(event, CheckpointCommitted):
                        epoch = max(epoch, event.epoch)
                    elif isinstance(event, RunFinished):
                        self._cancel.check()
                        ran = time.monotonic() - begun if begun is not None else 0.0
                        return Ended(event, epoch, behind, ran, self._died(event))
                self._cancel.check()
                over = begun is not None and kill_after_secs is not None
                if over and time.monotonic() - (begun or 0.0) >= (kill_after_secs or 0.0):
                    child.kill()
        finally:
            child.close()

    def _died(self, finished: RunFinished) -> bool:
        if not _was_killed(finished):
            return False
        # It may have been killed between its last record and telling of it.
        with Store.open(self._state) as store:
            known = store.run(finished.run_id)
        return known is None or known.run.status != RunStatus.SUCCEEDED.value

    def _clear(self) -> None:
        """Remove all that runs have written."""
        shutil.rmtree(self._setting.context.workspace.aside or self._folder, ignore_errors=True)
        (self._folder / "targets").mkdir(parents=True, exist_ok=True)
        for file in self._folder.glob(f"{self._state.name}*"):
            file.unlink()
        shutil.copy(self._empty, self._state)
        stand_ins = self._setting.stand_ins.values()
        for remove in [s.drop for s in stand_ins if s.drop is not None]:
            remove()
        for make in [s.make for s in stand_ins if s.make is not None]:
            make()

    def _contents(self) -> dict[str, Content]:
        """Return what a reader finds in each target, and which dead letters there are."""
        setting = self._setting
        found = {i: Content(node.read_target(setting.context)) for i, node in setting.sinks.items()}
        letters = self._letters()
        return found | ({} if letters is None else {LETTERS: letters})

    def _letters(self) -> Content | None:
        if not self._state.exists():
            return None
        import pyarrow as pa

        with LetterStore.open(self._state) as store:
            known = store.letters(address_of(self._setting.request), Selection())
        names = ("node_id", "source", "column", "raw_value", "code", "message")
        columns = {n: pa.array([getattr(one, n) for one in known], pa.string()) for n in names}
        return Content([pa.table(columns)])

    def _learn(
        self, first: Mapping[str, Content], second: Mapping[str, Content]
    ) -> tuple[str, ...]:
        """Leave out of every comparison what differs by itself; return what a reader should know.

        Raises:
            Unsteady: Rows do.
        """
        notes = []
        for target, content in first.items():
            columns = unsteady(content, second[target])
            title = self._setting.titles.get(target, target)
            if columns is None:
                raise Unsteady(
                    f"Nothing can be told of '{title}'",
                    why="two undisturbed runs wrote other rows: something in the pipeline goes by "
                    "chance, by the clock, or by data that changes meanwhile",
                    do="rehearse with data that stands still, or look at the code of the pipeline",
                )
            own = filled(content, self._setting.handed.get(target, content.columns))
            self._without[target] = columns | own
            for names, why in ((own, "the target fills by itself"), (columns - own, _BY_ITSELF)):
                if names:
                    listed = listing([f"'{name}'" for name in sorted(names)])
                    notes.append(f"Not compared in '{title}': {listed}, which {why}.")
        return tuple(notes)

    def _held(self, contents: Mapping[str, Content]) -> Held:
        return {t: c.counted(self._without.get(t, frozenset())) for t, c in contents.items()}

    def _report(
        self, deaths: tuple[Death, ...], notes: tuple[str, ...], contents: Mapping[str, Content]
    ) -> Report:
        setting = self._setting
        targets = tuple(
            replace(t, rows=contents[t.delivered.sink].rows) if t.rehearsed else t
            for t in setting.targets
        )
        sources = {setting.titles[i]: rows for i, rows in setting.sources.items()}
        return Report(setting.request.document.name, sources, targets, deaths, notes)


def _was_killed(finished: RunFinished) -> bool:
    return finished.error is not None and finished.error.code == DIED


def _said(report: ErrorReport | None) -> str:
    if report is None:
        return ""
    return ". ".join(
        part for part in (report.what, f"Why: {report.why}" if report.why else "") if part
    )


def _disturbed(name: str, report: ErrorReport | None) -> SummitError:
    if report is None:
        return Disturbed(f"'{name}' did not run to its end", why="it was cancelled")
    return Disturbed(
        f"'{name}' fails without being killed: {report.what}",
        why=report.why,
        do=report.do or "make it run first",
        where=report.where,
        code=Disturbed.code,
    )
