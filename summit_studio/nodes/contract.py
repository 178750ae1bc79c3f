"""What a node type is. Each kind below says what it can do; the planner and engine know no more.

A node type is a class; an instance is that type bound to its params in one pipeline. Instances
hold no state of a run.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from summit_studio.connectors.breaker import Breaker, Breakers
from summit_studio.connectors.pooling import Pools
from summit_studio.connectors.transaction import Transactions
from summit_studio.core.cancel import CancelToken
from summit_studio.core.changes import OP
from summit_studio.core.epochs import Checkpoint, Position, SinkKey, Step
from summit_studio.core.errors import Where
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.refusal import Refusal, Refuse
from summit_studio.core.schema import HIDDEN, RAW_REJECTS, REJECTED, Schema, carried, rejects_of
from summit_studio.formats.contract import Finding, Loaded, Raw
from summit_studio.nodes.made import Made, Makes, Read, Use, passed, rejected, renamed_in, uses_in
from summit_studio.nodes.params import Params
from summit_studio.nodes.words import first_field

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from summit_studio.expressions.binder import Binder
    from summit_studio.nodes.targets import Target
    from summit_studio.secrets.store import SecretStore
    from summit_studio.workspace.connections import Connection
    from summit_studio.workspace.workspace import Workspace

P = TypeVar("P", bound=Params)


class Replay(StrEnum):
    """What a source gives when it is read again from a position."""

    EXACT = "exact"  # The very rows, in order and in the same chunks.
    ORDERED = "ordered"  # The rows behind it, in order; those changed meanwhile may be newer.
    NONE = "none"  # It cannot be read from a position, only from its beginning.


class Category(StrEnum):
    """Where the library lists a node type."""

    SOURCE = "source"
    TRANSFORM = "transform"
    QUALITY = "quality"
    CODE = "code"
    SINK = "sink"


class Delivery(StrEnum):
    """What a sink promises when a run dies half-way; shown as a badge."""

    TRANSACTIONAL = "T"  # Rows and progress commit together: effectively once.
    ATOMIC = "A"  # Files appear whole or not at all.
    IDEMPOTENT = "I"  # Writing a row twice leaves one.
    NONE = "N"  # At least once.


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a node type.

    Args:
        required: An input that must have an edge.
        many: An input that takes any number of edges.
    """

    name: str
    doc: str = ""
    required: bool = True
    many: bool = False


