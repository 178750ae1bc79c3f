"""What came of a run, as tables: the row ledger, the quality scores, the outputs."""

from collections.abc import Mapping
from pathlib import Path

from summit_studio.cli.terminal import Terminal
from summit_studio.core.events import (
    Event,
    LedgerLine,
    OutputPublished,
    RuleScored,
    RunFinished,
    RunRetried,
)


class RunReport:
    """A listener that remembers what the summary needs.

    Args:
        titles: What people call the nodes, by id.
        root: The workspace, where the relative places of outputs begin.
    """

    def __init__(self, titles: Mapping[str, str], root: Path) -> None:
        self._titles = titles
        self._root = root
        self._scores: list[RuleScored] = []
        self._outputs: list[OutputPublished] = []

    def __call__(self, event: Event) -> None:
        """Remember the event."""
        if isinstance(event, RuleScored):
            self._scores.append(event)
        elif isinstance(event, OutputPublished):
            self._outputs.append(event)
        elif isinstance(event, RunRetried):
            self._scores.clear()
            self._outputs.clear()

    def print(self, finished: RunFinished, terminal: Terminal) -> None:
        """Print the tables; those that would be empty are left out."""
        if finished.ledger:
            head = ["NODE", "ROWS IN", "ROWS OUT", "FILTERED", "REJECTED", "CHECKED"]
            terminal.table(head, [self._account(line) for line in finished.ledger], "lrrrr")
        if self._scores:
            terminal.print()
            head = ["RULE", "NODE", "PASSED", "NEEDED", "RESULT"]
            terminal.table(head, [self._score(s) for s in self._scores], "llrr")
        if self._outputs:
            terminal.print()
            terminal.table(
                ["OUTPUT", "ROWS", "WHERE"], [self._output(o) for o in self._outputs], "lr"
            )

    def _account(self, line: LedgerLine) -> list[str]:
        rows = (
            sum(line.rows_in.values()), sum(line.rows_out.values()), line.filtered, line.rejected
        )  # fmt: skip
        return [self._title(line.node_id), *(f"{count:,}" for count in rows), line.checked]

    def _score(self, score: RuleScored) -> list[str]:
        result = "✓" if not score.breached else "✗ critical" if score.critical else "✗ warning"
        shares = f"{score.score:.2%}", f"{score.threshold:.2%}"
        return [score.rule, self._title(score.node_id), *shares, result]

    def _output(self, output: OutputPublished) -> list[str]:
        return [self._title(output.node_id), f"{output.rows:,}", place(output.location, self._root)]

    def _title(self, node_id: str) -> str:
        return self._titles.get(node_id) or node_id


def place(location: str, root: Path) -> str:
    """Return where an output is: the absolute path of a file, or `connection: table` as it is."""
    path = root / location
    return str(path) if location and path.exists() else location
