"""What dropped files are to a pipeline: a file or folder to read, or a database."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.app.session.placing import endings, for_file
from summit_studio.core.ids import unique_id
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.workspace.connections import Connection

if TYPE_CHECKING:
    from summit_studio.workspace.workspace import Workspace

_SQLITE, _DUCKDB = b"SQLite format 3\0", b"DUCK"
_DATABASES = (".db", ".sqlite", ".sqlite3", ".duckdb", ".ddb")
_LOOKED_AT = 1000
"""Entries of a folder that are looked at: their kinds tell that of the others."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file or folder that a type of source reads.

    Args:
        kind: The type of source.
        path: What it reads; of a folder a pattern.
    """

    kind: type[AnyNode]
    path: Path


@dataclass(frozen=True, slots=True)
class FoundDatabase:
    """A database in a file.

    Args:
        connection: Leads to it: the workspace's own where it has one, else a new one.
        tables: What it has, in its own order.
        new: True if the workspace does not have the connection yet.
    """

    connection: Connection
    tables: tuple[str, ...]
    new: bool


Found = FoundFile | FoundDatabase | None


def found_in(path: Path, catalogue: Catalogue, workspace: "Workspace") -> Found:
    """Return what a dropped file or folder is; None for nothing that a source reads. For a worker.

    Raises:
        SummitError: It is a database that cannot be opened.
        OSError: It cannot be read.
    """
    if path.is_dir():
        return _folder(path, catalogue)
    kind = _database_kind(path)
    if kind:
        return _database(path, kind, workspace)
    found = for_file(catalogue, path)
    return FoundFile(found, path) if found is not None else None


def _folder(folder: Path, catalogue: Catalogue) -> Found:
    names = (p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    files = sorted(islice(names, _LOOKED_AT))
    kinds = [(for_file(catalogue, file), file) for file in files]
    counted = Counter(
        (kind, file.suffix) for kind, file in kinds if kind is not None and _plain(kind, file)
    )
    if not counted:
        return None
    (kind, suffix), _ = counted.most_common(1)[0]
    return FoundFile(kind, folder / f"*{suffix}")


def _plain(kind: type[AnyNode], file: Path) -> bool:
    return file.suffix.lower().lstrip(".") in endings(kind)


def _database_kind(path: Path) -> str:
    """Return the kind of connection that reads a file, told by its content, or an empty text."""
    with path.open("rb") as stream:
        head = stream.read(16)
    if head == _SQLITE:
        return "sqlite"
    if head[8:12] == _DUCKDB:
        return "duckdb"
    # An empty file is an empty SQLite database; only its name tells.
    return "sqlite" if not head and path.suffix.lower() in _DATABASES else ""


def _database(path: Path, kind: str, workspace: "Workspace") -> FoundDatabase:
    from summit_studio.connectors.opening import open_database
    from summit_studio.secrets.store import SecretStore

    known = [c for c in workspace.connections.values() if c.kind == kind and c.path]
    own = next((c for c in known if workspace.path(c.path or "") == path), None)
    inside = path.is_relative_to(workspace.root)
    written = path.relative_to(workspace.root).as_posix() if inside else str(path)
    name = unique_id(_name(path), workspace.connections)
    connection = own or Connection(name=name, kind=kind, path=written)
    with open_database(connection, SecretStore(root=workspace.root), workspace) as database:
        return FoundDatabase(connection, tuple(database.tables()), new=own is None)


def _name(path: Path) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "_" for c in path.name.partition(".")[0])
    return kept.strip("_").lower() or "database"
