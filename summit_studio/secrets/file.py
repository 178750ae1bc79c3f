"""`file:PATH`: a file that only its owner may read."""

import os
import stat
from pathlib import Path

from summit_studio.core.errors import SecretMissing, Where
from summit_studio.secrets.reference import absent
from summit_studio.secrets.secret import Secret


def from_file(name: str, root: Path | None) -> Secret:
    """Return the text of the file, without the line end at its end.

    Args:
        name: The path; `~` is the person's own folder.
        root: Where a relative path starts; the current folder if None.

    Raises:
        SecretMissing: It cannot be read, or others may read it.
    """
    path = Path(name).expanduser()
    if root is not None:
        path = root / path
    try:
        refuse_exposed(path)
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise absent(
            f"file:{name}",
            f"{path} cannot be read ({error.strerror or type(error).__name__})",
            "write the value there and make the file private (chmod 600)",
        ) from None
    except UnicodeDecodeError:
        raise absent(f"file:{name}", f"{path} is not UTF-8 text", "save it as text") from None
    return Secret(text.removesuffix("\n").removesuffix("\r"))


def refuse_exposed(path: Path) -> None:
    """Raise SecretMissing if others than the owner may read the file (POSIX only)."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & (stat.S_IRGRP | stat.S_IROTH):
        raise SecretMissing(
            f"Cannot use the secret file {path}",
            why=f"other users may read it (mode {mode:03o})",
            do=f"run: chmod 600 '{path}'",
            code="secret_file_exposed",
            where=Where(file=str(path)),
        )
