"""Schemas: ordered, named, typed columns.

A type is a DuckDB type name in canonical upper case (`BIGINT`, `VARCHAR`, `DECIMAL(12,2)`,
`TIMESTAMP WITH TIME ZONE`, `VARCHAR[]`, `STRUCT(a BIGINT)`): the type at design time is then the
type at run time, and sqlglot can carry it to other databases.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from summit_studio.core.changes import OP, SEQ, Changes
from summit_studio.core.errors import WriteFailed
from summit_studio.core.showing import Table
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 100
"""Columns that a schema shows by itself."""

BOOLEAN = "BOOLEAN"
BIGINT = "BIGINT"
INTEGER = "INTEGER"
DOUBLE = "DOUBLE"
VARCHAR = "VARCHAR"
DATE = "DATE"
TIME = "TIME"
TIMESTAMP = "TIMESTAMP"
TIMESTAMPTZ = "TIMESTAMP WITH TIME ZONE"
BLOB = "BLOB"

CHOICES = (
    VARCHAR, BIGINT, INTEGER, DOUBLE, "DECIMAL(18,2)", BOOLEAN, DATE, TIMESTAMP, TIMESTAMPTZ, TIME,
    "SMALLINT", "HUGEINT", "FLOAT", "UUID", "JSON", BLOB,
)  # fmt: skip
"""The types a person can pick in a form; any other DuckDB type may be typed in."""

_LABELS = {
    "BOOLEAN": "true/false", "TINYINT": "whole number", "SMALLINT": "whole number",
    "INTEGER": "whole number", "BIGINT": "whole number", "HUGEINT": "whole number",
    "UTINYINT": "whole number", "USMALLINT": "whole number", "UINTEGER": "whole number",
    "UBIGINT": "whole number", "FLOAT": "number", "DOUBLE": "number", "VARCHAR": "text",
    "DATE": "date", "TIME": "time", "TIMESTAMP": "date and time",
    "TIMESTAMP WITH TIME ZONE": "date and time (zone)", "BLOB": "bytes", "UUID": "uuid",
    "JSON": "json", "INTERVAL": "duration",
}  # fmt: skip

NUMERIC = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL"}
)  # fmt: skip
"""Base names of the types that arithmetic takes."""


def base_type(type_name: str) -> str:
    """Return a type without its arguments: `DECIMAL(12,2)` gives `DECIMAL`."""
    return type_name.split("(", 1)[0].strip()


def is_number(type_name: str) -> bool:
    """Return True for a type that arithmetic takes."""
    return base_type(type_name) in NUMERIC and not type_name.endswith("]")


def type_label(type_name: str) -> str:
    """Return a type as people say it: `BIGINT` gives `whole number`."""
    if type_name.endswith("]"):
        return "list"
    base = base_type(type_name)
    if base == "DECIMAL":
        return "decimal"
    return _LABELS.get(base, base.lower())


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name as written and its canonical type."""

    name: str
    type: str

    def __str__(self) -> str:
        return f"{self.name} {self.type}"


@dataclass(frozen=True, slots=True, repr=False)
class Schema:
    """An ordered set of columns. Names are unique without regard to letter case.

    Args:
        changes: Where the rows are changes, what is known of them; None where they are just rows.
    """

    columns: tuple[Column, ...] = ()
    changes: Changes | None = None

    @classmethod
    def of(cls, columns: Mapping[str, str] | Iterable[tuple[str, str]]) -> "Schema":
        """Return a schema from names and types: `Schema.of({"id": "BIGINT"})`."""
        pairs = columns.items() if isinstance(columns, Mapping) else columns
        return cls(tuple(Column(name, type_name) for name, type_name in pairs))

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)

    def find(self, name: str) -> Column | None:
        """Return the column called `name`, letter case aside, or None."""
        folded = name.casefold()
        return next((c for c in self.columns if c.name.casefold() == folded), None)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.find(name) is not None

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __repr__(self) -> str:
        return self._table().text()

    def _repr_html_(self) -> str:
        return self._table().html()

    def _table(self) -> Table:
        rows = [(c.name, c.type, type_label(c.type)) for c in self]
        return Table(("column", "type", "meaning"), rows, most=SHOWN)

    def with_columns(self, *columns: Column) -> "Schema":
        """Return this schema with columns replaced by name, or appended."""
        new = {c.name.casefold(): c for c in columns}
        kept = tuple(new.pop(c.name.casefold(), c) for c in self.columns)
        return Schema(kept + tuple(new.values()))

    def only(self, names: Iterable[str]) -> "Schema":
        """Return the named columns, in the order named; unknown names are left out."""
        return Schema(tuple(c for c in map(self.find, names) if c is not None))


