"""What two versions of a pipeline have that differs, in words."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from summit_studio.document.model import Document, Node

_LONGEST = 60
_ABSENT = "nothing"


def differences(mine: Document, theirs: Document) -> tuple[str, ...]:
    """Return a line for each thing that differs, its value here before that there.

    Places on the canvas count as one; ids and titles tell nodes. No line means the same pipeline.
    """
    return (
        *_heads(mine, theirs),
        *_nodes(mine, theirs),
        *_edges(mine, theirs),
        *_rest(mine, theirs),
    )


def _heads(mine: Document, theirs: Document) -> Iterator[str]:
    if mine.name != theirs.name:
        yield f"Name: {mine.name} here, {theirs.name} there"
    if mine.mode != theirs.mode:
        yield f"Mode: {mine.mode} here, {theirs.mode} there"
    yield from _values("Setting", mine.settings, theirs.settings)
    for name in sorted(mine.parameters.keys() | theirs.parameters.keys()):
        if mine.parameters.get(name) != theirs.parameters.get(name):
            yield f"Parameter {name} differs"


def _nodes(mine: Document, theirs: Document) -> Iterator[str]:
    for node_id in dict.fromkeys((*mine.nodes, *theirs.nodes)):
        here, there = mine.nodes.get(node_id), theirs.nodes.get(node_id)
        if here is not None and there is not None:
            yield from _node(here, there)
        elif here is not None:
            yield f"Node {_called(here)}: only here"
        elif there is not None:
            yield f"Node {_called(there)}: only there"


def _node(here: Node, there: Node) -> Iterator[str]:
    called = f"Node {_called(here)}"
    if here.type != there.type:
        yield f"{called}: {here.type} here, {there.type} there"
    if here.title != there.title:
        yield f"{called}, title: {here.title or _ABSENT} here, {there.title or _ABSENT} there"
    if here.state != there.state:
        yield f"{called}, state: {here.state} here, {there.state} there"
    yield from _values(f"{called},", here.params, there.params)
    if here.extra != there.extra:
        yield f"{called}: something that this version does not know"


def _edges(mine: Document, theirs: Document) -> Iterator[str]:
    yield from (f"Edge {edge}: only here" for edge in mine.edges if edge not in theirs.edges)
    yield from (f"Edge {edge}: only there" for edge in theirs.edges if edge not in mine.edges)


def _rest(mine: Document, theirs: Document) -> Iterator[str]:
    for note_id in dict.fromkeys((*mine.notes, *theirs.notes)):
        here, there = mine.notes.get(note_id), theirs.notes.get(note_id)
        if here is not None and there is not None:
            if here != there:
                yield f"Note “{_short(here.text)}”: differs"
        elif here is not None:
            yield f"Note “{_short(here.text)}”: only here"
        elif there is not None:
            yield f"Note “{_short(there.text)}”: only there"
    if mine.tests != theirs.tests or mine.extra != theirs.extra:
        yield "Something that is not shown in the editor"
    if mine.layout != theirs.layout:
        yield "Places on the canvas"


def _values(of: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*here, *there)):
        mine, theirs = _said(here, name), _said(there, name)
        if mine != theirs:
            yield f"{of} {name}: {_short(mine)} here, {_short(theirs)} there"


def _said(values: Mapping[str, Any], name: str) -> str:
    if name not in values:
        return _ABSENT
    value = values[name]
    return value if isinstance(value, str) else json.dumps(value, default=dict, ensure_ascii=False)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _called(node: Node) -> str:
    return f"{node.title} ({node.id})" if node.title else node.id
