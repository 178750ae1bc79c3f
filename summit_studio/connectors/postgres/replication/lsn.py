"""Places in PostgreSQL's log: a number to count with, `16/B374D848` to people and servers."""

import re
from typing import Final

from summit_studio.core.errors import ReadFailed

_FORM: Final = re.compile(r"([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})")


def lsn_of(text: object) -> int:
    """Return the place that a text names.

    Raises:
        ReadFailed: It is none.
    """
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ReadFailed(
            "Cannot tell a place in the log of PostgreSQL",
            why=f"'{text}' is not of the form 16/B374D848",
            do="load the table anew, from a snapshot",
            code="position_invalid",
        )
    return int(match[1], 16) << 32 | int(match[2], 16)


def lsn_mark(lsn: int) -> str:
    """Return a place as text that stands in order; PostgreSQL reads it too."""
    return f"{lsn >> 32:08X}/{lsn & 0xFFFFFFFF:08X}"


def lsn_text(lsn: int) -> str:
    """Return a place as PostgreSQL writes it."""
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"
