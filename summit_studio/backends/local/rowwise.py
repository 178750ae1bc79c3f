"""Runs a segment of row-wise nodes on one batch: one fused query, or node by node if rows fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from summit_studio.backends.local.changes import DELETES, DeleteLane, has_changes
from summit_studio.backends.local.conform import conform
from summit_studio.backends.local.fusion import Segment, relation_of
from summit_studio.backends.local.positions import Positions
from summit_studio.core.errors import SummitError
from summit_studio.core.schema import REJECTED, Schema, to_arrow
from summit_studio.core.sql import quote_name
from summit_studio.document.model import PortRef
from summit_studio.nodes.contract import Relation, RelationalNode

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from summit_studio.planning.plan import Plan

_BATCH = "batch"


@dataclass(slots=True)
class NodeResult:
    """What one node made of one batch.

    Args:
        rows_in: Rows received.
        rows_out: Rows by output port, `rejected` among them; ports without an edge as well.
        failed: Rows that failed, by quality rule.
    """

    rows_in: int
    rows_out: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class SegmentResult:
    """The rows a segment hands on, by port, and the account of each of its nodes.

    Args:
        left_out: Changes that are for no port, which become deletes.
    """

    tables: dict[PortRef, "pa.Table"] = field(default_factory=dict)
    nodes: dict[str, NodeResult] = field(default_factory=dict)
    left_out: list["pa.Table"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Step:
    """One node of a segment: what it reads and what it computes, over table `table`."""

    node: RelationalNode[Any]
    main: str
    table: str
    relation: Relation
    exact: Relation
    schemas: Mapping[str, "pa.Schema"]


class CompiledSegment:
    """A segment as SQL. Immutable after it is made; shared by the lanes of a stream."""

    def __init__(self, positions: Positions, segment: Segment) -> None:
        plan = positions.plan
        self._told = positions.told
        self.source = segment.source
        self._steps = tuple(_steps(plan, segment))
        self._wanted = {
            PortRef(step.node.node_id, port)
            for step in self._steps
            for port in step.schemas
            if plan.wanted(step.node.node_id, port)
        }
        self._filter = next((i for i, s in enumerate(self._steps) if s.relation.filters), None)
        self._fused = self._query(len(self._steps))
        self._counts_all = self._is_counted()
        self._lane = _lane(plan, self.source, self._steps)

    def run(self, con: "duckdb.DuckDBPyConnection", batch: "pa.Table") -> SegmentResult:
        """Return what the segment makes of a batch.

        Args:
            con: A locked connection of the calling thread.
            batch: Rows of the source port's schema.

        Raises:
            SummitError: A query failed for another reason than its rows.
        """
        if self._lane is None:
            return self._run(con, batch)
        return self._run_changes(self._lane, con, batch)

    def _run_changes(
        self, lane: DeleteLane, con: "duckdb.DuckDBPyConnection", batch: "pa.Table"
    ) -> SegmentResult:
        """Run the inserts and updates, and take past them what else there is.

        What the node leaves out is counted by the query of the port that it would go out by, and
        so is each change that goes on: a row lost on the way does not pass for one left out.
        """
        (step,) = self._steps
        rows, others = lane.part(batch)
        result = self._run(con, rows)
        account = result.nodes[step.node.node_id]
        left_out = result.left_out
        made = [lane.past(con, others), *(lane.past(con, lane.deletes_of(t)) for t in left_out)]
        main = PortRef(step.node.node_id, step.main)
        given = result.tables.get(main, made[0].slice(0, 0))
        result.tables[main] = lane.joined(batch, given, *made)
        account.rows_in += others.num_rows
        account.rows_out[step.main] += others.num_rows
        for port in [p for p in account.rows_out if p not in {step.main, REJECTED}]:
            account.rows_out[step.main] += account.rows_out.pop(port)
        return result

    def _run(self, con: "duckdb.DuckDBPyConnection", batch: "pa.Table") -> SegmentResult:
        import duckdb

        con.register(_BATCH, batch)
        try:
            return self._run_fused(con, batch)
        except duckdb.InterruptException:
            raise
        except (duckdb.Error, SummitError):
            return self._run_exact(con, batch)
        finally:
            con.unregister(_BATCH)

    def _is_counted(self) -> bool:
        """Return True if what is left out is only counted: done even where none seems to be.

        Else a row left out and another doubled in one batch would look like none.
        """
        if self._filter is None:
            return False
        step = self._steps[self._filter]
        return all(p in step.relation.counts for p in step.relation.filters)

    def _query(self, upto: int, last: str | None = None) -> str:
        """Return the fused query of the first `upto` steps, then `last` or all rows of them."""
        ctes = [
            f"{_after(i)} AS ({step.relation.fast or _main(step)})"
            for i, step in enumerate(self._steps[:upto])
        ]
        final = last or f"SELECT * FROM {_after(upto - 1)}"
        return f"WITH {', '.join(ctes)} {final}" if ctes else final

    def _run_fused(self, con: "duckdb.DuckDBPyConnection", batch: "pa.Table") -> SegmentResult:
        raw = con.sql(self._fused).to_arrow_table()
        result = SegmentResult()
        lost = batch.num_rows - raw.num_rows
        for index, step in enumerate(self._steps):
            left = self._filter is not None and index > self._filter
            rows_in = raw.num_rows if left else batch.num_rows
            after = self._filter is not None and index >= self._filter
            rows_out = raw.num_rows if after else batch.num_rows
            result.nodes[step.node.node_id] = NodeResult(rows_in, {step.main: rows_out})
        last = self._steps[-1]
        _count_failures(last, raw, result.nodes[last.node.node_id])
        self._keep(result, last, last.main, raw)
        if self._filter is not None and (lost or self._counts_all):
            self._spill(con, result)
        elif lost:
            # Nothing here leaves rows out: the account of the last node will not balance.
            result.nodes[last.node.node_id].rows_out[last.main] = raw.num_rows
        return result

    def _spill(self, con: "duckdb.DuckDBPyConnection", result: SegmentResult) -> None:
        """Account for the rows that the filtering step left out."""
        assert self._filter is not None  # noqa: S101 - the caller looked
        step = self._steps[self._filter]
        ports = step.relation.filters
        account = result.nodes[step.node.node_id]
        for port in ports:
            if port in step.relation.counts and not self._is_wanted(step, port):
                query = self._query(self._filter, step.relation.counts[port])
                account.rows_out[port] = int(con.execute(query).fetchall()[0][0])
                continue
            query = self._query(self._filter, step.relation.ports[port])
            table = con.sql(query).to_arrow_table()
            account.rows_out[port] = table.num_rows
            _count_failures(step, table, account)
            self._keep(result, step, port, table)

    def _run_exact(self, con: "duckdb.DuckDBPyConnection", batch: "pa.Table") -> SegmentResult:
        """Run node by node, with queries that no row can fail."""
        result = SegmentResult()
        rows = batch
        for step in self._steps:
            account = NodeResult(rows.num_rows)
            con.register("exact", rows)
            following = rows
            for port, query in step.exact.ports.items():
                table = self._exact(con, step, query)
                account.rows_out[port] = table.num_rows
                _count_failures(step, table, account)
                if port == step.main:
                    following = conform(table, step.schemas[port])
                self._keep(result, step, port, table)
            con.unregister("exact")
            result.nodes[step.node.node_id] = account
            rows = following
        return result

    def _exact(self, con: "duckdb.DuckDBPyConnection", step: _Step, query: str) -> "pa.Table":
        import duckdb

        try:
            return con.sql(query).to_arrow_table()
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise SummitError(
                f"'{step.node.node_title}' failed",
                why=str(error).split("\n", 1)[0],
                do="look at the values it gets, in the preview of its input",
                code="node_failed",
                where=step.node.place(),
            ) from None

    def _is_wanted(self, step: _Step, port: str) -> bool:
        wanted = PortRef(step.node.node_id, port) in self._wanted
        return wanted or port == REJECTED or self._lane is not None

    def _keep(self, result: SegmentResult, step: _Step, port: str, table: "pa.Table") -> None:
        if self._lane is not None and port not in {step.main, REJECTED}:
            result.left_out.append(table)
        elif port in step.schemas and (self._is_wanted(step, port) or step is self._steps[-1]):
            ref = PortRef(step.node.node_id, port)
            rows = self._told(table) if port == REJECTED else table
            result.tables[ref] = conform(rows, step.schemas[port])


def _lane(plan: "Plan", source: PortRef, steps: tuple[_Step, ...]) -> DeleteLane | None:
    """Return what takes deletes past the node of a segment; None where no changes go through it."""
    node = steps[-1].node
    schema, output = plan.schemas[source], plan.schemas[PortRef(node.node_id, steps[-1].main)]
    if not (has_changes(schema) and has_changes(output)):
        return None
    relation = relation_of(node, schema, quote_name(DELETES))
    query = relation.fast or relation.ports[steps[-1].main]
    return DeleteLane(node, {node.inputs[0].name: (schema,)}, output, query)


def _after(index: int) -> str:
    return quote_name(f"s{index}")


def _main(step: _Step) -> str:
    return step.relation.ports[step.main]


def _steps(plan: "Plan", segment: Segment) -> Iterator[_Step]:
    source = segment.source
    for index, node_id in enumerate(segment.chain):
        node = plan.nodes[node_id]
        assert isinstance(node, RelationalNode)  # noqa: S101 - fusion takes no others
        schema: Schema = plan.schemas[source]
        table = quote_name(_BATCH) if index == 0 else _after(index - 1)
        yield _Step(
            node,
            node.outputs[0].name,
            table,
            relation_of(node, schema, table),
            relation_of(node, schema, '"exact"'),
            {
                p.name: to_arrow(plan.schemas[PortRef(node_id, p.name)])
                for p in node.output_ports()
                if PortRef(node_id, p.name) in plan.schemas
            },
        )
        source = PortRef(node_id, node.outputs[0].name)


def _count_failures(step: _Step, table: "pa.Table", account: NodeResult) -> None:
    import pyarrow.compute as pc

    for rule, column in step.exact.measures.items():
        index = table.schema.get_field_index(column)
        if index >= 0 and table.num_rows:
            passed = pc.sum(table.column(index)).as_py() or 0
            account.failed[rule] = account.failed.get(rule, 0) + table.num_rows - passed
