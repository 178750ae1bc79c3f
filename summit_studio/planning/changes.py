"""Where changes go: which nodes carry them, by what their deletes are found, and what refuses them.

A node that makes each row of one row carries changes: inserts and updates go through it, deletes go
past it with the columns of the key alone. What needs all rows to say anything does not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from summit_studio.core.changes import Changes
from summit_studio.core.problems import Fix, Insertion, Problem
from summit_studio.core.schema import Schema
from summit_studio.document.model import Document
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import Inputs, RelationalNode, SinkNode, SourceNode
from summit_studio.nodes.made import Made

NOT_CARRIED = "changes_not_carried"
KEY_NOT_CARRIED = "key_not_carried"


@dataclass(frozen=True, slots=True)
class Past:
    """How the columns that a delete holds go past a node.

    Args:
        copied: By the name that a column gets, the one that it has before.
        computed: Columns that the node computes of such columns alone.
    """

    copied: Mapping[str, str]
    computed: tuple[str, ...]


def carry(
    document: Document, node: AnyNode, inputs: Inputs, outputs: dict[str, Schema]
) -> Iterator[Problem]:
    """Note in the outputs of a node which changes they carry; yield why it cannot carry any."""
    if node.reads_changes or isinstance(node, SourceNode):
        return
    arriving = [port for port, schemas in inputs.items() if any(s.changes for s in schemas)]
    if not arriving or not (outputs or isinstance(node, SinkNode)):
        return
    port = streamed(node)
    if port is None or arriving != [port]:
        yield _refused(node, next(p for p in arriving if p != port))
        return
    found = _carried(node, port, inputs, outputs)
    if isinstance(found, Problem):
        yield found
        return
    main = node.outputs[0].name
    outputs[main] = replace(outputs[main], changes=found)
    for side in (p.name for p in node.outputs[1:]):
        origin = node.origin(side)
        if origin == port and any(document.edges_from(node.node_id, side)):
            yield _aside(node, side)


def streamed(node: AnyNode) -> str | None:
    """Return the input port through which changes can pass a node, each row by itself."""
    if not isinstance(node, RelationalNode):
        return None
    if node.rowwise and len(node.inputs) == 1:
        return node.inputs[0].name
    if node.in_turn:
        return node.in_turn
    others = {p.name for p in node.inputs} - set(node.builds(()))
    origin = node.origin(node.outputs[0].name)
    return origin if node.builds(()) and others == {origin} else None


def past(node: AnyNode, port: str, inputs: Inputs, outputs: Mapping[str, Schema]) -> Past:
    """Return how what deletes hold goes past a node.

    Args:
        node: One that carries them.
        port: By which they come.
        inputs: The schemas that arrive.
        outputs: Those that it gives.
    """
    held = [
        {name.casefold() for name in schema.changes.held} if schema.changes else set[str]()
        for schema in inputs[port]
    ]
    copied: dict[str, str] = {}
    computed: list[str] = []
    for made in node.made(inputs, outputs).get(node.outputs[0].name, ()):
        edges = {r.edge for r in made.reads}
        ours = all(r.port == port and r.column.casefold() in held[r.edge] for r in made.reads)
        if not ours or len(edges) != len(held):
            continue
        if not made.how and len(made.reads) == len(held):
            copied[made.name] = made.reads[0].column
        elif len(node.outputs) == 1:  # Else rows are left out by what deletes do not hold.
            computed.append(made.name)
    return Past(copied, tuple(computed))


def _carried(
    node: AnyNode, port: str, inputs: Inputs, outputs: Mapping[str, Schema]
) -> Changes | Problem:
    given = [schema.changes for schema in inputs[port]]
    some = [changes for changes in given if changes is not None]
    if len(some) != len(given):
        return _refused(node, port, "rows come beside the changes, which say nothing of deletes")
    way = past(node, port, inputs, outputs)
    made = node.made(inputs, outputs)[node.outputs[0].name]
    edges = [_keys(changes, edge, way, made) for edge, changes in enumerate(some)]
    lost = next(iter(edges))[1]
    if lost:
        return _lost(node, lost)
    keys = edges[0][0]
    if any(other != (keys, "") for other in edges):
        return _refused(node, port, "the changes of its inputs have different keys")
    also = tuple(name for name in (*way.copied, *way.computed) if name not in keys)
    kinds = frozenset(kind for changes in some for kind in changes.kinds)
    if len(node.outputs) > 1:
        kinds |= {"delete"}
    return Changes(keys, kinds, all(c.before for c in some) and len(some) > 1, also)


def _keys(
    changes: Changes, edge: int, way: Past, made: tuple[Made, ...]
) -> tuple[tuple[str, ...], str]:
    """Return the columns in which the keys of an input go on, and one that does not."""
    keys: list[str] = []
    for key in changes.keys:
        reading = [
            m.name
            for m in made
            if any(r.edge == edge and r.column.casefold() == key.casefold() for r in m.reads)
        ]
        found = [n for n in way.copied if n in reading] or [n for n in way.computed if n in reading]
        if not found:
            return tuple(keys), key
        keys += [name for name in found[:1] if name not in keys]
    return tuple(keys), ""


def _refused(node: AnyNode, port: str, why: str = "") -> Problem:
    rows = Fix(
        "Put Current rows before it",
        node.node_id,
        insert=Insertion("current_rows", (), port=port),
    )
    log = Fix(
        "Make columns of what happened",
        node.node_id,
        insert=Insertion("changes_to_columns", (), port=port),
    )
    if isinstance(node, SinkNode):
        why = why or "it writes rows, and has no way to take one back that is deleted"
        do = "write the changes to a table by a key, or what happened as columns of a log"
        fixes: tuple[Fix, ...] = (log, rows)
    else:
        why = why or "what it gives depends on all its rows, and some of them are deleted later"
        do = (
            "put Current rows before it, which makes rows of the changes; or write the changes to a"
            " table by a key and let another pipeline read that"
        )
        fixes = (rows, log)
    return node.problem(
        NOT_CARRIED, f"'{node.node_title}' cannot take changes", why=why, do=do, fixes=fixes
    )


def _aside(node: AnyNode, side: str) -> Problem:
    return node.problem(
        NOT_CARRIED,
        f"'{node.node_title}' gives no changes by its port '{side}'",
        why=f"one that is not for '{node.outputs[0].name}' goes out there as a delete",
        do="take the edge out, and lead the changes to a second node with the opposite condition",
    )


def _lost(node: AnyNode, key: str) -> Problem:
    return node.problem(
        KEY_NOT_CARRIED,
        f"The key column '{key}' of the changes ends at '{node.node_title}'",
        why="a delete holds the columns of the key alone, and its row must be found by them",
        do=f"keep '{key}', or make a column of it and other columns of the key alone",
    )
