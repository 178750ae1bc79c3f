"""Rows into PostgreSQL in its own binary form: a third of the time of text, for both sides.

What a column is sent as is told by what its column in the table is, to the letter: the server reads
bytes and does not ask what they were meant for. Where one has no such form all go as text.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.names import TableName
from summit_studio.core.errors import Where, WriteFailed
from summit_studio.core.schema import (
    BLOB,
    DATE,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
    Schema,
    base_type,
)

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

_SMALL: Final = frozenset({"TINYINT", "UTINYINT", "SMALLINT"})
_MIDDLE: Final = _SMALL | {"USMALLINT", "INTEGER"}
_LARGE: Final = _MIDDLE | {"UINTEGER", "BIGINT"}
_TEXT: Final = frozenset({VARCHAR, "JSON"})

_GIVEN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "bool": frozenset({"BOOLEAN"}), "int2": _SMALL, "int4": _MIDDLE, "int8": _LARGE,
        "float4": frozenset({"FLOAT"}), "float8": frozenset({"DOUBLE"}),
        "numeric": _LARGE | {"DECIMAL", "HUGEINT"},
        "text": frozenset({VARCHAR}), "varchar": frozenset({VARCHAR}),
        "bpchar": frozenset({VARCHAR}), "json": _TEXT, "jsonb": _TEXT,
        "bytea": frozenset({BLOB}), "date": frozenset({DATE}), "time": frozenset({TIME}),
        "timestamp": frozenset({TIMESTAMP, DATE}), "timestamptz": frozenset({TIMESTAMPTZ}),
    }
)  # fmt: skip
"""By the server's type the base types whose every value has a place in it."""

_TYPES: Final = """
SELECT a.attname, coalesce(base.typname, t.typname)
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type base ON base.oid = nullif(t.typbasetype, 0)
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
"""

_DAY_BYTES: Final = 4
_MICROS_BITS: Final = 64

_EPOCH: Final = {4: 10_957, 8: 10_957 * 86_400_000_000}
"""1970 in PostgreSQL's days or microseconds before 2000, by the bytes of a value."""

_KNOWN: Final = {
    4: (-2_440_588, 2_145_042_906),
    8: (-2_440_588 * 86_400_000_000, 2**63 - 1),
}
"""The first moment that PostgreSQL knows, and the one after the last, since 1970.

Its last one lies beyond what our microseconds reach.
"""


def sent_as(
    session: "psycopg.Connection[Any]", table: TableName, names: Sequence[str], schema: Schema
) -> tuple[str, ...] | None:
    """Return the server's types of the columns where all have a binary form; None where not.

    Args:
        session: Asked about the table.
        table: Where the rows go.
        names: Its names of the columns.
        schema: The columns of the rows.
    """
    try:
        import pgpq  # noqa: F401 - there are none for some machines, which send text
    except ImportError:
        return None
    known = dict(session.execute(_TYPES, (table.sql,)).fetchall())
    kinds = tuple(known.get(name, "") for name in names)
    fits = all(
        base_type(column.type) in _GIVEN.get(kind, ()) and not column.type.endswith("]")
        for column, kind in zip(schema, kinds, strict=True)
    )
    return kinds if fits else None


