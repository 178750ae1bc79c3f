"""The workspace: the folder around a pipeline, its connections, and whether it is trusted."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from pydantic import ValidationError

from summit_studio.connectors import toml_text
from summit_studio.connectors.connections import Connection, fault_of, unknown_key_hint
from summit_studio.connectors.files import write_text_atomically
from summit_studio.connectors.trust import is_trusted
from summit_studio.core.errors import SummitError, Where
from summit_studio.core.suggest import did_you_mean, listing

CONNECTIONS_FILE = "connections.toml"


@dataclass(frozen=True)
class Workspace:
    """A folder with pipelines and their connections.

    Args:
        root: The folder, absolute.
        connections: By name.
        trusted: True if the user trusts it to run code and write outside itself.
    """

    root: Path
    connections: Mapping[str, Connection] = field(default_factory=dict)
    trusted: bool = False

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """Read the workspace at `folder`. Touches no network and runs nothing.

        Raises:
            SummitError: `connections.toml` is malformed; the place names file and line.
        """
        root = Path(folder).resolve()
        connections = MappingProxyType(read_connections(root))
        return cls(root=root, connections=connections, trusted=is_trusted(root))

    def path(self, relative: str | Path) -> Path:
        """Return the absolute path of `relative`, taken from the root; `~` is the home folder."""
        return Path(os.path.normpath(self.root / Path(relative).expanduser()))

    def inside(self, path: str | Path) -> bool:
        """Return True if `path`, all symbolic links followed, lies in the workspace."""
        return self.path(path).resolve().is_relative_to(self.root.resolve())

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


def save_connection(root: Path, connection: Connection) -> None:
    """Write `connection` into the workspace's file, over one of the same name.

    Keys and tables this version does not know are kept; comments are not.
    """
    path = root / CONNECTIONS_FILE
    _, tables = _read(path)
    before = tables.get(connection.name)
    kept = _unknown(before) if isinstance(before, dict) else {}
    tables[connection.name] = kept | connection.to_toml()
    _write(path, tables)


def delete_connection(root: Path, name: str) -> None:
    """Take the connection `name` out of the workspace's file.

    Raises:
        SummitError: There is none of this name.
    """
    path = root / CONNECTIONS_FILE
    _, tables = _read(path)
    if name not in tables:
        Workspace(root, read_connections(root)).connection(name)
    del tables[name]
    _write(path, tables)


def _unknown(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in Connection.model_fields}


def _write(path: Path, tables: dict[str, Any]) -> None:
    ordered = {name: _in_order(tables[name]) for name in sorted(tables)}
    try:
        write_text_atomically(path, toml_text.dump(ordered))
    except OSError as error:
        raise _invalid(path, error.strerror or type(error).__name__, None) from None


def _in_order(table: Any) -> Any:
    if not isinstance(table, dict):
        return table
    known = {key: table[key] for key in Connection.model_fields if key in table}
    return known | _unknown(table)


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
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
