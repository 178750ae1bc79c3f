"""The plan: what a run will do, settled before any row moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Problem, Severity
from summit_studio.core.schema import Schema
from summit_studio.document.model import Document, Edge, PortRef
from summit_studio.document.modules import is_module
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import DesignContext, SinkNode
from summit_studio.planning.check import Checked, check
from summit_studio.planning.graph import order
from summit_studio.planning.states import Skipped


class InvalidPipeline(SummitError):
    """A pipeline has problems that stop a run from starting; `problems` holds them all."""

    code = "pipeline_invalid"

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        errors = [p for p in problems if p.severity is Severity.ERROR]
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(
            f"'{name}' cannot run: {first.what}{more}",
            why=first.why,
            do=first.do,
            where=first.where,
        )
        self.problems = problems


_MODULE = Problem(
    "module_alone",
    "A module does not run by itself",
    "its rows come from, and go to, the pipelines that use it",
    "put it into a pipeline as a node of type 'module', and run that",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A settled pipeline.

    Args:
        nodes: Every node bound to its type, by id.
        order: Their ids, upstream first.
        schemas: The schema of every output port.
        sinks: The ids of the sinks, in document order.
        tapped: Ports at whose rows somebody looks (preview).
        skipped: The nodes that do not run, as one is disabled or they are bypassed.
    """

    document: Document
    nodes: Mapping[str, AnyNode]
    order: tuple[str, ...]
    schemas: Mapping[PortRef, Schema]
    sinks: tuple[str, ...]
    tapped: frozenset[PortRef] = frozenset()
    skipped: Mapping[str, Skipped] = field(default_factory=dict)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The edges, in document order."""
        return self.document.edges

    def connected(self, node_id: str, port: str) -> bool:
        """Return True if an edge starts at the port."""
        return any(True for _ in self.document.edges_from(node_id, port))

    def wanted(self, node_id: str, port: str) -> bool:
        """Return True if somebody gets the port's rows."""
        return self.connected(node_id, port) or PortRef(node_id, port) in self.tapped

    def inputs(self, node_id: str) -> dict[str, tuple[Schema, ...]]:
        """Return the schemas arriving at a node, by port."""
        found: dict[str, tuple[Schema, ...]] = {}
        for edge in self.document.edges_into(node_id):
            found[edge.target.port] = (*found.get(edge.target.port, ()), self.schemas[edge.source])
        return found


def plan(
    document: Document,
    catalogue: Catalogue,
    context: DesignContext,
    parameters: Mapping[str, Any] | None = None,
) -> Plan:
    """Return the plan of a document.

    Raises:
        InvalidPipeline: Checks found an error.
    """
    return plan_checked(check(document, catalogue, context, parameters))


def plan_checked(checked: Checked) -> Plan:
    """Return the plan of a checked document.

    Raises:
        InvalidPipeline: The checks found an error.
    """
    if not checked.ok:
        raise InvalidPipeline(checked.document.name, checked.problems)
    if is_module(checked.document):
        raise InvalidPipeline(checked.document.name, (_MODULE,))
    document, nodes = checked.document, checked.nodes
    ids = order(document)
    return Plan(
        document,
        nodes,
        ids,
        checked.schemas,
        tuple(i for i, n in nodes.items() if isinstance(n, SinkNode)),
        skipped=checked.skipped,
    )
