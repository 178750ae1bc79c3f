# ruff: noqa: E501 - cases read best side by side.
"""Columns read, renaming in place, and dialects."""

import pytest

from summit_studio.core.errors import InvalidExpression
from summit_studio.expressions.lineage import (
    columns_of,
    place_of,
    rename_column,
    shape_of,
    to_dialect,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", set()), ("a + B * a + A", {"a", "B"}), ('upper(name) || "Größe"', {"name", "Größe"}),
        ("who.age", {"who"}), ("(who).age", {"who"}), ("numbers[i]", {"numbers", "i"}),
        ("list_transform(l, lambda x: x + y)", {"l", "y"}), ("[x + y FOR x IN l IF x > z]", {"l", "y", "z"}),
        ("list_reduce(l, lambda a, b: a + b + c)", {"l", "c"}), ("list_transform(x, lambda x: x)", {"x"}),
        ("list_transform(l, lambda x: list_transform(m, lambda y: x + y + z))", {"l", "m", "z"}),
        ("current_date - day", {"day"}), ('"current_date"', {"current_date"}), ("now()", set()),
        ("CASE WHEN a THEN b ELSE c END", {"a", "b", "c"}), ("a BETWEEN b AND c", {"a", "b", "c"}),
        ("sum(a) FILTER (WHERE b) OVER (PARTITION BY c ORDER BY d)", {"a", "b", "c", "d"}),
        ("string_agg(a, ',' ORDER BY b)", {"a", "b"}), ("CAST(a AS DATE)", {"a"}), ("{'k': a}", {"a"}),
        ("'a' || \"a b\" -- c\n /* d */", {"a b"}), ("j -> 'k'", {"j"}), ("a AT TIME ZONE z", {"a", "z"}),
    ],
)  # fmt: skip
def test_columns_of(text, expected):
    assert columns_of(text) == expected


@pytest.mark.parametrize(
    ("text", "shape"),
    [("a + 1", "row"), ("sum(a)", "aggregate"), ("1 + count(*)", "aggregate"), ("list_sum(a)", "row"),
     ("sum(a) OVER ()", "window"), ("rank() OVER (ORDER BY a)", "window"),
     ("sum(sum(a)) OVER ()", "aggregate"), ("list_aggregate(a, 'sum')", "row")],
)  # fmt: skip
def test_shape_of(text, shape):
    assert shape_of(text) == shape


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("amount*2", "amount", "total", "total*2"),
        ('AMOUNT + "amount" + Amount', "amount", "total", "total + total + total"),
        ("amount", "amount", "total sum", '"total sum"'),
        ("amount", "amount", "select", '"select"'),
        ("amount", "amount", "current_date", '"current_date"'),
        ("amount", "amount", "Größe", '"Größe"'),
        ("amount", "amount", 'a"b', '"a""b"'),
        ("'amount' || amount -- amount\n /* amount */", "amount", "t", "'amount' || t -- amount\n /* amount */"),
        ("'é€😀' || amount || 'é' || amount", "amount", "ü", "'é€😀' || \"ü\" || 'é' || \"ü\""),
        ("[amount FOR amount IN list] || amount", "amount", "t", "[amount FOR amount IN list] || t"),
        ("list_transform(amount, lambda amount: amount)", "amount", "t", "list_transform(t, lambda amount: amount)"),
        ("who . age + age", "who", "person", "person . age + age"),
        ("who.age + age", "age", "years", "who.age + years"),
        ('"who".age', "who", "p q", '"p q".age'),
        ("{'amount': amount}.amount", "amount", "t", "{'amount': t}.amount"),
        ("amount BETWEEN amount AND 2 * amount", "amount", "t", "t BETWEEN t AND 2 * t"),
        ("sum(amount) OVER (PARTITION BY x ORDER BY amount)", "amount", "t", "sum(t) OVER (PARTITION BY x ORDER BY t)"),
        ("other + 1", "amount", "t", "other + 1"),
        ("amount(amount)", "amount", "t", "amount(t)"),
    ],
)  # fmt: skip
def test_rename_leaves_the_rest_alone(text, old, new, expected):
    assert rename_column(text, old, new) == expected


def test_rename_there_and_back_is_the_same():
    text = "round(amount * (1 + rate), 2) -- with tax\n"
    assert rename_column(rename_column(text, "rate", "tax rate"), "tax rate", "rate") == text


def test_rename_refuses_to_be_captured():
    with pytest.raises(InvalidExpression, match="means something else"):
        rename_column("list_transform(l, lambda x: x + rate)", "rate", "x")


@pytest.mark.parametrize("text", ["a b", "", "a)", "'"])
def test_broken_text_is_refused(text):
    with pytest.raises(InvalidExpression):
        columns_of(text)
    with pytest.raises(InvalidExpression):
        rename_column(text, "a", "b")


def test_to_dialect():
    query = "SELECT a // 2 AS h, TRY_CAST(b AS INTEGER) AS i FROM rows"
    assert "DIV" in to_dialect(query, "spark")
    assert to_dialect("SELECT a::TEXT FROM rows", "postgres") == "SELECT CAST(a AS TEXT) FROM rows"


def test_to_dialect_says_what_it_cannot():
    with pytest.raises(InvalidExpression, match="did you mean 'postgres'"):
        to_dialect("SELECT 1", "postgre")
    with pytest.raises(InvalidExpression, match="Cannot write this query for sqlite"):
        to_dialect("SELECT 1 FROM (", "sqlite")
    with pytest.raises(InvalidExpression):
        to_dialect("SELECT " + "(" * 5_000 + "1" + ")" * 5_000, "spark")


@pytest.mark.parametrize(
    ("text", "renamed", "at"),
    [
        ("\xa0a + a", " bee + bee", 1),
        ("a\u3000+ a", "bee + bee", 0),
        ("'\xa0' || a", "'\xa0' || bee", 7),
        ("'é'||\u2003a", "'é'|| bee", 6),
        ("/*\xa0*/\xa0a", "/* */ bee", 6),
        ("$$ \xa0 $$ ||\xa0a", "$$ \xa0 $$ || bee", 11),
        ("E'\\'\xa0' ||\xa0a", "E'\\' ' || bee", 10),
        ("a --\xa0x", "bee --\xa0x", 0),
    ],
)
def test_odd_spaces_shift_no_place(text: str, renamed: str, at: int):
    assert rename_column(text, "a", "bee") == renamed
    assert place_of(text, "a") == at
