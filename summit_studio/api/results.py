"""What a run gives back."""

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, Self

from summit_studio.api.checkpoints import Checkpoint
from summit_studio.api.rows import Rows
from summit_studio.core.errors import SummitError
from summit_studio.core.events import (
    CheckpointCommitted,
    ErrorReport,
    Event,
    LedgerLine,
    OutputPublished,
    RuleScored,
    RunFinished,
    RunStatus,
)
from summit_studio.core.showing import Table, printable
from summit_studio.core.suggest import did_you_mean, elided, listing

if TYPE_CHECKING:
    from summit_studio.engine.preview import Preview


class RunFailed(SummitError):
    """A run did not succeed; `result` holds all that is known of it."""

    code = "run_failed"
    result: "RunResult"


class Ledger(dict[str, LedgerLine]):
    """The row account of each node, by id; a node that has none is an error that says why."""

    def __init__(self, lines: Iterable[tuple[str, LedgerLine]] = (), note: str = "") -> None:
        super().__init__(lines)
        self._note = note

    def __missing__(self, node_id: object) -> LedgerLine:
        near = did_you_mean(str(node_id)[:80], self)
        known = f"there are those of {listing(self)}" if self else "nothing was counted"
        raise SummitError(
            f"There is no row account of '{elided(str(node_id))}'",
            why=f"{self._note}; {known}",
            do=f"did you mean '{near}'?" if near else "name one of them" if self else "see `error`",
            code="node_unknown",
        )


@dataclass(frozen=True, repr=False)
class RunResult:
    """How a run ended.

    Args:
        seconds: How long it took.
        ledger: The row account of each node, by id.
        outputs: What the sinks published, and where.
        scores: The results of the quality rules.
        error: Why it failed; None where it did not.
        checkpoints: What it committed, in order; the last is where its load goes on.
        rows: The first rows of the node that it went to; None of a run of all of the pipeline.
    """

    run_id: str
    status: RunStatus
    seconds: float
    ledger: Mapping[str, LedgerLine]
    outputs: tuple[OutputPublished, ...] = ()
    scores: tuple[RuleScored, ...] = ()
    error: ErrorReport | None = None
    checkpoints: tuple[Checkpoint, ...] = ()
    rows: Rows | None = None

    @property
    def ok(self) -> bool:
        """True if the run succeeded and everything is published."""
        return self.status is RunStatus.SUCCEEDED

    def raise_for_status(self) -> Self:
        """Return this result if the run succeeded.

        Raises:
            RunFailed: It failed, was cancelled, or a critical quality rule was breached.
        """
        if self.ok:
            return self
        report = self.error or ErrorReport("cancelled", "The run was cancelled")
        error = RunFailed(
            report.what, why=report.why, do=report.do, code=report.code, where=report.where,
            retryable=report.retryable,
        )  # fmt: skip
        error.result = self
        raise error

    def __repr__(self) -> str:
        tables = [table.text() for table in self._tables()]
        return "\n\n".join([self._headline(), *tables, *map(printable, self._why())])

    def _repr_html_(self) -> str:
        words = [f"<p>{html.escape(w)}</p>" for w in (self._headline(), *self._why())]
        return "".join([words[0], *(table.html() for table in self._tables()), *words[1:]])

    def __iter__(self) -> NoReturn:
        """Refuse, and say where rows are.

        Raises:
            SummitError: Always.
        """
        places = listing(elided(o.location) for o in self.outputs) or "no output"
        raise SummitError(
            "A run result holds no rows",
            why=f"this run {_WORDS[self.status]} and published {places}",
            do="read the outputs, or `rows` of a run to a node, or look at rows with "
            "`pipeline['node'].preview()`",
            code="no_rows",
        )

    def __getitem__(self, key: object) -> NoReturn:
        """Refuse, as `__iter__` does."""
        self.__iter__()

    def _headline(self) -> str:
        return f"Run {self.run_id} {_WORDS[self.status]} after {self.seconds:.2f} s."

    def _why(self) -> tuple[str, ...]:
        return (str(self.error),) if self.error else ()

    def _tables(self) -> Iterator[Table]:
        if self.ledger:
            head = ("node", "rows in", "rows out", "filtered", "rejected", "checked")
            yield Table(head, [_account(line) for line in self.ledger.values()], "lrrrr", most=100)
        if self.scores:
            rows = [
                (s.rule, s.node_id, f"{s.score:.2%}", f"{s.threshold:.2%}") for s in self.scores
            ]
            yield Table(("rule", "node", "passed", "needed"), rows, "llrr", most=100)
        if self.outputs:
            written = [(o.node_id, f"{o.rows:,}", _end(o.location)) for o in self.outputs]
            yield Table(("output", "rows", "where"), written, "lr", cell=_PLACE, most=100)


_PLACE = 80
"""Columns of a terminal that the place of an output may take."""


def _end(location: str) -> str:
    """Return a place that fits; of a long path the end says more than the beginning."""
    return location if len(location) <= _PLACE else f"…{location[1 - _PLACE :]}"


_WORDS = {
    RunStatus.RUNNING: "is running",
    RunStatus.SUCCEEDED: "succeeded",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "was cancelled",
    RunStatus.QUALITY_FAILED: "was stopped by a critical quality rule",
}


def _account(line: LedgerLine) -> tuple[str, ...]:
    counts = sum(line.rows_in.values()), sum(line.rows_out.values()), line.filtered, line.rejected
    return (line.node_id, *(f"{count:,}" for count in counts), line.checked)


def _score(score: RuleScored) -> tuple[str, ...]:
    return score.rule, score.node_id, f"{score.score:.2%}", f"{score.threshold:.2%}"


class ResultCollector:
    """A listener that keeps what a RunResult needs."""

    def __init__(self) -> None:
        self._outputs: list[OutputPublished] = []
        self._scores: list[RuleScored] = []
        self._checkpoints: list[Checkpoint] = []
        self._rows: Rows | None = None

    def __call__(self, event: Event) -> None:
        """Keep the event if it is of interest."""
        if isinstance(event, OutputPublished):
            self._outputs.append(event)
        elif isinstance(event, RuleScored):
            self._scores.append(event)
        elif isinstance(event, CheckpointCommitted):
            self._checkpoints.append(Checkpoint.of(event))

    def look(self, rows: "Preview") -> None:
        """Keep the rows of the node that the run went to."""
        self._rows = Rows(rows)

    def result(self, finished: RunFinished) -> RunResult:
        """Return the result of the run that ended so."""
        return RunResult(
            finished.run_id,
            finished.status,
            finished.seconds,
            Ledger(((n.node_id, n) for n in finished.ledger), f"the run {_WORDS[finished.status]}"),
            tuple(self._outputs),
            tuple(self._scores),
            finished.error,
            tuple(self._checkpoints),
            self._rows,
        )
