"""From text to typed values: by Arrow while it parses, or column by column where that failed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from summit_studio.core.schema import (
    BLOB,
    BOOLEAN,
    DATE,
    DOUBLE,
    NUMERIC,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
    arrow_type,
    base_type,
    is_nested,
    type_label,
)
from summit_studio.formats.text.digits import bytes_of

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.formats.json.values import JsonRows

TRUE_WORDS: Final = ("true", "True", "TRUE", "yes", "Yes", "YES", "t", "T", "y", "Y", "1")
FALSE_WORDS: Final = ("false", "False", "FALSE", "no", "No", "NO", "f", "F", "n", "N", "0")

_BY_ARROW: Final = frozenset(
    {BOOLEAN, "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT", "FLOAT", DOUBLE, "DECIMAL", DATE, TIMESTAMP, TIMESTAMPTZ}
)  # fmt: skip
_DATES: Final = frozenset({DATE, TIMESTAMP, TIMESTAMPTZ, "TIME"})
_FRACTIONS: Final = frozenset({"FLOAT", DOUBLE, "DECIMAL"})
_FIRST_DAY, _FIRST_MOMENT = -719_162, -62_135_596_800_000_000
"""The first of January of the year 1: no calendar prints what lies before."""
_EXACT_DIGITS = 15
"""So many digits survive the way into a DOUBLE and back, whatever they are."""
_INFINITE = ("inf", "infinity", "+inf", "+infinity", "-inf", "-infinity")
_PIECE = 512
_QUOTED = re.compile(r"'(.*)'", re.DOTALL)
_BLANKS = " \t"


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are written.

    Args:
        null_values: Unquoted texts that mean null; the empty text is always among them.
        decimal: The decimal point.
        thousands: What stands between groups of three digits; empty for nothing.
        trims: True if blanks around a value do not keep it from being a number or date.
        strips: True if blanks around texts are left out too.
        pads: True if values that a row lacks at its end are null.
        formats: strptime formats in DuckDB's words, by base type (`DATE`, `TIMESTAMP` ...).
        columns: Formats that only one column has, by its place in the file.
    """

    null_values: tuple[str, ...] = ("",)
    decimal: str = "."
    thousands: str = ""
    trims: bool = True
    strips: bool = False
    pads: bool = False
    formats: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[int, str] = field(default_factory=dict)

    def of(self, position: int) -> "Reading":
        """Return how the values of one column are written."""
        if position not in self.columns:
            return self
        form = self.columns[position]
        return replace(self, formats={DATE: form, TIMESTAMP: form, TIMESTAMPTZ: form}, columns={})

    def by_arrow(self, type_name: str) -> bool:
        """Return True if Arrow's CSV parser can make values of this type while it parses."""
        if type_name.endswith("]"):
            return False
        base = base_type(type_name)
        if self.thousands and base in NUMERIC:
            return False
        return base in _BY_ARROW and base not in self.formats


def convert(
    texts: "pa.ChunkedArray",
    type_name: str,
    reading: Reading,
    *,
    carried: str = "",
    exact: bool = False,
) -> "Converted":
    """Return the values of a column of texts, and which of them could not be converted.

    Gives exactly what Arrow's CSV parser gives for the types it can make, so that it does not
    matter which of the two read a row. A quoted null text is null too: it is no value.

    Args:
        texts: The column; null where nothing stood.
        type_name: What to read the texts as.
        reading: How they are written.
        carried: The type in which the values move on, where that is another.
        exact: True rejects what a DOUBLE would change.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if type_name == VARCHAR:
        return Converted(pc.utf8_trim(texts, _BLANKS) if reading.strips else texts, [])
    array = pa.concat_arrays(texts.chunks) if texts.num_chunks else pa.array([], pa.string())
    for word in reading.null_values:
        if type_name == BLOB and not word:
            continue  # Quoted it is no bytes, which is not null.
        quoted = pc.equal(array, word)
        if pc.any(quoted).as_py():
            array = pc.if_else(quoted, None, array)
    base = base_type(type_name)
    if is_nested(type_name) and base_type(type_name) != "UNION":
        return _by_json(array, type_name, carried or type_name)
    own = replace(reading, thousands="")
    if not own.by_arrow(type_name):
        return _by_duckdb(array, type_name, carried or type_name, reading)
    if type_name == BOOLEAN:
        return _booleans(array)
    prepared = pc.ascii_trim(array, _BLANKS)
    if base in _FRACTIONS or (base in NUMERIC and reading.thousands):
        prepared = plain_numbers(prepared, reading)
    converted = _by_cast(prepared, arrow_type(type_name))
    return _without_impossible(prepared, converted, exact=exact)


def plain_numbers(texts: Any, reading: Reading) -> Any:
    """Return numbers with a point and without thousands marks; what is none stays none."""
    import pyarrow.compute as pc

    if reading.thousands:
        mark = re.escape(reading.thousands)
        grouped = rf"^[-+]?\d{{1,3}}({mark}\d{{3}})+({re.escape(reading.decimal)}\d*)?$"
        plain = pc.replace_substring(texts, reading.thousands, "")
        texts = pc.if_else(pc.match_substring_regex(texts, grouped), plain, texts)
    if reading.decimal != ".":
        texts = pc.if_else(pc.match_substring(texts, "."), "?", texts)
        texts = pc.replace_substring(texts, reading.decimal, ".")
    return texts


def survives(numbers: Any, values: Any) -> Any:
    """Return for each number, written with a point, whether a DOUBLE holds it and gives it back.

    Args:
        numbers: As texts.
        values: The same as DOUBLE; null for what is no number.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    doubtful = pc.greater(pc.binary_length(numbers), _EXACT_DIGITS)
    for mark in "eE":
        doubtful = pc.or_(doubtful, pc.match_substring(numbers, mark))
    if not pc.any(doubtful).as_py():
        return pc.invert(doubtful)
    texts = numbers.filter(doubtful)
    given_back = pc.equal(pc.cast(values.filter(doubtful), pa.string()), texts)
    others = texts.filter(pc.invert(given_back)).unique()
    lost = [text for text in others.to_pylist() if not _survives(text)]
    return pc.invert(pc.is_in(numbers, value_set=pa.array(lost, pa.string())))


