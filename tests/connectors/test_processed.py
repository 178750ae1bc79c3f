"""Processed keys in a state database: what counts, for whom, and from when on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from summit_studio.core.epochs import Claim, EpochEnd, Fenced, SinkKey
from summit_studio.state.processed import KeyCheckpoint, KeyStore, Scope
from tests.connectors.conftest import Server

NOW = datetime.now(UTC)
OWN = Scope("p/once", "default", "once", "numbers", "p")
KEYS = [bytes([n]) * 32 for n in range(8)]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path, workspace) -> Iterator[KeyStore]:
    place = str(tmp_path / "state.db")
    if request.param == "postgres":
        server: Server = request.getfixturevalue("server")
        server.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
        place = f"postgresql://postgres@/postgres?host={server.host}"
    with KeyStore.open(place) as opened:
        yield opened


def claim(store: KeyStore, scope: Scope = OWN, lineage: str = "one", **more) -> KeyCheckpoint:
    key = SinkKey(scope.progress_id, f"{scope.node_id}-keys", scope.environment)
    checkpoint = store.checkpoint(scope, key)
    owner = more.pop("owner", "me")
    checkpoint.acquire(Claim(lineage, NOW, "print", more.pop("run_id", lineage), owner, **more))
    return checkpoint


def put(store: KeyStore, checkpoint: KeyCheckpoint, keys, scope: Scope = OWN) -> int:
    at = (checkpoint.lineage, checkpoint.generation, checkpoint.epoch)
    store.put(scope, *at, keys)
    return store.pending(scope, *at)


def commit(store: KeyStore, checkpoint: KeyCheckpoint, keys, scope: Scope = OWN, *, last=False):
    count = put(store, checkpoint, keys, scope)
    checkpoint.settle(EpochEnd(checkpoint.epoch, {}, last=last))
    store.commit(scope, checkpoint, count, count)
    checkpoint.settle(EpochEnd(checkpoint.epoch, {}))


def known(store: KeyStore, scope: Scope = OWN, lineage: str = "two", first: int = 1, started=NOW):
    return sorted(KEYS.index(key) for key in store.known(scope, KEYS, lineage, first, started))


def test_keys_count_from_their_commit_on(store: KeyStore):
    checkpoint = claim(store)
    assert put(store, checkpoint, KEYS[:2]) == 2
    assert known(store) == []
    store.drop_pending(OWN, checkpoint.generation, checkpoint.epoch)
    commit(store, checkpoint, KEYS[:2])
    assert put(store, checkpoint, KEYS[2:4]) == 2
    assert known(store) == [0, 1]
    # Of its own load: only what is not made again.
    assert known(store, lineage="one", first=1) == []
    assert known(store, lineage="one", first=2) == [0, 1]


def test_a_run_that_went_on_keeps_its_keys_whatever_the_one_before_does(store: KeyStore):
    first = claim(store, owner="gone")
    put(store, first, KEYS[:3])
    second = claim(store, run_id="next", take_over=True)
    store.drop_pending(OWN, second.generation)
    assert put(store, first, KEYS[:2]) == 2  # It wakes, and has not heard.
    assert put(store, second, KEYS[:3]) == 3
    first.settle(EpochEnd(1, {}))
    with pytest.raises(Fenced):
        store.commit(OWN, first, 2, 2)
    store.drop_pending(OWN, first.generation, first.epoch)
    second.settle(EpochEnd(1, {}))
    store.commit(OWN, second, 3, 3)
    assert known(store) == [0, 1, 2]


def test_a_retry_of_letters_beside_a_load_leaves_its_open_epoch_alone(store: KeyStore):
    load, again = claim(store), claim(store, retry := replace(OWN, progress_id="letters"))
    assert put(store, load, KEYS[:3]) == 3
    store.drop_pending(retry, again.generation)
    commit(store, again, KEYS[5:6], retry)
    assert put(store, load, ()) == 3
    # What it adds counts from the next load on.
    assert known(store, started=NOW - timedelta(hours=1)) == []
    assert known(store, started=datetime.now(UTC) + timedelta(hours=1)) == [5]


def test_a_shared_name_and_what_came_meanwhile(store: KeyStore):
    one = replace(OWN, name="name:x")
    two = replace(one, progress_id="q")
    commit(store, claim(store, one), KEYS[:2], one)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert known(store, two, started=later) == [0, 1]
    assert known(store, two, started=NOW - timedelta(hours=1)) == []
    assert known(store, replace(two, environment="test"), started=later) == []
    assert known(store, OWN, started=later) == []
    # A clock that was put back hides no key of its own.
    assert known(store, one, started=NOW - timedelta(hours=1)) == [0, 1]


def test_forgetting_an_unfinished_load_forgets_its_keys(store: KeyStore):
    done = claim(store)
    commit(store, done, KEYS[:2], last=True)
    done.finish()
    done.forget()
    assert known(store) == [0, 1]
    half = claim(store, lineage="half")
    commit(store, half, KEYS[2:4])
    assert known(store) == [0, 1, 2, 3]
    half.forget()
    assert known(store) == [0, 1]


def test_old_loads_are_dropped(store: KeyStore):
    commit(store, claim(store), KEYS[:2])
    other = replace(OWN, progress_id="q", pipeline="others")
    commit(store, claim(store, other), KEYS[2:3], other)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert store.prunable(NOW - timedelta(hours=1)) == ()
    assert [(load.pipeline, load.keys) for load in store.prunable(later)] == [
        ("numbers", 2), ("others", 1),
    ]  # fmt: skip
    store.drop(store.prunable(later, "others"))
    assert [load.pipeline for load in store.prunable(later)] == ["numbers"]
    assert known(store) == [0, 1]
