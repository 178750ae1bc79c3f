"""Tells a run in sentences, for the editor's log and the terminal."""

from collections.abc import Mapping

from summit_studio.core.events import (
    BreakerChanged,
    BreakerState,
    CheckpointAsked,
    CheckpointCommitted,
    Event,
    NodeFailed,
    NodeFinished,
    NodeSkipped,
    NothingNew,
    OutputPublished,
    RowsPinned,
    RowsRejected,
    RuleScored,
    RunFinished,
    RunResumed,
    RunRetried,
    RunStarted,
    RunStatus,
    SessionsUsed,
    WindowOpened,
)
from summit_studio.core.suggest import listing


def sentence_of(event: Event, titles: Mapping[str, str]) -> str | None:
    """Return what to say of an event, or None where there is nothing to say.

    Args:
        event: What happened.
        titles: What people call the nodes, by id.
    """
    match event:
        case RunStarted():
            to = f" to {_title(event.to, titles)}" if event.to else ""
            still = " Nothing is written." if event.to else ""
            return f"Run {event.run_id} of '{event.pipeline}'{to} started.{still}"
        case NodeSkipped():
            did = "is not written" if event.sink else "does not run"
            return f"'{event.title}' {did}: {event.why}."
        case RowsPinned():
            who = _title(event.node_id, titles)
            return f"{who} gives its pinned rows ({event.told}): what they came from is not read."
        case RunResumed():
            return _resumed(event, titles)
        case RunRetried():
            return _retried(event)
        case BreakerChanged():
            return _breaker(event)
        case SessionsUsed():
            return _sessions(event)
        case RunFinished():
            return _ended(event, titles)
        case _:
            return _at_node(event, titles)


def _at_node(event: Event, titles: Mapping[str, str]) -> str | None:
    match event:
        case CheckpointCommitted() | CheckpointAsked():
            return _checkpoint(event, titles)
        case NodeFinished():
            return _finished(event, titles)
        case RowsRejected():
            where = f" in column '{event.column}'" if event.column else ""
            noun = "row" if event.rows == 1 else "rows"
            who = _title(event.node_id, titles)
            return f"{who} rejected {event.rows:,} {noun}{where}: {event.reason}"
        case RuleScored():
            return _scored(event, titles)
        case NodeFailed():
            return f"{_title(event.node_id, titles)} failed: {event.error.what.rstrip('.')}."
        case OutputPublished():
            who = _title(event.node_id, titles)
            return f"{who} published {event.rows:,} rows to {event.location}."
        case WindowOpened() | NothingNew():
            return _window(event, titles)
        case _:
            return None


def _window(event: WindowOpened | NothingNew, titles: Mapping[str, str]) -> str:
    who = _title(event.node_id, titles)
    if isinstance(event, NothingNew):
        at = event.watermark or "the beginning"
        return f"{who} found nothing new: no row moved. Its watermark is {at}."
    if event.high is None:
        return f"{who} has no row with a number in {event.column} yet."
    begin = f"{'from' if event.low_in else 'after'} {event.low} " if event.low is not None else ""
    parts = [f"{who} reads the rows whose {event.column} is {begin}up to {event.high}."]
    if event.back:
        parts.append(
            "The source stands before the watermark, which stays where it is: its clock was set "
            "back, or its last rows were deleted."
        )
    if event.beyond:
        noun = "row lies" if event.beyond == 1 else "rows lie"
        parts.append(f"{event.beyond:,} {noun} in the future and are not read.")
    return " ".join(parts)


def _title(node_id: str, titles: Mapping[str, str]) -> str:
    return f"'{titles.get(node_id) or node_id}'"


def _checkpoint(event: CheckpointCommitted | CheckpointAsked, titles: Mapping[str, str]) -> str:
    if isinstance(event, CheckpointCommitted):
        who = _title(event.node_id, titles)
        did = "staged" if event.staged else "committed"
        return f"{who} {did} epoch {event.epoch}: {event.rows:,} rows."
    if event.why_not:
        return f"There will be no checkpoint: {event.why_not}."
    return "A checkpoint is asked for: the epoch ends at the next chunk of rows."


