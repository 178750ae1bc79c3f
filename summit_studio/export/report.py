"""What an export gives back, and the errors it raises."""

from dataclasses import dataclass
from pathlib import Path

from summit_studio.core.errors import SummitError


class ExportFailed(SummitError):
    """A bundle could not be written, or does not do what the pipeline does."""

    code = "export_failed"


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote.

    Args:
        folder: The bundle, absolute.
        files: What is in it, by relative path with forward slashes, sorted.
        verified: True if bundle and pipeline ran and every row count was the same.
        notes: Sentences on what whoever runs it must know.
    """

    folder: Path
    files: tuple[str, ...]
    verified: bool
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        checked = "Ran it, with the same row counts as the pipeline." if self.verified else ""
        first = f"Wrote {len(self.files)} files to {self.folder}."
        return " ".join(part for part in (first, checked, *self.notes) if part)
