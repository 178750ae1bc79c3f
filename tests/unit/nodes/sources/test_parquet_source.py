"""Parquet files: types, several files at once, partitions, chunks, and damaged ones."""

import datetime as dt
import io
import uuid
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from summit_studio.core.errors import Cancelled, InvalidParams


def parquet(table: pa.Table | dict[str, Any], **options: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), file, **options)
    return file.getvalue()


def test_types(bench):
    zone = dt.timezone(dt.timedelta(hours=2))
    moment = dt.datetime(2024, 1, 2, 3, 4, 5, 678901)
    columns: dict[str, tuple[pa.DataType, Any, str, Any]] = {
        "tiny": (pa.int8(), -1, "TINYINT", -1),
        "unsigned": (pa.uint64(), 2**64 - 1, "UBIGINT", 2**64 - 1),
        "float": (pa.float32(), 0.5, "FLOAT", 0.5),
        "text": (pa.large_string(), "ä\n", "VARCHAR", "ä\n"),
        "word": (pa.dictionary(pa.int8(), pa.string()), "x", "VARCHAR", "x"),
        "fixed": (pa.binary(3), b"abc", "BLOB", b"abc"),
        "money": (pa.decimal128(38, 10), Decimal("1.5"), "DECIMAL(38,10)", Decimal("1.5")),
        "day": (pa.date32(), dt.date(1, 1, 1), "DATE", dt.date(1, 1, 1)),
        "time": (pa.time32("ms"), dt.time(1, 2, 3, 4000), "TIME", dt.time(1, 2, 3, 4000)),
        "seconds": (pa.timestamp("ms"), dt.datetime(2024, 1, 1), "TIMESTAMP",
                    dt.datetime(2024, 1, 1)),
        "zoned": (pa.timestamp("us", "Europe/Paris"), moment.replace(tzinfo=zone),
                  "TIMESTAMP WITH TIME ZONE", moment.replace(tzinfo=zone)),
        "list": (pa.list_(pa.int32()), [1, None], "INTEGER[]", [1, None]),
        "struct": (pa.struct([("a", pa.int64()), ("b", pa.list_(pa.string()))]),
                   {"a": 1, "b": ["x"]}, 'STRUCT("a" BIGINT, "b" VARCHAR[])', {"a": 1, "b": ["x"]}),
        "map": (pa.map_(pa.string(), pa.int64()), [("k", 1)], "MAP(VARCHAR, BIGINT)", [("k", 1)]),
        "dot.ted": (pa.int64(), 7, "BIGINT", 7),
    }  # fmt: skip
    table = pa.table({name: pa.array([v, None], k) for name, (k, v, _, _) in columns.items()})
    bench.write("t.parquet", parquet(table))
    found = bench.read("parquet_source", path="t.parquet")
    assert found.types == {name: wanted for name, (_, _, wanted, _) in columns.items()}
    assert found.rows == [tuple(v for *_, v in columns.values()), (None,) * len(columns)]


@pytest.mark.parametrize(
    ("kind", "whole", "cut", "shown"),
    [
        (pa.timestamp("ns"), 1_700_000_000_123_456_000, 1_700_000_000_123_456_789, ".123456789"),
        (pa.timestamp("ns", "UTC"), 1_700_000_000_123_456_000, 1_700_000_000_000_000_001, "001"),
        (pa.time64("ns"), 3_000, 3_001, "00:00:00.000003001"),
        (pa.timestamp("ms"), 0, 1 << 62, ""),
        (pa.list_(pa.timestamp("ns")), [1000, None], [1000, 1001], ""),
    ],
    ids=str,
)
def test_what_cannot_be_held_is_rejected_and_never_cut(bench, kind, whole, cut, shown):
    table = pa.table(
        {"id": list(range(9)), "t": pa.array([whole] * 5 + [cut, whole, cut, None], kind)}
    )
    bench.write("t.parquet", parquet(table))
    found = bench.read("parquet_source", path="t.parquet")
    assert [row[0] for row in found.rows] == [0, 1, 2, 3, 4, 6, 8]
    assert [row[0] for row in found.rejected] == [5, 7]
    assert all(row[-4:-2] == ("cast_failed", "t") and shown in row[-2] for row in found.rejected)


def test_nanoseconds_of_old_files(bench):
    table = pa.table({"t": pa.array([1_700_000_000_123_456_000], pa.timestamp("ns"))})
    bench.write("old.parquet", parquet(table, use_deprecated_int96_timestamps=True))
    ((found,),) = bench.read("parquet_source", path="old.parquet").rows
    assert found == dt.datetime(2023, 11, 14, 22, 13, 20, 123456)


