"""What to run: a snapshot that can cross to another process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from summit_studio.core.ids import new_run_id
from summit_studio.document.model import Document


@dataclass(frozen=True)
class RunRequest:
    """A run somebody asked for.

    Args:
        document: The pipeline as it stands; an editor's may be unsaved.
        root: The workspace folder, where relative paths begin.
        path: The pipeline's file, if it has one.
        parameters: Values for this run.
        trigger: `cli`, `editor` or `python`.
    """

    document: Document
    root: Path
    path: Path | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    trigger: str = "python"
    run_id: str = field(default_factory=new_run_id)
