"""Write a file of JSON lines."""

from typing import TYPE_CHECKING

from summit_studio.core.schema import Schema
from summit_studio.expressions.connect import locked_connection
from summit_studio.expressions.quoting import quote_name
from summit_studio.nodes.contract import Example, Rows, RunContext, Writer
from summit_studio.nodes.output import Compression, FileParams, FileSink, FileWriter, codec_of
from summit_studio.nodes.params import Editor, param

if TYPE_CHECKING:
    import pyarrow as pa


class JsonlSinkParams(FileParams):
    """Params of `jsonl_sink`."""

    compression: Compression = param(
        "auto", doc="By the file's ending (.gz, .zst), or as told.", editor=Editor.CHOICE,
        advanced=True,
    )  # fmt: skip


class JsonlSink(FileSink[JsonlSinkParams]):
    """Write each row as one JSON object on a line, whole or not at all.

    Nested values stay nested, decimals are numbers, dates and times are ISO texts, NaN and
    infinities, which JSON cannot say, are null.
    """

    id = "jsonl_sink"
    title = "Write JSON lines"
    icon = "json"
    keywords = ("file", "save", "jsonl", "ndjson", "export")
    params_class = JsonlSinkParams
    examples = (
        Example(
            "Null stays null",
            {"path": "people.jsonl"},
            given={"rows": Rows({"id": "BIGINT", "name": "VARCHAR"}, [(1, 'Åda "L"'), (2, None)])},
            written={"people.jsonl": '{"id":1,"name":"Åda \\"L\\""}\n{"id":2,"name":null}\n'},
        ),
    )

    def summary(self) -> str:
        """Return the path."""
        return self.params.path

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Open the file aside."""
        return _JsonlWriter(self, schema, context)


class _JsonlWriter(FileWriter[JsonlSinkParams]):
    def __init__(self, sink: JsonlSink, schema: Schema, context: RunContext) -> None:
        super().__init__(sink, context)
        self._stream = self._file.open(codec_of(self.params.compression, self.params.path))
        self._con = locked_connection()
        columns = ", ".join(_value(c.name, c.type) for c in schema)
        self._query = f"SELECT to_json(row)::VARCHAR AS line FROM (SELECT {columns} FROM batch) row"

    def put(self, batch: "pa.Table") -> None:
        import pyarrow.compute as pc

        self._con.register("batch", batch)
        lines = self._con.sql(self._query).to_arrow_table().column("line").combine_chunks()
        self._con.unregister("batch")
        if len(lines):
            joined = pc.binary_join(_as_list(lines), "\n")
            self._stream.write(joined[0].as_py().encode() + b"\n")

    def finish(self) -> None:
        self._con.close()

    def abort(self) -> None:
        self._con.close()
        super().abort()


def _as_list(lines: "pa.Array") -> "pa.ListArray":
    import pyarrow as pa

    return pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines)


def _value(name: str, type_name: str) -> str:
    """Return a column as JSON can say it."""
    quoted = quote_name(name)
    if type_name in ("DOUBLE", "FLOAT"):
        return f"CASE WHEN isfinite({quoted}) THEN {quoted} END AS {quoted}"
    if type_name == "BLOB":
        return f"hex({quoted}) AS {quoted}"
    return quoted
