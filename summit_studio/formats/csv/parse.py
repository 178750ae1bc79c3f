"""Parses a block: typed columns by Arrow, and an exact account of every row that does not fit."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from summit_studio.core.errors import ReadFailed
from summit_studio.core.schema import DOUBLE, RAW_REJECTS, VARCHAR, arrow_type, to_arrow
from summit_studio.formats.csv.blocks import Block
from summit_studio.formats.csv.conversion import (
    FALSE_WORDS,
    TRUE_WORDS,
    Reading,
    convert,
    narrowed,
    parsed_as,
    unfit,
)
from summit_studio.formats.csv.counting import records
from summit_studio.formats.csv.dialect import Dialect
from summit_studio.formats.csv.index import RecordIndex, record_spans
from summit_studio.formats.csv.marks import occurrences
from summit_studio.formats.text.encoding import invalid_spots, valid_utf8

if TYPE_CHECKING:
    import pyarrow as pa

_CONVERSION = re.compile(r"In CSV column #(\d+): ")
RAW_LIMIT = 1 << 20
"""How much of a rejected record is kept, in bytes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One column to deliver.

    Args:
        name: What it is called from here on.
        type: The type in which it moves on.
        position: Its place in the file, from 0.
        read_as: The type to read it as, where that is another: a UUID moves on as text.
        exact: True rejects numbers that a DOUBLE would change: no person asked for that type.
    """

    name: str
    type: str
    position: int
    read_as: str = ""
    exact: bool = False

    @property
    def reads(self) -> str:
        """The type to read it as."""
        return self.read_as or self.type


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record is rejected."""

    code: str
    reason: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """The rows of a block, and those rejected (RAW_REJECTS), or None where none was.

    Args:
        place: What stands before the number of a line where a row is said to come from.
        lines: Gives the line of each row; called at once.
        held: How many records stand in the block, told apart without parsing it.
    """

    rows: "pa.Table"
    rejected: "pa.Table | None" = None
    held: int | None = None
    place: str = ""
    lines: Callable[[], Sequence[int]] | None = None


@dataclass
class Memory:
    """What earlier blocks taught: costs a second try once, not once a block. Only ever grows.

    Shared by threads; what one learns late, another merely learns again.

    Args:
        texts: Positions of columns to be read as text and converted here.
        ragged: True once a record had the wrong number of values.
    """

    texts: set[int] = field(default_factory=set)
    ragged: bool = False


class Parser:
    """Parses blocks of one file. Its threads may parse at once.

    Args:
        names: All columns of the file, in order.
        wanted: The columns to deliver, in order.
        file: What rejected rows call the file.
        hint: What to add where bytes cannot be decoded.
        trails: True if rows end in a delimiter; a row with a value after it is rejected.
    """

    def __init__(
        self,
        names: Sequence[str],
        wanted: Sequence[Wanted],
        dialect: Dialect,
        reading: Reading,
        file: str,
        *,
        hint: str = "",
        trails: bool = False,
    ) -> None:
        self.names, self.wanted = tuple(names), tuple(wanted)
        self.dialect, self.reading = dialect, reading
        self.file, self.hint = file, hint
        self.place = line_of(file)
        self.trails, self.width = trails, len(self.names) + trails
        self.memory = Memory({w.position for w in wanted if not self._by_arrow(w)})
        # With one column an empty line is a null: there is no other way to write one.
        self.blanks = self.width == 1 and not dialect.comment

    def _by_arrow(self, wanted: Wanted) -> bool:
        if wanted.reads == VARCHAR:
            return not self.reading.strips
        checked = wanted.exact and wanted.reads == DOUBLE
        return not checked and self.reading.of(wanted.position).by_arrow(wanted.reads)

    def parse(self, block: Block) -> Parsed:
        """Return the rows of `block`.

        Raises:
            ReadFailed: The rows cannot be told apart.
        """
        if block.unclosed:
            return self._unclosed(block)
        return _Parse(self, block).run()

    @cached_property
    def schema(self) -> "pa.Schema":
        """The Arrow schema of the rows."""
        import pyarrow as pa

        return pa.schema([pa.field(w.name, arrow_type(w.type)) for w in self.wanted])

    def _unclosed(self, block: Block) -> Parsed:
        mark = self.dialect.quote
        swallowed = block.data.rstrip(b"\r\n").count(self.dialect.newline.encode())
        tail = (
            f", so the {swallowed:,} lines after it were taken as part of it" if swallowed else ""
        )
        reason = f"A {mark} on line {block.line:,} is opened and never closed{tail}."
        fault = Fault("unclosed_quote", reason)
        if self.dialect.patterns.record.fullmatch(block.data + self.dialect.newline.encode()):
            mark = self.dialect.escape
            reason = f"The record that begins on line {block.line:,} ends with a {mark} that has"
            fault = Fault("unclosed_escape", f"{reason} nothing after it.")
        rejected = self.rejected([block.line], [block.data.rstrip(b"\r\n")], [fault])
        return Parsed(self.schema.empty_table(), rejected, 1)

    def rejected(self, lines: list[int], raws: list[bytes], faults: list[Fault]) -> "pa.Table":
        """Return rejected records as rows of RAW_REJECTS."""
        import pyarrow as pa

        values: dict[str, list[Any]] = {
            "file": [self.file] * len(lines),
            "line": lines,
            "raw": [shown(raw) for raw in raws],
            "reject_code": [fault.code for fault in faults],
            "reject_column": [fault.column for fault in faults],
            "reject_reason": [fault.reason for fault in faults],
            "reject_source": [f"{self.place}{line}" for line in lines],
        }
        return pa.table(values, schema=to_arrow(RAW_REJECTS))


