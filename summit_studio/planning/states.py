"""Takes disabled and bypassed nodes out of a pipeline, and says what does not run for it.

What comes after knows working nodes only, as of modules (`planning/modules.py`): a port of a
bypassed node is another name for the port that its rows come from.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from summit_studio.core.errors import SummitError, Where
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import (
    BYPASSED,
    DISABLED,
    ENABLED,
    STATES,
    Document,
    Edge,
    Node,
    PortRef,
)
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import SinkNode
from summit_studio.workspace.workspace import Workspace

UNKNOWN = "state_unknown"
"""The code of the problem of a node whose state this version does not know."""

SKIPPED = ("node_skipped", "sink_skipped")
"""The codes of the problem of a node that does not run: one that writes nothing, and a sink."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A node that does not run, because it is bypassed or because it, or another, is disabled.

    Args:
        title: What people call it.
        sink: True if it would have written.
        why: As part of a sentence.
    """

    title: str
    sink: bool
    why: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """A document whose nodes all work.

    Args:
        document: Without the nodes that do not; the very one that was given where all do.
        outputs: The port that gives the rows of each output of a bypassed node.
        skipped: The nodes that do not run, in document order.
        feeding: The nodes that run and whose rows were to go to one that does not.
        problems: What is to be said of it.
    """

    document: Document
    outputs: Mapping[PortRef, PortRef] = field(default_factory=dict)
    skipped: Mapping[str, Skipped] = field(default_factory=dict)
    feeding: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def set_aside(
    document: Document,
    catalogue: Catalogue,
    workspace: Workspace,
    unfed: Iterable[PortRef] = (),
) -> SetAside:
    """Return a document without its disabled and bypassed nodes.

    A node whose rows all come from nodes that do not run does not run either, where an input that
    it needs is left with none.

    Args:
        document: Its modules expanded, those apart that do not work.
        catalogue: The node types.
        workspace: Where the paths of modules begin.
        unfed: Inputs that need no edge: those by which a module gets its rows.
    """
    if all(node.state == ENABLED for node in document.nodes.values()):
        return SetAside(document)
    return _Setting(document, catalogue, workspace, frozenset(unfed)).result()


class _Setting:
    """One document whose nodes are set aside."""

    def __init__(
        self,
        document: Document,
        catalogue: Catalogue,
        workspace: Workspace,
        unfed: frozenset[PortRef],
    ) -> None:
        self._document = document
        self._catalogue = catalogue
        self._workspace = workspace
        self._unfed = unfed
        self._problems: list[Problem] = []
        self._kinds: dict[str, type[AnyNode] | None] = {}
        self._into = _by_end(document.edges)
        self._past: dict[str, tuple[str, PortRef]] = {}
        """By bypassed node, its main output and the port that its rows come from."""

    def result(self) -> SetAside:
        """Return the document, and all there is to say of it."""
        for node in self._document.nodes.values():
            if node.state == BYPASSED:
                self._pass(node)
            elif node.state not in STATES:
                self._problems.append(self._unknown(node))
        for node_id in [i for i in self._past if self._turns(i)]:
            # It stays, so that the circle is found that it stands in.
            del self._past[node_id]
        causes = self._causes()
        gone = causes.keys() | self._past.keys()
        edges, reduced = self._edges(causes)
        nodes = {i: n for i, n in self._document.nodes.items() if i not in gone}
        skipped = {i: self._skipped(i, causes) for i in self._document.nodes if i in gone}
        self._problems += self._said(skipped, causes)
        self._problems += (self._reduced(i, lost) for i, lost in reduced.items())
        ports = (PortRef(i, port) for i, (port, _) in self._past.items())
        given = {port: self._begin(port) for port in ports}
        outputs = {port: begin for port, begin in given.items() if begin and begin.node in nodes}
        return SetAside(
            replace(self._document, nodes=nodes, edges=edges),
            outputs,
            skipped,
            frozenset(self._feeding(causes)),
            tuple(self._problems),
        )

    def _kind(self, node: Node) -> type[AnyNode] | None:
        if node.id not in self._kinds:
            try:
                self._kinds[node.id] = self._catalogue.kind_of(node, self._workspace)
            except SummitError:
                self._kinds[node.id] = None
        return self._kinds[node.id]

    def _title(self, node_id: str) -> str:
        node = self._document.nodes[node_id]
        known = node.type in self._catalogue
        return node.title or (self._catalogue.get(node.type).title if known else node.id)

    def _pass(self, node: Node) -> None:
        """Let rows past a node, or say why they cannot go."""
        kind = self._kind(node)
        arriving = self._into.get(node.id, [])
        why = _unpassable(node, kind, arriving)
        if why:
            problem = self._problem(
                node,
                "not_bypassable",
                f"'{self._title(node.id)}' cannot be bypassed",
                why,
                "enable it, or disable it and what follows it",
                fixes=(Fix("Enable it", node.id, state=ENABLED),),
            )
            self._problems.append(problem)
            return
        assert kind is not None  # noqa: S101 - no type has a reason above
        if arriving:
            self._past[node.id] = (kind.outputs[0].name, arriving[0].source)
        elif PortRef(node.id, kind.inputs[0].name) not in self._unfed:
            problem = self._problem(
                node,
                "input_unconnected",
                f"'{self._title(node.id)}' gets no rows",
                f"nothing is connected to its input '{kind.inputs[0].name}', and it is bypassed",
                "draw an edge from the port of another node to it",
            )
            self._problems.append(problem)

    def _begin(self, port: PortRef) -> PortRef | None:
        """Return the port that gives a port's rows; None where a bypassed node gives it none."""
        while port.node in self._past:
            main, before = self._past[port.node]
            if port.port != main:
                return None
            port = before
        return port

    def _turns(self, node_id: str) -> bool:
        """Return True if the rows of a bypassed node come from itself, past others like it."""
        seen: set[str] = set()
        at = node_id
        while at in self._past and at not in seen:
            seen.add(at)
            at = self._past[at][1].node
        return at == node_id

    def _causes(self) -> dict[str, tuple[str, ...]]:
        """Return the nodes that do not run, each with the nodes that are the cause."""
        nodes = self._document.nodes
        causes: dict[str, tuple[str, ...]] = {}
        causes |= {i: (i,) for i, n in nodes.items() if n.state == DISABLED}
        grown = True
        while grown:
            grown = False
            for node_id in nodes:
                if node_id in causes or node_id in self._past:
                    continue
                found = self._starved(node_id, causes)
                if found:
                    causes[node_id], grown = found, True
        return causes

    def _starved(self, node_id: str, causes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Return why a node has no rows at an input that it needs; empty where it has."""
        arriving = self._into.get(node_id, [])
        for port in self._needed(node_id, arriving):
            edges = [e for e in arriving if e.target.port == port]
            lost = [self._lost(e, causes) for e in edges]
            if lost and all(lost):
                return tuple(dict.fromkeys(i for cause in lost for i in cause))
        return ()

    def _needed(self, node_id: str, arriving: Iterable[Edge]) -> Iterable[str]:
        kind = self._kind(self._document.nodes[node_id])
        if kind is None:
            return dict.fromkeys(e.target.port for e in arriving)
        return [p.name for p in kind.inputs if p.required]

    def _lost(self, edge: Edge, causes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Return the nodes for which no rows come by an edge; empty where some do."""
        begin = self._begin(edge.source)
        return (edge.source.node,) if begin is None else causes.get(begin.node, ())

    def _edges(
        self, causes: Mapping[str, tuple[str, ...]]
    ) -> tuple[tuple[Edge, ...], dict[str, tuple[str, ...]]]:
        """Return the edges that are left, and the nodes that run without some of their rows."""
        edges: dict[Edge, None] = {}
        doubled: list[Edge] = []
        reduced: dict[str, tuple[str, ...]] = {}
        for edge in self._document.edges:
            target = edge.target.node
            if target in causes or target in self._past:
                continue
            begin = self._begin(edge.source)
            lost = self._lost(edge, causes)
            if begin is None or lost:
                reduced[target] = tuple(dict.fromkeys((*reduced.get(target, ()), *lost)))
                continue
            kept = Edge(begin, edge.target)
            if kept != edge and kept in edges:
                self._problems.append(self._twice(edge, begin))
            elif kept in edges:
                doubled.append(kept)
            edges[kept] = None
        return (*edges, *doubled), reduced

    def _feeding(self, causes: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
        for edge in self._document.edges:
            begin = self._begin(edge.source)
            if begin is not None and edge.target.node in causes and begin.node not in causes:
                yield begin.node

    def _skipped(self, node_id: str, causes: Mapping[str, tuple[str, ...]]) -> Skipped:
        kind = self._kind(self._document.nodes[node_id])
        sink = kind is not None and issubclass(kind, SinkNode)
        return Skipped(self._title(node_id), sink, self._why(node_id, causes.get(node_id, ())))

    def _why(self, node_id: str, causes: tuple[str, ...]) -> str:
        if causes == (node_id,):
            return "it is disabled"
        if not causes:
            return "it is bypassed, and rows go past it unchanged"
        names = listing([f"'{self._title(i)}'" for i in causes], 4)
        states = {self._document.nodes[i].state for i in causes}
        return f"its rows come from {names}, {_are(len(causes), states)}"

    def _said(
        self, skipped: Mapping[str, Skipped], causes: Mapping[str, tuple[str, ...]]
    ) -> Iterator[Problem]:
        for node_id, skip in skipped.items():
            node = self._document.nodes[node_id]
            code = SKIPPED[skip.sink]
            what = f"'{skip.title}' {'is not written' if skip.sink else 'does not run'}"
            found = causes.get(node_id, (node_id,))
            fixes = tuple(
                Fix("Enable it" if i == node_id else f"Enable '{self._title(i)}'", i, state=ENABLED)
                for i in found
            )
            do = "enable it" if found == (node_id,) else "enable what its rows come from"
            do += " to have it run"
            severity = Severity.WARNING if skip.sink else Severity.INFO
            yield self._problem(node, code, what, skip.why, do, severity, fixes)

    def _reduced(self, node_id: str, lost: tuple[str, ...]) -> Problem:
        names = listing([f"'{self._title(i)}'" for i in lost], 4)
        states = {self._document.nodes[i].state for i in lost}
        return self._problem(
            self._document.nodes[node_id],
            "rows_skipped",
            f"'{self._title(node_id)}' runs without some of its rows",
            f"those of {names} do not come, {_are(len(lost), states)}",
            "enable that, or disable this node as well",
            Severity.WARNING,
            tuple(Fix(f"Enable '{self._title(i)}'", i, state=ENABLED) for i in lost),
        )

    def _twice(self, edge: Edge, begin: PortRef) -> Problem:
        return self._problem(
            self._document.nodes[edge.source.node],
            "not_bypassable",
            f"'{self._title(edge.source.node)}' cannot be bypassed",
            f"'{self._title(edge.target.node)}' would get the rows of {begin} twice by one port",
            f"remove {edge}, or disable the node",
        )

    def _unknown(self, node: Node) -> Problem:
        near = did_you_mean(node.state[:80], STATES)
        return self._problem(
            node,
            UNKNOWN,
            f"There is no state '{node.state[:80]}' of a node",
            f"the states are {listing(STATES)}",
            f"did you mean '{near}'?" if near else "take it out, and the node is enabled",
            fixes=(Fix("Enable it", node.id, state=ENABLED),),
        )

    def _problem(
        self,
        node: Node,
        code: str,
        what: str,
        why: str,
        do: str,
        severity: Severity = Severity.ERROR,
        fixes: tuple[Fix, ...] = (),
    ) -> Problem:
        where = Where(node_id=node.id, node_title=self._title(node.id))
        return Problem(code, what, why, do, where, severity, fixes)


def _by_end(edges: Iterable[Edge]) -> dict[str, list[Edge]]:
    found: dict[str, list[Edge]] = {}
    for edge in edges:
        found.setdefault(edge.target.node, []).append(edge)
    return found


def why_no_bypass(document: Document, node: Node, kind: type[AnyNode] | None) -> str:
    """Return why rows cannot go past a node, as part of a sentence; empty where they can.

    Args:
        document: Where it stands.
        node: The node, in whatever state.
        kind: Its type, with the ports that its params give it; None for one not known.
    """
    return _unpassable(node, kind, list(document.edges_into(node.id)))


def _unpassable(node: Node, kind: type[AnyNode] | None, arriving: list[Edge]) -> str:
    """Return why rows cannot go past a node, as part of a sentence; empty where they can."""
    if kind is None:
        return "nobody knows its ports: its type is not installed, or its module cannot be read"
    if not kind.inputs:
        return "it has no input whose rows could go past it"
    if len(kind.inputs) > 1:
        return f"it has {len(kind.inputs)} inputs, and which rows would go on cannot be told"
    if not kind.outputs:
        return "it gives no rows that could go on"
    sources = {e.source for e in arriving}
    if len(arriving) > 1:
        return f"its rows come from {len(sources)} ports, and those of one can go past it"
    if any(e.source.node == node.id for e in arriving):
        return "it feeds itself"
    return ""


def _are(count: int, states: set[str]) -> str:
    verb = "are" if count > 1 else "is"
    if states == {BYPASSED}:
        return f"which {verb} bypassed and {'give' if count > 1 else 'gives'} no rows there"
    return f"which {verb} disabled"
