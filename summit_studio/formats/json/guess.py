"""What values of a key have been seen, the type that takes them all, and the column's name."""

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from summit_studio.core.schema import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
)
from summit_studio.core.sql import quote_name
from summit_studio.formats.json.numbers import Number, survives

_INT64 = range(-(2**63), 2**63)
_DIGITS = 38
"""How many digits a decimal holds."""
_USUAL_DIGITS = 18
_FIXED = 6
"""How many digits after the point money and measures written by people have at most."""
_FIELDS = 100
_DEPTH = 8

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?")
_WORDS = {
    "bool": "true or false", "number": "a number", "date": "a date", "stamp": "a date with a time",
    "zoned": "a date with a time and an offset", "text": "text", "list": "a list",
    "struct": "an object", "deep": "nested deeper than columns go",
}  # fmt: skip
PATH_NAME = re.compile(r'[^*"\\\x00-\x1f][^"\\\x00-\x1f]*')
"""Keys that a path of DuckDB can name."""
_EMPTY = "(empty)"
_COUNTED = re.compile(r"(.+)_\d+", re.DOTALL)
_ESCAPE = re.compile(r"\\u([0-9a-f]{4,6});")


@dataclass(slots=True)
class Numbers:
    """How the numbers of a column are written.

    Args:
        before: Digits before the point, at most.
        scale: Digits after it, at most.
        fraction: One has a point or an exponent.
        exponent: One has an exponent.
        double: Every value survives the way into a double and back.
        long: One is no 64-bit whole number.
    """

    before: int = 0
    scale: int = 0
    fraction: bool = False
    exponent: bool = False
    double: bool = True
    long: bool = False

    def see(self, text: str) -> None:
        """Take one number into account."""
        whole, _, after = text.lstrip("-").partition(".")
        if "e" in text or "E" in text:
            self.exponent = self.fraction = True
        else:
            self.before = max(self.before, len(whole))
            self.scale = max(self.scale, len(after))
            self.fraction |= bool(after)
            if not after and len(whole) > _USUAL_DIGITS:
                self.long |= len(whole) > _DIGITS or int(text) not in _INT64
        self.double = self.double and survives(text)

    def add(self, other: "Numbers") -> None:
        """Take what was seen elsewhere into account."""
        self.before = max(self.before, other.before)
        self.scale = max(self.scale, other.scale)
        self.fraction |= other.fraction
        self.exponent |= other.exponent
        self.double &= other.double
        self.long |= other.long

    @property
    def why(self) -> str:
        """What tells the type, as part of a sentence."""
        if self.exponent:
            return "with an exponent"
        if self.fraction:
            digits = "1 digit" if self.scale == 1 else f"{self.scale} digits"
            return f"with up to {digits} after the point"
        return f"of up to {self.before} digits" if self.long else "and whole"

    @property
    def type(self) -> str:
        """The type that holds them all, digit by digit."""
        digits = self.before + self.scale
        if not self.fraction and not self.long:
            return BIGINT
        if not self.exponent and self.scale <= _FIXED and digits <= _DIGITS:
            wide = digits > _USUAL_DIGITS or not self.fraction
            return f"DECIMAL({_DIGITS if wide else _USUAL_DIGITS},{self.scale})"
        if self.fraction and self.double:
            return DOUBLE
        fits = not self.exponent and digits <= _DIGITS
        return f"DECIMAL({_DIGITS},{self.scale})" if fits else VARCHAR


