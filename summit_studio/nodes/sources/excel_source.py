"""Read Excel workbooks."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Literal

from summit_studio.core.epochs import Position
from summit_studio.core.errors import InvalidParams, SummitError
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.schema import RAW_REJECTS, VARCHAR, Column, Schema, carried
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.formats.contract import Finding, Raw
from summit_studio.formats.excel.cells import converter, sample_workbook
from summit_studio.formats.excel.grid import LAST_ROW, Row, parse_range
from summit_studio.formats.excel.reading import Origin, convert
from summit_studio.formats.excel.sheet import ALL, Request, Sheet, raw_rows, sheets
from summit_studio.formats.excel.survey import Survey, survey
from summit_studio.nodes.contract import (
    Chunk,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Reader,
    Replay,
    Rows,
    RunContext,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import TypeName, known_type
from summit_studio.nodes.parts.input import FileInParams, FileSource, first_file, shown_path
from summit_studio.stores.faults import failure, left_behind

_FIRST_ROWS = 1_000


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
        "",
        doc="The sheet; empty means the first that is visible and has cells, * all visible ones.",
        keywords=("sheet_name", "worksheet", "tab"),
    )
    header_row: int | None = param(
        None,
        doc="The row that names the columns, as Excel counts; 0 names them A, B, C. Empty means "
        "the first row that is not blank and no title.",
        editor=Editor.NUMBER,
        minimum=0,
        maximum=LAST_ROW,
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
    error_cells: Literal["reject", "null", "text"] = param(
        "reject",
        doc="What becomes of cells such as #N/A: their row is rejected, they are empty, or text.",
        keywords=("na_values", "#N/A", "#DIV/0!"),
        editor=Editor.CHOICE,
        advanced=True,
    )
    merged: Literal["first", "fill"] = param(
        "first",
        doc="Which cells of a merged range have its value: the first, or all.",
        editor=Editor.CHOICE,
        advanced=True,
    )
    sheet_column: str = param(
        "",
        doc="Name of a further column that holds each row's sheet; empty for none.",
        placeholder="sheet",
        advanced=True,
    )


class ExcelSource(FileSource[ExcelSourceParams]):
    """Read a sheet of an Excel or OpenDocument workbook, or several.

    Types are found out from the cells: where nine in ten are of one kind, the others are odd, and
    a row with an odd cell is rejected with its row number. Rows with an error such as #N/A, or
    with a day that never was, are rejected. Codes such as 01234 among numbers make a column text.
    Sheets and workbooks are matched by column name: a column that one lacks is null there.
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
    shows_raw = True
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
                         "'soon' cannot be read as decimal (DECIMAL(12,2)).",
                         "paid.xlsx, sheet Paid, row 3"),
                    ],
                ),
            },
        ),
    )  # fmt: skip

    def summary(self) -> str:
        """Return the path and the sheet."""
        sheet = {"": "first sheet", ALL: "all sheets"}.get(self.params.sheet, self.params.sheet)
        return f"{self.params.path} · {sheet}"

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield problems of the path, and what was found out of the sheets."""
        found = list(super().check(inputs, context))
        yield from found
        if found:
            return
        try:
            looked = self._survey(context)
            schema = self._chosen(looked)
        except SummitError:
            return
        yield from self._formulas(looked)
        yield from self._differences(looked, schema)
        yield from self._found_out(looked, schema)

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns named, or those the sheets have.

        Raises:
            SummitError: The file, sheet or a column is missing, or the file is no workbook.
        """
        del inputs
        try:
            schema = self._chosen(self._survey(context))
        except SummitError as error:
            raise self.at_path(error) from None
        for index, one in enumerate(self.params.columns):
            name = f"columns.{index}.type"
            if one.type and converter(known_type(one.type, context.binder, name)) is None:
                raise InvalidParams(
                    f"Cells cannot be read as {one.type}",
                    do="choose text, a number, true/false, a date, a time or a duration",
                    code="type_unfit",
                    where=self.place(name),
                )
        return {"rows": carried(self._with_sheet(schema))}

    def findings(self, context: DesignContext) -> Sequence[Finding]:
        """Return the sheet, header row and types that no param says."""
        told = {column.name.casefold(): bool(column.type) for column in self.params.columns}
        return [
            finding
            for finding in self._survey(context).findings()
            if (
                not told.get(finding.column.casefold(), bool(told))
                if finding.column
                else getattr(self.params, finding.param) in ("", None)
            )
        ]

    def raw(self, context: DesignContext, lines: int) -> Raw:
        """Return the first rows of the sheet, cell by cell."""
        try:
            return raw_rows(self.files(context)[0], self._request(), lines)
        except SummitError as error:
            raise self.at_path(error) from None

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Return what reads the sheets; they are opened one after the other."""
        return _ExcelReader(self, self.files(context), schema, context)

    def replay(self, context: RunContext) -> Replay:
        """Return that the rows are the same from every row of a sheet."""
        del context
        return Replay.EXACT

    def sheets(self, path: Path) -> Iterator[Sheet]:
        """Yield the tables of a workbook.

        Raises:
            ReadFailed: The file is no workbook, or has no such sheet.
            InvalidParams: The range is none.
        """
        return sheets(path, self._request())

    def _request(self) -> Request:
        return Request(
            self.params.sheet,
            self.params.header_row,
            parse_range(self.params.cell_range),
            self.params.error_cells,
            fill_merged=self.params.merged == "fill",
        )

    def _survey(self, context: DesignContext) -> Survey:
        files, request = self.files(context), self._request()
        return self.probed(context, files, lambda: survey(files, request))

    def _chosen(self, looked: Survey) -> Schema:
        columns = looked.schema
        if not self.params.columns:
            return columns
        found: list[Column] = []
        for index, one in enumerate(self.params.columns):
            column = columns.find(one.name)
            place = self.place(f"columns.{index}.name")
            if column is None:
                raise _no_column(looked.seen[0].path, one.name, columns.names).at(param=place.param)
            if any(column.name == other.name for other in found):
                raise InvalidParams(
                    f"Column '{column.name}' is chosen twice",
                    do="take one of the two out",
                    code="name_taken",
                    where=place,
                )
            found.append(replace(column, type=one.type or column.type))
        return Schema(tuple(found))

    def _with_sheet(self, schema: Schema) -> Schema:
        name = self.params.sheet_column
        if not name:
            return schema
        if name in schema:
            raise InvalidParams(
                f"The sheet already has a column '{name}'",
                do="write another name",
                code="name_taken",
                where=self.place("sheet_column"),
            )
        return schema.with_columns(Column(name, VARCHAR))

    def _formulas(self, looked: Survey) -> Iterator[Problem]:
        for seen in looked.seen:
            book = f"'{seen.path.name}', sheet '{seen.sheet}'"
            if seen.unsaved:
                yield self.problem(
                    "formulas_unsaved",
                    f"No value is saved for {_counted(seen.unsaved, 'formula')} in {book}",
                    field_name="path",
                    why="the program that wrote the file did not compute them; they are read as "
                    "empty",
                    do="open the workbook in Excel or LibreOffice and save it",
                    severity=Severity.WARNING,
                )
            if seen.stale:
                yield self.problem(
                    "formulas_stale",
                    f"The saved 0 of {_counted(seen.stale, 'formula')} in {book} may be wrong",
                    field_name="path",
                    why="the program that wrote the file left them for Excel to compute",
                    do="open the workbook in Excel or LibreOffice and save it",
                    severity=Severity.WARNING,
                )

    def _differences(self, looked: Survey, schema: Schema) -> Iterator[Problem]:
        typed = {one.name.casefold() for one in self.params.columns if one.type}
        for column in schema:
            places = looked.lacking(column.name)
            if places:
                yield self.problem(
                    "columns_differ",
                    f"Column '{column.name}' is not everywhere",
                    field_name="path",
                    why=f"it is missing in {listing(places)}, and null there",
                    do="give it the same name everywhere, or read those files apart",
                    severity=Severity.WARNING,
                )
            places = looked.differing(column.name)
            if places and column.name.casefold() not in typed:
                yield self.problem(
                    "types_differ",
                    f"Column '{column.name}' is not of one type",
                    field_name="path",
                    why=f"it is {column.type} in all together, but {listing(places)}",
                    do="give it a type, so that rows which do not fit are rejected",
                    severity=Severity.WARNING,
                    fixes=(self._keep(schema),),
                )

    def _found_out(self, looked: Survey, schema: Schema) -> Iterator[Problem]:
        one = looked.seen[0] if len(looked.seen) == 1 else None
        for seen in looked.seen:
            if self.params.header_row is None and seen.titles:
                pin = {"header_row": seen.header_row}
                yield self.problem(
                    "titles_left_out",
                    f"'{seen.path.name}' has {_counted(seen.titles, 'row')} above the header, left "
                    "out as titles",
                    field_name="header_row",
                    why=f"row {seen.header_row} of sheet '{seen.sheet}' is the first that is as "
                    "wide as the table",
                    do="set Header row, so that it is not found out anew",
                    severity=Severity.INFO,
                    fixes=(Fix("Keep this header row", self.node_id, tuple(pin.items())),)
                    if one
                    else (),
                )
            if not seen.errors_told and self.params.error_cells != "null":
                yield self.problem(
                    "errors_not_told",
                    f"Cells with errors in '{seen.path.name}' are read as empty",
                    field_name="error_cells",
                    why="in a file so old, or locked, they cannot be told from empty cells",
                    do="save the workbook as .xlsx, or set Error cells to null",
                    severity=Severity.WARNING,
                )
        if not self.params.columns:
            yield self.problem(
                "types_found_out",
                f"{len(schema)} columns and their types were found out from the cells",
                field_name="columns",
                why=looked.described(),
                do="keep them, so that a later file cannot change them",
                severity=Severity.INFO,
                fixes=(self._keep(schema),),
            )

    def _keep(self, schema: Schema) -> Fix:
        columns = tuple({"name": c.name, "type": c.type} for c in schema)
        return Fix("Keep these columns", self.node_id, (("columns", columns),))


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
        """Return how many rows the sheets hold behind the start, counted where cells were told."""
        return self._held if self._context.row_limit is None else None

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows of each sheet, which is read as a whole."""
        left, start = self._context.row_limit, self._context.start
        shown = [shown_path(path, self._context.workspace) for path in self._files]
        first = first_file(shown, start)
        for number, path in enumerate(self._files[first:], start=first):
            for sheet, read in self._left(path, start if number == first else None):
                self._held += len(sheet.filled) - bisect_right(sheet.filled, read)
                rows = sheet.rows[bisect_right(sheet.rows, read, key=itemgetter(0)) :][:left]
                yield from self._pieces(sheet, rows, number)
                if left is not None:
                    left -= len(rows)
                    if left <= 0:
                        return

    def _left(self, path: Path, start: Position | None) -> Iterator[tuple[Sheet, int]]:
        """Yield the sheets that are still to be read, each with the last row that was."""
        found = start is None
        for sheet in self._sheets(path):
            if start is not None and sheet.sheet == start["sheet"]:
                found = True
                yield sheet, start["row"]
            elif found:
                yield sheet, 0
        if not found and start is not None:
            raise left_behind(f"sheet {start['sheet']} of {start['path']}")

    def _sheets(self, path: Path) -> Iterator[Sheet]:
        self._context.cancel.check()
        try:
            yield from self._node.sheets(path)
        except SummitError as error:
            raise self._node.at_path(error) from None

    def _pieces(
        self, sheet: Sheet, rows: Sequence[tuple[int, Row]], number: int
    ) -> Iterator[Chunk]:
        limited = self._context.row_limit is not None
        size = _FIRST_ROWS if limited else self._context.batch_rows
        origin = self._origin(sheet)
        for start in range(0, len(rows), size):
            self._context.cancel.check()
            piece = rows[start : start + size]
            done = (number + (start + len(piece)) / len(rows)) / len(self._files)
            position = {"path": origin.shown, "sheet": sheet.sheet, "row": piece[-1][0]}
            yield Chunk(partial(convert, piece, origin, self._schema), position, done)

    def _origin(self, sheet: Sheet) -> Origin:
        params = self._node.params
        several = len(self._files) > 1 or params.sheet == ALL
        places = [sheet.place(name) for name in self._schema.names]
        for name, at in zip(self._schema.names, places, strict=True):
            if at is None and not several and name != params.sheet_column:
                raise self._node.at_path(_no_column(sheet.path, name, list(sheet.names.values())))
        new = [n for n in sheet.names.values() if n not in self._schema]
        if new and not params.columns:
            raise self._node.at_path(
                failure(
                    sheet.path,
                    f"Column '{new[0]}' is new",
                    why="it was not there when the columns were found out",
                    do="look at the node again, so that the columns are read anew",
                    code="schema_changed",
                )
            )
        shown = shown_path(sheet.path, self._context.workspace)
        file = f"{shown}!{sheet.sheet}" if params.sheet == ALL else shown
        return Origin(sheet, file, shown, places, params.sheet_column)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _no_column(path: Path, name: str, names: Sequence[str]) -> SummitError:
    near = did_you_mean(name, names)
    return failure(
        path,
        f"Cannot find the column '{name}'",
        why=f"the sheet has {listing(names) or 'no columns'}",
        do=f"choose '{near}'" if near else "choose one of them",
        code="column_missing",
    )
