"""Looks at a CSV file: its format, dialect, header, and the types its values have."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from summit_studio.core.schema import (
    BOOLEAN,
    DATE,
    DOUBLE,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
    Schema,
)
from summit_studio.formats.csv.conversion import Reading, convert
from summit_studio.formats.csv.dialect import Dialect, sniff_dialect
from summit_studio.formats.csv.index import records_in
from summit_studio.formats.text.encoding import Format, Sample, detect_format, sample
from summit_studio.stores.faults import failure

if TYPE_CHECKING:
    import pyarrow as pa

_HEADER_ROWS = 60
_ENOUGH = 3
"""Rows that must agree against the header on the number of values."""
_ZONE = r"(Z|[+-]\d{2}(:?\d{2})?)"
_MOMENT = r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_SHAPES: Final = (
    # Codes with leading zeros are no numbers: 00123 would lose them.
    ("BIGINT", r"-?(0|[1-9]\d{0,18})"),
    (DOUBLE, r"-?(0|[1-9]\d*)?\.\d+([eE][-+]?\d+)?|-?(0|[1-9]\d*)(\.|\.?\d*[eE][-+]?\d+)?"),
    (DATE, r"\d{4}-\d{2}-\d{2}"),
    (TIMESTAMP, _MOMENT),
    (TIMESTAMPTZ, _MOMENT + _ZONE),
    ("TIME", r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?"),
)
_TOO_LONG = r"-?\d{19,}"
_TRUTHS: Final = (("true", "false"), ("yes", "no"))
_COMMA_NUMBER = r"^-?\d+,\d+$"
_POINT_NUMBER = r"^-?\d*\.\d+$"


@dataclass(frozen=True, slots=True)
class Request:
    """What a person said about a file; None stands for "find out".

    Args:
        skip_rows: Physical lines before the header or first row.
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
    formats: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written, and what its columns are called.

    Args:
        offset: Where the first row begins in the text, in bytes.
        line: The physical line of the first row, from 1.
    """

    path: Path
    format: Format
    dialect: Dialect
    reading: Reading
    names: tuple[str, ...]
    header: bool
    offset: int
    line: int


def look(path: Path, request: Request) -> tuple[Layout, Schema]:
    """Return the layout of a file and the types of its columns.

    Raises:
        ReadFailed: There is no such file, or it is not text.
    """
    form = detect_format(path, request.compression, request.encoding)
    seen = sample(path, form)
    layout = layout_of(path, request, form, seen)
    if not layout.names:
        return layout, Schema()
    rows = [_whole_lines(seen.head[layout.offset :], layout, first=True)]
    rows += [_whole_lines(part, layout, first=False) for part in seen.parts]
    table = _texts([r for r in rows if r], layout)
    reading = replace(layout.reading, decimal=_decimal(table, layout.dialect, request))
    layout = replace(layout, reading=reading)
    types = [sniff_type(column, reading) for column in table]
    return layout, Schema.of(zip(layout.names, types, strict=True))


def find_layout(path: Path, request: Request) -> Layout:
    """Return the layout of a file, without its types; the same that `look` finds.

    Raises:
        ReadFailed: There is no such file, or it is not text.
    """
    form = detect_format(path, request.compression, request.encoding)
    layout = layout_of(path, request, form, sample(path, form))
    if request.decimal is None and layout.dialect.delimiter != ",":
        return look(path, request)[0]
    return layout


def layout_of(path: Path, request: Request, form: Format, seen: Sample) -> Layout:
    """Return the layout of a file of which `seen` was read."""
    head = seen.head
    skipped = _skip(path, head, request.skip_rows)
    text = head[skipped:]
    dialect = sniff_dialect(
        text,
        delimiter=request.delimiter,
        quote=request.quote,
        escape=request.escape,
        comment=request.comment,
    )
    reading = Reading(
        tuple(dict.fromkeys(("", *request.null_values))), request.decimal or ".", request.formats
    )
    layout = Layout(path, form, dialect, reading, (), header=False, offset=skipped, line=1)
    records = _records(text, dialect)
    if not records:
        return replace(layout, line=_line(head, skipped, dialect))
    rows = [fields(record, dialect) for _, _, record in records]
    width = _width(rows)
    header = _is_header(rows, width, reading, request)
    names = _names(rows[0] if header else [], width)
    offset = skipped + (records[0][1] if header else records[0][0])
    return replace(
        layout, names=names, header=header, offset=offset, line=_line(head, offset, dialect)
    )


def fields(record: bytes, dialect: Dialect) -> list[str]:
    """Return the values of one record as texts."""
    import pyarrow as pa
    from pyarrow import csv

    text = record.replace(b"\0", b"?").decode("utf-8", "replace").encode() + b"\n"
    if text == b"\n":
        return [""]
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


def _width(rows: Sequence[list[str]]) -> int:
    """Return how many values a row has: as many as the first, unless most others have more."""
    first = len(rows[0])
    counts = Counter(map(len, rows[1:]))
    width, times = counts.most_common(1)[0] if counts else (first, 0)
    wider = width > first and times >= _ENOUGH and counts[first] * 2 < times
    return width if wider else first


def _is_header(rows: Sequence[list[str]], width: int, reading: Reading, request: Request) -> bool:
    if request.header is not None:
        return request.header
    first = {name.strip().casefold() for name in rows[0]}
    if request.names and all(name.casefold() in first for name in request.names):
        return True
    return _has_header(rows, width, reading)


def _has_header(rows: Sequence[list[str]], width: int, reading: Reading) -> bool:
    """Return True if the first row names the columns rather than being one of them."""
    import pyarrow as pa

    first, rest = rows[0], [row for row in rows[1:] if len(row) == width]
    if any(not name.strip() for name in first[:width]) and len(first) >= width:
        return False
    shapes = [sniff_type(pa.chunked_array([[name]]), reading) for name in first]
    if not rest:
        return all(shape == VARCHAR for shape in shapes) and len(rows) == 1
    columns = [
        pa.chunked_array([[row[i] or None for row in rest]], pa.string()) for i in range(width)
    ]
    types = [sniff_type(column, reading) for column in columns]
    pairs = list(zip(shapes, types, strict=False))
    if any(shape != VARCHAR and shape == type_name for shape, type_name in pairs):
        return False
    if any(shape == VARCHAR and type_name != VARCHAR for shape, type_name in pairs):
        return True
    # All text: names are distinct, not numbers, and do not occur again below themselves.
    again = any(name in {row[i] for row in rest} for i, name in enumerate(first) if i < width)
    unique = len({name.casefold() for name in first}) == len(first)
    return unique and not again and all(shape == VARCHAR for shape in shapes)


def _names(first: Sequence[str], width: int) -> tuple[str, ...]:
    """Return `width` distinct names; where the header gives none, `column` and its number."""
    names: list[str] = []
    taken: set[str] = set()
    for i in range(width):
        given = first[i].strip() if i < len(first) else ""
        stem = given or f"column{i + 1}"
        name, number = stem, 2
        while name.casefold() in taken:
            name, number = f"{stem}_{number}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def _whole_lines(data: bytes, layout: Layout, *, first: bool) -> bytes:
    """Return what lies between the first and the last line end of a part of a file."""
    newline = layout.dialect.newline.encode()
    start = 0 if first else data.find(newline) + 1
    return data[start : data.rfind(newline) + 1]


def _texts(parts: Sequence[bytes], layout: Layout) -> "pa.Table":
    """Return the sample as texts; rows with another number of values are left out."""
    import pyarrow as pa
    from pyarrow import csv

    numbers = [str(i) for i in range(len(layout.names))]
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


def _decimal(table: "pa.Table", dialect: Dialect, request: Request) -> str:
    """Return the decimal point; a comma only where some column has it and none has a point."""
    import pyarrow.compute as pc

    if request.decimal is not None or dialect.delimiter == ",":
        return request.decimal or "."
    found = set()
    for column in table.columns:
        known = column.drop_null()
        for mark, shape in ((",", _COMMA_NUMBER), (".", _POINT_NUMBER)):
            # Whole numbers may stand among the others.
            mixed = pc.match_substring_regex(known, rf"{shape}|^-?\d+$")
            own = pc.match_substring_regex(known, shape)
            if len(known) and pc.all(mixed).as_py() and pc.any(own).as_py():
                found.add(mark)
    return "," if found == {","} else "."


def sniff_type(column: "pa.ChunkedArray", reading: Reading) -> str:
    """Return the narrowest type that all values of a column of texts have; text if none has.

    What a type would change is text: leading zeros, whole numbers too large, thousands marks.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    nulls = pa.array(reading.null_values, pa.string())
    known = column.filter(pc.invert(pc.is_in(column, value_set=nulls))).drop_null()
    if not len(known):
        return VARCHAR
    formatted = _by_format(known, reading)
    if formatted:
        return formatted
    few = known.unique() if len(known) < _FEW else known.slice(0, _FEW).unique()
    if _truth(known, few):
        return BOOLEAN
    texts = known
    if reading.decimal != "." and not pc.any(pc.match_substring(known, ".")).as_py():
        texts = pc.replace_substring(known, reading.decimal, ".")
    for type_name, shape in _SHAPES:
        anchored = f"^(?:{shape})$"
        # A look at a few first: most shapes fit nothing.
        if not pc.all(pc.match_substring_regex(texts.slice(0, 20), anchored)).as_py():
            continue
        if not pc.all(pc.match_substring_regex(texts, anchored)).as_py():
            continue
        if type_name == DOUBLE and pc.any(pc.match_substring_regex(texts, _TOO_LONG_ONLY)).as_py():
            return VARCHAR
        if not convert(pa.chunked_array([known.combine_chunks()]), type_name, reading).failed:
            return type_name
    return VARCHAR


_FEW = 1000
_TOO_LONG_ONLY = f"^{_TOO_LONG}$"


def _truth(known: "pa.ChunkedArray", few: "pa.Array") -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    words = {str(word).lower() for word in few.to_pylist()[:20]}
    pair = next((p for p in _TRUTHS if words <= set(p)), None)
    if pair is None:
        return False
    lower = pc.utf8_lower(known)
    found = set(pc.unique(lower).to_pylist())
    # A column of nothing but "no" may be Norway's; of "true" nothing else.
    return (
        found <= set(pair)
        and (pair[0] == "true" or found == set(pair))
        and not convert(pa.chunked_array([known.combine_chunks()]), BOOLEAN, Reading()).failed
    )


def _by_format(known: "pa.ChunkedArray", reading: Reading) -> str | None:
    import pyarrow as pa

    texts = pa.chunked_array([known.combine_chunks()])
    for type_name in reading.formats:
        full = {"TIMESTAMP": TIMESTAMP, TIMESTAMPTZ: TIMESTAMPTZ}.get(type_name, type_name)
        if not convert(texts, full, reading).failed:
            return full
    return None
