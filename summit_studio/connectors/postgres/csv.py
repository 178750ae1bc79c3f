"""Rows between Arrow and PostgreSQL's COPY ... (FORMAT csv), both ways.

NULL is an empty field without quotes and '' is a quoted one, on both sides; every text is quoted.
"""

import json
import re
import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.contract import Misfit
from summit_studio.connectors.postgres.copying import CopiedRows
from summit_studio.connectors.postgres.types import LOOSE
from summit_studio.connectors.relational import cut
from summit_studio.core.errors import ReadFailed, Where
from summit_studio.core.json_form import json_array
from summit_studio.core.schema import (
    DATE,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
    Column,
    Schema,
    base_type,
    is_nested,
    to_arrow,
)
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.connectors.contract import Reject


_FIRST_DAY: Final = date.min.toordinal() - date(1970, 1, 1).toordinal()
_END_DAY: Final = date.max.toordinal() - date(1970, 1, 1).toordinal() + 1
_DAY: Final = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_INTERVAL: Final = (
    "CASE WHEN isfinite({0}) THEN concat((extract(year FROM {0}) * 12 + extract(month FROM {0}))"
    "::bigint, ' ', extract(day FROM {0})::bigint, ' ', (extract(hour FROM {0}) * 3600000000"
    " + extract(minute FROM {0}) * 60000000 + extract(microseconds FROM {0}))::bigint)"
    " WHEN {0} IS NOT NULL THEN {0}::text END"
)
"""Months, days and microseconds, which no reading of PostgreSQL's words can mistake."""


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
    if native == LOOSE and column.type != VARCHAR:
        return f"trim_scale({name}) AS {name}"
    if native == "interval":
        return f"{_INTERVAL.format(name)} AS {name}"
    return name


def readable(
    rows: CopiedRows, schema: Schema, first_row: int, reject: "Reject | None"
) -> "Iterator[pa.RecordBatch]":
    """Yield CSV rows as batches of `schema`; tell `reject` of those that have no place in it.

    Args:
        rows: One text a row.
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
            yield from readable(rows.part(0, half), schema, first_row, reject)
            yield from readable(rows.part(half, len(rows)), schema, first_row + half, reject)
            return
        column = error.where.column or ""
        reason = f"{error.why[:1].upper()}{error.why[1:]}."
        reject(Misfit(first_row, _as_json(rows.data, schema), column, reason))
        return
    yield batch


def _as_json(row: bytes, schema: Schema) -> str:
    readable_bytes = row.decode("utf-8", "backslashreplace").encode()
    values = texts_of(readable_bytes, schema, schema.names)
    return json.dumps(dict(zip(schema.names, values, strict=True)), ensure_ascii=False)


def joined(batches: "Iterator[pa.RecordBatch]", schema: Schema) -> "pa.RecordBatch":
    """Return batches as one, of no rows if there are none."""
    import pyarrow as pa

    empty = pa.RecordBatch.from_pylist([], schema=to_arrow(schema))
    return pa.concat_batches([empty, *batches])


def texts_of(row: bytes, schema: Schema, names: Sequence[str]) -> list[str]:
    """Return the texts of some columns of a CSV row, as PostgreSQL wrote them; null is ''."""
    import pyarrow as pa
    from pyarrow import csv

    wanted = [str(schema.names.index(name)) for name in names]
    table = csv.read_csv(
        pa.BufferReader(row),
        csv.ReadOptions(
            column_names=[str(at) for at in range(len(schema))], block_size=len(row) + 1,
            use_threads=False,
        ),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted,
            strings_can_be_null=False,
        ),
    )  # fmt: skip
    return [column[0].as_py() for column in table.columns]


def decode(rows: CopiedRows, schema: Schema, first_row: int) -> "pa.RecordBatch":
    """Return CSV rows as one batch of `schema`.

    Args:
        rows: One text a row.
        schema: What the rows hold.
        first_row: Number of the first of them in the result, from 1; for messages.

    Raises:
        ReadFailed: A value has no place in its column's type.
    """
    import pyarrow as pa
    from pyarrow import csv

    target = to_arrow(schema)
    wire = {c.name: _wire_type(target.field(c.name).type) for c in schema}
    data = rows.data
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

    types = pa.types
    plain = not (types.is_list(kind) or types.is_binary(kind) or types.is_interval(kind))
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
    if pa.types.is_interval(kind):
        return pa.array(
            [_interval(v, column, row) for row, v in enumerate(array.to_pylist())], kind
        )
    return array


def _interval(text: str | None, column: Column, row: int) -> Any:
    import pyarrow as pa

    if text is None:
        return None
    try:
        months, days, micros = map(int, text.split())
        return pa.scalar((months, days, micros * 1000), pa.month_day_nano_interval()).as_py()
    except (ValueError, OverflowError, pa.ArrowInvalid):
        raise _unfit_value(column, f"the value {cut(text)} of row {row + 1}") from None


def _lists(array: "pa.Array", column: Column, kind: "pa.DataType") -> "pa.Array":
    import duckdb
    import pyarrow as pa

    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("wire", pa.table({"v": array}))
        try:
            odd = con.sql(f"SELECT v FROM wire WHERE {_outside(column.type)} LIMIT 1").fetchall()
            if odd:
                raise _unfit_value(column, f"the array {cut(odd[0][0])}")
            cast = con.sql(f"SELECT CAST(CAST(v AS JSON) AS {column.type}) AS v FROM wire")
            table = cast.to_arrow_table()
        except duckdb.Error:
            raise _unfit_value(
                column, "an array of several dimensions, or with elements out of range,"
            ) from None
    return table.column("v").combine_chunks().cast(kind)


def _outside(type_name: str) -> str:
    """Return an SQL condition for the texts of arrays with an element that a cast would change."""
    inner = type_name[: type_name.rindex("[")]
    if inner in {DATE, TIMESTAMP, TIMESTAMPTZ}:
        # DuckDB has infinite ones; Arrow and everything after it have not.
        return "contains(v, 'infinity')"
    if base_type(inner) == "DECIMAL":
        scale = int(inner.rstrip(")").partition(",")[2])
        return f"regexp_matches(v, '[.][0-9]{{{scale}}}[0-9]*[1-9]')"
    return "false"


def _unfit_value(column: Column, what: str) -> ReadFailed:
    name = quote_name(column.name)
    return ReadFailed(
        f"Cannot read column '{column.name}' as {column.type}",
        why=f"{what} has no place in {column.type}",
        do=f"read it as text in a query (SELECT {name}::text) or leave such rows out with WHERE",
        code="value_does_not_fit",
        where=Where(column=column.name),
    )


def unfit(message: str, schema: Schema, first_row: int) -> ReadFailed:
    """Return the error about a value Arrow could not take, from Arrow's message."""
    place = re.search(r"CSV column #(\d+):(?: Row #(\d+):)?", message)
    value = re.search(r"(?:invalid value|The string) '(.*)'", message, re.DOTALL)
    if place is None:
        return ReadFailed("Cannot read the rows", why=message)
    column = schema.columns[int(place[1])]
    row = f", row {first_row - 1 + int(place[2])}" if place[2] else ""
    return _unfit_value(column, f"the value {cut(value[1])}{row}" if value else f"{message}: it")


