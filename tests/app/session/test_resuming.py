"""Loads that go on: killed in the editor's child or in the command, finished from either."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QMessageBox

from summit_studio.app.session.running import request_of
from summit_studio.core.events import BatchProcessed, CheckpointCommitted, RunStatus
from summit_studio.document import files
from summit_studio.document.model import Document, Edge, Layout, Node
from summit_studio.engine.checkpoints import standing
from summit_studio.workspace.trust import trust
from tests.connectors.conftest import server  # noqa: F401 - a fixture

ROWS = 120_000
EPOCH = 10_000
"""More rows than an epoch has: it ends at the first chunk from 5,000 on."""
SETTINGS = {
    "performance": {"batch_bytes": 32_768, "parallelism": 1},
    "checkpoints": {"publish": "each", "every_rows": 5_000},
}


class Shop:
    """A folder with many rows to load, and the table that they go to."""

    def __init__(self, folder, window, qtbot, count):
        self.folder, self.window, self.qtbot, self.count = folder, window, qtbot, count
        self.file = folder / "load.summit.json"
        with (folder / "in.csv").open("w") as out:
            out.write("id,amount\n")
            out.writelines(f"{n},{n * 2}\n" for n in range(ROWS))
        columns = [{"name": n, "type": "BIGINT"} for n in ("id", "amount")]
        nodes = {
            "read": Node("read", "csv_source", {"path": "in.csv", "columns": columns}),
            "table": Node("table", "table_sink", {"connection": "db", "table": "numbers"}),
        }
        edges = (Edge.parse("read.rows -> table.rows"),)
        layout = Layout({"read": (0, 0), "table": (300, 0)})
        document = Document("Load", nodes=nodes, edges=edges, layout=layout, settings=SETTINGS)
        files.save(document, self.file)
        trust(folder)

    def open(self):
        self.window.desk.open(self.file)
        self.qtbot.waitUntil(lambda: self.window.session.files.path == self.file, timeout=20_000)

        def known():
            checked = self.window.session.checked
            return checked is not None and len(checked.nodes) == 2 and checked.ok

        self.qtbot.waitUntil(known, timeout=20_000)

    def progress(self):
        known = standing(request_of(self.window.session))
        return known[0].progress if known else None

    def run_until_committed(self):
        seen = []
        self.window.supervisor.told.connect(seen.extend)
        self.window.actions_table["run"].trigger()
        self.qtbot.waitUntil(
            lambda: any(isinstance(e, CheckpointCommitted) for e in seen), timeout=60_000
        )

    def kill_child(self):
        pid = int(self.progress().owner.split("|")[1])
        assert pid != os.getpid()
        os.kill(pid, signal.SIGKILL)
        self.ended()

    def ended(self):
        self.qtbot.waitUntil(lambda: not self.window.supervisor.running, timeout=60_000)

    def offered(self):
        banner = self.window.banner
        self.qtbot.waitUntil(lambda: banner.button.text() == "Go on", timeout=20_000)
        return banner

    def finish(self):
        self.ended()
        run = self.window.supervisor.state
        assert run.status is RunStatus.SUCCEEDED, run.error
        assert self.count() == (ROWS, ROWS, sum(range(ROWS)) * 2)

    def command(self, *words: str):
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, *words],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


COMMAND = "import sys; from summit_studio.cli.main import main; sys.exit(main())"
ASKED = "SELECT count(*), count(DISTINCT id), sum(amount) FROM numbers"


@pytest.fixture
def shop(tmp_path, window, qtbot):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "out.db"\n')

    def count():
        with closing(sqlite3.connect(folder / "out.db")) as con:
            return con.execute(ASKED).fetchone()

    return Shop(folder, window, qtbot, count)


@pytest.fixture
def served(tmp_path, window, qtbot, server):  # noqa: F811 - the fixture
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "connections.toml").write_text(
        f'[db]\nkind = "postgres"\nhost = "{server.host}"\ndatabase = "postgres"\n'
        'user = "postgres"\n'
    )
    server.run("DROP TABLE IF EXISTS numbers, _summit_checkpoint")
    return Shop(folder, window, qtbot, lambda: server.run(ASKED)[0])


@pytest.mark.parametrize("kind", ["shop", "served"])
def test_a_load_killed_in_the_editors_child_goes_on_at_a_click(kind, request):
    shop = request.getfixturevalue(kind)
    shop.open()
    shop.run_until_committed()
    shop.kill_child()
    banner = shop.offered()
    assert "process died" in banner.text.text()
    rows = shop.progress().rows
    assert 0 < rows < ROWS
    assert f"{rows:,} rows (epoch" in banner.detail.text()
    assert "no row is lost, none comes twice" in banner.detail.text()
    figures = shop.window.run_panel.figures.text()
    told = sum(shop.window.supervisor.state.committed.values())
    # Of an epoch it may have died before it told.
    assert rows - EPOCH <= told <= rows
    assert f"{told:,} committed and safe" in figures
    assert "written" not in figures
    assert "Go on reads on behind them" in figures
    banner.button.click()
    shop.finish()
    assert f"{ROWS:,} written" in shop.window.run_panel.figures.text()
    assert not shop.window.actions_table["go_on"].isEnabled()


def test_a_load_killed_in_the_editor_goes_on_in_the_command_and_the_reverse(shop):
    shop.open()
    shop.run_until_committed()
    shop.kill_child()
    shop.offered()
    before = shop.progress().epoch
    command = shop.command("run", "load.summit.json", "--events", "json")
    for line in command.stdout:
        if "CheckpointCommitted" in line:
            break
    command.kill()
    _, said = command.communicate()
    assert before < shop.progress().epoch, said
    shop.window.actions_table["go_on"].trigger()
    shop.finish()


def test_an_unfinished_load_is_offered_when_its_document_is_opened(shop):
    command = shop.command("run", "load.summit.json", "--events", "json")
    for line in command.stdout:
        if "CheckpointCommitted" in line:
            break
    command.kill()
    command.communicate()
    shop.open()
    banner = shop.offered()
    assert banner.text.text() == "A load of this pipeline is unfinished"
    assert [b.text() for b in banner.buttons if b.isVisible()] == ["Go on", "Start again…"]
    shop.window.desk.new()
    shop.qtbot.waitUntil(lambda: not banner.isVisible(), timeout=20_000)


def test_a_cancelled_run_says_that_it_can_go_on(shop):
    shop.open()
    shop.run_until_committed()
    shop.window.actions_table["stop"].trigger()
    shop.ended()
    assert shop.window.supervisor.state.status is RunStatus.CANCELLED
    banner = shop.offered()
    assert banner.text.text() == "Cancelled; the run can go on"
    shop.window.actions_table["go_on"].trigger()
    shop.finish()


def test_starting_again_asks_that_the_rows_are_deleted_first(shop):
    shop.open()
    shop.run_until_committed()
    shop.kill_child()
    banner = shop.offered()
    banner.buttons[1].click()
    box = shop.window.findChild(QMessageBox)
    assert "they are there twice" in box.informativeText()
    assert box.defaultButton().text().replace("&", "") == "Cancel"
    with closing(sqlite3.connect(shop.folder / "out.db")) as con, con:
        con.execute("DELETE FROM numbers")
    next(b for b in box.buttons() if "start again" in b.text()).click()
    shop.qtbot.waitUntil(lambda: shop.window.supervisor.running, timeout=20_000)
    shop.finish()


def _stop_between_transactions(pid, file):
    """Stop a process at a moment at which it does not hold the lock of a database's file."""
    for _ in range(400):
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.01)
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as con:
            try:
                con.execute("BEGIN IMMEDIATE")
                con.execute("ROLLBACK")
            except sqlite3.OperationalError:
                os.kill(pid, signal.SIGCONT)
                time.sleep(0.003)
            else:
                return
    raise AssertionError("it holds the lock all the time")


