"""Params: the fields of a node type, from which forms, docs, JSON schema and checks all come."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticUndefined

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
    COLUMN = "column"  # The name of a column of the input.
    COLUMNS = "columns"  # A list of such names.
    TYPE = "type"  # A type name of core.schema.
    FILE_IN = "file_in"  # A path, relative to the workspace where it lies inside.
    FILE_OUT = "file_out"
    FOLDER_OUT = "folder_out"
    CONNECTION = "connection"  # The name of a connection of the workspace.
    TABLE = "table"  # A table of the connection named in the field `connection`.
    RECORDS = "records"  # A list of params of their own: a table, one row an entry.


class Params(BaseModel):
    """Base of every params class: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _own_keys_are_let_through(cls, values: Any) -> Any:
        return without_own(values)


def param(
    default: Any = PydanticUndefined,
    *,
    doc: str,
    editor: Editor = Editor.TEXT,
    title: str | None = None,
    unit: str | None = None,
    placeholder: str = "",
    port: str = "rows",
    advanced: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:
    """Return a declared field of a params class.

    Args:
        default: The value where a file gives none; left out, the field is required.
        doc: One sentence, shown beside the field and in the reference.
        editor: How forms edit it.
        title: What forms call it; by default the field's name in words.
        unit: The unit of a number, as shown after it.
        placeholder: An example shown while the field is empty.
        port: The input port whose columns an expression or column field speaks of.
        advanced: True folds the field away under Advanced.
        minimum: Lowest value of a number, itself allowed.
        maximum: Highest value of a number, itself allowed.
    """
    extra = {
        "editor": editor.value,
        "unit": unit,
        "placeholder": placeholder,
        "port": port,
        "advanced": advanced,
    }
    return Field(
        default,
        description=doc,
        title=title,
        ge=minimum,
        le=maximum,
        json_schema_extra={k: v for k, v in extra.items() if v not in (None, "", False)},
    )
