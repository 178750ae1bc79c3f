"""The error of a promise that a node type does not keep."""

from typing import NoReturn


class Broken(AssertionError):
    """A node type breaks a promise; the text says which, and how it showed."""


def broken(promise: str, found: str) -> NoReturn:
    """Say that a promise is broken.

    Raises:
        Broken: Always.
    """
    raise Broken(f"{promise}. But {found}.")


def require(kept: bool, promise: str, found: str) -> None:  # noqa: FBT001 - as an assertion reads
    """Say that a promise is broken, unless it is kept.

    Raises:
        Broken: It is not.
    """
    if not kept:
        broken(promise, found)
