"""Sinks at work: each writes on a thread of its own and publishes only when all are ready."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from summit_studio.backends.contract import WRITTEN, Order
from summit_studio.backends.local.channel import Channel
from summit_studio.backends.local.conform import conform
from summit_studio.backends.local.content import ContentSum
from summit_studio.backends.local.heads import Incoming
from summit_studio.backends.local.positions import Positions, bare, bare_schema
from summit_studio.core.errors import Cancelled, ContentDiffers
from summit_studio.core.events import (
    NodeFinished,
    NodeStarted,
    OutputPublished,
)
from summit_studio.core.refusal import Refusal, refused_rows
from summit_studio.core.schema import AT, REJECTED, to_arrow
from summit_studio.document.model import PortRef
from summit_studio.nodes.contract import Published, SinkNode

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.core.cancel import CancelToken
    from summit_studio.nodes.contract import Writer

EPOCH = 1
"""A run is one epoch until sources are cut into several."""


class SinkRun:
    """One sink at work. `work` runs on the sink's thread; `publish` and `published` on another.

    Args:
        refused: Takes the rows that the target refuses; its stream then tells when the node begins
            and ends. None where they have nowhere to go.
    """

    def __init__(
        self,
        order: Order,
        node: SinkNode[Any],
        incoming: Incoming,
        refused: Channel | None,
        positions: Positions,
    ) -> None:
        self.node = node
        self._schema = bare_schema(order.plan.schemas[incoming.edge.source])
        self._told = positions.told
        self._at: pa.ChunkedArray | None = None
        self._incoming = incoming
        self._ledger = order.account
        self._refused = refused
        self._schemas = order.plan.schemas
        self._context = replace(order.context, refuse=self._refuse if refused else None)
        self._emit = order.control.emit
        compares = order.verify == "content"
        self._handed = ContentSum() if compares else None
        self._sifted = ContentSum() if compares else None
        self._refusals = 0
        self._may_publish = threading.Event()
        self._ended = threading.Event()
        self.prepared = threading.Event()
        self.output: Published | None = None
        self._writer: Writer | None = None

    def work(self) -> None:
        """Write everything, prepare, wait for the word, then commit; abort on any failure.

        Raises:
            SummitError: The sink failed; nothing of it is visible.
        """
        writer: Writer | None = None
        try:
            if self._refused is None:
                self._emit(NodeStarted(self.node.node_id))
            writer = self._writer = self.node.open(self._schema, self._context)
            self._write(writer)
            taken = writer.prepare()
            if taken is not None:
                self._ledger.set_taken(self.node.node_id, taken)
            self._compare(writer)
            if self._refused is None:
                self._emit(NodeFinished(self.node.node_id, self._ledger.line(self.node.node_id)))
            else:
                self._refused.close()
            self.prepared.set()
            self._wait()
            self._commit(writer)
            writer = None
        finally:
            if writer is not None:
                writer.abort()
            for content in (self._handed, self._sifted):
                if content is not None:
                    content.close()
            self._ended.set()

    def recount(self) -> None:
        """Have the target counted again where it has changed since it was prepared."""
        taken = self._writer.recount() if self._writer is not None else None
        if taken is None or self._writer is None:
            return
        self._ledger.set_taken(self.node.node_id, taken)
        self._compare(self._writer)

    def publish(self) -> None:
        """Let the sink commit, and wait until it has, or has failed."""
        self._may_publish.set()
        self._ended.wait()

    def _write(self, writer: "Writer") -> None:
        port = self._incoming.edge.target.port
        for arrived in self._incoming.channel:
            table = bare(arrived)
            self._at = arrived.column(AT) if AT in arrived.column_names else None
            begun = time.perf_counter()
            refusals = self._refusals
            writer.write(table)
            if self._handed is not None:
                self._handed.add(writer.image(table))
            self._ledger.add(
                self.node.node_id,
                {port: table.num_rows},
                {WRITTEN: table.num_rows - (self._refusals - refusals)},
                bytes_out=table.nbytes,
                busy_secs=time.perf_counter() - begun,
            )

    def _refuse(self, batch: "pa.Table", refusals: Sequence[Refusal]) -> None:
        """Send the rows that the target refuses on, through the rejected port."""
        assert self._refused is not None  # noqa: S101 - else no writer is told of this
        rows = self._told(refused_rows(self._placed(batch), refusals))
        if self._sifted is not None and self._writer is not None:
            self._sifted.add(self._writer.image(batch.take([r.row for r in refusals])))
        self._refusals += rows.num_rows
        promised = self._schemas[PortRef(self.node.node_id, REJECTED)]
        self._refused.send(conform(rows, to_arrow(promised)))

    def _placed(self, batch: "pa.Table") -> "pa.Table":
        """Return the batch that the writer was given with where its rows came from."""
        if self._at is None or len(self._at) != batch.num_rows:
            return batch
        return batch.append_column(AT, self._at)

    def _compare(self, writer: "Writer") -> None:
        """Read back what was written, as far as the target can tell it apart.

        Raises:
            ContentDiffers: It is not what was handed over.
        """
        handed, sifted = self._handed, self._sifted
        batches = writer.read_back() if handed is not None else None
        if handed is None or sifted is None or batches is None:
            return
        found = ContentSum()
        try:
            for batch in batches:
                self._context.cancel.check()
                found.add(batch)
        finally:
            found.close()
        wanted = handed.rows - sifted.rows
        if (found.rows, found.sum) != (wanted, handed.sum - sifted.sum):
            raise ContentDiffers(
                f"'{self.node.node_title}' reads back other rows than it was handed",
                why=f"{wanted:,} rows were handed over, {found.rows:,} came back, and the sums"
                " of their hashes differ",
                do="look at the disk, and at triggers of the target; nothing was published",
                where=self.node.place(),
            )
        self._ledger.set_compared(self.node.node_id)

    def _wait(self) -> None:
        cancel: CancelToken = self._context.cancel
        forget = cancel.on_cancel(self._may_publish.set)
        self._may_publish.wait()
        forget()
        if cancel.cancelled:
            raise Cancelled

    def _commit(self, writer: "Writer") -> None:
        output = writer.commit(EPOCH)
        self.output = output
        self._emit(
            OutputPublished(self.node.node_id, output.location, output.rows, dict(output.counts))
        )
