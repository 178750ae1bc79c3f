"""The texts of a bundle: the script that runs it and the page that explains it."""

import shlex
from collections.abc import Iterable

from summit_studio.export.contents import Contents
from summit_studio.workspace.connections import FILE_KINDS

_SCRIPT = """\
#!/bin/sh
# Runs the pipeline beside this script. The first run makes an environment for it.
# Arguments go on to `summit run`, such as --param NAME=VALUE.
# SUMMIT_VENV: where the environment is (default .venv here). SUMMIT_PYTHON: the Python to use.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
venv=${SUMMIT_VENV:-"$here/.venv"}
if ! cmp -s "$here/requirements.txt" "$venv/installed-requirements.txt"; then
    "${SUMMIT_PYTHON:-python3}" -m venv "$venv" >&2
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \\
        --find-links "$here/wheels" --requirement "$here/requirements.txt" >&2
    cp "$here/requirements.txt" "$venv/installed-requirements.txt"
fi
exec "$venv/bin/summit" run "$here"/FILE "$@"
"""

_ABOUT = """\
A data pipeline, exported by Summit Studio. It needs Python 3.11 or later and nothing of the
editor."""

_RUN = """\
## Run it

```sh
./run.sh
```

Arguments go on to `summit run`: `./run.sh --param NAME=VALUE`, `./run.sh --events json`,
`./run.sh --quiet`. Relative paths begin in this folder. On Windows make an environment, install
`requirements.txt` into it with `--find-links wheels`, and call `summit run FILE`."""

_CODES = """\
## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | the run failed |
| 2 | invalid pipeline or usage |
| 3 | a critical quality rule is breached; nothing was published |
| 130 | cancelled; nothing was published |"""


def script_of(file_name: str) -> str:
    """Return the POSIX shell script that runs the pipeline called `file_name` beside it."""
    return _SCRIPT.replace("FILE", shlex.quote(file_name))


def readme_of(contents: Contents, left_out: Iterable[str]) -> str:
    """Return the page of a bundle, as Markdown.

    Args:
        contents: What the pipeline needs.
        left_out: Input files that are not in the bundle, by relative path.
    """
    parts = [
        f"# {contents.document.name}",
        _ABOUT,
        _section("Reads", contents.reads),
        _section("Writes", contents.writes),
        _section("Bring these files along; they are not in this folder", left_out),
        _section("Files from outside this folder", contents.missing),
        _section("Secrets", _secrets(contents)),
        _section("Parameters", _parameters(contents)),
        _RUN.replace("FILE", shlex.quote(contents.file.name)),
        _trust(contents),
        _CODES,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(title: str, items: Iterable[str]) -> str:
    lines = [f"- {item}" for item in dict.fromkeys(items)]
    return "\n".join([f"## {title}", "", *lines]) if lines else ""


def _secrets(contents: Contents) -> list[str]:
    found = []
    for connection in contents.connections.values():
        if connection.password:
            found.append(f"connection `{connection.name}`: `{connection.password}`")
        elif connection.kind not in FILE_KINDS:
            found.append(f"connection `{connection.name}`: no password is set")
    return found


def _parameters(contents: Contents) -> list[str]:
    found = []
    for name, parameter in contents.document.parameters.items():
        state = "required" if parameter.default is None else f"default `{parameter.default}`"
        doc = f": {parameter.doc}" if parameter.doc else ""
        found.append(f"`{name}` ({parameter.type}, {state}){doc}")
    return found


def _trust(contents: Contents) -> str:
    if not contents.code:
        return ""
    file = shlex.quote(contents.file.name)
    return (
        "## Code\n\nThis pipeline runs Python code of its author. Read it, then trust this folder"
        f" once, as the\nuser who runs it: `.venv/bin/summit trust {file}` (after the first"
        " `./run.sh` has made `.venv`)."
    )
