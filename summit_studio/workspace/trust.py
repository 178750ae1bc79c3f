"""Which folders this user trusts to run code and write outside themselves."""

import json
import os
from pathlib import Path

from summit_studio.core.errors import SummitError, Where


def config_folder() -> Path:
    """Return this user's settings folder; the variable SUMMIT_HOME overrides it."""
    override = os.environ.get("SUMMIT_HOME")
    if override:
        return Path(override)
    import platformdirs

    return platformdirs.user_config_path("summit-studio", appauthor=False)


def is_trusted(folder: Path) -> bool:
    """Return True if the user trusted `folder` or a folder above it."""
    resolved = folder.resolve()
    return any(resolved.is_relative_to(trusted) for trusted in trusted_folders())


def trust(folder: Path) -> None:
    """Remember that the user trusts `folder` and all in it."""
    _save({*trusted_folders(), folder.resolve()})


def distrust(folder: Path) -> None:
    """Forget that the user trusted `folder`; unknown folders are fine."""
    _save({*trusted_folders()} - {folder.resolve()})


def trusted_folders() -> tuple[Path, ...]:
    """Return the trusted folders, sorted. A damaged list trusts nothing."""
    try:
        stored = json.loads(_list_path().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    folders = stored.get("trusted") if isinstance(stored, dict) else None
    if not isinstance(folders, list):
        return ()
    return tuple(sorted(Path(f) for f in folders if isinstance(f, str) and Path(f).is_absolute()))


def _list_path() -> Path:
    return config_folder() / "trusted-folders.json"


def _save(folders: set[Path]) -> None:
    from summit_studio.core.durable import write_text_atomically

    path = _list_path()
    text = json.dumps({"trusted": sorted(str(f) for f in folders)}, indent=2)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text_atomically(path, text + "\n")
    except OSError as error:
        raise SummitError(
            "Cannot save the list of trusted folders",
            why=error.strerror or type(error).__name__,
            do="check that your settings folder can be written",
            code="settings_unwritable",
            where=Where(file=str(path)),
        ) from None
