"""The log of the headless tool: warnings in one line on the terminal, everything in a file."""

import logging
import logging.handlers
import os
from pathlib import Path

from summit_studio.cli.terminal import Terminal

_MAX_BYTES = 2_000_000


def log_file() -> Path:
    """Return the file that faults are written to."""
    home = os.environ.get("SUMMIT_HOME")
    if home:
        return Path(home) / "logs" / "summit.log"
    from platformdirs import user_log_path

    return user_log_path("summit-studio", appauthor=False) / "summit.log"


def start_log(terminal: Terminal) -> None:
    """Send what the program logs to the terminal and, once there is something, to the file."""
    logger = logging.getLogger("summit")
    logger.setLevel(logging.DEBUG)
    for handler in logger.handlers:
        handler.close()
    logger.handlers = [_File(), _Screen(terminal)]
    logger.propagate = False


class _Screen(logging.Handler):
    """One line a warning or error, without a traceback."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(logging.WARNING)
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        self._terminal.say(record.getMessage(), "yellow")


class _File(logging.Handler):
    """The log file, made when the first record comes; a folder nobody can write is let be."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._file: logging.handlers.RotatingFileHandler | None = None
        self._failed = False

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._open().emit(record)
        except OSError:
            self._failed = True

    def filter(self, record: logging.LogRecord) -> bool:
        return not self._failed and bool(super().filter(record))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def _open(self) -> logging.handlers.RotatingFileHandler:
        if self._file is None:
            path = log_file()
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = logging.handlers.RotatingFileHandler(
                path, maxBytes=_MAX_BYTES, backupCount=2, encoding="utf-8"
            )
            self._file.setFormatter(self._formatter)
        return self._file
