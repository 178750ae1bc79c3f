"""What sources that read files share: which files are meant, trust, and what probes depend on."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from summit_studio.core.epochs import Position
from summit_studio.core.errors import ReadFailed, SummitError, Where
from summit_studio.core.problems import Problem
from summit_studio.core.suggest import listing
from summit_studio.formats.text.encoding import Compression, detect_format
from summit_studio.nodes.contract import DesignContext, Inputs, RunContext, SourceNode
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.targets import Target, fits
from summit_studio.stores.faults import left_behind, missing, read_errors, require_file
from summit_studio.workspace.workspace import Workspace

_GLOB = re.compile(r"[*?\[]")

_END_BYTES = 1 << 16
"""How much of the beginning and of the end of a file tells that it is the same."""

Stamp = tuple[tuple[str, int, int], ...]
"""Path, time of last change in ns and size in bytes of each file: what its content depends on."""


class FileInParams(Params):
    """Fields of every source that reads files."""

    path: str = param(
        keywords=("file", "filename", "filepath", "file_path", "folder", "url"),
        doc="The file to read, relative to the pipeline's folder; `*` stands for any part of a "
        "name and `**` for any folders, and the files found are read in order of name.",
        editor=Editor.FILE_IN,
        placeholder="data/orders-*",
    )


F = TypeVar("F", bound=FileInParams)
T = TypeVar("T")


class FileSource(SourceNode[F]):
    """A source that reads one file, or several found by a pattern."""

    folder_pattern = ""
    """What is read of a folder, such as `**/*.parquet`; empty if a folder cannot be read."""

    def summary(self) -> str:
        """Return the path."""
        return self.params.path

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield a problem for an empty path, or one outside a workspace that is not trusted."""
        del inputs
        error = _refusal(self.params.path, context.workspace, self.place("path"))
        if error is not None:
            yield Problem.from_error(error)

    def reads(self, target: Target, workspace: Workspace) -> bool:
        """Return True if the target is the file, or lies where a pattern or folder is read."""
        path = self.params.path
        if target.path is None or not path.strip() or "\0" in path:
            return False
        whole, pattern = workspace.path(path), ""
        if _GLOB.search(path) and not whole.exists():
            whole, pattern = _split(whole)
        elif self.folder_pattern and whole.is_dir():
            pattern = self.folder_pattern
        base = whole.resolve()
        if base.is_relative_to(target.path):
            return True
        if not target.path.is_relative_to(base) or not _shown(target.path, base):
            return False
        below = target.path.relative_to(base).parts
        return fits(below, pattern.split("/")) or (target.folder and pattern.startswith("**"))

    def files(self, context: DesignContext | RunContext) -> list[Path]:
        """Return the files to read, in order.

        Raises:
            ReadFailed: As `input_files` says.
        """
        return input_files(
            self.params.path,
            context.workspace,
            self.place("path"),
            folder_pattern=self.folder_pattern,
        )

    def fingerprint(self, context: RunContext) -> str:
        """Return what the files are: their names, sizes, times, and how they begin and end."""
        found = []
        for path in self.files(context):
            with read_errors(path), path.open("rb") as file:
                stat = path.stat()
                ends = hashlib.sha256(file.read(_END_BYTES))
                file.seek(max(stat.st_size - _END_BYTES, 0))
                ends.update(file.read(_END_BYTES))
            name = shown_path(path, context.workspace)
            found.append((name, stat.st_size, stat.st_mtime_ns, ends.hexdigest()))
        return repr(found)

    def probed(self, context: DesignContext, files: Sequence[Path], compute: Callable[[], T]) -> T:
        """Return what `compute` finds in the files, remembered until they or the params change."""
        key = ("file", self.id, stamp(files), self.params.model_dump_json())
        found: T = context.cache(key, compute)
        return found

    def at_path(self, error: SummitError) -> SummitError:
        """Fill this node and its path in as the place of an error."""
        place = self.place("path")
        return error.at(node_id=place.node_id, node_title=place.node_title, param=place.param)


def input_files(
    path: str, workspace: Workspace, place: Where, *, folder_pattern: str = ""
) -> list[Path]:
    """Return the files that a path or pattern means, in order of name; hidden ones are left out.

    Args:
        path: Relative to the workspace. A file of exactly this name wins over the pattern.
        workspace: What the path is relative to, and whether it is trusted.
        place: The node and field, for errors.
        folder_pattern: What to read of a folder; empty refuses folders.

    Raises:
        ReadFailed: No path (`path_empty`), outside an untrusted workspace (`outside_workspace`),
            nothing there (`file_missing`), or a folder (`file_is_folder`).
    """
    error = _refusal(path, workspace, place)
    if error is not None:
        raise error
    whole = workspace.path(path)
    try:
        if _GLOB.search(path) and not whole.exists():
            base, pattern = _split(whole)
            return _matches(base, pattern, path, workspace, place)
        if folder_pattern and whole.is_dir():
            found = _matches(whole, folder_pattern, path, workspace, place)
            # Other programs keep their work and notes in such files: _temporary, _SUCCESS.
            data = [file for file in found if not _is_work(file, whole)]
            if not data:
                raise _nothing(whole, folder_pattern, place)
            return data
        require_file(whole)
    except SummitError as failed:
        raise failed.at(
            node_id=place.node_id, node_title=place.node_title, param=place.param
        ) from None
    return [whole]


