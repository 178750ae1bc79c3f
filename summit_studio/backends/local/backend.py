"""Runs a plan in this process: a thread for each stream and sink, DuckDB in their lanes."""

import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from summit_studio.backends.contract import Backend, Order, Start
from summit_studio.backends.local.building import BuildHead
from summit_studio.backends.local.changes import has_changes, with_change_columns
from summit_studio.backends.local.channel import Channel
from summit_studio.backends.local.cuts import Cuts
from summit_studio.backends.local.epochs import Coordinator
from summit_studio.backends.local.following import FollowingHead
from summit_studio.backends.local.fusion import Stream, streams_of
from summit_studio.backends.local.heads import (
    BlockingHead,
    CodeHead,
    Head,
    Incoming,
    RefusedHead,
    SourceHead,
)
from summit_studio.backends.local.meter import Meter
from summit_studio.backends.local.positions import Positions
from summit_studio.backends.local.sink import SinkRun
from summit_studio.backends.local.spill import make_spill_folder
from summit_studio.backends.local.stream import StreamRun
from summit_studio.core.epochs import EpochEnd, Publish
from summit_studio.core.errors import Cancelled, SummitError
from summit_studio.document.model import Edge
from summit_studio.nodes.contract import CodeNode, Delivery, RelationalNode, SinkNode, SourceNode
from summit_studio.planning.domains import Domain, domains_of, passing

LEAST_MEMORY_MB = 160
"""What a blocking node gets in any case: with less, sorts and joins of millions of rows fail."""


class LocalBackend(Backend):
    """This machine."""

    def run(self, order: Order) -> None:
        """Run a plan to its end."""
        spill = make_spill_folder()
        try:
            _Work(replace(order, context=replace(order.context, spill_folder=spill))).run()
        finally:
            shutil.rmtree(spill, ignore_errors=True)


