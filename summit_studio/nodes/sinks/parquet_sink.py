"""Write a Parquet file, or a folder of them."""

import contextlib
from typing import TYPE_CHECKING, Literal

from summit_studio.connectors.files import AtomicFolder
from summit_studio.connectors.staging import write_errors
from summit_studio.core.errors import WriteFailed
from summit_studio.core.schema import Schema, to_arrow
from summit_studio.nodes.contract import (
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Published,
    Rows,
    RunContext,
    Writer,
)
from summit_studio.nodes.fields import require
from summit_studio.nodes.output import FileParams, FileSink, FileWriter
from summit_studio.nodes.params import Editor, param

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_SAMPLE_ROWS = 20_000
_LOW_SHARE = 0.1


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
    """Write rows to Parquet, whole or not at all, in one file or partitioned into folders."""

    id = "parquet_sink"
    title = "Write Parquet"
    icon = "parquet"
    keywords = ("file", "save", "columnar", "export", "lake")
    params_class = ParquetSinkParams
    examples = (
        Example(
            "One file",
            {"path": "out/people.parquet"},
            given={"rows": Rows({"id": "BIGINT"}, [(1,), (2,)])},
        ),
    )

    def summary(self) -> str:
        """Return the path, the compression and the partitions."""
        by = f" by {', '.join(self.params.partition_by)}" if self.params.partition_by else ""
        return f"{self.params.path}{by} · {self.params.compression}"

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return no outputs; a partition column must be there.

        Raises:
            InvalidParams: A partition column is missing.
        """
        del context
        (schema,) = inputs["rows"]
        for index, name in enumerate(self.params.partition_by):
            require(schema, name, f"partition_by.{index}")
        return {}

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Open the file or folder aside."""
        if self.params.partition_by:
            return _PartitionedWriter(self, schema, context)
        return _ParquetWriter(self, schema, context)


class _ParquetWriter(FileWriter[ParquetSinkParams]):
    def __init__(self, sink: ParquetSink, schema: Schema, context: RunContext) -> None:
        super().__init__(sink, context)
        self._schema = to_arrow(schema)
        self._writer: pq.ParquetWriter | None = None

    def put(self, batch: "pa.Table") -> None:
        writer = self._opened(batch)
        with write_errors(self._path):
            writer.write_table(batch, row_group_size=self.params.row_group_rows)

    def finish(self) -> None:
        writer = self._opened(None)
        with write_errors(self._path):
            writer.close()

    def abort(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(OSError):
                self._writer.close()
        super().abort()

    def _opened(self, sample: "pa.Table | None") -> "pq.ParquetWriter":
        import pyarrow.parquet as pq

        if self._writer is None:
            with write_errors(self._path):
                self._writer = pq.ParquetWriter(
                    self._file.staged,
                    self._schema,
                    compression=self.params.compression,
                    use_dictionary=_repetitive(sample),
                )
        return self._writer


class _PartitionedWriter(Writer):
    def __init__(self, sink: ParquetSink, schema: Schema, context: RunContext) -> None:
        self._params = sink.params
        self._path = sink.place_of(context)
        if self._path.is_file():
            raise WriteFailed(
                f"Cannot write {sink.params.path}",
                why="a file is there, and partitions need a folder",
                do="name a folder",
                where=sink.place("path"),
            )
        self._by = [require(schema, n, "partition_by").name for n in sink.params.partition_by]
        self._schema = to_arrow(schema)
        self._folder = AtomicFolder(self._path, context.run_id)
        self._parts = 0
        self._rows = 0

    def write(self, batch: "pa.Table") -> None:
        """Write the rows into their partitions, one part file each."""
        import pyarrow.dataset as ds

        partitioning = ds.partitioning(
            self._schema.empty_table().select(self._by).schema, flavor="hive"
        )
        kind = ds.ParquetFileFormat()
        with write_errors(self._path):
            ds.write_dataset(
                batch,
                self._folder.staged,
                format=kind,
                partitioning=partitioning,
                basename_template=f"part-{self._parts:05d}-{{i}}.parquet",
                existing_data_behavior="overwrite_or_ignore",
                file_options=kind.make_write_options(
                    compression=self._params.compression, use_dictionary=_repetitive(batch)
                ),
                use_threads=False,
                max_partitions=10_000,
            )
        self._parts += 1
        self._rows += batch.num_rows

    def prepare(self) -> None:
        """Make every part durable."""
        self._folder.prepare()

    def commit(self, epoch: int) -> Published:
        """Swap the folder into place."""
        del epoch
        self._folder.commit()
        files = sum(1 for _ in self._path.rglob("*.parquet"))
        return Published(str(self._path), self._rows, {"files": files})

    def abort(self) -> None:
        """Remove the folder aside."""
        self._folder.abort()


def _repetitive(sample: "pa.Table | None") -> list[str]:
    """Return the columns whose values repeat: for the others a dictionary only costs time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if sample is None or not sample.num_rows:
        return []
    head = sample.slice(0, _SAMPLE_ROWS)
    return [
        name
        for name, column in zip(head.schema.names, head.columns, strict=True)
        if not pa.types.is_nested(column.type)
        and pc.count_distinct(column).as_py() <= max(1, head.num_rows * _LOW_SHARE)
    ]
