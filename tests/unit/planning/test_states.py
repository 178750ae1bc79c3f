"""Nodes that are disabled or bypassed: what runs without them, what does not, and what is said."""

import json
from dataclasses import replace

import pytest

from summit_studio.core.problems import Severity
from summit_studio.document.edits import SetStates
from summit_studio.document.fixing import edit_of
from summit_studio.document.model import PortRef
from summit_studio.document.modules import as_module, module_of
from summit_studio.document.text import dump
from summit_studio.planning.plan import plan_checked

READ = ("csv_source", {"path": "in.csv"})
FILTER = ("filter", {"condition": "id > 1"})
RENAME = ("select_columns", {"columns": [{"column": "id", "name": "key"}], "others": "keep"})


def write(path):
    return ("csv_sink", {"path": path})


def put(doc, **states):
    return SetStates(states).apply(doc)


def said(checked):
    found = (p for p in checked.problems if p.code != "types_found_out")
    return {(p.code, p.where.node_id): p for p in found}


@pytest.fixture
def line(draw):
    """A source, a filter and a sink; beside them a sink of what the filter drops."""
    return draw(
        {"read": READ, "keep": FILTER, "out": write("out.csv"), "rest": write("rest.csv")},
        "read.rows -> keep.rows",
        "keep.kept -> out.rows",
        "keep.dropped -> rest.rows",
    )


def test_what_depends_on_a_disabled_node_alone_does_not_run_and_is_said(line, checked):
    found = checked(put(line, keep="disabled"))
    plan = plan_checked(found)
    assert plan.order == ("read",)
    assert plan.sinks == ()
    assert list(plan.skipped) == ["keep", "out", "rest"]
    assert plan.skipped["keep"].why == "it is disabled"
    assert plan.skipped["out"].why == "its rows come from 'Filter rows', which is disabled"
    problems = said(found)
    assert problems["node_skipped", "keep"].severity is Severity.INFO
    for sink in ("out", "rest"):
        assert problems["sink_skipped", sink].severity is Severity.WARNING
    assert len(problems) == 3, "that the source's rows go nowhere needs no remedy"
    assert edit_of(problems["sink_skipped", "out"].fixes[0], line) == SetStates({"keep": "enabled"})


def test_a_node_runs_on_with_the_rows_that_are_left_and_says_so(draw, checked):
    doc = draw(
        {"a": READ, "b": READ, "both": ("union", {}), "out": write("out.csv")},
        "a.rows -> both.rows",
        "b.rows -> both.rows",
        "both.rows -> out.rows",
    )
    found = checked(put(doc, a="disabled"))
    assert plan_checked(found).order == ("b", "both", "out")
    problem = said(found)["rows_skipped", "both"]
    assert problem.severity is Severity.WARNING
    assert "'Read CSV' do not come, which is disabled" in problem.why
    neither = checked(put(doc, a="disabled", b="disabled"))
    assert set(neither.skipped) == {"a", "b", "both", "out"}
    assert "come from 'Read CSV', 'Read CSV', which are disabled" in neither.skipped["out"].why


def test_one_lost_side_of_a_join_stops_it(draw, checked):
    doc = draw(
        {"a": READ, "b": READ, "join": ("join", {"on": [{"left": "id", "right": "id"}]}),
         "out": write("out.csv")},
        "a.rows -> join.left", "b.rows -> join.right", "join.rows -> out.rows",
    )  # fmt: skip
    assert set(checked(put(doc, b="disabled")).skipped) == {"b", "join", "out"}
    problem = said(checked(put(doc, join="bypassed")))["not_bypassable", "join"]
    assert problem.severity is Severity.ERROR
    assert problem.why == "it has 2 inputs, and which rows would go on cannot be told"


def test_rows_go_past_bypassed_nodes_with_their_columns(draw, checked):
    doc = draw(
        {"read": READ, "rename": RENAME, "keep": FILTER, "out": write("out.csv")},
        "read.rows -> rename.rows", "rename.rows -> keep.rows", "keep.kept -> out.rows",
    )  # fmt: skip
    found = checked(put(doc, rename="bypassed", keep="bypassed"))
    plan = plan_checked(found)
    assert [str(e) for e in plan.edges] == ["read.rows -> out.rows"]
    assert plan.order == ("read", "out")
    for port in (PortRef("rename", "rows"), PortRef("keep", "kept")):
        assert found.schemas[port].names == ("id", "name")
        assert found.outputs[port] == PortRef("read", "rows")
    assert found.inputs("keep")["rows"][0].names == ("id", "name")
    assert said(found).keys() == {("node_skipped", "rename"), ("node_skipped", "keep")}
    assert found.skipped["keep"].why == "it is bypassed, and rows go past it unchanged"


def test_what_a_bypassed_node_drops_goes_nowhere(line, checked):
    found = checked(put(line, keep="bypassed"))
    assert [str(e) for e in plan_checked(found).edges] == ["read.rows -> out.rows"]
    assert "bypassed and gives no rows there" in found.skipped["rest"].why


