"""What a pipeline needs from around it: files, connections, secrets, parameters, trust."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from summit_studio.core.bound import LAST_WATERMARK
from summit_studio.core.errors import SummitError, Where
from summit_studio.document.files import load
from summit_studio.document.model import Document, Node
from summit_studio.document.modules import Module
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import SinkNode, SourceNode
from summit_studio.nodes.params import Editor
from summit_studio.nodes.parts.input import input_files
from summit_studio.planning.modules import MODULE, Expanded, expand, is_inner, values_known
from summit_studio.planning.parameters import InvalidParameter, fill_in
from summit_studio.workspace.connections import FILE_KINDS, Connection
from summit_studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

_OUT = (Editor.FILE_OUT, Editor.FOLDER_OUT)


@dataclass
class Contents:
    """What a pipeline reads, writes and needs.

    Args:
        text: The very text of its file.
        connections: Those that its nodes name.
        inputs: Files inside the workspace that sources read, absolute.
        modules: What the modules hold, by their file inside the workspace, absolute.
        missing: Paths that sources name and that cannot be found or lie outside.
        code: True if it runs a person's code.
        frames: Packages that its code is handed rows in.
        obstacles: Why a trial run could change something it must not, or cannot run.
    """

    document: Document
    text: str
    file: Path
    workspace: Workspace
    connections: dict[str, Connection] = field(default_factory=dict)
    inputs: list[Path] = field(default_factory=list)
    modules: dict[Path, Module] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    code: bool = False
    frames: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def contents_of(path: Path, catalogue: Catalogue) -> Contents:
    """Return what the pipeline in a file needs, its parameters at their defaults.

    Raises:
        SummitError: The file, a node or the connections cannot be read.
    """
    loaded = load(path)
    file = path.resolve()
    workspace = Workspace.open(file.parent)
    found = Contents(loaded.document, loaded.text, file, workspace)
    values = values_known(loaded.document, {})
    expanded = expand(loaded.document, catalogue, workspace, values)
    _take_modules(expanded, found)
    found.skipped = [f"'{skip.title}'" for skip in expanded.skipped.values()]
    for node in expanded.document.nodes.values():
        if node.type != MODULE:
            _look_at(node, catalogue, found)
    found.inputs = list(dict.fromkeys(found.inputs))
    needed = [n for n, p in loaded.document.parameters.items() if p.default is None]
    found.obstacles += [f"parameter '{name}' has no default" for name in needed]
    for connection in found.connections.values():
        scheme, _, place = (connection.password or "").partition(":")
        if scheme == "file" and _stays(place, workspace):
            found.obstacles.append(f"the secret of '{connection.name}' is a file of this folder")
    return found


def _take_modules(expanded: Expanded, found: Contents) -> None:
    for put_in in expanded.modules.values():
        if _stays(put_in.path, found.workspace):
            found.modules[put_in.file] = put_in.module
        else:
            found.missing.append(put_in.path)
            found.obstacles.append(f"the module {put_in.path} is outside the folder")
    unread = [n for i, n in expanded.document.nodes.items() if n.type == MODULE]
    found.obstacles += [f"the module of '{n.title or n.id}' cannot be put in" for n in unread]


def _look_at(node: Node, catalogue: Catalogue, found: Contents) -> None:
    kind = catalogue.get(node.type)
    params = dict(node.params) if is_inner(node.id) else _filled(node, found.document)
    if params is not None:
        bound = catalogue.bind(node, params)
        params = bound.params.model_dump(mode="json")
    else:
        params = dict(node.params)
    title = node.title or kind.title
    if kind.runs_code:
        found.code = True
        if params.get("frame") in {"pandas", "polars"}:
            found.frames.append(str(params["frame"]))
    for name in _fields(kind, (Editor.CONNECTION,)):
        _use_connection(str(params.get(name) or ""), kind, title, params, found)
    for name in _fields(kind, (Editor.FILE_IN,)):
        _read_files(str(params.get(name) or ""), kind, title, found)
    for name in _fields(kind, _OUT):
        _write_path(str(params.get(name) or ""), title, found)


def _filled(node: Node, document: Document) -> dict[str, Any] | None:
    values = {n: p.default for n, p in document.parameters.items() if p.default is not None}
    values.setdefault(LAST_WATERMARK, "")
    try:
        filled: dict[str, Any] = fill_in(node.params, values)
    except InvalidParameter:
        return None
    return filled


def _fields(kind: type[AnyNode], editors: "Iterable[Editor]") -> Iterator[str]:
    wanted = {e.value for e in editors}
    for name, info in kind.params_class.model_fields.items():
        extra = info.json_schema_extra
        if isinstance(extra, Mapping) and extra.get("editor") in wanted:
            yield name


def _use_connection(
    name: str, kind: type[AnyNode], title: str, params: Mapping[str, Any], found: Contents
) -> None:
    if "${" in name:
        found.connections.update(found.workspace.connections)
        return
    connection = found.workspace.connection(name)
    found.connections[name] = connection
    what = params.get("table") or params.get("query") or ""
    line = f"{title}: {connection.describe()}, {' '.join(str(what).split())}".rstrip(", ")
    inside = connection.kind in FILE_KINDS and _stays(str(connection.path), found.workspace)
    if issubclass(kind, SinkNode):
        found.writes.append(line)
        if not inside:
            found.obstacles.append(f"'{title}' writes to the connection '{name}'")
    else:
        found.reads.append(line)
    if issubclass(kind, SourceNode) and connection.kind in FILE_KINDS:
        database = found.workspace.path(str(connection.path))
        if inside and database.is_file():
            logs = (database.with_name(database.name + end) for end in ("-wal", ".wal"))
            found.inputs += [database, *(log for log in logs if log.is_file())]
        else:
            found.missing.append(str(connection.path))


def _read_files(path: str, kind: type[AnyNode], title: str, found: Contents) -> None:
    found.reads.append(f"{title}: {path}")
    pattern = str(getattr(kind, "folder_pattern", ""))
    try:
        files = input_files(path, found.workspace, Where(), folder_pattern=pattern)
    except SummitError:
        found.missing.append(path)
        return
    if not _stays(path, found.workspace) or not all(map(found.workspace.inside, files)):
        found.missing.append(path)
        return
    found.inputs += files


def _write_path(path: str, title: str, found: Contents) -> None:
    found.writes.append(f"{title}: {path}")
    if not _stays(path, found.workspace):
        found.obstacles.append(f"'{title}' writes {path}, which is outside the folder")


def _stays(path: str, workspace: Workspace) -> bool:
    """Return True if `path` leads to the copy, and not back here, once the folder is copied."""
    plain = PurePath(path)
    return not plain.is_absolute() and not path.startswith("~") and workspace.inside(path)
