"""A column that was renamed by hand in the node that makes it, and how that is seen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from summit_studio.app.session.pointed import Pointed
from summit_studio.document.model import Document, PortRef

Leaf = tuple[str, str]
"""A node and the path of a param of it."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A column whose name was changed by hand in the node that makes it.

    Args:
        port: The output that gives it.
        path: The param that names it.
        old: Its name before, which nodes after may still use.
    """

    port: PortRef
    path: str
    old: str

    @classmethod
    def of(cls, pointed: Pointed) -> "Renamed":
        """Return the column that is pointed at, with the field that has its new name."""
        return cls(pointed.port, pointed.field, pointed.column)

    @property
    def leaf(self) -> Leaf:
        """Where the name is written."""
        return self.port.node, self.path

    def written_in(self, before: Document | None, after: Document) -> bool:
        """Return True of a step that did nothing but change the name from the old one."""
        if before is None or leaves_changed(before, after) != (self.leaf,):
            return False
        # A column that was not named passed on under its own name.
        return told(before.nodes[self.port.node].params, self.path) in {self.old, "", None}


def leaves_changed(before: Document, after: Document) -> tuple[Leaf, ...]:
    """Return the texts that differ in the params of the one node that differs.

    Returns:
        None of them where several nodes differ, or where more than texts does.
    """
    if before.nodes.keys() != after.nodes.keys():
        return ()
    pairs = [(before.nodes[i], node) for i, node in after.nodes.items()]
    differing = [(one, other) for one, other in pairs if one is not other and one != other]
    if len(differing) != 1:
        return ()
    ((one, other),) = differing
    paths = list(_differing(one.params, other.params))
    if replace(one, params=other.params) != other or not all(paths):
        return ()
    return tuple((one.id, path) for path in paths)


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


def told(params: Any, path: str) -> Any:
    """Return what params have at a path; None where they have nothing."""
    for part in path.split("."):
        if isinstance(params, Mapping):
            params = params.get(part)
        elif isinstance(params, list | tuple) and part.isdecimal() and int(part) < len(params):
            params = params[int(part)]
        else:
            return None
    return params
