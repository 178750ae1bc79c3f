"""JSON text cut into records: one a line, or the items of one array, each with its line number."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Layout = Literal["lines", "array"]

RECORD_CHARS = 64 << 20
"""How long a record may be, in bytes; beyond it a quote or bracket must be missing."""

_SPACE = re.compile(r"[ \t\r\n]*")
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|"|[\[\]{},]', re.DOTALL)
_NEXT_ITEM = re.compile(r"[ \t]*,?[ \t]*\r?\n(?P<indent>[ \t]*),?[ \t]*(?=[{\]])")
"""Where the next item begins, in an array that is written with one item a line or block."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record that could not be cut out properly, as found."""

    line: int
    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Block:
    """Some records in order.

    Args:
        numbers: The line on which each begins, counted from 1. Of lines these are found by the
            line ends in the bytes, apart from the texts: as many as there are records.
        texts: Their text in UTF-8; of lines they may be blank.
        broken: Records that were not to be cut out.
        next_line: The line after.
        size: Of lines, how many bytes of the text it was cut from.
    """

    numbers: Sequence[int]
    texts: Sequence[bytes]
    broken: tuple[Record, ...] = ()
    next_line: int = 1
    size: int = 0


Read = Callable[[int], bytes]
"""Gives about so many bytes of the text; b"" is the end."""


def layout_of(head: bytes) -> Layout:
    """Return how a text that begins with `head` is laid out."""
    return "array" if head.lstrip(b" \t\r\n").startswith(b"[") else "lines"


def blocks(read: Read, layout: Layout, size: Callable[[], int]) -> Iterator[Block]:
    """Yield the records of a text, about `size()` bytes at a time."""
    return _lines(read, size) if layout == "lines" else _Array(read, size).blocks()


def fault(text: bytes) -> str | None:
    """Return why a text is not one JSON object, as strictly as the standard has it, or None."""
    try:
        value = json.loads(text.decode(), parse_constant=_no_constant, parse_int=_whole)
    except UnicodeDecodeError as error:
        return f"the byte 0x{text[error.start]:02x} at position {error.start + 1} is not UTF-8"
    except json.JSONDecodeError as error:
        return f"{error.msg[:1].lower()}{error.msg[1:]}, at character {error.pos + 1}"
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        return str(error)
    if isinstance(value, dict):
        return None
    return f"it is {_NAMES.get(type(value), 'a number')}, not an object"


_NAMES: dict[type, str] = {
    list: "an array",
    str: "a text",
    bool: "true or false",
    type(None): "null",
}


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _whole(digits: str) -> int:
    # Python refuses to read numbers of thousands of digits; how large they are is no matter here.
    return int(digits) if len(digits) < 1_000 else 0  # noqa: PLR2004


def _lines(read: Read, size: Callable[[], int]) -> Iterator[Block]:
    line, rest, held = 1, [b""], 0
    while data := read(size()):
        cut = data.rfind(b"\n") + 1
        if not cut:
            rest.append(data)
            held += len(data)
            if held > RECORD_CHARS:
                reason = f"the line is longer than {RECORD_CHARS >> 20} MiB"
                raw = b"".join(rest)[:1000].decode("utf-8", "replace")
                yield Block([], [], (Record(line, raw, reason),), size=held)
                return
            continue
        text = b"".join([*rest, data[:cut]])
        rest, held = [data[cut:]], len(data) - cut
        block = _block(line, text)
        line = block.next_line
        yield block
    if any(rest):
        yield _block(line, b"".join(rest))


def _block(line: int, text: bytes) -> Block:
    after = line + text.count(b"\n") + (not text.endswith(b"\n"))
    texts = text.split(b"\n")
    if not texts[-1]:
        del texts[-1]
    return Block(range(line, after), texts, (), after, len(text))


