"""The worked examples: opened as copies in the user's own folder, so that they run and save."""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from summit_studio.app.look.words import tr
from summit_studio.app.session.there import real
from summit_studio.core.errors import SummitError, WriteFailed
from summit_studio.core.resources import resource
from summit_studio.document.files import SUFFIX, load
from summit_studio.document.model import Document
from summit_studio.workspace.trust import config_folder, trust

_FIRST = "first_steps"

_OUTPUTS = "out"
"""Where examples write; what a run in a checkout left there is not part of them."""


@dataclass(frozen=True, slots=True)
class Example:
    """A pipeline that came with the program.

    Args:
        path: Its file, ours.
        document: What stands in it.
    """

    path: Path
    document: Document

    @property
    def text(self) -> str:
        """What it shows, in a sentence."""
        text = self.document.extra.get("description")
        if not isinstance(text, str) and self.document.notes:
            text = next(iter(self.document.notes.values())).text
        first = str(text or "").strip().partition(". ")[0].splitlines()
        return (
            first[0].rstrip(".") + "."
            if first
            else tr("{count} nodes", count=len(self.document.nodes))
        )


def examples() -> list[Example]:
    """Return the examples of an installation or a checkout: first steps, then by size."""
    folder = _folder()
    found = []
    for path in sorted(folder.glob(f"**/*{SUFFIX}")) if folder else []:
        with contextlib.suppress(SummitError):  # One that somebody broke is no example.
            found.append(Example(path, load(path).document))
    return sorted(found, key=lambda e: (e.path.parent.name != _FIRST, len(e.document.nodes)))


def is_example(path: Path) -> bool:
    """Return True if `path` is one of ours, not a user's copy."""
    folder = _folder()
    return folder is not None and real(path).is_relative_to(folder.resolve())


def own_path(path: Path) -> Path:
    """Return where a file is opened from: of an example the user's copy, made or not."""
    folder = _folder()
    if folder is None or not is_example(path):
        return path.absolute()
    return config_folder() / "examples" / real(path).relative_to(folder.resolve())


def copy_of(path: Path) -> Path:
    """Return the user's copy of an example, made now if there is none; its data come along.

    What the user has changed stays. The copies are trusted: they came with the program.

    Raises:
        WriteFailed: The folder cannot be written.
    """
    folder = _folder()
    if folder is None:
        return path
    target = config_folder() / "examples"
    try:
        for source in sorted(folder.rglob("*")):
            if _OUTPUTS in source.relative_to(folder).parts:
                continue
            place = target / source.relative_to(folder)
            if source.is_dir():
                place.mkdir(parents=True, exist_ok=True)
            elif not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, place)
        trust(target)
    except OSError as error:
        raise WriteFailed(
            tr("Cannot copy the example"),
            why=(error.strerror or type(error).__name__).lower(),
            do=tr("make room in your settings folder"),
            code="example_unwritable",
        ).at(file=str(target)) from error
    return own_path(path)


def _folder() -> Path | None:
    try:
        return resource("examples")
    except FileNotFoundError:
        return None
