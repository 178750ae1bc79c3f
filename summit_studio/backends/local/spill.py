"""Where a run spills to disk: a folder of its own, gone with the run, also with a killed one."""

import os
import shutil
import tempfile
from pathlib import Path

from summit_studio.core.process import identity
from summit_studio.nodes.contract import RunContext

_PREFIX = "summit-run-"


def make_spill_folder(root: Path | None = None) -> Path:
    """Return a new private folder, after removing those of processes that are no more.

    Args:
        root: Where such folders stand; by default the system's folder for temporary files.
    """
    base = root or Path(tempfile.gettempdir())
    for folder in base.glob(f"{_PREFIX}*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and identity(int(pid)) is None:
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))


def folder_of(context: RunContext, node_id: str) -> Path | None:
    """Return a folder for one query alone: DuckDB instances must not share one to spill into."""
    if context.spill_folder is None:
        return None
    folder = context.spill_folder / node_id
    folder.mkdir(parents=True, exist_ok=True)
    return folder
