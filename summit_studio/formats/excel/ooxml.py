"""Workbooks of Office Open XML (.xlsx, .xlsm): cells as they stand in the file, read as a stream.

Other readers lay a sheet out as one rectangle, which a single far cell makes larger than any
memory, and tell neither errors, formulas without a value nor days that never were from blanks.

Source: ECMA-376 part 1, 18.2 (workbook), 18.3 (worksheets), 18.4 (shared strings), 18.8 (styles).
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from math import isfinite
from pathlib import Path
from typing import IO, Any, Final
from xml.parsers import expat

from summit_studio.formats.excel.cells import Odd, as_error
from summit_studio.formats.excel.grid import Box, Grid, column_number, parse_place
from summit_studio.formats.excel.serial import BUILT_IN, Kind, dated, kind_of_format

_PIECE = 1 << 18
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DIGITS = "0123456789"
_EXACT = 2**53
_Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One sheet of a workbook: its name, whether one sees it, and where its cells stand."""

    name: str
    visible: bool
    part: str


class OoxmlBook:
    """An open workbook.

    Raises:
        ValueError, KeyError, expat.ExpatError, zipfile.BadZipFile: It is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._archive: Final = zipfile.ZipFile(path)
        self._parts = {name.replace("\\", "/").lower(): name for name in self._archive.namelist()}
        self.base = self._target("", "officedocument") or "xl/workbook.xml"
        self._since_1904 = self._recalculated = False
        self.entries = tuple(self._entries())
        self._shared: list[str] | None = None
        self._formats: list[Callable[[float], object] | None] | None = None

    @property
    def plain(self) -> bool:
        """Whether the workbook is written in XML, not in Excel's binary records (.xlsb)."""
        return self.base.lower().endswith(".xml") and self.base.lower() in self._parts

    @property
    def errors_told(self) -> bool:
        """Whether cells with an error can be told from empty ones."""
        return True

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()

    def grid(self, entry: Entry, box: Box, error_cells: str) -> Grid:
        """Return the cells of a sheet."""
        parser = _SheetParser(self._texts(), self._conversions(), box, error_cells)
        parser.recalculated = self._recalculated
        with self.open(entry.part) as file:
            return parser.read(file)

    def open(self, part: str) -> IO[bytes]:
        """Open a part of the file."""
        return self._archive.open(self._parts[part.lower()])

    def _entries(self) -> Iterator[Entry]:
        if not self.plain:
            return
        sheets = self.targets(self.base)
        for _, name, found in self._tags(self.base):
            if name == "workbookPr":
                self._since_1904 = found.get("date1904") in {"1", "true"}
            elif name == "calcPr":
                self._recalculated = found.get("fullCalcOnLoad") in {"1", "true"}
            elif name == "sheet":
                kind, part = sheets.get(found.get("id", ""), ("", ""))
                if kind == "worksheet":
                    visible = found.get("state", "visible") == "visible"
                    yield Entry(found["name"], visible, part)

    def targets(self, part: str) -> dict[str, tuple[str, str]]:
        """Return kind and path of what a part refers to, by id."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations.lower() not in self._parts:
            return {}
        return {
            found["Id"]: (
                found.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, found["Target"])).lstrip("/"),
            )
            for _, name, found in self._tags(relations)
            if name == "Relationship" and found.get("TargetMode") != "External"
        }

    def _target(self, part: str, wanted: str) -> str | None:
        return next((p for k, p in self.targets(part).values() if k.lower() == wanted), None)

    def _tags(self, part: str) -> list[tuple[str, str, _Attributes]]:
        """Return the tags of a small part: the name of the one around, its name, attributes."""
        found: list[tuple[str, str, _Attributes]] = []
        around = [""]

        def start(name: str, attributes: _Attributes) -> None:
            local = _local(name)
            found.append((around[-1], local, {_local(k): v for k, v in attributes.items()}))
            around.append(local)

        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda _name: around.pop()
        with self.open(part) as file:
            _feed(parser, file)
        return found

    def _texts(self) -> list[str]:
        if self._shared is None:
            part = self._target(self.base, "sharedstrings")
            self._shared = []
            if part and part.lower() in self._parts:
                with self.open(part) as file:
                    self._shared = _shared_texts(file)
        return self._shared

    def _conversions(self) -> list[Callable[[float], object] | None]:
        """Return, for each cell format, what makes dates of numbers; None where they stay."""
        if self._formats is None:
            part = self._target(self.base, "styles")
            known = part is not None and part.lower() in self._parts
            self._formats = list(self._styles(part)) if part and known else []
        return self._formats

    def _styles(self, part: str) -> Iterator[Callable[[float], object] | None]:
        tags = self._tags(part)
        kinds = dict(BUILT_IN) | {
            int(found["numFmtId"]): kind_of_format(found.get("formatCode", ""))
            for around, name, found in tags
            if name == "numFmt" and around == "numFmts"
        }
        for around, name, found in tags:
            if (around, name) == ("cellXfs", "xf"):
                kind = kinds.get(int(found.get("numFmtId", "0")), Kind.NUMBER)
                plain = kind is Kind.NUMBER
                yield None if plain else dated(kind, since_1904=self._since_1904)


class _Texts:
    """Gathers the text of `t` elements; how a text is spoken (`rPh`) is no part of it."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.heard: list[str] = []
        self._spoken = False

    def start(self, name: str) -> None:
        self.heard.clear()
        if name == "rPh":
            self._spoken = True

    def end(self, name: str) -> None:
        if name == "rPh":
            self._spoken = False
        elif name == "t" and not self._spoken:
            self.pieces.append("".join(self.heard))

    def take(self) -> str:
        text = "".join(self.pieces)
        self.pieces.clear()
        return _unescaped(text)


