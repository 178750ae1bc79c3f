"""Runs a bundle and its pipeline in temporary copies and compares every row count.

The bundle's program is the one of its own wheel, and Qt is out of reach of both runs. Packages are
those of this environment: what is checked is that the folder is complete and does the same.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from summit_studio.core.suggest import listing
from summit_studio.export.contents import Contents
from summit_studio.export.project import PACKAGE
from summit_studio.export.report import ExportFailed

_HEADLESS = """\
import runpy, sys
class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "PyQt5", "PyQt6", "shiboken6"):
            raise ImportError("Qt must not be needed here: " + name)
sys.meta_path.insert(0, NoQt())
runpy.run_module("summit_studio", run_name="__main__", alter_sys=True)
"""


def verify_bundle(bundle: Path, contents: Contents, progress: Callable[[str], None]) -> None:
    """Run both and compare.

    Args:
        bundle: The folder that was written.
        contents: The pipeline it was written from; it has no obstacles.
        progress: Told what is being done.

    Raises:
        ExportFailed: One of them failed, or a row count differs.
    """
    # The sources behind a link of the temporary folder's own path would count as outside.
    with tempfile.TemporaryDirectory(prefix="summit-export-") as name:
        temp = Path(name).resolve()
        original, copy = temp / "original", temp / "bundle"
        shutil.copytree(bundle, copy, ignore=shutil.ignore_patterns(".venv"))
        _copy_original(contents, original)
        _provide(contents, copy)
        progress("Running the pipeline in a temporary copy.")
        expected = _Trial(temp, PACKAGE.parent, contents).run(original)
        progress("Running the export in a temporary copy, without Qt.")
        actual = _Trial(temp, _unpacked(copy, temp), contents).run(copy)
    _compare(expected, actual)


def _copy_original(contents: Contents, folder: Path) -> None:
    folder.mkdir()
    (folder / contents.file.name).write_text(contents.text, encoding="utf-8", newline="")
    connections = contents.workspace.root / "connections.toml"
    if connections.is_file():
        shutil.copyfile(connections, folder / connections.name)
    _provide(contents, folder)


def _provide(contents: Contents, folder: Path) -> None:
    """Put the inputs into a copy that are not there: those left out of a bundle for their size."""
    for file in (*contents.inputs, *contents.modules):
        target = folder / file.relative_to(contents.workspace.root)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def _unpacked(bundle: Path, temp: Path) -> Path:
    wheels = list((bundle / "wheels").glob("summit_studio-*.whl"))
    if not wheels:
        return PACKAGE.parent
    with zipfile.ZipFile(wheels[0]) as archive:
        archive.extractall(temp / "site")
    return temp / "site"


class _Trial:
    """Runs the headless tool of one place, with a settings folder of its own."""

    def __init__(self, temp: Path, site: Path, contents: Contents) -> None:
        self._contents = contents
        before = os.environ.get("PYTHONPATH")
        self._environ = os.environ | {
            "SUMMIT_HOME": str(temp / "home"),
            "PYTHONPATH": os.pathsep.join([str(site), *([before] if before else [])]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
        }
        self._temp = temp

    def run(self, folder: Path) -> Mapping[str, Any]:
        """Return the last event of a run of the pipeline in `folder`."""
        file = str(folder / self._contents.file.name)
        if self._contents.workspace.trusted:
            self._call("trust", file)
        done = self._call("run", file, "--events", "json")
        lines = done.stdout.strip().splitlines()
        last = json.loads(lines[-1]) if lines else {}
        if last.get("status") != "succeeded":
            raise self._failed(folder, last, done.stderr)
        finished: Mapping[str, Any] = last
        return finished

    def _call(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - our own program, with words we chose
            [sys.executable, "-P", "-c", _HEADLESS, *words],
            env=self._environ,
            cwd=self._temp,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def _failed(self, folder: Path, last: Mapping[str, Any], stderr: str) -> ExportFailed:
        error = last.get("error") or {}
        said = [line for line in stderr.strip().splitlines() if line]
        why = error.get("why") or error.get("what") or (said[-1] if said else "it said nothing")
        who = "pipeline itself" if folder.name == "original" else "export"
        return ExportFailed(
            f"The {who} does not run in a copy of its folder",
            why=f"{error.get('what', 'it did not start')}: {why}" if error else why,
            do="make it run with the files that its sources name, or export without the check",
            code="export_unverified",
        )


def _compare(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> None:
    ours = {line["node_id"]: line for line in expected["ledger"]}
    theirs = {line["node_id"]: line for line in actual["ledger"]}
    different = [i for i in {**ours, **theirs} if ours.get(i) != theirs.get(i)]
    if different:
        raise ExportFailed(
            "The export gives other row counts than the pipeline",
            why=f"they differ at {listing(different)}",
            do="run again if its sources change by themselves; else report this",
            code="export_unverified",
        )
