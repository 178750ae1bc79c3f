"""How types fit, and what a table that stands is told to want."""

import pytest

from summit_studio.connectors.fitting import (
    Fit,
    Standing,
    TargetColumn,
    fit,
    long_names,
    mismatches,
)
from summit_studio.connectors.names import TableName
from summit_studio.core.schema import Schema

T = TableName.parse("t")


@pytest.mark.parametrize(
    ("target", "given", "found"),
    [
        ("BIGINT", "INTEGER", Fit.WHOLE), ("INTEGER", "BIGINT", Fit.TIGHT),
        ("BIGINT", "UINTEGER", Fit.WHOLE), ("INTEGER", "UINTEGER", Fit.TIGHT),
        ("UBIGINT", "TINYINT", Fit.TIGHT), ("BIGINT", "DOUBLE", Fit.NONE),
        ("DOUBLE", "INTEGER", Fit.WHOLE), ("DOUBLE", "BIGINT", Fit.NEAR),
        ("FLOAT", "INTEGER", Fit.NEAR), ("FLOAT", "SMALLINT", Fit.WHOLE),
        ("FLOAT", "DOUBLE", Fit.NEAR), ("DOUBLE", "FLOAT", Fit.WHOLE),
        ("DOUBLE", "DECIMAL(15,2)", Fit.WHOLE), ("DOUBLE", "DECIMAL(16,2)", Fit.NEAR),
        ("DECIMAL", "DOUBLE", Fit.NEAR), ("DECIMAL", "DECIMAL(38,30)", Fit.WHOLE),
        ("DECIMAL(9,2)", "DECIMAL(9,1)", Fit.TIGHT), ("DECIMAL(9,2)", "DECIMAL(8,1)", Fit.WHOLE),
        ("DECIMAL(12,2)", "INTEGER", Fit.WHOLE), ("DECIMAL(11,2)", "INTEGER", Fit.TIGHT),
        ("DECIMAL(9,0)", "SMALLINT", Fit.WHOLE), ("INTEGER[]", "BIGINT[]", Fit.TIGHT),
        ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP", Fit.NONE), ("ANY", "BLOB", Fit.WHOLE),
        ("VARCHAR", "VARCHAR", Fit.WHOLE), ("UUID", "VARCHAR", Fit.WHOLE),
    ],
)  # fmt: skip
def test_a_type_fits_wholly_in_part_or_not(target: str, given: str, found: Fit):
    assert fit(target, given) is found


def codes(schema: dict[str, str], *columns: TargetColumn, keys=()) -> list[tuple[str, str]]:
    found = mismatches(Schema.of(schema), Standing(T, columns, keys))
    return [(m.code, m.column) for m in found]


def test_every_mismatch_is_told_with_its_column():
    assert codes(
        {"x": "BIGINT", "g": "BIGINT", "a": "BIGINT", "d": "BIGINT", "s": "BIGINT"},
        TargetColumn("g", "BIGINT", generated=True),
        TargetColumn("a", "BIGINT", identity="always"),
        TargetColumn("d", "BIGINT", identity="default"),
        TargetColumn("s", "SMALLINT"),
        TargetColumn("must", "DATE", nullable=False),
    ) == [
        ("target_column_missing", "x"), ("target_column_generated", "g"),
        ("target_column_identity", "a"), ("target_type_tight", "s"),
        ("target_column_required", "must"),
    ]  # fmt: skip


def test_what_fills_itself_is_not_required():
    assert codes(
        {"v": "BIGINT"},
        TargetColumn("v", "BIGINT"),
        TargetColumn("a", "BIGINT", nullable=False, identity="always"),
        TargetColumn("b", "BIGINT", nullable=False, default="0"),
        TargetColumn("c", "BIGINT", nullable=False, generated=True),
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("default", "told"), [("0", True), ("nextval('s')", False), (None, False), ("NULL", False)]
)
def test_a_key_is_missed_where_all_rows_would_get_the_same(default: str | None, *, told: bool):
    key = TargetColumn("k", "BIGINT", default=default)
    found = codes({"v": "BIGINT"}, key, TargetColumn("v", "BIGINT"), keys=[("k",)])
    assert found == ([("target_key_missing", "k")] if told else [])


def test_two_columns_that_differ_by_case_are_told_apart():
    columns = (TargetColumn("id", "DATE"), TargetColumn("ID", "BIGINT"))
    assert codes({"ID": "BIGINT"}, *columns) == []
    assert codes({"id": "BIGINT"}, *columns) == [("target_type_clash", "id")]
    assert codes({"Id": "DATE"}, *columns) == []


def test_names_are_measured_in_bytes():
    schema = Schema.of({"ü" * 32: "BIGINT", "u" * 63: "BIGINT"})
    assert [m.column for m in long_names(T, schema, 63)] == ["ü" * 32]
    assert long_names(T, schema, None) == []
    assert [m.column for m in long_names(TableName("s", "t" * 64), Schema.of({}), 63)] == [""]