def _shared_texts(file: IO[bytes]) -> list[str]:
    found: list[str] = []
    texts = _Texts()

    def end(name: str) -> None:
        local = _local(name)
        if local == "si":
            found.append(texts.take())
        else:
            texts.end(local)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, _attributes: texts.start(_local(name))
    parser.EndElementHandler = end
    parser.CharacterDataHandler = texts.heard.append
    _feed(parser, file)
    return found


class _SheetParser:
    """Turns the tags of a sheet into cells."""

    recalculated = False

    def __init__(
        self,
        shared: list[str],
        conversions: list[Callable[[float], object] | None],
        box: Box,
        error_cells: str,
    ) -> None:
        self._shared, self._conversions = shared, conversions
        self._box, self._error_cells = box, error_cells
        self._everything = box == Box()
        self._grid = Grid()
        self._texts = _Texts()
        self._columns: dict[str, int] = {}
        self._number, self._column = 0, -1
        self._row: dict[int, Any] = {}
        self._cell: Mapping[str, str] = {}
        self._value = ""
        self._formula = self._filled = False
        self._starts: dict[str, Callable[[_Attributes], None]] = {}
        self._ends: dict[str, Callable[[], None]] = {}

    def read(self, file: IO[bytes]) -> Grid:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._texts.heard.append
        _feed(parser, file)
        grid = self._grid
        # Rows may stand in any order, and one in several pieces.
        grid.filled = sorted(set(grid.filled))
        grid.rows = dict(sorted(grid.rows.items()))
        return grid

    def _start(self, name: str, attributes: _Attributes) -> None:
        # A sheet has millions of tags: each costs one look by its whole name.
        handler = self._starts.get(name)
        if handler is not None:
            handler(attributes)
        elif not self._starts:
            self._name_tags(name.rpartition(":")[0])

    def _end(self, name: str) -> None:
        handler = self._ends.get(name)
        if handler is not None:
            handler()

    def _name_tags(self, prefix: str) -> None:
        """Fill in which tags are handled, by the prefix that the root has."""
        texts, before = self._texts, f"{prefix}:" if prefix else ""

        def heard(_attributes: _Attributes) -> None:
            texts.heard.clear()

        starts = {"row": self._row_start, "c": self._cell_start, "f": self._formula_start,
                  "v": heard, "t": heard, "rPh": lambda _: texts.start("rPh"),
                  "mergeCell": self._merge}  # fmt: skip
        ends: dict[str, Callable[[], None]] = {
            "row": self._row_end, "c": self._cell_end, "v": self._value_end,
            "t": partial(texts.end, "t"), "rPh": partial(texts.end, "rPh"),
        }  # fmt: skip
        self._starts = {before + name: handler for name, handler in starts.items()}
        self._ends = {before + name: handler for name, handler in ends.items()}

    def _row_start(self, attributes: _Attributes) -> None:
        self._number = int(attributes.get("r", self._number + 1))
        self._row, self._column, self._filled = {}, -1, False

    def _row_end(self) -> None:
        if self._row:
            self._grid.rows.setdefault(self._number, {}).update(self._row)
        if self._filled:
            self._grid.filled.append(self._number)

    def _cell_start(self, attributes: _Attributes) -> None:
        place = attributes.get("r")
        if place is None:
            self._column += 1
        else:
            letters = place.rstrip(_DIGITS)
            column = self._columns.get(letters)
            if column is None:
                column = self._columns[letters] = column_number(letters) - 1
            self._column = column
        self._cell, self._value, self._formula = attributes, "", False

    def _formula_start(self, _attributes: _Attributes) -> None:
        self._formula = True

    def _value_end(self) -> None:
        heard = self._texts.heard
        self._value = heard[0] if len(heard) == 1 else "".join(heard)

    def _cell_end(self) -> None:
        text = self._texts.take() if self._texts.pieces else ""
        value = self._value
        if not (value or text or self._formula):
            return
        if not (self._everything or self._box.holds(self._number, self._column)):
            return
        if self._formula:
            self._count_formula(value)
        kind = self._cell.get("t", "n")
        cell = self._numeric(value) if kind == "n" else self._made(kind, value, text)
        if cell != "":
            self._row[self._column] = cell
            self._filled = True

    def _count_formula(self, value: str) -> None:
        if not value and self._cell.get("t") != "str":
            self._grid.unsaved += 1
        elif self.recalculated and value == "0":
            self._grid.stale += 1

    def _made(self, kind: str, value: str, text: str) -> Any:
        if kind == "s":
            return self._shared[int(value)] if value.strip() else ""
        if kind == "inlineStr":
            return text
        if kind == "b":
            return value.strip() in {"1", "true"} if value.strip() else ""
        if kind == "e":
            return as_error(value, self._error_cells) if value else ""
        if kind == "d":
            return _iso(value) if value else ""
        return _unescaped(value)

    def _numeric(self, value: str) -> Any:
        if not value.strip():
            return ""
        try:
            number = float(value)
        except ValueError:
            return value
        if not isfinite(number) or "_" in value:
            return value
        style = self._cell.get("s")
        if style is not None and int(style) < len(self._conversions):
            convert = self._conversions[int(style)]
            if convert is not None:
                return convert(number)
        if abs(number) >= _EXACT and value.strip().lstrip("-").isdigit():
            return int(value)
        return number

    def _merge(self, attributes: _Attributes) -> None:
        first, _, last = attributes["ref"].partition(":")
        (top, left), (bottom, right) = parse_place(first), parse_place(last or first)
        self._grid.merged.append(Box(left, top, right, bottom))


def _iso(text: str) -> Any:
    """Return the date of a cell that holds it as text (ISO 8601); with an offset it stays text."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return Odd(text, "no_such_day", f"'{text}' is no date")
    if found.tzinfo is not None:
        return text
    return found if found.time() != time() else found.date()


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    told = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    try:
        # What lies beyond 16 bits is escaped in two halves.
        return told.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return text


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _feed(parser: "expat.XMLParserType", file: IO[bytes]) -> None:
    while piece := file.read(_PIECE):
        parser.Parse(piece)
    parser.Parse(b"", True)
