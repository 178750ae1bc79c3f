"""A column renamed everywhere: no new problem, and the same rows but for the name."""

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from pyarrow import parquet

import summit_studio as summit
from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Document, Edge, Node, PortRef
from summit_studio.engine.design import design_context
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import SinkNode, visible
from summit_studio.planning.check import check
from summit_studio.planning.modules import is_inner
from summit_studio.planning.parameters import values_for
from summit_studio.planning.renaming import Renaming, renaming
from summit_studio.workspace.trust import trust
from summit_studio.workspace.workspace import Workspace

EXAMPLES = Path(__file__).parents[2] / "resources" / "examples"
SLOW = "kill_me"  # Made to take its time.
NAME = 'A "new" name'
CATALOGUE = Catalogue.load()


def renamings(document: Document, folder: Path, every: int) -> Iterator[Renaming]:
    """Yield what it comes to when columns of all ports get another name, one at a time."""
    context = design_context(Workspace.open(folder), probe=True)
    checked = check(document, CATALOGUE, context)
    values, count = values_for(document, {}), 0
    for port, schema in checked.schemas.items():
        for column in visible(schema) if not is_inner(port.node) else ():
            count += 1
            if count % every == 0:
                yield renaming(checked, port, column.name, NAME, CATALOGUE, context, values)


def written(document: Document, folder: Path) -> dict[str, list[str]]:
    """Run a document, and return the rows of each node that a sink writes, names left out.

    Sinks of its own are put beside those that it has: what these have written before stays away.
    """
    ends = [
        e
        for e in document.edges
        if issubclass(CATALOGUE.get(document.nodes[e.target.node].type), SinkNode)
    ]
    sinks = {e.target.node for e in ends}
    nodes = {i: n for i, n in document.nodes.items() if i not in sinks}
    edges = [e for e in document.edges if e.target.node not in sinks]
    files = {}
    for number, edge in enumerate(ends):
        node_id, path = f"end_{number}", folder / f"end_{number}.parquet"
        path.unlink(missing_ok=True)
        if edge.source.node not in sinks:
            nodes[node_id] = Node(node_id, "parquet_sink", {"path": path.name})
            edges.append(Edge(edge.source, PortRef(node_id, "rows")))
        # A rejected row says which column was at fault: by its name.
        if edge.source.port != REJECTED:
            files[str(edge.target)] = path
    shutil.rmtree(os.environ["SUMMIT_HOME"], ignore_errors=True)  # What was loaded is forgotten.
    trust(folder)
    pipeline = summit.Pipeline(document.name, folder)
    pipeline._document = replace(document, nodes=nodes, edges=tuple(edges))
    assert pipeline.run().ok
    tables = {end: parquet.read_table(path) for end, path in files.items() if path.exists()}
    return {
        end: sorted(repr(tuple(row.values())) for row in table.to_pylist())
        for end, table in tables.items()
    }


@pytest.mark.parametrize(
    "example",
    sorted(p.parent.name for p in EXAMPLES.glob("*/*.summit.json") if p.parent.name != SLOW),
)
def test_examples_have_no_new_problem_and_the_same_rows(example, tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    folder = tmp_path / example
    shutil.copytree(EXAMPLES / example, folder)
    trust(folder)
    (file,) = folder.glob("*.summit.json")
    document = summit.Pipeline.load(file)._document
    found = list(renamings(document, folder, every=7))
    assert found
    assert [f"{f.old} of {f.port}: {p}" for f in found for p in f.problems] == []
    sinks = {i for i, n in document.nodes.items() if issubclass(CATALOGUE.get(n.type), SinkNode)}
    most = max((f for f in found if f.port.node not in sinks), key=lambda f: len(f.changes))
    assert written(most.edit.apply(document), folder) == written(document, folder)


def drawn(seed: int) -> Document:
    """Return a pipeline of a few nodes drawn at random, whose columns are known."""
    chance = random.Random(seed)
    nodes: dict[str, Node] = {
        i: Node(i, "csv_source", {"path": f"{i}.csv"}) for i in ("left", "right")
    }
    edges: list[str] = []
    columns, at = ["id", "name", "amount"], "left.rows"

    def put(kind: str, params: dict, out: str = "rows", into: str = "rows", *more: str) -> None:
        nonlocal at
        node_id = f"{kind}{len(nodes)}"
        nodes[node_id] = Node(node_id, kind, params)
        edges.append(f"{at} -> {node_id}.{into}")
        edges.extend(f"{other} -> {node_id}.{port}" for other, port in pairwise(more))
        at = f"{node_id}.{out}"

    for step in range(chance.randint(3, 6)):
        one, two = chance.choice(columns), chance.choice(columns)
        match chance.randrange(7):
            case 0:
                new = chance.choice([f"New {step}", one])
                text = f'concat("{one}", {two.swapcase() if two.islower() else quoted(two)})'
                put("derive", {"columns": [{"name": new, "expression": text}]})
                columns = list(dict.fromkeys([*columns, new]))
            case 1:
                put("filter", {"condition": f"{quoted(one)} IS NOT NULL -- {one}"}, "kept")
            case 2:
                put("sort", {"columns": [{"column": one}, {"column": two}]})
            case 3:
                put("select_columns", {"columns": [{"column": one, "name": f"s{step}"}],
                                       "others": "keep"})  # fmt: skip
                columns[columns.index(one)] = f"s{step}"
            case 4 if "id" in columns:
                put("join", {"keys": [{"left": "id", "right": "id"}]}, "joined", "left",
                    "right.rows", "right")  # fmt: skip
                columns += [c if c not in columns else f"{c}_right" for c in ("name", "amount")]
                columns = list(dict.fromkeys(columns))
            case 5:
                put("union", {}, "rows", "rows", "right.rows", "rows")
                columns = list(dict.fromkeys([*columns, "id", "name", "amount"]))
            case 6:
                put("sql", {"query": f"SELECT *, {quoted(one)} AS q{step} FROM input AS t "
                                     f"ORDER BY t.{quoted(two)}"})  # fmt: skip
                columns.append(f"q{step}")
            case _:
                put("deduplicate", {"keys": [one]}, "unique")
    put("preview_sink", {})
    return Document("drawn", nodes=nodes, edges=tuple(map(Edge.parse, edges)))


def quoted(name: str) -> str:
    return f'"{name}"'


@pytest.mark.parametrize("seed", range(6))
def test_drawn_pipelines_have_no_new_problem_and_the_same_rows(seed, tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    for name in ("left", "right"):
        rows = [f"{i},{name}{i % 3},{i * 2}" for i in range(6)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["id,name,amount", *rows]) + "\n")
    document = drawn(seed)
    context = design_context(Workspace(tmp_path, trusted=True))
    if not check(document, CATALOGUE, context).ok:
        pytest.skip("what was drawn does not fit together")
    found = list(renamings(document, tmp_path, every=4))
    assert [f"{f.old} of {f.port}: {p}" for f in found for p in f.problems] == []
    before = written(document, tmp_path)
    for each in sorted(found, key=lambda f: -len(f.changes))[:1]:
        assert written(each.edit.apply(document), tmp_path) == before, each