def _survives(text: str) -> bool:
    try:
        value = float(text)
        return isfinite(value) and Decimal(text) == Decimal(repr(value))
    except (ValueError, ArithmeticError):
        # It is no number, which is for others to say.
        return True


def impossible(values: Any) -> Any:
    """Return which values are none that can be meant: infinite numbers, days before the year 1.

    Returns:
        True or false for each; None where the type has no such values.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(values.type):
        return pc.is_inf(values)
    if pa.types.is_date32(values.type):
        return pc.less(pc.cast(values, pa.int32()), _FIRST_DAY)
    if pa.types.is_timestamp(values.type) and values.type.unit == "us":
        return pc.less(pc.cast(values, pa.int64()), _FIRST_MOMENT)
    return None


def _without_impossible(texts: "pa.Array", found: "Converted", *, exact: bool) -> "Converted":
    """Return the values without those that are not what the texts say."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wrong = impossible(found.values)
    if wrong is None:
        return found
    if pa.types.is_floating(found.values.type):
        if pc.any(wrong).as_py():
            spoken = pc.is_in(pc.utf8_lower(texts), value_set=pa.array(_INFINITE))
            wrong = pc.and_(wrong, pc.invert(spoken))
        if exact:
            wrong = pc.or_(wrong, pc.invert(survives(texts, found.values)))
    if not pc.any(wrong).as_py():
        return found
    values = pc.if_else(pc.fill_null(wrong, fill_value=False), None, found.values)
    return Converted(values, _failures(texts, values))


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
    """Return a parsed column in its own type; None if a value is not what its text says."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = arrow_type(type_name)
    if column.type.equals(kind):
        wrong = impossible(column)
        return None if wrong is not None and pc.any(wrong).as_py() else column
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
        elif type_name == BLOB:
            sql = bytes_of(text)
        else:
            sql = f"TRY_CAST({text} AS {type_name})"
        values = (
            con.sql(f"SELECT CAST({sql} AS {carried}) AS v FROM given")
            .to_arrow_table()["v"]
            .combine_chunks()
        )
    return _without_impossible(array, Converted(values, _failures(array, values)), exact=False)


def _by_json(array: "pa.Array", type_name: str, carried: str) -> Converted:
    """Return lists, structs and maps: texts of JSON, read as strictly as a JSON file's."""
    import duckdb
    import pyarrow as pa

    texts = array.to_pylist()
    given = [at for at, text in enumerate(texts) if text is not None]
    lines = [b'{"v":%b}' % texts[at].encode() for at in given]
    loaded = _nested(type_name).read("", range(len(given)), lines)
    held = [given[at] for at in loaded.lines()] if loaded.lines is not None else []
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("loaded", loaded.rows)
        values = con.sql(f"SELECT CAST(v AS {carried}) AS v FROM loaded").to_arrow_table()["v"]
    places: list[int | None] = [None] * len(texts)
    for place, at in enumerate(held):
        places[at] = place
    failed = sorted(set(given) - set(held))
    return Converted(values.combine_chunks().take(pa.array(places, pa.int64())), failed)


@cache
def _nested(type_name: str) -> "JsonRows":
    from summit_studio.formats.json.values import Field, JsonRows

    return JsonRows([Field("v", type_name, "v")])


def _failures(array: "pa.Array", values: "pa.Array") -> list[int]:
    import pyarrow.compute as pc

    if array.null_count == values.null_count:
        return []
    failed = pc.and_(pc.is_null(values), pc.is_valid(array))
    found: list[int] = pc.indices_nonzero(failed).to_pylist()
    return found
