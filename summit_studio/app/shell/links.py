"""Opens what a link in a note leads to, if it may be opened."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.problems import Severity

_WEB = ("http", "https")
_PROGRAMS = frozenset(
    {
        ".appimage", ".bat", ".cmd", ".com", ".desktop", ".exe", ".hta", ".jar", ".js", ".jse",
        ".lnk", ".msi", ".ps1", ".py", ".pyw", ".scr", ".sh", ".vbe", ".vbs", ".wsf", ".wsh",
    }
)  # fmt: skip


class Links(QObject):
    """Follows a link once it was clicked: into the web, or to a file in the pipeline's folder."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    @Slot(object)
    def open(self, link: str) -> None:
        """Open a link, or say why it is not opened."""
        url, why_not = target(link, self._session.files.folder)
        if url is None:
            text = tr("The link to '{link}' was not opened", link=link)
            self._session.notice(Notice(text, why_not, Severity.WARNING))
        else:
            QDesktopServices.openUrl(url)


def target(link: str, folder: Path) -> tuple[QUrl | None, str]:
    """Return what a link opens, or None and why nothing: pipelines come from strangers, too.

    Args:
        link: As it stands in a note.
        folder: That of the pipeline; relative paths begin there.
    """
    parts = urlsplit(link)
    if parts.scheme.lower() in _WEB and parts.netloc:
        return QUrl(link), ""
    if parts.scheme.lower() not in ("", "file"):
        return None, tr("Only http and https links and files in the folder of the pipeline open.")
    inside = folder.resolve()
    path = (inside / unquote(parts.path)).resolve()
    if parts.netloc or not path.is_relative_to(inside):
        return None, tr("It leads out of the folder of the pipeline.")
    if not path.exists():
        return None, tr("There is no such file in the folder of the pipeline.")
    if path.is_file() and (path.suffix.lower() in _PROGRAMS or os.access(path, os.X_OK)):
        return None, tr("It is a program, and a link must not run one.")
    return QUrl.fromLocalFile(str(path)), ""
