"""JSON objects become typed rows, whose values DuckDB reads."""

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from summit_studio.core.errors import ReadFailed, Where
from summit_studio.core.schema import (
    BIGINT,
    BLOB,
    BOOLEAN,
    DATE,
    DOUBLE,
    NUMERIC,
    RAW_REJECTS,
    VARCHAR,
    base_type,
    to_arrow,
    type_label,
)
from summit_studio.core.sql import quote_text
from summit_studio.expressions.connect import locked_connection
from summit_studio.formats.contract import Loaded
from summit_studio.formats.json.guess import PATH_NAME, shown_key
from summit_studio.formats.json.numbers import (
    LOSING,
    Number,
    Pairs,
    load,
    load_pairs,
    shown,
    spelled,
    survives,
)
from summit_studio.formats.json.text import Record, Shape, fault, shaped
from summit_studio.formats.text.digits import bytes_of

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_SHOWN = 80
_KEYS = 100
"""How many keys one pattern names."""
_BLANKS = b" \t\r\n"
"""What JSON calls blank; a line of nothing else is no row."""
_RAW_CHARACTERS = 100_000

_LENIENT = r"""',\s*[\]}]|[:,\[]\s*-?[nNiI][aAnN][nNfF]'"""
"""Where DuckDB reads what JSON does not have: a comma at the end, NaN and Infinity."""
_SPOKEN = "'NaN', 'Infinity', '-Infinity'"
"""How texts say what JSON has no number for."""
_RESPELT = r"(\.[0-9]*0[\s,}\]]|(\.[0-9]+)?[eE])"
"""How a number goes on that DuckDB would write another way."""
_ITEMS = "\0[]"
_ANY = "\0{}"
"""What stands for the items of lists, and for whatever keys a map has."""

Unknown = Literal["ignore", "reject", "fail"]
"""What happens to a row with a key that no column reads."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column to read.

    Args:
        name: The column's name.
        type: The type that values are cast to, which may have no Arrow twin (UUID).
        key: What it is called in the objects.
        found: The type was found out: values that it would round are rejected, and so are keys
            inside that it does not have.
    """

    name: str
    type: str
    key: str = ""
    found: bool = False

    @property
    def odd(self) -> bool:
        """True if the key cannot name a field of a struct beside the others."""
        return self.key != self.name


@dataclass(slots=True)
class Rejects:
    """Rejected rows, as they are found."""

    file: str
    rows: list[tuple[int, str, str, str | None, str]] = field(default_factory=list)

    @property
    def place(self) -> str:
        """What stands before the number of a line where a row is said to come from."""
        return f"{self.file}, line "

    def add(self, line: int, text: bytes, code: str, column: str | None, reason: str) -> None:
        """Take one in."""
        raw = text.decode("utf-8", "replace").rstrip("\r")[:_RAW_CHARACTERS]
        self.rows.append((line, raw, code, column, reason))

    def table(self) -> "pa.Table | None":
        """Return them by line; None if there are none."""
        import pyarrow as pa

        if not self.rows:
            return None
        found = sorted(self.rows, key=lambda row: row[0])
        rows = [(self.file, *row, f"{self.place}{row[0]}") for row in found]
        columns = [list(column) for column in zip(*rows, strict=True)]
        schema = to_arrow(RAW_REJECTS)
        arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
        return pa.table(arrays, schema=schema)


