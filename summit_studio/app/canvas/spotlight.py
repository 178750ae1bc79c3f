"""Some nodes and edges lit, all others dimmed: what paths and traces are shown by."""

from collections.abc import Iterable

from summit_studio.document.model import Edge


class Spotlight:
    """Says of each node and edge whether it is lit or dimmed; while it is off none is either."""

    def __init__(self) -> None:
        self._nodes: frozenset[str] | None = None
        self._edges: frozenset[Edge] = frozenset()

    @property
    def on(self) -> bool:
        """True while something is lit."""
        return self._nodes is not None

    def show(self, nodes: Iterable[str] | None, edges: Iterable[Edge] = ()) -> bool:
        """Light these nodes and edges, and dim all others; None dims none.

        Returns:
            True if others are lit than before.
        """
        before = self._nodes, self._edges
        self._nodes = None if nodes is None else frozenset(nodes)
        self._edges = frozenset(edges)
        return before != (self._nodes, self._edges)

    def lights(self, edge: Edge) -> bool:
        """Return True of an edge that is lit."""
        return self.on and edge in self._edges

    def dims(self, what: str | Edge) -> bool:
        """Return True of a node or an edge that is dimmed."""
        if self._nodes is None:
            return False
        return what not in self._nodes if isinstance(what, str) else what not in self._edges
