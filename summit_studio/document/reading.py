"""From raw JSON to a document: every shape checked, nothing dropped.

An edge whose node is missing, or that stands twice, is kept: checks report it, a person decides.
"""

from collections.abc import Mapping
from typing import Any

from summit_studio.core.errors import InvalidDocument, Where
from summit_studio.core.ids import is_id
from summit_studio.document.identity import is_document_id
from summit_studio.document.model import (
    ENABLED,
    Box,
    Document,
    Edge,
    Frame,
    Layout,
    Node,
    Note,
    Parameter,
    Point,
)

MAX_NODES = 10_000
"""The most nodes a pipeline may have."""

MAX_COORDINATE = 10_000_000
"""How far from the origin a box may stand, in scene pixels."""

MODES = ("etl", "elt")
"""The modes that are spoken of; checks say which of them this version runs."""

KEYS = ("format", "id", "name", "mode", "parameters", "settings", "nodes", "edges", "notes",
        "tests", "layout")  # fmt: skip
NODE_KEYS = ("type", "title", "state", "params")
PARAMETER_KEYS = ("type", "default", "doc")
NOTE_KEYS = ("text",)
LAYOUT_KEYS = ("nodes", "notes", "colours", "frames", "edges")
FRAME_KEYS = ("title", "colour", "box", "nodes", "notes", "collapsed")


def document_of(raw: Mapping[str, Any], name: str) -> Document:
    """Return the document written in `raw`, which has this version's format.

    Args:
        raw: The file's JSON object.
        name: The pipeline's name where the file gives none.

    Raises:
        InvalidDocument: A part has another shape; `where` names the node and key.
    """
    nodes = _object(raw, "nodes")
    if len(nodes) > MAX_NODES:
        raise _shape("nodes", f"there are {len(nodes)} nodes and the limit is {MAX_NODES}")
    return Document(
        id=_id(raw),
        name=_text(raw, "name", name or "Untitled"),
        mode=_text(raw, "mode", "etl"),
        parameters={k: _parameter(k, v) for k, v in _object(raw, "parameters").items()},
        settings=_object(raw, "settings"),
        nodes={k: _node(k, v) for k, v in nodes.items()},
        edges=tuple(_edge(e, i) for i, e in enumerate(_list(raw, "edges"))),
        notes={k: _note(k, v) for k, v in _object(raw, "notes").items()},
        tests=tuple(_list(raw, "tests")),
        layout=_layout(_object(raw, "layout")),
        extra=_rest(raw, KEYS),
    )


def _id(raw: Mapping[str, Any]) -> str:
    text = _text(raw, "id", "")
    if "id" in raw and not is_document_id(text):
        raise _shape("id", f"'{text[:64]}' is no id of a pipeline: 32 digits, 0 to 9 and a to f")
    return text


def _node(node_id: str, raw: Any) -> Node:
    _check_id("nodes", node_id)
    if not isinstance(raw, dict):
        raise _shape("nodes", f"node '{node_id}' is {_kind(raw)}, not an object", node_id)
    if "type" not in raw:
        raise _shape("type", "a node needs a type", node_id)
    title = None if raw.get("title") is None else _text(raw, "title", "", node_id)
    return Node(
        node_id,
        _text(raw, "type", "", node_id),
        _object(raw, "params", node_id),
        title,
        _rest(raw, NODE_KEYS),
        state=_text(raw, "state", ENABLED, node_id),
    )


def _edge(raw: Any, index: int) -> Edge:
    if not isinstance(raw, str):
        raise _shape("edges", f"edge {index + 1} is {_kind(raw)}, not a text")
    return Edge.parse(raw)


def _note(note_id: str, raw: Any) -> Note:
    _check_id("notes", note_id)
    if not isinstance(raw, dict):
        raise _shape("notes", f"note '{note_id}' is {_kind(raw)}, not an object")
    return Note(note_id, _text(raw, "text", ""), _rest(raw, NOTE_KEYS))


def _parameter(name: str, raw: Any) -> Parameter:
    _check_id("parameters", name)
    if not isinstance(raw, dict):
        raise _shape("parameters", f"parameter '{name}' is {_kind(raw)}, not an object")
    return Parameter(
        name,
        _text(raw, "type", "text"),
        raw.get("default"),
        _text(raw, "doc", ""),
        _rest(raw, PARAMETER_KEYS),
    )


