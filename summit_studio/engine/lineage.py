"""A lineage: one load, over all the runs that it takes. Finds the one to go on with, and claims it.

What is true stands in the targets: each keeps how far it is beside its rows. A run asks them all
before it reads a row, goes on where the least of them stands, and begins a new lineage only where
none is unfinished.
"""

import contextlib
import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from summit_studio.backends.contract import Epochs, Start, Stop
from summit_studio.core.claims import seen
from summit_studio.core.epochs import (
    WINDOW,
    Checkpoint,
    Claim,
    Moved,
    Position,
    Progress,
    Publish,
    SinkKey,
    Stage,
    Sums,
    at_window,
)
from summit_studio.core.errors import SummitError
from summit_studio.core.process import own_name
from summit_studio.core.suggest import listing
from summit_studio.document.files import load
from summit_studio.document.identity import id_of
from summit_studio.engine.request import RunRequest
from summit_studio.engine.windows import windows_for
from summit_studio.nodes.contract import Delivery, RunContext, SinkNode, SourceNode
from summit_studio.planning.delivery import promises
from summit_studio.planning.domains import Domain, commits_last, domains_of
from summit_studio.planning.graph import upstream
from summit_studio.planning.parameters import values_for
from summit_studio.planning.plan import Plan
from summit_studio.planning.settings import Settings

CUTS: Final = 1
"""Goes up when the same rows would be cut into other chunks than by the version before."""

_PARTS: Final = (
    "the nodes above it",
    "parameters of the run",
    "what the sources read",
    "settings that decide where batches end",
)
_PART_DIGITS: Final = 16
_UNDER_WAY: Final = frozenset({Stage.OPEN, Stage.STAGED})
_AS_BEGUN: Final = MappingProxyType({Stage.OPEN: Publish.EACH, Stage.STAGED: Publish.STAGED})
_TRIES: Final = 5


