"""JSON objects become typed rows: types found out from samples, values read by DuckDB."""

import json
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from summit_studio.core.schema import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    NUMERIC,
    RAW_REJECTS,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
    base_type,
    to_arrow,
    type_label,
)
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.expressions.connect import locked_connection
from summit_studio.formats.contract import Loaded
from summit_studio.formats.json.text import Record, fault

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_INT64 = range(-(2**63), 2**63)
_BIG = "DECIMAL(38,0)"
_BIG_DIGITS = 38
_FIELDS = 100
_DEPTH = 8
_SHOWN = 80
_BLANKS = b" \t\r\n"
"""What JSON calls blank; a line of nothing else is no row."""
_RAW_CHARACTERS = 100_000

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?")
_LENIENT = r"""',\s*[\]}]|[:,\[]\s*-?[nNiI][aAnN][nNfF]'"""
"""Where DuckDB reads what JSON does not have: a comma at the end, NaN and Infinity."""


class Guess:
    """What values of one key have been seen, and the type that takes them all."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.item: Guess | None = None
        self.fields: dict[str, Guess] = {}

    def see(self, value: Any, depth: int = 0) -> None:
        """Take one value, as Python's json module gives it, into account."""
        self.kinds.add(kind := _kind(value))
        if depth >= _DEPTH:
            self.kinds.add("deep")
        elif kind == "list":
            self.item = self.item or Guess()
            for item in value:
                self.item.see(item, depth + 1)
        elif kind == "struct":
            for key, item in value.items():
                self.fields.setdefault(key, Guess()).see(item, depth + 1)

    def type(self, *, nested: bool = True, inner: bool = False) -> str:
        """Return the type; text where nothing else takes all values.

        Args:
            nested: Lists and objects get types of their own, and are not text.
            inner: The values stand in a list or object: dates stay text there.
        """
        kinds = self.kinds - {"null"}
        if kinds == {"bool"}:
            return BOOLEAN
        if kinds and kinds <= {"int", "big", "float"}:
            return DOUBLE if "float" in kinds else _BIG if "big" in kinds else BIGINT
        if kinds and kinds <= {"date", "stamp"} and not inner:
            return TIMESTAMP if "stamp" in kinds else DATE
        if kinds == {"zoned"} and not inner:
            return TIMESTAMPTZ
        if kinds == {"list"} and nested:
            return f"{self.item.type(inner=True) if self.item else VARCHAR}[]"
        if kinds == {"struct"} and nested and self._plain_fields():
            inside = (f"{quote_name(k)} {g.type(inner=True)}" for k, g in self.fields.items())
            return f"STRUCT({', '.join(inside)})"
        return VARCHAR

    def _plain_fields(self) -> bool:
        folded = {key.casefold() for key in self.fields}
        return 0 < len(folded) == len(self.fields) <= _FIELDS and all(map(can_name, self.fields))


def can_name(key: str) -> bool:
    """Return True if a key can name a column."""
    return bool(key.strip()) and "\0" not in key and key.isprintable()


def guess(objects: Iterable[Mapping[str, Any]]) -> dict[str, Guess]:
    """Return what is seen of each key, in the order in which keys first appear."""
    found: dict[str, Guess] = {}
    for one in objects:
        for key, value in one.items():
            found.setdefault(key, Guess()).see(value)
    return found


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if value in _INT64 else "big" if abs(value) < 10**_BIG_DIGITS else "float"
    if isinstance(value, float):
        return "float"
    if isinstance(value, str):
        return _kind_of_text(value)
    return "list" if isinstance(value, list) else "struct"


def _kind_of_text(text: str) -> str:
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return "date"
        if found := _STAMP.fullmatch(text):
            datetime.fromisoformat(text)
            return "zoned" if found[3] else "stamp"
    except ValueError:
        pass
    return "text"


@dataclass(frozen=True, slots=True)
class Field:
    """A column to read.

    Args:
        name: The key.
        type: The type that values are cast to, which may have no Arrow twin (UUID).
    """

    name: str
    type: str


