"""The rejected port of sinks, as a pipeline uses it."""

import json

import pytest

import summit_studio as summit
from summit_studio.core.errors import SummitError


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "in.csv").write_text("id,x\n1,1.5\n2,nan\n3,2.5\n")
    return summit.Pipeline("sinks", folder=tmp_path)


def source(made, **params):
    columns = [{"name": "id", "type": "BIGINT"}, {"name": "x", "type": "DOUBLE"}]
    return made.add("csv_source", path="in.csv", columns=columns, **params)


def lines(folder, name):
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


@pytest.mark.parametrize("verify", ["counts", "content"])
@pytest.mark.parametrize("kind", ["csv_sink", "jsonl_sink"])
def test_a_number_that_is_none_goes_aside(made, tmp_path, kind, verify):
    sink = source(made).to(kind, "out", path="out.txt", non_finite="reject")
    sink["rejected"].to("filter", condition="reject_column = 'x'").to("jsonl_sink", path="bad.txt")
    made.configure(verify=verify)
    done = made.run().raise_for_status()
    assert done.ledger["out"].rejected == 1
    assert done.ledger["out"].rows_out == {"written": 2}
    assert [(r["id"], r["reject_code"]) for r in lines(tmp_path, "bad.txt")] == [
        (2, "value_unwritable")
    ]
    assert "nan" not in (tmp_path / "out.txt").read_text().casefold()
    assert [o.rows for o in done.outputs if o.node_id == "out"] == [2]


def test_nested_ones_go_aside_row_by_row(made, tmp_path):
    listed = source(made).to("derive", columns=[{"name": "l", "expression": "[1.0, x]"}])
    chosen = listed.to("select_columns", columns=[{"column": "id"}, {"column": "l"}])
    sink = chosen.to("jsonl_sink", path="out.txt", non_finite="reject")
    sink["rejected"].to("csv_sink", path="bad.csv")
    made.run().raise_for_status()
    assert [r["id"] for r in lines(tmp_path, "out.txt")] == [1, 3]
    assert "NaN or an infinity: [1.0, nan]" in (tmp_path / "bad.csv").read_text()


def test_a_partition_without_a_possible_folder_goes_aside(made, tmp_path):
    (tmp_path / "in.csv").write_text("id,v\n1,a\n2," + "ü" * 200 + "\n3,a\n")
    rows = made.add("csv_source", path="in.csv")
    sink = rows.to("parquet_sink", "out", path="out", partition_by=["v"])
    sink["rejected"].to("jsonl_sink", path="bad.txt")
    done = made.run().raise_for_status()
    assert done.ledger["out"].rows_out == {"written": 2}
    assert [(r["id"], r["reject_column"]) for r in lines(tmp_path, "bad.txt")] == [(2, "v")]


def test_what_is_refused_may_be_refused_again_and_fails_where_nobody_takes_it(made, tmp_path):
    first = source(made).to("csv_sink", path="a.csv", non_finite="reject")
    second = first["rejected"].to("jsonl_sink", "second", path="b.txt", non_finite="reject")
    assert not (done := made.run()).ok
    assert not list(tmp_path.glob("[ab].*"))
    assert done.error is not None
    assert done.error.where.node_id == "second"
    second["rejected"].to("csv_sink", path="c.csv")
    made.run().raise_for_status()
    assert (tmp_path / "b.txt").read_text() == ""
    assert len((tmp_path / "c.csv").read_text().splitlines()) == 2


def test_a_preview_writes_nothing_to_find_out(made, tmp_path):
    sink = source(made).to("csv_sink", path="a.csv", non_finite="reject")
    after = sink["rejected"].to("filter", condition="true")
    after.to("jsonl_sink", path="b.txt")
    for handle in (sink["rejected"], after["kept"]):
        with pytest.raises(SummitError) as caught:
            made.preview(handle)
        assert caught.value.code == "rejects_need_a_run"
    assert len(made.preview(sink)) == 3  # What it would get.
    assert not list(tmp_path.glob("[ab].*"))


def test_its_port_is_named_never_meant(made):
    sink = source(made).to("csv_sink", path="a.csv")
    with pytest.raises(SummitError, match="no output port") as caught:
        sink.to("jsonl_sink", path="b.txt")
    assert "rejected" in str(caught.value.why) + str(caught.value.do) or caught.value.why
    assert made.schema(sink["rejected"]).names[-4:] == (
        "reject_code", "reject_column", "reject_reason", "reject_source",
    )  # fmt: skip
