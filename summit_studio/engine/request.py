"""What to run: a snapshot that can cross to another process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from summit_studio.core.epochs import Step
from summit_studio.core.ids import new_run_id
from summit_studio.document.model import Document
from summit_studio.engine.sandbox import Sandbox
from summit_studio.workspace.picked import Picked
from summit_studio.workspace.workspace import Workspace


@dataclass(frozen=True)
class RunRequest:
    """A run somebody asked for.

    Args:
        document: The pipeline as it stands; an editor's may be unsaved.
        root: The workspace folder, where relative paths begin.
        path: The pipeline's file, if it has one.
        parameters: Values for this run.
        trigger: `cli`, `editor` or `python`.
        environment: Where it runs: how far a load is in one is nothing to another.
        restart: Start an unfinished load again, where that writes no row twice.
        take_over: Do not wait for another run of the pipeline that seems alive.
        batch: The retry of dead letters that it is; targets keep apart how far that is.
        step: Told each step of the delivery before it is taken; it crosses to other processes.
        sandbox: What it has of its own in a rehearsal; None in earnest.
        to: The node, or one of its ports as `node.port`, that the run goes to and no further:
            nothing is written. None for all of the pipeline.
        pinned: Pinned ports give the rows that were pinned, and what they came from is not read.
        begin: The nodes that the run begins at, on pinned rows of what feeds them and what follows;
            other pinned rows are not taken. None for all of the pipeline.
        rows: How many first rows a run to a node shows.
        picked: Files outside the workspace that the person picked; an editor's alone.
    """

    document: Document
    root: Path
    path: Path | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    trigger: str = "python"
    run_id: str = field(default_factory=new_run_id)
    environment: str = "default"
    restart: bool = False
    take_over: bool = False
    batch: str | None = None
    step: Step | None = None
    sandbox: Sandbox | None = None
    to: str | None = None
    rows: int = 200
    pinned: bool = False
    begin: tuple[str, ...] = ()
    picked: Picked = field(default_factory=Picked)

    def workspace(self) -> Workspace:
        """Read the workspace.

        Raises:
            SummitError: Its connections cannot be read.
        """
        return Workspace.open(self.root, self.picked)
