"""Rows between Arrow and PostgreSQL's COPY ... (FORMAT csv), both ways.

NULL is an empty field without quotes and '' is a quoted one, on both sides; every text is quoted.
"""

import csv as csv_module
import io
import json
import re
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from summit_studio.connectors.contract import Misfit
from summit_studio.connectors.postgres.types import UNCONSTRAINED
from summit_studio.connectors.relational import cut
from summit_studio.core.errors import ReadFailed, Where
from summit_studio.core.schema import Column, Schema, to_arrow
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.connectors.contract import Reject


def select_list(columns: Sequence[tuple[Column, str]]) -> str:
    """Return the SELECT list that makes each column fit for CSV.

    Args:
        columns: Each with PostgreSQL's name of its type.
    """
    return ", ".join(_expression(column, native) for column, native in columns)


def _expression(column: Column, native: str) -> str:
    name = quote_name(column.name)
    if native.endswith("[]"):
        # Texts, so that decimals keep every digit on their way through JSON.
        return f"to_json({name}::text[])::text AS {name}"
    if native == "money":
        return f"{name}::numeric AS {name}"
    if native == "numeric" and column.type == UNCONSTRAINED:
        return f"round({name}, 9) AS {name}"
    return name


def readable(
    rows: "Sequence[bytes | memoryview]", schema: Schema, first_row: int, reject: "Reject | None"
) -> "Iterator[pa.RecordBatch]":
    """Yield CSV rows as batches of `schema`; tell `reject` of those that have no place in it.

    Args:
        rows: One text a row, line end included.
        schema: What the rows hold.
        first_row: Number of the first of them in the result, from 1.
        reject: None ends at the first such row.

    Raises:
        ReadFailed: A value has no place in its column's type, and nobody takes its row.
    """
    try:
        batch = decode(rows, schema, first_row)
    except ReadFailed as error:
        if reject is None or error.code != "value_does_not_fit":
            raise
        if len(rows) > 1:
            # Few rows are at fault, as a rule: halves without one are read at once.
            half = len(rows) // 2
            yield from readable(rows[:half], schema, first_row, reject)
            yield from readable(rows[half:], schema, first_row + half, reject)
            return
        column = error.where.column or ""
        reason = f"{error.why[:1].upper()}{error.why[1:]}."
        reject(Misfit(first_row, _as_json(rows[0], schema), column, reason))
        return
    yield batch


def _as_json(row: "bytes | memoryview", schema: Schema) -> str:
    (values,) = csv_module.reader(io.StringIO(bytes(row).decode("utf-8", "backslashreplace")))
    return json.dumps(dict(zip(schema.names, values, strict=False)), ensure_ascii=False)


def decode(
    rows: "Sequence[bytes | memoryview]", schema: Schema, first_row: int
) -> "pa.RecordBatch":
    """Return CSV rows as one batch of `schema`.

    Args:
        rows: One text a row, line end included.
        schema: What the rows hold.
        first_row: Number of the first of them in the result, from 1; for messages.

    Raises:
        ReadFailed: A value has no place in its column's type.
    """
    import pyarrow as pa
    from pyarrow import csv

    target = to_arrow(schema)
    wire = {c.name: _wire_type(target.field(c.name).type) for c in schema}
    data = b"".join(rows)
    try:
        table = csv.read_csv(
            pa.BufferReader(data),
            csv.ReadOptions(
                column_names=list(schema.names), block_size=len(data) + 1, use_threads=False
            ),
            csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types=wire, true_values=["t"], false_values=["f"], null_values=[""],
                strings_can_be_null=True, quoted_strings_can_be_null=False,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as error:
        raise unfit(str(error), schema, first_row) from None
    arrays = [_from_wire(table.column(c.name), c, target.field(c.name).type) for c in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=target)


def _wire_type(kind: "pa.DataType") -> "pa.DataType":
    import pyarrow as pa

    plain = not (pa.types.is_list(kind) or pa.types.is_binary(kind))
    return kind if plain else pa.string()


def _from_wire(values: "pa.ChunkedArray", column: Column, kind: "pa.DataType") -> "pa.Array":
    import pyarrow as pa

    array = values.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], values.type)
    if pa.types.is_binary(kind):
        # PostgreSQL writes bytes as \x68656c6c6f.
        return pa.array([None if v is None else bytes.fromhex(v[2:]) for v in array.to_pylist()])
    if pa.types.is_list(kind):
        return _lists(array, column, kind)
    return array


