"""Checkpoints of a run, as Python code names them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summit_studio.core.epochs import Stage
from summit_studio.core.errors import SummitError
from summit_studio.core.events import CheckpointCommitted
from summit_studio.core.suggest import elided, listing

if TYPE_CHECKING:
    from summit_studio.engine.checkpoints import Standing


class NoCheckpoint(SummitError):
    """There is none, or none to go on from."""

    code = "checkpoint_unknown"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A sink's target holds an epoch, and how far it is.

    Args:
        node_id: The sink.
        epoch: From 1, over all runs of the load.
        rows: Rows that the target took in it.
        lineage: The load.
    """

    node_id: str
    epoch: int
    rows: int
    lineage: str

    @classmethod
    def of(cls, event: CheckpointCommitted) -> "Checkpoint":
        """Return the checkpoint of which an event tells."""
        return cls(event.node_id, event.epoch, event.rows, event.lineage)

    @property
    def id(self) -> str:
        """What `resume_from_checkpoint` takes."""
        return f"{self.lineage}.{self.node_id}.{self.epoch}"


def require_newest(checkpoint_id: str, standing: "tuple[Standing, ...]") -> None:
    """Refuse a checkpoint that its target does not stand at.

    Raises:
        NoCheckpoint: It is another's, an older one, or its load is whole.
    """
    lineage, _, rest = checkpoint_id.partition(".")
    sink, _, epoch = rest.rpartition(".")
    found = next((s.progress for s in standing if s.sink == sink), None)
    known = [f"{s.progress.lineage}.{s.sink}.{s.progress.epoch}" for s in standing]
    if found is None or found.lineage != lineage or not epoch.isdigit():
        raise NoCheckpoint(
            f"There is no checkpoint {elided(checkpoint_id)}",
            why=f"the targets stand at {listing(known)}"
            if known
            else "no target keeps how far it is",
            do="take the last of `result.checkpoints`, or run the pipeline for a new load",
        )
    if found.stage is Stage.FINISHED:
        raise NoCheckpoint(
            "There is nothing to go on with",
            why=f"the load of this checkpoint is whole, {found.rows:,} rows",
            do="run the pipeline for a new load",
            code="checkpoint_finished",
        )
    if found.epoch != int(epoch):
        raise NoCheckpoint(
            f"Cannot go on from epoch {epoch} of '{sink}'",
            why=f"its target holds epoch {found.epoch}, and what is committed is not taken back",
            do="resume from the newest checkpoint, "
            f"'{found.lineage}.{sink}.{found.epoch}', or run the pipeline, which goes on from it",
            code="checkpoint_passed",
        )
