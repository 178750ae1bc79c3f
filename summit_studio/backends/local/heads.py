"""What a stream begins with: a source, a query, a person's code or a sink, all one kind."""

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from summit_studio.backends.contract import READ, Account, Measured, Order, Start
from summit_studio.backends.local.bisect import Guilty, find_guilty
from summit_studio.backends.local.blocking import BlockingQuery, Feed
from summit_studio.backends.local.channel import Channel, Exhausted
from summit_studio.backends.local.conform import conform
from summit_studio.backends.local.positions import Positions, bare, bare_schema
from summit_studio.backends.local.spill import folder_of
from summit_studio.core.epochs import ENDED, EpochEnd, Position
from summit_studio.core.errors import Cancelled, LedgerImbalance, SummitError
from summit_studio.core.refusal import refused_rows
from summit_studio.core.schema import AT, REJECTED, Schema, to_arrow
from summit_studio.document.model import Edge, PortRef
from summit_studio.nodes.contract import (
    Chunk,
    CodeNode,
    Parted,
    Reader,
    RelationalNode,
    RunContext,
    SourceNode,
    visible,
)
from summit_studio.planning.plan import Plan

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class Emitted:
    """Rows that a head hands on in one go, by port, and its account of them.

    Args:
        position: Where its source goes on behind them.
        mark: What the head was given behind them: the end of an epoch, or of all rows.
    """

    tables: dict[str, "pa.Table"] = field(default_factory=dict)
    rows_in: dict[str, int] = field(default_factory=dict)
    busy_secs: float = 0.0
    progress: float | None = None
    held: int | None = None
    measured: Measured | None = None
    position: Position | None = None
    mark: EpochEnd | Exhausted | None = None


class Piece(ABC):
    """A piece of a head's rows: made in order, loaded on any thread."""

    @abstractmethod
    def load(self) -> Emitted:
        """Do the work. Called once."""


class Head(ABC):
    """Makes the pieces of a stream, on the stream's feeding thread."""

    @abstractmethod
    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces in order."""

    def end(self) -> EpochEnd | None:
        """Return the mark behind all pieces; None of a head where marks begin."""
        return None

    def close(self) -> None:  # noqa: B027 - only sources hold something open
        """Let go of everything; called in every case."""


class Done(Piece):
    """A piece that needs no loading."""

    def __init__(self, emitted: Emitted) -> None:
        self._emitted = emitted

    def load(self) -> Emitted:
        """Return what was done already."""
        return self._emitted


class _Loading(Piece):
    """A chunk of a source."""

    def __init__(
        self, chunk: Chunk, port: str, schemas: Mapping[str, "pa.Schema"], positions: Positions
    ) -> None:
        self._positions = positions
        self._chunk = chunk
        self._port = port
        self._schemas = schemas

    def load(self) -> Emitted:
        begun = time.perf_counter()
        loaded = self._chunk.load()
        schema = self._schemas[self._port]
        marked = AT in schema.names
        rows = conform(self._positions.marked(loaded) if marked else loaded.rows, schema)
        tables = {self._port: rows}
        count = rows.num_rows
        if loaded.rejected is not None and loaded.rejected.num_rows:
            tables[REJECTED] = conform(loaded.rejected, self._schemas[REJECTED])
            count += loaded.rejected.num_rows
        spent = time.perf_counter() - begun
        return Emitted(
            tables,
            {READ: count},
            spent,
            self._chunk.progress,
            loaded.held,
            position=self._chunk.position,
        )


class SourceHead(Head):
    """The chunks of a source."""

    def __init__(self, order: Order, node: SourceNode[Any], positions: Positions) -> None:
        plan, context = order.plan, order.context
        self._node_id = node.node_id
        self._account: Account = order.account
        self._port = node.outputs[0].name
        self._schemas = promised(plan, node.node_id)
        schema = visible(plan.schemas[PortRef(node.node_id, self._port)])
        self._positions = positions
        start = order.epochs.starts.get(node.node_id, Start()).position
        here = replace(context, start=start, window=order.epochs.windows.get(node.node_id))
        self._reader: Reader | None = (
            None
            if start is not None and ENDED.items() <= start.items()
            else node.open(schema, here)
        )

    def pieces(self) -> Iterator[Piece]:
        """Yield the source's chunks; loading them may run in parallel."""
        if self._reader is None:
            return
        for chunk in self._reader.chunks():
            yield _Loading(chunk, self._port, self._schemas, self._positions)
        total = self._reader.total()
        if total is not None:
            self._account.set_held(self._node_id, total)

    def close(self) -> None:
        """Close the reader."""
        if self._reader is not None:
            self._reader.close()


