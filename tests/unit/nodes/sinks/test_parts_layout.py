"""Folders of parts: added to, replaced or refused, and read again without what is ours alone."""

import errno
import os
import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as ds
import pytest

import summit_studio as summit
from summit_studio.core.epochs import SinkKey
from summit_studio.core.errors import InvalidParams, WriteFailed
from summit_studio.stores import files
from summit_studio.stores.parts import PartsCheckpoint
from tests.unit.nodes.sinks.conftest import Bench

ROWS = "SELECT i AS id, 'n' || i AS name FROM range(5) t(i)"
FORMS = {
    "csv": ("csv_sink", {}, "csv_source"),
    "csv.gz": ("csv_sink", {"compression": "gzip"}, "csv_source"),
    "jsonl": ("jsonl_sink", {}, "json_source"),
    "jsonl.zst": ("jsonl_sink", {"compression": "zstd"}, "json_source"),
    "parquet": ("parquet_sink", {}, "parquet_source"),
}
every_form = pytest.mark.parametrize("form", FORMS)
every_sink = pytest.mark.parametrize("kind", ["csv_sink", "jsonl_sink", "parquet_sink"])


def write(bench: Bench, form: str, if_exists: str = "append") -> None:
    kind, params, _ = FORMS[form]
    bench.write(kind, ROWS, path="out", layout="parts", if_exists=if_exists, **params)


def parts(bench: Bench) -> list[Path]:
    return sorted((bench.root / "out").glob("part-*"))


@every_form
def test_appending_adds_a_part_and_leaves_what_is_there(bench, form):
    (bench.root / "out").mkdir()
    (bench.root / "out" / "notes.md").write_text("mine")
    write(bench, form)
    (first,) = parts(bench)
    assert first.name.endswith(f".{form}")
    before = first.read_bytes()
    write(bench, form)
    assert len(parts(bench)) == 2
    assert first.read_bytes() == before
    assert (bench.root / "out" / "notes.md").read_text() == "mine"
    # Without an engine that would go on, nothing is kept of how far it came.
    assert sorted(p.name for p in (bench.root / "out").iterdir() if p.name[0] == "_") == []


@every_form
def test_replacing_swaps_the_folder_and_refuses_what_is_not_its_own(bench, form):
    write(bench, form)
    write(bench, form)
    write(bench, form, "replace")
    assert [p.name for p in parts(bench)] == [f"part-00000.{form}"]
    (bench.root / "out" / "notes.md").write_text("mine")
    with pytest.raises(WriteFailed, match=r"notes\.md") as caught:
        write(bench, form, "replace")
    assert caught.value.code == "folder_taken"
    kind, params, _ = FORMS[form]
    node = bench.bind(kind, path="out", layout="parts", **params)
    assert [p.code for p in bench.problems(node, ROWS)] == ["folder_taken"]
    assert len(parts(bench)) == 1


def test_what_is_put_there_while_it_is_written_is_not_replaced(bench):
    write(bench, "csv", "replace")
    schema, table = bench.rows(ROWS)
    writer = bench.open(bench.bind("csv_sink", path="out", layout="parts"), schema)
    writer.write(table)
    writer.prepare()
    (bench.root / "out" / "notes.md").write_text("mine")
    with pytest.raises(WriteFailed, match=r"notes\.md"):
        writer.commit(1)
    writer.abort()
    assert (bench.root / "out" / "notes.md").read_text() == "mine"


@every_form
def test_failing_begins_in_an_empty_folder_only(bench, form):
    (bench.root / "out").mkdir()
    write(bench, form, "fail")
    with pytest.raises(WriteFailed, match="not to replace"):
        write(bench, form, "fail")
    assert len(parts(bench)) == 1


@every_sink
def test_a_single_file_cannot_be_appended_to(bench, kind):
    node = bench.bind(kind, path="out.x", if_exists="append")
    (problem,) = bench.problems(node)
    assert problem.code == "append_needs_parts"
    assert [fix.params for fix in problem.fixes] == [
        (("layout", "parts"),), (("if_exists", "replace"),),
    ]  # fmt: skip
    with pytest.raises(InvalidParams, match="append"):
        bench.open(node, bench.rows(ROWS)[0])


