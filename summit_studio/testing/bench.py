"""A small executor for node types: each runs for real, in a workspace of a test's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from summit_studio.backends.local.content import ContentSum
from summit_studio.core.cancel import CancelToken
from summit_studio.core.refusal import Refusal, kept_rows, refused_rows
from summit_studio.core.schema import REJECTED, Schema, rejects_of
from summit_studio.core.sql import quote_name
from summit_studio.document.model import Document, Node
from summit_studio.expressions.binder import Binder
from summit_studio.expressions.connect import locked_connection
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import (
    CodeNode,
    DesignContext,
    Example,
    Input,
    Parted,
    Relation,
    RelationalNode,
    Rows,
    RunContext,
    SinkNode,
    SourceNode,
)
from summit_studio.nodes.transforms.module import ModuleNode
from summit_studio.planning.check import check
from summit_studio.secrets.store import SecretStore
from summit_studio.testing.broken import broken, require
from summit_studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.formats.contract import Loaded


@dataclass(frozen=True)
class Table:
    """Typed rows: what an example gives, and what an execution delivers."""

    schema: Schema
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Rows) -> Self:
        """Return the rows of an example, values as their types have them."""
        schema = Schema.of(rows.schema)
        return cls(schema, rows_of(arrow(schema, rows.rows)))

    def arrow(self) -> "pa.Table":
        """Return them as Arrow."""
        return arrow(self.schema, self.rows)

    def marked(self, name: str = "row_marker", first: int = 0) -> "Table":
        """Return these rows with their number in a further column."""
        schema = Schema.of([*((c.name, c.type) for c in self.schema), (name, "BIGINT")])
        return Table(schema, [(*row, first + i) for i, row in enumerate(self.rows)])


def arrow(schema: Schema, rows: Sequence[tuple[Any, ...]]) -> "pa.Table":
    """Return rows as Arrow, each value read by DuckDB as the column's type."""
    with locked_connection() as con:
        columns = ", ".join(f"{quote_name(c.name)} {c.type}" for c in schema)
        con.execute(f"CREATE TABLE given ({columns})")
        for row in rows:
            con.execute(f"INSERT INTO given VALUES ({', '.join('?' * len(row))})", list(row))
        return con.sql("FROM given").to_arrow_table()


def rows_of(table: "pa.Table") -> list[tuple[Any, ...]]:
    """Return the rows of a table as tuples."""
    columns = [column.to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True)) if columns else []