class _Array:
    """Cuts the items out of one array, however it is broken into lines."""

    def __init__(self, read: Read, size: Callable[[], int]) -> None:
        self._read = read
        self._size = size
        self._text = ""
        self._rest = b""
        self._at = 0
        self._line = 1
        self._counted = 0
        self._ended = False
        self._want: Literal["any", "item", "comma"] = "any"
        self._decode = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode

    def blocks(self) -> Iterator[Block]:
        """Yield the items of the array, block by block."""
        self._more()
        self._skip()
        if self._text[self._at : self._at + 1] != "[":
            reason = "it does not begin with [, as an array does"
            yield Block([], [], (Record(self._number(self._at), self._text[:1000], reason),))
            return
        self._at += 1
        done = False
        while not done:
            numbers: list[int] = []
            texts: list[bytes] = []
            broken: list[Record] = []
            done = self._cut(numbers, texts, broken)
            yield Block(numbers, texts, tuple(broken), self._line)
            if not done:
                self._more()

    def _cut(self, numbers: list[int], texts: list[bytes], broken: list[Record]) -> bool:
        """Cut what the text at hand has; return True at the end of the array."""
        while True:
            self._skip()
            start = self._at
            mark = self._text[start : start + 1]
            if mark in {",", "]"}:
                if self._want == "item" or (self._want == "any" and mark == ","):
                    reason = "there is nothing between the comma and what follows"
                    broken.append(Record(self._number(start), mark, reason))
                if mark == "]":
                    return self._finish(broken)
                self._at, self._want = start + 1, "item"
                continue
            end = self._end(start) if mark else None
            if end is None:
                if not self._ended and len(self._text) - start < RECORD_CHARS:
                    return False
                self._give_up(start, broken)
                return True
            numbers.append(self._number(start))
            texts.append(self._text[start:end].rstrip().encode("utf-8", "surrogateescape"))
            self._at, self._want = end, "comma"

    def _end(self, start: int) -> int | None:
        """Return where the item ends, at the comma or bracket after it; None to read more."""
        wrong = start
        if self._text[start] == "{":
            try:
                wrong = self._decode(self._text, start)[1]
                end = _skipped(self._text, wrong)
                if end == len(self._text):
                    return end if self._ended else None
                if self._text[end] in ",]":
                    return end
            except json.JSONDecodeError as error:
                wrong = error.pos
            except (ValueError, RecursionError):
                pass
        # It is no object, damaged, or not all of it is at hand.
        ends = (self._next_item(start, wrong), self._balanced(start))
        return min((end for end in ends if end is not None), default=None)

    def _next_item(self, start: int, wrong: int) -> int | None:
        """Return where the next item begins on a line of its own, indented like this one."""
        begun = self._text.rfind("\n", 0, start) + 1
        indent = self._text[begun:start].strip("[,")
        if indent.strip():
            return None
        for found in _NEXT_ITEM.finditer(self._text, start):
            if found.end() >= wrong and found["indent"] == indent:
                return found.start()
        return None

    def _balanced(self, start: int) -> int | None:
        depth = 0
        for found in _MARKS.finditer(self._text, start):
            mark = found[0]
            if mark == '"':
                return None  # A text that does not end in what is at hand.
            if mark in ",]" and depth <= 0:
                return found.start()
            depth += (mark in "[{") - (mark in "]}")
        return None

    def _finish(self, broken: list[Record]) -> bool:
        """Look at what stands after the array; only blanks may."""
        self._at += 1
        while True:
            self._skip()
            if self._at < len(self._text):
                line = self._number(self._at)
                raw = self._text[self._at :][:1000]
                broken.append(Record(line, raw, "it stands after the end of the array"))
                return True
            if self._ended:
                return True
            self._more()

    def _give_up(self, start: int, broken: list[Record]) -> None:
        rest = self._text[start:]
        if rest.strip():
            reason = "it does not end: a quote or bracket is missing; nothing after it is read"
        else:
            reason = "the file ends before the array does"
        broken.append(Record(self._number(start), rest[:1000], reason))

    def _number(self, at: int) -> int:
        """Return the line of a place; places must be asked for in order."""
        self._line += self._text.count("\n", self._counted, at)
        self._counted = at
        return self._line

    def _skip(self) -> None:
        self._at = _skipped(self._text, self._at)

    def _more(self) -> None:
        """Take in more text, and drop what is behind."""
        data = self._read(max(self._size(), len(self._text) - self._at))
        self._ended = not data
        self._number(self._at)
        data = self._rest + data
        # A character that is cut at the end waits for its other bytes.
        keep = 0 if self._ended else _cut_character(data)
        self._rest = data[len(data) - keep :]
        new = data[: len(data) - keep].decode("utf-8", "surrogateescape")
        # The indentation of the item at hand stays: it tells where a damaged one ends.
        begun = self._text.rfind("\n", 0, self._at) + 1
        keep_from = begun if self._text[begun : self._at].isspace() else self._at
        self._text = self._text[keep_from:] + new
        self._at -= keep_from
        self._counted = self._at


def _skipped(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _cut_character(data: bytes) -> int:
    """Return how many bytes at the end of `data` begin a character that does not end there."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:  # noqa: PLR2004 - the first byte of several
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4  # noqa: PLR2004
            return back if back < needed else 0
        if byte < 0x80:  # noqa: PLR2004 - a character of its own
            return 0
    return 0
