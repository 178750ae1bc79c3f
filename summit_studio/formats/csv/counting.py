"""Counts records by the line ends in their bytes: a second count, apart from any parser."""

from collections.abc import Iterable

from summit_studio.formats.csv.dialect import Dialect
from summit_studio.formats.csv.index import record_spans


def line_ends(pieces: Iterable[bytes], quote: bytes = b'"', newline: bytes = b"\n") -> int:
    """Return how many line ends stand outside of quotes.

    Args:
        pieces: Text that begins outside of quotes; cut anywhere.
        quote: One character; empty where nothing is quoted.
        newline: One character.
    """
    others = bytes(set(range(256)) - {*quote, *newline})
    inside, found = 0, 0
    for data in pieces:
        if not quote or quote not in data:
            found += 0 if inside else data.count(newline)
            continue
        # Only quotes and line ends are left; two quotes side by side change nothing.
        marks = data.translate(None, others).replace(quote * 2, b"")
        parts = marks.split(quote)
        found += sum(part.count(newline) for part in parts[inside::2])
        inside = (inside + len(parts) - 1) % 2
    return found


def records(data: bytes, dialect: Dialect, seen: int, *, messy: bool, blanks: bool) -> int:
    """Return how many records a block of whole records holds.

    Counting line ends costs a fiftieth of parsing; telling records apart costs as much, so that is
    left for blocks in which the two differ: those with empty lines, or with a fault. One thing can
    hide so: just as many rows seen twice as the block has empty lines.

    Args:
        data: The last record's line end included.
        dialect: How it is written.
        seen: How many a parser saw.
        messy: True if a quote stands where it should not.
        blanks: True if an empty line is a record.
    """
    newline, escape = dialect.newline.encode(), dialect.escaping.encode()
    odd = messy or bool(dialect.comment) or (bool(escape) and escape in data)
    if not odd and newline == b"\n" and b"\r" in data:
        odd = data.count(b"\r") != data.count(b"\r\n")
    if not odd and line_ends([data], dialect.quote.encode(), newline) == seen:
        return seen
    return len(record_spans(data, dialect, blanks=blanks))
