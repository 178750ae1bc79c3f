"""Read Parquet files."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from summit_studio.core.errors import InvalidParams, SummitError, Where
from summit_studio.core.schema import Column, Schema, from_arrow, to_arrow
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.formats.contract import Loaded
from summit_studio.nodes.contract import (
    Chunk,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Reader,
    Rows,
    RunContext,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.input import FileInParams, FileSource
from summit_studio.stores.faults import failure, read_errors

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_FIRST_ROWS = 1_000
"""Rows of the first chunk of a preview."""

_NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_EXAMPLE = b64decode(
    "UEFSMRUAFSwVLCwVBBUAFQYVBhwAAAACAAAABAEBAAAAAAAAAAIAAAAAAAAAFQAVGhUaLBUEFQAVBhUGHAAAAAIAAAAD"
    "AQMAAABBZGEVBBk8NQAYBnNjaGVtYRUEABUEJQIYAmlkABUMJQIYBG5hbWUlAEwcAAAAFgQZHBksJgAcFQQZJQYAGRgC"
    "aWQVABYEFlIWUiYISRwVABUAFQIAPCkGGSYABAAAACYAHBUMGSUGABkYBG5hbWUVABYEFkAWQCZaSRwVABUAFQIAPBYG"
    "GQYZJgICAAAAFpIBFgQmCBaSAQAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGSwcAAAcAAAAwQAAAFBB"
    "UjE="
)


class ColumnName(Params):
    """A column to read."""

    name: str = param(doc="The column's name in the files.")


class ParquetSourceParams(FileInParams):
    """Params of `parquet_source`."""

    columns: tuple[ColumnName, ...] = param(
        (), doc="The columns to read, in this order; none means all.", editor=Editor.RECORDS
    )
    partitions: Literal["auto", "ignore"] = param(
        "auto",
        doc="Folders such as country=DE below the path become columns; a column of that name in "
        "the files wins.",
        editor=Editor.CHOICE,
        advanced=True,
    )


class ParquetSource(FileSource[ParquetSourceParams]):
    """Read one Parquet file, or all of a folder or pattern.

    Several files are matched by column name: a column that a file lacks is null there.
    """

    id = "parquet_source"
    title = "Read Parquet"
    icon = "parquet"
    keywords = ("parquet reader", "columnar", "lake", "import", "dataset", "file")
    params_class = ParquetSourceParams
    folder_pattern = "**/*.parquet"
    examples = (
        Example(
            "One file",
            {"path": "people.parquet"},
            files={"people.parquet": _EXAMPLE},
            expected={"rows": Rows({"id": "BIGINT", "name": "VARCHAR"}, [(1, "Ada"), (2, None)])},
        ),
        Example(
            "A folder of partitions, two columns of it",
            {"path": "people", "columns": [{"name": "country"}, {"name": "id"}]},
            files={
                "people/country=DE/part-0.parquet": _EXAMPLE,
                "people/country=GB/part-0.parquet": _EXAMPLE,
            },
            expected={
                "rows": Rows(
                    {"country": "VARCHAR", "id": "BIGINT"},
                    [("DE", 1), ("DE", 2), ("GB", 1), ("GB", 2)],
                )
            },
        ),
    )

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns of all files together, or those chosen.

        Raises:
            SummitError: A file is missing or damaged, or the files do not fit together.
        """
        del inputs
        files = self.files(context)
        try:
            survey = self.probed(context, files, lambda: self.survey(files, context))
            return {"rows": self._chosen(survey.schema)}
        except SummitError as error:
            raise self.at_path(error) from None

    def survey(self, files: Sequence[Path], context: DesignContext | RunContext) -> "_Survey":
        """Read the footers of the files."""
        base = context.workspace.path(self.params.path)
        return _survey(files, base if self.params.partitions == "auto" else None)

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Read the footers; the data comes chunk by chunk."""
        try:
            survey = self.survey(self.files(context), context)
        except SummitError as error:
            raise self.at_path(error) from None
        for column in schema:
            now = survey.schema.find(column.name)
            if now != column:
                raise failure(
                    self.params.path,
                    f"Column '{column.name}' is not what it was",
                    why=f"it was {column.type} and is {now.type if now else 'gone'} now",
                    do="look at the node again, so that the columns are read anew",
                    code="schema_changed",
                ).at(node_id=self.node_id, node_title=self.node_title)
        return _ParquetReader(survey, schema, context)

    def _chosen(self, schema: Schema) -> Schema:
        if not self.params.columns:
            return schema
        found: list[Column] = []
        for index, choice in enumerate(self.params.columns):
            place = self.place(f"columns.{index}.name")
            column = schema.find(choice.name)
            if column is None:
                raise _no_column(choice.name, schema, place)
            if column in found:
                raise InvalidParams(
                    f"Column '{column.name}' is chosen twice",
                    do="take one of the two out",
                    code="name_taken",
                    where=place,
                )
            found.append(column)
        return Schema(tuple(found))


@dataclass(frozen=True, slots=True)
class _Part:
    """One file: its columns, its rows by row group, and the values that its folders give."""

    path: Path
    names: tuple[str, ...]
    groups: tuple[int, ...]
    folders: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Survey:
    schema: Schema
    parts: tuple[_Part, ...]


class _ParquetReader(Reader):
    def __init__(self, survey: _Survey, schema: Schema, context: RunContext) -> None:
        self._parts = survey.parts
        self._schema = to_arrow(schema)
        self._context = context
        self._all = max(sum(sum(part.groups) for part in survey.parts), 1)
        self._seen = 0

    def total(self) -> int | None:
        """Return what the footers say."""
        if self._context.row_limit is not None:
            return None
        return sum(sum(part.groups) for part in self._parts)

    def chunks(self) -> Iterator[Chunk]:
        """Yield small row groups to be loaded in parallel, and slices of large ones."""
        if self._context.row_limit is not None:
            yield from self._first(self._context.row_limit)
            return
        rows = self._context.batch_rows
        for number, part in enumerate(self._parts):
            for groups, count in _gathered(part.groups, rows):
                self._context.cancel.check()
                if count <= 2 * rows:
                    yield self._chunk(partial(self._load, part, groups), number, count)
                    continue
                for batch in _batches(part.path, groups, self._wanted(part), rows):
                    self._context.cancel.check()
                    yield self._chunk(partial(self._fit, part, batch), number, batch.num_rows)

    def _first(self, limit: int) -> Iterator[Chunk]:
        left = limit
        for number, part in enumerate(self._parts):
            groups = range(len(part.groups))
            size = min(_FIRST_ROWS, limit)
            for batch in _batches(part.path, groups, self._wanted(part), size):
                self._context.cancel.check()
                piece = batch.slice(0, left)
                left -= piece.num_rows
                yield self._chunk(partial(self._fit, part, piece), number, piece.num_rows)
                if left <= 0:
                    return

    def _chunk(self, load: Any, file: int, rows: int) -> Chunk:
        self._seen += rows
        return Chunk(load, {"file": file, "row": self._seen}, self._seen / self._all)

    def _wanted(self, part: _Part) -> list[str] | None:
        """Return the columns to ask a file for; None for all, where a name has a dot in it."""
        places = (_index(part.names, name) for name in self._schema.names)
        names = [part.names[at] for at in places if at is not None]
        return None if any("." in name for name in names) else names

    def _load(self, part: _Part, groups: Sequence[int]) -> Loaded:
        with _file_errors(part.path), _opened(part.path) as file:
            table = file.read_row_groups(list(groups), columns=self._wanted(part))
        return self._fit(part, table)

    def _fit(self, part: _Part, table: "pa.Table") -> Loaded:
        """Return the rows in the promised columns and types."""
        import pyarrow as pa

        columns = []
        for wanted in self._schema:
            at = _index(table.schema.names, wanted.name)
            try:
                if at is not None:
                    columns.append(_as(table.column(at), wanted.type))
                else:
                    value = pa.scalar(part.folders.get(wanted.name), pa.string())
                    columns.append(pa.repeat(value.cast(wanted.type), table.num_rows))
            except (pa.ArrowException, ValueError) as error:
                raise failure(
                    part.path,
                    f"Column '{wanted.name}' holds a value that is not {wanted.type}",
                    why=str(error),
                    do="read this file apart, or write the files anew with one type",
                    code="cast_failed",
                ).at(column=wanted.name) from None
        if not columns:
            return Loaded(table.select([]))
        return Loaded(pa.table(columns, schema=self._schema))


def _index(names: Sequence[str], name: str) -> int | None:
    if name in names:
        return names.index(name)
    folded = name.casefold()
    return next((i for i, other in enumerate(names) if other.casefold() == folded), None)


def _as(column: "pa.ChunkedArray", wanted: "pa.DataType") -> "pa.ChunkedArray":
    import pyarrow as pa

    kind = column.type
    if kind == wanted:
        return column
    if pa.types.is_dictionary(kind):
        return _as(column.cast(kind.value_type), wanted)
    if pa.types.is_temporal(kind) and getattr(kind, "unit", "") == "ns":
        # Batches carry microseconds; the rest of the nanoseconds is cut off.
        return column.cast(wanted, safe=False)
    return column.cast(wanted)


def _gathered(groups: Sequence[int], rows: int) -> Iterator[tuple[list[int], int]]:
    """Yield row groups that lie together, about `rows` rows in each gathering."""
    found: list[int] = []
    count = 0
    for index, size in enumerate(groups):
        if found and count + size > rows:
            yield found, count
            found, count = [], 0
        found.append(index)
        count += size
    if count:
        yield found, count


def _batches(
    path: Path, groups: Sequence[int], columns: list[str] | None, rows: int
) -> Iterator["pa.Table"]:
    import pyarrow as pa

    with _file_errors(path), _opened(path) as file:
        for batch in file.iter_batches(rows, row_groups=list(groups), columns=columns):
            yield pa.Table.from_batches([batch])


def _opened(path: Path) -> "pq.ParquetFile":
    import pyarrow.parquet as pq

    return pq.ParquetFile(path, coerce_int96_timestamp_unit="us", buffer_size=1 << 20)


def _survey(files: Sequence[Path], base: Path | None) -> _Survey:
    import pyarrow as pa

    schemas, parts = [], []
    for path in files:
        with _file_errors(path), _opened(path) as file:
            count = file.metadata.num_row_groups
            groups = tuple(file.metadata.row_group(i).num_rows for i in range(count))
            schemas.append(_distinct(path, file.schema_arrow))
        parts.append(_Part(path, tuple(schemas[-1].names), groups, _folders(path, base)))
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
    return _Survey(Schema((*found, *_partition_columns(parts, found))), tuple(parts))


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


def _folders(path: Path, base: Path | None) -> dict[str, str | None]:
    """Return the values in folder names such as country=DE, of those below `base`."""
    if base is None:
        return {}
    start = next((i for i, p in enumerate(base.parts) if re.search(r"[*?\[]", p)), len(base.parts))
    pairs = (part.split("=", 1) for part in path.parts[start:-1] if "=" in part)
    return {
        unquote(name): None if value == _NULL_PARTITION else unquote(value)
        for name, value in pairs
        if name
    }


def _partition_columns(parts: Sequence[_Part], taken: Schema) -> Iterator[Column]:
    names = dict.fromkeys(name for part in parts for name in part.folders if name not in taken)
    for name in names:
        values = [v for v in (part.folders.get(name) for part in parts) if v is not None]
        yield Column(name, _type_of(values))


def _type_of(values: Sequence[str]) -> str:
    kinds = (("BIGINT", r"0|-?[1-9]\d{0,17}"), ("DATE", r"\d{4}-(0\d|1[012])-([01]\d|2[0-8])"))
    fits = (n for n, shape in kinds if values and all(re.fullmatch(shape, v) for v in values))
    return next(fits, "VARCHAR")


@contextmanager
def _file_errors(path: Path) -> Iterator[None]:
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


def _no_column(name: str, schema: Schema, place: Where) -> InvalidParams:
    near = did_you_mean(name, schema.names)
    return InvalidParams(
        f"Cannot find the column '{name}'",
        why=f"the files have {listing(schema.names) or 'no columns'}",
        do=f"choose '{near}'" if near else "choose one of them",
        code="column_missing",
        where=place,
    )
