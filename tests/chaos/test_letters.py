"""A retry of dead letters that dies anywhere neither loses one nor writes one twice."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node

ROWS, BAD = 400, 100


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a pipeline that has run, and whose letters are mended: all but one."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.setenv("SUMMIT_HOME", str(folder / "home"))
    (folder / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "out.db"\n')
    lines = [f"{i},{'1;5' if i % 4 == 0 else i}" for i in range(ROWS)]
    (folder / "in.csv").write_text("\n".join(["id,amount", *lines]) + "\n")
    columns = [{"name": "id", "type": "BIGINT"}, {"name": "amount", "type": "VARCHAR"}]
    number = {"name": "amount", "expression": "CAST(amount AS DECIMAL(9,1))"}
    nodes = [
        Node("in", "csv_source", {"path": "in.csv", "columns": columns}),
        Node("priced", "derive", {"columns": [number]}),
        Node("one", "table_sink", {"connection": "db", "table": "one"}),
        Node("two", "csv_sink", {"path": "two", "layout": "parts", "if_exists": "append"}),
    ]
    edges = ["in.rows -> priced.rows", "priced.rows -> one.rows", "priced.rows -> two.rows"]
    document = Document(
        "letters",
        nodes={n.id: n for n in nodes},
        edges=tuple(map(Edge.parse, edges)),
        settings={"errors": {"strategy": "dead_letter"}},
    )
    save(document, folder / "p.summit.json")
    assert child(folder) == 0
    with letters(folder) as found:
        assert found.edit("set amount = CASE WHEN id = 0 THEN 'x' ELSE '1.5' END") == BAD
    return folder


def letters(folder: Path):
    from summit_studio.document.files import load
    from summit_studio.engine.dead_letters import DeadLetters
    from summit_studio.engine.request import RunRequest

    path = folder / "p.summit.json"
    return DeadLetters(RunRequest(load(path).document, folder, path))


def child(folder: Path, *words: str) -> int:
    command = [sys.executable, "-m", "tests.chaos.child", str(folder / "p.summit.json"), *words]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"SUMMIT_HOME": str(folder / "home")},
        stderr=subprocess.PIPE,
        timeout=90,
        check=False,
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    return done.returncode


def outcome(folder: Path):
    """Return the ids in both targets and the states of the letters."""
    with closing(sqlite3.connect(folder / "out.db")) as con:
        one = Counter(row[0] for row in con.execute("SELECT id FROM one"))
    two: Counter[int] = Counter()
    for part in (folder / "two").glob("*.csv"):
        two.update(int(line.split(",")[0]) for line in part.read_text().splitlines()[1:])
    with closing(sqlite3.connect(folder / "home" / "state.db")) as con:
        states = con.execute("SELECT status, attempts, count(*) FROM dead_letters GROUP BY 1, 2")
        return one, two, sorted(states.fetchall())


WANTED = Counter(range(1, ROWS))


@pytest.mark.timeout(400)
def test_wherever_a_retry_dies_each_letter_is_written_once(folder: Path, tmp_path: Path):
    clean = tmp_path / "clean"
    shutil.copytree(folder, clean)
    steps = tmp_path / "labels"
    assert child(folder, "--retry", "--labels", str(steps)) == 0
    right = (WANTED, WANTED, [("open", 2, 1), ("retried", 2, BAD - 1)])
    assert outcome(folder) == right
    labels = list(dict.fromkeys(steps.read_text().split()))
    assert {"settle", "commit:one:1", "committed:one:1", "commit:two:1"} <= set(labels)
    finishing = [x for x in labels if x.startswith("finish:")]
    deciding = [x for x in labels if x.startswith(("audit", "commit"))]
    for label in [*deciding, finishing[0], finishing[-1], "settle"]:
        shutil.rmtree(folder)
        shutil.copytree(clean, folder)
        assert child(folder, "--retry", "--kill", label) == -signal.SIGKILL, label
        with letters(folder) as found:
            # Goes on with what was killed; the one that is rejected again is open by then.
            done = found.retry(selection=found_of_nobody())
        assert (done.through, done.again) == (BAD - 1, 1), (label, done)
        assert outcome(folder) == right, (label, done)


def found_of_nobody():
    from summit_studio.state.letters import Selection

    return Selection(groups=("none",))
