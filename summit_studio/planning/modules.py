"""Puts what modules hold in the place of the nodes that name them: `clean/filter`.

What comes after (plans, runs, ledgers, previews, dead letters) then knows ordinary nodes only. An
inner id holds a `/`, which no id in a file can, so that the two never meet.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from summit_studio.core.errors import InvalidDocument, InvalidParams, SummitError, Where
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import ENABLED, Document, Edge, Node, PortRef
from summit_studio.document.modules import RESERVED, Module, is_module, module_of
from summit_studio.document.reading import MAX_NODES
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.parts.module_file import read_module
from summit_studio.planning.parameters import fill_in, fill_node, values_for
from summit_studio.planning.states import Skipped, set_aside
from summit_studio.workspace.workspace import Workspace

MODULE = "module"
"""The type of a node that stands for a module."""

INSIDE = "/"
"""What stands in an id between a module's node and a node inside it."""

MAX_DEPTH = 32
"""How deep modules may stand in modules."""


@dataclass(frozen=True, slots=True)
class PutIn:
    """A module that stands in the place of its node.

    Args:
        path: Its file, as the node says it.
        file: Its file, absolute.
        title: What people call the node.
    """

    module: Module
    path: str
    file: Path
    title: str


@dataclass(frozen=True, slots=True)
class Expanded:
    """A document without modules.

    Args:
        document: The document with the nodes of its modules in their place; the very one that was
            given where it has none. Params of inner nodes have the values of parameters in them.
        inputs: The inner ports that each input of a module's node feeds.
        outputs: The inner port that gives the rows of each output of such a node.
        problems: Why a module could not be put in, and what else is wrong with its node.
        unread: The nodes that could not be: those of modules stand in the document as they were.
        modules: The modules that were put in, by the id of their node, inner ones too.
        skipped: The nodes that do not run, as one is disabled or they are bypassed.
        feeding: The nodes that run and whose rows were to go to one of these.
    """

    document: Document
    inputs: Mapping[PortRef, tuple[PortRef, ...]] = field(default_factory=dict)
    outputs: Mapping[PortRef, PortRef] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unread: frozenset[str] = frozenset()
    modules: Mapping[str, PutIn] = field(default_factory=dict)
    skipped: Mapping[str, Skipped] = field(default_factory=dict)
    feeding: frozenset[str] = frozenset()


def is_inner(node_id: str | None) -> bool:
    """Return True if an id is that of a node inside a module."""
    return node_id is not None and INSIDE in node_id


def drawn_id(node_id: str) -> str:
    """Return the id of the node that people see in the pipeline: of an inner one, its module's."""
    return node_id.partition(INSIDE)[0]


def expand(
    document: Document,
    catalogue: Catalogue,
    workspace: Workspace,
    values: Mapping[str, Any],
) -> Expanded:
    """Return a document with its modules expanded, and without nodes that do not work.

    Reads the files of modules, of those alone that work or are bypassed; never raises for faults.

    Args:
        document: The pipeline, or a module.
        catalogue: The node types.
        workspace: Where the paths of modules begin, those in modules too.
        values: Of the document's parameters; those that are missing make a problem.
    """
    if not any(node.type == MODULE for node in document.nodes.values()):
        return _working(Expanded(document), catalogue, workspace)
    work = _Expanding(catalogue, workspace)
    level = work.level(document, values, _Place())
    expanded = Expanded(
        replace(document, nodes=level.nodes, edges=tuple(level.edges)),
        work.inputs,
        work.outputs,
        tuple(work.problems),
        frozenset(work.unread),
        work.modules,
    )
    return _working(expanded, catalogue, workspace)


def own_ports(document: Document, side: str) -> Iterator[PortRef]:
    """Yield the inner ports that a module being drawn gives to whoever uses it.

    Args:
        document: The module; any other document has none.
        side: `inputs` or `outputs`.
    """
    if is_module(document):
        with contextlib.suppress(InvalidDocument):
            module = module_of(document)
            if side == "outputs":
                yield from module.outputs.values()
            else:
                yield from (ref for refs in module.inputs.values() for ref in refs)


def _working(expanded: Expanded, catalogue: Catalogue, workspace: Workspace) -> Expanded:
    """Return an expanded document without nodes that do not work."""
    fed = set(own_ports(expanded.document, "inputs"))
    aside = set_aside(expanded.document, catalogue, workspace, fed)
    if aside.document is expanded.document:
        return expanded
    kept = aside.document.nodes
    inside = {port: aside.outputs.get(ref, ref) for port, ref in expanded.outputs.items()}
    return replace(
        expanded,
        document=aside.document,
        outputs={p: ref for p, ref in inside.items() if ref.node in kept} | dict(aside.outputs),
        problems=(*expanded.problems, *aside.problems),
        skipped=aside.skipped,
        feeding=aside.feeding,
    )


