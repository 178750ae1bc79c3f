"""Arrow's own types beside those that batches carry: what carries each, and casts without a loss.

Files and people's code bring dictionaries, views, extension types, decimals of 76 digits; DuckDB
has no place for some of them, reads others as something else, and breaks on moments before its
first day.
"""

from array import array as numbers
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS: Final = 38
"""Of a decimal; one with more moves on as text."""

_FIRST_MOMENT: Final = -9223372022400000000
"""Microseconds from 1970 to the first moment that DuckDB knows, 290309-12-22 (BC)."""

_PAST: Final = -(2**63) + 1
"""The moment that stands for -infinity."""

_FIRST_DAY: Final = -(2**31) + 1
_DAY_MICROS: Final = 86_400_000_000

_COMPUTED: Final = 1e-14
"""A double so near to a decimal, relatively, stands for it: 0.1 + 0.2 is 0.3."""


def carrier(kind: "pa.DataType") -> "pa.DataType":
    """Return the type in which batches carry values of `kind`; null stays null."""
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return carrier(kind.value_type)
    if _is_list(kind):
        return pa.list_(carrier(kind.value_type))
    if types.is_struct(kind):
        return pa.struct([pa.field(f.name, carrier(f.type)) for f in kind])
    if types.is_map(kind):
        return pa.map_(carrier(kind.key_type), carrier(kind.item_type))
    if isinstance(kind, pa.UuidType):
        return pa.string()
    if isinstance(kind, pa.Bool8Type):
        return pa.bool_()
    if isinstance(kind, pa.BaseExtensionType):
        return carrier(kind.storage_type)
    return _flat_carrier(kind)


def _flat_carrier(kind: "pa.DataType") -> "pa.DataType":
    import pyarrow as pa

    types = pa.types
    if types.is_decimal(kind):
        wide = kind.precision > DIGITS
        return pa.string() if wide else pa.decimal128(kind.precision, kind.scale)
    if types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    rules: tuple[tuple[Callable[[Any], bool], pa.DataType], ...] = (
        (types.is_time, pa.time64("us")),
        (types.is_duration, pa.month_day_nano_interval()),
        (types.is_date64, pa.date32()),
        (types.is_float16, pa.float32()),
        (types.is_large_string, pa.string()),
        (types.is_string_view, pa.string()),
        (types.is_large_binary, pa.binary()),
        (types.is_binary_view, pa.binary()),
        (types.is_fixed_size_binary, pa.binary()),
    )
    return next((carried for fits, carried in rules if fits(kind)), kind)


