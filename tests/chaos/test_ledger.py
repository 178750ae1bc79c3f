"""One row lost, or one doubled, at each seam of a run: the ledger sees it before anything shows.

Faults are put into the program where rows pass from one hand to the next; everything else is real.
"""

import dataclasses
import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit
from summit_studio.backends.local import blocking as blocking_query
from summit_studio.backends.local import building, following, heads
from summit_studio.backends.local.blocking import BlockingQuery
from summit_studio.backends.local.channel import Channel
from summit_studio.backends.local.rowwise import CompiledSegment
from summit_studio.connectors.duckdb.writer import DuckdbWriter
from summit_studio.connectors.sqlite.writer import SqliteWriter
from summit_studio.formats.csv.blocks import Splitter
from summit_studio.formats.excel import ooxml, sheet
from summit_studio.formats.json import text
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.parts.output import FileWriter
from summit_studio.nodes.sources import json_source
from summit_studio.stores.files import AtomicFile, AtomicFolder
from tests.unit.formats.excel.books import workbook

ROWS = 900
HOW = ("lost", "doubled")
CONNECTIONS = """[lite]
kind = "sqlite"
path = "lite.db"

[duck]
kind = "duckdb"
path = "duck.duckdb"
"""
Patch = pytest.MonkeyPatch


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Patch) -> Path:
    """Return a workspace with the same rows in every shape; its list of trusted folders is own."""
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    table = pa.table(
        {
            "id": list(range(ROWS)),
            "grp": [f"g{i % 7}" for i in range(ROWS)],
            "text": ['a "quote",\nand a line' if i % 50 == 0 else f"t{i}" for i in range(ROWS)],
        }
    )
    (tmp_path / "connections.toml").write_text(CONNECTIONS)
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=250)
    rows = [list(row.values()) for row in table.to_pylist()]
    (tmp_path / "in.xlsx").write_bytes(workbook({"Data": [table.column_names, *rows]}))
    with duckdb.connect(str(tmp_path / "duck.duckdb")) as con:
        con.register("given", table)
        con.execute("CREATE TABLE given_rows AS SELECT * FROM given")
        con.sql("FROM given").write_csv(str(tmp_path / "in.csv"))
        con.execute(f"COPY given TO '{tmp_path}/in.jsonl' (FORMAT json)")
    with closing(sqlite3.connect(tmp_path / "lite.db")) as con, con:
        con.execute("CREATE TABLE given_rows (id BIGINT, grp VARCHAR, text VARCHAR)")
        con.executemany("INSERT INTO given_rows VALUES (?, ?, ?)", zip(
            *(c.to_pylist() for c in table.columns), strict=True))  # fmt: skip
        con.execute("CREATE TABLE few (grp VARCHAR, name VARCHAR)")
        con.executemany("INSERT INTO few VALUES (?, ?)", [(f"g{i}", f"n{i}") for i in range(5)])
    return tmp_path


class Spoiler:
    """Loses or doubles the first row of one table, once; `when` says which tables may be it."""

    def __init__(self, how: str, when: Callable[[Any], bool] = lambda _table: True) -> None:
        self._how, self._when, self.done = how, when, False

    def __call__(self, table: Any) -> Any:
        if self.done or not table.num_rows or not self._when(table):
            return table
        self.done = True
        if self._how == "lost":
            return table.slice(1)
        if isinstance(table, pa.RecordBatch):
            twice = pa.Table.from_batches([table, table.slice(0, 1)]).combine_chunks()
            return twice.to_batches()[0]
        return pa.concat_tables([table, table.slice(0, 1)])


def spoilt(query: str, how: str) -> str:
    """Return a query that gives one row less or one more."""
    if how == "lost":
        return f"SELECT * FROM ({query}) OFFSET 1"
    return f"WITH q AS MATERIALIZED ({query}) (FROM q) UNION ALL (FROM q LIMIT 1)"


def pipeline(folder: Path) -> summit.Pipeline:
    return summit.Pipeline("seams", folder=folder)


def fails(made: summit.Pipeline, folder: Path, node: str | None = None) -> str:
    """Run, require that the ledger saw it and that nothing shows; return the message."""
    result = made.run()
    assert result.error is not None, "the fault was not noticed"
    assert result.error.code == "ledger_imbalance", str(result.error)
    assert not [p for p in folder.rglob("out*") if p.suffix != ".db"]
    if node is not None:
        assert result.error.where.node_id == node
    return str(result.error)


