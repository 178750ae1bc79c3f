# ruff: noqa: E501 - cases read best side by side.
"""What passes, and what people read when something does not."""

import pytest

from summit_studio.core.errors import InvalidExpression
from summit_studio.expressions import guard
from summit_studio.expressions.functions import functions
from summit_studio.expressions.guard import guard_expression, guard_query, guard_type
from summit_studio.expressions.parse import parse_expression

GOOD_QUERIES = [
    "SELECT * FROM rows", "FROM rows", "from ROWS", "SELECT id FROM rows;", "(FROM rows)", "TABLE rows",
    "-- all of them\nFROM rows", "FROM rows -- ;", "SELECT ';' FROM rows", "VALUES (1), (2)",
    "WITH a AS (FROM rows), b AS (FROM a) SELECT * FROM b JOIN a USING (id)",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) FROM t",
    "WITH rows AS (SELECT 1 AS id) FROM rows", "FROM rows r LEFT JOIN other o ON r.id = o.id",
    "FROM rows ASOF JOIN other USING (id)", "FROM rows SEMI JOIN other USING (id)",
    "SELECT *, row_number() OVER (PARTITION BY name ORDER BY id) AS n FROM rows QUALIFY n = 1",
    "SELECT name, sum(id) FROM rows GROUP BY ALL HAVING sum(id) > 1 ORDER BY ALL LIMIT 5 OFFSET 2",
    "SELECT sum(id) OVER w FROM rows WINDOW w AS (ORDER BY id)",
    "SELECT name FROM rows GROUP BY GROUPING SETS ((name), ())", "SELECT DISTINCT ON (name) * FROM rows",
    "FROM rows UNION ALL BY NAME FROM other", "FROM rows EXCEPT FROM other", "FROM rows INTERSECT FROM other",
    "SELECT * EXCLUDE (id) REPLACE (upper(name) AS name) FROM rows", "SELECT COLUMNS('n.*') FROM rows",
    "FROM rows WHERE id IN (SELECT id FROM other) AND EXISTS (FROM other o WHERE o.id = rows.id)",
    "FROM rows, LATERAL (SELECT rows.id + 1 AS next)", "SELECT unnest(numbers) FROM rows",
    "FROM range(10) t(x)", "FROM unnest([1, 2])", "FROM rows, unnest(rows.numbers) u(n)",
    "FROM generate_series(DATE '2026-01-01', DATE '2026-02-01', INTERVAL 1 DAY)",
    "FROM rows PIVOT (sum(id) FOR name IN ('a', 'b'))", "UNPIVOT rows ON id, other INTO NAME n VALUE v",
    "FROM (PIVOT rows ON name IN ('a') USING sum(id))",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD_QUERIES)
def test_query_passes(text):
    assert guard_query(text, ["rows", "other"]) == text.rstrip("; ")


@pytest.mark.parametrize(
    "text",
    ["id -- a note", "/* a note */ id", "id\n\n", "'it''s'", "'-- no comment'", "'(((' || ')'",
     "E'\\'('", "$$ it's ( $$", '"a ""b"" ("', "id /* ( */", "x'00ff'", "'\U0001f600' || \"Größe\"",
     '"current_user"', "user", "'" + "x" * 9_000 + "'", " AND ".join(["id > 1"] * 500),
     "||".join(["name"] * 150), "(" * 50 + "1" + ")" * 50],
    ids=lambda text: ascii(text[:30]),
)  # fmt: skip
def test_expression_passes_unchanged(text):
    assert guard_expression(text) == text