ROWS = Port("rows", "The rows.")
"""The port of a node with one input or one output."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Typed rows of an example: `Rows({"id": "BIGINT"}, [(1,), (2,)])`."""

    schema: Mapping[str, str]
    rows: Sequence[tuple[Any, ...]] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A declared example: a test, a page of the reference and a card in the gallery.

    Args:
        given: Rows by input port; a list where the port takes many edges.
        expected: Rows by output port, in order.
        files: Files that stand in the workspace before, by relative path.
        written: For sinks: text that must stand in files afterwards, by relative path.
        code: True if the example runs a person's code, so needs a trusted workspace.
        server: True if it reads a server, so that it runs only where there is one.
    """

    title: str
    params: Mapping[str, Any]
    given: Mapping[str, Rows | Sequence[Rows]] = field(default_factory=dict)
    expected: Mapping[str, Rows] = field(default_factory=dict)
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    code: bool = False
    server: bool = False


Inputs = Mapping[str, tuple[Schema, ...]]
"""The schemas that arrive at each input port, one an edge, in edge order."""

Outputs = Mapping[str, Schema]
"""The schema of each output port; a port is left out where it cannot be known yet."""


@dataclass(frozen=True, slots=True)
class DesignContext:
    """What a node may use while a pipeline is being drawn or checked.

    Args:
        probe: False forbids everything but reading local files inside the workspace: no database
            and no network (a pipeline from a stranger).
        cache: Remembers probes (`cache(key, compute)`), keyed by all that the answer depends on.
        cancel: Stops a long look at a file.
        written: The targets of the pipeline's sinks (`connection:table`, paths).
        rejecting: The nodes whose rejected port leads somewhere.
        pinned: The columns of pinned rows by node and port, for where nothing else tells them.
    """

    workspace: "Workspace"
    binder: "Binder"
    secrets: "SecretStore"
    probe: bool = True
    cache: Callable[[tuple[Any, ...], Callable[[], Any]], Any] = lambda _key, compute: compute()
    cancel: CancelToken = field(default_factory=CancelToken)
    written: frozenset[str] = frozenset()
    rejecting: frozenset[str] = frozenset()
    pinned: Mapping[tuple[str, str], Schema] = field(default_factory=dict)

    def tables(self, connection: str) -> list[str]:
        """Return the tables of a connection that sinks of this pipeline write."""
        return _tables(self.written, connection)


def _untold(label: str) -> None:
    """Take no notice of a step."""
    del label


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a node may use while it runs. Shared by the run's threads.

    Args:
        batch_rows: Rows a batch should have.
        batch_bytes: Bytes of text that a batch of a text file is read from.
        row_limit: A source stops after so many rows (preview); None reads all.
        spill_folder: A folder of this run's own, deleted at its end.
        written: The targets of the run's sinks (`connection:table`, paths).
        transactions: Those that sinks writing one database file, or related tables, share.
        started: When the run began: what every clock function tells, for every row.
        refuse: Takes the rows that the target of a sink refuses; None, where they have nowhere to
            go, ends the run at the first. A sink calls it on its own thread while it writes.
        start: Where a source goes on: the position of a chunk that it made in a run before, or
            None for its beginning.
        checkpoint: Of a sink, where its target keeps how far it is; its writers move it as they
            commit. None where nothing is kept.
        step: Told each step of the delivery before it is taken.
        breakers: The circuit breakers of the connections.
        window: What a source reads in the whole of the load, as its `begin_load` said; None where
            it reads all.
        pools: The sessions of the connections; None opens one for each call.
        epoch: The first that a node which parts rows will see: what it keeps of those before holds.
        reenters: True if the rows are dead letters of a load, tried again, and no load.
    """

    run_id: str
    workspace: "Workspace"
    secrets: "SecretStore"
    cancel: CancelToken
    batch_rows: int = 100_000
    batch_bytes: int = 8 << 20
    row_limit: int | None = None
    spill_folder: "Path | None" = None
    written: frozenset[str] = frozenset()
    transactions: Transactions = field(default_factory=Transactions)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    refuse: Refuse | None = None
    start: Position | None = None
    checkpoint: Checkpoint | None = None
    step: Step = _untold
    breakers: Breakers = field(default_factory=Breakers)
    window: Mapping[str, Any] | None = None
    pools: Pools | None = None
    epoch: int = 1
    reenters: bool = False

    def writes_to(self, connection: str) -> bool:
        """Return True if a sink of this run writes a table of the connection."""
        return bool(self.tables(connection))

    def tables(self, connection: str) -> list[str]:
        """Return the tables of a connection that sinks of this run write."""
        return _tables(self.written, connection)

    def breaker(self, connection: str) -> Breaker:
        """Return the circuit breaker of a connection."""
        return self.breakers.of(self.workspace.connection(connection))


def _tables(targets: frozenset[str], connection: str) -> list[str]:
    begin = f"{connection}:"
    return sorted(t.removeprefix(begin) for t in targets if t.startswith(begin))


