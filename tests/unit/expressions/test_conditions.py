"""Conditions that are built from rows are written and read back; others are left to text."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summit_studio.core.schema import Schema
from summit_studio.expressions.binder import Binder
from summit_studio.expressions.check import check_expression
from summit_studio.expressions.conditions import (
    Comparison,
    Condition,
    Operator,
    Value,
    operators_of,
    read_condition,
    values_of,
)

SCHEMA = Schema.of({
    "id": "BIGINT", "status": "VARCHAR", "Paid At": "DATE", "ok": "BOOLEAN", "or": "DOUBLE",
    'a"b': "VARCHAR", "seen": "TIMESTAMP",
})  # fmt: skip

VALUES = {
    "BIGINT": st.integers(-99, 99).map(str), "DOUBLE": st.sampled_from(["1.5", "-2.25"]),
    "VARCHAR": st.text(st.sampled_from("ab' -,()%"), min_size=1, max_size=4),
    "DATE": st.just("2026-01-31"), "TIMESTAMP": st.just("2026-01-31 10:00:00"),
}  # fmt: skip


@st.composite
def comparisons(draw):
    column = draw(st.sampled_from(SCHEMA.columns))
    operator = draw(st.sampled_from(operators_of(column.type)))
    count = operator.values if operator.values is not None else draw(st.integers(1, 3))
    texts = [draw(VALUES[column.type]) for _ in range(count)]
    if operator.values is None:
        texts = [t.replace(",", "x").strip() or "x" for t in texts]
    return Comparison(column.name, operator, tuple(Value.typed(t, column.type) for t in texts))


@settings(max_examples=80, deadline=None)
@given(st.lists(comparisons(), min_size=1, max_size=4), st.booleans())
def test_what_is_written_is_valid_and_is_read_back(rows, either):
    written = Condition(tuple(rows), either and len(rows) > 1)
    with Binder() as binder:
        assert check_expression(written.sql(), SCHEMA, binder, expect="BOOLEAN") == "BOOLEAN"
    assert read_condition(written.sql()) == written


@pytest.mark.parametrize("text", [
    "id > 1 AND (status != 'paid') and NOT contains(status, 'x')", "id==-3 or id IN (1,2)",
    "\n ok = TRUE\nAND status is Not null", "id not in (3)", "prefix(status, 'p')",
    '"status" = \'it\'\'s\'', "id BETWEEN 1 AND 4 OR id = 9", "ID >= 2",
])  # fmt: skip
def test_what_is_read_means_the_same(text):
    condition = read_condition(text)
    assert condition is not None
    rows = "(VALUES (1, 'paid', true), (2, 'px', false), (-3, 'it''s', NULL), (9, NULL, true))"
    query = f"SELECT {{}} FROM {rows} t(id, status, ok)"
    found = [duckdb.sql(query.format(sql)).fetchall() for sql in (text, condition.sql())]
    assert found[0] == found[1]


@pytest.mark.parametrize("text", [
    "", "id", "id > 1 AND ok = true OR id = 2", "NOT id = 1", "id + 1 > 2", "1 < id", "id = other",
    "status LIKE 'p%'", "status = ''", "id > 1 -- why", "status IN ('a, b')", "id > 1e5", "id >",
    "current_date = DATE '2026-01-31'", "status = E'a'", "status = 'a", "a.b = 1", "id > 1 2",
    "NOT starts_with(status, 'a')", "(id = 1 AND id = 2)", "true = true", "id < > 1", "x'00' = 1",
    "status = $$a$$", "contains(status, 1)", "id = NULL",
])  # fmt: skip
def test_all_else_is_left_to_text(text):
    assert read_condition(text) is None


def test_a_line_of_values_is_parted_for_lists_alone():
    assert [v.sql() for v in values_of("1, 2,x", Operator.ONE_OF, "BIGINT")] == ["1", "2", "'x'"]
    assert [v.sql() for v in values_of("a, b", Operator.IS, "VARCHAR")] == ["'a, b'"]
    assert list(values_of("", Operator.IS, "VARCHAR")) == []
