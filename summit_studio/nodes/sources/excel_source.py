"""Read Excel workbooks."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.core.errors import InvalidParams, SummitError
from summit_studio.core.schema import RAW_REJECTS, Column, Schema, carried, to_arrow, type_label
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.formats.contract import Loaded
from summit_studio.formats.excel.cells import (
    MISFIT,
    cell_text,
    column_names,
    column_number,
    converter,
    sample_workbook,
    type_of_cells,
)
from summit_studio.nodes.contract import (
    Chunk,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Reader,
    Rows,
    RunContext,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import TypeName, known_type
from summit_studio.nodes.parts.input import FileInParams, FileSource, shown_path
from summit_studio.stores.faults import failure, read_errors

if TYPE_CHECKING:
    import pyarrow as pa

_FIRST_ROWS = 1_000
_RANGE = re.compile(r"([A-Z]{1,3})?([1-9]\d{0,6})?(?::([A-Z]{1,3})?([1-9]\d{0,6})?)?")


class ExcelColumn(Params):
    """One column to read."""

    name: str = param(doc="Its name in the header row, or its letter where it has none.")
    type: TypeName = param(
        "",
        doc="Its type; cells that do not fit are rejected. Empty: found out from the cells.",
        editor=Editor.TYPE,
    )


class ExcelSourceParams(FileInParams):
    """Params of `excel_source`."""

    sheet: str = param(
        "", doc="The sheet; empty means the first.", keywords=("sheet_name", "worksheet", "tab")
    )
    header_row: int | None = param(
        None,
        doc="The row that names the columns, as Excel counts; 0 names them A, B, C. Empty means "
        "the first row that is not blank.",
        editor=Editor.NUMBER,
        minimum=0,
        maximum=1_048_576,
    )
    cell_range: str = param(
        "",
        doc="The cells to read, the header among them; empty means all.",
        placeholder="B3:F100",
    )
    columns: tuple[ExcelColumn, ...] = param(
        (),
        doc="The columns to read, in this order; with none named, all that the sheet has.",
        editor=Editor.RECORDS,
    )


class ExcelSource(FileSource[ExcelSourceParams]):
    """Read a sheet of an Excel or OpenDocument workbook.

    Types are found out from the cells: where nine in ten are of one kind, the others are odd, and
    a row with an odd cell is rejected with its row number. Cells with an error are empty.
    """

    id = "excel_source"
    title = "Read Excel"
    icon = "excel"
    keywords = (
        "excel reader", "xlsx", "xls", "ods", "spreadsheet", "workbook", "sheet", "import", "file",
    )  # fmt: skip
    params_class = ExcelSourceParams
    can_reject = True
    raw_rejects = True
    examples = (
        Example(
            "A sheet with an odd cell",
            {
                "path": "paid.xlsx",
                "sheet": "Paid",
                "columns": [{"name": "name"}, {"name": "amount", "type": "DECIMAL(12,2)"}],
            },
            files={"paid.xlsx": sample_workbook()},
            expected={
                "rows": Rows(
                    {"name": "VARCHAR", "amount": "DECIMAL(12,2)"}, [("Ada", "12.5"), ("Alan", "3")]
                ),
                "rejected": Rows(
                    {column.name: column.type for column in RAW_REJECTS},
                    [
                        ("paid.xlsx", 3, "Grace\tsoon", "cast_failed", "amount",
                         "'soon' cannot be read as decimal (DECIMAL(12,2))."),
                    ],
                ),
            },
        ),
    )  # fmt: skip

    def summary(self) -> str:
        """Return the path and the sheet."""
        return f"{self.params.path} · {self.params.sheet or 'first sheet'}"

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns named, or those the sheet has.

        Raises:
            SummitError: The file, sheet or a column is missing, or the file is no workbook.
        """
        del inputs
        files = self.files(context)
        try:
            columns = self.probed(context, files[:1], lambda: self._typed(files[0]))
            schema = self._chosen(columns, files[0])
        except SummitError as error:
            raise self.at_path(error) from None
        for index, one in enumerate(self.params.columns):
            name = f"columns.{index}.type"
            if one.type and converter(known_type(one.type, context.binder, name)) is None:
                raise InvalidParams(
                    f"Cells cannot be read as {one.type}",
                    do="choose text, a number, true/false, a date or a time",
                    code="type_unfit",
                    where=self.place(name),
                )
        return {"rows": carried(schema)}

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Return what reads the sheets; they are opened one after the other."""
        return _ExcelReader(self, self.files(context), schema, context)

    def sheet(self, path: Path) -> "_Sheet":
        """Return the cells asked for.

        Raises:
            ReadFailed: The file is no workbook, or has no such sheet.
            InvalidParams: The range is none.
        """
        left, top, right, bottom = self._corners()
        with _workbook_errors(path):
            rows = _cells(path, self.params.sheet)
        numbered = [
            (number, row[left:right])
            for number, row in enumerate(rows[top:bottom], start=top + 1)
            if any(cell != "" for cell in row[left:right])
        ]
        return self._headed(path, numbered, left)

    def _headed(self, path: Path, rows: list[tuple[int, list[Any]]], left: int) -> "_Sheet":
        """Return the rows below the header, and the names that it gives."""
        header: Sequence[Any] = ()
        wanted = self.params.header_row
        if wanted is None and rows:
            header, rows = rows[0][1], rows[1:]
        elif wanted:
            found = [row for number, row in rows if number == wanted]
            if not found:
                raise failure(
                    path,
                    f"Row {wanted} names no columns",
                    why="it is blank, or outside the cells to read",
                    do="set Header row to the row that does, or to 0 if there is none",
                    code="header_missing",
                    line=wanted,
                ).at(param="header_row")
            header, rows = found[0], [(n, row) for n, row in rows if n > wanted]
        width = max((len(row) for _, row in rows), default=0)
        return _Sheet(path, column_names(header, max(width, len(header)), rows, left), rows)

    def _corners(self) -> tuple[int, int, int | None, int | None]:
        """Return the first column and row, and those after the last, counted from 0."""
        found = _RANGE.fullmatch(self.params.cell_range.strip().upper().replace("$", ""))
        if found is None:
            raise InvalidParams(
                f"'{self.params.cell_range}' is no range of cells",
                do="write one such as B3:F100, B:F or 3:100",
                code="range_invalid",
                where=self.place("cell_range"),
            )
        first, top, last, bottom = found.groups()
        return (
            column_number(first) - 1 if first else 0,
            int(top) - 1 if top else 0,
            column_number(last) if last else None,
            int(bottom) if bottom else None,
        )

    def _typed(self, path: Path) -> Schema:
        sheet = self.sheet(path)
        if not sheet.names:
            raise failure(
                path,
                "There are no cells to read",
                why="the sheet, or the range, is blank",
                do="choose another sheet or range",
                code="file_empty",
            )
        return Schema(
            tuple(
                Column(name, type_of_cells([row[at] for _, row in sheet.rows if at < len(row)]))
                for at, name in sheet.names.items()
            )
        )

    def _chosen(self, columns: Schema, path: Path) -> Schema:
        if not self.params.columns:
            return columns
        found: list[Column] = []
        for index, one in enumerate(self.params.columns):
            column = columns.find(one.name)
            place = self.place(f"columns.{index}.name")
            if column is None:
                raise _no_column(path, one.name, columns.names).at(param=place.param)
            if any(column.name == other.name for other in found):
                raise InvalidParams(
                    f"Column '{column.name}' is chosen twice",
                    do="take one of the two out",
                    code="name_taken",
                    where=place,
                )
            found.append(replace(column, type=one.type or column.type))
        return Schema(tuple(found))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The cells of a sheet.

    Args:
        names: Of the columns, by place in the rows.
        rows: With their numbers as Excel counts; blank rows are left out, and empty cells are "".
    """

    path: Path
    names: dict[int, str]
    rows: list[tuple[int, list[Any]]]


