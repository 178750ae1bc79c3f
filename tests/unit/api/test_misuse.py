"""Misuse of the Python API: each is an error that says what, why and do, and changes nothing."""

import itertools
import math
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import summit_studio as summit
from summit_studio.core.events import RunStarted
from summit_studio.document.edits import RemoveNode
from summit_studio.nodes.catalogue import Catalogue

CATALOGUE = Catalogue.load()


class Bench:
    """A pipeline with a source, a filter, a join, a sink and a handle of each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pipeline = summit.Pipeline("orders", folder=folder, catalogue=CATALOGUE)
        self.source = self.pipeline.add("csv_source", "orders", path="orders.csv")
        self.other = self.pipeline.add("csv_source", "customers", path="customers.csv")
        self.kept = self.source.to("filter", "paid", condition="status = 'paid'")
        self.join = self.pipeline.add("join", keys=[{"left": "customer_id", "right": "id"}])
        self.sink = self.kept.to("jsonl_sink", "out", path="out.jsonl")
        stranger = summit.Pipeline("s", folder=folder, catalogue=CATALOGUE)
        self.stranger = stranger.add("csv_source", "orders", path="x")
        gone = self.pipeline.add("limit", "gone")
        self.gone = gone
        self.pipeline.apply(RemoveNode("gone"))


@pytest.fixture
def bench(folder) -> Bench:
    return Bench(folder)


def circle(b: Bench) -> None:
    first = b.pipeline.add("limit", "first")
    b.pipeline.connect(first, b.pipeline.add("limit", "second"))
    b.pipeline.connect(b.pipeline["second"], first)


def itself() -> list:
    inner: list = []
    inner.append(inner)
    return inner


MISUSES = {
    # Node types and fields by another name.
    "did you mean 'csv_source'?": lambda b: b.pipeline.add("read_csv", path="x"),
    "did you mean 'aggregate'?": lambda b: b.source.to("groupby"),
    "did you mean 'columns'?": lambda b: b.source.to("sort", by=["id"]),
    # Wrong kinds of values.
    "The type of a node cannot be 5": lambda b: b.pipeline.add(5),
    "The type of a node cannot be None": lambda b: b.source.to(None),
    "The type of a node cannot be the class int": lambda b: b.source.to(int),
    "joined by `connect` or `to`": lambda b: b.pipeline.add(b.source),
    "fields are given by name": lambda b: b.pipeline.add("filter", {"condition": "true"}),
    "The title of a node cannot be 7": lambda b: b.pipeline.add("limit", title=7),
    "The id of a node cannot be 0": lambda b: b.pipeline[0],
    "A port cannot be 0": lambda b: b.kept[0],
    "The name of a pipeline cannot be 3": lambda _: summit.Pipeline(3),
    "The folder cannot be 3": lambda _: summit.Pipeline("x", folder=3),
    "Why: it is a file": lambda b: summit.Pipeline("x", b.folder / "orders.csv"),
    "A catalogue cannot be 3": lambda _: summit.Pipeline("x", catalogue=3),
    "The file of a pipeline cannot be None": lambda _: summit.Pipeline.load(None),
    "The file of a pipeline cannot be ''": lambda b: b.pipeline.save(""),
    "An edit cannot be 'undo'": lambda b: b.pipeline.apply("undo"),
    # Params that no file can hold.
    "Field 'condition' cannot be a value of type function": lambda b: b.source.to(
        "filter", condition=lambda row: row
    ),
    "`inspect.getsource`": lambda b: b.source.to("python", code=circle),
    "give a list": lambda b: b.source.to("deduplicate", keys={"id"}),
    "a value of type ndarray": lambda b: b.source.to("deduplicate", keys=np.array(["id"])),
    "a value of type DataFrame": lambda b: b.source.to("filter", condition=pd.DataFrame()),
    "cannot be nan": lambda b: b.source.to("limit", rows=math.nan),
    "cannot be inf": lambda b: b.source.to("limit", rows=math.inf),
    "a value of type bytes": lambda b: b.pipeline.add("csv_source", path=b"orders.csv"),
    "A name in field 'columns'": lambda b: b.source.to("sort", columns=[{1: "id"}]),
    "is too deep": lambda b: b.source.to("sort", columns=itself()),
    "a value of type NodeHandle": lambda b: b.source.to("sort", columns=[b.source, "id"]),
    "Input 'left' of 'join' cannot be 'orders'": lambda b: b.pipeline.add("join", left="orders"),
    "give `pipeline['orders']`": lambda b: b.pipeline.add("join", left="orders"),
    "Input 'rows' of 'union' cannot be": lambda b: b.pipeline.add("union", rows=[]),
    "Input 'rows' of 'filter' cannot be a": lambda b: b.pipeline.add(
        "filter", rows=pd.DataFrame(), condition="true"
    ),
    # Ports.
    "has no input port 'row'": lambda b: b.pipeline.add("filter", row=b.source, condition="true"),
    "has no output port 'left'": lambda b: b.join["left"].to("limit"),
    "it has no outputs": lambda b: b.sink.to("limit"),
    "it has no inputs": lambda b: b.kept.to(b.other),
    "has no input port 'dropped'": lambda b: b.source.to(b.kept["dropped"]),
    "Every input of 'paid' is taken": lambda b: b.other.to(b.kept),
    "free is right": lambda b: (b.source.to(b.join["left"]), b.other.to(b.join["left"])),
    "Input 'rows' of 'filter' is taken": lambda b: b.pipeline.add(
        "filter", rows=[b.source, b.other], condition="true"
    ),
    "did you mean 'dropped'?": lambda b: b.kept["droped"],
    "every row would come twice": lambda b: b.source.to(
        b.pipeline.add("union", rows=[b.source, b.other])
    ),
    "use that node: `pipeline['orders']`": lambda b: b.pipeline.add("limit", "orders"),
    "run in a circle": circle,
    "in a circle from 'join' to 'join'": lambda b: b.join.to(b.join),
    # Handles.
    "belongs to another pipeline": lambda b: b.stranger.to(b.join),
    "<node orders (csv_source)> belongs": lambda b: b.pipeline.preview(b.stranger),
    "is no longer in the pipeline": lambda b: b.gone.to("limit"),
    "'gone' is no longer": lambda b: b.gone.params,
    "A node cannot be 'orders'": lambda b: b.pipeline.preview("orders"),
    "A node cannot be 5": lambda b: b.pipeline.connect(b.source, 5),
    "cannot be given an id, title, rows": lambda b: b.source.to(b.join, "j", title="J", rows=5),
    "`set` cannot connect 'left'": lambda b: b.join.set(left=b.source),
    "did you mean 'orders'?": lambda b: b.pipeline["order"],
    # Previews, checks and runs.
    "The number of rows cannot be -1": lambda b: b.source.preview(-1),
    "The number of rows cannot be '5'": lambda b: b.source.preview("5"),
    "The number of rows cannot be True": lambda b: b.source.preview(True),
    "The parameters cannot be 'day'": lambda b: b.pipeline.check("day"),
    "A name in the parameters cannot be 1": lambda b: b.pipeline.run(parameters={1: 2}),
    "`on` cannot be 'print'": lambda b: b.pipeline.run(on="print"),
    "`cancel` cannot be True": lambda b: b.pipeline.run(cancel=True),
    "it has kept, dropped, rejected": lambda b: b.kept["rows"].preview(),
    # Parameters and settings.
    "The name of a parameter cannot be 5": lambda b: b.pipeline.parameter(5),
    "The type of a parameter cannot be the class int": lambda b: b.pipeline.parameter("n", int),
    "did you mean 'integer'?": lambda b: b.pipeline.parameter("n", "int"),
    "'n'": lambda b: b.pipeline.parameter("n", "integer", default="many"),
    "settings.performance": lambda b: b.pipeline.configure(performance=5),
    "a value of type set": lambda b: b.pipeline.configure(performance={"batch_rows": {1}}),
}


@pytest.mark.parametrize(("words", "misuse"), MISUSES.items(), ids=MISUSES)
def test_a_misuse_says_what_why_and_do(bench, words, misuse):
    before = bench.pipeline.document
    with pytest.raises(summit.SummitError) as caught:
        misuse(bench)
    said = caught.value
    assert words in str(said)
    assert said.what
    assert said.do, str(said)
    assert said.why or said.code == "misuse"
    assert len(str(said)) < 700
    built = bench.pipeline.document
    assert len(built.edges) - len(before.edges) in {0, 1, 2}
    assert before.nodes.keys() <= built.nodes.keys()


ODD = (
    None, True, 0, -1, 10**400, 1.5, math.nan, "", " ", "no such", "x" * 100_000, "a\x00b",
    "\ud800", b"x", [], [1], {}, {1: 2}, {"a": {1}}, (), {1}, object(), int, len, date(2026, 1, 1),
    np.int64(3), np.nan, np.array([1]), pd.DataFrame({"a": [1]}), pd.NA, Path("x"), iter([1]),
    ValueError("x"), ...,
)  # fmt: skip
"""Values that people hand in by mistake."""


def calls(b: Bench, odd: object):
    p = b.pipeline
    yield lambda: p.add(odd)
    yield lambda: p.add("filter", odd, condition="true")
    yield lambda: p.add("filter", title=odd, condition="true")
    yield lambda: p.add("filter", condition=odd)
    yield lambda: p.add("filter", rows=odd, condition="true")
    yield lambda: p.add("union", rows=[b.source, odd])
    yield lambda: p.add("sort", columns=odd)
    yield lambda: p.add("sort", columns=[odd])
    yield lambda: p.add("sort", columns=[{"column": odd}])
    yield lambda: p.add("csv_source", path=odd)
    yield lambda: p.add("limit", **{"no such": odd})
    yield lambda: p.add_after(odd, "limit")
    yield lambda: p.connect(odd, b.join)
    yield lambda: p.connect(b.source, odd)
    yield lambda: p.port(odd, "rows")
    yield lambda: p.port(b.kept, odd)
    yield lambda: p.preview(odd)
    yield lambda: p.preview(b.source, rows=odd)
    yield lambda: p.preview(b.source, parameters=odd)
    yield lambda: p.found(odd)
    yield lambda: p.found(b.source, parameters=odd)
    yield lambda: p.raw(odd)
    yield lambda: p.raw(b.source, lines=odd)
    yield lambda: p.raw(b.source, parameters=odd)
    yield lambda: p.schema(odd)
    yield lambda: p.check(odd)
    yield lambda: p.apply(odd)
    yield lambda: p.configure(performance=odd)
    yield lambda: p.configure(performance={"batch_rows": odd})
    yield lambda: p.parameter(odd)
    yield lambda: p.parameter("x", odd)
    yield lambda: p.parameter("x", "integer", odd)
    yield lambda: p.parameter("x", "date", odd)
    yield lambda: p.parameter("x", doc=odd)
    yield lambda: p.set_params(odd, {})
    yield lambda: p[odd]
    yield lambda: b.kept[odd]
    yield lambda: b.source.to(odd)
    yield lambda: b.source.preview(odd)
    yield lambda: b.kept.set(condition=odd)
    yield lambda: b.kept["dropped"].to(odd)
    yield lambda: odd in p
    yield lambda: summit.Pipeline(odd)
    yield lambda: summit.Pipeline("x", odd)
    yield lambda: summit.Pipeline("x", catalogue=odd)
    yield lambda: summit.Pipeline.load(odd)


def failure(call) -> summit.SummitError | None:
    try:
        call()
    except summit.SummitError as error:
        return error
    return None


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: f"{type(odd).__name__} {odd!r:.12}")
def test_no_odd_value_is_a_fault_of_the_program(bench, odd, monkeypatch):
    monkeypatch.chdir(bench.folder)
    for number in itertools.count():
        # A fresh bench for each: what one call adds must not stand in another's way.
        fresh = Bench(bench.folder)
        call = next(itertools.islice(calls(fresh, odd), number, None), None)
        if call is None:
            return
        before = fresh.pipeline.document
        error = failure(call)
        if error is not None:
            assert len(str(error)) < 1_000
            assert error.what
            assert error.do
            assert fresh.pipeline.document == before


def test_a_node_there_is_is_joined(bench):
    assert bench.source.to(bench.join) == bench.join
    assert bench.other.to(bench.join) == bench.join
    edges = [str(e) for e in bench.pipeline.document.edges]
    assert edges[-2:] == ["orders.rows -> join.left", "customers.rows -> join.right"]
    bench.join.to("limit", rows=1)
    assert len(bench.pipeline["limit"].preview()) == 1


def test_a_port_there_is_is_joined(bench):
    assert bench.other.to(bench.join["right"]) == bench.join
    assert bench.source.to(bench.join) == bench.join
    assert bench.kept["dropped"].to(bench.pipeline.add("limit", "some")).node_id == "some"


def test_handles_are_equal_where_they_mean_the_same(bench):
    assert bench.pipeline["orders"] == bench.source
    assert bench.pipeline["paid"]["dropped"] == bench.kept["dropped"]
    assert bench.source != bench.stranger
    assert len({bench.source, bench.pipeline["orders"]}) == 1
    assert list(bench.pipeline)[0] == bench.source  # noqa: RUF015
    assert "orders" in bench.pipeline
    assert "order" not in bench.pipeline


def test_a_handle_of_a_removed_node_can_be_looked_at(bench):
    assert repr(bench.gone) == "<node gone (no longer there)>"


def test_params_are_a_copy(bench):
    bench.join.params["keys"].append("x")
    bench.join.params["how"] = "left"
    assert bench.join.params == {"keys": [{"left": "customer_id", "right": "id"}]}


def test_numbers_of_numpy_are_numbers(bench):
    limit = bench.source.to("limit", rows=np.int64(3), skip=np.uint8(1))
    assert [type(v) for v in limit.params.values()] == [int, int]
    assert len(limit.preview()) == 3


def test_an_empty_pipeline_does_not_run(folder):
    with pytest.raises(summit.SummitError, match="empty") as caught:
        summit.Pipeline("nothing", folder=folder).run()
    assert "add a source" in str(caught.value)


def test_a_missing_folder_is_named(tmp_path):
    pipeline = summit.Pipeline("x", tmp_path / "missing")
    pipeline.add("csv_source", path="x.csv").to("jsonl_sink", path="y.jsonl")
    with pytest.raises(summit.SummitError):
        pipeline.run()


def test_a_listener_that_fails_is_named(bench):
    bench.pipeline.connect(bench.source, bench.join)
    bench.pipeline.connect(bench.other, bench.join)
    bench.join.to("preview_sink")
    with pytest.raises(summit.SummitError, match="listener") as caught:
        bench.pipeline.run(on=lambda: None)
    assert "TypeError" in caught.value.why
    assert not caught.value.result.ok


def test_a_listener_may_stop_a_run(bench):
    class StopError(Exception):
        pass

    def stop(event):
        if isinstance(event, RunStarted):
            raise StopError

    bench.pipeline.connect(bench.source, bench.join)
    bench.pipeline.connect(bench.other, bench.join)
    bench.join.to("preview_sink")
    with pytest.raises(summit.SummitError, match="listener"):
        bench.pipeline.run(on=stop)
    assert not (bench.folder / "out.jsonl").exists()


def test_a_misspelt_name_of_the_package_is_answered():
    code = "import summit_studio; summit_studio.Pipelin"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Did you mean: 'Pipeline'?" in done.stderr
