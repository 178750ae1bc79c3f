"""What every node type must keep, built-in or not: the whole catalogue is walked."""

import inspect
import json
import typing
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pytest

from summit_studio.core.changes import OP, SEQ
from summit_studio.core.errors import SummitError
from summit_studio.core.ids import is_id
from summit_studio.core.schema import (
    AT,
    REJECT_COLUMNS,
    REJECTED,
    Schema,
    carried,
    from_arrow,
    rejects_of,
)
from summit_studio.document.model import Node
from summit_studio.nodes import catalogue as finder
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import (
    Category,
    CodeNode,
    Example,
    NodeType,
    RelationalNode,
    SinkNode,
    SourceNode,
    visible,
)
from summit_studio.nodes.params import Editor, Params
from summit_studio.nodes.transforms.module import ModuleNode
from summit_studio.testing.examples import run_example

ICONS = Path(__file__).parents[2] / "resources" / "icons"

CATALOGUE = Catalogue.load()
KINDS = list(CATALOGUE)
EXAMPLES = [
    pytest.param(kind, example, id=f"{kind.id}-{example.title}")
    for kind in KINDS
    for example in kind.examples
    if not example.server
]
RELATIONAL = [p for p in EXAMPLES if issubclass(p.values[0], RelationalNode)]
ROWWISE = [p for p in RELATIONAL if p.values[0].rowwise]
BUILDING = [
    p
    for p in RELATIONAL
    if CATALOGUE.bind(Node("it", p.values[0].id, p.values[1].params)).builds([])
]
UNSCORED = [p for p in ROWWISE if p.values[0].category is not Category.QUALITY]

NO_REJECT_EXAMPLE = {
    "python": "the engine looks for the guilty rows of a batch that failed",
    "parquet_sink": "it takes a text that is longer than the name of a folder may be",
}
"""Types whose examples need not show a rejected row, with the reason; only ever shrinks."""

KEYS_ALONE = {"columns_to_changes": "of a row that is deleted the key alone goes on"}
"""Types that do not give all values of all rows, with the reason; only ever shrinks."""

NO_FIELD_NAMED: dict[str, str] = {}
"""Types whose errors need not name the field, with the reason; only ever shrinks."""

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)


def params_classes(params: type[Params], path: str = "") -> list[tuple[str, type[Params]]]:
    """Return a params class and those of its records, each with its path."""
    found = [(path, params)]
    for name, field in params.model_fields.items():
        for inner in typing.get_args(field.annotation):
            if inspect.isclass(inner) and issubclass(inner, Params):
                found += params_classes(inner, f"{path}{name}.")
    return found


def extra(field: Any) -> dict[str, Any]:
    assert isinstance(field.json_schema_extra, dict), "declare the field with param(...)"
    return field.json_schema_extra


class TestDeclaration:
    def test_ids_are_unique(self):
        found = [
            kind.id
            for module in finder._modules()
            for kind in finder._types_in(module)
            if kind.__module__ == module.__name__
        ]
        assert found
        assert Counter(found).most_common(1)[0][1] == 1

    @every_kind
    def test_id_and_ports_are_names(self, kind: type[NodeType[Any]]):
        names = [p.name for p in (*kind.inputs, *kind.output_ports())]
        assert all(is_id(name) for name in (kind.id, *names))
        assert len({p.name for p in kind.inputs}) == len(kind.inputs)
        assert len({p.name for p in kind.output_ports()}) == len(kind.output_ports())
        assert REJECTED not in {p.name for p in kind.outputs}

    @every_kind
    def test_words_for_people(self, kind: type[NodeType[Any]]):
        doc = inspect.cleandoc(kind.__doc__ or "")
        first = doc.split("\n")[0]
        assert "__doc__" in vars(kind)
        assert first.endswith(".")
        assert first.count(". ") == 0
        assert kind.title
        assert isinstance(kind.category, Category)
        assert all(word == word.lower() for word in kind.keywords)
        assert kind.keywords
        for port in (*kind.inputs, *kind.output_ports()):
            assert port.doc.endswith(".")

    @every_kind
    def test_icon_is_drawn(self, kind: type[NodeType[Any]]):
        svg = (ICONS / f"{kind.icon}.svg").read_text(encoding="utf-8")
        assert "currentColor" in svg

    @every_kind
    def test_kind_is_one_of_four_or_stands_for_nodes_that_are(self, kind: type[NodeType[Any]]):
        kinds = (SourceNode, RelationalNode, CodeNode, SinkNode, ModuleNode)
        assert sum(issubclass(kind, base) for base in kinds) == 1