REJECTED = "rejected"
"""The name of the port that every node which can fail rows has."""

WRITTEN = "written"
"""The name by which one looks at what is in a sink's target now. No edge starts there."""

REJECT_COLUMNS = (
    Column("reject_code", VARCHAR),
    Column("reject_column", VARCHAR),
    Column("reject_reason", VARCHAR),
    Column("reject_source", VARCHAR),
)
"""What every rejected row carries after its own columns.

A stable code, the column at fault, a sentence, and where the row came from (`orders.csv, line 42`);
null where that cannot be known, of rows that were made on the way.
"""

REJECT_SOURCE = "reject_source"

CHANGE_COLUMNS = (Column(OP, "UTINYINT"), Column(SEQ, BIGINT))
"""What every change carries beside its own columns while a pipeline runs."""

HIDDEN = "__summit_"
"""How the names of columns begin that only the engine reads."""

AT = "__summit_at"
"""The column in which rows carry where they came from, to whoever may reject them."""

RAW_REJECTS = Schema(
    (Column("file", VARCHAR), Column("line", BIGINT), Column("raw", VARCHAR), *REJECT_COLUMNS)
)
"""The rejected port of a source that reads text: where the row stood and its text as found."""


def rejects_of(schema: Schema) -> Schema:
    """Return the schema of a rejected port whose rows came in with `schema`."""
    taken = Schema(REJECT_COLUMNS)
    return Schema((*(c for c in schema if c.name not in taken), *REJECT_COLUMNS))


_CARRIED = {
    "HUGEINT": "DECIMAL(38,0)", "UHUGEINT": "DECIMAL(38,0)", "UUID": VARCHAR, "JSON": VARCHAR,
    "BIT": BLOB, "TIME WITH TIME ZONE": TIME, "TIMESTAMP_S": TIMESTAMP, "TIMESTAMP_MS": TIMESTAMP,
    "TIMESTAMP_NS": TIMESTAMP, "ENUM": VARCHAR, "NULL": VARCHAR, '"NULL"': VARCHAR,
}  # fmt: skip


def carried(schema: Schema) -> Schema:
    """Return the schema as batches between nodes carry it: some types have no Arrow twin.

    DuckDB hands out HUGEINT as DECIMAL(38,0), UUID and JSON as text, and so on.
    """
    return Schema(
        tuple(
            Column(
                c.name, c.type if c.type.endswith("]") else _CARRIED.get(base_type(c.type), c.type)
            )
            for c in schema
        )
    )


_ARROW = {
    "BOOLEAN": "bool_", "TINYINT": "int8", "SMALLINT": "int16", "INTEGER": "int32",
    "BIGINT": "int64", "UTINYINT": "uint8", "USMALLINT": "uint16", "UINTEGER": "uint32",
    "UBIGINT": "uint64", "FLOAT": "float32", "DOUBLE": "float64", "VARCHAR": "string",
    "BLOB": "binary", "DATE": "date32",
}  # fmt: skip


