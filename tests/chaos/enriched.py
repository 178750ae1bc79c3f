"""A pipeline of two files, one after the other, whose rows are completed from a third."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node
from tests.chaos.targets import BLOCK_BYTES, EPOCH_ROWS, Found, Sqlite

FIRST, SECOND = 7_000, 5_500


class Enriched(Sqlite):
    """Tables of SQLite: the completed rows, those that match nothing, and what one file rejects."""

    kind = "enriched"
    connection: dict[str, Any] = {"path": "out.db", "lock_timeout_secs": 5}

    def build(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.connect()
        _write(self.folder / "first.csv", 0, FIRST)
        _write(self.folder / "second.csv", FIRST, SECOND)
        names = "\n".join(f"{code},name {code}" for code in range(50) if code % 7)
        (self.folder / "names.csv").write_text(f"code,name\n{names}\n")
        types = (("id", "BIGINT"), ("code", "BIGINT"))
        columns = [{"name": n, "type": t} for n, t in types]
        keys = [{"column": "code", "table_column": "code"}]
        nodes = [
            Node("first", "csv_source", {"path": "first.csv", "columns": columns}),
            Node("second", "csv_source", {"path": "second.csv", "columns": columns}),
            Node("names", "csv_source", {"path": "names.csv"}),
            Node("all", "union"),
            Node("look", "lookup", {"keys": keys, "unmatched": "reject"}),
            self.sink("good"),
            self.sink("bad"),
            self.sink("broken"),
        ]
        edges = [
            "first.rows -> all.rows",
            "second.rows -> all.rows",
            "all.rows -> look.rows",
            "names.rows -> look.table",
            "look.rows -> good.rows",
            "look.rejected -> bad.rows",
            "first.rejected -> broken.rows",
        ]
        document = Document(
            "enriched",
            nodes={n.id: n for n in nodes},
            edges=tuple(map(Edge.parse, edges)),
            settings={
                "performance": {"batch_bytes": BLOCK_BYTES},
                "checkpoints": {"every_rows": EPOCH_ROWS, "publish": "each"},
                "errors": {"nodes": {"second": "skip"}, "tolerance": {"rows": 10**6}},
            },
        )
        save(document, self.document)

    def rows(self) -> Found:
        return {
            "good": Counter(self.ask("good", "SELECT id, code, name FROM good")),
            "bad": Counter(self.ask("bad", "SELECT id, code FROM bad")),
            "broken": Counter(self.ask("broken", "SELECT line, raw FROM broken")),
        }


def _write(path: Path, start: int, rows: int) -> None:
    chance = random.Random(start)
    with path.open("w") as file:
        file.write("id,code\n")
        for number in range(start, start + rows):
            broken = chance.random() < 0.005
            file.write(f"{number},{'none' if broken else chance.randrange(50)}\n")
