"""What changed between two documents, in the terms people drew them in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from summit_studio.document.model import Document, Edge, Node
from summit_studio.document.text import dump, frame_json, note_json, parameter_json

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A named value before and after; None stands for absent as for null."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A node that is in both documents and differs.

    Args:
        params: The params that differ, added and removed ones among them.
        others: Type, title and keys of other versions that differ.
    """

    node: Node
    params: tuple[ValueChange, ...]
    others: tuple[ValueChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs from one document to another.

    Args:
        properties: Name, mode, settings, parameters, notes and further keys.
        order_changed: Nodes, edges or keys stand in another order.
        layout_changed: Something stands elsewhere on the canvas.
    """

    nodes_added: tuple[Node, ...] = ()
    nodes_removed: tuple[Node, ...] = ()
    nodes_changed: tuple[NodeChange, ...] = ()
    edges_added: tuple[Edge, ...] = ()
    edges_removed: tuple[Edge, ...] = ()
    properties: tuple[ValueChange, ...] = ()
    order_changed: bool = False
    layout_changed: bool = False

    @property
    def meaning_changed(self) -> bool:
        """True if the two could run differently or read differently."""
        nodes = self.nodes_added or self.nodes_removed or self.nodes_changed
        return bool(nodes or self.edges_added or self.edges_removed or self.properties)

    @property
    def layout_only(self) -> bool:
        """True if boxes moved and nothing else changed."""
        return self.layout_changed and not self.meaning_changed and not self.order_changed

    @property
    def empty(self) -> bool:
        """True if the two write the same file."""
        return not (self.meaning_changed or self.order_changed or self.layout_changed)


def diff(a: Document, b: Document) -> Difference:
    """Return what changed from `a` to `b`."""
    both = [i for i in a.nodes if i in b.nodes]
    changes = (_node_change(a.nodes[i], b.nodes[i]) for i in both)
    found = Difference(
        nodes_added=tuple(n for i, n in b.nodes.items() if i not in a.nodes),
        nodes_removed=tuple(n for i, n in a.nodes.items() if i not in b.nodes),
        nodes_changed=tuple(c for c in changes if c.params or c.others),
        edges_added=_minus(b.edges, a.edges),
        edges_removed=_minus(a.edges, b.edges),
        properties=tuple(_properties(a, b)),
        layout_changed=_differ(_layout(a), _layout(b)),
    )
    if found.meaning_changed:
        return found
    reordered = dump(a.meaning()) != dump(b.meaning())
    return Difference(order_changed=reordered, layout_changed=found.layout_changed)


def describe(difference: Difference) -> list[str]:
    """Return the difference as sentences, one for each thing that changed."""
    found = difference
    lines = [f"Added node '{n.id}' ({n.type})." for n in found.nodes_added]
    lines += [f"Removed node '{n.id}' ({n.type})." for n in found.nodes_removed]
    for change in found.nodes_changed:
        place = f"of node '{change.node.id}'"
        lines += [_sentence(c, f"param '{c.name}' {place}") for c in change.params]
        lines += [_sentence(c, f"the {c.name} {place}") for c in change.others]
    lines += [f"Connected {edge}." for edge in found.edges_added]
    lines += [f"Disconnected {edge}." for edge in found.edges_removed]
    lines += [_sentence(c, f"the pipeline's {c.name}") for c in found.properties]
    if found.order_changed:
        lines.append("Changed the order of nodes, edges or keys.")
    if found.layout_changed:
        lines.append("Moved boxes on the canvas.")
    return lines


def _node_change(old: Node, new: Node) -> NodeChange:
    def rest(node: Node) -> dict[str, Any]:
        return {"type": node.type, "title": node.title, "state": node.state, **node.extra}

    params = tuple(_changes(old.params, new.params))
    return NodeChange(new, params, tuple(_changes(rest(old), rest(new))))


def _properties(a: Document, b: Document) -> Iterator[ValueChange]:
    top = [{"name": d.name, "mode": d.mode, "tests": list(d.tests), **d.extra} for d in (a, b)]
    yield from _changes(*top)
    for change in _changes(a.settings, b.settings):
        yield ValueChange(f"setting '{change.name}'", change.old, change.new)
    parameters = [{k: parameter_json(p) for k, p in d.parameters.items()} for d in (a, b)]
    for change in _changes(*parameters):
        yield ValueChange(f"parameter '{change.name}'", change.old, change.new)
    notes = [{k: note_json(n) for k, n in d.notes.items()} for d in (a, b)]
    for change in _changes(*notes):
        yield ValueChange(f"note '{change.name}'", change.old, change.new)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ValueChange]:
    for name in dict.fromkeys((*old, *new)):
        absent = (name in old) != (name in new)
        if absent or _differ(old[name], new[name]):
            yield ValueChange(name, old.get(name), new.get(name))


def _differ(old: Any, new: Any) -> bool:
    """Return True if two values differ as JSON does: 1, 1.0 and true are three values."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() != new.keys() or any(_differ(old[k], new[k]) for k in old)
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        return len(old) != len(new) or any(map(_differ, old, new))
    return type(old) is not type(new) or bool(old != new)


def _layout(document: Document) -> dict[str, Any]:
    layout = document.layout
    return {
        "nodes": layout.nodes,
        "notes": layout.notes,
        "colours": layout.colours,
        "frames": {k: frame_json(f) for k, f in layout.frames.items()},
        "edges": layout.edges,
        "extra": layout.extra,
    }


def _minus(left: Iterable[Edge], right: Iterable[Edge]) -> tuple[Edge, ...]:
    counts: dict[Edge, int] = {}
    for edge in right:
        counts[edge] = counts.get(edge, 0) + 1
    kept = []
    for edge in left:
        if counts.get(edge, 0):
            counts[edge] -= 1
        else:
            kept.append(edge)
    return tuple(kept)


def _sentence(change: ValueChange, subject: str) -> str:
    if change.old is None:
        return f"Set {subject} to {_shown(change.new)}."
    if change.new is None:
        return f"Removed {subject}; it was {_shown(change.old)}."
    return f"Changed {subject} from {_shown(change.old)} to {_shown(change.new)}."


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
