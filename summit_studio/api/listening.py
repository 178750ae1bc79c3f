"""Passes a run's events on to a function that may fail."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from summit_studio.api.checkpoints import Checkpoint
from summit_studio.api.misuse import Misuse, described
from summit_studio.api.results import RunFailed, RunResult
from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import (
    BatchProcessed,
    CheckpointCommitted,
    Event,
    NodeFailed,
    RunFinished,
    RunStarted,
    RunStatus,
)
from summit_studio.core.suggest import did_you_mean, elided, listing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    Args:
        rows: Rows that its sources have read in this run.
    """

    run_id: str
    rows: int


class Handlers:
    """Functions that are told what happens in runs, by name; see `Pipeline.on`."""

    NAMES = ("execution:started", "progress", "checkpoint", "error", "completed")

    def __init__(self) -> None:
        self._by_name: dict[str, list[Callable[[Any], None]]] = {n: [] for n in self.NAMES}

    def add(self, name: str, function: Callable[[Any], None]) -> None:
        """Have a function told of what a name stands for.

        Raises:
            Misuse: There is no such name, or it is no function.
        """
        if name not in self._by_name:
            near = did_you_mean(str(name), self.NAMES)
            raise Misuse(
                f"There is nothing called '{name}' to listen to",
                why=f"there are {listing(self.NAMES)}",
                do=f"did you mean '{near}'?" if near else "name one of them",
            )
        if not callable(function):
            raise Misuse(
                f"`on` cannot tell {described(function)}", do="give a function of one value"
            )
        self._by_name[name].append(function)

    def told(self, sources: Collection[str]) -> Callable[[Event], None]:
        """Return a listener for one run, which passes on what it is told.

        Args:
            sources: The ids of the nodes whose rows count as read.
        """
        rows, run_id, failed = 0, "", False

        def tell(event: Event) -> None:
            nonlocal rows, run_id, failed
            match event:
                case RunStarted():
                    run_id = event.run_id
                    self._call("execution:started", event)
                case BatchProcessed() if event.node_id in sources:
                    rows += sum(event.rows_out.values())
                    self._call("progress", Progress(run_id, rows))
                case CheckpointCommitted():
                    self._call("checkpoint", Checkpoint.of(event))
                case NodeFailed():
                    failed = True
                    self._call("error", event.error)
                case RunFinished():
                    if event.error is not None and not failed:
                        self._call("error", event.error)
                    if event.status is RunStatus.SUCCEEDED:
                        self._call("completed", event)

        return tell

    def _call(self, name: str, value: Any) -> None:
        for function in self._by_name[name]:
            function(value)


class Listening:
    """A listener that stops the run where the function it passes events to fails.

    Args:
        on: Told every event until it fails.
        cancel: What stops the run.
    """

    def __init__(self, on: Callable[[Event], None], cancel: CancelToken) -> None:
        self._on = on
        self._cancel = cancel
        self._error: Exception | None = None

    def __call__(self, event: Event) -> None:
        """Pass an event on."""
        if self._error is None:
            try:
                self._on(event)
            except Exception as error:  # noqa: BLE001 - whatever a person's function raises
                self._error = error
                self._cancel.cancel()

    def check(self, result: RunResult) -> None:
        """Tell of the failure once the run has ended.

        Raises:
            RunFailed: The function failed; `result` says how the run ended.
        """
        if self._error is None:
            return
        ended = "the run had succeeded already" if result.ok else "the run was stopped"
        error = RunFailed(
            f"The listener `on` failed; {ended}",
            why=elided(f"{type(self._error).__name__}: {self._error}", 300),
            do="correct the function, which takes one event",
            code="listener_failed",
        )
        error.result = result
        raise error from self._error