# --- sources --------------------------------------------------------------------------------------
SOURCES = {
    "csv": ("csv_source", {"path": "in.csv"}),
    "jsonl": ("json_source", {"path": "in.jsonl"}),
    "parquet": ("parquet_source", {"path": "in.parquet"}),
    "excel": ("excel_source", {"path": "in.xlsx"}),
    "sqlite": ("table_source", {"connection": "lite", "table": "given_rows"}),
    "duckdb": ("table_source", {"connection": "duck", "table": "given_rows"}),
    "sample": ("sample_source", {"rows": ROWS}),
}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("kind", SOURCES)
def test_source(folder, monkeypatch, kind, how):
    spoil, real = Spoiler(how), heads.conform
    monkeypatch.setattr(heads, "conform", lambda table, schema: spoil(real(table, schema)))
    made = pipeline(folder)
    type_id, params = SOURCES[kind]
    made.add(type_id, "source", **params).to("jsonl_sink", path="out.jsonl")
    fails(made, folder, "source")


def test_every_source_is_whole_without_a_fault(folder):
    for kind, (type_id, params) in SOURCES.items():
        made = pipeline(folder)
        made.add(type_id, "source", **params).to("jsonl_sink", "sink", path=f"out-{kind}.jsonl")
        result = made.run()
        result.raise_for_status()
        assert result.ledger["source"].counted == "counterpart", kind
        assert result.ledger["sink"].rows_out == {"written": ROWS}


@pytest.mark.parametrize("how", HOW)
def test_rows_of_a_sheet(folder, monkeypatch, how):
    real = sheet._table

    def table(path, name, grid, request):
        found = real(path, name, grid, request)
        rows = found.rows[1:] if how == "lost" else [found.rows[0], *found.rows]
        return dataclasses.replace(found, rows=rows)

    monkeypatch.setattr(sheet, "_table", table)
    made = pipeline(folder)
    made.add("excel_source", "source", path="in.xlsx").to("jsonl_sink", path="out.jsonl")
    fails(made, folder, "source")


@pytest.mark.parametrize("how", HOW)
def test_rows_told_apart_in_a_sheet(folder, monkeypatch, how):
    real = ooxml._SheetParser._row_end

    def row_end(self):
        if self._number == 400 and how == "lost":
            self._row.clear()
        elif self._number == 400:
            self._grid.rows[9_999] = dict(self._row)
        real(self)

    monkeypatch.setattr(ooxml._SheetParser, "_row_end", row_end)
    made = pipeline(folder)
    made.add("excel_source", "source", path="in.xlsx").to("jsonl_sink", path="out.jsonl")
    fails(made, folder, "source")


@pytest.mark.parametrize("how", HOW)
def test_decode(folder, monkeypatch, how):
    real = Splitter.blocks

    def blocks(self):
        for block in real(self):
            lines = block.data.splitlines(keepends=True)
            data = b"".join(lines[:5] + lines[5:6] * (0 if how == "lost" else 2) + lines[6:])
            yield dataclasses.replace(block, data=data)

    monkeypatch.setattr(Splitter, "blocks", blocks)
    made = pipeline(folder)
    made.add("csv_source", "source", path="in.csv").to("jsonl_sink", path="out.jsonl")
    fails(made, folder, "source")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    "seam", ["text", "line", "item", "pretty", "sequence", "list", "value", "inside"]
)
def test_records_of_json(folder, monkeypatch, seam, how):
    """From the text to its blocks, and from the texts of a block to its rows."""
    times = 0 if how == "lost" else 2

    def spoil(records):
        return [*records[:5], *records[5:6] * times, *records[6:]]

    lines = (folder / "in.jsonl").read_text().splitlines()
    contents = {
        "item": f"[{','.join(lines)}]",
        "pretty": "\n".join(json.dumps(json.loads(line), indent=1) for line in lines),
        "sequence": "".join(f"\x1e{line}\n" for line in lines),
        "list": json.dumps([list(json.loads(line).values()) for line in lines]),
        "value": json.dumps([json.loads(line)["id"] for line in lines]),
        "inside": f'{{"data": [{",".join(lines)}]}}',
    }
    params: dict[str, Any] = {"path": "in.jsonl"}
    if seam == "text":
        real_block = text._block
        monkeypatch.setattr(
            text,
            "_block",
            lambda line, data: real_block(line, b"".join(spoil(data.splitlines(keepends=True)))),
        )
    else:
        real = json_source.blocks

        def blocks(*args: Any):
            for block in real(*args):
                texts = spoil(block.texts) if len(block.texts) > 5 else block.texts
                yield dataclasses.replace(block, texts=texts)

        monkeypatch.setattr(json_source, "blocks", blocks)
    if seam in contents:
        params = {"path": "in.json", "records": "$.data[*]" if seam == "inside" else ""}
        (folder / "in.json").write_text(contents[seam])
    made = pipeline(folder)
    made.add("json_source", "source", **params).to("jsonl_sink", path="out.jsonl")
    fails(made, folder)


