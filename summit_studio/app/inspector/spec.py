"""What a form must know of a field, read from the params class that declares it."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from summit_studio.nodes.params import Editor, Params


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a form.

    Args:
        choices: The values of a choice, in declared order.
        optional: True if the field may be empty (None).
        whole: True for a number without decimals.
        default: The value where the document gives none; None for a required field.
        record: The fields of one entry, for a list of params.
        above: Of an expression: the field of its entry that names what it computes, for the
            entries beneath.
        condition: True of an expression that must be true or false.
        mapped: Of a list: the field of an entry that names the column of the input it takes.
        only_with: The values of other fields with which it has an effect.
    """

    name: str
    title: str
    doc: str
    editor: Editor
    required: bool = False
    optional: bool = False
    default: Any = None
    unit: str = ""
    placeholder: str = ""
    port: str = "rows"
    advanced: bool = False
    choices: tuple[Any, ...] = ()
    whole: bool = False
    minimum: float | None = None
    maximum: float | None = None
    record: tuple["FieldSpec", ...] = ()
    above: str = ""
    condition: bool = False
    mapped: str = ""
    only_with: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def matters(self, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> bool:
        """Return True if it has an effect beside the values of other fields, or says something.

        Args:
            values: What the document has, by field.
            defaults: What holds where it has nothing.
        """
        if values.get(self.name, self.default) != self.default:
            return True
        beside = ((values.get(n, defaults.get(n)), w) for n, w in self.only_with.items())
        return all(value in wanted or "${" in str(value) for value, wanted in beside)

    @property
    def empty(self) -> Any:
        """What the document holds when a person has cleared the field."""
        if self.optional:
            return None
        if self.editor in {Editor.COLUMNS, Editor.RECORDS}:
            return []
        return ""


def fields_of(params: type[Params]) -> tuple[FieldSpec, ...]:
    """Return the fields of a params class in declared order."""
    return tuple(field_of(name, info) for name, info in params.model_fields.items())


def in_words(name: str) -> str:
    """Return a field's name as a label: `batch_rows` gives `Batch rows`."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def field_of(name: str, info: FieldInfo) -> FieldSpec:
    """Return what a form must know of one field."""
    extra: Mapping[str, Any] = (
        info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    )
    required = info.is_required()
    default = None if required else _plain(info.get_default(call_default_factory=True))
    inner, optional = _without_none(info.annotation)
    low, high = _limits(info)
    record = _record(inner)
    return FieldSpec(
        name=name,
        title=info.title or in_words(name),
        doc=info.description or "",
        editor=_editor(extra.get("editor"), inner, record),
        required=required,
        optional=optional,
        default=default,
        unit=str(extra.get("unit", "")),
        placeholder=str(extra.get("placeholder", "")),
        port=str(extra.get("port", "rows")),
        advanced=bool(extra.get("advanced", False)),
        choices=get_args(inner) if get_origin(inner) is Literal else (),
        whole=inner is int,
        minimum=low,
        maximum=high,
        record=record,
        above=str(extra.get("above", "")),
        condition=bool(extra.get("condition", False)),
        mapped=str(extra.get("mapped", "")),
        only_with=_mapping(extra.get("only_with")),
    )


def _mapping(value: Any) -> Mapping[str, Sequence[Any]]:
    return value if isinstance(value, dict) else {}


def _editor(named: Any, inner: Any, record: tuple[FieldSpec, ...]) -> Editor:
    if record:
        return Editor.RECORDS
    if get_origin(inner) is Literal:
        return Editor.CHOICE
    if named is not None and Editor(named) is not Editor.TEXT:
        return Editor(named)
    if inner is bool:
        return Editor.TOGGLE
    return Editor.NUMBER if inner in {int, float} else Editor.TEXT


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in {Union, types.UnionType}:
        rest = [a for a in get_args(annotation) if a is not type(None)]
        optional = len(rest) < len(get_args(annotation))
        return (rest[0] if len(rest) == 1 else Union[tuple(rest)]), optional  # noqa: UP007
    return annotation, False


def _record(annotation: Any) -> tuple[FieldSpec, ...]:
    for argument in get_args(annotation):
        if isinstance(argument, type) and issubclass(argument, Params):
            return fields_of(argument)
    return ()


def _limits(info: FieldInfo) -> tuple[float | None, float | None]:
    low = next((m.ge for m in info.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in info.metadata if hasattr(m, "le")), None)
    return low, high


def _plain(value: Any) -> Any:
    if isinstance(value, Params):
        return value.model_dump(mode="json")
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value