@dataclass(slots=True)
class _Rejects:
    """Rejected rows, as they are found."""

    file: str
    rows: list[tuple[int, str, str, str | None, str]] = field(default_factory=list)

    def add(self, line: int, text: bytes, code: str, column: str | None, reason: str) -> None:
        raw = text.decode("utf-8", "replace").rstrip("\r")[:_RAW_CHARACTERS]
        self.rows.append((line, raw, code, column, reason))

    def table(self) -> "pa.Table | None":
        import pyarrow as pa

        if not self.rows:
            return None
        rows = [(self.file, *row) for row in sorted(self.rows, key=lambda row: row[0])]
        columns = [list(column) for column in zip(*rows, strict=True)]
        schema = to_arrow(RAW_REJECTS)
        arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
        return pa.table(arrays, schema=schema)


class JsonRows:
    """Reads objects as rows. Safe to call from any thread.

    Args:
        fields: The columns, in order.
        closed: True rejects objects with keys that are no column.
    """

    def __init__(self, fields: Sequence[Field], *, closed: bool) -> None:
        self._fields = tuple(fields)
        self._names = {f.name for f in fields}
        self._closed = closed
        self._values = _values_query(self._fields)
        # A connection a thread: cursors of a shared one would have the machine's time zone.
        self._local = threading.local()

    def read(
        self,
        file: str,
        numbers: Sequence[int],
        texts: Sequence[bytes],
        broken: Iterable[Record] = (),
    ) -> Loaded:
        """Return the rows of some texts, one object each; blank ones are no rows.

        Args:
            file: What rejected rows call the file.
            numbers: The line of each text; how many there are is the count of what the rows and
                rejects must come to.
            texts: UTF-8, or bytes that are not.
            broken: Further records that are rejected.
        """
        rejects = _Rejects(file)
        broken = tuple(broken)
        blank = sum(1 for text in texts if not text.strip(_BLANKS))
        held = len(broken) + len(numbers) - blank
        for one in broken:
            rejects.add(one.line, one.raw.encode("utf-8", "replace"), "malformed", None, one.reason)
        con = self._connection()
        lines = _lines(numbers, texts, rejects)
        for screen in (self._screen_form, self._screen_keys, self._screen_nested):
            bad = screen(con, lines, numbers, texts, rejects) if lines.num_rows else set()
            lines = _without(lines, bad)
        rows = self._cast(con, lines, numbers, texts, rejects)
        return Loaded(rows, rejects.table(), held)

    def _connection(self) -> "duckdb.DuckDBPyConnection":
        if not hasattr(self._local, "con"):
            self._local.con = locked_connection()
        con: duckdb.DuckDBPyConnection = self._local.con
        return con

    def _screen_form(
        self,
        con: "duckdb.DuckDBPyConnection",
        lines: "pa.Table",
        numbers: Sequence[int],
        texts: Sequence[bytes],
        rejects: _Rejects,
    ) -> set[int]:
        """Find texts that are blank or no objects."""
        query = (
            "SELECT n, coalesce(json_valid(line), false) FROM lines WHERE CASE WHEN "
            "json_valid(line) THEN json_type(line) <> 'OBJECT' OR "
            f"regexp_matches(line, {_LENIENT}) ELSE true END"
        )
        bad = set()
        for at, valid in _asked(con, lines, query):
            text = texts[at]
            if text.strip(_BLANKS):
                reason = fault(text)
                if reason is None and valid:
                    continue
                reason = reason or "it holds half a surrogate pair"
                rejects.add(numbers[at], text, "malformed", None, f"Not JSON: {reason}.")
            bad.add(at)
        return bad

    def _screen_keys(
        self,
        con: "duckdb.DuckDBPyConnection",
        lines: "pa.Table",
        numbers: Sequence[int],
        texts: Sequence[bytes],
        rejects: _Rejects,
    ) -> set[int]:
        """Find objects with a key twice, or with one too many."""
        bad = set()
        query = "SELECT json_keys(line) AS keys, list(n) FROM lines GROUP BY keys"
        for keys, places in _asked(con, lines, query):
            found = self._key_fault(keys)
            if found:
                for at in places:
                    rejects.add(numbers[at], texts[at], *found)
                bad.update(places)
        return bad

    def _key_fault(self, keys: Sequence[str]) -> tuple[str, str, str] | None:
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            return "key_twice", twice, f"The key '{twice}' stands in the object twice."
        extra = next((k for k in keys if k not in self._names), None) if self._closed else None
        if extra is not None:
            return "key_unknown", extra, f"The key '{extra}' is none of the columns."
        return None

    def _screen_nested(
        self,
        con: "duckdb.DuckDBPyConnection",
        lines: "pa.Table",
        numbers: Sequence[int],
        texts: Sequence[bytes],
        rejects: _Rejects,
    ) -> set[int]:
        """Find lists and objects that do not have the promised shape.

        DuckDB's casts from JSON put null in the place of an inner value that does not fit.
        """
        bad: set[int] = set()
        for one in self._fields:
            if not _is_nested(one.type):
                continue
            kind = con.sql(f"SELECT NULL::{one.type}").types[0]
            path = quote_text(json.dumps({one.name: "JSON"}, ensure_ascii=False))
            query = (
                "SELECT TRY(json_structure(x)) AS shape, list(n) FROM (SELECT n, "
                f"struct_extract(json_transform(line, {path}), {quote_text(one.name)}) AS x "
                "FROM lines) WHERE x IS NOT NULL GROUP BY shape"
            )
            for shape, places in _asked(con, lines, query):
                if shape is not None and _fits(json.loads(shape), kind):
                    continue
                for at in set(places) - bad:
                    reason = _reason(texts[at], one)
                    rejects.add(numbers[at], texts[at], "cast_failed", one.name, reason)
                bad.update(places)
        return bad

    def _cast(
        self,
        con: "duckdb.DuckDBPyConnection",
        lines: "pa.Table",
        numbers: Sequence[int],
        texts: Sequence[bytes],
        rejects: _Rejects,
    ) -> "pa.Table":
        con.register("lines", lines)
        try:
            rows = con.sql(self._values).to_arrow_table()
        finally:
            con.unregister("lines")
        bad = rows.column("bad")
        if bad.null_count < len(bad):
            for at, index in zip(rows.column("n").to_pylist(), bad.to_pylist(), strict=True):
                if index is not None:
                    one = self._fields[index]
                    reason = _reason(texts[at], one)
                    rejects.add(numbers[at], texts[at], "cast_failed", one.name, reason)
            rows = rows.filter(bad.is_null())
        found = rows.drop_columns(["n", "bad"])
        return found.rename_columns([f.name for f in self._fields])