@every_sink
def test_a_file_where_the_folder_should_be_is_refused(bench, kind):
    (bench.root / "out").write_text("mine")
    for if_exists in ("append", "replace", "fail"):
        node = bench.bind(kind, path="out", layout="parts", if_exists=if_exists)
        assert [p.code for p in bench.problems(node)] == ["folder_taken"]
        with pytest.raises(WriteFailed, match="a file is there"):
            bench.open(node, bench.rows(ROWS)[0])
    assert (bench.root / "out").read_text() == "mine"


@every_sink
def test_which_of_them_can_go_on(bench, kind):
    def look(**params: Any) -> tuple[bool, str]:
        node = bench.bind(kind, path="out", **params)
        kept = node.checkpoint(bench.context(), SinkKey("p", "out"))
        assert kept is None or isinstance(kept, PartsCheckpoint)
        return kept is not None, node.whole_because(bench.context())

    assert look(layout="parts", if_exists="append") == (True, "")
    assert look(layout="parts", if_exists="fail") == (True, "")
    kept, why = look(layout="parts")
    assert (kept, "set if_exists to append" in why) == (False, True)
    kept, why = look()
    # Lines can be put end to end: those of a single file are kept out of sight.
    lines = kind != "parquet_sink"
    assert (kept, "write a folder of parts" in why) == (lines, not lines)


def test_partitions_are_a_folder_whatever_the_layout(bench):
    params: dict[str, Any] = {"path": "out", "partition_by": ["k"], "if_exists": "append"}
    rows = "SELECT i AS id, i % 2 AS k FROM range(4) t(i)"
    bench.write("parquet_sink", rows, **params)
    bench.write("parquet_sink", rows, layout="parts", **params)
    found = sorted(p.parent.name for p in (bench.root / "out").rglob("*.parquet"))
    assert found == ["k=0", "k=0", "k=1", "k=1"]
    assert bench.con.sql(f"SELECT count(*) FROM '{bench.root}/out/*/*.parquet'").fetchall() == [
        (8,)
    ]


@every_form
def test_readers_see_the_parts_and_nothing_else(tmp_path, monkeypatch, form):
    """While an epoch is open as well: our sources, DuckDB, and Arrow, which pandas reads by."""
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    kind, params, source = FORMS[form]
    made = summit.Pipeline("made", folder=tmp_path)
    made.add("sample_source", rows=100).to(
        kind, "out", path="out", layout="parts", if_exists="append", **params
    )
    made.run().raise_for_status()
    (work,) = (tmp_path / "out" / "_summit").iterdir()
    aside = work / "run-000001" / "desk" / "epoch-000009"
    aside.mkdir(parents=True)
    (part,) = (tmp_path / "out").glob("part-*")
    (aside / f"{part.name}.new").write_bytes(part.read_bytes())

    whole = f"{tmp_path}/out/**/*.{form}"
    reader = {"csv": "read_csv", "jsonl": "read_json_auto", "parquet": "read_parquet"}
    with duckdb.connect() as con:
        call = reader[form.split(".", maxsplit=1)[0]]
        assert con.sql(f"SELECT count(*) FROM {call}('{whole}')").fetchall() == [(100,)]
    if form == "parquet":
        assert ds.dataset(tmp_path / "out", format="parquet").count_rows() == 100
    (aside / part.name).write_bytes(part.read_bytes())
    paths = ["out/**/*", "out/*"] + (["out"] if source == "parquet_source" else [])
    for number, path in enumerate(paths):
        again = summit.Pipeline("again", folder=tmp_path)
        again.add(source, "src", path=path).to("jsonl_sink", path=f"again{number}.jsonl")
        result = again.run()
        result.raise_for_status()
        assert result.ledger["src"].rows_in == {"read": 100}, path


