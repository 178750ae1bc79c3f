"""Opens what a command was given: the file, its workspace, its problems."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal
from summit_studio.core.problems import Problem, Severity
from summit_studio.document.files import load
from summit_studio.document.model import Document
from summit_studio.document.text import Loaded

if TYPE_CHECKING:
    from summit_studio.nodes.catalogue import Catalogue

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: ""}


def open_document(path: Path, terminal: Terminal, *, to_run: bool = False) -> Document:
    """Read a pipeline file and say what there is to say of it.

    Raises:
        InvalidDocument: It cannot be read; or, `to_run`, a newer version wrote it.
    """
    return open_file(path, terminal, to_run=to_run).document


def open_file(path: Path, terminal: Terminal, *, to_run: bool = False) -> Loaded:
    """Do as `open_document`, and return all that is known of the file."""
    loaded = load(path)
    if to_run:
        loaded.to_run()
    for notice in loaded.notices:
        terminal.say(notice)
    return loaded


def root_of(path: Path) -> Path:
    """Return the workspace of a pipeline file: the folder it lies in."""
    return path.resolve().parent


def folder_of(path: Path) -> Path:
    """Return the workspace named by a pipeline file or by the folder itself.

    Raises:
        Usage: There is neither.
    """
    if not path.exists():
        raise Usage(f"There is no file or folder {path}", do="check the path")
    return path.resolve() if path.is_dir() else root_of(path)


def titles_of(
    document: Document, catalogue: "Catalogue", root: Path, parameters: Mapping[str, str]
) -> dict[str, str]:
    """Return what people call each node, those inside modules too."""
    from summit_studio.planning.ends import end_of
    from summit_studio.planning.modules import expand, values_known
    from summit_studio.workspace.workspace import Workspace

    values = values_known(document, parameters)
    document = expand(document, catalogue, Workspace.open(root), values).document
    own = {
        i: n.title or (catalogue.get(n.type).title if n.type in catalogue else n.id)
        for i, n in document.nodes.items()
    }
    return own | {end_of(document, i): f"{title}, rejected" for i, title in own.items()}


def say_problems(problems: Iterable[Problem], terminal: Terminal) -> None:
    """Write each problem as a sentence, its severity first."""
    for problem in problems:
        terminal.say(f"{problem.severity.value}: {problem}", _STYLES[problem.severity])


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as plain JSON values."""
    from dataclasses import asdict

    body = asdict(problem)
    body["where"] = {k: v for k, v in body["where"].items() if v is not None}
    body["fixes"] = [fix["label"] for fix in body["fixes"]]
    return body | {"severity": problem.severity.value, "message": str(problem)}


def read_parameters(words: Iterable[str]) -> dict[str, str]:
    """Return the parameters given as `NAME=VALUE`.

    Raises:
        Usage: One has another form, or is given twice.
    """
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise Usage(
                f"Cannot read the parameter '{word}'",
                why="it is not of the form NAME=VALUE",
                do="write --param NAME=VALUE",
            )
        if name in found:
            raise Usage(f"Parameter '{name}' is given twice", do="give it once")
        found[name] = value
    return found
