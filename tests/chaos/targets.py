"""Targets for pipelines that are killed: a pipeline with rejected rows into two sinks of a kind.

Each can be emptied, and says exactly which rows it holds.
"""

import json
import random
import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import duckdb

from summit_studio.core.durable import remove
from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.planning.graph import part

ROWS = 12_000
EPOCH_ROWS = 2_500
BLOCK_BYTES = 16 << 10
EPOCHS = 5

Found = dict[str, Counter[tuple[Any, ...]]]
"""Rows of each sink, each with how often it is there."""


class Target(ABC):
    """Where a pipeline writes.

    Args:
        folder: A workspace of its own.
    """

    kind: ClassVar[str]
    settings: ClassVar[dict[str, Any]] = {"checkpoints": {"publish": "each"}}

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def document(self) -> Path:
        return self.folder / "chaos.summit.json"

    def build(self) -> None:
        """Write the data, the connections and the pipeline."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.connect()
        chance = random.Random(7)
        with (self.folder / "in.csv").open("w", newline="") as file:
            file.write("id,amount,note\n")
            for number in range(ROWS):
                amount = "bad" if chance.random() < 0.005 else str(chance.randrange(1000))
                note = f'"two\nlines, ""{number}"""' if chance.random() < 0.1 else f"n{number}"
                file.write(f"{number},{amount},{note}\n")
        columns = [{"name": n, "type": t} for n, t in (("id", "BIGINT"), ("amount", "BIGINT"))]
        nodes = [
            Node(
                "orders",
                "csv_source",
                {"path": "in.csv", "columns": [*columns, {"name": "note", "type": "VARCHAR"}]},
            ),
            Node("keep", "filter", {"condition": "id % 10 <> 3"}),
            Node("twice", "derive", {"columns": [{"name": "twice", "expression": "amount * 2"}]}),
            self.sink("good"),
            self.sink("bad"),
        ]
        edges = [
            "orders.rows -> keep.rows",
            "keep.kept -> twice.rows",
            "twice.rows -> good.rows",
            "orders.rejected -> bad.rows",
        ]
        checkpoints = {"every_rows": EPOCH_ROWS, **self.settings["checkpoints"]}
        document = Document(
            "chaos",
            nodes={n.id: n for n in nodes},
            edges=tuple(map(Edge.parse, edges)),
            settings={"performance": {"batch_bytes": BLOCK_BYTES}, "checkpoints": checkpoints},
        )
        save(document, self.document)

    def connect(self) -> None:  # noqa: B027 - files need none
        """Declare the connections."""

    @abstractmethod
    def sink(self, name: str) -> Node:
        """Return a sink."""

    @abstractmethod
    def clear(self) -> None:
        """Remove everything that runs have written."""

    @abstractmethod
    def rows(self) -> Found:
        """Return the rows of both sinks."""

    def left(self) -> list[str]:
        """Return what a finished load has left aside."""
        return []


