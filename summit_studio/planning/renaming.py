"""Renames a column where it is made and everywhere after, as one edit that can be looked at first.

Nodes are followed by what their types say of themselves. What is changed in each is proved before
it is taken: with the new names the node must give the same columns, made of the same ones. Where
that cannot be proved, as of code, a node goes on getting the old name, from a Select columns node
that is put before it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from summit_studio.core.errors import InvalidParams, SummitError
from summit_studio.core.ids import unique_id
from summit_studio.core.problems import Problem
from summit_studio.core.schema import Column, Schema, rejects_of
from summit_studio.document.edits import AddEdge, AddNode, Compound, Edit, RemoveEdge, SetParams
from summit_studio.document.fixing import between
from summit_studio.document.healing import parting
from summit_studio.document.model import Document, Edge, Node, PortRef
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import DesignContext, Inputs, SinkNode, visible
from summit_studio.nodes.made import Made, Makes, Read
from summit_studio.nodes.params import leaves
from summit_studio.nodes.parts.fields import require_new
from summit_studio.planning.check import Checked
from summit_studio.planning.graph import order
from summit_studio.planning.lineage import makes_of
from summit_studio.planning.parameters import fill_node, placeholders
from summit_studio.planning.trying import broken_by

SELECT = "select_columns"
"""The node type that gives columns other names."""

Names = Mapping[str, str]
"""New names by folded old ones."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that says something else afterwards.

    Args:
        field: The path of the param; empty for a column that only goes on by its new name.
    """

    node: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A node that goes on getting the old name, since it cannot be followed."""

    node: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Renaming:
    """What renaming a column comes to.

    Args:
        old: The name before.
        new: The name after.
        edit: Does all of it.
        changes: What it changes, in the order of the rows' way.
        kept: Nodes that are not followed.
        problems: Errors that the pipeline would have after it and has not now.
    """

    port: PortRef
    old: str
    new: str
    edit: Edit
    changes: tuple[Change, ...]
    kept: tuple[Kept, ...] = ()
    problems: tuple[Problem, ...] = ()


def renaming(
    checked: Checked,
    port: PortRef,
    old: str,
    new: str,
    catalogue: Catalogue,
    context: DesignContext,
    values: Mapping[str, Any],
) -> Renaming:
    """Return what it comes to when a column gets another name where it is made.

    Args:
        checked: What was found in the document.
        port: The output, as drawn, that gives the column.
        old: The column.
        new: Its new name.
        catalogue: The node types.
        context: As for the check.
        values: Of the document's parameters.

    Raises:
        SummitError: The column is not there, or the name is taken or none.
    """
    schema = checked.schemas.get(port)
    found = visible(schema).find(old) if schema is not None else None
    if schema is None or found is None:
        raise InvalidParams(f"'{port}' gives no column '{old}'", code="column_missing")
    require_new(new, (c.name for c in schema if c != found), "name")
    work = _Renaming(checked, catalogue, context, values)
    work.begin(port, found.name, new)
    work.carry_on()
    edit = Compound(f"Rename {found.name} to {new}", tuple(work.edits))
    problems = broken_by(edit, checked, catalogue, context, values)
    return Renaming(port, found.name, new, edit, tuple(work.changes), tuple(work.kept), problems)


