"""What targets hold of a load that is under way, added up from what a run tells."""

from collections import Counter
from collections.abc import Mapping

from summit_studio.core.events import CheckpointCommitted, Event, RunResumed


class Held:
    """Rows by sink. They are safe whatever becomes of the run: another goes on behind them.

    Attributes:
        committed: That readers see.
        staged: That wait out of sight until the load is whole.
    """

    def __init__(
        self, committed: Mapping[str, int] | None = None, staged: Mapping[str, int] | None = None
    ) -> None:
        self.committed = Counter(committed or {})
        self.staged = Counter(staged or {})

    def take(self, event: Event) -> None:
        """Take in what a run tells."""
        if isinstance(event, RunResumed):
            shown = {s: rows - event.staged.get(s, 0) for s, rows in event.rows.items()}
            self.committed = Counter({s: rows for s, rows in shown.items() if rows})
            self.staged = Counter(event.staged)
        elif isinstance(event, CheckpointCommitted) and event.staged:
            self.staged[event.node_id] += event.rows
        elif isinstance(event, CheckpointCommitted):
            # The last epoch of a staged load shows all of them.
            self.committed[event.node_id] += event.rows
            del self.staged[event.node_id]
