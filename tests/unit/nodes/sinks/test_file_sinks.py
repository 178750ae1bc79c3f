"""What every file sink must keep: whole or not at all, in its place, with an error that helps."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from summit_studio.core.errors import SummitError, Untrusted, WriteFailed
from summit_studio.core.schema import Schema
from summit_studio.nodes.contract import Delivery, SinkNode
from summit_studio.workspace.workspace import Workspace
from tests.unit.nodes.sinks.conftest import Bench

SINKS = {
    "csv_sink": {"path": "out/rows.csv"},
    "jsonl_sink": {"path": "out/rows.jsonl"},
    "parquet_sink": {"path": "out/rows.parquet"},
    "parquet_parts": {"path": "out/rows", "partition_by": ["part"]},
    "csv_folder": {"path": "out/rows", "layout": "parts", "compression": "gzip"},
    "jsonl_folder": {"path": "out/rows", "layout": "parts"},
    "parquet_folder": {"path": "out/rows", "layout": "parts"},
}
NAMES = {
    "parquet_parts": "parquet_sink",
    "csv_folder": "csv_sink",
    "jsonl_folder": "jsonl_sink",
    "parquet_folder": "parquet_sink",
}
OLD = "SELECT i AS id, 'old' AS part FROM range(3) t(i)"
NEW = "SELECT i AS id, 'new' || i % 3 AS part, random() AS noise FROM range(60000) t(i)"

every_sink = pytest.mark.parametrize("sink", SINKS)
single_file = pytest.mark.parametrize("sink", [name for name in SINKS if name not in NAMES])


def bound(bench: Bench, sink: str, **changes: Any) -> SinkNode[Any]:
    return bench.bind(NAMES.get(sink, sink), **(SINKS[sink] | changes))


def write_old(bench: Bench, sink: str) -> dict[str, bytes]:
    """Write a small output and return every file's bytes."""
    bench.write(NAMES.get(sink, sink), OLD, **SINKS[sink])
    return contents(bench)


def contents(bench: Bench) -> dict[str, bytes]:
    return {name: (bench.root / name).read_bytes() for name in bench.files()}


@every_sink
def test_nothing_is_visible_before_commit(bench: Bench, sink: str):
    before = write_old(bench, sink)
    schema, table = bench.rows(NEW)
    writer = bench.open(bound(bench, sink), schema)
    writer.write(table)
    assert {n: b for n, b in contents(bench).items() if ".summit-" not in n} == before
    writer.prepare()
    assert {n: b for n, b in contents(bench).items() if ".summit-" not in n} == before
    done = writer.commit(1)
    after = contents(bench)
    assert after != before
    assert not [name for name in after if ".summit-" in name]
    assert done.location == str(bench.root / SINKS[sink]["path"])


@every_sink
@pytest.mark.parametrize("steps", ["", "w", "ww", "wp"])
def test_abort_leaves_what_was_there(bench: Bench, sink: str, steps: str):
    before = write_old(bench, sink)
    schema, table = bench.rows(NEW)
    writer = bench.open(bound(bench, sink), schema)
    for step in steps:
        writer.write(table) if step == "w" else writer.prepare()
    writer.abort()
    writer.abort()
    assert contents(bench) == before


@every_sink
def test_abort_on_a_clean_place_leaves_no_file(bench: Bench, sink: str):
    schema, table = bench.rows(NEW)
    writer = bench.open(bound(bench, sink), schema)
    writer.write(table)
    writer.abort()
    assert bench.files() == []


@single_file
@pytest.mark.parametrize("lost", [0, 7])
def test_prepare_says_what_stands_in_the_file_not_what_came(
    bench: Bench, sink: str, lost: int, monkeypatch
):
    schema, table = bench.rows(NEW)
    writer = bench.open(bound(bench, sink), schema)
    put = writer.put
    monkeypatch.setattr(writer, "put", lambda batch: put(batch.slice(lost)))
    writer.write(table)
    assert writer.prepare() == 60_000 - lost
    writer.abort()


def test_prepare_says_what_stands_in_a_folder_of_parts(bench: Bench):
    schema, table = bench.rows(NEW)
    writer = bench.open(bound(bench, "parquet_parts", row_group_rows=5_000), schema)
    writer.write(table)
    part = next(p for p in bench.root.rglob("part-00000.parquet") if ".summit-" in str(p))
    part.unlink()
    assert writer.prepare() == 40_000
    writer.abort()


@every_sink
def test_outside_the_workspace_is_refused_at_the_run_as_well(bench: Bench, sink: str):
    with pytest.raises(Untrusted):
        bench.open(bound(bench, sink, path="../rows"), bench.rows(OLD)[0])
    assert bench.files() == []


@every_sink
def test_refused_where_it_exists(bench: Bench, sink: str):
    before = write_old(bench, sink)
    with pytest.raises(WriteFailed, match="not to replace"):
        bench.open(bound(bench, sink, if_exists="fail"), bench.rows(OLD)[0])
    assert contents(bench) == before


@single_file
def test_a_folder_in_the_way(bench: Bench, sink: str):
    (bench.root / SINKS[sink]["path"]).mkdir(parents=True)
    with pytest.raises(WriteFailed, match="folder is there") as caught:
        bench.open(bound(bench, sink), bench.rows(OLD)[0])
    assert caught.value.do
    assert caught.value.where.param == "path"


