"""Finds node types by looking: every module under `nodes`, and plugins by entry point."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from importlib import metadata
from operator import methodcaller
from typing import Any

from summit_studio.core.errors import InvalidParams, SummitError, Where
from summit_studio.core.search import best, nearest
from summit_studio.core.suggest import did_you_mean
from summit_studio.document.model import Node
from summit_studio.nodes import code, quality, sinks, sources, transforms
from summit_studio.nodes.contract import Category, NodeType

GROUP = "summit_studio.nodes"
"""The entry point group in which a plugin names a module that holds node types."""

AnyNode = NodeType[Any]

_NAMES = methodcaller("names")


class UnknownNodeType(SummitError):
    """A pipeline names a node type that is not installed."""

    code = "node_type_unknown"


class Catalogue:
    """The known node types, by id. Make one with `Catalogue.load` and pass it on."""

    def __init__(self, types: Mapping[str, type[AnyNode]]) -> None:
        self._types = dict(types)

    @classmethod
    def load(cls) -> "Catalogue":
        """Return a catalogue of the built-in types and the installed plugins."""
        found: dict[str, type[AnyNode]] = {}
        for module in _modules():
            for kind in _types_in(module):
                found.setdefault(kind.id, kind)
        order = list(Category)
        return cls(dict(sorted(found.items(), key=lambda p: (order.index(p[1].category), p[0]))))

    def __iter__(self) -> Iterator[type[AnyNode]]:
        return iter(self._types.values())

    def __contains__(self, type_id: object) -> bool:
        return type_id in self._types

    def get(self, type_id: str) -> type[AnyNode]:
        """Return the node type of that id.

        Raises:
            UnknownNodeType: There is none.
        """
        if type_id in self._types:
            return self._types[type_id]
        near = " or ".join(f"'{k.id}'" for k in nearest(type_id, self, _NAMES))
        raise UnknownNodeType(
            f"Unknown node type '{type_id}'",
            why="neither this version nor an installed plugin has it",
            do=f"did you mean {near}?" if near else "run `summit nodes` to see what there is",
        )

    def search(self, query: str) -> list[type[AnyNode]]:
        """Return the node types that fit what a person typed, best first; all for nothing."""
        return best(query, self, _NAMES)

    def bind(self, node: Node, params: Mapping[str, Any] | None = None) -> AnyNode:
        """Return a document's node bound to its type.

        Args:
            node: The document's node.
            params: The params with parameters filled in; by default those of the document.

        Raises:
            UnknownNodeType: The type is not installed.
            InvalidParams: The params do not fit; `where.param` names the first wrong field.
        """
        from pydantic import ValidationError

        try:
            kind = self.get(node.type)
        except SummitError as error:
            raise error.at(node_id=node.id, node_title=node.title) from None
        try:
            values = kind.params_class.model_validate(
                dict(node.params if params is None else params)
            )
        except ValidationError as error:
            raise _invalid(node, kind, error) from None
        return kind(values, node.id, node.title)


def _modules() -> Iterator[Any]:
    for package in (sources, transforms, quality, code, sinks):
        for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            yield importlib.import_module(info.name)
    for entry in metadata.entry_points(group=GROUP):
        yield entry.load()


def _types_in(module: Any) -> Iterator[type[AnyNode]]:
    # Not inspect.getmembers: it looks up every name twice, which start-up can do without.
    for kind in vars(module).values():
        own = isinstance(kind, type) and kind.__module__ == module.__name__
        if own and issubclass(kind, NodeType) and not inspect.isabstract(kind):
            yield kind


def _invalid(node: Node, kind: type[AnyNode], error: Any) -> InvalidParams:
    first = error.errors(include_url=False, include_input=False)[0]
    path = ".".join(str(part) for part in first["loc"])
    what = f"Field '{path}' does not fit"
    fields = kind.params_class.model_fields
    name = str(first["loc"][0]) if first["loc"] else None
    if first["type"] == "extra_forbidden":
        near = did_you_mean(path, fields)
        why = f"'{kind.id}' has no such field; it has {', '.join(fields)}"
        do = f"did you mean '{near}'?" if near else "take it out"
    elif first["type"] == "missing":
        what, why, do = f"Field '{path}' is empty", "it is required", "fill it in"
    else:
        why, do = first["msg"], "correct the value"
    return InvalidParams(
        what,
        why=why,
        do=do,
        where=Where(node_id=node.id, node_title=node.title or kind.title, param=name),
    )
