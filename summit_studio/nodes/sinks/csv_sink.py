"""Write a CSV file."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal

from summit_studio.core.errors import InvalidParams
from summit_studio.core.json_form import json_text
from summit_studio.core.problems import Fix, Problem
from summit_studio.core.schema import BLOB, TIMESTAMPTZ, Column, Schema, is_nested, is_plain
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.nodes.contract import (
    DesignContext,
    Example,
    Inputs,
    Published,
    ReadBack,
    Rows,
    RunContext,
    Writer,
)
from summit_studio.nodes.params import Editor, param
from summit_studio.nodes.parts.lines import BATCH, LineWriter
from summit_studio.nodes.parts.non_finite import (
    FLOATS,
    NUMBERS,
    REJECTED_NUMBERS,
    NonFinite,
    NonFiniteParams,
)
from summit_studio.nodes.parts.output import Compression, FileSink, codec_of, ending_of
from summit_studio.stores.files import open_decompressed

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

_LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}


class CsvSinkParams(NonFiniteParams):
    """Params of `csv_sink`."""

    delimiter: str = param(
        ",", doc="One character between values; \\t is a tab.", keywords=("sep", "separator")
    )
    header: bool = param(True, doc="Write the column names first.", editor=Editor.TOGGLE)
    quoting: Literal["needed", "all_valid"] = param(
        "needed",
        doc="Quote what would be misread without, or every value that is not null.",
        editor=Editor.CHOICE,
        advanced=True,
    )
    null_text: str = param(
        "",
        keywords=("na_rep", "null", "nulls"),
        doc="What stands for null, never quoted; a text that is the same, such as the empty one, "
        "is quoted, so that both can be told apart.",
        advanced=True,
    )
    line_ending: Literal["lf", "crlf"] = param(
        "lf", doc="What ends a line: LF, or CR LF as Windows has it.", editor=Editor.CHOICE,
        advanced=True,
    )  # fmt: skip
    compression: Compression = param(
        "auto", doc="By the file's ending (.gz, .zst), or as told.", editor=Editor.CHOICE,
        advanced=True,
    )  # fmt: skip


class CsvSink(FileSink[CsvSinkParams]):
    """Write rows to a CSV file in UTF-8, whole or not at all, or to a folder part by part.

    Times with a zone are written in UTC with their offset, decimals with every digit, bytes as
    hexadecimal digits, lists, structs and maps as the JSON that `jsonl_sink` writes.
    """

    id = "csv_sink"
    title = "Write CSV"
    icon = "csv"
    keywords = (
        "to csv", "csv writer", "export", "save file", "output data", "text file output",
        "download", "comma", "tsv",
    )  # fmt: skip
    params_class = CsvSinkParams
    can_reject = True
    form = ".csv"
    joins = True
    examples = (
        Example(
            "Null and empty text stay apart",
            {"path": "people.csv"},
            given={
                "rows": Rows(
                    {"id": "BIGINT", "name": "VARCHAR"}, [(1, "Ada, L."), (2, None), (3, "")]
                )
            },
            written={"people.csv": 'id,name\n1,"Ada, L."\n2,\n3,""\n'},
        ),
        Example(
            "Semicolons, and a word for null",
            {"path": "out/prices.csv", "delimiter": ";", "null_text": "NULL"},
            given={
                "rows": Rows(
                    {"item": "VARCHAR", "price": "DECIMAL(8,2)"}, [("a;b", 1), ("c", None)]
                )
            },
            written={"out/prices.csv": 'item;price\n"a;b";1.00\nc;NULL\n'},
        ),
        Example(
            "A folder that each epoch adds a part to",
            {"path": "out/people", "layout": "parts", "if_exists": "append"},
            given={"rows": Rows({"id": "BIGINT"}, [(1,), (2,)])},
        ),
        Example(
            "A number that is none is rejected, where one says so",
            {"path": "x.csv", "non_finite": "reject"},
            given={"rows": NUMBERS},
            expected={"rejected": REJECTED_NUMBERS},
            written={"x.csv": "x\n1.5\n"},
        ),
    )

    @classmethod
    def read_back(cls, params: Mapping[str, Any]) -> ReadBack | None:
        """Return the source of the same file, or of the folder's parts, in the same dialect."""
        path, nulls = cls.all_files(params), params.get("null_text")
        told = {
            "path": path,
            "header": "yes" if params.get("header", True) else "no",
            "delimiter": params.get("delimiter", ","),
        }
        return (
            ReadBack("csv_source", told | ({"null_values": nulls} if nulls else {}))
            if path
            else None
        )

    def summary(self) -> str:
        """Return the path and, unless it is the usual, its layout and how it is compressed."""
        codec = codec_of(self.params.compression, self.params.path)
        parts = [self.params.path, "parts" if self.is_folder else "", codec]
        return " · ".join(part for part in parts if part not in {"", "none"})

    def ending(self) -> str:
        """Return how the names of parts end."""
        return self.form + ending_of(codec_of(self.params.compression, self.params.path))

    def rows_in(self, file: "Path") -> "pa.Table":
        """Return the rows of a file, each value as the very text that stands there."""
        import pyarrow as pa

        codec = codec_of(self.params.compression, self.params.path)
        with open_decompressed(file, codec) as stream:
            text = stream.read().decode("utf-8")
        delimiter = re.escape(_delimiter(self.params))
        value = re.compile(rf'("(?:[^"]|"")*"|[^{delimiter}\r\n"]*)({delimiter}|\r?\n|\Z)')
        records: list[list[str]] = [[]]
        for found in value.finditer(text):
            records[-1].append(found[1])
            if found[2] != _delimiter(self.params):
                records.append([])
        last = records.pop()
        if last or (records and records[-1] == [""] and text.endswith("\n")):
            records.pop()
        names = [n.strip('"') for n in records.pop(0)] if self.params.header and records else []
        columns = list(zip_longest(*records)) or [()] * len(names)
        names = [name for name, _ in zip_longest(names, columns, fillvalue="")]
        return pa.table([pa.array(c, pa.string()) for c in columns], names=names)

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield problems of the path, the delimiter and the text for null."""
        yield from super().check(inputs, context)
        yield from self._mistakes()

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Open the file aside.

        Raises:
            InvalidParams: The delimiter or the text for null cannot be used.
        """
        for found in self._mistakes():
            raise InvalidParams(
                found.what, why=found.why, do=found.do, code=found.code, where=found.where
            )
        return _CsvWriter(self, schema, context)

    def _mistakes(self) -> Iterator[Problem]:
        if not _fits(_delimiter(self.params)):
            yield self.problem(
                "delimiter_invalid",
                f"'{self.params.delimiter}' cannot stand between values",
                field_name="delimiter",
                why="it must be one character that no number, date or quoted value holds",
                do="write one character, such as ; or |",
                fixes=(Fix("Use a comma", self.node_id, (("delimiter", ","),)),),
            )
        elif not _unmistakable(self.params.null_text, _delimiter(self.params)):
            yield self.problem(
                "null_text_invalid",
                "The text for null would be misread",
                field_name="null_text",
                why="it holds a quote, the delimiter or a line end",
                do="write a plain word, or nothing",
            )


