"""Fusion: what runs as one query, and where a stream begins and ends."""

import pytest

from summit_studio.backends.local.fusion import streams_of
from summit_studio.engine.design import design_context
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.transforms.union import Union
from summit_studio.planning.check import check
from summit_studio.planning.plan import plan_checked
from summit_studio.workspace.workspace import Workspace

READ = ("csv_source", {"path": "in.csv"})
ADD = ("derive", {"columns": [{"name": "x", "expression": "id + 1"}]})
FILTER = ("filter", {"condition": "id > 1"})
SORT = ("sort", {"columns": [{"column": "id"}]})
RULES = ("rules", {"rules": [{"id": "even", "expression": "id % 2 = 0"}]})
PYTHON = ("python", {"code": "def process(rows):\n    return rows\n", "frame": "arrow"})


def write(name: str):
    return ("csv_sink", {"path": f"{name}.csv"})


@pytest.fixture
def streams(draw, checked):
    """Draws, checks and plans, and returns each stream as head -> chains."""

    def found(nodes, *edges: str):
        plan = plan_checked(checked(draw(nodes, *edges)))
        return {s.head: [s_.chain for s_ in s.segments] for s in streams_of(plan)}, plan

    return found


def test_a_chain_of_row_wise_nodes_is_one_query(streams):
    chains, plan = streams(
        {"n": READ, "a": ADD, "f": FILTER, "b": ("derive", {"columns": [
            {"name": "y", "expression": "x + 1"}]}), "o": write("o")},
        "n.rows -> a.rows", "a.rows -> f.rows", "f.kept -> b.rows", "b.rows -> o.rows",
    )  # fmt: skip
    assert chains == {"n": [("a", "f", "b")]}
    assert [str(e) for s in streams_of(plan) for e in s.exits] == ["b.rows -> o.rows"]


def test_a_second_filter_begins_a_new_query(streams):
    chains, _ = streams(
        {"n": READ, "f": FILTER, "a": ADD, "g": FILTER, "o": write("o")},
        "n.rows -> f.rows", "f.kept -> a.rows", "a.rows -> g.rows", "g.kept -> o.rows",
    )  # fmt: skip
    assert chains == {"n": [("f", "a"), ("g",)]}


def test_a_fork_and_a_side_port_end_a_query(streams):
    chains, _ = streams(
        {"n": READ, "a": ADD, "f": FILTER, "o": write("o"), "p": write("p"), "b": ADD},
        "n.rows -> a.rows", "a.rows -> f.rows", "a.rows -> o.rows", "f.dropped -> b.rows",
        "b.rows -> p.rows",
    )  # fmt: skip
    assert chains == {"n": [("a",), ("f",), ("b",)]}


@pytest.mark.parametrize("middle", [SORT, PYTHON], ids=["blocking", "code"])
def test_blocking_and_code_nodes_begin_streams(streams, middle):
    chains, plan = streams(
        {"n": READ, "a": ADD, "m": middle, "f": FILTER, "o": write("o")},
        "n.rows -> a.rows", "a.rows -> m.rows", "m.rows -> f.rows", "f.kept -> o.rows",
    )  # fmt: skip
    assert chains == {"n": [("a",)], "m": [("f",)]}
    assert [str(e) for e in streams_of(plan)[0].exits] == ["a.rows -> m.rows"]


def test_every_edge_is_inside_one_segment_or_leaves_one_stream(streams):
    _, plan = streams(
        {"n": READ, "f": FILTER, "s": SORT, "u": ("union", {}), "a": ADD, "o": write("o"),
         "p": write("p")},
        "n.rows -> f.rows", "f.kept -> s.rows", "s.rows -> u.rows", "f.dropped -> u.rows",
        "u.rows -> a.rows", "a.rows -> o.rows", "n.rejected -> p.rows",
    )  # fmt: skip
    exits = [e for s in streams_of(plan) for e in s.exits]
    inside = [
        e
        for e in plan.edges
        for s in streams_of(plan)
        for g in s.segments
        if e.target.node in g.chain
    ]
    assert sorted(map(str, exits + inside)) == sorted(map(str, plan.edges))
    assert plan.sinks == ("o", "p")


def test_rules_end_a_query_so_that_all_their_rows_are_measured(streams):
    chains, _ = streams(
        {"n": READ, "a": ADD, "r": RULES, "b": ("mask", {"columns": [
            {"column": "name", "kind": "redact"}]}), "o": write("o")},
        "n.rows -> a.rows", "a.rows -> r.rows", "r.passed -> b.rows", "b.rows -> o.rows",
    )  # fmt: skip
    assert chains == {"n": [("a", "r"), ("b",)]}


class Mixed(Union):
    """A node that sees one batch at a time, of whichever edge."""

    rowwise = True


@pytest.mark.parametrize(
    ("edges", "heads"),
    [(["n.rows -> u.rows"], {"n": [("u", "a")]}),
     (["n.rows -> u.rows", "m.rows -> u.rows"], {"n": [], "m": [], "u": [("a",)]})],
    ids=["one edge", "two edges"],
)  # fmt: skip
def test_a_node_of_several_edges_begins_a_stream(draw, tmp_path, catalogue, edges, heads):
    (tmp_path / "in.csv").write_text("id,name\n1,a\n")
    nodes = {"n": READ, "m": READ, "u": ("mixed", {}), "a": ADD, "o": write("o")}
    nodes = {i: n for i, n in nodes.items() if i != "m" or len(edges) == 2}
    kinds = Catalogue({**{k.id: k for k in catalogue}, "mixed": Mixed})
    doc = draw(nodes, *edges, "u.rows -> a.rows", "a.rows -> o.rows")
    plan = plan_checked(check(doc, kinds, design_context(Workspace(tmp_path, trusted=True))))
    assert {s.head: [g.chain for g in s.segments] for s in streams_of(plan)} == heads
