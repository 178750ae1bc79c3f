"""Shows the rows that reach a node beside those it gives: which became which, where others went.

The rows that arrive are read once and kept while a person edits the node, so that an edit costs
what the node itself costs. A relational node is asked over them with a hidden column that numbers
its rows; where it passes that on, rows of both sides are matched.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from summit_studio.backends.local.blocking import BlockingQuery
from summit_studio.core.cancel import CancelToken
from summit_studio.core.schema import AT, BIGINT, REJECTED, Column, Schema, to_arrow
from summit_studio.document.model import Document, Edge, PortRef
from summit_studio.engine.preview import (
    SOURCE_ROWS,
    done,
    looked_at,
    looking_run,
    of_another,
    part_before,
)
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import (
    DesignContext,
    RelationalNode,
    RunContext,
    SinkNode,
    SourceNode,
)
from summit_studio.planning.graph import order, part, upstream
from summit_studio.planning.plan import Plan, plan_checked

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS = 200_000
"""Rows of a port that are looked at: a join may make any number of a few."""

_KEPT = 3
_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows of one port, each column in one piece."""

    schema: Schema
    table: "pa.Table"


@dataclass(frozen=True, slots=True)
class Fate:
    """Where a row went that is not among those shown.

    Args:
        port: The port it left by; empty where no port has it.
        reason: Why it was rejected.
    """

    port: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """The rows that came by one edge.

    Args:
        came: By row after, the row here that it stands for; null of others. None where rows of the
            two sides cannot be matched.
        fates: By row here that none after stands for, where it went.
    """

    edge: Edge
    rows: Shown
    came: "pa.Int64Array | None" = None
    fates: Mapping[int, Fate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sides:
    """What a port gives, beside what reaches its node.

    Args:
        before: One an edge into the node, in edge order; none of a source or a sink.
        complete: True if these are all rows that the port would ever get.
        note: A sentence on what the rows stand for.
        unmatched: Why rows of the two sides cannot be matched; empty where they are.
        rejected: How many of the rows that were read the node rejected, as far as that is known.
    """

    port: PortRef
    after: Shown
    before: tuple[Before, ...]
    complete: bool
    note: str
    seconds: float
    unmatched: str = ""
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class _Sample:
    """The first rows of some ports, for as long as what they come from stays what it is."""

    document: Document
    parameters: Mapping[str, Any]
    prints: tuple[str, ...]
    asker: str
    tables: Mapping[PortRef, "pa.Table"]
    cut: bool


class Sampler:
    """Reads what reaches a node, and keeps it from one look to the next. One thread at a time."""

    def __init__(self) -> None:
        self._samples: list[_Sample] = []

    def forget(self) -> None:
        """Read everything anew the next time."""
        self._samples.clear()

    def look(
        self,
        document: Document,
        catalogue: Catalogue,
        context: DesignContext,
        ref: PortRef,
        *,
        cancel: CancelToken | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Sides:
        """Return what a node gives of the first rows of its sources, beside what reaches it.

        Nothing is written.

        Raises:
            InvalidPipeline: The part upstream has problems.
            SummitError: A source cannot be read, or a node failed.
            Cancelled: Someone cancelled.
        """
        begun = time.perf_counter()
        token = cancel or CancelToken()
        wanted = ref
        document, ref = looked_at(document, catalogue, context, wanted, parameters)
        plan = plan_checked(part_before(document, catalogue, context, ref, parameters))
        node = plan.nodes[ref.node]
        asked = _Asked(document, plan, context, ref, token, parameters or {})
        edges = tuple(plan.document.edges_into(ref.node))
        apart = isinstance(node, RelationalNode) and ref.port != REJECTED
        if isinstance(node, SourceNode) or not edges:
            edges = ()
        sources = tuple(dict.fromkeys(e.source for e in edges))
        if apart:
            sample = self._sample(asked, part(plan.document, upstream(plan.document, [
                s.node for s in sources])), sources)  # fmt: skip
            sides = _query(asked, node, edges, sample)
        else:
            out = PortRef(ref.node, REJECTED)
            beside = (out,) if out in plan.schemas and out != ref else ()
            shown = (*sources, ref, *beside)
            sample = _read(asked, plan.document, shown, ())
            before = tuple(Before(e, _shown(plan, sample, e.source)) for e in edges)
            if ref.port == REJECTED:
                before = ()  # They are what came, with the reason.
            why = why_unmatched(node) if before else ""
            sides = Sides(ref, _shown(plan, sample, ref), before, not sample.cut, "", 0, why)
            sides = replace(sides, rejected=sum(sample.tables[r].num_rows for r in beside))
        if of_another(document, wanted, ref):
            sides = replace(sides, before=(), unmatched="", rejected=0)
        note = _note(sides.after.table.num_rows, complete=sides.complete, cut=sample.cut)
        return replace(sides, note=note, seconds=time.perf_counter() - begun)

    def arriving(
        self,
        document: Document,
        catalogue: Catalogue,
        context: DesignContext,
        edge: Edge,
        parameters: Mapping[str, Any] | None = None,
        *,
        cancel: CancelToken | None = None,
    ) -> tuple[Shown, bool]:
        """Return the first rows that come by an edge, whatever is wrong with the node it leads to.

        Args:
            document: The pipeline.
            catalogue: The node types.
            context: As for the check.
            edge: The edge.
            parameters: Values of the document's parameters; for the others their defaults.
            cancel: Stops it.

        The second value is True if a source was cut short, so that there may be more.

        Raises:
            InvalidPipeline: The part upstream has problems.
            SummitError: A source cannot be read, or a node failed.
            Cancelled: Someone cancelled.
        """
        whole, ref = looked_at(document, catalogue, context, edge.source, parameters)
        plan = plan_checked(part_before(whole, catalogue, context, ref, parameters))
        asked = _Asked(whole, plan, context, ref, cancel or CancelToken(), parameters or {})
        sample = self._sample(asked, plan.document, (ref,))
        return _shown(plan, sample, ref), sample.cut

    def _sample(self, asked: "_Asked", document: Document, refs: Sequence[PortRef]) -> _Sample:
        meaning = document.meaning()
        prints = asked.prints(document)
        for known in self._samples:
            sure = all(prints) or known.asker == asked.ref.node
            same = known.document == meaning and known.parameters == asked.parameters
            if sure and same and known.prints == prints and known.tables.keys() >= set(refs):
                return known
        sample = _read(asked, document, refs, prints)
        self._samples = [sample, *self._samples][:_KEPT]
        return sample


@dataclass(frozen=True, slots=True)
class _Asked:
    """One look: the plan of the node and all upstream of it."""

    document: Document
    plan: Plan
    context: DesignContext
    ref: PortRef
    cancel: CancelToken
    parameters: Mapping[str, Any]

    def prints(self, document: Document) -> tuple[str, ...]:
        """Return what changes when a source does; empty texts of those where nothing tells."""
        run = RunContext("look", self.context.workspace, self.context.secrets, self.cancel)
        sources = (self.plan.nodes[i] for i in document.nodes)
        return tuple(s.fingerprint(run) for s in sources if isinstance(s, SourceNode))

    def part(self, document: Document) -> Plan:
        """Return the plan of a part of the document."""
        schemas = {r: s for r, s in self.plan.schemas.items() if r.node in document.nodes}
        nodes = {i: self.plan.nodes[i] for i in document.nodes}
        sinks = tuple(i for i, n in nodes.items() if isinstance(n, SinkNode))
        return Plan(document, nodes, order(document), schemas, sinks)


def _read(
    asked: _Asked, document: Document, refs: Sequence[PortRef], prints: tuple[str, ...]
) -> _Sample:
    """Run a part of the document over the first rows of its sources; keep what ports give."""
    import pyarrow as pa

    found: dict[PortRef, list[pa.Table]] = {ref: [] for ref in refs}
    plan = asked.part(document)
    taps = {ref: found[ref].append for ref in refs}
    run = looking_run(plan, asked.document, asked.context, taps, asked.cancel, SOURCE_ROWS)
    finished = done(run.run())
    tables = {
        ref: in_one(pa.concat_tables(found[ref]) if found[ref] else empty(plan.schemas[ref]))
        for ref in refs
    }
    cut = any(sum(line.rows_in.values()) >= SOURCE_ROWS for line in finished.ledger
              if isinstance(plan.nodes[line.node_id], SourceNode))  # fmt: skip
    return _Sample(document.meaning(), asked.parameters, prints, asked.ref.node, tables, cut)


def _query(asked: _Asked, node: AnyNode, edges: tuple[Edge, ...], sample: _Sample) -> Sides:
    """Ask a node over the rows that reach it."""
    assert isinstance(node, RelationalNode)  # noqa: S101 - the caller looked
    arriving = {edge: sample.tables[edge.source] for edge in edges}
    schemas = {edge: asked.plan.schemas[edge.source] for edge in edges}
    outputs = {r.port: s for r, s in asked.plan.schemas.items() if r.node == node.node_id}
    given = ask(node, asked.ref.port, arriving, schemas, outputs, asked.cancel)
    after = given.tables[asked.ref.port]
    before = tuple(given.sides(edge, Shown(schemas[edge], arriving[edge])) for edge in edges)
    return Sides(
        asked.ref,
        Shown(outputs[asked.ref.port], after),
        before,
        complete=not sample.cut and not given.more,
        note="",
        seconds=0,
        unmatched="" if given.matched else why_unmatched(node),
        rejected=given.tables[REJECTED].num_rows if REJECTED in given.tables else 0,
    )


@dataclass(frozen=True, slots=True)
class Given:
    """What a relational node makes of rows, by port, and which row each stands for.

    Args:
        came: By port, the number of the row that each stands for, over all edges of the port's
            origin one after another.
        offsets: Where the numbers of an edge begin; of those that are numbered only.
        more: True if not all rows that there are were taken.
    """

    port: str
    tables: Mapping[str, "pa.Table"]
    came: Mapping[str, "pa.Int64Array"]
    offsets: Mapping[Edge, int]
    more: bool

    @property
    def matched(self) -> bool:
        """True if it is known for some row after where it came from."""
        came = self.came.get(self.port)
        return came is not None and (came.null_count < len(came) or not len(came))

    def sides(self, edge: Edge, rows: Shown) -> Before:
        """Return the rows of an edge with what became of them."""
        import pyarrow.compute as pc

        if not self.matched or edge not in self.offsets:
            return Before(edge, rows)
        begin, size = self.offsets[edge], rows.table.num_rows
        came = pc.subtract(self.came[self.port], begin)
        inside = pc.and_(pc.greater_equal(came, 0), pc.less(came, size))
        came = pc.if_else(pc.fill_null(inside, False), came, None)
        return Before(edge, rows, came, dict(self._fates(begin, size)))

    def _fates(self, begin: int, size: int) -> Iterator[tuple[int, Fate]]:
        for port, numbers in self.came.items():
            if port == self.port:
                continue
            reasons = (
                self.tables[port].column("reject_reason").to_pylist() if port == REJECTED else None
            )
            for place, number in enumerate(numbers.to_pylist()):
                if number is not None and begin <= number < begin + size:
                    yield number - begin, Fate(port, (reasons[place] or "") if reasons else "")


def ask(
    node: "RelationalNode[Any]",
    port: str,
    arriving: Mapping[Edge, "pa.Table"],
    schemas: Mapping[Edge, Schema],
    outputs: Mapping[str, Schema],
    cancel: CancelToken,
) -> Given:
    """Return what a node makes of rows, at `port` and wherever else the same rows may go.

    Args:
        node: As it was bound.
        port: The output port looked at.
        arriving: The rows of each edge into it.
        schemas: Of these.
        outputs: Of its output ports.
        cancel: Stops it.

    Raises:
        SummitError: Its query failed.
        Cancelled: Someone cancelled.
    """
    import pyarrow as pa

    origin = node.origin(port)
    alike = {p for p in outputs if origin and node.origin(p) == origin}
    offsets, tables, inputs = _numbered(arriving, schemas, origin)
    number = Column(AT, BIGINT)
    promised = {
        p: Schema((*schema, number)) if p in alike else schema for p, schema in outputs.items()
    }
    query = BlockingQuery(
        node, inputs, promised, frozenset({port, *alike}),
        told=lambda rejected: rejected, batch_rows=_ROWS_AT_ONCE, started=datetime.now(UTC),
        spill_folder=None, threads=1, counting=False,
    )  # fmt: skip
    feeds = {key: (lambda rows=rows: iter((rows,))) for key, rows in tables.items()}
    found: dict[str, list[pa.Table]] = {p: [] for p in promised}
    count, more = 0, False
    for name, table, _ in query.run(feeds, cancel):
        if table is None or name not in found:
            continue
        found[name].append(table)
        count += table.num_rows
        if count > MOST_ROWS * max(len(found), 1):
            more = True
            break
    whole = {
        p: in_one(pa.concat_tables(pieces) if pieces else empty(promised[p]))
        for p, pieces in found.items()
        if p in alike or p == port
    }
    came = {p: whole[p].column(AT).combine_chunks() for p in whole if p in alike}
    return Given(port, {p: _bare(t) for p, t in whole.items()}, came, offsets, more)


def _numbered(
    arriving: Mapping[Edge, "pa.Table"], schemas: Mapping[Edge, Schema], origin: str | None
) -> "tuple[dict[Edge, int], dict[tuple[str, int], pa.Table], dict[str, tuple[Schema, ...]]]":
    """Return where numbers begin, and the rows and schemas by port with the number where wanted."""
    import pyarrow as pa

    offsets: dict[Edge, int] = {}
    tables: dict[tuple[str, int], pa.Table] = {}
    inputs: dict[str, tuple[Schema, ...]] = {}
    begin = 0
    for edge, table in arriving.items():
        port, schema = edge.target.port, schemas[edge]
        if port == origin:
            numbers = pa.array(range(begin, begin + table.num_rows), pa.int64())
            table = table.append_column(AT, numbers)  # noqa: PLW2901 - the same, with a number
            schema = Schema((*schema, Column(AT, BIGINT)))
            offsets[edge] = begin
            begin += table.num_rows
        known = inputs.get(port, ())
        tables[port, len(known)] = table
        inputs[port] = (*known, schema)
    return offsets, tables, inputs


def in_one(table: "pa.Table") -> "pa.Table":
    """Return a table whose columns are each in one piece, so that a cell is found at once."""
    return table.combine_chunks()


def empty(schema: Schema) -> "pa.Table":
    """Return no rows of a schema."""
    return to_arrow(schema).empty_table()


def _bare(table: "pa.Table") -> "pa.Table":
    return table.drop_columns([AT]) if AT in table.column_names else table


def _shown(plan: Plan, sample: _Sample, ref: PortRef) -> Shown:
    return Shown(plan.schemas[ref], sample.tables[ref])


def why_unmatched(node: AnyNode) -> str:
    """Return why rows of the two sides of a node cannot be matched, as a sentence."""
    if not isinstance(node, RelationalNode):
        return f"'{node.node_title}' runs code: which row it made of which cannot be told."
    return f"'{node.node_title}' makes its rows of several: which came of which cannot be told."


def _note(shown: int, *, complete: bool, cut: bool) -> str:
    noun = "row" if shown == 1 else "rows"
    if complete:
        return f"All {shown:,} {noun}"
    if cut:
        return f"{shown:,} {noun} of the first {SOURCE_ROWS:,} of each source"
    return f"The first {shown:,} {noun}"