def encode(batch: "pa.RecordBatch", schema: Schema, as_json: Collection[str] = ()) -> bytes:
    """Return a batch as CSV for COPY ... FROM STDIN, without a header.

    Args:
        batch: The rows.
        schema: Their columns.
        as_json: Names of the columns that are sent as JSON.
    """
    import pyarrow as pa
    from pyarrow import csv

    arrays = [
        json_array(array, column.type) if column.name in as_json else _to_wire(array, column.type)
        for array, column in zip(batch.columns, schema, strict=True)
    ]
    sink = pa.BufferOutputStream()
    plain = pa.RecordBatch.from_arrays(arrays, names=[str(i) for i in range(len(arrays))])
    csv.write_csv(plain, sink, csv.WriteOptions(include_header=False))
    encoded: bytes = sink.getvalue().to_pybytes()
    return encoded


def _to_wire(array: "pa.Array", type_name: str) -> "pa.Array":
    import pyarrow as pa

    kind = array.type
    if _beyond(array):
        return _words(array, type_name)
    if is_nested(type_name):
        texts = _words(array, type_name, "VARCHAR[]").to_pylist()
        return pa.array([None if v is None else array_literal(v) for v in texts], pa.string())
    if isinstance(kind, pa.UuidType):
        values = [None if v is None else str(uuid.UUID(bytes=v)) for v in array.storage.to_pylist()]
        return pa.array(values, pa.string())
    if isinstance(kind, pa.BaseExtensionType):
        return _to_wire(array.storage, type_name)
    if pa.types.is_dictionary(kind):
        return _to_wire(array.cast(kind.value_type), type_name)
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

    if pa.types.is_interval(kind):
        return lambda v: f"{v.months} months {v.days} days {v.nanoseconds // 1000} microseconds"
    if pa.types.is_duration(kind):
        return lambda v: f"{v.total_seconds():f} seconds"
    if any(f(kind) for f in (pa.types.is_binary, pa.types.is_large_binary,
                             pa.types.is_fixed_size_binary, pa.types.is_binary_view)):  # fmt: skip
        return lambda value: "\\x" + value.hex()
    return None


def _beyond(array: "pa.Array") -> bool:
    """Return True for dates and times that Arrow has no text for: years beyond 1 to 9999, 24:00."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if not (pa.types.is_date32(kind) or pa.types.is_timestamp(kind) or pa.types.is_time64(kind)):
        return False
    day = 1 if pa.types.is_date32(kind) else _DAY[kind.unit]
    first, last = (0, day) if pa.types.is_time64(kind) else (_FIRST_DAY * day, _END_DAY * day)
    ends = pc.min_max(array.cast(pa.int32() if pa.types.is_date32(kind) else pa.int64())).as_py()
    return ends["min"] is not None and not first <= ends["min"] <= ends["max"] < last


def _words(array: "pa.Array", type_name: str, text_type: str = "VARCHAR") -> "pa.Array":
    """Return what DuckDB writes for the values, as PostgreSQL reads it: `0044-03-15 BC`."""
    import duckdb
    import pyarrow as pa

    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("given", pa.table({"v": array}))
        text = f"CAST(CAST(v AS {type_name}) AS {text_type})"
        if "DATE" in type_name or "TIMESTAMP" in type_name:
            text = (
                f"replace({text}, '(BC)', 'BC')"
                if text_type == "VARCHAR"
                else f"list_transform({text}, lambda x: replace(x, '(BC)', 'BC'))"
            )
        return con.sql(f"SELECT {text} AS v FROM given").to_arrow_table()["v"].combine_chunks()


def array_literal(values: Sequence[str | None]) -> str:
    """Return texts as PostgreSQL writes an array of them: `{"1",NULL,"a b"}`."""
    return "{" + ",".join(_element(value) for value in values) + "}"


def _element(value: str | None) -> str:
    if value is None:
        return "NULL"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
