"""What a node type is, in plain values: from its class and its params class, nothing else."""

import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from summit_studio.nodes.contract import Example, NodeType, Rows, SinkNode
from summit_studio.nodes.params import Params
from summit_studio.planning.delivery import in_words

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

Kind = type[NodeType[Any]]

_MODULES = re.compile(r"(?<!['\w.])(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])")
"""The module before a name, outside quotes."""


_TOLD: Final = frozenset({"unit", "editor", "advanced", "only_with"})
"""What a field says of itself beside its type."""


def description(kind: Kind) -> dict[str, Any]:
    """Return all there is to know of a node type, as JSON values."""
    return {
        "type": kind.id,
        "title": kind.title,
        "category": kind.category.value,
        "doc": inspect.getdoc(kind) or "",
        "keywords": list(kind.keywords),
        "runs_code": kind.runs_code,
        "delivery": kind.delivery.name.lower() if issubclass(kind, SinkNode) else None,
        "delivers": in_words(kind.delivery) if issubclass(kind, SinkNode) else None,
        "inputs": [
            {"name": p.name, "doc": p.doc, "required": p.required, "many": p.many}
            for p in kind.inputs
        ],
        "outputs": [{"name": p.name, "doc": p.doc} for p in kind.output_ports()],
        "params": [_field(name, f) for name, f in kind.params_class.model_fields.items()],
        "schema": kind.params_class.model_json_schema(),
        "examples": [_example(e) for e in kind.examples],
    }


def _field(name: str, field: "FieldInfo") -> dict[str, Any]:
    extra = field.json_schema_extra
    known = dict(extra) if isinstance(extra, Mapping) else {}
    found: dict[str, Any] = {
        "name": name,
        "doc": field.description or "",
        "type": _type_name(field.annotation),
        "required": field.is_required(),
    }
    if not field.is_required():
        found["default"] = plain(field.get_default(call_default_factory=True))
    return found | {k: plain(v) for k, v in known.items() if k in _TOLD}


def _type_name(annotation: Any) -> str:
    if hasattr(annotation, "__metadata__"):  # Annotated: what it checks is no type.
        return _type_name(annotation.__origin__)
    return _MODULES.sub("", inspect.formatannotation(annotation))


def _example(example: Example) -> dict[str, Any]:
    return {
        "title": example.title,
        "params": plain(example.params),
        "given": {port: _rows(rows) for port, rows in example.given.items()},
        "expected": {port: _rows(rows) for port, rows in example.expected.items()},
    }


def _rows(rows: Rows | Sequence[Rows]) -> Any:
    if isinstance(rows, Rows):
        return {"schema": dict(rows.schema), "rows": [[plain(v) for v in r] for r in rows.rows]}
    return [_rows(r) for r in rows]


def plain(value: Any) -> Any:
    """Return `value` as JSON values; what JSON cannot say becomes a text."""
    if isinstance(value, Params):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    return value.isoformat() if hasattr(value, "isoformat") else _text(value)


def _text(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def lines(kind: Kind) -> Iterator[str]:
    """Yield the description of a node type as text for a terminal."""
    about = description(kind)
    yield f"{about['title']} ({about['type']}, {about['category']})"
    yield ""
    yield about["doc"]
    if issubclass(kind, SinkNode):
        yield ""
        yield f"Delivery: {kind.delivery}. {about['delivers']}"
    for title, ports in (("Inputs", about["inputs"]), ("Outputs", about["outputs"])):
        if ports:
            yield ""
            yield f"{title}:"
            for port in ports:
                yield f"  {port['name']}{_marks(port)}  {port['doc']}"
    if about["params"]:
        yield ""
        yield "Params:"
        for field in about["params"]:
            yield from _field_lines(field)
    if about["examples"]:
        yield ""
        yield "Examples:"
        for example in about["examples"]:
            yield f"  {example['title']}"
            yield f"    {json.dumps(example['params'], ensure_ascii=False)}"


def _marks(port: Mapping[str, Any]) -> str:
    marks = [] if port.get("required", True) else ["optional"]
    marks += ["any number of edges"] if port.get("many") else []
    return f" ({', '.join(marks)})" if marks else ""


def _field_lines(field: Mapping[str, Any]) -> Iterator[str]:
    unit = f" [{field['unit']}]" if "unit" in field else ""
    if field["required"]:
        state = "required"
    else:
        state = f"default {json.dumps(field['default'], ensure_ascii=False)}"
    yield f"  {field['name']}: {field['type']}{unit}, {state}"
    yield f"      {field['doc']}"
