"""Workbooks: types from cells, odd cells, headers, ranges, sheets, and files that are none."""

import datetime as dt
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from summit_studio.core.errors import Cancelled, InvalidParams, SummitError
from summit_studio.formats.excel.grid import column_letters
from tests.unit.formats.excel.books import DAY, Fault, Formula, Raw, Styled, workbook


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
         "'n/a' cannot be read as whole number (BIGINT).", "t.xlsx, sheet Data, row 9"),
        ("t.xlsx", 62, "60\tx\t12.5", "cast_failed", "day",
         "'12.5' cannot be read as date (DATE).", "t.xlsx, sheet Data, row 62"),
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
        ({}, ("id", "name"), [(1, "Ada"), (2, "Grace")]),
        ({"header_row": 1}, ("Report", "B"), [("id", "name"), ("1", "Ada"), ("2", "Grace")]),
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


def test_a_far_cell_is_read_as_any_other(bench):
    bench.write("t.xlsx", workbook({"S": {"A1": "id", "A2": 1, "XFD1048576": 7}}))
    found = bench.read("excel_source", path="t.xlsx")
    assert found.types == {"id": "BIGINT", "XFD": "BIGINT"}
    assert found.rows == [(1, None), (None, 7)]
    assert bench.read("excel_source", path="t.xlsx", cell_range="A:C").rows == [(1,)]


def test_cells_that_make_too_large_a_table_are_refused(bench):
    diagonal = {f"{column_letters(i)}{i}": i for i in range(1, 9_000)}
    bench.write("t.xlsx", workbook({"S": diagonal}))
    error = bench.error("excel_source", path="t.xlsx")
    assert (error.code, error.where.param) == ("sheet_too_large", "cell_range")


def test_the_first_sheet_is_the_first_one_sees_that_has_cells(bench):
    sheets: dict[str, Any] = {"lists": [["x"], [9]], "blank": [], "Data": [["id"], [1]],
                              "More": [["id"], [2]]}  # fmt: skip
    bench.write("t.xlsx", workbook(sheets, hidden=["lists"]))
    assert bench.read("excel_source", path="t.xlsx").rows == [(1,)]
    assert bench.read("excel_source", path="t.xlsx", sheet="lists").rows == [(9,)]
    bench.write("t.xlsx", workbook({"lists": [["x"], [9]]}, hidden=["lists"]))
    assert bench.read("excel_source", path="t.xlsx").rows == [(9,)]


def test_all_sheets(bench):
    sheets: dict[str, Any] = {"May": [["id", "n"], [1, 2]], "blank": [], "lists": [["x"], [9]],
                              "June": [["Report"], ["N", "id", "new"], [3, 4, "a"], ["?", 5, "b"],
                                       *([i, i, "c"] for i in range(20))]}  # fmt: skip
    bench.write("t.xlsx", workbook(sheets, hidden=["lists"]))
    found = bench.read("excel_source", path="t.xlsx", sheet="*", sheet_column="month")
    assert found.types == {
        "id": "BIGINT", "n": "BIGINT", "new": "VARCHAR", "month": "VARCHAR",
    }  # fmt: skip
    assert found.rows[:3] == [(1, 2, None, "May"), (4, 3, "a", "June"), (0, 0, "c", "June")]
    assert len(found.rows) == 22
    assert [row[:4] for row in found.rejected] == [("t.xlsx!June", 4, "?\t5\tb", "cast_failed")]
    error = bench.error("excel_source", path="t.xlsx", sheet_column="ID")
    assert (error.code, error.where.param) == ("name_taken", "sheet_column")


@pytest.mark.parametrize(
    ("rows", "header", "titles"),
    [
        ([["Report"], ["id", "one", "two"], [1, 2, 3], [4, 5, 6]], 2, 1),
        (
            [
                ["Report"],
                ["of", "May"],
                [],
                ["id", "one", "two", "end"],
                [1, 2, 3, 4],
                [4, 5, 6, 7],
            ],
            4,
            2,
        ),
        ([["Report"], [], ["id", "name"], ["x", "y"], ["z", "w"]], 3, 1),
        ([["Report"], ["id", "name"], ["x", 1], ["z", 2]], 2, 1),
        ([["id", None], ["x", "y"], ["z", "w"]], 1, 0),
        ([["id", None], ["x", 1], ["z", 2]], 1, 0),
        ([["Report"], ["city", 2024, 2025], ["Bonn", 1, 2], ["Ulm", 3, 4]], 2, 1),
        ([["id", None, None], [1, 2, 3], [4, 5, 6]], 1, 0),
        ([["id", "note", "more"], [1], [2], [3]], 1, 0),
        ([["id", None, "two", None, "end"], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]], 1, 0),
        ([["id"], [1], [2]], 1, 0),
    ],
)
def test_titles(bench, rows: list[list[Any]], header: int, titles: int):
    put(bench, *rows)
    found = bench.read("excel_source", path="t.xlsx")
    names = [name for name in rows[header - 1] if name is not None]
    assert [n for n in found.schema.names if len(n) > 1] == [str(n) for n in names]
    assert len(found.rows) == len(rows) - header
    problems = {p.code: p for p in problems_of(bench)}
    assert ("titles_left_out" in problems) == (titles > 0)
    if titles:
        (fix,) = problems["titles_left_out"].fixes
        assert f"{titles} row" in problems["titles_left_out"].what
        assert fix.params == (("header_row", header),)
        assert "titles_left_out" not in {p.code for p in problems_of(bench, **dict(fix.params))}


