"""What each sink of a plan promises when a run dies half-way, and why it is not more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from summit_studio.core.epochs import Publish
from summit_studio.core.suggest import listing
from summit_studio.nodes.contract import RelationalNode, Replay, RunContext, SinkNode, SourceNode
from summit_studio.planning.domains import Domain, domains_of
from summit_studio.planning.plan import Plan
from summit_studio.planning.settings import Settings


@dataclass(frozen=True, slots=True)
class Promise:
    """How a sink publishes.

    Args:
        why: A part of a sentence: what decided it.
    """

    publish: Publish
    why: str


def promises(
    plan: Plan, settings: Settings, context: RunContext, unkept: Collection[str] = ()
) -> Mapping[str, Promise]:
    """Return what each sink promises.

    Args:
        plan: Whose sinks.
        settings: Of the pipeline.
        context: Of the run.
        unkept: Sinks whose target does not let us keep how far they are.

    Raises:
        SummitError: A source cannot be looked at.
    """
    domains = domains_of(plan)
    found = {
        sink: Promise(Publish.WHOLE, "we may not keep there how far it is")
        if sink in unkept
        else _promise(plan, domain, sink, settings, context)
        for domain in domains
        for sink in domain.sinks
    }
    for domain in domains:
        _go_together(plan, domain, found)
    return found


def _promise(
    plan: Plan, domain: Domain, sink_id: str, settings: Settings, context: RunContext
) -> Promise:
    checkpoints = settings.checkpoints
    sink = plan.nodes[sink_id]
    assert isinstance(sink, SinkNode)  # noqa: S101 - planning says which are
    if checkpoints.publish == "whole":
        return Promise(Publish.WHOLE, "the pipeline says so")
    head = plan.nodes[domain.head]
    if not isinstance(head, SourceNode):
        return Promise(Publish.WHOLE, f"'{head.node_title}' needs all its rows before it gives any")
    if head.replay(context) is Replay.NONE:
        return Promise(Publish.WHOLE, f"'{head.node_title}' can only be read from its beginning")
    why = sink.whole_because(context) or _shared(plan, domain, sink, context)
    if why:
        return Promise(Publish.WHOLE, why)
    if checkpoints.publish == "each":
        return Promise(Publish.EACH, "the pipeline says so")
    most = head.most_rows(context)
    bounded = checkpoints.every_bytes is None and checkpoints.every_secs is None
    if bounded and most is not None and most < checkpoints.every_rows:
        return Promise(
            Publish.WHOLE,
            f"'{head.node_title}' has fewer than {checkpoints.every_rows:,} rows",
        )
    if settings.verify == "content":
        return Promise(Publish.WHOLE, "what was written is read back before anything shows")
    critical = [
        rule.id
        for node in plan.nodes.values()
        if isinstance(node, RelationalNode)
        for rule in node.rules()
        if rule.critical
    ]
    if critical:
        return Promise(Publish.WHOLE, f"nothing may show before {listing(critical, 3)} holds")
    return Promise(Publish.EACH, str(checkpoints.every))


def _shared(plan: Plan, domain: Domain, sink: SinkNode, context: RunContext) -> str:  # type: ignore[type-arg]
    """Return why a sink must wait for another domain's rows; empty where it need not."""
    target = sink.writes(context.workspace)
    if target is None or not target.file:
        return ""
    for node_id, node in plan.nodes.items():
        if isinstance(node, SinkNode) and node_id not in domain.sinks:
            other = node.writes(context.workspace)
            if other is not None and other.database == target.database:
                return f"it is in one transaction with '{node.node_title}'"
        if isinstance(node, SourceNode) and node.reads_from(target, context.workspace):
            return f"'{node.node_title}' reads the same file meanwhile"
    return ""


def _go_together(plan: Plan, domain: Domain, found: dict[str, Promise]) -> None:
    """Have a sink and those that get the rows which it refuses publish in the same way."""
    changed = True
    while changed:
        changed = False
        for sink, behind in domain.behind.items():
            group = {sink, *behind}
            whole = [i for i in group if found[i].publish is Publish.WHOLE]
            if whole and len(whole) < len(group):
                title = plan.nodes[whole[0]].node_title
                for node_id in group.difference(whole):
                    found[node_id] = Promise(
                        Publish.WHOLE,
                        f"refused rows join it to '{title}', which is written all at once",
                    )
                changed = True
