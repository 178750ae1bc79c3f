"""The values that parameters were given for runs: remembered for each file, in the settings."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from summit_studio.app.session.files import FileDesk
from summit_studio.app.session.session import Session
from summit_studio.app.session.settings import Settings

_SECRET = ("passw", "passphrase", "pwd", "secret", "token", "api_key", "apikey", "credential")
"""What in a name tells that a value is to be given anew after each start."""


class RunValues(QObject):
    """Gives the session the values of the file that is opened, and remembers those it is given.

    Those of a pipeline without a file last as long as it is open, and go with it into its file.
    Those whose names speak of secrets are never written.
    """

    def __init__(
        self, session: Session, settings: Settings, desk: FileDesk, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        desk.opened.connect(self._opened)
        desk.saved.connect(self._saved)
        session.values_changed.connect(self._keep)

    @Slot()
    def _opened(self) -> None:
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

    def _kept(self) -> dict[str, Any]:
        values = self._session.values.items()
        return {n: v for n, v in values if not any(w in n.casefold() for w in _SECRET)}
