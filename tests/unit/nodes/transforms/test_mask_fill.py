import pytest


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("mail", "ada@x.org", "a***@x.org"),
        ("mail", "ö@x@y", "ö***@x@y"),
        ("mail", "@x.org", "***"),
        ("card", "4111111111111111", "**** **** **** 1111"),
        ("card", "41111111111", "***"),
        ("phone", "+436601234567", "+43***67"),
        ("name", "Ödön", "Ö***"),
        ("name", "", "***"),
        ("iban", "DE89370400440532013000", "DE** **** 3000"),
        ("redact", "anything", "***"),
        ("keep_last", "abcdef", "***cdef"),
        ("keep_last", "abcd", "***"),
    ],
)
def test_what_stays_readable(runner, kind, value, masked):
    node = runner.bind("mask", columns=[{"column": "v", "kind": kind}])
    rows = runner.rows(node, {"rows": f"SELECT '{value}' AS v UNION ALL SELECT NULL"})["rows"]
    assert rows == [(masked,), (None,)]


def test_a_column_is_masked_once(runner):
    node = runner.bind("mask", columns=[{"column": "v"}, {"column": "V", "kind": "name"}])
    assert runner.error(node, {"rows": "SELECT 'x' AS v"}).where.param == "columns.1.column"


def test_fill_computes_only_where_a_value_is_missing(runner):
    node = runner.bind("fill_missing", columns=[{"column": "v", "value": "CAST(w AS BIGINT)"}])
    found = runner.rows(
        node, {"rows": "SELECT 1::BIGINT AS v, 'bad' AS w UNION ALL SELECT NULL, 'bad'"}
    )
    assert found["rows"] == [(1, "bad")]
    assert found["rejected"][0][:4] == (None, "bad", "expression_failed", "v")


def test_fill_keeps_the_type(runner):
    node = runner.bind("fill_missing", columns=[{"column": "v", "value": "0"}])
    schemas = runner.infer(node, {"rows": "SELECT NULL::DECIMAL(9,2) AS v"})
    assert str(schemas["rows"].columns[0]) == "v DECIMAL(9,2)"


@pytest.mark.parametrize(
    ("columns", "place"),
    [
        ([{"column": "w", "value": "0"}], "columns.0.column"),
        ([{"column": "v", "value": "x"}], "columns.0.value"),
        ([{"column": "v", "value": "[1]"}], "columns.0.value"),
        ([], "columns"),
    ],
)
def test_fill_errors_name_their_field(runner, columns, place):
    node = runner.bind("fill_missing", columns=columns)
    assert runner.error(node, {"rows": "SELECT 1 AS v"}).where.param == place
