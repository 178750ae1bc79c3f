"""Partitions that were written come back as they went, whatever their values look like."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit

VALUES = {
    "digits as text": ("VARCHAR", ["7", "8", None]),
    "days as text": ("VARCHAR", ["2024-01-31", "2024-02-01", None]),
    "whole": ("BIGINT", [7, 8, None]),
    "small": ("SMALLINT", [7, 8, None]),
    "amount": ("DECIMAL(6,2)", ["7.50", "8.00", None]),
    "truth": ("BOOLEAN", [True, False, None]),
    "day": ("DATE", ["2024-01-31", "0999-02-01", None]),
    "moment": ("TIMESTAMP", ["2024-01-31 23:59:59.000001", "1969-02-01 00:00:00", None]),
    "zoned": ("TIMESTAMP WITH TIME ZONE", ["2024-01-31 23:59:59Z", "1969-02-01 00:00:00Z", None]),
}


@pytest.mark.parametrize("name", VALUES)
def test_partitions_come_back_as_they_went(tmp_path, name):
    kind, values = VALUES[name]
    pq.write_table(
        pa.table({"id": [1, 2, 3], "k": pa.array([None if v is None else str(v) for v in values])}),
        tmp_path / "in.parquet",
    )
    made = summit.Pipeline("partitions", folder=tmp_path)
    typed = made.add("parquet_source", path="in.parquet").to(
        "derive", columns=[{"name": "k", "expression": f"CAST(k AS {kind})"}]
    )
    typed.to("parquet_sink", path="parts", partition_by=["k"])
    typed.to("parquet_sink", path="whole.parquet")
    made.run().raise_for_status()

    again = summit.Pipeline("again", folder=tmp_path)
    parts = again.add("parquet_source", path="parts")
    whole = again.add("parquet_source", path="whole.parquet")
    found = [{c.name: c.type for c in node.schema} for node in (parts, whole)]
    assert found == [{"id": "BIGINT", "k": kind}] * 2
    rows = [sorted(map(repr, node.preview())) for node in (parts, whole)]
    assert rows[0] == rows[1]