def _lists(array: "pa.Array", column: Column, kind: "pa.DataType") -> "pa.Array":
    import duckdb
    import pyarrow as pa

    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("wire", pa.table({"v": array}))
        try:
            cast = con.sql(f"SELECT CAST(CAST(v AS JSON) AS {column.type}) AS v FROM wire")
            table = cast.to_arrow_table()
        except duckdb.Error:
            raise ReadFailed(
                f"Cannot read column '{column.name}' as {column.type}",
                why="it holds arrays of several dimensions, or elements outside the type's range",
                do=f"read it as text: SELECT {quote_name(column.name)}::text",
                code="value_does_not_fit",
                where=Where(column=column.name),
            ) from None
    return table.column("v").combine_chunks().cast(kind)


def unfit(message: str, schema: Schema, first_row: int) -> ReadFailed:
    """Return the error about a value Arrow could not take, from Arrow's message."""
    place = re.search(r"CSV column #(\d+):(?: Row #(\d+):)?", message)
    value = re.search(r"(?:invalid value|The string) '(.*)'", message, re.DOTALL)
    if place is None:
        return ReadFailed("Cannot read the rows", why=message)
    column = schema.columns[int(place[1])]
    row = f", row {first_row - 1 + int(place[2])}" if place[2] else ""
    shown = f"the value {cut(value[1])}{row} has no place in {column.type}" if value else message
    name = quote_name(column.name)
    return ReadFailed(
        f"Cannot read column '{column.name}' as {column.type}",
        why=shown,
        do=f"read it as text in a query (SELECT {name}::text) or leave such rows out with WHERE",
        code="value_does_not_fit",
        where=Where(column=column.name),
    )


def encode(batch: "pa.RecordBatch") -> bytes:
    """Return a batch as CSV for COPY ... FROM STDIN, without a header."""
    import pyarrow as pa
    from pyarrow import csv

    arrays = [_to_wire(column) for column in batch.columns]
    sink = pa.BufferOutputStream()
    plain = pa.RecordBatch.from_arrays(arrays, names=[str(i) for i in range(len(arrays))])
    csv.write_csv(plain, sink, csv.WriteOptions(include_header=False))
    encoded: bytes = sink.getvalue().to_pybytes()
    return encoded


def _to_wire(array: "pa.Array") -> "pa.Array":
    import pyarrow as pa

    kind = array.type
    if isinstance(kind, pa.UuidType):
        values = [None if v is None else str(uuid.UUID(bytes=v)) for v in array.storage.to_pylist()]
        return pa.array(values, pa.string())
    if isinstance(kind, pa.BaseExtensionType):
        return _to_wire(array.storage)
    if pa.types.is_dictionary(kind):
        return _to_wire(array.cast(kind.value_type))
    if pa.types.is_float16(kind):
        return array.cast(pa.float32())
    if pa.types.is_string_view(kind):
        return array.cast(pa.string())
    render = _renderer(kind)
    if render is None:
        return array
    return pa.array([None if v is None else render(v) for v in array.to_pylist()], pa.string())


def _renderer(kind: "pa.DataType") -> Any:
    import pyarrow as pa

    if pa.types.is_map(kind):
        return lambda pairs: json.dumps(dict(pairs), default=str, ensure_ascii=False)
    if pa.types.is_nested(kind) and not pa.types.is_struct(kind):
        return array_literal
    if pa.types.is_struct(kind):
        return lambda value: json.dumps(value, default=str, ensure_ascii=False)
    if pa.types.is_interval(kind):
        return lambda v: f"{v.months} months {v.days} days {v.nanoseconds / 1000:f} microseconds"
    if pa.types.is_duration(kind):
        return lambda v: f"{v.total_seconds():f} seconds"
    if any(f(kind) for f in (pa.types.is_binary, pa.types.is_large_binary,
                             pa.types.is_fixed_size_binary, pa.types.is_binary_view)):  # fmt: skip
        return lambda value: "\\x" + value.hex()
    return None


def array_literal(values: Sequence[Any]) -> str:
    """Return a list as PostgreSQL writes arrays: `{1,NULL,"a b"}`."""
    return "{" + ",".join(_element(value) for value in values) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return array_literal(value)
    if isinstance(value, bytes):
        value = "\\x" + value.hex()
    if isinstance(value, dict):
        value = json.dumps(value, default=str, ensure_ascii=False)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
