"""Where dead letters go in again: the failing node and all behind it, letters as its source."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from summit_studio.core.errors import SummitError
from summit_studio.core.schema import REJECTED, Schema
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import Document, Edge, Node, PortRef
from summit_studio.engine.letters import letter_sink
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import CodeNode, RelationalNode, SinkNode, SourceNode
from summit_studio.nodes.letters import LetterSource
from summit_studio.planning.check import Checked
from summit_studio.planning.ends import with_end
from summit_studio.planning.graph import part, upstream
from summit_studio.planning.plan import Plan, plan_checked
from summit_studio.state.letter_store import LetterStore
from summit_studio.state.letters import Address, Selection


class CannotReenter(SummitError):
    """Rows cannot go in again at a node."""

    code = "retry_refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where letters of a node go in again.

    Args:
        node_id: The node that rejected them.
        port: By which they go in, or by which they come out of a source.
        schema: Of the rows there.
    """

    node_id: str
    port: str
    schema: Schema


def entry_of(checked: Checked, node_id: str) -> Entry:
    """Return where letters of a node go in again.

    Raises:
        CannotReenter: The node is gone, or nothing is connected to it.
    """
    node = checked.nodes.get(node_id)
    if node is None:
        near = did_you_mean(node_id, checked.nodes)
        raise CannotReenter(
            f"There is no node '{node_id}' any more",
            why=f"the pipeline has {listing(checked.nodes)}",
            do=f"did you mean '{near}'?" if near else "export these letters, then discard them",
            code="node_unknown",
        )
    if isinstance(node, SourceNode):
        port = node.outputs[0].name
        return Entry(node_id, port, checked.schemas[PortRef(node_id, port)])
    port = node.inputs[0].name
    edge = next(checked.document.edges_into(node_id, port), None)
    if edge is None:
        raise CannotReenter(
            f"Nothing is connected to '{node.node_title}' any more",
            do="draw an edge to it, or discard its letters",
            where=node.place(),
        )
    return Entry(node_id, port, checked.schemas[edge.source])


def reentry(
    checked: Checked,
    entry: Entry,
    store: LetterStore,
    address: Address,
    selection: Selection,
    batch: str | None,
    keep: Callable[[Checked], Checked] | None = None,
) -> Plan:
    """Return the plan that takes letters through the failing node and on.

    Args:
        checked: The pipeline as it stands.
        entry: Where they go in.
        store: Where they are.
        address: Whose they are.
        selection: Which.
        batch: The retry; None for a trial, which writes nothing: its plan has no sinks.
        keep: Puts the sinks there that keep the keys of rows.

    Raises:
        CannotReenter: A node behind needs all its rows, of which only these would come.
    """
    after = behind(checked, entry)
    edges, beside = _edges(checked, entry, after)
    name = entry.node_id
    if not isinstance(checked.nodes[name], SourceNode):
        name = _free(checked.document, f"{name}-letters")
        edges.append(Edge(PortRef(name, entry.port), PortRef(entry.node_id, entry.port)))
    source = LetterSource(name, entry.port, entry.schema, store, address, selection)
    kept = part(checked.document, after | beside)
    nodes = {i: n for i, n in checked.nodes.items() if i in kept.nodes} | {name: source}
    node = Node(name, source.id, {"batch": batch})
    made = replace(
        checked,
        document=replace(kept, nodes={**kept.nodes, name: node}, edges=tuple(edges)),
        nodes=nodes,
        schemas={r: s for r, s in checked.schemas.items() if r.node in nodes}
        | {PortRef(name, entry.port): entry.schema},
        problems=(),
    )
    if batch is None:
        return plan_checked(_without_sinks(made))
    again = partial(letter_sink, store, address, batch=batch)
    for node_id in _rejecting(made, name):
        # Rows that are read beside, for a lookup, were seen to in the run itself.
        made = with_end(made, node_id, again if node_id in after else None)
    return plan_checked(keep(made) if keep is not None else made)


def targets_of(checked: Checked, entry: Entry) -> Mapping[str, PortRef]:
    """Return the sinks that letters may reach, each with the port that feeds it."""
    after = behind(checked, entry)
    return {
        e.target.node: e.source
        for e in checked.document.edges
        if e.target.node in after and isinstance(checked.nodes[e.target.node], SinkNode)
    }


