"""What reading a piece of a file gives, whatever its format."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Loaded:
    """One chunk's rows, of exactly the promised schema, and the rows that could not be read.

    Args:
        rejected: Rows of RAW_REJECTS (text sources) or of the schema plus REJECT_COLUMNS.
        held: How many rows the piece holds, counted by other means than reading them: records told
            apart in its bytes, a footer. None where there is no such count.
        place: Where the rows stood, up to the number of one: `orders.csv, line `; "" if unknown.
        lines: Gives the number of each of `rows`; called at once, and only where somebody asks.
    """

    rows: "pa.Table"
    rejected: "pa.Table | None" = None
    held: int | None = None
    place: str = ""
    lines: Callable[[], Sequence[int]] | None = None
