"""A column that a person points at, wherever columns are shown."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from summit_studio.document.model import PortRef

if TYPE_CHECKING:
    from summit_studio.planning.catching_up import Renamed


class Wish(StrEnum):
    """What a person wants of a column."""

    TRACE = "trace"  # To see where it comes from and where it goes.
    RENAME = "rename"  # Another name where it is made and in all that reads it after.


@dataclass(frozen=True, slots=True)
class Pointed:
    """A column of an output port, and what is wanted of it.

    Args:
        name: The new name that is wanted.
        renamed: The column, where its own node calls it so already and others are to follow.
    """

    port: PortRef
    column: str
    wish: Wish = Wish.TRACE
    name: str = ""
    renamed: "Renamed | None" = None
