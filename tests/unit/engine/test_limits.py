"""What takes longer than it may is ended, whoever is at work, and the error names it."""

import threading
import time
from dataclasses import replace

import memory_nodes
import pytest
from conftest import Bench, document

from summit_studio.core.events import Event, NodeFailed, OutputPublished, RunStatus
from summit_studio.document.model import Document

SLOW = """
import time
def process(rows):
    time.sleep({secs})
    return rows
"""


@pytest.fixture(autouse=True)
def warm(bench: Bench) -> None:
    """Import what a first run imports."""
    bench.run(slow(0))
    memory_nodes.Keep.kept.clear()
    bench.events.clear()


def slow(secs: float, **limits: float) -> Document:
    """Return a pipeline whose code takes so long for each of twenty batches."""
    code = {"code": SLOW.format(secs=secs), "frame": "arrow"}
    nodes = {
        "src": ("numbers", {"rows": 2000, "chunk_rows": 100}),
        "py": ("python", code),
        "out": ("keep", {"name": "out"}),
    }
    return document(
        nodes, "src.rows -> py.rows", "py.rows -> out.rows", settings={"limits": limits}
    )


def ended(bench: Bench, doc: Document) -> tuple[str, str, str]:
    """Return code, node and why of a run that was ended; fail if it took long, or published."""
    begun = time.monotonic()
    finished = bench.run(doc)
    assert time.monotonic() - begun < 20
    assert finished.status is RunStatus.FAILED
    assert finished.error is not None
    assert "nothing was published" in finished.error.do
    assert [e.node_id for e in bench.of(NodeFailed)] == [finished.error.where.node_id]
    assert not bench.of(OutputPublished)
    assert "out" not in memory_nodes.Keep.kept
    return finished.error.code, finished.error.where.node_id or "", finished.error.why


@pytest.mark.parametrize("limit", ["run_secs", "node_secs"])
def test_a_node_that_takes_too_long_is_named_with_its_limit(bench: Bench, limit: str):
    code, node, why = ended(bench, slow(0.5, **{limit: 1}))
    assert (code, node) == ("out_of_time", "py")
    assert why == f"limits.{limit} is 1, and the run was waiting for 'Python'"


def test_code_that_never_ends_does_not_keep_the_run(bench: Bench):
    threads = threading.active_count()
    code, node, _ = ended(bench, slow(8, node_secs=0.5))
    assert (code, node) == ("out_of_time", "py")
    told = len(bench.events)
    assert threading.active_count() > threads
    for thread in threading.enumerate():
        if thread.name == "attempt":
            thread.join(30)
    # Whatever it was left in the middle of is told to nobody any more.
    assert len(bench.events) == told


def test_a_source_that_takes_too_long_is_named(bench: Bench):
    doc = slow(0, node_secs=1)
    wait = {"rows": 2000, "chunk_rows": 100, "wait_secs": 0.5}
    src = replace(doc.nodes["src"], params=wait)
    code, node, _ = ended(bench, replace(doc, nodes={**doc.nodes, "src": src}))
    assert (code, node) == ("out_of_time", "src")


def test_a_run_in_time_is_left_alone(bench: Bench):
    finished = bench.run(slow(0, run_secs=60, node_secs=60))
    assert finished.status is RunStatus.SUCCEEDED
    assert len(bench.kept("out")) == 2000


def test_what_is_being_published_is_finished(bench: Bench):
    def dawdle(event: Event) -> None:
        if isinstance(event, OutputPublished):
            time.sleep(1.5)

    bench.listeners.append(dawdle)
    assert bench.run(slow(0, run_secs=1)).status is RunStatus.SUCCEEDED
