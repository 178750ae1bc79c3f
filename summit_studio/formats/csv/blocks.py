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
    """

    data: bytes
    offset: int
    line: int
    end: int
    end_line: int
    messy: bool = False
    unclosed: bool = False

    @property
    def lines(self) -> int:
        """How many line ends stand in it, inside of quotes or not."""
        return self.end_line - self.line


class Splitter:
    """Cuts a stream into blocks. Used by one thread.

    Args:
        stream: Read from where the first record begins.
        dialect: How it is written.
        offset: What was read of it before, in bytes.
        line: The physical line of the first record, from 1.
        head: Text that was read from the stream already.
        size: Bytes a block should have; a longer record makes a longer block.
        limit: The most bytes a record may have.
        resumes: True to put the line of a quote that is never closed aside alone, and to go on with
            the next; False takes all after it as part of the record.
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
        resumes: bool = False,
    ) -> None:
        self._stream = stream
        self._dialect = dialect
        self._newline = dialect.newline.encode()
        self._quote, self._escape = dialect.quote.encode(), dialect.escaping.encode()
        self._offset, self._line = offset, line
        self._rest = head
        self._size, self._limit = size, limit
        self._resumes = resumes

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks in order.

        Raises:
            ReadFailed: A record is longer than the limit; `where.line` is where it begins.
        """
        wanted = self._size
        while True:
            data = self._stream.read(max(wanted - len(self._rest), 1))
            text = self._rest + data if self._rest else data
            if not data:
                yield from self._last(text)
                return
            cut, messy = self._cut(text)
            self._rest = text[cut:]
            if cut:
                yield self._block(text[:cut], messy=messy)
                wanted = max(self._size, 2 * len(self._rest))
            elif len(text) > self._limit:
                if not self._resumes:
                    raise self._too_long(len(text))
                yield self._aside(text)
            else:
                # A record in one piece is looked at anew only when it has doubled.
                wanted = max(self._size, 2 * len(text))

    def _last(self, text: bytes) -> Iterator[Block]:
        while text:
            whole = text if text.endswith(self._newline) else text + self._newline
            cut, messy = self._cut(whole)
            if cut:
                yield self._block(whole[:cut], messy=messy)
            self._rest = b""
            if cut < len(whole):
                yield self._aside(text[cut:])
            text = self._rest

    def _aside(self, text: bytes) -> Block:
        """Return what begins with a quote that is never closed; what comes after it is the rest."""
        at = text.find(self._newline) + len(self._newline) if self._resumes else len(text)
        at = at if at >= len(self._newline) else len(text)
        self._rest = text[at:]
        return self._block(text[:at], unclosed=True)

    def _block(self, data: bytes, *, messy: bool = False, unclosed: bool = False) -> Block:
        offset, line = self._offset, self._line
        self._offset += len(data)
        self._line += occurrences(data, self._newline)
        return Block(data, offset, line, self._offset, self._line, messy, unclosed)

    def _cut(self, text: bytes) -> tuple[int, bool]:
        """Return where the last whole record of `text` ends, and whether it is messy."""
        escapes = bool(self._escape) and self._escape in text
        if not escapes and (not self._quote or self._quote not in text):
            return text.rfind(self._newline) + 1, False
        patterns = self._dialect.patterns
        end = _end(patterns.strict.match(text))
        messy = end < len(text) and _end(patterns.lenient.match(text)) > end
        if messy or escapes:
            return _end(patterns.records.match(text)), messy
        return self._outside(text, end), False

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


def _end(match: re.Match[bytes] | None) -> int:
    # The patterns match every text, if only for nothing.
    return match.end() if match else 0