def test_blanks_that_json_does_not_know_are_rows_to_reject(folder):
    (folder / "odd.jsonl").write_bytes(b'{"id": 1}\n\x0c\n \t\r\n\n{"id": 2}\n\xa0\n')
    made = pipeline(folder)
    node = made.add("json_source", "source", path="odd.jsonl")
    node.to("jsonl_sink", path="out.jsonl")
    node["rejected"].to("jsonl_sink", path="out-rejected.jsonl")
    result = made.run()
    result.raise_for_status()
    assert result.ledger["source"].rows_in == {"read": 4}
    assert result.ledger["source"].rows_out == {"rows": 2}
    assert result.ledger["source"].rejected == 2


# --- row-wise nodes -------------------------------------------------------------------------------
ROWWISE: dict[str, dict[str, Any]] = {
    "filter": {"condition": "id % 3 <> 0"},
    "derive": {"columns": [{"name": "twice", "expression": "id * 2"}]},
    "select_columns": {"columns": [{"column": "id", "type": "VARCHAR"}]},
    "mask": {"columns": [{"column": "text"}]},
    "fill_missing": {"columns": [{"column": "text", "value": "'x'"}]},
    "rules": {"rules": [{"id": "r", "expression": "id % 3 <> 0", "action": "drop"}]},
}


def alter(monkeypatch: Patch, type_id: str, change: Callable[[Any], Any]) -> None:
    """Have a node type give another relation."""
    kind = Catalogue.load().get(type_id)
    real = kind.relation
    monkeypatch.setattr(kind, "relation", lambda self, inputs: change(real(self, inputs)))


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("type_id", ROWWISE)
def test_fast_segment(folder, monkeypatch, type_id, how):
    alter(monkeypatch, type_id, lambda r: dataclasses.replace(r, fast=spoilt(r.fast, how)))
    made = pipeline(folder)
    node = made.add("parquet_source", path="in.parquet").to(type_id, "node", **ROWWISE[type_id])
    node.to("jsonl_sink", path="out.jsonl")
    fails(made, folder, "node")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("type_id", ROWWISE)
def test_exact_segment(folder, monkeypatch, type_id, how):
    def change(relation):
        first = next(iter(relation.ports))
        ports = {**relation.ports, first: spoilt(relation.ports[first], how)}
        return dataclasses.replace(relation, ports=ports)

    alter(monkeypatch, type_id, change)
    monkeypatch.setattr(CompiledSegment, "_run_fused", CompiledSegment._run_exact)
    made = pipeline(folder)
    node = made.add("parquet_source", path="in.parquet").to(type_id, "node", **ROWWISE[type_id])
    node.to("jsonl_sink", path="out.jsonl")
    fails(made, folder, "node")


@pytest.mark.parametrize("how", HOW)
def test_channel(folder, monkeypatch, how):
    spoil, real = Spoiler(how), Channel.send
    monkeypatch.setattr(Channel, "send", lambda self, table: real(self, spoil(table)))
    made = pipeline(folder)
    made.add("csv_source", path="in.csv").to("jsonl_sink", "sink", path="out.jsonl")
    assert "was sent 900 rows and received" in fails(made, folder, "sink")


