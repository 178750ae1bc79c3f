"""Measures two things in turn, so that a machine's moods fall on both."""

import statistics
import time
from collections.abc import Callable
from typing import Any


def seconds(work: Callable[[], Any]) -> float:
    """Return how long `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def nothing() -> None:
    """Make nothing ready."""


def paired(
    case: str,
    ours: Callable[[], Any],
    limit: Callable[[], Any],
    rounds: int,
    *,
    before: tuple[Callable[[], Any], Callable[[], Any]] = (nothing, nothing),
    **facts: Any,
) -> dict[str, Any]:
    """Return the ratio of medians over `rounds` alternating rounds, after one warm-up of each.

    Args:
        case: What it is called.
        ours: What we do.
        limit: What it is held against.
        rounds: How many count.
        before: What makes each ready, untimed.
        facts: Said beside the figures.
    """

    def timed(work: Callable[[], Any], ready: Callable[[], Any]) -> float:
        ready()
        return seconds(work)

    times = [(timed(ours, before[0]), timed(limit, before[1])) for _ in range(rounds + 1)][1:]
    a, b = (statistics.median(column) for column in zip(*times, strict=True))
    each = statistics.median(x / y for x, y in times)
    return {
        "case": case, "ratio": a / b, "paired_ratio": each, "ours_secs": a, "limit_secs": b,
        "rounds": rounds, **facts,
    }  # fmt: skip
