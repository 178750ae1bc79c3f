"""Incremental loads from real databases: what they read, where the next begins, and what dies."""

import datetime as dt
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from summit_studio.connectors.contract import Database
from summit_studio.connectors.selection import Selection, Window
from summit_studio.core.errors import SummitError
from summit_studio.core.events import NothingNew, RowsRejected, RunFinished, WindowOpened
from summit_studio.core.problems import Severity
from summit_studio.core.schema import Schema
from summit_studio.document.model import Document, Edge, Node, Parameter
from summit_studio.engine.design import design_context
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest
from summit_studio.engine.watermarks import move, watermarks
from summit_studio.engine.windows import _order
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.parts.incremental import IncrementalParams, Loading
from summit_studio.planning.check import check

BIG = 9_007_199_254_740_992


class Stopped(Exception):
    """The step at which a test ends a run."""


class Bench:
    """A table of orders, and pipelines from it into tables of a SQLite file."""

    def __init__(self, folder: Path, source: str = "") -> None:
        self.folder = folder
        self.events: list[Any] = []
        given = source or '[src]\nkind = "sqlite"\npath = "src.db"\n'
        text = f'{given}[out]\nkind = "sqlite"\npath = "out.db"\n'
        (folder / "connections.toml").write_text(text)
        with closing(sqlite3.connect(folder / "out.db")):
            pass
        if not source:
            self.ask("CREATE TABLE orders (id BIGINT PRIMARY KEY, seen TIMESTAMP, name VARCHAR)")

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "src.db")) as con, con:
            return con.execute(sql, values).fetchall()

    def add(self, *ids: int | None, seen: str | None = None) -> None:
        for number in ids:
            self.ask("INSERT INTO orders VALUES (?, ?, 'n')", number, seen)

    def fill(self, rows: int) -> None:
        self.ask(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO orders SELECT i, NULL, 'n' FROM n",
            rows,
        )

    def document(
        self,
        sinks: dict[str, dict[str, Any]] | None = None,
        pipeline: str = "0" * 32,
        publish: str = "auto",
        **params: Any,
    ) -> Document:
        """Return a pipeline that loads by a sequence, unless params say otherwise."""
        read = {
            "connection": "src", "table": "orders", "incremental": "sequence", "cursor": "id",
            "settle_secs": 0.001,
        }  # fmt: skip
        nodes = [Node("read", "table_source", read | params)]
        for name, more in (sinks or {"out": {}}).items():
            nodes.append(Node(name, "table_sink", {"connection": "out", "table": name} | more))
        return Document(
            "orders", id=pipeline, nodes={n.id: n for n in nodes},
            edges=tuple(Edge.parse(f"read.rows -> {n.id}.rows") for n in nodes[1:]),
            parameters={"least": Parameter("least", "integer", 0)},
            settings={
                "performance": {"batch_rows": 1_000},
                "checkpoints": {"publish": publish, "every_rows": 1_000},
            },
        )  # fmt: skip

    def request(self, document: Document, **more: Any) -> RunRequest:
        return RunRequest(document, self.folder, **more)

    def run(self, document: Document, **more: Any) -> RunFinished:
        self.events.clear()
        return launch(self.request(document, **more), [self.events.append])

    def stop_at(self, label: str, document: Document) -> None:
        def step(said: str) -> None:
            if said == label:
                raise Stopped(label)

        assert self.run(document, step=step).status == "failed"

    def ids(self, table: str = "out") -> list[int]:
        with closing(sqlite3.connect(self.folder / "out.db")) as con:
            return [row[0] for row in con.execute(f"SELECT id FROM {table} ORDER BY id")]

    def mark(self, document: Document, sink: str = "out") -> str | None:
        (found,) = [w for w in watermarks(self.request(document)) if w.sink == sink]
        return found.value

    def problems(self, document: Document) -> list[tuple[str, str | None]]:
        context = design_context(self.request(document).workspace(), probe=True)
        found = check(document, Catalogue.load(), context).problems
        return [(p.code, p.where.param) for p in found if p.severity is Severity.ERROR]

    def told(self, kind: type[Any]) -> Any:
        (found,) = [e for e in self.events if isinstance(e, kind)]
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_load_reads_what_is_new_and_says_so_where_nothing_is(bench: Bench):
    document = bench.document()
    bench.add(1, BIG, BIG + 1)
    assert bench.run(document).status == "succeeded"
    assert (bench.ids(), bench.mark(document)) == ([1, BIG, BIG + 1], str(BIG + 1))
    assert bench.run(document).status == "succeeded"
    told = bench.told(NothingNew)
    assert (told.node_id, told.watermark) == ("read", str(BIG + 1))
    bench.add(BIG + 2)
    bench.run(document)
    assert bench.ids() == [1, BIG, BIG + 1, BIG + 2]
    opened = bench.told(WindowOpened)
    assert (opened.low, opened.low_in, opened.high) == (str(BIG + 1), False, str(BIG + 2))


