"""Write a file of JSON lines."""

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from summit_studio.core.json_form import json_text
from summit_studio.core.schema import BLOB, Column, Schema, is_nested
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.nodes.contract import Example, Published, ReadBack, Rows, RunContext, Writer
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


class JsonlSinkParams(NonFiniteParams):
    """Params of `jsonl_sink`."""

    compression: Compression = param(
        "auto", doc="By the file's ending (.gz, .zst), or as told.", editor=Editor.CHOICE,
        advanced=True,
    )  # fmt: skip


class JsonlSink(FileSink[JsonlSinkParams]):
    """Write each row as one JSON object on a line, whole or not at all, or part by part.

    Nested values stay nested, maps are objects, decimals are numbers with every digit, dates and
    times are ISO texts, bytes are hexadecimal digits, durations and UUIDs texts; at the top and
    inside of lists and structs alike. NaN and infinities, which JSON cannot say, are texts or null,
    and counted.
    """

    id = "jsonl_sink"
    title = "Write JSON lines"
    icon = "json"
    keywords = ("to json", "json writer", "jsonl", "ndjson", "export", "save file", "json output")
    params_class = JsonlSinkParams
    can_reject = True
    form = ".jsonl"
    joins = True
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
            "A folder that is replaced at the end of a run",
            {"path": "out/people", "layout": "parts"},
            given={"rows": Rows({"id": "BIGINT"}, [(1,), (2,)])},
            written={"out/people/part-00000.jsonl": '{"id":1}\n{"id":2}\n'},
        ),
        Example(
            "A folder that each epoch adds a part to",
            {"path": "out/people", "layout": "parts", "if_exists": "append"},
            given={"rows": Rows({"id": "BIGINT"}, [(1,), (2,)])},
        ),
        Example(
            "A number that is none is rejected, where one says so",
            {"path": "x.jsonl", "non_finite": "reject"},
            given={"rows": NUMBERS},
            expected={"rejected": REJECTED_NUMBERS},
            written={"x.jsonl": '{"x":1.5}\n'},
        ),
    )

    @classmethod
    def read_back(cls, params: Mapping[str, Any]) -> ReadBack | None:
        """Return the source of the same file, or of the parts of the folder."""
        path = cls.all_files(params)
        return ReadBack("json_source", {"path": path, "layout": "lines"}) if path else None

    def summary(self) -> str:
        """Return the path and, unless it is the usual, its layout and how it is compressed."""
        codec = codec_of(self.params.compression, self.params.path)
        parts = [self.params.path, "parts" if self.is_folder else "", codec]
        return " · ".join(part for part in parts if part not in {"", "none"})

    def ending(self) -> str:
        """Return how the names of parts end."""
        return self.form + ending_of(codec_of(self.params.compression, self.params.path))

    def rows_in(self, file: "Path") -> "pa.Table":
        """Return the rows of a file, each value as JSON."""
        import pyarrow as pa

        codec = codec_of(self.params.compression, self.params.path)
        with open_decompressed(file, codec) as stream:
            objects = [json.loads(line) for line in stream.read().splitlines()]
        names = dict.fromkeys(name for one in objects for name in one)
        texts = [[json.dumps(one[n]) if n in one else None for one in objects] for n in names]
        return pa.table([pa.array(column, pa.string()) for column in texts], names=list(names))

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Open the file aside."""
        return _JsonlWriter(self, schema, context)


class _JsonlWriter(LineWriter[JsonlSinkParams]):
    def __init__(self, sink: JsonlSink, schema: Schema, context: RunContext) -> None:
        as_text = sink.params.non_finite == "text"
        super().__init__(
            sink,
            schema,
            context,
            codec=codec_of(sink.params.compression, sink.params.path),
            again=_ReadBack(schema, as_text=as_text),
            query=f"SELECT {_line(schema, as_text=as_text)} AS line FROM {BATCH}",
        )
        self._refuse = context.refuse
        self._non_finite = NonFinite(sink.params, schema)

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
            text = json_text(name, column.type, non_finite_text=self._as_text)
            # As the reader sees it, which takes long numbers in it for fractions of 53 bits.
            return f"nullif(json_extract('[' || {text} || ']', '/0')::VARCHAR, 'null')"
        if _is_long(column) and not self._flat:
            return f"CAST({name} AS DOUBLE)"
        if column.type in FLOATS and not self._as_text:
            return f"CASE WHEN isfinite({name}) THEN {name} END"
        return name


def _is_long(column: Column) -> bool:
    return column.type in {"HUGEINT", "UHUGEINT"} or column.type.startswith("DECIMAL")


def _line(schema: Schema, *, as_text: bool) -> str:
    """Return SQL that gives a row as one object on a line."""
    parts = []
    for index, column in enumerate(schema):
        key = ("," if index else "{") + json.dumps(column.name, ensure_ascii=False) + ":"
        value = json_text(quote_name(column.name), column.type, non_finite_text=as_text)
        parts.append(f"{quote_text(key)}, coalesce({value}, 'null')")
    return f"concat({', '.join(parts)}, '}}', chr(10))"
