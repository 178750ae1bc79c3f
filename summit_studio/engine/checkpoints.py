"""How far the targets of a pipeline are, looked at and forgotten outside of a run."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from summit_studio.core.cancel import CancelToken
from summit_studio.core.claims import require_free
from summit_studio.core.epochs import (
    AlreadyRunning,
    Checkpoint,
    Claim,
    Progress,
    SinkKey,
    Stage,
)
from summit_studio.core.errors import SummitError
from summit_studio.core.process import is_alive, own_name
from summit_studio.core.suggest import listing
from summit_studio.engine.design import design_context
from summit_studio.engine.letters import ended, keeps_letters
from summit_studio.engine.lineage import checkpoints_of, unfinished_of
from summit_studio.engine.processed import tracked, tracks_keys
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext, RunContext, SinkNode
from summit_studio.nodes.processed_table import KeyTableSink
from summit_studio.planning.check import Checked, check
from summit_studio.planning.plan import Plan, plan_checked
from summit_studio.planning.settings import settings_of
from summit_studio.state.errors import StateUnavailable
from summit_studio.state.letter_store import LetterStore
from summit_studio.state.processed import KeyedLoad, KeyStore
from summit_studio.state.store import Store
from summit_studio.workspace.connections import FILE_KINDS

_LOOK_SECS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one sink is.

    Args:
        title: What people call the sink.
        target: What it writes.
        progress: What its target says.
    """

    sink: str
    title: str
    target: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A load that runs have left unfinished.

    Args:
        began: When it began.
        standing: How far the sinks are that hold some of it.
        busy: What shows that a run is at work on it, in words; empty where none seems to be.
    """

    began: datetime
    standing: tuple[Standing, ...]
    busy: str = ""

    @property
    def rows(self) -> int:
        """How many rows the targets hold of it."""
        return sum(each.progress.rows for each in self.standing)

    @property
    def where(self) -> str:
        """Where it stands, as part of a sentence."""
        return listing(
            [
                f"{each.progress.rows:,} rows (epoch {each.progress.epoch:,}) "
                f"{'for' if each.progress.stage is Stage.STAGED else 'in'} {each.target}"
                for each in self.standing
            ],
            4,
        )


def unfinished(request: RunRequest, checked: Checked, design: DesignContext) -> Unfinished | None:
    """Return the load that a run of a checked document would go on with; None where there is none.

    Asks only targets that may be asked: `design.probe` allows servers.

    Raises:
        SummitError: A target cannot be reached.
    """
    if not checked.ok:
        return None
    plan, checkpoints = _planned(request, checked, design)
    if not design.probe:
        checkpoints = {i: c for i, c in checkpoints.items() if _is_local(plan, i, design)}
    found = {each.sink: each for each in _standing(plan, checkpoints)}
    newest = unfinished_of({sink: each.progress for sink, each in found.items()})
    if newest is None:
        return None
    parts = [
        each
        for each in found.values()
        if each.progress.lineage == newest.lineage and each.progress.epoch
    ]
    busy = next(filter(None, (_busy(each) for each in found.values())), "")
    return Unfinished(newest.started, tuple(parts), busy)


def _is_local(plan: Plan, sink: str, design: DesignContext) -> bool:
    name = getattr(plan.nodes[sink].params, "connection", None)
    known = design.workspace.connections.get(name) if name else None
    return known is None or known.kind in FILE_KINDS


def _busy(each: Standing) -> str:
    progress = each.progress
    claim = Claim(progress.lineage, progress.started, progress.fingerprint, "", own_name())
    try:
        require_free(progress, claim, each.target)
    except AlreadyRunning as error:
        return error.why
    return ""


class NoRun(SummitError):
    """No run is under way that could be asked for a checkpoint."""

    code = "no_run"


def create(
    request: RunRequest, catalogue: Catalogue | None = None, wait_secs: float = 60.0
) -> tuple[Standing, ...]:
    """Ask the run of a pipeline that is under way on this machine for a checkpoint.

    Args:
        request: Names the pipeline.
        catalogue: The node types; by default all that are installed.
        wait_secs: How long to wait until it is there.

    Returns:
        The sinks that hold a new epoch.

    Raises:
        NoRun: There is no such run, it cannot be asked, or it makes none in that time.
        SummitError: A target cannot be reached.
    """
    with targets(request, catalogue) as (plan, checkpoints):
        return _created(request, plan, checkpoints, wait_secs)


def _created(
    request: RunRequest, plan: Plan, checkpoints: Mapping[str, Checkpoint], wait_secs: float
) -> tuple[Standing, ...]:
    before = {each.sink: each.progress for each in _standing(plan, checkpoints)}
    run = next((p for p in before.values() if p.owner and is_alive(p.owner)), None)
    if run is None or not _can_be_asked(run.run_id):
        name = request.document.name
        raise NoRun(
            f"No run of '{name}' can be asked for a checkpoint",
            why="none that keeps how far it is seems to be under way here"
            if run is None
            else f"run {run.run_id} was started from Python",
            do="start it with `summit run` or in the editor on this machine; from Python call "
            "`pipeline.create_checkpoint()`",
        )
    os.kill(int(run.owner.split("|")[1]), signal.SIGUSR1)
    end = time.monotonic() + wait_secs
    while time.monotonic() < end:
        time.sleep(_LOOK_SECS)
        now = tuple(_standing(plan, checkpoints))
        new = tuple(e for e in now if e.progress.epoch > _epoch(before, e))
        if new:
            return new
        if not is_alive(run.owner):
            break
    raise NoRun(
        f"Run {run.run_id} made no checkpoint",
        why="its log says why, or it reads no rows just now",
        do="look at `summit validate`: targets that show all rows at once have no epochs",
        code="no_checkpoint",
    )


def _can_be_asked(run_id: str) -> bool:
    """Return True of a run whose process takes the signal; others would be ended by it."""
    if not hasattr(signal, "SIGUSR1"):
        return False
    with contextlib.suppress(StateUnavailable), Store.open() as store:
        known = store.run(run_id)
        return known is not None and known.run.trigger in {"cli", "editor"}
    return False


def _epoch(before: Mapping[str, Progress], each: Standing) -> int:
    known = before.get(each.sink)
    return known.epoch if known and known.lineage == each.progress.lineage else 0


def standing(request: RunRequest, catalogue: Catalogue | None = None) -> tuple[Standing, ...]:
    """Return what the targets of a pipeline say, in document order; those that say nothing not.

    Raises:
        InvalidPipeline: It has problems.
        SummitError: A target cannot be reached.
    """
    with targets(request, catalogue) as (plan, checkpoints):
        return tuple(_standing(plan, checkpoints))


def forget(request: RunRequest, catalogue: Catalogue | None = None) -> tuple[Standing, ...]:
    """Remove what the targets of a pipeline say, and return it; their rows stay.

    Raises:
        InvalidPipeline: It has problems.
        SummitError: A target cannot be reached.
    """
    with targets(request, catalogue) as (plan, checkpoints):
        known = tuple(_standing(plan, checkpoints))
        for found in known:
            checkpoints[found.sink].forget()
    return known


def leftovers(
    request: RunRequest, catalogue: Catalogue | None = None, *, drop: bool = False
) -> tuple[str, ...]:
    """Return what waits beside the targets of a pipeline for no load that is unfinished.

    Args:
        request: Names the pipeline.
        catalogue: The node types; by default all that are installed.
        drop: Drop it.

    Raises:
        InvalidPipeline: It has problems.
        SummitError: A target cannot be reached.
    """
    with targets(request, catalogue) as (_, checkpoints):
        found = [name for each in checkpoints.values() for name in each.leftovers(drop=drop)]
    return tuple(dict.fromkeys(found))


def orphans(
    request: RunRequest,
    idle_secs: float,
    catalogue: Catalogue | None = None,
    *,
    drop: bool = False,
) -> tuple[Progress, ...]:
    """Return what targets keep of loads of other pipelines that nobody will ask for.

    They are whole, nothing was heard of them for long, and the pipeline's file is gone. That of a
    load that is unfinished stays: the file may have been moved, and would go on.

    Args:
        request: Names a pipeline beside whose targets to look.
        idle_secs: How long nothing was heard of them.
        catalogue: The node types; by default all that are installed.
        drop: Drop it; the rows that were loaded stay.

    Raises:
        InvalidPipeline: It has problems.
        SummitError: A target cannot be reached.
    """
    found: dict[SinkKey, Progress] = {}
    with targets(request, catalogue) as (_, checkpoints):
        for checkpoint in checkpoints.values():
            for key, progress in checkpoint.finished().items():
                gone = bool(progress.path) and not Path(progress.path).exists()
                if gone and progress.idle_secs > idle_secs and key not in found:
                    found[key] = progress
                    if drop:
                        checkpoint.drop_finished(key)
    return tuple(found.values())


def processed_loads(
    request: RunRequest,
    before: datetime,
    catalogue: Catalogue | None = None,
    *,
    pipeline: str | None = None,
    drop: bool = False,
) -> tuple[KeyedLoad, ...]:
    """Return the loads whose keys stand in tables of a pipeline's, committed before a moment.

    Args:
        request: Names the pipeline; others that keep keys in the same tables are told of too.
        before: The moment.
        catalogue: The node types; by default all that are installed.
        pipeline: The name of one; None takes all.
        drop: Drop the keys: their rows count as new where they come again.

    Raises:
        InvalidPipeline: It has problems.
        SummitError: A database cannot be reached.
    """
    found: dict[int | str, KeyedLoad] = {}
    with targets(request, catalogue) as (plan, checkpoints):
        for sink in checkpoints:
            node = plan.nodes[sink]
            if isinstance(node, KeyTableSink) and node.keys is not None:
                old = node.keys.prunable(before)
                loads = [load for load in old if pipeline in {None, load.pipeline}]
                found |= {load.load_id: load for load in loads}
                if drop:
                    node.keys.drop(loads)
    return tuple(found.values())


def _standing(plan: Plan, checkpoints: Mapping[str, Checkpoint]) -> Iterator[Standing]:
    for sink, checkpoint in checkpoints.items():
        progress, node = checkpoint.look(), plan.nodes[sink]
        if progress is not None and isinstance(node, SinkNode):
            yield Standing(sink, node.node_title, node.target(), progress)


@contextlib.contextmanager
def targets(
    request: RunRequest, catalogue: Catalogue | None
) -> Iterator[tuple[Plan, dict[str, Checkpoint]]]:
    """Give the plan and the checkpoints of its targets, letters and keys among them."""
    design = design_context(request.workspace(), probe=True)
    known = catalogue or Catalogue.load()
    checked = check(request.document, known, design, dict(request.parameters))
    with contextlib.ExitStack() as stores:
        if checked.ok and keeps_letters(checked):
            checked = ended(checked, request, stores.enter_context(LetterStore.open()))
        if checked.ok and tracks_keys(checked):
            checked = tracked(checked, request, stores.enter_context(KeyStore.open()))
        yield _planned(request, checked, design)


def _planned(
    request: RunRequest, checked: Checked, design: DesignContext
) -> tuple[Plan, dict[str, Checkpoint]]:
    plan = plan_checked(checked)
    context = RunContext(request.run_id, design.workspace, design.secrets, CancelToken())
    settings = settings_of(request.document.settings)
    return plan, checkpoints_of(plan, request, settings, context)
