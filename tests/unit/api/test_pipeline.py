"""Pipelines from Python: built by edits, run by the engine."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import summit_studio as summit
from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import NodeSkipped, NodeStarted, RunStatus
from summit_studio.core.problems import Problem, Severity
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.plan import InvalidPipeline


def orders(folder: Path) -> tuple[summit.Pipeline, summit.NodeHandle]:
    pipeline = summit.Pipeline("orders", folder=folder)
    return pipeline, pipeline.add("csv_source", "orders", path="orders.csv")


def errors(problems: tuple[Problem, ...]) -> list[str]:
    return [p.code for p in problems if p.severity is Severity.ERROR]


def test_the_example_of_the_documentation(folder):
    pipeline, source = orders(folder)
    kept = source.to("filter", condition="status <> 'cancelled'")
    customers = pipeline.add("csv_source", "customers", path="customers.csv")
    joined = pipeline.add(
        "join",
        left=kept,
        right=customers,
        keys=[{"left": "customer_id", "right": "id"}],
    )
    joined.to("jsonl_sink", path="joined.jsonl")
    kept["dropped"].to("jsonl_sink", path="dropped.jsonl")
    assert errors(pipeline.check()) == []
    assert [r["id"] for r in kept.preview(20).to_pylist()] == [1, 3, 4]
    seen = []
    result = pipeline.run(on=seen.append).raise_for_status()
    assert result.ok
    assert {e.node_id for e in seen if isinstance(e, NodeStarted)} == set(pipeline.document.nodes)
    assert result.ledger["filter"].rows_out == {"kept": 3, "dropped": 1}
    assert {Path(o.location).name: o.rows for o in result.outputs} == {
        "joined.jsonl": 2,
        "dropped.jsonl": 1,
    }
    assert json.loads((folder / "dropped.jsonl").read_text())["id"] == 2


def test_a_run_to_a_node_goes_over_all_rows_and_writes_nothing(folder):
    pipeline, source = orders(folder)
    lines = [f"{n},paid" if n % 3 else f"{n},cancelled" for n in range(30_000)]
    (folder / "many.csv").write_text("id,status\n" + "\n".join(lines) + "\n")
    many = pipeline.add("csv_source", "many", path="many.csv")
    kept = many.to("filter", condition="status = 'paid'")
    out = kept.to("jsonl_sink", "out", path="out.jsonl")
    source.to("filter", "broken", condition="nonsense > 1")
    seen = []
    result = pipeline.run(to=kept, rows=3, on=seen.append).raise_for_status()
    assert [r["id"] for r in result.rows] == [1, 2, 4]
    assert result.ledger["filter"].rows_out == {"kept": 20_000}
    assert "The first 3 of 20,000 rows" in result.rows.note
    assert set(result.ledger) == {"many", "filter"}
    assert seen[0].to == "filter"
    assert [r["id"] for r in pipeline.run(to=kept["dropped"], rows=2).rows] == [0, 3]
    assert len(pipeline.run(to=out, rows=100_000).rows) == 20_000
    assert sorted(p.name for p in folder.iterdir() if p.suffix == ".jsonl") == []
    assert not list(Path(os.environ["SUMMIT_HOME"]).rglob("*.db")), "there is no history of it"
    assert pipeline.run(to=source).rows.complete
    with pytest.raises(InvalidPipeline):
        pipeline.run(to=pipeline["broken"])
    with pytest.raises(summit.SummitError, match="on_error"):
        pipeline.run(to=kept, on_error=print)


def test_nodes_are_disabled_and_bypassed(folder):
    pipeline, source = orders(folder)
    kept = source.to("filter", condition="status <> 'cancelled'", state="bypassed")
    kept.to("jsonl_sink", "all", path="all.jsonl")
    off = kept.to("jsonl_sink", "off", path="off.jsonl")
    assert pipeline.set_state("disabled", off) is pipeline
    assert (source.state, kept.state, off.state) == ("enabled", "bypassed", "disabled")
    assert "sink_skipped" in [p.code for p in pipeline.check()]
    seen = []
    pipeline.run(on=seen.append).raise_for_status()
    skipped = {e.node_id: (e.sink, e.why) for e in seen if isinstance(e, NodeSkipped)}
    assert skipped == {
        "filter": (False, "it is bypassed, and rows go past it unchanged"),
        "off": (True, "it is disabled"),
    }
    assert len((folder / "all.jsonl").read_text().splitlines()) == 4
    assert not (folder / "off.jsonl").exists()
    kept.set(condition="status = 'paid'")
    assert kept.state == "bypassed"
    with pytest.raises(summit.SummitError, match="did you mean 'disabled'"):
        pipeline.set_state("disable", off)


def test_a_saved_pipeline_is_tidy_and_loads_equal(folder):
    pipeline, source = orders(folder)
    source.to("filter", "paid", condition="status = 'paid'", title="Paid only").to(
        "jsonl_sink", path="paid.jsonl"
    )
    path = pipeline.save(folder / "orders.summit.json")
    again = summit.Pipeline.load(path)
    assert again.document == replace(pipeline.document, id=again.document.id)
    assert again.folder == folder.resolve()
    assert [x for x, _ in again.document.layout.nodes.values()] == [0, 280, 560]
    assert again["paid"].params == {"condition": "status = 'paid'"}
    assert again.document.node("paid").title == "Paid only"
    assert again.run().ok


def test_mistakes_are_refused_at_once_and_change_nothing(folder):
    pipeline, source = orders(folder)
    kept = source.to("filter", condition="true")
    before = pipeline.document
    mistakes = {
        "did you mean 'filter'?": lambda: pipeline.add("filtre"),
        "did you mean 'condition'?": lambda: kept.to("filter", conditon="true"),
        "fill it in": lambda: kept.to("filter"),
        "did you mean 'dropped'?": lambda: kept["droped"],
        "did you mean 'orders'?": lambda: pipeline["order"],
        "it has no inputs": lambda: kept.to("csv_source", path="x.csv"),
        "Every input of 'filter' is taken": lambda: pipeline.connect(source, kept),
        "a node of that id is there already": lambda: pipeline.add(
            "csv_source", "orders", path="orders.csv"
        ),
        "cannot be the id of a node": lambda: pipeline.add("csv_source", "a b", path="x"),
        "settings.performance.batch_row": lambda: pipeline.configure(performance={"batch_row": 1}),
        "did you mean 'performance'?": lambda: pipeline.configure(perfomance={}),
        "settings.schedule": lambda: pipeline.configure(schedule="daily"),
        "did you mean 'integer'?": lambda: pipeline.parameter("n", "integr"),
    }
    for words, mistake in mistakes.items():
        with pytest.raises(summit.SummitError) as caught:
            mistake()
        assert words in str(caught.value)
        assert pipeline.document is before


def test_handles_of_another_pipeline_are_refused(folder):
    pipeline, _ = orders(folder)
    _, stranger = orders(folder)
    with pytest.raises(summit.SummitError, match="another pipeline"):
        pipeline.add("filter", rows=stranger, condition="true")


def test_an_input_that_takes_many_edges_takes_a_list(folder):
    pipeline, a = orders(folder)
    b = pipeline.add("csv_source", "more", path="orders.csv")
    both = pipeline.add("union", rows=[a, b])
    assert len(both.preview().to_pylist()) == 8
    assert both.preview().complete


def test_a_sink_can_be_named_by_port_and_connected_later(folder):
    pipeline, source = orders(folder)
    sink = pipeline.add("jsonl_sink", "out", path="all.jsonl")
    pipeline.connect(source, sink["rows"])
    assert pipeline.run().ledger["out"].rows_in == {"rows": 4}


def test_parameters_stand_in_params_and_are_given_to_runs(folder):
    pipeline, source = orders(folder)
    wanted = pipeline.parameter("wanted", default="paid", doc="The status to keep.")
    count = pipeline.parameter("count", "integer")
    kept = source.to("filter", condition=f"status = '{wanted}'").to("limit", rows=count)
    kept.to("jsonl_sink", path="kept.jsonl")
    assert "parameter_invalid" in errors(pipeline.check())
    assert errors(pipeline.check({"count": 1})) == []
    result = pipeline.run(parameters={"wanted": "cancelled", "count": 5})
    assert result.outputs[0].rows == 1
    with pytest.raises(InvalidPipeline):
        pipeline.run()


def test_params_can_be_changed(folder):
    _, source = orders(folder)
    kept = source.to("filter", condition="true")
    assert kept.set(condition="status = 'open'").preview().to_pylist() == [
        {"id": 4, "customer_id": 7, "status": "open"}
    ]
    with pytest.raises(summit.SummitError):
        kept.set(nothing=1)
    assert kept.params == {"condition": "status = 'open'"}


def test_python_values_become_json_values(folder):
    pipeline, _ = orders(folder)
    node = pipeline.add("csv_source", "two", path=Path("sub") / "orders.csv")
    assert node.params == {"path": "sub/orders.csv"}
    assert pipeline.parameter("day", "date", default=date(2026, 1, 2)) == "${day}"
    assert pipeline.document.parameters["day"].default == "2026-01-02"


def test_previews_in_every_form(folder):
    _, source = orders(folder)
    rows = source.preview(2)
    assert len(rows) == 2
    assert rows.to_arrow().num_rows == 2
    assert rows.to_pandas()["id"].tolist() == [1, 2]
    assert source.schema.names == ("id", "customer_id", "status")
    assert "id BIGINT" in repr(rows)


def test_what_a_source_found_out_and_its_lines(folder):
    pipeline, source = orders(folder)
    found = {f.column or f.param: (f.text, f.why) for f in pipeline.found(source)}
    assert found["delimiter"] == ("commas", "it cuts 5 of 5 rows into 3 values")
    assert found["status"] == ("VARCHAR", "'paid' is no number, date or time")
    lines = pipeline.raw(source, 2).lines
    assert [(line.number, line.cells[0]) for line in lines] == [
        (1, "id,customer_id,status"),
        (2, "1,7,paid"),
    ]
    kept = source.to("filter", condition="id > 1")
    assert pipeline.found(kept) == ()
    with pytest.raises(summit.SummitError, match="has no raw lines"):
        pipeline.raw(kept)
    broken = pipeline.add("csv_source", "gone", path="gone.csv")
    with pytest.raises(InvalidPipeline, match=r"gone\.csv"):
        pipeline.found(broken)


def test_a_failed_run_is_a_result_that_raises_when_asked(folder):
    pipeline, source = orders(folder)
    (folder / "out").write_text("a file where the folder should be")
    source.to("jsonl_sink", path="out/all.jsonl")
    result = pipeline.run()
    assert result.status is RunStatus.FAILED
    with pytest.raises(summit.RunFailed) as caught:
        result.raise_for_status()
    assert caught.value.result is result
    assert caught.value.where.node_id == "jsonl_sink"


def test_a_cancelled_run_says_so(folder):
    pipeline, source = orders(folder)
    source.to("jsonl_sink", path="all.jsonl")
    token = CancelToken()
    token.cancel()
    result = pipeline.run(cancel=token)
    assert result.status is RunStatus.CANCELLED
    with pytest.raises(summit.RunFailed, match="cancelled"):
        result.raise_for_status()
    assert not (folder / "all.jsonl").exists()


def test_no_field_of_a_node_type_clashes_with_our_own_words():
    for kind in Catalogue.load():
        assert "title" not in kind.params_class.model_fields, kind.id


def test_a_field_may_be_called_as_an_input_port_is(folder):
    pipeline, source = orders(folder)
    assert len(pipeline.add("limit", rows=2, skip=1).pipeline.document.edges) == 0
    assert len(source.to("limit", rows=2).preview()) == 2


def test_importing_the_package_imports_nothing():
    code = "import sys, summit_studio; print(sorted(m for m in sys.modules if 'summit' in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (
        done.stdout.split(", '", 1)[1].strip()
        == "summit_studio.core', 'summit_studio.core.version']"
    )
    with pytest.raises(AttributeError):
        summit.nothing  # noqa: B018
    assert "Pipeline" in dir(summit)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"settings": {"perfomance": {}}}, "setting_unknown"),
        ({"settings": {"schedule": "daily"}}, "setting_not_kept"),
        ({"mode": "elt"}, "mode_not_kept"),
        ({"nots": {}}, "key_unknown"),
        ({"x-nots": {}, "settings": {"x-team": 1}}, None),
        ({"format": 99, "nots": {}, "mode": "stream"}, None),
    ],
    ids=str,
)
def test_what_a_file_asks_and_is_not_kept_is_said_by_check(folder, more, code):
    pipeline, source = orders(folder)
    source.to("jsonl_sink", path="out.jsonl")
    path = pipeline.save(folder / "p.summit.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | more))
    loaded = summit.Pipeline.load(path)
    assert errors(loaded.check()) == ([] if code is None else [code])
    if code is not None:
        with pytest.raises(summit.SummitError):
            loaded.run()
        assert not (folder / "out.jsonl").exists()


def test_a_pipeline_that_was_saved_goes_by_the_id_of_its_file(folder):
    pipeline, source = orders(folder)
    source.to("jsonl_sink", path="out.jsonl")
    first = pipeline.save(folder / "p.summit.json")
    assert pipeline._document.id == json.loads(first.read_text())["id"] != ""
    pipeline.save(first)
    assert pipeline._document.id == json.loads(first.read_text())["id"]
    other = pipeline.save(folder / "q.summit.json")
    assert pipeline._document.id == json.loads(other.read_text())["id"]
    assert json.loads(other.read_text())["id"] != json.loads(first.read_text())["id"]


def test_lineage_of_a_column_of_an_output(tmp_path):
    (tmp_path / "in.csv").write_text("id,name\n1,a\n")
    pipeline = summit.Pipeline("p", tmp_path)
    read = pipeline.add("csv_source", path="in.csv")
    kept = read.to("filter", condition="name <> 'b'")
    found = pipeline.lineage(kept, "NAME")
    assert [(str(s.kind), s.node) for s in (*found.up, found.step)] == [
        ("begins", read.node_id),
        ("passes", kept.node_id),
    ]
    assert [(str(s.kind), s.how) for s in pipeline.lineage(read, "name").down] == [
        ("passes", ""),
        ("read", "name <> 'b'"),
    ]