def old_moments(nanos: list[int | None], kind: pa.DataType) -> bytes:
    """Return a Parquet file with moments of 96 bits, as Spark and Impala wrote them."""
    values = pa.array(nanos, pa.int64()).cast(kind)
    table = pa.table({"id": range(len(nanos)), "t": values})
    return parquet(table, use_deprecated_int96_timestamps=True)


def test_nanoseconds_of_old_files_are_rejected_and_never_cut(bench):
    moments = [1_700_000_000_123_456_000, 1_700_000_000_123_456_789, None, -1, -1_000]
    bench.write("old.parquet", old_moments(moments, pa.timestamp("ns")))
    found = bench.read("parquet_source", path="old.parquet")
    assert [row[0] for row in found.rows] == [0, 2, 4]
    assert [row[-4:-1] for row in found.rejected] == [
        ("cast_failed", "t",
         f"{shown} cannot be held as date and time (TIMESTAMP).")
        for shown in ("2023-11-14 22:13:20.123456789", "1969-12-31 23:59:59.999999999")
    ]  # fmt: skip


@pytest.mark.parametrize("batch_rows", [2, 1_000])
def test_moments_of_old_files_beyond_the_years_of_nanoseconds(bench, batch_rows):
    first, last = dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999_999)
    values = pa.array([first, last, None, first, last], pa.timestamp("us"))
    nested = pa.array([[first, None], [], None, [last], [last, first]], pa.list_(values.type))
    table = pa.table({"t": values, "l": nested})
    bench.write("old.parquet", parquet(table, use_deprecated_int96_timestamps=True))
    bench.batch_rows = batch_rows
    found = bench.read("parquet_source", path="old.parquet")
    assert found.rows == list(zip(values.to_pylist(), nested.to_pylist(), strict=True))
    assert found.rejected == []


def test_nanoseconds_within_lists_of_old_files(bench):
    kind = pa.list_(pa.timestamp("ns"))
    values = pa.array([[1_000, 2_000], [3_000, 4_001], None, []], pa.list_(pa.int64())).cast(kind)
    table = pa.table({"id": range(4), "t": values})
    bench.write("old.parquet", parquet(table, use_deprecated_int96_timestamps=True))
    found = bench.read("parquet_source", path="old.parquet")
    assert [row[0] for row in found.rows] == [0, 2, 3]
    assert [row[0] for row in found.rejected] == [1]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (pa.timestamp("us"), -9223372022400000000, -9223372022400000001),
        (pa.timestamp("us"), -(2**63) + 1, -(2**63)),
        (pa.time64("us"), 86_400_000_000, 86_400_000_001),
        (pa.time64("us"), 0, -1),
        (pa.duration("us"), 2**63 // 1_000, 2**63 // 1_000 + 1),
        (pa.duration("ns"), 1_000, 1_001),
        (pa.duration("ms"), 0, 2**62),
    ],
    ids=str,
)
def test_what_is_no_moment_here_is_rejected(bench, kind, good, bad):
    """DuckDB ends on some, reads others as another value."""
    values = pa.array([good, bad, None], pa.int64()).cast(kind)
    nested = pa.ListArray.from_arrays(pa.array([0, 1, 2, 3], pa.int32()), values)
    for number, column in enumerate((values, nested)):
        name = f"t{number}.parquet"
        bench.write(name, parquet(pa.table({"id": range(3), "v": column})))
        (chunk,) = bench.chunks("parquet_source", path=name)
        found = chunk.load()
        assert found.rows["id"].to_pylist() == [0, 2]
        assert found.rejected is not None
        assert found.rejected["id"].to_pylist() == [1]
        assert found.rejected["reject_column"].to_pylist() == ["v"]


