"""Tells a run in sentences, for the editor's log and the terminal."""

from collections.abc import Mapping

from summit_studio.core.events import (
    Event,
    NodeFailed,
    NodeFinished,
    OutputPublished,
    RowsRejected,
    RuleScored,
    RunFinished,
    RunStarted,
    RunStatus,
)


def sentence_of(event: Event, titles: Mapping[str, str]) -> str | None:
    """Return what to say of an event, or None where there is nothing to say.

    Args:
        event: What happened.
        titles: What people call the nodes, by id.
    """
    match event:
        case RunStarted():
            return f"Run {event.run_id} of '{event.pipeline}' started."
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
        case RunFinished():
            return _ended(event)
        case _:
            return None


def _title(node_id: str, titles: Mapping[str, str]) -> str:
    return f"'{titles.get(node_id) or node_id}'"


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


def _ended(event: RunFinished) -> str:
    words = {
        RunStatus.SUCCEEDED: "succeeded",
        RunStatus.CANCELLED: "was cancelled; nothing was published",
        RunStatus.QUALITY_FAILED: "stopped at a quality gate; nothing was published",
        RunStatus.FAILED: "failed",
        RunStatus.RUNNING: "is running",
    }
    why = f" {event.error}" if event.error and event.status is RunStatus.FAILED else ""
    return f"The run {words[event.status]} after {event.seconds:.1f} s.{why}"
