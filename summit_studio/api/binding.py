"""Checks what Python code says of a node at once: type, params, ports."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from summit_studio.api.handles import is_handles
from summit_studio.api.json_values import json_value
from summit_studio.api.misuse import Misuse, described, text
from summit_studio.core.bound import LAST_WATERMARK
from summit_studio.core.errors import InvalidDocument, InvalidParams, SummitError, Where
from summit_studio.core.ids import is_id, unique_id
from summit_studio.core.suggest import did_you_mean, elided, listing
from summit_studio.document.model import Document, Node, Parameter, PortRef
from summit_studio.nodes.catalogue import AnyNode, Catalogue, unknown_field
from summit_studio.nodes.transforms.module import ModuleNode
from summit_studio.planning.graph import upstream
from summit_studio.planning.parameters import fill_node, placeholders, values_for
from summit_studio.planning.settings import settings_of


def accepting(node: Node, kind: type[AnyNode], given: Mapping[str, Any]) -> Node:
    """Return a node that takes its module as it is now, where its path was just given.

    Args:
        node: Any node.
        kind: Its type, as its params shape it.
        given: The params that were just given; a hash among them is left as it is.
    """
    if "path" in given and "hash" not in given and issubclass(kind, ModuleNode):
        return replace(node, params={**node.params, "hash": kind.accepted})
    return node


def check_params(document: Document, catalogue: Catalogue, node: Node, kind: type[AnyNode]) -> None:
    """Refuse params that do not fit; placeholders without a default are left to the run.

    Raises:
        UnknownNodeType: There is no such type.
        InvalidParams: A field is unknown, missing, or its value does not fit.
    """
    unknown = next((n for n in node.params if n not in kind.params_class.model_fields), None)
    if unknown is not None:
        raise unknown_field(node, kind, (unknown,))
    defaults = {n: p.default for n, p in document.parameters.items() if p.default is not None}
    if set(placeholders(node.params)) <= {*defaults, LAST_WATERMARK}:
        catalogue.bind(node, fill_node(node, defaults, catalogue), kind)


def split_params(
    document: Document, kind: type[AnyNode], params: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the params as JSON values, and the handles given by the names of input ports.

    Raises:
        Misuse: A value cannot be what its name asks for.
    """
    fields, ports = kind.params_class.model_fields, {p.name for p in kind.inputs}
    handles = {name: value for name, value in params.items() if is_handles(value)}
    for name, value in params.items():
        if name in ports and name not in {*fields, *handles}:
            known = isinstance(value, str) and value in document.nodes
            raise Misuse(
                f"Input '{name}' of '{kind.id}' cannot be {described(value)}",
                why="an input takes the rows of a node",
                do=f"give `pipeline['{value}']`"
                if known
                else "give what `add` returned, or a list of such",
            )
    values = {n: json_value(v, f"Field '{n}'") for n, v in params.items() if n not in handles}
    return values, handles


def output_port(kind: type[AnyNode], node_id: str, port: str | None) -> PortRef:
    """Return the output port meant; None means the first, and never the rejected one.

    Raises:
        SummitError: There is none.
    """
    ports = kind.outputs if port is None else kind.output_ports()
    return PortRef(node_id, _named(node_id, port, [p.name for p in ports], "output"))


def input_port(
    kind: type[AnyNode], node_id: str, port: str | None, taken: Iterable[str]
) -> PortRef:
    """Return the input port meant; None means the first that can still take an edge.

    Raises:
        SummitError: There is none, or it is taken.
    """
    names, used = [p.name for p in kind.inputs], set(taken)
    free = [p.name for p in kind.inputs if p.many or p.name not in used]
    if port is None and names and not free:
        raise _taken(f"Every input of '{node_id}' is taken", node_id, f"it has {listing(names)}")
    found = _named(node_id, free[0] if port is None and free else port, names, "input")
    if found not in free:
        why = "it takes one edge" + (f"; free is {listing(free)}" if free else "")
        raise _taken(f"Input '{found}' of '{node_id}' is taken", node_id, why)
    return PortRef(node_id, found)


