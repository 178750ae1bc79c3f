"""The lineage of a column: where it comes from, and where it goes.

Followed over the nodes as they run, those inside modules too, by what each node type says of itself
(`NodeType.made`). What no type can say, such as what code does with a row, is said to be lost.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from summit_studio.core.errors import InvalidParams, SummitError, Where
from summit_studio.core.schema import Schema
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import PortRef
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import SinkNode, visible
from summit_studio.nodes.made import Made, Makes, Read
from summit_studio.planning.check import Checked
from summit_studio.planning.graph import order
from summit_studio.planning.modules import drawn_id


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column of an output port: `orders.rows.amount`."""

    node: str
    port: str
    column: str

    def __str__(self) -> str:
        return f"{self.node}.{self.port}.{self.column}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others: letter case of the name does not."""
        return self.node, self.port, self.column.casefold()


class Kind(StrEnum):
    """What becomes of a column at a node."""

    BEGINS = "begins"  # A source gives it, or it is made of no other.
    PASSES = "passes"  # As it is, and by the same name.
    RENAMED = "renamed"  # As it is, by another name.
    MADE = "made"  # Computed.
    READ = "read"  # A field reads it, to decide by.
    WRITTEN = "written"  # A sink writes it.
    LOST = "lost"  # It cannot be told.


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way of a column.

    Args:
        node: The node, with the ids of modules around it.
        title: What people call it.
        port: The output port of `column`; empty where the step gives no column.
        column: The column that the node gives; of READ, WRITTEN and LOST the one that it takes.
        reads: The columns before it, of outputs upstream.
        how: The expression, or the words; of LOST why.
        field: The param that says so.
    """

    kind: Kind
    node: str
    title: str
    port: str
    column: str
    reads: tuple[ColumnRef, ...] = ()
    how: str = ""
    field: str = ""

    @property
    def ref(self) -> ColumnRef | None:
        """The column that it gives."""
        return ColumnRef(self.node, self.port, self.column) if self.port else None


@dataclass(frozen=True, slots=True)
class Lineage:
    """The lineage of a column.

    Args:
        column: The column.
        step: How it comes about where it is.
        up: The steps before it, sources first.
        down: The steps after it, the nearest first.
        edges: Pairs of ports between which it passes, as they run.
    """

    column: ColumnRef
    step: Step
    up: tuple[Step, ...]
    down: tuple[Step, ...]
    edges: tuple[tuple[PortRef, PortRef], ...] = ()

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes on the way as they are drawn, each once."""
        steps = (*self.up, self.step, *self.down)
        return tuple(dict.fromkeys(drawn_id(step.node) for step in steps))

    @property
    def lost(self) -> tuple[Step, ...]:
        """The steps that cannot be followed."""
        return tuple(s for s in (*self.up, self.step, *self.down) if s.kind is Kind.LOST)


