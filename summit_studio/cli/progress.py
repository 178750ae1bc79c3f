"""Progress bars on a terminal: one a node, with rows and rows a second, redrawn ten times a second.

Source of the drawing: rich, https://rich.readthedocs.io
"""

import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from summit_studio.cli.terminal import Terminal
from summit_studio.core.events import (
    BatchProcessed,
    Event,
    LoadMeasured,
    NodeFailed,
    NodeFinished,
    NodeStarted,
    RunFinished,
    RunResumed,
    RunRetried,
    RunStarted,
)
from summit_studio.core.showing import printable
from summit_studio.document.model import Edge

_REFRESH_HZ = 10
_PILED_UP = 0.75
_MIB = 2**20


class _Rate(ProgressColumn):
    """Rows a second since the node started."""

    def render(self, task: Task) -> Text:
        secs = (task.fields["ended"] or time.monotonic()) - task.fields["begun"]
        rate = task.fields["rows"] / secs if secs > 0 else 0.0
        return Text(f"{rate:,.0f} rows/s", style="dim", justify="right")


class _Screen(Progress):
    """The bars, and below them how hard the process works."""

    load = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        """Yield what is drawn, from top to bottom."""
        yield from super().get_renderables()
        if self.load:
            yield Text(self.load, style="dim")


class Bars:
    """A listener that shows every node that has started. Use it in a `with` block."""

    def __init__(self, terminal: Terminal, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self._tasks: dict[str, Task] = {}
        self._progress = _Screen(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[rows]:>14,} rows"),
            _Rate(),
            console=Console(file=terminal.err, stderr=True),
            refresh_per_second=_REFRESH_HZ,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Show the event."""
        match event:
            case RunStarted():
                for node_id in event.node_ids:
                    self._add(node_id)
            case NodeStarted():
                task = self._tasks[event.node_id]
                self._progress.update(task.id, visible=True, begun=time.monotonic())
            case BatchProcessed():
                self._advance(event)
            case NodeFinished() | NodeFailed():
                self._end(event.node_id, done=isinstance(event, NodeFinished))
            case LoadMeasured():
                self._measure(event)
            case RunFinished():
                for node_id in self._tasks:
                    self._end(node_id, done=False)
            case _:
                self._begin_anew(event)

    def say(self, text: str) -> None:
        """Write a line above the bars."""
        self._progress.console.print(printable(text), markup=False, highlight=False, soft_wrap=True)

    def _add(self, node_id: str) -> None:
        title = printable(self._titles.get(node_id, node_id), lines=False)
        # A bar without a total moves to and fro: most nodes cannot know how far they are.
        fields: dict[str, Any] = {"rows": 0, "begun": time.monotonic(), "ended": None}
        number = self._progress.add_task(title, total=None, visible=False, **fields)
        self._tasks[node_id] = next(t for t in self._progress.tasks if t.id == number)

    def _begin_anew(self, event: Event) -> None:
        match event:
            case RunRetried():
                self._start_again()
            case RunResumed():
                self._go_on(event)

    def _start_again(self) -> None:
        for task in self._tasks.values():
            self._progress.update(task.id, rows=0, completed=0, ended=None)
            task.total = None

    def _go_on(self, event: RunResumed) -> None:
        for line in event.ledger:
            rows = sum(line.rows_out.values()) + line.rejected
            self._progress.update(self._tasks[line.node_id].id, rows=rows)

    def _advance(self, event: BatchProcessed) -> None:
        task = self._tasks[event.node_id]
        rows = task.fields["rows"] + sum(event.rows_out.values())
        if event.progress is None:
            self._progress.update(task.id, rows=rows)
        else:
            self._progress.update(task.id, rows=rows, total=1.0, completed=event.progress)

    def _measure(self, event: LoadMeasured) -> None:
        parts = [f"{event.cpu:.1f} processors busy"]
        if event.memory_bytes is not None:
            parts.append(f"{event.memory_bytes / _MIB:,.0f} MB of memory")
        fullest = max(event.queues, key=event.queues.__getitem__, default=None)
        if fullest is not None and event.queues[fullest] >= _PILED_UP:
            node_id = Edge.parse(fullest).target.node
            title = printable(self._titles.get(node_id, node_id), lines=False)
            parts.append(f"rows pile up before '{title}'")
        self._progress.load = ", ".join(parts)

    def _end(self, node_id: str, *, done: bool) -> None:
        task = self._tasks[node_id]
        if task.fields["ended"]:
            return
        self._progress.update(task.id, ended=time.monotonic())
        if done:
            self._progress.update(task.id, total=1.0, completed=1.0)
        elif task.total is None:
            self._progress.update(task.id, total=1.0, completed=0.0)
