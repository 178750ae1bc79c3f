"""Random damage to pipelines of many nodes: load and check tell of it, in time, and run nothing."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.document.files import load
from summit_studio.engine.design import design_context
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext
from summit_studio.planning.check import check
from summit_studio.planning.plan import plan_checked
from summit_studio.workspace.workspace import Workspace

SENTINEL = "sentinel-4711-content"
SEEDS = range(5)
EACH = 1_000

JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**40, "", "\0", "\ud800", "${x}", "a.rows", "../../etc/passwd",
    "'; DROP TABLE x; --", "read_text('FILE')", "SELECT * FROM 'FILE'", "FILE", "keyring:x",
    "~nobody-here/x", "/dev/stdin", "\ud83d.csv", "*", "[", "**/" * 40, "x" * 5_000, "python",
    "table_sink", "rows", [], {}, [None], [[]], {"a": {"b": []}},
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace that nobody trusts, with files, and one outside that nobody may read."""
    root = tmp_path_factory.mktemp("check")
    outside = root / "outside.csv"
    outside.write_text(f"{SENTINEL}\n1\n")
    work = root / "work"
    work.mkdir()
    (work / "in.csv").write_text("id,name,at\n1,a,2026-01-01\n2,b,2026-01-02\n")
    (work / "in.jsonl").write_text('{"id": 1, "name": "a"}\n')
    (work / "connections.toml").write_text(
        '[db]\nkind = "sqlite"\npath = "out.db"\n[far]\nkind = "postgres"\nhost = "192.0.2.1"\n'
    )
    return work


@pytest.fixture(scope="module")
def context(folder: Path) -> Iterator[DesignContext]:
    made = design_context(Workspace.open(folder))
    yield made
    made.binder.close()


def pipeline(folder: Path) -> dict[str, Any]:
    """Return a document in which everything is used that can be."""
    ran = f"open({str(folder / 'ran')!r}, 'w').write('x')"
    nodes = {
        "a": ("csv_source", {"path": "in.csv", "columns": [{"name": "id", "type": "BIGINT"}]}),
        "b": ("json_source", {"path": "in.jsonl"}),
        "c": ("table_source", {"connection": "far", "table": "t", "key": ["id"]}),
        "q": ("query_source", {"connection": "far", "query": "SELECT 1 AS id"}),
        "all": ("union", {}),
        "f": ("filter", {"condition": "id > 1 AND name <> 'x'"}),
        "d": ("derive", {"columns": [{"name": "n", "expression": "upper(name)"}]}),
        "r": ("rules", {"rules": [{"id": "r", "expression": "id > 0", "action": "reject"}]}),
        "g": ("aggregate", {"group_by": ["name"], "measures": [{"name": "n"}]}),
        "j": ("join", {"how": "left", "keys": [{"left": "name", "right": "name"}]}),
        "s": ("sql", {"query": "SELECT * FROM input"}),
        "p": ("python", {"code": f"{ran}\ndef process(rows):\n    {ran}\n    return rows\n"}),
        "t": ("table_sink", {"connection": "db", "table": "t"}),
        "o": ("csv_sink", {"path": "out.csv"}),
        "w": ("parquet_sink", {"path": "parts", "layout": "parts", "if_exists": "append"}),
    }
    edges = (
        "a.rows -> all.rows", "b.rows -> all.rows", "all.rows -> f.rows", "f.kept -> d.rows",
        "d.rows -> r.rows", "r.passed -> j.left", "g.rows -> j.right", "f.dropped -> g.rows",
        "j.joined -> s.rows", "s.rows -> p.rows", "p.rows -> t.rows", "r.rejected -> o.rows",
        "a.rejected -> w.rows",
    )  # fmt: skip
    return {
        "format": 2,
        "id": "0123456789abcdef0123456789abcdef",
        "name": "all of it",
        "parameters": {"since": {"type": "date", "default": "2026-01-01"}},
        "settings": {
            "checkpoints": {"every_rows": 10, "publish": "each"},
            "errors": {
                "strategy": "skip",
                "retry": {"attempts": 2},
                "on_error": [{"command": ["touch", str(folder / "ran")]}],
            },
        },
        "nodes": {i: {"type": t, "params": p} for i, (t, p) in nodes.items()},
        "edges": list(edges),
        "layout": {"nodes": {"a": [1, 2]}},
    }


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in a document: its container, and its key there."""
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        found.append((value, key))
        if isinstance(inner, dict | list):
            found += places(inner)
    return found


def damaged(whole: dict[str, Any], chance: random.Random, outside: str) -> str:
    """Return the text of a document with some of it replaced, left out, doubled or moved."""
    made = copy.deepcopy(whole)
    for _ in range(chance.randrange(1, 4)):
        known = places(made)
        if not known:
            break
        container, key = chance.choice(known)
        other, there = chance.choice(known)
        kind = chance.randrange(5)
        if kind == 0:
            del container[key]
        elif kind == 1 and isinstance(container, list):
            container.append(copy.deepcopy(container[key]))
        elif kind == 2:
            container[key] = copy.deepcopy(other[there])
        elif kind == 3 and isinstance(container, dict):
            container[chance.choice(("x", "Rows", "params", ""))] = container.pop(key)
        else:
            junk = chance.choice(JUNK)
            container[key] = junk.replace("FILE", outside) if isinstance(junk, str) else junk
    text = json.dumps(made)
    if chance.random() < 0.1:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(("", "{", '"', "\0", "9" * 60)) + text[at + 3 :]
    return text


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_pipeline_is_told_of_and_not_run(folder: Path, context: DesignContext, seed: int):
    chance, catalogue = random.Random(seed), Catalogue.load()
    whole, path = pipeline(folder), folder / f"{seed}.summit.json"
    outside, checked, refused, told = str(folder.parent / "outside.csv"), 0, 0, 0
    before = {p.name for p in folder.iterdir()} | {path.name}
    for _ in range(EACH):
        path.write_text(damaged(whole, chance, outside), encoding="utf-8")
        try:
            loaded = load(path)
            found = check(loaded.document, catalogue, context, newer=loaded.read_only)
            said = [str(problem) for problem in found.problems]
            checked += 1
            plan_checked(found)
        except SummitError as error:
            said = [str(error)]
            told += bool(error.code and error.do)
            refused += 1
        "".join(said).encode()
        assert SENTINEL not in "".join(said)
    assert checked > EACH // 3
    assert told == refused
    assert {p.name for p in folder.iterdir()} == before, "something was run"


def test_without_damage_it_can_be_planned(folder: Path, context: DesignContext):
    """Else the damage above would not be what is told of."""
    path = folder / "whole.summit.json"
    path.write_text(json.dumps(pipeline(folder)))
    loaded = load(path)
    found = check(loaded.document, Catalogue.load(), context)
    assert {p.code for p in found.problems if p.severity is Severity.ERROR} == {"untrusted"}
    path.unlink()
