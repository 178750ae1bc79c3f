"""What the editor remembers between starts: the theme, the window, recent files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from summit_studio.app.session.there import gone
from summit_studio.workspace.trust import config_folder

_RECENT = 12
_RECENT_TYPES = 20
_DOCUMENTS = 50


class Settings:
    """A settings file in the user's settings folder, so that SUMMIT_HOME keeps tests apart."""

    def __init__(self) -> None:
        folder = config_folder()
        self._store = QSettings(str(folder / "editor.ini"), QSettings.Format.IniFormat)

    @property
    def dark(self) -> bool | None:
        """Whether the chosen theme is dark; None follows the system."""
        return self._either("theme", "dark", "light")

    @dark.setter
    def dark(self, dark: bool | None) -> None:
        self._choose("theme", dark, "dark", "light")

    @property
    def contrast(self) -> bool | None:
        """Whether the theme is to be of high contrast; None follows the system."""
        return self._either("contrast", "high", "normal")

    @contrast.setter
    def contrast(self, contrast: bool | None) -> None:
        self._choose("contrast", contrast, "high", "normal")

    @property
    def language(self) -> str:
        """The code of the language that the editor speaks; empty follows the system."""
        return str(self._store.value("language") or "")

    @property
    def recent(self) -> list[Path]:
        """Files opened or saved, newest first, those that are gone left out."""
        known = [Path(text) for text in self._list("recent")]
        missing = gone(known)
        return [path for path in known if path not in missing][:_RECENT]

    def add_recent(self, path: Path) -> None:
        """Put a file on top of the recent ones."""
        rest = [text for text in self._list("recent") if text != str(path)]
        self._store.setValue("recent", [str(path), *rest][:_RECENT])

    @property
    def uses(self) -> dict[str, int]:
        """How often each node type was added, by its id."""
        stored: Any = self._store.value("uses") or {}
        return {str(k): int(v) for k, v in stored.items()} if isinstance(stored, dict) else {}

    def count_use(self, type_id: str) -> None:
        """Note that a node of a type was added."""
        uses = self.uses
        self._store.setValue("uses", uses | {type_id: uses.get(type_id, 0) + 1})
        rest = [i for i in self.recent_types if i != type_id]
        self._store.setValue("recent_types", [type_id, *rest][:_RECENT_TYPES])

    @property
    def recent_types(self) -> list[str]:
        """The node types added last, by their ids, newest first."""
        return self._list("recent_types")

    @property
    def favourites(self) -> list[str]:
        """The node types that the library lists first, by their ids, the last one starred last."""
        return self._list("favourites")

    def set_favourite(self, type_id: str, *, favourite: bool) -> None:
        """Give a node type a star, or take it away."""
        rest = [i for i in self.favourites if i != type_id]
        self._store.setValue("favourites", [*rest, type_id] if favourite else rest)

    def values_of(self, path: Path) -> dict[str, Any]:
        """Return the values that parameters of a pipeline's file were last given for a run."""
        return self._values.get(str(path), {})

    def set_values(self, path: Path, values: Mapping[str, Any]) -> None:
        """Remember the values of parameters for a pipeline's file; JSON values."""
        kept = {k: v for k, v in self._values.items() if k != str(path)}
        if values:
            kept[str(path)] = dict(values)
        newest = dict(list(kept.items())[-_DOCUMENTS:])
        self._store.setValue("run_values", json.dumps(newest))

    @property
    def _values(self) -> dict[str, dict[str, Any]]:
        try:
            stored = json.loads(str(self._store.value("run_values") or "{}"))
        except ValueError:
            return {}
        known = stored.items() if isinstance(stored, dict) else ()
        return {k: v for k, v in known if isinstance(v, dict)}

    def window(self, key: str) -> QByteArray | None:
        """Return a window's saved state."""
        value = self._store.value(f"window/{key}")
        return value if isinstance(value, QByteArray) else None

    def set_window(self, key: str, state: QByteArray) -> None:
        """Save a window's state."""
        self._store.setValue(f"window/{key}", state)

    def forget_window(self) -> None:
        """Forget every window's state."""
        self._store.remove("window")

    @property
    def restores(self) -> bool:
        """Whether a start opens again what was open at the end."""
        return str(self._store.value("restore", "true")) == "true"

    @restores.setter
    def restores(self, restores: bool) -> None:
        self._store.setValue("restore", "true" if restores else "false")

    @property
    def minimap(self) -> bool:
        """Whether a small overview is shown where a pipeline does not fit the canvas."""
        return str(self._store.value("minimap", "true")) == "true"

    @minimap.setter
    def minimap(self, wanted: bool) -> None:
        self._store.setValue("minimap", "true" if wanted else "false")

    def builds(self, field: str) -> bool:
        """Return whether the conditions of a field are built from rows, not written."""
        return str(self._store.value(f"builds/{field}", "false")) == "true"

    def set_builds(self, field: str, builds: bool) -> None:  # noqa: FBT001
        """Remember how the conditions of a field are edited."""
        self._store.setValue(f"builds/{field}", "true" if builds else "false")

    @property
    def toured(self) -> bool:
        """Whether the tour was begun or declined: it is not offered again by itself."""
        return str(self._store.value("toured", "false")) == "true"

    @toured.setter
    def toured(self, toured: bool) -> None:
        self._store.setValue("toured", "true" if toured else "false")

    @property
    def snaps(self) -> bool:
        """Whether what is dragged on the canvas comes to stand on the grid and in line."""
        return str(self._store.value("snap", "true")) == "true"

    @snaps.setter
    def snaps(self, wanted: bool) -> None:
        self._store.setValue("snap", "true" if wanted else "false")

    @property
    def session(self) -> str:
        """What was open, as `shell.restoring` wrote it; empty where nothing is known."""
        return str(self._store.value("session", ""))

    @session.setter
    def session(self, text: str) -> None:
        self._store.setValue("session", text)

    def _list(self, key: str) -> list[str]:
        # A list of one comes back from the file as a text.
        value: Any = self._store.value(key) or []
        return [value] if isinstance(value, str) else list(value)

    def _either(self, key: str, yes: str, no: str) -> bool | None:
        return {yes: True, no: False}.get(str(self._store.value(key)))

    def _choose(self, key: str, value: bool | None, yes: str, no: str) -> None:  # noqa: FBT001
        if value is None:
            self._store.remove(key)
        else:
            self._store.setValue(key, yes if value else no)

    def flush(self) -> None:
        """Write what waits."""
        self._store.sync()
