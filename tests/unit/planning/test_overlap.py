"""A sink that writes what the run reads is a warning that names both."""

import pytest

from summit_studio.core.problems import Severity
from summit_studio.engine.design import design_context
from summit_studio.nodes.targets import fits, tables_in
from summit_studio.planning.check import check
from summit_studio.workspace.connections import Connection
from summit_studio.workspace.workspace import Workspace

LITE = {"kind": "sqlite", "path": "shop.db"}
PG = {"kind": "postgres", "host": "db", "database": "shop"}
CONNECTIONS = {
    name: Connection(name=name, **fields)
    for name, fields in {
        "lite": LITE, "same": LITE | {"path": "./sub/../shop.db"}, "other": LITE | {"path": "o.db"},
        "pg": PG, "pg2": PG | {"database": "other"},
    }.items()
}  # fmt: skip


def read(path, kind="csv_source"):
    return (kind, {"path": path})


def write(path, kind="csv_sink", **more):
    return (kind, {"path": path, **more})


def table(connection, name):
    return ("table_source", {"connection": connection, "table": name})


def query(connection, text):
    return ("query_source", {"connection": connection, "query": text})


def into(connection, name):
    return ("table_sink", {"connection": connection, "table": name})


@pytest.fixture
def warned(tmp_path, catalogue, draw):
    (tmp_path / "data").mkdir()
    for name in ("a.csv", "data/b.csv", "data/c.csv"):
        (tmp_path / name).write_text("id\n1\n")
    (tmp_path / "link.csv").symlink_to("a.csv")
    workspace = Workspace(tmp_path, CONNECTIONS, trusted=True)

    def look(source, sink):
        doc = draw({"source": source, "sink": sink}, "source.rows -> sink.rows")
        found = check(doc, catalogue, design_context(workspace, probe=False)).problems
        return [p for p in found if p.code == "output_is_input"]

    return look


SAME = [
    (read("a.csv"), write("a.csv")),
    (read("a.csv"), write("./data/../a.csv")),
    (read("link.csv"), write("a.csv")),
    (read("data/*.csv"), write("data/b.csv")),
    (read("data/*.csv"), write("data/new.csv")),
    (read("**/*.csv"), write("data/deep/new.csv")),
    (read("*.json", "json_source"), write("out.json", "jsonl_sink")),
    (read("data", "parquet_source"), write("data/new.parquet", "parquet_sink")),
    (read("data", "parquet_source"), write("data/parts", "parquet_sink", partition_by=["id"])),
    (read("data/parts/*/x.parquet", "parquet_source"),
     write("data/parts", "parquet_sink", partition_by=["id"])),
    (table("lite", "orders"), into("lite", "orders")),
    (table("lite", "orders"), into("same", "main.Orders")),
    (table("pg", "orders"), into("pg", "public.orders")),
    (query("lite", "SELECT id FROM customers JOIN orders USING (id)"), into("lite", "orders")),
    (query("pg", 'SELECT * FROM a, "public"."orders"'), into("pg", "orders")),
]  # fmt: skip


@pytest.mark.parametrize(("source", "sink"), SAME, ids=lambda n: " ".join(map(str, n[1].values())))
def test_what_is_read_and_written_is_said_with_both_names(warned, source, sink):
    (problem,) = warned(source, sink)
    assert problem.severity is Severity.WARNING
    assert "(sink)" in problem.what
    assert "(source)" in problem.what
    assert problem.where.node_id == "sink"


APART = [
    (read("a.csv"), write("b.csv")),
    (read("a.csv"), write("data/a.csv")),
    (read("data/*.csv"), write("data/new.tsv")),
    (read("data/*.csv"), write("data/deep/new.csv")),
    (read("data/*.csv"), write("data/.new.csv")),
    (read("data", "parquet_source"), write("data/new.csv")),
    (read(""), write("")),
    (read("a\0.csv"), write("a\0.csv")),
    (table("lite", "orders"), into("lite", "orders_out")),
    (table("lite", "orders"), into("other", "orders")),
    (table("pg", "orders"), into("pg2", "orders")),
    (table("pg", "sales.orders"), into("pg", "orders")),
    (table("pg", "Orders"), into("pg", "orders")),
    (table("gone", "orders"), into("gone", "orders")),
    (table("lite", "a.b.c"), into("lite", "a.b.c")),
    (query("lite", "SELECT orders FROM customers"), into("lite", "orders")),
    (table("lite", "orders"), write("orders")),
    (read("a.csv"), ("preview_sink", {})),
]


@pytest.mark.parametrize(("source", "sink"), APART, ids=str)
def test_what_is_apart_needs_no_word(warned, source, sink):
    assert warned(source, sink) == []


def test_patterns_and_tables_of_queries():
    assert fits(["a", "b", "c.csv"], ["**", "*.csv"])
    assert fits(["c.csv"], ["**", "*.csv"])
    assert not fits(["a", "c.csv"], ["*.csv"])
    assert [*tables_in('WITH x AS (SELECT 1) SELECT * FROM x -- FROM y\nJOIN "s"."t", u')] == [
        "x", '"s"."t"', "u",
    ]  # fmt: skip
