"""Cells as they stand in the file: kinds, texts, dates, errors, and what calamine says of them."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from summit_studio.formats.excel.cells import Odd
from summit_studio.formats.excel.grid import LAST_COLUMN, LAST_ROW, Box, Grid, column_letters
from summit_studio.formats.excel.ooxml import OoxmlBook
from summit_studio.formats.excel.serial import Kind, kind_of_format
from tests.unit.formats.excel.books import (
    CLOCK,
    DAY,
    SPAN,
    Fault,
    Formula,
    Raw,
    Styled,
    packed,
    workbook,
)


def grid(path: Path, content: bytes, box: Box | None = None, error_cells: str = "reject") -> Grid:
    path.write_bytes(content)
    book = OoxmlBook(path)
    try:
        return book.grid(book.entries[0], box or Box(), error_cells)
    finally:
        book.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.xlsx"


def test_cells_are_what_calamine_says(path):
    values = [
        "ä & <b>", " x ", 1, -2.5, 1e20, True, False, date(2024, 2, 29), date(1999, 12, 31),
        datetime(2026, 11, 26, 8, 30), datetime(2026, 11, 26, 23, 59, 59), time(8, 30),
        timedelta(hours=30), 0.1 + 0.2, 2**53 - 1, Raw('t="str"><f>A1</f><v>text</v>'),
        Raw('t="s"><v>1</v>'), Raw('t="s"><v>0</v>'), Raw('t="d"><v>2024-01-02</v>'),
    ]  # fmt: skip
    shared = ("<t>one</t>", "<r><t>tw</t></r><r><t xml:space='preserve'>o </t></r>")
    found = grid(path, workbook({"S": [values, [], [None, "below"]]}, shared=shared))
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    told = {
        number: {at: cell for at, cell in enumerate(row) if cell != ""}
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), start=1)
    }
    # Calamine leaves a date that stands as text (ISO 8601) a text.
    told[1][len(values) - 1] = date(2024, 1, 2)
    assert found.rows == {number: row for number, row in told.items() if row}
    assert found.filled == [1, 3]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Raw('t="s"><v>0</v>'), "東京"),
        (Raw('t="s"><v>1</v>'), "a\rb"),
        (Raw('t="inlineStr"><is><t>a_x000D_b</t><rPh sb="0" eb="1"><t>spoken</t></rPh></is>'),
         "a\rb"),
        (Raw("><v>12345678901234567890</v>"), 12345678901234567890),
        (Raw("><v>9007199254740993</v>"), 9007199254740993),
        (Raw("><v>NaN</v>"), "NaN"),
        (Raw("><v>n/a</v>"), "n/a"),
        (Raw('t="d"><v>2024-01-02T03:04:05Z</v>'), "2024-01-02T03:04:05Z"),
        (Raw('t="inlineStr"><is><t>_xD83D__xDE00_</t></is>'), "😀"),
        (Raw('t="inlineStr"><is><t>_xD83D_</t></is>'), "_xD83D_"),
        (Raw(">\n <v>5</v>\n"), 5.0),
        (Raw("><v>1.5E-3</v>"), 0.0015),
        (Raw('t="b"><v>1</v>'), True),
        (Raw('t="str"><f>""</f><v></v>'), None),
        (Raw(' s="1"><v></v>'), None),
    ],
)  # fmt: skip
def test_one_cell(path, cell: Any, expected: Any):
    shared = (
        "<t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh>", "<t>a_x000D_b</t>",
    )  # fmt: skip
    found = grid(path, workbook({"S": [["head"], [cell]]}, shared=shared))
    assert found.rows.get(2) == (None if expected is None else {0: expected})


@pytest.mark.parametrize(
    ("number", "style", "expected"),
    [
        (1, DAY, date(1900, 1, 1)),
        (59, DAY, date(1900, 2, 28)),
        (61, DAY, date(1900, 3, 1)),
        (2958465, DAY, date(9999, 12, 31)),
        (46023.354166666664, DAY, datetime(2026, 1, 1, 8, 30)),
        (46023 + 1 / 3 + 1 / 3 + 1 / 3, DAY, date(2026, 1, 2)),
        (0.9999999999999, CLOCK, datetime(1900, 1, 1)),
        (0, CLOCK, time(0)),
        (1.25, CLOCK, datetime(1900, 1, 1, 6)),
        (1.25, SPAN, timedelta(hours=30)),
        (-0.5, SPAN, timedelta(hours=-12)),
        (60, DAY, "1900-02-29"),
        (60.5, DAY, "1900-02-29"),
        (0, DAY, "0"),
        (-1, DAY, "-1"),
        (2958466, DAY, "2958466"),
        (1e300, DAY, str(int(1e300))),
    ],
)
def test_days(path, number: float, style: int, expected: Any):
    found = grid(path, workbook({"S": [[Styled(number, style)]]})).rows[1][0]
    if isinstance(expected, str):
        assert isinstance(found, Odd)
        assert (found.text, found.code) == (expected, "no_such_day")
    elif expected == datetime(1900, 1, 1):
        assert found == date(1900, 1, 1)
    else:
        assert (found, type(found)) == (expected, type(expected))


def test_days_since_1904(path):
    content = workbook(
        {"S": [[Styled(0, DAY), Styled(60, DAY), Styled(-1, DAY)]]},
        properties='<workbookPr date1904="1"/>',
    )
    first, second, third = grid(path, content).rows[1].values()
    assert (first, second) == (date(1904, 1, 1), date(1904, 3, 1))
    assert isinstance(third, Odd)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", Kind.NUMBER),
        ("0.00E+00", Kind.NUMBER),
        ('#,##0.00 "days"', Kind.NUMBER),
        (r"0\d", Kind.NUMBER),
        ("[Red]0;[Blue]-0", Kind.NUMBER),
        ("[$-409]d/m/yy;@", Kind.DATE),
        ("mmm", Kind.DATE),
        ("dd.mm.yyyy hh:mm", Kind.DATE),
        ("h:mm AM/PM", Kind.CLOCK),
        ("mm:ss.0", Kind.CLOCK),
        ("[hh]:mm", Kind.ELAPSED),
        ("[mm]:ss", Kind.ELAPSED),
    ],
)
def test_formats(code: str, kind: Kind):
    assert kind_of_format(code) is kind


def test_errors(path):
    content = workbook({"S": [[Fault("#N/A"), 1], [Fault("#DIV/0!")]]})
    rows = grid(path, content).rows
    assert rows == {
        1: {0: Odd("#N/A", "error_cell", "The cell holds the error #N/A"), 1: 1.0},
        2: {0: Odd("#DIV/0!", "error_cell", "The cell holds the error #DIV/0!")},
    }
    assert grid(path, content, error_cells="null").rows == {1: {0: None, 1: 1.0}, 2: {0: None}}
    texts = grid(path, content, error_cells="text").rows
    assert texts == {1: {0: "#N/A", 1: 1.0}, 2: {0: "#DIV/0!"}}


def test_formulas_without_a_value_are_counted(path):
    cells = [[Formula("A1*2"), Raw("><f>A2</f>"), Raw('t="str"><f>""</f><v></v>')],
             [Raw("><f>A1</f><v>0</v>"), Raw("><f>A1</f><v>7</v>"), 0]]  # fmt: skip
    found = grid(path, workbook({"S": cells}))
    assert (found.unsaved, found.stale) == (2, 0)
    found = grid(path, workbook({"S": cells}, properties='|<calcPr fullCalcOnLoad="1"/>'))
    assert (found.unsaved, found.stale) == (2, 1)
    assert grid(path, workbook({"S": cells}), Box(2, 1, 2, 9)).unsaved == 0


def test_rows_in_any_order_in_pieces_and_without_numbers(path):
    def with_rows(rows: str, prefix: str = "") -> bytes:
        inside = f"<{prefix}sheetData>{rows}</{prefix}sheetData>"
        book = workbook({"S": []})
        path.write_bytes(book)
        import zipfile

        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        mark = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
        sheet = f'<{prefix}worksheet {mark}="{space}">{inside}</{prefix}worksheet>'
        return packed(parts | {"xl/worksheets/sheet1.xml": sheet})

    rows = '<row r="5"><c r="B5"><v>5</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    rows += '<row r="5"><c r="A5"><v>4</v></c></row>'
    found = grid(path, with_rows(rows))
    assert list(found.rows.items()) == [(2, {0: 2.0}), (5, {1: 5.0, 0: 4.0})]
    assert found.filled == [2, 5]
    rows = "<x:row><x:c><x:v>1</x:v></x:c><x:c/><x:c><x:v>3</x:v></x:c></x:row><x:row/>"
    rows += "<x:row><x:c><x:v>9</x:v></x:c></x:row>"
    assert grid(path, with_rows(rows, "x:")).rows == {1: {0: 1.0, 2: 3.0}, 3: {0: 9.0}}


def test_a_box(path):
    content = workbook({"S": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]})
    found = grid(path, content, Box(1, 2, 2, 2))
    assert found.rows == {2: {1: 5.0, 2: 6.0}}
    assert found.filled == [2]


def test_the_last_cell_of_a_sheet_costs_nothing(path):
    found = grid(path, workbook({"S": {"A1": "id", "XFD1048576": 7}}))
    assert found.rows == {1: {0: "id"}, 1_048_576: {16_383: 7.0}}


_VALUES = st.one_of(
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: abs(number) < 2**53),
    st.integers(2**53, 2**80),
    st.dates(date(1900, 3, 1)),
    st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cn"]), min_size=1),
)
_PLACES = st.tuples(st.integers(1, LAST_ROW), st.integers(0, LAST_COLUMN))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=st.dictionaries(_PLACES, _VALUES, max_size=8))
def test_any_cells_anywhere(path, cells: dict[tuple[int, int], Any]):
    given_cells = {f"{column_letters(at + 1)}{row}": v for (row, at), v in cells.items()}
    found = grid(path, workbook({"S": given_cells}))
    assert {(row, at): v for row, line in found.rows.items() for at, v in line.items()} == {
        place: cell_text_of(value) for place, value in cells.items()
    }
    assert found.filled == sorted({row for row, _ in cells})


def cell_text_of(value: Any) -> Any:
    """Return a value as the file says it: `_x0041_` in a text stands for A."""
    if not isinstance(value, str):
        return value
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), value)