def test_where_a_load_ends_is_kept_though_nothing_came(bench: Bench):
    document = bench.document(incremental="timestamp", cursor="seen", zone="UTC")
    assert bench.mark(document) is None
    bench.run(document)
    first = bench.mark(document)
    assert first is not None
    bench.run(document)
    second = bench.mark(document)
    assert second is not None
    assert second > first


def test_two_pipelines_on_one_table_do_not_disturb_each_other(bench: Bench):
    one = bench.document(pipeline="1" * 32)
    two = bench.document({"other": {}}, pipeline="2" * 32)
    bench.add(1)
    bench.run(one)
    bench.add(2)
    bench.run(two)
    bench.run(one)
    assert (bench.ids(), bench.ids("other")) == ([1, 2], [1, 2])


@pytest.mark.parametrize("publish", ["each", "staged"])
def test_a_run_that_died_goes_on_with_the_same_window(bench: Bench, publish: str):
    bench.fill(3_500)
    document = bench.document(publish=publish, key=["id"])
    bench.stop_at("commit:out:3", document)
    (half,) = watermarks(bench.request(document))
    assert (half.value, half.pending) == (None, "3500")
    bench.add(9_000)
    assert bench.run(document).status == "succeeded"
    assert bench.ids() == list(range(1, 3_501))
    assert bench.mark(document) == "3500"
    bench.run(document)
    assert bench.ids() == [*range(1, 3_501), 9_000]


def test_a_run_that_died_between_two_sinks_gives_both_the_same_rows(bench: Bench):
    bench.add(1, 2)
    document = bench.document({"out": {}, "other": {}}, publish="whole")
    bench.stop_at("commit:other:1", document)
    bench.add(3)
    assert bench.run(document).status == "succeeded"
    assert (bench.ids(), bench.ids("other")) == ([1, 2], [1, 2])
    bench.run(document)
    assert (bench.ids(), bench.ids("other")) == ([1, 2, 3], [1, 2, 3])


def test_a_run_that_commits_nothing_moves_nothing(bench: Bench):
    document = bench.document()
    bench.add(1)
    bench.run(document)
    bench.add(2)
    bench.stop_at("commit:out:1", document)
    assert (bench.mark(document), bench.ids()) == ("1", [1])
    bench.add(3)
    bench.run(document)
    assert bench.ids() == [1, 2, 3]


def test_a_run_that_leaves_a_source_out_leaves_its_watermark(bench: Bench):
    document = bench.document()
    bench.add(1)
    bench.run(document)
    bench.add(2)
    (bench.folder / "more.csv").write_text("id,seen,name\n7,2026-01-01 00:00:00,n\n")
    nodes = {**document.nodes, "more": Node("more", "csv_source", {"path": "more.csv"})}
    nodes["read"] = Node("read", "table_source", nodes["read"].params, state="disabled")
    aside = Document(
        "orders", id=document.id, nodes=nodes, edges=(Edge.parse("more.rows -> out.rows"),)
    )
    finished = bench.run(aside)
    assert finished.status == "succeeded", finished.error
    bench.run(document)
    assert bench.ids() == [1, 2, 7]


def test_rows_without_a_cursor_fail_are_rejected_or_read_each_time(bench: Bench):
    bench.ask("CREATE TABLE loose (id BIGINT, n BIGINT)")
    for row in ((1, 1), (2, None), (3, 3)):
        bench.ask("INSERT INTO loose VALUES (?, ?)", *row)
    params = {"table": "loose", "cursor": "n"}
    with pytest.raises(SummitError, match="1 rows have no value") as caught:
        bench.run(bench.document(**params))
    assert (caught.value.code, caught.value.where.param) == ("cursor_null", "cursor")

    rejecting = bench.document({"kept": {}}, null_cursor="reject", **params)
    rest = Node("rest", "table_sink", {"connection": "out", "table": "rest"})
    rejecting = Document(
        "orders", id="4" * 32, nodes={**rejecting.nodes, "rest": rest},
        edges=(*rejecting.edges, Edge.parse("read.rejected -> rest.rows")),
    )  # fmt: skip
    assert bench.run(rejecting).status == "succeeded"
    assert bench.ids("kept") == [1, 3]
    assert bench.told(RowsRejected).rows == 1

    upsert = {"every": {"mode": "upsert", "keys": ["id"]}}
    including = bench.document(upsert, null_cursor="include", pipeline="5" * 32, **params)
    bench.run(including)
    assert bench.run(including).status == "succeeded"
    assert bench.ids("every") == [1, 2, 3]
    twice = bench.document(null_cursor="include", **params)
    assert bench.problems(twice) == [("rows_twice", None)]


