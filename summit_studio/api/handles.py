"""Handles on the nodes and ports of a pipeline that is being built."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summit_studio.api.building import Builder
    from summit_studio.api.rows import Rows
    from summit_studio.core.schema import Schema


class PortHandle:
    """A port of a node: `node["dropped"]`."""

    def __init__(self, pipeline: "Builder", node_id: str, port: str) -> None:
        self.pipeline = pipeline
        self.node_id = node_id
        self.port = port

    def __repr__(self) -> str:
        return f"<port {self.node_id}.{self.port}>"

    def to(
        self,
        type_id: str,
        node_id: str | None = None,
        /,
        *,
        title: str | None = None,
        **params: Any,
    ) -> "NodeHandle":
        """Add a node and connect this output to its first free input; see `Pipeline.add`."""
        return self.pipeline.add_after(self, type_id, node_id, title=title, **params)

    def preview(self, rows: int = 200, **parameters: Any) -> "Rows":
        """Return the first rows of this output; see `Pipeline.preview`."""
        return self.pipeline.preview(self, rows, parameters)

    @property
    def schema(self) -> "Schema | None":
        """The columns of this output, or None where they cannot be known yet."""
        return self.pipeline.schema(self)


class NodeHandle:
    """A node of a pipeline. Where a port is wanted it stands for its first output."""

    def __init__(self, pipeline: "Builder", node_id: str) -> None:
        self.pipeline = pipeline
        self.node_id = node_id

    def __repr__(self) -> str:
        node = self.pipeline.document.node(self.node_id)
        return f"<node {self.node_id} ({node.type})>"

    def __getitem__(self, port: str) -> PortHandle:
        """Return one of the ports.

        Raises:
            SummitError: The node has no port of that name.
        """
        return self.pipeline.port(self, port)

    @property
    def params(self) -> dict[str, Any]:
        """A copy of the params that are set."""
        return dict(self.pipeline.document.node(self.node_id).params)

    def set(self, **params: Any) -> "NodeHandle":
        """Change some params and return this handle.

        Raises:
            InvalidParams: They do not fit; nothing is changed.
        """
        self.pipeline.set_params(self, params)
        return self

    def to(
        self,
        type_id: str,
        node_id: str | None = None,
        /,
        *,
        title: str | None = None,
        **params: Any,
    ) -> "NodeHandle":
        """Add a node and connect the first output to its first free input; see `Pipeline.add`."""
        return self.pipeline.add_after(self, type_id, node_id, title=title, **params)

    def preview(self, rows: int = 200, **parameters: Any) -> "Rows":
        """Return the first rows of the first output; of a sink, the rows it would get."""
        return self.pipeline.preview(self, rows, parameters)

    @property
    def schema(self) -> "Schema | None":
        """The columns of the first output, or None where they cannot be known yet."""
        return self.pipeline.schema(self)


Handle = NodeHandle | PortHandle


def is_handles(value: Any) -> bool:
    """Return True for a handle, and for a list of nothing but handles."""
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(v, NodeHandle | PortHandle) for v in value)
    return isinstance(value, NodeHandle | PortHandle)