def stamp(paths: Sequence[Path]) -> Stamp:
    """Return what changes whenever the content of one of the files does.

    Raises:
        ReadFailed: One of them is gone.
    """
    found = []
    for path in paths:
        with read_errors(path):
            stat = path.stat()
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def first_file(shown: Sequence[str], start: Position | None) -> int:
    """Return which of the files a reader begins with.

    Args:
        shown: What the files are called, in order.
        start: A position that has the `path` of one of them; None begins with the first.

    Raises:
        ReadFailed: It is no longer among them.
    """
    if start is None:
        return 0
    if start["path"] not in shown:
        raise left_behind(start["path"])
    return shown.index(start["path"])


def plain_bytes(paths: Sequence[Path], compression: Compression) -> int | None:
    """Return how many bytes files have together; None if one of them is compressed."""
    found = {detect_format(path, compression).compression for path in paths}
    return None if found - {"none"} else sum(size for _, _, size in stamp(paths))


def shown_path(path: Path, workspace: Workspace) -> str:
    """Return what rejected rows call a file: its path from the workspace, where it lies inside."""
    return str(path.relative_to(workspace.root) if path.is_relative_to(workspace.root) else path)


def _refusal(path: str, workspace: Workspace, place: Where) -> ReadFailed | None:
    if not path.strip() or "\0" in path:
        return ReadFailed(
            "No file is named",
            why="" if not path.strip() else "the path holds a NUL character",
            do="name the file to read",
            code="path_empty",
            where=place,
        )
    base = _split(workspace.path(path))[0] if _GLOB.search(path) else workspace.path(path)
    return None if workspace.may_read(base) else _outside(path, workspace, place)


def _outside(path: str, workspace: Workspace, place: Where) -> ReadFailed:
    return ReadFailed(
        f"May not read {path}",
        why="it lies outside the workspace, and the workspace is not trusted",
        do="put the file into the pipeline's folder, choose it in the editor to use it there, or"
        f" trust the workspace (summit trust {workspace.root})",
        code="outside_workspace",
        where=place,
    )


def _split(path: Path) -> tuple[Path, str]:
    """Return the folder where a pattern begins, and the pattern below it."""
    parts = path.parts
    at = next((i for i, part in enumerate(parts) if _GLOB.search(part)), len(parts) - 1)
    return Path(*parts[:at]), "/".join(parts[at:])


def _matches(base: Path, pattern: str, path: str, workspace: Workspace, place: Where) -> list[Path]:
    try:
        with read_errors(base):
            found = sorted(
                f
                for f in base.glob(pattern)
                if f.is_file() and _shown(f, base) and not _in_work(f, base, pattern)
            )
    except (ValueError, NotImplementedError) as error:
        raise ReadFailed(
            f"Cannot use the pattern '{path}'",
            why=str(error),
            do="write ** only as a whole folder name, such as data/**/*.csv",
            code="pattern_invalid",
            where=place,
        ) from None
    if not found:
        raise _nothing(base, pattern, place)
    # A link inside the workspace may lead out of it.
    for file in () if workspace.trusted else found:
        if not workspace.may_read(file):
            raise _outside(str(file), workspace, place)
    return found


def _shown(file: Path, base: Path) -> bool:
    return not any(part.startswith(".") for part in file.relative_to(base).parts)


def _is_work(file: Path, base: Path) -> bool:
    parts = file.relative_to(base).parts
    return any(part.startswith("_") and "=" not in part for part in parts)


def _in_work(file: Path, base: Path, pattern: str) -> bool:
    """Return True for a file in a folder for work that only a wildcard of the pattern found."""
    named = set(pattern.split("/"))
    folders = file.relative_to(base).parts[:-1]
    return any(f.startswith("_") and "=" not in f and f not in named for f in folders)


def _nothing(base: Path, pattern: str, place: Where) -> SummitError:
    if not base.is_dir():
        error: SummitError = missing(base)
        return error.at(param=place.param)
    names = sorted(p.name for p in base.iterdir() if not p.name.startswith("."))
    return ReadFailed(
        f"No file matches '{pattern}'",
        why=f"the folder {base} has {listing(names, 8)}" if names else f"{base} is empty",
        do="check the path and the pattern",
        code="file_missing",
        where=Where(place.pipeline, place.node_id, place.node_title, place.param, file=str(base)),
    )
