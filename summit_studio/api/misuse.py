"""Refuses values of the wrong kind at the door, before they become a fault further in."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from summit_studio.core.errors import SummitError
from summit_studio.core.suggest import elided

T = TypeVar("T")

_LONGEST_PATH = 4_000


class Misuse(SummitError):
    """The Python API was called with something that cannot be meant."""

    code = "misuse"


def described(value: Any) -> str:
    """Return a value for a message: small plain ones as they are, of others the kind only."""
    if value is None or isinstance(value, bool | int | float | str):
        return elided(repr(value[:80] if isinstance(value, str) else value))
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return f"a value of type {type(value).__name__}"


def wanted(value: Any, kind: type[T] | tuple[type[T], ...], what: str, must: str, do: str) -> T:
    """Return a value that is of the kind it must be.

    Raises:
        Misuse: It is not.
    """
    fits = isinstance(value, kind)
    # True is an int in Python, and hardly ever meant as one.
    if fits and not (isinstance(value, bool) and kind is int):
        return value  # type: ignore[no-any-return]
    raise Misuse(f"{what} cannot be {described(value)}", why=f"it must be {must}", do=do)


def text(value: Any, what: str, do: str) -> str:
    """Return a text.

    Raises:
        Misuse: It is something else.
    """
    return wanted(value, str, what, "a text", do)


def whole_number(value: Any, what: str, *, least: int | None = None) -> int:
    """Return a whole number, of at least `least`.

    Raises:
        Misuse: It is something else, or less.
    """
    number = wanted(value, int, what, "a whole number", "give one, such as 20")
    if least is not None and number < least:
        raise Misuse(f"{what} cannot be {number}", why=f"the least is {least}", do="give more")
    return number


def path_of(value: Any, what: str) -> str:
    """Return a path.

    Raises:
        Misuse: It is something else, or empty.
    """
    do = "give the path of a file"
    found = os.fspath(value) if isinstance(value, os.PathLike) else value
    checked = wanted(found, str, what, "a text or a Path", do)
    if not 0 < len(checked) <= _LONGEST_PATH or "\0" in checked or not _encodable(checked):
        raise Misuse(f"{what} cannot be {described(checked)}", why="it names no place", do=do)
    return checked


def _encodable(path: str) -> bool:
    try:
        return bool(os.fsencode(path))
    except UnicodeEncodeError:
        return False


def values_of(value: Any, what: str) -> dict[str, Any]:
    """Return a mapping from names to values as a dict; None is an empty one.

    Raises:
        Misuse: It is something else, or a name is no text.
    """
    do = 'write it as a dict, such as {"day": "2026-01-02"}'
    found = wanted({} if value is None else value, Mapping, what, "a dict", do)
    return {text(name, f"A name in {what.lower()}", do): v for name, v in found.items()}


def folder_at(value: Any) -> Path:
    """Return a folder as an absolute path.

    Raises:
        Misuse: It is no path, or a file is there.
    """
    found = Path(path_of(value, "The folder")).resolve()
    do = "give the folder it lies in, or `Pipeline.load` the file"
    try:
        is_file = found.exists() and not found.is_dir()
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise Misuse(f"The folder cannot be {described(str(value))}", why=why, do=do) from None
    if is_file:
        raise Misuse(f"The folder cannot be {found}", why="it is a file", do=do)
    return found
