"""The dead letters of a pipeline, from Python."""

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from summit_studio.api.handles import NodeHandle
from summit_studio.api.misuse import wanted
from summit_studio.api.pipeline import Pipeline
from summit_studio.engine.dead_letters import DeadLetters, Retried, Trial
from summit_studio.state.letters import LetterGroup, LetterStatus, Selection


class DeadLetterQueue:
    """Rows that a pipeline rejected and kept: look at them, mend them, let them go in again.

    Use it in a `with` block, or close it. Wherever letters can be chosen: `group` is a group's
    name, `node` a node of the pipeline, `ids` the numbers of letters; without any, all that are
    open are meant.

    Args:
        pipeline: Whose letters.
        environment: Letters of one are nothing to another.
    """

    def __init__(self, pipeline: Pipeline, environment: str = "default") -> None:
        wanted(
            pipeline, Pipeline, "A pipeline", "a Pipeline", "give the one whose letters they are"
        )
        self._letters = DeadLetters(pipeline.request(environment=environment), pipeline.catalogue)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store."""
        self._letters.close()

    def __len__(self) -> int:
        """Return how many letters are open."""
        return self._letters.count()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the letters that are open, each with its row, oldest first."""
        return self._letters.entries()

    def add(
        self,
        record: Mapping[str, Any],
        error: BaseException | str,
        metadata: Mapping[str, Any] | None = None,
        *,
        at: NodeHandle,
    ) -> None:
        """Keep a row that your own program could not deliver; it is durable once this returns.

        Args:
            record: Its values by column.
            error: Why it could not be delivered.
            metadata: Where it came from; kept in words.
            at: The node at which it is to go in again.

        Raises:
            SummitError: It does not fit what the node takes.
        """
        source = ", ".join(f"{k} {v}" for k, v in (metadata or {}).items())
        self._letters.add(at.node_id, record, str(error), source or None)

    def groups(self, *, node: NodeHandle | None = None) -> tuple[LetterGroup, ...]:
        """Return how the open letters fall into groups that are alike, the biggest first."""
        return self._letters.groups(_chosen(None, node, ()))

    def entries(
        self, status: str | None = "open", *, group: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield letters in a state, each with its row; None for any state."""
        state = None if status is None else LetterStatus(status)
        return self._letters.entries(Selection((group,) if group else (), status=state))

    def edit(
        self,
        text: str,
        *,
        group: str | None = None,
        node: NodeHandle | None = None,
        ids: Sequence[int] = (),
    ) -> int:
        """Change rows by an expression, `set amount = replace(amount, ',', '.')`; return how many.

        Raises:
            SummitError: It cannot be read, or fails on one of them; nothing was changed.
        """
        return self._letters.edit(text, _chosen(group, node, ids))

    def try_(
        self,
        *,
        group: str | None = None,
        node: NodeHandle | None = None,
        ids: Sequence[int] = (),
    ) -> Trial:
        """Return what would become of letters that went in now; nothing is written."""
        return self._letters.try_(_chosen(group, node, ids))

    def retry(
        self,
        *,
        group: str | None = None,
        node: NodeHandle | None = None,
        ids: Sequence[int] = (),
    ) -> Retried:
        """Let letters go in again at the nodes that rejected them; each is written once.

        Raises:
            SummitError: They cannot go in, or the pipeline has problems.
        """
        return self._letters.retry(_chosen(group, node, ids))

    def discard(
        self,
        *,
        group: str | None = None,
        node: NodeHandle | None = None,
        ids: Sequence[int] = (),
    ) -> int:
        """Let letters go; return how many."""
        return self._letters.discard(_chosen(group, node, ids))


def _chosen(group: str | None, node: NodeHandle | None, ids: Sequence[int]) -> Selection:
    return Selection((group,) if group else (), node.node_id if node else None, tuple(ids))