class JsonRows:
    """Reads objects as rows. Safe to call from any thread.

    Args:
        fields: The columns, in order.
        unknown: What happens to a row with a key that no column reads, inside of others too.
        left_out: Keys at the top that no column reads were left out on purpose, and so were those
            inside of columns whose type was told.
    """

    def __init__(
        self, fields: Sequence[Field], *, unknown: Unknown = "reject", left_out: bool = False
    ) -> None:
        self._fields = tuple(fields)
        self._keys = {f.key for f in fields}
        self._unknown = unknown
        self._left_out = left_out
        self._values = _values_query(self._fields, spelt=False)
        self._spelt = _values_query(self._fields, spelt=True)
        self._kinds = _kinds(self._fields)
        self._changing = _changing_query(self._fields, self._kinds)
        # A connection a thread: cursors of a shared one would have the machine's time zone.
        self._local = threading.local()

    def read(
        self,
        file: str,
        numbers: Sequence[int],
        texts: Sequence[bytes],
        broken: Iterable[Record] = (),
        shape: Shape = "object",
    ) -> Loaded:
        """Return the rows of some texts, one record each; blank ones are no rows.

        Args:
            file: What rejected rows call the file.
            numbers: The line of each text; how many there are is the count of what the rows and
                rejects must come to.
            texts: UTF-8, or bytes that are not.
            broken: Further records that are rejected.
            shape: What a record is.

        Raises:
            ReadFailed: There is an unknown key, and the run is to fail at one.
        """
        rejects = Rejects(file)
        broken = tuple(broken)
        blank = sum(1 for text in texts if not text.strip(_BLANKS))
        held = len(broken) + len(numbers) - blank
        for one in broken:
            rejects.add(one.line, one.raw.encode("utf-8", "replace"), "malformed", None, one.reason)
        con = self._connection()
        piece = _Piece(con, file, numbers, texts, shape, rejects)
        lines = piece.lines()
        for screen in (self._screen_form, self._screen_keys, self._screen_nested):
            bad = screen(piece, lines) if lines.num_rows else set()
            lines = _without(lines, bad)
        rows, places = self._cast(piece, lines)

        def numbered() -> list[int]:
            return [numbers[at] for at in places.to_pylist()]

        return Loaded(rows, rejects.table(), held, rejects.place, numbered)

    def _connection(self) -> "duckdb.DuckDBPyConnection":
        if not hasattr(self._local, "con"):
            self._local.con = locked_connection()
        con: duckdb.DuckDBPyConnection = self._local.con
        return con

    def _screen_form(self, piece: "_Piece", lines: "pa.Table") -> set[int]:
        """Find texts that are blank or no records."""
        query = (
            "SELECT n, coalesce(json_valid(line), false) FROM lines WHERE CASE WHEN "
            "json_valid(line) THEN json_type(line) <> 'OBJECT' OR "
            f"regexp_matches(line, {_LENIENT}) ELSE true END"
        )
        bad = set()
        for at, valid in piece.asked(lines, query):
            text = piece.texts[at]
            if text.strip(_BLANKS):
                reason = fault(text, piece.shape)
                if reason is None and valid:
                    continue
                reason = reason or "it holds half a surrogate pair"
                piece.reject(at, "malformed", None, f"Not JSON: {reason}.")
            bad.add(at)
        return bad

    def _screen_keys(self, piece: "_Piece", lines: "pa.Table") -> set[int]:
        """Find objects with a key twice, or with one that no column reads."""
        bad = set()
        query = "SELECT json_keys(line) AS keys, list(n) FROM lines GROUP BY keys"
        for keys, places in piece.asked(lines, query):
            found = self._key_fault(keys)
            if found:
                self._refuse(piece, places, *found)
                bad.update(places)
        return bad

    def _key_fault(self, keys: Sequence[str]) -> tuple[str, str, str] | None:
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            return "key_twice", twice, f"The key {shown_key(twice)} stands in the object twice."
        if self._unknown == "ignore" or self._left_out:
            return None
        extra = next((key for key in keys if key not in self._keys), None)
        if extra is None:
            return None
        return "unknown_key", extra, f"The key {shown_key(extra)} is none of the columns."

    def _refuse(
        self, piece: "_Piece", places: Sequence[int], code: str, column: str, reason: str
    ) -> None:
        """Reject rows, or fail where that is what unknown keys do."""
        if code == "unknown_key" and self._unknown == "fail":
            raise ReadFailed(
                f"'{piece.file}' has a key that no column reads: {shown_key(column)}",
                why="the node is told to fail at a new column",
                do="add the column, or set 'on_new_column' to evolve, ignore or reject",
                code="unknown_key",
                where=Where(file=piece.file, line=piece.numbers[min(places)], column=column),
            )
        for at in places:
            piece.reject(at, code, column, reason)

    def _screen_nested(self, piece: "_Piece", lines: "pa.Table") -> set[int]:
        """Find lists and objects that do not have the promised shape.

        DuckDB's casts from JSON put null in the place of an inner value that does not fit, leave
        out keys, take the first of two that are the same, and round decimals.
        """
        bad: set[int] = set()
        for one in self._fields:
            if not _is_nested(one.type):
                continue
            kind = self._kinds[one.key]
            query = (
                f"SELECT TRY(json_structure(x)) AS shape, {_twice('x', kind)} AS twice, "
                f"{_rounds('x', kind)} AS rounds, list(n) FROM (SELECT n, "
                f"{raw_value(one)} AS x FROM (SELECT n, line, {transformed([one])} AS t FROM lines)"
                ") WHERE x IS NOT NULL GROUP BY shape, twice, rounds"
            )
            for shape, twice, rounds, places in piece.asked(lines, query):
                found = set(places) - bad
                misfits = self._misfits(piece, one, kind, shape, found)
                if twice:
                    misfits |= self._twofold(piece, one, kind, found - misfits)
                if rounds:
                    misfits |= self._unheld(piece, one, kind, found - misfits)
                bad |= misfits
        return bad

    def _misfits(
        self, piece: "_Piece", one: Field, kind: Any, shape: str | None, places: set[int]
    ) -> set[int]:
        """Reject those rows of one structure whose value the type does not hold."""
        structure = None if shape is None else json.loads(shape)
        unfit = places
        if structure is not None and _fits(structure, kind):
            unfit = set()
        elif structure is not None and _fits(structure, kind, empty=True):
            # The structure of an object without keys is that of unlike items.
            unfit = {at for at in places if not _has_objects(piece.value(at, one), kind)}
        for at in unfit:
            piece.misfit(at, one)
        places = places - unfit
        if not places:
            return unfit
        lenient = self._unknown == "ignore" or (self._left_out and not one.found)
        # What a list of unlike items holds does not show in its structure.
        extra = None if lenient else _extra(structure, kind)
        if extra:
            name = f"{one.key}.{extra}"
            reason = f"The key {shown_key(name)} is in none of the columns."
            self._refuse(piece, sorted(places), "unknown_key", name, reason)
            return unfit | places
        return unfit

    def _twofold(self, piece: "_Piece", one: Field, kind: Any, places: set[int]) -> set[int]:
        """Reject those rows in whose value an object has a key twice."""
        bad = set()
        for at in sorted(places):
            place = _doubled(piece.pairs(at, one), kind)
            if place:
                name = f"{one.key}.{place}"
                reason = f"The key {shown_key(name)} stands in the object twice."
                piece.reject(at, "key_twice", name, reason)
                bad.add(at)
        return bad

    def _unheld(self, piece: "_Piece", one: Field, kind: Any, places: set[int]) -> set[int]:
        """Reject those rows in whose value the type does not hold each number."""
        lost = {at for at in places if not _holds(piece.value(at, one), kind)}
        for at in lost:
            piece.misfit(at, one)
        return lost

    def _cast(self, piece: "_Piece", lines: "pa.Table") -> tuple["pa.Table", "pa.ChunkedArray"]:
        """Return the rows, and their places.

        Numbers that DuckDB would change are read from their text.
        """
        import pyarrow as pa

        names = [f.name for f in self._fields]
        changing: set[int] = set()
        if lines.num_rows:
            changing = {at for (at,) in piece.asked(lines, self._changing)}
        rows = self._typed(piece, _without(lines, changing), self._values)
        if kept := changing - self._rounded(piece, changing):
            again = self._typed(piece, piece.spelt(kept, self._kinds), self._spelt)
            rows = pa.concat_tables([rows, again]).sort_by("n")
        return rows.drop_columns(["n"]).rename_columns(names), rows.column("n")

    def _rounded(self, piece: "_Piece", places: set[int]) -> set[int]:
        """Reject rows with a number in a list or object that its type would round.

        That types which a person told measure in doubles is what was asked for.
        """
        bad: set[int] = set()
        for one in self._fields:
            kind = self._kinds[one.key]
            measured = one.found and DOUBLE in one.type
            if _is_nested(one.type) and (measured or any(_decimals(kind))):
                bad |= self._unheld(piece, one, kind, places - bad)
        return bad

    def _typed(self, piece: "_Piece", lines: "pa.Table", query: str) -> "pa.Table":
        piece.con.register("lines", lines)
        try:
            rows = piece.con.sql(query).to_arrow_table()
        finally:
            piece.con.unregister("lines")
        bad = rows.column("bad")
        if bad.null_count < len(bad):
            for at, index in zip(rows.column("n").to_pylist(), bad.to_pylist(), strict=True):
                if index is not None:
                    piece.misfit(at, self._fields[index])
            rows = rows.filter(bad.is_null())
        return rows.drop_columns(["bad"])


