"""Read Parquet files."""

from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from summit_studio.core.errors import InvalidParams, SummitError, Where
from summit_studio.core.problems import Problem, Severity
from summit_studio.core.schema import Column, Schema, to_arrow
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.formats.contract import Finding, Loaded
from summit_studio.formats.parquet.reading import (
    Read,
    batches,
    fit,
    gathered,
    index_of,
    read_groups,
)
from summit_studio.formats.parquet.survey import (
    NewColumns,
    Part,
    Survey,
    found_in,
    survey,
)
from summit_studio.nodes.contract import (
    Chunk,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Reader,
    Replay,
    Rows,
    RunContext,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.input import FileInParams, FileSource, first_file, shown_path
from summit_studio.stores.faults import failure

_FIRST_ROWS = 1_000
"""Rows of the first chunk of a preview."""

_LOGS = {
    "_delta_log/*": "Delta Lake",
    "metadata/*.metadata.json": "Iceberg",
    ".hoodie/*": "Hudi",
}
"""What stands in a folder whose files are not all of its rows, and whose it is."""

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
    on_new_column: NewColumns = param(
        "evolve",
        doc="What happens to a column that the first file does not have, or that is not named in "
        "Columns. evolve: it is a column, null where a file lacks it. ignore: it is left out. "
        "reject: rows with a value in it are rejected. fail: the run fails.",
        keywords=("schema drift", "merge schema", "union by name"),
        editor=Editor.CHOICE,
        advanced=True,
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

    Several files are matched by column name: a column that a file lacks is null there. Names that
    differ by letter case alone get a number. A row is rejected if its type here cannot hold a value
    as it is, such as nanoseconds; decimals of more than 38 digits and UUIDs move on as text.
    """

    id = "parquet_source"
    title = "Read Parquet"
    icon = "parquet"
    keywords = ("parquet reader", "columnar", "lake", "import", "dataset", "file")
    params_class = ParquetSourceParams
    can_reject = True
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

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield problems of the path, and a warning where another program's log tells the rows."""
        found = list(super().check(inputs, context))
        yield from found
        folder = context.workspace.path(self.params.path) if not found else None
        if folder is None or not folder.is_dir():
            return
        for mark, system in _LOGS.items():
            if next(folder.glob(mark), None) is not None:
                yield self.problem(
                    "table_of_versions",
                    f"'{self.params.path}' is a table of {system}",
                    field_name="path",
                    why="its log says which files hold its rows now; read as plain Parquet, rows "
                    "that were deleted or changed come along as well",
                    do=f"have {system} write its rows to a folder of their own, and read that",
                    severity=Severity.WARNING,
                )

    def findings(self, context: DesignContext) -> Sequence[Finding]:
        """Return the partitions, and the type of each column, which the files themselves say."""
        files = self.files(context)
        found = self.probed(context, files, lambda: self.survey(files, context))
        return found_in(found, self._chosen(found.schema), auto=self.params.partitions == "auto")

    def survey(self, files: Sequence[Path], context: DesignContext | RunContext) -> "Survey":
        """Read the footers of the files."""
        base = context.workspace.path(self.params.path)
        return survey(
            files,
            base if self.params.partitions == "auto" else None,
            self.params.on_new_column,
            [column.name for column in self.params.columns],
        )

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

    def replay(self, context: RunContext) -> Replay:
        """Return that the rows are the same from every row of a row group."""
        del context
        return Replay.EXACT

    def most_rows(self, context: RunContext) -> int:
        """Return what the footers say."""
        try:
            parts = self.survey(self.files(context), context).parts
        except SummitError as error:
            raise self.at_path(error) from None
        return sum(sum(part.groups) for part in parts)

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


class _ParquetReader(Reader):
    def __init__(self, survey: Survey, schema: Schema, context: RunContext) -> None:
        self._parts = survey.parts
        self._schema = to_arrow(schema)
        self._context = context
        self._all = sum(sum(part.groups) for part in survey.parts)
        self._first_part, self._before = self._beginning()
        self._seen = self._before

    def total(self) -> int | None:
        """Return what the footers say of the rows behind the start."""
        return self._all - self._before if self._context.row_limit is None else None

    def chunks(self) -> Iterator[Chunk]:
        """Yield small row groups to be loaded in parallel, and slices of large ones."""
        if self._context.row_limit is not None:
            yield from self._first(self._context.row_limit)
            return
        for number, part in enumerate(self._parts[self._first_part :], start=self._first_part):
            start = self._context.start if number == self._first_part else None
            group, row = (start["row_group"], start["row"]) if start else (0, 0)
            yield from self._pieces(part, group, row)

    def _pieces(self, part: Part, group: int, row: int) -> Iterator[Chunk]:
        """Yield what a file has from a row of a row group on.

        Args:
            part: The file.
            group: Where row groups begin that are read together.
            row: How many rows of these were read.
        """
        rows = self._context.batch_rows
        first = sum(part.groups[:group]) + 1
        for groups, count in gathered(part.groups, rows, group):
            self._context.cancel.check()
            behind = (groups[-1] + 1, 0)
            if count <= 2 * rows:
                yield self._chunk(partial(self._load, part, groups, first), part, behind, count)
            else:
                at = 0
                for read in batches(part, groups, self._wanted(part), rows):
                    self._context.cancel.check()
                    size = read.table.num_rows
                    at += size
                    if at <= row:
                        continue
                    load = partial(self._fit, part, read, first + at - size)
                    place = (groups[0], at) if at < count else behind
                    yield self._chunk(load, part, place, size)
            first, row = first + count, 0

    def _beginning(self) -> tuple[int, int]:
        """Return the file to begin with, and how many rows were read of all."""
        start = self._context.start
        shown = [shown_path(part.path, self._context.workspace) for part in self._parts]
        number = first_file(shown, start)
        before = sum(sum(part.groups) for part in self._parts[:number])
        if start is not None:
            before += sum(self._parts[number].groups[: start["row_group"]]) + start["row"]
        return number, before

    def _first(self, limit: int) -> Iterator[Chunk]:
        left = limit
        for part in self._parts:
            groups = range(len(part.groups))
            size, first = min(_FIRST_ROWS, limit), 1
            for read in batches(part, groups, self._wanted(part), size):
                self._context.cancel.check()
                piece = read.head(left)
                count = piece.table.num_rows
                left -= count
                self._seen += count
                yield Chunk(partial(self._fit, part, piece, first), {}, self._seen / self._all)
                first += count
                if left <= 0:
                    return

    def _chunk(
        self, load: Callable[[], Loaded], part: Part, behind: tuple[int, int], rows: int
    ) -> Chunk:
        self._seen += rows
        shown = shown_path(part.path, self._context.workspace)
        place = {"path": shown, "row_group": behind[0], "row": behind[1]}
        return Chunk(load, place, self._seen / self._all)

    def _wanted(self, part: Part) -> list[str] | None:
        """Return the columns to ask a file for; None for all, where names would mean others too."""
        places = (index_of(part.names, name) for name in self._schema.names)
        names = [part.own[at] for at in places if at is not None]
        names += [part.own[part.names.index(name)] for name in part.new]
        vague = len(set(part.own)) < len(part.own) or any("." in name for name in names)
        return None if vague else names

    def _load(self, part: Part, groups: Sequence[int], first: int) -> Loaded:
        return self._fit(part, read_groups(part, groups, self._wanted(part)), first)

    def _fit(self, part: Part, read: Read, first: int) -> Loaded:
        shown = shown_path(part.path, self._context.workspace)
        return fit(part, read, self._schema, place=f"{shown}, row ", first=first)


def _no_column(name: str, schema: Schema, place: Where) -> InvalidParams:
    near = did_you_mean(name, schema.names)
    return InvalidParams(
        f"Cannot find the column '{name}'",
        why=f"the files have {listing(schema.names) or 'no columns'}",
        do=f"choose '{near}'" if near else "choose one of them",
        code="column_missing",
        where=place,
    )
