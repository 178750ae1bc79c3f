"""Folders of parts, killed at every step: the next run goes on, and every row is there once."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node
from tests.chaos.forks import Forks

ROWS = 3_000
LAST = 4

SINKS: dict[str, tuple[str, dict[str, Any]]] = {
    "csv": ("csv_sink", {}),
    "csv-gzip": ("csv_sink", {"compression": "gzip", "header": False}),
    "jsonl": ("jsonl_sink", {}),
    "jsonl-zstd": ("jsonl_sink", {"compression": "zstd"}),
    "parquet": ("parquet_sink", {}),
    "partitioned": ("parquet_sink", {"partition_by": ["grp"]}),
}


@dataclass(frozen=True)
class Zombie:
    """A run that stands still."""

    pid: int
    said: Path
    forks: Forks

    def wake(self) -> tuple[int, str]:
        """Let it go on; return how it ended and what it said."""
        os.kill(self.pid, signal.SIGCONT)
        return self.forks.wait(self.pid), self.said.read_text()


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    made = Forks()
    yield made
    made.close()


class Load:
    """A pipeline of one sink that takes four epochs, run in processes of their own."""

    def __init__(self, folder: Path, sink: str, forks: "Forks") -> None:
        self.folder, self.out, self._forks = folder, folder / "out", forks
        lines = (f"{i},name {i},{'ab'[i % 2]}\n" for i in range(ROWS))
        (folder / "in.csv").write_text("id,name,grp\n" + "".join(lines))
        kind, params = SINKS[sink]
        columns = [{"name": "id", "type": "BIGINT"}, {"name": "name", "type": "VARCHAR"}]
        columns.append({"name": "grp", "type": "VARCHAR"})
        nodes = [
            Node("src", "csv_source", {"path": "in.csv", "columns": columns}),
            Node("out", kind, {"path": "out", "layout": "parts", "if_exists": "append", **params}),
        ]
        document = Document(
            "parts",
            nodes={n.id: n for n in nodes},
            edges=(Edge.parse("src.rows -> out.rows"),),
            settings={
                "performance": {"batch_bytes": 14 << 10},
                "checkpoints": {"publish": "each", "every_rows": 500},
            },
        )
        self.document = folder / "parts.summit.json"
        save(document, self.document)

    def start(self, *arguments: str) -> int:
        return self._forks.start([str(self.document), *arguments], self.folder)

    def wait(self, pid: int) -> tuple[int, str]:
        """Return how a run ended and what it said."""
        code = self._forks.wait(pid)
        return code, (self.folder / "said").read_text()

    def run(self, *arguments: str) -> tuple[int, str]:
        return self.wait(self.start(*arguments))

    def kill(self, label: str) -> None:
        code, said = self.run("--kill", label)
        assert code == -signal.SIGKILL, f"{label} did not come: {said}"
        doubled = [i for i, n in self.ids().items() if n > 1]
        assert not doubled, f"killed at {label}, rows are there twice: {doubled[:5]}"

    def finish(self) -> None:
        code, said = self.run()
        assert code == 0, said

    def freeze(self, label: str, *arguments: str) -> "Zombie":
        """Start a run, and return once it has stopped at a step."""
        pid = self.start("--stop", label, *arguments)
        status = Path(f"/proc/{pid}/stat")
        deadline = time.monotonic() + 60
        while (state := status.read_text().rpartition(")")[2].split()[0]) != "T":
            assert state not in "ZX", self.wait(pid)
            assert time.monotonic() < deadline
            time.sleep(0.02)
        # What the next run says goes to a file of its own.
        said = (self.folder / "said").rename(self.folder / "zombie")
        return Zombie(pid, said, self._forks)

    def files(self) -> list[Path]:
        return sorted(p for p in self.out.rglob("part-*") if "_summit" not in p.parts)

    def ids(self) -> Counter[int]:
        """Return the rows that another program finds, which knows nothing of our folder."""
        found: Counter[int] = Counter()
        columns = "columns={'id': 'BIGINT', 'name': 'VARCHAR', 'grp': 'VARCHAR'}"
        readers = {
            "*.csv": f"read_csv('FILE', auto_detect=false, header=true, {columns})",
            "*.csv.gz": f"read_csv('FILE', auto_detect=false, header=false, {columns})",
            "*.jsonl": "read_json_auto('FILE', format='newline_delimited')",
            "*.jsonl.zst": "read_json_auto('FILE', format='newline_delimited')",
            "*.parquet": "read_parquet('FILE')",
        }
        with duckdb.connect() as con:
            for pattern, reader in readers.items():
                for file in self.out.rglob(pattern):
                    rows = con.sql("SELECT id FROM " + reader.replace("FILE", str(file))).fetchall()
                    found.update(row[0] for row in rows)
        return found

    def leftovers(self) -> list[str]:
        work = [p.name for p in self.out.glob("_summit/*/*")]
        return [n for n in work if n.startswith(("past-", "new-"))] + [
            p.name for p in self.out.rglob("*.new")
        ]


WHOLE = Counter(range(ROWS))

BEFORE = (("part", "prepared"), ("cut", "audit"), ("commit", "manifest"))
AFTER = ("linked", "placed", "committed")


def label(step: str, epoch: int) -> str:
    if step == "audit":
        return "audit" if epoch == LAST else f"audit:{epoch}"
    return f"{step}:src:{epoch}" if step == "cut" else f"{step}:out:{epoch}"


def chain(before: tuple[str, ...], after: tuple[str, str, str]) -> list[str]:
    """Return steps that one load can be killed at, one after the other."""
    found = []
    for epoch, behind in zip((1, 2, LAST), after, strict=True):
        found += [label(s, epoch) for s in before if (s, epoch) != ("cut", LAST)]
        found.append(label(behind, epoch))
    return [*found, "finish:out"]


CHAINS = [
    *(("csv", chain(b, (a, a, a))) for b, a in zip(BEFORE, AFTER, strict=True)),
    ("csv-gzip", chain(("manifest",), ("placed", "linked", "linked"))),
    ("jsonl", chain(("manifest",), ("linked", "placed", "linked"))),
    ("jsonl-zstd", chain(("part",), ("placed", "linked", "linked"))),
    ("parquet", chain(("manifest",), ("linked", "linked", "placed"))),
    ("partitioned", chain(("part", "manifest"), ("linked", "placed", "linked"))),
]


@pytest.mark.parametrize(("sink", "steps"), CHAINS, ids=[f"{s}-{c[0]}" for s, c in CHAINS])
def test_killed_again_and_again(tmp_path, forks, sink, steps):
    """Each run is killed at a step that the one before has not come to, the last one is not."""
    load = Load(tmp_path, sink, forks)
    for step in steps:
        load.kill(step)
    load.finish()
    assert load.ids() == WHOLE
    assert load.leftovers() == []


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("sink", SINKS)
def test_killed_once_at_every_step(tmp_path, forks, sink):
    steps = ["part", "prepared", "audit", "commit", "manifest", *AFTER]
    for number, (step, epoch) in enumerate((s, e) for s in steps for e in (1, 2, LAST)):
        folder = tmp_path / str(number)
        folder.mkdir()
        load = Load(folder, sink, forks)
        load.kill(label(step, epoch))
        load.finish()
        assert load.ids() == WHOLE, label(step, epoch)


@pytest.mark.parametrize("step", ["part:out:2", "manifest:out:2", "linked:out:2"])
def test_a_zombie_is_fenced(tmp_path, forks, step):
    load = Load(tmp_path, "csv", forks)
    zombie = load.freeze(step)
    code, said = load.run()
    assert code == 2
    assert "already_running" in said
    code, said = load.run("--take-over")
    assert code == 0, said
    assert load.ids() == WHOLE
    code, said = zombie.wake()
    assert code == 1
    assert said.startswith("fenced"), said
    assert load.ids() == WHOLE
    assert load.leftovers() == []


def test_a_zombie_that_nothing_fences_meets_the_manifest(tmp_path, forks):
    load = Load(tmp_path, "csv", forks)
    zombie = load.freeze("manifest:out:2", "--control", "no-fence")
    code, said = load.run("--take-over", "--control", "no-fence")
    assert code == 0, said
    _, said = zombie.wake()
    assert said.startswith("fenced"), said
    assert load.ids() == WHOLE


def test_control_a_rename_instead_of_the_link_doubles_rows(tmp_path, forks):
    load = Load(tmp_path, "csv", forks)
    zombie = load.freeze("manifest:out:2", "--control", "rename")
    code, said = load.run("--take-over", "--control", "rename")
    assert code == 0, said
    zombie.wake()
    assert max(load.ids().values()) == 2


def test_each_load_adds_its_parts_in_order(tmp_path, forks):
    load = Load(tmp_path, "csv", forks)
    load.finish()
    first = load.files()
    assert len(first) == LAST
    (load.out / "notes.txt").write_text("mine")
    load.finish()
    both = load.files()
    assert both[:LAST] == first
    assert load.ids() == WHOLE + WHOLE
    assert (load.out / "notes.txt").read_text() == "mine"
    text = "".join(f.read_text().removeprefix("id,name,grp\n") for f in first)
    assert [int(line.split(",")[0]) for line in text.splitlines()] == list(range(ROWS))
    (work,) = load.out.glob("_summit/*")
    lineages = {f.read_text().split('"lineage": "')[1][:32] for f in work.glob("epoch-*.json")}
    assert len(lineages) == 1
