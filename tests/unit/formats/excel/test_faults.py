"""Cells with errors, in the formats in which calamine takes them for blank."""

from pathlib import Path

import pytest

from summit_studio.formats.excel.cells import Odd
from summit_studio.formats.excel.faults import faults_of_xls
from summit_studio.formats.excel.sheet import Request, sheets
from tests.unit.formats.excel.books import Fault, binary_workbook, old_workbook, open_document

NA, DIV, REF = Fault("#N/A"), Fault("#DIV/0!"), Fault("#REF!")


def ods_cell(value: object) -> str:
    if isinstance(value, Fault):
        kinds = {
            NA: 'office:value-type="string" office:string-value="" calcext:value-type="error"',
            DIV: 'table:formula="of:=1/0" office:value-type="float" office:value="0" '
            'calcext:value-type="error"',
            REF: 'table:formula="of:=[.#REF!]" office:value-type="float" office:value="0"',
        }
        return f"<table:table-cell {kinds[value]}><text:p>{value}</text:p></table:table-cell>"
    kind = "string" if isinstance(value, str) else f'float" office:value="{value}'
    return (
        f'<table:table-cell office:value-type="{kind}"><text:p>{value}</text:p></table:table-cell>'
    )


def ods(rows: list[list[object]]) -> str:
    return "".join(
        f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows
    )


FIRST = [["id", "v"], [1, NA], [2, 5], [3, DIV], [4]]
SECOND = [["x"], [DIV], [REF], [7]]
BOOKS = {
    "t.xls": old_workbook(),
    "t.xlsb": binary_workbook({"One": FIRST, "Two": SECOND}),
    "t.ods": open_document(ods(FIRST), ods(SECOND)),
}


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("error_cells", ["reject", "null", "text"])
def test_errors_are_told_in_every_format(tmp_path: Path, name: str, error_cells: str):
    path = tmp_path / name
    path.write_bytes(BOOKS[name])
    first, second = sheets(path, Request(sheet="*", error_cells=error_cells))
    shown = {
        "reject": lambda cell: cell.text if isinstance(cell, Odd) else None,
        "null": lambda cell: cell,
        "text": str,
    }[error_cells]
    assert first.errors_told
    assert [(n, row.get(0)) for n, row in first.rows] == [(2, 1), (3, 2), (4, 3), (5, 4)]
    found = [shown(row[1]) for n, row in first.rows if n in {2, 4}]
    assert found == ([None, None] if error_cells == "null" else ["#N/A", "#DIV/0!"])
    assert first.rows[1][1][1] == 5
    # A row that holds nothing but an error is a row.
    assert [n for n, _ in second.rows] == list(second.filled) == [2, 3, 4]
    found = [shown(row[0]) for _, row in second.rows[:2]]
    assert found == ([None, None] if error_cells == "null" else ["#DIV/0!", "#REF!"])


def test_errors_that_cannot_be_told(tmp_path: Path):
    path = tmp_path / "t.xls"
    book = old_workbook()
    path.write_bytes(book)
    assert faults_of_xls(path) == [
        {(2, 1): "#N/A", (4, 1): "#DIV/0!"},
        {(2, 0): "#DIV/0!", (3, 0): "#REF!"},
    ]
    locked = book.replace(b"\x42\x00\x02\x00", b"\x2f\x00\x02\x00", 1)
    assert locked != book
    for content in (locked, book[:1_000], b"\x09\x00\x04\x00\x02\x00\x10\x00"):
        path.write_bytes(content)
        assert faults_of_xls(path) is None
