"""The node types on the page for plugins are what the page says: they run, and rows stream past."""

import re
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from summit_studio.core.events import CheckpointCommitted, RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.testing import Bench, run_examples

PAGE = Path(__file__).parents[3] / "resources" / "docs" / "plugins.md"
NUMBERS = {"columns": [{"name": "id", "type": "BIGINT"}]}


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (code,) = [block for block in blocks if "RelationalNode" in block]
    file = tmp_path_factory.mktemp("plugin") / "summit_shop.py"
    file.write_text(code, encoding="utf-8")
    return {name: run_path(str(file))[name] for name in ("Known", "Stack")}


@pytest.mark.parametrize("name", ["Known", "Stack"])
def test_their_examples_hold(kinds: dict[str, Any], name: str, tmp_path: Path):
    run_examples(Bench.at(tmp_path, kinds[name]), kinds[name])


@pytest.mark.parametrize(("name", "second"), [("Known", "list"), ("Stack", "rows")])
def test_rows_pass_them_in_epochs(kinds: dict[str, Any], name: str, second: str, tmp_path: Path):
    (tmp_path / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "out.db"\n')
    for file in ("one", "two"):
        ids = "".join(f"{n}\n" for n in range(2_000))
        (tmp_path / f"{file}.csv").write_text(f"id\n{ids}")
    nodes = {
        "one": Node("one", "csv_source", {"path": "one.csv", **NUMBERS}),
        "two": Node("two", "csv_source", {"path": "two.csv", **NUMBERS}),
        "node": Node("node", kinds[name].id),
        "out": Node("out", "table_sink", {"connection": "db", "table": "numbers"}),
    }
    edges = ("one.rows -> node.rows", f"two.rows -> node.{second}", "node.rows -> out.rows")
    document = Document(
        "shop",
        nodes=nodes,
        edges=tuple(map(Edge.parse, edges)),
        settings={
            "performance": {"batch_bytes": 2048, "prefetch": 1},
            "checkpoints": {"publish": "each", "every_rows": 500},
        },
    )
    known = Catalogue({kind.id: kind for kind in [*Catalogue.load(), kinds[name]]})
    events: list[Any] = []
    finished = run(RunRequest(document, tmp_path), [events.append], catalogue=known)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert sum(isinstance(event, CheckpointCommitted) for event in events) > 3
