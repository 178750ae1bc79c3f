"""Parquet: types as they are, partitions as Hive has them, foreign folders untouched."""

import pyarrow.parquet as pq
import pytest

from summit_studio.core.errors import InvalidParams, WriteFailed
from summit_studio.core.schema import from_arrow, to_arrow
from tests.unit.nodes.sinks.conftest import EVERY_TYPE, Bench, rows_of

NESTED = "SELECT [1, NULL] l, {'a': 'x'} s, MAP {'k': 1} m, 'nan'::DOUBLE f, '-inf'::DOUBLE g"
PLACES = """
SELECT i AS id, CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'a/b=c é%' ELSE 'DE' END
  AS place, i % 2 = 0 AS even FROM range(40) t(i)
"""


def everything(bench: Bench, path: str) -> list[tuple]:
    return bench.con.sql(
        f"SELECT id, place, even FROM read_parquet('{(bench.root / path).as_posix()}/**/*.parquet',"
        " hive_partitioning=true, hive_types_autocast=false) ORDER BY id"
    ).fetchall()


@pytest.mark.parametrize("sql", [EVERY_TYPE, NESTED])
@pytest.mark.parametrize("compression", ["zstd", "snappy", "gzip", "none"])
def test_every_type_comes_back(bench: Bench, sql: str, compression: str):
    done = bench.write("parquet_sink", sql, path="t.parquet", compression=compression, batch_rows=1)
    schema, table = bench.rows(sql)
    read = pq.read_table(bench.root / "t.parquet")
    assert read.schema.equals(to_arrow(schema))
    assert str(rows_of(read)) == str(rows_of(table))  # As text, since NaN equals nothing.
    assert done.counts["bytes"] == (bench.root / "t.parquet").stat().st_size
    codec = pq.ParquetFile(bench.root / "t.parquet").metadata.row_group(0).column(0).compression
    assert codec == {"none": "UNCOMPRESSED"}.get(compression, compression.upper())


def test_no_rows_keep_the_schema(bench: Bench):
    bench.write("parquet_sink", f"{EVERY_TYPE} WHERE false", path="t.parquet")
    read = pq.read_table(bench.root / "t.parquet")
    assert read.num_rows == 0
    assert from_arrow(read.schema) == bench.rows(EVERY_TYPE)[0]


def test_row_groups_gather_small_batches_and_split_big_ones(bench: Bench):
    sql = "SELECT i FROM range(1000) t(i)"
    bench.write("parquet_sink", sql, path="t.parquet", row_group_rows=400, batch_rows=10)
    meta = pq.ParquetFile(bench.root / "t.parquet").metadata
    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == [400, 400, 200]
    bench.write("parquet_sink", sql, path="t.parquet", row_group_rows=400, batch_rows=1000)
    meta = pq.ParquetFile(bench.root / "t.parquet").metadata
    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == [400, 400, 200]


def test_only_repeating_columns_get_a_dictionary(bench: Bench):
    sql = "SELECT 'n' || i AS one, 'k' || i % 5 AS few, [i] AS l FROM range(5000) t(i)"
    bench.write("parquet_sink", sql, path="t.parquet")
    group = pq.ParquetFile(bench.root / "t.parquet").metadata.row_group(0)
    found = {
        group.column(i).path_in_schema: "RLE_DICTIONARY" in group.column(i).encodings
        for i in range(group.num_columns)
    }
    assert (found["one"], found["few"]) == (False, True)