class Columns:
    """How the columns of a checked document hang together. Follows nodes when it is asked.

    Args:
        checked: The document; nodes whose schemas are not known are not followed.
    """

    def __init__(self, checked: Checked) -> None:
        self._checked = checked
        self._places = {node_id: i for i, node_id in enumerate(order(checked.document))}
        self._makes: dict[str, Makes] = {}
        self._into: dict[str, dict[str, list[PortRef]]] = defaultdict(lambda: defaultdict(list))
        self._out: dict[PortRef, list[tuple[str, str, int]]] = defaultdict(list)
        for edge in checked.document.edges:
            feeds = self._into[edge.target.node][edge.target.port]
            self._out[edge.source].append((edge.target.node, edge.target.port, len(feeds)))
            feeds.append(edge.source)

    def ref(self, node: str, port: str, column: str) -> ColumnRef:
        """Return a column as it is written; the port of a module is that of a node inside it.

        Raises:
            SummitError: There is no such node, port or column, or its columns are not known.
        """
        at = self._checked.outputs.get(PortRef(node, port), PortRef(node, port))
        schema = self._checked.schemas.get(at)
        if schema is None:
            raise SummitError(
                f"The columns of '{at}' are not known",
                why="the port does not exist, or the pipeline has problems before it",
                do="see what `summit validate` says",
                code="columns_unknown",
                where=Where(node_id=node, port=port),
            )
        found = visible(schema).find(column)
        if found is None:
            near = did_you_mean(column, schema.names)
            raise InvalidParams(
                f"Cannot find the column '{column}'",
                why=f"'{at}' gives {listing(visible(schema).names)}",
                do=f"did you mean '{near}'?" if near else "name one of them",
                code="column_missing",
                where=Where(node_id=node, port=port),
            )
        return ColumnRef(at.node, at.port, found.name)

    def named(self, node: str, words: str) -> ColumnRef:
        """Return the column of a node that `COLUMN`, or `PORT.COLUMN`, names.

        Of COLUMN alone it is that of the first port which has it.

        Raises:
            SummitError: As `ref`.
        """
        checked = self._checked
        ports = [ref.port for ref in checked.schemas if ref.node == node]
        for port in ports:
            if words in visible(checked.schemas[PortRef(node, port)]):
                return self.ref(node, port, words)
        port, dot, column = words.partition(".")
        if dot and port in ports:
            return self.ref(node, port, column)
        if node not in {*checked.document.nodes, *checked.drawn.nodes}:
            near = did_you_mean(node, checked.drawn.nodes)
            raise SummitError(
                f"There is no node '{node}'",
                why=f"the pipeline has {listing(checked.drawn.nodes) or 'none'}",
                do=f"did you mean '{near}'?" if near else "name one of them",
                code="node_missing",
            )
        return self.ref(node, ports[0] if ports else "rows", words)

    def trace(self, column: ColumnRef) -> Lineage:
        """Return where a column comes from and where it goes."""
        edges: dict[tuple[PortRef, PortRef], None] = {}
        up = {step.ref.key: step for step in self._up(column, edges) if step.ref}
        own = up.pop(column.key)
        down = tuple(dict.fromkeys(self._down(column, edges)))
        return Lineage(
            column,
            own,
            tuple(sorted(up.values(), key=self._place)),
            tuple(sorted(down, key=self._place)),
            tuple(edges),
        )

    def _place(self, step: Step) -> tuple[int, int]:
        node = self._node(step.node)
        ports = [port.name for port in node.output_ports()] if node else []
        port = ports.index(step.port) if step.port in ports else len(ports)
        return self._places.get(step.node, len(self._places)), port

    def _up(self, column: ColumnRef, edges: dict[tuple[PortRef, PortRef], None]) -> Iterator[Step]:
        seen, todo = {column.key}, [column]
        while todo:
            step = self._step(todo.pop())
            yield step
            for ref, end in self._reads(step):
                edges[PortRef(ref.node, ref.port), end] = None
                if ref.key not in seen:
                    seen.add(ref.key)
                    todo.append(ref)

    def _reads(self, step: Step) -> Iterator[tuple[ColumnRef, PortRef]]:
        """Yield the columns before a step, each with the input by which it comes."""
        made = self._made(ColumnRef(step.node, step.port, step.column))
        for read in made.reads if made else ():
            ref = self._before(step.node, read)
            if ref is not None:
                yield ref, PortRef(step.node, read.port)

    def _step(self, column: ColumnRef) -> Step:
        """Return how a column comes about."""
        node, made = self._node(column.node), self._made(column)
        if node is None or made is None:
            kind, how = Kind.LOST, _why_lost(node)
            return Step(kind, column.node, self._title(column.node), column.port, column.column,
                        how=how)  # fmt: skip
        reads = tuple(ref for read in made.reads if (ref := self._before(column.node, read)))
        return Step(
            _kind(made), column.node, self._title(column.node), column.port, made.name, reads,
            made.how, made.field,
        )  # fmt: skip

    def _down(
        self, column: ColumnRef, edges: dict[tuple[PortRef, PortRef], None]
    ) -> Iterator[Step]:
        seen, todo = {column.key}, [column]
        while todo:
            ref = todo.pop()
            for node_id, port, edge in self._out[PortRef(ref.node, ref.port)]:
                read = Read(port, ref.column, edge)
                steps = list(self._after(node_id, read, ref))
                if steps:
                    edges[PortRef(ref.node, ref.port), PortRef(node_id, port)] = None
                yield from steps
                for step in steps:
                    if step.ref and step.ref.key not in seen:
                        seen.add(step.ref.key)
                        todo.append(step.ref)

    def _after(self, node_id: str, read: Read, ref: ColumnRef) -> Iterator[Step]:
        """Yield what a node does with a column that it takes."""
        node = self._node(node_id)
        title = self._title(node_id)
        if isinstance(node, SinkNode):
            how = node.target() or node.summary()
            yield Step(Kind.WRITTEN, node_id, title, "", ref.column, (ref,), how)
        elif node is None or not self._follows(node):
            yield Step(Kind.LOST, node_id, title, "", ref.column, (ref,), _why_lost(node))
            return
        covered = []
        for port, makes in self._all(node_id).items():
            if not self._shown(node, port):
                continue
            for made in makes:
                if _reads(made.reads, read):
                    covered.append(made.field)
                    yield self._step(ColumnRef(node_id, port, made.name))
        inputs = self._checked.inputs(node_id) or {}
        for use in node.uses(inputs, self._outputs(node_id)):
            inside = any(c and f"{use.field}.".startswith(f"{c}.") for c in covered)
            if not inside and _reads(use.reads, read):
                yield Step(Kind.READ, node_id, title, "", ref.column, (ref,), use.text, use.field)

    def _follows(self, node: AnyNode) -> bool:
        """Return True if what a node gives by its own ports can be told."""
        return all(port.name in self._all(node.node_id) for port in node.outputs)

    def _shown(self, node: AnyNode, port: str) -> bool:
        """Return True of a port whose rows go on, and of the first."""
        first = bool(node.outputs) and node.outputs[0].name == port
        return first or bool(self._out.get(PortRef(node.node_id, port)))

    def _node(self, node_id: str) -> AnyNode | None:
        return self._checked.nodes.get(node_id)

    def _title(self, node_id: str) -> str:
        node = self._checked.nodes.get(node_id)
        return node.node_title if node else node_id

    def _before(self, node_id: str, read: Read) -> ColumnRef | None:
        """Return the column of an output that an input reads."""
        feeds = self._into[node_id][read.port]
        if read.edge >= len(feeds):
            return None
        at = feeds[read.edge]
        return ColumnRef(at.node, at.port, read.column)

    def _made(self, column: ColumnRef) -> Made | None:
        makes = self._all(column.node).get(column.port, ())
        return next((m for m in makes if m.name.casefold() == column.column.casefold()), None)

    def _outputs(self, node_id: str) -> dict[str, Schema]:
        schemas = self._checked.schemas
        return {ref.port: s for ref, s in schemas.items() if ref.node == node_id}

    def _all(self, node_id: str) -> Makes:
        """Return how all columns of a node come about; nothing of what does not fit its ports."""
        if node_id not in self._makes:
            self._makes[node_id] = self._ask(node_id)
        return self._makes[node_id]

    def _ask(self, node_id: str) -> Makes:
        node, inputs = self._node(node_id), self._checked.inputs(node_id)
        outputs = self._outputs(node_id)
        if node is None or inputs is None or not outputs:
            return {}
        return makes_of(node, inputs, outputs)


def makes_of(
    node: AnyNode, inputs: Mapping[str, tuple[Schema, ...]], outputs: Mapping[str, Schema]
) -> Makes:
    """Return how the columns of a node come about, of the ports for which it can be told."""
    try:
        found = node.made(inputs, outputs)
    except SummitError:
        return {}
    return {port: made for port, made in found.items() if port in outputs}


def _reads(reads: Iterable[Read], wanted: Read) -> bool:
    folded = wanted.column.casefold()
    return any(
        r.port == wanted.port and r.edge == wanted.edge and r.column.casefold() == folded
        for r in reads
    )


def _kind(made: Made) -> Kind:
    if not made.reads:
        return Kind.MADE if made.how and made.field else Kind.BEGINS
    if made.how:
        return Kind.MADE
    same = all(read.column.casefold() == made.name.casefold() for read in made.reads)
    return Kind.PASSES if same else Kind.RENAMED


def _why_lost(node: AnyNode | None) -> str:
    return "the node cannot be read" if node is None else node.untold
