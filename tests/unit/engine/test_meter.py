"""What is measured of a run while it goes: its process, and where its rows wait."""

import threading
from datetime import UTC, datetime
from itertools import pairwise

import memory_nodes
import pytest
from conftest import document

from summit_studio.backends.local.channel import Channel
from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import (
    LoadMeasured,
    RunFinished,
    RunStarted,
    RunStatus,
    from_json,
    to_json,
)
from summit_studio.core.process import memory_bytes
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.state.past import MOST_MEASURES, Telling

NOW = datetime(2026, 11, 27, tzinfo=UTC)
INTO_SINK, INTO_FILTER = "f.kept -> out.rows", "n.rows -> f.rows"


class HeldWriter(memory_nodes.KeepWriter):
    def write(self, batch):
        assert Held.let_go.wait(60)
        super().write(batch)


class Held(memory_nodes.Keep):
    """Keep rows, once let go."""

    id = "held"
    let_go = threading.Event()

    def open(self, schema, context):
        return HeldWriter(self, schema)


@pytest.fixture
def held(bench):
    bench.catalogue = Catalogue({**{k.id: k for k in bench.catalogue}, "held": Held})
    Held.let_go.clear()
    yield bench
    Held.let_go.set()


def test_a_queue_is_as_full_as_it_was_on_average_since_it_was_last_asked():
    channel = Channel(CancelToken(), depth=2)
    assert channel.fill() == 0
    channel.send("a")
    channel.send("b")
    channel.fill()
    assert channel.fill() == 1
    next(channel.all())
    channel.fill()
    assert channel.fill() == 0.5
    channel.close()


def test_a_run_tells_where_rows_wait_and_how_hard_its_process_works(held):
    doc = document(
        {
            "n": ("numbers", {"rows": 1000, "chunk_rows": 20}),
            "f": ("filter", {"condition": "id >= 0"}),
            "out": ("held", {"name": "out"}),
        },
        INTO_FILTER, INTO_SINK,
    )  # fmt: skip

    def look(event):
        if isinstance(event, LoadMeasured) and event.queues[INTO_SINK] == 1:
            Held.let_go.set()

    held.listeners.append(look)
    finished = held.run(doc)
    assert finished.status is RunStatus.SUCCEEDED
    assert len(held.kept("out")) == 1000
    measured = held.of(LoadMeasured)
    assert all(set(m.queues) == {INTO_SINK} for m in measured), "fused nodes have no queue"
    assert all(0 <= m.cpu < 64 for m in measured)
    assert all((m.memory_bytes or 0) > 2**20 for m in measured) or memory_bytes() is None
    assert isinstance(held.events[-1], RunFinished)
    assert from_json(to_json(measured[0])) == measured[0]
    assert not [t for t in threading.enumerate() if t.name == "meter"]


def test_a_cancelled_run_is_measured_no_more(held):
    doc = document(
        {"n": ("numbers", {"rows": 1000, "chunk_rows": 20}), "out": ("held", {"name": "out"})},
        "n.rows -> out.rows",
    )

    def look(event):
        if isinstance(event, LoadMeasured):
            held.cancel.cancel()
            Held.let_go.set()

    held.listeners.append(look)
    assert held.run(doc).status is RunStatus.CANCELLED
    assert len(held.of(LoadMeasured)) == 1


def test_of_a_long_run_few_measures_are_kept_and_the_highest_is_among_them():
    telling = Telling()
    telling.take(RunStarted("r", "p", ("n",), NOW), 0.0)
    for number in range(10_000):
        peak = number == 7_001
        measured = LoadMeasured(NOW, 2.0 if peak else 0.5, 900 if peak else 100, {"a": 0.5})
        telling.take(measured, number / 2)
    telling.take(RunFinished("r", RunStatus.SUCCEEDED, 5_000.0), 5_000.0)
    told = telling.told
    kept = [t for t in told if isinstance(t.event, LoadMeasured)]
    assert MOST_MEASURES // 2 <= len(kept) <= MOST_MEASURES
    assert max(t.event.memory_bytes for t in kept) == 900
    assert max(t.event.cpu for t in kept) == 2.0
    assert not any(t.event.queues for t in kept)
    assert isinstance(told[0].event, RunStarted)
    assert isinstance(told[-1].event, RunFinished)
    secs = [t.secs for t in told]
    assert secs == sorted(secs)
    gaps = {round(b - a, 1) for a, b in pairwise(secs[1:-1])}
    assert len(gaps) <= 2, "the same distance everywhere, but for the last"