def test_types_without_a_twin_move_on_as_they_are(bench):
    key = uuid.UUID("12345678-1234-5678-1234-567812345678")
    wide = Decimal("1234567890123456789012345678901234567890.125")
    table = pa.table({
        "key": pa.array([key.bytes, None], pa.uuid()),
        "wide": pa.array([wide, None], pa.decimal256(50, 3)),
        "took": pa.array([dt.timedelta(hours=30, microseconds=1), None], pa.duration("us")),
        "pair": pa.array([[1, 2], None], pa.list_(pa.int32(), 2)),
        "odd": pa.array([{'a "b"': 1}, None], pa.struct([('a "b"', pa.int64())])),
        "days": pa.array([[(dt.date(2026, 1, 2), 5)], None], pa.map_(pa.date32(), pa.int64())),
    })  # fmt: skip
    bench.write("t.parquet", parquet(table))
    found = bench.read("parquet_source", path="t.parquet")
    assert list(found.types.values()) == [
        "VARCHAR", "VARCHAR", "INTERVAL", "INTEGER[]", 'STRUCT("a ""b""" BIGINT)',
        "MAP(DATE, BIGINT)",
    ]  # fmt: skip
    first, second = found.rows
    assert first[:2] == (str(key), str(wide))
    assert (first[2].days, first[2].nanoseconds) == (0, (30 * 3600 * 10**6 + 1) * 1000)
    assert first[3:] == ([1, 2], {'a "b"': 1}, [(dt.date(2026, 1, 2), 5)])
    assert second == (None,) * 6


def test_columns_of_nothing_and_empty_files(bench):
    bench.write("null.parquet", parquet({"a": pa.nulls(2)}))
    found = bench.read("parquet_source", path="null.parquet")
    assert (found.types, found.rows) == ({"a": "VARCHAR"}, [(None,), (None,)])
    bench.write("empty.parquet", parquet({"a": pa.array([], pa.int64())}))
    assert bench.read("parquet_source", path="empty.parquet").rows == []


def test_chosen_columns_in_their_order(bench):
    bench.write("t.parquet", parquet({"a": [1], "b": ["x"], "C": [True]}))
    found = bench.read("parquet_source", path="t.parquet", columns=[{"name": "c"}, {"name": "a"}])
    assert found.types == {"C": "BOOLEAN", "a": "BIGINT"}
    assert found.rows == [(True, 1)]


def test_files_are_matched_by_name(bench):
    bench.write("in/1.parquet", parquet({"id": pa.array([1], pa.int32()), "name": ["x"]}))
    bench.write("in/2.parquet", parquet({"NAME": ["y"], "ID": [2**40], "more": [0.5]}))
    for path in ("in", "in/*.parquet", "**/*.parquet"):
        found = bench.read("parquet_source", path=path)
        assert found.types == {"id": "BIGINT", "name": "VARCHAR", "more": "DOUBLE"}
        assert found.rows == [(1, "x", None), (2**40, "y", 0.5)]


class TestNewColumns:
    """What becomes of a column that only later files have."""

    @pytest.fixture(autouse=True)
    def files(self, bench):
        bench.write("in/1.parquet", parquet({"id": [1]}))
        bench.write("in/2.parquet", parquet({"ID": [2, 3], "more": [None, "x"]}))
        bench.write("in/3.parquet", parquet({"id": [4]}))

    def test_it_is_read_unless_told_otherwise(self, bench):
        found = bench.read("parquet_source", path="in")
        assert found.rows == [(1, None), (2, None), (3, "x"), (4, None)]

    def test_it_is_left_out(self, bench):
        found = bench.read("parquet_source", path="in", on_new_column="ignore")
        assert found.types == {"id": "BIGINT"}
        assert found.rows == [(1,), (2,), (3,), (4,)]
        assert not found.rejected

    @pytest.mark.parametrize("batch", [1, 100])
    def test_rows_with_a_value_in_it_are_rejected(self, bench, batch):
        bench.batch_rows = batch
        found = bench.read("parquet_source", path="in", on_new_column="reject")
        assert found.rows == [(1,), (2,), (4,)]
        assert [row[:3] for row in found.rejected] == [(3, "unknown_column", "more")]

    def test_the_run_fails_and_names_file_and_column(self, bench):
        error = bench.error("parquet_source", path="in", on_new_column="fail")
        assert error.code == "new_column"
        assert "'2.parquet'" in error.what
        assert "more" in error.what

    def test_columns_named_are_those_that_are_known(self, bench):
        named = [{"name": "more"}, {"name": "id"}]
        found = bench.read("parquet_source", path="in", columns=named, on_new_column="fail")
        assert found.rows == [(None, 1), (None, 2), ("x", 3), (None, 4)]
        bench.write("in/0.parquet", parquet({"id": [0], "other": [1]}))
        error = bench.error("parquet_source", path="in", columns=named, on_new_column="fail")
        assert "'0.parquet'" in error.what