class BinaryRows:
    """The bytes of one COPY ... WITH (FORMAT binary).

    Args:
        schema: The columns of the rows.
        kinds: What `sent_as` says of them.
    """

    def __init__(self, schema: Schema, kinds: Sequence[str]) -> None:
        import pyarrow as pa
        from pgpq import ArrowToPostgresBinaryEncoder
        from pgpq.encoders import StringEncoderBuilder
        from pgpq.schema import Jsonb

        self._columns = schema
        self._wire = pa.schema(
            [(c.name, _wire(kind, c.type)) for c, kind in zip(schema, kinds, strict=True)]
        )
        made = {
            field.name: StringEncoderBuilder.new_with_output(field, Jsonb())
            for field, kind in zip(self._wire, kinds, strict=True)
            if kind == "jsonb"
        }
        others = ArrowToPostgresBinaryEncoder.infer_encoder
        builders = {field.name: made.get(field.name) or others(field) for field in self._wire}
        self._encoder = ArrowToPostgresBinaryEncoder.new_with_encoders(self._wire, builders)
        self.head: bytes = self._encoder.write_header()

    def encode(self, batch: "pa.RecordBatch") -> bytes:
        """Return the bytes of a batch.

        Raises:
            WriteFailed: A date is none of those that the server knows.
        """
        import pyarrow as pa

        arrays = [
            _fitting(array, field) for array, field in zip(batch.columns, self._wire, strict=True)
        ]
        rows = pa.RecordBatch.from_arrays(arrays, schema=self._wire)
        encoded: bytes = self._encoder.write_batch(rows)
        return encoded

    def end(self) -> bytes:
        """Return what stands at the end."""
        encoded: bytes = self._encoder.finish()
        return encoded


def _wire(kind: str, type_name: str) -> "pa.DataType":
    """Return the Arrow type whose bytes are those of a type of the server."""
    import pyarrow as pa

    made = {
        "bool": pa.bool_, "int2": pa.int16, "int4": pa.int32, "int8": pa.int64,
        "float4": pa.float32, "float8": pa.float64, "bytea": pa.binary,
        # Moments are numbers on the wire, which we count from 2000 ourselves.
        "date": pa.int32, "time": partial(pa.time64, "us"), "timestamp": pa.int64,
        "timestamptz": pa.int64,
    }  # fmt: skip
    if kind != "numeric":
        return made.get(kind, pa.string)()
    if base_type(type_name) != "DECIMAL":
        return pa.decimal128(38, 0)
    precision, _, scale = type_name.partition("(")[2].rstrip(")").partition(",")
    return pa.decimal128(int(precision), int(scale))


def _fitting(array: "pa.Array", field: "pa.Field") -> "pa.Array":
    import pyarrow as pa

    if pa.types.is_temporal(array.type) and not pa.types.is_time64(array.type):
        whole_days = pa.types.is_date32(array.type)
        if whole_days and field.type.bit_width == _MICROS_BITS:
            array = array.cast(pa.timestamp("us"))
        return _since_2000(array.cast(field.type), field.name)
    return array if array.type == field.type else array.cast(field.type)


def _since_2000(counted: "pa.Array", name: str) -> "pa.Array":
    """Return moments, counted since 1970, as PostgreSQL counts them; both have infinite ones.

    Raises:
        WriteFailed: PostgreSQL does not know one.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    size = counted.type.bit_width // 8
    first, end = _KNOWN[size]
    before, last = pa.scalar(_EPOCH[size], counted.type), 2 ** (8 * size - 1) - 1
    ends = pc.min_max(counted).as_py()
    if ends["min"] is None or first <= ends["min"] <= ends["max"] < end:
        return pc.subtract(counted, before)
    infinite = pc.is_in(counted, pa.array([-last, last], counted.type))
    known = pc.and_(pc.greater_equal(counted, first), pc.less(counted, end))
    if pc.any(pc.invert(pc.or_(infinite, known))).as_py():
        raise WriteFailed(
            f"Cannot write column '{name}'",
            why="a value is a date that PostgreSQL does not know: it knows those from the year"
            f" 4713 BC to {5_874_897 if size == _DAY_BYTES else 294_276}",
            do="leave out or replace such values before this sink",
            code="value_does_not_fit",
            where=Where(column=name),
        )
    # The least number is minus infinity there, where here it is the one after that.
    held = pc.if_else(pc.equal(counted, -last), pa.scalar(-last - 1, counted.type), counted)
    return pc.if_else(infinite, held, pc.subtract(pc.if_else(infinite, before, counted), before))
