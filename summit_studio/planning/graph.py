"""The pipeline as a networkx graph: order, cycles, what lies upstream."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from summit_studio.document.model import Document

if TYPE_CHECKING:
    import networkx as nx


def graph_of(document: Document) -> "nx.DiGraph[str]":
    """Return the nodes and the edges between existing nodes, parallel edges folded."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(document.nodes)
    graph.add_edges_from(
        (e.source.node, e.target.node)
        for e in document.edges
        if e.source.node in document.nodes and e.target.node in document.nodes
    )
    return graph


def cycles(document: Document) -> list[list[str]]:
    """Return the groups of nodes that feed themselves, each in document order."""
    import networkx as nx

    graph = graph_of(document)
    place = {node_id: i for i, node_id in enumerate(document.nodes)}
    found = [
        sorted(group, key=place.__getitem__)
        for group in nx.strongly_connected_components(graph)
        if len(group) > 1 or any(graph.has_edge(n, n) for n in group)
    ]
    return sorted(found, key=lambda group: place[group[0]])


def in_turn(node_ids: Sequence[str], before: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the nodes each after all that come before it, ties as they were. There is a way."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(node_ids)
    graph.add_edges_from(before)
    place = {node_id: i for i, node_id in enumerate(node_ids)}
    return tuple(nx.lexicographical_topological_sort(graph, key=place.__getitem__))


def turning(edges: Iterable[tuple[str, str]]) -> bool:
    """Return True if some way along the edges comes back to where it began."""
    import networkx as nx

    return not nx.is_directed_acyclic_graph(nx.DiGraph(edges))


def order(document: Document) -> tuple[str, ...]:
    """Return the node ids upstream first; ties in document order. The graph has no cycle."""
    import networkx as nx

    place = {node_id: i for i, node_id in enumerate(document.nodes)}
    return tuple(nx.lexicographical_topological_sort(graph_of(document), key=place.__getitem__))


def upstream(document: Document, node_ids: Iterable[str]) -> frozenset[str]:
    """Return the nodes and all that they depend on."""
    import networkx as nx

    graph = graph_of(document)
    found: set[str] = set()
    for node_id in node_ids:
        found |= {node_id} | nx.ancestors(graph, node_id)
    return frozenset(found)


def part(document: Document, node_ids: Iterable[str]) -> Document:
    """Return the document with only these nodes and the edges among them."""
    from dataclasses import replace

    kept = set(node_ids)
    return replace(
        document,
        nodes={i: n for i, n in document.nodes.items() if i in kept},
        edges=tuple(e for e in document.edges if e.source.node in kept and e.target.node in kept),
    )
