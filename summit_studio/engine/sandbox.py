"""What a run in a rehearsal has of its own: its targets, and a sample for its sources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from summit_studio.core.epochs import Position
from summit_studio.core.schema import Schema
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import Chunk, Reader, RunContext, SourceNode
from summit_studio.workspace.connections import Connection
from summit_studio.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class End:
    """Where the sample of a source ends.

    Args:
        position: Where the source would go on.
        chunks: How many there are from its beginning.
    """

    position: Position
    chunks: int


@dataclass(frozen=True)
class Sandbox:
    """Crosses to the process of the run.

    Args:
        folder: Where it may write, beside the workspace.
        started: What every clock function tells, in each of its loads.
        connections: Those of its targets.
        ends: Where the samples of its sources end, by node id.
    """

    folder: Path
    started: datetime
    connections: tuple[Connection, ...] = ()
    ends: Mapping[str, End] | None = None

    def workspace(self, known: Workspace) -> Workspace:
        """Return a workspace with the sandbox's folder and connections."""
        own = {connection.name: connection for connection in self.connections}
        return replace(known, connections={**known.connections, **own}, aside=self.folder)

    def catalogue(self, known: Catalogue) -> Catalogue:
        """Return the node types, each source of which gives its sample."""
        ends = self.ends or {}
        return Catalogue({kind.id: _sampled(kind, ends) for kind in known})


def _sampled(kind: type[AnyNode], ends: Mapping[str, End]) -> type[AnyNode]:
    """Return a type of source whose nodes stop where their samples end; others as they are."""
    if not issubclass(kind, SourceNode):
        return kind

    class Sampled(kind):  # type: ignore[misc, valid-type]
        __doc__ = kind.__doc__

        def open(self, schema: Schema, context: RunContext) -> Reader:
            """Open the source for its sample."""
            opened: Reader = super().open(schema, context)
            end = ends.get(self.node_id)
            return opened if end is None else _Sample(opened, end, context.start)

    return Sampled


class _Sample(Reader):
    """The first chunks of a source, as far as its sample goes.

    It has no total: the source holds more.
    """

    def __init__(self, reader: Reader, end: End, start: Position | None) -> None:
        self._reader = reader
        self._end = end
        self._start = start

    def chunks(self) -> Iterator[Chunk]:
        """Yield them."""
        if self._start is not None and _same(self._start, self._end.position):
            return
        for number, chunk in enumerate(self._reader.chunks(), start=1):
            yield chunk
            counted = self._start is None and number == self._end.chunks
            if counted or (self._start is not None and _same(chunk.position, self._end.position)):
                return

    def close(self) -> None:
        """Close the source."""
        self._reader.close()


def _same(one: Position | None, other: Position) -> bool:
    return one is not None and dict(one) == dict(other)
