"""Faults put into the delivery on purpose: the harness must find each of them.

Each is what one would write who has not thought of a crash at the worst moment.
"""

from collections.abc import Callable
from typing import Any

from summit_studio.backends.local import sink
from summit_studio.connectors import checkpoint, transaction
from summit_studio.stores import one_file, parts


def checkpoint_after_commit() -> None:
    """Move the checkpoint in a transaction of its own, once the rows are committed."""
    moved: list[tuple[Any, int]] = []
    whole = checkpoint.TableCheckpoint.advance
    commit = transaction.Transaction.commit

    def later(self: Any, session: Any, rows: int) -> None:
        del session
        moved.append((self, rows))

    def committed(self: Any, table: Any) -> None:
        commit(self, table)
        while moved:
            own, rows = moved.pop()
            own.mark and STEP[0](f"checkpoint:{own._key.sink}:{own.mark.epoch}")
            with own._session(writing=True) as session:
                whole(own, session, rows)

    checkpoint.TableCheckpoint.advance = later  # type: ignore[method-assign]
    transaction.Transaction.commit = committed  # type: ignore[method-assign]


def no_generation() -> None:
    """Move the checkpoint whoever has claimed the target since."""
    put = checkpoint.TableCheckpoint._put

    def unguarded(self: Any, session: Any, before: Any, after: Any) -> bool:
        # Not what is staged: where nothing is, asking for it would end the transaction.
        self._staged_on = lambda _, progress: progress
        try:
            return put(self, session, self._found(session), after)
        finally:
            del self._staged_on

    checkpoint.TableCheckpoint._put = unguarded  # type: ignore[method-assign]


def stage_not_truncated() -> None:
    """Add to the stage of a file before the epoch is committed, and leave there what is there."""
    put = one_file.FileCheckpoint._put

    def early(self: Any, manifest: Any) -> None:
        self._place(manifest, [self._desk / f"epoch-{manifest.progress.epoch:06d}"])
        put(self, manifest)

    def all_there(self: Any) -> list[Any]:
        return sorted(self.folder.glob("part-*"))

    one_file.FileCheckpoint._put = early  # type: ignore[method-assign]
    one_file.FileCheckpoint._take_stock = parts.PartsCheckpoint._take_stock  # type: ignore[method-assign]
    one_file.FileCheckpoint.parts = all_there  # type: ignore[method-assign]
    sink.SinkRun._gather = lambda _self, writer: writer.gather()  # type: ignore[method-assign]


STEP: list[Callable[[str], None]] = [lambda _: None]
"""What is told the steps that only a control has."""

CONTROLS: dict[str, Callable[[], None]] = {
    "checkpoint-after-commit": checkpoint_after_commit,
    "no-generation": no_generation,
    "stage-not-truncated": stage_not_truncated,
}