@dataclass(frozen=True, slots=True)
class Incoming:
    """One input edge of a head or sink, and the channel its rows come through."""

    edge: Edge
    channel: Channel


class BlockingHead(Head):
    """The results of a query over whole inputs."""

    def __init__(
        self,
        order: Order,
        node: RelationalNode[Any],
        incoming: Sequence[Incoming],
        memory_limit_mb: int | None,
        positions: Positions,
    ) -> None:
        plan, context = order.plan, order.context
        self._node = node
        self._incoming = incoming
        self._ledger = order.account
        self._context = context
        self._rows_in: Counter[str] = Counter()
        outputs = {r.port: s for r, s in plan.schemas.items() if r.node == node.node_id}
        wanted = frozenset(p for p in outputs if plan.wanted(node.node_id, p))
        self._query = BlockingQuery(
            node,
            positions.inputs(node.node_id),
            outputs,
            wanted,
            told=positions.told,
            batch_rows=context.batch_rows,
            started=context.started,
            spill_folder=folder_of(context, node.node_id),
            memory_limit_mb=memory_limit_mb,
        )

    def pieces(self) -> Iterator[Piece]:
        """Yield the query's batches as they come, once all inputs are in."""
        begun = time.perf_counter()
        for port, table, measured in self._query.run(self._feeds(), self._context.cancel):
            spent = time.perf_counter() - begun
            tables = {port: table} if table is not None else {}
            yield Done(Emitted(tables, busy_secs=spent, measured=measured))
            begun = time.perf_counter()
        read = self._query.read
        for incoming in self._incoming:
            for table in self._counted(incoming):
                # What a query does not want counts as read: it is left out on purpose.
                read[incoming.edge.target.port] += table.num_rows
                self._context.cancel.check()
        expected = self._node.expected(self._rows_in)
        yield Done(Emitted(measured=Measured(expected=expected, read=read)))

    def _feeds(self) -> dict[tuple[str, int], Feed]:
        feeds: dict[tuple[str, int], Feed] = {}
        for incoming in self._incoming:
            port = incoming.edge.target.port
            index = sum(1 for p, _ in feeds if p == port)
            feeds[port, index] = lambda incoming=incoming: self._counted(incoming)  # type: ignore[misc]
        return feeds

    def _counted(self, incoming: Incoming) -> Iterator["pa.Table"]:
        for table in incoming.channel.rows():
            port = incoming.edge.target.port
            self._ledger.add(self._node.node_id, {port: table.num_rows}, {})
            self._rows_in[port] += table.num_rows
            yield table


