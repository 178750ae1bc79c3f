"""The command `summit-studio`: opens the editor."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

_NO_SCREEN = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Open the editor and return its exit code: 0, or 2 without a display or with wrong usage."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    reason = no_display()
    if reason:
        sys.stderr.write(
            f"Cannot open the editor. Why: {reason}. Do: run this on a desktop, or use the command"
            " `summit` (for example `summit run FILE`), which needs no display. [no_display]\n"
        )
        return _NO_SCREEN
    try:
        import PySide6  # noqa: F401
    except ImportError:
        sys.stderr.write(
            "Cannot open the editor. Why: Qt is not installed. Do: install it with "
            "`pip install 'summit-studio[studio]'`. [qt_missing]\n"
        )
        return _NO_SCREEN
    if arguments.language:
        from summit_studio.app.look.words import languages

        if arguments.language not in languages():
            parser.error(
                f"the editor does not speak '{arguments.language}'. It speaks"
                f" {', '.join(languages())}"
            )
    # Nearly all that is imported lives to the end: collecting finds nothing and takes its time.
    # From its start on the editor collects by itself.
    gc.disable()
    from summit_studio.app.shell.starting import start

    return start(sys.argv[:1], arguments.files, arguments.language)


def no_display() -> str:
    """Return why no window can be shown here, or an empty text. Qt itself would abort."""
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in {"offscreen", "minimal", "vnc"}:
        return ""
    if not sys.platform.startswith(("linux", "freebsd")):
        return ""
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    if not display and not wayland:
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    if display and not wayland and not _x_answers(display):
        return f"the display '{display}' does not answer"
    return ""


def _x_answers(display: str) -> bool:
    """Return False only where the display is local and surely dead."""
    import socket

    host, _, rest = display.partition(":")
    number = rest.partition(".")[0]
    if host not in {"", "unix"} or not number.isdigit():
        return True
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
    for address in (path, "\0" + path):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(2)
            try:
                client.connect(address)
            except OSError:
                continue
            return True
    return False


def _parser() -> argparse.ArgumentParser:
    from summit_studio.core.version import __version__

    parser = argparse.ArgumentParser(
        prog="summit-studio", description="Draw data pipelines and run them."
    )
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="a pipeline to open, or data to begin with",
    )
    parser.add_argument(
        "--language",
        default="",
        metavar="CODE",
        help="the language of the editor, as `de`; English if not given",
    )
    parser.add_argument("--version", action="version", version=f"summit-studio {__version__}")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
