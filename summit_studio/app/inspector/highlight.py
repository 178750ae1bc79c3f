"""Colours for SQL and Python while they are typed."""

import keyword
import re
from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

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

_PYTHON_WORDS = frozenset(keyword.kwlist) | {"self", "print", "len", "range", "dict", "list"}


@dataclass(frozen=True, slots=True)
class CodeColours:
    """The colours of code, as `#rrggbb`."""

    keyword: str = "#3d5afe"
    text: str = "#0b7a53"
    number: str = "#b35900"
    function: str = "#8b3fa8"
    comment: str = "#64748b"

    @classmethod
    def of(cls, theme: Theme) -> "CodeColours":
        """Return the colours of code that read on the theme's fields."""
        if theme.is_dark:
            return cls("#7DB0FF", "#7FD6A8", "#F0B070", "#D7A6EA", theme.faint)
        return cls("#1D4FD7", "#0B7A53", "#B35900", "#8B3FA8", theme.muted)


_SQL = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?(?:\*/|$))"
    r"|(?P<text>'(?:[^']|'')*'?)"
    r"|(?P<name>\"(?:[^\"]|\"\")*\"?)"
    r"|(?P<parameter>\$\{\w*\}?)"
    r"|(?P<number>\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)"
    r"|(?P<word>[A-Za-z_]\w*)(?P<call>\s*\()?"
)
_PYTHON = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?P<text>\b[rRbBfFuU]{1,2}(?=['\"])|(?:'{3}(?:[^\\]|\\.)*?(?:'{3}|$)"
    r"|\"{3}(?:[^\\]|\\.)*?(?:\"{3}|$)|'(?:[^'\\]|\\.)*'?|\"(?:[^\"\\]|\\.)*\"?))"
    r"|(?P<number>\b\d+(?:\.\d+)?\b)"
    r"|(?P<word>[A-Za-z_]\w*)(?P<call>\s*\()?"
)


@dataclass(frozen=True, slots=True)
class _Span:
    """What may run over several lines: how it begins, what is the rest of it, its colour."""

    opening: str
    rest: re.Pattern[str]
    kind: str


def _span(opening: str, rest: str, kind: str) -> _Span:
    return _Span(opening, re.compile(rest), kind)


_SQL_SPANS = (
    _span("/*", r".*?\*/", "comment"),
    _span("'", r"(?:[^']|'')*'(?!')", "text"),
    _span('"', r'(?:[^"]|"")*"(?!")', "name"),
)
_PYTHON_SPANS = (
    _span("'''", r"(?:[^\\]|\\.)*?'{3}", "text"),
    _span('"""', r'(?:[^\\]|\\.)*?"{3}', "text"),
)


class CodeHighlighter(QSyntaxHighlighter):
    """Colours the document it is given.

    Args:
        language: `sql` or `python`.
    """

    def __init__(self, document: QTextDocument, language: str, colours: CodeColours) -> None:
        super().__init__(document)
        self._pattern = _PYTHON if language == "python" else _SQL
        self._python = language == "python"
        self._spans = _PYTHON_SPANS if self._python else _SQL_SPANS
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
        """Colour one line; its state is the number of the span it leaves open, 0 for none."""
        at = self._finish(text, self.previousBlockState())
        for match in self._pattern.finditer(text, at):
            kind = match.lastgroup or ""
            if match["word"]:
                self._word(match)
                continue
            self._colour(match.start(), match.end(), kind)
            if match.end() == len(text):
                self.setCurrentBlockState(self._left_open(match.group()))

    def _finish(self, text: str, state: int) -> int:
        """Colour what goes on from the line above; return where it ends."""
        self.setCurrentBlockState(0)
        if state <= 0:
            return 0
        span = self._spans[state - 1]
        rest = span.rest.match(text)
        end = rest.end() if rest else len(text)
        self._colour(0, end, span.kind)
        if rest is None:
            self.setCurrentBlockState(state)
        return end

    def _left_open(self, token: str) -> int:
        for number, span in enumerate(self._spans, 1):
            if token.startswith(span.opening):
                return 0 if span.rest.match(token, len(span.opening)) else number
        return 0

    def _colour(self, start: int, end: int, kind: str) -> None:
        if kind in self._formats:
            self.setFormat(start, end - start, self._formats[kind])

    def _word(self, match: re.Match[str]) -> None:
        word = match["word"]
        known = word in _PYTHON_WORDS if self._python else word.casefold() in SQL_WORDS
        if known:
            self.setFormat(match.start("word"), len(word), self._formats["keyword"])
        elif match["call"]:
            self.setFormat(match.start("word"), len(word), self._formats["function"])


def _format(colour: str, *, bold: bool = False) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setForeground(QColor(colour))
    if bold:
        style.setFontWeight(QFont.Weight.DemiBold)
    return style
