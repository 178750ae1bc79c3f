# ruff: noqa: E501 - cases read best side by side.
"""What must never pass, and never with another exception than InvalidExpression."""

import pytest

from summit_studio.core.errors import InvalidExpression
from summit_studio.expressions.guard import guard_expression, guard_query, guard_type

FILE = "/etc/passwd"

EXPRESSIONS = [
    # files, network, environment, settings, catalogue
    f"read_text('{FILE}')", f"read_csv('{FILE}')", f"read_blob('{FILE}')", "glob('/*')",
    f"'{FILE}'.read_text()", f"('{FILE}').read_text()", f"parquet_scan('{FILE}')",
    f"parquet_metadata('{FILE}')", f"sniff_csv('{FILE}')", "iceberg_scan('x')", "delta_scan('x')",
    f"pg_read_file('{FILE}')", "getenv('HOME')", "current_setting('temp_directory')",
    "getvariable('x')", "duckdb_settings()", "duckdb_secrets()", "which_secret('s3://x', 's3')",
    "query('SELECT 1')", "query_table('rows')", "pragma_version()", "version()",
    "current_schema()", "current_database()", "current_query()", "in_search_path('a', 'b')",
    "current_user", "session_user", "current_catalog", "has_table_privilege('a', 'b')",
    "json_execute_serialized_sql('{}')", "json_serialize_plan('SELECT 1')", "json_deserialize_sql('{}')",
    "read_json_auto('x')", "st_read('x')", "write_log('x')", "parse_duckdb_log_message('x', 'y')",
    # subqueries and whole statements
    f"(SELECT * FROM '{FILE}')", "(SELECT 1)", "EXISTS (SELECT 1)", "id IN (SELECT 1)",
    "id = ANY(SELECT 1)", "ARRAY(SELECT 1)", "(VALUES (1))", "(FROM rows)", "(TABLE rows)",
    "SELECT 1", f"COPY rows TO '{FILE}'", f"ATTACH '{FILE}'", "PRAGMA version", "SET threads = 1",
    "INSTALL httpfs", "LOAD httpfs", "EXECUTE x", "PREPARE x AS SELECT 1", "CALL x()",
    "CREATE MACRO f(x) AS x", "DROP TABLE rows", "EXPORT DATABASE 'x'", "CHECKPOINT rows", "VACUUM rows",
    # reaching out of the brackets
    "1) --", "1) -- \n", "1) /*", "1), (2", "1) + (2", "1; SELECT 2", "1); SELECT (2",
    f"1) FROM read_csv('{FILE}') WHERE (true", "1) UNION SELECT (2", "1) AS x, (2", "1] + [2",
    "1], [2", "1) OVER (", "a AS b", "a, b", "a := 1", "1;", "/*", "--", "*/ 1", "1 /* /* */",
    "'", '"', "$$", "E'\\", "(", ")", "[", "{", "1)",
    # stars, numbers for columns, placeholders, defaults
    "*", "rows.*", "COLUMNS(*)", "COLUMNS('.*')", "*COLUMNS(*)", "COLUMNS(lambda c: true)",
    "upper(COLUMNS(*))", "count(COLUMNS(*))", "#1", "?", "$1", "$name", "DEFAULT",
    # other databases', schemas' and values' functions
    "main.upper('x')", "system.main.upper('x')", "name.upper()", "a.b.upper()", "x.y.z.upper()",
    # state, chance, waiting, memory
    "nextval('s')", "currval('s')", "random()", "setseed(0.5)", "uuid()", "gen_random_uuid()",
    "uuidv7()", "sleep_ms(10)", "pg_sleep(1)", "error('x')", "repeat('x', 2000000000)",
    "bar(1, 0, 1, 1000)", "lpad('x', 2000000000, 'y')", "rpad('x', id, 'y')", "lpad('x', 1e9, 'y')",
    "lpad('x', 20000 + 1, 'y')", "format('{:>2000000000}', 'x')", "printf('%2000000000d', 1)",
    "printf('%*d', 100000000, 1)", "format('{:>{}}', 'x', 100000000)", "format(name, 1)",
    "range(1000000000)", "range(id)", "range(0, 1, 0)", "range(-1000000, 1000000)",
    "generate_series(DATE '2000-01-01', DATE '2100-01-01', INTERVAL 1 MICROSECOND)",
    "list_transform(range(9999), lambda x: range(9999))", "[range(9999) for x in range(9999)]",
    "list_resize([1], 2000000000)", "to_base(1, 2, 2000000000)", "id::INT[100000][100000]",
    "NULL::STRUCT(a INT[200][200])", "unnest([1, 2])", "unnest(numbers)",
    # lambdas that carry something else
    "list_transform([1], lambda x: read_text('x'))", "list_filter([1], lambda x: nextval('s') > 1)",
    "list_transform([1], lambda x: (SELECT x))", "[random() for x in numbers]",
    "list_sort([1], (SELECT 'ASC'))", "list_reduce([1], lambda a, b: getvariable('x'))",
    # inside every kind of place
    "CASE WHEN true THEN read_text('x') END", "CASE WHEN random() > 1 THEN 1 END",
    "CASE random() WHEN 1 THEN 1 END", "id BETWEEN 1 AND random()", "id IN (1, random())",
    "CAST(read_text('x') AS INTEGER)", "NOT random()", "random() IS NULL", "numbers[random()]",
    "numbers[1:nextval('s')]", "{'a': random()}", "MAP {'a': random()}", "[random()]",
    "(1, random())", "random()::VARCHAR COLLATE nocase", "coalesce(NULL, random())",
    "sum(random())", "sum(id) FILTER (WHERE random() > 1)", "string_agg(name ORDER BY random())",
    "sum(id) OVER (PARTITION BY random())", "sum(id) OVER (ORDER BY random())",
    "sum(id) OVER (ROWS BETWEEN nextval('s') PRECEDING AND CURRENT ROW)", "lag(id, nextval('s')) OVER ()",
    "nextval('s') OVER ()", "TRY(random())", "random() AND true", "-random()", "random() LIKE 'x'",
    "INTERVAL (random()) DAY", "EXTRACT(year FROM to_timestamp(random()))", "row(random())",
    # types
    "id::nonsense", "CAST(id AS main.foo)", "CAST(id AS regclass)", "id::ENUM(SELECT 1)",
    # oddities
    "", "   ", "\n", "1\0", "\0", "'\0'", "'\ud800'", "\x1b[0m", "id\x07", "x" * 10_001,
    "1" + " " * 10_000, "(" * 100_000, "(" * 4_999, "(" * 100 + "1" + ")" * 100, "[" * 4_000,
    "{'a':" * 1_000, "((" * 30 + "'" + ")" * 2_000 + "'" + "(" * 2_000, "- " * 4_000 + "1",
    "NOT " * 2_000 + "true", "1" + " + 1" * 2_000, "a" + "::INT" * 1_000, "a" + "[1]" * 2_000,
    "CASE WHEN true THEN " * 400 + "1" + " END" * 400, "lambda x: " * 800 + "x", "selec 1",
    "'" + "x" * 20_000 + "'", "9" * 20_000,
]  # fmt: skip

