"""Workbooks: types from cells, odd cells, headers, ranges, sheets, and files that are none."""

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import pytest

from summit_studio.core.errors import Cancelled, InvalidParams

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class Fault(str):
    """A cell that holds an error, such as #DIV/0!."""


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Return a workbook; None leaves a cell out."""
    names = list(sheets)
    parts = {
        "[Content_Types].xml": _content_types(len(names)),
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(names),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *((f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml") for i, _ in _each(names)),
                ("rStyles", "styles", "styles.xml"),
            ]
        ),
        "xl/styles.xml": _styles(),
        **{f"xl/worksheets/sheet{i}.xml": _sheet(sheets[name]) for i, name in _each(names)},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, _HEAD + text)
    return file.getvalue()


def _each(names: Sequence[str]) -> list[tuple[int, str]]:
    return list(enumerate(names, start=1))


def _content_types(sheets: int) -> str:
    over = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    over += [(f"/xl/worksheets/sheet{i + 1}.xml", "worksheet") for i in range(sheets)]
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{rels}"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{p}" ContentType="{_TYPES}.{t}+xml"/>' for p, t in over)
        + "</Types>"
    )


def _relations(items: Sequence[tuple[str, str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, kind, target in items
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _workbook(names: Sequence[str]) -> str:
    inside = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"/>' for i, name in _each(names)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{inside}</sheets></workbook>'


def _styles() -> str:
    return (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/>'
        '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
        '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )


def _sheet(rows: Sequence[Sequence[Any]]) -> str:
    lines = "".join(
        f'<row r="{r}">{"".join(_cell(f"{_letter(c)}{r}", v) for c, v in enumerate(row))}</row>'
        for r, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _letter(index: int) -> str:
    return chr(ord("A") + index)


def _cell(place: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Fault):
        return f'<c r="{place}" t="e"><v>{value}</v></c>'
    if isinstance(value, str):
        return (
            f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        )
    if isinstance(value, date):
        days = value - (
            datetime(1899, 12, 30) if isinstance(value, datetime) else date(1899, 12, 30)
        )
        style = 2 if isinstance(value, datetime) else 1
        return f'<c r="{place}" s="{style}"><v>{days.days + days.seconds / 86400}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def put(bench: Any, *rows: Sequence[Any], **sheets: Sequence[Sequence[Any]]) -> None:
    bench.write("t.xlsx", workbook({"Data": rows, **sheets}))


def test_types(bench):
    columns: dict[str, tuple[list[Any], str, list[Any]]] = {
        "yes": ([True, None], "BOOLEAN", [True, None]),
        "whole": ([1, -2.0], "BIGINT", [1, -2]),
        "number": ([1, 0.5], "DOUBLE", [1.0, 0.5]),
        "huge": ([1, 1e20], "DOUBLE", [1.0, 1e20]),
        "text": (["ä & <b>", " x "], "VARCHAR", ["ä & <b>", " x "]),
        "day": ([date(2024, 2, 29), None], "DATE", [date(2024, 2, 29), None]),
        "moment": ([date(2024, 1, 2), datetime(2024, 1, 2, 12)], "TIMESTAMP",
                   [datetime(2024, 1, 2), datetime(2024, 1, 2, 12)]),
        "mixed": (["007", 7], "VARCHAR", ["007", "7"]),
        "mixed dates": (["soon", date(2024, 1, 2)], "VARCHAR", ["soon", "2024-01-02"]),
        "error": ([Fault("#DIV/0!"), 2], "BIGINT", [None, 2]),
        "nothing": ([None, None], "VARCHAR", [None, None]),
    }  # fmt: skip
    put(bench, list(columns), *([v[i] for v, _, _ in columns.values()] for i in (0, 1)))
    found = bench.read("excel_source", path="t.xlsx")
    assert found.types == {name: kind for name, (_, kind, _) in columns.items()}
    assert found.rows == [tuple(v[i] for *_, v in columns.values()) for i in (0, 1)]
    assert found.rejected == []


def test_odd_cells(bench):
    rows: list[list[Any]] = [[i, "x", date(2024, 1, 1)] for i in range(100)]
    rows[7][0] = "n/a"
    rows[8] = []
    rows[60][2] = 12.5
    rows[61][0] = " 61 "
    put(bench, ["id", "name", "day"], *rows)
    found = bench.read("excel_source", path="t.xlsx")
    assert found.types == {"id": "BIGINT", "name": "VARCHAR", "day": "DATE"}
    assert len(found.rows) == 97
    assert (61, "x", date(2024, 1, 1)) in found.rows
    assert found.rejected == [
        ("t.xlsx", 9, "n/a\tx\t2024-01-01", "cast_failed", "id",
         "'n/a' cannot be read as whole number (BIGINT)."),
        ("t.xlsx", 62, "60\tx\t12.5", "cast_failed", "day",
         "'12.5' cannot be read as date (DATE)."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        ("VARCHAR", 12, "12"),
        ("VARCHAR", 1.5, "1.5"),
        ("VARCHAR", True, "true"),
        ("INTEGER", 2**31 - 1, 2**31 - 1),
        ("INTEGER", 2**31, None),
        ("BIGINT", "12", 12),
        ("BIGINT", "1_000", None),
        ("BIGINT", 1.5, None),
        ("BIGINT", True, None),
        ("DOUBLE", "1e3", 1000.0),
        ("DOUBLE", "nan", None),
        ("DOUBLE", "inf", None),
        ("FLOAT", 0.5, 0.5),
        ("DECIMAL(5,2)", 0.1 + 0.2, Decimal("0.30")),
        ("DECIMAL(5,2)", "999.99", Decimal("999.99")),
        ("DECIMAL(5,2)", 1000, None),
        ("DECIMAL(5,2)", 1.005, None),
        ("BOOLEAN", "TRUE", True),
        ("BOOLEAN", 1, None),
        ("DATE", "2024-01-02", date(2024, 1, 2)),
        ("DATE", datetime(2024, 1, 2), date(2024, 1, 2)),
        ("DATE", datetime(2024, 1, 2, 6), None),
        ("DATE", "02.01.2024", None),
        ("TIMESTAMP", date(2024, 1, 2), datetime(2024, 1, 2)),
        ("TIMESTAMP", "2024-01-02T03:04:05Z", None),
        ("TIMESTAMP WITH TIME ZONE", datetime(2024, 1, 2), datetime(2024, 1, 2, tzinfo=dt.UTC)),
        ("TIMESTAMP WITH TIME ZONE", "2024-01-02T02:00:00+02:00",
         datetime(2024, 1, 2, tzinfo=dt.UTC)),
        ("TIME", "12:30", dt.time(12, 30)),
        ("TIME", 7, None),
    ],
)  # fmt: skip
def test_declared_types(bench, kind: str, cell: Any, expected: Any):
    put(bench, ["id", "v"], [1, cell])
    found = bench.read("excel_source", path="t.xlsx", columns=[{"name": "v", "type": kind}])
    assert found.types == {"v": kind}
    assert found.rows == ([] if expected is None else [(expected,)])
    assert [row[1:5:2] for row in found.rejected] == ([(2, "cast_failed")] * (expected is None))


@pytest.mark.parametrize(
    ("params", "names", "rows"),
    [
        ({}, ("Report", "B"), [("id", "name"), ("1", "Ada"), ("2", "Grace")]),
        ({"header_row": 3}, ("id", "name"), [(1, "Ada"), (2, "Grace")]),
        ({"header_row": 0}, ("A", "B"),
         [("Report", None), ("id", "name"), ("1", "Ada"), ("2", "Grace")]),
        ({"cell_range": "A3:B4"}, ("id", "name"), [(1, "Ada")]),
        ({"cell_range": "a3"}, ("id", "name"), [(1, "Ada"), (2, "Grace")]),
        ({"cell_range": "$B$3:$B$5"}, ("name",), [("Ada",), ("Grace",)]),
        ({"cell_range": "B4:B5", "header_row": 0}, ("B",), [("Ada",), ("Grace",)]),
        ({"cell_range": "4:5", "header_row": 0}, ("A", "B"), [(1, "Ada"), (2, "Grace")]),
        ({"cell_range": "A3", "columns": [{"name": "NAME"}]}, ("name",), [("Ada",), ("Grace",)]),
    ],
)  # fmt: skip
def test_headers_and_ranges(
    bench, params: dict[str, Any], names: tuple[str, ...], rows: list[tuple[Any, ...]]
):
    put(bench, ["Report"], [], ["id", "name"], [1, "Ada"], [2, "Grace"])
    found = bench.read("excel_source", path="t.xlsx", **params)
    assert found.schema.names == names
    assert found.rows == rows


def test_names_that_are_missing_or_twice(bench):
    put(bench, ["id", None, "ID", None, " two\n lines "], [1, 2, 3, None, 5, 6])
    found = bench.read("excel_source", path="t.xlsx")
    assert found.schema.names == ("id", "B", "ID_2", "two lines", "F")
    assert found.rows == [(1, 2, 3, 5, 6)]


def test_sheets(bench):
    put(bench, ["a"], [1], Other=[["b"], [2]])
    assert bench.read("excel_source", path="t.xlsx").types == {"a": "BIGINT"}
    assert bench.read("excel_source", path="t.xlsx", sheet="other").types == {"b": "BIGINT"}
    error = bench.error("excel_source", path="t.xlsx", sheet="Othr")
    assert (error.code, error.where.param) == ("sheet_missing", "sheet")
    assert "'Other'" in error.do


def test_several_workbooks(bench):
    bench.write("1.xlsx", workbook({"Data": [["id", "name"], [1, "Ada"]]}))
    bench.write("2.xlsx", workbook({"Data": [["name", "id"], ["Grace", 2], ["Alan", "x"]]}))
    found = bench.read("excel_source", path="*.xlsx")
    assert found.rows == [(1, "Ada"), (2, "Grace")]
    assert [row[:3] for row in found.rejected] == [("2.xlsx", 3, "Alan\tx")]
    bench.write("3.xlsx", workbook({"Data": [["id"], [3]]}))
    error = bench.error("excel_source", path="*.xlsx")
    assert error.code == "column_missing"
    assert error.where.file == str(bench.root / "3.xlsx")


def test_chunks_limit_and_cancel(bench):
    put(bench, ["i"], *([i] for i in range(2500)))
    bench.batch_rows = 1000
    whole = bench.read("excel_source", path="t.xlsx")
    assert whole.chunks == [1000, 1000, 500]
    assert whole.rows == [(i,) for i in range(2500)]
    assert whole.progress == [0.4, 0.8, 1.0]
    bench.row_limit = 1200
    assert bench.read("excel_source", path="t.xlsx").chunks == [1000, 200]
    bench.cancel.cancel()
    with pytest.raises(Cancelled):
        bench.chunks("excel_source", path="t.xlsx")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"id,name\n1,Ada\n",
        b"PK\x03\x04" + b"x" * 100,
        workbook({"Data": [["a"], [1]]})[:700],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"<html><table></table></html>",
    ],
)
def test_files_that_are_no_workbooks(bench, content: bytes):
    for name in ("t.xlsx", "t.xls"):
        bench.write(name, content)
        error = bench.error("excel_source", path=name)
        assert error.code == "file_not_excel"
        assert error.where.file == str(bench.root / name)


@pytest.mark.parametrize(
    ("params", "code", "place"),
    [
        ({"cell_range": "B3-F9"}, "range_invalid", "cell_range"),
        ({"header_row": 2}, "header_missing", "header_row"),
        ({"header_row": 99}, "header_missing", "header_row"),
        ({"cell_range": "X1:Z9"}, "file_empty", "path"),
        ({"columns": [{"name": "nam"}]}, "column_missing", "columns.0.name"),
        ({"columns": [{"name": "id"}, {"name": "ID"}]}, "name_taken", "columns.1.name"),
        ({"columns": [{"name": "id", "type": "BIGINT[]"}]}, "type_unfit", "columns.0.type"),
    ],
)
def test_wrong_params(bench, params: dict[str, Any], code: str, place: str):
    put(bench, ["id", "name"], [], [1, "Ada"])
    error = bench.error("excel_source", path="t.xlsx", **params)
    assert error.code == code
    assert error.where.param == place


def test_a_range_is_checked_before_the_file_is_opened(bench):
    bench.write("t.xlsx", b"no workbook")
    with pytest.raises(InvalidParams):
        bench.infer("excel_source", path="t.xlsx", cell_range="nonsense")


def test_types_are_remembered_until_the_file_changes(bench):
    put(bench, ["id"], [1])
    bench.infer("excel_source", path="t.xlsx")
    bench.infer("excel_source", path="t.xlsx")
    assert len(bench.seen) == 1
    put(bench, ["id", "more"], [1, 2])
    assert bench.infer("excel_source", path="t.xlsx").names == ("id", "more")
