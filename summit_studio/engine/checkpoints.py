"""How far the targets of a pipeline are, looked at and forgotten outside of a run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from summit_studio.core.cancel import CancelToken
from summit_studio.core.claims import require_free
from summit_studio.core.epochs import AlreadyRunning, Checkpoint, Claim, Progress
from summit_studio.core.process import own_name
from summit_studio.core.suggest import listing
from summit_studio.engine.design import design_context
from summit_studio.engine.lineage import checkpoints_of, unfinished_of
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext, RunContext, SinkNode
from summit_studio.planning.check import Checked, check
from summit_studio.planning.plan import Plan, plan_checked
from summit_studio.planning.settings import settings_of
from summit_studio.workspace.connections import FILE_KINDS
from summit_studio.workspace.workspace import Workspace


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
                f"{each.progress.rows:,} rows (epoch {each.progress.epoch:,}) in {each.target}"
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


def standing(request: RunRequest, catalogue: Catalogue | None = None) -> tuple[Standing, ...]:
    """Return what the targets of a pipeline say, in document order; those that say nothing not.

    Raises:
        InvalidPipeline: It has problems.
        SummitError: A target cannot be reached.
    """
    plan, checkpoints = _targets(request, catalogue)
    return tuple(_standing(plan, checkpoints))


def forget(request: RunRequest, catalogue: Catalogue | None = None) -> tuple[Standing, ...]:
    """Remove what the targets of a pipeline say, and return it; their rows stay.

    Raises:
        InvalidPipeline: It has problems.
        SummitError: A target cannot be reached.
    """
    plan, checkpoints = _targets(request, catalogue)
    known = tuple(_standing(plan, checkpoints))
    for found in known:
        checkpoints[found.sink].forget()
    return known


def _standing(plan: Plan, checkpoints: Mapping[str, Checkpoint]) -> Iterator[Standing]:
    for sink, checkpoint in checkpoints.items():
        progress, node = checkpoint.look(), plan.nodes[sink]
        if progress is not None and isinstance(node, SinkNode):
            yield Standing(sink, node.node_title, node.target(), progress)


def _targets(
    request: RunRequest, catalogue: Catalogue | None
) -> tuple[Plan, dict[str, Checkpoint]]:
    design = design_context(Workspace.open(request.root), probe=True)
    known = catalogue or Catalogue.load()
    checked = check(request.document, known, design, dict(request.parameters))
    return _planned(request, checked, design)


def _planned(
    request: RunRequest, checked: Checked, design: DesignContext
) -> tuple[Plan, dict[str, Checkpoint]]:
    plan = plan_checked(checked)
    context = RunContext(request.run_id, design.workspace, design.secrets, CancelToken())
    settings = settings_of(request.document.settings)
    return plan, checkpoints_of(plan, request, settings, context)
