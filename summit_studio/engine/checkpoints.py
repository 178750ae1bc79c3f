"""How far the targets of a pipeline are, looked at and forgotten outside of a run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Checkpoint, Progress
from summit_studio.engine.design import design_context
from summit_studio.engine.lineage import checkpoints_of
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import RunContext, SinkNode
from summit_studio.planning.check import check
from summit_studio.planning.plan import Plan, plan_checked
from summit_studio.planning.settings import settings_of
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
    workspace = Workspace.open(request.root)
    design = design_context(workspace, probe=True)
    known = catalogue or Catalogue.load()
    plan = plan_checked(check(request.document, known, design, dict(request.parameters)))
    context = RunContext(request.run_id, workspace, design.secrets, CancelToken())
    settings = settings_of(request.document.settings)
    return plan, checkpoints_of(plan, request, settings, context)
