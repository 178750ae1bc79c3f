"""What looking at a file and reading a piece of it give, whatever its format."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Self

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


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found out of a file, as no param says it.

    Args:
        param: The param that would say it.
        value: What the param would be, as a JSON value; of a column, its type.
        why: What tells it, as part of a sentence. May hold a value of the file.
        column: The column whose type it is; empty for what holds of the whole file.
        shown: The value as people call it, where that is another.
        along: Params to be set with it, as the reading would be another without them.
    """

    param: str
    value: Any
    why: str
    column: str = ""
    shown: str = ""
    along: Mapping[str, Any] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, Any]:
        """The params that say what was found out."""
        return {self.param: self.value, **self.along}

    @property
    def text(self) -> str:
        """The value in words."""
        return self.shown or str(self.value)


LONGEST_LINE = 1_000
"""Characters of a raw line or cell that are shown."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line of a text file, or a row of a sheet, as it stands there.

    Args:
        number: Its number in the file, from 1.
        cells: Its text; of a sheet, the text of each cell.
        part: What it is: `above` the table, its `header`, a `row`, or what goes `on` with the
            line before, inside of quotes.
        marks: Where delimiters stand in the text, in characters.
        cut: True if the text is longer than what is shown.
    """

    number: int
    cells: tuple[str, ...]
    part: str = "row"
    marks: tuple[int, ...] = ()
    cut: bool = False

    @classmethod
    def of(cls, number: int, *cells: str, part: str = "row", marks: tuple[int, ...] = ()) -> "Self":
        """Return the line with texts of a length that can be shown."""
        short = tuple(text[:LONGEST_LINE] for text in cells)
        seen = tuple(at for at in marks if at < LONGEST_LINE)
        return cls(number, short, part, seen, cut=short != cells)


@dataclass(frozen=True, slots=True)
class Raw:
    """The beginning of a file as it stands there.

    Args:
        place: The file, and of a workbook the sheet.
        columns: Letters of a sheet's columns; empty where a line is one text.
        whole: True if these are all its lines.
    """

    place: str
    lines: tuple[RawLine, ...]
    columns: tuple[str, ...] = ()
    whole: bool = False
