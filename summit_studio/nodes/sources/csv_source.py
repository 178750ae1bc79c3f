"""Read CSV files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from summit_studio.core.errors import InvalidParams, ReadFailed, SummitError, Where
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.schema import RAW_REJECTS, REJECTED, VARCHAR, Column, Schema, carried
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.formats.contract import Finding, Loaded, Raw
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
from summit_studio.nodes.parts.input import FileInParams, FileSource, plain_bytes

if TYPE_CHECKING:
    from summit_studio.formats.csv.layout import Layout, Request
    from summit_studio.formats.csv.parse import Parsed, Wanted
    from summit_studio.formats.csv.reader import CsvReader

_LOOKED_AT = 5
"""How many files of a pattern are looked at for their types."""

_REJECTS = {column.name: column.type for column in RAW_REJECTS}


class CsvColumn(Params):
    """One column to read."""

    name: str = param(doc="Its name in the header; without a header, any name, in file order.")
    type: TypeName = param(
        "",
        doc="Its type; values that do not fit are rejected. Empty: found out from the file.",
        editor=Editor.TYPE,
    )


class CsvSourceParams(FileInParams):
    """Params of `csv_source`."""

    columns: tuple[CsvColumn, ...] = param(
        (),
        doc="The columns to read, in this order; with none named, all that the file has.",
        keywords=("schema", "dtypes", "fields", "names"),
        editor=Editor.RECORDS,
    )
    delimiter: str = param(
        "auto",
        doc="What stands between values: one character, \\t for a tab, or auto.",
        keywords=("sep", "separator"),
    )
    header: Literal["auto", "yes", "no"] = param(
        "auto", doc="Whether the first row holds the column names.", editor=Editor.CHOICE
    )
    encoding: str = param(
        "auto",
        doc="How characters are written, such as utf-8, utf-16, cp1252 or latin-1; or auto.",
        keywords=("charset",),
        placeholder="utf-8",
    )
    null_values: str = param(
        "",
        keywords=("na_values", "nulls"),
        doc="Unquoted texts that mean null, separated by commas; nothing between two delimiters"
        ' always does, and "" is an empty text.',
        placeholder="NULL, NA, -",
    )
    date_format: str = param(
        "",
        doc="How dates are written, such as %d/%m/%Y; empty for 2026-11-23.",
        placeholder="%d/%m/%Y",
        advanced=True,
    )
    timestamp_format: str = param(
        "",
        doc="How dates with times are written, such as %d/%m/%Y %H:%M; empty for"
        " 2026-11-23 14:25:01, with an offset or Z where they have a zone.",
        placeholder="%d/%m/%Y %H:%M",
        advanced=True,
    )
    decimal: Literal["auto", ".", ","] = param(
        "auto", doc="The decimal point of numbers.", editor=Editor.CHOICE, advanced=True
    )
    thousands: str = param(
        "",
        doc="What stands between groups of three digits in numbers, such as , or . or space; empty"
        " for nothing.",
        keywords=("grouping", "separator"),
        placeholder=",",
        advanced=True,
    )
    trim: Literal["auto", "yes", "no"] = param(
        "auto",
        doc="Blanks around values: auto leaves them out where a column is then numbers or dates,"
        " yes everywhere, no nowhere.",
        keywords=("strip", "whitespace", "blanks"),
        editor=Editor.CHOICE,
        advanced=True,
    )
    short_rows: Literal["reject", "null"] = param(
        "reject",
        doc="Rows that end early are rejected, or the values that they lack are null.",
        keywords=("ragged", "fill", "missing"),
        editor=Editor.CHOICE,
        advanced=True,
    )
    trailing_delimiter: Literal["auto", "yes", "no"] = param(
        "auto",
        doc="Whether rows end in a delimiter, after which no value stands and no column is made;"
        " auto: where no row looked at has a value or a name there.",
        keywords=("dbgen", "tpch", "last delimiter"),
        editor=Editor.CHOICE,
        advanced=True,
    )
    quote: str = param(
        "auto",
        doc="What stands around values: one character, none, or auto.",
        keywords=("quotechar",),
        advanced=True,
    )
    escape: str = param(
        "auto",
        keywords=("escapechar",),
        doc="What stands before a quote or delimiter that belongs to a value: one character, none"
        " (quotes are doubled), or auto.",
        advanced=True,
    )
    comment: str = param(
        "",
        doc="Lines that begin with this character are left out.",
        placeholder="#",
        advanced=True,
    )
    skip_rows: int = param(
        0,
        doc="Lines to leave out at the beginning of a file.",
        keywords=("skiprows", "skip"),
        editor=Editor.NUMBER,
        unit="lines",
        minimum=0,
        maximum=10_000,
        advanced=True,
    )
    compression: Literal["auto", "none", "gzip", "zstd", "bz2"] = param(
        "auto",
        doc="How files are compressed; auto looks at their first bytes.",
        editor=Editor.CHOICE,
        advanced=True,
    )
    file_column: str = param(
        "",
        doc="Name of a further column that holds each row's file; empty for none.",
        placeholder="file",
        advanced=True,
    )


class CsvSource(FileSource[CsvSourceParams]):
    """Read rows from CSV or other delimited text files.

    Delimiter, quotes, header, encoding, compression and types are found out by looking at the
    file unless they are set; a title above the table is left out. A row that does not fit is
    rejected with its line and its text as found: too many or too few values, a value that is not
    of its column's type, broken quotes, bytes that are no text. Nothing unquoted is null; a quoted
    nothing is an empty text, and null in columns that are not text. Amounts are decimals with
    their own scale. Codes such as 00123, and numbers too long to be held exactly, stay text; a
    number that a found-out DOUBLE would change is rejected.
    """

    id = "csv_source"
    title = "Read CSV"
    icon = "csv"
    keywords = (
        "csv reader", "input data", "load file", "open file", "text file input", "import",
        "delimited", "tsv", "comma", "excel",
    )  # fmt: skip
    params_class = CsvSourceParams
    can_reject = True
    raw_rejects = True
    shows_raw = True
    examples = (
        Example(
            "Types are found out, and a row that does not fit is rejected",
            {
                "path": "orders.csv",
                "columns": [
                    {"name": "id"},
                    {"name": "placed", "type": "DATE"},
                    {"name": "amount", "type": "DECIMAL(10,2)"},
                ],
            },
            files={
                "orders.csv": "id,placed,amount\n1,2026-11-20,9.50\n2,soon,4.00\n3,2026-11-23,\n"
            },
            expected={
                "rows": Rows(
                    {"id": "BIGINT", "placed": "DATE", "amount": "DECIMAL(10,2)"},
                    [(1, "2026-11-20", "9.50"), (3, "2026-11-23", None)],
                ),
                REJECTED: Rows(
                    _REJECTS,
                    [
                        ("orders.csv", 3, "2,soon,4.00", "cast_failed", "placed",
                         "'soon' cannot be read as date.", "orders.csv, line 3")
                    ],
                ),
            },
        ),
        Example(
            "Semicolons, decimal commas and leading zeros",
            {"path": "plants.csv"},
            files={"plants.csv": "code;size\n00123;1,5\n04711;2\n"},
            expected={
                "rows": Rows(
                    {"code": "VARCHAR", "size": "DECIMAL(18,1)"},
                    [("00123", "1.5"), ("04711", "2.0")],
                )
            },
        ),
        Example(
            "Several files, with the file each row came from",
            {"path": "day-*.csv", "file_column": "file"},
            files={"day-1.csv": "n,text\n1,a\n", "day-2.csv": 'n,text\n2,""\n3,\n'},
            expected={
                "rows": Rows(
                    {"n": "BIGINT", "text": "VARCHAR", "file": "VARCHAR"},
                    [(1, "a", "day-1.csv"), (2, "", "day-2.csv"), (3, None, "day-2.csv")],
                )
            },
        ),
    )  # fmt: skip

    def summary(self) -> str:
        """Return the file and how many columns are named."""
        number = len(self.params.columns)
        if not number:
            return self.params.path
        return f"{self.params.path} · {number} {'column' if number == 1 else 'columns'}"

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield problems of the path; for types that were found out, a way to keep them."""
        found = list(super().check(inputs, context))
        yield from found
        if found:
            return
        try:
            (layout, schema), *_ = self._looks(context, typed=self._typed)
        except SummitError:
            return
        if layout.format.guessed:
            yield self._guessed(layout)
        if self.params.columns:
            return
        columns = tuple({"name": c.name, "type": c.type} for c in schema)
        yield self.problem(
            "types_found_out",
            f"{len(schema)} columns and their types were found out from the file",
            field_name="columns",
            why=described(layout),
            do="keep them, so that a later file cannot change them",
            severity=Severity.INFO,
            fixes=(Fix("Keep these columns", self.node_id, (("columns", columns),)),),
        )

    def _guessed(self, layout: "Layout") -> Problem:
        encoding = layout.format.encoding
        return self.problem(
            "encoding_guessed",
            f"The encoding of {layout.path.name} is a guess: {encoding}",
            field_name="encoding",
            why="its bytes are not UTF-8, and nothing in the file says what they are",
            do="look at its texts in the preview, and set the encoding",
            severity=Severity.WARNING,
            fixes=(Fix(f"Read it as {encoding}", self.node_id, (("encoding", encoding),)),),
        )

    @property
    def _typed(self) -> bool:
        """True if a type is left to be found out."""
        return not self.params.columns or not all(c.type for c in self.params.columns)

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns named, or those found in the file.

        Raises:
            ReadFailed: There is no such file, or it is not text.
            InvalidParams: A column is missing, or a mark is not one character.
        """
        del inputs
        given = {
            c.name.casefold(): known_type(c.type, context.binder, f"columns.{i}.type")
            for i, c in enumerate(self.params.columns)
            if c.type
        }
        looks = self._looks(context, typed=self._typed)
        schema = self._columns(looks, given)
        return {"rows": carried(self._with_file(schema))}

    def findings(self, context: DesignContext) -> Sequence[Finding]:
        """Return the encoding, dialect, header and types that no param says."""
        from summit_studio.formats.csv.findings import found_in

        looks = self._looks(context, typed=self._typed)
        full = [look for look in looks if look[0].names]
        if not full:
            return ()
        types = _merged([schema for _, schema in full])
        layout = full[0][0]
        return [
            *(f for f in found_in(layout) if self._untold(f)),
            *self._found_types(layout, types, len(full)),
        ]

    def _untold(self, finding: Finding) -> bool:
        return getattr(self.params, finding.param) in ("auto", "", 0)

    def _found_types(
        self, layout: "Layout", types: Mapping[str, str], files: int
    ) -> Iterator[Finding]:
        told = {c.name.casefold(): bool(c.type) for c in self.params.columns}
        for name, why in zip(layout.names, layout.type_whys, strict=False):
            if told.get(name.casefold(), bool(told)):
                continue
            kind = types[name.casefold()]
            among = "" if files == 1 else f" in {layout.path.name}, the first of {files} looked at"
            yield Finding("columns", kind, why + among, column=name)

    def raw(self, context: DesignContext, lines: int) -> Raw:
        """Return the first lines of the first file."""
        from summit_studio.formats.csv.findings import raw_lines
        from summit_studio.formats.csv.layout import find_layout

        path = self.files(context)[0]
        request = self._request()
        try:
            return raw_lines(find_layout(path, request), lines)
        except SummitError as error:
            raise self.at_path(error) from None

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Look at the files anew and open the first.

        Raises:
            ReadFailed: A file is gone, or no longer has the columns.
        """
        from summit_studio.formats.csv.layout import find_layout
        from summit_studio.formats.csv.reader import CsvReader, Part

        # What named the columns when they were found out names them still.
        request = replace(self._request(), names=self._of_file(schema))
        several = len(files := self.files(context)) > 1
        parts = []
        try:
            for path in files:
                layout = find_layout(path, request)
                if layout.names:
                    shown = _shown(path, context) if several else self.params.path
                    parts.append(Part(layout, self._wanted(layout, schema), shown))
        except SummitError as error:
            raise self.at_path(error) from None
        reader = CsvReader(
            parts,
            check=context.cancel.check,
            row_limit=context.row_limit,
            block_bytes=context.batch_bytes,
            start=context.start,
        )
        return _Opened(reader, self.at_path)

    def replay(self, context: RunContext) -> Replay:
        """Return that the rows are the same from every block of a file."""
        del context
        return Replay.EXACT

    def most_rows(self, context: RunContext) -> int | None:
        """Return the rows that fit into the files: each has a character and a line end at least."""
        files = self.files(context)
        size = plain_bytes(files, self.params.compression)
        return None if size is None else size // 2 + len(files)

    def _request(self) -> "Request":
        from summit_studio.formats.csv.dialect import one_character, require_distinct
        from summit_studio.formats.csv.layout import Request

        params = self.params
        marks = {
            name: None if value == "auto" else one_character(value, name)
            for name, value in (
                ("delimiter", params.delimiter),
                ("quote", params.quote),
                ("escape", params.escape),
                ("comment", params.comment),
            )
        }
        if marks["delimiter"] == "":
            raise InvalidParams(
                "There is no delimiter",
                do="write one character, such as ; or auto",
                code="dialect_invalid",
                where=Where(param="delimiter"),
            )
        require_distinct(**marks)
        return Request(
            delimiter=marks["delimiter"],
            quote=marks["quote"],
            escape=marks["escape"],
            comment=marks["comment"] or "",
            header={"yes": True, "no": False}.get(params.header),
            skip_rows=params.skip_rows,
            encoding=params.encoding,
            compression=params.compression,
            null_values=tuple(word.strip() for word in params.null_values.split(",")),
            decimal=None if params.decimal == "auto" else params.decimal,
            thousands=self._thousands(),
            trims=params.trim != "no",
            strips=params.trim == "yes",
            pads=params.short_rows == "null",
            trails={"yes": True, "no": False}.get(params.trailing_delimiter),
            formats=_formats(params),
            names=tuple(c.name for c in params.columns),
        )

    def _thousands(self) -> str:
        from summit_studio.formats.csv.dialect import one_character

        mark = one_character(self.params.thousands, "thousands") if self.params.thousands else ""
        if mark and (mark == self.params.decimal or mark.isalnum()):
            raise InvalidParams(
                f"'{mark}' cannot stand between groups of digits",
                why="it is the decimal point" if mark == self.params.decimal else "it is no mark",
                do="write another character, or nothing",
                code="dialect_invalid",
                where=Where(param="thousands"),
            )
        return mark

    def _looks(
        self, context: DesignContext, *, typed: bool = True
    ) -> "list[tuple[Layout, Schema]]":
        """Return the layout of the first files, and their types if `typed`."""
        from summit_studio.formats.csv.layout import find_layout, look

        request = self._request()
        files = self.files(context)[:_LOOKED_AT]

        def compute() -> "list[tuple[Layout, Schema]]":
            if typed:
                return [look(path, request) for path in files]
            return [(find_layout(path, request), Schema()) for path in files]

        try:
            return self.probed(context, files, compute)
        except SummitError as error:
            raise self.at_path(error) from None

    def _columns(
        self, looks: "Sequence[tuple[Layout, Schema]]", given: Mapping[str, str]
    ) -> Schema:
        full = [(layout, schema) for layout, schema in looks if layout.names]
        if not full and not self.params.columns:
            raise self.at_path(_empty(looks[0][0].path))
        types = _merged([schema for _, schema in full])
        if not self.params.columns:
            return Schema.of([(name, types[name.casefold()]) for name in full[0][0].names])
        named = [column.name for column in self.params.columns]
        sniffed = [VARCHAR] * len(named)
        for layout, schema in full[:1]:
            places = self._places(layout, named)
            if len(schema):
                sniffed = [types[layout.names[place].casefold()] for place in places]
        found = [
            Column(name, given.get(name.casefold(), kind))
            for name, kind in zip(named, sniffed, strict=True)
        ]
        return self._distinct(Schema(tuple(found)))

    def _distinct(self, schema: Schema) -> Schema:
        seen: set[str] = set()
        for i, name in enumerate(schema.names):
            if name.casefold() in seen or not name.strip():
                raise InvalidParams(
                    f"Column '{name}' is named twice" if name.strip() else "A column has no name",
                    do="take one of the two out" if name.strip() else "write its name",
                    code="name_taken" if name.strip() else "column_empty",
                    where=Where(param=f"columns.{i}.name"),
                )
            seen.add(name.casefold())
        return schema

    def _with_file(self, schema: Schema) -> Schema:
        name = self.params.file_column
        if not name:
            return schema
        if name in schema:
            raise InvalidParams(
                f"The file already has a column '{name}'",
                do="write another name",
                code="name_taken",
                where=Where(param="file_column"),
            )
        return schema.with_columns(Column(name, VARCHAR))

    def _of_file(self, schema: Schema) -> tuple[str, ...]:
        """Return the columns that stand in the file."""
        return tuple(name for name in schema.names if name != self.params.file_column)

    def _places(self, layout: "Layout", names: Sequence[str]) -> list[int]:
        """Return where in a file columns stand, from 0.

        Raises:
            ReadFailed: One is not there.
        """
        known = {name.casefold(): place for place, name in enumerate(layout.names)}
        if not layout.header and len(self.params.columns) == len(layout.names):
            known = {c.name.casefold(): i for i, c in enumerate(self.params.columns)} | known
        for name in names:
            if name.casefold() not in known:
                raise self._missing(layout, name)
        return [known[name.casefold()] for name in names]

    def _missing(self, layout: "Layout", name: str) -> SummitError:
        near = did_you_mean(name, layout.names)
        why = f"{layout.path.name} has the columns {listing(layout.names)}"
        if not layout.header:
            why = (
                f"{layout.path.name} has no header and {len(layout.names)} columns, and"
                f" {len(self.params.columns)} are named"
            )
        error = ReadFailed(
            f"Cannot find the column '{name}'",
            why=why,
            do=f"did you mean '{near}'?" if near else "name the columns that the file has",
            code="column_missing",
            where=Where(param="columns", file=str(layout.path), line=layout.line),
        )
        return self.at_path(error)

    def _wanted(self, layout: "Layout", schema: Schema) -> "tuple[Wanted, ...]":
        from summit_studio.formats.csv.parse import Wanted

        own = {c.name.casefold(): c.type.upper() for c in self.params.columns}
        of_file = self._of_file(schema)
        places = dict(zip(of_file, self._places(layout, of_file), strict=True))
        found = []
        for column in schema:
            if column.name not in places:
                found.append(Wanted(column.name, column.type, -1))
                continue
            # Some types have no Arrow twin: they are read as told and move on as another.
            told = own.get(column.name.casefold(), "")
            odd = bool(told) and carried(Schema.of({"v": told})) != Schema.of({"v": told})
            place = places[column.name]
            found.append(
                Wanted(column.name, column.type, place, told if odd else "", exact=not told)
            )
        return tuple(found)