@pytest.mark.parametrize(
    ("mark", "system"),
    [
        ("_delta_log/00000.json", "Delta Lake"),
        ("metadata/v1.metadata.json", "Iceberg"),
        (".hoodie/hoodie.properties", "Hudi"),
    ],
)
def test_a_table_of_versions_is_said(bench, mark, system):
    bench.write("d/data/a.parquet", parquet({"id": [1]}))
    node = bench.bind("parquet_source", path="d")
    assert list(node.check({}, bench.design)) == []
    bench.write(f"d/{mark}", b"{}")
    (found,) = node.check({}, bench.design)
    assert (found.code, system in found.what) == ("table_of_versions", True)


def test_files_that_do_not_fit_together(bench):
    bench.write("in/1.parquet", parquet({"id": [1]}))
    bench.write("in/2.parquet", parquet({"id": ["one"]}))
    error = bench.error("parquet_source", path="in")
    assert error.code == "schemas_differ"
    assert error.where.file is not None
    assert error.where.file.endswith("2.parquet")


def test_partitions(bench):
    for folder, value in (("n=1/d=2024-01-01/c=a%2Fb", 1),
                          ("n=20/d=2024-02-03/c=__HIVE_DEFAULT_PARTITION__", 2)):  # fmt: skip
        bench.write(f"in/{folder}/part.parquet", parquet({"v": [value]}))
    found = bench.read("parquet_source", path="in")
    assert found.types == {"v": "BIGINT", "n": "BIGINT", "d": "DATE", "c": "VARCHAR"}
    assert found.rows == [
        (1, 1, dt.date(2024, 1, 1), "a/b"),
        (2, 20, dt.date(2024, 2, 3), None),
    ]
    assert bench.read("parquet_source", path="in/n=*/**/*.parquet").rows == found.rows
    plain = bench.read("parquet_source", path="in", partitions="ignore")
    assert plain.types == {"v": "BIGINT"}


def test_a_column_of_the_files_wins_over_the_folder(bench):
    bench.write("in/v=9/part.parquet", parquet({"v": [1]}))
    assert bench.read("parquet_source", path="in").rows == [(1,)]


@pytest.mark.parametrize(
    ("groups", "batch", "expected"),
    [
        (100, 250, [200, 200, 200, 200, 200]),
        (400, 300, [400, 400, 200]),
        (1000, 300, [300, 300, 300, 100]),
        (1000, 1000, [1000]),
    ],
)
def test_chunks(bench, groups: int, batch: int, expected: list[int]):
    bench.write("t.parquet", parquet({"i": list(range(1000))}, row_group_size=groups))
    bench.batch_rows = batch
    found = bench.read("parquet_source", path="t.parquet")
    assert found.chunks == expected
    assert found.rows == [(i,) for i in range(1000)]
    assert found.progress[-1] == 1.0
    assert found.progress == sorted(found.progress)


def test_limit_reads_little(bench):
    for name in ("a", "b", "c"):
        bench.write(f"{name}.parquet", parquet({"i": list(range(3000))}))
    bench.row_limit = 3500
    found = bench.read("parquet_source", path="*.parquet")
    assert found.chunks == [1000, 1000, 1000, 500]
    bench.row_limit = 5
    assert bench.read("parquet_source", path="*.parquet").chunks == [5]


def test_cancel(bench):
    bench.write("t.parquet", parquet({"i": list(range(1000))}, row_group_size=100))
    bench.batch_rows = 100
    node = bench.bind("parquet_source", path="t.parquet")
    chunks = node.open(node.infer({}, bench.design)["rows"], bench.run).chunks()
    next(chunks)
    bench.cancel.cancel()
    with pytest.raises(Cancelled):
        next(chunks)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_not_parquet"),
        (b"id,name\n1,Ada\n", "file_not_parquet"),
        (b"PAR1", "file_unreadable"),
        (parquet({"a": [1]})[:-20], "file_unreadable"),
        (parquet({"a": [1]})[200:], "file_not_parquet"),
        (b"PAR1" + b"\xff" * 100 + b"\x40\0\0\0PAR1", "file_unreadable"),
    ],
)
def test_files_that_are_no_parquet(bench, content: bytes, code: str):
    bench.write("t.parquet", content)
    error = bench.error("parquet_source", path="t.parquet")
    assert error.code == code
    assert error.where.file == str(bench.root / "t.parquet")


def test_a_damaged_page_is_found_while_reading(bench):
    content = bytearray(parquet({"a": [f"text {i}" for i in range(5000)]}, compression="zstd"))
    content[300:900] = b"\0" * 600
    bench.write("t.parquet", bytes(content))
    assert bench.error("parquet_source", path="t.parquet").code == "file_unreadable"