class _Renaming:
    """One renaming: the document as far as it is changed, and under which names columns go on."""

    def __init__(
        self,
        checked: Checked,
        catalogue: Catalogue,
        context: DesignContext,
        values: Mapping[str, Any],
    ) -> None:
        self._checked = checked
        self._catalogue = catalogue
        self._context = context
        self._values = values
        self._document = checked.drawn
        self._names: dict[PortRef, Names] = {}
        self._left: set[Edge] = set()
        self._first: str | None = None
        self.edits: list[Edit] = []
        self.changes: list[Change] = []
        self.kept: list[Kept] = []

    def begin(self, port: PortRef, old: str, new: str) -> None:
        """Give the column its name where it is made, or in a node right behind."""
        node = self._checked.nodes.get(port.node)
        made = _column(self._makes(port.node), port.port, old)
        if node is not None and made is not None and made.named:
            try:
                self._rename_at(node, port, made, new)
            except SummitError:
                pass  # What it says is no plain name: a node behind it gives the other.
            else:
                return
        edges = list(self._document.edges_from(port.node, port.port))
        for edge in edges:
            why = self._why_not(edge.target.node)
            if why:
                self._left.add(edge)
                self.kept.append(Kept(edge.target.node, old, why))
        edges = [edge for edge in edges if edge not in self._left]
        node_id = self._put_in(edges, port, {"column": old, "name": new})
        self.changes.append(Change(node_id, "columns.0.name", "", new))
        self._names[port] = {old.casefold(): new}

    def _rename_at(self, node: AnyNode, port: PortRef, made: Made, new: str) -> None:
        """Change the param that names a column, and what the same node computes with it."""
        old, raw = made.name, self._document.nodes[node.node_id].params
        if any(True for _ in placeholders(told(raw, made.named))):
            raise InvalidParams("A parameter names the column")
        at, names = _entry(made.named), {Read("rows", old): new}
        changed: dict[str, str] = {made.named: new}
        for path, _, _ in leaves(node.params):
            here, text = _entry(path), told(raw, path)
            if node.builds_on_names and here[0] == at[0] and here[1] > at[1] and text:
                changed[path] = self._said(node, path, text, names)
        params = with_texts(raw, changed)
        self._take(node, params, {port.port: {old.casefold(): new}}, self._inputs(node.node_id))
        self._set(node.node_id, raw, params, changed)
        self._names[port] = {old.casefold(): new}
        self._first = node.node_id

    def carry_on(self) -> None:
        """Follow the names downstream, node by node."""
        for node_id in order(self._checked.drawn):
            if node_id != self._first:
                self._pass(node_id)

    def _pass(self, node_id: str) -> None:
        edges = [e for e in self._checked.drawn.edges if e.target.node == node_id]
        names = self._arriving(edges)
        if not names:
            return
        node, why = self._checked.nodes.get(node_id), self._why_not(node_id)
        if node is not None and not why:
            try:
                self._follow(node, edges, names)
            except SummitError as error:
                why = error.what[:1].lower() + error.what[1:]
            else:
                return
        for edge in edges:
            own = self._names.get(edge.source, {})
            if own and edge not in self._left:
                schema = self._checked.schemas[edge.source]
                entries = [
                    {"column": own[c.name.casefold()], "name": c.name}
                    for c in visible(schema)
                    if c.name.casefold() in own
                ]
                self._put_in([edge], edge.source, *entries)
                self.kept += [Kept(node_id, entry["name"], why) for entry in entries]

    def _why_not(self, node_id: str) -> str:
        """Return why a node cannot be followed; empty where it can."""
        if node_id not in self._checked.document.nodes:
            return "it is a module, in which all stays as it is"
        node = self._checked.nodes.get(node_id)
        if node is None or self._checked.inputs(node_id) is None:
            return "it has problems"
        told = self._makes(node_id)
        if not isinstance(node, SinkNode) and any(p.name not in told for p in node.outputs):
            return node.untold
        return ""

    def _arriving(self, edges: Sequence[Edge]) -> dict[Read, str]:
        """Return the new names of the columns that arrive at a node."""
        count: dict[str, int] = {}
        names: dict[Read, str] = {}
        for edge in edges:
            port = edge.target.port
            at = count[port] = count.get(port, -1) + 1
            own = {} if edge in self._left else self._names.get(edge.source, {})
            for column in self._checked.schemas.get(edge.source, Schema()):
                if column.name.casefold() in own:
                    names[Read(port, column.name, at)] = own[column.name.casefold()]
        return names

    def _follow(self, node: AnyNode, edges: Sequence[Edge], names: dict[Read, str]) -> None:
        """Change what a node says of columns, and prove that it means the same.

        Raises:
            SummitError: It cannot be said, or would mean something else.
        """
        inputs = self._inputs(node.node_id)
        partners = dict(self._partners(node, inputs, names))
        raw = self._document.nodes[node.node_id].params
        named = {**names, **partners}
        changed: dict[str, str] = {}
        for path, _, value in leaves(node.params):
            text = told(raw, path)
            if isinstance(value, str) and text:
                after = self._said(node, path, text, named)
                if after != text:
                    changed[path] = after
        params = with_texts(raw, changed)
        arriving = _renamed(inputs, named)
        gives = self._prove(node, params, inputs, arriving, named)
        for read, name in partners.items():
            self._lead(edges, read, name)
        self._set(node.node_id, raw, params, changed)
        if isinstance(node, SinkNode):
            for read, name in names.items():
                self.changes.append(Change(node.node_id, "", read.column, name))
        for port, own in gives.items():
            if own:
                self._names[PortRef(node.node_id, port)] = own

    def _said(self, node: AnyNode, path: str, text: str, names: Mapping[Read, str]) -> str:
        """Return what a field says by the new names, its placeholders as they are."""
        inputs = self._inputs(node.node_id)
        return _filled(text, lambda plain: node.renamed(path, plain, inputs, names))

    def _partners(
        self, node: AnyNode, inputs: Inputs, names: Mapping[Read, str]
    ) -> Iterator[tuple[Read, str]]:
        """Yield columns of other inputs that go together by name, with their new names."""
        for group in node.alike(inputs):
            new = {names[_in(read, inputs)] for read in group if _in(read, inputs) in names}
            if len(new) > 1:
                raise InvalidParams("Columns that go together would get two names")
            for name in new:
                for read in (_in(r, inputs) for r in group):
                    if read not in names:
                        require_new(name, inputs[read.port][read.edge].names, "name")
                        yield read, name

    def _lead(self, edges: Sequence[Edge], read: Read, name: str) -> None:
        """Put a node into the edge by which a column comes, to give it the new name."""
        into = [e for e in edges if e.target.port == read.port][read.edge]
        node_id = self._put_in([into], into.source, {"column": read.column, "name": name})
        self.changes.append(Change(node_id, "columns.0.name", read.column, name))

    def _prove(
        self,
        node: AnyNode,
        params: Mapping[str, Any],
        before: Inputs,
        after: Inputs,
        names: Mapping[Read, str],
    ) -> dict[str, Names]:
        """Return the new names of what a node gives, once it is proved to be the same.

        Raises:
            SummitError: It does not fit, or gives other columns, or of others.
        """
        told = self._makes(node.node_id)
        changed, outputs = self._bound(node, params, after)
        now = makes_of(changed, after, outputs)
        old_outputs = self._outputs(node.node_id)
        found: dict[str, Names] = {}
        for port, columns in told.items():
            if not any(True for _ in self._checked.drawn.edges_from(node.node_id, port)):
                continue  # Nobody gets these rows.
            then = now.get(port, ())
            same = [set(_moved(made.reads, names)) for made in columns]
            if same != [set(made.reads) for made in then]:
                raise InvalidParams("Its columns would be made of others by the new name")
            pairs = zip(columns, then, strict=True)
            found[port] = {a.name.casefold(): b.name for a, b in pairs if a.name != b.name}
        uses = [_moved(u.reads, names) for u in node.uses(before, old_outputs)]
        if [set(u) for u in uses] != [set(u.reads) for u in changed.uses(after, outputs)]:
            raise InvalidParams("A parameter of the pipeline speaks of the column")
        return found

    def _bound(
        self, node: AnyNode, params: Mapping[str, Any], inputs: Inputs
    ) -> tuple[AnyNode, dict[str, Schema]]:
        own = replace(self._document.nodes[node.node_id], params=params)
        changed = self._catalogue.bind(own, fill_node(own, self._values, self._catalogue))
        outputs = dict(changed.infer(inputs, self._context))
        rejects = [p for p in self._outputs(node.node_id) if p not in outputs]
        if rejects and inputs:
            outputs |= {p: rejects_of(next(iter(inputs.values()))[0]) for p in rejects}
        return changed, outputs

    def _take(
        self,
        node: AnyNode,
        params: Mapping[str, Any],
        names: Mapping[str, Names],
        inputs: Inputs,
    ) -> None:
        """Hold a node that names a column otherwise against what it gave: only the name differs.

        Raises:
            SummitError: It does not fit, or more would differ.
        """
        _, outputs = self._bound(node, params, inputs)
        for port, was in self._outputs(node.node_id).items():
            own = names.get(port, {})
            wanted = [own.get(c.name.casefold(), c.name) for c in visible(was)]
            found = outputs.get(port)
            if found is None or list(visible(found).names) != wanted:
                raise InvalidParams("More would change than the name")

    def _set(
        self, node_id: str, raw: Mapping[str, Any], params: Mapping[str, Any], changed: Names
    ) -> None:
        if not changed:
            return
        self._do(SetParams(node_id, params))
        self.changes += [
            Change(node_id, path, told(raw, path) or "", text)
            for path, text in changed.items()
            if told(raw, path) != text
        ]

    def _put_in(self, edges: Sequence[Edge], source: PortRef, *entries: Mapping[str, str]) -> str:
        """Put a node that renames behind a port, into these of its edges."""
        document = self._document
        node = Node(
            unique_id(SELECT, document.nodes), SELECT, {"columns": list(entries), "others": "keep"}
        )
        # Edges that were led through another new node already begin there.
        now = [self._now(edge) for edge in edges]
        own = now[0].source if now else source
        place = between(now[0], document) if now else _behind(source, document)
        self._do(AddNode(node, place))
        first = True
        for edge in now:
            if first:
                steps: Iterable[Edit] = parting(
                    self._document, edge, PortRef(node.id, "rows"), PortRef(node.id, "rows")
                )
            else:
                at = self._document.edges.index(edge)
                steps = (
                    RemoveEdge(edge),
                    AddEdge(Edge(PortRef(node.id, "rows"), edge.target), at),
                )
            first = False
            for step in steps:
                self._do(step)
        if not now:
            self._do(AddEdge(Edge(own, PortRef(node.id, "rows"))))
        return node.id

    def _now(self, edge: Edge) -> Edge:
        """Return the edge that leads to the same input in its place now."""
        into = [e for e in self._checked.drawn.edges if e.target == edge.target]
        now = [e for e in self._document.edges if e.target == edge.target]
        return now[into.index(edge)]

    def _do(self, edit: Edit) -> None:
        self._document = edit.apply(self._document)
        self.edits.append(edit)

    def _inputs(self, node_id: str) -> dict[str, tuple[Schema, ...]]:
        return self._checked.inputs(node_id) or {}

    def _outputs(self, node_id: str) -> dict[str, Schema]:
        schemas = self._checked.schemas
        return {ref.port: s for ref, s in schemas.items() if ref.node == node_id}

    def _makes(self, node_id: str) -> Makes:
        node, inputs = self._checked.nodes.get(node_id), self._checked.inputs(node_id)
        outputs = self._outputs(node_id)
        return makes_of(node, inputs, outputs) if node and inputs is not None else {}


