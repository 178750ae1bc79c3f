"""Makes the application and its window."""

import gc
import logging
import os
import signal
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, Qt
from PySide6.QtWidgets import QApplication

from summit_studio.app.canvas.accessible import make_canvas_accessible
from summit_studio.app.look.words import languages, speak
from summit_studio.app.session.examples import is_example
from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.catching import Catcher
from summit_studio.app.shell.editor import Editor
from summit_studio.app.shell.editor_window import EditorWindow
from summit_studio.app.shell.garbage import GarbageCollector
from summit_studio.document.files import SUFFIX
from summit_studio.document.modules import MODULE_SUFFIX
from summit_studio.workspace.trust import config_folder

_LOG_BYTES = 1_000_000

_log = logging.getLogger("summit.editor")


def start(argv: Sequence[str], files: Sequence[Path] = (), language: str = "") -> int:
    """Open the editor as it was left, and besides files, and stay until it is closed.

    Args:
        argv: The command line as Qt takes it.
        files: Pipelines and modules to open; one new pipeline reads all others.
        language: The code of the language to speak; empty for the one chosen by SUMMIT_LANGUAGE
            or in the settings, the first that is.
    """
    gc.freeze()  # What was imported stays.
    _log_to_file(config_folder() / "logs")
    app = make_application(argv)
    asked = language or os.environ.get("SUMMIT_LANGUAGE", "") or Settings().language
    spoken = speak(app, asked)
    if asked and not asked.lower().startswith(spoken):
        known = ", ".join(languages())
        _log.warning("There is no language '%s', so English is spoken; known: %s.", asked, known)
    collector = GarbageCollector()
    collector.start()
    editor = Editor()
    catcher = Catcher(editor.tell)
    catcher.install()
    editor.restore()
    _open(editor, [file.absolute() for file in files])
    for window in editor.windows:
        window.show()
    QTimer.singleShot(0, editor, editor.look_back)
    # Python sees Ctrl+C only while it runs: wake it now and then.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return app.exec()
    finally:
        editor.shut_down()
        catcher.release()
        collector.stop()


def _open(editor: Editor, files: Sequence[Path]) -> None:
    window = editor.windows[0]
    documents = [f for f in files if f.name.endswith((SUFFIX, MODULE_SUFFIX))]
    for file in documents:
        if is_example(file):  # It is the user's copy that is opened; there may be none yet.
            editor.open(file, window)
        else:
            window.wait_for(file)
    window.begin_with([f for f in files if f not in documents])


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
    make_canvas_accessible(app)
    return app


def make_window() -> EditorWindow:
    """Return the first window of a new editor, sized as remembered, on no document."""
    return Editor().new_window()


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
