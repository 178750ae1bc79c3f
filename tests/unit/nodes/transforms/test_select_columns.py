import duckdb
import pytest


def one(column, **more: str):
    return [{"column": column, **more}]


def test_names_may_be_swapped(runner):
    columns = [{"column": "a", "name": "b"}, {"column": "b", "name": "a", "type": "BIGINT"}]
    node = runner.bind("select_columns", columns=columns)
    tables = runner.tables(node, {"rows": "SELECT 1 AS a, '2' AS b UNION ALL SELECT 3, 'x'"})
    assert tables["rows"].to_pylist() == [{"b": 1, "a": 2}]
    assert tables["rejected"].select(["a", "b", "reject_column"]).to_pylist() == [
        {"a": 3, "b": "x", "reject_column": "b"}
    ]


def test_a_column_may_come_out_twice(runner):
    node = runner.bind("select_columns", columns=[{"column": "a"}, {"column": "a", "name": "copy"}])
    assert runner.rows(node, {"rows": "SELECT 1 AS a"})["rows"] == [(1, 1)]


def test_keep_leaves_every_column_where_it_stands(runner):
    columns = [{"column": "b", "name": "second", "type": "VARCHAR"}]
    node = runner.bind("select_columns", columns=columns, others="keep")
    schemas = runner.infer(node, {"rows": "SELECT 1 AS a, 2 AS b, 3 AS c"})
    assert schemas["rows"].names == ("a", "second", "c")


def test_what_json_escapes_is_rejected_not_read_without_its_backslash(runner):
    node = runner.bind("select_columns", columns=one("v", type="VARCHAR[]"))
    texts = """SELECT unnest(['["a"]', '["a\\nb"]', '["\\u00fc"]', NULL]) AS v"""
    found = runner.rows(node, {"rows": texts})
    assert found["rows"] == [(["a"],), (None,)]
    assert [row[1] for row in found["rejected"]] == ["cast_failed", "cast_failed"]


@pytest.mark.parametrize("values", ["['1', 'x']", "['1', '2']"])
def test_one_bad_item_rejects_the_whole_list(runner, values):
    node = runner.bind("select_columns", columns=one("v", type="BIGINT[]"))
    found = runner.rows(node, {"rows": f"SELECT {values} AS v"})
    if "x" in values:
        assert found["rows"] == []
        assert found["rejected"][0][1:3] == ("cast_failed", "v")
    else:
        assert (found["rows"], found["rejected"]) == ([([1, 2],)], [])


def test_the_first_failing_column_is_the_reason(runner):
    columns = [{"column": "a", "type": "DATE"}, {"column": "b", "type": "BIGINT"}]
    node = runner.bind("select_columns", columns=columns)
    query = "SELECT '2024-01-01' AS a, 'x' AS b UNION ALL SELECT 'y', 'z'"
    rejected = runner.tables(node, {"rows": query})["rejected"]
    assert rejected.column("reject_column").to_pylist() == ["b", "a"]
    assert rejected.column("reject_reason").to_pylist()[1] == (
        "Column 'a' holds 'y' (VARCHAR), which is no DATE."
    )


def test_long_values_are_cut_in_the_reason(runner):
    node = runner.bind("select_columns", columns=one("a", type="BIGINT"))
    (row,) = runner.rows(node, {"rows": "SELECT repeat('x', 5000) AS a"})["rejected"]
    assert len(row[-2]) < 200
    assert len(row[0]) == 5000


def test_out_of_range_is_rejected_and_fast_raises(runner):
    node = runner.bind("select_columns", columns=one("a", type="TINYINT"))
    given = {"rows": "SELECT 5 AS a UNION ALL SELECT 500"}
    assert [row[0] for row in runner.rows(node, given)["rejected"]] == [500]
    with pytest.raises(duckdb.Error):
        runner.tables(node, given, fast=True)


def test_dates_in_another_format(runner):
    node = runner.bind("select_columns", columns=one("d", type="DATE", format="%d.%m.%Y"))
    found = runner.rows(node, {"rows": "SELECT '31.12.2024' AS d UNION ALL SELECT '2024-12-31'"})
    assert [str(row[0]) for row in found["rows"]] == ["2024-12-31"]
    assert "written %d.%m.%Y" in found["rejected"][0][-2]


@pytest.mark.parametrize(
    ("columns", "place", "code"),
    [
        (one("amont"), "columns.0.column", "column_missing"),
        ([{"column": "amount"}, {"column": "Amount"}], "columns.1.name", "name_taken"),
        (one("amount", name="__summit_x"), "columns.0.name", "name_invalid"),
        (one("amount", type="DATE", format="%d"), "columns.0.format", "format_unusable"),
        ([], "columns", "entries_missing"),
    ],
)
def test_errors_name_their_field(runner, columns, place, code):
    error = runner.error(
        runner.bind("select_columns", columns=columns), {"rows": "SELECT 1 AS amount"}
    )
    assert (error.where.param, error.code) == (place, code)


