"""Parquet files: types, several files at once, partitions, chunks, and damaged ones."""

import datetime as dt
import io
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


def test_nanoseconds_are_cut_to_microseconds(bench):
    table = pa.table({"t": pa.array([1_700_000_000_123_456_789], pa.timestamp("ns"))})
    bench.write("t.parquet", parquet(table))
    bench.write("old.parquet", parquet(table, use_deprecated_int96_timestamps=True))
    for name in ("t.parquet", "old.parquet"):
        ((found,),) = bench.read("parquet_source", path=name).rows
        assert found == dt.datetime(2023, 11, 14, 22, 13, 20, 123456)


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


def test_two_columns_of_one_name(bench):
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["id", "ID"])
    bench.write("t.parquet", parquet(table))
    assert bench.error("parquet_source", path="t.parquet").code == "name_taken"


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
