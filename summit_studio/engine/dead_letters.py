"""The dead letters of a pipeline: look at them, mend them, and let them go in again."""

import contextlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Checkpoint, Claim, Progress, SinkKey, Stage
from summit_studio.core.errors import Cancelled, SummitError
from summit_studio.core.events import Event, RowsRejected, RunFinished, RunStatus
from summit_studio.core.ids import new_run_id
from summit_studio.core.process import own_name
from summit_studio.core.schema import to_arrow
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import PortRef
from summit_studio.engine.design import design_context
from summit_studio.engine.launch import History, run_plan
from summit_studio.engine.letters import address_of
from summit_studio.engine.lineage import checkpoints_of
from summit_studio.engine.mending import CannotEdit, assignments, change
from summit_studio.engine.processed import tracked, tracks_keys
from summit_studio.engine.reentry import CannotReenter, behind, entry_of, reentry, targets_of
from summit_studio.engine.request import RunRequest
from summit_studio.engine.run import Listener, Run
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import RunContext, SinkNode
from summit_studio.nodes.letters import LetterSink
from summit_studio.planning.check import Checked, check
from summit_studio.planning.plan import InvalidPipeline, Plan
from summit_studio.planning.settings import settings_of
from summit_studio.state.letter_store import LetterStore, Rejection
from summit_studio.state.letters import (
    ADDED,
    Letter,
    LetterGroup,
    LetterStatus,
    Selection,
    shape_of,
)
from summit_studio.state.processed import KeyStore

if TYPE_CHECKING:
    import pyarrow as pa

TRIAL_ROWS = 20
"""Rows that a trial shows of what would reach each sink."""


class UnknownLetters(SummitError):
    """A group, a node or a letter that there is not."""

    code = "letters_unknown"


@dataclass(frozen=True, slots=True)
class Again:
    """Why letters would be rejected once more.

    Args:
        message: Its shape, without values.
    """

    node_id: str
    code: str
    column: str | None
    message: str
    letters: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of letters that went in now. Nothing was written.

    Args:
        letters: How many were tried.
        reached: Rows that would be handed to each sink, by its id; what its target would say of
            them only a retry can tell.
        rows: The first of them.
        again: Why others would be rejected once more.
    """

    letters: int
    reached: Mapping[str, int]
    rows: Mapping[str, "pa.Table"]
    again: Sequence[Again]


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of letters that went in again.

    Args:
        through: Letters that went through.
        again: Letters that were rejected once more, and are open.
        released: Letters of runs that failed before they wrote anything, and are open.
        failed: How those runs failed.
    """

    through: int = 0
    again: int = 0
    released: int = 0
    failed: Sequence[str] = field(default_factory=tuple)


