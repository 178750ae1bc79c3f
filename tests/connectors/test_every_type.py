"""Every Arrow type with its extremes, through every sink and back: as it was, or told why not."""

import datetime as dt
import json
import math
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit
from summit_studio.core.events import RunStatus
from summit_studio.core.problems import Severity
from summit_studio.core.schema import Schema
from tests.connectors.conftest import Server

FIRST, LAST = -62_135_596_800, 253_402_300_799
"""The seconds of the years 1 to 9999."""
ODD_TEXTS = ["", 'q"u,;\n\r\tü\U0001f600\\N', " NULL "]


def moments(unit: str, zone: str | None = None) -> pa.Array:
    scale = {"s": 1, "ms": 10**3, "us": 10**6}[unit]
    ends = [FIRST * scale, LAST * scale + scale - 1, None]
    return pa.array(ends, pa.int64()).cast(pa.timestamp(unit, zone))


def whole(bits: int, *, signed: bool) -> pa.Array:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return pa.array([low, high, None], getattr(pa, f"{'' if signed else 'u'}int{bits}")())


COLUMNS: dict[str, pa.Array] = {
    "truth": pa.array([True, False, None]),
    **{f"i{bits}": whole(bits, signed=True) for bits in (8, 16, 32, 64)},
    **{f"u{bits}": whole(bits, signed=False) for bits in (8, 16, 32, 64)},
    "f16": pa.array([1.5, -65504.0, None], pa.float16()),
    "f32": pa.array([3.4028234663852886e38, 1.401298464324817e-45, 0.1], pa.float32()),
    "f64": pa.array([1.7976931348623157e308, 5e-324, 0.1]),
    "odd": pa.array([math.nan, math.inf, -math.inf]),
    "amount": pa.array([Decimal("99.99"), Decimal("-0.01"), None], pa.decimal128(4, 2)),
    "wide": pa.array([Decimal("9" * 38), Decimal("-" + "9" * 38), None], pa.decimal128(38, 0)),
    "fine": pa.array([Decimal("1" * 28 + ".0123456789"), Decimal("-1e-10"), None],
                     pa.decimal128(38, 10)),
    "huge": pa.array([Decimal("9" * 76), Decimal(-1), None], pa.decimal256(76, 0)),
    "text": pa.array(ODD_TEXTS),
    "long": pa.array(["x" * 70_000, "\\N", None], pa.large_string()),
    "view": pa.array(["a", "\ufeffb", None], pa.string_view()),
    "bytes": pa.array([b"", b"\x00\xff", None]),
    "fixed": pa.array([b"abcd", b"\x00\x01\x02\x03", None], pa.binary(4)),
    "date": pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31), None]),
    "time": pa.array([0, 86_399_999_999, None], pa.int64()).cast(pa.time64("us")),
    "time_s": pa.array([0, 86_399, None], pa.int32()).cast(pa.time32("s")),
    "seconds": moments("s"), "millis": moments("ms"), "micros": moments("us"),
    "zoned": moments("us", "UTC"), "berlin": moments("us", "Europe/Berlin"),
    "span": pa.array([-1, 86_400_000_000 * 400, None], pa.int64()).cast(pa.duration("us")),
    "list": pa.array([[], [1, None], None], pa.list_(pa.int64())),
    "texts": pa.array([ODD_TEXTS, [None], None], pa.large_list(pa.string())),
    "pair": pa.array([[1, 2], [3, None], None], pa.list_(pa.int32(), 2)),
    "record": pa.array([{"a": 1, "b": 'x\ny"'}, {"a": None, "b": ""}, None]),
    "map": pa.array([[("k\n", 1)], [], None], pa.map_(pa.string(), pa.int64())),
    "deep": pa.array([[{"d": dt.datetime(2020, 1, 1), "e": Decimal("1.10")}], [], None],
                     pa.list_(pa.struct([("d", pa.timestamp("us")), ("e", pa.decimal128(5, 2))]))),
    "word": pa.array(["a", "b", None]).dictionary_encode(),
    "nothing": pa.nulls(3),
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A sink, and the source that reads what it wrote.

    Args:
        refused: The columns that it cannot hold, by the code of what is said of it as one draws.
        failing: Those of which it refuses values in a run, by the code of the error.
        texts: Those of which it gives the text of their JSON back.
        told: True if the source has to be told the types.
    """

    sink: str
    source: str
    place: dict[str, Any]
    refused: dict[str, str] = field(default_factory=dict)
    failing: dict[str, str] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    told: bool = False

    @property
    def holds(self) -> set[str]:
        return COLUMNS.keys() - self.refused.keys() - self.failing.keys()


NESTED = frozenset({"list", "texts", "pair", "record", "map", "deep"})
TARGETS = {
    "csv": Target("csv_sink", "csv_source", {"path": "out.csv"}, told=True),
    "json": Target("jsonl_sink", "json_source", {"path": "out.jsonl"}, told=True),
    "parquet": Target(
        "parquet_sink", "parquet_source", {"path": "out.parquet"}, refused={"span": "type_unfit"}
    ),
    "sqlite": Target(
        "table_sink", "table_source", {"connection": "lite", "table": "t"},
        failing=dict.fromkeys(("u64", "odd", "wide", "fine"), "value_does_not_fit"),
        texts=NESTED | {"span"},
    ),
    "duckdb": Target("table_sink", "table_source", {"connection": "duck", "table": "t"}),
    "postgres": Target(
        "table_sink", "table_source", {"connection": "pg", "table": "exact"},
        texts=frozenset({"record", "map", "deep"}),
    ),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, server: Server) -> Path:
    (tmp_path / "connections.toml").write_text(
        '[lite]\nkind = "sqlite"\npath = "t.db"\n[duck]\nkind = "duckdb"\npath = "t.duckdb"\n'
        f'[pg]\nkind = "postgres"\nhost = "{server.host}"\ndatabase = "postgres"\n'
        'user = "postgres"\n'
    )
    server.run("DROP TABLE IF EXISTS exact")
    pq.write_table(pa.table({"id": [1, 2, 3], **COLUMNS}), tmp_path / "in.parquet")
    return tmp_path


def start(folder: Path, columns: Iterable[str]) -> tuple[summit.Pipeline, Any]:
    """Return a pipeline that reads some columns of the file."""
    pipeline = summit.Pipeline("Exact", folder=folder)
    read = pipeline.add("parquet_source", "read", path="in.parquet")
    wanted = [{"column": name} for name in ("id", *sorted(columns))]
    return pipeline, read.to("select_columns", "keep", columns=wanted)


def rows_of(pipeline: summit.Pipeline, source: Any) -> dict[int, dict[str, Any]]:
    found = pipeline.preview(source)
    return {int(row["id"]): row for row in found}


def read_back(target: Target, schema: Schema, pipeline: summit.Pipeline) -> Any:
    told = {"columns": [{"name": c.name, "type": c.type} for c in schema]} if target.told else {}
    return pipeline.add(target.source, "back", **target.place, **told)


def held(value: Any) -> Any:
    """Return a value as JSON says it, numbers as they are."""
    match value:
        case dict():
            return {key: held(inner) for key, inner in value.items()}
        case [(str(), _), *_]:
            return {key: held(inner) for key, inner in value}
        case list():
            return list(map(held, value))
        case dt.datetime():
            return value.isoformat()
    return value


def same(before: Any, after: Any, *, text: bool) -> bool:
    if text and before is not None:
        if isinstance(before, pa.MonthDayNano):
            return span_of(after) == before.nanoseconds
        found = json.loads(after, parse_float=Decimal)
        return found == held(before) or (before == [] and found == {})
    if isinstance(before, float) and math.isnan(before):
        return isinstance(after, float) and math.isnan(after)
    return bool(before == after)


def span_of(text: str) -> int:
    """Return the nanoseconds of a duration's text: `-00:00:00.000001`."""
    hours, minutes, seconds = text.lstrip("-").split(":")
    whole = (int(hours) * 60 + int(minutes)) * 60_000_000_000
    whole += int(Decimal(seconds) * 1_000_000_000)
    return -whole if text.startswith("-") else whole


