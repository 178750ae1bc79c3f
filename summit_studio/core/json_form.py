"""The one form in which values are JSON, whoever writes them: files, and databases without lists.

    numbers         with every digit, decimals with all their places: 1.10
    NaN, infinity   the texts "NaN", "Infinity", "-Infinity"; or null
    dates, times    ISO 8601: "2024-02-29", "2024-02-29T23:59:59.5", in UTC with a zone: "...+00:00"
    bytes           hexadecimal digits: "00ff"
    intervals       as DuckDB writes them: "1 month 3 days 00:00:01.5"
    maps            objects, a key as the text of its value: {"1": ...}
    UUID, enums     their text
    JSON            itself, on one line

It is made as text: DuckDB's own functions for JSON take a decimal in a struct, or a number in a
JSON value, for the nearest fraction of 53 bits.
"""

from typing import TYPE_CHECKING, Any, Final

from summit_studio.core.sql import quote_text

if TYPE_CHECKING:
    import pyarrow as pa

_DIGITS: Final = frozenset(
    {"boolean", "tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint",
     "uinteger", "ubigint", "uhugeint", "decimal"}
)  # fmt: skip
_SAFE: Final = frozenset({"date", "time", "time with time zone", "interval", "uuid", "bit"})
"""Types whose text holds nothing that JSON would have to escape."""


def json_text(value: str, type_name: str, *, non_finite_text: bool = True) -> str:
    """Return SQL that gives a value as the text of JSON; null gives NULL.

    Args:
        value: SQL of the value.
        type_name: Its canonical type.
        non_finite_text: NaN and infinity are texts; else null.
    """
    import duckdb

    with duckdb.connect() as con:
        return _Form(non_finite_text).text(value, con.sqltype(type_name))


def json_array(array: "pa.Array", type_name: str) -> "pa.Array":
    """Return an Arrow array of a canonical type as texts of JSON."""
    import duckdb
    import pyarrow as pa

    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("given", pa.table({"v": array}))
        text = json_text(f"CAST(v AS {type_name})", type_name)
        return con.sql(f"SELECT {text} AS v FROM given").to_arrow_table()["v"].combine_chunks()


class _Form:
    def __init__(self, non_finite_text: bool) -> None:  # noqa: FBT001  Its only param.
        self._words = non_finite_text
        self._depth = 0

    def text(self, value: str, kind: Any) -> str:
        name = _name(kind)
        if name in {"list", "array"}:
            # A lambda's list functions take no array of fixed length.
            inner = kind.children[0][1]
            return self._joined("[]", f"CAST({value} AS {inner}[])", lambda x: self._held(x, inner))
        if name == "map":
            key, item = (inner for _, inner in kind.children)
            return self._joined(
                "{}",
                f"map_entries({value})",
                lambda x: (
                    f"{self._key(f'{x}.key', key)} || ':' || {self._held(f'{x}.value', item)}"
                ),
            )
        if name == "struct":
            return self._struct(value, kind)
        return self._plain(value, kind)

    def _held(self, value: str, kind: Any) -> str:
        return f"coalesce({self.text(value, kind)}, 'null')"

    def _key(self, value: str, kind: Any) -> str:
        text = self.text(value, kind)
        bare = _name(kind) in _DIGITS | {
            "list",
            "array",
            "map",
            "struct",
            "float",
            "double",
            "json",
        }
        return f"to_json(({text}))::VARCHAR" if bare else text

    def _joined(self, brackets: str, values: str, form: Any) -> str:
        self._depth += 1
        item = f"x{self._depth}"
        listed = f"array_to_string(list_transform({values}, lambda {item}: {form(item)}), ',')"
        self._depth -= 1
        return f"('{brackets[0]}' || {listed} || '{brackets[1]}')"

    def _struct(self, value: str, kind: Any) -> str:
        import json

        parts = []
        for index, (name, inner) in enumerate(kind.children):
            key = quote_text(("," if index else "{") + json.dumps(name, ensure_ascii=False) + ":")
            field = f"struct_extract({value}, {quote_text(name)})"
            parts.append(f"{key}, {self._held(field, inner)}")
        return f"CASE WHEN {value} IS NOT NULL THEN concat({', '.join(parts)}, '}}') END"

    def _plain(self, value: str, kind: Any) -> str:
        name, text = _name(kind), f"({value})::VARCHAR"
        if name == "decimal":
            (_, digits), (_, scale) = kind.children
            # DuckDB leaves the zero out where a type has no places before the point.
            return f"regexp_replace({text}, '^(-?)[.]', '\\1" + "0.')" if digits == scale else text
        if name in {"float", "double"}:
            return f"CASE WHEN isfinite({value}) THEN {text} {self._odd(value)} END"
        if name in _DIGITS:
            return text
        if name == "blob":
            return f"""('"' || lower(hex({value})) || '"')"""
        if name in {"timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"}:
            return f"""('"' || {moment(value)} || '"')"""
        if name == "timestamp with time zone":
            return f"""('"' || {moment(value, zone=True)} || '"')"""
        if name == "json":
            return f"replace(replace(({value})::JSON::VARCHAR, chr(10), ' '), chr(13), ' ')"
        if name in _SAFE:
            return f"""('"' || {text} || '"')"""
        return f"to_json({text})::VARCHAR"

    def _odd(self, value: str) -> str:
        if not self._words:
            return ""
        return (
            f"""WHEN isnan({value}) THEN '"NaN"' WHEN {value} > 0 THEN '"Infinity"' """
            f"""WHEN {value} < 0 THEN '"-Infinity"'"""
        )


def _name(kind: Any) -> str:
    """Return what a type is called, its arguments aside; to DuckDB JSON is a kind of text."""
    return "json" if str(kind) == "JSON" else str(kind.id)


def moment(value: str, *, zone: bool = False) -> str:
    """Return SQL that gives a TIMESTAMP as ISO 8601, one before the year 1 as DuckDB writes it."""
    text = f"({value})::VARCHAR"
    offset = f"replace({text}, '+00', '+00:00')" if zone else text
    first = f"{'TIMESTAMPTZ' if zone else 'TIMESTAMP'} '0001-01-01'"
    return f"CASE WHEN {value} < {first} THEN {offset} ELSE replace({offset}, ' ', 'T') END"
