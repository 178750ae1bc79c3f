"""Identifiers: of nodes in a document, and of runs."""

import re
import secrets
from collections.abc import Container
from datetime import UTC, datetime

ID_PATTERN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
"""What a node, port or note may be called in a file."""


def is_id(text: str) -> bool:
    """Return True if `text` can name a node or a port."""
    return ID_PATTERN.fullmatch(text) is not None


def unique_id(stem: str, taken: Container[str]) -> str:
    """Return `stem`, or `stem_2`, `stem_3` ... whichever is free."""
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def new_run_id(now: datetime | None = None) -> str:
    """Return an id that sorts by start time: `20261123-142501-9f3a`."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S")
    return f"{stamp}-{secrets.token_hex(2)}"
