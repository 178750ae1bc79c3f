"""Files as streams of UTF-8, whatever their compression and encoding."""

import codecs
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self, cast

from summit_studio.core.errors import LedgerImbalance
from summit_studio.stores.faults import (
    binary,
    changed,
    failure,
    named_as_other,
    read_errors,
    require_file,
)

Compression = Literal["auto", "none", "gzip", "zstd", "bz2"]

UTF8 = "utf-8"
HEAD_BYTES = 1 << 20
"""How much of the beginning is looked at to find out what a file is."""
PART_BYTES = 1 << 18
_SKIP_BYTES = 8 << 20
"""How much is looked at in the middle and at the end."""

_CODECS = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"BZh", "bz2"))
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNDEFINED_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


_MOST_ZEROS = 0.001
"""The share of zero bytes up to which a file is still text."""
_FEW_ZEROS = 16
"""How many do not make a small file another thing, if they, and all characters that control
something, are no more than a twentieth of it."""
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1e"))
_MANY_HIGH = 0.25
"""The share of letters beyond ASCII from which a text is in another script."""
_ASCII_LETTERS = [bytes([c]) for c in range(128) if chr(c).isalpha()]


@dataclass(frozen=True, slots=True)
class Format:
    """How the bytes of a file become text.

    Args:
        compression: `none`, or a codec of Arrow's.
        encoding: A Python codec name.
        bom: Length of the mark at the beginning, in bytes.
        guessed: True if nothing in the file says that this is its encoding.
        why: What tells the encoding, as part of a sentence.
    """

    compression: str
    encoding: str = UTF8
    bom: int = 0
    guessed: bool = False
    why: str = field(default="", compare=False)

    @property
    def why_compression(self) -> str:
        """What tells the compression, as part of a sentence."""
        if self.compression == "none":
            return "its first bytes are those of no compression"
        return f"its first bytes are those of {self.compression}"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a file is still the same."""

    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the stamp of the file at `path`."""
        with read_errors(path):
            stat = path.stat()
        return cls(stat.st_ino, stat.st_size, stat.st_mtime_ns)


def detect_format(path: Path, compression: str = "auto", encoding: str = "auto") -> Format:
    """Return how to read the file at `path`; what is not `auto` is taken as told.

    Raises:
        ReadFailed: There is no such file, it is not text, or the encoding is unknown.
    """
    require_file(path)
    with read_errors(path), path.open("rb") as file:
        magic = file.read(16)
    codec = _codec(magic) if compression == "auto" else compression
    with _Opened(path, codec) as opened:
        raw = opened.read(HEAD_BYTES)
    parts = [raw] if codec != "none" else [raw, *_parts(path)]
    if encoding != "auto":
        return _told(path, encoding, raw, codec)
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return Format(codec, name, len(mark), why="the mark at its beginning says so")
    if named_as_other(raw):
        raise binary(path, raw)
    return _guess(path, raw, parts, codec)


