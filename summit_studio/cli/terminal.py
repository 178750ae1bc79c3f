"""Where a command writes: results on standard output, narration on standard error."""

import contextlib
import json
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from summit_studio.core.showing import printable, table_lines

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Terminal:
    """The two streams of a command.

    A reader that goes away is no reason to stop: what cannot be written is let go. Control
    characters in texts are shown as escapes, so that data cannot steer the terminal.

    Args:
        out: Standard output; None where it is closed.
        err: Standard error; None where it is closed.
        environ: The process environment, for NO_COLOR and TERM.
    """

    def __init__(
        self, out: TextIO | None, err: TextIO | None, environ: Mapping[str, str] | None = None
    ) -> None:
        self.out = out
        self.err = err
        self._environ = os.environ if environ is None else environ
        self._gone: set[int] = set()
        self._lock = threading.Lock()
        for stream in (out, err):
            if stream is not None and hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")

    @classmethod
    def standard(cls) -> "Terminal":
        """Return the process's own streams."""
        return cls(sys.stdout, sys.stderr)

    @property
    def lively(self) -> bool:
        """True if standard error is a terminal that can redraw lines."""
        return _is_terminal(self.err) and self._environ.get("TERM") != "dumb"

    @property
    def colours(self) -> bool:
        """True if standard output may be coloured (https://no-color.org)."""
        return self._may_colour(self.out)

    def print(self, text: str = "") -> None:
        """Write a line of the result."""
        self._write(self.out, text)

    def line(self, text: str) -> None:
        """Write a line of the result that holds words of the pipeline or of data."""
        self.print(printable(text))

    def say(self, text: str, style: str = "") -> None:
        """Write a line of narration."""
        text = printable(text)
        self._write(self.err, styled(text, style) if self._may_colour(self.err) else text)

    def json(self, value: Any, *, indent: int | None = 2) -> None:
        """Write the result as JSON; `indent=None` gives one line."""
        self.print(json.dumps(value, ensure_ascii=False, indent=indent, default=str))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Any]], right: str = "") -> None:
        """Write the result as a table.

        Args:
            head: The titles of the columns.
            rows: The cells; None is shown as nothing.
            right: A letter for each column, `r` for those that align to the right.
        """
        cells = [["" if c is None else printable(str(c), lines=False) for c in r] for r in rows]
        title, *lines = table_lines(head, cells, right)
        self.print(styled(title, "bold") if self.colours else title)
        for line in lines:
            self.print(line)

    def close(self) -> None:
        """Write out what is held back; a reader that has gone is no fault."""
        for stream in (self.out, self.err):
            if stream is not None:
                try:
                    stream.flush()
                except (OSError, ValueError):
                    _to_nowhere(stream)

    def _may_colour(self, stream: TextIO | None) -> bool:
        plain = self._environ.get("NO_COLOR") or self._environ.get("TERM") == "dumb"
        return not plain and _is_terminal(stream)

    def _write(self, stream: TextIO | None, text: str) -> None:
        if stream is None or id(stream) in self._gone:
            return
        try:
            with self._lock:
                stream.write(text + "\n")
                stream.flush()
        except (BrokenPipeError, ValueError):
            self._gone.add(id(stream))
            _to_nowhere(stream)


def styled(text: str, style: str) -> str:
    """Return text in one of the known styles."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if style else text


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _to_nowhere(stream: TextIO) -> None:
    """Point the stream's descriptor away, so that Python's own flush at exit does not complain."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
