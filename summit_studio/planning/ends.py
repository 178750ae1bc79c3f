"""Puts an end behind the rejected ports that lead nowhere: to dead letters, or to nothing.

To the run these ends are sinks like all others: their rows come in epochs, are counted in the
ledger, and are settled together with those of the targets.
"""

from collections.abc import Callable
from dataclasses import replace

from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Document, Edge, Node, PortRef
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.letters import LeftOut, NoParams
from summit_studio.planning.check import Checked
from summit_studio.planning.rejects import errors_of, strategies

Letters = Callable[[str, str], AnyNode]
"""Makes the sink of dead letters of a node: from the id that it is to have, and the node's."""


def with_ends(checked: Checked, letters: Letters | None) -> Checked:
    """Return a checked pipeline in which no rejected row is without an end that may have one.

    Args:
        checked: As it was checked.
        letters: Makes the sinks of dead letters; None where no row becomes one.
    """
    found = strategies(checked.document, checked.nodes, errors_of(checked.document))
    for node_id, strategy in found.items():
        if strategy != "fail_fast" and PortRef(node_id, REJECTED) in checked.schemas:
            checked = with_end(checked, node_id, letters if strategy == "dead_letter" else None)
    return checked


def with_end(checked: Checked, node_id: str, letters: Letters | None) -> Checked:
    """Return a checked pipeline with an end behind the rejected port of a node.

    Args:
        checked: As it was checked.
        node_id: The node.
        letters: As of `with_ends`; None leaves the rows out.
    """
    name = end_of(checked.document, node_id)
    end = LeftOut(NoParams(), name) if letters is None else letters(name, node_id)
    return with_sink(checked, PortRef(node_id, REJECTED), end)


def with_sink(checked: Checked, source: PortRef, sink: AnyNode) -> Checked:
    """Return a checked pipeline with a sink more behind a port."""
    document, name = checked.document, sink.node_id
    return replace(
        checked,
        document=replace(
            document,
            nodes={**document.nodes, name: Node(name, sink.id, title=sink.node_title)},
            edges=(*document.edges, Edge(source, PortRef(name, sink.inputs[0].name))),
        ),
        nodes={**checked.nodes, name: sink},
    )


def end_of(document: Document, node_id: str) -> str:
    """Return the id of the end behind the rejected port of a node: none that a person has given."""
    return free_id(document, f"{node_id}-rejected")


def free_id(document: Document, name: str) -> str:
    """Return an id that begins with a name: none that a person has given."""
    while name in document.nodes:
        name += "-"
    return name
