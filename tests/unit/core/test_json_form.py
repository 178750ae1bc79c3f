"""One JSON form, by DuckDB values of every kind; read strictly, no digit lost."""

import json
from decimal import Decimal

import duckdb
import pytest

from summit_studio.core.json_form import json_text


def form(value: str, kind: str, **how: bool) -> str | None:
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        text = json_text("v", kind, **how)
        ((found,),) = con.sql(
            f"SELECT {text} FROM (SELECT CAST({value} AS {kind}) AS v)"
        ).fetchall()
    if found is not None:
        json.loads(found, parse_constant=pytest.fail)
    return found


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("[1.10, NULL]", "DECIMAL(4,2)[]", "[1.10,null]"),
        ("0.5", "DECIMAL(38,38)", "0." + "5".ljust(38, "0")),
        ("-0.5", "DECIMAL(2,2)", "-0.50"),
        ("[99999999999999999.99]", "DECIMAL(19,2)[]", "[99999999999999999.99]"),
        ("[18446744073709551615]", "UBIGINT[]", "[18446744073709551615]"),
        ("[0.1::FLOAT, 'nan'::FLOAT]", "FLOAT[]", '[0.1,"NaN"]'),
        ("['-inf'::DOUBLE, 1e16]", "DOUBLE[]", '["-Infinity",1e+16]'),
        ("'\\x00\\xFF'::BLOB", "BLOB", '"00ff"'),
        ("{'d': 1.10, 'b': '\\x00'::BLOB}",
         "STRUCT(d DECIMAL(9,2), b BLOB)", '{"d":1.10,"b":"00"}'),
        ("{'a \"b': 'x\ny'}", 'STRUCT("a ""b" VARCHAR)', '{"a \\"b":"x\\ny"}'),
        ("NULL", "STRUCT(a BIGINT)", None),
        ("[{'a': NULL}, NULL]", "STRUCT(a BIGINT)[]", '[{"a":null},null]'),
        ("MAP {1: 'a'}", "MAP(BIGINT, VARCHAR)", '{"1":"a"}'),
        ("MAP {'': [1.10]}", "MAP(VARCHAR, DECIMAL(9,2)[])", '{"":[1.10]}'),
        ("MAP {DATE '2024-02-29': MAP {1.50: NULL}}",
         "MAP(DATE, MAP(DECIMAL(3,2), BIGINT))", '{"2024-02-29":{"1.50":null}}'),
        ("[[1], [], NULL]", "BIGINT[][]", "[[1],[],null]"),
        ("[1, 2, 3]", "BIGINT[3]", "[1,2,3]"),
        ("['2024-02-29 00:00:00.5']", "TIMESTAMP[]", '["2024-02-29T00:00:00.5"]'),
        ("['2024-02-29 00:00+02']", "TIMESTAMP WITH TIME ZONE[]", '["2024-02-28T22:00:00+00:00"]'),
        ("['0044-03-15 (BC)']", "TIMESTAMP[]", '["0044-03-15 (BC) 00:00:00"]'),
        ("[INTERVAL '1 month -2 days']", "INTERVAL[]", '["1 month -2 days"]'),
        ("['it''s \"it\"']", "ENUM('it''s \"it\"')[]", '["it\'s \\"it\\""]'),
        ("""['{"a":\n 0.12345678901234567890}']""", "JSON[]", '[{"a":  0.12345678901234567890}]'),
    ],
)  # fmt: skip
def test_each_kind_has_one_form(value: str, kind: str, text: str | None):
    assert form(value, kind) == text


def test_numbers_that_are_none_may_be_null():
    assert form("['nan'::DOUBLE, 1]", "DOUBLE[]", non_finite_text=False) == "[null,1.0]"


def test_every_digit_is_still_there():
    text = form("{'x': [12345678901234567890.123456789]}", "STRUCT(x DECIMAL(38,9)[])")
    assert json.loads(text or "", parse_float=Decimal) == {
        "x": [Decimal("12345678901234567890.123456789")]
    }