class NodeType(ABC, Generic[P]):
    """Base of all node types.

    Class attributes declare the type; `__doc__`'s first line is its one-sentence description.

    Args:
        params: The validated params.
        node_id: The node's id in its document.
        title: What people call the node.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    category: ClassVar[Category]
    icon: ClassVar[str]
    keywords: ClassVar[tuple[str, ...]] = ()
    params_class: ClassVar[type[Params]]
    inputs: ClassVar[tuple[Port, ...]] = (ROWS,)
    outputs: ClassVar[tuple[Port, ...]] = (ROWS,)
    can_reject: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = ()
    runs_code: ClassVar[bool] = False
    passes: ClassVar[tuple[str, ...]] = ()
    """The output ports that give columns of the first input, all of them and as they are."""
    builds_on_names: ClassVar[bool] = False
    """True if expressions of an entry may use the columns that the entries above it name."""
    untold: ClassVar[str] = "its type does not say how its columns come about"
    """Why `made` leaves out a port."""
    reads_changes: ClassVar[bool] = False
    """True of a node that sees each change with what happened, and says itself what it gives.

    Past the expressions of others deletes go by, where each row that they give stands for one."""

    def __init__(self, params: P, node_id: str = "node", title: str | None = None) -> None:
        self.params = params
        self.node_id = node_id
        self.node_title = title or self.title

    @classmethod
    def output_ports(cls) -> tuple[Port, ...]:
        """Return the declared outputs and, where rows can fail, the rejected port."""
        rejected = Port(REJECTED, "Rows that failed here, with the reason.", required=False)
        return (*cls.outputs, rejected) if cls.can_reject else cls.outputs

    @classmethod
    def shaped(cls, params: Mapping[str, Any], workspace: "Workspace") -> "type[NodeType[Any]]":
        """Return the type with the ports and fields that these params give it.

        Most have them whatever their params are. May read a local file inside the workspace.

        Args:
            params: As they stand in a document; they may be incomplete.
            workspace: Where relative paths begin.

        Raises:
            SummitError: What the params name cannot be read.
        """
        del params, workspace
        return cls

    @classmethod
    def sentence(cls) -> str:
        """Return the one sentence that describes this type."""
        return (cls.__doc__ or cls.title).strip().split("\n", 1)[0]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return what a search for this type looks at, the most telling first."""
        return (cls.title, cls.id, *cls.keywords, cls.sentence())

    @classmethod
    def brief(cls, words: str) -> dict[str, Any]:
        """Return the params that a few words stand for, as typed after a new node's name.

        Most node types take them as their first field that holds an expression, columns or a path.

        Raises:
            InvalidParams: They say nothing to this type.
        """
        return first_field(cls.params_class, words)

    @classmethod
    def origin(cls, port: str) -> str | None:
        """Return the input port of which each row of an output port stands for one row.

        None where rows stand for several, or for none: where they came from is then lost.
        """
        return cls.inputs[0].name if port == REJECTED and cls.inputs else None

    def summary(self) -> str:
        """Return the second line of the card: what this node does with its params."""
        return ""

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield what is wrong with the params for these inputs, beyond what `infer` raises."""
        del inputs, context
        yield from ()

    @abstractmethod
    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the output schemas, exactly those the run will deliver.

        Raises:
            SummitError: The params do not fit the inputs, or a source cannot be looked at.
        """

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return how each column comes about, by output port and in the order of its columns.

        A port is left out where that cannot be told; nothing is guessed.

        Args:
            inputs: The schemas that arrive.
            outputs: What `infer` returned for them.
        """
        if not self.inputs or not inputs.get(self.inputs[0].name):
            return {}
        first = self.inputs[0].name
        schema = visible(inputs[first][0])
        found: dict[str, tuple[Made, ...]] = {p: passed(schema, first) for p in self.passes}
        if self.can_reject and self.origin(REJECTED) == first:
            found[REJECTED] = rejected(schema, first)
        return {port: made for port, made in found.items() if port in outputs}

    def uses(self, inputs: Inputs, outputs: Outputs) -> tuple[Use, ...]:
        """Return the fields that read columns of the inputs: to make others, or to decide."""
        del outputs
        return tuple(uses_in(self.params, inputs))

    def renamed(self, field: str, text: str, inputs: Inputs, names: Mapping[Read, str]) -> str:
        """Return what a field says once columns of the inputs have other names.

        Args:
            field: The path of a text among the params.
            text: What it says now.
            inputs: The schemas that arrive, under the old names.
            names: The new name of each column that gets one.

        Raises:
            SummitError: It cannot say so.
        """
        del inputs
        return renamed_in(self.params, field, text, names)

    def alike(self, inputs: Inputs) -> tuple[tuple[Read, ...], ...]:
        """Return columns of several inputs that go together because they have one name."""
        del inputs
        return ()

    def place(self, field_name: str | None = None) -> Where:
        """Return this node, or one of its fields, as the place of a problem or error."""
        return Where(node_id=self.node_id, node_title=self.node_title, param=field_name)

    def problem(
        self,
        code: str,
        what: str,
        *,
        field_name: str | None = None,
        why: str = "",
        do: str = "",
        severity: Severity = Severity.ERROR,
        fixes: tuple[Fix, ...] = (),
    ) -> Problem:
        """Return a problem at this node."""
        return Problem(code, what, why, do, self.place(field_name), severity, fixes)


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a query: the quoted name to read it by, and its schema."""

    table: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Relation:
    """What a relational node computes, as queries in DuckDB's dialect.

    Args:
        ports: The query of each output port, `rejected` among them. They fail on no row: what
            could fail is caught (TRY) and sent to the rejected port with REJECT_COLUMNS.
        fast: Row-wise nodes only: an equal but quicker query for the first output port, used
            until it raises; then the batch is done again with `ports`.
        filters: Row-wise nodes only: the ports that get the rows which `fast` leaves out without
            raising. A row-wise node gives each row to exactly one port.
        counts: How many rows a port must have, as queries by other means than the port's own; of
            the ports in `filters`, over what `fast` reads.
        stood_for: The column, by port, that says how many rows in each row stands for (the size of
            its group); named `__summit_...`, so that it is taken out before rows move on.
        measures: Quality rules only: a true/false column of the first port's query, by rule; a
            column named `__summit_...` is taken out before rows move on.
        built: Queries over the inputs of `builds` alone, by the quoted name of the table in which
            all other queries find their rows: it is made once.
    """

    ports: Mapping[str, str]
    fast: str | None = None
    filters: tuple[str, ...] = ()
    counts: Mapping[str, str] = field(default_factory=dict)
    stood_for: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    built: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A quality rule as the engine scores it. `threshold` is a share of rows, 0 to 1."""

    id: str
    dimension: str
    threshold: float
    critical: bool


class RelationalNode(NodeType[P]):
    """A node that is a query, so that it can run in DuckDB, in a database or on a cluster.

    Row-wise nodes see one batch at a time and keep row order; others see all their rows at once.
    """

    rowwise: ClassVar[bool] = False
    conserves: ClassVar[bool] = True
    """False where rows in and out differ by design (join, aggregate): the ledger then says so."""
    apart: ClassVar[tuple[str, ...]] = ()
    """Of nodes that are not row-wise, the inputs of which each row is treated by itself, whatever
    others come: a row that was rejected can go in again there alone."""
    in_turn: ClassVar[str] = ""
    """The one input port, where each row gives what it gives whatever others come, and the rows of
    several edges follow one another."""
    origins: ClassVar[Mapping[str, str]] = {}
    """What `origin` returns, by output port; of row-wise nodes it is their input for all.

    The queries of a port with an origin pass on whatever columns its rows have, and take no notice
    of those that are not `visible`.
    """

    @classmethod
    def origin(cls, port: str) -> str | None:
        """Return the input port of which each row of an output port stands for one row."""
        return cls.inputs[0].name if cls.rowwise else cls.origins.get(port)

    def builds(self, wanted: Collection[str]) -> tuple[str, ...]:
        """Return the inputs that are taken in whole before the rows of the other stream past them.

        Each row of that other then gives what it gives whatever others come, and an output port
        whose `origin` is one of these inputs depends on them alone. Empty (the default): the node
        waits for the rows of all its inputs.

        Args:
            wanted: The output ports whose rows somebody gets.
        """
        del wanted
        return ()

    def expected(self, rows_in: Mapping[str, int]) -> Mapping[str, int]:
        """Return the rows that ports must have, where that follows from the rows in alone."""
        del rows_in
        return {}

    @abstractmethod
    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the queries over `inputs`, one Input an edge, by port."""

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules this node scores."""
        return ()

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return what DuckDB's own binder says of the queries: the run-time types."""
        tables = {
            port: tuple(Input(f'"{port}_{i}"', s) for i, s in enumerate(schemas))
            for port, schemas in inputs.items()
        }
        known = {t.table.strip('"'): t.schema for group in tables.values() for t in group}
        relation = self.relation(tables)
        for name, query in relation.built.items():
            known[name.strip('"')] = context.binder.describe(query, known)
        return {
            port: carried(visible(context.binder.describe(query, known)))
            for port, query in relation.ports.items()
        }


