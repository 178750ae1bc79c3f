"""Checks a document: binds its nodes, follows its schemas, and says every problem it finds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from summit_studio.core.errors import SummitError, Where
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.schema import REJECTED, Schema, rejects_of
from summit_studio.document.model import Document, PortRef
from summit_studio.formats.contract import Finding
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import DesignContext, Inputs, NodeType, SinkNode, SourceNode
from summit_studio.planning.changes import carry
from summit_studio.planning.graph import cycles, order, part
from summit_studio.planning.incremental import incremental_problems
from summit_studio.planning.keys import unkept
from summit_studio.planning.modules import INSIDE, Expanded, PutIn, expand, is_inner
from summit_studio.planning.overlap import overlaps
from summit_studio.planning.parameters import fill_node, values_for
from summit_studio.planning.rejects import reject_problems, rejecting
from summit_studio.planning.remedies import with_fixes
from summit_studio.planning.states import UNKNOWN, Skipped
from summit_studio.planning.structure import structure_problems


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a document before any row moves.

    Args:
        document: The document with its modules expanded and without nodes that do not run; all
            that follows speaks of it.
        nodes: The nodes whose params fit their types, by id.
        schemas: The schema of each output port that can be known.
        problems: Everything found, in document order, errors and warnings mixed.
        findings: What sources found out where no param says it, by node.
        drawn: The document that was checked, its modules as nodes; `schemas` has their ports, too.
        modules: What its modules hold, by the id of their node.
        outputs: The inner port that gives the rows of each output of a module's node, and the one
            before that gives those of a bypassed node.
        skipped: The nodes that do not run, as one is disabled or they are bypassed.
    """

    document: Document
    nodes: Mapping[str, AnyNode]
    schemas: Mapping[PortRef, Schema]
    problems: tuple[Problem, ...]
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    drawn: Document = field(default_factory=Document)
    modules: Mapping[str, PutIn] = field(default_factory=dict)
    outputs: Mapping[PortRef, PortRef] = field(default_factory=dict)
    skipped: Mapping[str, Skipped] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True if nothing stops a run."""
        return not any(p.severity is Severity.ERROR for p in self.problems)

    def inputs(self, node_id: str) -> dict[str, tuple[Schema, ...]] | None:
        """Return the schemas arriving at a node by port, or None while one is unknown."""
        document = self.document if node_id in self.document.nodes else self.drawn
        return _inputs(document, node_id, self.schemas)


def check(
    document: Document,
    catalogue: Catalogue,
    context: DesignContext,
    parameters: Mapping[str, Any] | None = None,
    *,
    newer: bool = False,
) -> Checked:
    """Return all that can be said of a document without running it. Never raises for its faults.

    Runs no code of the document. Looks at local files, and at databases where
    `context.probe` allows it.

    Args:
        document: The pipeline.
        catalogue: The node types.
        context: Where to look things up.
        parameters: Values for this run; by default those of the document.
        newer: True if a newer version wrote the document, whose own keys are then no fault.
    """
    drawn = document
    problems = [] if newer else list(unkept(document))
    values = _parameters(document, parameters or {}, problems)
    expanded = expand(document, catalogue, context.workspace, values)
    document = expanded.document
    problems += (p for p in expanded.problems if not (newer and p.code == UNKNOWN))
    nodes = _bind(expanded, catalogue, values, problems)
    problems += structure_problems(expanded, nodes, context.workspace)
    problems += reject_problems(document, nodes)
    problems += overlaps(nodes, context.workspace)
    problems += incremental_problems(document, nodes)
    context = replace(
        context,
        written=frozenset(n.target() for n in nodes.values() if isinstance(n, SinkNode)),
        rejecting=frozenset(rejecting(document, nodes)),
    )
    schemas: dict[PortRef, Schema] = {}
    findings: dict[str, tuple[Finding, ...]] = {}
    for node_id in _checkable(document, nodes):
        problems += _follow(document, nodes[node_id], schemas, findings, context)
        for name in (p.name for p in nodes[node_id].output_ports()):
            if (node_id, name) in context.pinned:
                schemas.setdefault(PortRef(node_id, name), context.pinned[node_id, name])
    for port, inner in expanded.outputs.items():
        if inner in schemas:
            schemas[port] = schemas[inner]
    found = _in_order(document, [_placed(p, expanded) for p in problems])
    return Checked(
        document, nodes, schemas, found, findings, drawn, expanded.modules, expanded.outputs,
        expanded.skipped,
    )  # fmt: skip


def _parameters(
    document: Document, given: Mapping[str, Any], problems: list[Problem]
) -> dict[str, Any]:
    try:
        return values_for(document, given)
    except SummitError as error:
        problems.append(Problem.from_error(error))
        return {name: p.default for name, p in document.parameters.items()}


def _bind(
    expanded: Expanded,
    catalogue: Catalogue,
    values: Mapping[str, Any],
    problems: list[Problem],
) -> dict[str, AnyNode]:
    bound: dict[str, AnyNode] = {}
    for node in expanded.document.nodes.values():
        if node.id in expanded.unread:
            continue
        try:
            # Inside a module the values stand in the params already, and are not looked through.
            inner = is_inner(node.id)
            given = node.params if inner else fill_node(node, values, catalogue)
            bound[node.id] = catalogue.bind(node, given)
        except SummitError as error:
            error.at(node_id=node.id, node_title=node.title)
            problems.append(Problem.from_error(error))
    return bound


def _checkable(document: Document, nodes: Mapping[str, AnyNode]) -> tuple[str, ...]:
    looped = {node_id for group in cycles(document) for node_id in group}
    rest = part(document, [i for i in document.nodes if i in nodes and i not in looped])
    return order(rest)


def _inputs(
    document: Document, node_id: str, schemas: Mapping[PortRef, Schema]
) -> dict[str, tuple[Schema, ...]] | None:
    found: dict[str, tuple[Schema, ...]] = {}
    for edge in document.edges_into(node_id):
        if edge.source not in schemas:
            return None
        found[edge.target.port] = (*found.get(edge.target.port, ()), schemas[edge.source])
    return found


def _suits(node: NodeType[Any], inputs: Inputs) -> bool:
    """Return True if what a port needs arrives there, and no more than it takes."""
    return all(
        (not p.required or p.name in inputs) and (p.many or len(inputs.get(p.name, ())) <= 1)
        for p in node.inputs
    )


def _follow(
    document: Document,
    node: NodeType[Any],
    schemas: dict[PortRef, Schema],
    findings: dict[str, tuple[Finding, ...]],
    context: DesignContext,
) -> Iterator[Problem]:
    inputs = _inputs(document, node.node_id, schemas)
    if inputs is None or not _suits(node, inputs):
        return
    try:
        outputs = dict(node.infer(inputs, context))
    except SummitError as error:
        error.at(node_id=node.node_id, node_title=node.node_title)
        yield with_fixes(Problem.from_error(error), error, document)
        return
    _add_rejects(node, inputs, outputs)
    yield from carry(document, node, inputs, outputs)
    schemas.update({PortRef(node.node_id, port): s for port, s in outputs.items()})
    try:
        if isinstance(node, SourceNode):
            findings[node.node_id] = tuple(node.findings(context))
        yield from node.check(inputs, context)
    except SummitError as error:
        error.at(node_id=node.node_id, node_title=node.node_title)
        yield Problem.from_error(error)


def _add_rejects(node: NodeType[Any], inputs: Inputs, outputs: dict[str, Schema]) -> None:
    if not node.can_reject or REJECTED in outputs:
        return
    if isinstance(node, SinkNode):
        outputs[REJECTED] = rejects_of(next(iter(inputs.values()))[0])
    elif not outputs:
        return
    elif isinstance(node, SourceNode):
        outputs[REJECTED] = node.rejects(next(iter(outputs.values())))
    elif inputs:
        outputs[REJECTED] = rejects_of(next(iter(inputs.values()))[0])


def _placed(problem: Problem, expanded: Expanded) -> Problem:
    """Return a problem with the module's file, and without fixes that no edit here can make."""
    where, fixes = problem.where, tuple(f for f in problem.fixes if not _inside(f))
    module = (where.node_id or "").rpartition(INSIDE)[0]
    if module in expanded.modules and where.file is None:
        where = replace(where, file=str(expanded.modules[module].file))
    return replace(problem, where=where, fixes=fixes)


def _inside(fix: Fix) -> bool:
    """Return True if a fix speaks of a node inside a module."""
    return is_inner(fix.node_id) or INSIDE in (fix.remove_edge or "")


def _in_order(document: Document, problems: list[Problem]) -> tuple[Problem, ...]:
    place = {node_id: i for i, node_id in enumerate(document.nodes)}
    severities = list(Severity)
    named = [replace(p, where=_named(document, p.where)) for p in problems]
    return tuple(
        sorted(
            _once(named),
            key=lambda p: (severities.index(p.severity), place.get(p.where.node_id or "", -1)),
        )
    )


def _once(problems: list[Problem]) -> list[Problem]:
    """Return problems without repetitions; a fix may hold what cannot be hashed."""
    kept: list[Problem] = []
    for problem in problems:
        if problem not in kept:
            kept.append(problem)
    return kept


def _named(document: Document, where: Where) -> Where:
    return replace(where, pipeline=where.pipeline or document.name)
