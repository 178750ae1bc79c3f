"""SQL of a database in which `${name}` stands for a typed value: it is bound, never pasted."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, Self

from pydantic_core import core_schema

from summit_studio.core.errors import InvalidParams
from summit_studio.core.suggest import did_you_mean, listing

LAST_WATERMARK: Final = "last_watermark"
"""The name of the value behind which an incremental load begins."""

Value = bool | int | float | str | date | datetime | None
"""What may be bound. A moment without a zone is one by the clock on the wall."""

_PLACEHOLDER = r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}"
_TOKENS = re.compile(
    rf"""(?P<placeholder>{_PLACEHOLDER})|(?P<comment>--[^\n]*|/\*.*?\*/)"""
    r"""|(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|(?P<tag>\$\w*\$).*?(?P=tag))"""
    r"""|[^\s;'"`$/()\[\]-]+|.""",
    re.DOTALL,
)
"""Placeholders, comments, and whatever stands in quotes, each whole; words; single characters."""


class DateText(str):
    """The text of a day, such as 2026-11-28, which is bound as one."""

    __slots__ = ()


class TimestampText(str):
    """The text of a moment, such as 2026-11-28 10:00:00.000001+00:00, which is bound as one."""

    __slots__ = ()


class BoundSql(str):  # noqa: SLOT000 - it carries the values
    """SQL with `${name}` in it, and the values of these names.

    As a field of params it takes any text; what binds the params of a document's node says the
    values (`planning.parameters`).
    """

    values: Mapping[str, Value]

    def __new__(cls, text: str = "", values: Mapping[str, Value] | None = None) -> Self:
        """Return SQL with its values."""
        made = super().__new__(cls, text)
        made.values = dict(values or {})
        return made

    @classmethod
    def filled(cls, text: str, values: Mapping[str, Any]) -> Self:
        """Return SQL with those values that it speaks of, each as what its text stands for.

        Raises:
            InvalidParams: It speaks of one that is not there, or stands in quotes.
        """
        found: dict[str, Value] = {}
        for name in _names(text):
            if name in values:
                found[name] = _meant(values[name])
            elif name != LAST_WATERMARK:
                near = did_you_mean(name, [*values, LAST_WATERMARK])
                raise InvalidParams(
                    f"Cannot fill in ${{{name}}}",
                    why=f"the pipeline has {listing(list(values)) or 'no parameters'}",
                    do=f"did you mean '{near}'?"
                    if near
                    else "declare the parameter in the pipeline",
                    code="parameter_invalid",
                )
        return cls(text, found)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that it speaks of, each once."""
        return _names(self)

    def with_value(self, name: str, value: Value) -> Self:
        """Return it with another value."""
        return type(self)(str(self), {**self.values, name: value})

    def written(self, bind: Callable[[Value], str]) -> str:
        """Return the statement with what stands for each value; comments are left as they are.

        Args:
            bind: Binds a value and returns the SQL that stands for it.
        """
        bound: dict[str, str] = {}
        parts = []
        for token in _TOKENS.finditer(self):
            name = token[2]
            if token["placeholder"] is None:
                parts.append(token[0])
                continue
            if name not in bound:
                bound[name] = bind(self.values.get(name))
            parts.append(bound[name])
        return "".join(parts)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        """Take any text; keep the values of one that has some."""
        del source, handler

        def kept(value: Any, validate: Callable[[Any], str]) -> "BoundSql":
            text = validate(value)
            return value if isinstance(value, cls) else cls(text)

        return core_schema.no_info_wrap_validator_function(kept, core_schema.str_schema())


def _names(text: str) -> tuple[str, ...]:
    """Return the names in SQL, each once.

    Raises:
        InvalidParams: One stands in quotes, where a value cannot be bound.
    """
    found: dict[str, None] = {}
    for token in _TOKENS.finditer(text):
        if token["placeholder"] is not None:
            found[token[2]] = None
        elif token["quoted"] is not None and (inside := re.search(_PLACEHOLDER, token[0])):
            raise InvalidParams(
                f"{inside[0]} stands in quotes",
                why="a value is handed to the database beside the statement, as what it is, and "
                "never made part of a text or a name",
                do=f"take the quotes off: {inside[0]}; join texts in SQL, such as "
                f"'%' || {inside[0]}",
                code="parameter_quoted",
            )
    return tuple(found)


def _meant(value: Any) -> Value:
    if isinstance(value, DateText):
        return date.fromisoformat(value)
    if isinstance(value, TimestampText):
        return datetime.fromisoformat(value)
    return value if isinstance(value, bool | int | float | None) else str(value)


def require_one_expression(text: str, quoting: str = "`") -> None:
    """Refuse SQL that may be more than one expression where it stands in parentheses.

    What databases do not all read alike is refused too: comments, quotes by other signs than ' and
    ", a backslash before a quote.

    Args:
        text: The SQL.
        quoting: The other signs that quote.

    Raises:
        InvalidParams: It says what, and what to write instead.
    """
    depth = 0
    for token in _TOKENS.finditer(text):
        part = token[0]
        depth += (part == "(") - (part == ")")
        why = _why_not(part, text, token, quoting)
        if depth < 0:
            why = "a parenthesis is closed that was not opened"
        if why:
            raise _no_expression(why)
    if depth:
        raise _no_expression("a parenthesis is not closed")


def _why_not(part: str, text: str, token: re.Match[str], quoting: str) -> str:
    """Return what is wrong with a part of a condition; empty for nothing."""
    if token["placeholder"] is not None:
        return ""
    if token["comment"] is not None or text.startswith("/*", token.start()):
        return "it has a comment"
    if part == ";":
        return "it has a semicolon"
    if part in {"'", '"'}:
        return "a quote is not closed"
    if part.startswith("$") or part in quoting:
        return f"{part[:1]} quotes here, or in other databases"
    if token["quoted"] is not None and "\\'" in part:
        return "a backslash stands before a quote"
    return "it has a zero character" if "\0" in part else ""


def _no_expression(why: str) -> InvalidParams:
    return InvalidParams(
        "This is not one condition",
        why=why,
        do="write one expression that is true or false, without comments and without WHERE",
        code="where_invalid",
    )