def _lines(numbers: Sequence[int], texts: Sequence[bytes], rejects: _Rejects) -> "pa.Table":
    import pyarrow as pa

    try:
        lines = pa.array(texts, pa.binary()).cast(pa.string())
        return pa.table({"n": pa.array(range(len(texts)), pa.int32()), "line": lines})
    except pa.ArrowInvalid:
        pass
    good = []
    for at, text in enumerate(texts):
        try:
            text.decode()
            good.append(at)
        except UnicodeDecodeError as error:
            reason = f"The byte 0x{text[error.start]:02x} at position {error.start + 1} of the "
            rejects.add(numbers[at], text, "encoding", None, f"{reason}text is not UTF-8.")
    lines = pa.array([texts[at] for at in good], pa.binary()).cast(pa.string())
    return pa.table({"n": pa.array(good, pa.int32()), "line": lines})


def _asked(con: "duckdb.DuckDBPyConnection", lines: "pa.Table", query: str) -> list[Any]:
    con.register("lines", lines)
    try:
        found: list[Any] = con.sql(query).fetchall()
        return found
    finally:
        con.unregister("lines")


def _without(lines: "pa.Table", bad: set[int]) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    if not bad:
        return lines
    return lines.filter(pc.invert(pc.is_in(lines.column("n"), pa.array(list(bad), pa.int32()))))


