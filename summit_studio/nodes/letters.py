"""Where rejected rows go that have no edge to follow, and where they come from again.

None of these stands in a pipeline: planning puts them behind rejected ports, and a retry before
the node that failed. To the run they are sinks and a source like all others.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from summit_studio.core.epochs import Checkpoint, Position, SinkKey
from summit_studio.core.errors import SummitError
from summit_studio.core.schema import RAW_REJECTS, REJECT_COLUMNS, Schema, to_arrow
from summit_studio.formats.contract import Loaded
from summit_studio.nodes.contract import (
    Chunk,
    Delivery,
    DesignContext,
    Inputs,
    Outputs,
    Port,
    Published,
    Reader,
    Replay,
    RunContext,
    SinkNode,
    SourceNode,
    Writer,
)
from summit_studio.nodes.params import Params
from summit_studio.state.letter_progress import LetterCheckpoint
from summit_studio.state.letter_store import LetterStore, Rejection
from summit_studio.state.letters import Address, Selection

if TYPE_CHECKING:
    import pyarrow as pa

PLACE: Final = "dead letter "
"""Where a row says it came from that a letter brought back."""

_ORIGIN: Final = re.compile(rf"{PLACE}(\d+)")


class NoParams(Params):
    """Nothing to set."""


class LeftOut(SinkNode[NoParams]):
    """Count rejected rows and let them go."""

    id = "left_out"
    title = "Left out"
    icon = "preview"
    params_class = NoParams
    delivery = Delivery.NONE
    keeps_rows = False
    shows = False

    def whole_because(self, context: RunContext) -> str:
        """Return that nothing speaks against epochs."""
        del context
        return ""

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Return what counts."""
        del schema, context
        return _Counter()


class _Counter(Writer):
    def __init__(self) -> None:
        self._rows = 0

    def write(self, batch: "pa.Table") -> None:
        """Count."""
        self._rows += batch.num_rows

    def prepare(self) -> int | None:
        """Do nothing: nobody else counts."""
        return None

    def commit(self, epoch: int) -> Published:
        """Return the count."""
        del epoch
        return Published("left out", self._rows)

    def abort(self) -> None:
        """Do nothing."""


class LetterSink(SinkNode[NoParams]):
    """Keep rejected rows as dead letters in the state database.

    Args:
        store: Where they are kept.
        address: Whose they are.
        rejecting: The node that rejects them.
        batch: The retry that the run is, if it is one.
    """

    id = "dead_letters"
    title = "Dead letters"
    icon = "preview"
    params_class = NoParams
    delivery = Delivery.IDEMPOTENT
    shows = False

    def __init__(
        self,
        node_id: str,
        title: str,
        store: LetterStore,
        address: Address,
        rejecting: str,
        batch: str | None = None,
    ) -> None:
        super().__init__(NoParams(), node_id, title)
        self.store = store
        self.address = address
        self.rejecting = rejecting
        self.batch = batch

    def target(self) -> str:
        """Return whose letters they are."""
        return f"dead letters: {self.rejecting}"

    def checkpoint(
        self, context: RunContext, key: SinkKey, kept_in: str | None = None
    ) -> Checkpoint:
        """Return the row of the state database that moves with the letters."""
        del context, kept_in
        return self.store.checkpoint(key)

    def whole_because(self, context: RunContext) -> str:
        """Return that nothing speaks against epochs."""
        del context
        return ""

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Forget what a run before left of an epoch, and return what keeps this one's."""
        checkpoint = context.checkpoint
        assert isinstance(checkpoint, LetterCheckpoint)  # noqa: S101 - made above
        self.store.drop_pending(self.address, self.rejecting, self.batch)
        return _LetterWriter(self, schema, checkpoint, context.run_id)