class TestParams:
    @every_kind
    def test_every_field_has_doc_and_editor(self, kind: type[NodeType[Any]]):
        ports = {port.name for port in kind.inputs or kind.outputs[:1]}
        for path, params in params_classes(kind.params_class):
            assert params.model_config.get("frozen")
            assert params.model_config.get("extra") == "forbid"
            for name, field in params.model_fields.items():
                place = f"{kind.id}: {path}{name}"
                editor = Editor(extra(field)["editor"])
                assert (field.description or "").endswith("."), place
                if editor is Editor.CHOICE:
                    assert typing.get_origin(field.annotation) is Literal, place
                if editor is Editor.RECORDS:
                    inner = typing.get_args(field.annotation)[0]
                    assert issubclass(inner, Params), place
                if editor is Editor.NUMBER:
                    numbers = {int, float, *typing.get_args(field.annotation)}
                    assert numbers <= {int, float, type(None)}, place
                if editor is Editor.TABLE:
                    assert "connection" in params.model_fields, place
                if editor in {Editor.COLUMN, Editor.COLUMNS, Editor.EXPRESSION}:
                    assert extra(field).get("port", "rows") in ports, place

    @every_kind
    def test_defaults_are_valid(self, kind: type[NodeType[Any]]):
        required = [n for n, f in kind.params_class.model_fields.items() if f.is_required()]
        values = {n: kind.examples[0].params[n] for n in required}
        made = kind(kind.params_class.model_validate(values))
        assert "\n" not in made.summary()

    @every_kind
    def test_json_schema_is_json(self, kind: type[NodeType[Any]]):
        schema = json.loads(json.dumps(kind.params_class.model_json_schema()))
        assert schema["additionalProperties"] is False

    @pytest.mark.parametrize(("kind", "example"), EXAMPLES)
    def test_json_round_trip(self, kind: type[NodeType[Any]], example: Example):
        params = kind.params_class.model_validate(json.loads(json.dumps(dict(example.params))))
        written = json.loads(json.dumps(params.model_dump(mode="json")))
        assert kind.params_class.model_validate(written) == params

    @every_kind
    def test_unknown_field_is_refused_with_its_name(self, kind: type[NodeType[Any]], bench):
        params = {**kind.examples[0].params, "no_such_field": 1}
        with pytest.raises(SummitError, match="no_such_field") as caught:
            bench.bind(kind.id, params)
        assert caught.value.where.node_id == "example"


class TestExamples:
    @every_kind
    def test_there_are_examples(self, kind: type[NodeType[Any]]):
        assert kind.examples
        titles = [example.title for example in kind.examples]
        assert len(set(titles)) == len(titles)

    @every_kind
    def test_rejects_are_shown(self, kind: type[NodeType[Any]]):
        shown = any(e.expected.get(REJECTED) and e.expected[REJECTED].rows for e in kind.examples)
        if not kind.can_reject:
            assert not any(REJECTED in e.expected for e in kind.examples)
        elif kind.id not in NO_REJECT_EXAMPLE and not issubclass(kind, SourceNode):
            assert shown

    @pytest.mark.parametrize(("kind", "example"), EXAMPLES)
    def test_ports_are_declared(self, kind: type[NodeType[Any]], example: Example):
        assert set(example.given) <= {port.name for port in kind.inputs}
        assert set(example.expected) <= {port.name for port in kind.output_ports()}
        assert example.code == kind.runs_code
        assert "\n" not in kind(kind.params_class.model_validate(example.params)).summary()

    @pytest.mark.parametrize(("kind", "example"), EXAMPLES)
    def test_example_runs(self, kind: type[NodeType[Any]], example: Example, bench):
        """Design time and run time agree, and both are what is declared."""
        run_example(bench, kind, example)


