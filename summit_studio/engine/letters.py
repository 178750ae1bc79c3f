"""Dead letters of a run: whose they are, and the ends of a plan that keep them."""

import hashlib
from functools import partial

from summit_studio.document.identity import id_of
from summit_studio.document.text import dump
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.letters import LetterSink
from summit_studio.planning.check import Checked
from summit_studio.planning.ends import with_ends
from summit_studio.planning.rejects import errors_of, strategies
from summit_studio.state.letter_store import LetterStore
from summit_studio.state.letters import Address


def address_of(request: RunRequest) -> Address:
    """Return whose the letters of a run are."""
    document = request.document
    text = dump(document.meaning())
    return Address(
        document.name,
        id_of(document, request.path),
        request.environment,
        hashlib.sha256(text.encode()).hexdigest(),
        errors_of(document).dead_letters or "",
    )


def keeps_letters(checked: Checked) -> bool:
    """Return True if rows of a pipeline may become dead letters."""
    found = strategies(checked.document, checked.nodes, errors_of(checked.document))
    return "dead_letter" in found.values()


def ended(checked: Checked, request: RunRequest, store: LetterStore | None) -> Checked:
    """Return a checked pipeline whose rejected rows go where its settings say.

    Args:
        checked: As it was checked.
        request: Whose letters they are.
        store: Where dead letters are kept; None where none are.
    """
    if store is None:
        return with_ends(checked, None)
    return with_ends(checked, partial(letter_sink, store, address_of(request)))


def letter_sink(
    store: LetterStore, address: Address, name: str, node_id: str, batch: str | None = None
) -> LetterSink:
    """Return the sink of a node's dead letters, to be called `name` in its plan."""
    return LetterSink(name, f"Dead letters of {node_id}", store, address, node_id, batch)