def in_epochs(folder: Path, kind: str, params: dict[str, Any], **settings: Any) -> summit.Pipeline:
    """Return a pipeline that writes 500 rows to a folder, about a hundred at a time."""
    (folder / "in.csv").write_text("id,name\n" + "".join(f"{i % 3},n{i}\n" for i in range(500)))
    made = summit.Pipeline("made", folder=folder)
    made.configure(
        performance={"batch_bytes": 1024},
        checkpoints={"publish": "each", "every_rows": 100},
        **settings,
    )
    made.add("csv_source", path="in.csv").to(
        kind, "out", path="out", layout="parts", if_exists="append", **params
    )
    return made


@pytest.mark.parametrize(
    ("form", "more"), [*((form, {}) for form in FORMS), ("parquet", {"partition_by": ["id"]})]
)
def test_each_epoch_is_read_back_where_the_pipeline_asks_for_it(tmp_path, monkeypatch, form, more):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    kind, params, _ = FORMS[form]
    result = in_epochs(tmp_path, kind, params | more, verify="content").run()
    result.raise_for_status()
    assert result.ledger["out"].rows_out == {"written": 500}
    assert result.ledger["out"].counted == "content compared"
    assert len(list((tmp_path / "out").rglob("part-*"))) >= 3


@pytest.mark.parametrize(("layout", "number"), [("parts", 1), ("parts", 3), ("file", 1)])
def test_a_write_that_fails_for_a_moment_is_made_again(tmp_path, monkeypatch, layout, number):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    real, left = files._Guarded._write_all, [number]

    def write_all(self, view):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(self, view)

    monkeypatch.setattr(files._Guarded, "_write_all", write_all)
    made = in_epochs(tmp_path, "csv_sink", {}, errors={"retry": {"delay_secs": 0}})
    if layout == "file":
        made["out"].set(path="out/all.csv", layout="file", if_exists="replace")
    result = made.run()
    result.raise_for_status()
    assert left[0] < 0
    assert result.ledger["out"].rows_out == {"written": 500}
    names = [
        name
        for part in sorted((tmp_path / "out").glob("*.csv"))
        for name in part.read_text().replace("\n", ",").split(",")
        if name.startswith("n") and name != "name"
    ]
    assert sorted(names) == sorted(f"n{i}" for i in range(500))


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("number", [1, 3, 4])
@pytest.mark.parametrize("kind", ["csv_sink", "jsonl_sink"])
def test_a_write_that_fails_costs_its_epoch_and_the_next_run_goes_on(
    tmp_path, monkeypatch, kind, number, error
):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    real, left = files._Guarded._write_all, [number]

    def write_all(self, view):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(error, os.strerror(error))
        return real(self, view)

    monkeypatch.setattr(files._Guarded, "_write_all", write_all)
    made = in_epochs(tmp_path, kind, {}, errors={"retry": {"attempts": 1}})
    result = made.run()
    assert result.error is not None
    assert result.error.code == ("disk_full" if error == errno.ENOSPC else "file_unwritable")
    found = list((tmp_path / "out").glob("part-*"))
    assert len(found) == number - 1
    left[0] = -1
    result = made.run()
    result.raise_for_status()
    assert set(found) < set((tmp_path / "out").glob("part-*"))
    names = [
        name
        for part in (tmp_path / "out").glob("part-*")
        for name in re.findall(r"n\d+", part.read_text())
    ]
    assert sorted(names) == sorted(f"n{i}" for i in range(500))


def test_two_sinks_that_add_to_one_folder_under_two_names_keep_all_rows(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "out").mkdir()
    (tmp_path / "other").symlink_to("out")
    made = in_epochs(tmp_path, "csv_sink", {})
    made["csv_source"].to("csv_sink", "more", path="other", layout="parts", if_exists="append")
    made.run().raise_for_status()
    found = "".join(p.read_text() for p in (tmp_path / "out").glob("part-*"))
    assert sorted(re.findall(r"n\d+", found)) == sorted(f"n{i}" for i in range(500) for _ in "ab")


def test_a_folder_that_one_sink_adds_to_is_not_replaced_by_another(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "out").mkdir()
    (tmp_path / "other").symlink_to("out")
    made = in_epochs(tmp_path, "csv_sink", {})
    made["csv_source"].to("csv_sink", "more", path="other", layout="parts")
    result = made.run()
    assert result.error is not None
    assert result.error.code == "output_taken"