@dataclass(frozen=True, slots=True)
class _Piece:
    """The records that are read at a time, and where those go that cannot be."""

    con: "duckdb.DuckDBPyConnection"
    file: str
    numbers: Sequence[int]
    texts: Sequence[bytes]
    shape: Shape
    rejects: Rejects

    def lines(self) -> "pa.Table":
        """Return the records as objects, with their places among the texts."""
        texts = self.texts
        if self.shape != "object":
            texts = [shaped(t, self.shape) if t.strip(_BLANKS) else t for t in texts]
        return lines_of(self.numbers, texts, self.rejects)

    def spelt(self, places: set[int], kinds: Mapping[str, Any]) -> "pa.Table":
        """Return some of the records as objects whose numbers are texts."""
        import pyarrow as pa

        at = sorted(places)
        lines = [spelled(shaped(self.texts[i], self.shape), kinds) for i in at]
        return pa.table({"n": pa.array(at, pa.int32()), "line": pa.array(lines, pa.string())})

    def asked(self, lines: "pa.Table", query: str) -> list[Any]:
        """Return what a query of the table `lines` gives."""
        self.con.register("lines", lines)
        try:
            found: list[Any] = self.con.sql(query).fetchall()
            return found
        finally:
            self.con.unregister("lines")

    def value(self, at: int, one: Field) -> Any:
        """Return the value of a column, numbers as they are written."""
        return load(shaped(self.texts[at], self.shape)).get(one.key)

    def pairs(self, at: int, one: Field) -> Any:
        """Return the value of a column, objects as `Pairs`."""
        return dict(load_pairs(shaped(self.texts[at], self.shape))).get(one.key)

    def reject(self, at: int, code: str, column: str | None, reason: str) -> None:
        """Reject a record."""
        self.rejects.add(self.numbers[at], self.texts[at], code, column, reason)

    def misfit(self, at: int, one: Field) -> None:
        """Reject a record whose value a column's type does not hold."""
        try:
            text = shown(self.value(at, one))
        except RecursionError:
            text = "what is nested so deeply"
        cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        reason = f"{cut} cannot be read as {type_label(one.type)} ({one.type})."
        self.reject(at, "cast_failed", one.name, reason)


