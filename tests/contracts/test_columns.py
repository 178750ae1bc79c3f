"""What node types say of their columns is true: of every example of the whole catalogue."""

from dataclasses import replace

import pytest

from summit_studio.core.errors import SummitError
from summit_studio.core.schema import REJECTED, Schema
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import Example, RelationalNode, SourceNode, visible
from summit_studio.nodes.transforms.module import ModuleNode

UNTOLD = {"python": "its code may do what it likes with them"}
"""Types that do not say how their columns come about, with the reason; only ever shrinks."""

EXAMPLES = [
    pytest.param(kind, example, id=f"{kind.id}-{example.title}")
    for kind in Catalogue.load()
    for example in kind.examples
    if not example.server and not issubclass(kind, ModuleNode)
]
NAMING = [p for p in EXAMPLES if issubclass(p.values[0], RelationalNode)]
TAKING = [p for p in EXAMPLES if p.values[0].inputs and p.values[0].id not in UNTOLD]


def asked(kind, example: Example, bench):
    """Return the node, the schemas that it takes and gives, and what it says of its columns."""
    bench.prepare(example.files)
    node, given = bench.bind(kind.id, example.params), bench.given(example)
    inputs = {port: tuple(t.schema for t in tables) for port, tables in given.items()}
    outputs = dict(bench.infer(node, given))
    return node, inputs, outputs


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_all_columns_of_all_ports_are_told_in_their_order(kind, example: Example, bench):
    node, inputs, outputs = asked(kind, example, bench)
    told = node.made(inputs, outputs)
    for port, schema in outputs.items():
        if kind.id in UNTOLD and port != REJECTED:
            assert port not in told
            continue
        assert tuple(made.name for made in told[port]) == visible(schema).names
        for read in (read for made in told[port] for read in made.reads):
            assert read.column in inputs[read.port][read.edge].names
        assert isinstance(node, SourceNode) or all(m.reads or m.how for m in told[port])


@pytest.mark.parametrize(("kind", "example"), TAKING)
def test_what_no_field_and_no_column_reads_can_be_taken_away(kind, example: Example, bench):
    node, inputs, outputs = asked(kind, example, bench)
    told, uses = node.made(inputs, outputs), node.uses(inputs, outputs)
    for port, schemas in inputs.items():
        for edge, schema in enumerate(schemas):
            for column in schema if len(schema) > 1 else ():
                less = Schema(tuple(c for c in schema if c != column))
                fewer = (*schemas[:edge], less, *schemas[edge + 1 :])
                read = any(
                    r.column == column.name and r.port == port and r.edge == edge
                    for use in uses
                    for r in use.reads
                )
                _taken(node, {**inputs, port: fewer}, read, told, (port, edge, column.name), bench)


def _taken(node, inputs, read, told, gone, bench):
    """Hold what is left without a column against what was told of those made of it."""
    try:
        left = node.infer(inputs, bench.design)
    except SummitError as error:
        # Inputs have to be as wide as one another; not every column can be a folder.
        if read or error.code in {"union_widths_differ", "partition_unfit"}:
            return
        raise
    for port, schema in left.items():
        lost = {
            m.name
            for m in told[port]
            if m.reads and all((r.port, r.edge, r.column) == gone for r in m.reads)
        }
        kept = {m.name for m in told[port]} - lost
        assert kept <= set(visible(schema).names), gone
        assert read or not (lost & set(schema.names)), gone


@pytest.mark.parametrize(("kind", "example"), NAMING)
def test_another_name_at_the_param_that_names_a_column_is_its_name(kind, example, bench):
    node, inputs, outputs = asked(kind, example, bench)
    names = {m.named: (port, i) for port, ms in node.made(inputs, outputs).items()
             for i, m in enumerate(ms) if m.named}  # fmt: skip
    for path, (port, index) in names.items():
        field, entry, name = path.split(".")
        records = list(getattr(node.params, field))
        records[int(entry)] = records[int(entry)].model_copy(update={name: "quite new"})
        params = node.params.model_copy(update={field: tuple(records)})
        other = kind(params, node.node_id)
        try:
            found = other.infer(inputs, bench.design)[port]
        except SummitError as error:
            if error.code != "column_missing":  # What stands below computes with the old name.
                raise
            continue
        columns = list(visible(outputs[port]))
        columns[index] = replace(columns[index], name="quite new")
        assert visible(found) == Schema(tuple(columns))


COMPUTED = {
    "fill_missing": ("amount", {"amount", "name"}),
    "derive": ("big", {"net"}),
    "rules": ("amount_positive_ok", {"amount"}),
    "lookup": ("name", {"name"}),
}
"""Of node types, a column of an example and what it is made of, as a person reads it there."""


def test_a_column_that_an_example_computes_reads_what_it_says(bench, catalogue):
    found = {}
    for kind_id in COMPUTED:
        kind = catalogue.get(kind_id)
        for example in kind.examples:
            node, inputs, outputs = asked(kind, example, bench)
            for made in node.made(inputs, outputs)[kind.outputs[0].name]:
                found.setdefault((kind_id, made.name), []).append({r.column for r in made.reads})
    for kind_id, (column, reads) in COMPUTED.items():
        if (kind_id, column) in found:
            assert reads in found[kind_id, column]
    assert ("fill_missing", "amount") in found
