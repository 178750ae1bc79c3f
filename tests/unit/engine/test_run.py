"""Runs of every shape: fan-out, diamonds, rejects, failures, cancellation; the ledger balances."""

import threading
import time

import memory_nodes
import pytest
from conftest import document

from summit_studio.core.events import (
    BatchProcessed,
    NodeFailed,
    NodeFinished,
    NodeStarted,
    OutputPublished,
    RowsRejected,
    RuleScored,
    RunFinished,
    RunStarted,
    RunStatus,
)

NUMBERS = ("numbers", {"rows": 1000, "chunk_rows": 90})


def keep(name: str = "out", **more):
    return ("keep", {"name": name, **more})


def lines(finished: RunFinished) -> dict:
    return {line.node_id: line for line in finished.ledger}


def test_a_chain_keeps_order_and_counts_every_edge(bench):
    doc = document(
        {
            "n": NUMBERS,
            "f": ("filter", {"condition": "id % 2 = 0"}),
            "d": ("derive", {"columns": [{"name": "twice", "expression": "id * 2"}]}),
            "out": keep(),
        },
        "n.rows -> f.rows", "f.kept -> d.rows", "d.rows -> out.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.status is RunStatus.SUCCEEDED
    assert [row["twice"] for row in bench.kept("out")] == list(range(0, 2000, 4))
    account = lines(finished)
    assert account["n"].rows_out == {"rows": 1000}
    assert (account["f"].rows_in, account["f"].rows_out) == ({"rows": 1000}, {"kept": 500})
    assert account["f"].filtered == 500
    assert account["d"].rows_in == {"rows": 500}
    assert account["out"].rows_out == {"written": 500}
    assert all(line.balanced for line in finished.ledger)


def test_events_tell_the_whole_story_in_order(bench):
    doc = document({"n": NUMBERS, "out": keep()}, "n.rows -> out.rows")
    bench.run(doc)
    assert isinstance(bench.events[0], RunStarted)
    assert isinstance(bench.events[-1], RunFinished)
    assert {e.node_id for e in bench.of(NodeStarted)} == {"n", "out"}
    assert {e.node_id for e in bench.of(NodeFinished)} == {"n", "out"}
    assert sum(e.rows_out.get("rows", 0) for e in bench.of(BatchProcessed)) == 1000
    assert [e.rows for e in bench.of(OutputPublished)] == [1000]
    assert max(e.progress or 0 for e in bench.of(BatchProcessed)) == 1


def test_both_ports_of_a_filter_and_fan_out(bench):
    doc = document(
        {"n": NUMBERS, "f": ("filter", {"condition": "id < 300"}),
         "a": keep("a"), "b": keep("b"), "c": keep("c")},
        "n.rows -> f.rows", "f.kept -> a.rows", "f.dropped -> b.rows", "n.rows -> c.rows",
    )  # fmt: skip
    assert bench.run(doc).status is RunStatus.SUCCEEDED
    assert [len(bench.kept(k)) for k in "abc"] == [300, 700, 1000]


def test_a_diamond_into_a_join_does_not_deadlock(bench):
    doc = document(
        {
            "n": ("numbers", {"rows": 20_000, "chunk_rows": 100}),
            "g": ("aggregate", {"group_by": ["grp"], "measures": [
                {"name": "n", "function": "count"}]}),
            "j": ("join", {"keys": [{"left": "grp", "right": "grp"}]}),
            "out": keep(),
        },
        "n.rows -> j.left", "n.rows -> g.rows", "g.rows -> j.right", "j.joined -> out.rows",
    )  # fmt: skip
    assert bench.run(doc).status is RunStatus.SUCCEEDED
    assert [row["id"] for row in bench.kept("out")] == list(range(20_000))


def test_a_limit_that_stops_reading_still_drains_its_source(bench):
    doc = document(
        {"n": ("numbers", {"rows": 5000, "chunk_rows": 10}), "l": ("limit", {"rows": 3}),
         "out": keep()},
        "n.rows -> l.rows", "l.rows -> out.rows",
    )  # fmt: skip
    assert bench.run(doc).status is RunStatus.SUCCEEDED
    assert len(bench.kept("out")) == 3


def test_rejected_rows_go_to_their_port(bench):
    doc = document(
        {"n": ("numbers", {"rows": 100, "chunk_rows": 30, "bad_every": 10}),
         "out": keep("out"), "bad": keep("bad")},
        "n.rows -> out.rows", "n.rejected -> bad.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.status is RunStatus.SUCCEEDED
    assert (len(bench.kept("out")), len(bench.kept("bad"))) == (90, 10)
    assert lines(finished)["n"].rejected == 10
    assert sum(e.rows for e in bench.of(RowsRejected)) == 10
    assert bench.kept("bad")[0]["reject_reason"] == "It is odd."


def test_rejected_rows_without_a_port_fail_the_run_and_publish_nothing(bench):
    doc = document(
        {"n": ("numbers", {"rows": 100, "bad_every": 10}), "out": keep()}, "n.rows -> out.rows"
    )
    finished = bench.run(doc)
    assert finished.status is RunStatus.FAILED
    assert finished.error.code == "rejected_unconnected"
    assert finished.error.where.node_id == "n"
    assert "out" not in memory_nodes.Keep.kept
    assert ("out", "abort") in memory_nodes.Keep.log


def test_rows_that_fail_inside_a_fused_segment_are_found_exactly(bench):
    expression = "CASE WHEN id % 100 = 7 THEN CAST(grp AS BIGINT) ELSE id END"
    doc = document(
        {
            "n": NUMBERS,
            "f": ("filter", {"condition": "id >= 500"}),
            "d": ("derive", {"columns": [{"name": "x", "expression": expression}]}),
            "m": ("derive", {"columns": [{"name": "y", "expression": "x + 1"}]}),
            "out": keep("out"),
            "bad": keep("bad"),
        },
        "n.rows -> f.rows", "f.kept -> d.rows", "d.rows -> m.rows", "m.rows -> out.rows",
        "d.rejected -> bad.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.status is RunStatus.SUCCEEDED
    assert [row["id"] for row in bench.kept("bad")] == [507, 607, 707, 807, 907]
    assert [r["y"] for r in bench.kept("out")] == [i + 1 for i in range(500, 1000) if i % 100 != 7]
    account = lines(finished)
    assert account["d"].rejected == 5
    assert account["m"].rows_in == {"rows": 495}
    assert all(line.balanced for line in finished.ledger)


RULES = {
    "rules": [
        {"id": "small", "expression": "id < 900", "action": "reject", "threshold": 0.5},
        {"id": "even", "expression": "id % 2 = 0", "action": "tag", "threshold": 0.6},
    ]
}


def test_rules_are_scored_over_all_rows(bench):
    doc = document(
        {"n": NUMBERS, "r": ("rules", RULES), "out": keep("out"), "bad": keep("bad")},
        "n.rows -> r.rows", "r.passed -> out.rows", "r.rejected -> bad.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.status is RunStatus.SUCCEEDED
    scores = {e.rule: e for e in bench.of(RuleScored)}
    assert (scores["small"].rows, scores["small"].failed) == (1000, 100)
    assert (scores["even"].failed, scores["even"].breached) == (500, True)
    assert not any(name.startswith("__summit_") for name in bench.kept("out")[0])
    assert len(bench.kept("bad")) == 100


def test_a_breached_critical_rule_stops_before_anything_is_published(bench):
    rule = {"id": "even", "expression": "id % 2 = 0", "threshold": 0.9, "critical": True}
    doc = document(
        {"n": NUMBERS, "r": ("rules", {"rules": [rule]}), "out": keep()},
        "n.rows -> r.rows", "r.passed -> out.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.status is RunStatus.QUALITY_FAILED
    assert finished.error.code == "quality_gate"
    assert "out" not in memory_nodes.Keep.kept


@pytest.mark.parametrize("step", ["write", "prepare"])
def test_one_failing_sink_keeps_the_other_from_publishing(bench, step):
    doc = document(
        {"n": NUMBERS, "a": keep("a", fail_at=step), "b": keep("b")},
        "n.rows -> a.rows", "n.rows -> b.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.status is RunStatus.FAILED
    assert finished.error.what == f"{step} failed"
    assert finished.error.where.node_id == "a"
    assert memory_nodes.Keep.kept == {}
    assert ("b", "abort") in memory_nodes.Keep.log
    assert [e.node_id for e in bench.of(NodeFailed)] == ["a"]


def test_cancelling_stops_soon_and_publishes_nothing(bench):
    doc = document(
        {"n": ("numbers", {"rows": 10**6, "chunk_rows": 10, "wait_secs": 0.02}),
         "s": ("sort", {"columns": [{"column": "id"}]}), "out": keep()},
        "n.rows -> s.rows", "s.rows -> out.rows",
    )  # fmt: skip
    timer = threading.Timer(0.5, bench.cancel.cancel)
    timer.start()
    finished = bench.run(doc)
    assert finished.status is RunStatus.CANCELLED
    assert memory_nodes.Keep.kept == {}


def test_no_thread_outlives_a_run(bench):
    before = threading.active_count()
    doc = document(
        {"n": NUMBERS, "a": keep("a", fail_at="write"), "b": keep("b")},
        "n.rows -> a.rows", "n.rows -> b.rows",
    )  # fmt: skip
    bench.run(doc)
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_a_sink_without_rows_still_publishes_its_empty_result(bench):
    doc = document(
        {"n": NUMBERS, "f": ("filter", {"condition": "id < 0"}), "out": keep()},
        "n.rows -> f.rows", "f.kept -> out.rows",
    )  # fmt: skip
    assert bench.run(doc).status is RunStatus.SUCCEEDED
    assert bench.kept("out") == []


def test_deduplicate_counts_what_nobody_wanted_as_filtered(bench):
    doc = document(
        {"n": NUMBERS, "u": ("deduplicate", {"keys": ["grp"]}), "out": keep()},
        "n.rows -> u.rows", "u.unique -> out.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.status is RunStatus.SUCCEEDED
    assert lines(finished)["u"].filtered == 993


def test_both_ports_of_a_node_that_sees_all_rows(bench):
    doc = document(
        {"n": NUMBERS, "u": ("deduplicate", {"keys": ["grp"]}), "a": keep("a"), "b": keep("b")},
        "n.rows -> u.rows", "u.unique -> a.rows", "u.duplicates -> b.rows",
    )  # fmt: skip
    assert bench.run(doc).status is RunStatus.SUCCEEDED
    assert [len(bench.kept(k)) for k in "ab"] == [7, 993]


def test_code_runs_and_its_guilty_rows_are_found(bench):
    code = (
        "def process(rows):\n"
        "    if (rows['id'] % 250 == 3).any():\n"
        "        raise ValueError('three')\n"
        "    return rows\n"
    )
    doc = document(
        {"n": NUMBERS, "p": ("python", {"code": code, "frame": "pandas"}), "out": keep("out"),
         "bad": keep("bad")},
        "n.rows -> p.rows", "p.rows -> out.rows", "p.rejected -> bad.rows",
    )  # fmt: skip
    finished = bench.run(doc)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert [row["id"] for row in bench.kept("bad")] == [3, 253, 503, 753]
    assert len(bench.kept("out")) == 996


def test_columns_that_begin_with_underscores_are_rows_as_any_other(bench):
    doc = document(
        {
            "n": NUMBERS,
            "d": ("derive", {"columns": [{"name": "__v", "expression": "id"},
                                         {"name": "__row", "expression": "id"}]}),
            "s": ("sort", {"columns": [{"column": "__row", "direction": "descending"}]}),
            "u": ("deduplicate", {"keys": ["__v"]}),
            "out": keep(),
        },
        "n.rows -> d.rows", "d.rows -> s.rows", "s.rows -> u.rows", "u.unique -> out.rows",
    )  # fmt: skip
    assert bench.run(doc).status is RunStatus.SUCCEEDED
    assert {row["__v"] for row in bench.kept("out")} == set(range(1000))
