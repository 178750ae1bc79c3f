"""Finds out the type of a column of texts: one that changes none of its values."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from summit_studio.core.schema import BOOLEAN, DATE, DOUBLE, TIMESTAMP, TIMESTAMPTZ, VARCHAR
from summit_studio.formats.csv.conversion import Reading, convert, plain_numbers, survives

if TYPE_CHECKING:
    import pyarrow as pa

_ZONE = r"(Z|[+-]\d{2}(:?\d{2})?)"
_MOMENT = r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_TIMES: Final = (
    (DATE, r"\d{4}-\d{2}-\d{2}"),
    (TIMESTAMP, _MOMENT),
    (TIMESTAMPTZ, _MOMENT + _ZONE),
    ("TIME", r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?"),
)
# Codes with leading zeros are no numbers: 00123 would lose them.
_WHOLE = r"-?(0|[1-9]\d*)"
_FIXED = r"-?(0|[1-9]\d*)?\.\d+|-?(0|[1-9]\d*)\.?"
_FLOATING = rf"({_FIXED})([eE][-+]?\d+)?"
_MOST_WHOLE = 19
"""Digits of a BIGINT."""
_MOST_SCALE = 6
"""Digits after the point up to which a number is an amount; with more it is measured."""
_ROOM = 15
"""Digits that leave room for larger ones in 18."""
_DECIMAL = 38
_TRUTHS: Final = (("true", "false"), ("yes", "no"))
_SHAPES = "|".join(
    [_FLOATING, *(shape for _, shape in _TIMES), r"-?\d+,\d+", r"\d{1,2}([./-])\d{1,2}[./-]\d{4}"]
)
"""What numbers and dates look like, in any of their ways."""
_SHAPED = re.compile(_SHAPES)
_CODE = re.compile(r"-?0\d+")
_FEW = 20
_LONG = 30
"""Characters of a value that a reason shows."""
_SMALL = 100
"""So many values are looked at sooner here than Arrow makes its own of a pattern."""
_MONTHS = 12
_NUMBERED: Final = {
    mark: rf"^(?P<first>\d{{1,2}}){re.escape(mark)}(?P<second>\d{{1,2}}){re.escape(mark)}\d{{4}}"
    r"(?P<time>[ T]\d{1,2}:\d{2}(?P<seconds>:\d{2})?)?$"
    for mark in "/.-"
}
_SOME_NUMBERED = re.compile(rb"(?<!\d)\d{1,2}([/.-])\d{1,2}\1\d{4}(?!\d)")


class Sniffed(NamedTuple):
    """What a column of texts was found to be.

    Args:
        type: The narrowest type that changes none of its values.
        form: The strptime format it takes; empty for none.
        why: What tells the type, as part of a sentence.
    """

    type: str
    form: str
    why: str


def sniff_type(column: "pa.ChunkedArray", reading: Reading) -> str:
    """Return the narrowest type that all values of a column of texts have; text if none has.

    What a type would change is text: leading zeros, whole numbers too large, thousands marks.
    Fractions are decimals with the column's scale; those with more than 6 digits, or an exponent,
    are DOUBLE where each value survives the way there and back.
    """
    return sniff(column, reading).type


def sniff(column: "pa.ChunkedArray", reading: Reading) -> Sniffed:
    """Return the type of a column of texts, and why it is that."""
    import pyarrow.compute as pc

    known = column.drop_null()
    for word in reading.null_values:
        known = known.filter(pc.not_equal(known, word))
    if not len(known):
        return Sniffed(VARCHAR, "", "no value was seen")
    for type_name in reading.formats:
        if _fits(known, type_name, reading):
            return Sniffed(type_name, "", "every value is written as the format says")
    words = _truths(known)
    if words:
        return Sniffed(BOOLEAN, "", f"every value is {' or '.join(words)}")
    if known[0].as_py().strip(" \t")[:1].isalpha():
        # Neither numbers nor moments begin with a letter, and a type is one of all values.
        return Sniffed(VARCHAR, "", _no_type(known[0].as_py()))
    texts = pc.utf8_trim(known, " \t") if reading.trims else known
    number, why = _number(plain_numbers(texts, reading))
    if number:
        fits = _fits(texts, number, reading)
        return Sniffed(number, "", why) if fits else Sniffed(VARCHAR, "", f"no {number} holds them")
    for type_name, shape in _TIMES:
        if _match(texts, shape) and _fits(texts, type_name, reading):
            return Sniffed(type_name, "", "every value is written so")
    return _numbered_date(texts, reading)


def wider(one: str, other: str) -> str:
    """Return the type in which columns of either type keep their values; text if there is none."""
    if one == other:
        return one
    sizes = [_digits(t) for t in (one, other)]
    if None in sizes:
        return VARCHAR if {one, other} - {DOUBLE} == {one, other} or not any(sizes) else DOUBLE
    whole, scale = (max(s[i] for s in sizes if s) for i in (0, 1))
    return f"DECIMAL({_DECIMAL},{scale})" if whole + scale <= _DECIMAL else VARCHAR


def _digits(type_name: str) -> tuple[int, int] | None:
    """Return how many digits a type has before and after the point; None for other types."""
    if type_name == "BIGINT":
        return _MOST_WHOLE, 0
    found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", type_name)
    return (int(found[1]) - int(found[2]), int(found[2])) if found else None


def dates_in_numbers(record: bytes) -> bool:
    """Return True if dates such as 31/12/2026, whose order must be found out, may be in a row."""
    return bool(_SOME_NUMBERED.search(record))


def _match(texts: "pa.ChunkedArray", shape: str) -> bool:
    import pyarrow.compute as pc

    # A look at a few first: most shapes fit nothing.
    fits = re.compile(shape, re.ASCII).fullmatch
    if not all(map(fits, texts.slice(0, _FEW).to_pylist())):
        return False
    if len(texts) <= _SMALL:
        return all(map(fits, texts.slice(_FEW).to_pylist()))
    return bool(pc.all(pc.match_substring_regex(texts, f"^(?:{shape})$")).as_py())


def _fits(texts: "pa.ChunkedArray", type_name: str, reading: Reading) -> bool:
    import pyarrow as pa

    return not convert(pa.chunked_array([texts.combine_chunks()]), type_name, reading).failed


def _number(texts: "pa.ChunkedArray") -> tuple[str, str]:
    """Return the type of numbers written with a point and no thousands marks, and why.

    The type is empty where they are no numbers.
    """
    if _match(texts, _WHOLE):
        digits = _longest(texts, r"-")
        if digits <= _MOST_WHOLE:
            return "BIGINT", "every value is a whole number"
        return VARCHAR, f"a number has {digits} digits, and a whole number holds {_MOST_WHOLE}"
    if not _match(texts, _FLOATING):
        return "", ""
    if _match(texts, _FIXED):
        scale, whole = _longest(texts, r"^[^.]*\.?"), _longest(texts, r"\..*$|-")
        if scale <= _MOST_SCALE and whole + scale <= _DECIMAL:
            digits = 18 if whole + scale <= _ROOM else _DECIMAL
            return f"DECIMAL({digits},{scale})", f"numbers have up to {_digits_after(scale)}"
        why = f"a number has {_digits_after(scale)}"
        if _survive(texts):
            return DOUBLE, f"{why}, and a DOUBLE keeps each of them"
        if whole + scale <= _DECIMAL:
            return f"DECIMAL({_DECIMAL},{scale})", f"{why}, which no DOUBLE keeps"
        return VARCHAR, f"{why}, more than any number type keeps"
    if _survive(texts):
        return DOUBLE, "a number has an exponent, and a DOUBLE keeps each of them"
    return VARCHAR, "a number has an exponent and more digits than a DOUBLE keeps"


def _digits_after(scale: int) -> str:
    return f"{scale} {'digit' if scale == 1 else 'digits'} after the point"


def _survive(texts: "pa.ChunkedArray") -> bool:
    """Return True if a DOUBLE holds every number."""
    import pyarrow.compute as pc

    return bool(pc.all(survives(texts, pc.cast(texts, "float64"))).as_py())


def _longest(texts: "pa.ChunkedArray", without: str) -> int:
    """Return the length of the longest text, without what a pattern matches."""
    import pyarrow.compute as pc

    if len(texts) <= _SMALL:
        cut = re.compile(without, re.ASCII).sub
        return max(len(cut("", text)) for text in texts.to_pylist())
    found: int = pc.max(pc.utf8_length(pc.replace_substring_regex(texts, without, ""))).as_py()
    return found


def _truths(known: "pa.ChunkedArray") -> list[str]:
    """Return the words of a column of truths; none where it is no such column."""
    import pyarrow.compute as pc

    words = {word.lower() for word in known.slice(0, _FEW).to_pylist()}
    pair = next((p for p in _TRUTHS if words <= set(p)), None)
    if pair is None:
        return []
    found = set(pc.unique(pc.utf8_lower(known)).to_pylist())
    # A column of nothing but "no" may be Norway's; of "true" nothing else.
    told = found <= set(pair) and (pair[0] == "true" or found == set(pair))
    return sorted(found) if told and _fits(known, BOOLEAN, Reading()) else []


def _numbered_date(texts: "pa.ChunkedArray", reading: Reading) -> Sniffed:
    """Return the type and format of dates such as 31/12/2026, if the column leaves no doubt."""
    import pyarrow.compute as pc

    for mark, pattern in _NUMBERED.items():
        if not _match(texts, pattern):
            continue
        parts = pc.extract_regex(texts, pattern).combine_chunks()
        first, second = (
            pc.max(pc.cast(pc.struct_field(parts, part), "int64")).as_py()
            for part in ("first", "second")
        )
        if (first > _MONTHS) == (second > _MONTHS):
            why = "days and months stand in no one order"
            if first <= _MONTHS:
                why = "no number is above 12 that would tell the day from the month"
            return Sniffed(VARCHAR, "", why)
        form = mark.join(("%d", "%m", "%Y") if first > _MONTHS else ("%m", "%d", "%Y"))
        time, seconds = (set(pc.struct_field(parts, p).to_pylist()) for p in ("time", "seconds"))
        type_name = DATE
        if time != {""}:
            between = {text[:1] for text in time}
            if len(between) != 1 or not all(time) or ("" in seconds and seconds != {""}):
                return Sniffed(VARCHAR, "", "some dates have a time and others none, or another")
            form += between.pop() + ("%H:%M" if seconds == {""} else "%H:%M:%S")
            type_name = TIMESTAMP
        told = replace(reading, formats={type_name: form})
        if not _fits(texts, type_name, told):
            return Sniffed(VARCHAR, "", "a date is none of the calendar")
        place = "first" if first > _MONTHS else "second"
        return Sniffed(type_name, form, f"the {place} number goes beyond 12, so it is the day")
    return Sniffed(VARCHAR, "", _why_text(texts))


def _why_text(texts: "pa.ChunkedArray") -> str:
    """Return what keeps texts from being of another type."""
    import pyarrow.compute as pc

    for value in texts.slice(0, _FEW).to_pylist():
        if _CODE.match(value):
            return f"'{_short(value)}' would lose its leading zero"
        if not _SHAPED.fullmatch(value):
            return _no_type(value)
    rest = texts.slice(_FEW)
    odd = rest.filter(pc.invert(pc.match_substring_regex(rest, f"^(?:{_SHAPES})$")))
    return _why_text(odd) if len(odd) else "its values are of several kinds"


def _no_type(value: str) -> str:
    return f"'{_short(value)}' is no number, date or time"


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"
