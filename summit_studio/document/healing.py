"""Takes nodes out of chains and puts them in, so that rows run on from what stood before."""

from collections.abc import Iterable, Iterator, Sequence

from summit_studio.core.schema import REJECTED
from summit_studio.document.edits import AddEdge, Compound, Edit, RemoveEdge, removal
from summit_studio.document.model import Document, Edge, PortRef


def healing(document: Document, node_ids: Sequence[str], edges: Sequence[Edge] = ()) -> Compound:
    """Return the edit that removes nodes and edges and closes the gaps that nodes leave in chains.

    A gap is closed where one edge leads into a node and its rows leave by one port, the rejected
    one left aside: the port before then feeds all that the node fed. Elsewhere nobody could say
    what is meant, and the edges go as with `removal`. One that is added stands where the edge stood
    that it replaces, for the order of edges into a port has a meaning.

    Args:
        document: What they are in.
        node_ids: The nodes to remove.
        edges: Edges to remove besides; one between two nodes that go is no gap.
    """
    gone = set(node_ids)
    cut = {e for e in edges if not {e.source.node, e.target.node} <= gone}
    kept = [e for e in document.edges if e not in cut]
    for node_id in document.nodes:
        if node_id in gone:
            kept = list(dict.fromkeys(_without(kept, node_id)))
    plain = removal(document, node_ids, edges)
    known = set(document.edges)
    added: list[Edit] = [AddEdge(e, at) for at, e in enumerate(kept) if e not in known]
    return Compound(plain.label, (*plain.edits, *added))


def parting(document: Document, edge: Edge, into: PortRef, out: PortRef) -> tuple[Edit, ...]:
    """Return the edits that lead an edge through a node: in by one port, out by another.

    The edge behind the node stands where the edge stood, for the order of edges has a meaning.
    """
    behind = AddEdge(Edge(out, edge.target), document.edges.index(edge))
    return RemoveEdge(edge), behind, AddEdge(Edge(edge.source, into))


def _without(edges: Iterable[Edge], node_id: str) -> Iterator[Edge]:
    """Yield edges without a node: those that led out of it begin where its rows came from."""
    edges = list(edges)
    into = [e for e in edges if e.target.node == node_id]
    ports = {e.source.port for e in edges if e.source.node == node_id} - {REJECTED}
    heals = len(into) == len(ports) == 1 and into[0].source.node != node_id
    for edge in edges:
        if edge.source.node == node_id:
            if heals and edge.source.port != REJECTED and edge.target.node != into[0].source.node:
                yield Edge(into[0].source, edge.target)
        elif edge.target.node != node_id:
            yield edge