class TextStream:
    """An open file, delivered as UTF-8 without a mark at its beginning.

    What the encoding cannot decode arrives as bytes that are not valid UTF-8, so that the rows
    it stands in can be told. Used by one thread. `delivered` counts the bytes of text so far.
    """

    def __init__(self, path: Path, form: Format) -> None:
        self.path = path
        self._stamp = Stamp.of(path)
        self._opened = _Opened(path, form.compression)
        self._decoder = (
            None
            if form.encoding == UTF8
            else codecs.getincrementaldecoder(form.encoding)(_lenience(form.encoding))
        )
        self._plain = form.compression == "none" and self._decoder is None
        self._skip = form.bom
        self._ahead = b""
        self.delivered = 0

    def read(self, size: int) -> bytes:
        """Return about `size` bytes of text, fewer only at the end of the file; b"" is the end.

        Raises:
            ReadFailed: The file is damaged, or changed since it was opened.
        """
        if self._ahead:
            text, self._ahead = self._ahead, b""
            self.delivered += len(text)
            return text
        while True:
            data = self._opened.read(size)
            last = len(data) < size
            if last:
                self._same()
            if self._skip:
                data, self._skip = data[self._skip :], max(0, self._skip - len(data))
            text = data
            if self._decoder is not None:
                text = self._decode(self._decoder, data, last=last)
            # Half a character, or the mark, is no end yet.
            if text or last:
                self.delivered += len(text)
                return text

    def skip(self, size: int, check: Callable[[], None] = lambda: None) -> None:
        """Pass over the first bytes of text; called before the first `read`.

        What is plain UTF-8 is not read for it; all else is, piece by piece.

        Args:
            size: How many, or more than there are.
            check: Called between pieces; raises to stop.

        Raises:
            ReadFailed: The file is damaged, or changed since it was opened.
        """
        if self._plain:
            ahead = min(self._skip + size, self._stamp.size)
            self._opened.seek(ahead)
            self.delivered, self._skip = max(ahead - self._skip, 0), max(self._skip - ahead, 0)
            return
        while self.delivered < size:
            check()
            wanted = min(size - self.delivered, _SKIP_BYTES)
            data = self.read(wanted)
            if not data:
                return
            # Characters of several bytes may make a piece longer than was asked for.
            self._ahead = data[wanted:]
            self.delivered -= len(self._ahead)

    def progress(self) -> float:
        """Return how far the file is read, 0 to 1."""
        return min(1.0, self._opened.tell() / self._stamp.size) if self._stamp.size else 1.0

    def require_whole(self, taken: int, *, spare: int = 0) -> None:
        """Hold the text that was cut into records against the text of the file.

        Args:
            taken: The bytes cut into records, up to the end of the file.
            spare: Line ends that may have been added for the file.

        Raises:
            LedgerImbalance: Text was lost, or taken twice.
        """
        if not self.delivered <= taken <= self.delivered + spare:
            raise LedgerImbalance(
                f"'{self.path.name}' was not read whole",
                why=f"its text has {self.delivered:,} bytes, and {taken:,} were cut into rows",
                do="report this with the file; nothing was published",
            )

    def close(self) -> None:
        """Close the file."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _decode(self, decoder: codecs.IncrementalDecoder, data: bytes, *, last: bool) -> bytes:
        try:
            return decoder.decode(data, last).encode(UTF8, "surrogatepass")
        except UnicodeDecodeError as error:
            raise failure(
                self.path,
                f"'{self.path.name}' is not {error.encoding} text",
                why=f"{error.reason}, in the part before byte {self._opened.tell():,}",
                do="set the encoding the file was written in",
                code="encoding",
            ) from None

    def _same(self) -> None:
        if Stamp.of(self.path) != self._stamp:
            raise changed(self.path)


class _Opened:
    """A file's bytes, uncompressed."""

    def __init__(self, path: Path, codec: str) -> None:
        self._path = path
        with read_errors(path):
            self._file: IO[bytes] = path.open("rb", buffering=0)
        self._stream: IO[bytes] = self._file
        if codec != "none":
            import pyarrow as pa

            # Arrow's own file would be quicker by a little, but leaks its errors as text.
            self._stream = cast("IO[bytes]", pa.CompressedInputStream(self._file, codec))

    def read(self, size: int) -> bytes:
        found: list[bytes] = []
        with read_errors(self._path):
            while size > 0:
                data = self._stream.read(size)
                if not data:
                    break
                found.append(data)
                size -= len(data)
        return found[0] if len(found) == 1 else b"".join(found)

    def seek(self, at: int) -> None:
        with read_errors(self._path):
            self._file.seek(at)

    def tell(self) -> int:
        return 0 if self._file.closed else self._file.tell()

    def close(self) -> None:
        if self._stream is not self._file:
            self._stream.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Sample:
    """What is looked at of a file, as UTF-8.

    Args:
        head: The beginning; ends with a line end if it is the whole file.
        parts: From the middle and the end; they begin and end anywhere. There are none where
            only reading all would find them.
        whole: True if `head` is all there is.
    """

    head: bytes
    parts: tuple[bytes, ...] = ()
    whole: bool = True


def sample(path: Path, form: Format) -> Sample:
    """Return what to look at of a file."""
    with TextStream(path, form) as stream:
        head = stream.read(HEAD_BYTES)
        whole = not stream.read(1)
    if whole:
        ended = not head or head.endswith((b"\n", b"\r"))
        newline = b"\r" if b"\r" in head and b"\n" not in head else b"\n"
        return Sample(head if ended else head + newline)
    exact = form.compression == "none" and form.encoding == UTF8
    return Sample(head, tuple(_parts(path)) if exact else (), whole=False)