def test_another_run_at_work_can_be_taken_over(shop):
    command = shop.command("run", "load.summit.json", "--events", "json")
    for line in command.stdout:
        if "CheckpointCommitted" in line:
            break
    _stop_between_transactions(command.pid, shop.file.parent / "out.db")
    try:
        shop.open()
        banner = shop.window.banner
        shop.qtbot.waitUntil(lambda: banner.button.text() == "Take over", timeout=20_000)
        assert "at work" in banner.text.text()
        banner.dismiss()
        shop.window.actions_table["run"].trigger()
        shop.ended()
        assert shop.window.supervisor.state.error.code == "already_running"
        assert banner.button.text() == "Take over"
        banner.button.click()
        shop.finish()
    finally:
        os.kill(command.pid, signal.SIGCONT)
        command.communicate()
    assert command.returncode == 1
    time.sleep(0.1)
    assert shop.count()[0] == ROWS


def test_a_checkpoint_is_made_at_a_click(shop):
    settings = {**SETTINGS, "checkpoints": {"publish": "each"}}
    document = replace(files.load(shop.file).document, settings=settings)
    files.save(document, shop.file)
    shop.open()
    seen = []
    shop.window.supervisor.told.connect(seen.extend)
    shop.window.actions_table["run"].trigger()
    shop.qtbot.waitUntil(lambda: any(isinstance(e, BatchProcessed) for e in seen), timeout=60_000)
    shop.window.actions_table["checkpoint"].trigger()
    shop.finish()
    first = next(e for e in seen if isinstance(e, CheckpointCommitted))
    assert first.rows < ROWS
    assert not shop.window.actions_table["checkpoint"].isEnabled()
