"""Loads that come in epochs: what stands in the target when a run ends, and who may go on."""

import csv
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from summit_studio.cli.main import main
from summit_studio.connectors.opening import open_database
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Claim, SinkKey
from summit_studio.core.errors import SummitError
from summit_studio.core.events import (
    CheckpointCommitted,
    Event,
    OutputPublished,
    RunFinished,
    RunResumed,
    RunStatus,
)
from summit_studio.document.files import load, save
from summit_studio.document.identity import id_of
from summit_studio.document.model import Document, Edge, Node, Parameter
from summit_studio.engine.launch import run as launch
from summit_studio.engine.narrative import sentence_of
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.sinks.preview_sink import PreviewSink
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.trust import trust
from summit_studio.workspace.workspace import Workspace

ROWS = 4_000
EVERY = 1_000
SETTINGS = {
    "performance": {"batch_bytes": 4096},
    "checkpoints": {"publish": "each", "every_rows": EVERY},
}


class Stopped(Exception):
    """The step at which a test ends a run."""


class Bench:
    """A CSV file of numbers, and a pipeline from it into tables of a SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "out.db"\n')
        self.write(range(ROWS))
        self.events: list[Event] = []

    def write(self, numbers: Iterator[int] | range, name: str = "in.csv") -> None:
        with (self.folder / name).open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "amount"])
            writer.writerows([n, "bad" if n % 500 == 7 else n * 2] for n in numbers)

    def document(self, *more: Node, edges: tuple[str, ...] = (), **settings: dict) -> Document:
        columns = [{"name": n, "type": "BIGINT"} for n in ("id", "amount")]
        nodes = [
            Node("read", "csv_source", {"path": "in.csv", "columns": columns}),
            Node("keep", "filter", {"condition": "id % 10 <> 3"}),
            Node("good", "table_sink", {"connection": "db", "table": "good"}),
            Node("bad", "table_sink", {"connection": "db", "table": "bad"}),
            *more,
        ]
        links = ("read.rows -> keep.rows", "keep.kept -> good.rows", "read.rejected -> bad.rows")
        return Document(
            "numbers",
            nodes={n.id: n for n in nodes},
            edges=tuple(map(Edge.parse, (*links, *edges))),
            settings=SETTINGS | settings,
        )

    def request(self, document: Document | None = None, **more: object) -> RunRequest:
        return RunRequest(document or self.document(), self.folder, **more)  # type: ignore[arg-type]

    def run(
        self, document: Document | None = None, cancel: CancelToken | None = None, **more: object
    ) -> RunFinished:
        self.events.clear()
        return launch(self.request(document, **more), [self.events.append], cancel)

    def stop_at(self, label: str, document: Document | None = None) -> RunFinished:
        """Run until a step, and fail there."""
        return self.run(document, step=_Stop(label))

    def ids(self, table: str = "good") -> list[int]:
        with closing(sqlite3.connect(self.folder / "out.db")) as con:
            known = "SELECT 1 FROM sqlite_master WHERE name = ?"
            if not con.execute(known, (table,)).fetchone():
                return []
            column = "id" if table != "bad" else "line"
            return [n for (n,) in con.execute(f"SELECT {column} FROM {table} ORDER BY 1")]

    def all_of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


class _Stop:
    def __init__(self, label: str) -> None:
        self.label = label

    def __call__(self, label: str) -> None:
        if label == self.label:
            raise Stopped(label)


GOOD = [n for n in range(ROWS) if n % 10 != 3 and n % 500 != 7]
BAD = [n + 2 for n in range(ROWS) if n % 500 == 7]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_load_goes_on_where_its_targets_stand(bench: Bench):
    failed = bench.stop_at("audit:3")
    assert failed.status is RunStatus.FAILED
    assert failed.committed == {"good": len(bench.ids()), "bad": len(bench.ids("bad"))}
    assert bench.ids() == GOOD[: len(bench.ids())]
    assert 0 < len(bench.ids()) < len(GOOD)
    held = len(bench.ids())
    finished = bench.run()
    assert finished.status is RunStatus.SUCCEEDED
    assert (bench.ids(), bench.ids("bad")) == (GOOD, BAD)
    (resumed,) = bench.all_of(RunResumed)
    assert resumed.rows["good"] == held
    assert {e.epoch for e in bench.all_of(CheckpointCommitted) if e.node_id == "good"} == {3, 4}


def test_the_ledger_of_a_load_counts_the_rows_of_all_its_runs(bench: Bench):
    bench.stop_at("commit:good:3")
    finished = bench.run()
    lines = {line.node_id: line for line in finished.ledger}
    assert all(line.balanced for line in finished.ledger)
    assert lines["read"].rows_in == {"read": ROWS}
    assert lines["read"].rejected == len(BAD)
    assert lines["good"].rows_out == {"written": len(GOOD)}
    outputs = {e.node_id: e.rows for e in bench.all_of(OutputPublished)}
    assert outputs == {"good": len(GOOD), "bad": len(BAD)}


def test_a_run_that_died_before_its_first_epoch_leaves_nothing_to_go_on_with(bench: Bench):
    bench.stop_at("audit:1")
    bench.write(range(10))
    assert bench.run().status is RunStatus.SUCCEEDED
    assert not bench.all_of(RunResumed)
    assert bench.ids() == [n for n in range(10) if n not in {3, 7}]


def test_a_load_that_ended_is_followed_by_another(bench: Bench):
    bench.run()
    bench.run()
    assert not bench.all_of(RunResumed)
    assert bench.ids() == sorted([*GOOD, *GOOD])


def test_the_last_steps_of_a_load_are_taken_by_the_next_run(bench: Bench):
    bench.stop_at("finish:good")
    assert bench.ids() == GOOD
    assert bench.run().status is RunStatus.SUCCEEDED
    assert len(bench.all_of(RunResumed)) == 1
    assert bench.ids() == GOOD


def test_a_load_that_is_whole_though_nobody_said_so_is_not_made_again(bench: Bench):
    assert bench.stop_at("end").status is RunStatus.FAILED
    assert bench.ids() == GOOD
    assert bench.run().status is RunStatus.SUCCEEDED
    (resumed,) = bench.all_of(RunResumed)
    assert resumed.whole
    assert (bench.ids(), bench.ids("bad")) == (GOOD, BAD)
    assert "whole" in sentence_of(resumed, {})
    bench.run()
    assert bench.ids() == sorted([*GOOD, *GOOD]), "the next one is a new load"


def test_so_it_is_with_a_folder_of_parts(bench: Bench):
    parts = {"layout": "parts", "if_exists": "append"}
    nodes = (
        Node("good", "csv_sink", {"path": "good", **parts}),
        Node("bad", "jsonl_sink", {"path": "bad", **parts}),
    )
    document = bench.document(*nodes)
    assert bench.stop_at("end", document).status is RunStatus.FAILED
    finished = bench.run(document)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert [resumed.whole for resumed in bench.all_of(RunResumed)] == [True]
    lines = [n for f in sorted(bench.folder.glob("good/*.csv")) for n in f.read_text().split()[1:]]
    assert [int(line.partition(",")[0]) for line in lines] == GOOD


@pytest.mark.parametrize("what", ["the file", "restart"])
def test_a_new_load_is_asked_for_by_another_file_or_by_word(bench: Bench, what: str):
    bench.stop_at("end")
    if what == "the file":
        bench.write(range(10))
    bench.run(restart=what == "restart")
    assert not bench.all_of(RunResumed)
    assert len(bench.ids()) == len(GOOD) + (8 if what == "the file" else len(GOOD))


CHANGES: dict[str, tuple[Callable[[Bench], Document], str]] = {
    "a param": (
        lambda b: _with(b.document(), "keep", condition="id % 10 <> 4"),
        "the nodes above it",
    ),
    "an edge": (
        lambda b: replace(
            b.document(),
            edges=tuple(
                map(
                    Edge.parse,
                    (
                        "read.rows -> keep.rows",
                        "keep.dropped -> good.rows",
                        "read.rejected -> bad.rows",
                    ),
                )
            ),
        ),
        "the nodes above it",
    ),
    "the file": (lambda b: b.write(range(1, ROWS)) or b.document(), "what the sources read"),
    "the size of a batch": (
        lambda b: b.document(performance={"batch_bytes": 8192}),
        "settings that decide where batches end",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_load_is_not_gone_on_with_once_something_has_changed(bench: Bench, what: str):
    bench.stop_at("audit:3")
    before = bench.ids()
    change, word = CHANGES[what]
    with pytest.raises(SummitError, match=word) as caught:
        bench.run(change(bench))
    assert caught.value.code == "changed_since"
    assert f"{len(before):,} rows of it are in db:good" in caught.value.why
    assert bench.ids() == before


def test_a_load_is_not_gone_on_with_once_a_default_has_changed(bench: Bench):
    def by(default: int) -> Document:
        document = _with(bench.document(), "keep", condition="id % 10 <> ${cut}")
        kinds = {n: Parameter(n, "integer", default) for n in ("cut", "other")}
        return replace(document, parameters=kinds)

    bench.stop_at("audit:3", by(3))
    with pytest.raises(SummitError, match="parameters of the run") as caught:
        bench.run(by(4))
    assert caught.value.code == "changed_since"
    unused = replace(
        by(3), parameters=by(3).parameters | {"other": Parameter("other", "integer", 9)}
    )
    assert bench.run(unused).status is RunStatus.SUCCEEDED
    assert bench.ids() == GOOD


def test_what_changes_no_row_is_no_change(bench: Bench):
    bench.stop_at("audit:3")
    document = bench.document(Node("look", "preview_sink"), edges=("keep.dropped -> look.rows",))
    named = {**document.nodes, "keep": replace(document.nodes["keep"], title="Another title")}
    assert bench.run(replace(document, nodes=named)).status is RunStatus.SUCCEEDED
    assert bench.ids() == GOOD


def test_starting_again_is_refused_where_rows_would_be_there_twice(bench: Bench):
    bench.stop_at("audit:3")
    before = bench.ids()
    with pytest.raises(SummitError) as caught:
        bench.run(restart=True)
    assert caught.value.code == "restart_would_double"
    refuses = bench.document(checkpoints=SETTINGS["checkpoints"] | {"on_unfinished": "refuse"})
    with pytest.raises(SummitError) as caught:
        bench.run(refuses)
    assert caught.value.code == "unfinished"
    assert bench.ids() == before


def test_a_copy_does_not_go_on_with_the_load_of_the_original(bench: Bench):
    original, copy = bench.folder / "a.summit.json", bench.folder / "b.summit.json"
    document = save(bench.document(), original).document
    shutil.copy(original, copy)
    bench.run(document, path=original, step=_Stop("audit:3"))
    before = bench.ids()
    with pytest.raises(SummitError, match=re.escape(str(original))) as caught:
        bench.run(load(copy).document, path=copy)
    assert caught.value.code == "copied_id"
    assert bench.ids() == before
    own = save(replace(document, id=""), bench.folder / "c.summit.json")
    assert (
        bench.run(own.document, path=bench.folder / "c.summit.json").status is RunStatus.SUCCEEDED
    )
    assert not bench.all_of(RunResumed)


def test_a_pipeline_that_moved_goes_on(bench: Bench):
    old, new = bench.folder / "a.summit.json", bench.folder / "sub" / "b.summit.json"
    new.parent.mkdir()
    document = save(bench.document(), old).document
    bench.run(document, path=old, step=_Stop("audit:3"))
    shutil.move(old, new)
    save(bench.document(), old)  # Another pipeline stands there now.
    assert bench.run(load(new).document, path=new).status is RunStatus.SUCCEEDED
    assert len(bench.all_of(RunResumed)) == 1
    assert bench.ids() == GOOD
    link = bench.folder / "link.summit.json"
    link.symlink_to(new)
    assert bench.run(document, path=link).status is RunStatus.SUCCEEDED


def test_each_environment_has_a_load_of_its_own(bench: Bench):
    bench.stop_at("audit:3")
    before = bench.ids()
    assert bench.run(environment="test").status is RunStatus.SUCCEEDED
    assert not bench.all_of(RunResumed)
    assert bench.ids() == sorted([*before, *GOOD])


def test_another_run_that_seems_alive_is_not_disturbed(bench: Bench):
    bench.stop_at("audit:3")
    before = bench.ids()
    workspace = Workspace.open(bench.folder)
    database = open_database(workspace.connection("db"), SecretStore(), workspace)
    row = database.checkpoint("good", SinkKey(id_of(bench.document(), None), "good"))
    known = row.look()
    assert known.owner == ""  # A run that ended by itself keeps nobody waiting.
    row.acquire(Claim(known.lineage, known.started, known.fingerprint, "another", "elsewhere|1|x"))
    with pytest.raises(SummitError, match="another") as caught:
        bench.run()
    assert caught.value.code == "already_running"
    assert caught.value.where.node_id == "good"
    assert bench.ids() == before
    assert bench.run(take_over=True).status is RunStatus.SUCCEEDED
    assert bench.ids() == GOOD


def test_an_epoch_that_does_not_balance_is_not_committed_and_those_before_stay(bench: Bench):
    with closing(sqlite3.connect(bench.folder / "out.db")) as con:
        con.executescript(
            "CREATE TABLE good (id BIGINT, amount BIGINT);"
            "CREATE TRIGGER loses BEFORE INSERT ON good WHEN NEW.id > 2500 AND NEW.id % 7 = 0"
            " BEGIN SELECT RAISE(IGNORE); END"
        )
    finished = bench.run()
    assert finished.error is not None
    assert finished.error.code == "ledger_imbalance"
    assert "what was committed before stays" in finished.error.do
    assert bench.ids() == GOOD[: len(bench.ids())]
    assert finished.committed["good"] == len(bench.ids()) > 0


def test_a_critical_rule_holds_every_row_back(bench: Bench):
    rule = {"id": "small", "expression": "id < 3500", "critical": True}
    document = bench.document(checkpoints={"every_rows": EVERY})
    rules = Node("rules", "rules", {"rules": [rule]})
    edges = ("read.rows -> rules.rows", "rules.passed -> good.rows", "read.rejected -> bad.rows")
    nodes = {i: n for i, n in document.nodes.items() if i != "keep"} | {"rules": rules}
    finished = bench.run(replace(document, nodes=nodes, edges=tuple(map(Edge.parse, edges))))
    assert finished.status is RunStatus.QUALITY_FAILED
    assert (bench.ids(), bench.ids("bad")) == ([], [])


def test_a_run_that_is_cancelled_ends_the_epoch_it_commits_and_is_gone_on_with(bench: Bench):
    cancel = CancelToken()

    def step(label: str) -> None:
        if label == "commit:good:2":
            cancel.cancel()

    finished = bench.run(cancel=cancel, step=step)
    assert finished.status is RunStatus.CANCELLED
    committed = {(e.node_id, e.epoch) for e in bench.all_of(CheckpointCommitted)}
    assert {("good", 2), ("bad", 2)} <= committed
    assert finished.committed["good"] == len(bench.ids())
    assert bench.run().status is RunStatus.SUCCEEDED
    assert (bench.ids(), bench.ids("bad")) == (GOOD, BAD)


def test_rows_that_a_target_refuses_are_told_once_whenever_a_run_dies(bench: Bench):
    """They go to another table, which must have them before the first commits."""
    with closing(sqlite3.connect(bench.folder / "out.db")) as con:
        con.execute("CREATE TABLE good (id BIGINT CHECK (id % 100 <> 11), amount BIGINT)")
    document = bench.document(
        Node("refused", "table_sink", {"connection": "db", "table": "refused"}),
        edges=("good.rejected -> refused.rows",),
    )
    wanted = [n for n in GOOD if n % 100 != 11], [n for n in GOOD if n % 100 == 11]
    for label in ("commit:good:2", "committed:refused:2", "committed:good:3", "commit:refused:4"):
        with closing(sqlite3.connect(bench.folder / "out.db")) as con:
            con.executescript(
                "DELETE FROM good; DROP TABLE IF EXISTS refused; DROP TABLE IF EXISTS bad;"
                "DROP TABLE IF EXISTS _summit_checkpoint"
            )
        assert bench.stop_at(label, document).status is RunStatus.FAILED
        finished = bench.run(document)
        assert finished.status is RunStatus.SUCCEEDED, (label, finished.error)
        assert (bench.ids(), bench.ids("refused")) == wanted, label


def test_a_sink_that_is_ahead_passes_over_what_it_holds(bench: Bench):
    """Two files commit one after the other, and the run dies between the two."""
    with (bench.folder / "connections.toml").open("a") as file:
        file.write('[other]\nkind = "sqlite"\npath = "other.db"\n')
    document = _with(bench.document(), "bad", connection="other")
    for label in ("commit:good:2", "commit:bad:2"):
        for name in ("out.db", "other.db"):
            (bench.folder / name).unlink(missing_ok=True)
        bench.stop_at(label, document)
        last = {e.node_id: e.epoch for e in bench.all_of(CheckpointCommitted)}
        assert sorted(last.values()) == [1, 2]
        finished = bench.run(document)
        assert finished.status is RunStatus.SUCCEEDED, finished.error
        assert all(line.balanced for line in finished.ledger)
        assert bench.ids() == GOOD
        with closing(sqlite3.connect(bench.folder / "other.db")) as con:
            assert [n for (n,) in con.execute("SELECT line FROM bad ORDER BY 1")] == BAD


@pytest.mark.parametrize("every", [300, 1_700, 100_000])
@pytest.mark.parametrize("label", ["commit:good:2", "commit:bad:2", "commit:bad:4"])
def test_epochs_that_a_sink_holds_end_where_they_did(bench: Bench, label: str, every: int):
    """How often epochs end may change from run to run."""
    with (bench.folder / "connections.toml").open("a") as file:
        file.write('[other]\nkind = "sqlite"\npath = "other.db"\n')
    bench.stop_at(label, _with(bench.document(), "bad", connection="other"))
    document = bench.document(checkpoints={"publish": "each", "every_rows": every})
    finished = bench.run(_with(document, "bad", connection="other"))
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert bench.ids() == GOOD
    with closing(sqlite3.connect(bench.folder / "other.db")) as con:
        assert [n for (n,) in con.execute("SELECT line FROM bad ORDER BY 1")] == BAD


@pytest.mark.parametrize("often", [{"every_bytes": 8_000}, {"every_secs": 1e-6}], ids=str)
def test_epochs_end_by_size_and_by_time_as_well(bench: Bench, often: dict):
    document = bench.document(checkpoints={"publish": "auto", **often})
    assert bench.stop_at("commit:good:3", document).status is RunStatus.FAILED
    assert 0 < len(bench.ids()) < len(GOOD)
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert len(bench.all_of(RunResumed)) == 1
    assert (bench.ids(), bench.ids("bad")) == (GOOD, BAD)
    epochs = [e.epoch for e in bench.all_of(CheckpointCommitted) if e.node_id == "good"]
    assert epochs[0] in {3, 4}, "the two share a transaction, which may have been committed"
    assert epochs == list(range(epochs[0], epochs[-1] + 1))
    if "every_bytes" in often:
        # Two integers and their validity: some 16 bytes a row.
        assert epochs[-1] == pytest.approx(ROWS * 16 / 8_000, abs=3)
    else:
        assert epochs[-1] > 5, "every batch is an epoch"


@pytest.mark.parametrize("keeps", [False, True])
def test_a_load_goes_on_behind_code_that_remembers_nothing(bench: Bench, *, keeps: bool):
    code = "def process(rows):\n    return rows\n"
    params = {"code": code, "frame": "arrow", "keeps_state": keeps}
    edges = ("read.rows -> own.rows", "own.rows -> keep.rows", "keep.kept -> good.rows")
    document = bench.document(Node("own", "python", params))
    document = replace(
        document, edges=tuple(map(Edge.parse, (*edges, "read.rejected -> bad.rows")))
    )
    trust(bench.folder)
    bench.stop_at("audit:3" if not keeps else "audit", document)
    assert bool(bench.ids()) is not keeps
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert (bench.ids(), bench.ids("bad")) == (GOOD, BAD)
    assert bool(bench.all_of(RunResumed)) is not keeps


class _Poster(PreviewSink):
    """A sink that can say nothing of what it holds."""

    id = "poster"

    def target(self) -> str:
        return "somewhere"


def test_what_must_be_there_once_is_not_written_where_nobody_can_tell(bench: Bench):
    document = bench.document(Node("post", "poster"), edges=("keep.dropped -> post.rows",))
    kinds = Catalogue({**{k.id: k for k in Catalogue.load()}, "poster": _Poster})
    request = bench.request(replace(document, settings=SETTINGS | {"require": "exactly_once"}))
    with pytest.raises(SummitError) as caught:
        launch(request, catalogue=kinds)
    assert caught.value.code == "not_exactly_once"
    assert caught.value.where.node_id == "post"
    assert " -> " in caught.value.why
    assert bench.ids() == []
    assert launch(bench.request(document), catalogue=kinds).status is RunStatus.SUCCEEDED
    shown = bench.document(Node("look", "preview_sink"), edges=("keep.dropped -> look.rows",))
    shown = replace(shown, settings=SETTINGS | {"require": "exactly_once"})
    assert bench.run(shown).status is RunStatus.SUCCEEDED


def test_a_load_is_not_finished_once_a_sink_has_failed(bench: Bench):
    assert bench.stop_at("committed:bad:4").status is RunStatus.FAILED
    assert (bench.ids(), bench.ids("bad")) == (GOOD, BAD)
    assert bench.run().status is RunStatus.SUCCEEDED
    assert len(bench.all_of(RunResumed)) == 1
    assert (bench.ids(), bench.ids("bad")) == (GOOD, BAD)


def test_the_clock_of_a_load_is_that_of_its_beginning(bench: Bench):
    when = Node("when", "derive", {"columns": [{"name": "loaded", "expression": "now()"}]})
    document = bench.document(when)
    edges = (
        "read.rows -> keep.rows",
        "keep.kept -> when.rows",
        "when.rows -> good.rows",
        "read.rejected -> bad.rows",
    )
    document = replace(document, edges=tuple(map(Edge.parse, edges)))
    bench.stop_at("audit:3", document)
    bench.run(document)
    with closing(sqlite3.connect(bench.folder / "out.db")) as con:
        assert con.execute("SELECT count(DISTINCT loaded) FROM good").fetchone() == (1,)


def test_a_run_starts_now_whenever_its_load_began(bench: Bench):
    bench.stop_at("audit:3")
    before = datetime.now(UTC)
    bench.run()
    started = next(e for e in bench.events if type(e).__name__ == "RunStarted")
    assert started.started_at >= before
    (resumed,) = bench.all_of(RunResumed)
    assert resumed.began_at < before


def test_positions_and_counts_in_a_target_hold_no_row(bench: Bench):
    """What is kept beside the rows is where and how many, never what."""
    bench.stop_at("audit:3")
    with closing(sqlite3.connect(bench.folder / "out.db")) as con:
        positions, sums = con.execute(
            "SELECT positions, sums FROM _summit_checkpoint WHERE sink = 'good'"
        ).fetchone()
    assert json.loads(positions)["read"].keys() == {"path", "offset", "line"}
    assert json.loads(sums)["read"]["rows_in"]["read"] >= 2 * EVERY


def _with(document: Document, node_id: str, **params: object) -> Document:
    node = document.nodes[node_id]
    changed = replace(node, params={**node.params, **params})
    return replace(document, nodes={**document.nodes, node_id: changed})


def test_what_whole_loads_of_deleted_pipelines_left_is_pruned_and_nothing_else(
    bench: Bench, capsys: pytest.CaptureFixture[str]
):
    def file(name: str) -> Path:
        path = bench.folder / f"{name}.summit.json"
        save(replace(bench.document(), id="", name=name), path)
        return path

    def kept() -> set[str]:
        with closing(sqlite3.connect(bench.folder / "out.db")) as con:
            return {Path(p).stem for (p,) in con.execute("SELECT path FROM _summit_checkpoint")}

    here, deleted, moved = (file(n) for n in ("here", "deleted", "moved"))
    for path in (here, deleted):
        bench.run(load(path).document, path=path)
    bench.run(load(moved).document, path=moved, step=_Stop("audit:3"))
    deleted.unlink()
    moved.rename(bench.folder / "elsewhere.summit.json")
    assert main(["prune", str(here), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["checkpoints"] == []
    old = ["prune", str(here), "--keep-days", "0"]
    assert main([*old, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["checkpoints"]
    assert {Path(each["path"]).name for each in told} == {"deleted.summit.json"}
    assert kept() == {"here.summit", "deleted.summit", "moved.summit"}
    assert main([*old, "--yes"]) == 0
    assert "checkpoints of pipelines that are gone dropped" in capsys.readouterr().err
    assert kept() == {"here.summit", "moved.summit"}
