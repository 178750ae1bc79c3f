"""A rejected row says where it came from, however many nodes later it fails."""

import json
import re
import sqlite3
from collections import Counter
from contextlib import closing

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit
from summit_studio.core.events import BatchProcessed
from summit_studio.formats.excel.cells import sample_workbook
from summit_studio.workspace.trust import trust

ORDERS = (
    "Orders of the year\n"
    ";;\n"
    "id;amount;note\n"
    "1;10;plain\n"
    '2;20;"two\nlines"\n'
    "\n"
    "3;thirty;wrong\n"
    '4;40;"three\n\nlines"\n'
    "5;50;plain\n"
    "5;55;twice\n"
    "6;60;plain\n"
    "7;-70;below\n"
)


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    return summit.Pipeline("sources", folder=tmp_path)


def bad(made, handle, name="bad.jsonl"):
    """Connect a rejected port to a file, and return what reads it back after the run."""
    handle["rejected"].to("jsonl_sink", name.partition(".")[0], path=name)

    def read():
        text = (made.folder / name).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    return read


def read_back(folder, source):
    """Return the line of a file that a `reject_source` names."""
    file, number = re.fullmatch(r"(.+), line (\d+)", source).groups()
    return (folder / file).read_text(encoding="utf-8").split("\n")[int(number) - 1]


