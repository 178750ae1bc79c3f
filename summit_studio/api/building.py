"""Building a pipeline: every change is an edit of its document."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Self

from summit_studio.api.binding import (
    accepting,
    check_params,
    input_port,
    merged_settings,
    node_id_for,
    output_port,
    parameter_of,
    refuse_circle,
    split_params,
)
from summit_studio.api.handles import Handle, NodeHandle, PortHandle
from summit_studio.api.misuse import Misuse, described, text, wanted
from summit_studio.core.errors import InvalidDocument, SummitError
from summit_studio.core.schema import WRITTEN
from summit_studio.core.suggest import did_you_mean, elided, listing
from summit_studio.document.edits import (
    AddEdge,
    AddNode,
    Compound,
    Edit,
    SetParams,
    SetProperties,
    SetStates,
)
from summit_studio.document.model import ENABLED, STATES, Document, Edge, Node, PortRef
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import SinkNode

if TYPE_CHECKING:
    from summit_studio.api.rows import Rows
    from summit_studio.core.schema import Schema
    from summit_studio.workspace.workspace import Workspace


_ID = "give it as text, such as 'orders'"
_TYPE = "give its id as text, such as 'filter'; a node there is is joined by `connect` or `to`"


class Builder(ABC):
    """The part of a Pipeline that builds it.

    Args:
        document: Where to begin.
        catalogue: The node types.
    """

    def __init__(self, document: Document, catalogue: Catalogue) -> None:
        self._document = document
        self._catalogue = catalogue

    @abstractmethod
    def preview(
        self, source: Handle, rows: int = 200, parameters: Mapping[str, Any] | None = None
    ) -> "Rows":
        """Return the first rows of an output."""

    @abstractmethod
    def schema(self, source: Handle) -> "Schema | None":
        """Return the columns of an output, or None where they cannot be known yet."""

    @abstractmethod
    def _workspace(self) -> "Workspace":
        """Return the workspace, where paths begin."""

    @property
    def document(self) -> Document:
        """The document as it stands; it never changes, an edit makes a new one."""
        return self._document

    @property
    def name(self) -> str:
        """What people call the pipeline."""
        return self._document.name

    def __getitem__(self, node_id: str) -> NodeHandle:
        """Return the node of that id.

        Raises:
            SummitError: There is none.
        """
        if text(node_id, "The id of a node", _ID) in self._document.nodes:
            return NodeHandle(self, node_id)
        near = did_you_mean(node_id[:80], self._document.nodes)
        raise SummitError(
            f"There is no node '{elided(node_id)}'",
            why=f"the pipeline has {listing(self._document.nodes) or 'no nodes'}",
            do=f"did you mean '{near}'?" if near else "name one of them",
            code="node_unknown",
        )

    def __contains__(self, node_id: object) -> bool:
        return isinstance(node_id, str) and node_id in self._document.nodes

    def __iter__(self) -> Iterator[NodeHandle]:
        return iter([NodeHandle(self, node_id) for node_id in self._document.nodes])

    def apply(self, edit: Edit) -> None:
        """Apply any edit of `summit_studio.document.edits`.

        Raises:
            InvalidDocument: It does not fit; nothing is changed.
        """
        if not all(callable(getattr(edit, name, None)) for name in ("apply", "inverse")):
            do = "make one of `summit_studio.document.edits`"
            raise Misuse(f"An edit cannot be {described(edit)}", do=do)
        self._document = edit.apply(self._document)

    def add(
        self,
        type_id: str,
        node_id: str | None = None,
        /,
        *,
        title: str | None = None,
        state: str = ENABLED,
        **params: Any,
    ) -> NodeHandle:
        """Add a node.

        Args:
            type_id: A node type; `summit nodes` lists them.
            node_id: Its id; by default one made from the type.
            title: What people call it.
            state: `enabled`, `disabled` or `bypassed`; see `set_state`.
            params: Its params. A handle, or a list of handles, given by the name of an input port
                draws the edges to that port.

        Raises:
            UnknownNodeType: There is no such type.
            InvalidParams: A param is unknown, missing or does not fit; nothing is added.
        """
        return self._add(None, type_id, node_id, title, params, state)

    def add_after(
        self,
        source: Handle,
        type_id: str,
        node_id: str | None = None,
        /,
        *,
        title: str | None = None,
        state: str = ENABLED,
        **params: Any,
    ) -> NodeHandle:
        """Add a node and connect `source` to its first free input; see `add`."""
        return self._add(source, type_id, node_id, title, params, state)

    def connect(self, source: Handle, target: Handle) -> NodeHandle:
        """Draw an edge; a node stands for its first output, or its first free input.

        Returns:
            The node it leads to.

        Raises:
            SummitError: There is no such port, no input is free, or rows would run in a circle.
            InvalidDocument: The edge is there already.
        """
        begin, node_id = self._source(source), self._own(target).node_id
        port = target.port if isinstance(target, PortHandle) else None
        taken = [e.target.port for e in self._document.edges_into(node_id)]
        end = input_port(self._kind(node_id), node_id, port, taken)
        refuse_circle(self._document, begin.node, node_id)
        edge = Edge(begin, end)
        if edge in self._document.edges:
            why = "every row would come twice"
            do = "leave it out, or put a node between"
            raise InvalidDocument(f"{edge} is there already", why=why, do=do, code="edge_twice")
        self.apply(AddEdge(edge))
        return NodeHandle(self, node_id)

    def port(self, node: NodeHandle, port: str) -> PortHandle:
        """Return an output or input port of a node.

        A sink has one called `written`, for `preview` alone: the rows that are in its target.

        Raises:
            SummitError: The node has no port of that name.
        """
        kind = self._kind(self._own(node).node_id)
        text(port, "A port", "give its name, such as 'rows'")
        written = port == WRITTEN and issubclass(kind, SinkNode)
        if not written and port not in [p.name for p in kind.inputs]:
            output_port(kind, node.node_id, port)
        return PortHandle(self, node.node_id, port)

    def parameter(
        self, name: str, type_name: str = "text", default: Any = None, doc: str = ""
    ) -> str:
        """Declare a parameter and return the placeholder that stands for it in params.

        Args:
            name: Its name, as in `--param NAME=VALUE`.
            type_name: `text`, `integer`, `number`, `boolean`, `date` or `path`.
            default: Its value where a run gives none; without it every run must.
            doc: What it is for.

        Raises:
            InvalidParams: The name or the type cannot be.
        """
        declared = parameter_of(name, type_name, default, doc)
        self.apply(SetProperties(parameters={**self._document.parameters, name: declared}))
        return f"${{{name}}}"

    def configure(self, **settings: Any) -> Self:
        """Change settings, such as `performance={"batch_rows": 50_000}`; parts given are merged.

        Raises:
            InvalidSettings: One does not exist or does not fit; nothing is changed.
        """
        self.apply(SetProperties(settings=merged_settings(self._document.settings, settings)))
        return self

    def params(self, node: NodeHandle) -> dict[str, Any]:
        """Return a copy of the params of a node."""
        return deepcopy(dict(self._document.node(self._own(node).node_id).params))

    def set_params(self, node: NodeHandle, params: Mapping[str, Any]) -> None:
        """Change some params of a node.

        Raises:
            InvalidParams: They do not fit; nothing is changed.
        """
        before = self._document.node(self._own(node).node_id)
        kind = self._catalogue.get(before.type)
        changes, handles = split_params(self._document, kind, params)
        if handles:
            do = f"use `connect`, or `to(pipeline['{before.id}'])`"
            raise Misuse(f"`set` cannot connect '{next(iter(handles))}'", do=do)
        after = replace(before, params={**before.params, **changes})
        kind = self._catalogue.kind_of(after, self._workspace())
        after = accepting(after, kind, changes)
        check_params(self._document, self._catalogue, after, kind)
        self.apply(SetParams(before.id, after.params))

    def set_state(self, state: str, *nodes: NodeHandle) -> Self:
        """Have nodes work, not run, or let rows past them.

        Args:
            state: `enabled`; `disabled`: they and what depends on them alone do not run; or
                `bypassed`: rows go on from their one input by their first output as they came.
                `check` says what cannot be bypassed, and what does not run.
            nodes: The nodes.

        Raises:
            Misuse: There is no such state.
        """
        _known_state(state)
        self.apply(SetStates({self._own(node).node_id: state for node in nodes}))
        return self

    def _add(
        self,
        source: Handle | None,
        type_id: str,
        node_id: str | None,
        title: str | None,
        params: Mapping[str, Any],
        state: str = ENABLED,
    ) -> NodeHandle:
        _known_state(state)
        kind = self._catalogue.get(text(type_id, "The type of a node", _TYPE))
        own_id = node_id_for(self._document, type_id, node_id)
        text("" if title is None else title, "The title of a node", "give a text")
        texts = {n: str(v) for n, v in params.items() if isinstance(v, str | PurePath)}
        kind = self._catalogue.kind_of(Node(own_id, type_id, texts, title), self._workspace())
        given, handles = split_params(self._document, kind, params)
        node = accepting(Node(own_id, type_id, given, title), kind, params)
        check_params(self._document, self._catalogue, node, kind)
        steps: list[Edit] = [AddNode(replace(node, state=state), position=None)]
        taken: list[str] = []
        for name, value in handles.items():
            for handle in value if isinstance(value, Sequence) else (value,):
                end = input_port(kind, own_id, name, taken)
                steps.append(AddEdge(Edge(self._source(handle), end)))
                taken.append(name)
        if source is not None:
            end = input_port(kind, own_id, None, taken)
            steps.append(AddEdge(Edge(self._source(source), end)))
        self.apply(Compound(f"Add {title or own_id}", tuple(steps)))
        return NodeHandle(self, own_id)

    def _source(self, handle: Handle) -> PortRef:
        node_id = self._own(handle).node_id
        port = handle.port if isinstance(handle, PortHandle) else None
        return output_port(self._kind(node_id), node_id, port)

    def _input(self, handle: Handle) -> PortRef:
        """Return the input port meant, whatever edges it has."""
        node_id = self._own(handle).node_id
        port = handle.port if isinstance(handle, PortHandle) else None
        return input_port(self._kind(node_id), node_id, port, ())

    def _own(self, handle: Handle) -> Handle:
        known = isinstance(handle, str) and handle in self._document.nodes
        do = f"give `pipeline['{handle}']`" if known else "give what `add` returned"
        wanted(handle, Handle, "A node", "a handle on a node or port", do)
        if handle.pipeline is not self:
            raise SummitError(
                f"{handle!r} belongs to another pipeline",
                why="an edge joins nodes of one pipeline",
                do="add the node to this pipeline",
                code="foreign_handle",
            )
        if handle.node_id not in self._document.nodes:
            raise SummitError(
                f"Node '{handle.node_id}' is no longer in the pipeline",
                why="it was removed after this handle was made",
                do="add it again",
                code="node_unknown",
            )
        return handle

    def _kind(self, node_id: str) -> type[AnyNode]:
        return self._catalogue.kind_of(self._document.node(node_id), self._workspace())


def _known_state(state: object) -> None:
    if state not in STATES:
        near = did_you_mean(str(state)[:80], STATES)
        raise Misuse(
            f"The state of a node cannot be {described(state)}",
            why=f"the states are {listing(STATES)}",
            do=f"did you mean '{near}'?" if near else "give one of them",
        )
