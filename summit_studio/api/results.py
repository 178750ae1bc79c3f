"""What runs and previews give back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from summit_studio.core.errors import SummitError
from summit_studio.core.events import (
    ErrorReport,
    Event,
    LedgerLine,
    OutputPublished,
    RuleScored,
    RunFinished,
    RunStatus,
)
from summit_studio.core.schema import Schema

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from summit_studio.engine.preview import Preview


class RunFailed(SummitError):
    """A run did not succeed; `result` holds all that is known of it."""

    code = "run_failed"
    result: "RunResult"


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Args:
        seconds: How long it took.
        ledger: The row account of each node, by id.
        outputs: What the sinks published, and where.
        scores: The results of the quality rules.
        error: Why it failed; None where it did not.
    """

    run_id: str
    status: RunStatus
    seconds: float
    ledger: Mapping[str, LedgerLine] = field(default_factory=dict)
    outputs: tuple[OutputPublished, ...] = ()
    scores: tuple[RuleScored, ...] = ()
    error: ErrorReport | None = None

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


class ResultCollector:
    """A listener that keeps what a RunResult needs."""

    def __init__(self) -> None:
        self._outputs: list[OutputPublished] = []
        self._scores: list[RuleScored] = []

    def __call__(self, event: Event) -> None:
        """Keep the event if it is of interest."""
        if isinstance(event, OutputPublished):
            self._outputs.append(event)
        elif isinstance(event, RuleScored):
            self._scores.append(event)

    def result(self, finished: RunFinished) -> RunResult:
        """Return the result of the run that ended so."""
        return RunResult(
            finished.run_id,
            finished.status,
            finished.seconds,
            {line.node_id: line for line in finished.ledger},
            tuple(self._outputs),
            tuple(self._scores),
            finished.error,
        )


class Rows:
    """The first rows of a port, as `preview` found them."""

    def __init__(self, preview: "Preview") -> None:
        self._preview = preview

    @property
    def schema(self) -> Schema:
        """The columns and their types."""
        return self._preview.schema

    @property
    def complete(self) -> bool:
        """True if these are all rows the port would ever get."""
        return self._preview.complete

    @property
    def note(self) -> str:
        """A sentence on what the rows stand for."""
        return self._preview.note

    def __len__(self) -> int:
        return int(self._preview.table.num_rows)

    def __repr__(self) -> str:
        columns = ", ".join(f"{c.name} {c.type}" for c in self.schema)
        return f"<Rows of {self._preview.port}: {columns}. {self.note}>"

    def to_arrow(self) -> "pa.Table":
        """Return an Arrow table."""
        return self._preview.table

    def to_pylist(self) -> list[dict[str, Any]]:
        """Return a dict a row."""
        rows: list[dict[str, Any]] = self._preview.table.to_pylist()
        return rows

    def to_pandas(self) -> "pd.DataFrame":
        """Return a DataFrame with Arrow types, so that whole numbers and nulls stay what they are.

        Raises:
            ImportError: pandas is not installed (`pip install 'summit-studio[pandas]'`).
        """
        import pandas as pd

        frame: pd.DataFrame = self._preview.table.to_pandas(types_mapper=pd.ArrowDtype)
        return frame