def compare(
    before: dict[int, dict[str, Any]], after: dict[int, dict[str, Any]], texts: frozenset[str]
) -> list[str]:
    """Return the columns that another value came back of."""
    assert sorted(after) == [1, 2, 3]
    return [
        f"{name}: {row[name]!r} came back as {after[at][name]!r}"
        for at, row in before.items()
        for name in row
        if not same(row[name], after[at][name], text=name in texts)
    ]


@pytest.mark.parametrize("name", TARGETS)
def test_every_type_comes_back_as_it_was(name: str, folder: Path):
    target = TARGETS[name]
    pipeline, kept = start(folder, target.holds)
    kept.to(target.sink, "out", **target.place)
    pipeline.run().raise_for_status()
    schema = pipeline.schema(kept)
    assert schema is not None
    reader = summit.Pipeline("Back", folder=folder)
    back = read_back(target, schema, reader)
    assert compare(rows_of(pipeline, kept), rows_of(reader, back), target.texts) == []


@pytest.mark.parametrize(
    ("name", "column"), [(n, c) for n, t in TARGETS.items() for c in (*t.refused, *t.failing)]
)
def test_what_a_target_does_not_hold_is_told_and_nothing_is_written(
    name: str, column: str, folder: Path
):
    target = TARGETS[name]
    pipeline, kept = start(folder, [column])
    kept.to(target.sink, "out", **target.place)
    codes = {p.code: p.severity for p in pipeline.check() if p.where.node_id == "out"}
    if column in target.refused:
        assert codes[target.refused[column]] is Severity.ERROR
        return
    assert "values_may_be_refused" in codes  # It is said before a row is read.
    done = pipeline.run()
    assert done.status is RunStatus.FAILED
    assert done.error is not None
    assert done.error.code == target.failing[column]
    assert not (folder / "t.db").exists() or "t" not in tables(folder / "t.db")


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as con:
        return {name for (name,) in con.execute("SELECT name FROM sqlite_master")}


def test_from_hand_to_hand(folder: Path):
    """All targets in turn, each fed from the one before: what all of them hold is as it was."""
    columns = set.intersection(*(t.holds - t.texts for t in TARGETS.values()))
    pipeline, kept = start(folder, columns)
    first, schema = rows_of(pipeline, kept), pipeline.schema(kept)
    assert schema is not None
    for target in map(TARGETS.get, ("csv", "sqlite", "json", "duckdb", "postgres", "parquet")):
        assert target is not None
        kept.to(target.sink, "out", **target.place)
        pipeline.run().raise_for_status()
        pipeline = summit.Pipeline("Next", folder=folder)
        kept = read_back(target, schema, pipeline)
    assert compare(first, rows_of(pipeline, kept), frozenset()) == []
