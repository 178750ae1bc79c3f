"""Modules: saved graphs that stand as one node in pipelines, `NAME.module.json`.

A module's file has the form of a pipeline's, and says beside which inner ports are its own::

    "version": "2",
    "ports": {"inputs": {"rows": "clean.rows"}, "outputs": {"kept": "clean.kept"}}

An input may lead to several inner ports: `{"rows": ["clean.rows", "count.rows"]}`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from summit_studio.core.errors import InvalidDocument, Where
from summit_studio.core.ids import is_id
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import Document, PortRef
from summit_studio.document.text import dump

MODULE_SUFFIX = ".module.json"
"""How the name of a module's file ends."""

MODULE_KEYS = ("ports", "version")
"""What a module's file says beside what a pipeline's says."""

RESERVED = ("path", "hash")
"""What no parameter of a module may be called: a node that names a module has fields so called."""

_SIDES = ("inputs", "outputs")


@dataclass(frozen=True)
class Module:
    """A saved graph with ports of its own.

    Args:
        document: Its graph, its parameters and its name.
        inputs: The inner input ports that the rows of each of its inputs go to, by name.
        outputs: The inner output port that gives the rows of each of its outputs, by name.
        version: What its author calls this version; empty where they call it nothing.
        description: What it does.
    """

    document: Document
    inputs: Mapping[str, tuple[PortRef, ...]]
    outputs: Mapping[str, PortRef]
    version: str = ""
    description: str = ""

    @cached_property
    def hash(self) -> str:
        """What changes whenever the module may run differently, and never when a box is moved."""
        return hashlib.sha256(dump(self.document.meaning()).encode()).hexdigest()


def is_module(document: Document) -> bool:
    """Return True if a document says that it is a module: it has ports."""
    return "ports" in document.extra


def module_of(document: Document) -> Module:
    """Return the module that a document holds.

    Raises:
        InvalidDocument: It is none, a port leads to no node of it, or it has what a module cannot
            have; `where.param` names the key.
    """
    if not is_module(document):
        raise _malformed(
            "it names no ports, as a module does",
            "choose a file whose name ends in .module.json, or make a module of a selection",
            "ports",
        )
    _refuse_unkept(document)
    ports = _object(document.extra["ports"], "'ports'")
    for side in ports:
        if side not in _SIDES:
            near = did_you_mean(side, _SIDES)
            do = f"did you mean '{near}'?" if near else "take it out"
            raise _malformed(f"'ports' has inputs and outputs, not '{side}'", do, "ports")
    inputs = _object(ports.get("inputs", {}), "'inputs' of 'ports'")
    outputs = _object(ports.get("outputs", {}), "'outputs' of 'ports'")
    return Module(
        document,
        {name: _inner(document, name, refs) for name, refs in inputs.items()},
        {name: _inner(document, name, [ref])[0] for name, ref in outputs.items()},
        _text(document, "version"),
        _text(document, "description"),
    )


def as_module(
    document: Document,
    inputs: Mapping[str, tuple[PortRef, ...]],
    outputs: Mapping[str, PortRef],
    version: str = "1",
    description: str = "",
) -> Document:
    """Return a document that says that it is a module with these ports."""
    ports = {
        "inputs": {n: str(r[0]) if len(r) == 1 else [*map(str, r)] for n, r in inputs.items()},
        "outputs": {name: str(ref) for name, ref in outputs.items()},
    }
    told = {"description": description} if description else {}
    return replace(document, extra={**document.extra, "version": version, **told, "ports": ports})


def _refuse_unkept(document: Document) -> None:
    """Refuse what a pipeline has and a module would not keep."""
    if document.settings:
        why = f"it has settings of its own ({listing(document.settings)}), which no run would keep"
        raise _malformed(why, "move them to the pipelines that use it", "settings")
    for name in RESERVED:
        if name in document.parameters:
            why = f"no parameter of a module can be called '{name}', which names its file"
            raise _malformed(why, "give the parameter another name", "parameters")


def _inner(document: Document, name: str, refs: Any) -> tuple[PortRef, ...]:
    if not is_id(name):
        why = f"'{name[:64]}' cannot be the name of a port"
        raise _malformed(why, "use letters, digits, _ and -", "ports")
    texts = refs if isinstance(refs, list) else [refs]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise _malformed(f"port '{name}' names no inner port", "write it as node.port", "ports")
    found = tuple(PortRef.parse(text) for text in texts)
    for ref in found:
        if ref.node not in document.nodes:
            near = did_you_mean(ref.node, document.nodes)
            why = f"port '{name}' leads to node '{ref.node}', and it has none of that id"
            do = f"did you mean '{near}'?" if near else "name one of its nodes"
            raise _malformed(why, do, "ports")
    return found


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _malformed(f"{what} is no object", 'write it as {"NAME": "node.port"}', "ports")
    return value


def _text(document: Document, key: str) -> str:
    value = document.extra.get(key, "")
    if not isinstance(value, str):
        raise _malformed(f"'{key}' is no text", "put it in quotes", key)
    return value


def _malformed(why: str, do: str, key: str) -> InvalidDocument:
    return InvalidDocument(
        "Cannot use the module", why=why, do=do, code="module_malformed", where=Where(param=key)
    )
