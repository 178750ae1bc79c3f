"""Writes a bundle: the pipeline, what it needs, and a script that runs it."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from summit_studio.core.errors import Where
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.core.version import __version__
from summit_studio.document.model import Document
from summit_studio.document.text import node_json
from summit_studio.export.contents import Contents, contents_of
from summit_studio.export.plain_secrets import refuse_plain_secrets
from summit_studio.export.project import Project, project
from summit_studio.export.report import ExportFailed, ExportReport
from summit_studio.export.requirements import requirements_of
from summit_studio.export.texts import readme_of, script_of
from summit_studio.export.verify import verify_bundle
from summit_studio.export.wheel import build_wheel
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.workspace.workspace import CONNECTIONS_FILE

MARKER = "bundle.json"
"""The file by which a folder is known as a bundle; it lists what an export wrote."""

TARGETS = ("script",)

_FILE_LIMIT = 10_000_000
_DATA_LIMIT = 100_000_000


def export_bundle(
    path: Path,
    to: Path,
    *,
    target: str = "script",
    verify: bool = True,
    include_data: bool = True,
    progress: Callable[[str], None] | None = None,
) -> ExportReport:
    """Write a folder that runs a pipeline without the editor, and check that it does.

    Args:
        path: The pipeline's file.
        to: A folder: new, empty, or an earlier bundle, whose files are replaced.
        target: What to write; `script` is all there is.
        verify: Run bundle and pipeline in temporary copies and compare their row counts. Left
            undone, with a note, where a run would write outside its folder.
        include_data: Copy input files of less than 10 MB, up to 100 MB together.
        progress: Told what is being done, on the calling thread.

    Raises:
        PlainSecret: The pipeline or a connection holds a secret in plain text.
        ExportFailed: The folder is taken, cannot be written, or does not do the same.
        SummitError: The pipeline cannot be read.
    """
    say = progress or (lambda _text: None)
    _require_target(target)
    folder = to.expanduser().resolve()
    before = _earlier(folder)
    contents = contents_of(path, Catalogue.load())
    _refuse_secrets(contents)
    say(f"Writing {folder}.")
    try:
        writer = _Writer(contents, folder, include_data=include_data)
        writer.write()
        for name in before:
            if name not in writer.files:
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise ExportFailed(
            "Cannot write the export",
            why=(error.strerror or type(error).__name__).lower(),
            do="choose another folder, or make room on the disk",
            where=Where(file=str(error.filename or folder)),
        ) from error
    if verify and contents.obstacles:
        writer.notes.append(f"Not run for a check: {listing(contents.obstacles, 4)}.")
    elif verify:
        verify_bundle(folder, contents, say)
    verified = verify and not contents.obstacles
    return ExportReport(folder, tuple(sorted(writer.files)), verified, tuple(writer.notes))


class _Writer:
    """Writes the files of one bundle and remembers them."""

    def __init__(self, contents: Contents, folder: Path, *, include_data: bool) -> None:
        self.files: list[str] = []
        self.notes: list[str] = []
        self._contents = contents
        self._folder = folder
        self._include_data = include_data

    def write(self) -> None:
        """Write everything, the marker first: a broken-off export can then be done again."""
        contents = self._contents
        self._folder.mkdir(parents=True, exist_ok=True)
        self._mark()
        self._text(contents.file.name, contents.text)
        for file in contents.modules:
            name = file.relative_to(contents.workspace.root).as_posix()
            (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
            self._text(name, file.read_text(encoding="utf-8"))
        if contents.connections:
            import tomlkit

            tables = {n: c.to_toml() for n, c in sorted(contents.connections.items())}
            self._text(CONNECTIONS_FILE, tomlkit.dumps(tables))
        self._program()
        self._text("run.sh", script_of(contents.file.name))
        (self._folder / "run.sh").chmod(0o755)
        left_out = self._data()
        self._text("README.md", readme_of(contents, left_out))
        if left_out or contents.missing:
            self.notes.append(f"Bring along: {listing([*left_out, *contents.missing], 4)}.")
        if contents.skipped:
            names = listing(contents.skipped, 4)
            note = f"Disabled, bypassed or behind such, and so not run there: {names}."
            self.notes.append(f"{note} Files that they alone read are not in it.")
        if contents.code:
            self.notes.append("It runs Python code: trust the folder where it runs (see README).")
        self._mark()

    def _mark(self) -> None:
        facts = {"bundle": 1, "pipeline": self._contents.file.name, "target": TARGETS[0]}
        facts |= {"summit_studio": __version__}
        self._text(MARKER, json.dumps({**facts, "files": sorted(self.files)}, indent=2) + "\n")

    def _program(self) -> None:
        facts: Project = project()
        wheel = build_wheel(facts, self._folder / "wheels")
        self.files.append(f"wheels/{wheel.name}")
        self._text("requirements.txt", requirements_of(facts, self._contents.frames))

    def _data(self) -> list[str]:
        """Copy the inputs that are small enough; return the names of the others."""
        root, total, left_out = self._contents.workspace.root, 0, []
        for file in self._contents.inputs:
            name = file.relative_to(root).as_posix()
            size = file.stat().st_size
            if not self._include_data or size >= _FILE_LIMIT or total + size > _DATA_LIMIT:
                left_out.append(name)
                continue
            total += size
            (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, self._folder / name)
            self.files.append(name)
        return left_out

    def _text(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text, encoding="utf-8", newline="")
        if name not in self.files:
            self.files.append(name)


def _require_target(target: str) -> None:
    if target in TARGETS:
        return
    near = did_you_mean(target, TARGETS)
    raise ExportFailed(
        f"Cannot export for '{target}'",
        why=f"there is {listing(TARGETS)}",
        do=f"did you mean '{near}'?" if near else "use --target script",
        code="export_target_unknown",
    )


def _earlier(folder: Path) -> list[str]:
    """Return what an earlier export wrote into the folder; none where it is new or empty.

    Raises:
        ExportFailed: Something else is there.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return []
    try:
        facts = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        names = facts["files"] if facts["bundle"] else []
    except (OSError, ValueError, KeyError, TypeError):
        raise ExportFailed(
            "Cannot export into this folder",
            why="something is there that is not an earlier export",
            do="choose a new or empty folder",
            code="export_folder_taken",
            where=Where(file=str(folder)),
        ) from None
    return [n for n in names if isinstance(n, str) and _is_inside(n)]


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _refuse_secrets(contents: Contents) -> None:
    for document in (contents.document, *(m.document for m in contents.modules.values())):
        _refuse_secrets_of(document)
    for connection in contents.connections.values():
        place = Where(file=str(contents.workspace.root / CONNECTIONS_FILE))
        refuse_plain_secrets({connection.name: connection.to_toml()}, place)


def _refuse_secrets_of(document: Document) -> None:
    for node in document.nodes.values():
        refuse_plain_secrets(node_json(node), Where(node_id=node.id, node_title=node.title))
    defaults: Mapping[str, object] = {n: p.default for n, p in document.parameters.items()}
    rest = {"parameters": defaults, "settings": document.settings, "extra": document.extra}
    notes = {i: note.text for i, note in document.notes.items()}
    refuse_plain_secrets({**rest, "notes": notes}, Where(pipeline=document.name))
