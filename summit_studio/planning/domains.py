"""Epoch domains: which sinks the rows of a source reach without having to wait for one another.

Rows that pass nodes which see one batch at a time keep their order, so that a mark between them
stays between them; so do those that stream past a table which a node has taken in before, and those
of several inputs that follow one another. A node that must see all its rows before it gives any
ends the domain of those that feed it, and begins one of its own, which is a single epoch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Document, Edge
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import CodeNode, RelationalNode, SinkNode, SourceNode
from summit_studio.planning.graph import in_turn, turning, upstream
from summit_studio.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class Domain:
    """What the same marks reach.

    Args:
        heads: The source, or the node that waits for all its rows; where rows of several sources
            are put under one another, those, in the order in which they are read.
        nodes: Heads, nodes between, sinks and what is behind their rejected ports, upstream first.
        sinks: The sinks among them.
        behind: Of each sink, those that get rows which it refuses, directly or not: they commit
            before it, since it tells of those rows only once. Of one that commits last, all that
            the same rows reach, of other domains too.
    """

    heads: tuple[str, ...]
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

    One that takes some inputs in whole before another, or one input after the other, keeps what it
    does not read yet waiting: whatever those rows come from stands still meanwhile. Where something
    would then wait for itself, the node takes in all of its inputs at once instead.

    Attributes:
        found: See `passing`.
        before: What must end before what goes on, as pairs of node ids.
    """

    def __init__(self, plan: Plan) -> None:
        self.found: dict[str, str] = {}
        self.before: frozenset[tuple[str, str]] = frozenset()
        self._plan = plan
        for node_id in plan.order:
            port = self._port(plan.nodes[node_id])
            if port:
                self.found[node_id] = port

    def _port(self, node: AnyNode) -> str | None:
        edges = list(self._plan.document.edges_into(node.node_id))
        if isinstance(node, CodeNode):
            passes = len(edges) == 1 and not node.whole and not node.keeps_state
            return edges[0].target.port if passes else None
        if not isinstance(node, RelationalNode):
            return None
        if is_inline(self._plan.document, node):
            return node.inputs[0].name
        if node.in_turn:
            return self._after_another(node.in_turn, edges)
        return self._past(node, edges)

    def _past(self, node: RelationalNode[Any], edges: list[Edge]) -> str | None:
        """Return the port whose rows stream past those that a node takes in before."""
        wanted = {p.name for p in node.output_ports() if self._plan.wanted(node.node_id, p.name)}
        built = node.builds(wanted)
        streamed = [e for e in edges if e.target.port not in built]
        if not built or len(streamed) != 1:
            return None
        first = [e for e in edges if e.target.port in built]
        return streamed[0].target.port if self._may_wait([first, streamed]) else None

    def _after_another(self, port: str, edges: list[Edge]) -> str | None:
        """Return the port whose inputs a node takes one after the other, if they may do so."""
        heads = {i for e in edges for i in self._held(e.source.node) if i not in self.found}
        if not all(isinstance(self._plan.nodes[i], SourceNode) for i in heads):
            return None
        return port if self._may_wait([[e] for e in edges]) else None

    def _may_wait(self, turns: list[list[Edge]]) -> bool:
        """Return True if the inputs of each turn may wait for those of all before to end."""
        waiting = set(self.before)
        for early, late in combinations(turns, 2):
            ended = upstream(self._plan.document, [e.source.node for e in early])
            for edge in late:
                waiting.update(product(ended, self._held(edge.source.node)))
        if turning(waiting):
            return False
        self.before = frozenset(waiting)
        return True

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
    found = _Passing(plan)
    turns = {node_id: at for at, node_id in enumerate(in_turn(plan.order, found.before))}
    heads = [
        node_id
        for node_id in plan.order
        if not isinstance(plan.nodes[node_id], SinkNode) and node_id not in found.found
    ]
    groups: list[tuple[set[str], set[str]]] = []
    for head in heads:
        reached, ours = {head, *_reached(plan, head, found.found)}, {head}
        for group in [g for g in groups if not reached.isdisjoint(g[1])]:
            groups.remove(group)
            ours |= group[0]
            reached |= group[1]
        groups.append((ours, reached))
    made = [
        _domain(plan, tuple(sorted(ours, key=turns.__getitem__)), reached, found.found)
        for ours, reached in groups
    ]
    return tuple(sorted(made, key=lambda d: plan.order.index(d.nodes[0])))


def _domain(
    plan: Plan, heads: tuple[str, ...], reached: set[str], passed: Mapping[str, str]
) -> Domain:
    nodes = tuple(i for i in plan.order if i in reached)
    sinks = tuple(i for i in plan.sinks if i in reached)
    behind = {
        sink: frozenset(i for i in _reached(plan, sink, passed) if i in sinks)
        for sink in sinks
        if plan.connected(sink, REJECTED)
    }
    behind |= {sink: beside(plan, sink) for sink in sinks if commits_last(plan, sink)}
    return Domain(heads, nodes, sinks, behind)


def commits_last(plan: Plan, sink: str) -> bool:
    """Return True of a sink that commits once all have that its rows reach."""
    node = plan.nodes[sink]
    return isinstance(node, SinkNode) and node.commits_last


def beside(plan: Plan, sink: str) -> frozenset[str]:
    """Return the other sinks that the rows of a sink reach, through whatever nodes."""
    waiting = [edge.source.node for edge in plan.document.edges_into(sink)]
    reached: set[str] = set()
    while waiting:
        for edge in plan.document.edges_from(waiting.pop()):
            if edge.target.node not in reached:
                reached.add(edge.target.node)
                waiting.append(edge.target.node)
    return frozenset(i for i in reached if i in plan.sinks and not commits_last(plan, i))


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
