"""Shows the first rows of any port: what lies upstream runs over the first rows of its sources."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from summit_studio.backends.contract import Tap
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, SummitError, Where
from summit_studio.core.events import Event, RunFinished, RunStatus
from summit_studio.core.ids import new_run_id
from summit_studio.core.schema import REJECTED, WRITTEN, Schema, to_arrow
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import ENABLED, Document, Node, PortRef
from summit_studio.engine.run import Listener, Run
from summit_studio.formats.contract import Finding, Raw
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext, SinkNode, SourceNode
from summit_studio.planning.check import Checked, check
from summit_studio.planning.graph import part, upstream
from summit_studio.planning.modules import Expanded, expand, is_inner, values_known
from summit_studio.planning.parameters import fill_node, values_for
from summit_studio.planning.plan import InvalidPipeline, Plan, plan_checked
from summit_studio.planning.settings import settings_of

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE_ROWS = 10_000
"""Rows that a preview reads of each source."""


@dataclass(frozen=True)
class Preview:
    """The first rows of a port.

    Args:
        complete: True if these are all rows the port would ever get.
        note: A sentence on what the rows stand for.
    """

    port: PortRef
    schema: Schema
    table: "pa.Table"
    complete: bool
    note: str
    seconds: float


class _Collector:
    """Keeps the first rows of a port."""

    def __init__(self, rows: int) -> None:
        self._wanted = rows
        self._tables: list[pa.Table] = []
        self.count = 0
        self.runner: Run | None = None

    def __call__(self, table: "pa.Table") -> None:
        self._tables.append(table.slice(0, max(self._wanted - self.count, 0)))
        self.count += table.num_rows
        if self.count > self._wanted and self.runner:
            self.runner.enough()

    def table(self, schema: Schema) -> "pa.Table":
        import pyarrow as pa

        empty = to_arrow(schema).empty_table()
        return pa.concat_tables(self._tables) if self._tables else empty


def _unheard(event: Event) -> None:
    """Take no notice of an event."""
    del event


def looking_run(
    plan: Plan,
    document: Document,
    context: DesignContext,
    taps: Mapping[PortRef, Tap],
    cancel: CancelToken,
    row_limit: int | None,
    listener: Listener = _unheard,
) -> Run:
    """Return a run that writes nothing, of a plan without sinks, for those who look at its ports.

    Args:
        plan: Of a part of the document.
        document: Whose settings of performance hold.
        context: Where to look things up.
        taps: Who looks.
        cancel: Stops it.
        row_limit: Rows that are read of each source; None reads all.
        listener: Told every event.
    """
    return Run(
        plan,
        context.workspace,
        context.secrets,
        settings_of({k: v for k, v in document.settings.items() if k == "performance"}),
        new_run_id(),
        listener,
        cancel,
        taps=taps,
        row_limit=row_limit,
        strict=False,
    )


def preview(
    document: Document,
    catalogue: Catalogue,
    context: DesignContext,
    node_id: str,
    port: str | None = None,
    rows: int = 200,
    cancel: CancelToken | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Preview:
    """Return the first rows of a node's output port; of a sink, the rows it would get.

    Sources are read for their first 10,000 rows only, so that a preview is quick on any file; a
    join or an aggregate then shows what those rows give. Nothing is written.

    Args:
        document: The pipeline, of which only the part upstream of the node must be valid.
        catalogue: The node types.
        context: Where to look things up; keep it from one preview to the next, it remembers.
        node_id: The node.
        port: The output port; by default the first.
        rows: Rows wanted.
        cancel: Stops the preview.
        parameters: Values of the pipeline's parameters.

    Raises:
        InvalidPipeline: The part upstream has problems.
        SummitError: A source cannot be read, or a node failed.
        Cancelled: Someone cancelled.
    """
    begun = time.perf_counter()
    document, ref = looked_at(
        document, catalogue, context, PortRef(node_id, port or ""), parameters
    )
    checked = part_before(document, catalogue, context, ref, parameters)
    plan = plan_checked(checked)
    collector = _Collector(rows)
    runner = looking_run(
        plan, document, context, {ref: collector}, cancel or CancelToken(), SOURCE_ROWS
    )
    collector.runner = runner
    finished = done(runner.run())
    schema = plan.schemas[ref]
    cut = any(sum(line.rows_in.values()) >= SOURCE_ROWS for line in finished.ledger)
    complete = collector.count <= rows and not cut
    note = _note(min(collector.count, rows), complete=complete, cut=cut)
    return Preview(
        ref, schema, collector.table(schema), complete, note, time.perf_counter() - begun
    )


def found(
    document: Document,
    catalogue: Catalogue,
    context: DesignContext,
    node_id: str,
    parameters: Mapping[str, Any] | None = None,
) -> tuple[Finding, ...]:
    """Return what a source found out of its file where no param says it; of others, nothing.

    Raises:
        InvalidPipeline: The source has problems, so that nothing can be found out.
        SummitError: There is no such node.
    """
    document = _inside(document, catalogue, context, node_id, parameters)
    if not issubclass(catalogue.get(_node_of(document, node_id).type), SourceNode):
        return ()
    alone = replace(part(document, [node_id]), mode="etl", settings={}, extra={}, tests=())
    checked = check(alone, catalogue, context, parameters)
    if node_id not in checked.findings:
        plan_checked(checked)
    return checked.findings.get(node_id, ())


def raw(
    document: Document,
    catalogue: Catalogue,
    context: DesignContext,
    node_id: str,
    lines: int = 50,
    parameters: Mapping[str, Any] | None = None,
) -> Raw:
    """Return the first lines of what a source reads, as they stand there.

    Raises:
        SummitError: There is no such node, it reads no lines (`no_lines`), its params do not fit,
            or the file cannot be read.
    """
    document = _inside(document, catalogue, context, node_id, parameters)
    node = _node_of(document, node_id)
    kind = catalogue.get(node.type)
    if not (issubclass(kind, SourceNode) and kind.shows_raw):
        raise SummitError(
            f"Node '{node_id}' has no raw lines",
            why=f"{kind.title} reads no file of lines or cells",
            do="preview its rows",
            code="no_lines",
            where=Where(node_id=node_id, node_title=node.title),
        )
    values = values_for(document, parameters or {})
    params = node.params if is_inner(node_id) else fill_node(node, values, catalogue)
    source: SourceNode[Any] = cast("Any", catalogue.bind(node, params))
    try:
        return source.raw(context, lines)
    except SummitError as error:
        raise error.at(node_id=node_id, node_title=node.title) from None


def _inside(
    document: Document,
    catalogue: Catalogue,
    context: DesignContext,
    node_id: str,
    parameters: Mapping[str, Any] | None,
) -> Document:
    """Return the document in which a node stands: with its modules expanded for an inner one."""
    if not is_inner(node_id):
        return document
    values = values_known(document, parameters or {})
    return expand(document, catalogue, context.workspace, values).document


def looked_at(
    document: Document,
    catalogue: Catalogue,
    context: DesignContext,
    ref: PortRef,
    parameters: Mapping[str, Any] | None = None,
) -> tuple[Document, PortRef]:
    """Return a document with its modules expanded, and the port to look at in it.

    Args:
        document: The pipeline.
        catalogue: The node types.
        context: Where modules are looked up.
        ref: A port, of a module's node or inside one too; one without a name is the first.
        parameters: Values of the pipeline's parameters.

    Raises:
        InvalidPipeline: The module whose port it is cannot be put in.
        SummitError: As `output_of` says.
    """
    values = values_known(document, parameters or {})
    if ref.port == WRITTEN:
        return _read_back(document, catalogue, ref.node)
    expanded = expand(document, catalogue, context.workspace, values)
    if ref.node in expanded.unread:
        found = tuple(p for p in expanded.problems if p.where.node_id == ref.node)
        raise InvalidPipeline(document.name, found)
    whole, port = expanded.document, ref.port or None
    inner = _module_port(expanded, ref.node, port)
    if inner is None and ref.node not in whole.nodes:
        inner = _not_working(expanded, ref)
    return whole, inner or output_of(whole, catalogue, ref.node, port)


def _not_working(expanded: Expanded, ref: PortRef) -> PortRef | None:
    """Return the port whose rows go past a bypassed node; None where there is no such node.

    Raises:
        InvalidPipeline: It cannot be bypassed.
        SummitError: It does not run, or gives no rows at that port.
    """
    past = {port.port: before for port, before in expanded.outputs.items() if port.node == ref.node}
    skipped = expanded.skipped.get(ref.node)
    if skipped is not None and not past:
        raise SummitError(
            f"'{skipped.title}' does not run",
            why=skipped.why,
            do="enable it" if skipped.why == "it is disabled" else "enable what its rows come from",
            code="node_skipped",
            where=Where(node_id=ref.node, node_title=skipped.title),
        )
    if not past:
        return None
    port = ref.port or next(iter(past))
    if port not in past:
        raise SummitError(
            f"Node '{ref.node}' gives no rows by '{port}'",
            why=f"it is bypassed: its rows go on by '{next(iter(past))}'",
            do="enable it",
            code="node_bypassed",
            where=Where(node_id=ref.node),
        )
    return past[port]


def output_of(document: Document, catalogue: Catalogue, node_id: str, port: str | None) -> PortRef:
    """Return the output port to look at: of a sink, the one that its rows come from.

    Args:
        document: The pipeline.
        catalogue: The node types.
        node_id: The node.
        port: The port; None for its first.

    Raises:
        SummitError: There is no such node or port, or nothing is connected to the sink.
    """
    node = _node_of(document, node_id)
    kind = catalogue.get(node.type)
    ports = [p.name for p in kind.output_ports()]
    if issubclass(kind, SinkNode) and port != REJECTED:
        edge = next(iter(document.edges_into(node_id)), None)
        if edge is None:
            raise SummitError(
                "There are no rows to show",
                why="nothing is connected to this sink",
                do="draw an edge to it",
                code="input_unconnected",
                where=Where(node_id=node_id, node_title=node.title),
            )
        return edge.source
    if port is not None and port not in ports:
        raise _no_port(node_id, port, ports)
    return PortRef(node_id, port or ports[0])


def _read_back(document: Document, catalogue: Catalogue, node_id: str) -> tuple[Document, PortRef]:
    """Return a document of one source, which reads what a sink wrote, and its port.

    Raises:
        SummitError: The node is no sink, or nothing reads what it writes.
    """
    node = _node_of(document, node_id)
    kind = catalogue.get(node.type)
    reader = kind.read_back(node.params) if issubclass(kind, SinkNode) else None
    if reader is None:
        raise SummitError(
            "There is nothing to read back",
            why="this node writes nothing that a source reads, or does not say where",
            do="look at another port",
            code="port_missing",
            where=Where(node_id=node_id, node_title=node.title),
        )
    source = replace(node, type=reader.type, params=reader.params, state=ENABLED)
    port = catalogue.get(reader.type).outputs[0].name
    alone = replace(document, nodes={node_id: source}, edges=(), notes={})
    return alone, PortRef(node_id, port)


def of_another(document: Document, wanted: PortRef, ref: PortRef) -> bool:
    """Return True if a port is looked at for one of a module's node, or of a bypassed one.

    What reaches its node is then not what reaches the node that was asked for.

    Args:
        document: As `looked_at` returned it.
        wanted: The port that was asked for.
        ref: The port that is looked at for it.
    """
    inside = is_inner(ref.node) and not is_inner(wanted.node)
    return inside or wanted.node not in document.nodes


def _module_port(expanded: Expanded, node_id: str, port: str | None) -> PortRef | None:
    """Return the inner port that gives the rows of a module's port; None where it is no module."""
    if node_id not in expanded.modules:
        return None
    ports = list(expanded.modules[node_id].module.outputs)
    if not ports or port not in {None, *ports}:
        raise _no_port(node_id, port, ports)
    wanted = PortRef(node_id, port or ports[0])
    if wanted not in expanded.outputs:
        raise SummitError(
            f"Node '{node_id}' gives no rows by '{wanted.port}'",
            why="what they come from in its module is disabled",
            do="enable it there",
            code="node_skipped",
            where=Where(node_id=node_id),
        )
    return expanded.outputs[wanted]


