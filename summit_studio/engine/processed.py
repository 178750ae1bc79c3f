"""Processed keys of a run: whose they are, and the sinks of a plan that keep them."""

from dataclasses import replace
from typing import Any

from summit_studio.core.epochs import SinkKey
from summit_studio.document.identity import id_of
from summit_studio.document.model import Document, PortRef
from summit_studio.engine.lineage import progress_id
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.processed import NEW, InState, Tracked, TracksKeys
from summit_studio.nodes.processed_table import InTable
from summit_studio.planning.check import Checked
from summit_studio.planning.ends import free_id, with_sink
from summit_studio.state.processed import KeyStore, Scope


def tracks_keys(checked: Checked) -> bool:
    """Return True if a node of a pipeline skips rows whose key was loaded before."""
    return any(isinstance(node, TracksKeys) for node in checked.nodes.values())


def tracked(checked: Checked, request: RunRequest, store: KeyStore) -> Checked:
    """Return a checked pipeline whose nodes know the keys that were processed, and keep more.

    Args:
        checked: As it was checked.
        request: Whose keys they are.
        store: Where they are kept that are kept in no table.
    """
    own = id_of(request.document, request.path)
    for node_id, node in dict(checked.nodes).items():
        source = PortRef(node_id, NEW)
        if not isinstance(node, TracksKeys) or source not in checked.schemas:
            continue
        progress, environment = progress_id(request), request.environment
        scope = Scope(node.scope_name(own), environment, node_id, request.document.name, progress)
        name = keys_of(checked.document, node_id)
        found = _tracked(node, scope, SinkKey(progress, name, environment), store)
        columns = node.key_columns(checked.schemas[source])
        title = f"Keys of {node.node_title}"
        nodes = {**checked.nodes, node_id: node.with_keys(found)}
        sink = found.sink(name, title, columns)
        checked = with_sink(replace(checked, nodes=nodes), source, sink)
    return checked


def _tracked(node: TracksKeys[Any], scope: Scope, progress: SinkKey, store: KeyStore) -> Tracked:
    place = node.kept_in()
    return InState(scope, progress, store) if place is None else InTable(scope, progress, *place)


def keys_of(document: Document, node_id: str) -> str:
    """Return the id of the sink that keeps the keys of a node: none that a person has given."""
    return free_id(document, f"{node_id}-keys")
