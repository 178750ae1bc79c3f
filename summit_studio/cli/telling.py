"""Tells a run while it goes: as sentences, as progress bars, as JSON lines, or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.report import RunReport
from summit_studio.cli.terminal import Terminal
from summit_studio.core.errors import SummitError
from summit_studio.core.events import (
    ErrorReport,
    Event,
    NodeFailed,
    NodeFinished,
    RowsRejected,
    RunFinished,
    RunStatus,
    to_json,
)
from summit_studio.engine.narrative import sentence_of

if TYPE_CHECKING:
    from summit_studio.cli.progress import Bars
    from summit_studio.engine.request import RunRequest


class Teller:
    """A listener. Says nothing while the run goes, and only errors at its end."""

    def __init__(self, terminal: Terminal, titles: Mapping[str, str], root: Path) -> None:
        self.terminal = terminal
        self.titles = titles
        self.report = RunReport(titles, root)

    def __call__(self, event: Event) -> None:
        """Take in one event, from the thread where it happened; the engine calls one at a time."""
        self.report(event)

    def refused(self, request: "RunRequest", error: SummitError) -> None:
        """Take in that the run did not start."""

    def sum_up(self, finished: RunFinished) -> None:
        """Say how the run ended."""
        if finished.error is not None:
            self.terminal.say(str(finished.error), "red")


class JsonLines(Teller):
    """Prints every event as one line of JSON."""

    def __call__(self, event: Event) -> None:
        """Print the event."""
        self.terminal.json(to_json(event), indent=None)

    def refused(self, request: "RunRequest", error: SummitError) -> None:
        """Print the end of a run that never began, so that readers need not look elsewhere."""
        report = ErrorReport.of(error)
        self(RunFinished(request.run_id, RunStatus.FAILED, 0.0, error=report))


class Sentences(Teller):
    """Says each event that matters as a sentence, then the summary.

    Rows rejected for one reason are said once when they first come; the summary has their number.
    """

    def __init__(
        self,
        terminal: Terminal,
        titles: Mapping[str, str],
        root: Path,
        bars: "Bars | None" = None,
    ) -> None:
        super().__init__(terminal, titles, root)
        self._bars = bars
        self._known: set[tuple[str, str, str | None]] = set()

    def __call__(self, event: Event) -> None:
        """Say the event, or show it in the bars."""
        super().__call__(event)
        if self._bars is not None:
            self._bars(event)
        if self._worth_saying(event):
            text = sentence_of(event, self.titles)
            if text is not None:
                self.terminal.say(text) if self._bars is None else self._bars.say(text)

    def sum_up(self, finished: RunFinished) -> None:
        """Print the tables and the last sentence."""
        self.report.print(finished, self.terminal)
        super().sum_up(finished)
        if finished.error is None or finished.status is not RunStatus.FAILED:
            self.terminal.say(sentence_of(finished, self.titles) or "")

    def _worth_saying(self, event: Event) -> bool:
        if isinstance(event, RowsRejected):
            kind = (event.node_id, event.code, event.column)
            first = kind not in self._known
            self._known.add(kind)
            return first
        # The end and its error come after the tables; the bars show who has finished.
        shown = isinstance(event, NodeFinished) and self._bars is not None
        return not shown and not isinstance(event, RunFinished | NodeFailed)


@contextmanager
def teller(
    terminal: Terminal,
    titles: Mapping[str, str],
    root: Path,
    *,
    events: str | None,
    quiet: bool,
) -> Iterator[Teller]:
    """Give the listener that fits what was asked for and where standard error goes."""
    if events == "json":
        yield JsonLines(terminal, titles, root)
    elif quiet:
        yield Teller(terminal, titles, root)
    elif terminal.lively:
        from summit_studio.cli.progress import Bars

        with Bars(terminal, titles) as bars:
            yield Sentences(terminal, titles, root, bars)
    else:
        yield Sentences(terminal, titles, root)
