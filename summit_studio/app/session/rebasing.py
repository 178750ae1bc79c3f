"""What a pipeline needs to mean the same files once it is saved in another folder."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from summit_studio.app.look.words import tr
from summit_studio.document.edits import Compound, Edit, SetParams
from summit_studio.document.model import Document, Node
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.params import Editor
from summit_studio.workspace.connections import FILE_KINDS, Connection
from summit_studio.workspace.workspace import Workspace, read_connections, save_connection

_PATHS = (Editor.FILE_IN, Editor.FILE_OUT, Editor.FOLDER_OUT)
_PATTERN = "*?["


@dataclass(frozen=True, slots=True)
class Rebased:
    """What changes.

    Args:
        edit: Makes the paths mean the same from the new folder; None where nothing changes.
        left: Files of the old workspace that stay where they are, absolute.
    """

    edit: Edit | None
    left: tuple[Path, ...] = ()


def rebased(
    document: Document,
    catalogue: Catalogue,
    before: Workspace,
    after: Path,
    *,
    answers: bool = True,
) -> Rebased:
    """Return what makes a document's paths mean the same files from another folder.

    A path inside the new folder becomes relative, so that the folder can be moved as a whole. One
    that is relative and names a file of the old folder becomes absolute; what is to be written
    stays relative, and is written beside the pipeline.

    Args:
        document: The pipeline.
        catalogue: Its node types.
        before: The workspace that its paths begin from.
        after: The folder that they will begin from, absolute.
        answers: False where the old folder does not answer: it is not asked what is there, and
            what is to be read is taken for it.
    """
    steps, left = list[Edit](), list[Path]()
    for node in document.nodes.values():
        changed = dict[str, Any]()
        kind = catalogue.get(node.type) if node.type in catalogue else None
        for name, editor in _fields(kind) if kind is not None else ():
            value = node.params.get(name)
            new = None
            if isinstance(value, str):
                new = _moved(value, editor, before, after, answers=answers)
            if new is not None and new != value:
                changed[name] = new
                if Path(new).is_absolute():
                    left.append(_fixed(Path(new)))
        if changed:
            steps.append(SetParams(node.id, {**node.params, **changed}))
    return Rebased(Compound(tr("Keep paths"), tuple(steps)) if steps else None, tuple(left))


def carry_connections(
    nodes: Mapping[str, Node], before: Workspace, after: Path, *, answers: bool = True
) -> None:
    """Write the connections that nodes use into another folder, where it has none of their name.

    Where the old folder does not answer, files of databases in it are taken to be there.

    Raises:
        SummitError: The file of connections there cannot be read or written.
    """
    names = {node.params.get("connection") for node in nodes.values()}
    used = [c for name, c in before.connections.items() if name in names]
    if not used or after.resolve() == before.root:
        return
    known = read_connections(after)
    for connection in used:
        if connection.name not in known:
            save_connection(after, _rebased(connection, before, after, answers=answers))


def _rebased(
    connection: Connection, before: Workspace, after: Path, *, answers: bool
) -> Connection:
    if connection.kind not in FILE_KINDS or not connection.path:
        return connection
    place = before.path(connection.path)
    if answers and not place.exists():  # What is yet to be made is made beside the pipeline.
        return connection
    path = place.relative_to(after).as_posix() if place.is_relative_to(after) else str(place)
    return connection.model_copy(update={"path": path})


def _fields(kind: type[AnyNode]) -> Iterator[tuple[str, Editor]]:
    for name, info in kind.params_class.model_fields.items():
        extra = info.json_schema_extra
        editor = extra.get("editor") if isinstance(extra, dict) else None
        for known in _PATHS:
            if editor == known.value:
                yield name, known


def _moved(
    value: str, editor: Editor, before: Workspace, after: Path, *, answers: bool
) -> str | None:
    """Return a path as it is to be written from `after`, or None to leave it."""
    if not value.strip() or "${" in value or value.startswith("~"):
        return None
    place = before.path(value)
    if place.is_relative_to(after):
        return place.relative_to(after).as_posix()
    if editor is not Editor.FILE_IN or Path(value).is_absolute():
        return None
    if not answers:
        return str(place)
    there = _fixed(place)
    here = _fixed(Path(os.path.normpath(after / value)))
    if before.inside(there) and there.exists() and (here == after or not here.exists()):
        return str(place)
    return None


def _fixed(path: Path) -> Path:
    """Return a path, of a pattern the folder where it begins."""
    parts = path.parts
    at = next((i for i, part in enumerate(parts) if set(part) & set(_PATTERN)), len(parts))
    return Path(*parts[:at])