# --- nodes that see all rows ----------------------------------------------------------------------
KEYS = [{"left": "grp", "right": "grp"}]
BLOCKING: dict[str, tuple[str, dict[str, Any]]] = {
    "sort": ("sort", {"columns": [{"column": "id"}]}),
    "limit": ("limit", {"rows": 100, "skip": 10}),
    "deduplicate": ("deduplicate", {"keys": ["grp"]}),
    "aggregate": ("aggregate", {"group_by": ["grp"], "measures": [{"name": "n"}]}),
    "union": ("union", {}),
    "lookup": ("lookup", {"keys": [{"column": "grp", "table_column": "grp"}]}),
    **{
        f"join-{how}": ("join", {"how": how, "keys": KEYS})
        for how in ("inner", "left", "right", "full", "semi", "anti")
    },
}


STREAMED = ["lookup", "join-inner", "join-left", "join-semi", "join-anti"]
"""Those of them whose rows stream past a table."""


def blocking(folder: Path, name: str) -> summit.Pipeline:
    type_id, params = BLOCKING[name]
    made = pipeline(folder)
    source = made.add("parquet_source", "source", path="in.parquet")
    node = made.add(type_id, "node", **params)
    if type_id == "join":
        few = made.add("table_source", connection="lite", table="few")
        made.connect(source, node["left"])
        made.connect(few, node["right"])
    elif type_id == "lookup":
        made.connect(source, node["rows"])
        made.connect(made.add("table_source", connection="lite", table="few"), node["table"])
    else:
        made.connect(source, node["rows"])
    if type_id == "union":
        made.connect(made.add("csv_source", path="in.csv"), node["rows"])
    node.to("jsonl_sink", path="out.jsonl")
    return made


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", BLOCKING)
def test_blocking_node(folder, monkeypatch, name, how):
    def change(relation):
        first = next(iter(relation.ports))
        ports = {**relation.ports, first: spoilt(relation.ports[first], how)}
        return dataclasses.replace(relation, ports=ports)

    alter(monkeypatch, BLOCKING[name][0], change)
    fails(blocking(folder, name), folder, "node")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", [name for name in BLOCKING if name not in STREAMED])
def test_row_on_its_way_into_a_query(folder, monkeypatch, name, how):
    spoil, insert, stream = Spoiler(how), blocking_query._insert, BlockingQuery._streamed

    def spoilt_feed(feed):
        return lambda: (spoil(table) for table in feed())

    monkeypatch.setattr(
        blocking_query,
        "_insert",
        lambda con, table, schema, feed: insert(con, table, schema, spoilt_feed(feed)),
    )
    monkeypatch.setattr(
        BlockingQuery,
        "_streamed",
        lambda self, port, feed, schema: stream(self, port, spoilt_feed(feed), schema),
    )
    show = following._show
    monkeypatch.setattr(following, "_show", lambda con, at, rows: show(con, at, spoil(rows)))
    fails(blocking(folder, name), folder, "node")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", STREAMED)
@pytest.mark.parametrize("seam", ["_put", "_show"])
def test_row_on_its_way_into_a_table_or_past_it(folder, monkeypatch, name, seam, how):
    spoil, real = Spoiler(how), getattr(building, seam)
    monkeypatch.setattr(
        building, seam, lambda con, *where: real(con, *where[:-1], spoil(where[-1]))
    )
    fails(blocking(folder, name), folder, "node")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", ["aggregate", "deduplicate"])
def test_row_that_leaves_a_query_after_its_group_was_counted(folder, monkeypatch, name, how):
    spoil, real = Spoiler(how), blocking_query.conform
    monkeypatch.setattr(blocking_query, "conform", lambda table, schema: spoil(real(table, schema)))
    fails(blocking(folder, name), folder, "node")


def test_a_row_left_out_does_not_hide_one_that_came_twice(folder, monkeypatch):
    alter(monkeypatch, "filter", lambda r: dataclasses.replace(r, fast=spoilt(r.fast, "doubled")))
    made = pipeline(folder)
    node = made.add("csv_source", path="in.csv").to("filter", "node", condition="id <> 5")
    node.to("jsonl_sink", path="out.jsonl")
    fails(made, folder, "node")


@pytest.mark.parametrize("name", BLOCKING)
def test_blocking_nodes_balance_without_a_fault(folder, name):
    result = blocking(folder, name).run()
    result.raise_for_status()
    assert result.ledger["node"].counted == "counted twice"


