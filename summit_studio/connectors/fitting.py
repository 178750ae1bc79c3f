"""Whether rows fit a table that stands: what `validate` says and what a run refuses are one thing.

What is a fault of the columns stops both. What may be a fault of single rows, such as a number
that is too big for its column, is doubtful: a run tries it, and the database refuses such rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from summit_studio.connectors.names import TableName
from summit_studio.connectors.relational import takes
from summit_studio.core.errors import WriteFailed
from summit_studio.core.schema import Column, Schema, base_type
from summit_studio.core.suggest import did_you_mean, listing

_BITS: Final = {
    "TINYINT": (-7, 7), "SMALLINT": (-15, 15), "INTEGER": (-31, 31), "BIGINT": (-63, 63),
    "HUGEINT": (-127, 127), "UTINYINT": (0, 8), "USMALLINT": (0, 16), "UINTEGER": (0, 32),
    "UBIGINT": (0, 64),
}  # fmt: skip
"""Bits below and above zero of whole numbers."""

_DIGITS: Final = {
    "TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 39, "UTINYINT": 3,
    "USMALLINT": 5, "UINTEGER": 10, "UBIGINT": 20,
}  # fmt: skip
"""Decimal digits that whole numbers may have."""

_FLOATING: Final = {"FLOAT": (24, 6), "DOUBLE": (53, 15)}
"""Bits and decimal digits that floating point keeps exactly."""


_MICROS: Final = 6
"""Places of a second that moments and durations have."""

_MOMENTS: Final = frozenset({"TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIME", "INTERVAL"})


class Fit(StrEnum):
    """How the values of one type go into a column of another."""

    WHOLE = "whole"
    """Every value fits."""
    TIGHT = "tight"
    """Some may be refused."""
    NEAR = "near"
    """Some have no exact place there."""
    NONE = "none"
    """They are not written."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a column would hold as another value, though its type takes it.

    Args:
        given: The base types of the values that it concerns.
        condition: DuckDB's SQL over `{0}`, true of such a value.
        says: A clause with the column as its subject: `keeps 3 places of a second`.
        held: Summit SQL over `{0}` of the value that it would hold.
        told: True if `validate` speaks of it: where one has to reckon with such values.
    """

    given: frozenset[str]
    condition: str
    says: str
    held: str = ""
    told: bool = True


def second_limit(places: int) -> Limit | None:
    """Return that of a column that rounds to so many places of a second; None from six on."""
    if places >= _MICROS:
        return None
    step = 10 ** (_MICROS - places)
    over = f"date_part('microseconds', {{0}}) % {step}"
    says = f"keeps {places} places of a second" if places else "keeps whole seconds"
    return Limit(_MOMENTS, f"{over} <> 0", says, f"{{0}} - to_microseconds({over})")


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """What a catalogue knows of a column that is written to.

    Args:
        name: As the table has it.
        type: Its canonical type; bare `DECIMAL` takes any scale, `ANY` takes everything.
        nullable: False if it refuses null.
        default: SQL of the value that rows without one get; None if there is none.
        generated: True if the database computes it, so that it cannot be written.
        identity: `default` if the database numbers rows that come without a number, `always` if
            it means to number all of them.
        limit: What it would hold as another value; None if nothing.
    """

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    generated: bool = False
    identity: Literal["default", "always"] | None = None
    limit: Limit | None = None

    @property
    def fills(self) -> bool:
        """True if rows that come without it get a value."""
        return self.generated or self.identity is not None or self.default is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands under the name that is to be written.

    Args:
        name: As the database has it, with the schema where it was found.
        columns: All of them.
        keys: The columns of its primary key and of each unique key over plain columns.
        view: True if it is no table.
        appendable: False for a view into which no trigger takes rows.
    """

    name: TableName
    columns: Sequence[TargetColumn]
    keys: Sequence[tuple[str, ...]] = ()
    view: bool = False
    appendable: bool = True

    def find(self, name: str) -> TargetColumn | None:
        """Return the column of a name: that of the same letter case, else of another, else None."""
        alike = [c for c in self.columns if c.name.casefold() == name.casefold()]
        return next((c for c in alike if c.name == name), alike[0] if alike else None)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where columns and table do not fit.

    Args:
        code: Stable, for machines.
        clause: Half a sentence that says it.
        column: The column, as the rows have it; of one that does not come, as the table does.
        wants: The type that the table has, where another type came.
        near: A column of the table that may be meant.
        doubtful: True if only some rows may not fit, so that a run tries.
    """

    code: str
    clause: str
    column: str
    wants: str = ""
    near: str = ""
    doubtful: bool = False


def fit(target: str, given: str) -> Fit:
    """Return how values of type `given` go into a column of type `target`."""
    if not takes(target, given):
        return Fit.NONE
    if target.endswith("]") and given.endswith("]"):
        return fit(target[:-2], given[:-2])
    goal, have = base_type(target), base_type(given)
    if goal in _BITS and have in _BITS:
        (low, high), (least, most) = _BITS[goal], _BITS[have]
        return Fit.WHOLE if low <= least and most <= high else Fit.TIGHT
    if goal in _FLOATING:
        return Fit.WHOLE if _kept(goal, have, given) else Fit.NEAR
    if goal == "DECIMAL":
        if have in _FLOATING:
            return Fit.NEAR
        return Fit.WHOLE if target == goal or _room(given) <= _room(target) else Fit.TIGHT
    return Fit.WHOLE


def changed(column: Column, found: TargetColumn) -> str:
    """Return DuckDB's SQL over `{0}`, true of values that a column would hold as others.

    Empty if it holds all as they are, or refuses them.
    """
    conditions = [_inexact(found.type, column.type)]
    if found.limit is not None and _element(column.type) in found.limit.given:
        conditions.append(_of_any(found.limit.condition, column.type))
    return " OR ".join(f"({condition})" for condition in conditions if condition)


def _inexact(target: str, given: str) -> str:
    """Return SQL that is true of numbers that floating point changes.

    A decimal, and a number of more bits, is kept if it comes back from the digits that are shown.
    """
    goal, have = base_type(_element(target)), base_type(_element(given))
    if goal not in _FLOATING or fit(target, given) is not Fit.NEAR:
        return ""
    kind = "HUGEINT" if have in _BITS else _element(given)
    back = f"TRY_CAST({{0}} AS {goal})" + ("" if have in _BITS else "::VARCHAR")
    same = f"TRY_CAST({back} AS {kind}) IS NOT DISTINCT FROM {{0}}::{kind}"
    return _of_any(f"NOT ({same})", given)


def _of_any(condition: str, type_name: str) -> str:
    """Return a condition on a value as one on a list of such values, as deep as the type has it."""
    for depth in range(type_name.count("[")):
        inner = condition.replace("{0}", f"e{depth}")
        condition = f"len(list_filter({{0}}, lambda e{depth}: {inner})) > 0"
    return condition


def _element(type_name: str) -> str:
    """Return the type of what a list holds at last, or that of a plain value."""
    return type_name.split("[", 1)[0]


def _kept(goal: str, have: str, given: str) -> bool:
    """Return True if floating point holds every value of a number type."""
    bits, digits = _FLOATING[goal]
    if have in _FLOATING:
        return _FLOATING[have][0] <= bits
    if have == "DECIMAL":
        return _limits(given)[0] <= digits
    return have not in _BITS or max(map(abs, _BITS[have])) <= bits


def _room(type_name: str) -> int:
    """Return the digits before the point."""
    if base_type(type_name) in _DIGITS:
        return _DIGITS[base_type(type_name)]
    precision, scale = _limits(type_name)
    return precision - scale


def _limits(type_name: str) -> tuple[int, int]:
    """Return precision and scale of a DECIMAL; DuckDB's where none are said."""
    precision, _, scale = type_name.partition("(")[2].rstrip(")").partition(",")
    return (int(precision), int(scale or 0)) if precision else (18, 3)