class Guess:
    """What values of one key have been seen, and the type that takes them all."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.numbers = Numbers()
        self.item: Guess | None = None
        self.fields: dict[str, Guess] = {}
        self._settled = False

    def settle(self) -> None:
        """Keep what kind of values these are: what is no such value costs its own row only.

        Keys inside may still come, and digits.
        """
        self._settled = bool(self.kinds - {"null"})
        for inner in (*self.fields.values(), *([self.item] if self.item else [])):
            inner.settle()

    def see(self, value: Any, depth: int = 0) -> None:
        """Take one value, as `numbers.load` gives it, into account."""
        kind = _kind(value)
        if self._settled and not self._takes(kind):
            return
        self.kinds.add(kind)
        if depth >= _DEPTH:
            self.kinds.add("deep")
        elif kind == "number":
            seen = Numbers()
            seen.see(value)
            self.add_numbers(seen)
        elif kind == "list":
            self.item = self.item or Guess()
            for item in value:
                self.item.see(item, depth + 1)
        elif kind == "struct":
            for key, item in value.items():
                self.fields.setdefault(key, Guess()).see(item, depth + 1)

    def add_numbers(self, numbers: Numbers) -> None:
        """Take numbers into account; once settled, only those that give a fraction more digits."""
        both = dataclasses.replace(self.numbers)
        both.add(numbers)
        if not self._settled or (self.numbers.fraction and both.type != VARCHAR):
            self.numbers = both

    def inside(self, path: str) -> Iterator[tuple[str, "Guess"]]:
        """Yield the values inside of this one, with their paths; not where no path leads.

        Args:
            path: Where this one stands, as a path of DuckDB.
        """
        inner = {f'{path}."{key}"': g for key, g in self.fields.items() if PATH_NAME.fullmatch(key)}
        if self.item:
            inner[f"{path}[*]"] = self.item
        for place, guess in inner.items():
            yield place, guess
            yield from guess.inside(place)

    @property
    def counts(self) -> bool:
        """True if further numbers may change the type."""
        return "number" in self.kinds and (not self._settled or self.numbers.fraction)

    def _takes(self, kind: str) -> bool:
        """Return True if a value is of the kind that was settled on."""
        family = self.kinds | ({"date", "stamp"} if self.kinds & {"date", "stamp"} else set())
        return kind == "null" or "text" in self.kinds or kind in family

    def type(self, *, nested: bool = True, inner: bool = False) -> str:
        """Return the type; text where nothing else takes all values.

        Args:
            nested: Lists and objects get types of their own, and are not text.
            inner: The values stand in a list or object: dates stay text there.
        """
        kinds = self.kinds - {"null"}
        if kinds == {"bool"}:
            return BOOLEAN
        if kinds == {"number"}:
            return self.numbers.type
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

    @property
    def why(self) -> str:
        """What tells the type, as part of a sentence."""
        kinds = sorted(self.kinds - {"null"})
        if not kinds:
            return "only null was seen"
        nulls = ", some null" if "null" in self.kinds else ""
        if kinds == ["number"]:
            return f"every value is a number, {self.numbers.why}{nulls}"
        words = [_WORDS[kind] for kind in kinds]
        if len(words) == 1:
            return f"every value is {words[0]}{nulls}"
        return f"values are {', '.join(words[:-1])} or {words[-1]}{nulls}"

    def _plain_fields(self) -> bool:
        folded = {key.casefold() for key in self.fields}
        return 0 < len(folded) == len(self.fields) <= _FIELDS and all(map(can_name, self.fields))


def can_name(key: str) -> bool:
    """Return True if a key can name a column as it is."""
    return bool(key.strip()) and key.isprintable()


def guess(objects: Iterable[Mapping[str, Any]]) -> dict[str, Guess]:
    """Return what is seen of each key, in the order in which keys first appear."""
    found: dict[str, Guess] = {}
    for one in objects:
        for key, value in one.items():
            found.setdefault(key, Guess()).see(value)
    return found


def named(keys: Iterable[str]) -> dict[str, str]:
    """Return a column name for each key: the key, or one made up where it cannot be its name.

    Names differ by more than letter case, and `key_of` leads back from each.
    """
    keys = tuple(keys)
    taken = {key.casefold() for key in keys if can_name(key)}
    found: dict[str, str] = {}
    used: set[str] = set()
    for key in keys:
        name, number = _spelled(key), 1
        while name.casefold() in used or (name != key and name.casefold() in taken):
            number += 1
            name = f"{_spelled(key)}_{number}"
        if key_of(name, keys) != key:
            plain = (c if c.isprintable() and c != "\\" else _escaped(c) for c in key[:-1])
            name = "".join(plain) + _escaped(key[-1])
        used.add(name.casefold())
        found[key] = name
    return found


def key_of(name: str, names: Iterable[str]) -> str:
    """Return the key that a column reads, its name made up or not.

    Args:
        name: The column's name.
        names: The names of all columns.
    """
    counted = _COUNTED.fullmatch(name)
    if counted and (
        counted[1] == _EMPTY
        or any(o != counted[1] and o.casefold() == counted[1].casefold() for o in names)
    ):
        name = counted[1]
    if name == _EMPTY:
        return ""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), name)


def _spelled(key: str) -> str:
    if not key.strip():
        return "".join(map(_escaped, key)) or _EMPTY
    return "".join(c if c.isprintable() else _escaped(c) for c in key)


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(c):04x};" for c in text)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, Number):
        return "number"
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


def shown_key(key: str) -> str:
    """Return a key as it is shown in a sentence."""
    return f"'{key}'" if can_name(key) else json.dumps(key)
