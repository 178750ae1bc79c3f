"""An edit that may break nodes behind it."""

from collections.abc import Callable
from dataclasses import dataclass

from summit_studio.document.edits import Edit


def _nothing() -> None:
    """Do nothing more."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """An edit that is made where it breaks nothing, or where a person wants it all the same.

    Args:
        deed: What it does, such as `Deleting Sort rows`.
        anyway: What a button says that makes it all the same.
        then: Called once it is made.
        unmade: Called where it is not made: it waits, or another is weighed.
        own: The nodes that are edited: what is wrong in them is told there.
    """

    edit: Edit
    deed: str
    anyway: str
    then: Callable[[], None] = _nothing
    unmade: Callable[[], None] = _nothing
    own: tuple[str, ...] = ()
