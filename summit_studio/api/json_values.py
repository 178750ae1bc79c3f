"""Python values as the JSON values that a document holds; nothing else gets in."""

import math
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from numbers import Integral, Real
from pathlib import PurePath
from typing import Any
from uuid import UUID

from summit_studio.api.handles import Handle
from summit_studio.api.misuse import Misuse, described, text

_DEEPEST = 50


def json_value(value: Any, what: str, depth: int = 0) -> Any:
    """Return a Python value as the JSON value a document holds.

    Args:
        value: Texts, numbers, dates, paths, lists, dicts and the like.
        what: What it is, for messages.
        depth: How many lists and dicts it stands in.

    Raises:
        Misuse: It has no JSON form.
    """
    if depth > _DEEPEST:
        raise Misuse(f"{what} is too deep", why="it holds itself, or nearly", do="give less")
    if isinstance(value, Mapping):
        keys = [text(k, f"A name in {what[0].lower() + what[1:]}", "give a text") for k in value]
        inner = (json_value(value[k], what, depth + 1) for k in keys)
        return dict(zip(keys, inner, strict=True))
    if isinstance(value, list | tuple):
        return [json_value(v, what, depth + 1) for v in value]
    return _single(value, what)


def _single(value: Any, what: str) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, PurePath):
        return value.as_posix()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    # Numbers of numpy are these as well.
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real) and math.isfinite(value):
        return float(value)
    raise Misuse(f"{what} cannot be {described(value)}", why="a file cannot hold it", do=_do(value))


def _do(value: Any) -> str:
    if isinstance(value, Handle):
        return "give a node by the name of an input port, or `connect` it"
    if isinstance(value, set | frozenset) or hasattr(value, "tolist"):
        return "give a list"
    if callable(value):
        return "give its code as text; `inspect.getsource` returns it"
    return "give texts, finite numbers, true or false, dates, paths, lists or dicts of these"
