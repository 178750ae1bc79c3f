"""What was open, as text: the windows of one end for the next start."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray

from summit_studio.app.session.there import gone


@dataclass(frozen=True, slots=True)
class Kept:
    """One window.

    Args:
        files: Those of its tabs that have one, in their order.
        current: The place of the tab that was shown, among these.
        geometry: Where the window stood.
        inside: The modules that one had gone into in the tab of each file, the outermost first.
    """

    files: tuple[Path, ...] = ()
    current: int = 0
    geometry: QByteArray | None = None
    inside: tuple[tuple[Path, ...], ...] = ()

    def way_in(self, path: Path) -> tuple[Path, ...]:
        """Return the modules that one had gone into in the tab of a file."""
        return dict(zip(self.files, self.inside, strict=False)).get(path, ())

    @property
    def here(self) -> "tuple[Path, ...]":
        """The files that are still there."""
        missing = gone(self.files)
        return tuple(path for path in self.files if path not in missing)

    @property
    def shown(self) -> Path | None:
        """The file that was shown, if it is still there; else the first."""
        here = self.here
        wanted = self.files[self.current] if 0 <= self.current < len(self.files) else None
        return wanted if wanted in here else next(iter(here), None)


def written(windows: Iterable[Kept]) -> str:
    """Return windows as text."""
    return json.dumps([_raw(w) for w in windows])


def read(text: str) -> list[Kept]:
    """Return the windows that a text tells of; a damaged one tells of none."""
    try:
        return [_kept(raw) for raw in json.loads(text)] if text else []
    except (ValueError, TypeError, LookupError, AttributeError):
        return []


def _raw(window: Kept) -> dict[str, Any]:
    raw: dict[str, Any] = {"files": [str(p) for p in window.files], "current": window.current}
    if any(window.inside):
        raw["inside"] = [[str(p) for p in way] for way in window.inside]
    if window.geometry is not None:
        raw["geometry"] = b64encode(window.geometry.data()).decode()
    return raw


def _kept(raw: dict[str, Any]) -> Kept:
    geometry = raw.get("geometry")
    return Kept(
        tuple(Path(name) for name in raw["files"]),
        int(raw.get("current", 0)),
        None if geometry is None else QByteArray(b64decode(geometry)),
        tuple(tuple(Path(name) for name in way) for way in raw.get("inside", ())),
    )
