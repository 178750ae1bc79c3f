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
        (("1", "2.5"), "DECIMAL(18,1)"),
        (("1.10", "25", "-0.075"), "DECIMAL(18,3)"),
        (("1.123456",), "DECIMAL(18,6)"),
        (("1234567890123.45",), "DECIMAL(18,2)"),
        (("12345678901234.45",), "DECIMAL(38,2)"),
        (("0.1234567", "3"), "DOUBLE"),
        (("0.30000000000000004",), "DOUBLE"),
        (("0.3000000000000000444",), "DECIMAL(38,19)"),
        (("0.12345678901234567891", "12345678901234567890.5"), "VARCHAR"),
        (("1e3", "1e400"), "VARCHAR"),
        (("1e3", "1e-400"), "VARCHAR"),
        (("1e3", "12345678901234567890e1"), "VARCHAR"),
        (("1e3", "2.5E-7"), "DOUBLE"),
        ((".5", "-.25"), "DECIMAL(18,2)"),
        (("9223372036854775807",), "BIGINT"),
        (("9223372036854775808",), "VARCHAR"),
        (("12345678901234567890123", "1.5"), "DECIMAL(38,1)"),
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
        (("23/11/2026", "1/2/2026"), "DATE"),
        (("11/23/2026", "01/02/2026"), "DATE"),
        (("01/02/2026", "12/12/2026"), "VARCHAR"),
        (("13/01/2026", "01/13/2026"), "VARCHAR"),
        (("31/11/2026",), "VARCHAR"),
        (("23.11.2026", "01/12/2026"), "VARCHAR"),
        (("23.11.2026 14:05", "24.11.2026 9:30"), "TIMESTAMP"),
        (("23-11-2026 14:05:59",), "TIMESTAMP"),
        (("23-11-2026 14:05:59", "23-11-2026"), "VARCHAR"),
        ((" 5", "7 "), "BIGINT"),
        (("\t2026-11-23", " 2026-11-24"), "DATE"),
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
@pytest.mark.parametrize("times", [1, 101], ids=["few", "many"])
def test_type_found(read_text, values, expected, times):
    assert found_types(read_text, *values * times, decimal=".") == expected


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
    if typed is None and value.strip(" \t").lstrip("+-").lower() in {"inf", "infinity"}:
        return table["v"][0].as_py()
    return "failed" if typed is None else typed[0].as_py()


def test_numbers_move_on_as_they_stand(read_text):
    found = read_text("id,price\n1,1.10\n2,25\n3,-0.07\n")
    assert [str(price) for _, price in found.rows] == ["1.10", "25.00", "-0.07"]


def unseen(lines: list[str], *odd: str) -> str:
    """Return a text with lines where no sample is taken: behind the first megabyte."""
    head = 1 << 20
    at = int((head + (1 << 16)) / (sum(map(len, lines)) / len(lines)))
    return "".join([*lines[:at], *odd, *lines[at:]])


def test_a_later_number_that_would_change_is_rejected(read_text):
    lines = [f"{i},{i}.5,{i}e1,{i}.1234567\n" for i in range(100_000, 260_000)]
    odd = (
        "7,1.25,1e3,0.25\n", "8,1.5,1e400,0.25\n", "9,1.5,12e-500,1\n",
        "10,1.5,1,0.12345678901234567891\n", "11,1.5,1e3,0.25\n",
    )  # fmt: skip
    found = read_text("id,amount,power,share\n" + unseen(lines, *odd))
    assert [c.type for c in found.schema] == ["BIGINT", "DECIMAL(18,1)", "DOUBLE", "DOUBLE"]
    assert [r["raw"].split(",")[0] for r in found.rejected] == ["7", "8", "9", "10"]
    columns = [r["reject_column"] for r in found.rejected]
    assert columns == ["amount", "power", "power", "share"]
    assert len(found.rows) == len(lines) + 1


