"""Passes a run's events on to a function that may fail."""

from collections.abc import Callable

from summit_studio.api.results import RunFailed, RunResult
from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import Event
from summit_studio.core.suggest import elided


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
