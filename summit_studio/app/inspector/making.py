"""Which editor a field gets."""

from summit_studio.app.inspector.code import CodeField
from summit_studio.app.inspector.columns import (
    ColumnField,
    ColumnsField,
    TableField,
    TypeField,
)
from summit_studio.app.inspector.condition import ConditionField
from summit_studio.app.inspector.field import FieldEditor
from summit_studio.app.inspector.mapping import MappingField
from summit_studio.app.inspector.pairs import PairsField, sides_of
from summit_studio.app.inspector.places import ConnectionField, FileField
from summit_studio.app.inspector.plain import (
    ChoiceField,
    LongTextField,
    NumberField,
    TextField,
    ToggleField,
)
from summit_studio.app.inspector.records import RecordsField
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.nodes.params import Editor

_EDITORS: dict[Editor, type[FieldEditor]] = {
    Editor.TEXT: TextField,
    Editor.MULTILINE: LongTextField,
    Editor.NUMBER: NumberField,
    Editor.TOGGLE: ToggleField,
    Editor.CHOICE: ChoiceField,
    Editor.EXPRESSION: CodeField,
    Editor.SQL: CodeField,
    Editor.DATABASE_SQL: CodeField,
    Editor.PYTHON: CodeField,
    Editor.COLUMN: ColumnField,
    Editor.COLUMNS: ColumnsField,
    Editor.TYPE: TypeField,
    Editor.FILE_IN: FileField,
    Editor.FILE_OUT: FileField,
    Editor.FOLDER_OUT: FileField,
    Editor.CONNECTION: ConnectionField,
    Editor.TABLE: TableField,
}


def editor_for(spec: FieldSpec) -> FieldEditor:
    """Return a new editor of the field's kind."""
    if spec.editor is Editor.EXPRESSION and spec.condition:
        return ConditionField(spec)
    if spec.mapped:
        return MappingField(spec, editor_for)
    if sides_of(spec) is not None:
        return PairsField(spec, editor_for)
    if spec.editor is Editor.RECORDS:
        return RecordsField(spec, editor_for)
    return _EDITORS[spec.editor](spec)
