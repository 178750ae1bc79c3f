"""What sinks that write files share: place, trust, and appearing whole or part by part."""

import hashlib
import re
import secrets
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from summit_studio.core.epochs import Claim, EpochEnd, SinkKey
from summit_studio.core.errors import InvalidParams, WriteFailed
from summit_studio.core.problems import Fix, Problem
from summit_studio.core.process import own_name
from summit_studio.nodes.contract import (
    Delivery,
    DesignContext,
    Inputs,
    Published,
    RunContext,
    SinkNode,
    StandIn,
    Writer,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.targets import Target, file_target
from summit_studio.stores.files import AtomicFile, AtomicFolder, Codec, StagedFolder
from summit_studio.stores.one_file import FileCheckpoint, FileStage
from summit_studio.stores.parts import WORK, Parts, PartsCheckpoint, adds_to
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
        doc="The file to write, or the folder of parts; relative to the pipeline's folder. Folders "
        "are made if missing.",
        keywords=("file", "filename", "filepath", "file_path", "target", "to"),
        editor=Editor.FILE_OUT,
    )
    layout: Literal["file", "parts"] = param(
        "file",
        doc="One file, which appears whole at the end of a load, or a folder of part files: with "
        "If exists at append, or fail, each epoch adds to it, and a run that died goes on.",
        editor=Editor.CHOICE,
    )
    if_exists: Literal["replace", "append", "fail"] = param(
        "replace",
        doc="What to do where the file, or anything in the folder, is there already: replace it in "
        "one step at the end; append parts to a folder; or fail.",
        editor=Editor.CHOICE,
        advanced=True,
    )


F = TypeVar("F", bound=FileParams)