def lines_of(numbers: Sequence[int], texts: Sequence[bytes], rejects: Rejects) -> "pa.Table":
    """Return texts with their places; those that are not UTF-8 are rejected."""
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


def _without(lines: "pa.Table", bad: set[int]) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    if not bad:
        return lines
    return lines.filter(pc.invert(pc.is_in(lines.column("n"), pa.array(list(bad), pa.int32()))))


def _pointer(key: str) -> str:
    """Return where a key stands, as SQL."""
    place = "/" + key.replace("~", "~0").replace("/", "~1")
    return "(" + " || chr(0) || ".join(map(quote_text, place.split("\0"))) + ")"


def _values_query(fields: Sequence[Field], *, spelt: bool) -> str:
    """Return the query of the rows, with their places and the first column that does not fit.

    Args:
        fields: The columns.
        spelt: Numbers, and values of type JSON, stand as texts in the lines.
    """
    raw = ", ".join(f"{raw_value(f, spelt=spelt)} AS x{i}" for i, f in enumerate(fields))
    values = ", ".join(f"{_value(f.type, f'x{i}')} AS v{i}" for i, f in enumerate(fields))
    names = ", ".join(f"v{i}" for i in range(len(fields)))
    faults = [(i, _misfit(f, f"x{i}", f"v{i}")) for i, f in enumerate(fields)]
    cases = " ".join(f"WHEN {test} THEN {i}" for i, test in faults if test)
    bad = f"CASE {cases} END" if cases else "NULL::INTEGER"
    return (
        f"SELECT n, {names}, {bad} AS bad FROM (SELECT *, {values} FROM (SELECT n, {raw} FROM "
        f"(SELECT n, line, {transformed(fields, spelt=spelt)} AS t FROM lines)))"
    )


