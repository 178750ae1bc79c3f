"""Where a person goes on working once undo or redo has changed what is there."""

from collections.abc import Sequence

from summit_studio.document.model import Document


def place_after(before: Document, after: Document, chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of nodes to choose; none where what is chosen may stay.

    Nodes that came back, or came again, are chosen. Where all that was chosen went, it is the nodes
    that fed it, else those that it fed.

    Args:
        before: The document as it was.
        after: The document as it is now.
        chosen: The ids of the nodes chosen in it before.
    """
    came = tuple(i for i in after.nodes if i not in before.nodes)
    if came or not chosen or any(i in after.nodes for i in chosen):
        return came
    near = (
        [e.source.node for e in before.edges if e.target.node in chosen],
        [e.target.node for e in before.edges if e.source.node in chosen],
    )
    for nodes in near:
        still = tuple(dict.fromkeys(i for i in nodes if i in after.nodes))
        if still:
            return still
    return ()
