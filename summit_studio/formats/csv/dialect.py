"""How a CSV file is written: delimiter, quotes, escapes, line ends; told or found out."""

import csv
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

from summit_studio.core.errors import InvalidParams, Where

DELIMITERS: Final = (",", ";", "\t", "|", "\x1f")
_RARE: Final = ("^", "~", "\x01", "\x02", "\x1e", "!", "#")
_COMMON: Final = (":", " ")
"""Marks that stand in texts and times as well: only a table that is clearly one is cut at them."""
_NAME = re.compile(r"[^\W\d]\w*", re.ASCII)
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
_SAMPLE_RECORDS = 300
_SAMPLE_BYTES = 1 << 16
"""Enough of a file whose lines are not unusually long."""


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written. Every mark is one ASCII character.

    Args:
        delimiter: What stands between values.
        quote: Empty where nothing is quoted.
        escape: Empty where only a doubled quote stands for a quote.
        newline: What ends a line: LF (also after CR), or CR alone.
        comment: Lines that begin so are no rows; empty for none.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    newline: str = "\n"
    comment: str = ""

    @property
    def escaping(self) -> str:
        """The escape, empty where doubling the quote is all there is."""
        return "" if self.escape == self.quote else self.escape

    @cached_property
    def patterns(self) -> "Patterns":
        """The compiled grammar."""
        return Patterns.of(self)

    def rows_in(self, record: bytes, width: int) -> int:
        """Return how many rows the lines of a record make by themselves, 0 if not each is one.

        A quote that is not closed on its line stands for itself.

        Args:
            record: Its line end may be left out.
            width: How many values a row has.
        """
        newline = self.newline.encode()
        lines = record.removesuffix(newline).split(newline)
        rows = (line for line in lines if not self.comment or line[:1] != self.comment.encode())
        found = self.patterns.values.finditer
        even = all(sum(1 for m in found(line) if m[1]) == width - 1 for line in rows)
        return len(lines) if even else 0


@dataclass(frozen=True, slots=True)
class Patterns:
    """The grammar of a dialect as patterns over bytes; possessive, so each runs in linear time.

    The grammar is Arrow's: a quote opens a value only at its beginning, and stands for itself
    elsewhere. Matched from the beginning of a record, `strict` and `lenient` end where a quote is
    open, or at the end of the data.

    Args:
        strict: Goes on while every quote stands where it should.
        lenient: Goes on over quotes that stand in odd places as well.
        records: Goes on over whole records, line end included.
        record: One record with its line end; the first group is the record without it.
        sound: Matches the whole of a record in which nothing follows a closing quote.
        values: Finds what is quoted or escaped, and delimiters; the first group is a delimiter.
    """

    strict: re.Pattern[bytes]
    lenient: re.Pattern[bytes]
    records: re.Pattern[bytes]
    record: re.Pattern[bytes]
    sound: re.Pattern[bytes]
    values: re.Pattern[bytes]

    @classmethod
    def of(cls, dialect: Dialect) -> "Patterns":
        """Return the patterns of `dialect`."""
        q, e = re.escape(dialect.quote), re.escape(dialect.escaping)
        d, nl = re.escape(dialect.delimiter), re.escape(dialect.newline)
        inner, line, whole = (_run(q + e + ends) for ends in ("", r"\r\n", nl))
        # Quotes after an escaped character stand inside a value, whatever that character is.
        escaped = rf"|{e}(?s:.)" + (f"{q}*+" if q else "") if e else ""
        pair = f"(?:{q}{q}" + (rf"|{e}(?s:.))" if e else ")")
        quoted = rf"(?<![^{d}\r\n]){q}{inner}(?:{pair}{inner})*+{q}" if q else "(?!)"
        stray = rf"(?<=[^{d}\r\n]){q}" if q else "(?!)"
        # The next character decides whether a quote was doubled.
        odd = rf"{quoted}(?=[\s\S])|{stray}{escaped}"
        strict = rf"{quoted}(?=[{d}\r\n]){escaped}"
        sound = rf"{quoted}(?=[{d}\r\n]|\Z)|{stray}{escaped}"
        return cls(
            strict=_compile(f"(?:{inner}(?:{strict}))*+{inner}"),
            lenient=_compile(f"(?:{inner}(?:{odd}))*+{inner}"),
            records=_compile(f"(?:{whole}(?:(?:{odd}){whole})*+{nl})*+"),
            record=_compile(rf"({line}(?:(?:{odd}){line})*+)(?:\r\n|\n|\r|\Z)"),
            sound=_compile(rf"(?:{inner}(?:{sound}))*+{inner}\Z"),
            values=_compile(rf"{quoted}|({d})" + (rf"|{e}(?s:.)" if e else "")),
        )


def _run(special: str) -> str:
    return f"[^{special}]*+" if special else "(?s:.)*+"


def _compile(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode("ascii"))


def one_character(value: str, field: str) -> str:
    r"""Return the mark that a person wrote: `\t` is a tab, `none` nothing.

    Raises:
        InvalidParams: It is not one ASCII character.
    """
    words = {"\\t": "\t", "tab": "\t", "none": "", "space": " "}
    mark = words.get(value.lower(), value)
    if len(mark) > 1 or not mark.isascii() or mark in ("\n", "\r", "\0"):
        raise InvalidParams(
            f"'{value}' cannot be the {field}",
            why="it must be one ASCII character, and no line end",
            do="write one character, such as ; or \\t",
            code="dialect_invalid",
            where=Where(param=field),
        )
    return mark


