"""Edits that make a module of a selection, and that put what a module holds back in its place."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from summit_studio.core.errors import InvalidDocument, Where
from summit_studio.core.ids import unique_id
from summit_studio.core.suggest import listing
from summit_studio.document.edits import AddEdge, AddNode, Compound, Edit, removal
from summit_studio.document.model import Document, Edge, Layout, Node, Point, PortRef
from summit_studio.document.modules import RESERVED, Module, as_module, module_of
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.graph import cycles
from summit_studio.planning.modules import MODULE
from summit_studio.planning.parameters import placeholders, write_out


def module_from(
    document: Document,
    node_ids: Iterable[str],
    name: str,
    path: str,
    open_outputs: Iterable[PortRef] = (),
) -> tuple[Document, Compound, str]:
    """Return the module that chosen nodes make, the edit that puts it in their place, and its id.

    Edges that cross the selection become ports: an input for each port outside that rows come
    from, an output for each port inside that rows leave by. What the chosen nodes say of the
    pipeline's parameters, the module's own say from then on.

    Args:
        document: The pipeline.
        node_ids: The chosen nodes.
        name: What people call the module.
        path: Where its file will be, as the node is to say it.
        open_outputs: Ports inside that no edge leaves by and that are to be outputs, too.

    Raises:
        InvalidDocument: Nothing is chosen, a parameter cannot be so called, or rows would leave
            the module and come back into it.
    """
    chosen = dict.fromkeys(i for i in node_ids if i in document.nodes)
    if not chosen:
        raise _cannot("no node is chosen", "choose the nodes that the module is to hold")
    ins = [e for e in document.edges if e.target.node in chosen and e.source.node not in chosen]
    outs = [e for e in document.edges if e.source.node in chosen and e.target.node not in chosen]
    fed = _inputs(ins)
    given = _outputs([*(e.source for e in outs), *open_outputs])
    inputs = {
        name: tuple(e.target for e in ins if e.source == source) for source, name in fed.items()
    }
    outputs = {name: ref for ref, name in given.items()}
    inner = _inner(document, chosen)
    module = module_of(as_module(replace(inner, name=name), inputs, outputs))
    node_id = unique_id(_stem(name), document.nodes)
    params: dict[str, Any] = {"path": path, "hash": module.hash}
    params |= {name: f"${{{name}}}" for name in inner.parameters}
    node = Node(node_id, MODULE, params, name)
    steps: list[Edit] = [
        *removal(document, tuple(chosen)).edits,
        AddNode(node, _middle(document, chosen)),
    ]
    steps += [AddEdge(Edge(source, PortRef(node_id, name))) for source, name in fed.items()]
    steps += [AddEdge(Edge(PortRef(node_id, given[e.source]), e.target)) for e in outs]
    edit = Compound(f"Make module {name}", tuple(steps))
    if cycles(edit.apply(document)):
        raise _cannot(
            "rows would leave it and come back into it",
            "choose the nodes between them as well",
        )
    return module.document, edit, node_id


def dissolved(
    document: Document, node_id: str, module: Module, catalogue: Catalogue
) -> tuple[Compound, tuple[str, ...]]:
    """Return the edit that puts a module's nodes in the place of its node, and their ids.

    Raises:
        InvalidDocument: A parameter of the module has no value.
    """
    node = document.nodes[node_id]
    values = _given(node, module)
    renamed: dict[str, str] = {}
    for inner in module.document.nodes:
        taken = (set(document.nodes) - {node_id}) | set(renamed.values())
        renamed[inner] = unique_id(inner, taken)
    places = _spread(module.document, document.layout.nodes.get(node_id, (0, 0)))
    steps: list[Edit] = [*removal(document, (node_id,)).edits]
    steps += [
        AddNode(replace(n, id=renamed[i], params=write_out(n, values, catalogue)), places.get(i))
        for i, n in module.document.nodes.items()
    ]
    steps += [
        AddEdge(Edge(_at(renamed, e.source), _at(renamed, e.target))) for e in module.document.edges
    ]
    for edge in document.edges:
        steps += [AddEdge(new) for new in _rejoined(edge, node_id, module, renamed)]
    return Compound(f"Dissolve {node.title or module.document.name}", tuple(steps)), tuple(
        renamed.values()
    )


def _inputs(crossing: Sequence[Edge]) -> dict[PortRef, str]:
    """Return the name of the input that each port outside feeds."""
    sources = dict.fromkeys(e.source for e in crossing)
    first = {source: next(e.target for e in crossing if e.source == source) for source in sources}
    return _named({s: first[s].port if len(sources) == 1 else s.node for s in sources})


def _outputs(refs: Iterable[PortRef]) -> dict[PortRef, str]:
    """Return the name of the output that each port inside gives."""
    found = dict.fromkeys(refs)
    times = Counter(ref.port for ref in found)
    return _named(
        {ref: ref.port if times[ref.port] == 1 else f"{ref.node}_{ref.port}" for ref in found}
    )


def _named(wanted: Mapping[PortRef, str]) -> dict[PortRef, str]:
    names: dict[PortRef, str] = {}
    for ref, name in wanted.items():
        names[ref] = unique_id(name, set(names.values()))
    return names


def _inner(document: Document, chosen: Collection[str]) -> Document:
    nodes = {i: n for i, n in document.nodes.items() if i in chosen}
    spoken = {name for n in nodes.values() for name in placeholders(n.params)}
    taken = [name for name in RESERVED if name in spoken]
    if taken:
        raise _cannot(
            f"no parameter of a module can be called {listing(taken)}",
            "give the parameter of the pipeline another name first",
        )
    places = {i: p for i, p in document.layout.nodes.items() if i in chosen}
    left, top = _corner(places)
    return Document(
        nodes=nodes,
        parameters={n: p for n, p in document.parameters.items() if n in spoken},
        edges=tuple(
            e for e in document.edges if e.source.node in chosen and e.target.node in chosen
        ),
        layout=Layout(nodes={i: (x - left, y - top) for i, (x, y) in places.items()}),
    )


def _middle(document: Document, chosen: Iterable[str]) -> Point:
    places = [document.layout.nodes.get(i, (0, 0)) for i in chosen]
    return (
        round(sum(x for x, _ in places) / len(places)),
        round(sum(y for _, y in places) / len(places)),
    )


def _corner(places: Mapping[str, Point]) -> Point:
    return (
        min((x for x, _ in places.values()), default=0),
        min((y for _, y in places.values()), default=0),
    )


def _spread(inner: Document, at: Point) -> dict[str, Point]:
    places = inner.layout.nodes
    left, top = _corner(places)
    return {i: (at[0] + x - left, at[1] + y - top) for i, (x, y) in places.items()}


def _given(node: Node, module: Module) -> dict[str, Any]:
    own = module.document.parameters
    values = {n: node.params.get(n) for n in own}
    values |= {n: own[n].default for n, value in values.items() if value is None}
    missing = [n for n, value in values.items() if value is None]
    if missing:
        raise InvalidDocument(
            "Cannot dissolve the module",
            why=f"{listing(missing)} has no value",
            do="fill it in first",
            code="module_value_missing",
            where=Where(node_id=node.id, node_title=node.title, param=missing[0]),
        )
    return values


def _rejoined(
    edge: Edge, node_id: str, module: Module, renamed: Mapping[str, str]
) -> Iterator[Edge]:
    """Yield what an edge of the module's node becomes: nothing where its port is gone."""
    if node_id not in {edge.source.node, edge.target.node}:
        return
    source: PortRef | None = edge.source
    if edge.source.node == node_id:
        inner = module.outputs.get(edge.source.port)
        source = _at(renamed, inner) if inner else None
    targets: tuple[PortRef, ...] = (edge.target,)
    if edge.target.node == node_id:
        targets = tuple(_at(renamed, ref) for ref in module.inputs.get(edge.target.port, ()))
    for target in targets if source else ():
        assert source is not None  # noqa: S101 - asked for above
        yield Edge(source, target)


def _at(renamed: Mapping[str, str], ref: PortRef) -> PortRef:
    return PortRef(renamed[ref.node], ref.port)


def _stem(name: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "_" for c in name.casefold()).strip("_")
    return kept[:40] if kept and kept[0].isalpha() else f"module_{kept}"[:40].rstrip("_")


def _cannot(why: str, do: str) -> InvalidDocument:
    return InvalidDocument("Cannot make a module of these nodes", why=why, do=do, code="no_module")