# --- code -----------------------------------------------------------------------------------------
CODE = """
def process(rows):
    import pyarrow as pa
    if any(i in {3, 500} for i in rows.column("id").to_pylist()) and BAD:
        raise ValueError("bad row")
    return pa.table({"made": rows.column("id")})
"""


def code(folder: Path, *, bad: bool, whole: bool) -> summit.Pipeline:
    made = pipeline(folder)
    node = made.add("parquet_source", path="in.parquet").to(
        "python", "node", code=CODE.replace("BAD", str(bad)), frame="arrow",
        columns=[{"name": "made", "type": "BIGINT"}], whole=whole,
    )  # fmt: skip
    node.to("jsonl_sink", path="out.jsonl")
    if bad:
        node["rejected"].to("jsonl_sink", path="out-rejected.jsonl")
    return made


@pytest.fixture
def trusted(folder: Path) -> Path:
    from summit_studio.workspace.trust import trust

    trust(folder)
    return folder


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("whole", [False, True])
def test_code(trusted, monkeypatch, whole, how):
    spoil = Spoiler(how, lambda table: table.column_names == ["made"])
    real = heads.conform
    monkeypatch.setattr(heads, "conform", lambda table, schema: spoil(real(table, schema)))
    fails(code(trusted, bad=False, whole=whole), trusted, "node")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("side", ["passed", "rejected"])
def test_code_with_guilty_rows(trusted, monkeypatch, side, how):
    real = heads.find_guilty

    def find(batch, process, first):
        found = real(batch, process, first)
        if side == "passed":
            found.passed = Spoiler(how)(found.passed)
        elif how == "lost":
            found.rows.pop()
        else:
            found.rows.append(found.rows[-1])
        return found

    monkeypatch.setattr(heads, "find_guilty", find)
    fails(code(trusted, bad=True, whole=False), trusted, "node")


def test_code_balances_without_a_fault(trusted):
    result = code(trusted, bad=True, whole=False).run()
    result.raise_for_status()
    assert result.ledger["node"].rejected == 2
    assert result.ledger["node"].counted == "counted twice"


# --- sinks ----------------------------------------------------------------------------------------
FILES = {
    "csv": ("csv_sink", {"path": "out.csv"}),
    "csv-gzip": ("csv_sink", {"path": "out.csv.gz", "header": False}),
    "jsonl": ("jsonl_sink", {"path": "out.jsonl"}),
    "parquet": ("parquet_sink", {"path": "out.parquet"}),
    "partitioned": ("parquet_sink", {"path": "out", "partition_by": ["grp"]}),
}
TABLES = {
    "sqlite": ("table_sink", {"connection": "lite", "table": "made"}),
    "duckdb": ("table_sink", {"connection": "duck", "table": "made", "mode": "replace"}),
}


def written(folder: Path, name: str) -> summit.Pipeline:
    made = pipeline(folder)
    type_id, params = (FILES | TABLES)[name]
    made.add("parquet_source", path="in.parquet").to(type_id, "sink", **params)
    return made


