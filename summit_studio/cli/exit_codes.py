"""What `summit` returns to whoever called it."""

from summit_studio.core.errors import (
    Cancelled,
    InvalidDocument,
    InvalidExpression,
    InvalidParams,
    QualityGateFailed,
    SummitError,
    Untrusted,
)
from summit_studio.core.events import RunFinished, RunStatus

DONE = 0
FAILED = 1
INVALID = 2
QUALITY_GATE = 3
WITH_REJECTS = 4
CANCELLED = 130

BY_STATUS = {
    RunStatus.SUCCEEDED: DONE,
    RunStatus.FAILED: FAILED,
    RunStatus.QUALITY_FAILED: QUALITY_GATE,
    RunStatus.CANCELLED: CANCELLED,
}

_INVALID_CODES = frozenset(
    {
        "already_running", "changed_since", "connection_missing", "connections_invalid",
        "export_folder_taken", "export_target_unknown", "input_unconnected", "node_type_unknown",
        "letters_of_several", "letters_unknown", "no_lines", "node_bypassed", "node_skipped",
        "node_unknown", "nothing_pinned", "nothing_to_rehearse", "parameter_invalid",
        "pipeline_invalid", "plain_secret", "port_missing", "restart_would_double",
        "secret_reference_invalid", "settings_invalid", "unfinished", "usage",
    }
)  # fmt: skip
"""Codes of errors that lie in what was asked for, not in what then happened."""


def code_after(finished: RunFinished, *, strict: bool) -> int:
    """Return the exit code for a run that ended.

    Args:
        finished: How.
        strict: A run that is done, but has rejected rows, has a code of its own.
    """
    if strict and finished.status is RunStatus.SUCCEEDED and rejected(finished):
        return WITH_REJECTS
    return BY_STATUS[finished.status]


def rejected(finished: RunFinished) -> int:
    """Return how many rows a run has rejected."""
    return sum(line.rejected for line in finished.ledger)


def code_of(error: SummitError) -> int:
    """Return the exit code for a command that ended with `error`."""
    if isinstance(error, Cancelled):
        return CANCELLED
    if isinstance(error, QualityGateFailed):
        return QUALITY_GATE
    if isinstance(error, InvalidDocument | InvalidExpression | InvalidParams | Untrusted):
        return INVALID
    return INVALID if error.code in _INVALID_CODES else FAILED