@pytest.mark.parametrize(
    ("node", "why"),
    [
        ("read", "it has no input whose rows could go past it"),
        ("out", "it gives no rows that could go on"),
        ("strange", "nobody knows its ports: its type is not installed, or its module cannot"),
        ("both", "its rows come from 2 ports, and those of one can go past it"),
    ],
)
def test_what_cannot_be_bypassed_is_a_problem_with_its_reason(draw, checked, node, why):
    doc = draw(
        {"read": READ, "more": READ, "both": ("union", {}), "strange": ("no_such_type", {}),
         "out": write("out.csv")},
        "read.rows -> both.rows", "more.rows -> both.rows", "both.rows -> strange.rows",
        "strange.rows -> out.rows",
    )  # fmt: skip
    found = checked(put(doc, **{node: "bypassed"}))
    assert said(found)["not_bypassable", node].why.startswith(why)
    assert not found.ok


def test_a_bypass_in_a_circle_and_one_without_rows_are_problems(draw, checked):
    circle = draw(
        {"a": FILTER, "b": FILTER, "out": write("o.csv")},
        "a.kept -> b.rows", "b.kept -> a.rows", "b.dropped -> out.rows",
    )  # fmt: skip
    assert ("cycle", "a") in said(checked(put(circle, a="bypassed", b="bypassed")))
    alone = draw({"keep": FILTER, "out": write("o.csv")}, "keep.kept -> out.rows")
    assert ("input_unconnected", "keep") in said(checked(put(alone, keep="bypassed")))


def test_the_same_rows_twice_by_one_port_are_refused(draw, checked):
    doc = draw(
        {"read": READ, "keep": FILTER, "both": ("union", {}), "out": write("o.csv")},
        "read.rows -> both.rows", "read.rows -> keep.rows", "keep.kept -> both.rows",
        "both.rows -> out.rows",
    )  # fmt: skip
    problem = said(checked(put(doc, keep="bypassed")))["not_bypassable", "keep"]
    assert problem.why == "'Union' would get the rows of read.rows twice by one port"


def test_an_unknown_state_is_a_problem_with_the_nearest(line, checked):
    found = checked(put(line, keep="dissabled"))
    problem = said(found)["state_unknown", "keep"]
    assert problem.do == "did you mean 'disabled'?"
    assert edit_of(problem.fixes[0], line) == SetStates({"keep": "enabled"})


def test_what_a_disabled_node_would_say_of_itself_is_not_said(draw, checked):
    doc = draw(
        {"read": READ, "out": write("out.csv"), "code": ("no_such_type", {"x": 1})},
        "read.rows -> out.rows",
    )
    assert checked(put(doc, code="disabled")).ok
    assert plan_checked(checked(put(doc, code="disabled"))).order == ("read", "out")


def test_modules_are_disabled_and_bypassed_as_wholes_and_inside(tmp_path, draw, checked):
    inner = draw({"keep": FILTER, "rename": RENAME}, "keep.kept -> rename.rows")

    def saved(doc):
        module = as_module(
            doc, {"rows": (PortRef("keep", "rows"),)}, {"rows": PortRef("rename", "rows")}
        )
        (tmp_path / "m.module.json").write_text(dump(module))
        return {"path": "m.module.json", "hash": module_of(module).hash}

    def outer(params):
        return draw(
            {"read": READ, "m": ("module", params), "out": write("out.csv")},
            "read.rows -> m.rows", "m.rows -> out.rows",
        )  # fmt: skip

    doc = outer(saved(inner))
    past = checked(put(doc, m="bypassed"))
    assert [str(e) for e in plan_checked(past).edges] == ["read.rows -> out.rows"]
    assert past.schemas[PortRef("m", "rows")].names == ("id", "name")

    within = checked(outer(saved(put(inner, keep="bypassed"))))
    assert plan_checked(within).order == ("read", "m/rename", "out")

    off = checked(outer(saved(put(inner, keep="disabled"))))
    assert set(off.skipped) == {"m/keep", "m/rename", "out"}
    assert not said(off)["sink_skipped", "out"].fixes, "no edit here reaches into the module"

    (tmp_path / "m.module.json").unlink()
    gone = checked(put(doc, m="disabled"))
    assert gone.ok, "what does not run needs no file"
    assert set(gone.skipped) == {"m", "out"}


def test_a_state_is_meaning_and_stands_in_the_file_as_one_key(line):
    off = put(line, keep="disabled")
    assert off.meaning() != line.meaning()
    node = json.loads(dump(off))["nodes"]["keep"]
    assert list(node.items())[:2] == [("type", "filter"), ("state", "disabled")]
    assert "state" not in json.loads(dump(line))["nodes"]["keep"]
    undone = SetStates({"keep": "disabled"}).inverse(line).apply(off)
    assert undone == line
    assert replace(off.nodes["keep"], state="enabled") == line.nodes["keep"]