def _taken(what: str, node_id: str, why: str) -> SummitError:
    return SummitError(
        what,
        why=why,
        do="put a union before it, or choose a free input",
        code="input_taken",
        where=Where(node_id=node_id),
    )


def _named(node_id: str, port: str | None, names: list[str], side: str) -> str:
    if port is None and names:
        return names[0]
    if port in names:
        return str(port)
    near = did_you_mean(text(port or "", "A port", "give its name")[:80], names)
    raise SummitError(
        f"Node '{node_id}' has no {side} port" + (f" '{elided(port)}'" if port else ""),
        why=f"its {side}s are {listing(names)}" if names else f"it has no {side}s",
        do=f"did you mean '{near}'?" if near else "choose another node or port",
        code="port_missing",
        where=Where(node_id=node_id, port=port and elided(port)),
    )


_PARAMETER_TYPES = ("text", "integer", "number", "boolean", "date", "timestamp", "path")


def parameter_of(name: str, type_name: str, default: Any, doc: str) -> Parameter:
    """Return the parameter so declared.

    Raises:
        InvalidParams: The name or the type cannot be.
    """
    text(name, "The name of a parameter", "give one, such as 'day'")
    text(type_name, "The type of a parameter", "give one, such as 'integer'")
    text(doc, "The description of a parameter", "say what it is for")
    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
        raise InvalidParams(
            f"'{elided(name)}' cannot be the name of a parameter",
            why="a name is a letter or _, then letters, digits and _",
            do="choose another name",
        )
    if type_name not in _PARAMETER_TYPES:
        near = did_you_mean(type_name[:80], _PARAMETER_TYPES)
        raise InvalidParams(
            f"Parameter '{name}' cannot be of type '{elided(type_name)}'",
            why=f"the types are {listing(_PARAMETER_TYPES)}",
            do=f"did you mean '{near}'?" if near else "choose one of them",
        )
    found = Parameter(name, type_name, json_value(default, f"The default of '{name}'"), doc)
    if default is not None:
        values_for(Document(parameters={name: found}), {})
    return found


def merged_settings(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with changes made part by part.

    Raises:
        InvalidSettings: One does not exist or does not fit.
    """
    merged = dict(before)
    for name, value in changes.items():
        old = merged.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[name] = json_value({**old, **value}, name)
        else:
            merged[name] = json_value(value, name)
    settings_of(merged)
    return merged


def node_id_for(document: Document, type_id: str, node_id: str | None) -> str:
    """Return the id for a new node: the one asked for, or one made from its type.

    Raises:
        InvalidDocument: The id asked for cannot be an id, or is taken.
    """
    if node_id is None:
        return unique_id(type_id, document.nodes)
    text(node_id, "The id of a node", "give one, such as 'orders'; fields are given by name")
    if not is_id(node_id):
        raise InvalidDocument(
            f"'{elided(node_id)}' cannot be the id of a node",
            why="an id is a letter or _, then letters, digits, _ and -, up to 64",
            do="choose another id; a title may hold anything",
            code="id_invalid",
        )
    if node_id in document.nodes:
        raise InvalidDocument(
            f"Cannot add node '{node_id}'",
            why="a node of that id is there already",
            do=f"choose another id, or use that node: `pipeline['{node_id}']`",
            code="id_taken",
        )
    return node_id


def refuse_circle(document: Document, source: str, target: str) -> None:
    """Refuse an edge between two nodes that would lead rows back to where they come from.

    Raises:
        SummitError: It would.
    """
    if target in upstream(document, [source]):
        raise SummitError(
            f"Rows would run in a circle from '{source}' to '{target}'",
            why=f"'{source}' gets its own rows from '{target}'",
            do="connect it to a node that comes later",
            code="cycle",
            where=Where(node_id=target),
        )
