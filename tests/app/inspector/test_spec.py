from typing import Literal

from summit_studio.app.inspector.records_model import with_field
from summit_studio.app.inspector.spec import fields_of, in_words
from summit_studio.nodes.params import Editor, Params, param


class Entry(Params):
    name: str = param(doc="Name.")
    as_type: str | None = param(None, doc="Type.", editor=Editor.TYPE)


class Everything(Params):
    path: str = param(doc="The file.", editor=Editor.FILE_IN, placeholder="orders.csv")
    batch_rows: int = param(100, doc="Rows.", editor=Editor.NUMBER, unit="rows", minimum=1)
    header: bool = param(True, doc="Header.", advanced=True)
    kind: Literal["inner", "left"] = param("inner", doc="Kind.")
    limit: int | None = param(None, doc="Limit.")
    columns: tuple[str, ...] = param((), doc="Columns.", editor=Editor.COLUMNS)
    entries: tuple[Entry, ...] = param((), doc="Entries.")


FIELDS = {f.name: f for f in fields_of(Everything)}


def test_editors_come_from_the_declaration_or_the_type():
    assert {name: f.editor for name, f in FIELDS.items()} == {
        "path": Editor.FILE_IN,
        "batch_rows": Editor.NUMBER,
        "header": Editor.TOGGLE,
        "kind": Editor.CHOICE,
        "limit": Editor.NUMBER,
        "columns": Editor.COLUMNS,
        "entries": Editor.RECORDS,
    }


def test_a_field_knows_its_limits_and_words():
    rows = FIELDS["batch_rows"]
    assert (rows.title, rows.unit, rows.minimum, rows.whole) == ("Batch rows", "rows", 1, True)
    assert FIELDS["path"].required
    assert FIELDS["path"].placeholder == "orders.csv"
    assert FIELDS["header"].advanced
    assert FIELDS["kind"].choices == ("inner", "left")
    assert FIELDS["limit"].optional
    assert FIELDS["limit"].empty is None
    assert [f.name for f in FIELDS["entries"].record] == ["name", "as_type"]
    assert FIELDS["columns"].default == []


def test_a_field_at_its_default_is_left_out_of_the_document():
    assert with_field({"path": "a", "header": False}, FIELDS["header"], True) == {"path": "a"}
    assert with_field({"path": "a"}, FIELDS["header"], False) == {"path": "a", "header": False}
    assert with_field({"path": "a"}, FIELDS["path"], "") == {"path": ""}
    assert with_field({}, FIELDS["batch_rows"], 100.0) == {"batch_rows": 100.0}


def test_words():
    assert in_words("batch_rows") == "Batch rows"