QUERIES = [
    f"SELECT * FROM '{FILE}'", f'FROM "{FILE}"', "FROM 'x.csv'", "FROM x", "FROM main.rows",
    "FROM memory.main.rows", "FROM temp.rows", "FROM information_schema.tables", "FROM sqlite_master",
    "FROM pg_catalog.pg_tables", "FROM duckdb_tables", "FROM recurring.rows", f"FROM read_csv('{FILE}')",
    f"FROM read_text('{FILE}')", "FROM glob('/*')", "FROM query('SELECT 1')", "FROM query_table('rows')",
    "FROM duckdb_settings()", "FROM duckdb_secrets()", "FROM pragma_table_info('rows')",
    "FROM json_execute_serialized_sql('x')", "FROM repeat('x', 10)", "FROM repeat_row(1, num_rows := 9)",
    "FROM test_all_types()", "FROM parquet_metadata('x')", "FROM sniff_csv('x')", "FROM iceberg_scan('x')",
    "FROM pandas_scan(1)", "FROM arrow_scan(1, 2, 3)", "FROM seq_scan('rows')", "FROM summary('rows')",
    "FROM which_secret('x', 'y')", "FROM read_duckdb('x')", "FROM python_map_function(1)",
    "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE rows", f"COPY rows TO '{FILE}'", f"ATTACH '{FILE}'",
    "CREATE TABLE x AS FROM rows", "INSERT INTO rows VALUES (1)", "DELETE FROM rows", "SET threads = 1",
    "PRAGMA version", "PREPARE x AS SELECT 1", "EXECUTE x", "CALL pragma_version()", "LOAD x", "INSTALL x",
    "EXPLAIN SELECT 1", "DESCRIBE rows", "SUMMARIZE rows", "SHOW TABLES", "FROM (DESCRIBE rows)",
    "FROM (SHOW ALL TABLES)", "PIVOT rows ON name", "FROM (PIVOT rows ON name USING sum(id))",
    "WITH x AS (INSERT INTO rows VALUES (1) RETURNING *) FROM x",
    "WITH x AS (DELETE FROM rows RETURNING *) FROM x", "WITH a AS (FROM a) FROM a",
    "WITH a AS (FROM b), b AS (FROM rows) FROM a", "FROM (WITH b AS (FROM rows) FROM b), b",
    'WITH a AS (FROM (WITH "x.csv" AS (FROM rows) FROM "x.csv")) FROM "x.csv"',
    "FROM rows UNION ALL FROM 'x'", "FROM rows WHERE id IN (FROM 'x')", "FROM rows JOIN 'x' USING (id)",
    "FROM rows LIMIT (SELECT count(*) FROM 'x')", "SELECT (SELECT a FROM 'x') FROM rows",
    "FROM rows ORDER BY (SELECT a FROM 'x')", "FROM rows QUALIFY (SELECT a FROM 'x') > 1",
    "SELECT id FROM rows GROUP BY (SELECT a FROM 'x')", "FROM rows, LATERAL (FROM 'x')",
    "SELECT sum(id) OVER w FROM rows WINDOW w AS (ORDER BY random())", "SELECT random() FROM rows",
    "SELECT * REPLACE (read_text('x') AS id) FROM rows", "SELECT DISTINCT ON (random()) * FROM rows",
    "SELECT COLUMNS(lambda c: getvariable(c)) FROM rows", "FROM unnest(read_text('x'))",
    "FROM range((SELECT count(*) FROM duckdb_settings()))", "VALUES (read_text('x'))",
    "FROM rows USING SAMPLE 10%", "FROM rows TABLESAMPLE 10 ROWS", "FROM rows AT (VERSION => 1)",
    "FROM upper('x')", "FROM rows, lower(rows.name)", "FROM sum(1)",
    "PIVOT rows ON name IN my_enum USING sum(id)", "FROM rows PIVOT (sum(id) FOR name IN my_enum)",
    "SELECT id::main.varchar FROM rows", "SELECT CAST(id AS system.main.INTEGER) FROM rows",
    "FROM rows PIVOT (sum(id) FOR name IN (SELECT 'a'))", "SELECT ?", "SELECT $1", "SELECT #1 FROM rows",
    "FROM rows) a, (FROM rows", "SELECT 1) --", "SELECT 1 /*", "", ";", "\0", "SELECT '\ud800'",
    "SELECT " + "(" * 40_000, "SELECT 1" + " UNION SELECT 1" * 4_000, "SELECT '" + "x" * 60_000 + "'",
    "FROM (" * 300 + "rows" + ")" * 300,
]  # fmt: skip

