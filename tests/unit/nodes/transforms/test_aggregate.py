import pytest


def aggregate(runner, *measures: dict[str, str], by=()):
    return runner.bind("aggregate", group_by=list(by), measures=list(measures))


def test_groups_come_in_order_on_many_threads(runner):
    given = {"rows": "SELECT (i * 7919) % 5003 AS g, i AS v FROM range(400000) t(i)"}
    rows = runner.rows(aggregate(runner, {"name": "n"}, by=["g"]), given)["rows"]
    assert [row[0] for row in rows] == list(range(5003))
    assert sum(row[1] for row in rows) == 400_000


def test_order_sensitive_functions_follow_the_input_on_many_threads(runner):
    given = {"rows": "SELECT i % 3 AS g, i AS v FROM range(400000) t(i)"}
    node = aggregate(
        runner,
        {"name": "first", "function": "first", "column": "v"},
        {"name": "last", "function": "last", "column": "v"},
        {"name": "all", "function": "list", "column": "v", "condition": "v < 9"},
        by=["g"],
    )
    rows = runner.rows(node, given)["rows"]
    assert rows == [
        (0, 0, 399_999, [0, 3, 6]),
        (1, 1, 399_997, [1, 4, 7]),
        (2, 2, 399_998, [2, 5, 8]),
    ]


def test_every_function_over_nulls(runner):
    names = ["count", "count_distinct", "sum", "avg", "min", "max", "median", "stddev", "list"]
    node = aggregate(runner, *({"name": n, "function": n, "column": "v"} for n in names))
    given = {"rows": "SELECT * FROM (VALUES (1), (3), (3), (NULL)) t(v)"}
    (row,) = runner.rows(node, given)["rows"]
    found = dict(zip(names, row, strict=True))
    assert found["stddev"] == pytest.approx(1.1547, abs=1e-4)
    assert found | {"stddev": 0} == {
        "count": 3, "count_distinct": 2, "sum": 7, "avg": 7 / 3, "min": 1, "max": 3, "median": 3.0,
        "stddev": 0, "list": [1, 3, 3, None],
    }  # fmt: skip


def test_no_rows_give_one_group_only_without_group_by(runner):
    empty = {"rows": "SELECT 1 AS v WHERE false"}
    total = {"name": "n", "function": "sum", "column": "v"}
    assert runner.rows(aggregate(runner, total), empty)["rows"] == [(None,)]
    assert runner.rows(aggregate(runner, total, by=["v"]), empty)["rows"] == []


def test_groups_alone_are_the_distinct_values(runner):
    given = {"rows": "SELECT * FROM (VALUES (2), (NULL), (1), (2)) t(v)"}
    assert runner.rows(aggregate(runner, by=["v"]), given)["rows"] == [(1,), (2,), (None,)]


def test_a_measure_may_be_called_like_the_column_it_measures(runner):
    given = {"rows": "SELECT 'a' AS g, 2 AS v UNION ALL SELECT 'a', 3"}
    node = aggregate(runner, {"name": "v", "function": "sum", "column": "v"}, by=["g"])
    assert runner.rows(node, given)["rows"] == [("a", 5)]


def test_rows_whose_condition_fails_are_rejected(runner):
    node = aggregate(runner, {"name": "n", "condition": "CAST(v AS INTEGER) > 1"})
    found = runner.rows(node, {"rows": "SELECT '2' AS v UNION ALL SELECT 'x'"})
    assert found["rows"] == [(1,)]
    assert found["rejected"][0][0] == "x"
    assert found["rejected"][0][-2].startswith("Measure 'n' cannot be computed")


@pytest.mark.parametrize(
    ("measure", "place", "code"),
    [
        ({"function": "sum", "column": "amont"}, "measures.0.column", "column_missing"),
        ({"function": "sum", "column": "name"}, "measures.0.column", "measure_type"),
        ({"function": "sum"}, "measures.0.column", "column_empty"),
        ({"function": "sum", "expression": "amont"}, "measures.0.expression", "column_missing"),
        ({"function": "sum", "expression": "sum(amount)"}, "measures.0.expression", None),
        ({"function": "expression", "expression": "amount"}, "measures.0.expression", None),
        ({"function": "expression", "expression": "sum(x)"}, "measures.0.expression",
         "column_missing"),
        ({"condition": "amount"}, "measures.0.condition", "type_mismatch"),
        ({"name": "__summit_n"}, "measures.0.name", "name_invalid"),
        ({"name": "KEY"}, "measures.0.name", "name_taken"),
    ],
)  # fmt: skip
def test_errors_name_their_field(runner, measure, place, code):
    node = aggregate(runner, {"name": "m"} | measure, by=["key"])
    error = runner.error(node, {"rows": "SELECT 1 AS amount, 'x' AS name, 1 AS key"})
    assert error.where.param == place
    assert code in {None, error.code}
    assert error.do


def test_neither_groups_nor_measures(runner):
    assert runner.error(aggregate(runner), {"rows": "SELECT 1 AS v"}).where.param == "measures"


def test_summary(runner):
    node = aggregate(runner, {"name": "orders"}, by=["country", "year"])
    assert node.summary() == "orders by country, year"
