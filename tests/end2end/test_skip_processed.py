"""Rows whose key was loaded before: skipped, counted, and neither forgotten nor invented."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from summit_studio.cli.main import main
from summit_studio.core.events import Counted, Event, RunFinished, RunResumed, RunStatus
from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine import checkpoints
from summit_studio.engine.dead_letters import DeadLetters
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from summit_studio.state.engine import default_path

EVERY = 500


class Stopped(Exception):
    """The step at which a test ends a run."""


class Bench:
    """A CSV file of numbers, and a pipeline that loads each once into a table of a SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "out.db"\n')
        self.events: list[Event] = []
        self.place: dict[str, str] = {}
        """Where the node keeps its keys, as params."""

    def write(self, ids: Sequence[Any], name: str = "in.csv") -> None:
        lines = ["id,note", *(f"{n},n{n}" for n in ids)]
        (self.folder / name).write_text("\n".join(lines) + "\n")

    def document(
        self, name: str = "numbers", publish: str = "each", kind: str = "BIGINT", **params: Any
    ) -> Document:
        table = "good" if kind == "BIGINT" else name
        params = {**self.place, **params}
        columns = [{"name": "id", "type": kind}, {"name": "note", "type": "VARCHAR"}]
        nodes = (
            Node("read", "csv_source", {"path": "in.csv", "columns": columns}),
            Node("once", "skip_processed", {"keys": ["id"], **params}),
            Node("good", "table_sink", {"connection": "db", "table": table}),
        )
        return Document(
            name,
            nodes={n.id: n for n in nodes},
            edges=(Edge.parse("read.rows -> once.rows"), Edge.parse("once.rows -> good.rows")),
            settings={
                "performance": {"batch_bytes": 2048, "prefetch": 1},
                "checkpoints": {"publish": publish, "every_rows": EVERY},
            },
        )

    def saved(self, document: Document) -> RunRequest:
        """Return a request for a pipeline in a file of its own, made at the first call."""
        path = self.folder / f"{document.name}.summit.json"
        if path.exists():
            document = replace(document, id=load(path).document.id)
        save(document, path)
        return RunRequest(load(path).document, self.folder, path)

    def run(
        self,
        document: Document | None = None,
        step: Callable[[str], None] | None = None,
        status: RunStatus = RunStatus.SUCCEEDED,
    ) -> RunFinished:
        self.events.clear()
        request = replace(self.saved(document or self.document()), step=step)
        finished = run(request, [self.events.append])
        assert finished.status is status, finished.error
        if status is RunStatus.SUCCEEDED:
            assert all(line.balanced for line in finished.ledger)
        return finished

    def ids(self, table: str = "good") -> list[Any]:
        with closing(sqlite3.connect(self.folder / "out.db")) as con:
            return [n for (n,) in con.execute(f"SELECT id FROM {table} ORDER BY id")]


def filtered(finished: RunFinished) -> int:
    line = next(line for line in finished.ledger if line.node_id == "once")
    assert line.counted is Counted.TWICE
    assert line.read == sum(line.rows_in.values())
    assert line.expected == line.rows_out["rows"] + line.rejected
    return line.filtered


def stop_at(label: str) -> Callable[[str], None]:
    def told(step: str) -> None:
        if step == label:
            raise Stopped(label)

    return told


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Bench:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    folder = tmp_path / "work"
    folder.mkdir()
    made = Bench(folder)
    if getattr(request, "param", "") == "table":
        made.place = {"connection": "db"}
    return made


either = pytest.mark.parametrize("bench", ["state", "table"], indirect=True)
"""Keys are kept in the state database, and in the file that the rows go to."""


@either
@pytest.mark.parametrize("publish", ["each", "whole"])
def test_two_runs_of_a_source_that_overlaps(bench: Bench, publish: str):
    bench.write(range(2000))
    assert filtered(bench.run(bench.document(publish=publish))) == 0
    bench.write(range(1200, 3000))
    assert filtered(bench.run(bench.document(publish=publish))) == 800
    assert filtered(bench.run(bench.document(publish=publish))) == 1800
    assert bench.ids() == list(range(3000))


def test_the_first_of_a_key_passes_in_whatever_epoch_the_others_come(bench: Bench):
    bench.write([*range(700), *range(0, 1400, 2), *range(1400)])
    assert filtered(bench.run()) == 1400
    assert bench.ids() == list(range(1400))


LABELS = ["committed:good:3", "commit:once-keys:3", "committed:once-keys:3", "finish:once-keys"]
"""In `tests/chaos/test_processed.py` a process is killed at these and others."""


@either
@pytest.mark.parametrize("label", LABELS)
def test_a_run_that_dies_neither_forgets_nor_invents(bench: Bench, label: str):
    bench.write(range(900))
    bench.run()
    wanted = [*range(500, 2600), *range(100)]
    bench.write(wanted)
    bench.run(step=stop_at(label), status=RunStatus.FAILED)
    bench.run()
    resumed = [e for e in bench.events if isinstance(e, RunResumed)]
    assert resumed
    assert bench.ids() == list(range(2600))
    # What the run that died has passed is known, and nothing besides.
    bench.write(range(2700))
    assert filtered(bench.run()) == 2600
    assert bench.ids() == list(range(2700))