def transformed(fields: Sequence[Field], *, spelt: bool = False) -> str:
    """Return the struct of the values under plain keys, as SQL."""
    kept = set() if spelt else {"JSON"}
    shape = {
        f.key: "JSON" if _is_nested(f.type) or f.type in kept else VARCHAR
        for f in fields
        if not f.odd
    }
    text = quote_text(json.dumps(shape, ensure_ascii=False))
    return f"json_transform(line, {text})" if shape else "NULL"


def raw_value(one: Field, *, spelt: bool = False) -> str:
    """Return the text, or the JSON of a nested value, that stands under a key; from `t`, `line`."""
    if not one.odd:
        return f"struct_extract(t, {quote_text(one.key)})"
    if _is_nested(one.type) or (one.type == "JSON" and not spelt):
        found = f"json_extract(line, {_pointer(one.key)})"
        return f"CASE WHEN json_type({found}) <> 'NULL' THEN {found} END"
    return f"json_extract_string(line, {_pointer(one.key)})"


def _kinds(fields: Sequence[Field]) -> dict[str, Any]:
    """Return the DuckDB types by key; None is JSON, which is kept as text."""
    with locked_connection() as con:
        return {
            f.key: None if f.type == "JSON" else con.sql(f"SELECT NULL::{f.type}").types[0]
            for f in fields
        }


def _changing_query(fields: Sequence[Field], kinds: Mapping[str, Any]) -> str:
    """Return the query of the lines with a number that DuckDB would change, or write anew."""
    tests = [LOSING]
    keys: set[str] = set()
    for one in fields:
        keys |= _texts_in(one.key, kinds[one.key])
    if keys:
        names = [json.dumps(key, ensure_ascii=False) for key in keys - {_ITEMS, _ANY}]
        places = [f"(?:{'|'.join(map(re.escape, names))})\\s*:"] if names else []
        places += [r"[,\[]"] if _ITEMS in keys else []
        place = f"(?:{'|'.join(places)})"
        if _ANY in keys or len(keys) > _KEYS:
            place = r"[:,\[]"
        number = quote_text(rf"{place}\s*-?[0-9]+{_RESPELT}")
        nested = quote_text(rf"{place}\s*[\[{{]")
        inside = quote_text(rf"[:,\[]\s*-?[0-9]+{_RESPELT}")
        tests += [
            f"regexp_matches(line, {number})",
            f"(regexp_matches(line, {nested}) AND regexp_matches(line, {inside}))",
        ]
    return f"SELECT n FROM lines WHERE {' OR '.join(tests)}"


def _texts_in(key: str, kind: Any) -> set[str]:
    """Return the keys whose values are read as text, `_ITEMS` of lists, or `_ANY`."""
    if kind is None or kind.id == "varchar":
        return {key}
    if kind.id == "struct":
        return {text for name, inner in kind.children for text in _texts_in(name, inner)}
    if kind.id in {"list", "array"}:
        return _texts_in(_ITEMS, kind.children[0][1])
    return _texts_in(_ANY, dict(kind.children)["value"]) if kind.id == "map" else set()


def _value(type_name: str, x: str) -> str:
    if type_name == BLOB:
        return bytes_of(x)
    return x if type_name in {VARCHAR, "JSON"} else f"TRY_CAST({x} AS {type_name})"


def _misfit(one: Field, x: str, v: str) -> str:
    """Return a condition: the value `v` does not say what the text `x` says."""
    base = base_type(one.type)
    if one.type in {VARCHAR, "JSON"}:
        return ""
    lost = f"{x} IS NOT NULL AND {v} IS NULL"
    if one.type == DATE:
        # A cast takes the day of a moment, whatever the time.
        rest = quote_text("[T ]00:00(:00([.]0+)?)?")
        return (
            f"({lost} OR ({v}::VARCHAR <> {x} AND contains({x}, ':') AND NOT "
            f"regexp_full_match(substr({x}, 11), {rest})))"
        )
    if _is_nested(one.type) or base not in NUMERIC:
        return f"({lost})"
    if base in {"DOUBLE", "FLOAT"}:
        # Fractions are rounded by nature where that was asked for; whole numbers are not.
        whole = f"regexp_full_match({x}, '-?[0-9]{{16,}}')"
        exact = f"{whole} AND TRY_CAST({v} AS HUGEINT)::VARCHAR IS DISTINCT FROM {x}"
        if one.found:
            exact = f"{exact} OR (length({x}) > 17 AND NOT {whole} AND {_differs(x, v)})"
        infinite = f"NOT isfinite({v}) AND {x} NOT IN ({_SPOKEN})"
        return f"({lost} OR ({infinite}) OR ({exact}))"
    # Casts round: 1.5 is no whole number, and 0.125 has no two decimals.
    return f"({lost} OR ({v}::VARCHAR <> {x} AND {_differs(x, v)}))"


