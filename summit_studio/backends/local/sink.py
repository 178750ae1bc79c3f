"""Sinks at work: each writes on a thread of its own and publishes only when all are ready."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from summit_studio.backends.contract import WRITTEN, Order
from summit_studio.backends.local.channel import Channel
from summit_studio.backends.local.conform import conform
from summit_studio.backends.local.content import ContentSum
from summit_studio.backends.local.epochs import Coordinator
from summit_studio.backends.local.heads import Incoming
from summit_studio.backends.local.positions import Positions, bare, bare_schema
from summit_studio.core.epochs import EpochEnd, Publish, Stage
from summit_studio.core.errors import Cancelled, ContentDiffers, LedgerImbalance
from summit_studio.core.events import (
    CheckpointCommitted,
    NodeFinished,
    NodeStarted,
    OutputPublished,
)
from summit_studio.core.refusal import Refusal, refused_rows
from summit_studio.core.schema import AT, REJECTED, to_arrow
from summit_studio.document.model import PortRef
from summit_studio.nodes.contract import SinkNode

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.core.cancel import CancelToken
    from summit_studio.nodes.contract import Writer


class SinkRun:
    """One sink at work. `work` runs on the sink's thread; `publish` and `published` on another.

    Args:
        refused: Takes the rows that the target refuses; its stream then tells when the node begins
            and ends. None where they have nowhere to go.
        coordinator: Lets it commit epoch by epoch; None where it commits once, at the end.
        epoch: The first that will come.
    """

    def __init__(
        self,
        order: Order,
        node: SinkNode[Any],
        incoming: Incoming,
        refused: Channel | None,
        positions: Positions,
        coordinator: Coordinator | None = None,
        epoch: int = 1,
    ) -> None:
        self.node = node
        self._id = node.node_id
        self._schema = bare_schema(order.plan.schemas[incoming.edge.source])
        self._told = positions.told
        self._at: pa.ChunkedArray | None = None
        self._incoming = incoming
        self._ledger = order.account
        self._refused = refused
        self._schemas = order.plan.schemas
        self.checkpoint = order.epochs.checkpoints.get(self._id)
        self._context = replace(
            order.context,
            refuse=self._refuse if refused else None,
            checkpoint=self.checkpoint,
        )
        self._emit = order.control.emit
        self._step = order.context.step
        self._staged = order.epochs.publish.get(self._id) is Publish.STAGED
        self._compares = order.verify == "content"
        self._handed: ContentSum | None = None
        self._sifted: ContentSum | None = None
        self._coordinator = coordinator
        self._epoch = epoch
        self._held = order.epochs.held.get(self._id)
        self._passed_rows = 0
        self._rows = self._held.rows if self._held else 0
        self._counts: Counter[str] = Counter()
        self._location = node.target()
        self._refusals = 0
        self._may_publish = threading.Event()
        self._ended = threading.Event()
        self.prepared = threading.Event()
        self._published = False
        self.last: EpochEnd | None = None
        self._writer: Writer | None = None
        self._taken: int | None = None

    def work(self) -> None:
        """Write and commit epoch by epoch, or prepare all and wait for the word to commit it.

        Raises:
            SummitError: The sink failed; nothing of the epoch that is open is visible.
        """
        try:
            if self._refused is None:
                self._emit(NodeStarted(self._id))
            if not self._is_held(self._epoch):
                # What the target refuses at once is said before the first row is read.
                self._opened()
            for item in self._incoming.channel:
                if not isinstance(item, EpochEnd):
                    self._take(item)
                elif item.last:
                    self.last = item
                elif self._coordinator is not None:
                    self._end_epoch(self._coordinator, item)
            self._end()
        finally:
            if self._writer is not None:
                self._writer.abort()
            self._close_contents()
            if self._coordinator is not None:
                self._coordinator.leave(self._id)
            self._ended.set()

    def recount(self) -> None:
        """Have the target counted again where it has changed since it was prepared."""
        taken = self._writer.recount() if self._writer is not None else None
        if taken is None or self._writer is None:
            return
        self._ledger.set_taken(self._id, taken, epoch=self._epoch)
        self._compare(self._writer)

    def publish(self) -> bool:
        """Let the sink commit, and return whether it has, once it has or has failed."""
        self._may_publish.set()
        self._ended.wait()
        return self._published

    def _end_epoch(self, coordinator: Coordinator, mark: EpochEnd) -> None:
        """Commit an epoch once all sinks of the domain hold it; pass over one that is there."""
        writer = None if self._is_held(mark.epoch) else self._prepared()
        if writer is None:
            self._pass_over(mark)
        if self._refused is not None:
            self._refused.mark(mark)
        coordinator.prepared(self._id, mark)
        if writer is not None:
            self._commit(writer, mark.epoch)
        else:
            self._adopt(mark)
        coordinator.committed(self._id, mark.epoch)
        self._epoch = mark.epoch + 1

    def _end(self) -> None:
        """Prepare what is still open, wait for the word, and commit it."""
        last = self.last or EpochEnd(self._epoch, {}, last=True)
        if self._coordinator is None:
            self._epoch = last.epoch
        writer = None if self._is_held(last.epoch) else self._prepared()
        if writer is None:
            self._pass_over(last)
            self._adopt(last)
        elif self._staged:
            self._gather(writer)
        if writer is not None:
            writer.end()
        if self._refused is None:
            self._emit(NodeFinished(self._id, self._ledger.line(self._id)))
        else:
            self._refused.mark(last)
            self._refused.close()
        self.prepared.set()
        self._wait()
        if writer is not None:
            self._commit(writer, last.epoch, last=True)
        self._say()
        self._published = True

    def _take(self, arrived: "pa.Table") -> None:
        port = self._incoming.edge.target.port
        begun = time.perf_counter()
        table = bare(arrived)
        refused = self._refusals
        if self._is_held(self._epoch):
            self._passed_rows += table.num_rows
        else:
            self._at = arrived.column(AT) if AT in arrived.column_names else None
            writer = self._opened()
            writer.write(table)
            if self._handed is not None:
                self._handed.add(writer.image(table))
        self._ledger.add(
            self._id,
            {port: table.num_rows},
            {WRITTEN: table.num_rows - (self._refusals - refused)},
            bytes_out=table.nbytes,
            busy_secs=time.perf_counter() - begun,
            epoch=self._epoch,
        )

    def _opened(self) -> "Writer":
        if self._writer is None:
            self._writer = self.node.open(self._schema, self._context)
            if self._compares:
                self._handed, self._sifted = ContentSum(), ContentSum()
        return self._writer

    def _prepared(self) -> "Writer":
        """Have the open epoch made durable and counted."""
        writer = self._opened()
        taken = self._taken = writer.prepare()
        if taken is not None:
            self._ledger.set_taken(self._id, taken, epoch=self._epoch)
        self._compare(writer)
        self._step(f"prepared:{self._id}:{self._epoch}")
        return writer

    def _gather(self, writer: "Writer") -> None:
        """Have all epochs of a staged load brought together, and hold them against their sum.

        Raises:
            LedgerImbalance: Readers would find fewer rows, or more.
        """
        self._step(f"gather:{self._id}:{self._epoch}")
        found = writer.gather()
        self._step(f"gathered:{self._id}:{self._epoch}")
        staged = self._rows + (self._taken or 0)
        if found is None or found == staged:
            return
        raise LedgerImbalance(
            f"'{self.node.node_title}' would publish other rows than were staged",
            why=f"its epochs hold {staged:,} rows, and {self.node.target()} took {found:,} of them",
            do=f"look at triggers and rules of {self.node.target()}, and run again; nothing was "
            "published",
            where=self.node.place(),
        )

    def _is_held(self, epoch: int) -> bool:
        """Return True if the target has an epoch from a run before.

        A staged load that readers see has them all.
        """
        held = self._held
        if held is None:
            return False
        shown = self._staged and held.stage in {Stage.COMPLETE, Stage.FINISHED}
        return shown or epoch <= held.epoch

    def _pass_over(self, mark: EpochEnd) -> None:
        """Hold rows that the target has already against what it says of them.

        Raises:
            LedgerImbalance: They are others.
        """
        self._ledger.set_taken(self._id, self._passed_rows, epoch=self._epoch)
        self._passed_rows = 0
        held = self._held
        if held is None or mark.epoch < held.epoch:
            return
        now = sum(self._ledger.line(self._id).rows_in.values())
        then = sum(held.sums.get(self._id, {}).get("rows_in", {}).values())
        if (dict(mark.positions), now) == (dict(held.positions), then):
            return
        raise LedgerImbalance(
            f"'{self.node.node_title}' cannot go on where it stands",
            why=f"it was handed {then:,} rows up to {dict(held.positions)}, and is handed {now:,} "
            f"up to {dict(mark.positions)} now",
            do="look whether the source has changed since; nothing more was written",
            where=self.node.place(),
        )

    def _adopt(self, mark: EpochEnd) -> None:
        """Go on with the counts that the target has kept, once what it holds has passed."""
        if self._held is not None and mark.epoch >= self._held.epoch:
            self._ledger.adopt(self._id, self._held.sums.get(self._id, {}))
            self._ledger.set_compared(self._id, compared=False)

    def _refuse(self, batch: "pa.Table", refusals: Sequence[Refusal]) -> None:
        """Send the rows that the target refuses on, through the rejected port."""
        assert self._refused is not None  # noqa: S101 - else no writer is told of this
        rows = self._told(refused_rows(self._placed(batch), refusals))
        if self._sifted is not None and self._writer is not None:
            self._sifted.add(self._writer.image(batch.take([r.row for r in refusals])))
        self._refusals += rows.num_rows
        promised = self._schemas[PortRef(self._id, REJECTED)]
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
            self._ledger.set_compared(self._id, compared=False)
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
                do="look at the disk, and at triggers of the target; none of them was published",
                where=self.node.place(),
            )
        self._ledger.set_compared(self._id)

    def _wait(self) -> None:
        cancel: CancelToken = self._context.cancel
        forget = cancel.on_cancel(self._may_publish.set)
        self._may_publish.wait()
        forget()
        if cancel.cancelled:
            raise Cancelled

    def _commit(self, writer: "Writer", epoch: int, *, last: bool = False) -> None:
        self._step(f"commit:{self._id}:{epoch}")
        output = writer.commit(epoch)
        self._step(f"committed:{self._id}:{epoch}")
        if self.checkpoint is not None:
            lineage = self._held.lineage if self._held else ""
            staged = self._staged and not last
            rows = self._rows + output.rows if self._staged and last else output.rows
            self._emit(CheckpointCommitted(self._id, epoch, rows, lineage, staged))
        self._writer = None
        self._close_contents()
        self._rows += output.rows
        self._counts.update(output.counts)
        self._location = output.location

    def _say(self) -> None:
        """Say what the target holds of the load, once all of it is there."""
        self._emit(OutputPublished(self._id, self._location, self._rows, dict(self._counts)))

    def _close_contents(self) -> None:
        for content in (self._handed, self._sifted):
            if content is not None:
                content.close()
        self._handed = self._sifted = None