def hidden(schema: Schema) -> Schema:
    """Return the columns of a schema that only the engine reads."""
    return Schema(tuple(c for c in schema if c.name.startswith(HIDDEN)))


def is_changes(schema: Schema) -> bool:
    """Return True if rows are changes: while a pipeline is drawn, or as they come in a run."""
    return schema.changes is not None or OP in schema


def visible(schema: Schema) -> Schema:
    """Return a schema without the columns that only the engine reads (`__summit_...`)."""
    return Schema(tuple(c for c in schema if not c.name.startswith(HIDDEN)), schema.changes)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a source. Cheap to make in order; `load` does the work and may run in parallel.

    Args:
        load: Called once, on any thread.
        position: Where the next chunk starts, as JSON values: the durable place to go on from. None
            where there is none, so that no epoch ends there: in the midst of a transaction.
        progress: 0 to 1 after this chunk, None where the end is not known.
    """

    load: Callable[[], Loaded]
    position: Mapping[str, Any] | None = field(default_factory=dict)
    progress: float | None = None


class Reader(ABC):
    """An open source."""

    @abstractmethod
    def chunks(self) -> Iterator[Chunk]:
        """Yield the chunks in order. Called once, on one thread."""

    def total(self) -> int | None:
        """Return how many rows the source says it delivered, rejected ones included.

        Asked once, after the last chunk was made: the server's command tag, the footers of files.
        None where it does not say, and where not all was read.
        """
        return None

    def close(self) -> None:  # noqa: B027 - most readers hold nothing open between chunks
        """Let go of files and connections; called in every case."""


class SourceNode(NodeType[P]):
    """A node that brings rows in."""

    category = Category.SOURCE
    inputs = ()
    raw_rejects: ClassVar[bool] = False
    """True if rejected rows are text with a line number (RAW_REJECTS)."""
    shows_raw: ClassVar[bool] = False
    """True if what it reads has lines that a person can look at."""

    def replay(self, context: "RunContext") -> Replay:
        """Return what reading it again from a position gives."""
        del context
        return Replay.NONE

    def epoch_fixes(self, context: "DesignContext") -> tuple[Fix, ...]:
        """Return what would let it be read from a position; nothing where nothing would.

        Databases may be asked where `context.probe` allows it.
        """
        del context
        return ()

    def fingerprint(self, context: "RunContext") -> str:
        """Return what changes whenever what was read already does; empty where nothing tells.

        Raises:
            SummitError: The source cannot be looked at.
        """
        del context
        return ""

    @property
    def loads_windows(self) -> bool:
        """True if each load reads only what is new, from where the one before has ended."""
        return False

    @property
    def held_by(self) -> str:
        """What its system holds for it, by name: no other source may read that. Empty: nothing."""
        return ""

    acknowledges: ClassVar[bool] = False
    """True if its system holds what is read until it is told that all sinks have it."""

    def acknowledge(self, context: "RunContext", watermark: str) -> None:
        """Let its system forget what stands before a watermark: every sink holds that.

        Raises:
            SummitError: It cannot be told.
        """

    @property
    def reads_again(self) -> bool:
        """True if a load may read rows that the one before has read."""
        return False

    def window_print(self, schema: Schema) -> str:
        """Return what changes whenever a watermark of this source means something else."""
        del schema
        return ""

    def watermark_of(self, schema: Schema, text: str) -> str:
        """Return what a text says of where a load is to go on, as `begin_load` writes it.

        Raises:
            SummitError: It says nothing of the kind.
        """
        del schema
        return text

    def begin_load(
        self, schema: Schema, context: "RunContext", last: str | None, now: datetime | None
    ) -> dict[str, Any]:
        """Return what a load that begins reads, as JSON values with `from` and `to`, watermarks.

        Args:
            schema: What `infer` gave.
            context: The run's.
            last: The watermark of the load before; None where there was none.
            now: The moment at which the load is to begin; None takes the clock of the source.

        Raises:
            SummitError: The source cannot be looked at, or has rows that no load would read.
        """
        raise NotImplementedError

    def most_rows(self, context: "RunContext") -> int | None:
        """Return how many rows it has at most; None where that cannot be told at once."""
        del context
        return None

    @abstractmethod
    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Open the source for reading rows of `schema`, the one `infer` gave.

        One that can be replayed begins at `context.start`, with the chunks that follow it.

        Raises:
            ReadFailed: It is gone, or not what it was.
            ConnectionFailed: The system behind it cannot be reached.
        """

    def findings(self, context: DesignContext) -> Sequence[Finding]:
        """Return what was found out where no param says it, and why; asked once `infer` did.

        Raises:
            SummitError: The source cannot be looked at.
        """
        del context
        return ()

    def raw(self, context: DesignContext, lines: int) -> Raw:
        """Return the first lines of the first file as they stand there; see `shows_raw`.

        Raises:
            SummitError: The file cannot be read.
        """
        raise NotImplementedError

    def reads(self, target: "Target", workspace: "Workspace") -> bool:
        """Return True if what a sink writes is read by this source, or would be the next time."""
        del target, workspace
        return False

    def reads_from(self, target: "Target", workspace: "Workspace") -> bool:
        """Return True if the database file that holds a target is read by this source."""
        del target, workspace
        return False

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return that all columns begin here."""
        del inputs
        return {port: tuple(Made(c.name) for c in schema) for port, schema in outputs.items()}

    def rejects(self, schema: Schema) -> Schema:
        """Return the schema of this source's rejected port."""
        return RAW_REJECTS if self.raw_rejects else rejects_of(schema)