class FileSink(SinkNode[F]):
    """A sink that writes one file, or one folder of files."""

    delivery = Delivery.ATOMIC
    form: ClassVar[str]
    """How the names of its files end, before that of their compression."""

    joins: ClassVar[bool] = False
    """True if files of the format, put end to end, are one."""

    @property
    def is_folder(self) -> bool:
        """True if a folder of parts is written."""
        return self.params.layout == "parts"

    @property
    def adds(self) -> bool:
        """True if parts are put beside those that are there, epoch by epoch."""
        return self.is_folder and self.params.if_exists != "replace"

    @classmethod
    def all_files(cls, params: Mapping[str, Any]) -> str:
        """Return the path of the file, or a pattern for the parts of the folder, if it is given."""
        path = str(params.get("path") or "")
        return f"{path}/*{cls.form}*" if path and params.get("layout") == "parts" else path

    def ending(self) -> str:
        """Return how the names of parts end."""
        return self.form

    def target(self) -> str:
        """Return the path as given."""
        return self.params.path

    def writes(self, workspace: "Workspace") -> Target | None:
        """Return the file or folder."""
        return file_target(workspace, self.params.path, folder=self.is_folder)

    def stand_in(self, workspace: "Workspace", folder: "Path", schema: str = "") -> StandIn:
        """Return the same file, or folder of parts, in the folder of a rehearsal."""
        del schema
        place = workspace.path(self.params.path)
        apart = hashlib.sha256(str(place).encode()).hexdigest()[:12]
        path = folder / apart / place.name
        what = f"a folder of {self.form} parts" if self.is_folder else f"a {self.form} file"
        return StandIn({"path": str(path)}, f"writes {what} in a temporary folder")

    def read_target(self, context: RunContext) -> "Iterator[pa.Table]":
        """Yield the rows of each file that is in its place."""
        path = context.workspace.path(self.params.path)
        parts = path.rglob("part-*") if path.is_dir() else [path] if path.exists() else []
        for file in sorted(parts):
            if WORK not in file.relative_to(path).parts and file.is_file():
                yield self.rows_in(file)

    @abstractmethod
    def rows_in(self, file: "Path") -> "pa.Table":
        """Return the rows that another program finds in a file of this format."""

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield a problem of the path, or of a place that cannot be written as wished."""
        del inputs
        if not self.params.path.strip():
            yield self.problem(
                "path_empty", "No file is named", field_name="path", do="name the file to write"
            )
        elif not context.workspace.may_write(self.params.path):
            yield self.problem(
                "outside_workspace",
                f"'{self.node_title}' may not write {self.params.path}",
                field_name="path",
                why="it lies outside the workspace, and the workspace is not trusted",
                do="write inside the pipeline's folder, or trust the workspace",
            )
        elif self.is_folder:
            try:
                self._require_own(context.workspace.path(self.params.path), context.workspace.root)
            except WriteFailed as error:
                yield Problem.from_error(error)
        yield from self._unappendable()

    def checkpoint(
        self, context: RunContext, key: SinkKey, kept_in: str | None = None
    ) -> PartsCheckpoint | None:
        """Return the manifests in a folder that parts are added to, or beside a single file.

        A database has no say in it.
        """
        del kept_in
        empty = self.params.if_exists == "fail"
        if self.joins and not self.is_folder:
            return FileCheckpoint(self._allowed(context), key, context.step, empty=empty)
        if not self.adds:
            return None
        path = self._allowed(context)
        self._require_own(path, context.workspace.root)
        return PartsCheckpoint(path, key, context.step, empty=empty)

    def whole_because(self, context: RunContext) -> str:
        """Return that a single file cannot be added to, nor a folder that is replaced."""
        del context
        if not self.is_folder and self.joins:
            return "a single file appears whole"
        if not self.is_folder:
            return (
                "a single file appears whole; to go on, write a folder of parts (layout: parts, "
                "if_exists: append)"
            )
        if not self.adds:
            return "its folder is replaced as a whole: set if_exists to append"
        return ""

    def unkept_because(self) -> str:
        """Return that only a folder of parts that are added keeps how far it is."""
        return "" if self.is_folder and self.adds else "its file is written anew each time"

    def unstaged_because(self, context: RunContext, *, refuses: bool) -> str:
        """Return that parts show as they come, and that some files are not put end to end."""
        del refuses
        if self.adds:
            return "the parts of a folder show once their epoch is committed"
        return "" if self.joins and not self.is_folder else self.whole_because(context)

    def epoch_fixes(self, context: DesignContext) -> tuple[Fix, ...]:
        """Return the change to a folder that parts are added to, named without a file's ending."""
        del context
        if self.is_folder:
            fix = Fix("Add to the folder", self.node_id, (("if_exists", "append"),))
        else:
            folder = self.params.path.removesuffix(self.form) or self.params.path
            params = (("layout", "parts"), ("if_exists", "append"), ("path", folder))
            fix = Fix("Write a folder of parts", self.node_id, params)
        return () if self.adds else (fix,)

    def place_of(self, context: RunContext) -> "Path":
        """Return the absolute path to write.

        Raises:
            InvalidParams: Rows cannot be appended to it.
            WriteFailed: It must not be replaced.
            Untrusted: It lies outside a workspace that is not trusted.
        """
        path = self._allowed(context)
        if self.params.if_exists == "fail" and not self.is_folder and path.exists():
            raise WriteFailed(
                f"Cannot write {self.params.path}",
                why="it is there already, and this node is told not to replace it",
                do="move it away, or set If exists to replace",
                where=self.place("if_exists"),
            )
        return path

    def _allowed(self, context: RunContext) -> "Path":
        """Return the absolute path, once it may be written at all."""
        for found in self._unappendable():
            raise InvalidParams(
                found.what, why=found.why, do=found.do, code=found.code, where=found.where
            )
        path = context.workspace.path(self.params.path)
        require_trust(context.workspace, path)
        return path

    def stages(self, context: RunContext) -> FileCheckpoint | None:
        """Return where the epochs of a single file are kept out of sight; None where none are."""
        known = context.checkpoint
        return known if isinstance(known, FileCheckpoint) else None

    def folder(self, context: RunContext) -> StagedFolder:
        """Return the folder in which the parts of an epoch, or of the whole run, grow.

        Raises:
            WriteFailed: The place cannot be written, or holds what must not be replaced.
        """
        path = self.place_of(context)
        self._require_own(path, context.workspace.root)
        if not self.adds:
            if adds_to(path, context.run_id):
                raise WriteFailed(
                    f"Cannot write {self.params.path}",
                    why="another node of this run adds parts to this folder, which would be lost",
                    do="give each sink its own path, or set If exists to append",
                    code="output_taken",
                    where=self.place("path"),
                )
            return AtomicFolder(path, context.run_id)
        known = context.checkpoint
        if isinstance(known, PartsCheckpoint):
            return Parts(known)
        alone = self.checkpoint(context, SinkKey(context.run_id, self.node_id))
        assert alone is not None  # noqa: S101 - parts are added
        load = secrets.token_hex(16)
        alone.acquire(Claim(load, context.started, "", context.run_id, own_name()))
        alone.settle(EpochEnd(1, {}, last=True))
        return Parts(alone, once=True)

    def require_replaceable(self, context: RunContext) -> None:
        """Look once more, just before a folder is replaced.

        Raises:
            WriteFailed: Somebody has put there what must not be replaced.
        """
        self._require_own(context.workspace.path(self.params.path), context.workspace.root)

    def _unappendable(self) -> Iterator[Problem]:
        if self.params.if_exists == "append" and not self.is_folder:
            yield self.problem(
                "append_needs_parts",
                f"'{self.node_title}' cannot append to a single file",
                field_name="if_exists",
                why="it would be half written for a while, and a run that dies would leave it so",
                do="write a folder of parts, or replace the file",
                fixes=(
                    Fix("Write a folder of parts", self.node_id, (("layout", "parts"),)),
                    Fix("Replace the file", self.node_id, (("if_exists", "replace"),)),
                ),
            )

    def _require_own(self, path: "Path", root: "Path") -> None:
        """Refuse a place where no folder can be, or one that a folder of parts must not replace.

        Raises:
            WriteFailed: A file is there, or a folder that holds, or is, something else.
        """
        why = ""
        if path.is_file():
            why = "a file is there, and parts need a folder"
        elif not self.adds and root.resolve().is_relative_to(path.resolve()):
            why = "it is the workspace itself, and writing replaces the whole folder"
        elif not self.adds and path.is_dir():
            with write_errors(path):
                foreign = self._foreign(path)
            if foreign is not None:
                why = (
                    f"writing replaces the whole folder, and '{foreign}' in it is no part of "
                    f"a folder of {self.form.removeprefix('.')} parts"
                )
        if why:
            raise WriteFailed(
                f"Cannot write {self.params.path}",
                why=why,
                do="name a folder of its own",
                code="folder_taken",
                where=self.place("path"),
            )

    def _foreign(self, folder: "Path") -> str | None:
        """Return the first thing in a folder that no writer of parts put there."""
        own = re.compile(rf"part-.*{re.escape(self.form)}(\.gz|\.zst)?|{_NOTES}")
        for entry in sorted(folder.rglob("*")):
            below = entry.relative_to(folder)
            if below.parts[0] == WORK:
                continue
            known = "=" in entry.name if entry.is_dir() else own.fullmatch(entry.name)
            if not known:
                return str(below)
        return None


