"""The row ledger: every row that went into a node must be accounted for before anything shows.

The two sides of each account are counted by different means, so that a row lost between them is
seen: a source against what its file or server says, a node against a measure of its own, a sink
against what its target says it took. Each line says which.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping

from summit_studio.backends.contract import READ, WRITTEN, Measured
from summit_studio.core.errors import LedgerImbalance
from summit_studio.core.events import BatchProcessed, Counted, Event, LedgerLine, RuleScored
from summit_studio.core.schema import REJECTED
from summit_studio.core.suggest import listing
from summit_studio.nodes.contract import RelationalNode, SinkNode, SourceNode
from summit_studio.planning.plan import Plan


class _Sums:
    """All that was counted of one node."""

    def __init__(self) -> None:
        self.rows_in: Counter[str] = Counter()
        self.rows_out: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.stood_for: Counter[str] = Counter()
        self.expected: Counter[str] = Counter()
        self.read: Counter[str] = Counter()
        self.held: int | None = 0
        self.total: int | None = None
        self.taken: int | None = None
        self.compared = False


class Ledger:
    """Counts rows by node and port, from any thread, and says each count as an event."""

    def __init__(self, plan: Plan, emit: Callable[[Event], None]) -> None:
        self._plan = plan
        self._emit = emit
        self._lock = threading.Lock()
        self._sums = {node_id: _Sums() for node_id in plan.order}

    def add(
        self,
        node_id: str,
        rows_in: Mapping[str, int],
        rows_out: Mapping[str, int],
        *,
        bytes_out: int = 0,
        busy_secs: float = 0.0,
        progress: float | None = None,
    ) -> None:
        """Count one batch of a node."""
        with self._lock:
            self._sums[node_id].rows_in.update(rows_in)
            self._sums[node_id].rows_out.update(rows_out)
        self._emit(
            BatchProcessed(node_id, dict(rows_in), dict(rows_out), bytes_out, busy_secs, progress)
        )

    def add_held(self, node_id: str, rows: int | None) -> None:
        """Count rows that a source holds by its own account; None where it has none of a piece."""
        with self._lock:
            sums = self._sums[node_id]
            sums.held = None if rows is None or sums.held is None else sums.held + rows

    def set_held(self, node_id: str, rows: int) -> None:
        """Take the whole number of rows that a source says it holds, over what was added."""
        with self._lock:
            self._sums[node_id].total = rows

    def add_measured(self, node_id: str, measured: Measured) -> None:
        """Count what a node measured of itself beside the rows it handed on."""
        with self._lock:
            self._sums[node_id].stood_for.update(measured.stood_for)
            self._sums[node_id].expected.update(measured.expected)
            self._sums[node_id].read.update(measured.read)

    def set_taken(self, node_id: str, rows: int) -> None:
        """Take the number of rows that a sink's target says it holds of this run."""
        with self._lock:
            self._sums[node_id].taken = rows

    def set_compared(self, node_id: str) -> None:
        """Note that a sink's rows were read back and are those that it was handed."""
        with self._lock:
            self._sums[node_id].compared = True

    def add_failed(self, node_id: str, failed: Mapping[str, int]) -> None:
        """Count rows that failed quality rules."""
        with self._lock:
            self._sums[node_id].failed.update(failed)

    def line(self, node_id: str) -> LedgerLine:
        """Return the account of a node as it stands."""
        node = self._plan.nodes[node_id]
        with self._lock:
            if isinstance(node, SourceNode):
                return self._source(node_id)
            if isinstance(node, SinkNode):
                return self._sink(node_id)
            return self._middle(node_id)

    def lines(self) -> tuple[LedgerLine, ...]:
        """Return the account of every node, upstream first."""
        return tuple(self.line(node_id) for node_id in self._plan.order)

    def scores(self) -> tuple[RuleScored, ...]:
        """Return the result of every quality rule."""
        found: list[RuleScored] = []
        for node_id in self._plan.order:
            node, sums = self._plan.nodes[node_id], self._sums[node_id]
            if isinstance(node, RelationalNode):
                rows = sum(sums.rows_in.values())
                found += [
                    RuleScored(
                        node_id, r.id, r.dimension, rows, sums.failed[r.id], r.threshold, r.critical
                    )
                    for r in node.rules()
                ]
        return tuple(found)

    def verify(self) -> None:
        """Check that every node balances, and that every edge delivered what was sent.

        Raises:
            LedgerImbalance: Rows appeared or vanished; it names the place and the two numbers.
        """
        wrong = [(line.node_id, line.imbalance) for line in self.lines() if not line.balanced]
        wrong += self._edges()
        if wrong:
            node = self._plan.nodes[wrong[0][0]]
            sink = node.target() if isinstance(node, SinkNode) else ""
            raise LedgerImbalance(
                "The row ledger does not balance",
                why=listing([f"'{self._plan.nodes[i].node_title}' {what}" for i, what in wrong], 4),
                do=f"look at the triggers and rules of {sink}; nothing was published"
                if sink
                else "report this with the pipeline; nothing was published",
                where=node.place(),
            )

    def _source(self, node_id: str) -> LedgerLine:
        sums = self._sums[node_id]
        out = dict(sums.rows_out)
        rejected = out.pop(REJECTED, 0)
        read = sums.rows_in[READ]
        held = sums.held if sums.total is None else sums.total
        return LedgerLine(
            node_id,
            {READ: read if held is None else held},
            out,
            rejected,
            counted=Counted.HANDED_OVER if held is None else Counted.COUNTERPART,
        )

    def _sink(self, node_id: str) -> LedgerLine:
        sums = self._sums[node_id]
        out = dict(sums.rows_out)
        rejected = out.pop(REJECTED, 0)
        counted = Counted.CONTENT if sums.compared else Counted.COUNTERPART
        if sums.taken is None:
            counted = Counted.HANDED_OVER
        else:
            out = {WRITTEN: sums.taken}
        return LedgerLine(node_id, dict(sums.rows_in), out, rejected, counted=counted)

    def _middle(self, node_id: str) -> LedgerLine:
        node, sums = self._plan.nodes[node_id], self._sums[node_id]
        out = dict(sums.rows_out)
        rejected = out.pop(REJECTED, 0)
        side = [p.name for p in node.outputs[1:]]
        nowhere = [port for port in side if not self._plan.connected(node_id, port)]
        filtered = sum(out.pop(port, 0) for port in nowhere)
        stood_for = sum(sums.stood_for.values()) if sums.stood_for else None
        whole = isinstance(node, RelationalNode) and node.conserves
        if whole and stood_for is not None and nowhere and not filtered:
            # A port that nobody wants is not computed: the rows that others stand for are its.
            filtered = stood_for - sum(out.values())
        return LedgerLine(
            node_id,
            dict(sums.rows_in),
            out,
            rejected,
            filtered,
            reshapes=not whole,
            expected=self._expected(sums, out, rejected),
            stood_for=stood_for,
            read=sum(sums.read.values()) if sums.read else None,
            counted=Counted.TWICE if whole or stood_for or sums.expected else Counted.HANDED_OVER,
        )

    @staticmethod
    def _expected(sums: _Sums, out: Mapping[str, int], rejected: int) -> int | None:
        """Return all rows that a node must have given, as far as it measures them itself."""
        if not sums.expected:
            return None
        given = {**out, REJECTED: rejected}
        return sum(sums.expected.get(port, rows) for port, rows in given.items()) + sum(
            rows for port, rows in sums.expected.items() if port not in given
        )

    def _edges(self) -> list[tuple[str, str]]:
        """Return the nodes that did not receive what they were sent, and what is amiss."""
        found = []
        for node_id in self._plan.order:
            sent: Counter[str] = Counter()
            for edge in self._plan.document.edges_into(node_id):
                sent[edge.target.port] += self._sums[edge.source.node].rows_out[edge.source.port]
            received = self._sums[node_id].rows_in
            found += [
                (node_id, f"was sent {rows:,} rows and received {received[port]:,}")
                for port, rows in sent.items()
                if rows != received[port]
            ]
        return found
