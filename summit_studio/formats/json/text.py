"""JSON text cut into records, each with its line number.

They stand one a line, in a row however they are broken into lines, in one array, or where a path
leads.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from summit_studio.formats.json.numbers import no_constant
from summit_studio.formats.json.path import ANY, Step

Layout = Literal["lines", "array", "objects"]
Shape = Literal["object", "list", "value"]
"""What the records of a file are: objects, or rows without keys."""

RECORD_CHARS = 64 << 20
"""How long a record may be, in bytes; beyond it a quote or bracket must be missing."""

_SPACE = re.compile(r"[ \t\r\n]*")
_BETWEEN = re.compile(r"[ \t\r\n\x1e]*")
"""What stands between records in a row; RFC 7464 has a record separator before each."""
_NEXT_RECORD = re.compile(r"\x1e|\n(?=[{\[])")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BOUNDS = re.compile(r'"(?:[^"\\]|\\.)*"|"|[\[\]{}]', re.DOTALL)
_PLAIN = re.compile(r"[^ \t\r\n,\]}:]*")
_HEAD_LINES = 20
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
        ended: True if what comes after in the text is not read.
    """

    numbers: Sequence[int]
    texts: Sequence[bytes]
    broken: tuple[Record, ...] = ()
    next_line: int = 1
    size: int = 0
    ended: bool = False

    def after(self, texts: int, broken: int) -> "Block":
        """Return what is left without the first records, of each kind so many."""
        return replace(
            self,
            numbers=self.numbers[texts:],
            texts=self.texts[texts:],
            broken=self.broken[broken:],
        )


Read = Callable[[int], bytes]
"""Gives about so many bytes of the text; b"" is the end."""


def layout_of(head: bytes) -> Layout:
    """Return how a text that begins with `head` is laid out."""
    text = head.decode("utf-8", "replace").lstrip(" \t\r\n")
    if text.startswith("\x1e"):
        return "objects"
    first, _, rest = text.partition("\n")
    if _is_whole(first) and (not first.startswith("[") or rest.lstrip().startswith("[")):
        return "lines"
    if text.startswith("["):
        return "array"
    if not text.startswith("{"):
        return "lines"
    try:
        json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        # It is damaged, or ends beyond what is at hand.
        lines = rest.split("\n", _HEAD_LINES)[:_HEAD_LINES]
        found = any(one.startswith("{") and _is_whole(one) for one in lines)
        opened = first.rstrip().endswith(("{", "[", ","))
        return "lines" if found or not opened else "objects"
    return "objects"


