"""JSON from strangers: within limits, without the liberties Python's reader takes.

Python's own reader takes NaN, lets the later of two equal keys win, dies of deep nesting and of
integers of 5,000 digits. All of that is refused here, with the line and column.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from summit_studio.core.errors import InvalidDocument, Where

MAX_BYTES = 50_000_000
"""The longest text that is read."""

MAX_DEPTH = 64
"""How deep objects and lists may nest."""

MAX_DIGITS = 40
"""The longest integer; the widest column type, HUGEINT, has 39 digits."""

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|[^\s"{}\[\]:,]+', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Refused(Exception):
    """A hook met something refused; a second pass finds where it stands."""


def read_json(text: str) -> Any:
    """Return the value written in `text`.

    Raises:
        InvalidDocument: It is not JSON, or holds something refused; `where.line` says where.
    """
    if len(text) > MAX_BYTES:
        raise too_large(len(text))
    body = text.removeprefix("\ufeff")
    try:
        value = json.loads(
            body,
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_int=_bounded,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        raise _syntax(error, body) from None
    except (_Refused, RecursionError):
        raise _fault(body) from None
    if _too_deep(value) or _may_hold_surrogates(body):
        fault = _first_fault(body)
        if fault:
            raise _refusal(body, *fault)
    return value


def too_large(size: int) -> InvalidDocument:
    """Return the error for a text of `size` bytes."""
    return InvalidDocument(
        "Cannot read the pipeline",
        why=f"it has {size / 1e6:.0f} MB and the limit is {MAX_BYTES // 1_000_000} MB",
        do="move data out of the params into files that the nodes read",
        code="document_too_large",
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused
    return found


def _refuse(_text: str) -> NoReturn:
    raise _Refused


def _bounded(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _Refused
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _Refused
    return value


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (v for v in value.values() if isinstance(v, dict | list))
    elif isinstance(value, list):
        yield from (v for v in value if isinstance(v, dict | list))


def _may_hold_surrogates(text: str) -> bool:
    if _SURROGATE_ESCAPE.search(text):
        return True
    return not text.isascii() and _SURROGATE.search(text) is not None


def _fault(text: str) -> InvalidDocument:
    fault = _first_fault(text)
    if fault is None:  # Pairs of tokens the second pass reads otherwise than the first.
        fault = (0, "it holds something this version does not read", "correct it by hand")
    return _refusal(text, *fault)


def _first_fault(text: str) -> tuple[int, str, str] | None:
    """Return the offset of the first thing refused, why, and what to do."""
    keys: list[set[str] | None] = []
    expect_key = False
    for match in _TOKEN.finditer(text):
        word, at = match.group(), match.start()
        why: tuple[str, str] | None = None
        if word in {"{", "["}:
            keys.append(set() if word == "{" else None)
            if len(keys) > MAX_DEPTH:
                why = f"it nests more than {MAX_DEPTH} deep", "flatten the value there"
        elif word in {"}", "]"}:
            del keys[-1:]
        elif word[0] == '"':
            why = _fault_of_string(word, keys[-1] if expect_key and keys else None)
        elif word not in {",", ":"}:
            why = _fault_of_number(word)
        if why:
            return at, *why
        expect_key = word in {"{", ","} and bool(keys) and keys[-1] is not None
    return None


def _fault_of_string(word: str, keys: set[str] | None) -> tuple[str, str] | None:
    try:
        value = json.loads(word, strict=False)
    except ValueError:
        return None
    if _SURROGATE.search(value):
        return "half of a surrogate pair is not a character", "write the whole character"
    if keys is None:
        return None
    if value in keys:
        return f"the key {_short(word)} stands twice in one object", "keep one of the two"
    keys.add(value)
    return None


def _fault_of_number(word: str) -> tuple[str, str] | None:
    if word in {"NaN", "Infinity", "-Infinity"}:
        return f"{word} is not JSON", "use null, or a text"
    if re.fullmatch(r"-?\d+", word) and len(word) > MAX_DIGITS:
        return f"an integer has more than {MAX_DIGITS} digits", "write it as a text"
    try:
        if math.isinf(float(word)):
            return f"the number {_short(word)} is too large", "write it as a text"
    except ValueError:
        pass
    return None


def _short(word: str) -> str:
    return word if len(word) <= 60 else f"{word[:57]}..."  # noqa: PLR2004 - a line's worth


def _refusal(text: str, offset: int, why: str, do: str) -> InvalidDocument:
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    return InvalidDocument(
        "Cannot read the pipeline",
        why=f"line {line}, column {column}: {why}",
        do=do,
        code="json_refused",
        where=Where(line=line),
    )


def _syntax(error: json.JSONDecodeError, text: str) -> InvalidDocument:
    place = f"line {error.lineno}, column {error.colno}"
    end = len(text.rstrip())
    if end == 0:
        why = "it is empty"
    elif error.pos >= end or error.msg.startswith("Unterminated string"):
        why = f"it breaks off at {place}: {error.msg[0].lower()}{error.msg[1:]}"
    else:
        why = f"{place}: {error.msg[0].lower()}{error.msg[1:]}"
        return InvalidDocument(
            "Cannot read the pipeline",
            why=f"it is not JSON; {why}",
            do="correct that line, or take the file back from version control",
            code="json_malformed",
            where=Where(line=error.lineno),
        )
    return InvalidDocument(
        "Cannot read the pipeline",
        why=why,
        do="take the file back from version control or a copy; edits the editor had not saved"
        " are in its recovery journal",
        code="json_truncated",
        where=Where(line=error.lineno),
    )
