"""What the incremental sources of a run read: from where their last load ended, as the sinks say.

The truth stands in the targets: each keeps, beside its rows, the window of the load that it holds.
A load that is whole has moved the watermark to the end of its window, any other has not.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from summit_studio.core.epochs import (
    WATERMARK,
    WINDOW,
    Checkpoint,
    Position,
    Progress,
    Stage,
    windows_of,
)
from summit_studio.core.errors import SummitError
from summit_studio.core.suggest import listing
from summit_studio.document.model import PortRef
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.contract import RunContext, SinkNode, SourceNode
from summit_studio.planning.incremental import loaded_by
from summit_studio.planning.plan import Plan

PRINT = "print"
"""The name, in a window, of what its watermarks mean."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the last load of a source has ended, as one sink says.

    Args:
        value: The watermark; None where no load was whole, and at the very first.
        print: What it means.
        pending: Where the load ends that is under way or was given up; None where there is none.
    """

    value: str | None
    print: str
    pending: str | None = None


def sources_of(plan: Plan) -> dict[str, SourceNode[Any]]:
    """Return the sources of a plan that load incrementally, by id."""
    return {
        node_id: node
        for node_id, node in plan.nodes.items()
        if isinstance(node, SourceNode) and node.loads_windows
    }


def mark_of(progress: Progress | None, source: str) -> Mark | None:
    """Return what a sink says of a source; None where it says nothing."""
    position = (progress.positions.get(source) or {}) if progress is not None else {}
    window = position.get(WINDOW)
    if progress is None or not isinstance(window, Mapping):
        return None
    whole = progress.stage is Stage.FINISHED
    return Mark(
        position.get(WATERMARK, window["to"]) if whole else window["from"],
        str(window.get(PRINT, "")),
        None if whole else window["to"],
    )


def settled(window: Mapping[str, Any], value: str | None) -> dict[str, Any]:
    """Return the window of a source that reads nothing this time, at a watermark."""
    return {"column": window["column"], "from": value, "to": value, PRINT: window.get(PRINT, "")}


def print_of(plan: Plan, source: str) -> str:
    """Return what watermarks of a source mean as it stands in the plan."""
    node = plan.nodes[source]
    assert isinstance(node, SourceNode)  # noqa: S101 - only these have any
    return node.window_print(plan.schemas[PortRef(source, node.outputs[0].name)])


def windows_for(
    plan: Plan,
    request: RunRequest,
    context: RunContext,
    known: Mapping[str, Progress],
    kept: Mapping[str, object],
    lineage: Progress | None,
) -> dict[str, dict[str, Any]]:
    """Return what each incremental source reads in a load.

    Args:
        plan: What runs.
        request: Who asked for it.
        context: The run's.
        known: What the sinks say.
        kept: The sinks whose targets keep how far they are.
        lineage: The load that the run goes on with, whose windows stay what they are; None for
            one that begins.

    Raises:
        SummitError: A watermark means something else by now, the sinks say different ones, or
            one keeps none.
    """
    found = {}
    for source, node in sources_of(plan).items():
        held = _held(known, source, lineage)
        if held is not None:
            found[source] = held
            continue
        last = _last(plan, node, known, kept)
        if last is not None and request.sandbox is None:
            _acknowledged(node, context, last)
        schema = plan.schemas[PortRef(source, node.outputs[0].name)]
        now = request.sandbox.started if request.sandbox is not None else None
        try:
            window = node.begin_load(schema, context, last, now)
        except SummitError as error:
            raise error.at(node_id=source, node_title=node.node_title) from None
        found[source] = {**window, PRINT: node.window_print(schema)}
    return {**_carried(plan, known), **found}


def acknowledge(plan: Plan, context: RunContext, checkpoints: Mapping[str, Checkpoint]) -> None:
    """Tell the sources of a load that is whole what every sink holds by now."""
    sources = [node for node in sources_of(plan).values() if node.acknowledges]
    if not sources:
        return
    told = {sink: checkpoint.look() for sink, checkpoint in checkpoints.items()}
    known = {sink: progress for sink, progress in told.items() if progress is not None}
    for node in sources:
        last = _last(plan, node, known, checkpoints)
        if last is not None:
            _acknowledged(node, context, last)


def _acknowledged(node: SourceNode[Any], context: RunContext, watermark: str) -> None:
    """Tell a source what all sinks hold; where that fails the next run does it."""
    if not node.acknowledges:
        return
    try:
        node.acknowledge(context, watermark)
    except SummitError as error:
        logging.getLogger("summit.engine").warning(
            "'%s' goes on holding what was loaded, until the next run. %s", node.node_title, error
        )


def _carried(plan: Plan, known: Mapping[str, Progress]) -> dict[str, dict[str, Any]]:
    """Return the watermarks of sources that do not run this time: pinned, disabled, taken out."""
    found = {}
    for progress in known.values():
        for source, window in windows_of(progress.positions).items():
            node, mark = plan.nodes.get(source), mark_of(progress, source)
            if mark is not None and (node is None or not hasattr(node.params, "incremental")):
                found[source] = settled(window[WINDOW], mark.value)
    return found


def _held(
    known: Mapping[str, Progress], source: str, lineage: Progress | None
) -> dict[str, Any] | None:
    """Return the window that a load under way has had from its beginning."""
    for progress in known.values() if lineage is not None else ():
        position: Position = progress.positions.get(source) or {}
        if lineage is not None and progress.lineage == lineage.lineage and WINDOW in position:
            return dict(position[WINDOW])
    return None


def _last(
    plan: Plan, node: SourceNode[Any], known: Mapping[str, Progress], kept: Mapping[str, object]
) -> str | None:
    """Return the watermark of a source: the least that its sinks say.

    Raises:
        SummitError: See `windows_for`.
    """
    sinks = loaded_by(plan.document, plan.nodes, node.node_id)
    _require_kept(plan, node, sinks, kept)
    marks = {sink: mark_of(known.get(sink), node.node_id) for sink in sinks if sink in kept}
    told = {sink: mark for sink, mark in marks.items() if mark is not None}
    if not told:
        return None
    _require_meaning(plan, node, told)
    values = {sink: mark.value if mark is not None else None for sink, mark in marks.items()}
    if len(set(values.values())) == 1:
        return next(iter(values.values()))
    return _least(plan, node, values)


def _least(plan: Plan, node: SourceNode[Any], values: Mapping[str, str | None]) -> str | None:
    """Return the least of several watermarks, where no sink then has a row twice."""
    said = listing([f"{_target(plan, s)} at {v or 'the beginning'}" for s, v in values.items()], 4)
    behind = None if None in values.values() else min(map(str, values.values()), key=_order)
    ahead = [s for s, v in values.items() if v != behind]
    twice = [s for s in ahead if not getattr(plan.nodes[s], "takes_again", False)]
    if twice:
        raise SummitError(
            f"The sinks of '{node.node_title}' do not stand at one watermark",
            why=f"{said}; read from the least, {_target(plan, twice[0])} would have rows twice",
            do=f"say where it goes on: summit watermarks set FILE {node.node_id} VALUE; or let "
            "these sinks find rows by a key (mode upsert)",
            code="watermarks_differ",
            where=node.place("cursor"),
        )
    logging.getLogger("summit.engine").warning(
        "The sinks of '%s' do not stand at one watermark: %s. The load begins at the least.",
        node.node_title, said,
    )  # fmt: skip
    return behind


def _order(value: str) -> tuple[int, str]:
    """Put watermarks in order: numbers by their size, moments by their text of one form."""
    if value.lstrip("-").isdigit():
        return (int(value), "")
    return (0, value)


def _require_meaning(plan: Plan, node: SourceNode[Any], told: Mapping[str, Mark]) -> None:
    now = print_of(plan, node.node_id)
    other = next((mark for mark in told.values() if mark.print != now), None)
    if other is not None:
        value = other.value or "at the beginning"
        keep = f"keep it: summit watermarks set FILE {node.node_id} '{other.value}'; "
        raise SummitError(
            f"The watermark of '{node.node_title}' stands for something else",
            why=f"it is {value}, and since that load the table, the condition, the cursor or its "
            "zone changed: rows that are new by the one may be old by the other",
            do=f"{keep if other.value else ''}load all again: summit watermarks reset FILE "
            f"{node.node_id}; or put the change back",
            code="watermark_changed",
            where=node.place("cursor"),
        )


def _require_kept(
    plan: Plan, node: SourceNode[Any], sinks: tuple[str, ...], kept: Mapping[str, object]
) -> None:
    for sink in sinks:
        found = plan.nodes[sink]
        if isinstance(found, SinkNode) and found.keeps_rows and sink not in kept:
            raise SummitError(
                f"'{found.node_title}' cannot keep the watermark of '{node.node_title}'",
                why="its target does not let us keep how far it is beside its rows",
                do="let it, as the log says, or write to another target",
                code="watermark_unkept",
                where=found.place(),
            )


def _target(plan: Plan, sink: str) -> str:
    node = plan.nodes[sink]
    return node.target() if isinstance(node, SinkNode) and node.target() else sink