def _column(makes: Makes, port: str, name: str) -> Made | None:
    folded = name.casefold()
    return next((m for m in makes.get(port, ()) if m.name.casefold() == folded), None)


def _entry(path: str) -> tuple[str, int]:
    """Return the list that a path leads into, and which of its entries; -1 for no list."""
    name, _, rest = path.partition(".")
    number = rest.partition(".")[0]
    return name, int(number) if number.isdecimal() else -1


def told(raw: Any, path: str) -> str | None:
    """Return the text that a document has at a path, or None where it has none."""
    for part in path.split("."):
        if isinstance(raw, Mapping) and part in raw:
            raw = raw[part]
        elif isinstance(raw, list | tuple) and part.isdecimal() and int(part) < len(raw):
            raw = raw[int(part)]
        else:
            return None
    return raw if isinstance(raw, str) else None


def with_texts(raw: Any, changed: Names) -> dict[str, Any]:
    """Return params with other texts at some paths; keys that are not there yet come last."""
    params: dict[str, Any] = _copied(raw)
    for path, text in changed.items():
        *above, last = path.split(".")
        holder: Any = params
        for part in above:
            holder = holder[int(part)] if isinstance(holder, list) else holder[part]
        holder[int(last) if isinstance(holder, list) else last] = text
    return params


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list | tuple) else value