@every_sink
def test_a_file_where_the_folder_should_be(bench: Bench, sink: str):
    (bench.root / "out").write_text("precious")
    with pytest.raises(WriteFailed) as caught:
        bench.open(bound(bench, sink), bench.rows(OLD)[0])
    assert caught.value.do
    assert contents(bench) == {"out": b"precious"}


@every_sink
def test_two_sinks_of_a_run_cannot_share_a_place(bench: Bench, sink: str):
    schema, table = bench.rows(NEW)
    first = bench.open(bound(bench, sink), schema)
    with pytest.raises(WriteFailed) as caught:
        bench.open(bound(bench, sink), schema)
    assert caught.value.code == "output_taken"
    first.write(table)
    first.prepare()
    first.commit(1)


@every_sink
def test_target_and_class(bench: Bench, sink: str):
    node = bound(bench, sink)
    assert node.target() == SINKS[sink]["path"]
    assert node.delivery is Delivery.ATOMIC
    assert SINKS[sink]["path"] in node.summary()


@every_sink
@pytest.mark.parametrize("path", ["../rows", "~/rows", "out/../../rows"])
def test_outside_the_workspace_needs_trust(bench: Bench, sink: str, path: str):
    node = bound(bench, sink, path=path)
    assert [p.code for p in bench.problems(node, OLD)] == ["outside_workspace"]
    bench.workspace = Workspace(bench.root, trusted=True)
    assert bench.problems(node, OLD) == []


@every_sink
def test_a_link_out_of_the_workspace_needs_trust(bench: Bench, sink: str, tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (bench.root / "out").symlink_to(tmp_path / "elsewhere")
    assert [p.code for p in bench.problems(bound(bench, sink), OLD)] == ["outside_workspace"]


@every_sink
def test_an_empty_path_is_a_problem(bench: Bench, sink: str):
    assert "path_empty" in [p.code for p in bench.problems(bound(bench, sink, path=" "), OLD)]


CHILD = """
import signal, sys
from pathlib import Path
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace
from summit_studio.core.cancel import CancelToken
from summit_studio.core.schema import from_arrow
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import RunContext
import duckdb, json, os

root, kind, sql, when = Path(sys.argv[1]), sys.argv[2], *sys.argv[4:]
params = json.loads(sys.argv[3])
with duckdb.connect() as con:
    table = con.sql(sql).to_arrow_table()
node = Catalogue.load().bind(Node("out", kind, params))
context = RunContext("killed", Workspace(root), SecretStore(root), CancelToken())
if when == "full":
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
writer = node.open(from_arrow(table.schema), context)
try:
    for start in range(0, table.num_rows, 5000):
        writer.write(table.slice(start, 5000))
        if when == "writing" and start >= 40_000:
            os.kill(os.getpid(), signal.SIGKILL)
    writer.prepare()
    if when == "prepared":
        os.kill(os.getpid(), signal.SIGKILL)
    writer.commit(1)
except BaseException as error:
    writer.abort()
    print(type(error).__name__, getattr(error, "code", ""), error)
"""


def child(bench: Bench, sink: str, when: str) -> subprocess.CompletedProcess[str]:
    args = [str(bench.root), NAMES.get(sink, sink), json.dumps(SINKS[sink]), NEW, when]
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), *args],
        capture_output=True, text=True, check=False, timeout=60,
        cwd=Path(__file__).parents[4],
    )  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a POSIX signal")
@every_sink
@pytest.mark.parametrize("when", ["writing", "prepared"])
def test_a_killed_run_leaves_the_old_output_whole(bench: Bench, sink: str, when: str):
    before = write_old(bench, sink)
    ended = child(bench, sink, when)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    left = contents(bench)
    assert {n: b for n, b in left.items() if ".summit-" not in n} == before
    assert len(left) > len(before), "the control: the killed run had begun to write"
    # The next run clears what the dead one left, and publishes.
    bench.write(NAMES.get(sink, sink), NEW, **SINKS[sink])
    assert not [name for name in bench.files() if ".summit-" in name]


@pytest.mark.skipif(os.name != "posix", reason="file size limits are a POSIX thing")
@every_sink
def test_a_disk_that_takes_no_more(bench: Bench, sink: str):
    before = write_old(bench, sink)
    ended = child(bench, sink, "full")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("WriteFailed file_too_large"), ended.stdout
    assert contents(bench) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
@every_sink
def test_a_folder_one_may_not_write(bench: Bench, sink: str):
    (bench.root / "out").mkdir(mode=0o500)
    with pytest.raises(SummitError) as caught:
        bench.open(bound(bench, sink), bench.rows(OLD)[0])
    assert caught.value.code == "file_unwritable"


def test_no_columns_are_refused(bench: Bench):
    for sink in ("csv_sink", "jsonl_sink", "parquet_sink"):
        with pytest.raises(WriteFailed):
            bench.open(bound(bench, sink), Schema())
    assert bench.files() == []


class TestPreviewSink:
    def test_it_counts_and_writes_nothing(self, bench: Bench):
        done = bench.write("preview_sink", NEW)
        assert done.rows == 60_000
        assert bench.files() == []

    def test_it_promises_nothing(self, bench: Bench):
        node = bench.bind("preview_sink")
        assert node.delivery is Delivery.NONE
        assert node.target() == ""
