"""Places for nodes that have none, as in a file written by hand."""

from collections.abc import Mapping

from summit_studio.app.canvas.geometry import CARD_WIDTH, Shape
from summit_studio.document.arrange import arrange_missing
from summit_studio.document.layered.cards import Card
from summit_studio.document.model import EMPTY, Document, Point


def places(
    document: Document,
    cards: Mapping[str, Card] = EMPTY,
    shown: Mapping[str, Point] = EMPTY,
) -> dict[str, Point]:
    """Return a place for every node: its own, where it is shown already, or a free one.

    Args:
        document: What is shown.
        cards: What is known of the nodes' cards.
        shown: Where nodes without a place of their own are shown: they stay there.
    """
    known = document.layout.nodes
    if all(i in known for i in document.nodes):
        return dict(known)
    stays = {i: shown[i] for i in document.nodes if i not in known and i in shown}
    found = {**known, **stays}
    return found | arrange_missing(document, cards, found)


def card_of(shape: Shape) -> Card:
    """Return what a layout knows of a card."""
    spots = {
        output: {s.port.name: s.y for s in shape.spots if s.output is output}
        for output in (False, True)
    }
    return Card(CARD_WIDTH, shape.height, spots[False], spots[True])
