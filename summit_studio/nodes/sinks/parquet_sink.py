"""Write a Parquet file, or a folder of them."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from summit_studio.core.errors import InvalidParams, WriteFailed
from summit_studio.core.problems import Problem
from summit_studio.core.refusal import Refusal, kept_rows
from summit_studio.core.schema import (
    BLOB,
    Schema,
    is_nested,
    require_columns,
    to_arrow,
)
from summit_studio.core.suggest import listing
from summit_studio.formats.parquet.partitions import named, split, telling, unnameable
from summit_studio.formats.parquet.writing import Held, holds, read_back, repetitive, rows_in
from summit_studio.nodes.contract import (
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Published,
    ReadBack,
    Rows,
    RunContext,
    Writer,
)
from summit_studio.nodes.params import Editor, param
from summit_studio.nodes.parts.fields import require
from summit_studio.nodes.parts.output import FileParams, FileSink, FileWriter
from summit_studio.stores.files import AtomicFolder
from summit_studio.stores.staging import write_errors

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


_GROUP_BYTES = 32 << 20
"""A row group is written once it holds so many bytes, however few rows."""

_HELD_BYTES = 256 << 20
"""What all partitions together may hold back."""

_MOST_FOLDERS = 10_000


class ParquetSinkParams(FileParams):
    """Params of `parquet_sink`."""

    compression: Literal["zstd", "snappy", "gzip", "none"] = param(
        "zstd", doc="How pages are compressed.", editor=Editor.CHOICE
    )
    partition_by: tuple[str, ...] = param(
        (),
        doc="Columns whose values become folders (country=DE/...); the path is then a folder.",
        editor=Editor.COLUMNS,
    )
    row_group_rows: int = param(
        1_000_000, doc="Rows of a row group at most.", editor=Editor.NUMBER, unit="rows",
        minimum=1, advanced=True,
    )  # fmt: skip


class ParquetSink(FileSink[ParquetSinkParams]):
    """Write rows to Parquet in one file, or in a folder of parts or of partitions.

    Partitions are named as Hive does: `country=DE`, null as `__HIVE_DEFAULT_PARTITION__`. A folder
    is only replaced if it holds nothing but such partitions.
    """

    id = "parquet_sink"
    title = "Write Parquet"
    icon = "parquet"
    keywords = ("to parquet", "parquet writer", "export", "save file", "columnar", "lake")
    params_class = ParquetSinkParams
    can_reject = True
    form = ".parquet"
    examples = (
        Example(
            "One file",
            {"path": "out/people.parquet"},
            given={"rows": Rows({"id": "BIGINT"}, [(1,), (2,)])},
        ),
        Example(
            "A folder for each country",
            {"path": "out/people", "partition_by": ["country"], "compression": "snappy"},
            given={
                "rows": Rows({"id": "BIGINT", "country": "VARCHAR"}, [(1, "DE"), (2, "FR")]),
            },
        ),
        Example(
            "A folder that each epoch adds a part to",
            {"path": "out/people", "layout": "parts", "if_exists": "append"},
            given={"rows": Rows({"id": "BIGINT"}, [(1,), (2,)])},
        ),
    )

    @classmethod
    def read_back(cls, params: Mapping[str, Any]) -> ReadBack | None:
        """Return the source of the same file or folder."""
        path = params.get("path")
        return ReadBack("parquet_source", {"path": path}) if path else None

    def summary(self) -> str:
        """Return the path, the compression and the partitions."""
        by = f" by {', '.join(self.params.partition_by)}" if self.params.partition_by else ""
        parts = " · parts" if self.params.layout == "parts" else ""
        return f"{self.params.path}{by}{parts} · {self.params.compression}"

    @property
    def is_folder(self) -> bool:
        """True if a folder is written, of parts or of partitions."""
        return super().is_folder or bool(self.params.partition_by)

    def rows_in(self, file: Path) -> "pa.Table":
        """Return the rows as Arrow's own reader finds them, and the folder that tells more."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = pq.read_table(file, partitioning=None)
        folder = "/".join(part for part in file.parts if "=" in part)
        return rows.append_column("", pa.array([folder] * rows.num_rows)) if folder else rows

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return no outputs; the partition columns must be there, and leave something to write.

        Raises:
            InvalidParams: A partition column is missing or unfit, or all columns are partitions.
        """
        del context
        (schema,) = inputs["rows"]
        self._partitions(schema)
        return {}

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield problems of the path, and columns that Parquet cannot hold."""
        yield from super().check(inputs, context)
        for column in (c for schema in inputs.get("rows", ()) for c in schema):
            if not holds(column.type):
                yield self.problem(
                    "type_unfit",
                    f"Parquet cannot hold column '{column.name}'",
                    why=f"it is {column.type}",
                    do="turn it into text before this node",
                )

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Open the file or folder aside.

        Raises:
            InvalidParams: The partition columns do not fit.
            WriteFailed: The place cannot be written, or a column has no Parquet type.
        """
        require_columns(schema)
        for column in schema:
            if not holds(column.type):
                raise WriteFailed(
                    f"Parquet cannot hold column '{column.name}'",
                    why=f"it is {column.type}",
                    do="turn it into text before this node",
                    code="type_unfit",
                    where=self.place(),
                )
        by = self._partitions(schema)
        if by:
            return _PartitionedWriter(self, schema, by, context)
        return _ParquetWriter(self, schema, context)

    def _partitions(self, schema: Schema) -> list[str]:
        """Return the partition columns as the schema names them."""
        by: list[str] = []
        for index, name in enumerate(self.params.partition_by):
            column = require(schema, name, f"partition_by.{index}")
            if is_nested(column.type) or column.type in {BLOB, "INTERVAL"} or column.name in by:
                why = "it is chosen twice" if column.name in by else f"it is {column.type}"
                raise self._unfit(f"Column '{name}' cannot name folders", why, index)
            by.append(column.name)
        if by and len(by) == len(schema):
            raise self._unfit(
                "Nothing would be left to write", "every column is a partition", len(by) - 1
            )
        return by

    def _unfit(self, what: str, why: str, index: int) -> InvalidParams:
        return InvalidParams(
            what,
            why=why,
            do="take it out of Partition by",
            code="partition_unfit",
            where=self.place(f"partition_by.{index}"),
        )


class _ParquetWriter(FileWriter[ParquetSinkParams]):
    def __init__(self, sink: ParquetSink, schema: Schema, context: RunContext) -> None:
        super().__init__(sink, context)
        self._schema = to_arrow(schema)
        self._held = Held()
        self._writer: pq.ParquetWriter | None = None

    def put(self, batch: "pa.Table") -> None:
        self._held.add(batch.cast(self._schema))
        if self._held.rows >= self.params.row_group_rows or self._held.bytes >= _GROUP_BYTES:
            self._flush()

    def finish(self) -> None:
        if self._held.rows:
            self._flush()
        with write_errors(self._path):
            self._opened(None).close()

    def count(self, path: Path) -> int:
        return rows_in(path)

    def read_back(self) -> "Iterator[pa.Table]":
        return read_back(self._staged, self._schema, {})

    def abort(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(OSError):
                self._writer.close()
        super().abort()

    def _flush(self) -> None:
        rows = self._held.take()
        with write_errors(self._path):
            self._opened(rows).write_table(rows, row_group_size=self.params.row_group_rows)

    def _opened(self, sample: "pa.Table | None") -> "pq.ParquetWriter":
        import pyarrow.parquet as pq

        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._staged,
                self._schema,
                compression=self.params.compression,
                use_dictionary=repetitive(sample),
            )
        return self._writer


class _PartitionedWriter(Writer):
    def __init__(
        self, sink: ParquetSink, schema: Schema, by: list[str], context: RunContext
    ) -> None:
        self._sink = sink
        self._params = sink.params
        self._context = context
        self._path = sink.place_of(context)
        self._by = by
        self._schema = to_arrow(schema)
        self._telling = telling(Schema(tuple(c for c in schema if c.name in by)))
        self._held: dict[str, Held] = {}
        self._parts: dict[str, int] = {}
        self._rows = 0
        self._refuse = context.refuse
        self._folder = sink.folder(context)

    def write(self, batch: "pa.Table") -> None:
        """Hold the rows by partition, and write the partitions that hold enough."""
        batch = self._nameable(batch)
        for folder, rows in split(batch.cast(self._schema), self._by):
            held = self._held.setdefault(folder, Held())
            held.add(rows)
            if held.rows >= self._params.row_group_rows:
                self._flush(folder)
        if len(self._held) > _MOST_FOLDERS:
            raise WriteFailed(
                f"Cannot write {self._params.path}",
                why=f"{listing(self._by)} would make more than {_MOST_FOLDERS:,} folders",
                do="partition by a column with fewer values, such as a month",
                code="partitions_too_many",
                where=self._sink.place("partition_by"),
            )
        if sum(held.bytes for held in self._held.values()) > _HELD_BYTES:
            self._flush_all()
        self._rows += batch.num_rows

    def _nameable(self, batch: "pa.Table") -> "pa.Table":
        """Return the rows whose partitions can be folders, once the others are refused."""
        refusals = [
            Refusal(row, "value_too_long", "it is too long for the name of a folder", name)
            for row, name in unnameable(batch, self._by)
        ]
        if not refusals:
            return batch
        if self._refuse is None:
            raise WriteFailed(
                f"Cannot write {self._params.path}",
                why=f"a value of '{refusals[0].column}' is too long for the name of a folder",
                do="connect the rejected port of this sink to put such rows aside, or partition by "
                "another column",
                code=refusals[0].code,
                where=self._sink.place("partition_by"),
            )
        self._refuse(batch, refusals)
        return kept_rows(batch, refusals)

    def prepare(self) -> int:
        """Write what is held and make every part durable; return the rows in their footers."""
        self._flush_all()
        if not self._parts:
            # So that readers find the columns, the partitions among them.
            self._put("", self._schema.empty_table())
        self._folder.prepare()
        self._stamp = self._folder.stamp()
        return self._counted()

    def recount(self) -> int | None:
        """Count the rows of the parts again, if someone has changed any."""
        return None if self._folder.stamp() == self._stamp else self._counted()

    def _counted(self) -> int:
        with write_errors(self._path):
            self._folder.rows = {part: rows_in(part) for part in self._folder.parts()}
        return sum(self._folder.rows.values())

    def read_back(self) -> "Iterator[pa.Table]":
        """Read every part, and what the names of its folders say."""
        for part in self._folder.parts():
            folders = dict(named(f) for f in part.relative_to(self._folder.staged).parts[:-1])
            yield from read_back(part, self._schema, folders)

    def commit(self, epoch: int) -> Published:
        """Swap the folder into place, or add its parts."""
        del epoch
        if isinstance(self._folder, AtomicFolder):
            self._sink.require_replaceable(self._context)
        self._folder.commit()
        return Published(str(self._path), self._rows, {"files": sum(self._parts.values())})

    def abort(self) -> None:
        """Remove the folder aside."""
        self._held.clear()
        self._folder.abort()

    def _flush_all(self) -> None:
        for folder in self._held:
            self._flush(folder)

    def _flush(self, folder: str) -> None:
        if self._held[folder].rows:
            self._put(folder, self._held[folder].take())

    def _put(self, folder: str, rows: "pa.Table") -> None:
        import pyarrow.parquet as pq

        number = self._parts.get(folder, 0)
        target = self._folder.part(folder, number, self._sink.ending())
        with write_errors(self._path):
            pq.write_table(
                rows.replace_schema_metadata(self._telling),
                target,
                row_group_size=self._params.row_group_rows,
                compression=self._params.compression,
                use_dictionary=repetitive(rows),
            )
        self._parts[folder] = number + 1
