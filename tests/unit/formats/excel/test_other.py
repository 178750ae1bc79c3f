"""Workbooks that calamine reads: what it would lay out too wide is refused before it tries."""

import struct
from pathlib import Path

import pytest

from summit_studio.core.errors import ReadFailed
from summit_studio.formats.excel.sheet import Request, sheets
from tests.unit.formats.excel.books import open_document, packed


def cell(text: str, times: int = 1) -> str:
    return (
        f'<table:table-cell table:number-columns-repeated="{times}" office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def row(inside: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{inside}</table:table-row>'


def blanks(times: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{times}"/>'


def test_open_document(tmp_path: Path):
    path = tmp_path / "t.ods"
    table = row(cell("id") + cell("name")) + row(cell("1") + cell("Ada"), 2)
    path.write_bytes(open_document(table + row(blanks(1024), 1_048_573)))
    (found,) = sheets(path, Request())
    assert found.names == {0: "id", 1: "name"}
    assert list(found.rows) == [(2, {0: "1", 1: "Ada"}), (3, {0: "1", 1: "Ada"})]
    assert list(found.filled) == [2, 3]
    assert found.errors_told


@pytest.mark.parametrize(
    "rows",
    [
        row(cell("id")) + row(blanks(1), 1_048_574) + row(blanks(16_383) + cell("far")),
        row(cell("id") + blanks(16_382) + cell("far")) + row(blanks(1), 99_999) + row(cell("x")),
    ],
)
def test_open_document_spread_wide(tmp_path: Path, rows: str):
    path = tmp_path / "t.ods"
    path.write_bytes(open_document(rows))
    with pytest.raises(ReadFailed) as caught:
        list(sheets(path, Request()))
    assert caught.value.code == "sheet_too_large"
    assert caught.value.where.file == str(path)


def test_binary_workbook_spread_wide(tmp_path: Path):
    def record(kind: int, body: bytes) -> bytes:
        head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return head + bytes([len(body)]) + body

    def sheet(*cells: tuple[int, int]) -> bytes:
        pieces = [record(129, b""), record(145, b"")]
        for number, column in cells:
            pieces.append(record(0, struct.pack("<I", number) + b"\0" * 13))
            pieces.append(record(5, struct.pack("<IId", column, 0, 1.5)))
        return b"".join(pieces) + record(146, b"") + record(130, b"")

    from summit_studio.formats.excel.other import _measures, _require_room

    path = tmp_path / "t.xlsb"
    path.write_bytes(packed({"xl/worksheets/sheet1.bin": sheet((0, 0), (1, 7), (99, 3))}))
    _require_room(path, list(_measures(path)))
    path.write_bytes(packed({"xl/worksheets/sheet1.bin": sheet((0, 0), (1_048_575, 16_383))}))
    with pytest.raises(ReadFailed, match="17,179,869,184"):
        _require_room(path, list(_measures(path)))
