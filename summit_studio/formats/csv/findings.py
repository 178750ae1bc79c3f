"""Tells a person how a CSV file is written and why, and shows its lines as they stand there."""

from collections.abc import Iterator

from summit_studio.formats.contract import Finding, Raw, RawLine
from summit_studio.formats.csv.dialect import Dialect, spoken, written
from summit_studio.formats.csv.index import records_in
from summit_studio.formats.csv.layout import Layout
from summit_studio.formats.text.encoding import TextStream

_RAW_BYTES = 1 << 18
"""How much of a file is read for its first lines."""


def found_in(layout: Layout) -> Iterator[Finding]:
    """Yield what was found out of a file but the types of its columns."""
    form, dialect = layout.format, layout.dialect
    if form.why:
        yield Finding("encoding", form.encoding, form.why)
    yield Finding("compression", form.compression, form.why_compression)
    values = {
        "delimiter": (written(dialect.delimiter), spoken(dialect.delimiter)),
        "header": ("yes" if layout.header else "no", ""),
        "quote": (written(dialect.quote), ""),
        "escape": (written(dialect.escaping), ""),
        "decimal": (layout.reading.decimal, ""),
        "trailing_delimiter": ("yes", ""),
        "skip_rows": (_lines_above(layout), ""),
    }
    for param, why in layout.whys.items():
        if why:
            value, shown = values[param]
            # A header that is told stands in the first row: titles above it must be told too.
            titled = param == "header" and "skip_rows" in layout.whys
            along = {"skip_rows": values["skip_rows"][0]} if titled else {}
            yield Finding(param, value, why, shown=shown, along=along)


def _lines_above(layout: Layout) -> int:
    """Return how many physical lines stand above the table."""
    if not layout.begin:
        return 0
    with TextStream(layout.path, layout.format) as stream:
        return stream.read(layout.begin).count(layout.dialect.newline.encode())


def raw_lines(layout: Layout, lines: int) -> Raw:
    """Return the first lines of a file.

    Args:
        layout: How it is written.
        lines: How many; fewer where they are so long that a quarter of a megabyte has no more.

    Raises:
        ReadFailed: The file is gone or damaged.
    """
    with TextStream(layout.path, layout.format) as stream:
        head = stream.read(_RAW_BYTES)
        whole = not stream.read(1)
    found: list[RawLine] = []
    for line in _lines(head, layout):
        if len(found) >= lines:
            return Raw(layout.path.name, tuple(found))
        found.append(line)
    return Raw(layout.path.name, tuple(found), whole=whole)


def _lines(head: bytes, layout: Layout) -> Iterator[RawLine]:
    number = 1
    for line in _cut(head[: layout.begin], layout.dialect):
        yield RawLine.of(number, _text(line), part="above")
        number += 1
    table, at = head[layout.begin :], 0
    for match in records_in(table, layout.dialect):
        header = layout.begin + match.start() < layout.offset
        for raw in _record(match[0], number, layout.dialect, header=header):
            yield raw
            number += 1
        at = match.end()
    # What is left is a record whose end was not read, or that has none.
    for line in _cut(table[at:], layout.dialect):
        yield RawLine.of(number, _text(line))
        number += 1


def _record(data: bytes, number: int, dialect: Dialect, *, header: bool) -> Iterator[RawLine]:
    places = [match.start(1) for match in dialect.patterns.values.finditer(data) if match[1]]
    start = 0
    for i, line in enumerate(_cut(data, dialect)):
        end = start + len(line)
        # Places are in bytes, and marks in characters.
        marks = tuple(len(_text(data[start:at])) for at in places if start <= at < end)
        part = "on" if i else "header" if header else "row"
        yield RawLine.of(number + i, _text(line.rstrip(b"\r\n")), part=part, marks=marks)
        start = end


def _cut(data: bytes, dialect: Dialect) -> list[bytes]:
    """Return the physical lines of data, line ends included."""
    newline = dialect.newline.encode()
    lines = [line + newline for line in data.split(newline)]
    lines[-1] = lines[-1][: -len(newline)]
    return lines if lines[-1] else lines[:-1]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").rstrip("\r\n")