@pytest.mark.parametrize(
    "name",
    ["INTEGER", "decimal(12,2)", "TIMESTAMP WITH TIME ZONE", "VARCHAR[]", "STRUCT(a BIGINT)",
     'STRUCT("a b" INTEGER[])', "MAP(VARCHAR, INTEGER)", "ENUM('a', 'b''c')", "DOUBLE[3]"],
)  # fmt: skip
def test_type_passes(name):
    assert guard_type(name) == name


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("uper(name)", "function_unknown", "did you mean 'upper'"),
        ("date_trnc('day', day)", "function_unknown", "did you mean 'date_trunc'"),
        ("random()", "function_refused", "same result on the same data"),
        ("read_csv('x')", "function_refused", "no file"),
        ("repeat('x', 2)", "function_refused", "any size"),
        ("name.upper()", "expression_invalid", "write upper(name)"),
        ("id +\n\n  name name", "expression_invalid", "line 3, column 8"),
        ("'é' || id id", "expression_invalid", "line 1, column 11"),
        ("id +", "expression_invalid", "it ends where something more was expected"),
        ("(id", "expression_invalid", "it ends where"),
        ("id)", "expression_invalid", "never opened"),
        ("(SELECT 1)", "expression_invalid", "SQL node"),
        ("?", "expression_invalid", "placeholders"),
        ("id::intger", "type_unknown", "did you mean 'INTEGER'"),
        ("id, name", "expression_invalid", "several values"),
        ("id" + " " * 10_000, "expression_invalid", "10,000"),
        ("a\x07b", "expression_invalid", "U+0007 at line 1, column 2"),
        ("lpad(name, 99999, '0')", "function_refused", "up to 10000"),
        ("(" * 61, "expression_invalid", "nested too deeply"),
        ("id" + "||id" * 500, "expression_invalid", "nested too deeply"),
        ("current_user", "expression_invalid", "double quotes"),
    ],
)
def test_message_helps(text, code, part):
    with pytest.raises(InvalidExpression) as caught:
        guard_expression(text)
    assert caught.value.code == code
    assert part in str(caught.value)
    assert "SELECT (" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("FROM rows USING SAMPLE 10%", "expression_invalid", "same result on the same data"),
        ("FROM rows TABLESAMPLE 10 ROWS", "expression_invalid", "Cannot take a sample here"),
        ("FROM (FROM rows) TABLESAMPLE 5%", "expression_invalid", "LIMIT with ORDER BY"),
        ("FROM upper('x')", "function_refused", "only unnest, range and generate_series"),
        ("FROM read_csv('x')", "function_refused", "Cannot read from 'read_csv(...)'"),
        ("PIVOT rows ON name IN kinds", "expression_invalid", "values that are not listed"),
        ("FROM rows AT (VERSION => 1)", "table_missing", "the inputs here are rows"),
        ("DESCRIBE rows", "expression_invalid", "do not give rows of the inputs"),
    ],
)
def test_message_of_a_query_helps(text, code, part):
    with pytest.raises(InvalidExpression) as caught:
        guard_query(text, ["rows"])
    assert caught.value.code == code
    assert part in str(caught.value)


def test_unknown_table_is_named_with_a_near_one():
    with pytest.raises(InvalidExpression, match="did you mean 'Orders'") as caught:
        guard_query("FROM ordrs", ["Orders", "customers"])
    assert caught.value.code == "table_missing"
    assert "Orders, customers" in caught.value.why


def test_a_name_in_one_expression_does_not_leak_into_another():
    guard_query("WITH secret AS (FROM rows) FROM secret", ["rows"])
    with pytest.raises(InvalidExpression, match="secret"):
        guard_query("FROM secret", ["rows"])


def test_every_function_is_described():
    for name, function in functions().items():
        assert function.signature.startswith(f"{name}("), name
        assert "->" in function.signature
        assert function.doc.endswith("."), name
        assert function.kind in {"row", "aggregate", "window"}
        assert name == name.lower()


def test_every_function_exists_in_duckdb():
    import duckdb

    with duckdb.connect() as con:
        rows = con.execute("SELECT DISTINCT function_name FROM duckdb_functions()").fetchall()
    # These two are syntax of the parser, not entries of the catalogue.
    assert set(functions()) - {name for (name,) in rows} == {"coalesce", "ifnull"}


PLAIN = """bigint smallint tinyint hugeint int integer ubigint usmallint utinyint uhugeint uinteger
double float real boolean varchar text blob date time timestamp timestamptz uuid json interval
decimal(18,2) DECIMAL(9,0) Date""".split()  # noqa: SIM905 - read as words
NOT_PLAIN = [
    "decimal(18,2",
    "date; x",
    "int)",
    "int) + (1",
    "date -- x",
    "int\n",
    "dates",
    "٣",
    "u",
]


@pytest.mark.parametrize("name", PLAIN)
def test_a_type_known_at_sight_is_one_for_the_parser_too(name):
    node = parse_expression(f"CAST(NULL AS {name})")
    assert guard._PLAIN_TYPE.fullmatch(name)
    assert node["class"] == "CAST"
    assert guard_type(name) == name


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_all_else_is_for_the_parser(name):
    assert not guard._PLAIN_TYPE.fullmatch(name)