def values_known(document: Document, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a document's parameters, without those that nobody gives."""
    try:
        return values_for(document, given)
    except SummitError:
        return {n: p.default for n, p in document.parameters.items() if p.default is not None}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a level stands: what comes before its ids and titles, and the files it lies in."""

    prefix: str = ""
    title: str = ""
    files: tuple[Path, ...] = ()

    @property
    def file(self) -> str | None:
        return str(self.files[-1]) if self.files else None


@dataclass(slots=True)
class _Level:
    """What a document, or a module in it, comes to."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)


class _TooMany(SummitError):
    """A pipeline would have more nodes than any may have."""

    code = "module_too_large"


class _Expanding:
    """One expansion: what it has found so far."""

    def __init__(self, catalogue: Catalogue, workspace: Workspace) -> None:
        self.inputs: dict[PortRef, tuple[PortRef, ...]] = {}
        self.outputs: dict[PortRef, PortRef] = {}
        self.problems: list[Problem] = []
        self.unread: set[str] = set()
        self.modules: dict[str, PutIn] = {}
        self._catalogue = catalogue
        self._workspace = workspace
        self._count = 0
        self._read: dict[Path, Module] = {}

    def level(self, document: Document, values: Mapping[str, Any], place: _Place) -> _Level:
        """Return what a document comes to, its ids behind the place's prefix."""
        self._count += len(document.nodes)
        found, opened = _Level(), dict[str, Module]()
        for node in document.nodes.values():
            inner, said = self._named(node, place), len(self.problems)
            try:
                if node.type == MODULE and node.state == ENABLED:
                    opened[node.id] = self._put_in(inner, node, values, place, found)
                    continue
                if place.files:
                    inner = replace(inner, params=fill_node(node, values, self._catalogue))
            except _TooMany as error:
                if place.files:
                    raise  # It is the pipeline's own node that brings them all.
                del self.problems[said:]
                self._fault(error, inner, place)
            except SummitError as error:
                self._fault(error, inner, place)
            found.nodes[inner.id] = inner
        found.edges += self._edges(document, opened, place)
        return found

    def _named(self, node: Node, place: _Place) -> Node:
        if not place.files:
            return node
        return replace(node, id=place.prefix + node.id, title=place.title + self._title(node))

    def _title(self, node: Node) -> str:
        known = node.type in self._catalogue
        return node.title or (self._catalogue.get(node.type).title if known else node.id)

    def _put_in(
        self, inner: Node, node: Node, values: Mapping[str, Any], place: _Place, level: _Level
    ) -> Module:
        """Put what a module holds into a level, and return the module."""
        module, file = self._open(inner, place)
        given = fill_in(node.params, values)
        self._pin(inner, module, place)
        inside = _values_of(module, given)
        title = f"{place.title}{node.title or module.document.name}"
        below = _Place(f"{inner.id}{INSIDE}", f"{title} / ", (*place.files, file))
        part = self.level(module.document, inside, below)
        path = str(inner.params["path"])
        self.modules[inner.id] = PutIn(module, path, self._workspace.path(path), title)
        level.nodes |= part.nodes
        level.edges += part.edges
        for name, refs in module.inputs.items():
            ends = [end for ref in refs for end in self._ends(_at(below.prefix, ref))]
            self.inputs[PortRef(inner.id, name)] = tuple(ends)
        for name, ref in module.outputs.items():
            begin = _at(below.prefix, ref)
            self.outputs[PortRef(inner.id, name)] = self.outputs.get(begin, begin)
        return module

    def _open(self, inner: Node, place: _Place) -> tuple[Module, Path]:
        path = inner.params.get("path")
        if not isinstance(path, str) or not path.strip():
            what = "Field 'path' is empty"
            raise InvalidParams(what, why="it is required", do="choose a module's file")
        file = self._workspace.path(path).resolve()
        if file in place.files:
            names = [f.name for f in (*place.files[place.files.index(file) :], file)]
            raise _refused(
                "module_circle",
                f"The module {path} holds itself",
                f"{' in '.join(reversed(names))} would never come to an end",
                "take one of these nodes out of its module",
            )
        if len(place.files) >= MAX_DEPTH:
            why = f"the limit is {MAX_DEPTH}"
            what = "Modules stand too deep in modules"
            raise _refused("module_too_deep", what, why, "put them beside one another")
        if file not in self._read:
            self._read[file] = read_module(path, self._workspace)
        module = self._read[file]
        if self._count + len(module.document.nodes) > MAX_NODES:
            raise _TooMany(
                "The modules hold too many nodes",
                why=f"with them the pipeline has more than {MAX_NODES:,}",
                do="use fewer of them, or put less in them",
            )
        return module, file

    def _pin(self, node: Node, module: Module, place: _Place) -> None:
        """Say where a module holds something else than its node says was accepted."""
        pinned, now = node.params.get("hash") or "", module.hash
        if pinned == now:
            return
        title = self._title(node)
        where = Where(node_id=node.id, node_title=title, param="hash", file=place.file)
        take = (("hash", now),)
        if pinned:
            problem = Problem(
                "module_changed",
                f"The module of '{title}' holds something else than was accepted",
                f"{node.params.get('path')} has changed since, and a run would do what nobody has "
                "looked at",
                f"look at what changed and set 'hash' to {now}, or take the file back from version "
                "control",
                where,
                fixes=(Fix("Take the module as it is now", node.id, take),),
            )
        else:
            problem = Problem(
                "module_unpinned",
                f"'{title}' takes whatever its module holds",
                "it does not say what was accepted, so a change reaches this pipeline unseen",
                f"set 'hash' to {now}",
                where,
                Severity.WARNING,
                (Fix("Keep to the module as it is now", node.id, take),),
            )
        self.problems.append(problem)

    def _edges(
        self, document: Document, opened: Mapping[str, Module], place: _Place
    ) -> Iterator[Edge]:
        for edge in document.edges:
            source, target = _at(place.prefix, edge.source), _at(place.prefix, edge.target)
            lost = False
            for end, own, known, side in (
                (edge.source, source, self.outputs, "output"),
                (edge.target, target, self.inputs, "input"),
            ):
                if end.node in opened and own not in known:
                    lost = True
                    ports = [ref.port for ref in known if ref.node == own.node]
                    self._no_port(edge, end, ports, side, place)
            if not lost:
                begin = self.outputs.get(source, source)
                for end in self._ends(target):
                    yield Edge(begin, end)

    def _ends(self, port: PortRef) -> tuple[PortRef, ...]:
        return self.inputs.get(port, (port,))

    def _no_port(
        self, edge: Edge, end: PortRef, ports: Iterable[str], side: str, place: _Place
    ) -> None:
        known = listing(ports)
        near = did_you_mean(end.port, ports)
        self.problems.append(
            Problem(
                "port_missing",
                f"The edge {edge} leads nowhere",
                f"the module '{end.node}' has "
                + (f"the {side}s {known}" if known else f"no {side}")
                + f", not '{end.port}'",
                f"did you mean '{near}'?" if near else "remove the edge, or correct it",
                Where(node_id=place.prefix + end.node, port=end.port, file=place.file),
                fixes=() if place.files else (Fix("Remove the edge", remove_edge=str(edge)),),
            )
        )

    def _fault(self, error: SummitError, node: Node, place: _Place) -> None:
        self.unread.add(node.id)
        # A fault inside a module's file is a fault of the field that names it.
        param = "path" if node.type == MODULE and error.where.file else error.where.param
        error.where = replace(error.where, param=param)
        error.at(node_id=node.id, node_title=self._title(node), file=place.file)
        if node.type == MODULE and error.where.param is None:
            error.at(param="path")
        self.problems.append(Problem.from_error(error))


def _at(prefix: str, ref: PortRef) -> PortRef:
    return PortRef(prefix + ref.node, ref.port) if prefix else ref


def _values_of(module: Module, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a module's parameters for the params of its node.

    Raises:
        SummitError: One is unknown, missing, or does not fit.
    """
    own = module.document.parameters
    given = {k: v for k, v in params.items() if k not in RESERVED and v is not None}
    for name in given:
        if name not in own:
            near = did_you_mean(name, [*own, *RESERVED])
            raise InvalidParams(
                f"Field '{name}' does not fit",
                why=f"the module has no such parameter; it has {listing(own) or 'none'}",
                do=f"did you mean '{near}'?" if near else "take it out",
                where=Where(param=name),
            )
    values: dict[str, Any] = {}
    for name, parameter in own.items():
        if name not in given and parameter.default is None:
            raise InvalidParams(
                f"Field '{name}' is empty",
                why="the module gives its parameter no default",
                do="fill it in",
                where=Where(param=name),
            )
        alone = replace(module.document, parameters={name: parameter})
        try:
            values |= values_for(alone, {name: given[name]} if name in given else {})
        except SummitError as error:
            raise error.at(param=name) from None
    return values


def _refused(code: str, what: str, why: str, do: str) -> SummitError:
    return SummitError(what, why=why, do=do, code=code)
