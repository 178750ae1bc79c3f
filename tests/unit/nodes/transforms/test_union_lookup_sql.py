import pytest

KEYS = [{"column": "k", "table_column": "k"}]


def test_union_orders_by_edge_on_many_threads(runner):
    many = "SELECT i + {} AS n FROM range(200000) t(i)"
    node = runner.bind("union")
    rows = runner.rows(node, {"rows": [many.format(200_000), many.format(0)]})["rows"]
    assert [row[0] for row in rows] == [*range(200_000, 400_000), *range(200_000)]


def test_union_by_name_looks_past_letter_case(runner):
    given = {"rows": ["SELECT 1 AS Id, 'a' AS x", "SELECT 'b' AS X, 2 AS ID"]}
    assert runner.rows(runner.bind("union"), given)["rows"] == [(1, "a"), (2, "b")]


def test_union_warns_where_a_column_becomes_text(runner):
    given = {"rows": ["SELECT 1 AS id", "SELECT 'x' AS id"]}
    (problem,) = runner.problems(runner.bind("union"), given)
    assert (problem.code, problem.severity) == ("union_types_differ", "warning")
    assert runner.rows(runner.bind("union"), given)["rows"] == [("1",), ("x",)]


def test_union_refuses_types_with_nothing_in_common(runner):
    given = {"rows": ["SELECT 1 AS id", "SELECT DATE '2024-01-01' AS id"]}
    error = runner.error(runner.bind("union"), given)
    assert (error.code, error.where.column) == ("union_types_clash", "id")


def test_union_by_position_needs_as_many_columns(runner):
    given = {"rows": ["SELECT 1 AS id", "SELECT 1 AS id, 2 AS v"]}
    error = runner.error(runner.bind("union", match="position"), given)
    assert "they have 1, 2 columns" in error.why


def test_lookup_keeps_every_row_in_order(runner):
    given = {
        "rows": "SELECT (i * 7919) % 1013 AS k, i AS n FROM range(300000) t(i)",
        "table": "SELECT i % 1000 AS k, i AS v FROM range(3000) t(i)",
    }
    for several, wanted in (("first", 0), ("last", 2)):
        rows = runner.rows(runner.bind("lookup", keys=KEYS, several=several), given)["rows"]
        assert [n for _, n, _ in rows] == list(range(300_000))
        assert all(v == (k + 1000 * wanted if k < 1000 else None) for k, _, v in rows)


def test_lookup_can_drop_the_unmatched(runner):
    node = runner.bind("lookup", keys=KEYS, unmatched="drop")
    given = {"rows": "SELECT 1 AS k UNION ALL SELECT 2", "table": "SELECT 2 AS k, 'x' AS v"}
    found = runner.rows(node, given)
    assert (found["rows"], found["rejected"]) == ([(2, "x")], [])


def test_lookup_rejects_the_ambiguous_only(runner):
    node = runner.bind("lookup", keys=KEYS, several="reject")
    given = {
        "rows": "SELECT 1 AS k UNION ALL SELECT 2",
        "table": "SELECT 2 AS k, unnest([1, 2]) AS v",
    }
    found = runner.rows(node, given)
    assert found["rows"] == [(1, None)]
    assert [row[:2] for row in found["rejected"]] == [(2, "lookup_ambiguous")]
    assert found["duplicates"] == [(2, 1), (2, 2)]


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"keys": []}, "keys"),
        ({"keys": [{"column": "k", "table_column": "kk"}]}, "keys.0.table_column"),
        ({"keys": KEYS, "columns": [{"column": "w"}]}, "columns.0.column"),
        ({"keys": KEYS, "columns": [{"column": "v", "name": "K"}]}, "columns.0.name"),
    ],
)
def test_lookup_errors_name_their_field(runner, params, place):
    given = {"rows": "SELECT 1 AS k", "table": "SELECT 1 AS k, 2 AS v"}
    assert runner.error(runner.bind("lookup", **params), given).where.param == place


def test_lookup_keys_of_other_types_are_a_problem(runner):
    given = {"rows": "SELECT 1 AS k", "table": "SELECT 'x' AS k"}
    (problem,) = runner.problems(runner.bind("lookup", keys=KEYS), given)
    assert problem.where.param == "keys.0.table_column"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM inputt",
        "SELECT * FROM input_2",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM input; DROP TABLE input",
        "COPY input TO 'x'",
        "SELECT nothing FROM input",
        "",
    ],
)
def test_sql_that_is_refused_names_the_query(runner, query):
    error = runner.error(runner.bind("sql", query=query), {"rows": ["SELECT 1 AS a"]})
    assert error.where.param == "query"
    assert error.code


def test_sql_names_each_input(runner):
    node = runner.bind("sql", query="SELECT * FROM INPUT, input_1 AS a, input_2 AS b -- all")
    rows = runner.rows(node, {"rows": ["SELECT 1 AS x", "SELECT 2 AS y"]})["rows"]
    assert rows == [(1, 1, 2)]


def test_sql_keeps_the_order_it_asks_for(runner):
    node = runner.bind("sql", query="SELECT * FROM input ORDER BY i DESC")
    rows = runner.rows(node, {"rows": ["SELECT i FROM range(300000) t(i)"]})["rows"]
    assert [row[0] for row in rows] == list(range(299_999, -1, -1))


def test_sql_inputs_may_be_called_anything_outside(runner):
    """Tables of the run named like ours must not shadow them, nor each other."""
    from summit_studio.core.schema import Schema
    from summit_studio.expressions.connect import locked_connection
    from summit_studio.nodes.contract import Input

    node = runner.bind("sql", query="SELECT a.v, b.v AS w FROM input_1 AS a, input_2 AS b, input")
    schema = Schema.of({"v": "INTEGER"})
    tables = (Input('"input_2"', schema), Input('"input_1"', schema))
    with locked_connection() as con:
        con.execute("CREATE TABLE input_2 AS SELECT 1 AS v")
        con.execute("CREATE TABLE input_1 AS SELECT 2 AS v")
        assert con.sql(node.relation({"rows": tables}).ports["rows"]).fetchall() == [(1, 2)]