class _ExcelReader(Reader):
    def __init__(
        self, node: ExcelSource, files: Sequence[Path], schema: Schema, context: RunContext
    ) -> None:
        self._node = node
        self._files = files
        self._schema = schema
        self._context = context
        self._held = 0

    def total(self) -> int | None:
        """Return how many rows the sheets have, counted before they are cut into chunks."""
        return self._held if self._context.row_limit is None else None

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows of each sheet, which is read as a whole."""
        left = self._context.row_limit
        size = self._context.batch_rows if left is None else _FIRST_ROWS
        for number, path in enumerate(self._files):
            self._context.cancel.check()
            try:
                sheet = self._node.sheet(path)
                places = [self._place(sheet, name) for name in self._schema.names]
            except SummitError as error:
                raise self._node.at_path(error) from None
            rows = sheet.rows if left is None else sheet.rows[:left]
            self._held += len(rows)
            file = shown_path(path, self._context.workspace)
            for start in range(0, len(rows), size):
                self._context.cancel.check()
                piece = rows[start : start + size]
                done = (number + (start + len(piece)) / len(rows)) / len(self._files)
                load = partial(_convert, piece, places, self._schema, file)
                yield Chunk(load, {"file": number, "row": piece[-1][0]}, done)
            if left is not None:
                left -= len(rows)
                if left <= 0:
                    return

    def _place(self, sheet: _Sheet, name: str) -> int:
        folded = {other.casefold(): at for at, other in sheet.names.items()}
        if name.casefold() not in folded:
            raise _no_column(sheet.path, name, list(sheet.names.values()))
        return folded[name.casefold()]


def _convert(
    rows: Sequence[tuple[int, list[Any]]], places: Sequence[int], schema: Schema, file: str
) -> Loaded:
    import pyarrow as pa

    columns = []
    bad: dict[int, Column] = {}
    for at, column in zip(places, schema, strict=True):
        convert = converter(column.type) or cell_text
        values = [convert(row[at]) if at < len(row) else None for _, row in rows]
        for index, value in enumerate(values):
            if value is MISFIT:
                bad.setdefault(index, column)
        columns.append(values)
    arrow = to_arrow(schema)
    arrays = [
        pa.array([v for i, v in enumerate(values) if i not in bad], one.type)
        for values, one in zip(columns, arrow, strict=True)
    ]
    rejected = _rejected(rows, bad, schema, places, file) if bad else None
    return Loaded(pa.table(arrays, schema=arrow), rejected, len(rows))


def _rejected(
    rows: Sequence[tuple[int, list[Any]]],
    bad: dict[int, Column],
    schema: Schema,
    places: Sequence[int],
    file: str,
) -> "pa.Table":
    import pyarrow as pa

    by_name = dict(zip(schema.names, places, strict=True))
    found = []
    for index, column in sorted(bad.items(), key=lambda item: item[0]):
        number, row = rows[index]
        shown = cell_text(row[by_name[column.name]])
        reason = f"'{shown}' cannot be read as {type_label(column.type)} ({column.type})."
        raw = "\t".join(cell_text(cell) or "" for cell in row)
        found.append((file, number, raw, "cast_failed", column.name, reason))
    kinds = to_arrow(RAW_REJECTS)
    columns = [
        pa.array(list(values), one.type)
        for values, one in zip(zip(*found, strict=True), kinds, strict=True)
    ]
    return pa.table(columns, schema=kinds)


def _cells(path: Path, sheet: str) -> list[list[Any]]:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        names = book.sheet_names
        known = {name.casefold(): name for name in names}
        if sheet and sheet.casefold() not in known:
            near = did_you_mean(sheet, names)
            raise failure(
                path,
                f"Cannot find the sheet '{sheet}'",
                why=f"the workbook has {listing(names) or 'no sheets'}",
                do=f"did you mean '{near}'?" if near else "choose one of them",
                code="sheet_missing",
            ).at(param="sheet")
        if not names:
            return []
        chosen = known[sheet.casefold()] if sheet else names[0]
        cells: list[list[Any]] = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
        return cells


@contextmanager
def _workbook_errors(path: Path) -> Iterator[None]:
    """Turn what the reader says of a damaged workbook into ReadFailed."""
    from python_calamine import CalamineError, PasswordError

    try:
        with read_errors(path):
            yield
    except SummitError:
        raise
    except PasswordError:
        raise failure(
            path,
            f"'{path.name}' is protected by a password",
            do="open it in Excel and save it without one",
            code="file_protected",
        ) from None
    except (CalamineError, ValueError) as error:
        raise _no_workbook(path, str(error)) from None
    except BaseException as error:
        # A crash inside the reader comes as a PanicException, which is no Exception.
        if isinstance(error, Exception) or type(error).__name__ != "PanicException":
            raise
        raise _no_workbook(path, "its inside makes no sense") from None


def _no_workbook(path: Path, why: str) -> SummitError:
    return failure(
        path,
        f"'{path.name}' is not a workbook that can be read",
        why=why.removesuffix("."),
        do="save it anew as .xlsx, or read it by another source if it is text",
        code="file_not_excel",
    )


def _no_column(path: Path, name: str, names: Sequence[str]) -> SummitError:
    near = did_you_mean(name, names)
    return failure(
        path,
        f"Cannot find the column '{name}'",
        why=f"the sheet has {listing(names) or 'no columns'}",
        do=f"choose '{near}'" if near else "choose one of them",
        code="column_missing",
    )