@dataclass(frozen=True, slots=True)
class Parted:
    """By which port each row of a batch goes out, as it is.

    Args:
        rows: The places of the rows in the batch, from 0, by port, in order.
        expected: How many must go out by a port, by other means than counting those.
        read: How many rows the batch has, by other means.
        refusals: Why others are rejected.
    """

    rows: Mapping[str, Sequence[int]]
    expected: Mapping[str, int]
    read: int
    refusals: Sequence[Refusal] = ()


class Processor(ABC):
    """Running code of a code node; one a run, called on one thread, in row order."""

    @abstractmethod
    def process(self, batch: "pa.Table") -> "pa.Table | Parted":
        """Return the output rows for one batch of input rows.

        Of a node that `conserves`: by which port each of them goes out.

        Raises:
            SummitError: This batch failed; the engine looks for the guilty rows.
        """

    def finish(self) -> "pa.Table | None":
        """Return rows that come after the last batch, or None."""
        return None


class CodeNode(NodeType[P]):
    """A node that runs a person's code: batch in, batch out, with a declared output schema."""

    category = Category.CODE
    runs_code = True
    untold = "its code may read and give what it likes"
    whole: bool = False
    """True if the code must see all rows in one batch; may be a property."""
    keeps_state: bool = True
    """True if what it makes of a batch may depend on those before; may be a property.

    False also of one that, begun anew at an epoch, makes the same of the rows behind it."""
    conserves: ClassVar[bool] = False
    """True if its processor parts rows: each goes out, as it is, by one port."""

    @classmethod
    def origin(cls, port: str) -> str | None:
        """Return the input, of a node that `conserves`."""
        return cls.inputs[0].name if cls.conserves else super().origin(port)

    def epoch_fixes(self, context: DesignContext) -> tuple[Fix, ...]:
        """Return what would let epochs pass it; nothing where nothing would."""
        del context
        return ()

    @abstractmethod
    def open(self, inputs: Inputs, output: Schema, context: RunContext) -> Processor:
        """Compile the code and return what runs it."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a sink made visible.

    Args:
        location: A path or `connection: table`, for people.
        counts: Figures by word, such as `inserted`, `files`.
    """

    location: str
    rows: int
    counts: Mapping[str, int] = field(default_factory=dict)