def plain(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Return a column without encodings, views and extensions, at any depth.

    Arrow casts, takes and compares few of them, and the bytes of a UUID to text as if they were it.
    """
    return _each(column, _decoded) if _any(column.type, _is_encoded) else column


def values_of(column: "pa.ChunkedArray | pa.Array") -> list[Any]:
    """Return a column as Python has its values; what Python has none of is the text of it.

    Such are days and moments outside of the years 1 to 9999.
    """
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):
        return [_value_of(column, at) for at in range(len(column))]


def _value_of(column: "pa.ChunkedArray | pa.Array", at: int) -> Any:
    import duckdb
    import pyarrow as pa

    try:
        return column[at].as_py()
    except (OverflowError, ValueError):
        with duckdb.connect(config={"threads": 1}) as con:
            con.execute("SET TimeZone = 'UTC'")
            con.register("given", pa.table({"v": column.slice(at, 1)}))
            (found,) = con.sql("SELECT CAST(v AS VARCHAR) FROM given").fetchall()
        return found[0]


def exact(column: "pa.ChunkedArray", wanted: "pa.DataType") -> "pa.ChunkedArray":
    """Return a column in another type, with every value as it is.

    Raises:
        pyarrow.ArrowInvalid: A value does not fit.
        pyarrow.ArrowNotImplementedError: None could.
    """
    import pyarrow as pa

    column = plain(column)
    if _any(column.type, pa.types.is_duration) and not _any(wanted, pa.types.is_duration):
        column = _each(column, _interval)
    found = column if column.type == wanted else column.cast(wanted)
    if _any(wanted, _is_bounded):
        for leaf in _leaves(found):
            _require_bounds(leaf)
    if found is not column:
        for before, after in _pairs(column, found):
            _require_kept(before, after)
    return found


def _is_list(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    types = pa.types
    found = (types.is_list, types.is_large_list, types.is_fixed_size_list, types.is_list_view,
             types.is_large_list_view)  # fmt: skip
    return any(is_one(kind) for is_one in found)


def _is_encoded(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    types = pa.types
    return (
        isinstance(kind, pa.BaseExtensionType)
        or types.is_dictionary(kind)
        or types.is_run_end_encoded(kind)
        or types.is_binary_view(kind)
        or types.is_string_view(kind)
        or types.is_list_view(kind)
        or types.is_large_list_view(kind)
    )


def _is_bounded(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_timestamp(kind) or pa.types.is_time(kind) or pa.types.is_date(kind))


def _any(kind: "pa.DataType", is_one: Callable[[Any], bool]) -> bool:
    """Return True if a type, or one within it, is such a one."""
    return is_one(kind) or any(_any(kind.field(i).type, is_one) for i in range(kind.num_fields))


_Leaf = Callable[["pa.Array"], "pa.Array"]


def _each(column: "pa.ChunkedArray", leaf: _Leaf) -> "pa.ChunkedArray":
    import pyarrow as pa

    kind = _rebuilt(pa.nulls(0, column.type), leaf).type
    return pa.chunked_array([_rebuilt(chunk, leaf) for chunk in column.chunks], kind)


def _rebuilt(values: "pa.Array", leaf: _Leaf) -> "pa.Array":
    """Return nested values anew, with `leaf` applied to all that is not nested."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_map(kind):
        inner = (_rebuilt(part, leaf) for part in (values.keys, values.items))
        return pa.MapArray.from_arrays(values.offsets, *inner, mask=values.is_null())
    if _is_list(kind):
        lengths = pc.fill_null(pc.list_value_length(values), 0).cast(pa.int64())
        ends = pc.cumulative_sum(lengths)
        offsets = pa.concat_arrays([pa.array([0], pa.int64()), ends]).cast(pa.int32())
        inner = _rebuilt(values.flatten(), leaf)
        return pa.ListArray.from_arrays(offsets, inner, mask=values.is_null())
    if pa.types.is_struct(kind) and kind.num_fields:
        fields = [_rebuilt(part, leaf) for part in values.flatten()]
        names = [field.name for field in kind]
        return pa.StructArray.from_arrays(fields, names, mask=values.is_null())
    found = leaf(values)
    return found if found is values else _rebuilt(found, leaf)


def _decoded(values: "pa.Array") -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_dictionary(kind):
        return values.dictionary_decode()
    if pa.types.is_run_end_encoded(kind):
        return pc.run_end_decode(values)
    if pa.types.is_binary_view(kind):
        return values.cast(pa.large_binary())
    if pa.types.is_string_view(kind):
        return values.cast(pa.large_string())
    if isinstance(kind, pa.UuidType):
        return _uuid_texts(values.storage)
    if isinstance(kind, pa.Bool8Type):
        return values.storage.cast(pa.bool_())
    return values.storage if isinstance(kind, pa.BaseExtensionType) else values


def _uuid_texts(values: "pa.Array") -> "pa.Array":
    import duckdb
    import pyarrow as pa

    text = "lower(hex(v))"
    for end in (9, 14, 19, 24):
        text = f"insert_at({text}, {end})"
    with duckdb.connect() as con:
        con.register("given", pa.table({"v": values.cast(pa.binary())}))
        con.execute("CREATE MACRO insert_at(t, n) AS substr(t, 1, n - 1) || '-' || substr(t, n)")
        return con.sql(f"SELECT {text} AS v FROM given").to_arrow_table()["v"].combine_chunks()


def _interval(values: "pa.Array") -> "pa.Array":
    """Return durations as intervals; they are nanoseconds, but only whole microseconds are read."""
    import pyarrow as pa

    if not pa.types.is_duration(values.type):
        return values
    nanos = pa.concat_arrays([values.cast(pa.duration("us")).cast(pa.duration("ns"))])
    words = numbers("q", bytes(16 * len(nanos)))
    whole = nanos.cast(pa.int64()).fill_null(0)
    words[1::2] = numbers("q", whole.buffers()[1].to_pybytes()[: 8 * len(nanos)])
    kind = pa.month_day_nano_interval()
    return pa.Array.from_buffers(kind, len(nanos), [nanos.buffers()[0], pa.py_buffer(words)])


def _leaves(values: Any) -> "Iterator[pa.Array]":
    """Yield all that is not nested in values, part by part."""
    import pyarrow as pa

    if isinstance(values, pa.ChunkedArray):
        if not pa.types.is_nested(values.type):
            yield values
            return
        for chunk in values.chunks:
            yield from _leaves(chunk)
    elif pa.types.is_map(values.type):
        yield from _leaves(values.keys)
        yield from _leaves(values.items)
    elif _is_list(values.type):
        yield from _leaves(values.flatten())
    elif pa.types.is_struct(values.type):
        for part in values.flatten():
            yield from _leaves(part)
    else:
        yield values


def _pairs(before: Any, after: Any) -> "Iterator[tuple[Any, Any]]":
    """Yield what is not nested in values and in what was made of them, side by side."""
    import pyarrow as pa

    if not pa.types.is_nested(after.type) or not pa.types.is_nested(before.type):
        yield before, after
    elif isinstance(before, pa.ChunkedArray):
        for one, other in zip(before.chunks, after.chunks, strict=True):
            yield from _pairs(one, other)
    elif pa.types.is_map(after.type):
        yield from _pairs(before.keys, after.keys)
        yield from _pairs(before.items, after.items)
    elif _is_list(after.type):
        yield from _pairs(before.flatten(), after.flatten())
    else:
        own = dict(zip((f.name for f in before.type), before.flatten(), strict=True))
        for one, part in zip(after.type, after.flatten(), strict=True):
            if one.name in own:
                yield from _pairs(own[one.name], part)


def _require_bounds(values: Any) -> None:
    """Refuse moments, times and days that DuckDB cannot hold: some of them end it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    types, kind = pa.types, values.type
    if types.is_date32(kind):
        first = pc.min(values.cast(pa.int32())).as_py()
        _require(first is None or first >= _FIRST_DAY)
    elif types.is_time64(kind) and kind.unit == "us":
        ends = pc.min_max(values.cast(pa.int64())).as_py()
        _require(ends["min"] is None or (ends["min"] >= 0 and ends["max"] <= _DAY_MICROS))
    elif types.is_timestamp(kind) and kind.unit == "us":
        whole = values.cast(pa.int64())
        first = pc.min(whole).as_py()
        if first is not None and first < _FIRST_MOMENT:
            low = pc.and_(pc.less(whole, _FIRST_MOMENT), pc.not_equal(whole, _PAST))
            _require(not pc.any(low).as_py())


def _require_kept(before: Any, after: Any) -> None:
    """Refuse a cast by which a value became another; Arrow looks at some of them only."""
    import pyarrow as pa
    import pyarrow.compute as pc

    types, kind, wanted = pa.types, before.type, after.type
    if types.is_boolean(wanted) and (types.is_integer(kind) or types.is_floating(kind)):
        _require(_all(pc.or_(pc.equal(before, 0), pc.equal(before, 1))))
    elif types.is_timestamp(kind) and types.is_date(wanted):
        _require(_all(pc.equal(before, after.cast(kind))))
    elif types.is_timestamp(kind) and types.is_time(wanted):
        _require(before.null_count == len(before))
    elif types.is_decimal(kind) and types.is_floating(wanted):
        _require(_all(pc.equal(before, after.cast(kind))))
    elif types.is_floating(kind) and types.is_decimal(wanted):
        double = before.cast(pa.float64())
        room = pc.multiply(pc.abs(double), _COMPUTED)
        apart = pc.abs(pc.subtract(double, after.cast(pa.float64())))
        _require(_all(pc.less_equal(apart, room)))
    elif types.is_float64(kind) and types.is_float32(wanted):
        _require(_all(pc.equal(pc.is_finite(before), pc.is_finite(after))))
    elif types.is_integer(wanted) and (types.is_string(kind) or types.is_large_string(kind)):
        _require(not pc.any(pc.match_substring(before, "x", ignore_case=True)).as_py())


def _all(held: Any) -> bool:
    import pyarrow.compute as pc

    return pc.all(held).as_py() is not False


def _require(held: bool) -> None:  # noqa: FBT001 - its only param
    import pyarrow as pa

    if not held:
        raise pa.ArrowInvalid("a value does not fit as it is")
