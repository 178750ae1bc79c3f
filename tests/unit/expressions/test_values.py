# ruff: noqa: E501 - cases read best side by side; naive times are meant.
"""Every group of functions and the corners of the language, computed for real."""

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest

from summit_studio.core.schema import Schema
from summit_studio.expressions.check import check_expression
from summit_studio.expressions.connect import locked_connection
from summit_studio.expressions.functions import functions

D = Decimal
VALUES = {
    "Text": [
        ("upper('straße')", "STRAẞE"), ("lower('ÀB')", "àb"), ("trim('  a ')", "a"),
        ("trim(BOTH 'x' FROM 'xax')", "a"), ("length('né')", 2), ("strlen('né')", 3),
        ("left('abc', 2)", "ab"), ("right('abc', 2)", "bc"), ("substring('abc', 2, 1)", "b"),
        ("substring('abc' FROM 2 FOR 1)", "b"), ("replace('aba', 'a', 'x')", "xbx"),
        ("concat('a', NULL, 1)", "a1"), ("'a' || NULL", None), ("concat_ws('-', 'a', NULL, 'b')", "a-b"),
        ("split_part('a,b', ',', 2)", "b"), ("string_split('a b', ' ')", ["a", "b"]),
        ("contains('abc', 'b')", True), ("starts_with('abc', 'ab')", True), ("strpos('abc', 'x')", 0),
        ("position('c' IN 'abc')", 3), ("lpad('7', 3, '0')", "007"), ("rpad('7', 3, '.')", "7.."),
        ("format('{:>5}|{}', 'a', 2)", "    a|2"), ("printf('%05.2f', 1.5)", "01.50"),
        ("strip_accents('é')", "e"), ("levenshtein('kitten', 'sitting')", 3), ("chr(8364)", "€"),
        ("'abc' LIKE 'a%'", True), ("'a_c' LIKE 'a!_c' ESCAPE '!'", True), ("'ABC' ILIKE 'a%'", True),
        ("'abc' NOT LIKE 'a%'", False), ("'abc' GLOB 'a*'", True), ("'a' < 'B' COLLATE NOCASE", True),
        ("'abc'[2]", "b"), ("'abc'[2:]", "bc"), ("reverse('añ')", "ña"), ("length_grapheme('👩‍👩‍👧')", 1),
    ],
    "Regular expressions": [
        ("regexp_matches('ab12', '[0-9]+')", True), ("regexp_full_match('ab12', '[0-9]+')", False),
        ("regexp_extract('ab12', '([a-z]+)([0-9]+)', 2)", "12"), ("'ab12' SIMILAR TO '[a-z]+[0-9]+'", True),
        ("regexp_replace('a1b2', '[0-9]', '', 'g')", "ab"), ("regexp_extract_all('a1b2', '[0-9]')", ["1", "2"]),
        ("regexp_replace('John Doe', '(\\w+) (\\w+)', '\\2 \\1')", "Doe John"), ("'ab' ~ 'a.'", True),
        ("regexp_split_to_array('a, b', ',\\s*')", ["a", "b"]), ("regexp_escape('a.b')", "a\\.b"),
    ],
    "Numbers": [
        ("7 // 2", 3), ("-7 // 2", -3), ("7 / 2", 3.5), ("7 % 3", 1), ("-7 % 3", -1), ("2 ** 10", 1024.0),
        ("1 / 0.0", math.inf), ("round(2.5)", D(3)), ("round(-2.5)", D(-3)), ("round(2.345, 2)", D("2.35")),
        ("round_even(2.5, 0)", 2.0), ("ceil(1.2)", D(2)), ("floor(-1.2)", D(-2)), ("trunc(-1.7)", D(-1)),
        ("abs(-3)", 3), ("sign(-3)", -1), ("mod(7, 3)", 1), ("power(2, 3)", 8.0), ("sqrt(16)", 4.0),
        ("exp(0)", 1.0), ("ln(1)", 0.0), ("log(100)", 2.0), ("greatest(1, NULL, 3)", 3), ("least(2, 1)", 1),
        ("gcd(12, 18)", 6), ("factorial(5)", 120), ("5!", 120), ("round(pi(), 4)", 3.1416), ("0.1 + 0.2", D("0.3")),
        ("CAST(0.1 AS DOUBLE) + 0.2 = 0.3", False), ("isnan('NaN'::DOUBLE)", True), ("5 & 3", 1),
        ("1 << 4", 16), ("xor(5, 3)", 6), ("CAST('12.345' AS DECIMAL(10,2))", D("12.35")), ("'1e3'::DOUBLE", 1000.0),
        ("CAST(2.5 AS INTEGER)", 3), ("TRY_CAST('x' AS INTEGER)", None), ("TRY(1 // 0)", None),
        ("9223372036854775807 + 1.0", D("9223372036854775808.0")), ("@(-2)", 2), ("0 = -0.0", True),
    ],
    "Dates and times": [
        ("DATE '2024-02-28' + 2", date(2024, 3, 1)), ("DATE '2024-03-01' - DATE '2024-02-01'", 29),
        ("DATE '2024-01-31' + INTERVAL 1 MONTH", datetime(2024, 2, 29)), ("year(DATE '2024-05-06')", 2024),
        ("EXTRACT(month FROM DATE '2024-05-06')", 5), ("isodow(DATE '2024-05-06')", 1), ("week(DATE '2021-01-01')", 53),
        ("date_trunc('month', DATE '2024-05-06')", datetime(2024, 5, 1)), ("last_day(DATE '2024-02-01')", date(2024, 2, 29)),
        ("date_diff('month', DATE '2024-01-31', DATE '2024-02-01')", 1), ("dayname(DATE '2024-05-06')", "Monday"),
        ("date_sub('month', DATE '2024-01-31', DATE '2024-02-01')", 0), ("make_date(2024, 5, 6)", date(2024, 5, 6)),
        ("strftime(DATE '2024-05-06', '%d.%m.%Y')", "06.05.2024"), ("strptime('06.05.2024', '%d.%m.%Y')", datetime(2024, 5, 6)),
        ("try_strptime('x', '%d')", None), ("epoch(TIMESTAMP '1970-01-02 00:00:00')", 86400.0),
        ("epoch_ms(86400000)", datetime(1970, 1, 2)), ("to_days(2)", timedelta(days=2)), ("INTERVAL 90 MINUTE", timedelta(minutes=90)),
        ("CAST(TIMESTAMPTZ '2024-07-01 12:00:00+02' AS VARCHAR)", "2024-07-01 10:00:00+00"),
        ("TIMESTAMPTZ '2024-07-01 12:00:00Z' AT TIME ZONE 'Europe/Berlin'", datetime(2024, 7, 1, 14)),
        ("CAST(TIMESTAMP '2024-03-31 02:30:00' AT TIME ZONE 'Europe/Berlin' AS VARCHAR)", "2024-03-31 01:30:00+00"),
        ("time_bucket(INTERVAL 1 HOUR, TIMESTAMP '2024-05-06 10:20:00')", datetime(2024, 5, 6, 10)),
        ("now() = current_timestamp", True), ("today() = current_date", True), ("TRY_CAST('2024-02-30' AS DATE)", None),
        ("current_date = CAST(now() AS DATE)", True), ("days_in_month(DATE '2023-02-01')", 28),
    ],
    "Conditions and nulls": [
        ("NULL = NULL", None), ("NULL IS NULL", True), ("NULL IS DISTINCT FROM 1", True), ("NULL AND false", False),
        ("NULL OR true", True), ("NOT NULL", None), ("1 IN (2, NULL)", None), ("1 NOT IN (2, 3)", True), ("2 IN [1, 2]", True),
        ("2 BETWEEN 1 AND 3", True), ("coalesce(NULL, 2)", 2), ("nullif(1, 1)", None), ("ifnull(NULL, 3)", 3), ("if(true, 'a', 'b')", "a"),
        ("CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", "b"), ("CASE 2 WHEN 2 THEN 'x' END", "x"), ("typeof(1.5)", "DECIMAL(2,1)"),
        ("'' IS NULL", False), ("true <> false", True), ("'a' IS NOT DISTINCT FROM 'a'", True), ("NULL::INTEGER + 1", None),
    ],
    "Lists": [
        ("[1, 2, 3]", [1, 2, 3]), ("list_transform([1, 2], lambda x: x + 1)", [2, 3]), ("[x * 2 FOR x IN [1, 2, 3] IF x > 1]", [4, 6]),
        ("list_filter([1, 2], lambda x: x > 1)", [2]), ("list_reduce([1, 2, 3], lambda a, b: a + b)", 6), ("list_contains([1], 2)", False),
        ("[1, 2, 3][2]", 2), ("[1, 2, 3][2:3]", [2, 3]), ("[1, 2, 3][-1]", 3), ("list_sum([1, 2])", 3), ("list_sort([2, 1])", [1, 2]),
        ("flatten([[1], [2]])", [1, 2]), ("len([1, 2])", 2), ("list_concat([1], [2])", [1, 2]), ("list_position(['a', 'b'], 'b')", 2),
        ("range(3)", [0, 1, 2]), ("generate_series(1, 3)", [1, 2, 3]), ("range(3, 0, -1)", [3, 2, 1]), ("array_to_string(['a', 'b'], '-')", "a-b"),
        ("list_aggregate([1, 2], 'sum')", 3), ("list_reverse([1, 2])", [2, 1]), ("[1, 2] @> [1]", True), ("[]", []),
    ],
    "Structs and maps": [
        ("{'a': 1, 'b': 'x'}", {"a": 1, "b": "x"}), ("{'a': {'b': 2}}.a.b", 2), ("struct_pack(a := 1).a", 1), ("{'a': 1}['a']", 1),
        ("struct_extract({'a': 1}, 'a')", 1), ("struct_insert({'a': 1}, b := 2)", {"a": 1, "b": 2}), ("row(1, 'a') = (1, 'a')", True),
        ("MAP {'a': 1}", {"a": 1}), ("MAP {'a': 1}['a']", 1), ("map_keys(MAP {'a': 1})", ["a"]), ("cardinality(MAP {'a': 1})", 1),
    ],
    "JSON": [
        ("'{\"a\": [1, 2]}'::JSON ->> '$.a[1]'", "2"), ("json_extract_string('{\"a\": \"x\"}', '$.a')", "x"), ("json_valid('{')", False),
        ("json_array_length('[1, 2]')", 2), ("json_keys('{\"a\": 1}')", ["a"]), ("CAST(json_object('a', 1) AS VARCHAR)", '{"a":1}'),
        ("CAST(json_extract('{\"a\": 1}', '$.a') AS INTEGER)", 1), ("CAST(to_json([1]) AS VARCHAR)", "[1]"), ("json_type('1.5')", "DOUBLE"),
        ("from_json('{\"a\": 1}', '{\"a\": \"INTEGER\"}')", {"a": 1}), ("('{\"a\": 7}'::JSON -> 'a') = '7'", True),
    ],
    "Hashes and encodings": [
        ("md5('a')", "0cc175b9c0f1b6a831c399e269772661"), ("sha256('')", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("hex('a')", "61"), ("base64(encode('é'))", "w6k="), ("decode(from_base64('w6k='))", "é"), ("x'ff'::BLOB", b"\xff"), ("to_base(255, 16)", "FF"),
        ("url_encode('a b')", "a%20b"), ("bit_length('a')", 8), ("parse_filename('a/b.csv')", "b.csv"),
    ],
    "Aggregates": [
        ("sum(n)", 6), ("avg(n)", 2.0), ("count(*)", 3), ("count(DISTINCT t)", 2), ("min(t)", "a"), ("max_by(t, n)", "b"), ("median(n)", 2.0),
        ("string_agg(t, ',' ORDER BY n)", "a,a,b"), ("list(n ORDER BY n DESC)", [3, 2, 1]), ("sum(n) FILTER (WHERE t = 'a')", 3),
        ("quantile_cont(n, 0.5)", 2.0), ("count_if(n > 1)", 2), ("bool_and(n > 0)", True), ("first(t ORDER BY n DESC)", "b"), ("stddev_samp(n)", 1.0),
        ("arg_min(t, n)", "a"), ("histogram(t)", {"a": 2, "b": 1}), ("weighted_avg(n, n)", 14 / 6), ("sum(NULL::INTEGER)", None),
    ],
    "Windows": [
        ("row_number() OVER (ORDER BY n DESC)", 3), ("lag(n) OVER (ORDER BY n)", None), ("lead(n, 1) OVER (ORDER BY n)", 2), ("rank() OVER (ORDER BY t)", 1),
        ("sum(n) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)", 1), ("ntile(3) OVER (ORDER BY n)", 1),
        ("first_value(n) OVER (PARTITION BY t ORDER BY n DESC)", 2), ("sum(n) OVER ()", 6), ("count(*) FILTER (WHERE n > 1) OVER ()", 2),
    ],
}  # fmt: skip
CASES = [case for cases in VALUES.values() for case in cases]
COLUMNS = Schema.of({"n": "INTEGER", "t": "VARCHAR"})


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    made = locked_connection()
    made.execute("CREATE TABLE rows AS FROM (VALUES (1, 'a'), (2, 'a'), (3, 'b')) t(n, t)")
    yield made
    made.close()


def test_every_group_has_cases():
    assert {f.group for f in functions().values()} == set(VALUES)
    assert len(CASES) > 200


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_value_and_type(con, binder, text, expected):
    named = check_expression(text, COLUMNS, binder)
    row = con.execute(
        f"SELECT v, typeof(v) FROM (SELECT n, (\n{text}\n) AS v FROM rows) ORDER BY n"
        if "OVER" in text
        else f"SELECT v, typeof(v) FROM (SELECT (\n{text}\n) AS v FROM rows)"
    ).fetchone()
    assert row is not None
    value, real = row
    if isinstance(expected, float):
        assert math.isclose(value, expected, rel_tol=1e-12)
    else:
        assert value == expected
        assert type(value) is type(expected)
    assert named == real.replace('"NULL"', "VARCHAR")