def problems_of(bench: Any, **params: Any) -> list[Any]:
    node = bench.bind("excel_source", **{"path": "t.xlsx"} | params)
    return list(node.check({}, bench.design))


def test_blank_rows_and_hidden_sheets_are_said(bench):
    sheets = {"lists": [["x"]], "Data": [["id"], [1], [], [2], [], [], [3], []]}
    bench.write("t.xlsx", workbook(sheets, hidden=["lists"]))
    (problem,) = problems_of(bench)
    assert problem.code == "types_found_out"
    assert "3 blank rows" in problem.why
    assert "hidden sheets (lists)" in problem.why
    assert "sheet 'Data' of t.xlsx" in problem.why
    (fix,) = problem.fixes
    assert not problems_of(bench, **dict(fix.params))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([5000, 5001, "01234"], "VARCHAR"),
        ([5000, 5001, "+491701234567"], "VARCHAR"),
        ([*range(99), "007"], "VARCHAR"),
        ([5000, *range(30), "12.00", "1e3"], "BIGINT"),
        ([0.5, *range(30), "0.25"], "DOUBLE"),
        ([*range(30), "+ x"], "BIGINT"),
    ],
)
def test_texts_among_numbers(bench, cells: list[Any], kind: str):
    put(bench, ["v"], *([cell] for cell in cells))
    found = bench.read("excel_source", path="t.xlsx")
    assert found.types == {"v": kind}
    if kind == "VARCHAR":
        assert found.rows == [(str(cell),) for cell in cells]
        assert found.rejected == []
    else:
        assert len(found.rows) + len(found.rejected) == len(cells)
        odd = [row[2] for row in found.rejected]
        assert odd == [cell for cell in cells if cell == "+ x"]
        assert [row[0] for row in found.rows][-1] == {"1e3": 1000, "0.25": 0.25}.get(cells[-1], 29)


@pytest.mark.parametrize("kind", ["BIGINT", "DOUBLE", "DECIMAL(30,2)"])
@pytest.mark.parametrize("cell", ["01234", "+4917", "-007", "1_0", "9007199254740993.25"])
def test_a_code_never_becomes_a_number(bench, cell: str, kind: str):
    put(bench, ["id", "v"], [1, cell])
    found = bench.read("excel_source", path="t.xlsx", columns=[{"name": "v", "type": kind}])
    exact = cell == "9007199254740993.25" and kind == "DECIMAL(30,2)"
    assert found.rows == ([(Decimal(cell),)] if exact else [])
    assert [row[2] for row in found.rejected] == ([] if exact else [f"1\t{cell}"])


def test_whole_numbers_keep_every_digit(bench):
    cells = ["9007199254740993", "-9223372036854775808", "3"]
    put(bench, ["v"], *([Raw(f"><v>{cell}</v>")] for cell in cells))
    found = bench.read("excel_source", path="t.xlsx")
    assert found.rows == [(int(cell),) for cell in cells]
    assert found.types == {"v": "BIGINT"}


ERRORS = [["id", "v"], [1, 5], [2, Fault("#N/A")], [None, Fault("#DIV/0!")], [3, 7]]


def test_rows_with_an_error_are_rejected(bench):
    put(bench, *ERRORS)
    found = bench.read("excel_source", path="t.xlsx")
    assert found.rows == [(1, 5), (3, 7)]
    assert found.rejected == [
        ("t.xlsx", 3, "2\t#N/A", "error_cell", "v", "The cell holds the error #N/A.",
         "t.xlsx, sheet Data, row 3"),
        ("t.xlsx", 4, "\t#DIV/0!", "error_cell", "v", "The cell holds the error #DIV/0!.",
         "t.xlsx, sheet Data, row 4"),
    ]  # fmt: skip
    others = bench.read("excel_source", path="t.xlsx", columns=[{"name": "id"}])
    assert others.rows == [(1,), (2,), (None,), (3,)]


def test_errors_as_null_or_text(bench):
    put(bench, *ERRORS)
    found = bench.read("excel_source", path="t.xlsx", error_cells="null")
    assert found.types == {"id": "BIGINT", "v": "BIGINT"}
    assert found.rows == [(1, 5), (2, None), (None, None), (3, 7)]
    found = bench.read("excel_source", path="t.xlsx", error_cells="text")
    assert found.types == {"id": "BIGINT", "v": "VARCHAR"}
    assert found.rows == [(1, "5"), (2, "#N/A"), (None, "#DIV/0!"), (3, "7")]
    assert found.rejected == []


