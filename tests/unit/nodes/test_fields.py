import pytest
from pydantic import TypeAdapter, ValidationError

from summit_studio.core.errors import InvalidParams
from summit_studio.core.schema import Schema
from summit_studio.expressions.binder import Binder
from summit_studio.nodes.parts.fields import (
    TypeName,
    comparable,
    known_type,
    require,
    require_new,
)

SCHEMA = Schema.of({"Amount": "BIGINT", "name": "VARCHAR"})


def test_a_column_is_found_in_any_letter_case():
    assert require(SCHEMA, "amount", "column").name == "Amount"


def test_a_mistyped_column_names_the_nearest():
    with pytest.raises(InvalidParams) as caught:
        require(SCHEMA, "amont", "columns.2.column", "left")
    assert caught.value.where.param == "columns.2.column"
    assert caught.value.code == "column_missing"
    assert "'Amount'" in caught.value.do
    assert "input 'left' has columns Amount, name" in caught.value.why


def test_no_column_chosen_says_so():
    with pytest.raises(InvalidParams, match="No column is chosen"):
        require(SCHEMA, " ", "column")


@pytest.mark.parametrize(("name", "code"), [("", "name_invalid"), ("__summit_x", "name_invalid"),
                                            ("AMOUNT", "name_taken")])  # fmt: skip
def test_names_that_cannot_be_given(name, code):
    with pytest.raises(InvalidParams) as caught:
        require_new(name, ["amount"], "name")
    assert caught.value.code == code


@pytest.mark.parametrize(
    "text",
    ["BIGINT) FROM x --", "INT); DROP TABLE x", "(SELECT 1)", "nonsense", "getenv('HOME')",
     "INT, 1", "INT AS x", "VARCHAR USING 'x'"],
)  # fmt: skip
def test_types_that_are_none_are_refused(text):
    with pytest.raises(ValidationError):
        TypeAdapter(TypeName).validate_python(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("int", "INTEGER"), ("decimal(9, 2)", "DECIMAL(9,2)"), (" text ", "VARCHAR"),
     ("timestamptz", "TIMESTAMP WITH TIME ZONE"), ("bigint[]", "BIGINT[]")],
)  # fmt: skip
def test_types_have_a_canonical_form(text, canonical):
    checked = TypeAdapter(TypeName).validate_python(text)
    with Binder() as binder:
        assert known_type(checked, binder, "type") == canonical


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("BIGINT", "DECIMAL(9,2)", True), ("DATE", "TIMESTAMP", True), ("VARCHAR", "BIGINT", False),
     ("BIGINT[]", "BIGINT[]", True), ("BIGINT[]", "BIGINT", False), ("UUID", "UUID", True),
     ("UUID", "VARCHAR", False), ("BOOLEAN", "DATE", False)],
)  # fmt: skip
def test_which_types_compare(left, right, expected):
    assert comparable(left, right) is expected
    assert comparable(right, left) is expected
