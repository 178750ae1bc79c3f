"""What stands in for targets in a rehearsal, and what is found there by other means."""

from typing import Any

import pytest

from summit_studio.workspace.workspace import Workspace
from tests.unit.nodes.sinks.conftest import Bench

ROWS = """SELECT * FROM (VALUES (1, 'a,b'), (2, 'two' || chr(10) || 'lines "quoted"'),
  (3, ''), (4, NULL), (5, ' é;|')) t(id, text)"""
SINKS: list[tuple[str, dict[str, Any]]] = [
    ("csv_sink", {"path": "out.csv"}),
    ("csv_sink", {"path": "out.csv", "header": False, "delimiter": "|", "line_ending": "crlf"}),
    ("csv_sink", {"path": "out.csv.gz", "null_text": "NULL", "quoting": "all_valid"}),
    ("csv_sink", {"path": "out", "layout": "parts", "compression": "zstd"}),
    ("jsonl_sink", {"path": "out.jsonl"}),
    ("jsonl_sink", {"path": "out", "layout": "parts", "compression": "gzip"}),
    ("parquet_sink", {"path": "out.parquet"}),
    ("parquet_sink", {"path": "out", "partition_by": ["id"]}),
]


@pytest.mark.parametrize(("kind", "params"), SINKS)
def test_what_is_read_back_tells_every_row_apart(bench: Bench, kind: str, params: dict[str, Any]):
    bench.write(kind, ROWS, **params)
    tables = list(bench.bind(kind, **params).read_target(bench.context()))
    rows = [tuple(map(repr, row.values())) for t in tables for row in t.to_pylist()]
    assert len(rows) == len(set(rows)) == 5
    texts = {row[-2] if "=" in row[-1] else row[-1] for row in rows}
    assert len(texts) == 5  # No two values look alike, null and empty text neither.


@pytest.mark.parametrize(("kind", "params"), SINKS)
def test_a_stand_in_writes_the_same_format_elsewhere(
    bench: Bench, kind: str, params: dict[str, Any]
):
    folder = bench.root / "aside"
    node = bench.bind(kind, **params)
    found = node.stand_in(Workspace(bench.root), folder)
    made = bench.bind(kind, **{**params, **found.params})
    place = bench.root.joinpath(made.params.path)
    assert place.is_relative_to(folder)
    assert place.name == params["path"]
    bench.write(kind, ROWS, **{**params, **found.params})
    assert not (bench.root / params["path"]).exists()
    assert sum(t.num_rows for t in made.read_target(bench.context())) == 5


def test_nothing_is_found_where_nothing_is(bench: Bench):
    assert list(bench.bind("csv_sink", path="none.csv").read_target(bench.context())) == []


def test_an_empty_file_has_columns_and_no_rows(bench: Bench):
    bench.write("csv_sink", f"{ROWS} WHERE id > 9", path="out.csv")
    (table,) = bench.bind("csv_sink", path="out.csv").read_target(bench.context())
    assert (table.column_names, table.num_rows) == (["id", "text"], 0)
