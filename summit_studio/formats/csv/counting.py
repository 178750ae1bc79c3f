"""Counts records by the line ends in their bytes: a second count, apart from any parser."""

from collections.abc import Callable, Iterable

from summit_studio.formats.csv.blocks import Block
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


def records(
    block: Block,
    data: bytes,
    dialect: Dialect,
    seen: int,
    inner: Callable[[], int],
    *,
    blanks: bool,
) -> int:
    """Return how many records a block of whole records holds.

    The cheapest means that answers is taken. The splitter counted the line ends of the bytes: where
    they are as many as the records seen and the line ends inside of their values, every record was
    seen once. Else those outside of quotes are counted; else (empty lines, or a fault) records are
    told apart one by one, which costs as much as parsing. One thing can hide so: just as many
    rows seen twice as the block has empty lines.

    Args:
        block: As cut from the text.
        data: The block's text as parsed, of the same length.
        dialect: How it is written.
        seen: How many a parser saw.
        inner: Counts the line ends in the values that it saw, as far as it kept them.
        blanks: True if an empty line is a record.
    """
    newline, quote, escape = (
        dialect.newline.encode(), dialect.quote.encode(), dialect.escaping.encode()
    )  # fmt: skip
    odd = block.messy or bool(dialect.comment) or (bool(escape) and escape in data)
    if not odd and newline == b"\n" and b"\r" in data:
        odd = data.count(b"\r") != data.count(b"\r\n")
    if not odd:
        quoted = bool(quote) and quote in data
        if seen + (inner() if quoted else 0) == block.lines:
            return seen
        if quoted and line_ends([data], quote, newline) == seen:
            return seen
    return len(record_spans(data, dialect, blanks=blanks))
