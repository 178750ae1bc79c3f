"""Where the records of a block stand, found only once a bad one asks for it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from summit_studio.core.errors import ReadFailed
from summit_studio.formats.csv.blocks import Block
from summit_studio.formats.csv.dialect import Dialect

_STEP = 1 << 14
"""Bytes between the places at which line ends are counted."""


class RecordIndex:
    """The records of a block, numbered from 0 as the parser sees them.

    Where every line end is either the end of a record or known to stand inside of one, places are
    found by counting lines; only otherwise are the records told apart one by one.

    Args:
        block: As found in the file.
        data: As parsed; of the same length.
        dialect: How it is written.
        records: How many the parser saw.
        inner: Line ends inside of records, by record in ascending order, as far as known.
        blanks: True if an empty line is a record.
    """

    def __init__(
        self,
        block: Block,
        data: bytes,
        dialect: Dialect,
        records: int,
        inner: Mapping[int, int],
        *,
        blanks: bool,
    ) -> None:
        self._block, self._data, self._records = block, data, records
        self._newline = dialect.newline.encode()
        self._folded = list(inner)
        self._folds = list(accumulate(inner.values()))
        self._spans: list[tuple[int, int]] | None = None
        if not self._countable():
            self._spans = record_spans(data, dialect, blanks=blanks)
            if len(self._spans) != records:
                raise self._out_of_step(len(self._spans))

    def record_at(self, offset: int) -> int:
        """Return the record in which a byte of the block stands."""
        if self._spans is not None:
            return max(0, bisect_right(self._spans, (offset, len(self._data))) - 1)
        step = offset // _STEP
        line = self._counts[step] + self._data.count(self._newline, step * _STEP, offset)
        return bisect_right(range(self._records), line, key=self._line) - 1

    def lines(self, records: Sequence[int]) -> list[int]:
        """Return the physical lines at which records begin; both ascend."""
        if self._spans is None:
            return [self._block.line + self._line(record) for record in records]
        found, at, line = [], 0, self._block.line
        for record in records:
            start = self._spans[record][0]
            line += self._block.data.count(self._newline, at, start)
            at = start
            found.append(line)
        return found

    def raw(self, record: int) -> bytes:
        """Return a record's bytes as found, without its line end."""
        if self._spans is not None:
            start, end = self._spans[record]
        else:
            first, after = self._line(record), self._line(record + 1)
            start = self._line_start(first)
            end = start - 1
            for _ in range(first, after):
                end = self._data.index(self._newline, end + 1)
        return self._block.data[start:end].rstrip(b"\r")

    def _line(self, record: int) -> int:
        """Return the line of the block, from 0, at which a record begins."""
        folded = bisect_left(self._folded, record)
        return record + (self._folds[folded - 1] if folded else 0)

    def _line_start(self, line: int) -> int:
        if line == 0:
            return 0
        step = bisect_right(self._counts, line - 1) - 1
        at = step * _STEP
        for _ in range(line - self._counts[step]):
            at = self._data.index(self._newline, at) + 1
        return at

    @cached_property
    def _counts(self) -> list[int]:
        """How many lines end before each step."""
        counts, so_far = [], 0
        for at in range(0, len(self._data), _STEP):
            counts.append(so_far)
            so_far += self._data.count(self._newline, at, at + _STEP)
        return counts

    def _countable(self) -> bool:
        """Return True if the known line ends are all there are."""
        data, block = self._data, self._block
        if self._newline == b"\n" and b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
            return False
        same = data is block.data
        lines = block.lines if same else data.count(self._newline)
        return lines == self._records + (self._folds[-1] if self._folds else 0)

    def _out_of_step(self, found: int) -> ReadFailed:
        block = self._block
        return ReadFailed(
            f"Cannot tell the rows apart between lines {block.line:,} and {block.end_line:,}",
            why=f"they can be taken for {self._records:,} or {found:,} rows",
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