def mismatches(schema: Schema, standing: Standing) -> list[Mismatch]:
    """Return all that does not fit, in the order of the columns; doubts among it."""
    found = [m for column in schema if (m := _mismatch(column, standing))]
    given = {c.name for column in schema if (c := standing.find(column.name))}
    found += [
        Mismatch(
            "target_column_required",
            f"the table's column '{column.name}' must not be null and gets no value",
            column.name,
        )
        for column in standing.columns
        if not (column.nullable or column.fills or column.name in given)
    ]
    return found + [m for key in standing.keys if (m := _keyless(key, given, standing))]


def _mismatch(column: Column, standing: Standing) -> Mismatch | None:
    found = standing.find(column.name)
    if found is None:
        names = [c.name for c in standing.columns]
        near = did_you_mean(column.name, names) or ""
        hint = f" (did you mean '{near}'?)" if near else ""
        clause = f"the table has no column '{column.name}'{hint}, it has {listing(names)}"
        return Mismatch("target_column_missing", clause, column.name, near=near)
    if found.generated:
        clause = f"the database computes column '{found.name}' itself"
        return Mismatch("target_column_generated", clause, column.name)
    if found.identity == "always":
        clause = f"the database numbers column '{found.name}' itself (GENERATED ALWAYS)"
        return Mismatch("target_column_identity", clause, column.name)
    return _type_mismatch(column, found)


