"""What targets hold of a load, as its events tell."""

from datetime import UTC, datetime

from summit_studio.core.events import CheckpointCommitted, RunResumed
from summit_studio.engine.held import Held


def test_a_load_that_goes_on_counts_from_where_it_stands():
    held = Held()
    held.take(RunResumed("r", datetime.now(UTC), {"a": 40, "b": 30}, staged={"b": 30}))
    assert (held.committed, held.staged) == ({"a": 40}, {"b": 30})
    held.take(CheckpointCommitted("a", 3, 10))
    held.take(CheckpointCommitted("b", 3, 5, staged=True))
    assert (held.committed, held.staged) == ({"a": 50}, {"b": 35})


def test_the_last_epoch_of_a_staged_load_shows_all_of_them():
    held = Held()
    held.take(CheckpointCommitted("b", 1, 30, staged=True))
    held.take(CheckpointCommitted("b", 2, 42))
    assert (held.committed, held.staged) == ({"b": 42}, {})
