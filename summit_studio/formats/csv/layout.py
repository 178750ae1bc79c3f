"""Looks at a CSV file: its format, dialect, header, and the types its values have."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.core.schema import Schema
from summit_studio.formats.csv.conversion import Reading
from summit_studio.formats.csv.dialect import Dialect, sniff_dialect
from summit_studio.formats.csv.header import Head, head_of
from summit_studio.formats.csv.index import records_in
from summit_studio.formats.csv.types import dates_in_numbers, sniff
from summit_studio.formats.text.encoding import Format, Sample, detect_format, sample
from summit_studio.stores.faults import failure

if TYPE_CHECKING:
    import pyarrow as pa

_HEADER_ROWS = 60
_COMMA_NUMBER = r"^-?\d+,\d+$"
_POINT_NUMBER = r"^-?\d*\.\d+$"
_TRAILS = "every row looked at ends in a delimiter, and no value stands after it"
_SEP = re.compile(rb'"?sep=(.)"?\r?\n', re.IGNORECASE)
"""How spreadsheets say which delimiter follows."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a person said about a file; None stands for "find out".

    Args:
        skip_rows: Physical lines before the header or first row.
        trims: True if blanks around a value do not keep it from being a number or date.
        strips: True if blanks around texts are left out too.
        pads: True if values that a row lacks at its end are null.
        trails: Whether rows end in a delimiter after which no value stands.
        names: Columns that are expected; a first row that has them all is the header.
    """

    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    comment: str = ""
    header: bool | None = None
    skip_rows: int = 0
    encoding: str = "auto"
    compression: str = "auto"
    null_values: tuple[str, ...] = ("",)
    decimal: str | None = None
    thousands: str = ""
    trims: bool = True
    strips: bool = False
    pads: bool = False
    trails: bool | None = None
    formats: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written, and what its columns are called.

    Args:
        offset: Where the first row begins in the text, in bytes.
        line: The physical line of the first row, from 1.
        notes: What was found out or changed beyond that, as parts of a sentence.
        numbered: True if dates such as 31/12/2026 may be among the first rows.
        begin: Where the table begins in the text, its header included, in bytes.
        whys: What tells each thing that was found out, as part of a sentence, by param.
        type_whys: What tells the type of each column.
        trails: True if rows end in a delimiter after which no value stands.
    """

    path: Path
    format: Format
    dialect: Dialect
    reading: Reading
    names: tuple[str, ...]
    header: bool
    offset: int
    line: int
    notes: tuple[str, ...] = ()
    numbered: bool = False
    begin: int = 0
    whys: Mapping[str, str] = field(default_factory=dict)
    type_whys: tuple[str, ...] = ()
    trails: bool = False

    @property
    def width(self) -> int:
        """How many values a row has, the empty one after a delimiter at its end included."""
        return len(self.names) + self.trails


def look(path: Path, request: Request) -> tuple[Layout, Schema]:
    """Return the layout of a file and the types of its columns.

    Raises:
        ReadFailed: There is no such file, or it is not text.
    """
    form = detect_format(path, request.compression, request.encoding)
    seen = sample(path, form)
    layout = layout_of(path, request, form, seen)
    return _typed(*_settled(layout, request, seen)) if layout.names else (layout, Schema())


def find_layout(path: Path, request: Request) -> Layout:
    """Return the layout of a file, without its types; the same that `look` finds.

    Raises:
        ReadFailed: There is no such file, or it is not text.
    """
    form = detect_format(path, request.compression, request.encoding)
    seen = sample(path, form)
    layout = layout_of(path, request, form, seen)
    commas = request.decimal is None and layout.dialect.delimiter != ","
    if not layout.names or not (layout.numbered or layout.trails or commas):
        return layout
    layout, table = _settled(layout, request, seen)
    return _typed(layout, table)[0] if layout.numbered else layout


def _settled(layout: Layout, request: Request, seen: Sample) -> tuple[Layout, "pa.Table"]:
    """Return a layout with what only the whole sample tells, and the sample as texts."""
    table = _sampled(seen, layout)
    if layout.trails:
        *own, after = table.column_names
        if request.trails is None and table[after].null_count < len(table):
            request = replace(request, trails=False)
            layout = layout_of(layout.path, request, layout.format, seen)
            return _settled(layout, request, seen)
        table = table.select(own)
    decimal, why = _decimal(table, layout.dialect, request)
    reading = replace(layout.reading, decimal=decimal)
    return replace(layout, reading=reading, whys={**layout.whys, "decimal": why}), table


