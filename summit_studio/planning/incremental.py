"""Incremental sources, and the sinks that must keep how far they have come."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from summit_studio.core.problems import Problem
from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Document
from summit_studio.nodes.contract import SinkNode, SourceNode

if TYPE_CHECKING:
    from summit_studio.nodes.catalogue import AnyNode


def loaded_by(document: Document, nodes: "Mapping[str, AnyNode]", source: str) -> tuple[str, ...]:
    """Return the sinks that the rows of a source reach, but for those of rejected rows alone."""
    reached, waiting = {source}, [source]
    while waiting:
        for edge in document.edges_from(waiting.pop()):
            if edge.source.port != REJECTED and edge.target.node not in reached:
                reached.add(edge.target.node)
                waiting.append(edge.target.node)
    return tuple(i for i, n in nodes.items() if i in reached and isinstance(n, SinkNode))


def incremental_problems(document: Document, nodes: "Mapping[str, AnyNode]") -> Iterator[Problem]:
    """Yield sinks that keep no watermark or would have rows twice, and what two sources share."""
    holders: dict[str, str] = {}
    for source in nodes.values():
        if not isinstance(source, SourceNode) or not source.loads_windows:
            continue
        if source.held_by and source.held_by in holders:
            yield source.problem(
                "held_by_two",
                f"'{source.node_title}' and '{holders[source.held_by]}' read the {source.held_by}",
                why="what one of them has loaded is forgotten for the other",
                do="give each a slot of its own: summit cdc create",
                field_name="slot",
            )
        elif source.held_by:
            holders[source.held_by] = source.node_title
        off = "; or set incremental to off" if hasattr(source.params, "incremental") else ""
        for sink in loaded_by(document, nodes, source.node_id):
            node = nodes[sink]
            assert isinstance(node, SinkNode)  # noqa: S101 - these are all
            why = node.unkept_because()
            if why:
                yield node.problem(
                    "watermark_unkept",
                    f"'{node.node_title}' keeps no watermark of '{source.node_title}'",
                    why=f"{why}, so that the next load could not tell where this one ended",
                    do="write to a database table that is appended to or upserted, or to a folder "
                    f"of parts with if_exists append{off}",
                )
            elif source.reads_again and node.keeps_rows and not node.takes_again:
                yield node.problem(
                    "rows_twice",
                    f"'{node.node_title}' would have rows of '{source.node_title}' twice",
                    why="loads overlap, or each reads the rows without a cursor, and this sink "
                    "adds what comes",
                    do="let it find rows by a key (mode upsert), or set overlap to 0 and "
                    "null_cursor to fail or reject",
                )