def line_of(file: str) -> str:
    """Return what stands before the number of a line of a file."""
    return f"{file}, line "


def shown(raw: bytes) -> str:
    r"""Return a record as text; bytes that are none appear as \xff."""
    cut = len(raw) - RAW_LIMIT
    text = raw[:RAW_LIMIT].decode("utf-8", "backslashreplace")
    return f"{text}... ({cut:,} more bytes)" if cut > 0 else text


class _Parse:
    """One block on its way. Records are numbered from 0 as Arrow counts them."""

    def __init__(self, parser: Parser, block: Block) -> None:
        self._parser, self._block = parser, block
        self._memory = parser.memory
        self._data = block.data
        self._checked = False
        self._spots: list[tuple[int, Fault]] = []
        self._ragged: dict[int, int] = {}
        self._short: dict[int, str] = {}
        self._inner: dict[int, int] = {}
        self._typed: dict[int, Any] = {}

    def run(self) -> Parsed:
        if self._block.strays:
            self._blank(self._block.strays)
        if self._parser.dialect.comment:
            self._blank_comments()
        if b"\0" in self._data:
            self._check_bytes()
        table, texts = self._read()
        held = self._held(table)
        columns, failed = self._convert(table, texts)
        lines = partial(self._lines, table, frozenset())
        if not (failed or self._ragged or self._spots or self._block.messy):
            parsed = Parsed(self._table(columns), lines=lines)
        else:
            self._note_inner(table)
            parsed = self._sort_out(columns, table, failed)
        held += len(self._block.strays)
        return replace(parsed, held=held, place=self._parser.place)

    def _lines(self, table: "pa.Table", bad: Collection[int]) -> Sequence[int]:
        """Return the lines of the rows that are not bad."""
        self._note_inner(table)
        count = table.num_rows + len(self._ragged)
        return self._index(count).lines([n for n in range(count) if n not in bad])

    def _index(self, records: int) -> RecordIndex:
        return RecordIndex(
            self._block, self._data, self._parser.dialect, records, self._inner,
            blanks=self._parser.blanks,
        )  # fmt: skip

    def _held(self, table: "pa.Table") -> int:
        parser, newline = self._parser, self._parser.dialect.newline.encode()

        def inner() -> int:
            return sum(self._inner.values()) + sum(
                occurrences(text, newline) for column in table.columns for text in _texts(column)
            )

        seen = table.num_rows + len(self._ragged)
        return records(self._block, self._data, parser.dialect, seen, inner, blanks=parser.blanks)

    def _read(self) -> tuple["pa.Table", frozenset[int]]:
        """Return the parsed block and the columns in it that are still text."""
        import pyarrow as pa

        while True:
            ragged = self._memory.ragged
            if ragged and not self._checked:
                # Arrow hands malformed rows over as text, so they must be text.
                self._check_bytes()
            texts = frozenset(self._memory.texts)
            self._ragged.clear()
            self._inner.clear()
            self._short.clear()
            try:
                table = self._padded(self._arrow(self._data, texts, ragged=ragged), texts)
            except pa.ArrowInvalid as error:
                self._learn(str(error), texts, ragged=ragged)
                continue
            wide = self._narrow(table, texts)
            if not wide:
                return table, texts
            self._memory.texts |= wide

    def _padded(self, table: "pa.Table", texts: frozenset[int]) -> "pa.Table":
        """Put the rows that end early where they belong, the values that they lack null."""
        import pyarrow as pa

        if not self._short:
            return table
        missing = {n: self._parser.width - self._ragged.pop(n) for n in self._short}
        dialect = self._parser.dialect
        whole = "".join(
            text.rstrip("\r\n") + dialect.delimiter * missing[n] + dialect.newline
            for n, text in self._short.items()
        )
        for n in self._short:
            self._inner.pop(n, None)
        short = self._arrow(whole.encode(), texts, ragged=False)
        # Records are numbered as they stand; those still ragged are in neither of the tables.
        at = {n: table.num_rows + i for i, n in enumerate(self._short)}
        good = iter(range(table.num_rows))
        total = table.num_rows + len(self._short) + len(self._ragged)
        order = [at[n] if n in at else next(good) for n in range(total) if n not in self._ragged]
        return pa.concat_tables([table, short]).take(pa.array(order, pa.int64()))

    def _narrow(self, table: "pa.Table", texts: frozenset[int]) -> set[int]:
        """Keep the typed columns; return the positions of those with values that do not fit."""
        own = [w for w in self._parser.wanted if w.position not in texts]
        self._typed = {w.position: narrowed(table[str(w.position)], w.type) for w in own}
        return {position for position, column in self._typed.items() if column is None}

    def _learn(self, message: str, texts: frozenset[int], *, ragged: bool) -> None:
        """Note what stopped Arrow, so that the next try goes further; each is noted once."""
        at = _CONVERSION.match(message)
        if "invalid UTF8" in message and not self._checked:
            self._check_bytes()
        elif message.startswith("CSV parse error") and not ragged:
            self._memory.ragged = True
        elif at and int(at[1]) not in texts:
            self._memory.texts.add(int(at[1]))
        else:
            raise ReadFailed(
                f"Cannot parse lines {self._block.line:,} to {self._block.end_line:,}",
                why=message,
                do="check the delimiter, quote and escape of the node",
                code="structure_unclear",
            )

    def _arrow(self, data: bytes, texts: frozenset[int], *, ragged: bool) -> "pa.Table":
        import pyarrow as pa
        from pyarrow import csv

        parser, dialect, reading = self._parser, self._parser.dialect, self._parser.reading
        # By position: names in a file need not be unique, nor what Arrow takes for a name.
        numbers = [str(i) for i in range(parser.width)]
        types = {str(w.position): parsed_as(w.type) for w in parser.wanted}
        types |= {str(position): pa.string() for position in texts}
        handler = self._note_ragged if ragged else None
        include = list(dict.fromkeys(str(w.position) for w in parser.wanted))
        if parser.trails:
            types[numbers[-1]] = pa.string()
            include.append(numbers[-1])
        return csv.read_csv(
            pa.BufferReader(data),
            csv.ReadOptions(use_threads=False, column_names=numbers, block_size=len(data) + 1),
            csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote or False,
                double_quote=True,
                escape_char=dialect.escape if dialect.escape not in ("", dialect.quote) else False,
                newlines_in_values=True,
                ignore_empty_lines=not parser.blanks,
                invalid_row_handler=handler,
            ),
            csv.ConvertOptions(
                column_types=types,
                include_columns=include,
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=list(reading.null_values),
                true_values=list(TRUE_WORDS),
                false_values=list(FALSE_WORDS),
                decimal_point=reading.decimal,
            ),
        )

    def _note_ragged(self, row: Any) -> str:
        self._ragged[row.number - 1] = row.actual_columns
        lacks, mark = row.expected_columns - row.actual_columns, self._parser.dialect.delimiter
        # All values but no delimiter at the end: none of them is missing.
        whole = lacks == self._parser.trails and not row.text.rstrip("\r\n").endswith(mark)
        if lacks > 0 and (self._parser.reading.pads or whole):
            self._short[row.number - 1] = row.text
        inner = row.text.count(self._parser.dialect.newline)
        if inner:
            self._inner[row.number - 1] = inner
        return "skip"

    def _note_inner(self, table: "pa.Table") -> None:
        """Note how many line ends stand inside of values, by record."""
        import pyarrow as pa
        import pyarrow.compute as pc

        # In a block without empty lines so many ends of lines are not ends of records.
        left = self._block.lines - table.num_rows
        left -= len(self._ragged) + sum(self._inner.values())
        texts = [c for c in table.columns if pa.types.is_string(c.type)]
        total = None
        for text in sorted(texts, key=lambda c: c.nbytes, reverse=True):
            if left <= 0:
                break
            counts = pc.count_substring(text, self._parser.dialect.newline).combine_chunks()
            left -= pc.sum(counts, min_count=0).as_py()
            counts = pc.fill_null(counts, 0)
            total = counts if total is None else pc.add(total, counts)
        if total is None:
            return
        rows = pc.indices_nonzero(total)
        records = _records(rows.to_pylist(), sorted(self._ragged))
        self._inner |= zip(records, total.take(rows).to_pylist(), strict=True)
        self._inner = dict(sorted(self._inner.items()))

    def _convert(
        self, table: "pa.Table", texts: frozenset[int]
    ) -> tuple[list[Any], dict[int, Fault]]:
        """Return the typed columns, and by row why its first odd value cannot be taken."""
        reading = self._parser.reading
        columns: list[Any] = []
        failed = self._trailing(table)
        for wanted in self._parser.wanted:
            if wanted.position not in texts:
                columns.append(self._typed[wanted.position])
                continue
            column = table[str(wanted.position)]
            if wanted.reads != VARCHAR or self._parser.reading.strips:
                converted = convert(
                    column,
                    wanted.reads,
                    reading.of(wanted.position),
                    carried=wanted.type,
                    exact=wanted.exact,
                )
                for row in set(converted.failed) - failed.keys():
                    why = unfit(column[row].as_py(), wanted.reads, reading.of(wanted.position))
                    failed[row] = Fault("cast_failed", why, wanted.name)
                column = converted.values
            columns.append(column)
        return columns, failed

    def _trailing(self, table: "pa.Table") -> dict[int, Fault]:
        """Return by row the values that stand after the delimiter that ends the others."""
        import pyarrow.compute as pc

        if not self._parser.trails:
            return {}
        after = table[str(self._parser.width - 1)]
        found = pc.indices_nonzero(after.is_valid()).to_pylist() if len(after) else []
        return {
            row: Fault(
                "field_count",
                f"{shown(after[row].as_py().encode())!r} stands after the delimiter that ends the"
                " other rows; set the trailing delimiter to no to read it as a column.",
            )
            for row in found
        }

    def _table(self, columns: list[Any]) -> "pa.Table":
        import pyarrow as pa

        return pa.table(columns, schema=self._parser.schema)

    def _sort_out(
        self, columns: list[Any], parsed: "pa.Table", failed: Mapping[int, Fault]
    ) -> Parsed:
        """Return the good rows, and the bad ones with their line and raw text."""
        parser, rows = self._parser, parsed.num_rows
        ragged = sorted(self._ragged)
        index = self._index(rows + len(ragged))
        faults = self._faults(index, ragged, failed)
        lines = partial(self._lines, parsed, faults.keys())
        strays = self._strays()
        if not faults and not strays:
            return Parsed(self._table(columns), lines=lines)
        bad = set(faults) - self._ragged.keys()
        table = self._table(columns)
        if bad:
            table = table.filter(_keep(rows, bad, ragged))
        numbers = sorted(faults)
        raws = [index.raw(number) for number in numbers]
        found = [faults[number] for number in numbers]
        rejected = sorted(
            [*zip(index.lines(numbers), raws, found, strict=True), *strays],
            key=lambda one: one[0],
        )
        return Parsed(table, parser.rejected(*map(list, zip(*rejected, strict=True))), lines=lines)

    def _strays(self) -> list[tuple[int, bytes, Fault]]:
        """Return the lines that are set apart for a quote that is closed only in another row."""
        block, mark = self._block, self._parser.dialect.quote
        newline = self._parser.dialect.newline.encode()
        found, at, line = [], 0, block.line
        for start, end in block.strays:
            line += block.data.count(newline, at, start)
            at = start
            reason = (
                f"A {mark} on line {line:,} is opened and not closed on it, and the lines after it"
                " are rows of their own."
            )
            raw = block.data[start:end].rstrip(b"\r\n")
            found.append((line, raw, Fault("unclosed_quote", reason)))
        return found

    def _faults(
        self, index: RecordIndex, ragged: list[int], failed: Mapping[int, Fault]
    ) -> dict[int, Fault]:
        """Return why each bad record is bad; of several causes the deepest."""
        rows, width = sorted(failed), self._parser.width
        faults = {
            record: failed[row] for record, row in zip(_records(rows, ragged), rows, strict=True)
        }
        along = ", that after the delimiter at its end included" if self._parser.trails else ""
        for record, found in self._ragged.items():
            faults[record] = Fault(
                "field_count", f"The row has {found:,} values where {width:,} are expected{along}."
            )
        if self._block.messy:
            faults |= self._messy()
        for offset, fault in reversed(self._spots):
            faults[index.record_at(offset)] = fault
        return faults

    def _messy(self) -> dict[int, Fault]:
        dialect, data = self._parser.dialect, self._data
        quote, sound = dialect.quote.encode(), dialect.patterns.sound
        spans = record_spans(data, dialect, blanks=self._parser.blanks)
        reason = f"Text follows a closing {dialect.quote}; inside of quotes it must be doubled."
        return {
            number: Fault("quote", reason)
            for number, (start, end) in enumerate(spans)
            if data.find(quote, start, end) >= 0 and not sound.match(data[start:end])
        }

    def _check_bytes(self) -> None:
        """Put a mark in place of every byte that is not text, and note where they stood."""
        self._checked = True
        patched: bytearray | None = None
        if not valid_utf8(self._data):
            patched = bytearray(self._data)
            for start, end in invalid_spots(self._data):
                found = self._data[start:end].hex(" ")
                reason = f"The bytes {found} are not UTF-8 text{self._parser.hint}."
                self._spots.append((start, Fault("encoding", reason)))
                patched[start:end] = b"?" * (end - start)
        if b"\0" in self._data:
            patched = patched or bytearray(self._data)
            at = patched.find(0)
            while at >= 0:
                self._spots.append((at, Fault("nul_character", "The row has a zero byte in it.")))
                patched[at] = ord("?")
                at = patched.find(0, at)
        if patched is not None:
            self._data = bytes(patched)
            self._spots.sort(key=lambda spot: spot[0])

    def _blank_comments(self) -> None:
        """Turn comment lines into empty ones of the same length, which Arrow passes over."""
        dialect = self._parser.dialect
        mark = dialect.comment.encode()
        if mark in self._data:
            spans = record_spans(self._data, dialect, blanks=False)
            self._blank([span for span in spans if self._data.startswith(mark, span[0])])

    def _blank(self, spans: Iterable[tuple[int, int]]) -> None:
        patched, newline = bytearray(self._data), self._parser.dialect.newline.encode()
        for start, end in spans:
            patched[start:end] = newline * (end - start)
        self._data = bytes(patched)


def _records(rows: list[int], ragged: list[int]) -> list[int]:
    """Return the record of each good row; both lists ascend, and so does the answer."""
    found, passed = [], 0
    for row in rows:
        while passed < len(ragged) and ragged[passed] <= row + passed:
            passed += 1
        found.append(row + passed)
    return found


def _texts(column: "pa.ChunkedArray") -> "Iterator[pa.Buffer]":
    """Yield the text of a column's chunks, its values end to end; nothing of another type."""
    import pyarrow as pa

    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        for chunk in column.chunks:
            text = chunk.buffers()[2]
            if text is not None:
                yield text


def _keep(rows: int, bad: set[int], ragged: list[int]) -> "pa.Array":
    """Return for each row whether its record is good."""
    import pyarrow as pa

    bits = bytearray(b"\xff") * ((rows + 7) // 8)
    passed = 0
    for record in sorted(bad):
        while passed < len(ragged) and ragged[passed] < record:
            passed += 1
        byte, bit = divmod(record - passed, 8)
        bits[byte] &= ~(1 << bit)
    return pa.Array.from_buffers(pa.bool_(), rows, [None, pa.py_buffer(bytes(bits))])
