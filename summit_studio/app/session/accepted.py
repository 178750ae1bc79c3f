"""What modules held when they were accepted, so that a change can be shown as a difference."""

import contextlib
import re
from pathlib import Path

from summit_studio.core.durable import write_text_atomically
from summit_studio.core.errors import SummitError
from summit_studio.document.files import load
from summit_studio.document.modules import Module, module_of
from summit_studio.document.text import dump
from summit_studio.workspace.trust import config_folder

_HASH = re.compile("[0-9a-f]{64}")


class AcceptedModules:
    """Keeps modules by their hash in this user's settings folder. Any thread, one at a time."""

    def __init__(self) -> None:
        self._folder = config_folder() / "modules"

    def keep(self, module: Module) -> None:
        """Keep a module; one that cannot be kept is a difference less to show, and no fault."""
        path = self._path(module.hash)
        if path.exists():
            return
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text_atomically(path, dump(module.document))

    def find(self, content: str) -> Module | None:
        """Return the module of that hash, or None where it was not kept or was changed since."""
        if not _HASH.fullmatch(content):
            return None
        try:
            found = module_of(load(self._path(content)).document)
        except SummitError:
            return None
        return found if found.hash == content else None

    def _path(self, content: str) -> Path:
        return self._folder / f"{content}.json"
