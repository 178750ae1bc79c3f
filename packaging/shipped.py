"""Build what is shipped and try it where nothing else is: away from the checkout, on its own.

Usage: python packaging/shipped.py
Needs `build` and `hatchling` in the environment that runs it. Prints what it did and how long
it took; returns 1 at the first thing that does not hold.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
LIMIT_SECS = 120
OURS = ("PYTHON", "VIRTUAL_ENV", "SUMMIT_", "QT_", "XDG_", "DISPLAY", "WAYLAND_")


class Failed(Exception):
    """What is shipped does not do what it should."""


def main() -> int:
    """Try everything in a folder that is gone afterwards."""
    try:
        with tempfile.TemporaryDirectory(prefix="summit-shipped-") as name:
            Trial(Path(name).resolve()).run()
    except Failed as error:
        print(f"What is shipped does not hold. {error}", flush=True)
        return 1
    return 0


class Trial:
    """Wheel and source archive, tried in an empty environment.

    Args:
        folder: An empty folder outside the checkout.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bin = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
        self._file = folder / "orders" / "orders.summit.json"
        self._began = time.monotonic()

    def run(self) -> None:
        """Build, compare, install, run; first without the editor, then with it."""
        wheel = self._build()
        self._install(str(wheel))
        self._headless(wheel)
        self._install(f"{wheel}[studio]")
        self._editor()

    def _build(self) -> Path:
        """Build the wheel from the checkout and, by way of the source archive, once more."""
        _call("-m", "build", "--no-isolation", "--outdir", self._folder / "archive", ROOT)
        _call("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
              "--wheel-dir", self._folder / "wheel", ROOT)  # fmt: skip
        (wheel,) = (self._folder / "wheel").glob("*.whl")
        (archive,) = (self._folder / "archive").glob("*.tar.gz")
        with tarfile.open(archive) as opened:
            _no_leftovers(opened.getnames(), archive.name)
        _no_leftovers(_names(wheel), wheel.name)
        _same(wheel, self._folder / "archive" / wheel.name, "the source archive")
        self._tell(f"Built {wheel.name} and {archive.name}; both give the same wheel")
        return wheel

    def _install(self, what: str) -> None:
        if not self._bin.exists():
            venv.create(self._folder / "env", with_pip=False)
        _call("-m", "pip", "--python", self._bin / "python", "install", "--quiet", "--no-compile",
              "--disable-pip-version-check", "--constraint", CONSTRAINTS, what)  # fmt: skip
        self._tell(f"Installed {Path(what).name}")

    def _headless(self, wheel: Path) -> None:
        """Run the shipped example, and ship it on as a bundle."""
        qt = self._python("-c", "import importlib.util; print(importlib.util.find_spec('PySide6'))")
        if qt.strip() != "None":
            raise Failed("Qt came with the headless install.")
        find = "from summit_studio.core.resources import resource; print(resource('examples'))"
        examples = Path(self._python("-c", find).strip())
        if not examples.is_relative_to(self._folder):
            raise Failed(f"The examples were read from {examples}, not from the installation.")
        shutil.copytree(examples / "orders", self._file.parent)
        self._call("summit", "--help")
        self._call("summit", "run", self._file)
        self._call("summit", "export", self._file, "--to", self._folder / "bundle")
        _same(wheel, self._folder / "bundle" / "wheels" / wheel.name, "a bundle")
        self._tell("Ran and exported the example without Qt")

    def _editor(self) -> None:
        self._call("summit-studio", "--version")
        self._python(ROOT / "packaging" / "first_frame.py", self._file)
        self._tell("Opened the editor on the example, to its first frame, and closed it")

    def _python(self, *arguments: str | Path) -> str:
        # -I: neither the current folder nor the script's is a place to import from.
        return self._call("python", "-I", *arguments)

    def _call(self, program: str, *arguments: str | Path) -> str:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
        home = {"HOME": str(self._folder), "SUMMIT_HOME": str(self._folder / "home")}
        env = kept | home | {"QT_QPA_PLATFORM": "offscreen"}
        return _output([self._bin / program, *arguments], self._folder, env)

    def _tell(self, what: str) -> None:
        print(f"{what} ({time.monotonic() - self._began:.1f} s).", flush=True)


def _call(*arguments: str | Path) -> str:
    return _output([sys.executable, *arguments], ROOT, dict(os.environ))


def _output(command: list[str | Path], folder: Path, env: dict[str, str]) -> str:
    """Return what a command prints.

    Raises:
        Failed: It took too long, its exit code is not 0, or an error slipped through.
    """
    shown = " ".join(map(str, command))
    try:
        done = subprocess.run(command, cwd=folder, env=env, text=True, check=False,
                              capture_output=True, timeout=LIMIT_SECS)  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{shown} did not end within {LIMIT_SECS} s.") from error
    if done.returncode or "Traceback" in done.stderr:
        raise Failed(f"{shown} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as opened:
        return opened.namelist()


def _no_leftovers(names: list[str], where: str) -> None:
    left = [n for n in names if {"__pycache__", "out", ".venv"} & {*n.split("/")}]
    if left:
        raise Failed(f"{where} holds what does not belong there: {', '.join(left[:5])}.")


def _same(wheel: Path, other: Path, source: str) -> None:
    differ = sorted({*_names(wheel)} ^ {*_names(other)})
    if differ:
        raise Failed(f"The wheel of {source} differs from the checkout's: {', '.join(differ[:5])}.")


if __name__ == "__main__":
    sys.exit(main())
