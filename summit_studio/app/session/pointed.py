"""A column that a person points at, wherever columns are shown."""

from dataclasses import dataclass
from enum import StrEnum

from summit_studio.document.model import PortRef


class Wish(StrEnum):
    """What a person wants of a column."""

    TRACE = "trace"  # To see where it comes from and where it goes.
    RENAME = "rename"  # Another name where it is made and in all that reads it after.


@dataclass(frozen=True, slots=True)
class Pointed:
    """A column of an output port, and what is wanted of it.

    Args:
        name: The new name that is wanted.
        field: The param that has the new name already, where it is to be carried on from there.
    """

    port: PortRef
    column: str
    wish: Wish = Wish.TRACE
    name: str = ""
    field: str = ""