class DeadLetters:
    """The dead letters of one pipeline in one environment. Use it in a `with` block, or close it.

    Args:
        request: As for a run of the pipeline.
        catalogue: The node types; by default all that are installed.
        store: Where letters are kept; by default in the state database.
    """

    def __init__(
        self,
        request: RunRequest,
        catalogue: Catalogue | None = None,
        store: LetterStore | None = None,
    ) -> None:
        self._request = request
        self._catalogue = catalogue
        self._store = store or LetterStore.open()
        self._address = address_of(request)
        self._keys: KeyStore | None = None

    def close(self) -> None:
        """Close the store."""
        self._store.close()
        if self._keys is not None:
            self._keys.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def groups(self, selection: Selection | None = None) -> tuple[LetterGroup, ...]:
        """Return how letters fall into groups that are alike, the biggest first."""
        return self._store.groups(self._address, selection or Selection())

    def letters(
        self, selection: Selection | None = None, limit: int | None = None
    ) -> tuple[Letter, ...]:
        """Return letters, oldest first."""
        return self._store.letters(self._address, selection or Selection(), limit)

    def count(self, selection: Selection | None = None) -> int:
        """Return how many letters there are."""
        return self._store.count(self._address, selection or Selection())

    def require_known(self, selection: Selection) -> None:
        """Refuse a selection that names a group, a node or a letter that there is not.

        Raises:
            UnknownLetters: It does.
        """
        groups = self.groups(Selection(status=None))
        named = {g.group for g in groups}
        nodes = {*self._request.document.nodes, *(g.node_id for g in groups)}
        for kind, wanted, known in (
            ("group", selection.groups, named),
            ("node", [selection.node_id] if selection.node_id else [], nodes),
        ):
            for name in wanted:
                if name not in known:
                    raise _unknown(f"{kind} '{name}'", did_you_mean(name, sorted(known)))
        if selection.ids:
            there = set(self.ids(Selection(ids=selection.ids, status=None)))
            for letter_id in selection.ids:
                if letter_id not in there:
                    raise _unknown(f"dead letter {letter_id}", None)

    def ids(self, selection: Selection | None = None) -> tuple[int, ...]:
        """Return the numbers of letters, oldest first."""
        return self._store.ids(self._address, selection or Selection())

    def packets(
        self, selection: Selection | None = None
    ) -> Iterator[tuple[tuple[Letter, ...], "pa.Table"]]:
        """Yield letters and their rows, in the same order, oldest first; rows of one schema."""
        chosen = selection or Selection()
        for ids, found in self._store.rows(self._address, chosen):
            rows = found
            letters = self._store.letters(self._address, Selection(ids=ids, status=None))
            if len(letters) < len(ids):  # Somebody has just pruned some.
                left = {letter.letter_id for letter in letters}
                rows = rows.take([at for at, known in enumerate(ids) if known in left])
            yield letters, rows

    def entries(self, selection: Selection | None = None) -> Iterator[dict[str, Any]]:
        """Yield letters with their rows, as plain values, oldest first."""
        for letters, rows in self.packets(selection):
            for letter, row in zip(letters, rows.to_pylist(), strict=True):
                yield _plain(letter) | {"row": row}

    def export(
        self, path: Path, selection: Selection | None = None, *, overwrite: bool = False
    ) -> int:
        """Write letters with their rows as JSON lines; return how many.

        Raises:
            SummitError: The file cannot be written, or is there and not to be written over.
        """
        count = 0
        try:
            with path.open("w" if overwrite else "x", encoding="utf-8") as file:
                for entry in self.entries(selection):
                    file.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")
                    count += 1
        except OSError as error:
            raise SummitError(
                f"Cannot write {path}",
                why=(error.strerror or type(error).__name__).lower(),
                do="name a file that is not there yet"
                if isinstance(error, FileExistsError)
                else "name a file that can be written",
                code="usage",
            ) from None
        return count

    def rows(self, selection: Selection | None = None) -> Iterator["pa.Table"]:
        """Yield the rows of letters, as they would go in again; of one schema each."""
        for _, rows in self._store.rows(self._address, selection or Selection()):
            yield rows

    def add(
        self, node_id: str, record: Mapping[str, Any], error: str, source: str | None = None
    ) -> None:
        """Keep a row as a letter of a node that a person's own program could not deliver.

        Args:
            node_id: Where it is to go in again.
            record: Its values by column; those that are missing are null.
            error: Why it could not be delivered.
            source: Where it came from.

        Raises:
            SummitError: It has a column that the node does not take, or a value that does not fit.
        """
        import pyarrow as pa

        checked, _ = self._checked()
        wanted = to_arrow(entry_of(checked, node_id).schema)
        unknown = [name for name in record if name not in wanted.names]
        if unknown:
            near = did_you_mean(unknown[0], wanted.names)
            raise CannotEdit(
                f"'{node_id}' takes no column '{unknown[0]}'",
                why=f"its rows have {listing(wanted.names)}",
                do=f"did you mean '{near}'?" if near else "leave it out",
                code="column_missing",
            )
        try:
            row = pa.Table.from_pylist([dict(record)], wanted)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as failure:
            raise CannotEdit("A value does not fit", why=str(failure), do="correct it") from None
        rejection = Rejection(ADDED, None, error, source, None)
        self._store.put(
            self._address, node_id, self._request.run_id, "", row, [rejection],
            status=LetterStatus.OPEN,
        )  # fmt: skip

    def edit(self, text: str, selection: Selection | None = None) -> int:
        """Change the rows of open letters of one node; return how many.

        Args:
            text: `set amount = replace(amount, ',', '.')`, in Summit SQL.
            selection: Which letters.

        Raises:
            CannotEdit: It cannot be read, or fails on one of them; nothing was changed.
            CannotReenter: Letters of several nodes are meant.
        """
        chosen = _open(selection)
        assignments(text)
        node_id = self._one_node(chosen)
        if node_id is None:
            return 0
        return self._store.edit(self._address, chosen, self.mender(text, node_id))

    def mender(self, text: str, node_id: str) -> Callable[["pa.Table"], "pa.Table"]:
        """Return what an edit makes of rows of letters of a node; nothing is changed.

        What it returns raises CannotEdit where the edit does not fit the rows it is given.

        Raises:
            CannotEdit: The edit cannot be read.
            CannotReenter: Letters of the node cannot go in again.
        """
        values = assignments(text)
        checked, context = self._checked()
        return change(values, entry_of(checked, node_id).schema, context.binder)

    def discard(self, selection: Selection | None = None) -> int:
        """Let open letters go; return how many."""
        return self._store.discard(self._address, _open(selection))

    def try_(self, selection: Selection | None = None, cancel: CancelToken | None = None) -> Trial:
        """Take open letters of one node through it and on, up to the sinks; write nothing.

        Raises:
            Cancelled: It was cancelled.
            SummitError: They cannot go in, or the run failed otherwise than by rejecting them.
        """
        chosen = _open(selection)
        node_id = self._one_node(chosen)
        if node_id is None:
            return Trial(0, {}, {}, ())
        checked, context = self._checked()
        entry = entry_of(checked, node_id)
        targets = targets_of(checked, entry)
        plan = reentry(checked, entry, self._store, self._address, chosen, None)
        taps = {ref: _Tap() for ref in targets.values() if ref.node in plan.nodes}
        if isinstance(checked.nodes[node_id], SinkNode):
            taps = {PortRef(next(iter(plan.nodes)), entry.port): _Tap()}
            targets = {node_id: next(iter(taps))}
        rejected = _Rejected(frozenset(plan.nodes).intersection(behind(checked, entry)))
        runner = Run(
            plan, context.workspace, context.secrets, self._settings(), new_run_id(), rejected,
            cancel or CancelToken(), taps=taps, strict=False,
        )  # fmt: skip
        _raise_unless_done(runner.run())
        shown = {sink: taps[ref] for sink, ref in targets.items() if ref in taps}
        return Trial(
            self.count(chosen),
            {sink: tap.count for sink, tap in shown.items()},
            {sink: tap.table() for sink, tap in shown.items() if tap.count},
            rejected.again(),
        )

    def retry(
        self,
        selection: Selection | None = None,
        listeners: Iterable[Listener] = (),
        cancel: CancelToken | None = None,
    ) -> Retried:
        """Let open letters go in again at the nodes that rejected them, and settle them.

        A retry that was killed is gone on with first: where its sinks hold its rows they are not
        written again.

        Raises:
            SummitError: They cannot go in, or the pipeline has problems; they stay open.
        """
        checked, _ = self._checked()
        told = tuple(listeners)
        chosen = _open(selection)
        with self._alone():
            found = Retried()
            for batch, node_id in self._store.batches(self._address):
                if self._is_whole(checked, node_id, batch):
                    found = _sum(found, Retried(*self._store.settle(self._address, batch)))
                else:
                    found = _sum(found, self._send(checked, node_id, batch, told, cancel))
            for node_id in self._nodes(chosen, checked):
                batch, of_node = secrets.token_hex(16), replace(chosen, node_id=node_id)
                self._require_safe(checked, node_id)
                # What cannot go in is said before the letters are on their way.
                self._plan(checked, node_id, of_node, batch)
                if self._store.send(self._address, of_node, batch):
                    found = _sum(found, self._send(checked, node_id, batch, told, cancel))
        return found

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other retries of the pipeline out: each must know what became of the last.

        Raises:
            AlreadyRunning: One is at work.
        """
        address, run_id = self._address, new_run_id()
        key = SinkKey(address.pipeline_id, "retry", address.environment)
        claim = Claim(
            run_id, datetime.now(UTC), "", run_id, own_name(), take_over=self._request.take_over
        )
        session = self._store.checkpoint(key)
        session.acquire(claim)
        try:
            yield
        finally:
            with contextlib.suppress(SummitError):
                session.release()

    def _plan(self, checked: Checked, node_id: str, which: Selection, batch: str) -> Plan:
        entry = entry_of(checked, node_id)
        keep = None
        if tracks_keys(checked):
            self._keys = self._keys or KeyStore.open()
            keep = partial(tracked, request=self._retrying(batch), store=self._keys)
        return reentry(checked, entry, self._store, self._address, which, batch, keep)

    def _send(
        self,
        checked: Checked,
        node_id: str,
        batch: str,
        listeners: Sequence[Listener],
        cancel: CancelToken | None,
    ) -> Retried:
        """Run one batch, or what is left of it, and settle it by what its sinks hold."""
        taken = Selection(status=LetterStatus.RETRYING, batch=batch)
        request = self._retrying(batch)
        step = request.step or (lambda _label: None)
        error = ""
        try:
            plan = self._plan(checked, node_id, taken, batch)
            history = History(request)
            history.document = checked.document
            try:
                context = design_context(request.workspace(), probe=True)
                finished = run_plan(plan, request, context, history, listeners, cancel)
            finally:
                history.drop()
            if finished.error is not None:
                error = str(finished.error)
            elif finished.status is not RunStatus.SUCCEEDED:
                error = "It was cancelled."
        except SummitError:
            if not self._held(checked, node_id, batch):
                self._store.release(self._address, batch)
            raise
        if not error:
            step("settle")
            through, again = self._store.settle(self._address, batch)
            return Retried(through, again)
        if self._held(checked, node_id, batch):
            # Part of it is written: the next retry goes on with the very same rows.
            return Retried(failed=(f"{error} The next retry goes on with it.",))
        return Retried(released=self._store.release(self._address, batch), failed=(error,))

    def _held(self, checked: Checked, node_id: str, batch: str) -> bool:
        """Return True if a target holds rows of a retry; letters can be taken back, rows cannot."""
        return any(
            progress.epoch and not isinstance(node, LetterSink)
            for node, progress in self._progress(checked, node_id, batch)
        )

    def _is_whole(self, checked: Checked, node_id: str, batch: str) -> bool:
        """Return True if every target holds all rows of a retry: only then is one told so."""
        return any(
            progress.stage is Stage.FINISHED
            for _, progress in self._progress(checked, node_id, batch)
        )

    def _progress(
        self, checked: Checked, node_id: str, batch: str
    ) -> Iterator[tuple[AnyNode, Progress]]:
        """Yield the sinks of a retry that hold something of it, and how far they are."""
        taken = Selection(status=LetterStatus.RETRYING, batch=batch)
        plan = self._plan(checked, node_id, taken, batch)
        for sink, checkpoint in self._checkpoints(plan, batch).items():
            progress = checkpoint.look()
            if progress is not None and progress.lineage == batch:
                yield plan.nodes[sink], progress

    def _checkpoints(self, plan: Plan, batch: str) -> Mapping[str, Checkpoint]:
        request = self._retrying(batch)
        workspace = request.workspace()
        context = design_context(workspace, probe=True)
        running = RunContext(request.run_id, workspace, context.secrets, CancelToken())
        return checkpoints_of(plan, request, settings_of(request.document.settings), running)

    def _require_safe(self, checked: Checked, node_id: str) -> None:
        """Refuse a sink to which rows cannot be added once and once only."""
        entry = entry_of(checked, node_id)
        key = SinkKey(self._address.pipeline_id, node_id, self._address.environment)
        workspace = self._request.workspace()
        context = RunContext(
            new_run_id(), workspace, design_context(workspace, probe=True).secrets, CancelToken()
        )
        for sink_id in targets_of(checked, entry):
            sink = checked.nodes[sink_id]
            if not isinstance(sink, SinkNode) or not sink.keeps_rows:
                continue
            kept = sink.checkpoint(context, key)
            if kept is None or kept.only_staged:
                raise CannotReenter(
                    f"Rows cannot be added to '{sink.node_title}' by a retry",
                    why="each time it writes its target is written anew, or keeps no account of "
                    "what it holds",
                    do="have it add rows (mode append; a folder of parts), or export the letters, "
                    "mend the source and run the pipeline again",
                    where=sink.place(),
                )

    def _retrying(self, batch: str) -> RunRequest:
        """Return the request of a retry: epoch by epoch, and gone on with where it died."""
        document = self._request.document
        settings = {k: v for k, v in document.settings.items() if k != "errors"}
        kept = dict(settings.get("checkpoints", {}))
        settings["checkpoints"] = kept | {"publish": "each", "on_unfinished": "resume"}
        return replace(
            self._request,
            document=replace(document, settings=settings),
            run_id=new_run_id(),
            batch=batch,
            restart=False,
        )

    def _settings(self) -> Any:
        known = self._request.document.settings
        return settings_of({k: v for k, v in known.items() if k == "performance"})

    def _checked(self) -> tuple[Checked, Any]:
        request = self._request
        workspace = request.workspace()
        context = design_context(workspace, probe=True)
        catalogue = self._catalogue or Catalogue.load()
        checked = check(request.document, catalogue, context, dict(request.parameters))
        if not checked.ok:
            raise InvalidPipeline(checked.document.name, checked.problems)
        return checked, context

    def _nodes(self, chosen: Selection, checked: Checked) -> list[str]:
        """Return the nodes that rejected letters, those that come first in the pipeline first."""
        found = {g.node_id for g in self.groups(chosen)}
        known = [i for i in checked.document.nodes if i in found]
        return [*known, *sorted(found.difference(known))]

    def _one_node(self, chosen: Selection) -> str | None:
        nodes = sorted({g.node_id for g in self.groups(chosen)})
        if len(nodes) > 1:
            raise CannotReenter(
                "These letters are of several nodes",
                why=f"{listing(nodes, 4)} rejected them, and their rows differ",
                do="choose those of one, by --node or --group",
                code="letters_of_several",
            )
        return nodes[0] if nodes else None


class _Tap:
    """Keeps the first rows of a port, and counts all."""

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []
        self._kept = 0
        self.count = 0

    def __call__(self, table: "pa.Table") -> None:
        self.count += table.num_rows
        if self._kept < TRIAL_ROWS:
            self._tables.append(table.slice(0, TRIAL_ROWS - self._kept))
            self._kept += self._tables[-1].num_rows

    def table(self) -> "pa.Table":
        import pyarrow as pa

        return pa.concat_tables(self._tables)


class _Rejected:
    """Counts what is rejected, by what is alike."""

    def __init__(self, node_ids: frozenset[str]) -> None:
        self._node_ids = node_ids
        self._counts: dict[tuple[str, str, str | None, str], int] = {}

    def __call__(self, event: Event) -> None:
        if isinstance(event, RowsRejected) and event.node_id in self._node_ids:
            key = (event.node_id, event.code, event.column, shape_of(event.reason))
            self._counts[key] = self._counts.get(key, 0) + event.rows

    def again(self) -> tuple[Again, ...]:
        return tuple(Again(*key, letters) for key, letters in self._counts.items())


def _unknown(what: str, near: str | None) -> UnknownLetters:
    return UnknownLetters(
        f"There is no {what}",
        why="no dead letter of this pipeline is of it, in whatever state",
        do=f"did you mean '{near}'?" if near else "see `summit dead-letters group FILE`",
    )


def _open(selection: Selection | None) -> Selection:
    return replace(selection or Selection(), status=LetterStatus.OPEN)


def _sum(first: Retried, second: Retried) -> Retried:
    return Retried(
        first.through + second.through,
        first.again + second.again,
        first.released + second.released,
        (*first.failed, *second.failed),
    )


def _plain(letter: Letter) -> dict[str, Any]:
    return {name: getattr(letter, name) for name in Letter.__dataclass_fields__}


def _raise_unless_done(finished: RunFinished) -> None:
    if finished.status is RunStatus.CANCELLED:
        raise Cancelled
    report = finished.error
    if report is not None:
        raise SummitError(
            report.what, why=report.why, do=report.do, code=report.code, where=report.where
        )
