"""Runs a pipeline up to one of its nodes, over all rows: what lies behind is left out.

Nothing is written: no sink runs, and neither history, nor checkpoints, nor dead letters hear of it.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import Event, RunFinished, RunStarted, RunStatus
from summit_studio.core.schema import Schema, to_arrow
from summit_studio.document.model import PortRef
from summit_studio.engine.design import design_context
from summit_studio.engine.preview import Preview, looked_at, looking_run, part_before
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.graph import upstream
from summit_studio.planning.modules import drawn_id, expand, values_known
from summit_studio.planning.plan import plan_checked

if TYPE_CHECKING:
    import pyarrow as pa

Seen = Callable[[Preview], None]
"""Told the first rows of the node that a run went to, once it is there."""


class _First:
    """Keeps the first rows of a port, and counts all of them."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self.tables: list[pa.Table] = []
        self.count = 0

    def __call__(self, table: "pa.Table") -> None:
        self.tables.append(table.slice(0, max(self._wanted - self.count, 0)))
        self.count += table.num_rows


def run_to(
    request: RunRequest,
    listeners: Iterable[Callable[[Event], None]],
    cancel: CancelToken,
    catalogue: Catalogue,
    seen: Seen | None = None,
) -> RunFinished:
    """Run what a node needs, and the node, over all rows; return how it ended.

    Args:
        request: What to run; `to` names the node, or one of its ports as `node.port`. Of a sink
            these are the rows that it would get.
        listeners: Told every event in order, each from the thread where it happened.
        cancel: Cancels the run.
        catalogue: The node types.
        seen: Told the first `request.rows` rows, before the last event; also those of a run that
            failed or was cancelled on its way.

    Raises:
        InvalidPipeline: What the node needs has problems; nothing ran.
        SummitError: There is no such node or port, or it does not run.
    """
    begun, told = time.perf_counter(), list(listeners)
    node_id, _, port = (request.to or "").partition(".")
    context = design_context(request.workspace(), probe=True)
    parameters = dict(request.parameters)
    document, ref = looked_at(
        request.document, catalogue, context, PortRef(node_id, port), parameters
    )
    plan = plan_checked(part_before(document, catalogue, context, ref, parameters))
    values = values_known(request.document, parameters)
    skipped = expand(request.document, catalogue, context.workspace, values).skipped
    needed = upstream(request.document, [drawn_id(node_id)])
    plan = replace(plan, skipped={i: s for i, s in skipped.items() if drawn_id(i) in needed})
    first = _First(request.rows)

    def tell(event: Event) -> None:
        if isinstance(event, RunStarted):
            event = replace(event, run_id=request.run_id, to=node_id)
        if isinstance(event, RunFinished):
            event = replace(event, run_id=request.run_id)
            if seen is not None:
                seen(_preview(ref, plan.schemas[ref], first, event, time.perf_counter() - begun))
        for listener in told:
            listener(event)

    run = looking_run(plan, document, context, {ref: first}, cancel, None, tell)
    return replace(run.run(), run_id=request.run_id)


def _preview(
    ref: PortRef, schema: Schema, first: _First, finished: RunFinished, seconds: float
) -> Preview:
    import pyarrow as pa

    empty = to_arrow(schema).empty_table()
    table = pa.concat_tables(first.tables) if first.tables else empty
    whole = finished.status is RunStatus.SUCCEEDED
    shown, noun = table.num_rows, "row" if first.count == 1 else "rows"
    if whole and shown == first.count:
        note = f"All {shown:,} {noun}"
    else:
        note = f"The first {shown:,} of {first.count:,} {noun}"
    note += ", of a run to here over all rows." if whole else " so far: the run did not end well."
    return Preview(ref, schema, table, whole and shown == first.count, note, seconds)
