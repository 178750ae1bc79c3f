"""Dead letters as records: rows that were rejected and had nowhere to go, kept to be mended."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

ADDED: Final = "added"
"""The code of a row that a person's own program could not deliver."""

_RETRIABLE: Final = frozenset({"foreign_key", ADDED})
"""What lies in the row's surroundings: rows that are to come, a service that was away."""

_DIGITS: Final = 8
_VALUES: Final = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|\([^()]*\)=\([^()]*\)|-?\d[\d.,:eE+-]*"
)


class LetterStatus(StrEnum):
    """What has become of a dead letter."""

    PENDING = "pending"  # Of an epoch that is not committed: nobody sees it yet.
    OPEN = "open"  # Waits for somebody.
    RETRYING = "retrying"  # On its way again; settled by what the sinks then hold.
    AGAIN = "again"  # Rejected once more by a retry that is not settled yet.
    RETRIED = "retried"  # It went through.
    DISCARDED = "discarded"  # Somebody let it go.


SHOWN: Final = (
    LetterStatus.OPEN,
    LetterStatus.RETRYING,
    LetterStatus.RETRIED,
    LetterStatus.DISCARDED,
)
"""What a person may ask for."""


@dataclass(frozen=True, slots=True)
class Address:
    """Whose letters they are.

    Args:
        pipeline: What people call it.
        pipeline_id: What tells it from all others.
        environment: Letters of one are nothing to another.
        graph_hash: Of what it meant when it ran.
        queue: What people call the place where its new letters are put; empty for no name.
    """

    pipeline: str
    pipeline_id: str
    environment: str = "default"
    graph_hash: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter, without its row.

    Args:
        node_id: Who rejected it.
        epoch: In which it stood.
        source: Where its row came from (`orders.csv, line 42`), as far as that is known.
        column: The column at fault.
        raw_value: What stood there; of text that could not be read, the text.
        group: What letters have in common that are alike: node, code, column, shape of the message.
        retriable: True if the same row may pass without being mended.
        attempts: How often it was tried, the first run included.
        batch: The retry that it is, or was last, part of.
        queue: `errors.dead_letters` of the pipeline when it was kept.
    """

    letter_id: int
    pipeline: str
    environment: str
    graph_hash: str
    lineage: str
    run_id: str
    epoch: int
    node_id: str
    source: str | None
    column: str | None
    raw_value: str | None
    code: str
    message: str
    group: str
    retriable: bool
    attempts: int
    status: LetterStatus
    batch: str | None
    created_at: datetime
    updated_at: datetime
    queue: str


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """Letters that are alike.

    Args:
        message: Its shape: what differs from one to the other stands as `…`.
    """

    group: str
    node_id: str
    code: str
    column: str | None
    message: str
    letters: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters are meant; all that are open, where nothing narrows it.

    Args:
        groups: Of these groups.
        node_id: Of this node.
        ids: These.
        status: In this state; None for any.
        batch: Of this retry.
        queue: Of this queue.
    """

    groups: Sequence[str] = ()
    node_id: str | None = None
    ids: Sequence[int] = ()
    status: LetterStatus | None = LetterStatus.OPEN
    batch: str | None = None
    queue: str | None = None


def shape_of(message: str) -> str:
    """Return a message without its values: those in quotes, keys in brackets, numbers."""
    return _VALUES.sub("…", message)


def is_retriable(code: str) -> bool:
    """Return True if a row that was rejected so may pass without being mended."""
    return code in _RETRIABLE


def group_of(node_id: str, code: str, column: str | None, message: str) -> str:
    """Return the name of the group of a letter."""
    text = "\n".join((node_id, code, column or "", shape_of(message)))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