@pytest.mark.parametrize(
    ("names", "called"),
    [
        (["id", "ID", "x"], ("id", "ID_2", "x")),
        (["x", "x", "y"], ("x", "x_2", "y")),
        (["", "column1", "X"], ("column1_2", "column1", "X")),
    ],
)
def test_names_are_told_apart(bench, names, called):
    columns = [pa.array([1]), pa.array([2]), pa.array([3])]
    bench.write("d/a.parquet", parquet(pa.Table.from_arrays(columns, names=names)))
    bench.write("d/b.parquet", parquet(pa.Table.from_arrays(columns, names=names)))
    found = bench.read("parquet_source", path="d")
    assert tuple(found.types) == called
    assert found.rows == [(1, 2, 3)] * 2
    chosen = [{"name": called[1]}]
    assert bench.read("parquet_source", path="d", columns=chosen).rows == [(2,)] * 2


def test_a_column_of_nothing_beside_a_typed_one(bench):
    bench.write("d/a.parquet", parquet({"id": [1], "note": pa.nulls(1), "l": pa.array([[None]])}))
    bench.write("d/b.parquet", parquet({"id": [2], "note": [7], "l": [["x"]]}))
    found = bench.read("parquet_source", path="d")
    assert found.types == {"id": "BIGINT", "note": "BIGINT", "l": "VARCHAR[]"}
    assert found.rows == [(1, None, [None]), (2, 7, ["x"])]


def test_work_of_other_programs_is_no_data(bench):
    for name in ("p", "_temporary/0/p", "_delta_log/1", "_x", ".y", "k=1/p", "_k=1/p", "k=1/_p"):
        bench.write(f"d/{name}.parquet", parquet({"id": [1]}))
    assert len(bench.read("parquet_source", path="d").rows) == 3
    assert len(bench.read("parquet_source", path="d/_x.parquet").rows) == 1
    bench.write("only/_x.parquet", parquet({"id": [1]}))
    assert bench.error("parquet_source", path="only").code == "file_missing"


def test_partitions_by_every_day_of_a_month(bench):
    for day in range(1, 32):
        bench.write(f"d/day=2024-01-{day:02}/p.parquet", parquet({"id": [day]}))
    assert bench.read("parquet_source", path="d").types["day"] == "DATE"
    bench.write("d/day=2024-02-30/p.parquet", parquet({"id": [0]}))
    assert bench.read("parquet_source", path="d").types["day"] == "VARCHAR"


@pytest.mark.parametrize(
    ("columns", "code", "place"),
    [
        (["amount"], "column_missing", "columns.0.name"),
        (["id", "ID"], "name_taken", "columns.1.name"),
    ],
)
def test_wrong_choice(bench, columns: list[str], code: str, place: str):
    bench.write("t.parquet", parquet({"id": [1], "amounts": [2]}))
    with pytest.raises(InvalidParams) as caught:
        bench.infer("parquet_source", path="t.parquet", columns=[{"name": n} for n in columns])
    assert caught.value.code == code
    assert caught.value.where.param == place
    if code == "column_missing":
        assert "'amounts'" in caught.value.do


def test_a_changed_file_is_not_read_as_before(bench):
    bench.write("t.parquet", parquet({"id": [1], "name": ["x"]}))
    node = bench.bind("parquet_source", path="t.parquet")
    schema = node.infer({}, bench.design)["rows"]
    for table in ({"id": [1]}, {"id": ["1"], "name": ["x"]}):
        bench.write("t.parquet", parquet(table))
        with pytest.raises(Exception, match="not what it was") as caught:
            node.open(schema, bench.run)
        assert caught.value.code == "schema_changed"


def test_footers_are_remembered_until_the_file_changes(bench):
    bench.write("t.parquet", parquet({"id": [1]}))
    bench.infer("parquet_source", path="t.parquet")
    bench.infer("parquet_source", path="t.parquet")
    assert len(bench.seen) == 1
    bench.write("t.parquet", parquet({"id": [1], "name": ["x"]}))
    assert bench.infer("parquet_source", path="t.parquet").names == ("id", "name")


def test_only_columns_that_a_file_lacks(bench):
    bench.write("in/n=1/a.parquet", parquet({"v": [1, 2]}))
    bench.write("in/n=2/b.parquet", parquet({"w": [3]}))
    found = bench.read("parquet_source", path="in", columns=[{"name": "n"}, {"name": "w"}])
    assert found.rows == [(1, None), (1, None), (2, 3)]
    only = bench.read("parquet_source", path="in", columns=[{"name": "n"}])
    assert only.rows == [(1,), (1,), (2,)]
