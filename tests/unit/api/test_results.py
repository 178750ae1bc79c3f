"""What a preview, a run and a check give back can be read, counted and looked at."""

import dataclasses
import pickle
import sys

import pytest

import summit_studio as summit


@pytest.fixture
def pipeline(folder) -> summit.Pipeline:
    made = summit.Pipeline("orders", folder=folder)
    made.add("csv_source", "orders", path="orders.csv")
    return made


def test_rows_are_iterable_and_have_a_length(pipeline):
    rows = pipeline["orders"].preview()
    assert len(rows) == 4
    assert [row["id"] for row in rows] == [1, 2, 3, 4]
    assert list(rows) == rows.to_pylist()
    assert (rows[0], rows[-1]) == (next(iter(rows)), list(rows)[-1])
    assert {"id": 4, "customer_id": 7, "status": "open"} in rows
    with pytest.raises(IndexError):
        rows[4]
    with pytest.raises(summit.Misuse, match="whole number"):
        rows["id"]


def test_rows_show_themselves_as_a_table(pipeline):
    rows = pipeline["orders"].preview()
    lines = str(rows).splitlines()
    assert lines[0].split() == ["id", "BIGINT", "customer_id", "BIGINT", "status", "VARCHAR"]
    assert lines[2].split() == ["2", "8", "cancelled"]
    assert lines[-1] == rows.note
    assert repr(rows) == str(rows)
    assert rows._repr_html_().count("<tr>") == 5


def test_rows_do_not_flood(folder, pipeline):
    big = "x" * 100_000
    (folder / "big.csv").write_text(
        "id,<script>\n" + "".join(f"{i},{big if i < 3 else '<b>'}\n" for i in range(500))
    )
    rows = pipeline.add("csv_source", "big", path="big.csv").preview(500)
    assert len(rows) == 500
    assert len(str(rows)) < 3_000
    assert len(rows._repr_html_()) < 10_000
    assert "… and 480 more rows." in str(rows)
    assert "<script>" not in rows._repr_html_()
    assert "<b>" not in rows._repr_html_()


def test_no_rows_show_their_columns(pipeline):
    none = pipeline["orders"].to("filter", condition="false").preview()
    assert list(none) == []
    assert str(none).startswith("id BIGINT")


def test_pandas_missing_says_what_to_install(pipeline, monkeypatch):
    rows = pipeline["orders"].preview()
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(summit.SummitError, match=r"summit-studio\[pandas\]"):
        rows.to_pandas()


def test_a_result_shows_ledger_and_outputs(folder, pipeline):
    pipeline["orders"].to("filter", condition="id < 3").to("jsonl_sink", path="out.jsonl")
    result = pipeline.run()
    shown = str(result)
    assert "succeeded" in shown.splitlines()[0]
    assert ["filter", "4", "2", "2", "0", "✓", "counted", "twice"] in [
        line.split() for line in shown.splitlines()
    ]
    assert "out.jsonl" in shown
    assert repr(result) == shown
    assert "<table>" in result._repr_html_()


def test_a_failed_result_shows_why(folder, pipeline):
    (folder / "out").write_text("a file where the folder should be")
    pipeline["orders"].to("jsonl_sink", path="out/<all>.jsonl")
    result = pipeline.run()
    assert "failed" in str(result).splitlines()[0]
    assert str(result.error) in str(result)
    assert "Do:" in result._repr_html_()
    assert "<all>" not in result._repr_html_()


def test_the_rows_of_a_run_are_not_in_its_result(folder, pipeline):
    (folder / "out").write_text("a file where the folder should be")
    pipeline["orders"].to("jsonl_sink", path="out/all.jsonl")
    result = pipeline.run()
    with pytest.raises(summit.SummitError, match="failed and published no output") as caught:
        list(result)
    assert "preview()" in caught.value.do
    with pytest.raises(summit.SummitError, match="holds no rows"):
        result["orders"]


def test_a_node_without_an_account_is_an_error(folder, pipeline):
    pipeline["orders"].to("jsonl_sink", path="out.jsonl")
    ledger = pipeline.run().ledger
    with pytest.raises(summit.SummitError, match="did you mean 'orders'"):
        ledger["order"]
    assert ledger.get("order") is None
    assert "order" not in ledger


def test_a_result_can_be_copied_as_data(folder, pipeline):
    pipeline["orders"].to("jsonl_sink", path="out.jsonl")
    result = pipeline.run()
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301
    assert dataclasses.asdict(result)["ledger"]["orders"]["rows_out"] == {"rows": 4}


def test_problems_show_themselves(pipeline):
    pipeline["orders"].to("filter", "f", condition="amont > 1")
    problems = pipeline.check()
    assert not problems.ok
    first = str(problems).splitlines()[1]
    assert first.split()[:2] == ["error", "f.condition"]
    assert "Why: " in str(problems)
    assert "Do: " in str(problems)
    assert repr(problems) == str(problems)
    assert "<td" in problems._repr_html_()
    assert problems[0].code in {p.code for p in problems}


def test_no_problems_and_too_many():
    assert str(summit.Problems()) == "No problems."
    assert summit.Problems().ok
    pipeline = summit.Pipeline()
    for i in range(200):
        pipeline.add("sort", f"s{i}", columns=[{"column": "<x>" * 1000}])
    problems = pipeline.check()
    assert len(problems) > 200
    assert len(str(problems)) < 30_000
    assert f"… and {len(problems) - 50} more problems." in str(problems)
    assert "<x>" not in problems._repr_html_()