class TestPartitions:
    def test_folders_are_named_as_hive_does(self, bench: Bench):
        done = bench.write(
            "parquet_sink", PLACES, path="out/places", partition_by=["place"], batch_rows=7
        )
        assert done.counts == {"files": 4}
        assert bench.files() == [
            "out/places/place=/part-00000.parquet",
            "out/places/place=DE/part-00000.parquet",
            "out/places/place=__HIVE_DEFAULT_PARTITION__/part-00000.parquet",
            "out/places/place=a%2Fb%3Dc%20%C3%A9%25/part-00000.parquet",
        ]
        assert "place" not in pq.ParquetFile(bench.root / bench.files()[0]).schema_arrow.names

    def test_another_reader_agrees(self, bench: Bench):
        bench.write("parquet_sink", PLACES, path="places", partition_by=["place"], batch_rows=7)
        assert everything(bench, "places") == bench.con.sql(PLACES).fetchall()

    def test_two_columns(self, bench: Bench):
        by = ["EVEN", "place"]
        bench.write(
            "parquet_sink", PLACES, path="p", partition_by=by, row_group_rows=3, batch_rows=4
        )
        assert "p/even=true/place=a%2Fb%3Dc%20%C3%A9%25/part-00003.parquet" in bench.files()
        read = everything(bench, "p")
        wanted = bench.con.sql(PLACES).fetchall()
        assert read == [(i, place, str(even).lower()) for i, place, even in wanted]

    def test_rows_keep_their_order(self, bench: Bench):
        sql = "SELECT i, i % 3 AS k FROM range(9999) t(i)"
        bench.write("parquet_sink", sql, path="p", partition_by=["k"], batch_rows=1000)
        for k in range(3):
            read = pq.ParquetFile(bench.root / f"p/k={k}/part-00000.parquet").read()
            assert read.column("i").to_pylist() == list(range(k, 9999, 3))

    @pytest.mark.parametrize(
        ("value", "folder"),
        [
            ("DATE '1969-12-31'", "k=1969-12-31"),
            ("1.50::DECIMAL(10,2)", "k=1.50"),
            ("true", "k=true"),
            ("TIMESTAMP '2024-01-01 10:00:00'", "k=2024-01-01%2010%3A00%3A00.000000"),
        ],
    )
    def test_values_of_other_types(self, bench: Bench, value: str, folder: str):
        bench.write("parquet_sink", f"SELECT 1 AS a, {value} AS k", path="p", partition_by=["k"])
        assert bench.files() == [f"p/{folder}/part-00000.parquet"]

    def test_no_rows_leave_a_file_with_all_columns(self, bench: Bench):
        bench.write("parquet_sink", f"{PLACES} WHERE false", path="p", partition_by=["place"])
        (only,) = bench.files()
        read = pq.ParquetFile(bench.root / only).read()
        assert read.num_rows == 0
        assert read.schema.names == ["id", "place", "even"]

    def test_a_new_run_replaces_the_whole_folder(self, bench: Bench):
        bench.write("parquet_sink", PLACES, path="p", partition_by=["place"])
        bench.write("parquet_sink", "SELECT 1 a, 'FR' place", path="p", partition_by=["place"])
        assert bench.files() == ["p/place=FR/part-00000.parquet"]

    @pytest.mark.parametrize(
        ("by", "sql", "code"),
        [
            (["plce"], PLACES, "column_missing"),
            (["place", "Place"], PLACES, "partition_unfit"),
            (["id", "place", "even"], PLACES, "partition_unfit"),
            (["l"], "SELECT [1] AS l, 2 AS b", "partition_unfit"),
        ],
    )
    def test_unfit_columns_are_refused_at_their_place(self, bench: Bench, by, sql: str, code: str):
        node = bench.bind("parquet_sink", path="p", partition_by=by)
        schema, _ = bench.rows(sql)
        for call in (
            lambda: node.infer({"rows": (schema,)}, None),
            lambda: bench.open(node, schema),
        ):
            with pytest.raises(InvalidParams) as caught:
                call()
            assert caught.value.code == code
            assert (caught.value.where.param or "").startswith("partition_by.")
        assert bench.files() == []

    def test_too_many_folders(self, bench: Bench):
        schema, table = bench.rows("SELECT i AS a, i AS b FROM range(10001) t(i)")
        writer = bench.open(bench.bind("parquet_sink", path="p", partition_by=["b"]), schema)
        with pytest.raises(WriteFailed, match="10,000 folders"):
            writer.write(table)
        writer.abort()
        assert bench.files() == []

    def test_a_name_too_long_for_the_disk(self, bench: Bench):
        schema, table = bench.rows("SELECT 1 AS a, repeat('x', 400) AS b")
        writer = bench.open(bench.bind("parquet_sink", path="p", partition_by=["b"]), schema)
        with pytest.raises(WriteFailed, match="too long") as caught:
            writer.write(table)
        assert "rejected port" in caught.value.do
        writer.abort()
        assert bench.files() == []


class TestForeignFolders:
    """Writing partitions replaces a folder: never one that holds anything else."""

    @pytest.mark.parametrize("path", [".", "..", "data", "sub/../data", "out/old"])
    def test_they_are_left_alone(self, bench: Bench, path: str):
        bench.workspace = type(bench.workspace)(bench.root, trusted=True)
        for name in ("data/orders.parquet", "out/old/k=1/notes.txt", "orders.summit.json"):
            (bench.root / name).parent.mkdir(parents=True, exist_ok=True)
            (bench.root / name).write_text("precious")
        before = bench.files()
        node = bench.bind("parquet_sink", path=path, partition_by=["place"])
        assert [p.code for p in bench.problems(node, PLACES)] == ["folder_taken"]
        with pytest.raises(WriteFailed) as caught:
            bench.open(node, bench.rows(PLACES)[0])
        assert caught.value.code == "folder_taken"
        assert bench.files() == before

    def test_not_even_if_they_become_foreign_during_the_run(self, bench: Bench):
        bench.write("parquet_sink", PLACES, path="p", partition_by=["place"])
        schema, table = bench.rows(PLACES)
        writer = bench.open(bench.bind("parquet_sink", path="p", partition_by=["even"]), schema)
        writer.write(table)
        writer.prepare()
        (bench.root / "p/mine.txt").write_text("precious")
        before = everything(bench, "p")
        with pytest.raises(WriteFailed):
            writer.commit(1)
        writer.abort()
        assert everything(bench, "p") == before
        assert (bench.root / "p/mine.txt").read_text() == "precious"
        assert not [name for name in bench.files() if ".summit-" in name]

    def test_a_file_in_the_way(self, bench: Bench):
        (bench.root / "p").write_text("precious")
        node = bench.bind("parquet_sink", path="p", partition_by=["place"])
        assert [p.code for p in bench.problems(node, PLACES)] == ["folder_taken"]


def test_a_type_without_a_place_is_a_problem_and_an_error(bench: Bench):
    sql = "SELECT 1 AS a, INTERVAL 3 MONTH AS i"
    node = bench.bind("parquet_sink", path="t.parquet")
    assert [p.code for p in bench.problems(node, sql)] == ["type_unfit"]
    with pytest.raises(WriteFailed, match="INTERVAL"):
        bench.open(node, bench.rows(sql)[0])
    assert bench.files() == []


def test_summary(bench: Bench):
    assert bench.bind("parquet_sink", path="out/o.parquet").summary() == "out/o.parquet · zstd"
    by = bench.bind("parquet_sink", path="out/o", partition_by=["a", "b"], compression="none")
    assert by.summary() == "out/o by a, b · none"
