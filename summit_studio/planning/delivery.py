"""What each sink of a plan promises when a run dies half-way, and why it is not more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from summit_studio.core.epochs import Publish
from summit_studio.core.errors import SummitError, Untrusted
from summit_studio.core.problems import Fix
from summit_studio.core.schema import REJECTED
from summit_studio.core.suggest import listing
from summit_studio.document.model import PortRef
from summit_studio.document.modules import is_module
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import (
    CodeNode,
    Delivery,
    DesignContext,
    RelationalNode,
    Replay,
    RunContext,
    SinkNode,
    SourceNode,
)
from summit_studio.nodes.letters import LeftOut, NoParams
from summit_studio.nodes.processed import NEW, TracksKeys
from summit_studio.nodes.processed_table import KeyTableSink
from summit_studio.nodes.sinks.table_sink import TableSinkParams
from summit_studio.planning.check import Checked
from summit_studio.planning.domains import Domain, beside, commits_last, domains_of
from summit_studio.planning.ends import free_id, with_ends, with_sink
from summit_studio.planning.modules import is_inner
from summit_studio.planning.plan import Plan, plan_checked
from summit_studio.planning.settings import Settings, settings_of
from summit_studio.workspace.connections import FILE_KINDS

_SAID = "the pipeline says so"
_NO_STAGE = "its target does not let us keep epochs out of sight"


@dataclass(frozen=True, slots=True)
class Promise:
    """How a sink publishes.

    Args:
        why: A part of a sentence: what decided it.
        cause: The node that decided it; empty where a setting did, or nothing need change.
    """

    publish: Publish
    why: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a person is told of a sink's delivery: on its badge, and by the commands.

    Args:
        sink: The node's id.
        title: What people call it.
        delivery: Its class.
        promise: How it publishes; None where that is told only by a run.
        fixes: What would make more of it.
        writes: False of one that writes nothing.
    """

    sink: str
    title: str
    delivery: Delivery
    promise: Promise | None = None
    fixes: tuple[Fix, ...] = ()
    writes: bool = True

    @property
    def badge(self) -> str:
        """The letter of the class, and how it publishes."""
        if self.promise is None or not self.writes:
            return str(self.delivery)
        return f"{self.delivery} · {self.promise.publish}"

    @property
    def words(self) -> tuple[str, ...]:
        """The badge with the class in a word: with how it publishes, and without."""
        name = in_words(self.delivery).partition(":")[0]
        return name + self.badge.removeprefix(str(self.delivery)), name

    @property
    def publishes(self) -> str:
        """What readers see meanwhile, and why it is so; a sentence."""
        if self.promise is None:
            return "How it publishes is told once the pipeline can run."
        return f"{_SEEN[self.promise.publish]}: {self.promise.why}."

    @property
    def crash(self) -> str:
        """What a run that dies would mean; a sentence, empty where that is not known yet."""
        if self.delivery is Delivery.NONE:
            return (
                "Where a run dies, what it has handed over stays, and the next hands it over anew."
            )
        if self.promise is None:
            return ""
        return _CRASH[self.promise.publish]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, the class first."""
        if not self.writes:
            return ("It writes nothing: there is nothing to promise.",)
        words = (in_words(self.delivery), self.publishes, self.crash)
        return tuple(w for w in words if w)


_CLASSES: Mapping[Delivery, str] = MappingProxyType(
    {
        Delivery.TRANSACTIONAL: "Transactional: rows, and how far the load is, are committed"
        " together.",
        Delivery.ATOMIC: "Atomic: readers find a file whole or not at all.",
        Delivery.IDEMPOTENT: "Idempotent: a row that is written twice is there once.",
        Delivery.NONE: "No promise: what is handed over cannot be taken back.",
    }
)
_SEEN: Mapping[Publish, str] = MappingProxyType(
    {
        Publish.WHOLE: "Publishes whole, all at once at the end of a run",
        Publish.STAGED: "Publishes staged, all at once at the end of a load",
        Publish.EACH: "Publishes each epoch once it is committed",
    }
)
_CRASH: Mapping[Publish, str] = MappingProxyType(
    {
        Publish.WHOLE: "Where a run dies, the target is as it was before, and the next run starts"
        " from the beginning.",
        Publish.STAGED: "Where a run dies, readers see nothing of it, and the next run goes on"
        " where it stood.",
        Publish.EACH: "Where a run dies, its committed epochs stay, and the next run goes on behind"
        " them: no row is lost, none comes twice.",
    }
)


def in_words(delivery: Delivery) -> str:
    """Return what a delivery class means, as a sentence."""
    return _CLASSES[delivery]


def deliveries(checked: Checked, context: DesignContext) -> Mapping[str, Delivered]:
    """Return what is known before a run of how each sink delivers, in document order.

    Writes nothing; whether a database lets us keep how far a sink is, only a run can tell. Where a
    source or target cannot be looked at, or may not be, no more than the class is told.
    """
    found = {
        i: Delivered(i, node.node_title, node.delivery, writes=bool(node.target()))
        for i, node in checked.nodes.items()
        if isinstance(node, SinkNode)
    }
    if not checked.ok or is_module(checked.document):
        return found
    plan = plan_checked(_as_run(checked))
    try:
        promised = promises(plan, settings_of(plan.document.settings), _looking(plan, context))
    except SummitError:
        return found
    return {
        i: replace(told, promise=promised[i], fixes=_offered(plan, promised[i], context))
        for i, told in found.items()
        if i in promised
    }


class _Letters(LeftOut):
    """Stands for the sink of dead letters that a run puts behind a rejected port."""

    delivery = Delivery.IDEMPOTENT
    keeps_rows = True


class _Keys(_Letters):
    """Stands for the sink of processed keys that a run puts behind a node."""

    shows = True
    commits_last = True

    def unstaged_because(self, context: RunContext, *, refuses: bool) -> str:
        """Return that nothing speaks against epochs that count at the end."""
        del context, refuses
        return ""


def _as_run(checked: Checked) -> Checked:
    """Return a checked pipeline with the sinks that a run adds: others may wait for them."""
    checked = with_ends(checked, lambda name, _: _Letters(NoParams(), name))
    for node_id, node in dict(checked.nodes).items():
        source = PortRef(node_id, NEW)
        if isinstance(node, TracksKeys) and source in checked.schemas:
            checked = with_sink(checked, source, _keys(checked, node))
    return checked


def _keys(checked: Checked, node: TracksKeys) -> AnyNode:  # type: ignore[type-arg]
    name = free_id(checked.document, f"{node.node_id}-keys")
    title, place = f"Keys of {node.node_title}", node.kept_in()
    if place is None:
        return _Keys(NoParams(), name, title)
    connection, table = place
    return KeyTableSink(TableSinkParams(connection=connection, table=table), name, title)


def _looking(plan: Plan, context: DesignContext) -> RunContext:
    """Return a context for looking at sources and targets.

    Raises:
        Untrusted: Several sinks write one database, which may not be asked how its tables hang
            together.
    """
    written = frozenset(n.target() for n in plan.nodes.values() if isinstance(n, SinkNode))
    run = RunContext("", context.workspace, context.secrets, context.cancel, written=written)
    for name, known in context.workspace.connections.items():
        local = known.kind in FILE_KINDS and context.workspace.inside(known.path or "")
        if not (context.probe or local) and len(run.tables(name)) > 1:
            raise Untrusted(f"The database {name} may not be asked")
    return run


def _offered(plan: Plan, promise: Promise, context: DesignContext) -> tuple[Fix, ...]:
    """Return the fixes that an edit of the pipeline can make: not those inside a module."""
    return tuple(f for f in _fixes(plan, promise, context) if not is_inner(f.node_id))


def _fixes(plan: Plan, promise: Promise, context: DesignContext) -> tuple[Fix, ...]:
    if promise.publish is not Publish.WHOLE:
        return ()
    if promise.why == _SAID and plan.document.settings.get("checkpoints"):
        return (Fix("Let the program decide", setting=("checkpoints", "publish")),)
    cause = plan.nodes.get(promise.cause)
    if not isinstance(cause, SourceNode | CodeNode | SinkNode):
        return ()
    raw = plan.document.nodes[promise.cause].params
    return tuple(
        # A param that comes from the pipeline's parameters stays as it is written.
        replace(fix, params=tuple(p for p in fix.params if "${" not in str(raw.get(p[0], ""))))
        for fix in cause.epoch_fixes(context)
    )


def promises(
    plan: Plan,
    settings: Settings,
    context: RunContext,
    unkept: Collection[str] = (),
    unstaged: Collection[str] = (),
) -> Mapping[str, Promise]:
    """Return what each sink promises.

    Args:
        plan: Whose sinks.
        settings: Of the pipeline.
        context: Of the run.
        unkept: Sinks whose target does not let us keep how far they are.
        unstaged: Sinks whose target does not let us keep epochs out of sight.

    Raises:
        SummitError: A source cannot be looked at.
    """
    domains = domains_of(plan)
    found = {
        sink: Promise(Publish.WHOLE, "we may not keep there how far it is")
        if sink in unkept
        else _promise(plan, domain, sink, settings, context, can_stage=sink not in unstaged)
        for domain in domains
        for sink in domain.sinks
    }
    stays = {
        i
        for i in found
        if commits_last(plan, i) and (i in unstaged or _unstaged(plan, i, settings, context))
    }
    before: dict[str, Promise] = {}
    while before != found:
        # One that is written whole may make others so, and they others again.
        before = dict(found)
        for domain in domains:
            _go_together(plan, domain, found)
            _share_files(plan, domain, found, context)
        _tell_last(plan, found, stays)
        for domain in domains:
            _need_one_another(plan, domain, found)
    return found


def _promise(
    plan: Plan,
    domain: Domain,
    sink_id: str,
    settings: Settings,
    context: RunContext,
    *,
    can_stage: bool,
) -> Promise:
    sink = plan.nodes[sink_id]
    assert isinstance(sink, SinkNode)  # noqa: S101 - planning says which are
    whole = _in_one_go(plan, domain, settings, context)
    if whole is not None:
        return whole
    shared = _shared(plan, domain, sink, context)
    if shared:
        return Promise(Publish.WHOLE, shared)
    asked = settings.checkpoints.publish
    whole_because, hidden = sink.whole_because(context), _hidden(plan, settings)
    inside = not sink.shows and (not hidden or not sink.keeps_rows)
    if asked == "each" or inside or (asked == "auto" and not whole_because and not hidden):
        if whole_because:
            return Promise(Publish.WHOLE, whole_because, sink_id)
        return Promise(Publish.EACH, str(settings.checkpoints.every) if asked == "auto" else _SAID)
    why = _SAID if asked == "staged" else hidden or whole_because
    unstaged = _unstaged(plan, sink_id, settings, context) if can_stage else _NO_STAGE
    if not unstaged:
        return Promise(Publish.STAGED, why)
    if asked == "staged":
        return Promise(Publish.WHOLE, unstaged, sink_id)
    if whole_because:
        return Promise(Publish.WHOLE, whole_because, sink_id)
    return Promise(Publish.WHOLE, f"{hidden}, and {unstaged}")


def _unstaged(plan: Plan, sink_id: str, settings: Settings, context: RunContext) -> str:
    """Return why the epochs of a sink cannot be kept out of sight; empty where they can."""
    sink = plan.nodes[sink_id]
    assert isinstance(sink, SinkNode)  # noqa: S101 - planning says which are
    if sink.delivery is Delivery.TRANSACTIONAL:
        if settings.checkpoints.table is not None:
            return "the setting checkpoints.table says that no table may be made beside it"
        if settings.verify == "content" and settings.checkpoints.publish == "auto":
            return "the rows of one epoch on a stage cannot be read back by themselves"
    refuses = plan.connected(sink.node_id, REJECTED)
    return sink.unstaged_because(context, refuses=refuses)


def _in_one_go(
    plan: Plan, domain: Domain, settings: Settings, context: RunContext
) -> Promise | None:
    """Return the promise of a domain whose rows come in one epoch; None where there are more."""
    checkpoints = settings.checkpoints
    if checkpoints.publish == "whole":
        return Promise(Publish.WHOLE, _SAID)
    heads = [plan.nodes[i] for i in domain.heads]
    restarting = next(filter(None, (_restarting(head, context) for head in heads)), None)
    if restarting is not None:
        return restarting
    bounded = checkpoints.every_bytes is None and checkpoints.every_secs is None
    most = _most_rows(heads, context) if bounded and checkpoints.publish == "auto" else None
    if most is not None and most < checkpoints.every_rows:
        titles = listing([f"'{head.node_title}'" for head in heads], 3)
        has = "has" if len(heads) == 1 else "together have"
        return Promise(Publish.WHOLE, f"{titles} {has} fewer than {checkpoints.every_rows:,} rows")
    return None


def _hidden(plan: Plan, settings: Settings) -> str:
    """Return why nothing may show before all rows are there; empty where it may."""
    critical = [
        rule.id
        for node in plan.nodes.values()
        if isinstance(node, RelationalNode)
        for rule in node.rules()
        if rule.critical
    ]
    if critical:
        return f"nothing may show before {listing(critical, 3)} holds"
    if settings.verify == "content":
        return "what was written is read back before anything shows"
    return ""


def _restarting(head: AnyNode, context: RunContext) -> Promise | None:
    """Return the promise of what stands behind a head that can only begin again."""
    if not isinstance(head, SourceNode):
        return _waiting(head)
    if head.replay(context) is Replay.NONE:
        why = f"'{head.node_title}' can only be read from its beginning"
        return Promise(Publish.WHOLE, why, head.node_id)
    return None


def _most_rows(heads: list[AnyNode], context: RunContext) -> int | None:
    """Return how many rows sources have at most; None where one does not say."""
    most = 0
    for head in heads:
        rows = head.most_rows(context) if isinstance(head, SourceNode) else None
        if rows is None:
            return None
        most += rows
    return most


def _waiting(head: AnyNode) -> Promise:
    """Return the promise of what stands behind a node that no epoch passes."""
    if isinstance(head, CodeNode) and not head.whole and head.keeps_state:
        why = f"the code of '{head.node_title}' may remember something from batch to batch"
        return Promise(Publish.WHOLE, why, head.node_id)
    return Promise(Publish.WHOLE, f"'{head.node_title}' needs all its rows before it gives any")


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
            if commits_last(plan, sink):
                continue
            group = {sink, *behind}
            whole = [i for i in group if found[i].publish is Publish.WHOLE]
            if whole and len(whole) < len(group):
                title = plan.nodes[whole[0]].node_title
                for node_id in group.difference(whole):
                    found[node_id] = Promise(
                        Publish.WHOLE,
                        f"refused rows join it to '{title}', which is written all at once",
                        found[whole[0]].cause,
                    )
                changed = True


def _share_files(
    plan: Plan, domain: Domain, found: dict[str, Promise], context: RunContext
) -> None:
    """Have the sinks of one database file, which share a transaction, commit at the same times."""
    files: dict[str, list[str]] = {}
    for sink in domain.sinks:
        node = plan.nodes[sink]
        target = node.writes(context.workspace) if isinstance(node, SinkNode) else None
        if target is not None and target.file:
            files.setdefault(target.file, []).append(sink)
    for group in files.values():
        whole = next((i for i in group if found[i].publish is Publish.WHOLE), None)
        for sink in group if whole is not None else ():
            if whole is not None and found[sink].publish is not Publish.WHOLE:
                title = plan.nodes[whole].node_title
                why = f"it is in one transaction with '{title}', which is written all at once"
                found[sink] = Promise(Publish.WHOLE, why, found[whole].cause)


def _tell_last(plan: Plan, found: dict[str, Promise], unstaged: Collection[str]) -> None:
    """Have a sink that tells of rows which others hold wait for those that show them at the end."""
    for sink in (i for i in found if commits_last(plan, i)):
        near = sorted(beside(plan, sink))
        whole = [i for i in near if found[i].publish is Publish.WHOLE]
        late = whole or [i for i in near if found[i].publish is Publish.STAGED]
        if late and found[sink].publish is not Publish.WHOLE:
            title = plan.nodes[late[0]].node_title
            publish = Publish.WHOLE if whole or sink in unstaged else Publish.STAGED
            found[sink] = Promise(publish, f"it tells of rows that '{title}' shows at the end")


def _need_one_another(plan: Plan, domain: Domain, found: dict[str, Promise]) -> None:
    """Have no sink staged in vain: beside one that is written all at once, all rows come again."""
    whole = [i for i in domain.sinks if found[i].publish is Publish.WHOLE and _keeps(plan, i)]
    for sink in domain.sinks if whole else ():
        if found[sink].publish is Publish.STAGED:
            title = plan.nodes[whole[0]].node_title
            found[sink] = Promise(
                Publish.WHOLE,
                f"'{title}' is written all at once: {found[whole[0]].why}",
                found[whole[0]].cause,
            )


def _keeps(plan: Plan, sink: str) -> bool:
    node = plan.nodes[sink]
    return isinstance(node, SinkNode) and node.keeps_rows
