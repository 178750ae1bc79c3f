"""Runs the examples that a node type declares: they are its tests, too."""

from typing import TYPE_CHECKING

from summit_studio.core.problems import Severity
from summit_studio.core.schema import REJECTED, Schema, carried, from_arrow
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import Example, SourceNode, visible
from summit_studio.testing.bench import Bench, rows_of
from summit_studio.testing.broken import require

if TYPE_CHECKING:
    import pyarrow as pa


def run_examples(bench: Bench, kind: type[AnyNode]) -> None:
    """Run every example of a node type in the bench's workspace, one after the other.

    Raises:
        Broken: There is none, or one gives other rows, columns or files than it declares.
    """
    require(bool(kind.examples), f"'{kind.id}' declares an example", "there is none")
    for example in (one for one in kind.examples if not one.server):
        run_example(bench, kind, example)


def run_example(bench: Bench, kind: type[AnyNode], example: Example) -> None:
    """Run one example: design time and run time agree, and both are what is declared.

    Raises:
        Broken: It has a problem, or gives other rows, columns or files than it declares.
    """
    promise = f"'{example.title}' of '{kind.id}' gives what it declares"
    bench.prepare(example.files)
    node = bench.bind(kind.id, example.params)
    given = bench.given(example)
    schemas = dict(bench.infer(node, given))
    inputs = {port: tuple(t.schema for t in tables) for port, tables in given.items()}
    problems = [p for p in node.check(inputs, bench.design) if p.severity is Severity.ERROR]
    require(not problems, promise, f"it has a problem: {'; '.join(map(str, problems))}")
    ports = {port.name for port in kind.output_ports()}
    require(schemas.keys() <= ports, promise, f"its ports are {sorted(schemas)}")
    delivered = bench.execute(node, given)
    if isinstance(node, SourceNode) and node.can_reject:
        schemas.setdefault(REJECTED, node.rejects(schemas[kind.outputs[0].name]))
    for port, rows in example.expected.items():
        wanted, inferred = Schema.of(rows.schema), schemas.get(port, Schema())
        require(inferred.columns == wanted.columns, promise, f"'{port}' is inferred as {inferred}")
        require(port in delivered, promise, f"port '{port}' gave nothing")
        found = _visible(delivered[port])
        type_ = carried(from_arrow(found.schema))
        require(type_ == wanted, promise, f"'{port}' has {type_}")
        same = rows_of(found) == bench.typed(rows).rows
        require(same, promise, f"'{port}' has {rows_of(found)}")
    told = {REJECTED, *(port.name for port in kind.outputs[:1])} - example.expected.keys()
    for port in told & delivered.keys():
        count = delivered[port].num_rows
        require(not count, promise, f"'{port}' has {count} rows, of which it says nothing")
    for name, text in example.written.items():
        path = bench.workspace.root / name
        wrote = path.read_bytes().decode() if path.exists() else None
        require(wrote == text, promise, f"{name} holds {wrote!r}")


def _visible(table: "pa.Table") -> "pa.Table":
    return table.select(list(visible(from_arrow(table.schema)).names))