class Writer(ABC):
    """An open sink. Calls come on one thread: write..., prepare, then commit or abort.

    Nothing is visible before `commit`; the engine commits an epoch only once every sink has
    prepared, the ledger balances and the quality gates hold.
    """

    @abstractmethod
    def write(self, batch: "pa.Table") -> None:
        """Take rows of the schema the sink was opened with."""

    @abstractmethod
    def prepare(self) -> int | None:
        """Make everything written durable, still invisible.

        Returns:
            How many rows the target itself says it holds of this run: a command tag, a footer, the
            records of the closed file. None where it has no count of its own.
        """

    def image(self, batch: "pa.Table") -> "pa.Table":
        """Return a batch as `read_back` should give it: what the target is meant to hold of it."""
        return batch

    def read_back(self) -> "Iterator[pa.Table] | None":
        """Return the rows of this run as they stand in the target, after `prepare`; in any order.

        None where they cannot be told from what else stands there.
        """
        return None

    def recount(self) -> int | None:
        """Count again what has changed since `prepare`, or return None where nothing has.

        Called on another thread, while the writer's own waits to commit.
        """
        return None

    def gather(self) -> int | None:
        """Bring together all epochs of a staged load, still invisible; after the last `prepare`.

        Returns:
            How many rows the target says that readers will find of the load. None where nothing
            is staged.
        """
        return None

    def end(self) -> None:  # noqa: B027 - most have nothing to do
        """Do what comes after the last row of a load, still invisible; after the last `prepare`."""

    @abstractmethod
    def commit(self, epoch: int) -> Published:
        """Make the epoch visible in one step; of a staged load, all of them at the last."""

    @abstractmethod
    def abort(self) -> None:
        """Undo everything not committed. May be called at any time, also twice."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """What a sink writes in a rehearsal, in place of its target.

    Args:
        params: Of the sink, those that then differ.
        said: What it is, as a sentence for people.
        connections: What those params name, beside the workspace's own.
        drop: Removes all that is not in the folder of the rehearsal; harmless where nothing is.
        make: Makes it anew, once it is dropped.
    """

    params: Mapping[str, Any]
    said: str
    connections: "tuple[Connection, ...]" = ()
    drop: Callable[[], None] | None = None
    make: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A source: the id of its type, and its params as a document has them."""

    type: str
    params: Mapping[str, Any]


