"""What Parquet files hold, by their footers: columns, types, rows of each row group."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from summit_studio.core.arrow import carrier
from summit_studio.core.schema import Column, Schema, from_arrow
from summit_studio.core.suggest import listing
from summit_studio.formats.contract import Finding
from summit_studio.formats.parquet.partitions import folders_of, told_types, type_of_folders
from summit_studio.stores.faults import failure, read_errors

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


NewColumns = Literal["evolve", "ignore", "reject", "fail"]
"""What becomes of a column that other files do not have."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file: its columns, its rows by row group, and the values that its folders give.

    Args:
        names: What its columns are called here, in their order: distinct without regard to case.
        own: What they are called in the file.
        new: Those of its columns (`names`) that no row may have a value in.
        int96: Whether it has moments of 96 bits, which count nanoseconds over all the years.
    """

    path: Path
    names: tuple[str, ...]
    own: tuple[str, ...]
    groups: tuple[int, ...]
    folders: Mapping[str, str | None] = field(default_factory=dict)
    new: tuple[str, ...] = ()
    int96: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """All files of a source together: their columns, and each file."""

    schema: Schema
    parts: tuple[Part, ...]


def survey(
    files: Sequence[Path],
    base: Path | None,
    on_new: NewColumns = "evolve",
    known: Sequence[str] = (),
) -> Survey:
    """Read the footers of files, and match their columns by name.

    Args:
        files: At least one.
        base: Where folders that name partitions begin; None looks at no folders.
        on_new: What becomes of a column that is not known.
        known: The columns that are; with none named, those of the first file.

    Raises:
        ReadFailed: A file is damaged, or the files do not fit together.
    """
    import pyarrow as pa

    schemas, parts = [], []
    told: dict[str, str] = {}
    for path in files:
        with file_errors(path), opened(path) as file:
            count = file.metadata.num_row_groups
            groups = tuple(file.metadata.row_group(i).num_rows for i in range(count))
            found = file.schema_arrow
            kinds = (file.schema.column(i).physical_type for i in range(len(file.schema)))
            int96 = "INT96" in kinds
        told |= told_types(found.metadata)
        schemas.append(_distinct(found))
        names = tuple(schemas[-1].names)
        folders = folders_of(path, base)
        parts.append(Part(path, names, tuple(found.names), groups, folders, int96=int96))
    if on_new != "evolve":
        wanted = {name.casefold() for name in known or schemas[0].names}
        parts = [_without_new(part, wanted, on_new) for part in parts]
        schemas = [_only(schema, wanted) for schema in schemas]
    whole = schemas[0]
    for path, schema in zip(files[1:], schemas[1:], strict=True):
        try:
            whole = pa.unify_schemas([whole, _renamed(schema, whole)], promote_options="permissive")
        except pa.ArrowException as error:
            raise failure(
                path,
                f"'{path.name}' does not fit with {files[0].name}",
                why=str(error).removesuffix("."),
                do="read the two apart, or write the files anew with one type",
                code="schemas_differ",
            ) from None
    columns = from_arrow(whole)
    return Survey(Schema((*columns, *partition_columns(parts, columns, told))), tuple(parts))


def _without_new(part: Part, known: set[str], on_new: NewColumns) -> Part:
    """Return the file with its new columns noted, where its rows are to be rejected for them.

    Raises:
        ReadFailed: It has one, and the run is to fail for it.
    """
    new = tuple(name for name in part.names if name.casefold() not in known)
    if new and on_new == "fail":
        raise failure(
            part.path,
            f"'{part.path.name}' has the new column{'s' * (len(new) > 1)} {listing(new)}",
            why="the first file, or the choice of columns, does not have it",
            do="set On new column to evolve to read it too, or to ignore",
            code="new_column",
        )
    return replace(part, new=new) if on_new == "reject" else part


def _only(schema: "pa.Schema", known: set[str]) -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([one for one in schema if one.name.casefold() in known])


def found_in(survey: Survey, chosen: Schema, *, auto: bool) -> list[Finding]:
    """Return the partitions and the type of each column that is read, with what tells them.

    Args:
        survey: The files.
        chosen: The columns that are read.
        auto: True if folders were looked at because no param says otherwise.
    """
    folders = {name: {part.folders.get(name) for part in survey.parts} for name in _folders(survey)}
    found = []
    if auto:
        names = listing(list(folders))
        why = f"folders name {names}" if folders else "no folder below the path is named so"
        found.append(Finding("partitions", "auto", why, shown=names or "none"))
    for column in chosen:
        values = folders.get(column.name)
        if values is None:
            holders = sum(1 for part in survey.parts if column.name in part.names)
            why = "the file says so" if len(survey.parts) == 1 else _why_files(survey, holders)
        else:
            some = "1 value" if len(values) == 1 else f"{len(values):,} values"
            why = f"folders such as {column.name}=… have {some} that fit it"
        found.append(Finding("columns", column.type, why, column=column.name))
    return found


def _folders(survey: Survey) -> list[str]:
    """Return the columns that folders name and no file holds."""
    held = {name.casefold() for part in survey.parts for name in part.names}
    names = dict.fromkeys(name for part in survey.parts for name in part.folders)
    return [name for name in names if name.casefold() not in held]


def _why_files(survey: Survey, holders: int) -> str:
    return f"{holders:,} of {len(survey.parts):,} files have it, and all their values fit it"


def opened(path: Path, int96_unit: str = "us") -> "pq.ParquetFile":
    """Open a file for reading.

    Args:
        path: The file.
        int96_unit: Of moments of 96 bits. In microseconds they lose their last three digits, in
            nanoseconds those outside of 1677 to 2262 wrap around.
    """
    import pyarrow.parquet as pq

    return pq.ParquetFile(path, coerce_int96_timestamp_unit=int96_unit, buffer_size=1 << 20)


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Turn what Arrow says of a damaged file into ReadFailed."""
    import pyarrow as pa

    try:
        with read_errors(path):
            yield
    except pa.ArrowException as error:
        with path.open("rb") as file:
            parquet = file.read(4) == b"PAR1"
        raise failure(
            path,
            f"'{path.name}' is damaged" if parquet else f"'{path.name}' is not a Parquet file",
            why=str(error).split("\n")[0].removesuffix("."),
            do="write the file anew" if parquet else "choose a Parquet file, or another source",
            code="file_unreadable" if parquet else "file_not_parquet",
        ) from None