_NOTES = "_SUCCESS|_(common_)?metadata"
"""What other programs note in a folder of parts."""


def codec_of(compression: Compression, path: str) -> Literal["none", "gzip", "zstd"]:
    """Return the compression that is meant: `auto` goes by the file's ending."""
    if compression != "auto":
        return compression
    endings: Mapping[str, Literal["gzip", "zstd"]] = {".gz": "gzip", ".zst": "zstd"}
    return next((codec for end, codec in endings.items() if path.endswith(end)), "none")


def ending_of(codec: Codec) -> str:
    """Return how the names of compressed files end."""
    return {"none": "", "gzip": ".gz", "zstd": ".zst"}[codec]


class FileWriter(Writer, Generic[F]):
    """Writes one file aside, which takes its place at commit, or becomes a part of a folder.

    Args:
        sink: The bound sink.
        context: The run.
    """

    def __init__(self, sink: FileSink[F], context: RunContext) -> None:
        self.params = sink.params
        self.rows = 0
        self._sink = sink
        self._context = context
        stage = sink.stages(context)
        self._path = sink.place_of(context) if stage is None else stage.path
        self._file: AtomicFile | StagedFolder
        self._whole: int | None = None
        if sink.is_folder:
            self._file = sink.folder(context)
            self._staged = self._file.part("", 0, sink.ending())
            return
        if self._path.is_dir():
            raise WriteFailed(
                f"Cannot write {self.params.path}",
                why="a folder is there",
                do="name a file, or set Layout to parts",
                where=sink.place("path"),
            )
        if stage is not None:
            self._file = FileStage(stage)
            self._staged = self._file.part("", 0, sink.ending())
            return
        self._file = AtomicFile(self._path, context.run_id)
        self._staged = self._file.staged

    def stream(self, codec: Codec) -> IO[bytes]:
        """Return the stream of the file; whoever takes it closes it in `finish`."""
        if isinstance(self._file, AtomicFile):
            return self._file.open(codec)
        return self._file.open(self._staged.relative_to(self._file.staged), codec)

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
        return self._counted()

    def recount(self) -> int | None:
        """Count the rows of the file again, if someone has changed it."""
        if self._file.stamp() == self._stamp:
            return None
        if self._whole is None:
            return self._counted()
        with write_errors(self._path):
            return self.rows + self.count(self._staged) - self._whole

    def _counted(self) -> int:
        with write_errors(self._path):
            rows = self.count(self._staged)
        if isinstance(self._file, StagedFolder):
            self._file.rows = {self._staged: rows}
        return rows

    def _gathered(self, head: bytes, codec: Codec) -> int | None:
        """Have the file made of its epochs; return the rows that stand in it."""
        if not isinstance(self._file, FileStage):
            return None
        self._staged = self._file.gather(head, codec)
        with write_errors(self._path):
            self._stamp = self._file.stamp()
            self._whole = self.count(self._staged)
        return self._whole

    def commit(self, epoch: int) -> Published:
        """Rename the file into place, make it a part of the folder, or keep it for the last."""
        del epoch
        with write_errors(self._path):
            size = self._staged.stat().st_size
        if isinstance(self._file, AtomicFolder):
            self._sink.require_replaceable(self._context)
        self._file.commit()
        aside = isinstance(self._file, FileStage) and self._whole is None
        return Published(str(self._path), self.rows, {} if aside else {"bytes": size})

    def abort(self) -> None:
        """Remove the temporary file."""
        self._file.abort()