class _Work:
    """The threads and channels of one run."""

    def __init__(self, order: Order) -> None:
        self._positions = Positions(with_change_columns(order.plan))
        order = replace(order, plan=self._positions.plan)
        self._order = order
        self._plan = order.plan
        self._stop = order.context.cancel
        self._streams = streams_of(order.plan)
        self._refused = {
            s.head: Channel(self._stop, order.performance.prefetch)
            for s in self._streams
            if s.head in order.plan.sinks
        }
        self._domains = domains_of(order.plan)
        self._passing = passing(order.plan)
        starts = order.epochs.starts
        self._first = {
            node_id: starts.get(domain.heads[0], Start()).first
            for domain in self._domains
            for node_id in domain.nodes
        }
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def run(self) -> None:
        channels = {
            edge: Channel(self._stop, self._order.performance.prefetch)
            for stream in self._streams
            for edge in stream.exits
        }
        sinks = [
            self._sink(node_id, channels, coordinator)
            for domain in self._domains
            for coordinator in (self._coordinator(domain),)
            for node_id in domain.sinks
        ]
        meter = Meter(channels, self._order.control.emit, self._stop)
        try:
            self._start("meter", meter.work)
            for sink in sinks:
                self._start(f"sink-{sink.node.node_id}", sink.work, sink.node.node_id)
            cuts = self._cuts(channels)
            streams = [
                self._start(
                    f"stream-{s.head}", partial(self._stream, s, channels, cuts.get(s.head)), s.head
                )
                for s in self._streams
            ]
            for thread in streams:
                thread.join()
            self._publish(sinks)
        except Exception as error:  # noqa: BLE001 - a listener may raise anything
            self._order.control.fail(error)
        except BaseException:
            self._stop.cancel()
            raise
        finally:
            meter.stop()
            for thread in list(self._threads):
                thread.join()

    def _publish(self, sinks: list[SinkRun]) -> None:
        for sink in sinks:
            while not sink.prepared.wait(0.05):
                self._stop.check()
        self._stop.check()
        for sink in sinks:
            sink.recount()
        self._order.context.step("audit")
        sums = self._order.control.audit()
        for sink in sinks:
            if sink.checkpoint is not None and sink.last is not None:
                sink.checkpoint.settle(replace(sink.last, sums=sums))
        for sink in self._in_turn(sinks):
            if not sink.publish():
                # Its thread says why; nobody after it may publish, nor is the load finished.
                raise Cancelled
        for sink in sinks:
            if sink.checkpoint is not None:
                self._order.context.step(f"finish:{sink.node.node_id}")
                sink.checkpoint.finish()

    def _in_turn(self, sinks: list[SinkRun]) -> list[SinkRun]:
        """Return the sinks in the order in which they commit last.

        Databases can still refuse; a rename hardly can. So databases go first, but for those that
        tell of refused rows: once they have committed they would not tell of them again.
        """
        tell = {i: d.behind[i] for d in self._domains for i in d.behind}
        order: list[SinkRun] = []
        waiting = sorted(sinks, key=lambda s: s.node.delivery is not Delivery.TRANSACTIONAL)
        while waiting:
            done = {s.node.node_id for s in order}
            ready = next(s for s in waiting if tell.get(s.node.node_id, frozenset()) <= done)
            order.append(ready)
            waiting.remove(ready)
        return order

    def _coordinator(self, domain: Domain) -> Coordinator | None:
        """Return what lets the sinks of a domain commit epochs; None where none does."""
        publish = self._order.epochs.publish
        sinks = frozenset(i for i in domain.sinks if _in_epochs(publish.get(i)))
        if not sinks:
            return None
        nodes = domain.leading_to(self._plan, sinks)
        shown = domain.leading_to(
            self._plan, frozenset(i for i in sinks if publish[i] is Publish.EACH)
        )

        def audit(mark: EpochEnd) -> None:
            self._order.context.step(f"audit:{mark.epoch}")
            closed = self._order.control.close(mark, nodes, shown)
            for sink in sinks:
                checkpoint = self._order.epochs.checkpoints.get(sink)
                if checkpoint is not None:
                    checkpoint.settle(closed)

        return Coordinator(sinks, domain.behind, audit, self._stop)

    def _cuts(self, channels: Mapping[Edge, Channel]) -> dict[str, Cuts]:
        """Return who cuts the rows of each head of a domain."""
        exits = {s.head: [channels[edge] for edge in s.exits] for s in self._streams}
        made: dict[str, Cuts] = {}
        for domain in self._domains:
            cuts = Cuts(self._order, domain.heads, {head: exits[head] for head in domain.heads})
            made |= dict.fromkeys(domain.heads, cuts)
        return made

    def _stream(self, stream: Stream, channels: Mapping[Edge, Channel], cuts: Cuts | None) -> None:
        head = partial(self._head, stream.head, channels)
        first = self._first.get(stream.head, 1)
        run = StreamRun(self._order, stream, head, channels, self._positions, cuts, first)
        run.work(partial(self._start, node_id=stream.head))

    def _head(self, node_id: str, channels: Mapping[Edge, Channel]) -> Head:
        order, node = self._order, self._plan.nodes[node_id]
        if node_id in self._refused:
            return RefusedHead(self._refused[node_id])
        incoming = [Incoming(e, channels[e]) for e in self._plan.document.edges_into(node_id)]
        if isinstance(node, SourceNode):
            return SourceHead(order, node, self._positions)
        if isinstance(node, RelationalNode):
            return self._query(node, incoming)
        assert isinstance(node, CodeNode)  # noqa: S101 - the catalogue has no other kinds
        marks = node_id in self._passing
        context = replace(order.context, epoch=self._first.get(node_id, 1))
        return CodeHead(self._positions, node, incoming, context, marks=marks)

    def _query(self, node: RelationalNode[Any], incoming: list[Incoming]) -> Head:
        streamed = self._passing.get(node.node_id)
        epoch = self._first.get(node.node_id, 1)
        if streamed is not None and node.in_turn:
            return FollowingHead(self._order, node, incoming, self._positions, epoch=epoch)
        if streamed is None:
            if not node.reads_changes and not node.in_turn:
                self._require_rows(node)
            return BlockingHead(self._order, node, incoming, self._memory_share(), self._positions)
        return BuildHead(
            self._order, node, streamed, incoming, self._positions,
            memory_limit_mb=self._memory_share(),
            threads=self._order.performance.parallelism,
            epoch=epoch,
        )  # fmt: skip

    def _require_rows(self, node: RelationalNode[Any]) -> None:
        """Refuse changes where a node would take in all its inputs at once.

        Raises:
            SummitError: Some come.
        """
        arriving = self._positions.inputs(node.node_id).values()
        if any(has_changes(schema) for schemas in arriving for schema in schemas):
            raise SummitError(
                f"Changes cannot go through '{node.node_title}' here",
                why="what it takes in before them would wait for them, so that it waits for all",
                do="lead what it takes in before from a source of its own",
                code="changes_not_carried",
                where=node.place(),
            )

    def _memory_share(self) -> int | None:
        limit = self._order.performance.memory_limit_mb
        if limit is None:
            return None
        count = sum(isinstance(self._plan.nodes[s.head], RelationalNode) for s in self._streams)
        return max(limit // max(count, 1), LEAST_MEMORY_MB)

    def _sink(
        self, node_id: str, channels: Mapping[Edge, Channel], coordinator: Coordinator | None
    ) -> SinkRun:
        node = self._plan.nodes[node_id]
        assert isinstance(node, SinkNode)  # noqa: S101 - planning says which are
        (edge,) = self._plan.document.edges_into(node_id)
        incoming = Incoming(edge, channels[edge])
        refused = self._refused.get(node_id)
        in_epochs = _in_epochs(self._order.epochs.publish.get(node_id))
        return SinkRun(
            self._order, node, incoming, refused, self._positions,
            coordinator if in_epochs else None, self._first[node_id],
        )  # fmt: skip

    def _start(
        self, name: str, target: Callable[[], None], node_id: str | None = None
    ) -> threading.Thread:
        def guarded() -> None:
            try:
                target()
            except BaseException as error:  # noqa: BLE001 - a thread must not die unheard
                self._order.control.fail(error, node_id)

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()
        return thread


def _in_epochs(publish: Publish | None) -> bool:
    """Return True of a sink that commits one epoch after the other, be it out of sight."""
    return publish in {Publish.EACH, Publish.STAGED}