def test_a_double_asked_for_takes_the_nearest_but_never_infinity(read_text):
    text = "id,x\n1,0.12345678901234567891\n2,1e400\n3,inf\n4,-1e309\n"
    found = read_text(text, {"x": "DOUBLE"}, exact=False)
    assert found.rows == [(1, 0.12345678901234568), (3, float("inf"))]
    assert [r["line"] for r in found.rejected] == [3, 5]


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"])
def test_days_before_the_first_year_are_rejected(read_text, kind):
    clock = "" if kind == "DATE" else " 00:00:00" + ("Z" if "ZONE" in kind else "")
    days = ["2026-01-02", "0000-12-31", "0001-01-01", "9999-12-31"]
    text = "id,day\n" + "".join(f"{i},{day}{clock}\n" for i, day in enumerate(days))
    found = read_text(text, {"day": kind})
    assert [row[0] for row in found.rows] == [0, 2, 3]
    assert [r["line"] for r in found.rejected] == [3]


def test_dates_by_their_order_each_column_by_its_own(read_text):
    days = range(1, 32)
    lines = [f"{d:02}/12/2026,12-{d:02}-2026 10:0{d % 10},{d}\n" for d in days]
    found = read_text("a,b,c\n" + "".join([*lines, "12/31/2026,12-01-2026 10:00,6\n"]))
    assert [c.type for c in found.schema] == ["VARCHAR", "TIMESTAMP", "BIGINT"]
    found = read_text("a,b,c\n" + "".join(lines))
    assert [c.type for c in found.schema] == ["DATE", "TIMESTAMP", "BIGINT"]
    assert [str(v) for v in found.rows[30]] == ["2026-12-31", "2026-12-31 10:01:00", "31"]
    found = read_text("a,b,c\n" + unseen(lines * 3000, "01/13/2026,01-02-2026 10:00,7\n"))
    assert [str(v) for v in found.rows[93]][:2] == ["2026-12-01", "2026-12-01 10:01:00"]
    assert [r["reject_column"] for r in found.rejected] == ["a"]
    assert len(found.rows) == 93_000


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ('1;"1,234.50"\n2;12.00\n3;"100,000.5"\n', (",", "."), ["1234.50", "12.00", "100000.50"]),
        ("1;1.234,50\n2;12,00\n", (".", ","), ["1234.50", "12.00"]),
        ("1;1 234\n2;12\n", (" ", "."), ["1234", "12"]),
    ],
)  # fmt: skip
def test_thousands(read_text, text, marks, expected):
    thousands, decimal = marks
    told = {"thousands": thousands, "decimal": decimal}
    found = read_text(text, header=False, delimiter=";", **told)
    assert [str(value) for _, value in found.rows] == expected


def test_groups_of_other_than_three_digits_are_no_thousands(read_text):
    found = read_text('id,n\n1,"1,234"\n2,"1,23"\n3,",123"\n', {"n": "BIGINT"}, thousands=",")
    assert found.rows == [(1, 1234)]
    assert [r["line"] for r in found.rejected] == [3, 4]


@pytest.mark.parametrize(
    ("type_name", "text", "value"),
    [
        ("VARCHAR[]", '["a\\nb", "\\u00fc", null, "null", ""]', ["a\nb", "ü", None, "null", ""]),
        ("DOUBLE[]", '["x"]', None),
        ("DOUBLE[]", "[1, x]", None),
        ("STRUCT(a VARCHAR)", '{"a": "x\\ty"}', {"a": "x\ty"}),
        ("STRUCT(a VARCHAR)", "{}", {"a": None}),
        ("STRUCT(a VARCHAR)", '{"b": 1}', None),
        ("STRUCT(a VARCHAR)", '{"a": "x"}, "w": {"a": "y"}', None),
        ("STRUCT(a BIGINT)[]", '[{}, {"a": 1}]', [{"a": None}, {"a": 1}]),
        ("STRUCT(a BIGINT)[]", "[{}, 3]", None),
        ("MAP(VARCHAR, BIGINT)", '{"k": 1}', [("k", 1)]),
        ("MAP(VARCHAR, BIGINT)", "{}", []),
        ("DECIMAL(4,2)[]", "[1.234]", None),
        ("BLOB", "00fF", b"\x00\xff"),
        ("BLOB", "", b""),
        ("BLOB", "0", None),
        ("BLOB", "hello", None),
    ],
)
def test_lists_structs_maps_and_bytes_are_read_as_sinks_write_them(type_name, text, value):
    found = convert(pa.chunked_array([pa.array([None, text])]), type_name, Reading())
    assert found.values.to_pylist() == [None, value]
    assert list(found.failed) == ([] if value is not None else [1])
