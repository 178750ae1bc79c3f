"""Pipelines whose rows find their place in a table by a key: twice, cut, staged, refused."""

import json
import sqlite3
from pathlib import Path

import pytest

from summit_studio.cli.main import main
from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import Event, OutputPublished, RunFinished, RunStatus
from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest

ROWS = 3_000


class Stopped(Exception):
    """The step at which a test ends a run."""


class Bench:
    """A CSV file of customers, and a pipeline from it into a table of a SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[Event] = []
        (folder / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')
        (folder / "shop.db").touch()

    def write(self, name: str, *, first: int = 0, rows: int = ROWS, version: int = 1) -> None:
        lines = (f"{n},{name} {n},{version}\n" for n in range(first, first + rows))
        (self.folder / "in.csv").write_text("id,name,version\n" + "".join(lines))

    def document(
        self, publish: str = "auto", errors: dict[str, object] | None = None, **params: object
    ) -> Document:
        columns = [
            {"name": "id", "type": "BIGINT"}, {"name": "name", "type": "VARCHAR"},
            {"name": "version", "type": "BIGINT"},
        ]  # fmt: skip
        table = {"connection": "shop", "table": "customers", "mode": "upsert", "keys": ["id"]}
        nodes = [
            Node("read", "csv_source", {"path": "in.csv", "columns": columns}),
            Node("out", "table_sink", table | params),
        ]
        return Document(
            "customers",
            nodes={n.id: n for n in nodes},
            edges=(Edge.parse("read.rows -> out.rows"),),
            settings={
                "performance": {"batch_bytes": 2048},
                "checkpoints": {"publish": publish, "every_rows": 700},
                "errors": errors or {},
            },
        )

    def run(self, document: Document, **more: object) -> RunFinished:
        self.events.clear()
        request = RunRequest(document, self.folder, **more)  # type: ignore[arg-type]
        return launch(request, [self.events.append], CancelToken())

    def stop_at(self, label: str, document: Document) -> RunFinished:
        def step(said: str) -> None:
            if said == label:
                raise Stopped(label)

        return self.run(document, step=step)

    @property
    def counts(self) -> dict[str, int]:
        (told,) = [e for e in self.events if isinstance(e, OutputPublished)]
        return dict(told.counts)

    def table(self, what: str = "count(*), count(DISTINCT id), min(name), max(name)") -> tuple:
        with sqlite3.connect(self.folder / "shop.db") as session:
            return tuple(session.execute(f"SELECT {what} FROM customers").fetchone())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.write("first")
    return made


@pytest.mark.parametrize("publish", ["whole", "staged", "each"])
def test_an_upsert_run_twice_changes_nothing_and_says_so(bench: Bench, publish: str):
    document = bench.document(publish)
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert bench.counts == {"inserted": ROWS}
    before = bench.table("group_concat(id || name || version)")
    assert bench.run(document, restart=True).status is RunStatus.SUCCEEDED
    assert bench.counts == {"unchanged": ROWS}
    assert bench.table("group_concat(id || name || version)") == before


@pytest.mark.parametrize("publish", ["staged", "each"])
@pytest.mark.parametrize("label", ["prepared:out:2", "committed:out:2", "commit:out:3"])
def test_cut_and_gone_on_with_it_is_as_in_one_go(bench: Bench, publish: str, label: str):
    document = bench.document(publish)
    bench.run(document)
    bench.write("second", first=ROWS // 2, version=2)
    assert bench.stop_at(label, document).status is RunStatus.FAILED
    finished = bench.run(document)
    assert finished.status is RunStatus.SUCCEEDED, finished.problems
    assert bench.table() == (ROWS * 3 // 2, ROWS * 3 // 2, "first 0", f"second {ROWS * 3 // 2 - 1}")
    assert bench.table("count(*) FILTER (WHERE version = 2)") == (ROWS,)


def test_older_rows_replace_nothing(bench: Bench):
    bench.run(bench.document())
    bench.write("older", version=0)
    assert bench.run(bench.document(version="version"), restart=True).status is RunStatus.SUCCEEDED
    assert bench.counts == {"stale": ROWS}
    assert bench.table() == (ROWS, ROWS, "first 0", "first 999")


def test_a_key_that_is_there_fails_the_run_where_that_is_wanted(bench: Bench):
    bench.run(bench.document())
    bench.write("second", first=ROWS - 1, rows=2)
    finished = bench.run(bench.document(on_conflict="fail"), restart=True)
    assert finished.status is RunStatus.FAILED
    assert bench.table() == (ROWS, ROWS, "first 0", "first 999")


def test_rows_without_a_key_wait_as_dead_letters(bench: Bench):
    text = (bench.folder / "in.csv").read_text()
    (bench.folder / "in.csv").write_text(text + ",nobody,1\n")
    document = bench.document(errors={"strategy": "dead_letter"})
    finished = bench.run(document)
    assert finished.status is RunStatus.SUCCEEDED, finished.problems
    assert bench.table()[0] == ROWS


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"keys": []}, "keys_missing"),
        ({"keys": ["id", "id"]}, "key_twice"),
        ({"keys": ["nobody"]}, "column_missing"),
        ({"version": "nobody"}, "column_missing"),
        ({"mode": "append"}, "setting_unused"),
        ({"mode": "insert_only", "version": "version"}, "setting_unused"),
        ({"mode": "replace", "keys": [], "on_conflict": "fail"}, "setting_unused"),
        ({"keys": ["name"]}, "key_not_unique"),
    ],
)
def test_what_a_run_would_refuse_is_said_before(bench: Bench, params: dict, code: str, capsys):
    if code == "key_not_unique":
        bench.run(bench.document())
    file = bench.folder / "customers.summit.json"
    save(bench.document(**params), file)
    assert main(["validate", str(file), "--json", "--probe"]) == 2
    codes = {problem["code"] for problem in json.loads(capsys.readouterr().out)["problems"]}
    assert code in codes
