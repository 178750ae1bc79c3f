"""A circuit breaker for calls of one's own, of the kind that connections have."""

from collections.abc import Callable
from typing import TypeVar

from summit_studio.api.misuse import Misuse, described, whole_number
from summit_studio.connectors.breaker import Breaker, Limits
from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import BreakerState

T = TypeVar("T")


class CircuitBreaker:
    """Makes calls as long as they succeed, and leaves a system alone that fails again and again.

    Connections have one of their own: `breaker_failures` and kin in connections.toml. From any
    thread.

    Args:
        failures: Calls in a row that fail before it opens.
        timeout_secs: Seconds for which it then makes no call. After that it makes one at a time.
        successes: Calls in a row that succeed before it is closed again.
        name: What errors call the system.
    """

    def __init__(
        self,
        failures: int = 5,
        timeout_secs: float = 60.0,
        successes: int = 1,
        *,
        name: str = "circuit",
    ) -> None:
        whole_number(failures, "The number of failures", least=1)
        whole_number(successes, "The number of successes", least=1)
        if not (isinstance(timeout_secs, int | float) and timeout_secs > 0):
            raise Misuse(
                f"The timeout cannot be {described(timeout_secs)}", do="give seconds, more than 0"
            )
        self._cancel = CancelToken()
        limits = Limits(failures, float(timeout_secs), successes)
        self._breaker = Breaker(name, limits, lambda _change: None, failed=lambda _error: True)

    def execute(self, function: Callable[[], T]) -> T:
        """Call a function and return what it returns. Whatever it raises counts as a failure.

        Raises:
            CircuitOpen: It is open; the function was not called.
        """
        with self._breaker.connecting(self._cancel):
            return function()

    @property
    def state(self) -> BreakerState:
        """How it stands: `closed`, `open`, or `half_open`."""
        return self._breaker.standing().state

    @property
    def failures(self) -> int:
        """Calls in a row that have failed."""
        return self._breaker.standing().failures
