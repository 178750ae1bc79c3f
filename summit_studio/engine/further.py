"""Reads on where the first rows hold nothing to look at, until there is enough or no more."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from summit_studio.backends.contract import READ
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import SummitError
from summit_studio.core.events import BatchProcessed, Event
from summit_studio.core.schema import REJECTED, Schema
from summit_studio.document.model import Document, Edge, PortRef
from summit_studio.engine.preview import (
    SOURCE_ROWS,
    done,
    looked_at,
    looking_run,
    of_another,
    part_before,
)
from summit_studio.engine.run import Run
from summit_studio.engine.sides import Before, Shown, Sides, ask, empty, in_one, why_unmatched
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext, RelationalNode, SourceNode
from summit_studio.planning.graph import order, part, upstream
from summit_studio.planning.plan import Plan, plan_checked

if TYPE_CHECKING:
    import pyarrow as pa

_TOLD_SECS = 0.1


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a look has come.

    Args:
        share: 0 to 1 of the source that is furthest behind; None where the end is not known.
    """

    read: int
    found: int
    share: float | None


class _Pile:
    """Gathers rows of a port until there are enough. Called from the run's threads, one by one."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._tables: list[pa.Table] = []
        self.count = 0
        self.full: Callable[[], None] = lambda: None

    def __call__(self, table: "pa.Table") -> None:
        if self.count < self._wanted and table.num_rows:
            kept = table.slice(0, self._wanted - self.count)
            self._tables.append(kept)
            self.count += kept.num_rows
        if self.count >= self._wanted:
            self.full()

    def table(self, schema: Schema) -> "pa.Table":
        import pyarrow as pa

        return in_one(pa.concat_tables(self._tables) if self._tables else empty(schema))


class _Asker:
    """Asks a row-wise node over each batch that reaches it, and keeps what it makes of them."""

    def __init__(
        self,
        node: RelationalNode[Any],
        ref: PortRef,
        edge: Edge,
        schemas: Mapping[PortRef, Schema],
        cancel: CancelToken,
        wanted: int,
    ) -> None:
        self._node, self._ref, self._edge = node, ref, edge
        self._schema = schemas[edge.source]
        self._outputs = {r.port: s for r, s in schemas.items() if r.node == node.node_id}
        self._cancel = cancel
        self.before, self.after = _Pile(wanted), _Pile(wanted)

    def schema_of(self, port: str) -> Schema:
        """Return the schema of one of the node's ports."""
        return self._outputs[port]

    def __call__(self, table: "pa.Table") -> None:
        given = ask(
            self._node,
            self._ref.port,
            {self._edge: in_one(table)},
            {self._edge: self._schema},
            self._outputs,
            self._cancel,
        )
        self.before(table.take(given.came[self._ref.port]))
        self.after(given.tables[self._ref.port])


class _Teller:
    """Says how far the sources are, a few times a second."""

    def __init__(
        self, sources: Sequence[str], found: Callable[[], int], told: Callable[[Reading], None]
    ) -> None:
        self._shares: dict[str, float | None] = dict.fromkeys(sources)
        self._found, self._told = found, told
        self.read = 0
        self._next = 0.0

    def __call__(self, event: Event) -> None:
        if not isinstance(event, BatchProcessed) or event.node_id not in self._shares:
            return
        self.read += event.rows_in.get(READ, 0)
        if event.progress is not None:
            self._shares[event.node_id] = event.progress
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _TOLD_SECS
            known = [share for share in self._shares.values() if share is not None]
            share = min(known) if len(known) == len(self._shares) else None
            self._told(Reading(self.read, self._found(), share))


def look_further(
    document: Document,
    catalogue: Catalogue,
    context: DesignContext,
    ref: PortRef,
    rows: int,
    *,
    told: Callable[[Reading], None],
    stop: CancelToken,
    cancel: CancelToken,
    parameters: Mapping[str, Any] | None = None,
) -> Sides:
    """Return the first rows that a port gives, however far one has to read for them.

    Of a node that treats each row by itself, the rows before are those that the rows after stand
    for; of others they are the first that came. Nothing is written, and no more kept than is shown.

    Args:
        document: The pipeline.
        catalogue: The node types.
        context: Where to look things up.
        ref: The port.
        rows: Rows wanted.
        told: Told how far it is, from any thread, a few times a second.
        stop: Ends it with what was found so far.
        cancel: Ends it with nothing.
        parameters: Values of the pipeline's parameters.

    Raises:
        InvalidPipeline: The part upstream has problems.
        SummitError: A source cannot be read, or a node failed.
        Cancelled: Someone cancelled.
    """
    begun = time.perf_counter()
    wanted = ref
    document, ref = looked_at(document, catalogue, context, wanted, parameters)
    plan = plan_checked(part_before(document, catalogue, context, ref, parameters))
    node, edges = plan.nodes[ref.node], tuple(plan.document.edges_into(ref.node))
    apart = isinstance(node, RelationalNode) and node.rowwise and ref.port != REJECTED
    asker, firsts, pile = None, {e: _Pile(SOURCE_ROWS) for e in edges}, _Pile(rows)
    taps: Mapping[PortRef, Callable[[pa.Table], None]]
    if apart and isinstance(node, RelationalNode):
        (edge,) = edges
        asker = _Asker(node, ref, edge, plan.schemas, cancel, rows)
        pile, firsts, taps = asker.after, {edge: asker.before}, {edge.source: asker}
        plan = _part(plan, upstream(plan.document, [edge.source.node]))
    else:
        taps = {edge.source: firsts[edge] for edge in edges} | {ref: pile}
    sources = [i for i, n in plan.nodes.items() if isinstance(n, SourceNode)]
    teller = _Teller(sources, lambda: pile.count, told)
    run = looking_run(plan, document, context, taps, cancel, None, teller)
    ended = _run(run, pile, stop)
    schemas = plan.schemas
    after = Shown(_schema(asker, schemas, ref), pile.table(_schema(asker, schemas, ref)))
    before = tuple(
        Before(e, Shown(schemas[e.source], firsts[e].table(schemas[e.source]))) for e in edges
    )
    if asker is not None:
        before = (_matched(before[0], after),)
    elif ref.port == REJECTED:
        before = ()
    if of_another(document, wanted, ref):
        before = ()
    unmatched = why_unmatched(node) if before and asker is None else ""
    note = f"{pile.count:,} of {teller.read:,} rows read"
    note += ", which are all" if ended else ""
    return Sides(ref, after, before, ended, note, time.perf_counter() - begun, unmatched)


def _run(run: Run, pile: _Pile, stop: CancelToken) -> bool:
    """Run until there is enough; return True if all there is was read."""
    early: list[bool] = []

    def enough() -> None:
        early.append(True)
        run.enough()

    pile.full = enough
    forget = stop.on_cancel(enough)
    try:
        done(run.run())
    except SummitError:
        if not stop.cancelled:
            raise
    finally:
        forget()
    return not early


def _schema(asker: _Asker | None, schemas: Mapping[PortRef, Schema], ref: PortRef) -> Schema:
    return asker.schema_of(ref.port) if asker is not None else schemas[ref]


def _matched(before: Before, after: Shown) -> Before:
    import pyarrow as pa

    return Before(before.edge, before.rows, pa.array(range(after.table.num_rows), pa.int64()))


def _part(plan: Plan, node_ids: frozenset[str]) -> Plan:
    document = part(plan.document, node_ids)
    schemas = {r: s for r, s in plan.schemas.items() if r.node in node_ids}
    nodes = {i: plan.nodes[i] for i in document.nodes}
    return Plan(document, nodes, order(document), schemas, ())
