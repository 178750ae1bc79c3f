"""Values: null and empty text, types found out, and types told."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarrow import csv

from summit_studio.formats.csv.conversion import (
    FALSE_WORDS,
    TRUE_WORDS,
    Reading,
    convert,
    narrowed,
    parsed_as,
)


def found_types(read_text, *values: str, decimal: str):
    """Return the type found for a column of `values`."""
    text = "key;value\n" + "".join(f"k;{v}\n" for v in values)
    return read_text(text, delimiter=";", header=True, decimal=decimal).schema.columns[1].type


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("1", "-2", "0"), "BIGINT"),
        (("1", "2.5"), "DOUBLE"),
        (("1e3", "2.5E-7"), "DOUBLE"),
        ((".5", "-.25"), "DOUBLE"),
        (("9223372036854775807",), "BIGINT"),
        (("9223372036854775808",), "VARCHAR"),
        (("12345678901234567890123", "1.5"), "VARCHAR"),
        (("00123", "456"), "VARCHAR"),
        (("007.5",), "VARCHAR"),
        (("+49 30 901820",), "VARCHAR"),
        (("+4930901820",), "VARCHAR"),
        (("0049309018",), "VARCHAR"),
        (("1,000", "2,500"), "VARCHAR"),
        (("1.000,50",), "VARCHAR"),
        (("true", "false"), "BOOLEAN"),
        (("True", "True"), "BOOLEAN"),
        (("yes", "no"), "BOOLEAN"),
        (("NO", "NO"), "VARCHAR"),
        (("no", "se"), "VARCHAR"),
        (("1", "0"), "BIGINT"),
        (("2026-11-23", "1999-01-01"), "DATE"),
        (("2026-11-23", "2026-02-30"), "VARCHAR"),
        (("23/11/2026",), "VARCHAR"),
        (("2026-11-23 14:25:01", "2026-11-23T14:25"), "TIMESTAMP"),
        (("2026-11-23 14:25:01.123456",), "TIMESTAMP"),
        (("2026-11-23 14:25:01.123456789",), "VARCHAR"),
        (("2026-11-23T14:25:01Z", "2026-11-23 14:25:01+01:00"), "TIMESTAMP WITH TIME ZONE"),
        (("2026-11-23T14:25:01Z", "2026-11-23 14:25:01"), "VARCHAR"),
        (("14:25:01", "09:00:00.5"), "TIME"),
        (("25:00:00",), "VARCHAR"),
        (("",), "VARCHAR"),
        (("", "5", ""), "BIGINT"),
        (("nan", "1.5"), "VARCHAR"),
        (("0x1A", "5"), "VARCHAR"),
        (("a", "1"), "VARCHAR"),
    ],
)
def test_type_found(read_text, values, expected):
    assert found_types(read_text, *values, decimal=".") == expected


def test_null_words(read_text):
    found = read_text('a,b\n1,NA\nNA,x\n3,"NA"\n', null_values=("NA",), header=True)
    assert found.schema.columns[0].type == "BIGINT"
    assert found.rows == [(1, None), (None, "x"), (3, "NA")]


def test_null_and_empty_text(read_text):
    found = read_text('a,b,n\nx,,1\n"","",""\n,"",\n', {"n": "BIGINT"}, header=True)
    assert found.rejects == []
    assert found.rows == [("x", None, 1), ("", "", None), (None, "", None)]


def test_column_of_nulls_is_text(read_text):
    found = read_text("a,b\n1,\n2,\n", header=True)
    assert found.schema.columns[1].type == "VARCHAR"
    assert found.rows == [(1, None), (2, None)]


def test_empty_lines_of_one_column_are_nulls(read_text):
    found = read_text("a\n1\n\n2\n", header=True)
    assert found.rows == [(1,), (None,), (2,)]


def test_decimal_comma(read_text):
    found = read_text("a;b\n1,5;2,25\n2;-0,5\n3,x;1\n", {"a": "DOUBLE", "b": "DECIMAL(5,2)"})
    assert found.rows == [(1.5, Decimal("2.25")), (2.0, Decimal("-0.50"))]
    assert found.rejects == [(4, "cast_failed", "3,x;1")]
    found = read_text("a;b\n1,5;2,25\n2;-0,5\n", {"b": "DECIMAL(5,2)"})
    assert found.rows == [(1.5, Decimal("2.25")), (2.0, Decimal("-0.50"))]


def test_decimal_comma_told_and_rejected(read_text):
    found = read_text("a;b\n1,5;2\n1.5;2\n", {"a": "DOUBLE"}, decimal=",", header=True)
    assert found.rows == [(1.5, 2)]
    assert found.rejects == [(3, "cast_failed", "1.5;2")]


def test_formats(read_text):
    formats = {"DATE": "%d/%m/%Y", "TIMESTAMP": "%d.%m.%y %H:%M"}
    text = "d,t,n\n23/11/2026,01.02.26 10:30,1\n31/02/2026,01.02.26 10:30,2\n,,3\n"
    told = {"d": "DATE", "t": "TIMESTAMP"}
    found = read_text(text, told, formats=formats, header=True)
    assert found.rows == [
        (dt.date(2026, 11, 23), dt.datetime(2026, 2, 1, 10, 30), 1),
        (None, None, 3),
    ]
    assert found.rejects == [(3, "cast_failed", "31/02/2026,01.02.26 10:30,2")]
    assert "%d/%m/%Y" in found.reasons[0]


def test_format_is_found_to_fit(read_text):
    found = read_text("d,n\n23/11/2026,1\n", formats={"DATE": "%d/%m/%Y"}, header=True)
    assert found.schema.columns[0].type == "DATE"


def test_decimal_with_too_many_digits_is_rejected(read_text):
    """Arrow's parser would let it through, with more digits than the type has."""
    found = read_text(
        "a,b\n1,9999.99\n2,10000\n3,1.5\n4,9999.9900\n5,1.005\n", {"b": "DECIMAL(6,2)"}, header=True
    )
    assert [row[1] for row in found.rows] == [
        Decimal("9999.99"),
        Decimal("1.50"),
        Decimal("9999.99"),
    ]
    assert [(line, raw) for line, _, raw in found.rejects] == [(3, "2,10000"), (6, "5,1.005")]


