"""Names and values survive the way through DuckDB's parser."""

import json
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summit_studio.core.errors import InvalidExpression
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.expressions.literals import literal

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(TEXT)
def test_text_comes_back(value):
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {quote_text(value)}").fetchall() == [(value,)]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(TEXT.filter(bool))
def test_name_comes_back(name):
    with duckdb.connect() as con:
        con.execute(f"SELECT 1 AS {quote_name(name)}")
        assert con.description is not None
        assert con.description[0][0] == name


@pytest.mark.parametrize(
    "value",
    [None, True, False, 0, -5, 2**63, 1.5, -0.25, 1e300, "it's", "", "a\nb\\", [1, 2], ["a", None],
     [], date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5, 6), Decimal("-12.340"), [True]],
    ids=repr,
)  # fmt: skip
def test_literal_comes_back(value):
    with duckdb.connect() as con:
        row = con.execute(f"SELECT {literal(value)}, 5 - {literal(3)}").fetchone()
    assert row is not None
    assert row == (value, 2)


@pytest.mark.parametrize("value", [{}, {"a": [1, {"b": "it's"}]}, [{"a": 1}], [[1], [2]]], ids=repr)
def test_nested_literal_is_json(value):
    with duckdb.connect() as con:
        row = con.execute(f"SELECT {literal(value)}").fetchone()
    assert row is not None
    assert json.loads(row[0]) == value


def test_special_numbers():
    with duckdb.connect() as con:
        found = con.execute(f"SELECT {literal(float('inf'))}, isnan({literal(float('nan'))})")
        assert found.fetchone() == (float("inf"), True)


@pytest.mark.parametrize("value", [object(), b"x", {1, 2}, 2**200, {"a": object()}])
def test_other_values_are_refused(value):
    with pytest.raises(InvalidExpression):
        literal(value)


@pytest.mark.parametrize("text", ["a\0b", "\ud800"], ids=ascii)
def test_what_sql_cannot_carry_is_refused(text):
    with pytest.raises(InvalidExpression):
        quote_name(text)
    with pytest.raises(InvalidExpression):
        quote_text(text)


def test_empty_name_is_refused():
    with pytest.raises(InvalidExpression):
        quote_name("")
