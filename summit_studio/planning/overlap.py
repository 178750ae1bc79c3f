"""Sinks that write where others write, or what the same run reads."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from summit_studio.core.problems import Problem, Severity
from summit_studio.nodes.contract import SinkNode, SourceNode

if TYPE_CHECKING:
    from summit_studio.nodes.catalogue import AnyNode
    from summit_studio.workspace.workspace import Workspace


def overlaps(nodes: Mapping[str, "AnyNode"], workspace: "Workspace") -> Iterator[Problem]:
    """Yield a warning for each source that reads what a sink of the same pipeline writes."""
    sources = [node for node in nodes.values() if isinstance(node, SourceNode)]
    for sink in nodes.values():
        if isinstance(sink, SinkNode):
            for source in sources:
                if _reads(source, sink, workspace):
                    yield _output_is_input(source, sink)


def _reads(source: SourceNode[Any], sink: SinkNode[Any], workspace: "Workspace") -> bool:
    try:
        target = sink.writes(workspace)
        return target is not None and source.reads(target, workspace)
    except (OSError, RuntimeError, ValueError):
        return False  # Links in a circle, or a name no file can have: other checks say so.


def _output_is_input(source: SourceNode[Any], sink: SinkNode[Any]) -> Problem:
    return sink.problem(
        "output_is_input",
        f"'{sink.node_title}' ({sink.node_id}) writes what '{source.node_title}'"
        f" ({source.node_id}) reads",
        why=f"a run changes {sink.target()}, and the next one reads what this one wrote",
        do="write to another place, unless each run is meant to go on from the one before",
        severity=Severity.WARNING,
    )
