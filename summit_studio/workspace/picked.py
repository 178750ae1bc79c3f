"""Files outside their pipeline's folder that this person picked: picking one is leave to use it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from summit_studio.core.errors import SummitError, Where
from summit_studio.workspace.trust import config_folder

_MOST = 500
"""Pipelines that are remembered; the one not touched for longest goes first."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A file or folder that a person chose in a dialog, or dropped.

    Args:
        path: Absolute.
        to_write: True for a place to write to, which may be read, too.
    """

    path: Path
    to_write: bool = False


@dataclass(frozen=True)
class Picked:
    """What was picked for one pipeline: files, and folders with all in them, links followed."""

    to_read: frozenset[Path] = frozenset()
    to_write: frozenset[Path] = frozenset()

    def with_pick(self, pick: Pick) -> Self:
        """Return the same and one more."""
        more = frozenset({pick.path.resolve()})
        if pick.to_write:
            return type(self)(self.to_read, self.to_write | more)
        return type(self)(self.to_read | more, self.to_write)

    def may_read(self, path: Path) -> bool:
        """Return True if `path`, absolute and resolved, was picked to read or to write."""
        return any(path.is_relative_to(place) for place in self.to_read | self.to_write)

    def may_write(self, path: Path) -> bool:
        """Return True if `path`, absolute and resolved, was picked to write."""
        return any(path.is_relative_to(place) for place in self.to_write)


def picked_for(file: Path, document_id: str) -> Picked:
    """Return what this person picked for the pipeline in `file`.

    It is kept in the person's settings, never in the pipeline: another pipeline that names the
    same files, or takes the place of this one, gains nothing. A damaged list gives nothing.

    Args:
        file: The pipeline's file.
        document_id: The pipeline's id, see `document.identity`.
    """
    entry = _stored().get(str(file.resolve()))
    if not isinstance(entry, dict) or entry.get("id") != document_id:
        return Picked()
    return Picked(_paths(entry.get("read")), _paths(entry.get("write")))


def remember_picked(file: Path, document_id: str, picked: Picked) -> None:
    """Keep what was picked for the pipeline in `file`, in place of what was kept before.

    Raises:
        SummitError: The settings folder cannot be written.
    """
    from summit_studio.core.durable import write_text_atomically

    stored, key = _stored(), str(file.resolve())
    stored.pop(key, None)
    stored[key] = {
        "id": document_id,
        "read": _names(picked.to_read),
        "write": _names(picked.to_write),
    }
    kept = dict(list(stored.items())[-_MOST:])
    path = _list_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text_atomically(path, json.dumps({"pipelines": kept}, indent=2) + "\n")
    except OSError as error:
        raise SummitError(
            "Cannot remember the picked file",
            why=error.strerror or type(error).__name__,
            do="check that your settings folder can be written",
            code="settings_unwritable",
            where=Where(file=str(path)),
        ) from None


def _stored() -> dict[str, Any]:
    try:
        stored = json.loads(_list_path().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    found = stored.get("pipelines") if isinstance(stored, dict) else None
    return found if isinstance(found, dict) else {}


def _paths(names: Any) -> frozenset[Path]:
    if not isinstance(names, list):
        return frozenset()
    return frozenset(Path(n) for n in names if isinstance(n, str) and Path(n).is_absolute())


def _names(paths: Iterable[Path]) -> list[str]:
    return sorted(map(str, paths))


def _list_path() -> Path:
    return config_folder() / "picked-files.json"
