"""Columns renamed by hand where they are made: which those are, and what is left to do after them.

A person who types another name into a form renames a column in one node alone, and nodes after it
look for the old one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from summit_studio.core.errors import SummitError
from summit_studio.document.edits import Compound, SetParams
from summit_studio.document.model import Document, Node, PortRef
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext
from summit_studio.nodes.made import Made, Makes
from summit_studio.planning.check import Checked, check
from summit_studio.planning.lineage import makes_of
from summit_studio.planning.renaming import Renaming, renaming, told, with_texts


@dataclass(frozen=True, slots=True)
class Renamed:
    """A column that was renamed in the node that makes it.

    Args:
        port: The output that gives it.
        path: The param that names it now.
        old: Its name before, which nodes after may still use.
        before: The node as it was then.
    """

    port: PortRef
    path: str
    old: str
    before: Node = field(compare=False)

    def is_all(self, before: Document, after: Document) -> bool:
        """Return True of two documents between which nothing but the node was changed."""
        node = self.port.node
        return replace(after, nodes={**after.nodes, node: self.before}) == before


def renamed_by_hand(base: Checked, now: Checked, node_id: str) -> Iterator[Renamed]:
    """Yield the columns that a node gives by another name than before, those changed last first.

    Args:
        base: What was found before the node was changed.
        now: What is found now.
        node_id: The node, as drawn.
    """
    was, node = base.drawn.nodes.get(node_id), now.drawn.nodes.get(node_id)
    if was is None or node is None or was == node or was.type != node.type:
        return
    before = _makes(base, node_id)
    paths = list(_differing(was.params, node.params))
    if all(paths):
        # Texts alone: what named a column names it still, even where the node does not fit.
        named = {m.named: (port, m) for port, columns in before.items() for m in columns if m.named}
        for path in reversed([path for path in paths if path in named]):
            port, made = named[path]
            yield Renamed(PortRef(node_id, port), path, made.name, was)
        return
    after = _makes(now, node_id)
    for port, columns in before.items():
        there = after.get(port, ())
        lost, gained = _without(columns, there), _without(there, columns)
        for made in gained:
            alike = [m for m in lost if m.reads == made.reads]
            if made.named and made.reads and len(alike) == 1:
                yield Renamed(PortRef(node_id, port), made.named, alike[0].name, was)


def left_to_do(
    document: Document,
    renamed: Renamed,
    catalogue: Catalogue,
    context: DesignContext,
    values: Mapping[str, Any],
) -> Renaming | None:
    """Return what is left to do once a column was renamed where it is made, and only there.

    It is what renaming it everywhere would have come to, beginning from the document as if the name
    were still the old one; all else that was changed since stays.

    Args:
        document: The document, with the new name.
        renamed: The column.
        catalogue: The node types.
        context: As for the check.
        values: Of the document's parameters.

    Returns:
        The renaming, its changes without the one that is made already; None where no other node
        has to change (a sink writes a column by whatever name it comes), or nobody can say.
    """
    port, path, old = renamed.port, renamed.path, renamed.old
    node = document.nodes.get(port.node)
    new = told(node.params, path) if node is not None else None
    if node is None or not new or new == old:
        return None
    back = SetParams(node.id, with_texts(node.params, {path: old}))
    checked = check(back.apply(document), catalogue, context, values)
    try:
        found = renaming(checked, port, old, new, catalogue, context, values)
    except SummitError:
        return None
    changes = tuple(c for c in found.changes if (c.node, c.field) != (node.id, path))
    if not any(c.field for c in changes) and not found.kept:
        return None
    return replace(found, changes=changes, edit=Compound(found.edit.label, (back, found.edit)))


def _makes(checked: Checked, node_id: str) -> Makes:
    node, inputs = checked.nodes.get(node_id), checked.inputs(node_id)
    if node is None or inputs is None:
        return {}
    outputs = {ref.port: s for ref, s in checked.schemas.items() if ref.node == node_id}
    return makes_of(node, inputs, outputs)


def _without(columns: tuple[Made, ...], others: tuple[Made, ...]) -> list[Made]:
    names = {made.name.casefold() for made in others}
    return [made for made in columns if made.name.casefold() not in names]


def _differing(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of texts that differ, and an empty one for whatever else does."""
    if one == other:
        return
    lists = isinstance(one, list | tuple) and isinstance(other, list | tuple)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in {**one, **other}:
            yield from _differing(one.get(key), other.get(key), f"{path}.{key}" if path else key)
    elif lists and len(one) == len(other):
        for at, pair in enumerate(zip(one, other, strict=True)):
            yield from _differing(*pair, f"{path}.{at}")
    else:
        texts = all(isinstance(value, str | None) for value in (one, other))
        yield path if texts else ""
