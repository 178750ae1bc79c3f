"""Cells with errors in workbooks that are not Office Open XML; calamine gives them as empty ones.

Source: [MS-XLSB] 2.1.4 (records), 2.4 (workbook and cells), 2.5.97.2 (errors); [MS-XLS] 2.4.28
(BoundSheet8), 2.4.127 (Formula), 2.4.24 (BoolErr); [MS-CFB] 2 (compound files).
"""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Final

Faults = Mapping[tuple[int, int], str]
"""What cells with an error show, by row from 1 and column from 0."""

ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOF, _EOF, _SHEET, _FORMULA, _BOOL_OR_ERROR = 0x0809, 0x0A, 0x85, 0x06, 0x0205
_LOCKED = 0x2F
_END_OF_CHAIN = 0xFFFFFFFA
_STREAM, _ROOT = 2, 5
_ERROR_RESULT = 2
_STREAMS = ("workbook", "book")


def error_text(code: int) -> str:
    """Return what a cell with an error shows."""
    return ERRORS.get(code, f"#ERROR {code}")


def faults_of_xls(path: Path) -> "list[Faults] | None":
    """Return the cells with errors of each sheet of an .xls file, in the order of its sheets.

    None where they cannot be told: the file is older than Excel 5, encrypted or damaged.
    """
    data = path.read_bytes()
    try:
        stream = _book_stream(data)
        return None if stream is None else list(_sheets(stream))
    except (struct.error, IndexError, ValueError):
        return None


def _sheets(stream: bytes) -> Iterator[Faults]:
    starts = []
    for kind, body in _records(stream, 0):
        if kind == _LOCKED:
            raise ValueError
        if kind == _SHEET:
            starts.append(struct.unpack_from("<I", body)[0])
    for start in starts:
        yield dict(_cells(stream, start))


def _cells(stream: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    for kind, body in _records(stream, start):
        if kind not in {_FORMULA, _BOOL_OR_ERROR}:
            continue
        row, column = struct.unpack_from("<HH", body)
        if kind == _BOOL_OR_ERROR and body[7]:
            yield (row + 1, column), error_text(body[6])
        elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == _ERROR_RESULT:
            yield (row + 1, column), error_text(body[8])


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of a stream; the parts of a chart within are passed over."""
    depth = 0
    while at < len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _book_stream(data: bytes) -> bytes | None:
    """Return the stream of a compound file that holds the workbook."""
    if not data.startswith(_COMPOUND):
        return None
    size, small = (1 << power for power in struct.unpack_from("<HH", data, 30))
    table_sectors, first_folder = struct.unpack_from("<II", data, 44)
    least, first_small, _, first_more, _ = struct.unpack_from("<5I", data, 56)

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    tables = list(struct.unpack_from("<109I", data, 76))
    while first_more < _END_OF_CHAIN:
        numbers = struct.unpack(f"<{size // 4}I", sector(first_more))
        tables += numbers[:-1]
        first_more = numbers[-1]
    following: list[int] = []
    for number in tables[:table_sectors]:
        following += struct.unpack(f"<{size // 4}I", sector(number))
    folder = b"".join(map(sector, _chain(first_folder, following)))
    entries = [folder[at : at + 128] for at in range(0, len(folder), 128)]
    found = {_name(entry): entry for entry in entries if entry[66] in {_STREAM, _ROOT}}
    book = next((found[name] for name in _STREAMS if name in found), None)
    if book is None:
        return None
    start, length = struct.unpack_from("<II", book, 116)
    if length >= least:
        return b"".join(map(sector, _chain(start, following)))[:length]
    (root,) = struct.unpack_from("<I", entries[0], 116)
    held = b"".join(map(sector, _chain(root, following)))
    packed = b"".join(map(sector, _chain(first_small, following)))
    shorts = struct.unpack(f"<{len(packed) // 4}I", packed)
    pieces = (held[n * small : (n + 1) * small] for n in _chain(start, list(shorts)))
    return b"".join(pieces)[:length]


def _name(entry: bytes) -> str:
    (length,) = struct.unpack_from("<H", entry, 64)
    return entry[: max(length - 2, 0)].decode("utf-16-le", "replace").casefold()


def _chain(start: int, following: list[int]) -> Iterator[int]:
    seen = 0
    while start < _END_OF_CHAIN:
        yield start
        start = following[start]
        seen += 1
        if seen > len(following):
            raise ValueError


_BUNDLE_SHEET = 156
_NO_TEXT = 0xFFFFFFFF
_CELL_ERROR, _FORMULA_ERROR = 3, 11
XLSB_ERRORS: Final = frozenset({_CELL_ERROR, _FORMULA_ERROR})
"""The kinds of records of cells with an error; the error's byte stands behind the cell's eight."""


def xlsb_records(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of an .xlsb file, with their kind."""
    while head := file.read(1):
        kind = head[0]
        if kind & 0x80:
            kind = (kind & 0x7F) | (file.read(1)[0] & 0x7F) << 7
        size = shift = 0
        while True:
            byte = file.read(1)[0]
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, file.read(size)


def xlsb_sheets(file: IO[bytes]) -> list[tuple[str, str]]:
    """Return name and relation of each sheet, from the workbook's part."""
    found = []
    for kind, body in xlsb_records(file):
        if kind == _BUNDLE_SHEET:
            relation, at = _wide_text(body, 8)
            found.append((_wide_text(body, at)[0], relation))
    return found


def _wide_text(body: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", body, at)
    end = at + 4 + 2 * (length % _NO_TEXT)
    return body[at + 4 : end].decode("utf-16-le"), end