class SinkNode(NodeType[P]):
    """A node that takes rows out.

    One that `can_reject` gives the rows which its target refuses to `context.refuse`, if there is
    one, and goes on with the others.
    """

    category = Category.SINK
    outputs = ()
    delivery: ClassVar[Delivery] = Delivery.NONE
    keeps_rows: ClassVar[bool] = True
    """False of a sink that only counts: where a run goes on, it has nothing to lose."""
    commits_last: ClassVar[bool] = False
    """True of a sink that tells of rows which others hold: it commits once all of them have."""
    shows: ClassVar[bool] = True
    """False of a sink whose rows no reader of a target meets."""
    takes_again: bool = False
    """True if a row that comes again leaves one in the target; may be a property."""

    def unkept_because(self) -> str:
        """Return why it keeps no watermark beside its rows; empty where it does.

        Part of a sentence.
        """
        return "its target keeps no account of how far it is" if self.keeps_rows else ""

    @classmethod
    def read_back(cls, params: Mapping[str, Any]) -> "ReadBack | None":
        """Return the source that reads what a sink with these params wrote; None if none does.

        Args:
            params: As they stand in a document, with the names of parameters in them.
        """
        del params
        return None

    def checkpoint(
        self, context: RunContext, key: SinkKey, kept_in: str | None = None
    ) -> Checkpoint | None:
        """Return where the target keeps how far this sink is, or None where it keeps nothing.

        A writer of a sink that returns one is opened for each epoch, and moves it as it commits.

        Args:
            context: The run's.
            key: Whose progress.
            kept_in: The table to keep it in, of a database; by default one beside the target.
        """
        del context, key, kept_in
        return None

    def whole_because(self, context: RunContext) -> str:
        """Return why its rows can only be published all at once; empty where epochs can.

        Part of a sentence. Its target may be asked.
        """
        del context
        return "its target keeps no account of how far it is"

    def unstaged_because(self, context: RunContext, *, refuses: bool) -> str:
        """Return why epochs cannot be kept out of sight until the last; empty where they can.

        Part of a sentence. Its target may be asked.

        Args:
            context: The run's.
            refuses: The rows that the target refuses go on from the sink.
        """
        del context, refuses
        return "its target keeps no account of how far it is"

    def epoch_fixes(self, context: DesignContext) -> tuple[Fix, ...]:
        """Return what would let its epochs be published; nothing where nothing would."""
        del context
        return ()

    @abstractmethod
    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Open the sink for the rows of an epoch, which have `schema`.

        Raises:
            WriteFailed: The target cannot take these rows; nothing there has changed.
        """

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return no outputs."""
        del inputs, context
        return {}

    def target(self) -> str:
        """Return the path, or `connection:table`, that this sink writes; empty for none."""
        return ""

    def writes(self, workspace: "Workspace") -> "Target | None":
        """Return the very file or table that this sink writes, or None where it cannot be told."""
        del workspace
        return None

    def stand_in(self, workspace: "Workspace", folder: "Path", schema: str = "") -> StandIn | None:
        """Return what it writes in a rehearsal; None where it can write nowhere else.

        Args:
            workspace: Of the pipeline.
            folder: The rehearsal's own, absolute; removed at its end.
            schema: A schema of its own to write in the very database; empty keeps to the folder.
        """
        del workspace, folder, schema
        return None

    def read_target(self, context: RunContext) -> "Iterator[pa.Table]":
        """Yield the rows that a reader of the target finds, by other means than it is written.

        None where nothing is there yet. Only where there is a `stand_in`.
        """
        del context
        raise NotImplementedError
