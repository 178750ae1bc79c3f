"""Where the records of a block stand, found only once a bad one asks for it."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from summit_studio.connectors.text.blocks import Block
from summit_studio.connectors.text.dialect import Dialect
from summit_studio.core.errors import ReadFailed

_STEP = 1 << 13
"""Bytes between the places at which line ends are counted."""


class RecordIndex:
    """The records of a block, numbered from 0 as the parser sees them.

    Args:
        block: As found in the file.
        data: As parsed; of the same length.
        records: How many the parser saw.
        blanks: True if an empty line is a record.
    """

    def __init__(
        self, block: Block, data: bytes, dialect: Dialect, records: int, *, blanks: bool
    ) -> None:
        self._block, self._dialect = block, dialect
        self._newline = dialect.newline.encode()
        self._lines = self._as_lines(data, records)
        self._spans: list[tuple[int, int]] = []
        if self._lines is None:
            self._spans = record_spans(data, dialect, blanks=blanks)
            if len(self._spans) != records:
                raise self._out_of_step(records)

    def start(self, record: int) -> int:
        """Return where a record begins in the block."""
        if self._lines is None:
            return self._spans[record][0]
        if record == 0:
            return 0
        step = bisect_right(self._counts, record - 1) - 1
        at, left = step * _STEP, record - self._counts[step]
        for _ in range(left):
            at = self._lines.index(self._newline, at) + 1
        return at

    def record_at(self, offset: int) -> int:
        """Return the record in which a byte of the block stands."""
        if self._lines is None:
            return max(0, bisect_right(self._spans, (offset, len(self._block.data))) - 1)
        step = offset // _STEP
        return self._counts[step] + self._lines.count(self._newline, step * _STEP, offset)

    def lines(self, records: list[int]) -> list[int]:
        """Return the physical lines of records in ascending order."""
        found, at, line = [], 0, self._block.line
        for record in records:
            start = self.start(record)
            line += self._block.data.count(self._newline, at, start)
            at = start
            found.append(line)
        return found

    def raw(self, record: int) -> bytes:
        """Return a record's bytes as found, without its line end."""
        if self._lines is None:
            start, end = self._spans[record]
        else:
            start = self.start(record)
            end = self._lines.index(self._newline, start)
        return self._block.data[start:end].rstrip(b"\r")

    @cached_property
    def _counts(self) -> list[int]:
        """How many lines end before each step."""
        counts, so_far, lines = [], 0, self._lines or b""
        for at in range(0, len(lines), _STEP):
            counts.append(so_far)
            so_far += lines.count(self._newline, at, at + _STEP)
        return counts

    def _as_lines(self, data: bytes, records: int) -> bytes | None:
        """Return the data if each line of it is one record; line ends in quotes are masked."""
        newline = self._newline
        if newline == b"\n" and b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
            return None
        if data.count(newline) == records:
            return data
        quote = self._dialect.quote.encode()
        if not quote or self._block.messy or self._dialect.escape not in ("", self._dialect.quote):
            return None
        parts = data.split(quote)
        # In a block that is not messy the quotes are paired: every other part is inside.
        parts[1::2] = [p.replace(newline, b" ") if newline in p else p for p in parts[1::2]]
        masked = quote.join(parts)
        return masked if masked.count(newline) == records else None

    def _out_of_step(self, records: int) -> ReadFailed:
        block = self._block
        return ReadFailed(
            f"Cannot tell the rows apart between lines {block.line:,} and {block.end_line:,}",
            why=f"they can be taken for {records:,} or {len(self._spans):,} rows",
            do="check the quotes and line ends there",
            code="structure_unclear",
        )


def records_in(data: bytes, dialect: Dialect) -> Iterator[re.Match[bytes]]:
    """Yield the records of `data` with their line ends, as far as they are whole.

    Args:
        data: Begins with a record.
        dialect: How it is written.
    """
    at = 0
    for match in dialect.patterns.record.finditer(data):
        # A search goes on beyond a quote that is never closed; what follows makes no sense.
        if match.start() != at or match.end() == at:
            return
        at = match.end()
        yield match


def record_spans(data: bytes, dialect: Dialect, *, blanks: bool) -> list[tuple[int, int]]:
    """Return where each record of `data` begins and ends, line ends left out.

    Args:
        data: Whole records.
        dialect: How they are written.
        blanks: True if an empty line is a record.
    """
    found = (match.span(1) for match in records_in(data, dialect))
    return [span for span in found if blanks or span[1] > span[0]]
