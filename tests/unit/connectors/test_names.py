"""Names in SQL, and which values a column takes."""

import pytest

from summit_studio.connectors.fitting import Standing, TargetColumn, check_fit
from summit_studio.connectors.names import Relation, TableName, is_query
from summit_studio.connectors.postgres.types import created_type as postgres_type
from summit_studio.connectors.relational import takes
from summit_studio.connectors.sqlite.types import canonical
from summit_studio.core.errors import ReadFailed, WriteFailed
from summit_studio.core.schema import Schema
from summit_studio.core.sql import quote_name


@pytest.mark.parametrize(
    ("text", "schema", "table"),
    [
        ("orders", None, "orders"), ("public.orders", "public", "orders"),
        ('"a.b"."c""d"', "a.b", 'c"d'), ('x."y z"', "x", "y z"), (" a . b ", "a", "b"),
    ],
)  # fmt: skip
def test_table_names_are_parsed_and_shown_alike(text, schema, table):
    name = TableName.parse(text)
    assert (name.schema, name.table) == (schema, table)
    assert TableName.parse(str(name)) == name


@pytest.mark.parametrize("text", ["", "a.b.c", "a.", ".a", '"a', 'a"b"', "  "])
def test_what_is_no_table_name_is_refused(text: str):
    with pytest.raises(ReadFailed) as caught:
        TableName.parse(text)
    assert caught.value.code == "table_name_invalid"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("SELECT 1", True), ("\n-- which\n/* a */ (select 1)", True),
        ("with a as (x) table a", True),
        ("values(1)", True), ("FROM t", True), ("orders", False), ("selection", False),
        ("select", False), ("public.values", False), ('"SELECT x"', False),
    ],
)  # fmt: skip
def test_a_query_is_told_from_a_table(text: str, query: bool):  # noqa: FBT001
    assert is_query(text) is query


def test_a_query_may_end_in_a_comment_or_a_semicolon():
    assert Relation.of("SELECT 1 -- one").sql == "(SELECT 1 -- one\n) AS summit_query"
    assert Relation.of("SELECT 1 ; ").query == "SELECT 1"
    with pytest.raises(ValueError, match="either"):
        Relation.one_of("t", "SELECT 1")
    assert quote_name('a"b') == '"a""b"'


@pytest.mark.parametrize(
    ("target", "given", "fits"),
    [
        ("BIGINT", "INTEGER", True), ("SMALLINT", "BIGINT", True), ("BIGINT", "DOUBLE", False),
        ("BIGINT", "VARCHAR", False), ("DOUBLE", "DECIMAL(9,2)", True),
        ("DECIMAL(9,2)", "DOUBLE", False), ("DECIMAL(9,2)", "DECIMAL(18,2)", True),
        ("DECIMAL(9,2)", "DECIMAL(9,3)", False), ("DECIMAL", "DECIMAL(38,30)", True),
        ("DECIMAL", "DOUBLE", True), ("VARCHAR", "BIGINT", False), ("VARCHAR", "UUID", True),
        ("UUID", "VARCHAR", True), ("JSON", "STRUCT(a BIGINT)", True), ("DATE", "TIMESTAMP", False),
        ("TIMESTAMP", "DATE", True), ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", False),
        ("BIGINT[]", "INTEGER[]", True), ("BIGINT[]", "BIGINT", False),
        ("BIGINT", "BIGINT[]", False),
        ("ANY", "BLOB", True), ("BOOLEAN", "BIGINT", False),
    ],
)  # fmt: skip
def test_a_column_takes_only_what_it_keeps(target: str, given: str, fits: bool):  # noqa: FBT001
    assert takes(target, given) is fits


def test_fit_returns_the_names_of_the_table_and_lists_every_fault():
    table = TableName.parse("t")
    columns = [TargetColumn("ID", "BIGINT"), TargetColumn("d", "DATE", nullable=False)]
    target = Standing(table, columns)
    assert check_fit(table, Schema.of({"id": "BIGINT", "D": "DATE"}), target) == ["ID", "d"]
    with pytest.raises(WriteFailed) as caught:
        check_fit(table, Schema.of({"id": "VARCHAR", "ix": "BIGINT"}), target)
    assert caught.value.why.count(";") == 2


@pytest.mark.parametrize(
    ("declared", "type_name"),
    [
        ("int", "BIGINT"), ("VARCHAR(20)", "VARCHAR"), ("decimal(10, 2)", "DECIMAL(10,2)"),
        ("NUMERIC", "DOUBLE"), ("numeric(9)", "DECIMAL(9,0)"), ("timestamp with time zone",
         "TIMESTAMP WITH TIME ZONE"), ("datetime", "TIMESTAMP"), ("date", "DATE"),
        ("double precision", "DOUBLE"), ("point", "BIGINT"), ("", None), ("bool", "BOOLEAN"),
    ],
)  # fmt: skip
def test_sqlite_declarations_have_a_type(declared: str, type_name: str | None):
    # Of `point` SQLite itself sees the INT in it; so do we.
    assert canonical(declared) == type_name


def test_postgres_declarations():
    assert postgres_type("DECIMAL(9,2)[]") == "numeric(9,2)[]"
    assert postgres_type("TIMESTAMP WITH TIME ZONE") == "timestamp with time zone"
    assert postgres_type("ENUM('a')") == "text"
