"""What Parquet files hold, by their footers: columns, types, rows of each row group."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.core.schema import Column, Schema, from_arrow
from summit_studio.formats.parquet.partitions import folders_of, type_of_folders
from summit_studio.stores.faults import failure, read_errors

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class Part:
    """One file: its columns, its rows by row group, and the values that its folders give."""

    path: Path
    names: tuple[str, ...]
    groups: tuple[int, ...]
    folders: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Survey:
    """All files of a source together: their columns, and each file."""

    schema: Schema
    parts: tuple[Part, ...]


def survey(files: Sequence[Path], base: Path | None) -> Survey:
    """Read the footers of files, and match their columns by name.

    Args:
        files: At least one.
        base: Where folders that name partitions begin; None looks at no folders.

    Raises:
        ReadFailed: A file is damaged, or the files do not fit together.
    """
    import pyarrow as pa

    schemas, parts = [], []
    for path in files:
        with file_errors(path), opened(path) as file:
            count = file.metadata.num_row_groups
            groups = tuple(file.metadata.row_group(i).num_rows for i in range(count))
            schemas.append(_distinct(path, file.schema_arrow))
        parts.append(Part(path, tuple(schemas[-1].names), groups, folders_of(path, base)))
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
    found = from_arrow(whole)
    return Survey(Schema((*found, *partition_columns(parts, found))), tuple(parts))


def opened(path: Path) -> "pq.ParquetFile":
    """Open a file for reading."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(path, coerce_int96_timestamp_unit="us", buffer_size=1 << 20)


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


def _distinct(path: Path, schema: "pa.Schema") -> "pa.Schema":
    """Return the schema in types that batches carry, if its names can be told apart."""
    import pyarrow as pa

    seen: set[str] = set()
    for name in schema.names:
        if name.casefold() in seen:
            raise failure(
                path,
                f"Two columns of '{path.name}' are called '{name}'",
                why="names are told apart without regard to letter case",
                do="write the file anew with different names",
                code="name_taken",
            )
        seen.add(name.casefold())
    return pa.schema([pa.field(f.name, _carried(f.type)) for f in schema])


def _carried(kind: "pa.DataType") -> "pa.DataType":
    """Return the type that carries a Parquet column of `kind`."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return _carried(kind.value_type)
    if pa.types.is_fixed_size_binary(kind):
        return pa.binary()
    if pa.types.is_time(kind):
        return pa.time64("us")
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    if isinstance(kind, pa.BaseExtensionType):
        return _carried(kind.storage_type)
    return pa.string() if pa.types.is_null(kind) else kind


def _renamed(schema: "pa.Schema", like: "pa.Schema") -> "pa.Schema":
    """Return the schema with names spelled as in `like` where only letter case differs."""
    names = {name.casefold(): name for name in like.names}
    for index, name in enumerate(schema.names):
        schema = schema.set(index, schema.field(index).with_name(names.get(name.casefold(), name)))
    return schema


def partition_columns(parts: Sequence[Part], taken: Schema) -> Iterator[Column]:
    """Yield the columns that folders name and files do not hold."""
    names = dict.fromkeys(name for part in parts for name in part.folders if name not in taken)
    for name in names:
        values = [v for v in (part.folders.get(name) for part in parts) if v is not None]
        yield Column(name, type_of_folders(values))
