"""The workspace: the folder around a pipeline, its connections, and whether it is trusted."""

import os
import re
import tomllib
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from pydantic import ValidationError

from summit_studio.core.durable import write_text_atomically
from summit_studio.core.errors import SummitError, Untrusted, Where
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.workspace.connections import Connection, fault_of, unknown_key_hint
from summit_studio.workspace.picked import Picked
from summit_studio.workspace.toml_edit import delete_table, rename_table, set_table
from summit_studio.workspace.trust import is_trusted

CONNECTIONS_FILE = "connections.toml"

_FIELDS = frozenset(Connection.model_fields)


@dataclass(frozen=True)
class Workspace:
    """A folder with pipelines and their connections.

    Args:
        root: The folder, absolute.
        connections: By name.
        trusted: True if the user trusts it to run code and write outside itself.
        aside: A folder of the program's own that counts as inside (a rehearsal), absolute.
        picked: What the person picked outside of it for the pipeline at hand.
    """

    root: Path
    connections: Mapping[str, Connection] = field(default_factory=dict)
    trusted: bool = False
    aside: Path | None = None
    picked: Picked = field(default_factory=Picked)

    @classmethod
    def open(cls, folder: Path | str, picked: Picked | None = None) -> Self:
        """Read the workspace at `folder`. Touches no network and runs nothing.

        Args:
            folder: Where it is.
            picked: What the person picked outside of it; None for nothing.

        Raises:
            SummitError: `connections.toml` is malformed; the place names file and line.
        """
        root = Path(folder).resolve()
        connections = MappingProxyType(read_connections(root))
        trusted = is_trusted(root)
        return cls(root, connections, trusted=trusted, picked=picked or Picked())

    def path(self, relative: str | Path) -> Path:
        """Return the absolute path of `relative`, taken from the root; `~` is the home folder."""
        return Path(os.path.normpath(self.root / Path(relative).expanduser()))

    def inside(self, path: str | Path) -> bool:
        """Return True if `path`, all symbolic links followed, lies in the workspace."""
        place = self.path(path).resolve()
        folders = [self.root] if self.aside is None else [self.root, self.aside]
        return any(place.is_relative_to(folder.resolve()) for folder in folders)

    def may_read(self, path: str | Path) -> bool:
        """Return True if `path` may be read: all in a trusted workspace, else what is its own."""
        inside = self.trusted or self.inside(path)
        return inside or self.picked.may_read(self.path(path).resolve())

    def may_write(self, path: str | Path) -> bool:
        """Return True if `path` may be written, as `may_read` says of reading."""
        inside = self.trusted or self.inside(path)
        return inside or self.picked.may_write(self.path(path).resolve())

    def connection(self, name: str) -> Connection:
        """Return the connection called `name`.

        Raises:
            SummitError: There is none (`connection_missing`), with the known names.
        """
        found = self.connections.get(name)
        if found is not None:
            return found
        known = listing(self.connections) or "none"
        near = did_you_mean(name, self.connections)
        raise SummitError(
            f"Cannot find the connection '{name}'",
            why=f"the workspace {self.root} has the connections: {known}",
            do=f"choose '{near}'" if near else f"add it to {CONNECTIONS_FILE}",
            code="connection_missing",
            where=Where(file=str(self.root / CONNECTIONS_FILE)),
        )


def read_connections(root: Path) -> dict[str, Connection]:
    """Return the connections of the workspace at `root`; none if the file is absent."""
    path = root / CONNECTIONS_FILE
    text, tables = _read(path)
    return {
        name: _connection(path, text, name, table)
        for name, table in tables.items()
        if isinstance(table, dict)
    }


def save_connection(root: Path, connection: Connection, was: str | None = None) -> None:
    """Write `connection` into the workspace's file, over one of the same name.

    Nothing else in the file changes; keys of the table that this version does not know are kept.

    Args:
        root: The workspace.
        connection: What to write.
        was: The name it had before, where it gets another; its place in the file stays.

    Raises:
        SummitError: The new name is taken, or the file cannot be read or written.
    """
    path = root / CONNECTIONS_FILE
    text, tables = _read(path)
    name = connection.name
    if was is not None and was != name and was in tables:
        if name in tables:
            raise SummitError(
                f"Cannot rename '{was}' to '{name}'",
                why="there is a connection of that name",
                do="choose another name, or delete that connection first",
                code="connection_exists",
                where=Where(file=str(path)),
            )
        text = rename_table(text, was, name)
    _write(path, set_table(text, name, connection.to_toml(), lambda key: key not in _FIELDS))


def delete_connection(root: Path, name: str) -> None:
    """Take the connection `name` out of the workspace's file.

    Raises:
        SummitError: There is none of this name.
    """
    path = root / CONNECTIONS_FILE
    text, tables = _read(path)
    if name not in tables:
        Workspace(root, read_connections(root)).connection(name)
    _write(path, delete_table(text, name))


def _write(path: Path, text: str) -> None:
    try:
        mark = path.exists() and path.read_bytes().startswith(BOM_UTF8)
        write_text_atomically(path, "\ufeff" + text if mark else text)
    except OSError as error:
        raise _invalid(path, error.strerror or type(error).__name__, None) from None


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Line ends stay what they are.
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return "", {}
    except tomllib.TOMLDecodeError as error:
        raise _invalid(path, str(error), _line_of_fault(str(error), path)) from None
    except UnicodeDecodeError:
        raise _invalid(path, "it is not UTF-8 text", None) from None
    except (OSError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "it is nested too deeply"
        raise _invalid(path, why, None) from None


def _line_of_fault(message: str, path: Path) -> int | None:
    at = re.search(r"at line (\d+)", message)
    if at:
        return int(at[1])
    return len(path.read_text(encoding="utf-8-sig").splitlines()) or None


def _connection(path: Path, text: str, name: str, table: dict[str, Any]) -> Connection:
    try:
        found = Connection(**(table | {"name": name}))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        line = _line_of_key(text, name, key)
        fault = fault_of(dict(first), table.get("kind"))
        raise _invalid(path, f"connection '{name}': {fault}", line) from None
    hint = unknown_key_hint(found)
    if hint:
        line = _line_of_key(text, name, "")
        raise _invalid(path, f"connection '{name}' has unknown keys: {hint}", line)
    return found


def _line_of_key(text: str, table: str, key: str) -> int | None:
    """Return the line of `key` in [table], else of the table's head; a help, not a parser."""
    head: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            inside = re.match(r'\[\s*"?([^"\]]+?)"?\s*\]', stripped)
            if head is not None:
                break
            if inside and inside[1] == table:
                head = number
        elif head is not None and key and re.match(rf'"?{re.escape(key)}"?\s*=', stripped):
            return number
    return head


def _invalid(path: Path, why: str, line: int | None) -> SummitError:
    return SummitError(
        f"Cannot use {CONNECTIONS_FILE}",
        why=why,
        do="correct the line and try again",
        code="connections_invalid",
        where=Where(file=str(path), line=line),
    )


def require_trust(workspace: Workspace, path: Path) -> None:
    """Raise Untrusted if `path` lies outside a workspace not trusted, and was not picked."""
    if not workspace.may_write(path):
        raise Untrusted(
            f"Cannot write {path}",
            why="it lies outside the workspace, which is not trusted",
            do=f"trust the workspace (summit trust {workspace.root}), or write inside it",
            where=Where(file=str(path)),
        )