def test_formulas_without_a_value(bench):
    put(bench, ["id", "double"], [1, Formula("A2*2")], [2, Formula("A3*2")])
    (warning, _) = problems_of(bench)
    assert (warning.code, warning.severity) == ("formulas_unsaved", "warning")
    assert "2 formulas in 't.xlsx', sheet 'Data'" in warning.what
    put(bench, ["id", "double"], [1, Raw("><f>A2*2</f><v>2</v>")])
    assert "formulas_unsaved" not in {p.code for p in problems_of(bench)}


def test_durations_moments_and_days_that_never_were(bench):
    never = Styled(60, DAY)
    put(
        bench,
        ["span", "when", "day"],
        [dt.timedelta(hours=30), date(2024, 1, 1), Styled(59, DAY)],
        [dt.timedelta(minutes=-5), datetime(2024, 1, 1, 6), date(1900, 3, 1)],
        [dt.timedelta(0), date(2024, 1, 1), never],
        *([dt.time(1), date(2024, 1, 2), date(2024, 1, 2)] for _ in range(20)),
        [dt.time(1), "soon", Styled(-3, DAY)],
    )
    found = bench.read("excel_source", path="t.xlsx")
    assert found.types == {"span": "INTERVAL", "when": "TIMESTAMP", "day": "DATE"}
    spans = [row[0].nanoseconds // 1_000_000_000 for row in found.rows[:3]]
    assert spans == [108_000, -300, 3_600]
    assert all(row[0].days == row[0].months == 0 for row in found.rows)
    assert [row[1:] for row in found.rows[:2]] == [
        (datetime(2024, 1, 1), date(1900, 2, 28)), (datetime(2024, 1, 1, 6), date(1900, 3, 1)),
    ]  # fmt: skip
    assert [row[1:5] for row in found.rejected] == [
        (4, "00:00:00\t2024-01-01\t1900-02-29", "no_such_day", "day"),
        (25, "01:00:00\tsoon\t-3", "cast_failed", "when"),
    ]


def test_merged_cells(bench):
    rows = [["Year", None, None], ["2024", None, "n"], ["DE", 1, 2], [None, 3, 4], ["GB", 5, 6]]
    bench.write(
        "t.xlsx", workbook({"S": rows}, merged=["A1:C1", "A2:B2", "A3:A4", "D9:XFD1048576"])
    )
    found = bench.read("excel_source", path="t.xlsx")
    assert found.schema.names == ("2024", "B", "n")
    assert found.rows == [("DE", 1, 2), (None, 3, 4), ("GB", 5, 6)]
    found = bench.read("excel_source", path="t.xlsx", merged="fill")
    assert found.schema.names == ("2024", "2024_2", "n")
    assert found.rows == [("DE", 1, 2), ("DE", 3, 4), ("GB", 5, 6)]


def test_several_workbooks(bench):
    many = [["Grace", 2], ["Alan", "x"], *([f"n{i}", i] for i in range(20))]
    bench.write("1.xlsx", workbook({"Data": [["id", "name"], [1, "Ada"]]}))
    bench.write("2.xlsx", workbook({"Data": [["NAME", "id"], *many]}))
    bench.write("3.xlsx", workbook({"Data": [["id", "new"], [3, 0.5]]}))
    bench.write("4.xlsx", workbook({"Data": [["id", "new"], ["many", 1]]}))
    found = bench.read("excel_source", path="*.xlsx")
    assert found.types == {"id": "BIGINT", "name": "VARCHAR", "new": "DOUBLE"}
    assert found.rows[:2] == [(1, "Ada", None), (2, "Grace", None)]
    assert found.rows[-1] == (3, None, 0.5)
    assert [row[:3] for row in found.rejected] == [
        ("2.xlsx", 3, "Alan\tx"), ("4.xlsx", 2, "many\t1"),
    ]  # fmt: skip
    said = {(p.code, p.what): p for p in problems_of(bench, path="*.xlsx")}
    lacking = said["columns_differ", "Column 'name' is not everywhere"]
    assert "3.xlsx, sheet 'Data'" in lacking.why
    assert "1.xlsx, sheet 'Data'" in said["columns_differ", "Column 'new' is not everywhere"].why
    typed = said["types_differ", "Column 'id' is not of one type"]
    assert "VARCHAR in 4.xlsx, sheet 'Data'" in typed.why
    assert "1.xlsx" not in typed.why
    params = dict(typed.fixes[0].params)
    assert {p.code for p in problems_of(bench, path="*.xlsx", **params)} == {"columns_differ"}


def test_a_column_that_came_or_went_after_a_look(bench):
    put(bench, ["id", "n"], [1, 2])
    node = bench.bind("excel_source", path="t.xlsx")
    schema = node.infer({}, bench.design)["rows"]
    for header, code in ((["id", "m"], "column_missing"), (["id", "n", "m"], "schema_changed")):
        put(bench, header, [1, 2, 3][: len(header)])
        with pytest.raises(SummitError) as caught:
            list(node.open(schema, bench.run).chunks())
        assert caught.value.code == code
