"""Which nodes marks pass: those that can stream past what they have taken in, and never wait for
themselves."""

from pathlib import Path
from typing import Any

from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.design import design_context
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.domains import domains_of, passing
from summit_studio.planning.plan import Plan, plan
from summit_studio.workspace.workspace import Workspace

KEYS = [{"column": "order_id", "table_column": "order_id"}]
SIDES = [{"left": "order_id", "right": "order_id"}]


def planned(nodes: dict[str, tuple[str, dict[str, Any]]], *edges: str) -> Plan:
    document = Document(
        "domains",
        nodes={i: Node(i, kind, params) for i, (kind, params) in nodes.items()},
        edges=tuple(map(Edge.parse, edges)),
    )
    return plan(document, Catalogue.load(), design_context(Workspace.open(Path(__file__).parent)))


def source(rows: int = 10) -> tuple[str, dict[str, Any]]:
    return "sample_source", {"kind": "orders", "rows": rows}


COUNT = {"name": "status", "function": "count"}
LOOKUP = ("lookup", {"keys": KEYS, "columns": [{"column": "status", "name": "s"}]})
SINK: tuple[str, dict[str, Any]] = ("preview_sink", {})


def test_rows_stream_past_a_lookup_table():
    plan = planned(
        {"a": source(), "b": source(), "look": LOOKUP, "out": SINK},
        "a.rows -> look.rows", "b.rows -> look.table", "look.rows -> out.rows",
    )  # fmt: skip
    assert passing(plan) == {"look": "rows"}
    assert [(d.heads, d.sinks) for d in domains_of(plan)] == [(("a",), ("out",)), (("b",), ())]


def test_a_lookup_into_its_own_rows_waits_for_them():
    plan = planned(
        {"a": source(), "look": LOOKUP, "out": SINK},
        "a.rows -> look.rows", "a.rows -> look.table", "look.rows -> out.rows",
    )  # fmt: skip
    assert passing(plan) == {}
    assert [(d.heads, d.sinks) for d in domains_of(plan)] == [(("a",), ()), (("look",), ("out",))]


def test_of_two_lookups_into_the_rows_of_each_other_one_waits():
    plan = planned(
        {"a": source(), "b": source(), "x": LOOKUP, "y": LOOKUP, "to_x": SINK, "to_y": SINK},
        "a.rows -> x.rows", "b.rows -> x.table", "b.rows -> y.rows", "a.rows -> y.table",
        "x.rows -> to_x.rows", "y.rows -> to_y.rows",
    )  # fmt: skip
    assert passing(plan) == {"x": "rows"}


def test_a_table_made_of_the_rows_that_stream_holds_them_up_forever_unless_it_waits():
    plan = planned(
        {
            "a": source(),
            "count": ("aggregate", {"group_by": ["order_id"], "measures": [COUNT]}),
            "look": LOOKUP,
            "out": SINK,
        },
        "a.rows -> look.rows", "a.rows -> count.rows", "count.rows -> look.table",
        "look.rows -> out.rows",
    )  # fmt: skip
    assert "look" not in passing(plan)


def test_a_join_streams_unless_it_tells_of_unmatched_right_rows():
    def passes(how: str, *more: str) -> bool:
        plan = planned(
            {
                "a": source(), "b": source(), "join": ("join", {"how": how, "keys": SIDES}),
                "out": SINK, "rest": SINK,
            },
            "a.rows -> join.left", "b.rows -> join.right", "join.joined -> out.rows", *more,
        )  # fmt: skip
        return "join" in passing(plan)

    nothing, left = "a.rows -> rest.rows", "join.left_unmatched -> rest.rows"
    kinds = ("inner", "left", "semi", "anti", "right", "full")
    assert [passes(how, nothing) for how in kinds] == [True, True, True, True, False, False]
    assert passes("inner", left)
    assert not passes("inner", "join.right_unmatched -> rest.rows")


def test_inputs_of_a_union_follow_one_another_in_one_domain():
    plan = planned(
        {
            "b": source(), "a": source(), "few": ("filter", {"condition": "order_id > 3"}),
            "all": ("union", {}), "kept": SINK, "out": SINK,
        },
        "a.rows -> few.rows", "few.kept -> all.rows", "b.rows -> all.rows", "b.rows -> kept.rows",
        "all.rows -> out.rows",
    )  # fmt: skip
    (domain,) = domains_of(plan)
    assert passing(plan)["all"] == "rows"
    assert domain.heads == ("a", "b")
    assert domain.sinks == ("kept", "out")


def test_a_union_of_rows_with_themselves_waits_for_them():
    plan = planned(
        {"a": source(), "few": ("filter", {"condition": "order_id > 3"}), "all": ("union", {}),
         "out": SINK},
        "a.rows -> all.rows", "a.rows -> few.rows", "few.kept -> all.rows", "all.rows -> out.rows",
    )  # fmt: skip
    assert "all" not in passing(plan)


def test_of_two_unions_in_different_order_one_waits():
    plan = planned(
        {"a": source(), "b": source(), "x": ("union", {}), "y": ("union", {}), "to_x": SINK,
         "to_y": SINK},
        "a.rows -> x.rows", "b.rows -> x.rows", "b.rows -> y.rows", "a.rows -> y.rows",
        "x.rows -> to_x.rows", "y.rows -> to_y.rows",
    )  # fmt: skip
    assert passing(plan) == {"x": "rows"}


def test_a_union_with_what_waits_for_all_its_rows_waits_too():
    plan = planned(
        {"a": source(), "b": source(), "sort": ("sort", {"columns": [{"column": "order_id"}]}),
         "all": ("union", {}), "out": SINK},
        "a.rows -> all.rows", "b.rows -> sort.rows", "sort.rows -> all.rows",
        "all.rows -> out.rows",
    )  # fmt: skip
    assert passing(plan) == {}


def test_of_two_lookups_behind_others_one_waits():
    more = {"columns": [{"name": "more", "expression": "order_id"}]}
    plan = planned(
        {"a": source(), "b": source(), "a2": ("derive", more), "b2": ("derive", more),
         "a3": ("filter", {"condition": "more > 3"}), "b3": ("filter", {"condition": "more > 3"}),
         "x": LOOKUP, "y": LOOKUP, "to_x": SINK, "to_y": SINK},
        "a.rows -> a2.rows", "a2.rows -> a3.rows", "b.rows -> b2.rows", "b2.rows -> b3.rows",
        "a3.kept -> x.rows", "b.rows -> x.table", "b3.kept -> y.rows", "a.rows -> y.table",
        "x.rows -> to_x.rows", "y.rows -> to_y.rows",
    )  # fmt: skip
    assert passing(plan).keys() == {"a2", "a3", "b2", "b3", "x"}