class _Tables(Target):
    """Two tables of a database."""

    kind_of_connection: ClassVar[str]
    connection: dict[str, Any]

    def connect(self) -> None:
        lines = [f"{key} = {json.dumps(value)}" for key, value in self.connection.items()]
        text = f'[db]\nkind = "{self.kind_of_connection}"\n' + "\n".join(lines)
        (self.folder / "connections.toml").write_text(text + "\n")

    def sink(self, name: str) -> Node:
        return Node(name, "table_sink", {"connection": "db", "table": name})

    def rows(self) -> Found:
        return {
            "good": Counter(self.ask("good", "SELECT id, twice, note FROM good")),
            "bad": Counter(self.ask("bad", "SELECT line, raw FROM bad")),
        }

    @abstractmethod
    def ask(self, table: str, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query; none where the table is missing."""


class Sqlite(_Tables):
    kind = "sqlite"
    kind_of_connection = "sqlite"
    connection: dict[str, Any] = {"path": "out.db"}

    def clear(self) -> None:
        for file in self.folder.glob("out.db*"):
            file.unlink()

    def ask(self, table: str, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "out.db")) as con:
            known = "SELECT 1 FROM sqlite_master WHERE name = ?"
            return con.execute(query).fetchall() if con.execute(known, (table,)).fetchone() else []


class Duckdb(_Tables):
    kind = "duckdb"
    kind_of_connection = "duckdb"
    connection: dict[str, Any] = {"path": "out.duckdb"}

    def clear(self) -> None:
        for file in self.folder.glob("out.duckdb*"):
            file.unlink()

    def ask(self, table: str, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / "out.duckdb")) as con:
            known = "SELECT 1 FROM duckdb_tables() WHERE table_name = ?"
            there = con.execute(known, [table]).fetchall()
            return con.execute(query).fetchall() if there else []


class Postgres(_Tables):
    """Tables of a real server.

    Args:
        host: The folder of its socket.
    """

    kind = "postgres"
    kind_of_connection = "postgres"
    connection: dict[str, Any] = {}

    def __init__(self, folder: Path, host: str) -> None:
        super().__init__(folder)
        self.host = host
        self.connection = {
            "host": host, "database": "postgres", "user": "postgres", "lock_timeout_secs": 5,
        }  # fmt: skip

    def clear(self) -> None:
        import psycopg

        with psycopg.connect(host=self.host, user="postgres", autocommit=True) as session:
            session.execute("DROP TABLE IF EXISTS good, bad, _summit_checkpoint, _summit_stage")

    def ask(self, table: str, query: str) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(host=self.host, user="postgres") as session:
            known = session.execute("SELECT to_regclass(%s)", (table,)).fetchone()
            return session.execute(query).fetchall() if known and known[0] else []  # type: ignore[arg-type]


class PostgresWhole(Postgres):
    """The same, all rows in one transaction."""

    kind = "postgres-whole"
    settings: ClassVar = {"checkpoints": {"publish": "whole"}}


_STANDING = "CREATE TABLE good (id BIGINT PRIMARY KEY, amount BIGINT, twice BIGINT, note VARCHAR)"
_OLD_ROWS = [(number, -1, -2, "old") for number in range(0, ROWS + 40, 40)]
"""Some of which the load updates; some it does not bring."""


def _by_key(drawn: Node) -> Node:
    params = {"mode": "upsert", "keys": ["id"]} if drawn.id == "good" else {}
    return replace(drawn, params={**drawn.params, **params})


class PostgresUpsert(Postgres):
    """The same; rows find their place by a key, some of them in rows that are there."""

    kind = "postgres-upsert"
    old: ClassVar = _OLD_ROWS

    def sink(self, name: str) -> Node:
        return _by_key(super().sink(name))

    def clear(self) -> None:
        super().clear()
        import psycopg

        with psycopg.connect(host=self.host, user="postgres", autocommit=True) as session:
            session.execute(_STANDING.encode())
            session.cursor().executemany("INSERT INTO good VALUES (%s, %s, %s, %s)", self.old)


class SqliteUpsert(Sqlite):
    """The same."""

    kind = "sqlite-upsert"
    old: ClassVar = _OLD_ROWS

    def sink(self, name: str) -> Node:
        return _by_key(super().sink(name))

    def clear(self) -> None:
        super().clear()
        with closing(sqlite3.connect(self.folder / "out.db")) as con, con:
            con.execute(_STANDING)
            con.executemany("INSERT INTO good VALUES (?, ?, ?, ?)", self.old)


class DuckdbUpsert(Duckdb):
    """The same."""

    kind = "duckdb-upsert"
    old: ClassVar = _OLD_ROWS

    def sink(self, name: str) -> Node:
        return _by_key(super().sink(name))

    def clear(self) -> None:
        super().clear()
        with duckdb.connect(str(self.folder / "out.duckdb")) as con:
            con.execute(_STANDING)
            con.executemany("INSERT INTO good VALUES (?, ?, ?, ?)", self.old)


_HISTORY = (
    "CREATE TABLE good (id BIGINT, amount BIGINT, twice BIGINT, note VARCHAR, valid_from"
    " TIMESTAMP WITH TIME ZONE, valid_to TIMESTAMP WITH TIME ZONE, is_current BOOLEAN,"
    " PRIMARY KEY (id, valid_from))"
)
_HELD = [(*row, "2001-01-01 00:00:00+00:00", None, True) for row in _OLD_ROWS]
_VERSIONS = """
    SELECT id, twice, note, CAST(is_current AS INTEGER), valid_from = last, valid_to = last
    FROM good CROSS JOIN (SELECT max(valid_from) AS last FROM good) AS clock
"""
"""When the load began is another time in each; in one load it is the same for all rows."""


def _kept(drawn: Node) -> Node:
    params = {"mode": "scd2", "keys": ["id"]} if drawn.id == "good" else {}
    return replace(drawn, params={**drawn.params, **params})


class PostgresHistory(Postgres):
    """The same; rows end the versions that are there."""

    kind = "postgres-history"

    def sink(self, name: str) -> Node:
        return _kept(super().sink(name))

    def clear(self) -> None:
        super().clear()
        import psycopg

        with psycopg.connect(host=self.host, user="postgres", autocommit=True) as session:
            session.execute(_HISTORY.encode())
            insert = "INSERT INTO good VALUES (%s, %s, %s, %s, %s, %s, %s)"
            session.cursor().executemany(insert, _HELD)

    def rows(self) -> Found:
        return {**super().rows(), "good": Counter(self.ask("good", _VERSIONS))}


class SqliteHistory(Sqlite):
    """The same."""

    kind = "sqlite-history"

    def sink(self, name: str) -> Node:
        return _kept(super().sink(name))

    def clear(self) -> None:
        super().clear()
        with closing(sqlite3.connect(self.folder / "out.db")) as con, con:
            con.execute(_HISTORY)
            con.executemany("INSERT INTO good VALUES (?, ?, ?, ?, ?, ?, ?)", _HELD)

    def rows(self) -> Found:
        return {**super().rows(), "good": Counter(self.ask("good", _VERSIONS))}


class DuckdbHistory(Duckdb):
    """The same."""

    kind = "duckdb-history"

    def sink(self, name: str) -> Node:
        return _kept(super().sink(name))

    def clear(self) -> None:
        super().clear()
        with duckdb.connect(str(self.folder / "out.duckdb")) as con:
            con.execute(_HISTORY)
            con.executemany("INSERT INTO good VALUES (?, ?, ?, ?, ?, ?, ?)", _HELD)

    def rows(self) -> Found:
        return {**super().rows(), "good": Counter(self.ask("good", _VERSIONS))}


def _windowed(drawn: Node) -> Node:
    params = {"mode": "replace", "replace_where": "id >= 0"} if drawn.id == "good" else {}
    return replace(drawn, params={**drawn.params, **params})


_AROUND = [*_OLD_ROWS, *((-number, -1, -2, "stays") for number in range(1, 40))]
"""Rows in the window that is replaced, and others."""


class PostgresWindow(PostgresUpsert):
    """The same; rows take the place of those in a window."""

    kind = "postgres-window"
    settings: ClassVar = {"checkpoints": {"publish": "staged"}}
    old: ClassVar = _AROUND

    def sink(self, name: str) -> Node:
        return _windowed(Postgres.sink(self, name))


class SqliteWindow(SqliteUpsert):
    """The same."""

    kind = "sqlite-window"
    settings: ClassVar = {"checkpoints": {"publish": "staged"}}
    old: ClassVar = _AROUND

    def sink(self, name: str) -> Node:
        return _windowed(Sqlite.sink(self, name))


class DuckdbWindow(DuckdbUpsert):
    """The same."""

    kind = "duckdb-window"
    settings: ClassVar = {"checkpoints": {"publish": "staged"}}
    old: ClassVar = _AROUND

    def sink(self, name: str) -> Node:
        return _windowed(Duckdb.sink(self, name))


class Files(Target):
    """Single files, each of which appears whole."""

    kind = "files"
    settings: ClassVar = {"checkpoints": {"publish": "auto"}}

    def sink(self, name: str) -> Node:
        if name == "good":
            return Node(name, "parquet_sink", {"path": "good.parquet"})
        return Node(name, "csv_sink", {"path": "bad.csv"})

    def clear(self) -> None:
        for name in ("good.parquet", "bad.csv"):
            (self.folder / name).unlink(missing_ok=True)

    def rows(self) -> Found:
        found: Found = {"good": Counter(), "bad": Counter()}
        with duckdb.connect() as con:
            if (self.folder / "good.parquet").exists():
                query = f"SELECT id, twice, note FROM '{self.folder}/good.parquet'"
                found["good"] = Counter(con.execute(query).fetchall())
            if (self.folder / "bad.csv").exists():
                query = f"SELECT line, raw FROM read_csv('{self.folder}/bad.csv')"
                found["bad"] = Counter(con.execute(query).fetchall())
        return found


class SqliteStaged(Sqlite):
    """The same, with epochs that wait out of sight."""

    settings: ClassVar = {"checkpoints": {"publish": "staged"}}

    def left(self) -> list[str]:
        return [n for (n,) in self.ask("good", "SELECT name FROM sqlite_master") if _waits(n)]


class DuckdbStaged(Duckdb):
    """The same."""

    settings: ClassVar = {"checkpoints": {"publish": "staged"}}

    def left(self) -> list[str]:
        return [
            n for (n,) in self.ask("good", "SELECT table_name FROM duckdb_tables()") if _waits(n)
        ]


class PostgresStaged(Postgres):
    """The same; the rows take the place of others."""

    settings: ClassVar = {"checkpoints": {"publish": "auto"}}

    def sink(self, name: str) -> Node:
        drawn = super().sink(name)
        return replace(drawn, params={**drawn.params, "mode": "replace"})

    def clear(self) -> None:
        super().clear()
        import psycopg

        with psycopg.connect(host=self.host, user="postgres", autocommit=True) as session:
            for table in ("_summit_stage", *self._waiting(session)):
                session.execute(f"DROP TABLE IF EXISTS {table}".encode())

    def left(self) -> list[str]:
        import psycopg

        with psycopg.connect(host=self.host, user="postgres") as session:
            return self._waiting(session)

    def _waiting(self, session: Any) -> list[str]:
        tables = session.execute("SELECT tablename FROM pg_tables").fetchall()
        return [name for (name,) in tables if _waits(name)]


def _waits(table: str) -> bool:
    return table.startswith("__summit_stage")


class OneFile(Target):
    """Single files of lines, whose epochs wait out of sight.

    Args:
        form: `csv` or `jsonl`.
    """

    settings: ClassVar = {"checkpoints": {"publish": "auto"}}

    def __init__(self, folder: Path, form: str) -> None:
        super().__init__(folder)
        self.form = form

    def sink(self, name: str) -> Node:
        return Node(name, f"{self.form}_sink", {"path": self._path(name).name})

    def clear(self) -> None:
        for name in ("good", "bad"):
            self._path(name).unlink(missing_ok=True)
            for stage in self.folder.glob(f".{self._path(name).name}.*"):
                remove(stage)

    def rows(self) -> Found:
        reader = "read_csv" if self.form == "csv" else "read_ndjson"
        asked = {"good": "id, twice, note", "bad": "line, raw"}
        with duckdb.connect() as con:
            return {
                name: Counter(
                    con.execute(f"SELECT {columns} FROM {reader}('{self._path(name)}')").fetchall()
                    if self._path(name).exists()
                    else []
                )
                for name, columns in asked.items()
            }

    def left(self) -> list[str]:
        return [path.name for path in self.folder.glob(".good.*")]

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.{self.form}{'.gz' if name == 'bad' else ''}"


class Letters(Postgres):
    """A table of a real server, and the dead letters of the state database."""

    kind = "letters"

    def build(self) -> None:
        super().build()
        drawn = load(self.document).document
        kept = part(drawn, [i for i in drawn.nodes if i != "bad"])
        errors = {"errors": {"strategy": "dead_letter"}}
        save(replace(kept, settings={**kept.settings, **errors}), self.document)

    def clear(self) -> None:
        super().clear()
        for file in (self.folder / "home").glob("state.db*"):
            file.unlink()

    def rows(self) -> Found:
        query = "SELECT source, raw_value FROM dead_letters WHERE status = 'open'"
        with closing(sqlite3.connect(self.folder / "home" / "state.db")) as con:
            letters = Counter(con.execute(query).fetchall())
        good = Counter(self.ask("good", "SELECT id, twice, note FROM good"))
        return {"good": good, "bad": letters}