@dataclass
class Bench:
    """Binds, infers and executes node types in one workspace.

    Args:
        workspace: A folder that nobody else uses; trusted.
        binder: Infers the types of queries.
        catalogue: The node types.
        threads: That DuckDB uses.
    """

    workspace: Workspace
    binder: Binder
    catalogue: Catalogue
    threads: int = 1
    marker: ClassVar[str] = "row_marker"
    table: ClassVar[type[Table]] = Table

    @classmethod
    def at(cls, folder: Path, *kinds: type[AnyNode]) -> Self:
        """Return a bench in a folder, with the installed node types and others.

        Args:
            folder: A folder that nobody else uses, made if missing.
            kinds: Node types that are not installed.
        """
        folder.mkdir(parents=True, exist_ok=True)
        known = {kind.id: kind for kind in [*Catalogue.load(), *kinds]}
        opened = Workspace.open(folder)
        return cls(replace(opened, trusted=True), Binder(), Catalogue(known))

    @property
    def design(self) -> DesignContext:
        """What a node may use while it is drawn."""
        return DesignContext(self.workspace, self.binder, SecretStore(self.workspace.root))

    @property
    def run(self) -> RunContext:
        """What a node may use while it runs."""
        return RunContext(
            "contract", self.workspace, SecretStore(self.workspace.root), CancelToken()
        )

    def bind(self, type_id: str, params: Mapping[str, Any]) -> AnyNode:
        """Return a node of a type."""
        return self.catalogue.bind(Node("example", type_id, params))

    def prepare(self, files: Mapping[str, str | bytes]) -> None:
        """Put files in place, by relative path, and read the workspace anew."""
        for name, content in files.items():
            path = self.workspace.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            path.write_bytes(data)
        opened = Workspace.open(self.workspace.root)
        self.workspace = Workspace(opened.root, opened.connections, trusted=True)

    def given(self, example: Example) -> dict[str, tuple[Table, ...]]:
        """Return the rows that an example gives, by input port."""
        return {
            port: (Table.of(rows),) if isinstance(rows, Rows) else tuple(map(Table.of, rows))
            for port, rows in example.given.items()
        }

    def infer(self, node: AnyNode, given: Mapping[str, tuple[Table, ...]]) -> Mapping[str, Schema]:
        """Return the schemas of a node's output ports."""
        inputs = {port: tuple(t.schema for t in tables) for port, tables in given.items()}
        found = node.infer(inputs, self.design)
        if isinstance(node, SinkNode) and node.can_reject:
            return {REJECTED: rejects_of(next(iter(inputs.values()))[0]), **found}
        return found

    def typed(self, rows: Rows) -> Table:
        """Return the rows of an example as a table."""
        return Table.of(rows)

    def relate(
        self, node: RelationalNode[Any], given: Mapping[str, tuple[Table, ...]]
    ) -> tuple[Relation, dict[str, "pa.Table"]]:
        """Return a node's queries over `given`, and the tables they read."""
        inputs: dict[str, tuple[Input, ...]] = {}
        tables: dict[str, pa.Table] = {}
        for port, group in given.items():
            named = [(f"{port} {i}", table) for i, table in enumerate(group)]
            inputs[port] = tuple(Input(quote_name(name), table.schema) for name, table in named)
            tables |= {name: table.arrow() for name, table in named}
        relation = node.relation(inputs)
        built = {name.strip('"'): query for name, query in relation.built.items()}
        return relation, tables | self.query(built, tables)

    def execute(
        self, node: AnyNode, given: Mapping[str, tuple[Table, ...]]
    ) -> dict[str, "pa.Table"]:
        """Return what each output port delivers, as Arrow.

        Raises:
            Broken: A sink counts, or reads back, other rows than it was handed.
        """
        schemas = self.infer(node, given)
        if isinstance(node, RelationalNode):
            relation, tables = self.relate(node, given)
            return self.query(relation.ports, tables)
        if isinstance(node, SourceNode):
            return self._read(node, schemas)
        if isinstance(node, SinkNode):
            return self._write(node, next(iter(given.values()))[0])
        if isinstance(node, ModuleNode):
            return self._put_in(node)
        if not isinstance(node, CodeNode):
            broken("A node type is a source, a relation, code or a sink", f"'{node.id}' is none")
        return self._process(node, given, schemas["rows"])

    def query(
        self, queries: Mapping[str, str], tables: Mapping[str, "pa.Table"]
    ) -> dict[str, "pa.Table"]:
        """Return what queries over tables give, by port."""
        with locked_connection(self.threads) as con:
            for name, table in tables.items():
                con.register(name, table)
            return {port: con.sql(query).to_arrow_table() for port, query in queries.items()}

    def _put_in(self, node: ModuleNode) -> dict[str, "pa.Table"]:
        """Put a module in its node's place; what stands there are other nodes, with tests."""
        document = Document(nodes={"example": Node("example", node.id, node.params.model_dump())})
        found = check(document, self.catalogue, self.design)
        require(found.ok, f"'{node.id}' can be put in", "; ".join(map(str, found.problems)))
        return {}

    def _process(
        self, node: CodeNode[Any], given: Mapping[str, tuple[Table, ...]], output: Schema
    ) -> dict[str, "pa.Table"]:
        import pyarrow as pa

        inputs = {port: tuple(t.schema for t in tables) for port, tables in given.items()}
        processor = node.open(inputs, output, self.run)
        made = processor.process(given["rows"][0].arrow())
        last = processor.finish()
        if isinstance(made, Parted):
            return _parted(given["rows"][0].arrow(), made)
        return {"rows": made if last is None else pa.concat_tables([made, last])}

    def _read(self, node: SourceNode[Any], schemas: Mapping[str, Schema]) -> dict[str, "pa.Table"]:
        first = next(iter(schemas))
        reader = node.open(schemas[first], self.run)
        try:
            loaded: list[Loaded] = [chunk.load() for chunk in reader.chunks()]
        finally:
            reader.close()
        found = {first: _joined([one.rows for one in loaded], schemas[first])}
        if node.can_reject:
            rejects = [one.rejected for one in loaded if one.rejected is not None]
            found["rejected"] = _joined(rejects, node.rejects(schemas[first]))
        return found

    def _write(self, node: SinkNode[Any], rows: Table) -> dict[str, "pa.Table"]:
        import pyarrow as pa

        refused: list[pa.Table] = []
        kept = rows.arrow()

        def refuse(batch: pa.Table, refusals: Sequence[Refusal]) -> None:
            nonlocal kept
            refused.append(refused_rows(batch, refusals))
            kept = kept_rows(batch, refusals)

        context = replace(self.run, refuse=refuse if node.can_reject else None)
        writer = node.open(rows.schema, context)
        writer.write(kept)
        counted = writer.prepare()
        promise = "A writer counts the rows that its target took"
        require(counted in {None, kept.num_rows}, promise, f"of {kept.num_rows} it says {counted}")
        back = writer.read_back()
        if back is not None:
            handed, found = ContentSum(), ContentSum()
            handed.add(writer.image(kept))
            for batch in back:
                found.add(batch)
            same = (found.rows, found.sum) == (handed.rows, handed.sum)
            require(same, "What is read back is what was handed over", "the rows are others")
        published = writer.commit(0)
        promise = "A commit tells how many rows it made visible"
        told = f"of {kept.num_rows} it tells {published.rows}"
        require(published.rows == kept.num_rows, promise, told)
        return {REJECTED: pa.concat_tables(refused)} if refused else {}


def _joined(tables: Sequence["pa.Table"], schema: Schema) -> "pa.Table":
    import pyarrow as pa

    return pa.concat_tables(tables) if tables else arrow(schema, [])


def _parted(batch: "pa.Table", parted: Parted) -> dict[str, "pa.Table"]:
    """Return the rows of a batch by the ports they go out by."""
    import pyarrow as pa

    found = {port: batch.take(pa.array(rows, pa.int64())) for port, rows in parted.rows.items()}
    return {**found, REJECTED: refused_rows(batch, parted.refusals)}