class CodeHead(Head):
    """What a person's code makes of its input, batch by batch.

    Args:
        marks: True if marks pass it.
    """

    def __init__(
        self,
        positions: Positions,
        node: CodeNode[Any],
        incoming: Sequence[Incoming],
        context: RunContext,
        *,
        marks: bool,
    ) -> None:
        self._node = node
        self._incoming = incoming
        self._port = node.outputs[0].name
        plan = positions.plan
        self._told = positions.told
        self._marks = marks
        self._end: EpochEnd | None = None
        self._schemas = promised(plan, node.node_id)
        inputs = {p: tuple(map(bare_schema, s)) for p, s in plan.inputs(node.node_id).items()}
        output: Schema = plan.schemas[PortRef(node.node_id, self._port)]
        self._processor = node.open(inputs, output, context)

    def pieces(self) -> Iterator[Piece]:
        """Yield one piece for each input batch, then what the code adds at the end."""
        for incoming in self._incoming:
            for item in self._batches(incoming.channel):
                if isinstance(item, EpochEnd) and item.last:
                    self._end = item
                elif isinstance(item, EpochEnd | Exhausted):
                    yield Done(Emitted(mark=item))
                else:
                    yield Done(self._process(incoming.edge.target.port, item))
        last = self._processor.finish()
        if last is not None and last.num_rows:
            measured = Measured(expected={self._port: last.num_rows})
            rows = conform(last, self._schemas[self._port])
            yield Done(Emitted({self._port: rows}, measured=measured))

    def end(self) -> EpochEnd | None:
        """Return the mark behind the last rows, where those before it were handed on."""
        return self._end if self._marks else None

    def _batches(self, channel: Channel) -> Iterator["pa.Table | EpochEnd | Exhausted"]:
        if not self._node.whole:
            yield from channel.all() if self._marks else channel.rows()
            return
        import pyarrow as pa

        tables = list(channel.rows())
        if tables:
            yield pa.concat_tables(tables)

    def _process(self, port: str, table: "pa.Table") -> Emitted:
        begun = time.perf_counter()
        emitted = Emitted(rows_in={port: table.num_rows})
        passed, made = table.num_rows, 0
        try:
            given = self._given(table)
            if isinstance(given, Parted):
                return self._parted(port, table, given, begun)
            result = given
            made = result.num_rows
        except (Cancelled, LedgerImbalance):
            raise
        except SummitError as error:
            if not self._node.can_reject or self._node.whole or self._node.conserves:
                raise error.at(
                    node_id=self._node.node_id, node_title=self._node.node_title
                ) from None
            found = find_guilty(table, self._made, error)
            result = found.passed
            passed, made = found.passed_rows, found.made_rows
            self._reject(emitted, table, found)
        emitted.measured = Measured(
            stood_for={self._port: passed},
            expected={self._port: made},
        )
        if result is not None:
            emitted.tables[self._port] = conform(result, self._schemas[self._port])
        emitted.busy_secs = time.perf_counter() - begun
        return emitted

    def _given(self, table: "pa.Table") -> "pa.Table | Parted":
        """Return what the code makes of rows; where they came from is nothing to it."""
        return self._processor.process(bare(table))

    def _made(self, table: "pa.Table") -> "pa.Table":
        made = self._given(table)
        assert not isinstance(made, Parted)  # noqa: S101 - what parts rows says why it refuses some
        return made

    def _parted(self, port: str, table: "pa.Table", parted: Parted, begun: float) -> Emitted:
        """Return the rows of a batch by the ports they go out by, with where they came from."""
        import pyarrow as pa

        emitted = Emitted(rows_in={port: table.num_rows})
        for name, places in parted.rows.items():
            rows = table.take(pa.array(places, pa.int64()))
            emitted.tables[name] = conform(rows, self._schemas[name])
        if parted.refusals:
            rejected = self._told(refused_rows(table, parted.refusals))
            emitted.tables[REJECTED] = conform(rejected, self._schemas[REJECTED])
        emitted.measured = Measured(expected=parted.expected, read={port: parted.read})
        emitted.busy_secs = time.perf_counter() - begun
        return emitted

    def _reject(self, emitted: Emitted, table: "pa.Table", found: Guilty) -> None:
        rows = self._told(found.rejected(table))
        emitted.tables[REJECTED] = conform(rows, self._schemas[REJECTED])


class RefusedHead(Head):
    """The rows that the target of a sink refused.

    Args:
        channel: What the sink sends them through; closed once it has prepared.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._end: EpochEnd | None = None

    def pieces(self) -> Iterator[Piece]:
        """Yield them as they come."""
        for item in self._channel:
            if not isinstance(item, EpochEnd):
                yield Done(Emitted({REJECTED: item}))
            elif item.last:
                self._end = item
            else:
                yield Done(Emitted(mark=item))

    def end(self) -> EpochEnd | None:
        """Return the last mark of the sink."""
        return self._end


def promised(plan: Plan, node_id: str) -> dict[str, "pa.Schema"]:
    """Return the schema of each output port of a node."""
    return {r.port: to_arrow(s) for r, s in plan.schemas.items() if r.node == node_id}
