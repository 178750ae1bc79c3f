"""Checks: each rule says its problem, at its node, with a fix where a click solves it."""

import pytest

from summit_studio.core.problems import Severity
from summit_studio.document.model import PortRef
from summit_studio.planning.plan import InvalidPipeline, plan_checked

READ = ("csv_source", {"path": "in.csv"})
FILTER = ("filter", {"condition": "id > 1"})
PYTHON = ("python", {"code": "def process(rows):\n    return rows\n", "frame": "arrow"})


def write(name: str = "out.csv"):
    return ("csv_sink", {"path": name})


def codes(checked, severity=Severity.ERROR) -> list[str]:
    return [p.code for p in checked.problems if p.severity is severity]


def test_a_sound_pipeline_has_no_errors_and_all_schemas(draw, checked):
    doc = draw({"n": READ, "f": FILTER, "o": write()}, "n.rows -> f.rows", "f.kept -> o.rows")
    found = checked(doc)
    assert found.ok
    assert [c.name for c in found.schemas[PortRef("f", "kept")]] == ["id", "name"]
    assert [c.name for c in found.schemas[PortRef("f", "rejected")]][-1] == "reject_source"
    assert found.inputs("o") == {"rows": (found.schemas[PortRef("f", "kept")],)}


SHAPES = [
    ("empty", {}, []),
    ("input_unconnected", {"f": FILTER}, []),
    ("input_taken", {"n": READ, "m": READ, "o": write()}, ["n.rows -> o.rows", "m.rows -> o.rows"]),
    ("input_taken", {"n": READ, "m": READ, "f": FILTER}, ["n.rows -> f.rows", "m.rows -> f.rows"]),
    ("edge_twice", {"n": READ, "f": FILTER}, ["n.rows -> f.rows", "n.rows -> f.rows"]),
    ("edge_twice", {"n": READ, "o": write()}, ["n.rows -> o.rows", "n.rows -> o.rows"]),
    ("node_missing", {"n": READ, "o": write()}, ["n.rows -> o.rows", "n.rows -> away.rows"]),
    ("port_missing", {"n": READ, "o": write()}, ["n.rows -> o.rows", "n.lines -> o.rows"]),
    ("cycle", {"a": FILTER, "b": FILTER}, ["a.kept -> b.rows", "b.kept -> a.rows"]),
    ("target_twice", {"n": READ, "o": write(), "p": write()}, ["n.rows -> o.rows",
                                                                "n.rows -> p.rows"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "nodes", "edges"), SHAPES, ids=[s[0] for s in SHAPES])
def test_what_is_wrong_with_the_shape_is_said(draw, checked, code, nodes, edges):
    found = checked(draw(nodes, *edges))
    assert code in codes(found)
    with pytest.raises(InvalidPipeline) as caught:
        plan_checked(found)
    assert caught.value.problems == found.problems


@pytest.mark.parametrize("code", ["edge_twice", "node_missing", "port_missing", "cycle"])
def test_a_click_takes_out_the_wrong_edge(draw, checked, code):
    nodes, edges = next((n, e) for c, n, e in SHAPES if c == code)
    found = next(p for p in checked(draw(nodes, *edges)).problems if p.code == code)
    assert found.fixes[0].remove_edge == edges[-1]


def test_rows_that_go_nowhere_and_a_missing_sink_are_warnings(draw, checked):
    found = checked(draw({"n": READ, "f": FILTER}, "n.rows -> f.rows"))
    assert found.ok
    assert {"no_sink", "output_unread"} <= {*codes(found, Severity.WARNING)}


def test_code_needs_trust(draw, checked):
    doc = draw({"n": READ, "p": PYTHON, "o": write()}, "n.rows -> p.rows", "p.rows -> o.rows")
    assert codes(checked(doc)) == []
    assert "untrusted" in codes(checked(doc, trusted=False))


def test_a_fault_stops_what_lies_below_it_and_nothing_else(draw, checked):
    doc = draw(
        {"n": READ, "bad": ("filter", {"condition": "ids > 1"}), "below": FILTER, "good": FILTER},
        "n.rows -> bad.rows", "bad.kept -> below.rows", "n.rows -> good.rows",
    )  # fmt: skip
    found = checked(doc)
    assert [p.where.node_id for p in found.problems if p.severity is Severity.ERROR] == ["bad"]
    assert PortRef("good", "kept") in found.schemas
    assert PortRef("below", "kept") not in found.schemas


def test_problems_come_errors_first_then_in_document_order(draw, checked):
    bad = ("filter", {"condition": "no_such > 1"})
    doc = draw(
        {"z": bad, "n": READ, "unread": FILTER, "a": bad},
        "n.rows -> z.rows", "n.rows -> a.rows", "n.rows -> unread.rows",
    )  # fmt: skip
    found = checked(doc).problems
    ranks = [list(Severity).index(p.severity) for p in found]
    assert ranks == sorted(ranks)
    assert [p.where.node_id for p in found if p.severity is Severity.ERROR] == ["z", "a"]
    assert {p.where.pipeline for p in found} == {"test"}


def test_unknown_types_and_params_are_problems_at_their_nodes(draw, checked):
    doc = draw({"n": ("csv_sorce", {}), "f": ("filter", {"conditon": "x"})})
    found = checked(doc)
    assert {p.where.node_id for p in found.problems if p.severity is Severity.ERROR} == {"n", "f"}


def test_a_parameter_that_does_not_fit_is_a_problem(draw, checked):
    doc = draw({"n": READ, "o": write()}, "n.rows -> o.rows")
    assert "parameter_invalid" in codes(checked(doc, {"day": "x"}))


def test_an_edge_that_is_right_needs_no_word(draw, checked):
    doc = draw(
        {"n": READ, "m": READ, "u": ("union", {}), "f": FILTER, "o": write(), "p": write("p.csv")},
        "n.rows -> u.rows", "m.rows -> u.rows", "u.rows -> f.rows", "f.kept -> o.rows",
        "f.dropped -> p.rows",
    )  # fmt: skip
    assert codes(checked(doc)) == codes(checked(doc), Severity.WARNING) == []


def test_a_warning_stops_no_run(draw, checked):
    found = checked(draw({"n": READ}))
    assert codes(found, Severity.WARNING)
    assert codes(found) == []
    assert found.ok
    assert plan_checked(found).order == ("n",)


def test_a_circle_stops_only_what_is_in_it(draw, checked):
    doc = draw(
        {"a": FILTER, "b": FILTER, "n": READ, "g": FILTER},
        "a.kept -> b.rows", "b.kept -> a.rows", "n.rows -> g.rows",
    )  # fmt: skip
    found = checked(doc)
    assert codes(found).count("cycle") == 1
    assert PortRef("g", "kept") in found.schemas
    assert PortRef("a", "kept") not in found.schemas


def test_rejected_ports_have_the_columns_of_what_came_in(draw, checked):
    add = ("derive", {"columns": [{"name": "x", "expression": "id + 1"}]})
    found = checked(draw({"n": READ, "a": add}, "n.rows -> a.rows")).schemas
    names = [c.name for c in found[PortRef("a", "rejected")]]
    assert names[:2] == ["id", "name"]
    assert "x" not in names
    assert "id" not in found[PortRef("n", "rejected")].names


def test_an_optional_port_may_stay_without_an_edge_and_a_needed_one_not(draw, checked):
    doc = draw(
        {"n": READ, "j": ("join", {"keys": [{"left": "id", "right": "id"}]}), "o": write()},
        "n.rows -> j.left", "j.joined -> o.rows",
    )  # fmt: skip
    (problem,) = [p for p in checked(doc).problems if p.code == "input_unconnected"]
    assert problem.where.node_id == "j"
    assert "'right'" in problem.why


def test_a_node_is_asked_for_problems_of_its_own(draw, checked):
    doc = draw({"n": READ, "o": write(" ")}, "n.rows -> o.rows")
    assert codes(checked(doc)) == ["path_empty"]


@pytest.mark.parametrize("path", ["a\0b.csv", "x" * 300, "a/" * 3_000, "~nobody-has-this/a.csv"])
def test_a_path_that_no_file_system_has_a_place_for(draw, checked, path: str):
    nodes = {"n": ("csv_source", {"path": path}), "o": write(path), "p": write("é" * 127)}
    found = checked(draw(nodes, "n.rows -> o.rows"))
    wrong = [p for p in found.problems if p.what == "Field 'path' does not fit"]
    assert [p.where.node_id for p in wrong] == ["n", "o"]