def test_a_clock_before_the_watermark_moves_nothing(bench: Bench):
    document = bench.document(incremental="timestamp", cursor="seen", zone="UTC")
    ahead = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
    move(bench.request(document), "read", ahead)
    bench.add(1, seen="2020-01-01 00:00:00")
    bench.add(2, seen="2999-01-01 00:00:00")
    assert bench.run(document).status == "succeeded"
    opened = bench.told(WindowOpened)
    assert (opened.back, opened.beyond) == (True, 1)
    assert (bench.ids(), bench.mark(document)) == ([], ahead)


def test_what_a_watermark_stands_for_may_not_change_unsaid(bench: Bench):
    bench.add(1, 2)
    bench.run(bench.document(where="id >= ${least}"))
    bench.add(3)
    changed = bench.document(where="id >= ${least} AND name = 'n'")
    with pytest.raises(SummitError, match="watermarks set FILE read '2'") as caught:
        bench.run(changed)
    assert caught.value.code == "watermark_changed"
    with pytest.raises(SummitError, match="stands for something else"):
        bench.run(bench.document(where="id >= ${least}"), parameters={"least": 1})
    assert [w.changed for w in move(bench.request(changed), "read", "2")] == [False]
    assert bench.run(changed).status == "succeeded"
    assert bench.ids() == [1, 2, 3]
    move(bench.request(changed), "read", None)
    assert bench.mark(changed) is None


def test_a_watermark_is_not_moved_under_a_load_that_is_unfinished(bench: Bench):
    bench.fill(2_500)
    document = bench.document(publish="each", key=["id"])
    bench.stop_at("commit:out:2", document)
    with pytest.raises(SummitError, match="is unfinished"):
        move(bench.request(document), "read", "7")
    bench.run(document)
    with pytest.raises(SummitError, match="is no cursor"):
        move(bench.request(document), "read", "yesterday")


def test_sinks_that_differ_take_the_least_where_no_row_comes_twice(bench: Bench):
    bench.add(1, 2)
    one = bench.document()
    bench.run(one)
    both = bench.document({"out": {}, "new": {}})
    with pytest.raises(SummitError, match="would have rows twice") as caught:
        bench.run(both)
    assert caught.value.code == "watermarks_differ"
    with closing(sqlite3.connect(bench.folder / "out.db")) as con:
        con.execute("CREATE UNIQUE INDEX by_id ON out (id)")
    keyed = {"mode": "upsert", "keys": ["id"]}
    assert bench.run(bench.document({"out": keyed, "new": keyed})).status == "succeeded"
    assert (bench.ids(), bench.ids("new")) == ([1, 2], [1, 2])


def test_the_last_watermark_stands_in_a_condition_as_what_it_is(bench: Bench):
    bench.add(1, 5)
    document = bench.document(where="id >= ${last_watermark}", initial="2")
    bench.run(document)
    bench.add(6)
    bench.run(document)
    assert bench.ids() == [5, 6]
    without = bench.document(where="id > ${last_watermark}")
    assert bench.problems(without) == [("watermark_missing", "where")]


@pytest.mark.parametrize(
    ("params", "code", "field"),
    [
        ({"settle_secs": 0}, "late_rows_lost", "settle_secs"),
        ({"incremental": "timestamp", "cursor": "seen"}, "zone_missing", "zone"),
        ({"incremental": "timestamp", "cursor": "id"}, "type_unfit", "cursor"),
        ({"incremental": "off"}, "setting_unused", "cursor"),
        ({"initial": "soon"}, "params_invalid", "initial"),
        ({"settle_secs": 0, "overlap": 5}, "rows_twice", None),
        ({"zone": "UTC"}, "params_invalid", "zone"),
    ],
)
def test_what_would_lose_or_double_rows_is_a_problem(
    bench: Bench, params: dict[str, Any], code: str, field: str | None
):
    assert bench.problems(bench.document(**params)) == [(code, field)]
    replacing = bench.document({"out": {"mode": "replace"}})
    assert bench.problems(replacing) == [("watermark_unkept", None)]


