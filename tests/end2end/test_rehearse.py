"""Crash rehearsals of real pipelines, in real processes that are really killed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pytest

import summit_studio as summit
from summit_studio.cli.main import main
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled
from summit_studio.core.schema import Schema
from summit_studio.engine.rehearsal.rehearsing import Unsteady, rehearse
from summit_studio.engine.rehearsal.report import Death, Progress
from summit_studio.engine.rehearsal.setting import NothingToRehearse
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import Delivery, RunContext, SinkNode, Writer
from summit_studio.nodes.params import Params
from summit_studio.workspace.trust import trust

ROWS = 600
COLUMNS = [{"name": "id", "type": "BIGINT"}, {"name": "amount", "type": "BIGINT"}]
SECRET = "hunter2-canary"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with a table that holds rows already, and a home and temporary folder."""
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    made = tmp_path / "workspace"
    made.mkdir()
    lines = [f"{n},{'bad' if n % 50 == 0 else n}" for n in range(3 * ROWS)]
    (made / "in.csv").write_text("\n".join(["id,amount", *lines]) + "\n")
    (made / "connections.toml").write_text(
        f'[db]\nkind = "sqlite"\npath = "out.db"\n[far]\nkind = "postgres"\nhost = "far"\n'
        f'database = "d"\nuser = "u"\npassword = "env:{SECRET}"\n'
    )
    with closing(sqlite3.connect(made / "out.db")) as con:
        con.execute("CREATE TABLE orders (id, amount, mark, at)")
        con.commit()
    return made


@pytest.fixture
def temp(folder: Path) -> Path:
    return folder.parent / "temp"


def drawn(folder: Path, code: str = "", columns: tuple[dict[str, str], ...] = ()) -> Any:
    pipeline = summit.Pipeline("orders", folder=folder)
    last = pipeline.add("csv_source", "orders", path="in.csv", columns=COLUMNS)
    if code:
        last = last.to(
            "python", "code", code=code, columns=[*COLUMNS, *columns], keeps_state=False,
            frame="pandas",
        )  # fmt: skip
    last = last.to("derive", "at", columns=[{"name": "at", "expression": "now()"}])
    last.to("table_sink", "out", connection="db", table="orders")
    pipeline.configure(errors={"strategy": "dead_letter"})
    return pipeline


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


MARK = """import uuid
def process(rows):
    rows["mark"] = [uuid.uuid4().hex for _ in range(len(rows))]
    return rows
"""


def test_the_command_kills_a_persons_pipeline_and_touches_nothing_of_it(
    folder: Path, temp: Path, capsys: pytest.CaptureFixture[str]
):
    pipeline = drawn(folder, MARK, ({"name": "mark", "type": "VARCHAR"},))
    hook = {"command": ["touch", "told"]}
    pipeline.configure(
        errors={"strategy": "dead_letter", "on_error": [hook]},
        checkpoints={"table": "elsewhere", "every_secs": 0.001},
    )
    file = pipeline.save(folder / "orders.summit.json")
    assert main(["rehearse", str(file)]) == 2
    assert "not trusted" in capsys.readouterr().err
    trust(folder)
    before = contents(folder)
    page = folder.parent / "report.html"
    words = ["--rows", str(ROWS), "--kills", "2", "--json", "--html", str(page)]
    code = main(["rehearse", str(file), *words])
    said = capsys.readouterr()
    assert code == 0, said.err
    report = json.loads(said.out)
    assert (report["kills"], report["lost"], report["doubled"], report["wrong"]) == (2, 0, 0, 0)
    assert ROWS <= report["sources"]["Read CSV"] < 2 * ROWS
    assert report["targets"][0]["rows"] == report["sources"]["Read CSV"] * 49 // 50
    assert report["targets"][0]["delivery"] == "T · each"
    steps = {(d["step"].partition(":")[0], d["epoch"]) for d in report["deaths"]}
    assert steps == {("cut", 1), ("prepared", 3)}
    # It went on behind what the second epoch had left.
    assert [d["behind_rows"] > 0 for d in report["deaths"]] == [False, True]
    # The clock of expressions stands still, that of the code does not.
    assert report["notes"] == [
        "Not compared in 'Write table': 'mark', which differs from one undisturbed run to the next."
    ]
    assert contents(folder) == before
    assert not list(temp.iterdir())
    assert not (folder.parent / "home" / "state.db").exists()
    text = page.read_text()
    assert "no row was lost, none came twice" in text
    assert SECRET not in text + said.out + said.err


@pytest.mark.parametrize("connection", ["", "db"])
def test_keys_of_processed_rows_are_kept_in_the_sandbox(
    folder: Path, capsys: pytest.CaptureFixture[str], connection: str
):
    pipeline = summit.Pipeline("orders", folder=folder)
    last = pipeline.add("csv_source", "orders", path="in.csv", columns=COLUMNS[:1])
    last = last.to("skip_processed", "once", keys=["id"], connection=connection)
    last.to("table_sink", "out", connection="db", table="orders")
    file = pipeline.save(folder / "orders.summit.json")
    trust(folder)
    before = contents(folder)
    words = ["--rows", str(ROWS), "--kills", "1", "--json"]
    assert main(["rehearse", str(file), *words]) == 0, capsys.readouterr().err
    report = json.loads(capsys.readouterr().out)
    assert (report["lost"], report["doubled"], report["wrong"]) == (0, 0, 0)
    assert report["targets"][0]["rows"] >= ROWS
    assert contents(folder) == before