def _type_mismatch(column: Column, found: TargetColumn) -> Mismatch | None:
    clause = f"column '{column.name}' is {column.type}, and the table has {found.type}"
    match fit(found.type, column.type):
        case Fit.WHOLE:
            return None
        case Fit.NONE:
            return Mismatch("target_type_clash", clause, column.name, found.type)
        case Fit.TIGHT:
            clause += ": the database refuses values that are too big"
            return Mismatch("target_type_tight", clause, column.name, found.type, doubtful=True)
        case Fit.NEAR:
            clause += ": some values have no exact place there"
            if base_type(found.type) in _FLOATING:
                clause += ", and their rows are refused"
            return Mismatch("target_type_near", clause, column.name, found.type, doubtful=True)


def _keyless(key: tuple[str, ...], given: set[str], standing: Standing) -> Mismatch | None:
    """Return that no column of a key comes and all rows would get the same, or none at all."""
    columns = [c for c in standing.columns if c.name in key]
    if given & set(key) or not all(_same_for_all(c.default) for c in columns):
        return None
    listed = listing(f"'{name}'" for name in key)
    clause = f"{listed} must differ from row to row, and no row brings it: all get the default"
    return Mismatch("target_key_missing", clause, key[0], doubtful=True)


def _same_for_all(default: str | None) -> bool:
    """Return True for a default that is a value, not a call, and no null."""
    return default is not None and "(" not in default and default.upper() != "NULL"


def long_names(table: TableName, schema: Schema, most: int | None) -> list[Mismatch]:
    """Return the names of more than `most` bytes that a table to be made would have."""
    if most is None:
        return []
    names = [name for name in (table.table, *schema.names) if len(name.encode()) > most]
    return [
        Mismatch(
            "name_too_long",
            f"'{name}' has {len(name.encode())} bytes, and the database cuts names at {most}",
            "" if name == table.table else name,
        )
        for name in names
    ]


def check_names(table: TableName, schema: Schema, most: int | None) -> None:
    """Refuse names that the database would cut.

    Raises:
        WriteFailed: With code `name_too_long`; the message lists them all.
    """
    found = long_names(table, schema, most)
    if found:
        raise WriteFailed(
            f"Cannot make table {table}",
            why="; ".join(m.clause for m in found),
            do="give it shorter names, by Select columns",
            code="name_too_long",
        )


def check_fit(table: TableName, schema: Schema, standing: Standing) -> list[str]:
    """Return, for each column of `schema`, its name in the table.

    Raises:
        WriteFailed: Columns are missing on either side, computed by the database, or of another
            type; the message lists them all.
    """
    faults = [m.clause for m in mismatches(schema, standing) if not m.doubtful]
    if faults:
        raise WriteFailed(
            f"Cannot write to table {table}",
            why="; ".join(faults),
            do="rename, cast or derive columns before this sink; or make the table anew by mode "
            "replace with replace: table, which loses its keys, rights and all else it has",
            code="columns_do_not_fit",
        )
    return [found.name for column in schema if (found := standing.find(column.name))]
