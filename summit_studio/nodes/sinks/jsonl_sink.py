"""Write a file of JSON lines."""

import dataclasses
import json
import re
from typing import TYPE_CHECKING

from summit_studio.core.schema import BLOB, TIMESTAMP, TIMESTAMPTZ, Column, Schema, is_nested
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.nodes.contract import Example, Published, Rows, RunContext, Writer
from summit_studio.nodes.params import Editor, param
from summit_studio.nodes.parts.lines import BATCH, LineWriter, widened
from summit_studio.nodes.parts.non_finite import (
    FLOATS,
    NUMBERS,
    REJECTED_NUMBERS,
    NonFinite,
    NonFiniteParams,
)
from summit_studio.nodes.parts.output import Compression, FileSink, codec_of

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


class JsonlSinkParams(NonFiniteParams):
    """Params of `jsonl_sink`."""

    compression: Compression = param(
        "auto", doc="By the file's ending (.gz, .zst), or as told.", editor=Editor.CHOICE,
        advanced=True,
    )  # fmt: skip


class JsonlSink(FileSink[JsonlSinkParams]):
    """Write each row as one JSON object on a line, whole or not at all.

    Nested values stay nested, decimals are numbers with every digit, dates and times are ISO texts,
    bytes are hexadecimal digits. NaN and infinities, which JSON cannot say, are texts or null, and
    counted; inside a list or struct they are refused.
    """

    id = "jsonl_sink"
    title = "Write JSON lines"
    icon = "json"
    keywords = ("to json", "json writer", "jsonl", "ndjson", "export", "save file", "json output")
    params_class = JsonlSinkParams
    can_reject = True
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
        Example(
            "A number that is none is rejected, where one says so",
            {"path": "x.jsonl", "non_finite": "reject"},
            given={"rows": NUMBERS},
            expected={"rejected": REJECTED_NUMBERS},
            written={"x.jsonl": '{"x":1.5}\n'},
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
        as_text = sink.params.non_finite == "text"
        pairs = ", ".join(f"{quote_text(c.name)}, {_value(c, as_text=as_text)}" for c in schema)
        super().__init__(
            sink,
            schema,
            context,
            codec=codec_of(sink.params.compression, sink.params.path),
            again=_ReadBack(schema, as_text=as_text),
            query=f"SELECT json_object({pairs})::VARCHAR || chr(10) AS line FROM {BATCH}",
        )
        self._refuse = context.refuse
        self._non_finite = NonFinite(sink.params, schema, nested=False)

    def fit(self, batch: "pa.Table") -> "pa.Table":
        return self._non_finite.sayable(batch, self._refuse)

    def commit(self, epoch: int) -> Published:
        done = super().commit(epoch)
        return dataclasses.replace(done, counts={**done.counts, **self._non_finite.counts()})


class _ReadBack:
    """Reads the file as JSON objects, and their values by pointers.

    DuckDB's reader takes long numbers for fractions of 53 bits; those are found in the text. With
    objects inside of objects a name can stand twice: they are then compared as far as it reads.
    """

    def __init__(self, schema: Schema, *, as_text: bool) -> None:
        self._as_text = as_text
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
            return f"nullif(to_json({_value(column, as_text=self._as_text)})::VARCHAR, 'null')"
        if _is_long(column) and not self._flat:
            return f"CAST({name} AS DOUBLE)"
        if column.type in FLOATS and not self._as_text:
            return f"CASE WHEN isfinite({name}) THEN {name} END"
        return name


def _is_long(column: Column) -> bool:
    return column.type in {"HUGEINT", "UHUGEINT"} or column.type.startswith("DECIMAL")


def _value(column: Column, *, as_text: bool) -> str:
    """Return a column as JSON can say it; numbers that are not finite as texts, or null."""
    name = quote_name(column.name)
    if column.type in FLOATS:
        # By its text: widened to a double, a FLOAT of 0.1 would show sixteen digits.
        number = f"{name}::VARCHAR::JSON" if column.type == "FLOAT" else f"to_json({name})"
        return f"CASE WHEN isfinite({name}) THEN {number} {_words(name) if as_text else ''} END"
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


def _words(name: str) -> str:
    """Return the further cases of a number that is not finite, as texts of JSON in SQL."""
    return (
        f"""WHEN isnan({name}) THEN '"NaN"'::JSON WHEN {name} > 0 THEN '"Infinity"'::JSON """
        f"""WHEN {name} < 0 THEN '"-Infinity"'::JSON"""
    )
