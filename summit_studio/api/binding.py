"""Checks what Python code says of a node at once: type, params, ports."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from summit_studio.core.errors import InvalidDocument, InvalidParams, SummitError, Where
from summit_studio.core.ids import is_id, unique_id
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import Document, Node, Parameter, PortRef
from summit_studio.nodes.catalogue import AnyNode, Catalogue, unknown_field
from summit_studio.planning.parameters import fill_in, placeholders
from summit_studio.planning.settings import settings_of


def check_params(document: Document, catalogue: Catalogue, node: Node) -> None:
    """Refuse params that do not fit; placeholders without a default are left to the run.

    Raises:
        UnknownNodeType: There is no such type.
        InvalidParams: A field is unknown, missing, or its value does not fit.
    """
    kind = catalogue.get(node.type)
    unknown = next((n for n in node.params if n not in kind.params_class.model_fields), None)
    if unknown is not None:
        raise unknown_field(node, kind, (unknown,))
    defaults = {n: p.default for n, p in document.parameters.items() if p.default is not None}
    if set(placeholders(node.params)) <= {*defaults}:
        catalogue.bind(node, fill_in(node.params, defaults))


def output_port(kind: type[AnyNode], node_id: str, port: str | None) -> PortRef:
    """Return the output port meant; None means the first.

    Raises:
        SummitError: There is none.
    """
    return PortRef(node_id, _named(node_id, port, [p.name for p in kind.output_ports()], "output"))


def input_port(
    kind: type[AnyNode], node_id: str, port: str | None, taken: Iterable[str]
) -> PortRef:
    """Return the input port meant; None means the first that can still take an edge.

    Raises:
        SummitError: There is none.
    """
    names = [p.name for p in kind.inputs]
    if port is None:
        used = set(taken)
        port = next((p.name for p in kind.inputs if p.many or p.name not in used), None)
        if port is None and names:
            raise SummitError(
                f"Every input of '{node_id}' is taken",
                why=f"it has {listing(names)}",
                do="put a union before it, or name the port",
                code="input_taken",
                where=Where(node_id=node_id),
            )
    return PortRef(node_id, _named(node_id, port, names, "input"))


def _named(node_id: str, port: str | None, names: list[str], side: str) -> str:
    if port is None and names:
        return names[0]
    if port in names:
        return str(port)
    near = did_you_mean(port or "", names)
    raise SummitError(
        f"Node '{node_id}' has no {side} port" + (f" '{port}'" if port else ""),
        why=f"its {side}s are {listing(names)}" if names else f"it has no {side}s",
        do=f"did you mean '{near}'?" if near else "choose another node or port",
        code="port_missing",
        where=Where(node_id=node_id, port=port),
    )


def json_value(value: Any) -> Any:
    """Return a Python value as the JSON value a document holds."""
    if isinstance(value, Mapping):
        return {str(k): json_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(v) for v in value]
    if isinstance(value, PurePath):
        return value.as_posix()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


_PARAMETER_TYPES = ("text", "integer", "number", "boolean", "date", "path")


def parameter_of(name: str, type_name: str, default: Any, doc: str) -> Parameter:
    """Return the parameter so declared.

    Raises:
        InvalidParams: The name or the type cannot be.
    """
    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
        raise InvalidParams(
            f"'{name}' cannot be the name of a parameter",
            why="a name is a letter or _, then letters, digits and _",
            do="choose another name",
        )
    if type_name not in _PARAMETER_TYPES:
        near = did_you_mean(type_name, _PARAMETER_TYPES)
        raise InvalidParams(
            f"Parameter '{name}' cannot be of type '{type_name}'",
            why=f"the types are {listing(_PARAMETER_TYPES)}",
            do=f"did you mean '{near}'?" if near else "choose one of them",
        )
    return Parameter(name, type_name, json_value(default), doc)


def merged_settings(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with changes made part by part.

    Raises:
        InvalidSettings: One does not exist or does not fit.
    """
    merged = dict(before)
    for name, value in changes.items():
        old = merged.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[name] = json_value({**old, **value})
        else:
            merged[name] = json_value(value)
    settings_of(merged)
    return merged


def node_id_for(document: Document, type_id: str, node_id: str | None) -> str:
    """Return the id for a new node: the one asked for, or one made from its type.

    Raises:
        InvalidDocument: The id asked for cannot be an id.
    """
    if node_id is None:
        return unique_id(type_id, document.nodes)
    if not is_id(node_id):
        raise InvalidDocument(
            f"'{node_id}' cannot be the id of a node",
            why="an id is a letter or _, then letters, digits, _ and -, up to 64",
            do="choose another id; a title may hold anything",
            code="id_invalid",
        )
    return node_id