def test_an_overlap_reads_again_what_came_late(bench: Bench):
    upsert = {"out": {"mode": "upsert", "keys": ["id"]}}
    document = bench.document(upsert, settle_secs=0, overlap=3)
    bench.add(1, 5)
    bench.run(document)
    bench.add(2, 3)
    bench.run(document)
    assert bench.ids() == [1, 2, 3, 5]


@pytest.mark.postgres
def test_a_transaction_over_the_end_of_a_window_is_not_passed(server: Any, tmp_path: Path):
    server.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    server.run("CREATE TABLE orders (id bigint PRIMARY KEY, seen timestamptz)")
    text = f'[src]\nkind = "postgres"\nhost = "{server.host}"\ndatabase = "postgres"\n'
    bench = Bench(tmp_path, text + 'user = "postgres"\n')
    given = {"incremental": "timestamp", "cursor": "seen"}
    insert = "INSERT INTO orders VALUES ({}, clock_timestamp() - interval '{} minutes')"
    with psycopg.connect(host=server.host, user="postgres") as late:
        late.execute(insert.format(1, 30))
        server.run(insert.format(2, 20))
        server.run(insert.format(3, 90))
        assert bench.run(bench.document(settle_secs=3_600, **given)).status == "succeeded"
        late.commit()
    assert bench.ids() == [3]
    bench.run(bench.document(settle_secs=60, **given))
    assert bench.ids() == [1, 2, 3]


@pytest.mark.postgres
@pytest.mark.parametrize("zoned", [True, False])
def test_bounds_are_exact_to_the_microsecond(database: Database, server: Any, zoned: bool):  # noqa: FBT001
    kind = "TIMESTAMP WITH TIME ZONE" if zoned else "TIMESTAMP"
    schema = Schema.of({"id": "BIGINT", "seen": kind})
    zone = dt.UTC if zoned else None
    base = dt.datetime(2026, 1, 31, 10, tzinfo=zone)
    rows = [(n, base + dt.timedelta(microseconds=us)) for n, us in enumerate((0, 1, 2, 2, 3))]
    _fill(database, schema, rows)

    def read(**window: Any) -> list[int]:
        part = Selection(window=Window("seen", True, **window))
        batches = database.read("t", selection=part)
        return sorted(row["id"] for batch in batches for row in batch.to_pylist())

    assert read(low=rows[1][1], high=rows[2][1]) == [2, 3]
    assert read(low=rows[1][1], low_in=True, high=rows[2][1], high_in=False) == [1]
    assert read(low=rows[0][1]) == [1, 2, 3, 4]
    told = database.survey("t", Selection(window=Window("seen", True, high=rows[2][1])))
    assert (told.absent, told.beyond) == (0, 1)


def _fill(database: Database, schema: Schema, rows: Sequence[tuple[Any, ...]]) -> None:
    import pyarrow as pa

    from summit_studio.core.schema import to_arrow

    writer = database.writer("t", schema)
    names = schema.names
    given = [dict(zip(names, row, strict=True)) for row in rows]
    writer.write(pa.RecordBatch.from_pylist(given, schema=to_arrow(schema)))
    writer.prepare()
    writer.commit()


def test_a_clock_on_a_wall_that_is_turned_back_is_not_passed():
    zone = "Europe/Berlin"
    params = IncrementalParams(incremental="timestamp", cursor="seen", zone=zone, settle_secs=60)
    loading = Loading.of(params, Schema.of({"seen": "TIMESTAMP"}))
    assert loading is not None
    settled: Callable[[dt.datetime], dt.datetime] = loading._settled
    for hour, minute, end in ((0, 30, "02:00"), (1, 30, "02:30"), (4, 0, "05:00")):
        # In the night of the 25th 02:30 comes twice: at 00:30 and at 01:30 UTC.
        moment = dt.datetime(2026, 10, 25, hour, minute, tzinfo=dt.UTC)
        assert settled(moment).strftime("%H:%M") == end
    assert ZoneInfo(zone) == loading.zone
    assert sorted(["10", "9", "-3"], key=_order) == ["-3", "9", "10"]
