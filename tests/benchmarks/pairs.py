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


def paired(
    case: str, ours: Callable[[], Any], limit: Callable[[], Any], rounds: int, **facts: Any
) -> dict[str, Any]:
    """Return the ratio of medians over `rounds` alternating rounds, after one warm-up of each."""
    ours(), limit()
    times = [(seconds(ours), seconds(limit)) for _ in range(rounds)]
    a, b = (statistics.median(column) for column in zip(*times, strict=True))
    each = statistics.median(x / y for x, y in times)
    return {
        "case": case, "ratio": a / b, "paired_ratio": each, "ours_secs": a, "limit_secs": b,
        "rounds": rounds, **facts,
    }  # fmt: skip
