"""A module made of a selection runs as the selection did, and dissolving it gives that back."""

from dataclasses import replace
from pathlib import Path

import pytest

from summit_studio.core.errors import InvalidDocument
from summit_studio.document.edits import AddNode
from summit_studio.document.model import Node, Parameter, PortRef
from summit_studio.document.modules import module_of
from summit_studio.document.text import dump
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.module_edits import dissolved, module_from
from summit_studio.planning.parameters import write_out

READ = ("csv_source", {"path": "in.csv"})
KEEP = ("filter", {"condition": "id > ${least}"})


@pytest.fixture
def drawn(draw):
    """Two sources, a union, a filter with two ports in use, and a sink."""
    return draw(
        {
            "a": READ,
            "b": READ,
            "both": ("union", {}),
            "keep": KEEP,
            "write": ("csv_sink", {"path": "out.csv"}),
            "rest": ("csv_sink", {"path": "rest.csv"}),
        },
        "a.rows -> both.rows",
        "b.rows -> both.rows",
        "both.rows -> keep.rows",
        "keep.kept -> write.rows",
        "keep.dropped -> rest.rows",
        parameters={"least": Parameter("least", "integer", 1), "other": Parameter("other")},
    )


def test_edges_that_cross_become_named_ports_and_undo_gives_the_very_document(drawn):
    module, edit, node_id = module_from(drawn, ["both", "keep"], "Clean all", "clean.module.json")
    made = edit.apply(drawn)
    assert node_id == "clean_all"
    assert list(made.nodes) == ["a", "b", "write", "rest", "clean_all"]
    assert {str(e) for e in made.edges} == {
        "a.rows -> clean_all.a",
        "b.rows -> clean_all.b",
        "clean_all.kept -> write.rows",
        "clean_all.dropped -> rest.rows",
    }
    found = module_of(module)
    assert found.inputs == {
        "a": (PortRef("both", "rows"),),
        "b": (PortRef("both", "rows"),),
    }
    assert list(module.parameters) == ["least"]
    assert made.nodes[node_id].params == {
        "path": "clean.module.json",
        "hash": found.hash,
        "least": "${least}",
    }
    assert dump(edit.inverse(drawn).apply(made)) == dump(drawn)


def test_the_module_plans_as_the_selection_did_and_dissolves_into_it(
    drawn, checked, tmp_path: Path
):
    before = checked(drawn)
    module, edit, node_id = module_from(drawn, ["both", "keep"], "Clean", "clean.module.json")
    (tmp_path / "clean.module.json").write_text(dump(module))
    made = edit.apply(drawn)
    found = checked(made, {"least": 2, "other": "x"})
    assert not [p for p in found.problems if p.severity == "error"], found.problems
    assert found.nodes["clean/keep"].params.condition == "id > 2"
    assert found.schemas[PortRef("clean", "kept")] == before.schemas[PortRef("keep", "kept")]
    back, ids = dissolved(made, node_id, module_of(module), Catalogue.load())
    again = back.apply(made)
    assert ids == ("both", "keep")
    assert dict(again.nodes) == dict(drawn.nodes)
    assert set(again.edges) == set(drawn.edges)
    assert dump(back.inverse(made).apply(again)) == dump(made)


def test_one_source_that_feeds_several_is_one_input_and_loose_outputs_may_be_ports(draw):
    doc = draw({"a": READ, "x": KEEP, "y": KEEP}, "a.rows -> x.rows", "a.rows -> y.rows")
    open_ports = [PortRef("x", "kept"), PortRef("y", "kept")]
    module, edit, _ = module_from(doc, ["x", "y"], "2 filters", "m.module.json", open_ports)
    found = module_of(module)
    assert found.inputs == {"rows": (PortRef("x", "rows"), PortRef("y", "rows"))}
    assert list(found.outputs) == ["x_kept", "y_kept"]
    assert [str(e) for e in edit.apply(doc).edges] == ["a.rows -> module_2_filters.rows"]


def test_taken_ids_and_places_give_way_and_values_stand_in_the_nodes(draw, drawn):
    module, edit, node_id = module_from(drawn, ["keep"], "M", "m.module.json")
    made = AddNode(Node("keep", "limit", {"rows": 1}), (0, 0)).apply(edit.apply(drawn))
    back, ids = dissolved(made, node_id, module_of(module), Catalogue.load())
    after = back.apply(made)
    assert ids == ("keep_2",)
    assert after.nodes["keep_2"].params == KEEP[1]
    assert after.nodes["keep"].type == "limit"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [([], "no node is chosen"), (["both", "write"], "come back into it")],
)
def test_what_cannot_be_a_module_is_said(draw, drawn, chosen, said):
    back = draw(
        dict.fromkeys(["a"], READ)
        | {"both": ("union", {}), "keep": KEEP, "write": ("union", {})},
        "a.rows -> both.rows", "both.rows -> keep.rows", "keep.kept -> write.rows",
    )  # fmt: skip
    with pytest.raises(InvalidDocument, match=said):
        module_from(back, chosen, "M", "m.module.json")


def test_a_parameter_that_a_module_cannot_have_is_said(draw):
    doc = draw({"a": ("csv_source", {"path": "${path}"})}, parameters={"path": Parameter("path")})
    with pytest.raises(InvalidDocument, match="can be called path"):
        module_from(doc, ["a"], "M", "m.module.json")


def test_a_module_without_a_value_is_not_dissolved(draw):
    doc = draw({"keep": KEEP}, parameters={"least": Parameter("least", "integer")})
    module, edit, node_id = module_from(doc, ["keep"], "M", "m.module.json")
    made = edit.apply(doc)
    node = made.nodes[node_id]
    bare = {k: v for k, v in node.params.items() if k != "least"}
    made = replace(made, nodes={node_id: replace(node, params=bare)})
    with pytest.raises(InvalidDocument, match="least has no value"):
        dissolved(made, node_id, module_of(module), Catalogue.load())


def test_a_dissolved_condition_has_its_values_as_sql():
    params = {"connection": "db", "table": "t", "where": "day >= ${day} AND n = ${n} OR x = ${x}"}
    values = {"day": "2026-01-31", "n": 7, "x": "${outer}"}
    written = write_out(Node("n", "table_source", params), values, Catalogue.load())
    assert written["where"] == "day >= '2026-01-31' AND n = 7 OR x = ${outer}"
