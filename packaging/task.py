"""Set up an isolated environment and do one task in it. Needs Python 3.11 or newer, no more.

Usage:
    python3 packaging/task.py start [FILE]   open the editor, on the worked example by default;
                                             without a display run it headless
    python3 packaging/task.py test [ARGS]    every check and test; ARGS go to pytest
    python3 packaging/task.py lint           style, types and layers only
    python3 packaging/task.py shipped        build wheel and source archive, try them on their own
    python3 packaging/task.py bench CASE     a benchmark beside its limit
    python3 packaging/task.py mutants [WORD] faults put in one at a time: the tests notice each
    python3 packaging/task.py shots          make the screenshots again (needs Xvfb)
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
EXAMPLE = ROOT / "resources" / "examples" / "orders" / "orders.summit.json"
OLDEST = (3, 11)
EVERYTHING = "studio,pandas,polars,test"
WITHOUT_QT = ("tests/unit", "tests/contracts")


def main(arguments: list[str]) -> int:
    """Do the task named first and return its exit code."""
    if sys.version_info < OLDEST:
        needed = ".".join(map(str, OLDEST))
        print(f"Python {needed} or newer is needed; this is {sys.version.split()[0]}.")
        return 2
    tasks = {"start": start, "test": test, "lint": lint, "shipped": shipped}
    tasks |= {"bench": bench, "mutants": mutants, "shots": shots}
    if not arguments or arguments[0] not in tasks:
        print(__doc__)
        return 2
    return tasks[arguments[0]](arguments[1:])


def start(arguments: list[str]) -> int:
    """Open the editor, or run the file headless where there is no display."""
    file = Path(arguments[0]) if arguments else EXAMPLE
    why_not = _no_display()
    python = environment(".venv", "" if why_not else "studio")
    if not why_not and _window_opens(python):
        return _call(python, "-m", "summit_studio.app.main", str(file))
    print(f"No window: {why_not or 'Qt cannot open one here (see above)'}.")
    print(f"Running {file.name} headless instead.\n", flush=True)
    return _call(python, "-m", "summit_studio", "run", str(file))


def test(arguments: list[str]) -> int:
    """Run the checks, the tests that need no Qt without it, what is shipped, and all others."""
    python = environment(".venv", EVERYTHING)
    if arguments:
        return _call(python, "-m", "pytest", *arguments)
    bare = environment(".venv-headless", "test-headless")
    code = lint([]) or headless(bare) or shipped([])
    rest = [
        str(folder.relative_to(ROOT))
        for folder in sorted((ROOT / "tests").iterdir())
        if folder.is_dir() and str(folder.relative_to(ROOT)) not in WITHOUT_QT
    ]
    # A worker that died is a failure; with another in its place the groups may wait for ever.
    return code or _call(python, "-m", "pytest", "-n", "2", "--dist", "loadgroup",
                         "--max-worker-restart", "0", "--durations", "25", *rest)  # fmt: skip


def lint(arguments: list[str]) -> int:
    """Check style, types and layers."""
    del arguments
    python = environment(".venv", EVERYTHING)
    tools = Path(python).parent
    return (
        _call(python, "-m", "ruff", "check", ".")
        or _call(python, "-m", "ruff", "format", "--check", ".")
        or _call(python, "-m", "mypy")
        or _call(str(tools / "lint-imports"))
    )


def headless(python: str) -> int:
    """Run the tests of everything but the editor where Qt is not installed."""
    absent = "import importlib.util as u, sys; sys.exit(u.find_spec('PySide6') is not None)"
    if _call(python, "-c", absent):
        print("PySide6 stands in the headless environment; delete .venv-headless and try again.")
        return 1
    return _call(python, "-m", "pytest", "-c", "packaging/headless.ini", "--rootdir", ".",
                 "-n", "2", "-q", *WITHOUT_QT)  # fmt: skip


def shipped(arguments: list[str]) -> int:
    """Build wheel and source archive and try them in an empty environment."""
    python = environment(".venv", EVERYTHING)
    return _call(python, "packaging/shipped.py", *arguments)


def bench(arguments: list[str]) -> int:
    """Run a benchmark."""
    python = environment(".venv", EVERYTHING)
    return _call(python, "-m", "tests.benchmarks", *arguments)


def mutants(arguments: list[str]) -> int:
    """Put faults into a copy of the program, one at a time, and see that tests fail."""
    python = environment(".venv", EVERYTHING)
    return _call(python, "-m", "tests.mutants", *arguments)


def shots(arguments: list[str]) -> int:
    """Make the screenshots again."""
    python = environment(".venv", EVERYTHING)
    return _call(python, "packaging/screenshots.py", *arguments)


def environment(name: str, extras: str) -> str:
    """Return the Python of an environment in the checkout, made or brought up to date."""
    folder = ROOT / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "installed.txt"
    wanted = _fingerprint(extras)
    if stamp.exists() and stamp.read_text() == wanted:
        return str(python)
    print(f"Setting up {folder.name} ...", flush=True)
    if not python.exists():
        venv.create(folder, with_pip=True)
    what = f"{ROOT}[{extras}]" if extras else str(ROOT)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--constraint", CONSTRAINTS, "--editable", what],
        check=True,
    )  # fmt: skip
    stamp.write_text(wanted)
    return str(python)


def _fingerprint(extras: str) -> str:
    parts = [(ROOT / "pyproject.toml").read_bytes(), CONSTRAINTS.read_bytes(), extras.encode()]
    return hashlib.sha256(b"\0".join([*parts, str(ROOT).encode()])).hexdigest()


def _no_display() -> str:
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"


def _window_opens(python: str) -> bool:
    """Ask Qt in a process of its own: it aborts where a library or the display is missing."""
    probe = "from PySide6.QtWidgets import QApplication; QApplication([])"
    return subprocess.run([python, "-c", probe], check=False).returncode == 0


def _call(*command: str) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