class _CsvWriter(LineWriter[CsvSinkParams]):
    def __init__(self, sink: CsvSink, schema: Schema, context: RunContext) -> None:
        lines = _Lines(sink.params)
        super().__init__(
            sink,
            schema,
            context,
            codec=codec_of(sink.params.compression, sink.params.path),
            query=lines.query(schema),
            head=lines.head(schema) if sink.params.header else b"",
            quote=b'"',
            again=_ReadBack(
                sink.params, header=sink.params.header and sink.stages(context) is None
            ),
        )
        self._refuse = context.refuse
        self._non_finite = NonFinite(sink.params, schema)

    def fit(self, batch: "pa.Table") -> "pa.Table":
        return self._non_finite.sayable(batch, self._refuse)

    def commit(self, epoch: int) -> Published:
        done = super().commit(epoch)
        return dataclasses.replace(done, counts={**done.counts, **self._non_finite.counts()})


class _Lines:
    """How rows become lines, as SQL."""

    def __init__(self, params: CsvSinkParams) -> None:
        self._delimiter = _delimiter(params)
        self._end = _LINE_ENDS[params.line_ending]
        self._null = params.null_text
        self._nulls_odd = params.non_finite == "null"
        self._quotes_all = params.quoting == "all_valid"

    def query(self, schema: Schema) -> str:
        """Return the query that gives a line for each row of the table `batch`."""
        values = f", {quote_text(self._delimiter)}, ".join(map(self._value, schema))
        return f"SELECT concat({values}, {_text(self._end)}) AS line FROM {BATCH}"

    def head(self, schema: Schema) -> bytes:
        """Return the line of column names."""
        names = [self._named(name) for name in schema.names]
        return (self._delimiter.join(names) + self._end).encode()

    def _named(self, name: str) -> str:
        special = {'"', "\n", "\r", self._delimiter}
        plain = not self._quotes_all and name.strip() == name != "" and not special & set(name)
        return name if plain else '"' + name.replace('"', '""') + '"'

    def _value(self, column: Column) -> str:
        text = _as_text(column, finite=self._nulls_odd)
        if self._nulls_odd and column.type in FLOATS:
            text = f"(CASE WHEN isfinite({quote_name(column.name)}) THEN {text} END)"
        if not self._quotes_all:
            need = self._need(text, column)
            text = f"CASE WHEN {need} THEN {_quoted(text)} ELSE {text} END" if need else text
        else:
            text = _quoted(text)
        return f"coalesce({text}, {quote_text(self._null)})" if self._null else text

    def _need(self, text: str, column: Column) -> str:
        """Return when a text must be quoted; nothing where it never need be."""
        same_as_null = f"{text} = {quote_text(self._null)}"
        if is_plain(column.type):
            return same_as_null if self._null else ""
        special = ('"', self._delimiter, "\n", "\r")
        tests = [f"contains({text}, {_text(char)})" for char in special]
        tests += [same_as_null, f"{text} = ''", f"trim({text}) <> {text}"]
        return " OR ".join(dict.fromkeys(tests))


