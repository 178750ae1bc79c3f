import duckdb
import pytest


def derive(runner, *pairs: tuple[str, str]):
    return runner.bind("derive", columns=[{"name": n, "expression": e} for n, e in pairs])


@pytest.mark.parametrize("fast", [False, True])
def test_later_columns_use_earlier_ones_and_replacements(runner, fast):
    node = derive(runner, ("a", "a + 1"), ("b", "a * 10"), ("c", "b"), ("a", "a + 100"), ("d", "a"))
    tables = runner.tables(node, {"rows": "SELECT 1 AS a, 5 AS b"}, fast=fast)
    rows = tables["fast" if fast else "rows"].to_pylist()
    assert rows == [{"a": 102, "b": 20, "c": 20, "d": 102}]


def test_rejected_rows_keep_the_values_they_came_with(runner):
    node = derive(runner, ("a", "a || '!'"), ("b", "CAST(b AS BIGINT)"), ("c", "a"))
    given = {"rows": "SELECT 'x' AS a, '1' AS b UNION ALL SELECT 'y', 'bad'"}
    found = runner.rows(node, given)
    assert found["rows"] == [("x!", 1, "x!")]
    assert found["rejected"] == [
        ("y", "bad", "expression_failed", "b",
         "Column 'b' cannot be computed: CAST(b AS BIGINT).", None),
    ]  # fmt: skip
    with pytest.raises(duckdb.Error):
        runner.tables(node, given, fast=True)


def test_a_failure_in_an_early_column_is_not_hidden_by_later_ones(runner):
    node = derive(runner, ("n", "CAST(a AS BIGINT)"), ("m", "coalesce(n, 0)"))
    found = runner.rows(node, {"rows": "SELECT 'bad' AS a"})
    assert (found["rows"], len(found["rejected"])) == ([], 1)


def test_a_comment_cannot_eat_the_query(runner):
    node = derive(runner, ("b", "a + 1 -- why"))
    assert runner.rows(node, {"rows": "SELECT 1 AS a"})["rows"] == [(1, 2)]


@pytest.mark.parametrize(
    ("pairs", "place"),
    [
        ([("x", "amont * 2")], "columns.0.expression"),
        ([("x", "amount"), ("y", "z")], "columns.1.expression"),
        ([("x", "sum(amount)")], "columns.0.expression"),
        ([("x", "getenv('HOME')")], "columns.0.expression"),
        ([("x", "(SELECT 1)")], "columns.0.expression"),
        ([("x", "")], "columns.0.expression"),
        ([("__summit_x", "1")], "columns.0.name"),
        ([], "columns"),
    ],
)
def test_errors_name_their_field(runner, pairs, place):
    error = runner.error(derive(runner, *pairs), {"rows": "SELECT 1 AS amount"})
    assert error.where.param == place
    assert error.do or error.why


def test_a_mistyped_column_has_a_suggestion(runner):
    error = runner.error(derive(runner, ("x", "amont * 2")), {"rows": "SELECT 1 AS amount"})
    assert error.code == "column_missing"
    assert "amount" in error.do


def test_types_of_earlier_columns_are_known(runner):
    node = derive(runner, ("d", "DATE '2024-01-01'"), ("year", "year(d)"))
    schemas = runner.infer(node, {"rows": "SELECT 1 AS a"})
    assert [str(c) for c in schemas["rows"]] == ["a INTEGER", "d DATE", "year BIGINT"]