def _is_whole(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def blocks(
    read: Read,
    layout: Layout,
    size: Callable[[], int],
    path: Sequence[Step] | None = None,
    line: int = 1,
) -> Iterator[Block]:
    """Yield the records of a text, about `size()` bytes at a time.

    Args:
        read: Gives the text.
        layout: How it is laid out; of no matter where a path is given.
        size: How many bytes to take at a time.
        path: Where in the values of the text the records stand.
        line: The number of the first line, of a text of lines.
    """
    if path is not None:
        return _Found(read, size, tuple(path)).blocks()
    if layout == "array":
        return _Array(read, size).blocks()
    return _lines(read, size, line) if layout == "lines" else _Objects(read, size).blocks()


def shape_of(texts: Sequence[bytes]) -> Shape:
    """Return what the records are, by the values among them."""
    marks = {text.lstrip()[:1] for text in texts if fault(text, "value") is None}
    return "object" if b"{" in marks or not marks else "list" if b"[" in marks else "value"


def shaped(text: bytes, shape: Shape) -> bytes:
    """Return a record as an object: its items as `column1` and so on, a plain value as `value`.

    Args:
        text: The record; what is not of its shape stays as it is.
        shape: What it is.
    """
    if shape == "object":
        return text
    if shape == "value":
        return b'{"value": %s}' % text
    try:
        items = list(_items(text.decode()))
    except (ValueError, RecursionError):
        return text
    members = (f'"column{i}": {item}' for i, item in enumerate(items, 1))
    return f"{{{', '.join(members)}}}".encode()


def _items(text: str) -> Iterator[str]:
    """Yield the items of an array as they are written.

    Raises:
        ValueError: It is none.
    """
    decode = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
    at = _skipped(text, 0)
    if text[at : at + 1] != "[":
        raise ValueError("it is no array")
    at = _skipped(text, at + 1)
    while text[at : at + 1] != "]":
        end = decode(text, at)[1]
        yield text[at:end]
        at = _skipped(text, end)
        if text[at : at + 1] == ",":
            at = _skipped(text, at + 1)
            if text[at : at + 1] == "]":
                raise ValueError("it has a comma at its end")
        elif text[at : at + 1] != "]":
            raise ValueError("a comma is missing")
    if text[at + 1 :].strip():
        raise ValueError("it is followed by something")


def fault(text: bytes, shape: Shape = "object") -> str | None:
    """Return why a text is not one record of its shape, as strictly as the standard has it."""
    try:
        value = json.loads(text.decode(), parse_constant=no_constant, parse_int=_whole)
    except UnicodeDecodeError as error:
        return f"the byte 0x{text[error.start]:02x} at position {error.start + 1} is not UTF-8"
    except json.JSONDecodeError as error:
        return f"{error.msg[:1].lower()}{error.msg[1:]}, at character {error.pos + 1}"
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        return str(error)
    if shape == "value" or isinstance(value, dict if shape == "object" else list):
        return None
    is_what = "an object" if isinstance(value, dict) else _NAMES.get(type(value), "a number")
    return f"it is {is_what}, not an {'object' if shape == 'object' else 'array'}"


_NAMES: dict[type, str] = {
    list: "an array",
    str: "a text",
    bool: "true or false",
    type(None): "null",
}


def _whole(digits: str) -> int:
    # Python refuses to read numbers of thousands of digits; how large they are is no matter here.
    return int(digits) if len(digits) < 1_000 else 0  # noqa: PLR2004


def _lines(read: Read, size: Callable[[], int], line: int) -> Iterator[Block]:
    """Yield whole lines; where a block ends depends on where it begins alone, for one size."""
    held, at, ended = b"", 0, False
    wanted = size()
    while True:
        if len(held) - at < wanted and not ended:
            parts = [held[at:]]
            missing = wanted - len(parts[0])
            while missing > 0 and (data := read(missing)):
                parts.append(data)
                missing -= len(data)
            held, at, ended = b"".join(parts), 0, missing > 0
        text = held[at : at + wanted]
        if not text:
            return
        cut = len(text) if len(text) < wanted else text.rfind(b"\n") + 1
        if cut:
            block = _block(line, text[:cut])
            line, at = block.next_line, at + cut
            yield block
            wanted = size()
        elif len(text) > RECORD_CHARS:
            reason = f"the line is longer than {RECORD_CHARS >> 20} MiB"
            raw = text[:1000].decode("utf-8", "replace")
            broken = (Record(line, raw, reason),)
            yield Block([], [], broken, line, len(held) - at, ended=True)
            return
        else:
            # A line in one piece is looked at anew only when it has doubled.
            wanted = min(2 * wanted, max(RECORD_CHARS, wanted) + 1)


def _block(line: int, text: bytes) -> Block:
    after = line + text.count(b"\n") + (not text.endswith(b"\n"))
    texts = text.split(b"\n")
    if not texts[-1]:
        del texts[-1]
    return Block(range(line, after), texts, (), after, len(text))


class _Text:
    """The text at hand, from the record at hand on."""

    def __init__(self, read: Read, size: Callable[[], int]) -> None:
        self._read = read
        self._size = size
        self._text = ""
        self._rest = b""
        self._at = 0
        self._line = 1
        self._counted = 0
        self._ended = False
        self._decode = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode

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


class _Array(_Text):
    """Cuts the items out of one array, however it is broken into lines."""

    def __init__(self, read: Read, size: Callable[[], int]) -> None:
        super().__init__(read, size)
        self._want: Literal["any", "item", "comma"] = "any"

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
            texts.append(_encoded(self._text[start:end]))
            self._at, self._want = end, "comma"

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


class _Objects(_Text):
    """Cuts records that stand in a row, however they are broken into lines."""

    def blocks(self) -> Iterator[Block]:
        """Yield the records, block by block."""
        while not self._ended:
            self._more()
            numbers: list[int] = []
            texts: list[bytes] = []
            while end := self._record():
                numbers.append(self._number(self._at))
                texts.append(_encoded(self._text[self._at : end]))
                self._at = end
            yield Block(numbers, texts, (), self._line)

    def _record(self) -> int | None:
        """Go to the next record and return where it ends; None to read more."""
        self._at = _skipped(self._text, self._at, _BETWEEN)
        if self._at == len(self._text):
            return None
        wrong = self._at
        try:
            end = self._decode(self._text, self._at)[1]
            # A number may go on.
            return end if end < len(self._text) or self._ended else None
        except json.JSONDecodeError as error:
            wrong = error.pos
        except (ValueError, RecursionError):
            pass
        # What is wrong may be that the next one begins where this one should go on.
        while wrong > self._at + 1 and self._text[wrong - 1].isspace():
            wrong -= 1
        after = _NEXT_RECORD.search(self._text, max(wrong, self._at + 1))
        if after:
            return after.start()
        over = len(self._text) - self._at >= RECORD_CHARS
        return len(self._text) if self._ended or over else None


class _Damaged(Exception):
    """The text around the records is not JSON."""


class _Found(_Text):
    """Cuts out what a path leads to, passing by all else without holding it."""

    def __init__(self, read: Read, size: Callable[[], int], path: tuple[Step, ...]) -> None:
        super().__init__(read, size)
        self._path = path

    def blocks(self) -> Iterator[Block]:
        """Yield what is found, block by block."""
        numbers: list[int] = []
        texts: list[bytes] = []
        held = 0
        broken: tuple[Record, ...] = ()
        try:
            while self._mark(_BETWEEN):
                for number, text in self._walk(self._path):
                    numbers.append(number)
                    texts.append(text)
                    held += len(text)
                    if held >= self._size():
                        yield Block(numbers, texts, (), self._line)
                        numbers, texts, held = [], [], 0
        except _Damaged as damaged:
            raw = self._text[self._at :][:1000]
            reason = f"{damaged}; nothing after it is read"
            broken = (Record(self._number(self._at), raw, reason),)
        yield Block(numbers, texts, broken, self._line)

    def _walk(self, path: tuple[Step, ...]) -> Iterator[tuple[int, bytes]]:
        """Yield what a path leads to from the value at hand, and go behind the value."""
        mark = self._mark()
        if not path:
            yield self._value()
        elif mark == "{" and not isinstance(path[0], int):
            yield from self._members(path)
        elif mark == "[" and not isinstance(path[0], str):
            yield from self._entries(path)
        else:
            self._pass()

    def _members(self, path: tuple[Step, ...]) -> Iterator[tuple[int, bytes]]:
        self._at += 1
        if self._mark() == "}":
            self._at += 1
            return
        while True:
            key = self._key()
            self._expect(":")
            if path[0] in (key, ANY):
                yield from self._walk(path[1:])
            else:
                self._pass()
            if self._expect(",}") == "}":
                return

    def _entries(self, path: tuple[Step, ...]) -> Iterator[tuple[int, bytes]]:
        self._at += 1
        if self._mark() == "]":
            self._at += 1
            return
        number = 0
        while True:
            if path[0] in (number, ANY):
                yield from self._walk(path[1:])
            else:
                self._pass()
            number += 1
            if self._expect(",]") == "]":
                return

    def _mark(self, blanks: re.Pattern[str] = _SPACE) -> str:
        """Go to the next character that is not blank and return it; nothing at the end."""
        while True:
            self._at = _skipped(self._text, self._at, blanks)
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more()

    def _expect(self, marks: str) -> str:
        found = self._mark()
        if not found or found not in marks:
            wanted = " or ".join(marks)
            raise _Damaged(f"{wanted} is missing" if found else "the file ends before its value")
        self._at += 1
        return found

    def _key(self) -> str:
        if self._mark() != '"':
            raise _Damaged("a key is missing")
        while (found := _STRING.match(self._text, self._at)) is None:
            self._require_more("a quote is missing")
        self._at = found.end()
        try:
            return str(json.loads(found[0]))
        except ValueError:
            raise _Damaged("the key is not JSON") from None

    def _value(self) -> tuple[int, bytes]:
        if not self._mark():
            raise _Damaged("the file ends before its value")
        while (end := self._cut()) is None:
            self._require_more("it does not end: a quote or bracket is missing")
        number = self._number(self._at)
        text = _encoded(self._text[self._at : end])
        self._at = end
        return number, text

    def _cut(self) -> int | None:
        """Return where the value at hand ends, as well as can be told; None to read more."""
        try:
            end = self._decode(self._text, self._at)[1]
        except (ValueError, RecursionError):
            return self._end(self._at)
        return end if end < len(self._text) or self._ended else None

    def _pass(self) -> None:
        """Go behind the value at hand."""
        depth = 0
        if self._mark() not in ('"', "{", "["):
            self._pass_plain()
            return
        while True:
            found = _BOUNDS.search(self._text, self._at)
            if found is None or found[0] == '"':
                self._at = len(self._text) if found is None else found.start()
                self._require_more("it does not end: a quote or bracket is missing")
                continue
            self._at = found.end()
            depth += (found[0] in "[{") - (found[0] in "]}")
            if depth <= 0:
                return

    def _pass_plain(self) -> None:
        begun = self._at
        while True:
            found = _PLAIN.match(self._text, self._at)
            end = found.end() if found else self._at
            if end < len(self._text) or self._ended:
                break
            self._at = end
            self._more()
            begun = -1
        if end == begun:
            raise _Damaged("a value is missing")
        self._at = end

    def _require_more(self, reason: str) -> None:
        if self._ended or len(self._text) - self._at >= RECORD_CHARS:
            raise _Damaged(reason)
        self._more()


def _encoded(text: str) -> bytes:
    return text.rstrip(" \t\r\n\x1e").encode("utf-8", "surrogateescape")


def _skipped(text: str, at: int, blanks: re.Pattern[str] = _SPACE) -> int:
    found = blanks.match(text, at)
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
