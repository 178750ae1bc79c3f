"""Sets a rehearsal up: a pipeline whose targets are stand-ins, and samples of its sources."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import SummitError
from summit_studio.document.identity import new_id
from summit_studio.document.model import Document, Node, PortRef
from summit_studio.engine.design import design_context
from summit_studio.engine.processed import keys_of
from summit_studio.engine.rehearsal.report import Target
from summit_studio.engine.request import RunRequest
from summit_studio.engine.sandbox import End, Sandbox
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import (
    Delivery,
    DesignContext,
    RunContext,
    SinkNode,
    SourceNode,
    StandIn,
)
from summit_studio.nodes.processed import TracksKeys
from summit_studio.nodes.sinks.table_sink import TableSink, TableSinkParams
from summit_studio.planning.check import check
from summit_studio.planning.delivery import Delivered, deliveries
from summit_studio.planning.ends import end_of
from summit_studio.planning.plan import Plan, plan_checked
from summit_studio.planning.settings import settings_of
from summit_studio.workspace.workspace import Workspace

EPOCHS: Final = 5
_CHUNKS: Final = 10
"""As many chunks the largest sample should have at least: epochs end only between them."""
_CHUNK_BYTES: Final = (64 << 10, 8 << 10, 1 << 10)


class NothingToRehearse(SummitError):
    """A pipeline keeps nothing that a crash could harm, or nothing that can be kept elsewhere."""

    code = "nothing_to_rehearse"


@dataclass(frozen=True)
class Setting:
    """A rehearsal that can begin.

    Args:
        request: A run in the sandbox.
        sinks: Those that are rehearsed, bound to their stand-ins, by node id.
        stand_ins: What stands in for their targets, by node id.
        handed: The columns that each of them gets.
        targets: All sinks, as the report tells of them.
        sources: Rows of the samples, by node id.
        titles: What people call each node.
        context: For reading the stand-ins.
    """

    request: RunRequest
    sinks: Mapping[str, SinkNode[Any]]
    stand_ins: Mapping[str, StandIn]
    handed: Mapping[str, tuple[str, ...]]
    targets: tuple[Target, ...]
    sources: Mapping[str, int]
    titles: Mapping[str, str]
    context: RunContext


def set_up(
    request: RunRequest,
    catalogue: Catalogue,
    folder: Path,
    rows: int,
    schema: str,
    cancel: CancelToken,
) -> Setting:
    """Return the setting of a rehearsal.

    Args:
        request: What a run would be asked for.
        catalogue: The node types.
        folder: For the stand-ins; the rehearsal's own.
        rows: Of each source, about.
        schema: Where tables of servers are written; empty for files.
        cancel: Stops the reading of samples.

    Raises:
        InvalidPipeline: It has problems.
        NothingToRehearse: It has no sink that can be rehearsed, or no rows.
        SummitError: A source cannot be read.
    """
    workspace = request.workspace()
    design = design_context(workspace, probe=True)
    checked = check(request.document, catalogue, design, dict(request.parameters))
    plan = plan_checked(checked)
    stand_ins, left = _stand_ins(plan, workspace, folder, schema)
    document = _rewritten(checked.document, stand_ins, left)
    connections = {c.name: c for s in stand_ins.values() for c in s.connections}
    sandbox = Sandbox(folder, datetime.now(UTC), tuple(connections.values()))
    document, ends, counts = _sampled(document, plan, workspace, design, rows, cancel)
    sandbox = replace(sandbox, ends=ends)
    inside = replace(request, document=document, path=None, sandbox=sandbox, trigger="rehearsal")
    return _setting(inside, catalogue, workspace, plan, stand_ins, left, counts)


def _setting(
    request: RunRequest,
    catalogue: Catalogue,
    workspace: Workspace,
    plan: Plan,
    stand_ins: Mapping[str, StandIn],
    left: Mapping[str, str],
    counts: Mapping[str, int],
) -> Setting:
    sandbox = request.sandbox
    assert sandbox is not None  # noqa: S101 - given above
    made = design_context(sandbox.workspace(workspace), probe=True)
    checked = check(request.document, catalogue, made, dict(request.parameters))
    settled = plan_checked(checked)
    told = deliveries(checked, made)
    sinks = {i: n for i, n in settled.nodes.items() if isinstance(n, SinkNode) and i in stand_ins}
    names = _names(plan)
    targets = [Target(replace(told[i], title=names[i]), stand_ins[i].said) for i in sinks]
    for sink, why in left.items():
        node = plan.nodes[sink]
        assert isinstance(node, SinkNode)  # noqa: S101 - only sinks are left out
        targets.append(Target(Delivered(sink, names[sink], node.delivery), why, rehearsed=False))
    titles = {end_of(plan.document, i): f"Dead letters of {name}" for i, name in names.items()}
    titles |= {keys_of(plan.document, i): f"Keys of {name}" for i, name in names.items()}
    run = RunContext(request.run_id, made.workspace, made.secrets, CancelToken())
    handed = {
        i: tuple(n for (schema,) in settled.inputs(i).values() for n in schema.names) for i in sinks
    }
    return Setting(request, sinks, stand_ins, handed, tuple(targets), counts, titles | names, run)


def _names(plan: Plan) -> dict[str, str]:
    """Return what each node is called, so that no two are called the same."""
    times = Counter(node.node_title for node in plan.nodes.values())
    return {
        i: node.node_title if times[node.node_title] == 1 else f"{node.node_title} ({i})"
        for i, node in plan.nodes.items()
    }


def _stand_ins(
    plan: Plan, workspace: Workspace, folder: Path, schema: str
) -> tuple[dict[str, StandIn], dict[str, str]]:
    """Return what stands in for each sink, and why others are left out.

    Raises:
        NothingToRehearse: All are, or there is none.
    """
    found: dict[str, StandIn] = {}
    left: dict[str, str] = {}
    for sink in plan.sinks:
        node = plan.nodes[sink]
        assert isinstance(node, SinkNode)  # noqa: S101 - planning says which are
        if not node.target():
            continue
        stand_in = node.stand_in(workspace, folder, schema)
        if stand_in is not None:
            found[sink] = stand_in
        elif node.delivery is Delivery.NONE:
            left[sink] = (
                "is left out: what is handed over cannot be taken back. Where a run dies, it stays"
                " handed over, and the next run hands it over anew"
            )
        else:
            left[sink] = "is left out: its type has nowhere else to write"
    if found:
        return found | _key_tables(plan, workspace, folder, schema), left
    why = "; ".join(f"'{plan.nodes[sink].node_title}' {text}" for sink, text in left.items())
    raise NothingToRehearse(
        f"There is nothing to rehearse in '{plan.document.name}'",
        why=why or "it has no sink that keeps rows, so a crash has nothing to harm",
        do="" if left else "connect a sink that writes a file or a table",
    )


def _key_tables(plan: Plan, workspace: Workspace, folder: Path, schema: str) -> dict[str, StandIn]:
    """Return what stands in for the tables in which nodes keep the keys of processed rows."""
    found = {}
    for node_id, node in plan.nodes.items():
        place = node.kept_in() if isinstance(node, TracksKeys) else None
        if place is not None:
            sink = TableSink(TableSinkParams(connection=place[0], table=place[1]), node_id)
            made = sink.stand_in(workspace, folder, schema)
            params = {
                name: made.params[name] for name in ("table", "connection") if name in made.params
            }
            found[node_id] = replace(made, params=params)
    return found


def _rewritten(
    document: Document, stand_ins: Mapping[str, StandIn], left: Iterable[str]
) -> Document:
    """Return a document with stand-ins for targets, and without what would reach outside."""
    nodes = dict(document.nodes)
    for sink, stand_in in stand_ins.items():
        nodes[sink] = replace(nodes[sink], params={**nodes[sink].params, **stand_in.params})
    gone = set(left)
    for sink in gone:
        nodes[sink] = Node(sink, "preview_sink", title=nodes[sink].title)
    edges = tuple(e for e in document.edges if e.source.node not in gone)
    # What got its rows from a sink that is left out gets none, and so on.
    while starved := {
        node_id
        for node_id in nodes
        if any(document.edges_into(node_id)) and not any(e.target.node == node_id for e in edges)
    }:
        nodes = {i: n for i, n in nodes.items() if i not in starved}
        edges = tuple(e for e in edges if e.source.node not in starved)
        document = replace(document, nodes=nodes)
    settings = dict(document.settings)
    settings["errors"] = {k: v for k, v in settings.get("errors", {}).items() if k != "on_error"}
    settings.pop("limits", None)
    return replace(document, id=new_id(), nodes=nodes, edges=edges, settings=settings, tests=())


def _sampled(
    document: Document,
    plan: Plan,
    workspace: Workspace,
    design: DesignContext,
    rows: int,
    cancel: CancelToken,
) -> tuple[Document, dict[str, End], dict[str, int]]:
    """Return a document cut into a few epochs, and where the samples of its sources end.

    Raises:
        NothingToRehearse: They have no rows.
        SummitError: One cannot be read.
    """
    sources = {i: n for i, n in plan.nodes.items() if isinstance(n, SourceNode)}
    wanted, batch_rows = rows, max(rows // (2 * _CHUNKS), 1)
    for batch_bytes in _CHUNK_BYTES:
        context = RunContext(
            "rehearsal", workspace, design.secrets, cancel, batch_rows, batch_bytes
        )
        ends: dict[str, End] = {}
        counts: dict[str, int] = {}
        for node_id, node in sources.items():
            schema = plan.schemas[PortRef(node_id, node.outputs[0].name)]
            ends[node_id], counts[node_id] = _sample(node, schema, context, wanted)
        if max((end.chunks for end in ends.values()), default=0) >= _CHUNKS:
            break
        batch_rows = max(max(counts.values(), default=1) // (2 * _CHUNKS), 1)
    most = max(counts.values(), default=0)
    if not most:
        names = " and ".join(f"'{n.node_title}'" for n in sources.values())
        raise NothingToRehearse(
            f"There is nothing to rehearse in '{document.name}'",
            why=f"{names or 'it'} gave no rows",
            do="rehearse it with some data",
        )
    settings = settings_of(document.settings)
    cut = {
        "publish": settings.checkpoints.publish,
        "on_unfinished": "resume",
        "every_rows": max(-(-most // EPOCHS), 1),
    }
    performance = dict(document.settings.get("performance", {}))
    performance |= {"batch_rows": batch_rows, "batch_bytes": batch_bytes}
    made = {**document.settings, "performance": performance, "checkpoints": cut}
    return replace(document, settings=made), ends, counts


def _sample(node: SourceNode[Any], schema: Any, context: RunContext, rows: int) -> tuple[End, int]:
    """Read the first rows of a source; return where they end, and how many there are."""
    count = chunks = 0
    position: Mapping[str, Any] = {}
    reader = node.open(schema, context)
    try:
        for chunk in reader.chunks():
            context.cancel.check()
            loaded = chunk.load()
            count += loaded.rows.num_rows
            count += loaded.rejected.num_rows if loaded.rejected is not None else 0
            chunks += 1
            if chunk.position is None:
                continue
            position = chunk.position
            if count >= rows:
                break
    except SummitError as error:
        raise error.at(node_id=node.node_id, node_title=node.node_title) from None
    finally:
        reader.close()
    return End(position, chunks), count


def own_schema() -> str:
    """Return the name of a schema that nobody else has."""
    from summit_studio.connectors.postgres.apart import SCHEMA

    return f"{SCHEMA}{secrets.token_hex(6)}"