def _parts(path: Path) -> list[bytes]:
    with read_errors(path), path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size <= HEAD_BYTES + 2 * PART_BYTES:
            starts = [HEAD_BYTES] if size > HEAD_BYTES else []
        else:
            starts = [(HEAD_BYTES + size) // 2, size - PART_BYTES]
        found = []
        for start in starts:
            file.seek(start)
            found.append(file.read(PART_BYTES if len(starts) > 1 else -1))
    return found


def _codec(magic: bytes) -> str:
    return next((name for start, name in _CODECS if magic.startswith(start)), "none")


def _known(path: Path, encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise failure(
            path,
            f"Unknown encoding '{encoding}'",
            do="write a name such as utf-8, utf-16, cp1252, latin-1 or shift_jis",
            code="encoding_unknown",
        ) from None
    return UTF8 if name in {"utf-8-sig", "ascii"} else name


def _told(path: Path, encoding: str, raw: bytes, codec: str) -> Format:
    name = _known(path, encoding)
    for mark, own in _BOMS:
        if raw.startswith(mark) and own.startswith(name):
            return Format(codec, own, len(mark))
    if name in {"utf-16", "utf-32"}:
        name = (_wide(raw) if name == "utf-16" else None) or f"{name}-le"
    return Format(codec, name)


def _lenience(encoding: str) -> str:
    """Return the error handler with which bad input survives as bytes that are not UTF-8."""
    if encoding.startswith(("utf-16", "utf-32")):
        return "surrogatepass"
    return "surrogateescape"


def _guess(path: Path, raw: bytes, parts: list[bytes], codec: str) -> Format:
    """Return the encoding that the bytes themselves suggest."""
    if b"\0" in raw:
        wide = _wide(raw)
        if wide is not None:
            return Format(codec, wide, why="every second byte is zero")
        # Zero bytes in a few rows cost those rows, not the file.
        few = min(_FEW_ZEROS, len(raw) / 20)
        control = len(raw) - len(raw.translate(None, _CONTROL))
        if raw.count(b"\0") > _MOST_ZEROS * len(raw) and control > few:
            raise binary(path, raw)
    # A part may begin and end inside of a character.
    inner = [part.lstrip(bytes(range(0x80, 0xC0))) if i else part for i, part in enumerate(parts)]
    if all(map(_begins_valid, inner)):
        plain = "ASCII, which is UTF-8 as well" if all(map(bytes.isascii, parts)) else "valid UTF-8"
        return Format(codec, why=f"all bytes looked at are {plain}")
    # A file with a few damaged rows is still UTF-8 if as many characters are valid so: in other
    # encodings that hardly ever happens by chance.
    scores = list(map(_utf8_score, inner))
    good = sum(good for _, good in scores)
    bad = sum(bad for bad, _ in scores)
    if good and good >= bad:
        characters = _counted(good, "character", "is", "are")
        why = f"{characters} valid UTF-8 beyond ASCII, {_counted(bad, 'byte', 'is', 'are')} not"
        return Format(codec, why=why)
    found, why = _by_letters(b"".join(parts))
    return Format(
        codec, found, guessed=True, why=f"{_counted(bad, 'byte', 'is', 'are')} not UTF-8, {why}"
    )


def _counted(number: int, noun: str, one: str, several: str) -> str:
    return f"{number:,} {noun} {one}" if number == 1 else f"{number:,} {noun}s {several}"


def _by_letters(text: bytes) -> tuple[str, str]:
    """Return the encoding of a text that is not UTF-8, by how its letters are spread, and why."""
    high = len(text.translate(None, bytes(range(0x80))))
    letters = high + sum(map(text.count, _ASCII_LETTERS))
    western = "iso8859-1" if _UNDEFINED_IN_1252.search(text) else "cp1252"
    if high < _MANY_HIGH * letters:
        # Western texts have few letters beyond ASCII, and detectors mistake them most.
        return western, "and most letters are ASCII, as in Western texts"
    import chardet

    try:
        found = codecs.lookup(chardet.detect(text)["encoding"] or western).name
    except LookupError:
        return western, "and no other encoding is known to fit"
    found = western if found == "iso8859-1" else found
    return found, "and its letters are spread as in texts of that encoding"


def _wide(raw: bytes) -> str | None:
    even, odd = raw[0:4096:2].count(0), raw[1:4096:2].count(0)
    half = len(raw[:4096]) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _begins_valid(part: bytes) -> bool:
    try:
        codecs.utf_8_decode(part, "strict", False)
    except UnicodeDecodeError:
        return False
    return True


def _utf8_score(part: bytes) -> tuple[int, int]:
    """Return how many faults and how many valid characters beyond ASCII a part has."""
    text, _ = codecs.utf_8_decode(part, "surrogateescape", False)
    faults = sum(1 for c in text if "\udc80" <= c <= "\udcff")
    return faults, sum(1 for c in text if c >= "\x80") - faults


def valid_utf8(data: bytes) -> bool:
    """Return True if `data` is UTF-8; quicker than decoding it."""
    if data.isascii():
        return True
    import pyarrow as pa

    offsets = pa.py_buffer(len(data).to_bytes(8, "little").rjust(16, b"\0"))
    one: pa.Array = pa.LargeStringArray.from_buffers(1, offsets, pa.py_buffer(data))
    try:
        one.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def invalid_spots(data: bytes) -> list[tuple[int, int]]:
    """Return where `data` is not UTF-8, as (start, end) in bytes."""
    view, spots, at = memoryview(data), [], 0
    while at < len(data):
        try:
            codecs.utf_8_decode(view[at:], "strict", True)
        except UnicodeDecodeError as error:
            spots.append((at + error.start, at + error.end))
            at += error.end
        else:
            break
    return spots
