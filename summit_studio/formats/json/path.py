"""Paths into JSON (RFC 9535): names, indexes and wildcards, which lead to the records of a file."""

import json
import re
from collections.abc import Sequence
from enum import Enum

from summit_studio.core.errors import InvalidParams, Where


class Wildcard(Enum):
    """Every member or item."""

    ANY = "*"


ANY = Wildcard.ANY

Step = str | int | Wildcard
"""A member by its key, an item by its place from 0, or all of them."""

_STEP = re.compile(
    r"""\.(?P<name>[^\W\d]\w*)|\.(?P<any>\*)|\[\s*(?:(?P<wild>\*)|(?P<index>0|[1-9]\d*)"""
    r"""|'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)")\s*\]"""
)
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"(?=\s*(:)?)|[\[\]{},]', re.DOTALL)
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_DEPTH = 5


def steps(text: str) -> tuple[Step, ...]:
    """Return the steps of a path such as `$.data[*]`.

    Raises:
        InvalidParams: It is no such path.
    """
    text = text.strip()
    found: list[Step] = []
    at = 1
    if not text.startswith("$"):
        raise _invalid(text, 0)
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            raise _invalid(text, at)
        found.append(_step(step, text))
        at = step.end()
    return tuple(found)


def written(path: Sequence[Step]) -> str:
    """Return a path as text."""
    return "$" + "".join(_written(step) for step in path)


def arrays_of_objects(head: bytes) -> list[str]:
    """Return the paths to the items of arrays of objects, in a text that may be cut at its end.

    Only arrays that member names lead to are looked for.
    """
    found: list[str] = []
    names: list[str] = []
    opened: list[str] = []
    key = ""
    inside: int | None = None
    before = ""
    for mark in _MARKS.finditer(head.decode("utf-8", "replace")):
        what = mark[0]
        if what[0] == '"':
            key = what if mark[1] else key
        elif what in "[{":
            if what == "{" and before == "[" and inside is None and _leads(opened, names):
                found.append(written([*names[1:], ANY]))
                inside = len(opened)
            opened.append(what)
            names.append(_text_of(key))
        elif what in "]}" and opened:
            opened.pop()
            names.pop()
            inside = None if inside is not None and len(opened) < inside else inside
        before = what
    return found


def _leads(opened: Sequence[str], names: Sequence[str]) -> bool:
    """Return True in an array that names alone lead to."""
    return 1 < len(names) <= _DEPTH and set(opened[:-1]) == {"{"} and opened[-1] == "["


def _text_of(quoted: str) -> str:
    try:
        return str(json.loads(quoted)) if quoted else ""
    except ValueError:
        return ""


def _step(found: re.Match[str], text: str) -> Step:
    if found["name"] is not None:
        return found["name"]
    if found["any"] or found["wild"]:
        return ANY
    if found["index"] is not None:
        return int(found["index"])
    if found["double"] is not None:
        quoted = found["double"]
    else:
        quoted = found["single"].replace("\\'", "'").replace('"', '\\"')
    try:
        return str(json.loads(f'"{quoted}"'))
    except ValueError:
        raise _invalid(text, found.start()) from None


def _written(step: Step) -> str:
    if isinstance(step, Wildcard):
        return "[*]"
    if isinstance(step, int):
        return f"[{step}]"
    if _PLAIN_NAME.fullmatch(step):
        return f".{step}"
    inside = json.dumps(step, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{inside}']"


def _invalid(text: str, at: int) -> InvalidParams:
    return InvalidParams(
        f"Cannot follow the path '{text}'",
        why=f"at character {at + 1} stands '{text[at : at + 20]}'" if text[at:] else "it is empty",
        do="begin with $ and go on with .name, ['name'], [0] or [*], such as $.data[*]",
        code="path_invalid",
        where=Where(param="records"),
    )
