"""What rehearsals leave behind whose own process is killed: folders, and schemas of servers."""

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from summit_studio.core.process import is_gone, own_name
from summit_studio.engine.request import RunRequest
from summit_studio.secrets.store import SecretStore

PREFIX: Final = "summit-rehearsal-"
_OWNER: Final = "owner"


def own_folder() -> Path:
    """Make a folder for a rehearsal of this process, which says whose it is."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    (folder / _OWNER).write_text(own_name(), encoding="utf-8")
    return folder


def folders(*, drop: bool = False) -> tuple[str, ...]:
    """Return the folders of rehearsals that are gone, this user's.

    Args:
        drop: Remove them.
    """
    found = sorted(f for f in Path(tempfile.gettempdir()).glob(f"{PREFIX}*") if _is_left(f))
    for folder in found if drop else ():
        shutil.rmtree(folder, ignore_errors=True)
    return tuple(map(str, found))


def _is_left(folder: Path) -> bool:
    try:
        if folder.is_symlink() or not folder.is_dir() or not os.access(folder, os.W_OK):
            return False
        since = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
        owner = folder / _OWNER
        return is_gone(owner.read_text(encoding="utf-8") if owner.exists() else "", since)
    except OSError:
        return False


def schemas(request: RunRequest, *, drop: bool = False) -> tuple[str, ...]:
    """Return the schemas of rehearsals that are gone, on the servers that a pipeline names.

    Args:
        request: Names the pipeline.
        drop: Drop them with all that is in them.

    Raises:
        SummitError: A server cannot be reached, or does not allow it.
    """
    from summit_studio.connectors.postgres.apart import left_behind

    workspace = request.workspace()
    named = {node.params.get("connection") for node in request.document.nodes.values()}
    secrets = SecretStore(root=workspace.root)
    return tuple(
        f"{connection.name}: {schema}"
        for connection in workspace.connections.values()
        if connection.kind == "postgres" and connection.name in named
        for schema in left_behind(connection, secrets, drop=drop)
    )
