"""What a sink wrote can be looked at, as it is in the target."""

import pytest

from summit_studio import Pipeline
from summit_studio.core.errors import SummitError

ROWS = 'id,name\n1,Ada\n2,\n3,"a;b"\n'


@pytest.fixture
def written(tmp_path):
    """Write the rows to a sink, change what it would get, and look at both."""
    (tmp_path / "in.csv").write_text(ROWS)
    (tmp_path / "connections.toml").write_text('[db]\nkind = "duckdb"\npath = "t.duckdb"\n')

    def look(kind, **params):
        pipeline = Pipeline("Read back", folder=tmp_path)
        rows = pipeline.add("csv_source", path="in.csv")
        sink = rows.to(kind, "out", **params)
        pipeline.run().raise_for_status()
        (tmp_path / "in.csv").write_text("id,name\n9,New\n")
        assert [row["id"] for row in pipeline.preview(sink)] == [9]
        return [(row["id"], row["name"]) for row in pipeline.preview(sink["written"])]

    return look


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("csv_sink", {"path": "out.csv"}),
        ("csv_sink", {"path": "out.csv", "delimiter": ";", "null_text": "NA"}),
        ("csv_sink", {"path": "parts", "layout": "parts", "compression": "gzip"}),
        ("jsonl_sink", {"path": "out.jsonl"}),
        ("jsonl_sink", {"path": "parts", "layout": "parts"}),
        ("parquet_sink", {"path": "out.parquet"}),
        ("parquet_sink", {"path": "parts", "layout": "parts"}),
        ("table_sink", {"connection": "db", "table": "t"}),
    ],
)
def test_the_rows_in_the_target_are_shown_not_those_that_would_come(written, kind, params):
    assert written(kind, **params) == [(1, "Ada"), (2, None), (3, "a;b")]


def test_partitions_come_back_as_columns(written):
    rows = written("parquet_sink", path="by", partition_by=["id"])
    assert sorted(rows) == [(1, "Ada"), (2, None), (3, "a;b")]


def test_what_writes_nothing_has_nothing_to_show(tmp_path):
    (tmp_path / "in.csv").write_text(ROWS)
    pipeline = Pipeline("Read back", folder=tmp_path)
    sink = pipeline.add("csv_source", path="in.csv").to("preview_sink", "out")
    with pytest.raises(SummitError) as caught:
        pipeline.preview(sink["written"])
    assert caught.value.code == "port_missing"