def _no_port(node_id: str, port: str | None, ports: Sequence[str]) -> SummitError:
    return SummitError(
        f"Node '{node_id}' has no port '{port}'" if port else f"Node '{node_id}' has no output",
        why=f"it has {listing(ports)}" if ports else "its module gives no rows",
        do="name one of them" if ports else "preview a node inside it",
        code="port_missing",
    )


def _node_of(document: Document, node_id: str) -> Node:
    node = document.nodes.get(node_id)
    if node is not None:
        return node
    near = did_you_mean(node_id, document.nodes)
    raise SummitError(
        f"There is no node '{node_id}'",
        why=f"the pipeline has {listing(document.nodes)}",
        do=f"did you mean '{near}'?" if near else "name one of them",
        code="node_unknown",
    )


def part_before(
    document: Document,
    catalogue: Catalogue,
    context: DesignContext,
    ref: PortRef,
    parameters: Mapping[str, Any] | None,
) -> Checked:
    """Return the check of a port's node and all upstream of it, as far as a look at it goes.

    Raises:
        SummitError: A sink lies upstream: what it rejects only a run can tell.
    """
    seen = part(document, upstream(document, [ref.node]))
    # What the pipeline promises of a run, and what it says besides, is nothing to a preview.
    bare = replace(seen, mode="etl", settings={}, extra={}, tests=())
    for node in seen.nodes.values():
        kind = catalogue.get(node.type) if node.type in catalogue else None
        if kind is not None and issubclass(kind, SinkNode):
            title = node.title or kind.title
            raise SummitError(
                f"Only a run can tell which rows '{title}' rejects",
                why="its target says so when it is written to, and a preview writes nothing",
                do="run the pipeline, and look at what the rejected rows are written to",
                code="rejects_need_a_run",
                where=Where(node_id=node.id, node_title=title),
            )
    return check(bare, catalogue, context, parameters)


def done(finished: RunFinished) -> RunFinished:
    """Return how a looking run ended.

    Raises:
        SummitError: It failed.
        Cancelled: Someone cancelled.
    """
    if finished.status is RunStatus.CANCELLED:
        raise Cancelled("The preview was cancelled")
    report = finished.error
    if report is not None:
        raise SummitError(
            report.what, why=report.why, do=report.do, code=report.code, where=report.where
        )
    return finished


def _note(shown: int, *, complete: bool, cut: bool) -> str:
    noun = "row" if shown == 1 else "rows"
    if complete:
        return f"All {shown:,} {noun}."
    if cut:
        return f"{shown:,} {noun}, from the first {SOURCE_ROWS:,} of each source."
    return f"The first {shown:,} {noun}."
