"""What the records of files are: every key, and the types that take the values seen."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from summit_studio.core.sql import quote_text
from summit_studio.expressions.connect import locked_connection
from summit_studio.formats.json.guess import PATH_NAME, Guess, Numbers, named
from summit_studio.formats.json.numbers import LOSING, load
from summit_studio.formats.json.text import Shape, shaped
from summit_studio.formats.json.values import (
    Field,
    Rejects,
    lines_of,
    raw_value,
    transformed,
)

if TYPE_CHECKING:
    import duckdb

_OF_A_KIND = 100
"""How many records of one structure are looked at value by value."""
_SAFE_DIGITS = 15


class Look:
    """Sees records: some value by value, the many by their structures. Used by one thread.

    Args:
        shape: What a record is.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._known: dict[str, int] = {}
        self.found: dict[str, Guess] = {}

    def read(self, texts: Iterable[bytes]) -> None:
        """See each value of some records; what is no record is passed by."""
        for text in texts:
            try:
                value = load(shaped(text, self._shape))
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                self._see(value)

    def settle(self) -> None:
        """Keep the kinds of value that were found: further records bring keys and digits."""
        for guess in self.found.values():
            guess.settle()

    def scan(self, texts: Sequence[bytes]) -> None:
        """See every key and number of many records, and some of their other values."""
        lines = lines_of([0] * len(texts), [shaped(t, self._shape) for t in texts], Rejects(""))
        with locked_connection() as con:
            con.register("lines", lines)
            con.execute(
                f"CREATE TEMP TABLE seen AS SELECT n, line, {LOSING} AS losing FROM lines WHERE "
                "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END"
            )
            self.read(texts[at] for at in self._telling(con))
            self._scan_numbers(con)

    def _telling(self, con: "duckdb.DuckDBPyConnection") -> list[int]:
        """Return the places of records with structures that are new, or hard to tell."""
        query = (
            f"SELECT s, CASE WHEN s IS NULL THEN list(n) ELSE min(n, {_OF_A_KIND}) END FROM "
            "(SELECT n, TRY(json_structure(line)) AS s FROM seen) GROUP BY s "
            "UNION ALL SELECT NULL, list(n) FROM seen WHERE losing"
        )
        places: set[int] = set()
        for structure, some in con.sql(query).fetchall():
            left = _OF_A_KIND - self._known.get(structure, 0)
            places.update((some or ()) if structure is None else some[:left])
            if structure is not None:
                self._known[structure] = self._known.get(structure, 0) + len(some)
        return sorted(places)

    def _scan_numbers(self, con: "duckdb.DuckDBPyConnection") -> None:
        self._scan_inside(con)
        keys = [key for key, guess in self.found.items() if guess.counts]
        if not keys:
            return
        names = named(keys)
        fields = [Field(names[key], "VARCHAR", key) for key in keys]
        raw = ", ".join(f"{raw_value(f)} AS x{i}" for i, f in enumerate(fields))
        facts = ", ".join(_facts(f"x{i}") for i in range(len(fields)))
        (row,) = con.sql(
            f"SELECT {facts} FROM (SELECT {raw} FROM (SELECT line, {transformed(fields)} AS t "
            "FROM seen WHERE NOT losing))"
        ).fetchall()
        for key, fact in zip(keys, row, strict=True):
            self.found[key].add_numbers(_numbers(fact))

    def _scan_inside(self, con: "duckdb.DuckDBPyConnection") -> None:
        """See the numbers in lists and objects."""
        for key, guess in self.found.items():
            for path, inner in guess.inside(f'$."{key}"') if PATH_NAME.fullmatch(key) else ():
                if not inner.counts:
                    continue
                x = f"json_extract_string(line, {quote_text(path)})"
                (row,) = con.sql(
                    f"SELECT {_facts('x')} FROM (SELECT {f'unnest({x})' if '[*]' in path else x} "
                    "AS x FROM seen WHERE NOT losing)"
                ).fetchall()
                inner.add_numbers(_numbers(row[0]))

    def _see(self, value: dict[str, Any]) -> None:
        for key, one in value.items():
            self.found.setdefault(key, Guess()).see(one)


def _facts(x: str) -> str:
    """Return what is to be known of the numbers in a column of texts, as a struct in SQL."""
    size, point = f"length(ltrim({x}, '-'))", f"instr(ltrim({x}, '-'), '.')"
    number = f"isfinite(TRY_CAST({x} AS DOUBLE))"
    power = f"contains({x}, 'e')"
    whole = f"{number} AND {point} = 0 AND NOT {power}"
    fixed = f"{number} AND {point} > 0 AND NOT {power}"
    return (
        f"{{'whole': max({size}) FILTER ({whole}), 'before': max({point} - 1) FILTER ({fixed}), "
        f"'scale': max({size} - {point}) FILTER ({fixed}), "
        f"'exponent': bool_or({number} AND {power}), "
        f"'long': bool_or(TRY_CAST({x} AS BIGINT) IS NULL) FILTER ({whole})}}"
    )


def _numbers(fact: dict[str, Any]) -> Numbers:
    whole, scale = fact["whole"] or 0, fact["scale"] or 0
    exponent = bool(fact["exponent"])
    return Numbers(
        before=max(whole, fact["before"] or 0),
        scale=scale,
        fraction=scale > 0 or exponent,
        exponent=exponent,
        double=whole <= _SAFE_DIGITS,
        long=bool(fact["long"]),
    )
