"""How far the incremental loads of a pipeline have come, looked at and moved outside of a run."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from summit_studio.core.claims import seen
from summit_studio.core.epochs import (
    WINDOW,
    Checkpoint,
    Claim,
    Position,
    Progress,
    at_window,
    windows_of,
)
from summit_studio.core.errors import SummitError
from summit_studio.core.process import own_name
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import PortRef
from summit_studio.engine.checkpoints import targets
from summit_studio.engine.lineage import unfinished_of
from summit_studio.engine.request import RunRequest
from summit_studio.engine.windows import PRINT, mark_of, print_of, settled, sources_of
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import SinkNode, SourceNode
from summit_studio.planning.incremental import loaded_by
from summit_studio.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far the loads of a source have come, as one of its sinks keeps it.

    Args:
        node_id: The source.
        title: What people call it.
        cursor: Its column.
        sink: The sink's node id.
        target: What that writes.
        value: Behind which the next load begins; None at the beginning.
        pending: Where a load ends that is under way or was left; None where none is.
        changed: True if it stands for something else than the source reads by now.
    """

    node_id: str
    title: str
    cursor: str
    sink: str
    target: str
    value: str | None
    pending: str | None = None
    changed: bool = False


def watermarks(request: RunRequest, catalogue: Catalogue | None = None) -> tuple[Watermark, ...]:
    """Return the watermarks of a pipeline, a source and sink each, in document order.

    Raises:
        InvalidPipeline: It has problems.
        SummitError: A target cannot be reached.
    """
    with targets(request, catalogue) as (plan, checkpoints):
        return _told(plan, checkpoints)


def move(
    request: RunRequest, node_id: str, value: str | None, catalogue: Catalogue | None = None
) -> tuple[Watermark, ...]:
    """Set where the next load of a source begins, in all its sinks; return its watermarks.

    Rows are not touched.

    Args:
        request: Names the pipeline.
        node_id: The source.
        value: Behind which it begins, in the source's own terms; None begins anew.
        catalogue: The node types; by default all that are installed.

    Raises:
        InvalidPipeline: The pipeline has problems.
        SummitError: There is no such source, the value is none, a load is unfinished or under
            way, or a target cannot be reached.
    """
    with targets(request, catalogue) as (plan, checkpoints):
        source = _source(plan, node_id)
        sinks = [s for s in loaded_by(plan.document, plan.nodes, node_id) if s in checkpoints]
        known = {sink: checkpoints[sink].look() for sink in checkpoints}
        _require_whole(plan, {s: p for s, p in known.items() if p is not None})
        schema = plan.schemas[PortRef(node_id, source.outputs[0].name)]
        text = None if value is None else source.watermark_of(schema, value)
        for sink in sinks:
            positions = _kept(known[sink], node_id)
            if text is not None:
                positions[node_id] = at_window(_window(source, text, print_of(plan, node_id)))
            _put(request, checkpoints[sink], known[sink], positions)
        return tuple(w for w in _told(plan, checkpoints) if w.node_id == node_id)


def _told(plan: Plan, checkpoints: Mapping[str, Checkpoint]) -> tuple[Watermark, ...]:
    known = {sink: checkpoint.look() for sink, checkpoint in checkpoints.items()}
    found = []
    for source, node in sources_of(plan).items():
        now = print_of(plan, source)
        for sink in loaded_by(plan.document, plan.nodes, source):
            target = plan.nodes[sink]
            if sink not in known or not isinstance(target, SinkNode):
                continue
            mark = mark_of(known[sink], source)
            cursor = str(getattr(node.params, "cursor", ""))
            found.append(
                Watermark(
                    source,
                    node.node_title,
                    cursor,
                    sink,
                    target.target(),
                    mark.value if mark else None,
                    # Of one that committed nothing nothing is left.
                    mark.pending if mark and _begun(known[sink]) else None,
                    mark is not None and mark.print != now,
                )
            )
    return tuple(found)


def _begun(progress: Progress | None) -> bool:
    return progress is not None and progress.epoch > 0


def _source(plan: Plan, node_id: str) -> SourceNode[Any]:
    known = sources_of(plan)
    if node_id in known:
        return known[node_id]
    near = did_you_mean(node_id, known)
    raise SummitError(
        f"No node '{node_id[:80]}' loads incrementally",
        why=f"these do: {listing(list(known))}" if known else "no source of the pipeline does",
        do=f"did you mean '{near}'?" if near else "set 'incremental' of a source",
        code="node_unknown",
    )


def _require_whole(plan: Plan, known: Mapping[str, Progress]) -> None:
    begun = unfinished_of(known)
    if begun is not None:
        raise SummitError(
            f"A load of '{plan.document.name}' is unfinished",
            why=f"the one that began at {begun.started:%Y-%m-%d %H:%M:%S} UTC has rows in a target "
            "and is not whole",
            do="run the pipeline to the end of it; or delete those rows and run `summit "
            "checkpoints forget` on the pipeline",
            code="unfinished",
        )


def _kept(progress: Progress | None, moved: str) -> dict[str, Position]:
    """Return where the other sources of a sink stand."""
    found: dict[str, Position] = {}
    for source, position in windows_of(progress.positions if progress else {}).items():
        mark = mark_of(progress, source)
        if source != moved and mark is not None:
            found[source] = at_window(settled(position[WINDOW], mark.value))
    return found


def _window(source: SourceNode[Any], text: str, meaning: str) -> dict[str, object]:
    cursor = str(getattr(source.params, "cursor", ""))
    return settled({"column": cursor, PRINT: meaning}, text)


def _put(
    request: RunRequest,
    checkpoint: Checkpoint,
    known: Progress | None,
    positions: Mapping[str, Position],
) -> None:
    claim = Claim(
        secrets.token_hex(16), datetime.now(UTC), "", request.run_id, own_name(),
        str(request.path or ""), seen=seen(known), positions=positions,
    )  # fmt: skip
    checkpoint.acquire(claim)
    checkpoint.release()
