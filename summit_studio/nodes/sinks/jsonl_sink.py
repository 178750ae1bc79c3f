"""Write a file of JSON lines."""

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from summit_studio.core.errors import Where, WriteFailed
from summit_studio.core.schema import BLOB, TIMESTAMP, TIMESTAMPTZ, Column, Schema, is_nested
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.nodes.contract import Example, Published, Rows, RunContext, Writer
from summit_studio.nodes.params import Editor, param
from summit_studio.nodes.parts.lines import BATCH, LineWriter, widened
from summit_studio.nodes.parts.output import Compression, FileParams, FileSink, codec_of

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

_FLOATS = ("DOUBLE", "FLOAT")


class JsonlSinkParams(FileParams):
    """Params of `jsonl_sink`."""

    compression: Compression = param(
        "auto", doc="By the file's ending (.gz, .zst), or as told.", editor=Editor.CHOICE,
        advanced=True,
    )  # fmt: skip


class JsonlSink(FileSink[JsonlSinkParams]):
    """Write each row as one JSON object on a line, whole or not at all.

    Nested values stay nested, decimals are numbers with every digit, dates and times are ISO texts,
    bytes are hexadecimal digits. NaN and infinities, which JSON cannot say, are null and counted;
    inside a list or struct they are refused.
    """

    id = "jsonl_sink"
    title = "Write JSON lines"
    icon = "json"
    keywords = ("to json", "json writer", "jsonl", "ndjson", "export", "save file", "json output")
    params_class = JsonlSinkParams
    examples = (
        Example(
            "Null stays null",
            {"path": "people.jsonl"},
            given={"rows": Rows({"id": "BIGINT", "name": "VARCHAR"}, [(1, 'Åda "L"'), (2, None)])},
            written={"people.jsonl": '{"id":1,"name":"Åda \\"L\\""}\n{"id":2,"name":null}\n'},
        ),
        Example(
            "Lists stay lists, decimals keep their digits",
            {"path": "out/orders.jsonl"},
            given={
                "rows": Rows(
                    {"tags": "VARCHAR[]", "total": "DECIMAL(12,2)"}, [(["new", "paid"], "12.50")]
                )
            },
            written={"out/orders.jsonl": '{"tags":["new","paid"],"total":12.50}\n'},
        ),
    )

    def summary(self) -> str:
        """Return the path and, unless it is the usual, how the file is compressed."""
        codec = codec_of(self.params.compression, self.params.path)
        return self.params.path if codec == "none" else f"{self.params.path} · {codec}"

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Open the file aside."""
        return _JsonlWriter(self, schema, context)


class _JsonlWriter(LineWriter[JsonlSinkParams]):
    def __init__(self, sink: JsonlSink, schema: Schema, context: RunContext) -> None:
        pairs = ", ".join(f"{quote_text(c.name)}, {_value(c)}" for c in schema)
        super().__init__(
            sink,
            schema,
            context,
            codec=codec_of(sink.params.compression, sink.params.path),
            again=_ReadBack(schema),
            query=f"SELECT json_object({pairs})::VARCHAR || chr(10) AS line FROM {BATCH}",
        )
        self._floats = [c.name for c in schema if c.type in _FLOATS]
        self._nested = [
            c.name for c in schema if is_nested(c.type) and any(f in c.type for f in _FLOATS)
        ]
        self._unsayable = 0

    def put(self, batch: "pa.Table") -> None:
        for name in self._nested:
            if any(map(_unsayable, _leaves(batch.column(name).chunks))):
                raise WriteFailed(
                    f"Cannot write {self.params.path}",
                    why="a list or struct holds NaN or an infinity, which JSON cannot say",
                    do="replace it by null before this node",
                    code="value_unwritable",
                    where=Where(column=name),
                )
        self._unsayable += sum(_unsayable(batch.column(name)) for name in self._floats)
        super().put(batch)

    def commit(self, epoch: int) -> Published:
        done = super().commit(epoch)
        counts = {"nan_as_null": self._unsayable} if self._unsayable else {}
        return dataclasses.replace(done, counts={**done.counts, **counts})


class _ReadBack:
    """Reads the file as JSON objects, and their values by pointers.

    DuckDB's reader takes long numbers for fractions of 53 bits; those are found in the text. With
    objects inside of objects a name can stand twice: they are then compared as far as it reads.
    """

    def __init__(self, schema: Schema) -> None:
        self._flat = not any(is_nested(c.type) or c.type == "JSON" for c in schema)

    def scan(self, path: "Path", codec: str, schema: Schema) -> str:
        del schema
        return (
            f"read_ndjson_objects({quote_text(str(path))}, compression = {quote_text(codec)},"
            " maximum_object_size = 268435456) AS t(line)"
        )

    def value(self, column: Column) -> str:
        pointer = quote_text("/" + column.name.replace("~", "~0").replace("/", "~1"))
        if is_nested(column.type) or column.type == "JSON":
            return f"nullif(json_extract(line, {pointer})::VARCHAR, 'null')"
        text = f"json_extract_string(line, {pointer})"
        if _is_long(column):
            if not self._flat:
                return f"CAST({text} AS DOUBLE)"
            name = re.escape(json.dumps(column.name, ensure_ascii=False))
            found = quote_text(rf"[{{,]{name}:(-?[0-9]+(?:\.[0-9]+)?)")
            text = f"nullif(regexp_extract(line::VARCHAR, {found}, 1), '')"
        return f"unhex({text})" if column.type == BLOB else f"CAST({text} AS {column.type})"

    def image(self, column: Column) -> str:
        name = quote_name(column.name)
        if is_nested(column.type) or column.type == "JSON":
            return f"nullif(to_json({_value(column)})::VARCHAR, 'null')"
        if _is_long(column) and not self._flat:
            return f"CAST({name} AS DOUBLE)"
        return f"CASE WHEN isfinite({name}) THEN {name} END" if column.type in _FLOATS else name


def _is_long(column: Column) -> bool:
    return column.type in {"HUGEINT", "UHUGEINT"} or column.type.startswith("DECIMAL")


def _value(column: Column) -> str:
    """Return a column as JSON can say it."""
    name = quote_name(column.name)
    if column.type == "FLOAT":
        # By its text: widened to a double, 0.1 would show sixteen digits.
        return f"CASE WHEN isfinite({name}) THEN {name}::VARCHAR::JSON END"
    if column.type == "DOUBLE":
        return f"CASE WHEN isfinite({name}) THEN {name} END"
    if column.type == BLOB:
        return f"lower(hex({name}))"
    if column.type == TIMESTAMP:
        return f"replace({name}::VARCHAR, ' ', 'T')"
    if column.type == TIMESTAMPTZ:
        return f"replace(replace({name}::VARCHAR, ' ', 'T'), '+00', '+00:00')"
    if column.type == "JSON":
        return f"{name}::JSON"
    if is_nested(column.type) or column.type.startswith("DECIMAL"):
        return f"CAST({name} AS {widened(column.type)})"
    return name


def _unsayable(values: "pa.Array | pa.ChunkedArray") -> int:
    import pyarrow.compute as pc

    return int(pc.sum(pc.invert(pc.is_finite(values))).as_py() or 0)


def _leaves(arrays: list[Any]) -> Iterator["pa.Array"]:
    """Yield the arrays of floats inside nested arrays."""
    import pyarrow as pa

    kinds = pa.types
    for array in arrays:
        if kinds.is_floating(array.type):
            yield array
        elif kinds.is_struct(array.type):
            yield from _leaves(array.flatten())
        elif kinds.is_map(array.type):
            yield from _leaves([array.keys, array.items])
        elif kinds.is_nested(array.type) and not kinds.is_union(array.type):
            yield from _leaves([array.flatten()])
