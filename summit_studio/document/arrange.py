"""Places for the nodes of a pipeline, left to right as the rows flow, few edges crossing."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from summit_studio.core.schema import REJECTED
from summit_studio.document.layered.cards import WIDTH, Arrow, Card
from summit_studio.document.layered.drawing import BETWEEN, drawn
from summit_studio.document.model import EMPTY, Document, Layout, Point

COLUMN = WIDTH + BETWEEN
"""Scene pixels from one column to the next, where few edges climb."""

ROW = 112
"""Scene pixels from one plain card to the next within a column."""


def arrange(
    document: Document,
    cards: Mapping[str, Card] = EMPTY,
    present: Mapping[str, Point] = EMPTY,
) -> dict[str, Point]:
    """Return a tidy place for every node, in document order.

    The uppermost is at y = 0 and the first column at x = 0.

    Args:
        document: Its edges tell what belongs together; they may lead in circles or nowhere.
        cards: How large nodes are and where their ports stand; by default as their edges tell.
        present: Where all nodes stand now: small changes of the pipeline then move little.
    """
    number = {node_id: i for i, node_id in enumerate(document.nodes)}
    known = {**_plain_cards(document), **cards}
    found = [known[i] for i in document.nodes]
    arrows = [
        Arrow(
            number[e.source.node],
            number[e.target.node],
            known[e.source.node].output(e.source.port),
            known[e.target.node].input(e.target.port),
        )
        for e in document.edges
        if e.source.node in number and e.target.node in number
    ]
    stand = [present[i] for i in document.nodes] if number.keys() <= present.keys() else None
    return dict(zip(document.nodes, drawn(found, arrows, stand), strict=True))


def arrange_missing(
    document: Document,
    cards: Mapping[str, Card] = EMPTY,
    places: Mapping[str, Point] | None = None,
) -> dict[str, Point]:
    """Return places for the nodes that have none, beneath all that have one.

    Args:
        document: Its nodes and edges.
        cards: How large nodes are and where their ports stand.
        places: Where nodes stand; by default as the document says.
    """
    places = document.layout.nodes if places is None else places
    known = {i: p for i, p in places.items() if i in document.nodes}
    missing = [i for i in document.nodes if i not in known]
    if not missing:
        return {}
    found = arrange(part(document, missing), cards)
    if not known:
        return found
    left = min(x for x, _ in known.values())
    top = max(y + cards.get(i, Card()).height for i, (_, y) in known.items()) + ROW // 2
    return {i: (x + left, y + top) for i, (x, y) in found.items()}


def part(document: Document, node_ids: Collection[str]) -> Document:
    """Return some nodes of a document, with the edges between them."""
    inside = set(node_ids)
    return replace(
        document,
        nodes={i: n for i, n in document.nodes.items() if i in inside},
        edges=tuple(
            e for e in document.edges if e.source.node in inside and e.target.node in inside
        ),
        layout=Layout(),
    )


def _plain_cards(document: Document) -> dict[str, Card]:
    """Return cards with the ports that edges name, those of rejected rows last."""
    inputs: dict[str, dict[str, None]] = {i: {} for i in document.nodes}
    outputs: dict[str, dict[str, None]] = {i: {} for i in document.nodes}
    for edge in document.edges:
        if edge.source.node in outputs and edge.target.node in inputs:
            outputs[edge.source.node][edge.source.port] = None
            inputs[edge.target.node][edge.target.port] = None
    return {
        i: Card.plain(inputs[i], sorted(outputs[i], key=lambda name: name == REJECTED))
        for i in document.nodes
    }