def shop(folder):
    with closing(sqlite3.connect(folder / "shop.db")) as con:
        con.executescript(
            "CREATE TABLE target (id BIGINT PRIMARY KEY, amount BIGINT CHECK (amount > 0));"
            "CREATE TABLE customers (id BIGINT PRIMARY KEY, v TEXT);"
            "INSERT INTO customers VALUES (10, '1'), (20, '2'), (30, 'x'), (40, '4');"
        )
    (folder / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')


UNLIKE = "CAST(CASE WHEN id % 10 = 3 THEN 'x' || id ELSE '1' END AS BIGINT) = 1"
"""Cannot be computed of ids that end with 3."""

CAST = [{"name": "amount", "expression": "CAST(amount AS BIGINT)"}]


def test_the_line_of_a_csv_reaches_every_rejected_port(made, tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "more.csv").write_text("id;amount;note\n8;80;more\n9;90;more\n9;91;again\n")
    (tmp_path / "names.csv").write_text("id,name\n" + "".join(f"{i},n{i}\n" for i in range(1, 9)))
    shop(tmp_path)
    columns = [{"name": n, "type": "VARCHAR"} for n in ("id", "amount", "note")]
    first = made.add("csv_source", path="orders.csv", columns=columns, delimiter=";")
    more = made.add("csv_source", path="more.csv", columns=columns, delimiter=";")
    names = made.add("csv_source", path="names.csv")
    derived = first.to("filter", condition="id <> '0'").to("derive", columns=CAST)
    unlike = bad(made, derived, "unlike.jsonl")
    both = made.add("union", rows=[derived, more.to("derive", columns=CAST)])
    ordered = both.to("sort", columns=[{"column": "amount", "direction": "descending"}])
    cast = ordered.to(
        "select_columns",
        columns=[{"column": "id", "type": "BIGINT"}, {"column": "amount"}, {"column": "note"}],
    )
    joined = made.add(
        "join",
        left=cast,
        right=names,
        how="left",
        keys=[{"left": "id", "right": "id"}],
    )
    named = {"id": "named", "kind": "not_null", "column": "name", "action": "reject"}
    ruled = joined.to("rules", rules=[named])
    nameless = bad(made, ruled, "nameless.jsonl")
    chosen = ruled.to("select_columns", columns=[{"column": "id"}, {"column": "amount"}])
    sink = chosen.to("table_sink", connection="shop", table="target")
    refused = bad(made, sink, "refused.jsonl")
    made.run().raise_for_status()
    assert [(r["id"], r["reject_source"]) for r in unlike()] == [("3", "orders.csv, line 8")]
    assert {(r["amount"], r["reject_source"]) for r in nameless()} == {
        (90, "more.csv, line 3"),
        (91, "more.csv, line 4"),
    }
    assert {(r["id"], r["reject_source"]) for r in refused()} == {
        (5, "orders.csv, line 12"),
        (7, "orders.csv, line 15"),
    }
    for row in [*unlike(), *nameless(), *refused()]:
        line = read_back(tmp_path, row["reject_source"])
        assert line.startswith(f"{row['id']};{row['amount']};")


def test_json_lines_and_documents(made, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n\n{"id": 3}\n{"id": "x"}\n{"id": 13}\n')
    (tmp_path / "b.json").write_text('[\n {"id": 2},\n {"id": 23}, {"id": 33,\n"x": 1}\n]\n')
    columns = [{"name": "id", "type": "BIGINT"}]
    for name in ("a.jsonl", "b.json"):
        source = made.add("json_source", path=name, columns=columns)
        source["rejected"].to("jsonl_sink", path=f"raw-{name}l")
        read = bad(made, source.to("filter", condition=UNLIKE), f"{name[0]}-bad.jsonl")
        source.to("jsonl_sink", path=f"all-{name}l")
        made.run().raise_for_status()
        for row in read():
            assert str(row["id"]) in read_back(tmp_path, row["reject_source"])
        assert [row["id"] for row in read()] == ([3, 13] if name == "a.jsonl" else [23, 33])
    (raw,) = [json.loads(x) for x in (tmp_path / "raw-a.jsonll").read_text().splitlines()]
    assert (raw["line"], raw["reject_source"]) == (4, "a.jsonl, line 4")


def test_the_row_of_a_sheet(made, tmp_path):
    (tmp_path / "paid.xlsx").write_bytes(sample_workbook())
    columns = [{"name": "name"}, {"name": "amount", "type": "DECIMAL(12,2)"}]
    source = made.add("excel_source", path="paid.xlsx", sheet="Paid", columns=columns)
    raw = bad(made, source, "raw.jsonl")
    read = bad(made, source.to("filter", condition="CAST(name AS BIGINT) > 0"))
    made.run().raise_for_status()
    places = [f"paid.xlsx, sheet Paid, row {n}" for n in (2, 3, 4)]
    assert [r["reject_source"] for r in raw()] == places[1:2]
    assert [(r["name"], r["reject_source"]) for r in read()] == [
        ("Ada", places[0]),
        ("Alan", places[2]),
    ]


@pytest.mark.parametrize("batch_rows", [1000, 7])
def test_the_row_of_each_parquet_file(made, tmp_path, batch_rows):
    (tmp_path / "parts").mkdir()
    for part, first in enumerate((0, 100)):
        table = pa.table({"id": range(first, first + 40)})
        pq.write_table(table, tmp_path / "parts" / f"p{part}.parquet", row_group_size=20)
    made.configure(performance={"batch_rows": batch_rows})
    source = made.add("parquet_source", path="parts/*.parquet")
    read = bad(made, source.to("filter", condition=UNLIKE))
    made.run().raise_for_status()
    assert [(r["id"], r["reject_source"]) for r in read()] == [
        (base + n, f"parts/p{part}.parquet, row {n + 1}")
        for part, base in enumerate((0, 100))
        for n in (3, 13, 23, 33)
    ]


def test_the_row_of_a_result(made, tmp_path):
    shop(tmp_path)
    columns = {"connection": "shop", "table": "customers"}
    cast = [{"name": "v", "expression": "CAST(v AS BIGINT)"}]
    read = bad(made, made.add("table_source", **columns).to("derive", columns=cast), "t.jsonl")
    query = "SELECT * FROM customers ORDER BY id DESC"
    asked = made.add("query_source", connection="shop", query=query)
    other = bad(made, asked.to("derive", columns=cast), "q.jsonl")
    made.run().raise_for_status()
    assert [r["reject_source"] for r in read()] == ["customers of shop, row 3"]
    assert [r["reject_source"] for r in other()] == ["query of shop, row 2"]


def test_rows_that_do_not_fit_count_in_a_result(made, tmp_path):
    with closing(sqlite3.connect(tmp_path / "odd.db")) as con:
        con.executescript(
            "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1), ('many'), (3), (4), (13);"
        )
    (tmp_path / "connections.toml").write_text('[odd]\nkind = "sqlite"\npath = "odd.db"\n')
    source = made.add("table_source", connection="odd", table="t")
    raw = bad(made, source, "raw.jsonl")
    read = bad(made, source.to("filter", condition=UNLIKE.replace("id", "n")))
    made.run().raise_for_status()
    assert [r["reject_source"] for r in raw()] == ["t of odd, row 2"]
    assert [(r["n"], r["reject_source"]) for r in read()] == [
        (3, "t of odd, row 3"),
        (13, "t of odd, row 5"),
    ]


CODE = """
def process(rows):
    assert rows.column_names == ["id"]
    if any(value % 10 == 3 for value in rows["id"].to_pylist()):
        raise ValueError("a three")
    return rows
"""


def test_code_never_sees_it_and_its_rejects_have_it(made, tmp_path):
    trust(tmp_path)
    (tmp_path / "in.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(1, 16)))
    code = made.add("csv_source", path="in.csv").to("python", code=CODE, frame="arrow")
    read = bad(made, code)
    after = code.to("filter", condition=UNLIKE.replace("= 3", "= 5"))
    later = bad(made, after, "later.jsonl")
    made.run().raise_for_status()
    assert [(r["id"], r["reject_source"]) for r in read()] == [
        (3, "in.csv, line 4"),
        (13, "in.csv, line 14"),
    ]
    # What code returns are rows of its own making.
    assert [(r["id"], r["reject_source"]) for r in later()] == [(5, None), (15, None)]


def test_what_is_rejected_again_keeps_it(made, tmp_path):
    shop(tmp_path)
    (tmp_path / "in.csv").write_text("id,amount\n1,2\n2,x\n3,-4\n4,y\n")
    source = made.add("csv_source", path="in.csv", columns=[
        {"name": "id", "type": "BIGINT"}, {"name": "amount", "type": "VARCHAR"},
    ])  # fmt: skip
    derived = source.to("derive", columns=CAST)
    derived.to("csv_sink", path="good.csv")
    again = derived["rejected"].to("derive", columns=CAST)
    read = bad(made, again)
    mended = [{"name": "amount", "expression": "-1"}, {"name": "id", "expression": "id"}]
    chosen = derived["rejected"].to("derive", columns=mended)
    short = chosen.to("select_columns", columns=[
        {"column": "id"}, {"column": "amount"}, {"column": "reject_source", "name": "place"},
    ])  # fmt: skip
    short.to("jsonl_sink", path="short.jsonl")
    made.run().raise_for_status()
    assert [r["reject_source"] for r in read()] == ["in.csv, line 3", "in.csv, line 5"]
    assert "in.csv, line 5" in (tmp_path / "short.jsonl").read_text()


@pytest.mark.parametrize("verify", ["counts", "content"])
def test_a_batch_of_many_parts_is_refused_row_by_row(made, tmp_path, verify):
    """A value that does not fit has its neighbours read in parts, which come to a table so."""
    with closing(sqlite3.connect(tmp_path / "shop.db")) as con:
        con.execute("CREATE TABLE target (id BIGINT CHECK (id % 30 <> 3), t TIMESTAMP)")
    (tmp_path / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')
    times = pa.array([1000 + (n == 50) for n in range(100)], pa.timestamp("ns"))
    pq.write_table(pa.table({"id": range(100), "t": times}), tmp_path / "in.parquet")
    source = made.add("parquet_source", path="in.parquet")
    raw = bad(made, source, "raw.jsonl")
    read = bad(made, source.to("table_sink", "out", connection="shop", table="target"))
    made.configure(verify=verify)
    result = made.run().raise_for_status()
    assert result.ledger["out"].rows_out == {"written": 95}
    assert [r["reject_source"] for r in raw()] == ["in.parquet, row 51"]
    assert [(r["id"], r["reject_source"]) for r in read()] == [
        (n, f"in.parquet, row {n + 1}") for n in (3, 33, 63, 93)
    ]
    with closing(sqlite3.connect(tmp_path / "shop.db")) as con:
        assert con.execute("SELECT count(*) FROM target").fetchall() == [(95,)]


def test_groups_come_from_nowhere_and_lookups_from_their_row(made, tmp_path):
    (tmp_path / "in.csv").write_text("id,k\n1,a\n2,a\n3,b\n")
    (tmp_path / "k.csv").write_text("k,name\na,A\n")
    source, table = made.add("csv_source", path="in.csv"), made.add("csv_source", path="k.csv")
    sums = source.to("aggregate", group_by=["k"], measures=[
        {"name": "id", "function": "sum", "expression": "CASE WHEN id = 2 THEN CAST(k AS INT) END"},
    ])  # fmt: skip
    unmeasured = bad(made, sums, "unmeasured.jsonl")
    late = bad(made, sums.to("filter", condition="CAST(k AS BIGINT) > 1"), "late.jsonl")
    found = made.add("lookup", rows=source, table=table, unmatched="reject", keys=[
        {"column": "k", "table_column": "k"},
    ])  # fmt: skip
    unmatched = bad(made, found, "unmatched.jsonl")
    made.run().raise_for_status()
    assert [r["reject_source"] for r in unmeasured()] == ["in.csv, line 3"]
    assert {r["reject_source"] for r in late()} == {None}
    assert [r["reject_source"] for r in unmatched()] == ["in.csv, line 4"]


@pytest.mark.parametrize("match", ["name", "position"])
def test_a_union_of_rows_with_and_without_a_place(made, tmp_path, match):
    (tmp_path / "in.csv").write_text("k,id\na,1\nb,3\n")
    placed = made.add("csv_source", path="in.csv")
    counted = placed.to("sql", query="SELECT * FROM input")
    both = made.add("union", rows=[counted, placed, counted.to("limit", rows=2)], match=match)
    read = bad(made, both.to("filter", condition=UNLIKE))
    made.run().raise_for_status()
    assert [r["id"] for r in read()] == [3, 3, 3]
    assert [r["reject_source"] for r in read()] == [None, "in.csv, line 3", None]


def test_equal_rows_of_several_lines_are_still_equal(made, tmp_path):
    (tmp_path / "in.csv").write_text("id\n3\n3\n4\n3\n")
    unique = made.add("csv_source", path="in.csv").to("deduplicate", keep="last")
    read = bad(made, unique.to("filter", condition=UNLIKE))
    double = bad(made, unique["duplicates"].to("filter", condition=UNLIKE), "double.jsonl")
    made.run().raise_for_status()
    assert [r["reject_source"] for r in read()] == ["in.csv, line 5"]
    assert [r["reject_source"] for r in double()] == ["in.csv, line 2", "in.csv, line 3"]


def test_nothing_is_carried_where_nobody_reads_rejected_rows(made, tmp_path):
    """The rows that move have their own columns, eight bytes a value, and no more."""
    (tmp_path / "in.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(1000)))
    source = made.add("csv_source", "in", path="in.csv")
    kept = source.to("filter", "kept", condition="id >= 0")
    kept.to("sort", "sorted", columns=[{"column": "id"}]).to("jsonl_sink", path="out.jsonl")
    source["rejected"].to("jsonl_sink", path="raw.jsonl")

    def values_a_row():
        seen = Counter()

        def note(event):
            if isinstance(event, BatchProcessed):
                seen[event.node_id] += event.bytes_out

        made.run(on=note).raise_for_status()
        # Beside eight bytes a value there may be a bit a value that says that it is there.
        return [seen[name] // 8000 for name in ("in", "kept", "sorted")]

    assert values_a_row() == [1, 1, 1]
    kept["rejected"].to("jsonl_sink", path="bad.jsonl")
    assert values_a_row() == [2, 1, 1]


def test_a_preview_of_rejected_rows_says_it_and_others_do_not_show_it(made, tmp_path):
    (tmp_path / "in.csv").write_text("id\n1\n3\n")
    kept = made.add("csv_source", path="in.csv").to("filter", condition=UNLIKE)
    read = bad(made, kept.to("sort", columns=[{"column": "id"}]).to("derive", columns=[
        {"name": "x", "expression": "CAST('x' || id AS BIGINT)"},
    ]))  # fmt: skip
    preview = kept["rejected"].preview()
    assert preview.to_arrow().column("reject_source").to_pylist() == ["in.csv, line 3"]
    assert kept.preview().to_arrow().column_names == ["id"]
    kept["rejected"].to("csv_sink", path="other.csv")
    made.run().raise_for_status()
    assert [r["reject_source"] for r in read()] == ["in.csv, line 2"]
