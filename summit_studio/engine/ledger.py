"""The row ledger: every row that went into a node must be accounted for before anything shows.

The two sides of each account are counted by different means, so that a row lost between them is
seen: a source against what its file or server says, a node against a measure of its own, a sink
against what its target says it took. Each line says which.

Where rows come in epochs, the counts of each are kept apart until it is closed: they must balance
by themselves before it is committed.
"""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from summit_studio.backends.contract import BUILT, READ, WRITTEN, Measured
from summit_studio.core.epochs import Sums
from summit_studio.core.errors import LedgerImbalance
from summit_studio.core.events import BatchProcessed, Counted, Event, LedgerLine, RuleScored
from summit_studio.core.schema import REJECTED
from summit_studio.core.suggest import listing
from summit_studio.nodes.contract import CodeNode, RelationalNode, SinkNode, SourceNode
from summit_studio.planning.plan import Plan

CLOSED: Final = 0
"""Where the counts of closed epochs are, of this run and of those that it goes on from."""


NOTHING: Final = "nothing was published"


class _Sums:
    """What was counted of one node, in one epoch or in several."""

    _COUNTERS = ("rows_in", "rows_out", "failed", "stood_for", "expected", "read")

    def __init__(self) -> None:
        self.rows_in: Counter[str] = Counter()
        self.rows_out: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.stood_for: Counter[str] = Counter()
        self.expected: Counter[str] = Counter()
        self.read: Counter[str] = Counter()
        self.held: int | None = 0
        self.taken: int | None = None

    def merge(self, other: "_Sums") -> None:
        """Add what was counted in another epoch."""
        for name in self._COUNTERS:
            getattr(self, name).update(getattr(other, name))
        self.held = _total(self.held, other.held)
        if other.taken is not None:
            self.taken = (self.taken or 0) + other.taken

    def as_json(self) -> dict[str, Any]:
        """Return what was counted as JSON values."""
        counters = {n: dict(c) for n in self._COUNTERS if (c := getattr(self, n))}
        return {**counters, "held": self.held, "taken": self.taken}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "_Sums":
        """Return what `as_json` gave."""
        made = cls()
        for name in cls._COUNTERS:
            getattr(made, name).update(values.get(name, {}))
        made.held, made.taken = values.get("held"), values.get("taken")
        return made


