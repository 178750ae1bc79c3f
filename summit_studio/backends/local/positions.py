"""Where rows came from, carried beside them to whoever may reject them.

A row carries one number: the place in the upper bits (a file, a sheet, a table), the line or row
there in the lower. It is carried only from a source to a rejected port that somebody reads.
"""

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from summit_studio.core.schema import AT, BIGINT, HIDDEN, REJECT_SOURCE, REJECTED, Column, Schema
from summit_studio.document.model import Edge, PortRef
from summit_studio.nodes.contract import SourceNode
from summit_studio.planning.plan import Plan

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.formats.contract import Loaded

_NUMBER_BITS: Final = 40
_NUMBER: Final = (1 << _NUMBER_BITS) - 1


class Positions:
    """Where the rows of one run came from. Called from any thread.

    Args:
        plan: As it was settled: no schema in it has the column.

    Attributes:
        plan: The same, whose schemas have the column `AT` wherever it is carried.
    """

    def __init__(self, plan: Plan) -> None:
        self._needed = _needed(plan)
        carrying = _carrying(plan, self._needed)
        schemas = {
            ref: replace(schema, columns=(*schema, Column(AT, BIGINT)))
            if ref in carrying
            else schema
            for ref, schema in plan.schemas.items()
        }
        self.plan = replace(plan, schemas=schemas)
        self._lock = threading.Lock()
        self._places: dict[str, int] = {}

    def takes(self, edge: Edge) -> bool:
        """Return True if the rows of an edge carry it."""
        return edge.target in self._needed and AT in self.plan.schemas[edge.source]

    def inputs(self, node_id: str) -> Mapping[str, tuple[Schema, ...]]:
        """Return the schemas that arrive at a node, by port."""
        found: dict[str, tuple[Schema, ...]] = {}
        for edge in self.plan.document.edges_into(node_id):
            schema = self.plan.schemas[edge.source]
            arriving = schema if self.takes(edge) else bare_schema(schema)
            found[edge.target.port] = (*found.get(edge.target.port, ()), arriving)
        return found

    def marked(self, loaded: "Loaded") -> "pa.Table":
        """Return the rows of a source with where they came from."""
        import pyarrow as pa
        import pyarrow.compute as pc

        rows = loaded.rows
        if loaded.lines is None or not loaded.place:
            return rows.append_column(AT, pa.nulls(rows.num_rows, pa.int64()))
        numbers = pa.array(loaded.lines(), pa.int64())
        return rows.append_column(AT, pc.add(numbers, self._place(loaded.place) << _NUMBER_BITS))

    def told(self, rejected: "pa.Table") -> "pa.Table":
        """Return rejected rows that say in words where they came from."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if AT not in rejected.column_names:
            return rejected
        at = rejected.column(AT).combine_chunks()
        with self._lock:
            places = pa.array(list(self._places), pa.string())
        place = places.take(pc.shift_right(at, _NUMBER_BITS))
        number = pc.bit_wise_and(at, _NUMBER).cast(pa.string())
        # Of those that carry nothing stays what they say themselves, having been rejected before.
        words = pc.coalesce(
            pc.binary_join_element_wise(place, number, ""), rejected.column(REJECT_SOURCE)
        )
        index = rejected.column_names.index(REJECT_SOURCE)
        return rejected.set_column(index, REJECT_SOURCE, words).drop_columns([AT])

    def _place(self, text: str) -> int:
        with self._lock:
            return self._places.setdefault(text, len(self._places))


def bare(table: "pa.Table") -> "pa.Table":
    """Return rows without where they came from, for those who must not see it."""
    return table.drop_columns([AT]) if AT in table.column_names else table


def shown(table: "pa.Table") -> "pa.Table":
    """Return rows with the columns that people see."""
    return table.select([name for name in table.column_names if not name.startswith(HIDDEN)])


def bare_schema(schema: Schema) -> Schema:
    """Return a schema without the column that tells where rows came from."""
    return replace(schema, columns=tuple(c for c in schema if c.name != AT))


def _needed(plan: Plan) -> frozenset[PortRef]:
    """Return the input ports behind which somebody reads rows rejected there or later."""
    targets = _targets(plan)
    needed: set[PortRef] = set()
    for node_id in reversed(plan.order):
        node = plan.nodes[node_id]
        for port in (p.name for p in node.output_ports()):
            origin = node.origin(port)
            ends = port == REJECTED and plan.wanted(node_id, port)
            if origin and (ends or not needed.isdisjoint(targets[node_id, port])):
                needed.add(PortRef(node_id, origin))
    return frozenset(needed)


def _carrying(plan: Plan, needed: frozenset[PortRef]) -> frozenset[PortRef]:
    """Return the output ports whose rows have the column: there they are, and of use to one."""
    targets = _targets(plan)
    arriving: set[PortRef] = set()
    carrying: set[PortRef] = set()
    for node_id in plan.order:
        node = plan.nodes[node_id]
        for port in (p.name for p in node.outputs):
            ref, origin = PortRef(node_id, port), node.origin(port)
            comes = isinstance(node, SourceNode) or (
                origin and PortRef(node_id, origin) in arriving
            )
            own = ref in plan.schemas and AT in plan.schemas[ref]
            if comes and not own and not needed.isdisjoint(targets[node_id, port]):
                carrying.add(ref)
                arriving.update(targets[node_id, port])
    return frozenset(carrying)


def _targets(plan: Plan) -> Mapping[tuple[str, str], list[PortRef]]:
    """Return the input ports that an output port leads to."""
    found: defaultdict[tuple[str, str], list[PortRef]] = defaultdict(list)
    for edge in plan.edges:
        found[edge.source.node, edge.source.port].append(edge.target)
    return found
