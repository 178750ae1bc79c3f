"""Finds node types by looking: every module under `nodes`, and plugins by entry point."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from operator import methodcaller
from typing import Any

from summit_studio.core.errors import InvalidParams, SummitError, Where
from summit_studio.core.search import best, nearest
from summit_studio.core.suggest import did_you_mean, elided, listing
from summit_studio.document.model import Node
from summit_studio.nodes import code, quality, sinks, sources, transforms
from summit_studio.nodes.contract import Category, NodeType
from summit_studio.nodes.params import fields_at, names_of_field
from summit_studio.workspace.workspace import Workspace

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
            f"Unknown node type '{elided(type_id)}'",
            why="neither this version nor an installed plugin has it",
            do=f"did you mean {near}?" if near else "run `summit nodes` to see what there is",
        )

    def kind_of(self, node: Node, workspace: Workspace) -> type[AnyNode]:
        """Return the type of a document's node, with the ports and fields that its params give it.

        Raises:
            UnknownNodeType: There is none.
            SummitError: What its params name cannot be read.
        """
        try:
            return self.get(node.type).shaped(node.params, workspace)
        except SummitError as error:
            raise error.at(node_id=node.id, node_title=node.title) from None

    def search(self, query: str) -> list[type[AnyNode]]:
        """Return the node types that fit what a person typed, best first; all for nothing."""
        return best(query, self, _NAMES)

    def bind(
        self,
        node: Node,
        params: Mapping[str, Any] | None = None,
        kind: type[AnyNode] | None = None,
    ) -> AnyNode:
        """Return a document's node bound to its type.

        Args:
            node: The document's node.
            params: The params with parameters filled in; by default those of the document.
            kind: Its type, where `kind_of` gave it a shape.

        Raises:
            UnknownNodeType: The type is not installed.
            InvalidParams: The params do not fit; `where.param` names the first wrong field.
        """
        from pydantic import ValidationError

        try:
            kind = kind or self.get(node.type)
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


def unknown_field(node: Node, kind: type[AnyNode], path: Sequence[str | int]) -> InvalidParams:
    """Return the error that says a node has no field at `path`, and which may be meant."""
    fields = fields_at(kind.params_class, path[:-1])
    near = nearest(str(path[-1]), fields.items(), lambda pair: names_of_field(*pair))
    meant = " or ".join(f"'{name}'" for name, _ in near)
    inside = f"'{path[0]}' of " if path[1:] else ""
    return InvalidParams(
        f"Field '{_dotted(path)}' does not fit",
        why=f"{inside}'{kind.id}' has no such field; it has {listing(fields) or 'none'}",
        do=f"did you mean {meant}?" if meant else "take it out",
        where=Where(
            node_id=node.id, node_title=node.title or kind.title, param=elided(str(path[0]))
        ),
    )


def _invalid(node: Node, kind: type[AnyNode], error: Any) -> InvalidParams:
    # A field by a wrong name first: it is why the right one is missing.
    first = min(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
    path = first["loc"]
    if first["type"] == "extra_forbidden":
        return unknown_field(node, kind, path)
    what = f"Field '{_dotted(path)}' does not fit"
    why, do = first["msg"], "correct the value"
    if first["type"] == "missing":
        what, why, do = f"Field '{_dotted(path)}' is empty", "it is required", "fill it in"
    elif first["type"] == "literal_error":
        choices = re.findall(r"'([^']*)'", first["ctx"]["expected"])
        near = did_you_mean(str(first["input"])[:80], choices)
        do = f"did you mean '{near}'?" if near else "choose one of them"
    return InvalidParams(
        what,
        why=why,
        do=do,
        where=Where(
            node_id=node.id,
            node_title=node.title or kind.title,
            param=str(path[0]) if path else None,
        ),
    )


def _dotted(path: Sequence[str | int]) -> str:
    return elided(".".join(str(part) for part in path))