class Ledger:
    """Counts rows by node and port, from any thread, and says each count as an event."""

    def __init__(self, plan: Plan, emit: Callable[[Event], None]) -> None:
        self._plan = plan
        self._emit = emit
        self._lock = threading.Lock()
        self._epochs: dict[int, dict[str, _Sums]] = {}
        self._totals: dict[str, int] = {}
        self._compared: dict[str, bool] = {}
        self._before: dict[str, int] = {}

    def add(
        self,
        node_id: str,
        rows_in: Mapping[str, int],
        rows_out: Mapping[str, int],
        *,
        bytes_out: int = 0,
        busy_secs: float = 0.0,
        progress: float | None = None,
        epoch: int = 1,
    ) -> None:
        """Count one batch of a node."""
        with self._lock:
            sums = self._of(node_id, epoch)
            sums.rows_in.update(rows_in)
            sums.rows_out.update(rows_out)
        self._emit(
            BatchProcessed(node_id, dict(rows_in), dict(rows_out), bytes_out, busy_secs, progress)
        )

    def add_held(self, node_id: str, rows: int | None, *, epoch: int = 1) -> None:
        """Count rows that a source holds by its own account; None where it has none of a piece."""
        with self._lock:
            sums = self._of(node_id, epoch)
            sums.held = _total(sums.held, rows)

    def set_held(self, node_id: str, rows: int) -> None:
        """Take the number of rows that a source says it gave in this run, over what was added."""
        with self._lock:
            self._totals[node_id] = self._before.get(node_id, 0) + rows

    def add_measured(self, node_id: str, measured: Measured, *, epoch: int = 1) -> None:
        """Count what a node measured of itself beside the rows it handed on."""
        with self._lock:
            sums = self._of(node_id, epoch)
            sums.stood_for.update(measured.stood_for)
            sums.expected.update(measured.expected)
            sums.read.update(measured.read)

    def set_taken(self, node_id: str, rows: int, *, epoch: int = 1) -> None:
        """Take the number of rows that a sink's target says it took in an epoch."""
        with self._lock:
            self._of(node_id, epoch).taken = rows

    def adopt(self, node_id: str, sums: Sums) -> None:
        """Take what a sink's target has kept of its counts over what was counted since."""
        with self._lock:
            for counted in self._epochs.values():
                counted.pop(node_id, None)
            self._epochs.setdefault(CLOSED, {})[node_id] = _Sums.of(sums)

    def set_compared(self, node_id: str, *, compared: bool = True) -> None:
        """Note that a sink's rows were read back and are those that it was handed, or were not."""
        with self._lock:
            self._compared[node_id] = self._compared.get(node_id, True) and compared

    def add_failed(self, node_id: str, failed: Mapping[str, int], *, epoch: int = 1) -> None:
        """Count rows that failed quality rules."""
        with self._lock:
            self._of(node_id, epoch).failed.update(failed)

    def line(self, node_id: str, epoch: int | None = None) -> LedgerLine:
        """Return the account of a node as it stands, over all epochs or in one."""
        node = self._plan.nodes[node_id]
        sums = self._whole(node_id) if epoch is None else self._in(node_id, epoch)
        if isinstance(node, SourceNode):
            return self._source(node_id, sums, self._totals.get(node_id) if epoch is None else None)
        if isinstance(node, SinkNode):
            return self._sink(node_id, sums)
        return self._middle(node_id, sums)

    def lines(self) -> tuple[LedgerLine, ...]:
        """Return the account of every node, upstream first."""
        return tuple(self.line(node_id) for node_id in self._plan.order)

    def scores(self) -> tuple[RuleScored, ...]:
        """Return the result of every quality rule."""
        found: list[RuleScored] = []
        for node_id in self._plan.order:
            node, sums = self._plan.nodes[node_id], self._whole(node_id)
            if isinstance(node, RelationalNode):
                rows = sum(sums.rows_in.values())
                found += [
                    RuleScored(
                        node_id, r.id, r.dimension, rows, sums.failed[r.id], r.threshold, r.critical
                    )
                    for r in node.rules()
                ]
        return tuple(found)

    def verify(self, stands: str = NOTHING) -> None:
        """Check that every node balances, and that every edge delivered what was sent.

        Args:
            stands: What targets hold if not, as part of a sentence.

        Raises:
            LedgerImbalance: Rows appeared or vanished; it names the place and the two numbers.
        """
        self._require_none(
            [(line.node_id, line.imbalance) for line in self.lines() if not line.balanced]
            + self._edges({node_id: self._whole(node_id) for node_id in self._plan.order}),
            stands,
        )

    def close(self, epoch: int, node_ids: Collection[str], stands: str = NOTHING) -> Sums:
        """Check one epoch of some nodes, and count it among what is closed.

        Args:
            epoch: All rows of it have passed the nodes.
            node_ids: With every node that they receive from, but for what is built.
            stands: What targets hold if it does not balance, as part of a sentence.

        Returns:
            What was counted of them up to its end, as JSON values.

        Raises:
            LedgerImbalance: Rows appeared or vanished in it.
        """
        lines = [self.line(node_id, epoch) for node_id in self._plan.order if node_id in node_ids]
        self._require_none(
            [(line.node_id, line.imbalance) for line in lines if not line.balanced]
            + self._edges({node_id: self._in(node_id, epoch) for node_id in node_ids}),
            stands,
        )
        with self._lock:
            closed = self._epochs.setdefault(CLOSED, {})
            for node_id, sums in self._epochs.get(epoch, {}).items():
                if node_id in node_ids:
                    closed.setdefault(node_id, _Sums()).merge(sums)
            for node_id in node_ids:
                self._epochs.get(epoch, {}).pop(node_id, None)
            return {i: closed.get(i, _Sums()).as_json() for i in self._plan.order if i in node_ids}

    def awaited(self, node_ids: Collection[str]) -> str:
        """Return the node that others wait for, of some that have not finished.

        It is the last before which rows wait; where none do, the first.
        """
        ordered = [node_id for node_id in self._plan.order if node_id in node_ids]
        return next((i for i in reversed(ordered) if self._waiting(i)), ordered[0])

    def _waiting(self, node_id: str) -> bool:
        """Return True if rows were sent to a node that it has not dealt with."""
        sent = sum(
            self._whole(edge.source.node).rows_out[edge.source.port]
            for edge in self._plan.document.edges_into(node_id)
        )
        return sent > sum(self._whole(node_id).rows_in.values())

    def sums(self) -> Sums:
        """Return what was counted over all epochs, as JSON values; not what is built anew."""
        return {i: self._whole(i, without=BUILT).as_json() for i in self._plan.order}

    def restore(self, sums: Sums) -> None:
        """Begin with what runs before have counted, as `close` gave it."""
        with self._lock:
            self._epochs[CLOSED] = {
                node_id: _Sums.of(values)
                for node_id, values in sums.items()
                if node_id in self._plan.nodes
            }
            self._before = {i: s.rows_in[READ] for i, s in self._epochs[CLOSED].items()}

    def _require_none(self, wrong: Sequence[tuple[str, str]], stands: str) -> None:
        if wrong:
            node = self._plan.nodes[wrong[0][0]]
            sink = node.target() if isinstance(node, SinkNode) else ""
            raise LedgerImbalance(
                "The row ledger does not balance",
                why=listing([f"'{self._plan.nodes[i].node_title}' {what}" for i, what in wrong], 4),
                do=f"look at the triggers and rules of {sink}; {stands}"
                if sink
                else f"report this with the pipeline; {stands}",
                where=node.place(),
            )

    def _of(self, node_id: str, epoch: int) -> _Sums:
        """Return where to count; the lock is held."""
        if node_id not in self._plan.nodes:
            raise KeyError(node_id)
        return self._epochs.setdefault(epoch, {}).setdefault(node_id, _Sums())

    def _in(self, node_id: str, epoch: int) -> _Sums:
        with self._lock:
            found = _Sums()
            found.merge(self._epochs.get(epoch, {}).get(node_id, _Sums()))
            return found

    def _whole(self, node_id: str, without: int | None = None) -> _Sums:
        with self._lock:
            found = _Sums()
            for epoch, sums in self._epochs.items():
                if node_id in sums and epoch != without:
                    found.merge(sums[node_id])
            return found

    @staticmethod
    def _source(node_id: str, sums: _Sums, total: int | None) -> LedgerLine:
        out = dict(sums.rows_out)
        rejected = out.pop(REJECTED, 0)
        read = sums.rows_in[READ]
        held = sums.held if total is None else total
        return LedgerLine(
            node_id,
            {READ: read if held is None else held},
            out,
            rejected,
            counted=Counted.HANDED_OVER if held is None else Counted.COUNTERPART,
        )

    def _sink(self, node_id: str, sums: _Sums) -> LedgerLine:
        out = dict(sums.rows_out)
        rejected = out.pop(REJECTED, 0)
        counted = Counted.CONTENT if self._compared.get(node_id) else Counted.COUNTERPART
        if sums.taken is None:
            counted = Counted.HANDED_OVER
        else:
            out = {WRITTEN: sums.taken}
        return LedgerLine(node_id, dict(sums.rows_in), out, rejected, counted=counted)

    def _middle(self, node_id: str, sums: _Sums) -> LedgerLine:
        node = self._plan.nodes[node_id]
        out = dict(sums.rows_out)
        rejected = out.pop(REJECTED, 0)
        side = [p.name for p in node.outputs[1:]]
        nowhere = [port for port in side if not self._plan.wanted(node_id, port)]
        filtered = sum(out.pop(port, 0) for port in nowhere)
        stood_for = sum(sums.stood_for.values()) if sums.stood_for else None
        whole = isinstance(node, RelationalNode | CodeNode) and node.conserves
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

    def _edges(self, counted: Mapping[str, _Sums]) -> list[tuple[str, str]]:
        """Return the nodes that did not receive what they were sent, and what is amiss."""
        found = []
        for node_id in self._plan.order:
            if node_id not in counted:
                continue
            sent: Counter[str] = Counter()
            for edge in self._plan.document.edges_into(node_id):
                if edge.source.node not in counted:
                    continue  # Of one epoch: what is built is of none.
                sent[edge.target.port] += counted[edge.source.node].rows_out[edge.source.port]
            received = counted[node_id].rows_in
            found += [
                (node_id, f"was sent {rows:,} rows and received {received[port]:,}")
                for port, rows in sent.items()
                if rows != received[port]
            ]
        return found


def _total(known: int | None, more: int | None) -> int | None:
    """Return the sum of two counts, each None where there is none."""
    return None if known is None or more is None else known + more
