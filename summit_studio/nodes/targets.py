"""What a sink writes, told so that it can be compared with what a source reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.connectors.names import TableName
from summit_studio.core.errors import SummitError
from summit_studio.expressions.scan import tokens
from summit_studio.workspace.connections import FILE_KINDS, Connection

if TYPE_CHECKING:
    from summit_studio.workspace.workspace import Workspace

_BEFORE_TABLE = frozenset({"from", "join", ",", "table"})


@dataclass(frozen=True, slots=True)
class Target:
    """A file, a folder or a table; equal ones are the same thing under whatever name.

    Args:
        path: The file or folder, absolute, links followed; None for a table.
        folder: True if a folder of files is written.
        database: What the connection leads to.
        table: Schema and table.
    """

    path: Path | None = None
    folder: bool = False
    database: tuple[str, ...] = ()
    table: tuple[str, str] = ("", "")

    @property
    def file(self) -> str:
        """The database file that a table is in; empty for those of a server, and for files."""
        return self.database[1] if self.database and self.database[0] in FILE_KINDS else ""


def file_target(workspace: "Workspace", path: str, *, folder: bool = False) -> Target | None:
    """Return what a path of a sink leads to, or None where it names nothing."""
    if not path.strip() or "\0" in path:
        return None
    return Target(workspace.path(path).resolve(), folder)


def table_target(workspace: "Workspace", connection: str, table: str) -> Target | None:
    """Return the table that a connection and a name lead to, or None where they lead nowhere."""
    known = workspace.connections.get(connection)
    if known is None:
        return None
    try:
        name = TableName.parse(table)
    except SummitError:
        return None
    schema = name.schema or ("public" if known.kind == "postgres" else "main")
    key = (schema, name.table)
    if known.kind in FILE_KINDS:
        key = (schema.casefold(), name.table.casefold())
    return Target(database=_database(known, workspace), table=key)


def tables_in(query: str) -> Iterator[str]:
    """Yield the names that stand where a query names its tables; a guess, good for a warning."""
    words = [t for t in tokens(query) if t.kind not in {"space", "comment"}]
    for at, word in enumerate(words[1:], start=1):
        if word.kind in {"name", "quoted"} and words[at - 1].text.casefold() in _BEFORE_TABLE:
            dotted = words[at + 1 : at + 3]
            whole = len(dotted) > 1 and dotted[0].text == "."
            yield f"{word.text}.{dotted[1].text}" if whole else word.text


def fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return True if a path below a folder fits a pattern; `**` stands for any folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(fits(parts[at:], pattern[1:]) for at in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and fits(parts[1:], pattern[1:])


def _database(connection: Connection, workspace: "Workspace") -> tuple[str, ...]:
    if connection.kind in FILE_KINDS:
        return (connection.kind, str(workspace.path(connection.path or "").resolve()))
    places = (connection.host, connection.port, connection.database or connection.user)
    return (connection.kind, *(str(place or "") for place in places))
