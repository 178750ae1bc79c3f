"""Epoch domains: which sinks the rows of a source reach without having to wait for one another.

Rows that pass nodes which see one batch at a time keep their order, so that a mark between them
stays between them; so do those that stream past a table which a node has taken in before. A node
that must see all its rows before it gives any ends the domain of those that feed it, and begins one
of its own, which is a single epoch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Document, Edge
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import CodeNode, RelationalNode, SinkNode
from summit_studio.planning.graph import turns, upstream
from summit_studio.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class Domain:
    """What the marks of one head reach.

    Args:
        head: The source, or the node that waits for all its rows.
        nodes: Head, nodes between, sinks and what is behind their rejected ports, upstream first.
        sinks: The sinks among them.
        behind: Of each sink, those that get rows which it refuses, directly or not: they commit
            before it, since it tells of those rows only once.
    """

    head: str
    nodes: tuple[str, ...]
    sinks: tuple[str, ...]
    behind: dict[str, frozenset[str]]

    def leading_to(self, plan: Plan, sinks: frozenset[str]) -> tuple[str, ...]:
        """Return the nodes of the domain whose rows end in one of these sinks, and those sinks."""
        wanted: set[str] = set()
        for node_id in reversed(self.nodes):
            if node_id in sinks or any(
                e.target.node in wanted for e in plan.document.edges_from(node_id)
            ):
                wanted.add(node_id)
        return tuple(i for i in self.nodes if i in wanted)


def is_inline(document: Document, node: AnyNode) -> bool:
    """Return True if a node makes of each batch of its one input what it makes, by a query."""
    return (
        isinstance(node, RelationalNode)
        and node.rowwise
        and len(node.inputs) == 1
        and sum(1 for _ in document.edges_into(node.node_id)) == 1
    )


def passing(plan: Plan) -> Mapping[str, str]:
    """Return the input port through which marks pass a node, between the same rows, by node.

    Nodes that wait for all their rows, sources and sinks are not among them.
    """
    return _Passing(plan).found


class _Passing:
    """Finds the nodes that marks pass, upstream first.

    One that takes some inputs in whole before the other is kept waiting: whatever that one's rows
    come from stands still meanwhile. Where something would then wait for itself, the node takes in
    all of its inputs at once instead.
    """

    def __init__(self, plan: Plan) -> None:
        self.found: dict[str, str] = {}
        self._plan = plan
        self._before: set[tuple[str, str]] = set()
        for node_id in plan.order:
            port = self._port(plan.nodes[node_id])
            if port:
                self.found[node_id] = port

    def _port(self, node: AnyNode) -> str | None:
        edges = list(self._plan.document.edges_into(node.node_id))
        if isinstance(node, CodeNode):
            passes = len(edges) == 1 and not node.whole and not node.keeps_state
            return edges[0].target.port if passes else None
        if is_inline(self._plan.document, node):
            return node.inputs[0].name
        return self._past(node, edges) if isinstance(node, RelationalNode) else None

    def _past(self, node: AnyNode, edges: list[Edge]) -> str | None:
        """Return the port whose rows stream past those that a node takes in before."""
        assert isinstance(node, RelationalNode)  # noqa: S101 - the caller looked
        wanted = {p.name for p in node.output_ports() if self._plan.wanted(node.node_id, p.name)}
        built = node.builds(wanted)
        streamed = [e for e in edges if e.target.port not in built]
        if not built or len(streamed) != 1:
            return None
        sources = [e.source.node for e in edges if e.target.port in built]
        first = upstream(self._plan.document, sources)
        waiting = self._before.union(product(first, self._held(streamed[0].source.node)))
        if turns(waiting):
            return None
        self._before = waiting
        return streamed[0].target.port

    def _held(self, node_id: str) -> set[str]:
        """Return a node and those above it that stand still while it cannot hand on rows."""
        held, more = {node_id}, [node_id]
        while more:
            at = more.pop()
            for edge in self._plan.document.edges_into(at):
                passes = isinstance(self._plan.nodes[at], SinkNode) or (
                    self.found.get(at) == edge.target.port
                )
                if passes and edge.source.node not in held:
                    held.add(edge.source.node)
                    more.append(edge.source.node)
        return held


def domains_of(plan: Plan) -> tuple[Domain, ...]:
    """Return the domains of a plan, upstream first; each sink is in one of them."""
    passed = passing(plan)
    return tuple(
        _domain(plan, node_id, passed)
        for node_id in plan.order
        if not isinstance(plan.nodes[node_id], SinkNode) and node_id not in passed
    )


def _domain(plan: Plan, head: str, passed: Mapping[str, str]) -> Domain:
    reached = {head, *_reached(plan, head, passed)}
    nodes = tuple(i for i in plan.order if i in reached)
    sinks = tuple(i for i in plan.sinks if i in reached)
    behind = {
        sink: frozenset(i for i in _reached(plan, sink, passed) if i in sinks)
        for sink in sinks
        if plan.connected(sink, REJECTED)
    }
    return Domain(head, nodes, sinks, behind)


def _reached(plan: Plan, start: str, passed: Mapping[str, str]) -> Iterator[str]:
    waiting, seen = [start], {start}
    while waiting:
        for edge in plan.document.edges_from(waiting.pop()):
            node = plan.nodes[edge.target.node]
            if node.node_id in seen:
                continue
            if isinstance(node, SinkNode) or passed.get(node.node_id) == edge.target.port:
                seen.add(node.node_id)
                waiting.append(node.node_id)
                yield node.node_id
