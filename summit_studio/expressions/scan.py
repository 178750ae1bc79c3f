"""Tokens of SQL text: enough to bound nesting before parsing and to rename names in place.

This is not a guard. DuckDB's parser takes minutes on thousands of open brackets, so nesting is
bounded here first; what a text means is decided on DuckDB's own parse alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from summit_studio.core.errors import InvalidExpression

EXPRESSION_CHARS = 10_000
QUERY_CHARS = 50_000
MAX_BRACKETS = 60

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>--[^\n\r]*|/\*)
  | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z))
  | (?P<text>(?:[xXbB])?'(?:[^']|'')*(?:'|\Z))
  | (?P<quoted>"(?:[^"]|"")*(?:"|\Z))
  | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$(?:.*?\$(?P=tag)\$|.*\Z))
  | (?P<name>[^\W\d][\w$]*)
  | (?P<number>\d[\w.]*)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text, from `start` up to `end` (characters from 0)."""

    kind: str
    start: int
    end: int
    text: str


def tokens(text: str) -> Iterator[Token]:
    """Yield every piece of the text in order; together they are the whole text."""
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:  # pragma: no cover - `other` takes anything
            return
        kind = "dollar" if match.group("dollar") is not None else match.lastgroup
        end = match.end()
        if match.group() == "/*":
            end = _comment_end(text, end)
        yield Token(kind, at, end, text[at:end])
        at = end


def _comment_end(text: str, at: int) -> int:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, at):
        depth += 1 if edge.group() == "/*" else -1
        if not depth:
            return edge.end()
    return len(text)


def check_text(text: str, limit: int, what: str) -> None:
    """Refuse text that no parser should be given.

    Args:
        text: What a person or a file gave.
        limit: Most characters.
        what: `expression` or `query`, for the message.

    Raises:
        InvalidExpression: Empty, too long, holding control characters, or nested too deeply.
    """
    if not isinstance(text, str) or not text.strip():
        raise InvalidExpression(f"The {what} is empty", do=f"write an {what}" + _EXAMPLES[what])
    if len(text) > limit:
        raise InvalidExpression(
            f"The {what} is too long",
            why=f"it has {len(text):,} characters and {limit:,} are allowed",
            do="split it over several nodes",
        )
    if bad := _CONTROL.search(text):
        raise InvalidExpression(
            f"The {what} holds a character that cannot be typed",
            why=f"U+{ord(bad.group()):04X} at {place(text, bad.start())}",
            do="take it out; it may have come along when the text was pasted",
        )
    _check_nesting(text, what)


_EXAMPLES = {"expression": ", such as amount * 2", "query": ", such as SELECT * FROM rows"}


def _check_nesting(text: str, what: str) -> None:
    depth = 0
    for token in tokens(text):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth > MAX_BRACKETS:
            raise InvalidExpression(
                f"The {what} is nested too deeply",
                why=f"more than {MAX_BRACKETS} brackets are open at {place(text, token.start)}",
                do="compute parts in nodes or columns of their own",
            )
        if depth < 0:
            raise InvalidExpression(
                f"The {what} closes a bracket that was never opened",
                why=f"'{token.text}' at {place(text, token.start)}",
                do="remove it, or open it before",
            )


def place(text: str, at: int) -> str:
    """Return a position as people count: `line 2, column 5`."""
    before = text[:at]
    return f"line {before.count(chr(10)) + 1}, column {at - before.rfind(chr(10))}"


def place_in(message: str) -> tuple[int, int] | None:
    """Return the line and column, from 1, that a message names as `place` does; None of none."""
    found = re.search(r"\bline (\d+), column (\d+)\b", message)
    return (int(found[1]), int(found[2])) if found else None