def to_arrow(schema: Schema) -> "pa.Schema":
    """Return the Arrow schema whose batches carry `schema`."""
    import pyarrow as pa

    return pa.schema([pa.field(c.name, arrow_type(c.type)) for c in schema])


def arrow_type(type_name: str) -> "pa.DataType":
    """Return the Arrow type in which DuckDB hands out `type_name`."""
    import pyarrow as pa

    base = base_type(type_name)
    if type_name in _ARROW:
        return getattr(pa, _ARROW[type_name])()
    if base == "DECIMAL" and not type_name.endswith("]"):
        width, _, scale = type_name.partition("(")[2].rstrip(")").partition(",")
        return pa.decimal128(int(width or 18), int(scale or 3))
    if type_name == TIMESTAMP:
        return pa.timestamp("us")
    if type_name == TIMESTAMPTZ:
        return pa.timestamp("us", tz="UTC")
    if type_name == TIME:
        return pa.time64("us")
    return _arrow_by_duckdb(type_name)


def _arrow_by_duckdb(type_name: str) -> "pa.DataType":
    import duckdb

    with duckdb.connect() as con:
        # Not in the config of connect: DuckDB 2.0 reads that before ICU is there, and fails.
        con.execute("SET TimeZone = 'UTC'")
        return con.sql(f"SELECT NULL::{type_name} AS v").to_arrow_table().schema.field(0).type


_FROM_ARROW = {
    "bool": BOOLEAN, "int8": "TINYINT", "int16": "SMALLINT", "int32": INTEGER, "int64": BIGINT,
    "uint8": "UTINYINT", "uint16": "USMALLINT", "uint32": "UINTEGER", "uint64": "UBIGINT",
    "float": "FLOAT", "double": DOUBLE, "string": VARCHAR,
    "binary": BLOB, "date32[day]": DATE, "null": VARCHAR,
    "month_day_nano_interval": "INTERVAL",
}  # fmt: skip


def from_arrow(schema: "pa.Schema") -> Schema:
    """Return the schema that describes Arrow batches of `schema`."""
    return Schema(tuple(Column(f.name, type_of_arrow(f.type)) for f in schema))


def type_of_arrow(kind: "pa.DataType") -> str:
    """Return the canonical type of an Arrow type.

    Args:
        kind: As batches carry it (`core.arrow.carrier`).

    Raises:
        TypeError: It is none that they do.
    """
    import pyarrow as pa

    if str(kind) in _FROM_ARROW:
        return _FROM_ARROW[str(kind)]
    if pa.types.is_timestamp(kind):
        return TIMESTAMPTZ if kind.tz else TIMESTAMP
    if pa.types.is_time(kind):
        return TIME
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if pa.types.is_list(kind):
        return f"{type_of_arrow(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        inner = ", ".join(f"{quote_name(f.name)} {type_of_arrow(f.type)}" for f in kind)
        return f"STRUCT({inner})"
    if pa.types.is_map(kind):
        return f"MAP({type_of_arrow(kind.key_type)}, {type_of_arrow(kind.item_type)})"
    raise TypeError(f"no batch carries {kind}")


def require_columns(schema: Schema) -> None:
    """Raise WriteFailed if there is no column to write."""
    if not schema.columns:
        raise WriteFailed(
            "Cannot write rows without columns",
            why="the sink's input has no columns",
            do="connect a source that provides some",
            code="no_columns",
        )


_PLAIN = NUMERIC | {
    "BOOLEAN", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "UUID", "INTERVAL",
    "UHUGEINT",
}  # fmt: skip


def is_nested(type_name: str) -> bool:
    """Return True for lists, structs, maps and unions."""
    return type_name.endswith("]") or base_type(type_name) in {"STRUCT", "MAP", "UNION"}


def is_plain(type_name: str) -> bool:
    """Return True if the text of such values is only letters, digits, spaces and `+-.:()`."""
    return not type_name.endswith("]") and base_type(type_name) in _PLAIN