TYPE_NAMES = [
    "INTEGER) -- ", "INTEGER -- x", "INTEGER /* x */", "INTEGER) + (1", "INTEGER), (1", "main.foo",
    "INTEGER) AS x, CAST(1 AS INTEGER", "(SELECT 1)", "foo", "", "\0", "INTEGER[100000]", "\ud800",
    "INTEGER); DROP TABLE x", "DECIMAL(1+1)", "VARCHAR) FROM 'x' WHERE (true", "("*500,
]  # fmt: skip


def test_there_are_many_cases():
    assert len(set(EXPRESSIONS)) > 180
    assert len(set(QUERIES)) > 90


@pytest.mark.parametrize("text", EXPRESSIONS, ids=lambda text: ascii(text[:40]))
def test_expression_is_refused(text):
    with pytest.raises(InvalidExpression) as caught:
        guard_expression(text)
    assert caught.value.what
    assert len(str(caught.value)) < 1_000
    str(caught.value).encode()


@pytest.mark.parametrize("text", QUERIES, ids=lambda text: ascii(text[:40]))
def test_query_is_refused(text):
    with pytest.raises(InvalidExpression) as caught:
        guard_query(text, ["rows"])
    assert caught.value.what
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize("text", TYPE_NAMES, ids=lambda text: ascii(text[:40]))
def test_type_is_refused(text):
    with pytest.raises(InvalidExpression):
        guard_type(text)


@pytest.mark.parametrize("text", [None, 1, b"id", ["id"]], ids=repr)
def test_other_values_are_refused(text):
    with pytest.raises(InvalidExpression):
        guard_expression(text)
    with pytest.raises(InvalidExpression):
        guard_query(text, [])