def _layout(raw: Mapping[str, Any]) -> Layout:
    nodes = _object(raw, "nodes")
    notes = _object(raw, "notes")
    return Layout(
        nodes={k: _point(k, v) for k, v in nodes.items()},
        notes={k: _box(k, v) for k, v in notes.items()},
        extra=_rest(raw, LAYOUT_KEYS),
        colours={k: _colour(k, v) for k, v in _object(raw, "colours").items()},
        frames={k: frame_of(k, v) for k, v in _object(raw, "frames").items()},
        edges={Edge.parse(k): _bends(k, v) for k, v in _object(raw, "edges").items()},
    )


def frame_of(frame_id: str, raw: Any) -> Frame:
    """Return a frame as it stands in a file.

    Raises:
        InvalidDocument: It has another shape.
    """
    _check_id("frames", frame_id)
    if not isinstance(raw, dict):
        raise _shape("frames", f"frame '{frame_id}' is {_kind(raw)}, not an object")
    collapsed = raw.get("collapsed", False)
    if not isinstance(collapsed, bool):
        raise _shape("collapsed", f"'collapsed' is {_kind(collapsed)}, not true or false")
    return Frame(
        _box(frame_id, raw.get("box")),
        _text(raw, "title", ""),
        _text(raw, "colour", ""),
        _ids(raw, "nodes"),
        _ids(raw, "notes"),
        collapsed,
        _rest(raw, FRAME_KEYS),
    )


def _ids(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = _list(raw, key)
    for value in found:
        if not isinstance(value, str):
            raise _shape(key, f"an id in '{key}' is {_kind(value)}, not a text")
        _check_id(key, value)
    return tuple(found)


def _colour(key: str, raw: Any) -> str:
    if not isinstance(raw, str):
        raise _shape("colours", f"the colour of '{key}' is {_kind(raw)}, not a text")
    return raw


def _bends(key: str, raw: Any) -> tuple[Point, ...]:
    if not isinstance(raw, list):
        raise _shape("edges", f"the bends of '{key}' are {_kind(raw)}, not a list")
    return tuple(_point(key, place) for place in raw)


def _point(key: str, raw: Any) -> Point:
    x, y = _numbers(key, raw, ("x", "y"))
    return x, y


def _box(key: str, raw: Any) -> Box:
    x, y, width, height = _numbers(key, raw, ("x", "y", "width", "height"))
    return x, y, width, height


def _numbers(key: str, raw: Any, names: tuple[str, ...]) -> list[int]:
    wanted = f"the place of '{key}' is not [{', '.join(names)}]"
    if not isinstance(raw, list) or len(raw) != len(names):
        raise _shape("layout", wanted)
    for value in raw:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _shape("layout", wanted)
        if abs(value) > MAX_COORDINATE:
            raise _shape("layout", f"'{key}' stands more than {MAX_COORDINATE} pixels away")
    return [round(value) for value in raw]


def _object(raw: Mapping[str, Any], key: str, node_id: str | None = None) -> dict[str, Any]:
    value = raw.get(key, {})
    if not isinstance(value, dict):
        raise _shape(key, f"'{key}' is {_kind(value)}, not an object", node_id)
    return value


def _list(raw: Mapping[str, Any], key: str) -> list[Any]:
    value = raw.get(key, [])
    if not isinstance(value, list):
        raise _shape(key, f"'{key}' is {_kind(value)}, not a list")
    return value


def _text(raw: Mapping[str, Any], key: str, default: str, node_id: str | None = None) -> str:
    value = raw.get(key, default)
    if not isinstance(value, str):
        raise _shape(key, f"'{key}' is {_kind(value)}, not a text", node_id)
    return value


def _check_id(section: str, text: str) -> None:
    if not is_id(text):
        raise _shape(section, f"'{text[:64]}' is not an id: letters, digits, _ and -, up to 64")


def _rest(raw: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    return {k: v for k, v in raw.items() if k not in known}


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "a number")


def _shape(key: str, why: str, node_id: str | None = None) -> InvalidDocument:
    return InvalidDocument(
        "Cannot read the pipeline",
        why=why,
        do="correct it by hand, or take the file back from version control",
        code="document_shape",
        where=Where(node_id=node_id, param=key),
    )
