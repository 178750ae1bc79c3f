"""Problems of structure: edges, ports, cycles, sinks and trust. They need no schema."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from summit_studio.core.errors import Where
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import Document, Edge, PortRef
from summit_studio.document.modules import is_module
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import Port, SinkNode
from summit_studio.planning.graph import cycles
from summit_studio.planning.modules import Expanded, own_ports

if TYPE_CHECKING:
    from summit_studio.workspace.workspace import Workspace

Nodes = Mapping[str, AnyNode]


def structure_problems(
    expanded: Expanded, nodes: Nodes, workspace: "Workspace"
) -> Iterator[Problem]:
    """Yield what is wrong with the shape of a pipeline."""
    document = expanded.document
    if not document.nodes and not expanded.skipped:
        yield Problem("empty", "The pipeline is empty", "it has no nodes", "add a source")
        return
    yield from _edges(document, nodes)
    yield from _inputs(expanded, nodes)
    yield from _cycles(document)
    yield from _sinks(expanded, nodes)
    yield from _trust(nodes, workspace)
    yield from _hooks(document, workspace)


def _edges(document: Document, nodes: Nodes) -> Iterator[Problem]:
    seen: set[Edge] = set()
    for edge in document.edges:
        out = Fix("Remove the edge", remove_edge=str(edge))
        if edge in seen:
            yield _edge_problem("edge_twice", edge, "it is there twice", out)
        seen.add(edge)
        for end, kind in ((edge.source, "output"), (edge.target, "input")):
            if end.node not in document.nodes:
                near = did_you_mean(end.node, document.nodes)
                why = f"there is no node '{end.node}'" + (
                    f"; did you mean '{near}'?" if near else ""
                )
                yield _edge_problem("node_missing", edge, why, out)
            elif end.node in nodes:
                ports = [p.name for p in _ports(nodes[end.node], kind)]
                if end.port not in ports:
                    known = listing(ports) or f"no {kind} port"
                    why = f"node '{end.node}' has {known}, not '{end.port}'"
                    yield _edge_problem("port_missing", edge, why, out)


def _ports(node: AnyNode, kind: str) -> tuple[Port, ...]:
    return node.output_ports() if kind == "output" else node.inputs


def _edge_problem(code: str, edge: Edge, why: str, fix: Fix) -> Problem:
    return Problem(
        code,
        f"The edge {edge} leads nowhere" if code != "edge_twice" else f"The edge {edge} is doubled",
        why,
        "remove the edge, or correct it",
        Where(node_id=edge.target.node, port=edge.target.port),
        fixes=(fix,),
    )


def _inputs(expanded: Expanded, nodes: Nodes) -> Iterator[Problem]:
    document = expanded.document
    own = set(own_ports(document, "inputs"))
    outer = {end: port for port, ends in expanded.inputs.items() for end in ends}
    for node_id, node in nodes.items():
        counts = Counter(e.target.port for e in document.edges_into(node_id))
        for port in node.inputs:
            end = PortRef(node_id, port.name)
            if port.required and not counts[port.name]:
                if end in outer:
                    yield _module_unfed(outer[end], expanded)
                elif end in own:
                    continue  # It is for the pipelines that use this module to feed it.
                else:
                    yield _unfed(node, port)
            elif counts[port.name] > 1 and not port.many:
                yield node.problem(
                    "input_taken",
                    f"'{node.node_title}' gets rows from {counts[port.name]} edges",
                    why=f"its input '{port.name}' takes one",
                    do="put a Union node before it",
                )


def _unfed(node: AnyNode, port: Port) -> Problem:
    return node.problem(
        "input_unconnected",
        f"'{node.node_title}' gets no rows",
        why=f"nothing is connected to its input '{port.name}'",
        do="draw an edge from the port of another node to it",
    )


def _module_unfed(port: PortRef, expanded: Expanded) -> Problem:
    title = expanded.modules[port.node].title
    return Problem(
        "input_unconnected",
        f"'{title}' gets no rows",
        f"nothing is connected to the input '{port.port}' of the module",
        "draw an edge from the port of another node to it",
        Where(node_id=port.node, node_title=title, port=port.port),
    )


def _cycles(document: Document) -> Iterator[Problem]:
    for group in cycles(document):
        inside = set(group)
        back = next(
            e
            for e in reversed(document.edges)
            if e.source.node in inside and e.target.node in inside
        )
        yield Problem(
            "cycle",
            f"{listing(group)} feed each other in a circle",
            "rows would never come to an end",
            "remove one of the edges between them",
            Where(node_id=group[0]),
            fixes=(Fix(f"Remove {back}", remove_edge=str(back)),),
        )


def _sinks(expanded: Expanded, nodes: Nodes) -> Iterator[Problem]:
    document = expanded.document
    targets: dict[str, AnyNode] = {}
    sinks = [n for n in nodes.values() if isinstance(n, SinkNode)]
    for sink in sinks:
        target = sink.target()
        if target and target in targets:
            yield sink.problem(
                "target_twice",
                f"'{sink.node_title}' writes where '{targets[target].node_title}' writes",
                why=f"both write {target}",
                do="give one of them another target, or union their rows",
            )
        targets.setdefault(target, sink)
    skipped = any(skip.sink for skip in expanded.skipped.values())
    whole = len(nodes) == len(document.nodes) and not is_module(document)
    if not sinks and whole and not skipped:
        yield Problem(
            "no_sink",
            "Nothing is written",
            "the pipeline has no sink",
            "add one, such as Write Parquet, where its rows should go",
            severity=Severity.WARNING,
        )
    yield from _unread(expanded, nodes)


def _unread(expanded: Expanded, nodes: Nodes) -> Iterator[Problem]:
    document = expanded.document
    # A module gives more than each pipeline takes.
    given = {ref.node for ref in (*expanded.outputs.values(), *own_ports(document, "outputs"))}
    given |= expanded.feeding
    for node_id, node in nodes.items():
        wanted = [p.name for p in node.outputs if p.required]
        if node_id not in given and wanted and not any(True for _ in document.edges_from(node_id)):
            yield node.problem(
                "output_unread",
                f"The rows of '{node.node_title}' go nowhere",
                why="no edge starts at it",
                do="connect it, or delete it",
                severity=Severity.WARNING,
            )


def _trust(nodes: Nodes, workspace: "Workspace") -> Iterator[Problem]:
    for node in nodes.values():
        if node.runs_code and not workspace.trusted:
            yield node.problem(
                "untrusted",
                f"'{node.node_title}' may not run its code",
                why="this workspace is not trusted, and code can do whatever you can",
                do="read it, then trust the workspace: `summit trust FILE`, or File > Trust this "
                "folder",
            )


def _hooks(document: Document, workspace: "Workspace") -> Iterator[Problem]:
    errors = document.settings.get("errors")
    if isinstance(errors, Mapping) and errors.get("on_error") and not workspace.trusted:
        yield Problem(
            "hooks_untrusted",
            "The on_error hooks of this pipeline will not be called",
            "this workspace is not trusted, and a hook can do whatever you can",
            "read them, then trust the workspace: `summit trust FILE`, or File > Trust this folder",
            Where(param="settings.errors.on_error"),
            Severity.WARNING,
        )
