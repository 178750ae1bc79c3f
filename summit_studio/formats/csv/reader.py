"""Reads CSV files as a row of pieces that can be parsed at once, each with its place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from summit_studio.core.errors import ReadFailed
from summit_studio.formats.csv.blocks import BLOCK_BYTES, RECORD_LIMIT_BYTES, Block, Splitter
from summit_studio.formats.csv.layout import Layout
from summit_studio.formats.csv.parse import Parsed, Parser, Wanted
from summit_studio.formats.text.encoding import UTF8, TextStream
from summit_studio.stores.faults import left_behind

PREVIEW_BYTES = 1 << 18
"""Size of the first block where only some rows are wanted."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text source, not parsed yet.

    Args:
        load: Parses it; called once, on any thread.
        position: Where the next piece begins, as JSON values.
        progress: 0 to 1.
    """

    load: Callable[[], Parsed]
    position: dict[str, Any]
    progress: float


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a CSV source.

    Args:
        shown: What people call the file: its path as given.
        wanted: The columns to deliver; a position of -1 stands for `shown`.
    """

    layout: Layout
    wanted: tuple[Wanted, ...]
    shown: str


class CsvReader:
    """Reads the files of a CSV source in order. `pieces` is called once, on one thread.

    Args:
        check: Called between blocks; raises to stop.
        row_limit: Rows after which to stop; None reads all.
        start: The position of a piece, to go on behind it.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        check: Callable[[], None] = lambda: None,
        row_limit: int | None = None,
        block_bytes: int = BLOCK_BYTES,
        record_limit_bytes: int = RECORD_LIMIT_BYTES,
        start: Mapping[str, Any] | None = None,
    ) -> None:
        self._parts = tuple(parts)
        self._start = start
        self._check = check
        self._row_limit = row_limit
        self._size = min(block_bytes, PREVIEW_BYTES) if row_limit is not None else block_bytes
        self._record_limit = record_limit_bytes
        self._stream: TextStream | None = None

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces in order.

        Raises:
            ReadFailed: A file is gone, damaged, changed, or has a record without an end.
        """
        left = self._row_limit
        first, offset, line = self._beginning()
        for number, part in enumerate(self._parts[first:], start=first):
            layout = part.layout
            begin = (offset, line) if number == first else (layout.offset, layout.line)
            for block, progress, load in self._blocks(part, *begin):
                self._check()
                done = (number + progress) / len(self._parts)
                place = {"path": part.shown, "offset": block.end, "line": block.end_line}
                if left is None:
                    yield Piece(load, place, done)
                    continue
                # Few rows are wanted: they are counted here, so that no block is read in vain.
                parsed = _first(load(), left)
                left -= parsed.rows.num_rows
                yield Piece(partial(_same, parsed), place, done)
                if left <= 0:
                    return

    def close(self) -> None:
        """Close the file that is open."""
        if self._stream is not None:
            self._stream.close()

    def _beginning(self) -> tuple[int, int, int]:
        """Return the part to begin with, and the byte and the line of it."""
        if self._start is None:
            layouts = [part.layout for part in self._parts[:1]]
            return (0, *((layouts[0].offset, layouts[0].line) if layouts else (0, 1)))
        shown = [part.shown for part in self._parts]
        if self._start["path"] not in shown:
            raise left_behind(self._start["path"])
        return shown.index(self._start["path"]), self._start["offset"], self._start["line"]

    def _blocks(
        self, part: Part, offset: int, line: int
    ) -> Iterator[tuple[Block, float, Callable[[], Parsed]]]:
        layout = part.layout
        parse = _parser(part)
        with TextStream(layout.path, layout.format) as stream:
            self._stream = stream
            stream.skip(offset, self._check)
            splitter = Splitter(
                stream, layout.dialect, offset=offset, line=line,
                size=self._size, limit=self._record_limit, width=layout.width,
            )  # fmt: skip
            seen = stream.delivered
            try:
                for block in splitter.blocks():
                    seen += len(block.data)
                    yield block, stream.progress(), partial(_parse, parse, block, layout)
                # The last block may have got the line end that the file lacks.
                stream.require_whole(seen, spare=1)
            except ReadFailed as error:
                error.at(file=str(layout.path))
                raise


def _parse(parse: Callable[[Block], Parsed], block: Block, layout: Layout) -> Parsed:
    try:
        return parse(block)
    except ReadFailed as error:
        error.at(file=str(layout.path), line=block.line)
        raise


def _parser(part: Part) -> Callable[[Block], Parsed]:
    layout = part.layout
    own = [w for w in part.wanted if w.position >= 0]
    hint = "; if most rows fail so, set the encoding" if layout.format.encoding == UTF8 else ""
    parser = Parser(
        layout.names, own, layout.dialect, layout.reading, part.shown,
        hint=hint, trails=layout.trails,
    )  # fmt: skip
    extra = [i for i, w in enumerate(part.wanted) if w.position < 0]
    if not extra:
        return parser.parse
    return partial(_with_file, parser, extra[0], part)


def _with_file(parser: Parser, at: int, part: Part, block: Block) -> Parsed:
    import pyarrow as pa

    parsed = parser.parse(block)
    names = pa.repeat(pa.scalar(part.shown, pa.string()), parsed.rows.num_rows)
    field = pa.field(part.wanted[at].name, pa.string())
    return replace(parsed, rows=parsed.rows.add_column(at, field, names))


def _first(parsed: Parsed, rows: int) -> Parsed:
    lines = parsed.lines
    return replace(
        parsed,
        rows=parsed.rows.slice(0, rows),
        held=None,
        lines=None if lines is None else lambda: lines()[:rows],
    )


def _same(parsed: Parsed) -> Parsed:
    return parsed