def _filled(text: str, change: Callable[[str], str]) -> str:
    """Change a text in which numbers stand for its placeholders, and put these back."""
    names = list(placeholders(text))
    marks = {}
    for number, name in enumerate(names):
        mark = f"770{number:03d}077"
        if mark in text:
            return change(text)
        marks[mark] = f"${{{name}}}"
        text = text.replace(marks[mark], mark, 1)
    after = change(text)
    return re.sub("|".join(marks), lambda m: marks[m[0]], after) if marks else after


def _in(read: Read, inputs: Inputs) -> Read:
    """Return a read by the name that the column has in its input."""
    schemas = inputs.get(read.port, ())
    found = schemas[read.edge].find(read.column) if read.edge < len(schemas) else None
    return replace(read, column=found.name) if found else read


def _renamed(inputs: Inputs, names: Mapping[Read, str]) -> dict[str, tuple[Schema, ...]]:
    return {
        port: tuple(
            Schema(tuple(Column(names.get(Read(port, c.name, edge), c.name), c.type) for c in s))
            for edge, s in enumerate(schemas)
        )
        for port, schemas in inputs.items()
    }


def _moved(reads: Iterable[Read], names: Mapping[Read, str]) -> tuple[Read, ...]:
    """Return reads under their new names."""
    return tuple(replace(read, column=names.get(read, read.column)) for read in reads)


def _behind(port: PortRef, document: Document) -> tuple[int, int] | None:
    place = document.layout.nodes.get(port.node)
    return (place[0] + 280, place[1]) if place else None
