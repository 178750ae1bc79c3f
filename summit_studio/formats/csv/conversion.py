"""From text to typed values: by Arrow while it parses, or column by column where that failed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from summit_studio.core.schema import (
    BOOLEAN,
    DATE,
    DOUBLE,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
    arrow_type,
    base_type,
    type_label,
)

if TYPE_CHECKING:
    import pyarrow as pa

TRUE_WORDS: Final = ("true", "True", "TRUE", "yes", "Yes", "YES", "t", "T", "y", "Y", "1")
FALSE_WORDS: Final = ("false", "False", "FALSE", "no", "No", "NO", "f", "F", "n", "N", "0")

_BY_ARROW: Final = frozenset(
    {BOOLEAN, "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT", "FLOAT", DOUBLE, "DECIMAL", DATE, TIMESTAMP, TIMESTAMPTZ}
)  # fmt: skip
_DATES: Final = frozenset({DATE, TIMESTAMP, TIMESTAMPTZ, "TIME"})
_FRACTIONS: Final = frozenset({"FLOAT", DOUBLE, "DECIMAL"})
_PIECE = 512
_QUOTED = re.compile(r"'(.*)'", re.DOTALL)
_BLANKS = " \t"


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are written.

    Args:
        null_values: Unquoted texts that mean null; the empty text is always among them.
        decimal: The decimal point.
        formats: strptime formats in DuckDB's words, by base type (`DATE`, `TIMESTAMP` ...).
    """

    null_values: tuple[str, ...] = ("",)
    decimal: str = "."
    formats: dict[str, str] = field(default_factory=dict)

    def by_arrow(self, type_name: str) -> bool:
        """Return True if Arrow's CSV parser can make values of this type while it parses."""
        if type_name.endswith("]"):
            return False
        base = base_type(type_name)
        return base in _BY_ARROW and base not in self.formats


def convert(
    texts: "pa.ChunkedArray", type_name: str, reading: Reading, *, carried: str = ""
) -> "Converted":
    """Return the values of a column of texts, and which of them could not be converted.

    Gives exactly what Arrow's CSV parser gives for the types it can make, so that it does not
    matter which of the two read a row. A quoted null text is null too: it is no value.

    Args:
        texts: The column; null where nothing stood.
        type_name: What to read the texts as.
        reading: How they are written.
        carried: The type in which the values move on, where that is another.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if type_name == VARCHAR:
        return Converted(texts, [])
    array = pa.concat_arrays(texts.chunks) if texts.num_chunks else pa.array([], pa.string())
    nulls = pc.is_in(array, value_set=pa.array(reading.null_values, pa.string()))
    array = pc.if_else(nulls, None, array)
    if not reading.by_arrow(type_name):
        return _by_duckdb(array, type_name, carried or type_name, reading)
    if type_name == BOOLEAN:
        return _booleans(array)
    prepared = pc.utf8_trim(array, _BLANKS)
    if base_type(type_name) in _FRACTIONS and reading.decimal != ".":
        prepared = pc.if_else(pc.match_substring(prepared, "."), "?", prepared)
        prepared = pc.replace_substring(prepared, reading.decimal, ".")
    return _by_cast(prepared, arrow_type(type_name))


@dataclass(frozen=True, slots=True)
class Converted:
    """A typed column, null where conversion failed, and the rows of which that is true."""

    values: Any
    failed: Sequence[int]


def parsed_as(type_name: str) -> "pa.DataType":
    """Return the Arrow type to give Arrow's CSV parser for a column of this type.

    The parser (26) checks the digits of a decimal as written, and not again after scaling: it
    reads 10000 as DECIMAL(6,2), which has seven digits then, and refuses 1.5000 as DECIMAL(4,2).
    So it is given all the digits there are; `narrowed` checks afterwards.
    """
    import pyarrow as pa

    kind = arrow_type(type_name)
    return pa.decimal128(38, kind.scale) if pa.types.is_decimal(kind) else kind


def narrowed(column: "pa.ChunkedArray", type_name: str) -> "pa.ChunkedArray | None":
    """Return a parsed column in its own type; None if a value has too many digits for it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = arrow_type(type_name)
    if column.type.equals(kind):
        return column
    try:
        return pc.cast(column, kind)
    except pa.ArrowInvalid:
        return None


