"""Figures over time, kept short however long a run goes on. Knows nothing of Qt."""

from dataclasses import dataclass, field

MOST_POINTS = 600
"""So many are kept at most, of a longer run at longer distances; an even number."""


@dataclass(slots=True)
class Series:
    """A figure over time, oldest first: `secs` and `values` are as long as each other.

    Args:
        secs: Seconds since the run began.
        values: The figure then; of a long run the mean of several.
        last: The figure as it came last.
        peak: The highest that came.
    """

    secs: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    last: float = 0.0
    peak: float = 0.0
    _every: int = 1
    _waiting: list[float] = field(default_factory=list)

    def add(self, secs: float, value: float) -> None:
        """Take in a figure."""
        self.last, self.peak = value, max(self.peak, value)
        if len(self.secs) == MOST_POINTS and not self._waiting:
            self.secs = self.secs[1::2]
            self.values = [
                (a + b) / 2 for a, b in zip(self.values[::2], self.values[1::2], strict=True)
            ]
            self._every *= 2
        self._waiting.append(value)
        if len(self._waiting) == self._every:
            self.secs.append(secs)
            self.values.append(sum(self._waiting) / self._every)
            self._waiting.clear()