def behind(checked: Checked, entry: Entry) -> frozenset[str]:
    """Return the failing node and all that its rows may reach."""
    found, waiting = {entry.node_id}, [entry.node_id]
    skipped = REJECTED if isinstance(checked.nodes[entry.node_id], SourceNode) else None
    while waiting:
        node_id = waiting.pop()
        for edge in checked.document.edges_from(node_id):
            if node_id == entry.node_id and edge.source.port == skipped:
                continue
            if not _follows(checked.nodes[node_id], edge.source.port):
                continue
            if edge.target.node not in found:
                found.add(edge.target.node)
                waiting.append(edge.target.node)
    return frozenset(found)


def _edges(
    checked: Checked, entry: Entry, after: frozenset[str]
) -> tuple[list[Edge], frozenset[str]]:
    """Return the edges that stay, and the nodes that feed those behind from beside."""
    document, nodes = checked.document, checked.nodes
    kept: list[Edge] = []
    beside: set[str] = set()
    first = nodes[entry.node_id]
    if not isinstance(first, SourceNode):
        _require_apart(first, entry.port)
    for edge in document.edges:
        if edge.target.node not in after:
            continue
        target = nodes[edge.target.node]
        comes = edge.source.node in after
        if comes and not _follows(nodes[edge.source.node], edge.source.port):
            continue
        if isinstance(first, SourceNode) and edge.source == PortRef(entry.node_id, REJECTED):
            continue
        apart = edge.target.port in _apart(target)
        if comes and edge.target.node != entry.node_id:
            _require_apart(target, edge.target.port)
            kept.append(edge)
        elif not comes and not apart:
            beside |= upstream(document, [edge.source.node])
            kept.append(edge)
        # Other rows that come in by the same port were there in the run itself.
    if beside & after:
        title = nodes[next(iter(beside & after))].node_title
        raise CannotReenter(
            f"Rows that '{first.node_title}' rejected cannot go in again",
            why=f"'{title}' would also have to be read as a whole",
            do="read it by a source of its own, or export the letters",
            where=first.place(),
        )
    kept += [e for e in document.edges if e.target.node in beside and e.source.node in beside]
    return kept, frozenset(beside)


def _apart(node: AnyNode) -> Iterable[str]:
    """Return the inputs of a node whose rows pass one by one, whatever others come."""
    if isinstance(node, SinkNode):
        return [p.name for p in node.inputs]
    if isinstance(node, CodeNode):
        return [] if node.whole or node.keeps_state else [p.name for p in node.inputs]
    if isinstance(node, RelationalNode):
        return [node.inputs[0].name] if node.rowwise else node.apart
    return []


def _follows(node: AnyNode, port: str) -> bool:
    """Return False of a port whose rows are those of another input, such as a lookup's table."""
    if not isinstance(node, RelationalNode) or node.rowwise or not node.apart:
        return True
    return node.origin(port) in node.apart


def _require_apart(node: AnyNode, port: str) -> None:
    if port not in _apart(node):
        raise CannotReenter(
            f"Rows cannot go in again through '{node.node_title}'",
            why="what it makes of a row depends on all others, and those are not there",
            do="export the letters, mend the source and run the pipeline again",
            where=node.place(),
        )


def _rejecting(checked: Checked, source: str) -> list[str]:
    taken = {e.source.node for e in checked.document.edges if e.source.port == REJECTED}
    return [
        i
        for i, node in checked.nodes.items()
        if node.can_reject
        and i != source
        and i not in taken
        and PortRef(i, REJECTED) in checked.schemas
    ]


def _without_sinks(checked: Checked) -> Checked:
    inner = [i for i, n in checked.nodes.items() if not isinstance(n, SinkNode)]
    # What a sink refuses only its target can tell, so nothing behind it is reached either.
    sinks = [i for i in checked.nodes if i not in inner]
    lost = set().union(*(_after(checked.document, i) for i in sinks)) if sinks else set()
    kept = part(checked.document, [i for i in inner if i not in lost])
    return replace(
        checked,
        document=kept,
        nodes={i: n for i, n in checked.nodes.items() if i in kept.nodes},
        schemas={r: s for r, s in checked.schemas.items() if r.node in kept.nodes},
    )


def _after(document: Document, node_id: str) -> set[str]:
    found: set[str] = set()
    waiting = [node_id]
    while waiting:
        for edge in document.edges_from(waiting.pop()):
            if edge.target.node not in found:
                found.add(edge.target.node)
                waiting.append(edge.target.node)
    return found


def _free(document: Document, name: str) -> str:
    while name in document.nodes:
        name += "-"
    return name
