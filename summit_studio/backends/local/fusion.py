"""Fusion: cuts a pipeline into streams, and the row-wise nodes of a stream into single queries.

A stream begins at a source, a blocking node, a code node or the rejected port of a sink, and holds
all row-wise nodes behind it, up to sinks and the next stream. Within a stream a segment is a chain
of nodes that runs as one query: at most one of them leaves rows out, so the count of every edge
inside follows from the rows that went in and came out. Each node that changes go through is one by
itself, since deletes go past it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from summit_studio.core.changes import OP
from summit_studio.core.schema import REJECTED, Schema
from summit_studio.document.model import Document, Edge, PortRef
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import Input, Relation, RelationalNode, SinkNode
from summit_studio.planning.domains import is_inline
from summit_studio.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class Segment:
    """Row-wise nodes that run as one query over the rows of `source`."""

    source: PortRef
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """What happens to the rows of one head, chunk by chunk.

    Args:
        head: The source, blocking node, code node or sink.
        segments: In an order in which each one's source is there.
        exits: The edges that leave the stream, to sinks and other streams' heads.
    """

    head: str
    segments: tuple[Segment, ...]
    exits: tuple[Edge, ...]


def streams_of(plan: Plan) -> tuple[Stream, ...]:
    """Return the streams of a plan, upstream first."""
    document, nodes = plan.document, plan.nodes
    inline = {i for i in plan.order if is_inline(document, nodes[i])}
    heads = [
        i
        for i in plan.order
        if i not in inline and (not isinstance(nodes[i], SinkNode) or plan.connected(i, REJECTED))
    ]
    cutter = _Cutter(document, nodes, plan.schemas, inline)
    return tuple(cutter.stream(head) for head in heads)


def relation_of(node: RelationalNode[object], schema: Schema, table: str) -> Relation:  # type: ignore[type-var]
    """Return the relation of a row-wise node over one table."""
    return node.relation({node.inputs[0].name: (Input(table, schema),)})


class _Cutter:
    def __init__(
        self,
        document: Document,
        nodes: Mapping[str, AnyNode],
        schemas: Mapping[PortRef, Schema],
        inline: set[str],
    ) -> None:
        self._nodes = nodes
        self._schemas = schemas
        self._inline = inline
        self._edges_from: dict[str, list[Edge]] = {}
        for edge in document.edges:
            self._edges_from.setdefault(edge.source.node, []).append(edge)

    def stream(self, head: str) -> Stream:
        segments = tuple(self._segments(head))
        ends = [head, *(i for s in segments for i in s.chain)]
        exits = tuple(
            e
            for i in ends
            for e in self._edges_from.get(i, ())
            if e.target.node not in self._inline
        )
        return Stream(head, segments, exits)

    def _segments(self, start: str) -> Iterator[Segment]:
        waiting = [start]
        while waiting:
            for edge in self._edges_from.get(waiting.pop(0), ()):
                if edge.target.node in self._inline:
                    chain = self._chain(edge.target.node, edge.source)
                    yield Segment(edge.source, chain)
                    waiting.append(chain[-1])

    def _chain(self, first: str, source: PortRef) -> tuple[str, ...]:
        chain = [first]
        relation = self._relation(first, source)
        filtering = bool(relation.filters)
        while not relation.measures and OP not in self._schemas[source]:
            edges = self._edges_from.get(chain[-1], ())
            main = self._nodes[chain[-1]].outputs[0].name
            if len(edges) != 1 or edges[0].source.port != main:
                break
            source = edges[0].source
            if edges[0].target.node not in self._inline or OP in self._schemas[source]:
                break
            relation = self._relation(edges[0].target.node, source)
            if filtering and relation.filters:
                break
            filtering = filtering or bool(relation.filters)
            chain.append(edges[0].target.node)
        return tuple(chain)

    def _relation(self, node_id: str, source: PortRef) -> Relation:
        node = self._nodes[node_id]
        assert isinstance(node, RelationalNode)  # noqa: S101 - only such are inline
        return relation_of(node, self._schemas[source], '"rows"')