COUNTED = """count = 0
def process(rows):
    global count
    rows["mark"] = range(count, count + len(rows))
    count += len(rows)
    return rows
"""


def test_code_that_remembers_though_it_says_not_is_found_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    trust(folder)
    pipeline = drawn(folder, COUNTED, ({"name": "mark", "type": "BIGINT"},))
    file = pipeline.save(folder / "orders.summit.json")
    assert main(["rehearse", str(file), "--rows", str(ROWS), "--kills", "2"]) == 1
    said = capsys.readouterr()
    assert "holds an epoch, nobody sees it yet" in said.out
    assert "code-rejected" not in said.out  # Titles, not ids.
    assert "rows are not as they must be (" in said.err


def test_rows_by_chance_cannot_be_compared_and_it_says_so(folder: Path, temp: Path):
    trust(folder)
    code = "import random\ndef process(rows):\n    return rows[: random.randrange(len(rows))]\n"
    with pytest.raises(Unsteady) as caught:
        drawn(folder, code).rehearse(rows=ROWS, kills=1)
    assert "'Write table'" in caught.value.what
    assert not list(temp.iterdir())


def test_cancelled_it_leaves_nothing_behind(folder: Path, temp: Path):
    token, told = CancelToken(), []

    def stop(news: Progress | Death) -> None:
        told.append(news)
        if len(told) == 2:
            token.cancel()

    with pytest.raises(Cancelled):
        drawn(folder).rehearse(rows=ROWS, kills=1, on=stop, cancel=token)
    assert [n.text for n in told if isinstance(n, Progress)][-1] == "Running undisturbed."
    assert not list(temp.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups")
def test_an_interrupt_is_for_the_command_alone_which_clears_up(folder: Path, temp: Path):
    file = drawn(folder).save(folder / "orders.summit.json")
    command = subprocess.Popen(
        [sys.executable, "-m", "summit_studio", "rehearse", str(file), "--rows", str(ROWS)],
        env=os.environ | {"TMPDIR": str(temp)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert command.stderr is not None
    while "Running undisturbed." not in command.stderr.readline():
        assert command.poll() is None
    os.killpg(command.pid, signal.SIGINT)
    said = command.stderr.read()
    command.stderr.close()
    assert command.wait() == 130
    assert said.startswith("Cancelling; nothing is left behind.")
    assert "Traceback" not in said
    assert not list(temp.iterdir())


class NoParams(Params):
    """Nothing."""


class Mail(SinkNode[NoParams]):
    """Send each row by mail."""

    id = "mail"
    title = "Send mail"
    icon = "preview"
    params_class = NoParams
    delivery: ClassVar = Delivery.NONE

    def target(self) -> str:
        return "mail: everybody"

    def open(self, schema: Schema, context: RunContext) -> Writer:
        raise AssertionError("A rehearsal sends no mail")


def test_what_cannot_be_taken_back_is_left_out_and_said(folder: Path):
    catalogue = Catalogue({kind.id: kind for kind in [*Catalogue.load(), Mail]})
    pipeline = summit.Pipeline("orders", folder=folder, catalogue=catalogue)
    orders = pipeline.add("csv_source", "orders", path="in.csv", columns=COLUMNS)
    orders.to("mail", "mail")
    pipeline.configure(errors={"strategy": "skip"})
    with pytest.raises(NothingToRehearse) as caught:
        rehearse(pipeline.request(), catalogue=catalogue)
    assert "'Send mail' is left out: what is handed over cannot be taken back" in caught.value.why
    orders.to("parquet_sink", "file", path="out.parquet")
    orders.to("parquet_sink", "more", path="more.parquet")
    report = rehearse(pipeline.request(), rows=ROWS, kills=1, catalogue=catalogue)
    assert report.clean
    called = {target.delivered.title for target in report.targets}
    assert called == {"Write Parquet (file)", "Write Parquet (more)", "Send mail"}
    assert "every run started from the beginning" in report.verdict
    assert report.verdict.endswith("Of 'Send mail' this says nothing: it was left out.")
    assert not (folder / "out.parquet").exists()


def test_without_anything_to_harm_it_says_why(folder: Path):
    pipeline = summit.Pipeline("orders", folder=folder)
    orders = pipeline.add("csv_source", "orders", path="in.csv", columns=COLUMNS)
    orders.to("preview_sink", "end")
    with pytest.raises(NothingToRehearse, match="nothing to rehearse in 'orders'") as caught:
        pipeline.rehearse()
    assert "no sink that keeps rows" in caught.value.why
    (folder / "in.csv").write_text("id,amount\n")
    with pytest.raises(NothingToRehearse) as caught:
        drawn(folder).rehearse()
    assert caught.value.why == "'Read CSV' gave no rows"
    (folder / "in.csv").unlink()
    with pytest.raises(summit.SummitError) as missing:
        drawn(folder).rehearse()
    assert "in.csv" in str(missing.value)
