"""More rejected rows than are tolerated fail a run before it publishes."""

from dataclasses import replace
from pathlib import Path

import pytest

from summit_studio.core.events import RunFinished, RunRetried, RunStatus
from summit_studio.document.files import save
from tests.end2end.test_epochs import BAD, EVERY, GOOD, ROWS, Bench, _Stop

EACH = {"publish": "each", "every_rows": EVERY}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def tolerating(
    bench: Bench, tolerance: object, publish: str = "each", **more: object
) -> RunFinished:
    settings = {"errors": {"tolerance": tolerance}, "checkpoints": {**EACH, "publish": publish}}
    return bench.run(bench.document(**settings), **more)  # type: ignore[arg-type]


ENOUGH = [
    None,
    {"rows": 8},
    {"percent": 0.5},
    {"percent": 0, "after_rows": ROWS + 1},
    {"percent": 100, "after_rows": 10},
]
TOO_FEW = ["none", {"rows": 0}, {"rows": 7}, {"percent": 0.15}, {"percent": 0, "after_rows": ROWS}]


@pytest.mark.parametrize("publish", ["whole", "each"])
@pytest.mark.parametrize("tolerance", ENOUGH, ids=str)
def test_as_many_as_are_tolerated_are_let_go(bench: Bench, tolerance: object, publish: str):
    assert tolerating(bench, tolerance, publish).status is RunStatus.SUCCEEDED
    assert (bench.ids(), bench.ids("bad")) == (GOOD, BAD)


@pytest.mark.parametrize("tolerance", TOO_FEW, ids=str)
def test_with_one_more_nothing_is_published(bench: Bench, tolerance: object):
    finished = tolerating(bench, tolerance, "whole")
    assert finished.status is RunStatus.FAILED
    assert finished.error is not None
    assert (finished.error.code, finished.error.where.node_id) == ("too_many_rejected", "read")
    assert finished.error.do.endswith("nothing was published")
    assert (bench.ids(), bench.ids("bad")) == ([], [])
    assert not bench.all_of(RunRetried)


def test_where_epochs_show_those_before_stay_and_the_error_says_so(bench: Bench):
    finished = tolerating(bench, {"rows": 6})
    assert finished.error is not None
    assert finished.error.what.startswith("7 rows of ")
    assert "up to the end of epoch 3" in finished.error.what
    assert "'Read CSV' rejected 7" in finished.error.why
    assert finished.error.do.endswith("what was committed before stays, and nothing since was "
                                      "published")  # fmt: skip
    held = len(bench.ids())
    assert finished.committed["good"] == held
    assert bench.ids() == GOOD[:held]
    assert bench.ids("bad") == BAD[:5]


def test_rows_count_over_all_runs_of_a_load(bench: Bench):
    assert tolerating(bench, {"rows": 6}, step=_Stop("audit:3")).status is RunStatus.FAILED
    assert bench.ids("bad") == BAD[:5]
    finished = tolerating(bench, {"rows": 6})
    assert finished.error is not None
    assert (finished.error.code, finished.error.what[:7]) == ("too_many_rejected", "7 rows ")
    assert tolerating(bench, {"rows": 8}).status is RunStatus.SUCCEEDED
    assert (bench.ids(), bench.ids("bad")) == (GOOD, BAD)


def test_a_run_that_publishes_at_its_end_fails_at_the_first_row_too_many(bench: Bench):
    bench.write(range(60_000))
    finished = tolerating(bench, {"rows": 1}, "whole")
    assert finished.error is not None
    assert finished.error.code == "too_many_rejected"
    read = next(line for line in finished.ledger if line.node_id == "read")
    assert read.rows_in["read"] < 60_000


def test_strict_has_an_exit_code_of_its_own(bench: Bench, capsys, monkeypatch):
    from summit_studio.cli.main import main

    monkeypatch.setenv("SUMMIT_HOME", str(bench.folder / "home"))
    path = bench.folder / "numbers.summit.json"
    save(bench.document(errors={"tolerance": {"rows": 8}}), path)
    assert main(["run", str(path)]) == 0
    capsys.readouterr()
    assert main(["run", "--strict", str(path)]) == 4
    assert "8 rows were rejected; with --strict that is exit code 4." in capsys.readouterr().err
    assert main(["run", "--strict", "--quiet", str(path)]) == 4
    save(bench.document(errors={"tolerance": "none"}), path)
    assert main(["run", "--strict", str(path)]) == 1
    without = replace(bench.document(), nodes={
        n: v for n, v in bench.document().nodes.items() if n != "bad"
    }, edges=bench.document().edges[:2])  # fmt: skip
    (bench.folder / "in.csv").write_text("id,amount\n1,2\n")
    save(without, path)
    assert main(["run", "--strict", str(path)]) == 0