def _finished(event: NodeFinished, titles: Mapping[str, str]) -> str:
    line = event.ledger
    rows_in, rows_out = sum(line.rows_in.values()), sum(line.rows_out.values())
    parts = [f"{rows_in:,} rows in", f"{rows_out:,} out"]
    if line.filtered:
        parts.append(f"{line.filtered:,} filtered")
    if line.rejected:
        parts.append(f"{line.rejected:,} rejected")
    return f"{_title(event.node_id, titles)} finished: {', '.join(parts)}."


def _scored(event: RuleScored, titles: Mapping[str, str]) -> str:
    verdict = "holds" if not event.breached else "is breached"
    return (
        f"Rule '{event.rule}' of {_title(event.node_id, titles)} {verdict}: "
        f"{event.score:.2%} of {event.rows:,} rows pass, {event.threshold:.2%} are needed."
    )


def _resumed(event: RunResumed, titles: Mapping[str, str]) -> str:
    began = f"the load that began at {event.began_at:%Y-%m-%d %H:%M:%S} UTC"
    if event.whole:
        return (
            f"It ends {began}, whose last run could not say that it is whole: "
            f"{_held(event.rows, titles)}. Run again for a new load."
        )
    return f"It goes on with {began}: {_held(event.rows, titles)}."


def _retried(event: RunRetried) -> str:
    place = f" at {event.error.where}" if event.error.where.node_id else ""
    why = f" ({event.error.why.rstrip('.')})" if event.error.why else ""
    return (
        f"{event.error.what.rstrip('.')}{place}{why}; trying again in {event.wait_secs:.1f} s, "
        f"attempt {event.attempt} of {event.attempts}."
    )


def _breaker(event: BreakerChanged) -> str | None:
    if event.state is event.before:
        return None
    name = f"Connection '{event.connection}'"
    if event.state is BreakerState.HALF_OPEN:
        return f"{name} is tried again."
    if event.state is BreakerState.CLOSED:
        return f"{name} answers again."
    until = f" until {event.retry_at:%H:%M:%S} UTC" if event.retry_at else ""
    return f"{name} is left alone{until}: {event.failures:,} calls in a row have failed."


def _sessions(event: SessionsUsed) -> str:
    noun = "session" if event.opened == 1 else "sessions"
    waited = f"; one was waited for {_times(event.waited)}" if event.waited else ""
    return (
        f"Connection '{event.connection}': {event.opened:,} {noun} opened, used again "
        f"{_times(event.reused)}, at most {event.most:,} at once{waited}."
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _held(rows: Mapping[str, int], titles: Mapping[str, str]) -> str:
    held = [f"{_title(sink, titles)} holds {count:,} rows" for sink, count in rows.items()]
    return listing(held, 4)


def _kept(rows: Mapping[str, int], titles: Mapping[str, str]) -> str:
    return listing([f"{_title(s, titles)} keeps {count:,} rows" for s, count in rows.items()], 4)


def _ended(event: RunFinished, titles: Mapping[str, str]) -> str:
    words = {
        RunStatus.SUCCEEDED: "succeeded",
        RunStatus.CANCELLED: "was cancelled",
        RunStatus.QUALITY_FAILED: "stopped at a quality gate",
        RunStatus.FAILED: "failed",
        RunStatus.RUNNING: "is running",
    }
    stands = ""
    if event.committed:
        stands = f"; {_held(event.committed, titles)}, and the next run goes on behind them"
    elif event.staged:
        stands = f"; nothing was published; {_kept(event.staged, titles)} for the next run"
    elif event.status in {RunStatus.CANCELLED, RunStatus.QUALITY_FAILED}:
        stands = "; nothing was published"
    why = f" {event.error}" if event.error and event.status is RunStatus.FAILED else ""
    return f"The run {words[event.status]}{stands} after {event.seconds:.1f} s.{why}"