def test_a_cast_that_no_value_can_take_is_an_error(runner):
    node = runner.bind("select_columns", columns=one("a", type="DATE"))
    assert runner.error(node, {"rows": "SELECT 1 AS a"}).where.param == "columns.0.type"


def test_hostile_names_are_only_names(runner):
    name = "we\"ird'; DROP TABLE x --"
    quoted = name.replace('"', '""')
    node = runner.bind("select_columns", columns=one(name, type="BIGINT", name="it's"))
    found = runner.tables(node, {"rows": f"SELECT '1' AS \"{quoted}\" UNION ALL SELECT 'x'"})
    assert found["rows"].to_pylist() == [{"it's": 1}]
    assert found["rejected"].column("reject_column").to_pylist() == [name]


def test_summary():
    from summit_studio.nodes.transforms.select_columns import SelectColumns, SelectColumnsParams

    columns = [{"column": "a", "name": "b"}, {"column": "c", "type": "DATE"}]
    params = SelectColumnsParams.model_validate({"columns": columns, "others": "keep"})
    assert SelectColumns(params).summary() == "a as b, c: DATE, ..."


CASTS = [
    ("VARCHAR", "INTEGER", ["12", " 7 ", "+5", "-0", "12.00", "12.", "3e2", "1.5e1"],
     ["12.6", "0x1F", "1_000", "1e-1", "", " ", "1,000", "99999999999", "1e400", "--1"]),
    ("VARCHAR", "UTINYINT", ["255"], ["256", "-1", "0b1"]),
    ("VARCHAR", "DECIMAL(6,2)", ["1.5", "1.50000", "1000", "-.25", "1.25e2"],
     ["1.505", "10000.00", "1_0", "0x1", "1e-3", "x"]),
    ("VARCHAR", "DECIMAL(18,0)", ["12", "12.0"], ["12.5"]),
    ("VARCHAR", "DOUBLE", ["1.5", "1e3", "inf", "-Infinity", "NaN", ".5"],
     ["1e400", "0x1F", "1_0"]),
    ("VARCHAR", "DATE", ["2026-01-02", "0001-01-01"],
     ["2026-01-02 10:00:00", "2026-02-30", "0000-01-01", "2026-01-02 (BC)", "today"]),
    ("VARCHAR", "TIMESTAMP",
     ["2026-01-02 03:04:05.123456", "2026-01-02", "2026-01-02 1:2:3.1000000"],
     ["2026-01-02 03:04:05.1234567"]),
    ("DOUBLE", "BIGINT", ["1", "-2e10"], ["1.5", "1e30", "'nan'", "'inf'"]),
    ("FLOAT", "INTEGER", ["1"], ["0.5"]),
    ("DECIMAL(10,3)", "INTEGER", ["1", "7.000"], ["1.001", "-0.5"]),
    ("DECIMAL(10,3)", "DECIMAL(10,2)", ["1.250"], ["1.255"]),
    ("DOUBLE", "DECIMAL(10,2)", ["0.1", "1.25"], ["1.005", "0.001"]),
    ("BIGINT", "DOUBLE", ["9007199254740992", "-5"], ["9007199254740993", "9223372036854775807"]),
    ("BIGINT", "FLOAT", ["16777216"], ["16777217"]),
    ("DECIMAL(38,10)", "DOUBLE", ["0.1", "12345.678"], ["1234567890.0123456789"]),
    ("INTEGER", "BOOLEAN", ["0", "1"], ["2", "-1"]),
    ("TIMESTAMP", "DATE", ["'2026-01-02 10:00:00'"], []),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "good", "bad"), CASTS, ids=lambda v: str(v)[:20])
@pytest.mark.parametrize("others", [True, False], ids=["mixed", "alone"])
def test_casts_change_no_value(runner, before, after, good, bad, others):
    """Quick where all rows fit, and told apart where some do not."""
    node = runner.bind("select_columns", columns=one("v", type=after))
    quoted = [f"'{v}'" if before == "VARCHAR" else v for v in (good + bad if others else good)]
    rows = " UNION ALL ".join(f"SELECT {v}::{before} AS v" for v in [*quoted, "NULL"])
    found = runner.rows(node, {"rows": rows})
    assert len(found["rows"]) == len(good) + 1
    assert len(found["rejected"]) == (len(bad) if others else 0)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        kept = quoted[: len(good)]
        expected = con.execute(
            " UNION ALL ".join(f"SELECT CAST({v}::{before} AS {after})" for v in [*kept, "NULL"])
        ).fetchall()
    assert list(map(repr, found["rows"])) == list(map(repr, expected))


@pytest.mark.parametrize(("before", "after", "good", "bad"), CASTS, ids=lambda v: str(v)[:20])
def test_what_would_change_never_passes_the_quick_way(runner, before, after, good, bad):
    for value in bad:
        node = runner.bind("select_columns", columns=one("v", type=after))
        text = f"'{value}'" if before == "VARCHAR" else value
        found = runner.rows(node, {"rows": f"SELECT {text}::{before} AS v"})
        assert (found["rows"], len(found["rejected"])) == ([], 1), value
