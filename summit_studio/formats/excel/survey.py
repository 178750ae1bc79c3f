"""What the sheets of one or more workbooks have in common: columns, types, and where they differ.

Types come from the cells of all sheets together, as if they stood below one another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from summit_studio.core.schema import Column, Schema
from summit_studio.core.suggest import listing
from summit_studio.formats.contract import Finding
from summit_studio.formats.excel.cells import Profile
from summit_studio.formats.excel.sheet import Request, Sheet, sheets
from summit_studio.stores.faults import failure

_WIDER = {("BIGINT", "DOUBLE"), ("DATE", "TIMESTAMP"), ("TIME", "INTERVAL")}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one sheet; its cells are let go of."""

    path: Path
    sheet: str
    header_row: int
    titles: int
    blank_rows: int
    hidden: Sequence[str]
    unsaved: int
    stale: int
    errors_told: bool
    several: bool
    profiles: Mapping[str, Profile]

    @classmethod
    def of(cls, sheet: Sheet) -> "Seen":
        """Return what is to be remembered of a sheet."""
        return cls(
            sheet.path, sheet.sheet, sheet.header_row, sheet.titles, sheet.blank_rows, sheet.hidden,
            sheet.unsaved, sheet.stale, sheet.errors_told,
            sheet.several,
            {name.casefold(): profile for name, profile in sheet.profiles().items()},
        )  # fmt: skip

    @property
    def why_sheet(self) -> str:
        """What tells which sheet is read, as part of a sentence."""
        which = "the first with cells of several" if self.several else "the only one that one sees"
        if not self.hidden:
            return which
        return f"{which}; hidden: {listing(list(self.hidden))}"

    @property
    def why_header(self) -> str:
        """What tells which row names the columns, as part of a sentence."""
        if not self.titles:
            return "it is the first row with cells"
        titles = "1 row is" if self.titles == 1 else f"{self.titles} rows are"
        return f"it is the first as wide as the table; {titles} above it"

    def __str__(self) -> str:
        return f"{self.path.name}, sheet '{self.sheet}'"


@dataclass(frozen=True, slots=True)
class Survey:
    """All sheets of a source together.

    Args:
        whys: What tells the type of each column, by name in lower case.
    """

    schema: Schema
    seen: Sequence[Seen]
    whys: Mapping[str, str] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """Yield the sheet, its header row and the types of its columns, with what tells them."""
        first = self.seen[0]
        yield Finding("sheet", first.sheet, first.why_sheet)
        yield Finding("header_row", first.header_row, first.why_header)
        for column in self.schema:
            yield Finding(
                "columns", column.type, self.whys[column.name.casefold()], column=column.name
            )

    def lacking(self, name: str) -> list[str]:
        """Return the sheets that lack a column."""
        return [str(seen) for seen in self.seen if name.casefold() not in seen.profiles]

    def differing(self, name: str) -> list[str]:
        """Return the sheets whose cells alone would give a column another type, and which."""
        whole = self.schema.find(name)
        found = []
        for seen in self.seen:
            profile = seen.profiles.get(name.casefold())
            if whole is None or profile is None or profile.empty:
                continue
            own = profile.type()
            if own != whole.type and (own, whole.type) not in _WIDER:
                found.append(f"{own} in {seen}")
        return found

    def described(self) -> str:
        """Return in words what was found out of the first sheet."""
        first = self.seen[0]
        parts = [f"sheet '{first.sheet}' of {first.path.name} was read"]
        if first.hidden:
            parts.append(f"hidden sheets ({listing(list(first.hidden))}) were passed over")
        parts.append(
            f"row {first.header_row} names the columns" if first.header_row else "it has no header"
        )
        if first.blank_rows:
            parts.append(f"{first.blank_rows:,} blank rows within the table are left out")
        return ", ".join(parts)


def survey(files: Sequence[Path], request: Request) -> Survey:
    """Read the sheets of all files, and match their columns by name.

    Raises:
        ReadFailed: A file is no workbook, or there are no cells in any.
    """
    names: dict[str, str] = {}
    profiles: dict[str, Profile] = {}
    seen: list[Seen] = []
    for path in files:
        for sheet in sheets(path, request):
            seen.append(Seen.of(sheet))
            for name in sheet.names.values():
                key = name.casefold()
                names.setdefault(key, name)
                own = seen[-1].profiles[key]
                profiles[key] = profiles[key] + own if key in profiles else own
    if not names:
        raise failure(
            files[0],
            "There are no cells to read",
            why="the sheet, or the range, is blank",
            do="choose another sheet or range",
            code="file_empty",
        )
    columns = (Column(name, profiles[key].type()) for key, name in names.items())
    whys = {key: profile.why for key, profile in profiles.items()}
    return Survey(Schema(tuple(columns)), [one for one in seen if one.profiles], whys)
