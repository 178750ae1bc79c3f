"""Write a CSV file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from summit_studio.core.problems import Fix, Problem
from summit_studio.core.schema import Schema, base_type
from summit_studio.nodes.contract import DesignContext, Example, Inputs, Rows, RunContext, Writer
from summit_studio.nodes.output import Compression, FileParams, FileSink, FileWriter, codec_of
from summit_studio.nodes.params import Editor, param

if TYPE_CHECKING:
    import pyarrow as pa

_NESTED = ("STRUCT", "MAP", "UNION")


class CsvSinkParams(FileParams):
    """Params of `csv_sink`."""

    delimiter: str = param(",", doc="One character between values; \\t is a tab.")
    header: bool = param(True, doc="Write the column names first.", editor=Editor.TOGGLE)
    quoting: Literal["needed", "all_valid"] = param(
        "needed",
        doc="Quote texts only, or every value that is not null. Null is written as nothing, and an "
        'empty text as "", so that both can be told apart.',
        editor=Editor.CHOICE,
        advanced=True,
    )
    compression: Compression = param(
        "auto", doc="By the file's ending (.gz, .zst), or as told.", editor=Editor.CHOICE,
        advanced=True,
    )  # fmt: skip


class CsvSink(FileSink[CsvSinkParams]):
    """Write rows to a CSV file in UTF-8, whole or not at all."""

    id = "csv_sink"
    title = "Write CSV"
    icon = "csv"
    keywords = ("file", "save", "text", "comma", "export", "tsv")
    params_class = CsvSinkParams
    examples = (
        Example(
            "Null and empty text stay apart",
            {"path": "people.csv"},
            given={
                "rows": Rows(
                    {"id": "BIGINT", "name": "VARCHAR"}, [(1, "Ada, L."), (2, None), (3, "")]
                )
            },
            written={"people.csv": '"id","name"\n1,"Ada, L."\n2,\n3,""\n'},
        ),
    )

    def summary(self) -> str:
        """Return the path."""
        return self.params.path

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield problems of the path, the delimiter and columns that CSV cannot hold."""
        yield from super().check(inputs, context)
        if len(_delimiter(self.params)) != 1:
            yield self.problem(
                "delimiter_invalid",
                "The delimiter is not one character",
                field_name="delimiter",
                do="write one character, such as ;",
                fixes=(Fix("Use a comma", self.node_id, (("delimiter", ","),)),),
            )
        for column in (c for schema in inputs.get("rows", ()) for c in schema):
            if base_type(column.type) in _NESTED or column.type.endswith("]"):
                yield self.problem(
                    "type_unfit",
                    f"CSV cannot hold column '{column.name}'",
                    why=f"it is {column.type}",
                    do="turn it into text before (to_json in a Derive node), or write JSON or "
                    "Parquet",
                )

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Open the file aside."""
        return _CsvWriter(self, schema, context)


class _CsvWriter(FileWriter[CsvSinkParams]):
    def __init__(self, sink: CsvSink, schema: Schema, context: RunContext) -> None:
        from pyarrow import csv

        from summit_studio.core.schema import to_arrow

        super().__init__(sink, context)
        stream = self._file.open(codec_of(self.params.compression, self.params.path))
        options = csv.WriteOptions(
            include_header=self.params.header,
            delimiter=_delimiter(self.params),
            quoting_style=self.params.quoting,
        )
        self._schema = _plain(to_arrow(schema))
        self._writer = csv.CSVWriter(stream, self._schema, write_options=options)

    def put(self, batch: "pa.Table") -> None:
        self._writer.write_table(_readable(batch, self._schema))

    def finish(self) -> None:
        self._writer.close()


def _delimiter(params: CsvSinkParams) -> str:
    return params.delimiter.replace("\\t", "\t")


def _plain(schema: "pa.Schema") -> "pa.Schema":
    """Return the schema as written: bytes become text of hexadecimal digits."""
    import pyarrow as pa

    kinds = [pa.string() if pa.types.is_binary(f.type) else f.type for f in schema]
    return pa.schema(list(zip(schema.names, kinds, strict=True)))


def _readable(batch: "pa.Table", schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    if batch.schema.equals(schema):
        return batch
    columns = [
        pa.array([v.hex() if v is not None else None for v in column.to_pylist()], pa.string())
        if pa.types.is_binary(column.type)
        else column
        for column in batch.columns
    ]
    return pa.table(columns, schema=schema)