def _distinct(schema: "pa.Schema") -> "pa.Schema":
    """Return the schema in types that batches carry, under names that can be told apart."""
    import pyarrow as pa

    taken: set[str] = set()
    given = {name.casefold() for name in schema.names}
    fields = []
    for index, one in enumerate(schema):
        stem = one.name or f"column{index + 1}"
        name, number = stem, 2
        while name.casefold() in taken or (name != one.name and name.casefold() in given):
            name, number = f"{stem}_{number}", number + 1
        taken.add(name.casefold())
        fields.append(pa.field(name, carrier(one.type)))
    return pa.schema(fields)


def _renamed(schema: "pa.Schema", like: "pa.Schema") -> "pa.Schema":
    """Return the schema with names spelled as in `like` where only letter case differs."""
    names = {name.casefold(): name for name in like.names}
    for index, name in enumerate(schema.names):
        schema = schema.set(index, schema.field(index).with_name(names.get(name.casefold(), name)))
    return schema


def partition_columns(
    parts: Sequence[Part], taken: Schema, told: Mapping[str, str]
) -> Iterator[Column]:
    """Yield the columns that folders name and files do not hold; `told` types are as written."""
    names = dict.fromkeys(name for part in parts for name in part.folders if name not in taken)
    for name in names:
        values = [v for v in (part.folders.get(name) for part in parts) if v is not None]
        yield Column(name, told.get(name) or type_of_folders(values))
