"""Runs that meet trouble: listeners that raise, late cancelling, cut structs, little memory."""

import threading

import memory_nodes
import pyarrow as pa
import pytest
from conftest import document

from summit_studio.backends.local.conform import conform
from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import NodeFailed, OutputPublished, RunFinished, RunStatus
from summit_studio.expressions.connect import locked_connection

NUMBERS = ("numbers", {"rows": 1000, "chunk_rows": 90})


def keep(name: str = "out", **more):
    return ("keep", {"name": name, **more})


def raise_at(kind: str):
    def listen(event) -> None:
        if type(event).__name__ == kind:
            raise RuntimeError("the listener fails")

    return listen


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "kind", ["RunStarted", "NodeStarted", "BatchProcessed", "NodeFinished", "RuleScored"]
)
def test_a_listener_that_raises_fails_the_run_and_publishes_nothing(bench, kind):
    bench.listeners.append(raise_at(kind))
    rules = {"rules": [{"id": "any", "expression": "id >= 0"}]}
    doc = document(
        {"n": NUMBERS, "r": ("rules", rules), "out": keep()},
        "n.rows -> r.rows", "r.passed -> out.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert (finished.status, finished.error.code) == (RunStatus.FAILED, "internal_error")
    assert memory_nodes.Keep.kept == {}
    assert isinstance(bench.events[-1], RunFinished)


@pytest.mark.timeout(30)
def test_a_listener_that_raises_on_a_failure_hides_it_from_nobody_and_hangs_nothing(bench):
    bench.listeners.append(raise_at("NodeFailed"))
    doc = document(
        {"n": NUMBERS, "a": keep("a", fail_at="prepare"), "b": keep("b")},
        "n.rows -> a.rows", "n.rows -> b.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.error.what == "prepare failed"
    assert [e.node_id for e in bench.of(NodeFailed)] == ["a"]
    assert memory_nodes.Keep.kept == {}


def test_cancelling_between_two_sinks_that_publish_lets_both_publish(bench):
    def cancel(event) -> None:
        if isinstance(event, OutputPublished):
            bench.cancel.cancel()

    bench.listeners.append(cancel)
    doc = document(
        {"n": NUMBERS, "a": keep("a"), "b": keep("b")}, "n.rows -> a.rows", "n.rows -> b.rows"
    )
    assert bench.run(doc).status is RunStatus.SUCCEEDED
    assert sorted(memory_nodes.Keep.kept) == ["a", "b"]


def test_cancelling_before_a_run_starts_publishes_nothing(bench):
    bench.cancel.cancel()
    doc = document({"n": NUMBERS, "a": keep("a")}, "n.rows -> a.rows")
    assert bench.run(doc).status is RunStatus.CANCELLED
    assert memory_nodes.Keep.kept == {}


def test_what_cannot_be_woken_keeps_nobody_else_asleep():
    token, woken = CancelToken(), threading.Event()
    con = locked_connection()
    token.on_cancel(con.interrupt)
    token.on_cancel(woken.set)
    con.close()
    token.cancel()
    assert woken.is_set()


def struct_table() -> pa.Table:
    rows = [{"id": i, "s": {"a": i, "b": [{"c": str(i)}]}} for i in range(50)]
    return pa.Table.from_pylist(rows).combine_chunks()


def cut_in_parts() -> list[pa.Table]:
    whole = struct_table()
    ids, structs = whole["id"].chunk(0), whole["s"].chunk(0)
    odd = pa.chunked_array([ids.slice(0, 20), ids.slice(20)])
    inner = pa.StructArray.from_arrays([ids.slice(3, 9), structs.slice(3, 9)], ["i", "s"])
    return [whole.slice(7, 20), pa.table({"id": odd, "s": whole["s"]}), pa.table({"s": inner})]


@pytest.mark.parametrize("part", [0, 1, 2])
def test_structs_cut_out_of_others_are_read_rightly(part):
    table = cut_in_parts()[part]
    con = locked_connection()
    con.register("given", conform(table, table.schema))
    assert con.sql("SELECT * FROM given").to_arrow_table().to_pylist() == table.to_pylist()
    con.close()


def test_code_may_hand_on_a_part_of_its_structs(bench):
    code = "def process(rows):\n    return rows.slice(3)\n"
    make = {"columns": [{"name": "s", "expression": "{'a': id, 'b': [{'c': grp}]}"}]}
    python = {"code": code, "frame": "arrow", "whole": True}
    doc = document(
        {"n": NUMBERS, "d": ("derive", make), "p": ("python", python),
         "f": ("filter", {"condition": "s.a % 2 = 0"}),
         "o": ("sort", {"columns": [{"column": "id"}]}), "out": keep()},
        "n.rows -> d.rows", "d.rows -> p.rows", "p.rows -> f.rows", "f.kept -> o.rows",
        "o.rows -> out.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert [row["s"]["a"] for row in bench.kept("out")] == list(range(4, 1000, 2))


@pytest.mark.parametrize(
    ("kind", "params", "port"),
    [
        ("sort", {"columns": [{"column": "amount", "direction": "descending"}]}, "rows"),
        ("deduplicate", {"keys": ["id"]}, "unique"),
    ],
)
def test_the_least_memory_is_enough_for_more_rows_than_fit(bench, kind, params, port):
    text = "concat(md5(id::VARCHAR), md5(grp), sha256(id::VARCHAR), sha256(grp))"
    pad = {"columns": [{"name": "pad", "expression": text}]}
    doc = document(
        {"n": ("numbers", {"rows": 800_000, "chunk_rows": 50_000}), "d": ("derive", pad),
         "x": (kind, params), "out": keep()},
        "n.rows -> d.rows", "d.rows -> x.rows", f"x.{port} -> out.rows",
        settings={"performance": {"memory_limit_mb": 64}},
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert memory_nodes.Keep.kept["out"].num_rows == 800_000


@pytest.mark.timeout(100)
def test_the_same_pipeline_gives_the_same_rows_with_one_lane_and_with_eight(bench):
    nodes = {
        "n": ("numbers", {"rows": 30_000, "chunk_rows": 130}),
        "d": ("derive", {"columns": [{"name": "v", "expression":
            "CASE WHEN id % 97 = 0 THEN CAST(grp AS BIGINT) ELSE id % 500 END"}]}),
        "u": ("deduplicate", {"keys": ["grp", "v"]}),
        "j": ("join", {"keys": [{"left": "grp", "right": "grp"}]}),
        "g": ("aggregate", {"group_by": ["grp"], "measures": [{"name": "n"}]}),
        "all": ("union", {}),
        "a": keep("a"), "b": keep("b"),
    }  # fmt: skip
    edges = (
        "n.rows -> d.rows", "d.rows -> u.rows", "u.unique -> j.left", "d.rows -> g.rows",
        "g.rows -> j.right", "j.joined -> a.rows", "d.rejected -> all.rows",
        "u.duplicates -> all.rows", "all.rows -> b.rows",
    )  # fmt: skip
    found = []
    for lanes in (1, 8, 8):
        settings = {"performance": {"parallelism": lanes, "prefetch": 1}}
        finished = bench.run(document(nodes, *edges, settings=settings))
        assert finished.status is RunStatus.SUCCEEDED, finished.error
        found.append((bench.kept("a"), bench.kept("b")))
    assert found[0] == found[1] == found[2]
