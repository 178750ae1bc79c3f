"""Cuts a stream into blocks of whole records, so that each can be parsed on its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from summit_studio.core.errors import ReadFailed, Where
from summit_studio.formats.csv.dialect import Dialect
from summit_studio.formats.csv.marks import occurrences

BLOCK_BYTES = 8 << 20
RECORD_LIMIT_BYTES = 256 << 20
"""The longest record that is waited for; a quote that is never closed would read on for ever."""


class Bytes(Protocol):
    """A stream of UTF-8."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, or b"" at the end."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records, the last one's line end included.

    Args:
        data: UTF-8.
        offset: Where it begins in the text, in bytes.
        line: The physical line at which it begins, from 1.
        end: Where the next block begins, in bytes.
        end_line: The line at which the next block begins.
        messy: True if a quote stands where it should not.
        unclosed: True for one last record whose quote is never closed.
        strays: Where lines stand, line ends included, whose quote is closed only in another row:
            each is set apart from the rows that it would take in.
    """

    data: bytes
    offset: int
    line: int
    end: int
    end_line: int
    messy: bool = False
    unclosed: bool = False
    strays: tuple[tuple[int, int], ...] = ()

    @property
    def lines(self) -> int:
        """How many line ends stand in it, inside of quotes or not."""
        return self.end_line - self.line


class Splitter:
    """Cuts a stream into blocks. Used by one thread.

    Where a block ends depends on where it begins and on what follows there, on nothing before it:
    from the start of any block the same blocks are cut again.

    Args:
        stream: Read from where the first record begins.
        dialect: How it is written.
        offset: What was read of it before, in bytes.
        line: The physical line of the first record, from 1.
        head: Text that was read from the stream already.
        size: Bytes a block should have; a longer record makes a longer block.
        limit: The most bytes a record may have.
        width: How many values a record has. From two on, the line of a quote that is never closed
            is put aside alone, and so is that of one which takes in rows; with one value, all after
            such a quote is part of the record.
    """

    def __init__(
        self,
        stream: Bytes,
        dialect: Dialect,
        *,
        offset: int = 0,
        line: int = 1,
        head: bytes = b"",
        size: int = BLOCK_BYTES,
        limit: int = RECORD_LIMIT_BYTES,
        width: int = 1,
    ) -> None:
        self._stream = stream
        self._dialect = dialect
        self._newline = dialect.newline.encode()
        self._quote, self._escape = dialect.quote.encode(), dialect.escaping.encode()
        self._offset, self._line = offset, line
        self._held, self._at = head, 0
        self._ended = False
        self._size, self._limit = size, max(limit, size)
        self._width = width

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks in order.

        Raises:
            ReadFailed: A record is longer than the limit; `where.line` is where it begins.
        """
        wanted = self._size
        while text := self._ahead(wanted):
            last = len(text) < wanted
            whole = text + self._newline if last and not text.endswith(self._newline) else text
            cut = self._cut(whole)
            if not cut.end and not last and len(text) <= self._limit:
                # A record in one piece is looked at anew only when it has doubled.
                wanted = min(2 * wanted, self._limit + 1)
                continue
            if cut.end:
                yield self._block(whole[: cut.end], cut)
            elif last or self._width > 1:
                yield self._aside(text)
            else:
                raise self._too_long(len(text))
            wanted = self._size

    def _ahead(self, wanted: int) -> bytes:
        """Return the bytes from where the block begins; fewer than wanted only at the end."""
        if len(self._held) - self._at < wanted and not self._ended:
            parts = [self._held[self._at :]]
            missing = wanted - len(parts[0])
            while missing > 0 and (data := self._stream.read(missing)):
                parts.append(data)
                missing -= len(data)
            self._ended = missing > 0
            self._held, self._at = b"".join(parts), 0
        if not self._at and len(self._held) <= wanted:
            return self._held
        return self._held[self._at : self._at + wanted]

    def _aside(self, text: bytes) -> Block:
        """Return what begins with a quote that is never closed: its line, or all of it."""
        end = text.find(self._newline) + 1 if self._width > 1 else 0
        return self._block(text[: end or len(text)], _Cut(unclosed=True))

    def _block(self, data: bytes, cut: "_Cut") -> Block:
        offset, line = self._offset, self._line
        self._at += len(data)
        self._offset += len(data)
        self._line += occurrences(data, self._newline)
        return Block(
            data, offset, line, self._offset, self._line, cut.messy, cut.unclosed, cut.strays
        )

    def _cut(self, text: bytes) -> "_Cut":
        """Return where the last whole record of `text` ends, and how it is written."""
        escapes = bool(self._escape) and self._escape in text
        if not escapes and (not self._quote or self._quote not in text):
            return _Cut(text.rfind(self._newline) + 1)
        patterns = self._dialect.patterns
        end = _end(patterns.strict.match(text))
        messy = end < len(text) and _end(patterns.lenient.match(text)) > end
        if messy and self._width > 1:
            return self._among_rows(text)
        if messy or escapes:
            return _Cut(_end(patterns.records.match(text)), messy)
        return _Cut(self._outside(text, end))

    def _among_rows(self, text: bytes) -> "_Cut":
        """Return where the last whole record ends, lines with a stray quote set apart.

        Two stray quotes make one record of all that stands between them. What they take in is
        beyond doubt a row a line where text follows the second quote, which no proper text has,
        and each line by itself has as many values as a row.
        """
        cut, at, strays = 0, 0, []
        while at < len(text) and (match := self._dialect.patterns.record.match(text, at)):
            end = match.end()
            # Elsewhere the text ends, or a line end is escaped: what goes on is not known yet.
            if text.endswith(self._newline, match.end(1), end):
                if self._takes_in_rows(match[0]):
                    end = text.index(self._newline, at) + 1
                    strays.append((at, end))
                cut = end
            at = end
        return _Cut(cut, messy=True, strays=tuple(strays))

    def _takes_in_rows(self, record: bytes) -> bool:
        return self._dialect.rows_in(record, self._width) > 1 and not (
            self._dialect.patterns.sound.match(record)
        )

    def _outside(self, text: bytes, end: int) -> int:
        """Return the end of the last line before `end` that ends outside of quotes."""
        at = end
        while True:
            line_end = text.rfind(self._newline, 0, at)
            # Up to `end` every quote is paired: an even number of them is outside.
            if line_end < 0 or text.count(self._quote, line_end, end) % 2 == 0:
                return line_end + 1
            at = line_end

    def _too_long(self, size: int) -> ReadFailed:
        return ReadFailed(
            f"The record that begins on line {self._line:,} does not end within {size:,} bytes",
            why="most likely a quote is opened there and never closed",
            do=f"correct line {self._line:,}, or set the quote to none if quotes mean nothing here",
            code="record_too_long",
            where=Where(line=self._line),
        )


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a block ends, 0 where no record does, and what is odd about it."""

    end: int = 0
    messy: bool = False
    unclosed: bool = False
    strays: tuple[tuple[int, int], ...] = ()


def _end(match: re.Match[bytes] | None) -> int:
    # The patterns match every text, if only for nothing.
    return match.end() if match else 0
