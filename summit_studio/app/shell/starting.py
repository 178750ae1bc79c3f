"""Makes the application and its window."""

import logging
import signal
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, Qt
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.bridge import Bridge
from summit_studio.app.session.session import Session
from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.catching import Catcher
from summit_studio.app.shell.theming import theme_of
from summit_studio.app.shell.window import MainWindow
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.workspace.trust import config_folder

_LOG_BYTES = 1_000_000
_SIZE = (1600, 1000)


def start(argv: Sequence[str], file: Path | None) -> int:
    """Open the window and stay until it is closed."""
    _log_to_file(config_folder() / "logs")
    app = make_application(argv)
    window = make_window()
    catcher = Catcher(window.session)
    catcher.install()
    window.show()
    if file is not None:
        window.desk.open(file)
    else:
        QTimer.singleShot(0, window, window.desk.offer_recovery)
    # Python sees Ctrl+C only while it runs: wake it now and then.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return app.exec()
    finally:
        window.shut_down()
        catcher.release()


def make_application(argv: Sequence[str]) -> QApplication:
    """Return the one application, made if there is none yet."""
    app = QApplication.instance()
    if app is None:
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
            Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
        )
        app = QApplication(list(argv))
    assert isinstance(app, QApplication)  # noqa: S101 - holds by construction
    app.setApplicationName("summit-studio")
    app.setApplicationDisplayName("Summit Studio")
    app.setDesktopFileName("summit-studio")
    app.setStyle("Fusion")
    return app


def make_window() -> MainWindow:
    """Return a window with an empty session, sized and themed as remembered."""
    settings = Settings()
    theme = theme_of(settings)
    session = Session(Bridge(), Catalogue.load(), theme)
    window = MainWindow(session, settings)
    window.theming.take(theme)
    geometry = settings.window("geometry")
    if geometry is None or not window.restoreGeometry(geometry):
        area = window.screen().availableGeometry()
        window.resize(min(_SIZE[0], area.width()), min(_SIZE[1], area.height()))
    return window


def _log_to_file(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "editor.log", maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log = logging.getLogger("summit")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
