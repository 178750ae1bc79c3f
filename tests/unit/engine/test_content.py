"""`settings.verify: content`: what was handed to a target is read back and compared."""

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit
from summit_studio.nodes.parts.output import FileWriter

ROWS = pa.table(
    {
        "id": pa.array(range(1, 6), pa.int64()),
        "text": ["plain", 'with "quotes", and\nlines', "", None, " blanks "],
        "money": pa.array([Decimal("1.10"), Decimal("-0.07"), None, Decimal(0), Decimal("25.00")],
                          pa.decimal128(12, 2)),
        "ratio": [0.1, -0.0, 1e300, None, 3.0],
        "day": pa.array([0, 1, None, 20_000, -5], pa.date32()),
        "at": pa.array([0, 1, None, 1_700_000_000_123_456, -5], pa.timestamp("us")),
        "zoned": pa.array([0, 1, None, 1_700_000_000_123_456, 5], pa.timestamp("us", "UTC")),
        "flag": [True, False, None, True, False],
        "bytes": [b"\x00\xff", b"", None, b"x", b"yz"],
        "list": [[1, 2], [], None, [3], [None]],
        "struct": [{"a": 1, "b": "x"}, {"a": None, "b": ""}, None, {"a": 2, "b": "y"},
                   {"a": 3, "b": None}],
    }
)  # fmt: skip
FLAT = ROWS.drop_columns(["list", "struct"])
SINKS = {
    "parquet": ("parquet_sink", {"path": "o.parquet"}, ROWS),
    "partitioned": ("parquet_sink", {"path": "o", "partition_by": ["flag", "day"]}, ROWS),
    "csv": ("csv_sink", {"path": "o.csv"}, ROWS),
    "csv-odd": ("csv_sink", {"path": "o.csv.gz", "delimiter": ";", "null_text": "NULL"}, ROWS),
    "csv-no-header": ("csv_sink", {"path": "o.csv.zst", "header": False}, ROWS),
    "jsonl": ("jsonl_sink", {"path": "o.jsonl"}, ROWS),
    "jsonl-gzip": ("jsonl_sink", {"path": "o.jsonl.gz"}, ROWS),
    "sqlite": ("table_sink", {"connection": "lite", "table": "t"}, FLAT),
    "duckdb": ("table_sink", {"connection": "duck", "table": "t", "mode": "replace"}, ROWS),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "connections.toml").write_text(
        '[lite]\nkind = "sqlite"\npath = "o.db"\n\n[duck]\nkind = "duckdb"\npath = "o.duckdb"\n'
    )
    return tmp_path


def pipeline(folder: Path, kind: str, params: dict, rows: pa.Table) -> summit.Pipeline:
    pq.write_table(rows, folder / "in.parquet", row_group_size=2)
    made = summit.Pipeline("content", folder=folder)
    made.configure(verify="content")
    made.add("parquet_source", "read", path="in.parquet").to(kind, "write", **params)
    return made


@pytest.mark.parametrize("name", SINKS)
def test_what_is_whole_is_found_so_and_the_ledger_says_that_it_was_compared(folder, name):
    result = pipeline(folder, *SINKS[name]).run()
    result.raise_for_status()
    assert result.ledger["write"].counted == "content compared"


def test_a_table_with_other_rows_is_counted_only(folder):
    pipeline(folder, *SINKS["sqlite"]).run().raise_for_status()
    again = pipeline(folder, *SINKS["sqlite"]).run()
    assert again.ledger["write"].counted == "counterpart"


@pytest.mark.parametrize(("name", "old", "new"), [
    ("csv", b"plain", b"p1ain"),
    ("csv", b"25.00", b"26.00"),
    ("jsonl", b"plain", b"p1ain"),
    ("jsonl", b'"a":3', b'"a":4'),
])  # fmt: skip
def test_a_value_changed_in_the_closed_file_fails_the_run(folder, monkeypatch, name, old, new):
    spoil(monkeypatch, lambda data: data.replace(old, new))
    result = pipeline(folder, *SINKS[name]).run()
    assert result.error is not None
    assert result.error.code == "content_differs"
    assert not list(folder.glob("o.*"))


def test_without_it_only_counts_are_compared(folder, monkeypatch):
    spoil(monkeypatch, lambda data: data.replace(b"plain", b"p1ain"))
    made = pipeline(folder, *SINKS["jsonl"])
    made.configure(verify="counts")
    made.run().raise_for_status()
    assert json.loads((folder / "o.jsonl").read_text().splitlines()[0])["text"] == "p1ain"


def spoil(monkeypatch: pytest.MonkeyPatch, change) -> None:
    """Change the staged file once it is closed, before anybody looks at it."""
    prepare = FileWriter.prepare

    def spoilt(self: FileWriter) -> int:
        count = prepare(self)
        staged = self._file.staged
        staged.write_bytes(change(staged.read_bytes()))
        return count

    monkeypatch.setattr(FileWriter, "prepare", spoilt)
