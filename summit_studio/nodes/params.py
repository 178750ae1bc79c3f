"""Params: the fields of a node type, from which forms, docs, JSON schema and checks all come."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, PydanticUndefined

from summit_studio.core.own_keys import without_own


class Editor(StrEnum):
    """How a form edits a field."""

    TEXT = "text"
    MULTILINE = "multiline"
    NUMBER = "number"
    TOGGLE = "toggle"
    CHOICE = "choice"  # The annotation is a Literal.
    EXPRESSION = "expression"  # Summit SQL over the columns of the input.
    SQL = "sql"  # A whole Summit SQL query over the inputs.
    DATABASE_SQL = "database_sql"  # A query in the words of a connection's database.
    PYTHON = "python"
    COLUMN = "column"  # The name of a column of the input; of a source, its own.
    COLUMNS = "columns"  # A list of such names.
    TYPE = "type"  # A type name of core.schema.
    FILE_IN = "file_in"  # A path, relative to the workspace where it lies inside.
    FILE_OUT = "file_out"
    FOLDER_OUT = "folder_out"
    CONNECTION = "connection"  # The name of a connection of the workspace.
    TABLE = "table"  # A table of the connection named in the field `connection`.
    RECORDS = "records"  # A list of params of their own: a table, one row an entry.


_PATHS: Final = frozenset({Editor.FILE_IN, Editor.FILE_OUT, Editor.FOLDER_OUT})
_LONGEST_NAME_BYTES: Final = 255
_LONGEST_PATH_BYTES: Final = 4_000


class Params(BaseModel):
    """Base of every params class: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _own_keys_are_let_through(cls, values: Any) -> Any:
        return without_own(values)

    @field_validator("*", mode="after")
    @classmethod
    def _paths_can_be_looked_for(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[str(info.field_name)].json_schema_extra
        if isinstance(value, str) and isinstance(extra, Mapping) and extra.get("editor") in _PATHS:
            _require_path(value)
        return value


def _require_path(text: str) -> None:
    """Refuse what no file system has a place for."""
    encoded = text.encode("utf-8", "surrogatepass")
    names = encoded.replace(b"\\", b"/").split(b"/")
    why = ""
    if b"\0" in encoded:
        why = "a path holds no zero byte"
    elif len(encoded) > _LONGEST_PATH_BYTES or max(map(len, names)) > _LONGEST_NAME_BYTES:
        why = (
            f"a name in a path has at most {_LONGEST_NAME_BYTES} bytes, and a path "
            f"{_LONGEST_PATH_BYTES:,}"
        )
    try:
        Path(text).expanduser()
    except RuntimeError:
        why = "nobody of that name has a home folder here"
    if why:
        raise PydanticCustomError("path_invalid", "{why}", {"why": why})


def param(
    default: Any = PydanticUndefined,
    *,
    doc: str,
    editor: Editor = Editor.TEXT,
    title: str | None = None,
    unit: str | None = None,
    placeholder: str = "",
    port: str = "rows",
    replaces: str = "",
    advanced: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
    keywords: tuple[str, ...] = (),
    above: str = "",
    condition: bool = False,
    mapped: str = "",
    only_with: Mapping[str, Sequence[Any]] | None = None,
) -> Any:
    """Return a declared field of a params class.

    Args:
        default: The value where a file gives none; left out, the field is required.
        doc: One sentence, shown beside the field and in the reference.
        editor: How forms edit it.
        title: What forms call it; by default the field's name in words.
        unit: The unit of a number, as shown after it.
        placeholder: An example shown while the field is empty.
        port: The port whose columns an expression or column field speaks of: an input, or a
            source's output.
        replaces: Of the name of a column that is made, the input port of which one is replaced
            that has this name.
        advanced: True folds the field away under Advanced.
        minimum: Lowest value of a number, itself allowed.
        maximum: Highest value of a number, itself allowed.
        keywords: What else people may call it: an unknown field is answered by them.
        above: Of an expression in a list: the entry's field that names the column it computes,
            which the expressions of the entries beneath may use.
        condition: True of an expression that must be true or false: forms can build it from rows.
        mapped: Of a list: the entry's field that names a column of the input: forms can list all
            columns and have the entries ticked.
        only_with: The values of other fields with which it has an effect: forms leave it out with
            others, but where it says something.
    """
    extra: dict[str, Any] = {
        "editor": editor.value,
        "unit": unit,
        "placeholder": placeholder,
        "port": port,
        "replaces": replaces,
        "advanced": advanced,
        "keywords": list(keywords),
        "above": above,
        "condition": condition,
        "mapped": mapped,
        "only_with": {name: list(values) for name, values in (only_with or {}).items()},
    }
    return Field(
        default,
        description=doc,
        title=title,
        ge=minimum,
        le=maximum,
        json_schema_extra={k: v for k, v in extra.items() if v not in (None, "", False, [], {})},
    )


def fields_at(params_class: type[BaseModel], path: Sequence[str | int]) -> dict[str, FieldInfo]:
    """Return the fields of the params that stand at a path inside others: `("columns", 0)`."""
    model = params_class
    for name in path:
        found = model.model_fields.get(str(name))
        model = next(_models_in(found.annotation), model) if found else model
    return dict(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def leaves(params: BaseModel, prefix: str = "") -> Iterator[tuple[str, FieldInfo, Any]]:
    """Yield the values of params with their fields: entries of lists one by one, records inside.

    The path of a value is such as `columns.0.expression`.
    """
    for name, info in type(params).model_fields.items():
        value, path = getattr(params, name), f"{prefix}{name}"
        entries = value if isinstance(value, tuple) else (value,)
        for index, entry in enumerate(entries):
            place = f"{path}.{index}" if isinstance(value, tuple) else path
            if isinstance(entry, BaseModel):
                yield from leaves(entry, f"{place}.")
            else:
                yield place, info, entry


def names_of_field(name: str, field: FieldInfo) -> tuple[str, ...]:
    """Return what a search for a field looks at, the most telling first."""
    extra = field.json_schema_extra
    keywords = extra.get("keywords", ()) if isinstance(extra, Mapping) else ()
    titles = (field.title,) if field.title else ()
    return (name, *titles, *map(str, keywords if isinstance(keywords, list) else ()))
