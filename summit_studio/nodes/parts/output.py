"""What sinks that write files share: place, trust, and appearing whole or not at all."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from summit_studio.core.errors import WriteFailed
from summit_studio.core.problems import Problem
from summit_studio.nodes.contract import (
    Delivery,
    DesignContext,
    Inputs,
    Published,
    RunContext,
    SinkNode,
    Writer,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.targets import Target, file_target
from summit_studio.stores.files import AtomicFile
from summit_studio.stores.staging import write_errors
from summit_studio.workspace.workspace import require_trust

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from summit_studio.workspace.workspace import Workspace

Compression = Literal["auto", "none", "gzip", "zstd"]


class FileParams(Params):
    """Fields of every sink that writes files."""

    path: str = param(
        doc="The file to write; relative to the pipeline's folder. Its folder is made if missing.",
        keywords=("file", "filename", "filepath", "file_path", "target", "to"),
        editor=Editor.FILE_OUT,
    )
    if_exists: Literal["replace", "fail"] = param(
        "replace",
        doc="What to do where the file is there already; replacing happens in one step at the end.",
        editor=Editor.CHOICE,
        advanced=True,
    )


F = TypeVar("F", bound=FileParams)


class FileSink(SinkNode[F]):
    """A sink that writes one file, or one folder of files."""

    delivery = Delivery.ATOMIC

    def target(self) -> str:
        """Return the path as given."""
        return self.params.path

    def writes(self, workspace: "Workspace") -> Target | None:
        """Return the file or folder."""
        return file_target(workspace, self.params.path)

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield a problem for an empty path, or one outside a workspace that is not trusted."""
        del inputs
        if not self.params.path.strip():
            yield self.problem(
                "path_empty", "No file is named", field_name="path", do="name the file to write"
            )
        elif not context.workspace.trusted and not context.workspace.inside(self.params.path):
            yield self.problem(
                "outside_workspace",
                f"'{self.node_title}' may not write {self.params.path}",
                field_name="path",
                why="it lies outside the workspace, and the workspace is not trusted",
                do="write inside the pipeline's folder, or trust the workspace",
            )

    def place_of(self, context: RunContext) -> "Path":
        """Return the absolute path to write.

        Raises:
            WriteFailed: It must not be replaced.
            Untrusted: It lies outside a workspace that is not trusted.
        """
        path = context.workspace.path(self.params.path)
        require_trust(context.workspace, path)
        if self.params.if_exists == "fail" and path.exists():
            raise WriteFailed(
                f"Cannot write {self.params.path}",
                why="it is there already, and this node is told not to replace it",
                do="move it away, or set If exists to replace",
                where=self.place("if_exists"),
            )
        return path


def codec_of(compression: Compression, path: str) -> Literal["none", "gzip", "zstd"]:
    """Return the compression that is meant: `auto` goes by the file's ending."""
    if compression != "auto":
        return compression
    endings: Mapping[str, Literal["gzip", "zstd"]] = {".gz": "gzip", ".zst": "zstd"}
    return next((codec for end, codec in endings.items() if path.endswith(end)), "none")


class FileWriter(Writer, Generic[F]):
    """Writes one file aside and renames it at commit.

    Args:
        sink: The bound sink.
        context: The run.
    """

    def __init__(self, sink: FileSink[F], context: RunContext) -> None:
        self.params = sink.params
        self.rows = 0
        self._path = sink.place_of(context)
        if self._path.is_dir():
            raise WriteFailed(
                f"Cannot write {self.params.path}",
                why="a folder is there",
                do="name a file",
                where=sink.place("path"),
            )
        self._file = AtomicFile(self._path, context.run_id)

    @abstractmethod
    def put(self, batch: "pa.Table") -> None:
        """Write rows in the sink's format."""

    def finish(self) -> None:
        """Write what comes after the last row."""

    def fit(self, batch: "pa.Table") -> "pa.Table":
        """Return the rows that the format can say, once the others are refused."""
        return batch

    def write(self, batch: "pa.Table") -> None:
        """Take rows."""
        rows = self.fit(batch)
        self.put(rows)
        self.rows += rows.num_rows

    @abstractmethod
    def count(self, path: "Path") -> int:
        """Return how many rows the closed file holds, as a reader of it would find."""

    def prepare(self) -> int:
        """Make the file durable under its temporary name; return the rows that stand in it."""
        self.finish()
        self._file.prepare()
        with write_errors(self._path):
            self._stamp = self._file.stamp()
            return self.count(self._file.staged)

    def recount(self) -> int | None:
        """Count the rows of the file again, if someone has changed it."""
        if self._file.stamp() == self._stamp:
            return None
        with write_errors(self._path):
            return self.count(self._file.staged)

    def commit(self, epoch: int) -> Published:
        """Rename the file into place."""
        del epoch
        self._file.commit()
        return Published(str(self._path), self.rows, {"bytes": self._path.stat().st_size})

    def abort(self) -> None:
        """Remove the temporary file."""
        self._file.abort()
