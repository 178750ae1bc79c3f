"""The row ledger: every row that went into a node must be accounted for when the run ends."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping

from summit_studio.backends.contract import WRITTEN
from summit_studio.core.errors import LedgerImbalance
from summit_studio.core.events import BatchProcessed, Event, LedgerLine, RuleScored
from summit_studio.core.schema import REJECTED
from summit_studio.core.suggest import listing
from summit_studio.nodes.contract import RelationalNode, SinkNode, SourceNode
from summit_studio.planning.plan import Plan


class Ledger:
    """Counts rows by node and port, from any thread, and says each count as an event."""

    def __init__(self, plan: Plan, emit: Callable[[Event], None]) -> None:
        self._plan = plan
        self._emit = emit
        self._lock = threading.Lock()
        self._in: dict[str, Counter[str]] = {i: Counter() for i in plan.order}
        self._out: dict[str, Counter[str]] = {i: Counter() for i in plan.order}
        self._failed: dict[str, Counter[str]] = {i: Counter() for i in plan.order}

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
            self._in[node_id].update(rows_in)
            self._out[node_id].update(rows_out)
        self._emit(
            BatchProcessed(node_id, dict(rows_in), dict(rows_out), bytes_out, busy_secs, progress)
        )

    def add_failed(self, node_id: str, failed: Mapping[str, int]) -> None:
        """Count rows that failed quality rules."""
        with self._lock:
            self._failed[node_id].update(failed)

    def line(self, node_id: str) -> LedgerLine:
        """Return the account of a node as it stands."""
        node = self._plan.nodes[node_id]
        with self._lock:
            rows_in, out = dict(self._in[node_id]), dict(self._out[node_id])
        rejected = out.pop(REJECTED, 0)
        reshapes = isinstance(node, RelationalNode) and not node.conserves
        reshapes = reshapes or not isinstance(node, RelationalNode | SourceNode | SinkNode)
        filtered = 0
        for port in list(out):
            first = bool(node.outputs) and port == node.outputs[0].name
            if not first and port != WRITTEN and not self._plan.connected(node_id, port):
                filtered += out.pop(port)
        if isinstance(node, RelationalNode) and node.conserves and not node.rowwise:
            filtered += self._uncomputed(node_id, rows_in, out, rejected + filtered)
        return LedgerLine(node_id, rows_in, out, rejected, filtered, reshapes)

    def _uncomputed(
        self, node_id: str, rows_in: Mapping[str, int], out: Mapping[str, int], rest: int
    ) -> int:
        """Return the rows of a blocking node's ports that nobody wanted, so nobody computed."""
        node = self._plan.nodes[node_id]
        left_out = any(not self._plan.connected(node_id, p.name) for p in node.outputs[1:])
        return max(sum(rows_in.values()) - sum(out.values()) - rest, 0) if left_out else 0

    def lines(self) -> tuple[LedgerLine, ...]:
        """Return the account of every node, upstream first."""
        return tuple(self.line(node_id) for node_id in self._plan.order)

    def scores(self) -> tuple[RuleScored, ...]:
        """Return the result of every quality rule."""
        found: list[RuleScored] = []
        for node_id in self._plan.order:
            node = self._plan.nodes[node_id]
            if isinstance(node, RelationalNode):
                rows = sum(self._in[node_id].values())
                found += [
                    RuleScored(
                        node_id, r.id, r.dimension, rows, self._failed[node_id][r.id],
                        r.threshold, r.critical,
                    )
                    for r in node.rules()
                ]  # fmt: skip
        return tuple(found)

    def verify(self) -> None:
        """Check that every node balances, and that every edge delivered what was sent.

        Raises:
            LedgerImbalance: Rows appeared or vanished.
        """
        wrong = [self._imbalance(line) for line in self.lines() if not line.balanced]
        for node_id in self._plan.order:
            sent: Counter[str] = Counter()
            for edge in self._plan.document.edges_into(node_id):
                sent[edge.target.port] += self._out[edge.source.node][edge.source.port]
            wrong += [
                f"'{node_id}' was sent {rows} rows and received {self._in[node_id][port]}"
                for port, rows in sent.items()
                if rows != self._in[node_id][port]
            ]
        if wrong:
            raise LedgerImbalance(
                "The row ledger does not balance",
                why=listing(wrong, 4),
                do="report this with the pipeline; nothing was published",
            )

    @staticmethod
    def _imbalance(line: LedgerLine) -> str:
        return (
            f"'{line.node_id}' took {sum(line.rows_in.values())} rows, handed on "
            f"{sum(line.rows_out.values())}, rejected {line.rejected}, "
            f"filtered {line.filtered}"
        )
