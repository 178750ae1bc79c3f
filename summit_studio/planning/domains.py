"""Epoch domains: which sinks the rows of a source reach without having to wait for one another.

Rows that pass nodes which see one batch at a time keep their order, so that a mark between them
stays between them. A node that must see all its rows before it gives any ends the domain of those
that feed it, and begins one of its own, which is a single epoch.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Document
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import CodeNode, RelationalNode, SinkNode
from summit_studio.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class Domain:
    """What the marks of one head reach.

    Args:
        head: The source, or the node that waits for all its rows.
        nodes: Head, nodes between, sinks and what is behind their rejected ports, upstream first.
        sinks: The sinks among them.
        behind: Of each sink, those that get rows which it refuses, directly or not: they commit
            before it, since it tells of those rows only once. Of one that commits last, all that
            the same rows reach, of other domains too.
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


def passes_marks(document: Document, node: AnyNode) -> bool:
    """Return True if a mark that goes into a node comes out of it between the same rows."""
    if isinstance(node, CodeNode):
        one = sum(1 for _ in document.edges_into(node.node_id)) == 1
        return one and not node.whole and not node.keeps_state
    return is_inline(document, node)


def domains_of(plan: Plan) -> tuple[Domain, ...]:
    """Return the domains of a plan, upstream first; each sink is in one of them."""
    return tuple(
        _domain(plan, node_id)
        for node_id in plan.order
        if not isinstance(plan.nodes[node_id], SinkNode)
        and not passes_marks(plan.document, plan.nodes[node_id])
    )


def _domain(plan: Plan, head: str) -> Domain:
    reached = {head, *_reached(plan, head)}
    nodes = tuple(i for i in plan.order if i in reached)
    sinks = tuple(i for i in plan.sinks if i in reached)
    behind = {
        sink: frozenset(i for i in _reached(plan, sink) if i in sinks)
        for sink in sinks
        if plan.connected(sink, REJECTED)
    }
    behind |= {sink: beside(plan, sink) for sink in sinks if commits_last(plan, sink)}
    return Domain(head, nodes, sinks, behind)


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


def _reached(plan: Plan, start: str) -> Iterator[str]:
    waiting, seen = [start], {start}
    while waiting:
        for edge in plan.document.edges_from(waiting.pop()):
            node = plan.nodes[edge.target.node]
            if node.node_id in seen:
                continue
            if isinstance(node, SinkNode) or passes_marks(plan.document, node):
                seen.add(node.node_id)
                waiting.append(node.node_id)
                yield node.node_id