@either
@pytest.mark.timeout(60)
@pytest.mark.parametrize("label", ["finish:good", "finish:once-keys", "end"])
def test_rows_of_a_load_that_is_made_again_are_not_skipped_by_its_own_keys(
    bench: Bench, label: str
):
    """A single Parquet file begins again, the table passes over what it has: from the start on."""
    document = bench.document()
    more = {
        "file": Node("file", "parquet_sink", {"path": "good.parquet"}),
        "no": Node("no", "table_sink", {"connection": "db", "table": "no"}),
    }
    edges = (Edge.parse("once.rows -> file.rows"), Edge.parse("good.rejected -> no.rows"))
    document = replace(document, nodes={**document.nodes, **more}, edges=(*document.edges, *edges))
    bench.write(range(1800))
    bench.run(document, stop_at(label), RunStatus.FAILED)
    assert bench.ids() == list(range(1800))
    bench.run(document)
    assert bench.ids() == list(range(1800))
    bench.write(range(1900))
    assert filtered(bench.run(document)) == 1800


@pytest.mark.timeout(60)
def test_who_gets_refused_rows_waits_with_their_sink(bench: Bench):
    """The keys are written whole, so no file is staged beside them, and nor are its rejects."""
    document = bench.document(publish="auto")
    more = {"lines": Node("lines", "jsonl_sink", {"path": "good.jsonl"})}
    settings = {**document.settings, "errors": {"strategy": "dead_letter"}}
    document = replace(
        document,
        nodes={**document.nodes, **more},
        edges=(*document.edges, Edge.parse("once.rows -> lines.rows")),
        settings=settings,
    )
    bench.write(range(5000))
    bench.run(document)
    assert bench.ids() == list(range(5000))


def test_what_a_run_has_not_published_is_no_key(bench: Bench):
    bench.write(range(1500))
    whole = bench.document(publish="whole")
    for label in ("audit", "commit:good:1"):
        bench.run(whole, stop_at(label), RunStatus.FAILED)
        with closing(sqlite3.connect(default_path())) as con:
            assert con.execute("SELECT count(*) FROM processed_epochs").fetchone() == (0,)
    assert filtered(bench.run(whole)) == 0
    assert bench.ids() == list(range(1500))
    with closing(sqlite3.connect(default_path())) as con:
        # What those runs have left is gone.
        assert con.execute("SELECT count(*) FROM processed_keys").fetchone() == (1500,)


@either
@pytest.mark.parametrize("label", ["commit:other:1", "committed:other:1", "committed:good:4"])
def test_keys_wait_for_rows_that_stand_behind_a_node_that_needs_them_all(bench: Bench, label: str):
    """Not before the last of all sinks holds its rows do their keys count."""
    document = bench.document()
    more = {
        "sorted": Node("sorted", "sort", {"columns": [{"column": "id"}]}),
        "other": Node("other", "table_sink", {"connection": "db2", "table": "other"}),
    }
    edges = map(Edge.parse, ("once.rows -> sorted.rows", "sorted.rows -> other.rows"))
    document = replace(document, nodes={**document.nodes, **more}, edges=(*document.edges, *edges))
    (bench.folder / "connections.toml").write_text(
        '[db]\nkind = "sqlite"\npath = "out.db"\n[db2]\nkind = "sqlite"\npath = "two.db"\n'
    )
    bench.write(range(1900))
    if bench.place and label == "committed:good:4":
        label = "committed:good:1"  # In one transaction with the keys, which wait.
    labels: list[str] = []
    bench.run(document, _both(labels.append, stop_at(label)), RunStatus.FAILED)
    assert not any(step.startswith("committed:once-keys") for step in labels)
    bench.run(document)
    bench.write(range(100, 2000))
    assert filtered(bench.run(document)) == 1800
    assert bench.ids() == list(range(2000))
    with closing(sqlite3.connect(bench.folder / "two.db")) as con:
        assert [n for (n,) in con.execute("SELECT id FROM other ORDER BY id")] == list(range(2000))


def _both(first: Callable[[str], None], second: Callable[[str], None]) -> Callable[[str], None]:
    def told(label: str) -> None:
        first(label)
        second(label)

    return told


@either
def test_a_load_that_is_given_up_gives_up_its_keys(bench: Bench):
    bench.write(range(900))
    bench.run()
    bench.write(range(500, 2600))
    bench.run(step=stop_at("commit:good:4"), status=RunStatus.FAILED)
    assert len(bench.ids()) > 900
    with closing(sqlite3.connect(bench.folder / "out.db")) as con, con:
        con.execute("DELETE FROM good WHERE id >= 900")
    checkpoints.forget(bench.saved(bench.document()))
    assert filtered(bench.run()) == 400
    assert bench.ids() == list(range(2600))