def require_distinct(delimiter: str | None, **marks: str | None) -> None:
    """Refuse marks that cannot be told apart, by the field they stand in.

    Raises:
        InvalidParams: Two of them are the same character.
    """
    seen = {delimiter: "delimiter"}
    for field, mark in marks.items():
        # An escape that is the quote says that quotes are doubled.
        if mark and mark in seen and (field, seen[mark]) != ("escape", "quote"):
            raise InvalidParams(
                f"The {field} and the {seen[mark]} are the same character",
                do="choose another character for one of them",
                code="dialect_invalid",
                where=Where(param=field),
            )
        seen[mark] = field


class _Cut(NamedTuple):
    """How a dialect cuts lines: `even` of `rows` rows into `width` values."""

    width: int = 0
    even: int = 0
    rows: int = 0
    score: float = 0.0

    def __str__(self) -> str:
        if self.width <= 1:
            return "no delimiter cuts the rows into several values"
        return f"it cuts {self.even:,} of {self.rows:,} rows into {self.width:,} values"


def sniff_dialect(
    head: bytes,
    *,
    delimiter: str | None = None,
    quote: str | None = None,
    escape: str | None = None,
    comment: str = "",
) -> tuple[Dialect, str]:
    """Return the dialect that reads `head` into the most even table, and why its delimiter does.

    Args:
        head: The beginning of a file, UTF-8; a last line that is cut is left out of account.
        delimiter: Taken as told unless None.
        quote: Likewise.
        escape: Likewise.
        comment: What comment lines begin with; empty for none.
    """
    newline = "\n" if b"\n" in head else "\r" if b"\r" in head else "\n"
    if head.count(newline.encode(), 0, _SAMPLE_BYTES) > _SAMPLE_RECORDS:
        head = head[:_SAMPLE_BYTES]
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", head.decode("utf-8", "replace"))
    if len(lines) > 1:
        del lines[-1]
    if comment:
        lines = [line for line in lines if not line.startswith(comment)]
    best = Dialect(delimiter or ",", '"' if quote is None else quote, escape or "")
    reached = _Cut(score=-1.0)
    for candidate in _candidates(head, delimiter, quote, escape):
        cut = _evenness(lines, candidate)
        if cut.score > reached.score:
            best, reached = candidate, cut
    if reached.score <= 0 and delimiter is None:
        found = next((d for d in _unusual(lines, best) if _is_table(lines, d)), None)
        if found is not None:
            best, reached = found, _evenness(lines, found)
    return replace(best, newline=newline, comment=comment), str(reached)


def _unusual(lines: list[str], best: Dialect) -> list[Dialect]:
    """Return dialects whose delimiters are seldom meant as such."""
    first = next((line for line in lines if line.strip()), "")
    return [replace(best, delimiter=d) for d in (*_RARE, *_COMMON) if d in first]


def _is_table(lines: list[str], dialect: Dialect) -> bool:
    """Return True if the lines are a table beyond doubt: even, under names that are names."""
    names, *rows = [row for row in _rows(lines, dialect) if row] or [[]]
    if len(rows) < 2 or len(names) < 2 or any(len(row) != len(names) for row in rows):  # noqa: PLR2004
        return False
    if not all(map(_NAME.fullmatch, names)) or len(set(names)) < len(names):
        return False
    numbers = [all(_NUMBER.fullmatch(row[i]) for row in rows) for i in range(len(names))]
    return any(numbers) or dialect.delimiter not in _COMMON


def _candidates(
    head: bytes, delimiter: str | None, quote: str | None, escape: str | None
) -> list[Dialect]:
    delimiters = DELIMITERS if delimiter is None else (delimiter,)
    quotes = ('"', "'") if quote is None else (quote,)
    if quote is None and (b"'" not in head or b'"' in head):
        quotes = ('"',)
    escapes = ("", "\\") if escape is None else (escape,)
    if escape is None and b'\\"' not in head and b"\\'" not in head:
        escapes = ("",)
    return [Dialect(d, q, e) for d in delimiters for q in quotes for e in escapes]


def _evenness(lines: list[str], dialect: Dialect) -> _Cut:
    """Return how even a table the lines make; scores of 0 to 1.5, more for the wider."""
    counts = [len(row) for row in _rows(lines, dialect) if row]
    if not counts:
        return _Cut()
    width, times = Counter(counts).most_common(1)[0]
    if width == 1:
        return _Cut(width, times, len(counts))
    # The first row counts as much as many: a decimal comma is in every row but the header.
    score = round(times / len(counts), 2) + (counts[0] == width) / 2 + width / 1e6
    return _Cut(width, times, len(counts), score)


def _rows(lines: list[str], dialect: Dialect) -> list[list[str]]:
    found: list[list[str]] = []
    reader = csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escaping or None,
    )
    try:
        for row in reader:
            found.append(row)
            if len(found) >= _SAMPLE_RECORDS:
                break
    except csv.Error:
        # A value too long for the module: a quote that is never closed, so not this dialect.
        found.append([])
    return found


def written(mark: str) -> str:
    """Return a mark as a param holds it; `one_character` reads it back."""
    return {"\t": "\\t", "": "none", " ": "space"}.get(mark, mark)


def spoken(mark: str) -> str:
    """Return a mark as people call it."""
    words = {
        ":": "colons",
        ",": "commas",
        ";": "semicolons",
        "\t": "tabs",
        "|": "bars",
        " ": "spaces",
    }
    return words.get(mark, repr(mark))
