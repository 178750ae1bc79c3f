"""The values that parameters were given for runs: remembered for each file, in the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from summit_studio.app.session.files import FileDesk
from summit_studio.app.session.session import Session
from summit_studio.app.session.settings import Settings
from summit_studio.document.model import Parameter

_SECRET = ("passw", "passphrase", "pwd", "secret", "token", "api_key", "apikey", "credential")
"""What in a name tells that a value is to be given anew after each start."""


@dataclass(frozen=True, slots=True)
class Renames:
    """Parameters that were renamed by an edit, which may be undone and done again.

    Args:
        before: The parameters before it.
        after: Those after it.
        names: The new names by the old ones.
    """

    before: Mapping[str, Parameter]
    after: Mapping[str, Parameter]
    names: Mapping[str, str]


class RunValues(QObject):
    """Gives the session the values of the file that is opened, and remembers those it is given.

    Those of a pipeline without a file last as long as it is open, and go with it into its file.
    Values go with the names of their parameters, also where a renaming is undone. Those whose names
    speak of secrets are never written.
    """

    def __init__(
        self, session: Session, settings: Settings, desk: FileDesk, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        desk.opened.connect(self._opened)
        desk.saved.connect(self._saved)
        self._renames: list[Renames] = []
        session.values_changed.connect(self._keep)
        session.parameters_renamed.connect(self._renames.append)
        session.bridge.changed.connect(self._edited)

    @Slot()
    def _opened(self) -> None:
        self._renames.clear()
        path = self._session.files.path
        self._session.set_values(self._settings.values_of(path) if path else {})

    @Slot(object)
    def _saved(self, path: Path) -> None:
        if self._session.values:
            self._settings.set_values(path, self._kept())

    @Slot(object)
    def _keep(self, _values: object) -> None:
        path = self._session.files.path
        if path is not None and self._kept() != self._settings.values_of(path):
            self._settings.set_values(path, self._kept())

    @Slot(object)
    def _edited(self, change: Any) -> None:
        before, after = change.previous.parameters, change.document.parameters
        if before == after:
            return
        for renames in reversed(self._renames):
            if (renames.before, renames.after) == (before, after):
                self._carry(renames.names)
                return
            if (renames.after, renames.before) == (before, after):
                self._carry({new: old for old, new in renames.names.items()})
                return

    def _carry(self, names: Mapping[str, str]) -> None:
        """Let values go with names, but no secret to a name that would have it written."""
        fit = {old: new for old, new in names.items() if _is_secret(new) or not _is_secret(old)}
        self._session.rename_values(fit)

    def _kept(self) -> dict[str, Any]:
        values = self._session.values.items()
        return {n: v for n, v in values if not _is_secret(n)}


def _is_secret(name: str) -> bool:
    return any(word in name.casefold() for word in _SECRET)
