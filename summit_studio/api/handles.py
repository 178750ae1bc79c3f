"""Handles on the nodes and ports of a pipeline that is being built."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from summit_studio.api.misuse import Misuse
from summit_studio.document.model import ENABLED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summit_studio.api.rows import Rows
    from summit_studio.core.schema import Schema
    from summit_studio.document.model import Document


class Owner(Protocol):
    """What a handle asks of its pipeline; see `building.Builder`."""

    @property
    def document(self) -> "Document":
        """The document as it stands."""

    def add_after(
        self,
        source: "Handle",
        type_id: str,
        node_id: str | None = None,
        /,
        *,
        title: str | None = None,
        state: str = ENABLED,
        **params: Any,
    ) -> "NodeHandle":
        """Add a node and connect `source` to it."""

    def connect(self, source: "Handle", target: "Handle") -> "NodeHandle":
        """Draw an edge."""

    def port(self, node: "NodeHandle", port: str) -> "PortHandle":
        """Return a port of a node."""

    def params(self, node: "NodeHandle") -> dict[str, Any]:
        """Return a copy of a node's params."""

    def set_params(self, node: "NodeHandle", params: "Mapping[str, Any]") -> None:
        """Change params of a node."""

    def preview(
        self, source: "Handle", rows: int = 200, parameters: "Mapping[str, Any] | None" = None
    ) -> "Rows":
        """Return the first rows of an output."""

    def schema(self, source: "Handle") -> "Schema | None":
        """Return the columns of an output."""


@dataclass(frozen=True, repr=False)
class Handle:
    """A node, or one of its ports; two handles on the same are equal."""

    pipeline: Owner
    node_id: str

    def to(
        self,
        target: "str | Handle",
        node_id: str | None = None,
        /,
        *,
        title: str | None = None,
        state: str = ENABLED,
        **params: Any,
    ) -> "NodeHandle":
        """Add a node and connect this to its first free input, or connect a node there is.

        Args:
            target: A node type, see `Pipeline.add`; or a handle, see `Pipeline.connect`.
            node_id: The id of a new node.
            title: What people call a new node.
            state: Of a new node: `enabled`, `disabled` or `bypassed`.
            params: The params of a new node.

        Returns:
            The node connected to, so that `to` can follow `to`.
        """
        if not isinstance(target, Handle):
            return self.pipeline.add_after(
                self, target, node_id, title=title, state=state, **params
            )
        given = [*(["an id"] if node_id else []), *(["title"] if title else [])]
        given += [*(["a state"] if state != ENABLED else []), *params]
        if given:
            raise Misuse(
                f"{target!r} is there already and cannot be given {', '.join(given)}",
                why="an id, a title and params are for a new node",
                do="leave them out, or change the node by `set`",
            )
        return self.pipeline.connect(self, target)

    def preview(self, rows: int = 200, **parameters: Any) -> "Rows":
        """Return the first rows of this output; see `Pipeline.preview`."""
        return self.pipeline.preview(self, rows, parameters)

    @property
    def schema(self) -> "Schema | None":
        """The columns of this output, or None where they cannot be known yet."""
        return self.pipeline.schema(self)


@dataclass(frozen=True, repr=False)
class PortHandle(Handle):
    """A port of a node: `node["dropped"]`."""

    port: str

    def __repr__(self) -> str:
        return f"<port {self.node_id}.{self.port}>"


@dataclass(frozen=True, repr=False)
class NodeHandle(Handle):
    """A node of a pipeline. Where a port is wanted it stands for its first output.

    The preview of a sink shows the rows it would get.
    """

    def __repr__(self) -> str:
        node = self.pipeline.document.nodes.get(self.node_id)
        return f"<node {self.node_id} ({node.type if node else 'no longer there'})>"

    def __getitem__(self, port: str) -> PortHandle:
        """Return one of the ports.

        Raises:
            SummitError: The node has no port of that name.
        """
        return self.pipeline.port(self, port)

    @property
    def state(self) -> str:
        """Whether it works: `enabled`, `disabled` or `bypassed`; see `Pipeline.set_state`."""
        return self.pipeline.document.node(self.node_id).state

    @property
    def params(self) -> dict[str, Any]:
        """A copy of the params that are set; `set` changes them."""
        return self.pipeline.params(self)

    def set(self, **params: Any) -> "NodeHandle":
        """Change some params and return this handle.

        Raises:
            InvalidParams: They do not fit; nothing is changed.
        """
        self.pipeline.set_params(self, params)
        return self


def is_handles(value: Any) -> bool:
    """Return True for a handle, and for a list of nothing but handles."""
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(v, Handle) for v in value)
    return isinstance(value, Handle)