def test_numbers_are_no_texts_and_all_digits_count(bench: Bench):
    bench.write([1, 2, 3])
    bench.run(bench.document(share="all"))
    bench.write(["1", "01", "2 "])
    assert filtered(bench.run(bench.document("texts", kind="VARCHAR", share="all"))) == 0
    bench.write(["1.10", "1.0", "3.00"])
    decimals = bench.document("decimals", kind="DECIMAL(9,2)", share="all")
    assert filtered(bench.run(decimals)) == 2
    bench.write(["1.1", "0.1"])
    wider = bench.document("wider", kind="DECIMAL(18,1)", share="all")
    assert filtered(bench.run(wider)) == 1


@either
def test_a_name_is_shared_and_a_node_without_one_is_alone(bench: Bench):
    bench.write(range(100))
    bench.run(bench.document("first", share="orders"))
    bench.write(range(50, 150))
    assert filtered(bench.run(bench.document("second", share="orders"))) == 50
    assert filtered(bench.run(bench.document("third"))) == 0
    elsewhere = replace(bench.saved(bench.document("second", share="orders")), environment="test")
    assert filtered(run(elsewhere)) == 0


def test_what_others_load_meanwhile_counts_from_the_next_load_on(bench: Bench):
    """Or an epoch that is made again would have other rows."""
    bench.write(range(2600))
    one, two = bench.document("one", share="both"), bench.document("two", share="both")
    bench.run(one, stop_at("committed:good:3"), RunStatus.FAILED)
    bench.run(two)
    assert bench.ids()[-1] == 2599
    bench.run(one)
    # Of the third epoch and later `two` could not know, and `one` goes on as it began.
    assert [bench.ids().count(n) for n in (0, 1700, 2599)] == [1, 2, 2]
    assert filtered(bench.run(one)) == 2600


@either
@pytest.mark.parametrize(("null_keys", "rejected"), [("reject", 2), ("pass", 0)])
def test_rows_without_a_key(bench: Bench, null_keys: str, rejected: int):
    document = bench.document(null_keys=null_keys)
    errors = {"strategy": "dead_letter"}
    document = replace(document, settings={**document.settings, "errors": errors})
    bench.write([1, "", 2, ""])
    for run_number in (1, 2):
        finished = bench.run(document)
        line = next(line for line in finished.ledger if line.node_id == "once")
        assert line.rejected == rejected
        assert filtered(finished) == (0 if run_number == 1 else 2)
    assert len(bench.ids()) == 2 + (0 if rejected else 4)


@either
def test_old_keys_are_listed_and_dropped_when_told_to(
    bench: Bench, capsys: pytest.CaptureFixture[str]
):
    first, second = bench.document("first"), bench.document("second")
    bench.write(range(300))
    bench.run(first)
    bench.run(second)
    all_of_first = ("prune", "--keep-keys-days", "0", "--pipeline", "first")
    if bench.place:
        all_of_first += (str(bench.folder / "second.summit.json"),)
    assert main(all_of_first) == 0
    told = capsys.readouterr().out
    assert "300" in told
    assert "second" not in told
    assert main([*all_of_first, "--json"]) == 0
    (load,) = json.loads(capsys.readouterr().out)["keys"]
    assert (load["pipeline"], load["node_id"], load["keys"]) == ("first", "once", 300)
    assert main(["prune", "--yes"]) == 0
    assert filtered(bench.run(first)) == 300
    assert main([*all_of_first, "--yes"]) == 0
    assert filtered(bench.run(first)) == 0
    assert filtered(bench.run(second)) == 300


@either
def test_rows_that_are_mended_pass_it_and_are_known_from_then_on(bench: Bench):
    plain = bench.document(kind="VARCHAR")
    number = {"name": "id", "expression": "CAST(id AS BIGINT)"}
    nodes = {
        **plain.nodes,
        "numbered": Node("numbered", "derive", {"columns": [number]}),
        "good": Node("good", "table_sink", {"connection": "db", "table": "good"}),
    }
    edges = ("read.rows -> numbered.rows", "numbered.rows -> once.rows", "once.rows -> good.rows")
    errors = {"strategy": "dead_letter"}
    document = replace(
        plain, nodes=nodes, edges=tuple(map(Edge.parse, edges)),
        settings={**plain.settings, "errors": errors},
    )  # fmt: skip
    bench.write([1, 2, "3x", "2x"])
    bench.run(document)
    with DeadLetters(bench.saved(document)) as letters:
        assert letters.edit("set id = replace(id, 'x', '')") == 2
        done = letters.retry()
        assert (done.through, done.again, done.failed) == (2, 0, ())
    assert bench.ids() == [1, 2, 3]  # The other's key was there.
    bench.write([1, 2, 3, 4])
    assert filtered(bench.run(document)) == 3
    assert bench.ids() == [1, 2, 3, 4]