def _differs(x: str, v: str) -> str:
    """Return a condition: `v` is another number than the text `x`, digit by digit.

    Short texts are held against each other as doubles, which hold 15 digits.
    """
    return (
        f"CASE WHEN length({x}) <= 15 THEN TRY_CAST({x} AS DOUBLE) <> {v}::DOUBLE ELSE "
        f"{_plain(x)} <> {_plain(f'{v}::VARCHAR')} AND NOT ({x} ILIKE '%e%' AND "
        f"TRY_CAST({x} AS DOUBLE) = {v}::DOUBLE AND length({x}) <= 23) END"
    )


def _plain(text: str) -> str:
    """Return the text of a number without zeros at its end, as SQL."""
    return f"CASE WHEN contains({text}, '.') THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"


def _is_nested(type_name: str) -> bool:
    return type_name.endswith("]") or base_type(type_name) in {"STRUCT", "MAP"}


_SHAPES = {
    BOOLEAN: {BOOLEAN},
    **{name: {BIGINT, "UBIGINT"} for name in NUMERIC},
    **{name: {BIGINT, "UBIGINT", "HUGEINT", DOUBLE} for name in ("DOUBLE", "FLOAT", "DECIMAL")},
}


def _fits(shape: Any, kind: Any, *, empty: bool = False) -> bool:
    """Return True if a structure, as json_structure gives it, can be cast to a DuckDB type.

    Args:
        shape: The structure.
        kind: The type.
        empty: What has the structure of unlike items counts as an object where one is wanted.
    """
    if shape == "NULL" or kind.id in {"varchar", "json"}:
        return True
    if kind.id in {"struct", "map"} and shape == "JSON":
        return empty
    if kind.id in {"list", "array"}:
        return isinstance(shape, list) and _fits(shape[0], kind.children[0][1], empty=empty)
    if kind.id == "struct":
        wanted = dict(kind.children)
        return isinstance(shape, dict) and all(
            key not in wanted or _fits(inner, wanted[key], empty=empty)
            for key, inner in shape.items()
        )
    if kind.id == "map":
        value = dict(kind.children)["value"]
        return isinstance(shape, dict) and all(
            _fits(inner, value, empty=empty) for inner in shape.values()
        )
    return shape in _SHAPES.get(kind.id.upper(), {VARCHAR})


def _has_objects(value: Any, kind: Any) -> bool:
    """Return True if a value has objects and lists, or null, wherever a DuckDB type wants them."""
    if value is None:
        return True
    if kind.id in {"list", "array"}:
        inner = kind.children[0][1]
        return isinstance(value, list) and all(_has_objects(item, inner) for item in value)
    if kind.id == "map":
        inner = dict(kind.children)["value"]
        return isinstance(value, dict) and all(_has_objects(v, inner) for v in value.values())
    if kind.id == "struct":
        return isinstance(value, dict) and all(
            _has_objects(value.get(name), inner) for name, inner in kind.children
        )
    return True


def _extra(shape: Any, kind: Any) -> str | None:
    """Return the place of a key in a structure that a DuckDB type does not have, or None."""
    if kind.id in {"list", "array"} and isinstance(shape, list):
        return _extra(shape[0], kind.children[0][1])
    if kind.id == "map" and isinstance(shape, dict):
        value = dict(kind.children)["value"]
        places = ((key, _extra(inner, value)) for key, inner in shape.items())
        return next((f"{key}.{place}" for key, place in places if place), None)
    if kind.id != "struct" or not isinstance(shape, dict):
        return None
    wanted = dict(kind.children)
    for key, inner in shape.items():
        if key not in wanted:
            return str(key)
        place = _extra(inner, wanted[key])
        if place:
            return f"{key}.{place}"
    return None


