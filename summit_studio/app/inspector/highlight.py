"""Colours for SQL and Python while they are typed."""

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from summit_studio.app.look.contrast import STRONG_TEXT, TEXT, seen_on
from summit_studio.app.look.theme import Theme

SQL_WORDS = frozenset({
    "select", "from", "where", "group", "by", "order", "having", "limit", "offset", "as", "and",
    "or", "not", "in", "is", "null", "like", "ilike", "between", "case", "when", "then", "else",
    "end", "cast", "try_cast", "distinct", "on", "using", "join", "left", "right", "inner",
    "outer", "full", "cross", "union", "all", "except", "intersect", "with", "asc", "desc",
    "nulls", "first", "last", "over", "partition", "rows", "interval", "date", "timestamp",
    "true", "false", "exists", "filter", "qualify", "window", "values",
})  # fmt: skip
"""Words of Summit SQL that are coloured as keywords."""


@dataclass(frozen=True, slots=True)
class CodeColours:
    """The colours of code, as `#rrggbb`."""

    keyword: str = "#3d5afe"
    text: str = "#0b7a53"
    number: str = "#b35900"
    function: str = "#8b3fa8"
    comment: str = "#64748b"
    problem: str = "#b84800"

    @classmethod
    def of(cls, theme: Theme) -> "CodeColours":
        """Return the colours of code that read on the theme's fields."""
        if theme.is_dark:
            colours = ("#7DB0FF", "#7FD6A8", "#F0B070", "#D7A6EA", theme.faint)
        else:
            colours = ("#1D4FD7", "#0B7A53", "#B35900", "#8B3FA8", theme.faint)
        least = STRONG_TEXT if theme.is_contrast else TEXT
        return cls(*(seen_on(c, theme.surface, least) for c in (*colours, theme.danger)))


@dataclass(frozen=True, slots=True)
class _Span:
    """What may go over several lines.

    Args:
        kind: How it is coloured.
        marks: What counts inside: `closes` ends it, `opens` begins another one in it.
    """

    kind: str
    marks: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Language:
    """How a language is taken apart.

    Args:
        words: Its keywords.
        tokens: What stands in one line; `opens` is the beginning of a span.
        spans: By their beginning, in small letters.
    """

    words: frozenset[str]
    tokens: re.Pattern[str]
    spans: Mapping[str, _Span]


_SQL = _Language(
    SQL_WORDS,
    re.compile(
        r"(?P<comment>--[^\n]*)"
        r"|(?P<opens>/\*|[eE]?'|\"|\$\$)"
        r"|(?P<parameter>\$\{\w*\}?)"
        r"|(?P<number>\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)"
        r"|(?P<word>[A-Za-z_]\w*)(?P<call>\s*\()?"
    ),
    {
        "/*": _Span("comment", re.compile(r"(?P<opens>/\*)|(?P<closes>\*/)")),
        "'": _Span("text", re.compile(r"''|(?P<closes>')")),
        "e'": _Span("text", re.compile(r"''|\\.|(?P<closes>')")),
        '"': _Span("name", re.compile(r"\"\"|(?P<closes>\")")),
        "$$": _Span("text", re.compile(r"(?P<closes>\$\$)")),
    },
)
_PYTHON = _Language(
    frozenset(keyword.kwlist) | {"self", "print", "len", "range", "dict", "list"},
    re.compile(
        r"(?P<comment>\#[^\n]*)"
        r"|[rbfuRBFU]{0,2}(?P<opens>\"\"\"|''')"
        r"|(?P<text>[rbfuRBFU]{0,2}(?:'(?:\\.|[^'\\])*'?|\"(?:\\.|[^\"\\])*\"?))"
        r"|(?P<number>\b\d+(?:\.\d+)?\b)"
        r"|(?P<word>[A-Za-z_]\w*)(?P<call>\s*\()?"
    ),
    {
        '"""': _Span("text", re.compile(r"\\.|(?P<closes>\"\"\")")),
        "'''": _Span("text", re.compile(r"\\.|(?P<closes>''')")),
    },
)
_OUTSIDE = -1
"""The state of a line at whose end nothing is open; Qt's own before the first line."""


class CodeHighlighter(QSyntaxHighlighter):
    """Colours the document it is given.

    Args:
        language: `sql` or `python`.
    """

    def __init__(self, document: QTextDocument, language: str, colours: CodeColours) -> None:
        super().__init__(document)
        self._language = _PYTHON if language == "python" else _SQL
        self._spans = tuple(self._language.spans.values())
        self._begun = {opens: number for number, opens in enumerate(self._language.spans)}
        self._formats: dict[str, QTextCharFormat] = {}
        self.set_colours(colours)

    def set_colours(self, colours: CodeColours) -> None:
        """Take the colours of another theme."""
        self._formats = {
            "keyword": _format(colours.keyword, bold=True),
            "text": _format(colours.text),
            "number": _format(colours.number),
            "function": _format(colours.function),
            "comment": _format(colours.comment),
            "parameter": _format(colours.number, bold=True),
        }
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line, which may begin within what an earlier one opened."""
        state, at = self.previousBlockState(), 0
        self.setCurrentBlockState(_OUTSIDE)
        if state != _OUTSIDE:
            depth, number = divmod(state, len(self._spans))
            at = self._span(text, (0, 0), number, depth)
        while match := self._language.tokens.search(text, at):
            at = match.end()
            if match["opens"]:
                number = self._begun[match["opens"].casefold()]
                at = self._span(text, match.span(), number, 1)
            elif match["word"]:
                self._word(match)
            else:
                self._colour(match.start(), at, match.lastgroup or "")

    def open_at_end(self, text: str) -> str:
        """Return what a text leaves open at its end: `text`, `comment`, `name`, or nothing."""
        at = 0
        while match := self._language.tokens.search(text, at):
            at = match.end()
            if match["opens"]:
                span = self._language.spans[match["opens"].casefold()]
                at, depth = _through(span, text, at, 1)
                if depth:
                    return span.kind
            elif match.lastgroup == "comment" and at == len(text):
                return "comment"
        return ""

    def _span(self, text: str, opening: tuple[int, int], number: int, depth: int) -> int:
        """Colour a span from its opening on and return where it ends; if not here, say so."""
        span, (start, at) = self._spans[number], opening
        end, depth = _through(span, text, at, depth)
        self._colour(start, end, span.kind)
        if depth:
            self.setCurrentBlockState(depth * len(self._spans) + number)
        return end

    def _word(self, match: re.Match[str]) -> None:
        word, words = match["word"], self._language.words
        # SQL alone takes its keywords in any case.
        known = word in words or (words is SQL_WORDS and word.casefold() in words)
        kind = "keyword" if known else "function" if match["call"] else ""
        self._colour(match.start("word"), match.end("word"), kind)

    def _colour(self, start: int, end: int, kind: str) -> None:
        if kind in self._formats:
            self.setFormat(start, end - start, self._formats[kind])


def _through(span: _Span, text: str, at: int, depth: int) -> tuple[int, int]:
    """Return where a span ends that is open at a place, and how deep it is open there."""
    for mark in span.marks.finditer(text, at):
        depth += {"opens": 1, "closes": -1}.get(mark.lastgroup or "", 0)
        if not depth:
            return mark.end(), 0
    return len(text), depth


def _format(colour: str, *, bold: bool = False) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setForeground(QColor(colour))
    if bold:
        style.setFontWeight(QFont.Weight.DemiBold)
    return style