def unfit(text: str, type_name: str, reading: Reading) -> str:
    """Return the sentence that says a text cannot be read as a type."""
    label = type_label(type_name)
    called = "" if label == type_name.lower() else f" ({type_name})"
    given = reading.formats.get(base_type(type_name), "")
    form = f" of the format {given}" if given else ""
    shown = text if len(text) <= 200 else f"{text[:200]}..."  # noqa: PLR2004
    return f"'{shown}' cannot be read as {label}{called}{form}."


def _booleans(array: "pa.Array") -> Converted:
    import pyarrow as pa
    import pyarrow.compute as pc

    true = pc.is_in(array, value_set=pa.array(TRUE_WORDS))
    known = pc.or_(true, pc.is_in(array, value_set=pa.array(FALSE_WORDS)))
    values = pc.if_else(known, true, pa.scalar(None, pa.bool_()))
    return Converted(values, _failures(array, values))


def _by_cast(array: "pa.Array", kind: "pa.DataType") -> Converted:
    import pyarrow as pa
    import pyarrow.compute as pc

    tried: pa.Array | None = array
    # The same text for "unknown" often stands in all the bad rows: doing without it may be enough.
    for _ in range(3):
        if tried is None:
            break
        try:
            values = pc.cast(tried, kind)
        except pa.ArrowInvalid as error:
            tried = _without(tried, str(error))
        else:
            return Converted(values, _failures(array, values))
    pieces = [_cast_piece(array.slice(at, _PIECE), kind) for at in range(0, len(array), _PIECE)]
    values = pa.concat_arrays(pieces)
    return Converted(values, _failures(array, values))


def _cast_piece(piece: "pa.Array", kind: "pa.DataType") -> "pa.Array":
    """Cast what can be cast, value by value that Arrow's errors name."""
    import pyarrow as pa
    import pyarrow.compute as pc

    while True:
        try:
            return pc.cast(piece, kind)
        except pa.ArrowInvalid as error:
            fewer = _without(piece, str(error))
            if fewer is None:
                return _halved(piece, kind)
            piece = fewer


def _without(array: "pa.Array", message: str) -> "pa.Array | None":
    """Return an array without the value that an error of Arrow's names; None if it names none."""
    import pyarrow.compute as pc

    named = _QUOTED.search(message)
    if named is None:
        return None
    bad = pc.equal(array, named[1])
    return pc.if_else(bad, None, array) if pc.any(bad).as_py() else None


def _halved(piece: "pa.Array", kind: "pa.DataType") -> "pa.Array":
    import pyarrow as pa

    if len(piece) == 1:
        return pa.nulls(1, kind)
    middle = len(piece) // 2
    parts = [piece.slice(0, middle), piece.slice(middle)]
    return pa.concat_arrays([_cast_piece(part, kind) for part in parts])


def _by_duckdb(array: "pa.Array", type_name: str, carried: str, reading: Reading) -> Converted:
    import duckdb
    import pyarrow as pa

    given = reading.formats.get(base_type(type_name))
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("given", pa.table({"v": array}))
        # Outer blanks never belong to such a value; DuckDB's casts differ in whether they care.
        text = "trim(v, ' ' || chr(9))"
        if given:
            quoted = given.replace("'", "''")
            sql = f"TRY_CAST(try_strptime({text}, '{quoted}') AS {type_name})"
        else:
            sql = f"TRY_CAST({text} AS {type_name})"
        values = (
            con.sql(f"SELECT CAST({sql} AS {carried}) AS v FROM given")
            .to_arrow_table()["v"]
            .combine_chunks()
        )
    return Converted(values, _failures(array, values))


def _failures(array: "pa.Array", values: "pa.Array") -> list[int]:
    import pyarrow.compute as pc

    if array.null_count == values.null_count:
        return []
    failed = pc.and_(pc.is_null(values), pc.is_valid(array))
    found: list[int] = pc.indices_nonzero(failed).to_pylist()
    return found
