"""When a run tries again what failed: which errors may pass, and how long it waits."""

from typing import TYPE_CHECKING

from summit_studio.core.errors import SummitError
from summit_studio.nodes.contract import Delivery, SinkNode
from summit_studio.planning.plan import Plan
from summit_studio.planning.settings import Retry

if TYPE_CHECKING:
    from collections.abc import Collection


def wait_secs(retry: Retry, failures: int, chance: float) -> float:
    """Return how long to wait for the next attempt.

    Args:
        retry: How the waits grow.
        failures: Attempts in a row that failed, from 1.
        chance: From 0 to 1: how much the jitter takes off, where there is one.
    """
    growth = {
        "fixed": 1.0,
        "linear": float(failures),
        "exponential": 2.0 ** min(failures - 1, 64),
    }[retry.backoff]
    longest = min(retry.delay_secs * growth, retry.max_delay_secs)
    return longest * (1 - chance / 2) if retry.jitter else longest


def may_pass(
    error: SummitError, plan: Plan, kept: "Collection[str]", visible: "Collection[str]"
) -> bool:
    """Return True if another attempt may succeed, and can double no row.

    Args:
        error: Why the last one ended.
        plan: Of the run.
        kept: Sinks whose targets keep how far they are: what these hold is passed over.
        visible: Sinks that have published.
    """
    sinks = [node for node in plan.nodes.values() if isinstance(node, SinkNode) and node.target()]
    unkept = [node for node in sinks if node.node_id not in kept]
    if any(n.node_id in visible or n.delivery is Delivery.NONE for n in unkept):
        return False
    if error.code == "commit_unknown":
        # The target says whether it was, if it keeps that beside the rows; several may share it.
        return not any(node.delivery is Delivery.TRANSACTIONAL for node in unkept)
    return error.retryable