class TestRelations:
    """What the planner and engine build on: each of these would corrupt runs if it broke."""

    @pytest.mark.parametrize(("kind", "example"), RELATIONAL)
    def test_rejected_rows_keep_their_columns(self, kind, example: Example, bench):
        node, given = bench.bind(kind.id, example.params), bench.given(example)
        schemas = bench.infer(node, given)
        assert kind.can_reject or REJECTED not in schemas
        if REJECTED in schemas:
            first = next(iter(given.values()))[0].schema
            assert schemas[REJECTED] == carried(rejects_of(first))

    @pytest.mark.parametrize(("kind", "example"), RELATIONAL)
    def test_measures_are_flags_of_every_port(self, kind, example: Example, bench):
        node, given = bench.bind(kind.id, example.params), bench.given(example)
        relation, tables = bench.relate(node, given)
        ports = [port.name for port in kind.output_ports()]
        # With these params nothing can be rejected, then there need be no query for it.
        assert list(relation.ports) in (ports, [p for p in ports if p != REJECTED])
        assert set(relation.measures) == {rule.id for rule in node.rules()}
        for name, table in bench.query(relation.ports, tables).items():
            flags = set(relation.measures.values())
            sizes = {relation.stood_for[name]} if name in relation.stood_for else set()
            hidden = {c for c in table.column_names if c.startswith("__summit_")}
            assert hidden - {OP, SEQ} == flags | sizes, name
            for column in flags:
                assert table.column(column).type == pa.bool_()
                assert table.column(column).null_count == 0

    @pytest.mark.parametrize(("kind", "example"), RELATIONAL)
    def test_rows_carry_on_where_they_came_from(self, kind, example: Example, bench):
        """The engine's column passes with its row, and changes nothing else."""
        node, given = bench.bind(kind.id, example.params), bench.given(example)
        relation, tables = bench.relate(node, given)
        bare = bench.query(relation.ports, tables)
        origins = {port: kind.origin(port) for port in relation.ports}
        placed = {
            port: tuple(
                t.marked(AT, 100 * i) if port in origins.values() else t
                for i, t in enumerate(group)
            )
            for port, group in given.items()
        }
        relation, tables = bench.relate(node, placed)
        for port, table in bench.query(relation.ports, tables).items():
            assert listed(without_hidden(table)) == listed(without_hidden(bare[port])), port
            if origins[port] is None:
                continue
            came = {row[-1]: row[:-1] for t in placed[origins[port]] for row in t.rows}
            numbers = table.column(AT).to_pylist()
            known = [n for n in numbers if n is not None]
            assert set(known) <= came.keys(), port
            assert len(set(known)) == len(known) or not kind.conserves, port
            if port == REJECTED:
                own = visible(placed[origins[port]][0].schema).names
                assert listed(table.select(own)) == [came[n] for n in numbers]

    @pytest.mark.parametrize(("kind", "example"), RELATIONAL)
    def test_second_counts_agree_with_what_ports_give(self, kind, example: Example, bench):
        node, given = bench.bind(kind.id, example.params), bench.given(example)
        relation, tables = bench.relate(node, given)
        found = bench.query(relation.ports, tables)
        rejected = found[REJECTED].num_rows if REJECTED in found else 0
        # A row-wise node's counts stand beside its quick query, which no row may fail.
        exact = getattr(kind, "rowwise", False) and rejected
        counts = {} if exact else bench.query(relation.counts, tables)
        for port, count in counts.items():
            assert count.column(0).to_pylist() == [found[port].num_rows], port
        rows_in = sum(len(t.rows) for group in given.values() for t in group)
        for port, column in relation.stood_for.items():
            assert sum(found[port].column(column).to_pylist()) == rows_in - rejected

    @pytest.mark.parametrize(("kind", "example"), ROWWISE)
    def test_ports_share_the_rows_in_order(self, kind, example: Example, bench):
        marker, ports = marked_ports(kind, example, bench)
        (table,) = bench.given(example)["rows"]
        assert sum(t.num_rows for t in ports.values()) == len(table.rows)
        if kind.id in KEYS_ALONE:
            return
        if all(marker in t.column_names for t in ports.values()):
            numbers = {p: t.column(marker).to_pylist() for p, t in ports.items()}
            assert all(n == sorted(n) for n in numbers.values())
            assert sorted(chain(*numbers.values())) == list(range(len(table.rows)))

    @pytest.mark.parametrize(("kind", "example"), ROWWISE)
    def test_rows_do_not_see_each_other(self, kind, example: Example, bench):
        node, (table,) = bench.bind(kind.id, example.params), bench.given(example)["rows"]
        relation, tables = bench.relate(node, {"rows": (table,)})
        whole = bench.query(relation.ports, tables)
        singles = []
        for row in table.rows:
            relation, tables = bench.relate(node, {"rows": (bench.table(table.schema, [row]),)})
            singles.append(bench.query(relation.ports, tables))
        for port, expected in whole.items():
            assert listed(pa.concat_tables([s[port] for s in singles])) == listed(expected)

    @pytest.mark.parametrize(("kind", "example"), BUILDING)
    def test_rows_that_stream_past_do_not_see_each_other(self, kind, example: Example, bench):
        node, given = bench.bind(kind.id, example.params), bench.given(example)
        first = node.outputs[0].name
        built = node.builds([first])
        (streamed,) = set(given) - set(built)
        ((table,), kept) = (given[streamed], {p: given[p] for p in built})
        relation, tables = bench.relate(node, given)
        whole = bench.query(relation.ports, tables)
        singles = []
        for row in table.rows:
            one = {streamed: (bench.table(table.schema, [row]),)}
            relation, tables = bench.relate(node, {**kept, **one})
            singles.append(bench.query(relation.ports, tables))
        assert any(t.num_rows for t in whole.values())
        for port, expected in whole.items():
            if not node.builds([first, port]):
                continue
            if node.origin(port) in built:
                assert all(listed(s[port]) == listed(expected) for s in singles)
            else:
                assert listed(pa.concat_tables([s[port] for s in singles])) == listed(expected)

    @pytest.mark.parametrize(("kind", "example"), UNSCORED)
    def test_fast_equals_exact_on_clean_rows(self, kind, example: Example, bench):
        node, (table,) = bench.bind(kind.id, example.params), bench.given(example)["rows"]
        marker, ports = marked_ports(kind, example, bench)
        bad = set(ports[REJECTED].column(marker).to_pylist()) if REJECTED in ports else set()
        clean = bench.table(table.schema, [r for i, r in enumerate(table.rows) if i not in bad])
        relation, tables = bench.relate(node, {"rows": (clean,)})
        assert relation.fast is not None
        exact = bench.query(relation.ports, tables)[next(iter(relation.ports))]
        fast = bench.query({"fast": relation.fast}, tables)["fast"]
        assert fast.schema == exact.schema
        assert listed(fast) == listed(exact)

    @pytest.mark.parametrize(("kind", "example"), ROWWISE)
    def test_fast_raises_or_leaves_out_to_named_ports(self, kind, example: Example, bench):
        node, given = bench.bind(kind.id, example.params), bench.given(example)
        relation, tables = bench.relate(node, given)
        ports = bench.query(relation.ports, tables)
        first, *others = ports
        try:
            fast = bench.query({"fast": relation.fast}, tables)["fast"]
        except duckdb.Error:
            # Of rules nothing need be rejected: what cannot be computed counts as not met.
            assert ports[REJECTED].num_rows or relation.measures
            return
        assert listed(fast) == listed(ports[first])
        left_out = {port for port in others if ports[port].num_rows}
        assert left_out <= set(relation.filters)

    @pytest.mark.parametrize(("kind", "example"), RELATIONAL)
    def test_no_rows_give_no_failure(self, kind, example: Example, bench):
        node, given = bench.bind(kind.id, example.params), bench.given(example)
        empty = {p: tuple(bench.table(t.schema, []) for t in ts) for p, ts in given.items()}
        relation, tables = bench.relate(node, empty)
        schemas = bench.infer(node, empty)
        for port, table in bench.query(relation.ports, tables).items():
            found = carried(from_arrow(without_hidden(table).schema))
            assert found.columns == schemas[port].columns

    @pytest.mark.parametrize(("kind", "example"), RELATIONAL)
    def test_missing_columns_are_errors_at_their_field(self, kind, example: Example, bench):
        """Columns that went away upstream: the error names the field that speaks of one."""
        node, given = bench.bind(kind.id, example.params), bench.given(example)
        other = Schema.of({"another_column": "VARCHAR"})
        changed = {port: (bench.table(other, []),) * len(ts) for port, ts in given.items()}
        error = error_of(lambda: bench.infer(node, changed))
        fields = {n for _, p in params_classes(kind.params_class) for n in p.model_fields}
        text = json.dumps(dict(example.params))
        columns = {c.name for tables in given.values() for table in tables for c in table.schema}
        if not any(name in text for name in columns):
            assert error is None
        else:
            assert error is not None
            assert error.do
            if kind.id not in NO_FIELD_NAMED:
                assert error.where.param is not None
                assert set(error.where.param.split(".")) & fields


def error_of(call: Callable[[], object]) -> SummitError | None:
    try:
        call()
    except SummitError as error:
        return error
    return None


def without_hidden(table: pa.Table) -> pa.Table:
    kept = visible(from_arrow(table.schema)).names
    return table.select(list(kept))


def listed(table: pa.Table) -> list[tuple[Any, ...]]:
    columns = [column.to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True)) if columns else []


def marked_ports(kind, example: Example, bench) -> tuple[str, dict[str, pa.Table]]:
    """Return what the ports deliver for input rows that carry their number."""
    (table,) = bench.given(example)["rows"]
    node = bench.bind(kind.id, example.params)
    relation, tables = bench.relate(node, {"rows": (table.marked(),)})
    return bench.marker, bench.query(relation.ports, tables)


def test_reject_columns_are_the_contract():
    names = ["reject_code", "reject_column", "reject_reason", "reject_source"]
    assert [c.name for c in REJECT_COLUMNS] == names