def _values_query(fields: Sequence[Field]) -> str:
    shape = {f.name: "JSON" if _is_nested(f.type) or f.type == "JSON" else VARCHAR for f in fields}
    text = quote_text(json.dumps(shape, ensure_ascii=False))
    raw = ", ".join(
        f"struct_extract(t, {quote_text(f.name)}) AS x{i}" for i, f in enumerate(fields)
    )
    values = ", ".join(f"{_value(f.type, f'x{i}')} AS v{i}" for i, f in enumerate(fields))
    names = ", ".join(f"v{i}" for i in range(len(fields)))
    faults = [(i, _misfit(f.type, f"x{i}", f"v{i}")) for i, f in enumerate(fields)]
    cases = " ".join(f"WHEN {test} THEN {i}" for i, test in faults if test)
    bad = f"CASE {cases} END" if cases else "NULL::INTEGER"
    return (
        f"SELECT n, {names}, {bad} AS bad FROM (SELECT *, {values} FROM (SELECT n, {raw} FROM "
        f"(SELECT n, json_transform(line, {text}) AS t FROM lines)))"
    )


def _value(type_name: str, x: str) -> str:
    return x if type_name in {VARCHAR, "JSON"} else f"TRY_CAST({x} AS {type_name})"


def _misfit(type_name: str, x: str, v: str) -> str:
    """Return a condition: the value `v` does not say what the text `x` says."""
    base = base_type(type_name)
    if type_name in {VARCHAR, "JSON"}:
        return ""
    lost = f"{x} IS NOT NULL AND {v} IS NULL"
    if _is_nested(type_name) or base not in NUMERIC:
        return f"({lost})"
    if base in {"DOUBLE", "FLOAT"}:
        return f"({lost} OR NOT isfinite({v}))"
    # Casts round: 1.5 is no whole number, and 0.125 has no two decimals.
    return f"({lost} OR ({v}::VARCHAR <> {x} AND TRY_CAST({x} AS DOUBLE) <> {v}::DOUBLE))"


def _is_nested(type_name: str) -> bool:
    return type_name.endswith("]") or base_type(type_name) in {"STRUCT", "MAP"}


_SHAPES = {
    BOOLEAN: {BOOLEAN},
    **{name: {BIGINT, "UBIGINT"} for name in NUMERIC},
    **{name: {BIGINT, "UBIGINT", "HUGEINT", DOUBLE} for name in ("DOUBLE", "FLOAT", "DECIMAL")},
}


def _fits(shape: Any, kind: Any) -> bool:
    """Return True if a structure, as json_structure gives it, can be cast to a DuckDB type."""
    if shape == "NULL" or kind.id in {"varchar", "json"}:
        return True
    if kind.id in {"list", "array"}:
        return isinstance(shape, list) and _fits(shape[0], kind.children[0][1])
    if kind.id == "struct":
        wanted = dict(kind.children)
        return isinstance(shape, dict) and all(
            key not in wanted or _fits(inner, wanted[key]) for key, inner in shape.items()
        )
    if kind.id == "map":
        value = dict(kind.children)["value"]
        return isinstance(shape, dict) and all(_fits(inner, value) for inner in shape.values())
    return shape in _SHAPES.get(kind.id.upper(), {VARCHAR})


def _reason(text: bytes, one: Field) -> str:
    try:
        value = json.loads(text, parse_int=_Number, parse_float=_Number).get(one.name)
        shown = _shown(value)
    except RecursionError:
        shown = "what is nested so deeply"
    cut = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return f"{cut} cannot be read as {type_label(one.type)} ({one.type})."


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def _shown(value: Any) -> str:
    """Return a value as JSON, numbers as they were written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        inside = (f"{json.dumps(k, ensure_ascii=False)}: {_shown(v)}" for k, v in value.items())
        return f"{{{', '.join(inside)}}}"
    return json.dumps(value, ensure_ascii=False)
