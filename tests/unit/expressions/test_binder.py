# ruff: noqa: E501 - cases read best side by side.
"""Types, cleaned errors, caching and threads of the binder."""

import threading

import pytest

from summit_studio.core.errors import InvalidExpression
from summit_studio.core.schema import Column, Schema
from summit_studio.expressions.binder import Binder

PLAIN = Schema.of({"id": "BIGINT", "name": "VARCHAR"})


def test_query_gives_its_columns_in_order(binder, orders):
    found = binder.describe(
        "SELECT name, sum(amount) AS total, count(*) n, max(day) FROM rows GROUP BY ALL",
        {"rows": orders},
    )
    assert found == Schema.of(
        {"name": "VARCHAR", "total": "DECIMAL(38,2)", "n": "BIGINT", 'max("day")': "DATE"}
    )


def test_star_gives_the_input_back_whatever_the_types(binder, orders):
    assert binder.describe("FROM rows", {"rows": orders}) == orders


def test_several_inputs_with_odd_names(binder):
    inputs = {'left "one"': PLAIN, "select": Schema.of({"id": "BIGINT", "x y": "DATE"})}
    found = binder.describe('FROM "left ""one""" JOIN "select" USING (id)', inputs)
    assert found == Schema.of({"id": "BIGINT", "name": "VARCHAR", "x y": "DATE"})


def test_own_with_tables_win_over_inputs(binder):
    found = binder.describe("WITH rows AS (SELECT 1 AS one) FROM rows", {"rows": PLAIN})
    assert found == Schema.of({"one": "INTEGER"})


def test_equal_names_are_told_apart(binder):
    found = binder.describe("SELECT id, id FROM rows", {"rows": PLAIN})
    assert found.names == ("id", "id_1")


def test_no_inputs_and_no_columns(binder):
    assert binder.describe("SELECT 1 AS x", {}) == Schema.of({"x": "INTEGER"})
    assert binder.type_of("1 + 1", Schema()) == "INTEGER"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("id + 1", "BIGINT"), ("amount * 2", "DECIMAL(18,2)"), ("NULL", "VARCHAR"),
     ("day + 1", "DATE"), ("moment", "TIMESTAMP WITH TIME ZONE"), ("tags", "VARCHAR[]"),
     ("who.age", "INTEGER"), ("who", "STRUCT(nick VARCHAR, age INTEGER)"), ('"Größe"', "DOUBLE"),
     ("sum(id)", "HUGEINT"), ("paid", "BOOLEAN"), ("current_date", "DATE"), ("id -- note", "BIGINT"),
     ("[x || '!' FOR x IN tags]", "VARCHAR[]"), ("ID", "BIGINT")],
)  # fmt: skip
def test_type_of(binder, orders, text, expected):
    assert binder.type_of(text, orders) == expected


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("amont + 1", "column_missing", "did you mean 'amount'?"),
        ("orders.amount", "column_missing", "There is no column 'orders'"),
        ("'é'\n || nothing.x || nothing", "column_missing", "at line 2, column 5"),
        ("rowid", "column_missing", "the input has columns id, name"),
        ("user", "column_missing", "There is no column 'user'"),
        ("who.agee", "column_missing", "did you mean 'age'?"),
        ("list_transform(numbers, lambda x: y)", "column_missing", "There is no column 'y'"),
        ("uper(name)", "function_unknown", "did you mean 'upper'?"),
        ("name > day", "type_mismatch", "an explicit cast is required"),
        ("day + name", "type_mismatch", "'+' does not take date and text"),
        ("upper(id)", "type_mismatch", "upper(text) -> text"),
        ("left(name)", "type_mismatch", "left(text, count)"),
        ("1 +\n upper(id)", "type_mismatch", "at line 2, column 2"),
        ("coalesce(id, name)", "type_mismatch", "BIGINT and VARCHAR"),
        ("substring(name, 'a')", "type_mismatch", "Could not convert"),
        ("regexp_matches(name, '(')", "expression_invalid", "missing )"),
        ("strptime(name, '%Q')", "expression_invalid", "%Q"),
        ("sum(sum(id))", "expression_invalid", "nested"),
        ("id id", "expression_invalid", "line 1, column 4"),
    ],
)
def test_expression_error(binder, orders, text, code, part):
    with pytest.raises(InvalidExpression) as caught:
        binder.type_of(text, orders)
    shown = str(caught.value)
    assert caught.value.code == code, shown
    assert part in shown
    for inside in ("LINE 1", "DESCRIBE", "summit input", "SELECT", "Candidate", "exception_type"):
        assert inside not in shown


@pytest.mark.parametrize(
    ("query", "code", "part"),
    [
        ("SELECT nme FROM rows", "column_missing", "did you mean 'name'?"),
        ("SELECT r.nme FROM rows r", "column_missing", "did you mean 'name'?"),
        ("SELECT x.id FROM rows", "column_missing", "'x'"),
        ("FROM rows a JOIN rows b USING (idd)", "column_missing", "did you mean 'id'?"),
        ("SELECT * EXCLUDE (nme) FROM rows", "column_missing", "did you mean 'name'?"),
        ("SELECT id, sum(id) FROM rows", "expression_invalid", "GROUP BY"),
        ("SELECT id FROM rows a, rows b", "expression_invalid", "Ambiguous"),
        ("FROM rows UNION ALL SELECT 1", "expression_invalid", "number of result columns"),
        ("SELECT id FROM rows WHERE sum(id) > 1", "expression_invalid", "aggregates"),
        ("SELECT 1) ; DROP TABLE rows; (SELECT 1", "expression_invalid", ""),
        ("SELECT 1); SELECT * FROM (SELECT 1", "expression_invalid", "several statements"),
    ],
)
def test_query_error(binder, query, code, part):
    with pytest.raises(InvalidExpression) as caught:
        binder.describe(query, {"rows": PLAIN})
    assert caught.value.code == code, str(caught.value)
    assert part in str(caught.value)


def test_a_type_cannot_carry_sql(binder):
    evil = Schema((Column("id", "INTEGER) AS x, (SELECT 1"),))
    with pytest.raises(InvalidExpression, match="is not a type"):
        binder.describe("FROM rows", {"rows": evil})


def test_nothing_is_executed(binder):
    # Run, this would take hours; bound, it is a type.
    query = "SELECT count(*) AS n FROM range(1000000000000) a, range(1000000000000) b"
    assert binder.describe(query, {}) == Schema.of({"n": "BIGINT"})


def test_failures_leave_the_binder_usable(binder):
    for _ in range(3):
        with pytest.raises(InvalidExpression):
            binder.describe("SELECT nope FROM rows", {"rows": PLAIN})
        assert binder.describe("FROM rows", {"rows": PLAIN}) == PLAIN


def test_cache_is_bounded_and_keyed_by_schema():
    with Binder(cache_entries=3) as small:
        for number in range(10):
            assert small.type_of(f"id + {number}", PLAIN) == "BIGINT"
        assert len(small._cache) == 3
        assert small.type_of("id", PLAIN) == "BIGINT"
        assert small.type_of("id", Schema.of({"id": "DATE"})) == "DATE"
        first = small.describe("FROM rows", {"rows": PLAIN})
        assert small.describe("FROM rows", {"rows": PLAIN}) is first


def test_threads_share_one_binder(binder):
    wrong: list[object] = []

    def work(number: int) -> None:
        for turn in range(30):
            schema = Schema.of({f"c{number}": "DATE" if number % 2 else "BIGINT"})
            found = binder.type_of(f"coalesce(c{number}, c{number})", schema)
            if found != schema.columns[0].type:
                wrong.append((number, turn, found))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