def _typed(layout: Layout, table: "pa.Table") -> tuple[Layout, Schema]:
    """Return a layout with how its columns are written, and their types."""
    found = [sniff(column, layout.reading) for column in table]
    columns = {i: one.form for i, one in enumerate(found) if one.form}
    layout = replace(
        layout,
        reading=replace(layout.reading, columns=columns),
        type_whys=tuple(one.why for one in found),
    )
    return layout, Schema.of(zip(layout.names, (one.type for one in found), strict=True))


def layout_of(path: Path, request: Request, form: Format, seen: Sample) -> Layout:
    """Return the layout of a file of which `seen` was read."""
    head = seen.head
    skipped = _skip(path, head, request.skip_rows)
    told = _SEP.match(head, skipped)
    if told and request.delimiter not in (None, told[1].decode("utf-8", "replace")):
        told = None
    if told:
        skipped = told.end()
    text = head[skipped:]
    dialect, why = sniff_dialect(
        text,
        delimiter=told[1].decode("utf-8", "replace") if told else request.delimiter,
        quote=request.quote,
        escape=request.escape,
        comment=request.comment,
    )
    reading = Reading(
        tuple(dict.fromkeys(("", *request.null_values))),
        request.decimal or ".",
        request.thousands,
        trims=request.trims,
        strips=request.strips,
        pads=request.pads,
        formats=request.formats,
    )
    layout = Layout(path, form, dialect, reading, (), header=False, offset=skipped, line=1)
    records = _records(text, dialect)
    if not records:
        return replace(layout, line=_line(head, skipped, dialect))
    rows = [fields(record, dialect) for _, _, record in records]
    trails = _trail(rows, request) if request.trails is None else request.trails
    if trails:
        rows = [row[:-1] if len(row) > 1 and not row[-1] else row for row in rows]
    found = head_of(
        rows,
        reading,
        told=request.header,
        expected=request.names,
        titles=not request.skip_rows,
    )
    begin, end, _ = records[found.above]
    offset = skipped + (end if found.header else begin)
    return replace(
        layout,
        names=found.names,
        header=found.header,
        offset=offset,
        line=_line(head, offset, dialect),
        notes=(*found.notes, *(["a delimiter at the end of each row left out"] * trails)),
        trails=trails,
        numbered=any(dates_in_numbers(record) for _, _, record in records),
        begin=skipped + begin,
        whys={
            "delimiter": "the line sep= above the table says so" if told else why,
            "header": found.why,
            **_marks_seen(text, dialect),
            **({"trailing_delimiter": _TRAILS} if trails else {}),
            **({} if told or not found.above else {"skip_rows": _why_above(found)}),
        },
    )


def _trail(rows: Sequence[list[str]], request: Request) -> bool:
    """Return True if rows end in a delimiter, and neither a value nor a name stands after it."""
    width = Counter(map(len, rows[1:] or rows)).most_common(1)[0][0]
    # A person who names what stands there takes it for a column.
    named = len(request.names) == width or f"column{width}" in request.names
    return width > 1 and not named and not any(row[-1] for row in rows if len(row) == width)


def _marks_seen(text: bytes, dialect: Dialect) -> dict[str, str]:
    """Return what tells the quote and the escape."""
    quoted = bool(dialect.quote) and dialect.quote.encode() in text
    return {
        "quote": "values stand in it" if quoted else "it is usual, and none is at hand",
        "escape": "it stands before quotes inside of values"
        if dialect.escaping
        else "no backslash stands before a quote",
    }


def _why_above(head: Head) -> str:
    titles = "1 record is" if head.above == 1 else f"{head.above} records are"
    return f"{titles} above the table, with fewer values than it has columns"