def test_types_by_duckdb(read_text):
    text = "h,t,b\n12345678901234567890123456789,10:30,1\n5,25:00,2\nx,11:00:00,3\n6,12:00,4\n"
    found = read_text(text, {"h": "HUGEINT", "t": "TIME"}, header=True)
    assert [row[2] for row in found.rows] == [1, 4]
    assert [r["reject_column"] for r in found.rejected] == ["t", "h"]


KINDS = [
    "BIGINT", "INTEGER", "TINYINT", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL(6,2)", "BOOLEAN", "DATE",
    "TIMESTAMP", "TIMESTAMP WITH TIME ZONE",
]  # fmt: skip
NEAR = st.one_of(
    st.integers(-(10**19), 10**19).map(str),
    st.floats().map(str),
    st.decimals(-(10**5), 10**5, places=3).map(str),
    st.dates().map(str),
    st.datetimes().map(str),
    st.sampled_from(
        [*TRUE_WORDS, *FALSE_WORDS, "tRUE", "1,5", "0x1F", "-0", "+1", "1.", ".5", "''"]
    ),
    st.text(st.sampled_from("0123456789-+:.,TZ eE x'\"\t"), max_size=12),
)


@settings(max_examples=600, deadline=None)
@given(
    values=st.lists(NEAR.map(lambda v: v.strip("\r\n")), min_size=1, max_size=6),
    kind=st.sampled_from(KINDS),
    decimal=st.sampled_from([".", ","]),
)
@example(values=[" 5", "5\t", "x'y'"], kind="BIGINT", decimal=".")
@example(values=["1.5", "1,5", "."], kind="DOUBLE", decimal=",")
def test_conversion_equals_the_parser(values, kind, decimal):
    """It must not matter whether Arrow's parser or our own conversion reads a value."""
    reading = Reading(decimal=decimal)
    converted = convert(pa.chunked_array([pa.array(values, pa.string())]), kind, reading)
    own = [
        "failed" if i in set(converted.failed) else value
        for i, value in enumerate(pa.chunked_array([converted.values]).to_pylist())
    ]
    assert list(map(repr, own)) == [repr(parsed(value, kind, decimal)) for value in values]


def parsed(value: str, kind: str, decimal: str):
    """Return what Arrow's parser makes of one value."""
    if value == "":
        return None
    text = '"' + value.replace('"', '""') + '"\n'
    try:
        table = csv.read_csv(
            pa.BufferReader(text.encode()),
            csv.ReadOptions(column_names=["v"], use_threads=False),
            csv.ParseOptions(),
            csv.ConvertOptions(
                column_types={"v": parsed_as(kind)}, null_values=[""], strings_can_be_null=True,
                true_values=list(TRUE_WORDS), false_values=list(FALSE_WORDS), decimal_point=decimal,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return "failed"
    typed = narrowed(table["v"], kind)
    return "failed" if typed is None else typed[0].as_py()
