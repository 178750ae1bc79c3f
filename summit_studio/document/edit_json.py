"""Edits as plain JSON values, for the recovery journal: no pickle, nothing that runs on reading."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from summit_studio.core.errors import InvalidDocument
from summit_studio.core.ids import is_id
from summit_studio.document.edits import (
    AddEdge,
    AddNode,
    Compound,
    Edit,
    MoveNodes,
    RemoveEdge,
    RemoveNode,
    RestoreEdges,
    RestoreLayout,
    SetNote,
    SetParams,
    SetProperties,
    SetStates,
    SetTitle,
)
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import ENABLED, Edge, Layout, Node, Parameter
from summit_studio.document.reading import frame_of
from summit_studio.document.text import frame_json


def edit_to_json(edit: Edit) -> dict[str, Any]:
    """Return the edit as JSON values, its kind under `edit`.

    Raises:
        InvalidDocument: The edit is of a kind that has no JSON form.
    """
    kind = type(edit).__name__
    write = _WRITERS.get(kind)
    if write is None:
        raise _unreadable(f"'{kind}' is not a kind of edit")
    return {"edit": kind} | write(edit)


def edit_from_json(raw: Any) -> Edit:
    """Return the edit that `edit_to_json` wrote.

    Raises:
        InvalidDocument: `raw` has another shape.
    """
    try:
        return _READERS[raw["edit"]](raw)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _unreadable(f"{type(error).__name__}: {error}") from None


def _unreadable(why: str) -> InvalidDocument:
    return InvalidDocument(
        "Cannot read an edit", why=why, do="the edits before it still hold", code="edit_unreadable"
    )


def _fields(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda edit: {name: getattr(edit, name) for name in names}


def _write_add_node(edit: Any) -> dict[str, Any]:
    node: Node = edit.node
    body = {"id": node.id, "type": node.type, "params": node.params, "title": node.title}
    body |= {} if node.state == ENABLED else {"state": node.state}
    places = {"index": edit.index, "layout_index": edit.layout_index}
    return {"node": body | {"extra": node.extra}, "position": edit.position} | places


def _write_properties(edit: Any) -> dict[str, Any]:
    parameters = edit.parameters
    if parameters is not None:
        names = ("name", "type", "default", "doc", "extra")
        parameters = [{n: getattr(p, n) for n in names} for p in parameters.values()]
    rest = {} if edit.tests is None else {"tests": list(edit.tests)}
    rest |= {} if edit.extra is None else {"extra": edit.extra}
    return _fields("name", "mode", "settings")(edit) | {"parameters": parameters} | rest


def _write_layout(edit: Any) -> dict[str, Any]:
    layout: Layout = edit.layout
    return _fields("nodes", "notes", "colours", "extra")(layout) | {
        "frames": {k: frame_json(f) for k, f in layout.frames.items()},
        "edges": {str(k): bends for k, bends in layout.edges.items()},
    }


def _write_in_layout(edit: Any) -> dict[str, Any]:
    value = frame_json(edit.value) if edit.section == "frames" and edit.value else edit.value
    return {
        "section": edit.section, "key": str(edit.key), "value": value, "index": edit.index
    }  # fmt: skip


def _read_add_node(raw: dict[str, Any]) -> AddNode:
    body = raw["node"]
    node = Node(
        _id(body["id"]),
        _of(str, body["type"]),
        _of(dict, body["params"]),
        _maybe(str, body["title"]),
        _of(dict, body["extra"]),
        state=_of(str, body.get("state", ENABLED)),
    )
    position = None if raw["position"] is None else _ints(raw["position"], 2)
    return AddNode(node, position, _maybe(int, raw["index"]), _maybe(int, raw["layout_index"]))


def _read_move(raw: dict[str, Any]) -> MoveNodes:
    items = _of(dict, raw["positions"]).items()
    return MoveNodes({_id(k): None if v is None else _ints(v, 2) for k, v in items})


def _read_states(raw: dict[str, Any]) -> SetStates:
    return SetStates({_id(k): _of(str, v) for k, v in _of(dict, raw["states"]).items()})


def _read_note(raw: dict[str, Any]) -> SetNote:
    return SetNote(
        _id(raw["note_id"]),
        _maybe(str, raw["text"]),
        None if raw["box"] is None else _ints(raw["box"], 4),
        _maybe(int, raw["index"]),
        _maybe(int, raw["layout_index"]),
        _maybe(dict, raw["extra"]),
    )


def _read_properties(raw: dict[str, Any]) -> SetProperties:
    listed = _maybe(list, raw["parameters"])
    parameters = None if listed is None else {p["name"]: _read_parameter(p) for p in listed}
    name, mode = _maybe(str, raw["name"]), _maybe(str, raw["mode"])
    settings = _maybe(dict, raw["settings"])
    # Journals of earlier versions hold no more than these.
    tests, extra = _maybe(list, raw.get("tests")), _maybe(dict, raw.get("extra"))
    listed_tests = None if tests is None else tuple(tests)
    return SetProperties(name, mode, settings, parameters, listed_tests, extra)


def _read_parameter(raw: dict[str, Any]) -> Parameter:
    name, kind, doc = _id(raw["name"]), _of(str, raw["type"]), _of(str, raw["doc"])
    return Parameter(name, kind, raw["default"], doc, _of(dict, raw["extra"]))


def _read_layout(raw: dict[str, Any]) -> RestoreLayout:
    nodes = {k: _ints(v, 2) for k, v in _of(dict, raw["nodes"]).items()}
    notes = {k: _ints(v, 4) for k, v in _of(dict, raw["notes"]).items()}
    # Journals of earlier versions hold no more than these.
    colours = {_id(k): _of(str, v) for k, v in _of(dict, raw.get("colours", {})).items()}
    frames = {k: frame_of(k, v) for k, v in _of(dict, raw.get("frames", {})).items()}
    edges = {Edge.parse(k): _bends(v) for k, v in _of(dict, raw.get("edges", {})).items()}
    extra = _of(dict, raw["extra"])
    return RestoreLayout(Layout(nodes, notes, extra, colours=colours, frames=frames, edges=edges))


def _read_in_layout(raw: dict[str, Any]) -> SetInLayout:
    section, key, value, index = raw["section"], raw["key"], raw["value"], raw["index"]
    read = _VALUES[section]
    return SetInLayout(
        section,
        Edge.parse(key) if section == "edges" else _id(key),
        None if value is None else read(key, value),
        _maybe(int, index),
    )


def _bends(value: Any) -> Any:
    return tuple(_ints(place, 2) for place in _of(list, value))


def _read_compound(raw: dict[str, Any]) -> Compound:
    return Compound(_of(str, raw["label"]), tuple(map(edit_from_json, _of(list, raw["edits"]))))


def _of(kind: type, value: Any) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"not {kind.__name__}")
    return value


def _maybe(kind: type, value: Any) -> Any:
    return None if value is None else _of(kind, value)


def _id(value: Any) -> str:
    text: str = _of(str, value)
    if not is_id(text):
        raise ValueError("not an id")
    return text


def _ints(value: Any, count: int) -> Any:
    """Return `count` whole numbers, a point or a box, as the model holds them."""
    if len(_of(list, value)) != count:
        raise ValueError(f"not {count} numbers")
    return tuple(_of(int, number) for number in value)


_VALUES: Mapping[str, Callable[[str, Any], Any]] = MappingProxyType(
    {
        "colours": lambda _, v: _of(str, v),
        "frames": frame_of,
        "edges": lambda _, v: _bends(v),
    }
)

_WRITERS: Mapping[str, Callable[[Any], dict[str, Any]]] = MappingProxyType(
    {
        "AddNode": _write_add_node,
        "RemoveNode": _fields("node_id"),
        "AddEdge": lambda e: {"edge": str(e.edge), "index": e.index},
        "RemoveEdge": lambda e: {"edge": str(e.edge)},
        "RestoreEdges": lambda e: {"edges": [str(edge) for edge in e.edges]},
        "RestoreLayout": _write_layout,
        "SetParams": _fields("node_id", "params", "field"),
        "SetTitle": _fields("node_id", "title"),
        "SetStates": _fields("states"),
        "MoveNodes": _fields("positions"),
        "SetNote": _fields("note_id", "text", "box", "index", "layout_index", "extra"),
        "SetInLayout": _write_in_layout,
        "SetProperties": _write_properties,
        "Compound": lambda e: {"label": e.label, "edits": [edit_to_json(x) for x in e.edits]},
    }
)

_READERS: Mapping[str, Callable[[Any], Edit]] = MappingProxyType(
    {
        "AddNode": _read_add_node,
        "RemoveNode": lambda r: RemoveNode(_id(r["node_id"])),
        "AddEdge": lambda r: AddEdge(Edge.parse(r["edge"]), _maybe(int, r["index"])),
        "RemoveEdge": lambda r: RemoveEdge(Edge.parse(r["edge"])),
        "RestoreEdges": lambda r: RestoreEdges(tuple(map(Edge.parse, _of(list, r["edges"])))),
        "RestoreLayout": _read_layout,
        "SetParams": lambda r: SetParams(
            _id(r["node_id"]), _of(dict, r["params"]), _maybe(str, r["field"])
        ),
        "SetTitle": lambda r: SetTitle(_id(r["node_id"]), _maybe(str, r["title"])),
        "SetStates": _read_states,
        "MoveNodes": _read_move,
        "SetNote": _read_note,
        "SetInLayout": _read_in_layout,
        "SetProperties": _read_properties,
        "Compound": _read_compound,
    }
)