def fields(record: bytes, dialect: Dialect) -> list[str]:
    """Return the values of one record as texts."""
    import pyarrow as pa
    from pyarrow import csv

    text = record.replace(b"\0", b"?").decode("utf-8", "replace").encode() + b"\n"
    if text == b"\n":
        return [""]
    marks = (dialect.quote, dialect.escaping)
    if not any(mark and mark.encode() in text for mark in marks):
        return text[:-1].decode().split(dialect.delimiter)
    try:
        table = csv.read_csv(
            pa.BufferReader(text),
            csv.ReadOptions(
                use_threads=False, autogenerate_column_names=True, block_size=len(text) + 1
            ),
            _parse_options(dialect),
            csv.ConvertOptions(default_column_type=pa.string(), strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, TypeError):
        return [text.decode().rstrip("\n")]
    return [column[0].as_py() for column in table.columns] if table.num_rows else [""]


def _parse_options(dialect: Dialect, handler: object = None) -> "pa.csv.ParseOptions":
    from pyarrow import csv

    return csv.ParseOptions(
        delimiter=dialect.delimiter,
        quote_char=dialect.quote or False,
        escape_char=dialect.escape if dialect.escape not in ("", dialect.quote) else False,
        newlines_in_values=True,
        invalid_row_handler=handler,
    )


def _skip(path: Path, head: bytes, lines: int) -> int:
    at = 0
    for _ in range(lines):
        found = head.find(b"\n", at) + 1
        if not found:
            raise failure(
                path,
                f"Cannot skip {lines:,} lines of '{path.name}'",
                why="its first megabyte has fewer lines than that",
                do="skip fewer",
                code="skip_too_far",
            )
        at = found
    return at


def _line(head: bytes, offset: int, dialect: Dialect) -> int:
    return 1 + head.count(dialect.newline.encode(), 0, offset)


def _records(text: bytes, dialect: Dialect) -> list[tuple[int, int, bytes]]:
    """Return the first records that are not empty: begin, end with its line end, and bytes."""
    found = []
    comment = dialect.comment.encode()
    for match in records_in(text, dialect):
        empty = match.end(1) == match.start()
        if empty or (comment and text.startswith(comment, match.start())):
            continue
        found.append((match.start(), match.end(), match[1]))
        if len(found) > _HEADER_ROWS:
            break
    return found


def _sampled(seen: Sample, layout: Layout) -> "pa.Table":
    """Return the rows of the sample as texts."""
    rows = [_whole_lines(seen.head[layout.offset :], layout, first=True)]
    rows += [_whole_lines(part, layout, first=False) for part in seen.parts]
    return _texts([row for row in rows if row], layout)


def _whole_lines(data: bytes, layout: Layout, *, first: bool) -> bytes:
    """Return what lies between the first and the last line end of a part of a file."""
    newline = layout.dialect.newline.encode()
    start = 0 if first else data.find(newline) + 1
    return data[start : data.rfind(newline) + 1]


def _texts(parts: Sequence[bytes], layout: Layout) -> "pa.Table":
    """Return the sample as texts; rows with another number of values are left out."""
    import pyarrow as pa
    from pyarrow import csv

    numbers = [str(i) for i in range(layout.width)]
    kinds = dict.fromkeys(numbers, pa.string())
    tables = [pa.table({n: pa.array([], pa.string()) for n in numbers})]
    for part in parts:
        text = part.replace(b"\0", b"?").decode("utf-8", "replace").encode()
        if layout.dialect.comment:
            text = _without_comments(text, layout.dialect)
        # A part that begins inside of quotes makes no sense up to their end; an odd row is no harm.
        try:
            tables.append(
                csv.read_csv(
                    pa.BufferReader(text),
                    csv.ReadOptions(
                        use_threads=False, column_names=numbers, block_size=len(text) + 1
                    ),
                    _parse_options(layout.dialect, lambda _row: "skip"),
                    csv.ConvertOptions(
                        column_types=kinds,
                        strings_can_be_null=True,
                        quoted_strings_can_be_null=False,
                        null_values=list(layout.reading.null_values),
                    ),
                )
            )
        except pa.ArrowInvalid:
            continue
    return pa.concat_tables(tables)


def _without_comments(text: bytes, dialect: Dialect) -> bytes:
    mark, newline = dialect.comment.encode(), dialect.newline.encode()
    return newline.join(line for line in text.split(newline) if not line.startswith(mark))


_MOSTLY = 0.9
"""The share of a column's values that are numbers, from which on it tells of the decimal point."""


def _decimal(table: "pa.Table", dialect: Dialect, request: Request) -> tuple[str, str]:
    """Return the decimal point, and what tells it.

    It is a comma only where some column has it and none has a point. A few values that are no
    numbers leave no doubt about the others.
    """
    import pyarrow.compute as pc

    if request.decimal is not None or dialect.delimiter == ",":
        return request.decimal or ".", "commas stand between values"
    found = set()
    for column in table.columns:
        known = column.drop_null()
        for mark, shape in ((",", _COMMA_NUMBER), (".", _POINT_NUMBER)):
            # Whole numbers may stand among the others.
            mixed = pc.match_substring_regex(known, rf"{shape}|^-?\d+$")
            own = pc.match_substring_regex(known, shape)
            numbers = pc.sum(mixed, min_count=0).as_py()
            if len(known) and numbers >= _MOSTLY * len(known) and pc.any(own).as_py():
                found.add(mark)
    if found == {","}:
        return ",", "numbers are written so, and none has a point"
    return ".", "numbers are written so" if "." in found else "no number has a decimal comma"