class _LetterWriter(Writer):
    """Keeps rows as they come: what is not committed is seen by nobody, and dropped by the next."""

    def __init__(
        self, sink: LetterSink, schema: Schema, checkpoint: LetterCheckpoint, run_id: str
    ) -> None:
        self._sink = sink
        self._raw = schema.names == RAW_REJECTS.names
        self._checkpoint = checkpoint
        self._run_id = run_id
        self._open = True

    def write(self, batch: "pa.Table") -> None:
        """Keep the rows, each with why it was rejected."""
        sink = self._sink
        why = batch.select([c.name for c in REJECT_COLUMNS])
        payload = batch.drop_columns(why.column_names)
        rejections = [
            self._rejection(reason, at, payload) for at, reason in enumerate(why.to_pylist())
        ]
        lineage = self._checkpoint.lineage
        sink.store.put(
            sink.address, sink.rejecting, self._run_id, lineage, payload, rejections, sink.batch
        )

    def prepare(self) -> int | None:
        """Return how many letters the database has of the epoch; they are durable by now."""
        return self._sink.store.pending(self._sink.address, self._sink.rejecting, self._run_id)

    def commit(self, epoch: int) -> Published:
        """Show the letters."""
        sink = self._sink
        rows = sink.store.commit(
            sink.address, sink.rejecting, self._run_id, epoch, self._checkpoint
        )
        self._open = False
        return Published("dead letters", rows)

    def abort(self) -> None:
        """Forget the letters of the open epoch."""
        if self._open:
            self._open = False
            sink = self._sink
            sink.store.drop_pending(sink.address, sink.rejecting, sink.batch, self._run_id)

    def _rejection(self, reason: dict[str, Any], at: int, payload: "pa.Table") -> Rejection:
        column = reason["reject_column"]
        source = reason["reject_source"]
        if self._raw:
            raw = payload.column("raw")[at].as_py()
            file, line = payload.column("file")[at].as_py(), payload.column("line")[at].as_py()
            source = source or f"{file}, line {line}"
        else:
            raw = payload.column(column)[at].as_py() if column in payload.column_names else None
        brought = _ORIGIN.fullmatch(source or "") if self._sink.batch else None
        return Rejection(
            reason["reject_code"] or "rejected",
            column,
            reason["reject_reason"] or "",
            None if brought else source,
            None if raw is None else str(raw),
            int(brought[1]) if brought else None,
        )


class LetterSource(SourceNode[NoParams]):
    """Give the rows of letters again that a retry took.

    Args:
        port: By which they come out.
        schema: Of the rows; letters whose rows are others are refused.
        store: Where they are kept.
        batch: The retry.
        selection: Which letters; those of the retry, if it is not a trial.
    """

    id = "dead_letters_again"
    title = "Dead letters"
    icon = "generator"
    params_class = NoParams

    def __init__(
        self,
        node_id: str,
        port: str,
        schema: Schema,
        store: LetterStore,
        address: Address,
        selection: Selection,
    ) -> None:
        super().__init__(NoParams(), node_id)
        self.outputs = (Port(port),)  # type: ignore[misc]
        self._schema = schema
        self._store = store
        self._address = address
        self._selection = selection

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the rows' schema."""
        del inputs, context
        return {self.outputs[0].name: self._schema}

    def replay(self, context: RunContext) -> Replay:
        """Return that letters on their way do not change."""
        del context
        return Replay.EXACT

    def most_rows(self, context: RunContext) -> int:
        """Return how many letters there are."""
        del context
        return self._store.count(self._address, self._selection)

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Return what reads them, in the order in which they were written."""
        start: Position = context.start or {"letter": 0}
        pages = partial(self._store.rows, self._address, self._selection, start["letter"])
        first = context.start is None
        return _LetterReader(pages, schema, self.most_rows(context) if first else None)


class _LetterReader(Reader):
    def __init__(
        self,
        pages: Callable[[], Iterator[tuple[list[int], "pa.Table"]]],
        schema: Schema,
        total: int | None,
    ) -> None:
        self._pages = pages
        self._schema = schema
        self._total = total

    def total(self) -> int | None:
        """Return how many letters the database counted before the first was read."""
        return self._total

    def chunks(self) -> Iterator[Chunk]:
        """Yield letters packet by packet."""
        for ids, rows in self._pages():
            loaded = Loaded(fitted(rows, self._schema), None, None, PLACE, partial(list, ids))
            yield Chunk(partial(_given, loaded), {"letter": ids[-1]})


def _given(loaded: Loaded) -> Loaded:
    return loaded


def fitted(rows: "pa.Table", schema: Schema) -> "pa.Table":
    """Return the rows of letters as a node takes them now.

    Raises:
        SummitError: A column that it takes is missing, or a value does not fit.
    """
    import pyarrow as pa

    wanted = to_arrow(schema)
    missing = [name for name in wanted.names if name not in rows.column_names]
    if missing:
        raw = rows.column_names == list(RAW_REJECTS.names[: -len(REJECT_COLUMNS)])
        raise SummitError(
            "These dead letters cannot go in again as they are",
            why="they are text that could not be read"
            if raw
            else f"they have no column {', '.join(map(repr, missing))}",
            do="give each column a value: summit dead-letters edit FILE 'set "
            f"{', '.join(f'{name} = ...' for name in missing)}'",
            code="letters_misfit",
        )
    try:
        return rows.select(wanted.names).cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SummitError(
            "These dead letters cannot go in again as they are",
            why=str(error).split("\n", 1)[0],
            do="the pipeline takes other columns than it did: edit the letters so that they fit",
            code="letters_misfit",
        ) from None
