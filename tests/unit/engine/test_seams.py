"""Nodes that say other than they do: the run is refused, and nothing is published."""

from dataclasses import replace

import memory_nodes
import pytest
from conftest import document

from summit_studio.core.events import RunStatus
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.sources.sample_source import SampleSource
from summit_studio.nodes.transforms.deduplicate import Deduplicate
from summit_studio.nodes.transforms.filter import Filter
from summit_studio.nodes.transforms.join import Join
from summit_studio.nodes.transforms.limit import Limit

NUMBERS = ("numbers", {"rows": 1000, "chunk_rows": 90})
KEEP = ("keep", {"name": "out"})


class Holding(memory_nodes.Numbers):
    """Says that each piece holds one row more than it gives."""

    def open(self, schema, context):
        reader = super().open(schema, context)
        load = reader._load

        def loads(start, end):
            loaded = load(start, end)
            return replace(loaded, held=loaded.rows.num_rows + 1)

        reader._load = loads
        return reader


class Totalling(SampleSource):
    """Says that it holds one row more than it gives."""

    def open(self, schema, context):
        reader = super().open(schema, context)
        total = reader.total
        reader.total = lambda: total() + 1
        return reader


class Losing(memory_nodes.Keep):
    """Its target took one row less than it was given."""

    def open(self, schema, context):
        writer = super().open(schema, context)
        writer.prepare = lambda: sum(t.num_rows for t in writer._tables) - 1
        return writer


def changed(kind, **queries):
    """Return a type whose relation has its queries changed, by name."""

    class Changed(kind):
        def relation(self, inputs):
            relation = super().relation(inputs)
            return replace(relation, **{k: v(getattr(relation, k)) for k, v in queries.items()})

    return Changed


def first_without_one(ports):
    name, query = next(iter(ports.items()))
    return {**ports, name: f"SELECT * FROM ({query}) OFFSET 1"}


LEAKS = {
    "a filter whose quick query leaves a row out":
        (changed(Filter, fast=lambda q: f"{q} AND id <> 3"), {"condition": "id < 500"}, "kept"),
    "a deduplicate that forgets a group":
        (changed(Deduplicate, ports=first_without_one), {"keys": ["grp"]}, "unique"),
    "a limit that gives a row less":
        (changed(Limit, ports=first_without_one), {"rows": 10}, "rows"),
}  # fmt: skip


@pytest.fixture
def fails(bench):
    """Runs a pipeline with a type of its own in it, and returns the node at which it failed."""

    def run(kind, nodes, *edges: str):
        bench.catalogue = Catalogue({**{k.id: k for k in bench.catalogue}, "odd": kind})
        finished = bench.run(document(nodes, *edges))
        assert finished.status is RunStatus.FAILED
        assert finished.error.code == "ledger_imbalance"
        assert memory_nodes.Keep.kept == {}
        return finished.error.where.node_id

    return run


@pytest.mark.parametrize("leak", LEAKS)
def test_a_node_that_loses_a_row(fails, leak):
    kind, params, port = LEAKS[leak]
    nodes = {"n": NUMBERS, "f": ("odd", params), "out": KEEP}
    assert fails(kind, nodes, "n.rows -> f.rows", f"f.{port} -> out.rows") == "f"


def test_a_join_that_loses_a_match(fails):
    kind = changed(Join, ports=first_without_one)
    nodes = {"n": NUMBERS, "m": NUMBERS, "out": KEEP}
    nodes["j"] = ("odd", {"keys": [{"left": "id", "right": "id"}]})
    edges = ("n.rows -> j.left", "m.rows -> j.right", "j.joined -> out.rows")
    assert fails(kind, nodes, *edges) == "j"


@pytest.mark.parametrize(
    ("kind", "params"), [(Holding, NUMBERS[1]), (Totalling, {"rows": 30})], ids=["piece", "whole"]
)
def test_a_source_that_holds_more_than_it_gives(fails, kind, params):
    assert fails(kind, {"n": ("odd", params), "out": KEEP}, "n.rows -> out.rows") == "n"


def test_a_target_that_takes_less_than_it_was_given(fails):
    nodes = {"n": NUMBERS, "out": ("odd", {"name": "out"})}
    assert fails(Losing, nodes, "n.rows -> out.rows") == "out"