class _ReadBack:
    """Reads the file as texts, and those as values."""

    def __init__(self, params: CsvSinkParams, *, header: bool) -> None:
        self._params = params
        self._header = header

    def scan(self, path: "Path", codec: str, schema: Schema) -> str:
        columns = ", ".join(f"{quote_text(f'c{i}')}: 'VARCHAR'" for i in range(len(schema)))
        return (
            f"read_csv({quote_text(str(path))}, columns = {{{columns}}}, auto_detect = false,"
            f" header = {self._header}, delim = {quote_text(_delimiter(self._params))},"
            f" quote = '\"', escape = '\"', nullstr = {quote_text(self._params.null_text)},"
            f" allow_quoted_nulls = false, compression = {quote_text(codec)},"
            " max_line_size = 268435456, parallel = false) AS t"
            f"({', '.join(quote_name(name) for name in schema.names)})"
        )

    def value(self, column: Column) -> str:
        name = quote_name(column.name)
        if column.type == BLOB:
            return f"unhex({name})"
        return name if is_nested(column.type) else f"CAST({name} AS {column.type})"

    def image(self, column: Column) -> str:
        name = quote_name(column.name)
        if column.type in FLOATS and self._params.non_finite == "null":
            return f"CASE WHEN isfinite({name}) THEN {name} END"
        finite = self._params.non_finite == "null"
        return _as_text(column, finite=finite) if is_nested(column.type) else name


def _as_text(column: Column, *, finite: bool) -> str:
    name = quote_name(column.name)
    if column.type == TIMESTAMPTZ:
        return f"replace({name}::VARCHAR, '+00', '+00:00')"
    if column.type == BLOB:
        return f"lower(hex({name}))"
    if is_nested(column.type):
        return json_text(name, column.type, non_finite_text=not finite)
    return name if column.type == "VARCHAR" else f"{name}::VARCHAR"


def _quoted(text: str) -> str:
    return f"""('"' || replace({text}, '"', '""') || '"')"""


def _text(value: str) -> str:
    """Return a text that may be a line end as SQL."""
    return " || ".join(f"chr({ord(c)})" if c in "\r\n" else quote_text(c) for c in value)


def _delimiter(params: CsvSinkParams) -> str:
    return params.delimiter.replace("\\t", "\t")


def _fits(delimiter: str) -> bool:
    """Return True for one character that the text of no number, date or time holds."""
    return len(delimiter) == 1 and not delimiter.isalnum() and delimiter not in '"\n\r\0 +-.:()_'


def _unmistakable(null_text: str, delimiter: str) -> bool:
    return (
        not {'"', "\n", "\r", "\0", delimiter} & set(null_text) and null_text.strip() == null_text
    )
