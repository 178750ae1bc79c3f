"""Modules: what stands in their place, what is said where, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summit_studio.core.problems import Severity
from summit_studio.document.files import load
from summit_studio.document.model import Document, Node, Parameter, PortRef
from summit_studio.document.modules import as_module, module_of
from summit_studio.document.text import dump, parse
from summit_studio.nodes.transforms.module import ModuleNode
from summit_studio.planning import modules
from summit_studio.planning.modules import MAX_DEPTH, drawn_id
from summit_studio.planning.plan import InvalidPipeline, plan_checked
from summit_studio.workspace.workspace import Workspace

READ = ("csv_source", {"path": "in.csv"})
WRITE = ("csv_sink", {"path": "out.csv"})

Save = Callable[..., str]


@pytest.fixture
def save(tmp_path: Path, draw) -> Save:
    """Writes a module into the workspace and returns its hash."""

    def write(
        name: str,
        nodes: dict[str, Any],
        *edges: str,
        inputs: dict[str, Any] | None = None,
        outputs: dict[str, Any] | None = None,
        **more: Any,
    ) -> str:
        own = {p.name: p for p in more.pop("parameters", ())}
        ports = {"inputs": inputs or {}, "outputs": outputs or {}}
        doc = draw(nodes, *edges, parameters=own, extra={"ports": ports, **more})
        (tmp_path / name).write_text(dump(doc))
        return module_of(doc).hash

    return write


@pytest.fixture
def clean(save: Save) -> str:
    """A module that keeps the rows from `least` on, and the hash of it."""
    return save(
        "clean.module.json",
        {
            "filter": ("filter", {"condition": "id >= ${least}"}),
            "tell": ("derive", {"columns": [{"name": "told", "expression": "name || '!'"}]}),
        },
        "filter.kept -> tell.rows",
        inputs={"rows": "filter.rows"},
        outputs={"rows": "tell.rows", "dropped": "filter.dropped", "rejected": "filter.rejected"},
        parameters=[Parameter("least", "integer")],
    )


def module(pinned: str, path: str = "clean.module.json", **params: Any):
    return ("module", {"path": path, "hash": pinned, **params})


def used(draw, node, **more: Any) -> Document:
    nodes = {"read": READ, "clean": node, "write": WRITE}
    return draw(nodes, "read.rows -> clean.rows", "clean.rows -> write.rows", **more)


def problem(found, code: str):
    return next(p for p in found.problems if p.code == code)


def errors(found) -> list[str]:
    return [p.code for p in found.problems if p.severity is Severity.ERROR]


class TestExpansion:
    def test_its_nodes_stand_in_the_place_of_the_node_that_names_it(self, draw, checked, clean):
        found = checked(used(draw, module(clean, least=2)))
        assert found.ok, found.problems
        assert list(found.document.nodes) == ["read", "clean/filter", "clean/tell", "write"]
        assert [*map(str, found.document.edges)] == [
            "clean/filter.kept -> clean/tell.rows",
            "read.rows -> clean/filter.rows",
            "clean/tell.rows -> write.rows",
        ]
        assert found.nodes["clean/filter"].params.condition == "id >= 2"
        assert found.nodes["clean/filter"].node_title == "test / Filter rows"
        assert drawn_id("clean/filter") == "clean"

    def test_the_ports_of_its_node_have_the_schemas_of_the_inner_ones(self, draw, checked, clean):
        found = checked(used(draw, module(clean, least=2)))
        assert found.schemas[PortRef("clean", "rows")].names == ("id", "name", "told")
        assert found.inputs("write") == {"rows": (found.schemas[PortRef("clean", "rows")],)}
        assert found.inputs("clean") == {"rows": (found.schemas[PortRef("read", "rows")],)}

    def test_two_of_it_stand_beside_each_other_with_values_of_their_own(self, draw, checked, clean):
        nodes = {"read": READ, "a": module(clean, least=1), "b": module(clean, least="${from}")}
        nodes |= {"both": ("union", {}), "write": WRITE}
        doc = draw(
            nodes,
            "read.rows -> a.rows",
            "read.rows -> b.rows",
            "a.rows -> both.rows",
            "b.rows -> both.rows",
            "both.rows -> write.rows",
            parameters={"from": Parameter("from", "integer", 7)},
        )
        found = checked(doc, {"from": 3})
        assert found.ok, found.problems
        conditions = [found.nodes[f"{i}/filter"].params.condition for i in "ab"]
        assert conditions == ["id >= 1", "id >= 3"]

    def test_what_a_value_holds_is_not_filled_in_again(self, draw, checked, save):
        pinned = save(
            "say.module.json",
            {"say": ("derive", {"columns": [{"name": "x", "expression": "'${text}'"}]})},
            inputs={"rows": "say.rows"},
            outputs={"rows": "say.rows"},
            parameters=[Parameter("text", "text", "${text}")],
        )
        found = checked(used(draw, module(pinned, "say.module.json")))
        assert found.ok, found.problems
        assert found.nodes["clean/say"].params.columns[0].expression == "'${text}'"

    def test_one_port_feeds_several_and_modules_stand_in_modules(self, draw, checked, save, clean):
        outer = save(
            "outer.module.json",
            {
                "in": module(clean, least="${most}"),
                "count": ("aggregate", {"measures": [{"function": "count", "name": "n"}]}),
            },
            inputs={"rows": ["in.rows", "count.rows"]},
            outputs={"rows": "in.rows", "count": "count.rows"},
            parameters=[Parameter("most", "integer", 2)],
        )
        found = checked(used(draw, module(outer, "outer.module.json")))
        assert found.ok, found.problems
        assert {str(e) for e in found.document.edges} == {
            "clean/in/filter.kept -> clean/in/tell.rows",
            "read.rows -> clean/in/filter.rows",
            "read.rows -> clean/count.rows",
            "clean/in/tell.rows -> write.rows",
        }
        assert found.nodes["clean/in/filter"].params.condition == "id >= 2"
        assert found.nodes["clean/in/filter"].node_title == "test / test / Filter rows"
        assert found.schemas[PortRef("clean", "rows")].names == ("id", "name", "told")

    def test_a_document_without_modules_is_the_very_one(self, draw, checked):
        doc = draw({"read": READ, "write": WRITE}, "read.rows -> write.rows")
        assert checked(doc).document is doc


class TestProblems:
    def test_a_fault_inside_names_the_inner_node_its_title_and_the_modules_file(
        self, draw, checked, save, tmp_path
    ):
        pinned = save(
            "bad.module.json",
            {"filter": ("filter", {"condition": "amont > 1"})},
            inputs={"rows": "filter.rows"},
            outputs={"rows": "filter.kept"},
        )
        found = checked(used(draw, module(pinned, "bad.module.json")))
        (fault,) = [p for p in found.problems if p.severity is Severity.ERROR]
        assert fault.where.node_id == "clean/filter"
        assert fault.where.node_title == "test / Filter rows"
        assert fault.where.file == str(tmp_path / "bad.module.json")

    def test_fixes_that_no_edit_of_the_pipeline_can_make_are_not_offered(self, draw, checked, save):
        bad = {"read": READ, "say": ("derive", {"columns": []})}
        pinned = save(
            "bad.module.json", bad, "read.rows -> say.rows", "read.rows -> say.rows",
            outputs={"rows": "say.rows"},
        )  # fmt: skip
        doc = draw({"m": module(pinned, "bad.module.json"), "write": WRITE}, "m.rows -> write.rows")
        assert problem(checked(doc), "edge_twice").fixes == ()

    def test_an_unfed_input_is_said_of_the_modules_port(self, draw, checked, clean):
        doc = draw({"clean": module(clean, least=1), "write": WRITE}, "clean.rows -> write.rows")
        fault = problem(checked(doc), "input_unconnected")
        assert (fault.where.node_id, fault.where.port) == ("clean", "rows")
        assert "'test' gets no rows" in fault.what

    @pytest.mark.parametrize(
        ("edge", "side"),
        [("read.rows -> clean.row", "input"), ("clean.row -> write.rows", "output")],
    )
    def test_an_edge_to_a_port_it_has_not_is_said_with_the_nearest(
        self, draw, checked, clean, edge, side
    ):
        doc = draw({"read": READ, "clean": module(clean, least=1), "write": WRITE}, edge)
        fault = problem(checked(doc), "port_missing")
        assert f"{side}s rows" in fault.why
        assert fault.do == "did you mean 'rows'?"
        assert fault.fixes[0].remove_edge == edge

    @pytest.mark.parametrize(
        ("params", "field", "said"),
        [
            ({}, "least", "is empty"),
            ({"least": "many"}, "least", "cannot be 'many'"),
            ({"least": 1, "lest": 1}, "lest", "did you mean 'least'?"),
            ({"path": ""}, "path", "is empty"),
            ({"path": "gone.module.json", "least": 1}, "path", "Cannot find the module"),
            ({"path": "in.csv", "least": 1}, "path", "Cannot read the pipeline"),
        ],
    )
    def test_a_value_that_does_not_do_is_said_at_its_field(
        self, draw, checked, clean, params, field, said
    ):
        found = checked(used(draw, ("module", {**module(clean)[1], **params})))
        (fault,) = [p for p in found.problems if p.severity is Severity.ERROR]
        assert (fault.where.node_id, fault.where.param) == ("clean", field)
        assert said in str(fault)

    def test_a_module_that_changed_is_refused_until_it_is_taken(
        self, draw, checked, clean, tmp_path
    ):
        file = tmp_path / "clean.module.json"
        file.write_text(file.read_text().replace("'!'", "'?'"))
        doc = used(draw, module(clean, least=1))
        fault = problem(checked(doc), "module_changed")
        assert fault.where.node_id == "clean"
        with pytest.raises(InvalidPipeline, match="holds something else than was accepted"):
            plan_checked(checked(doc))
        ((name, now),) = fault.fixes[0].params
        assert (fault.fixes[0].node_id, name) == ("clean", "hash")
        assert now == module_of(load(file).document).hash
        assert checked(used(draw, module(now, least=1))).ok

    def test_moving_a_box_is_no_change_and_unpinned_is_warned_of(
        self, draw, checked, clean, tmp_path
    ):
        file = tmp_path / "clean.module.json"
        raw = json.loads(file.read_text())
        raw["layout"] = {"nodes": {"filter": [500, 20]}}
        file.write_text(json.dumps(raw))
        found = checked(used(draw, module(clean, least=1)))
        assert [p.code for p in found.problems] == ["types_found_out"]
        found = checked(used(draw, module("", least=1)))
        assert found.ok
        assert problem(found, "module_unpinned").fixes[0].params == (("hash", clean),)

    def test_a_change_two_modules_down_is_noticed(self, draw, checked, save, clean, tmp_path):
        outer = save(
            "outer.module.json", {"in": module(clean, least=1)},
            inputs={"rows": "in.rows"}, outputs={"rows": "in.rows"},
        )  # fmt: skip
        file = tmp_path / "clean.module.json"
        file.write_text(file.read_text().replace("'!'", "'?'"))
        fault = problem(checked(used(draw, module(outer, "outer.module.json"))), "module_changed")
        assert fault.where.node_id == "clean/in"
        assert fault.fixes == ()

    def test_code_inside_needs_trust_too(self, draw, checked, save):
        pinned = save(
            "code.module.json",
            {"code": ("python", {"code": "def process(rows):\n    return rows\n"})},
            inputs={"rows": "code.rows"}, outputs={"rows": "code.rows"},
        )  # fmt: skip
        doc = used(draw, module(pinned, "code.module.json"))
        assert problem(checked(doc, trusted=False), "untrusted").where.node_id == "clean/code"


class TestRefused:
    def test_a_module_in_itself(self, draw, checked, save):
        for name, other in (("a", "b"), ("b", "a")):
            save(
                f"{name}.module.json", {"in": module("", f"{other}.module.json")},
                inputs={"rows": "in.rows"}, outputs={"rows": "in.rows"},
            )  # fmt: skip
        fault = problem(checked(used(draw, module("", "a.module.json"))), "module_circle")
        assert fault.where.node_id == "clean/in/in"
        assert "a.module.json in b.module.json in a.module.json" in fault.why

    def test_modules_that_multiply_are_stopped_before_they_fill_the_memory(
        self, draw, checked, save, monkeypatch
    ):
        monkeypatch.setattr(modules, "MAX_NODES", 1_000)
        save("m0.module.json", {"read": READ}, outputs={"rows": "read.rows"})
        for level in range(1, 12):
            copies = {f"n{i}": module("", f"m{level - 1}.module.json") for i in range(10)}
            save(f"m{level}.module.json", copies, outputs={"rows": "n0.rows"})
        found = checked(used(draw, module("", "m11.module.json")))
        assert "module_too_large" in errors(found)
        assert len(found.document.nodes) <= 3  # None of them is put in.

    def test_modules_that_hold_too_many_nodes_together(self, draw, checked, save, monkeypatch):
        monkeypatch.setattr(modules, "MAX_NODES", 20)
        save("m0.module.json", {"read": READ}, outputs={"rows": "read.rows"})
        copies = {f"n{i}": module("", "m0.module.json") for i in range(10)}
        save("m1.module.json", copies, outputs={"rows": "n0.rows"})
        one = draw({"a": module("", "m1.module.json")})
        assert "module_too_large" in errors(checked(one))

    def test_modules_too_deep_in_one_another(self, draw, checked, save):
        save("m0.module.json", {"read": READ}, outputs={"rows": "read.rows"})
        for level in range(1, MAX_DEPTH + 1):
            inner = {"n": module("", f"m{level - 1}.module.json")}
            save(f"m{level}.module.json", inner, outputs={"rows": "n.rows"})
        doc = draw(
            {"m": module("", f"m{MAX_DEPTH}.module.json"), "write": WRITE}, "m.rows -> write.rows"
        )
        assert "module_too_deep" in errors(checked(doc))
        fewer = draw(
            {"m": module("", f"m{MAX_DEPTH - 1}.module.json"), "write": WRITE},
            "m.rows -> write.rows",
        )
        assert checked(fewer).ok

    def test_a_path_outside_of_a_workspace_that_is_not_trusted(
        self, draw, checked, save, tmp_path, clean
    ):
        outside = tmp_path.parent / f"{tmp_path.name}-outside.module.json"
        outside.write_text((tmp_path / "clean.module.json").read_text())
        (tmp_path / "led.module.json").symlink_to(outside)
        for path in (f"../{outside.name}", str(outside), "led.module.json"):
            doc = used(draw, module(clean, path, least=1))
            fault = problem(checked(doc, trusted=False), "untrusted")
            assert fault.where.param == "path"
            assert checked(doc).ok

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"ports": []}, "'ports' is no object"),
            ({"ports": {"inptus": {}}}, "did you mean 'inputs'?"),
            ({"ports": {"outputs": {"rows": "fliter.kept"}}}, "did you mean 'filter'?"),
            ({"ports": {"outputs": {"a b": "filter.kept"}}}, "cannot be the name of a port"),
            ({"ports": {"outputs": {"rows": 3}}}, "names no inner port"),
            ({"ports": None}, "'ports' is no object"),
            ({"settings": {"performance": {}}}, "settings of its own (performance)"),
            ({"version": 2}, "'version' is no text"),
            ({"parameters": {"path": {}}}, "called 'path'"),
        ],
    )  # fmt: skip
    def test_a_file_that_is_no_sound_module(self, draw, checked, clean, tmp_path, change, said):
        file = tmp_path / "clean.module.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | change))
        fault = problem(checked(used(draw, module("", least=1))), "module_malformed")
        assert said in str(fault)
        assert fault.where.file == str(file)

    def test_a_parameter_that_no_field_can_be_called_after(self, draw, checked, save):
        save("odd.module.json", {"read": READ}, parameters=[Parameter("model_fields", "text", "x")])
        assert "module_malformed" in errors(checked(used(draw, module("", "odd.module.json"))))

    def test_a_pipeline_is_no_module(self, draw, checked, tmp_path):
        (tmp_path / "plain.module.json").write_text(dump(draw({"read": READ})))
        found = checked(used(draw, module("", "plain.module.json")))
        assert "names no ports" in problem(found, "module_malformed").why


class TestAlone:
    def test_a_module_is_checked_by_itself_and_does_not_run(self, checked, clean, tmp_path):
        doc = load(tmp_path / "clean.module.json").document
        found = checked(doc, {"least": 1})
        assert found.problems == ()
        with pytest.raises(InvalidPipeline, match="does not run by itself"):
            plan_checked(found)

    def test_ports_in_a_pipeline_and_unknown_keys_in_a_module_are_said(self, draw, checked, clean):
        found = checked(draw({"read": READ}, extra={"version": "2"}))
        assert "key_unknown" in errors(found)
        doc = as_module(draw({"read": READ}), {}, {"rows": PortRef("read", "rows")})
        assert "key_unknown" not in errors(checked(doc))
        more = draw({"read": READ}, extra={**doc.extra, "verison": "2"})
        assert "did you mean 'version'?" in problem(checked(more), "key_unknown").do

    def test_what_a_module_says_survives_a_round_trip(self, draw):
        ends = (PortRef("a", "rows"), PortRef("b", "rows"))
        doc = as_module(
            draw({"a": READ, "b": READ}), {"rows": ends}, {"out": PortRef("a", "rows")}, "7", "It."
        )
        found = module_of(parse(dump(doc)).document)
        assert (found.inputs["rows"], found.version, found.description) == (ends, "7", "It.")
        assert found.hash == module_of(doc).hash


def test_the_type_of_a_modules_node_has_its_ports_and_parameters(draw, catalogue, clean, tmp_path):
    node = Node("clean", *module(clean, least=3))
    kind = catalogue.kind_of(node, Workspace(tmp_path))
    assert issubclass(kind, ModuleNode)
    assert [p.name for p in kind.inputs] == ["rows"]
    assert [p.name for p in kind.output_ports()] == ["rows", "dropped", "rejected"]
    assert list(kind.params_class.model_fields) == ["path", "hash", "least"]
    assert catalogue.bind(node, kind=kind).summary() == "least 3"