def _decimals(kind: Any) -> Iterator[tuple[int, int]]:
    """Yield how many digits the decimals in a DuckDB type have before and after the point."""
    if kind is not None and kind.id in {"list", "array", "struct", "map"}:
        for _, child in kind.children:
            if not isinstance(child, int):
                yield from _decimals(child)
    elif kind is not None and kind.id == "decimal":
        size = dict(kind.children)
        yield size["precision"] - size["scale"], size["scale"]


def _rounds(x: str, kind: Any) -> str:
    """Return a condition: a cast of the JSON `x` to a DuckDB type may round a number in it."""
    sizes = list(_decimals(kind))
    if not sizes:
        return "false"
    whole, scale = (min(size) + 1 for size in zip(*sizes, strict=True))
    number = rf"[0-9]{{{whole},}}|[0-9]+\.[0-9]{{{scale},}}|[0-9.]+[eE]"
    place = quote_text(rf"(^|[:,\[])-?({number})")
    return f"regexp_matches({x}::VARCHAR, {place})"


def _twice(x: str, kind: Any) -> str:
    """Return a condition: an object in the JSON `x` that becomes fields may have a key twice."""
    tests = []
    for path in _objects(kind, "$"):
        if path is None:
            return "true"
        keys = f"json_keys({x}, {quote_text(path)})"
        differ = "len(k) <> list_unique(k)"
        several = "[*]" in path or ".*" in path
        keys = keys if several else f"[{keys}]"
        tests.append(f"coalesce(list_bool_or(list_transform({keys}, lambda k: {differ})), false)")
    return " OR ".join(tests) or "false"


def _objects(kind: Any, path: str) -> Iterator[str | None]:
    """Yield where a DuckDB type has objects, as paths of DuckDB; None where no path leads."""
    if kind.id in {"list", "array"}:
        yield from _objects(kind.children[0][1], f"{path}[*]")
    elif kind.id == "map":
        yield path
        yield from _objects(dict(kind.children)["value"], f"{path}.*")
    elif kind.id == "struct":
        yield path
        for name, inner in kind.children:
            found = _objects(inner, f'{path}."{name}"')
            # Such keys a path cannot name, or it takes them for a pattern.
            yield from found if PATH_NAME.fullmatch(name) else (None for _ in found)


def _doubled(value: Any, kind: Any) -> str | None:
    """Return the place of a key that stands twice in an object, or None.

    Args:
        value: As `load_pairs` gives it.
        kind: The DuckDB type; what it keeps as text may have any keys.
    """
    if kind.id in {"list", "array"} and isinstance(value, list):
        return next(filter(None, (_doubled(item, kind.children[0][1]) for item in value)), None)
    if kind.id not in {"struct", "map"} or not isinstance(value, Pairs):
        return None
    inner, seen = dict(kind.children), set()
    for key, item in value:
        if key in seen:
            return key
        seen.add(key)
        of_key = inner["value"] if kind.id == "map" else inner.get(key)
        place = of_key and _doubled(item, of_key)
        if place:
            return f"{key}.{place}"
    return None


def _holds(value: Any, kind: Any) -> bool:
    """Return True if a DuckDB type holds the numbers of a value, digit by digit."""
    if kind.id in {"list", "array"} and isinstance(value, list):
        return all(_holds(item, kind.children[0][1]) for item in value)
    if kind.id in {"struct", "map"} and isinstance(value, dict):
        inner = dict(kind.children)
        return all(
            _holds(item, inner["value"] if kind.id == "map" else inner[key])
            for key, item in value.items()
            if kind.id == "map" or key in inner
        )
    if not isinstance(value, Number) or kind.id not in {"decimal", "double"}:
        return True
    if kind.id == "double":
        return survives(value)
    ((whole, scale),) = _decimals(kind)
    number = Decimal(value)
    _, digits, exponent = number.as_tuple()
    if not number or not isinstance(exponent, int):
        return not number
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return number.adjusted() < whole and -exponent - zeros <= scale