def described(layout: "Layout") -> str:
    """Return in words how a file is written."""
    from summit_studio.formats.csv.dialect import spoken

    dialect = layout.dialect
    parts = [
        f"{layout.path.name} is {layout.format.encoding} text",
        f"with {spoken(dialect.delimiter)} between values",
        "and a header" if layout.header else "and no header",
    ]
    if layout.format.compression != "none":
        parts.append(f"(compressed by {layout.format.compression})")
    if layout.reading.decimal != ".":
        parts.append("and decimal commas")
    return "; ".join([" ".join(parts), *layout.notes])


class _Opened(Reader):
    """Turns pieces into chunks, and errors into errors of this node."""

    def __init__(
        self, reader: "CsvReader", at_path: "Callable[[SummitError], SummitError]"
    ) -> None:
        self._reader, self._at_path = reader, at_path

    def chunks(self) -> Iterator[Chunk]:
        try:
            for piece in self._reader.pieces():
                yield Chunk(self._load(piece.load), piece.position, piece.progress)
        except ReadFailed as error:
            raise self._at_path(error) from None

    def close(self) -> None:
        self._reader.close()

    def _load(self, load: "Callable[[], Parsed]") -> Callable[[], Loaded]:
        def loaded() -> Loaded:
            try:
                parsed = load()
            except ReadFailed as error:
                raise self._at_path(error) from None
            return Loaded(parsed.rows, parsed.rejected, parsed.held, parsed.place, parsed.lines)

        return loaded


def _formats(params: CsvSourceParams) -> dict[str, str]:
    formats = {}
    if params.date_format:
        formats["DATE"] = params.date_format
    if params.timestamp_format:
        zoned = "%z" in params.timestamp_format
        formats["TIMESTAMP WITH TIME ZONE" if zoned else "TIMESTAMP"] = params.timestamp_format
    return formats


def _shown(path: Path, context: RunContext) -> str:
    root = context.workspace.root
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _merged(schemas: Sequence[Schema]) -> dict[str, str]:
    """Return the type of each column that holds what all files have, by name in lower case."""
    from summit_studio.formats.csv.types import wider

    found: dict[str, str] = {}
    for column in (c for schema in schemas for c in schema):
        name = column.name.casefold()
        found[name] = wider(found.setdefault(name, column.type), column.type)
    return found


def _empty(path: Path) -> ReadFailed:
    return ReadFailed(
        f"'{path.name}' is empty",
        why="without a header or rows there is no telling its columns",
        do="choose another file, or name the columns and their types",
        code="file_empty",
        where=Where(file=str(path)),
    )