class Unfinished(SummitError):
    """A load is unfinished, and this run may not go on with it."""

    code = "unfinished"


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a run goes on with.

    Args:
        name: Tells it from all others, in its targets.
        started: When it began: what every clock function tells.
        epochs: How it is cut, and what the targets hold.
        resumed: True if runs before, or the last attempt of this one, have left it unfinished.
        sums: What they have counted.
        reenters: True if it is no load of its own, but dead letters of one that are tried again.
    """

    name: str
    started: datetime
    epochs: Epochs
    resumed: bool = False
    sums: Sums = field(default_factory=dict)
    reenters: bool = False


def begin(
    plan: Plan,
    request: RunRequest,
    settings: Settings,
    context: RunContext,
    untold: Callable[[str], bool] = lambda _run_id: False,
) -> Lineage:
    """Return the lineage of a run, with every target claimed that keeps how far it is.

    Args:
        plan: What runs.
        request: Who asked for it, and how.
        settings: Of the document.
        context: What the run's nodes may use.
        untold: Tells of a run whether it ended without saying that it succeeded. A load whose
            last run is such a one is whole, but nobody knows: this run says so, and adds nothing.

    Raises:
        Unfinished: One is unfinished, and what it is of has changed, or the run may not go on.
        AlreadyRunning: Another run works on it.
        SummitError: A target cannot be reached.
    """
    for _ in range(_TRIES - 1):
        with contextlib.suppress(Moved):
            return _begin(plan, request, settings, context, untold)
    return _begin(plan, request, settings, context, untold)


def _begin(
    plan: Plan,
    request: RunRequest,
    settings: Settings,
    context: RunContext,
    untold: Callable[[str], bool],
) -> Lineage:
    """Look where the targets stand, decide what to do, and claim them as they were seen.

    Raises:
        Moved: One has moved in between.
    """
    checkpoints = checkpoints_of(plan, request, settings, context)
    known = _known(plan, checkpoints)
    publish = _published(plan, request, settings, context, checkpoints, known)
    _require_exactly_once(plan, settings, checkpoints)
    known = {sink: progress for sink, progress in known.items() if sink in checkpoints}
    _require_own(request, known)
    prints = {sink: _fingerprint(plan, sink, request, settings, context) for sink in checkpoints}
    lineage = _of_batch(known, request.batch) if request.batch else unfinished_of(known)
    if lineage is None and not request.restart and not request.batch:
        lineage = _untold(known, prints, untold)
    elif lineage is not None:
        _require_resumable(plan, request, settings, known, lineage, prints)
        if settings.checkpoints.on_unfinished == "restart" or request.restart:
            lineage = None
    windows = windows_for(plan, request, context, known, checkpoints, lineage)
    resumed = lineage is not None
    name = lineage.lineage if lineage else request.batch or secrets.token_hex(16)
    started = lineage.started if lineage else _now(request)
    epochs = Epochs(
        every=settings.checkpoints.every
        if any(p is not Publish.WHOLE for p in publish.values())
        else None,
        publish=publish,
        checkpoints=checkpoints,
        held=_claimed(plan, request, checkpoints, prints, name, started, publish, windows, known),
        windows=windows,
    )
    found = Lineage(name, started, epochs, reenters=request.batch is not None)
    return _behind(plan, found) if resumed else found


def _now(request: RunRequest) -> datetime:
    """Return when a lineage begins: in a rehearsal all do at once, so that their rows are equal."""
    return request.sandbox.started if request.sandbox is not None else datetime.now(UTC)


def again(
    plan: Plan, request: RunRequest, settings: Settings, context: RunContext, last: Lineage
) -> Lineage:
    """Return a run's lineage for another attempt, every target claimed anew.

    Where the targets stand is what they say once claimed: a COMMIT that was not answered is there
    by then or will never be.

    Raises:
        Unfinished: What it is of has changed since.
        Fenced: Another run has taken over.
        SummitError: A target cannot be reached.
    """
    checkpoints = {
        sink: checkpoint
        for sink, checkpoint in checkpoints_of(plan, request, settings, context).items()
        if sink in last.epochs.checkpoints
    }
    prints = {sink: _fingerprint(plan, sink, request, settings, context) for sink in checkpoints}
    held = _claimed(
        plan, request, checkpoints, prints, last.name, last.started, last.epochs.publish,
        last.epochs.windows,
    )  # fmt: skip
    there = {sink: progress for sink, progress in held.items() if progress.epoch}
    if there:
        first = next(iter(there.values()))
        _require_same(plan, there, prints, _since(plan, there, first))
    epochs = replace(last.epochs, checkpoints=checkpoints, held=held, starts={})
    fresh = Lineage(last.name, last.started, epochs, reenters=last.reenters)
    return _behind(plan, fresh) if there else fresh


def _behind(plan: Plan, lineage: Lineage) -> Lineage:
    """Return a lineage that goes on behind what its targets hold."""
    starts, sums = _starts(plan, lineage.epochs.held)
    return replace(lineage, epochs=replace(lineage.epochs, starts=starts), resumed=True, sums=sums)


def _claimed(
    plan: Plan,
    request: RunRequest,
    checkpoints: Mapping[str, Checkpoint],
    prints: Mapping[str, str],
    name: str,
    started: datetime,
    publish: Mapping[str, Publish],
    windows: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, Progress] | None = None,
) -> dict[str, Progress]:
    """Claim every target for the run, or none; return how far they are.

    `known` is what they said when it was decided; None renews the claims of the run.
    """
    held: dict[str, Progress] = {}
    try:
        for sink, checkpoint in checkpoints.items():
            claim = Claim(
                name, started, prints[sink], request.run_id, own_name(),
                str(request.path or ""), request.take_over,
                renews=known is None, seen=None if known is None else seen(known.get(sink)),
                staged=publish.get(sink) is Publish.STAGED,
                positions={source: at_window(window) for source, window in windows.items()},
            )  # fmt: skip
            with _at(plan, sink):
                held[sink] = checkpoint.acquire(claim)
    except SummitError:
        for sink in held:
            with contextlib.suppress(SummitError):
                checkpoints[sink].release()
        raise
    return held


@contextlib.contextmanager
def _at(plan: Plan, sink: str) -> Iterator[None]:
    """Say of errors at which sink they came."""
    try:
        yield
    except SummitError as error:
        raise error.at(node_id=sink, node_title=plan.nodes[sink].node_title) from None


def progress_id(request: RunRequest) -> str:
    """Return whose progress a run makes: retries of dead letters stand beside the loads."""
    own = id_of(request.document, request.path)
    if request.batch is None:
        return own
    return hashlib.sha256(f"{own}/dead letters".encode()).hexdigest()[:32]


def checkpoints_of(
    plan: Plan, request: RunRequest, settings: Settings, context: RunContext
) -> dict[str, Checkpoint]:
    """Return where the targets of a plan keep how far they are, by sink, in document order."""
    found = {}
    for sink in plan.sinks:
        node = plan.nodes[sink]
        assert isinstance(node, SinkNode)  # noqa: S101 - planning says which are
        key = SinkKey(progress_id(request), sink, request.environment)
        checkpoint = node.checkpoint(context, key, settings.checkpoints.table)
        if checkpoint is not None:
            found[sink] = checkpoint
    return found


def _require_exactly_once(plan: Plan, settings: Settings, kept: Collection[str]) -> None:
    """Refuse a sink that may have a row twice after a crash, where the settings forbid it.

    Raises:
        SummitError: It names the sink, and the way from the source to it.
    """
    for sink in plan.sinks if settings.require == "exactly_once" else ():
        node = plan.nodes[sink]
        assert isinstance(node, SinkNode)  # noqa: S101 - planning says which are
        if (
            not node.target()
            or sink in kept
            or node.delivery in {Delivery.ATOMIC, Delivery.IDEMPOTENT}
        ):
            continue
        above = upstream(plan.document, [sink])
        path = " -> ".join(plan.nodes[i].node_title for i in plan.order if i in above)
        raise SummitError(
            f"'{node.node_title}' cannot have each row exactly once",
            why=f"a run that dies leaves rows there that the next one writes again ({path}), and "
            "the setting require is exactly_once",
            do="write to a database table or to files, or leave the setting require out",
            code="not_exactly_once",
            where=node.place(),
        )


def _known(plan: Plan, checkpoints: Mapping[str, Checkpoint]) -> dict[str, Progress]:
    """Return what the targets say, by sink; those that say nothing not."""
    found = {}
    for sink, checkpoint in checkpoints.items():
        with _at(plan, sink):
            progress = checkpoint.look()
        if progress is not None:
            found[sink] = progress
    return found


def _published(
    plan: Plan,
    request: RunRequest,
    settings: Settings,
    context: RunContext,
    checkpoints: dict[str, Checkpoint],
    known: Mapping[str, Progress],
) -> Mapping[str, Publish]:
    """Return how each sink publishes; checkpoints that then keep nothing are taken out.

    A load that is unfinished goes on as it began: what readers saw of it they saw, and what they
    did not see they see at its end.

    Raises:
        SummitError: The pipeline counts on one that its target does not let us keep, or the target
            cannot be reached.
    """
    unkept = _unkept(plan, checkpoints, settings)
    unstaged: tuple[str, ...] = ()
    while True:
        promised = promises(plan, settings, context, unkept, unstaged)
        refused = [
            sink
            for sink, promise in promised.items()
            if promise.publish is Publish.STAGED and not checkpoints[sink].may_stage()
        ]
        if not refused:
            break
        unstaged = (*unstaged, *refused)
    publish = {sink: promise.publish for sink, promise in promised.items()}
    begun = None if _begins_anew(request, settings) else unfinished_of(known)
    for sink, progress in known.items() if begun is not None else ():
        if begun is not None and progress.lineage == begun.lineage and progress.epoch:
            publish[sink] = _AS_BEGUN.get(progress.stage, publish[sink])
    for sink, checkpoint in list(checkpoints.items()):
        if sink in unkept:
            del checkpoints[sink]
        elif checkpoint.only_staged and publish[sink] is not Publish.STAGED:
            del checkpoints[sink]
            if sink in known:
                checkpoint.forget()
    return publish


def _begins_anew(request: RunRequest, settings: Settings) -> bool:
    return request.restart or settings.checkpoints.on_unfinished == "restart"


def _unkept(
    plan: Plan, checkpoints: Mapping[str, Checkpoint], settings: Settings
) -> tuple[str, ...]:
    """Return the sinks whose target does not let us keep how far they are.

    Raises:
        SummitError: The pipeline counts on it, or the target cannot be reached.
    """
    checkpointed = settings.checkpoints
    asked = (
        checkpointed.publish == "each"
        or checkpointed.table is not None
        or settings.require == "exactly_once"
    )
    found = []
    for sink, checkpoint in checkpoints.items():
        if checkpoint.only_staged:
            continue
        try:
            with _at(plan, sink):
                checkpoint.reach()
        except SummitError as error:
            if asked or error.code != "permission_denied" or commits_last(plan, sink):
                raise
            logging.getLogger("summit.engine").warning(
                "A run that dies will start again, and rows whose COMMIT was not answered may be "
                "there twice. %s", error
            )  # fmt: skip
            found.append(sink)
    return tuple(found)


def _require_own(request: RunRequest, known: Mapping[str, Progress]) -> None:
    """Refuse a copy of a pipeline that goes by the original's id, and so by its progress.

    Raises:
        SummitError: Both files are there.
    """
    here = request.path
    for path in {Path(p.path) for p in known.values() if p.path} if here else ():
        assert here is not None  # noqa: S101 - see above
        if path.resolve() != here.resolve() and _id_in(path) == request.document.id:
            raise SummitError(
                f"{here.name} is a copy of another pipeline",
                why=f"it has the id of {path}, and would go on where that one's loads stand",
                do='save it under another name in the editor, or delete the line of its "id" '
                "and save it: it gets one of its own",
                code="copied_id",
            )


def _id_in(path: Path) -> str | None:
    """Return the id of the pipeline in a file; None if it holds none."""
    with contextlib.suppress(SummitError, OSError):
        return load(path).document.id if path.is_file() else None
    return None


def unfinished_of(known: Mapping[str, Progress]) -> Progress | None:
    """Return the newest progress of a lineage of which something is written, but not all."""
    begun = [p for p in known.values() if p.epoch and p.stage is not Stage.FINISHED]
    return max(begun, key=lambda p: p.started, default=None)


def _untold(
    known: Mapping[str, Progress], prints: Mapping[str, str], untold: Callable[[str], bool]
) -> Progress | None:
    """Return the progress of a load that is whole, unless its last run has said so."""
    whole = known and all(p.stage is Stage.FINISHED for p in known.values())
    if known.keys() != prints.keys() or not whole:
        return None
    same = len({p.lineage for p in known.values()}) == 1
    if not same or any(p.fingerprint != prints[sink] for sink, p in known.items()):
        return None
    newest = max(known.values(), key=lambda p: p.generation)
    return newest if untold(newest.run_id) else None


def _of_batch(known: Mapping[str, Progress], batch: str) -> Progress | None:
    """Return the progress of a retry of which something is written, be it all."""
    mine = [p for p in known.values() if p.lineage == batch and p.epoch]
    return min(mine, key=lambda p: p.epoch, default=None)


def _require_resumable(
    plan: Plan,
    request: RunRequest,
    settings: Settings,
    known: Mapping[str, Progress],
    lineage: Progress,
    prints: Mapping[str, str],
) -> None:
    """Refuse to go on, or to start again, where rows would be lost, doubled or be others.

    Raises:
        Unfinished: It says which, and the ways on.
    """
    there = {s: p for s, p in known.items() if p.lineage == lineage.lineage and p.epoch}
    since = _since(plan, there, lineage)
    policy = "restart" if request.restart else settings.checkpoints.on_unfinished
    if policy == "restart" and any(p.shown for p in there.values()):
        raise Unfinished(
            f"'{plan.document.name}' cannot start again",
            why=f"{since}, and would be there twice",
            do="go on with it (leave --restart out), or delete those rows and run "
            "`summit checkpoints forget` on the pipeline",
            code="restart_would_double",
        )
    if policy == "refuse":
        raise Unfinished(
            f"'{plan.document.name}' does not go on by itself",
            why=f"{since}, and its setting on_unfinished is refuse",
            do="run it with --set checkpoints.on_unfinished=resume to go on",
        )
    if policy == "resume":
        _require_same(plan, there, prints, since)


def _since(plan: Plan, there: Mapping[str, Progress], lineage: Progress) -> str:
    """Return how an unfinished load stands, as part of a sentence."""
    rows = listing(
        [
            f"{p.rows:,} rows of it wait out of sight of {_target(plan, s)}"
            if p.stage is Stage.STAGED
            else f"{p.rows:,} rows of it are in {_target(plan, s)}"
            for s, p in there.items()
        ],
        4,
    )
    return f"the load that began at {lineage.started:%Y-%m-%d %H:%M:%S} UTC is unfinished: {rows}"


def _require_same(
    plan: Plan, there: Mapping[str, Progress], prints: Mapping[str, str], since: str
) -> None:
    """Refuse to go on with rows that would be others than those that are there.

    Raises:
        Unfinished: It says what has changed.
    """
    for sink, progress in there.items():
        changed = _changed(progress.fingerprint, prints[sink])
        if changed:
            raise Unfinished(
                f"'{plan.document.name}' cannot go on where it stands",
                why=f"{since}, and since then {listing(changed)} changed",
                do="put that back and run again to go on; or "
                + (
                    "delete those rows, run `summit checkpoints forget` on the pipeline, and start "
                    "again"
                    if any(p.shown for p in there.values())
                    else "start again with --restart: no reader has seen any of it"
                ),
                code="changed_since",
                where=plan.nodes[sink].place(),
            )


def _target(plan: Plan, sink: str) -> str:
    node = plan.nodes[sink]
    return node.target() if isinstance(node, SinkNode) else sink


def _starts(plan: Plan, held: Mapping[str, Progress]) -> tuple[dict[str, Start], dict[str, Any]]:
    """Return where each source goes on, and what was counted up to there."""
    starts: dict[str, Start] = {}
    sums: dict[str, Any] = {}
    for domain in domains_of(plan):
        if not all(isinstance(plan.nodes[head], SourceNode) for head in domain.heads):
            continue
        least = _least(plan, domain, held)
        positions = _behind_rows(least.positions if least is not None and least.epoch else {})
        epoch = least.epoch if least is not None and positions else 0
        if least is not None and epoch:
            sums |= {i: s for i, s in least.sums.items() if i in domain.nodes}
        stops = _stops(domain, held, epoch)
        starts |= {head: Start(epoch, positions.get(head), stops) for head in domain.heads}
    return starts, sums


def _behind_rows(positions: Mapping[str, Position]) -> dict[str, Position]:
    """Return those positions that tell where a source goes on, and not only what it reads."""
    return {node: p for node, p in positions.items() if p.keys() - {WINDOW}}


def _stops(domain: Domain, held: Mapping[str, Progress], least: int) -> tuple[Stop, ...]:
    """Return where the epochs end that sinks of a domain hold beyond the least."""
    ahead = {p.epoch: p for s, p in held.items() if s in domain.sinks and p.epoch > least}
    return tuple(
        Stop(epoch, p.positions if p.stage in _UNDER_WAY else None)
        for epoch, p in sorted(ahead.items())
    )


def _least(plan: Plan, domain: Domain, held: Mapping[str, Progress]) -> Progress | None:
    """Return the progress of the sink that has least; None where one has nothing to go on from."""
    leaves = any(
        edge.target.node not in domain.nodes
        for node_id in domain.nodes
        for edge in plan.document.edges_from(node_id)
    )
    keeping = [sink for sink in domain.sinks if _keeps_rows(plan, sink)]
    if leaves or any(sink not in held for sink in keeping):
        return None
    least = min((held[sink] for sink in keeping), key=lambda p: p.epoch, default=None)
    if least is not None and any(sink not in least.sums for sink in domain.sinks):
        return None  # One that keeps nothing is new: its rows are counted from the beginning.
    return least


def _keeps_rows(plan: Plan, sink: str) -> bool:
    node = plan.nodes[sink]
    return isinstance(node, SinkNode) and node.keeps_rows


def _fingerprint(
    plan: Plan, sink: str, request: RunRequest, settings: Settings, context: RunContext
) -> str:
    """Return what changes whenever the rows that a sink gets, or their epochs, would be others."""
    above = upstream(plan.document, [sink])
    nodes = [n for i, n in plan.document.nodes.items() if i in above]
    graph = {
        "nodes": {n.id: [n.type, dict(n.params)] for n in nodes},
        "edges": sorted(str(e) for e in plan.edges if e.target.node in above),
        "schemas": {
            str(ref): [(c.name, c.type) for c in schema]
            for ref, schema in plan.schemas.items()
            if ref.node in above
        },
    }
    reads = {
        i: n.fingerprint(context)
        for i, n in plan.nodes.items()
        if i in above and isinstance(n, SourceNode)
    }
    performance = settings.performance
    cuts = [CUTS, performance.batch_rows, performance.batch_bytes]
    drawn = _text(graph)
    values = {
        name: value
        for name, value in values_for(request.document, request.parameters).items()
        if name in request.parameters or f"${{{name}}}" in drawn
    }
    return "".join(map(_digest, (drawn, _text(values), _text(reads), _text(cuts))))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_PART_DIGITS]


def _changed(before: str, now: str) -> list[str]:
    """Return the parts in which two fingerprints differ."""
    size = _PART_DIGITS
    return [
        what
        for at, what in enumerate(_PARTS)
        if before[at * size : (at + 1) * size] != now[at * size : (at + 1) * size]
    ]