def tables_of(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "lite.db")) as con:
        names = {row[0] for row in con.execute("SELECT name FROM sqlite_master")}
    with duckdb.connect(str(folder / "duck.duckdb"), read_only=True) as con:
        return names | {
            row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", FILES)
def test_file_writer(folder, monkeypatch, name, how):
    from summit_studio.nodes.sinks import csv_sink, jsonl_sink, parquet_sink

    spoil = Spoiler(how)
    kinds = {
        "csv": (csv_sink.LineWriter, "put"),
        "csv-gzip": (csv_sink.LineWriter, "put"),
        "jsonl": (jsonl_sink._JsonlWriter, "put"),
        "parquet": (parquet_sink._ParquetWriter, "put"),
        "partitioned": (parquet_sink._PartitionedWriter, "write"),
    }
    kind, method = kinds[name]
    real = getattr(kind, method)
    monkeypatch.setattr(kind, method, lambda self, batch: real(self, spoil(batch)))
    fails(written(folder, name), folder, "sink")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(("name", "writer"), [("sqlite", SqliteWriter), ("duckdb", DuckdbWriter)])
def test_table_writer(folder, monkeypatch, name, writer, how):
    spoil, real = Spoiler(how), writer._send
    monkeypatch.setattr(writer, "_send", lambda self, batch: real(self, spoil(batch)))
    message = fails(written(folder, name), folder, "sink")
    assert "900" in message
    assert "made" not in tables_of(folder)


@pytest.mark.parametrize("name", [*FILES, *TABLES])
def test_every_sink_is_whole_without_a_fault(folder, name):
    result = written(folder, name).run()
    result.raise_for_status()
    assert result.ledger["sink"].counted == "counterpart"
    assert result.ledger["sink"].rows_out == {"written": ROWS}


def tamper(path: Path, how: str, name: str = "") -> None:
    """Take the last row off a closed file, or put it there again."""
    if name == "parquet" or path.suffix == ".parquet" or path.name.startswith("part-"):
        table = pq.read_table(path, partitioning=None)
        last = table.slice(table.num_rows - 1)
        pq.write_table(
            table.slice(0, table.num_rows - 1)
            if how == "lost"
            else pa.concat_tables([table, last]),
            path,
        )
        return
    data = gzip.decompress(path.read_bytes()) if "gzip" in name else path.read_bytes()
    lines = data.splitlines(keepends=True)
    data = b"".join(lines[:-1] if how == "lost" else [*lines, lines[-1]])
    path.write_bytes(gzip.compress(data) if "gzip" in name else data)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", ["csv", "jsonl", "partitioned"])
def test_file_before_publishing(folder, monkeypatch, name, how):
    kind = AtomicFolder if name == "partitioned" else AtomicFile
    real = kind.prepare

    def prepare(self):
        real(self)
        parts = sorted(self.staged.rglob("*.parquet")) if kind is AtomicFolder else [self.staged]
        tamper(parts[0], how)

    monkeypatch.setattr(kind, "prepare", prepare)
    fails(written(folder, name), folder, "sink")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", ["csv", "csv-gzip", "jsonl", "parquet", "partitioned"])
def test_file_changed_after_it_was_counted(folder, monkeypatch, name, how):
    from summit_studio.nodes.sinks.parquet_sink import _PartitionedWriter

    kind = _PartitionedWriter if name == "partitioned" else FileWriter
    real = kind.prepare

    def prepare(self):
        rows = real(self)
        if name == "partitioned":
            tamper(min(self._folder.staged.rglob("*.parquet")), how)
        else:
            tamper(self._file.staged, how, name)
        return rows

    monkeypatch.setattr(kind, "prepare", prepare)
    fails(written(folder, name), folder, "sink")


@pytest.mark.parametrize("how", HOW)
def test_parquet_file_before_publishing(folder, monkeypatch, how):
    real = AtomicFile.prepare

    def prepare(self):
        real(self)
        table = pq.read_table(self.staged)
        rows = table.slice(1) if how == "lost" else pa.concat_tables([table, table.slice(0, 1)])
        pq.write_table(rows, self.staged)

    monkeypatch.setattr(AtomicFile, "prepare", prepare)
    fails(written(folder, "parquet"), folder, "sink")


def test_a_trigger_of_sqlite_that_swallows_rows(folder):
    with closing(sqlite3.connect(folder / "lite.db")) as con, con:
        con.execute("CREATE TABLE made (id BIGINT, grp VARCHAR, text VARCHAR)")
        con.execute(
            "CREATE TRIGGER swallow BEFORE INSERT ON made WHEN new.id % 10 = 3"
            " BEGIN SELECT RAISE(IGNORE); END"
        )
    message = fails(written(folder, "sqlite"), folder, "sink")
    assert "lite:made" in message
    assert "took 900 rows, handed on 810" in message
    with closing(sqlite3.connect(folder / "lite.db")) as con:
        assert con.execute("SELECT count(*) FROM made").fetchone() == (0,)


def test_what_nobody_else_counts_is_said_to_be_handed_over(folder):
    made = pipeline(folder)
    source = made.add("query_source", "source", connection="duck", query="FROM given_rows")
    node = source.to("sql", "node", query="SELECT id FROM input")
    node.to("preview_sink", "sink")
    result = made.run()
    result.raise_for_status()
    assert {str(result.ledger[i].counted) for i in ("source", "node", "sink")} == {"handed over"}
