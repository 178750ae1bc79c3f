"""Runs of a pipeline in processes of their own, killed at a labelled step.

The first line of standard input is the node types that are not installed,
`[[FILE, QUALIFIED NAME]...]`; each line behind it an order,
`{"document", "root", "home", "said", "kill", "steps"}`, which is answered by how the run ended.
Forking, where there is such a thing, spares each run a second of imports.
"""

import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any, Final, TextIO

from summit_studio.core.errors import SummitError
from summit_studio.document.files import load
from summit_studio.engine.launch import run
from summit_studio.engine.rehearsal.steps import At, Listing
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.workspace.trust import trust

_IMPORTED: Final = (
    "alembic.config", "alembic.runtime.environment", "duckdb", "networkx", "pyarrow.parquet",
    "sqlalchemy.dialects.sqlite", "summit_studio.state.tables",
)  # fmt: skip


def main() -> None:
    """Answer orders until standard input ends."""
    # What each run would import, once for all.
    for name in _IMPORTED:
        importlib.import_module(name)

    # What a node type prints goes elsewhere than the answers.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    kinds = [_kind(file, name) for file, name in json.loads(sys.stdin.readline())]
    catalogue = Catalogue({kind.id: kind for kind in [*Catalogue.load(), *kinds]})
    for line in sys.stdin:
        order = json.loads(line)
        if sys.platform == "win32":
            _say(out, _once(order, catalogue))
            continue
        pid = os.fork()
        if not pid:
            code = 3
            try:
                code = _once(order, catalogue)
                sys.stderr.flush()
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        _say(out, os.waitstatus_to_exitcode(status))


def _once(order: dict[str, Any], catalogue: Catalogue) -> int:
    """Run a pipeline; return 0 if it went well."""
    os.environ["SUMMIT_HOME"] = order["home"]
    os.environ.pop("SUMMIT_STATE_URL", None)
    os.dup2(os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    root = Path(order["root"])
    trust(root)
    kill, steps = order["kill"], order["steps"]
    step = At(kill) if kill else Listing(Path(steps)) if steps else None
    request = RunRequest(load(Path(order["document"])).document, root, step=step)
    try:
        finished = run(request, catalogue=catalogue)
    except SummitError as error:
        _say(sys.stderr, error)
        return 2
    if finished.error is None:
        return 0
    _say(sys.stderr, f"{finished.error.what}: {finished.error.why}")
    return 1


def _say(stream: TextIO, what: object) -> None:
    stream.write(f"{what}\n")
    stream.flush()


def _kind(file: str, name: str) -> type[AnyNode]:
    """Return the node type that a file defines."""
    called = f"summit_battery_{abs(hash(file))}"
    if called not in sys.modules:
        spec = importlib.util.spec_from_file_location(called, file)
        assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - it is a file
        module = importlib.util.module_from_spec(spec)
        sys.modules[called] = module
        spec.loader.exec_module(module)
    found: Any = sys.modules[called]
    for part in name.split("."):
        found = getattr(found, part)
    kind: type[AnyNode] = found
    return kind


if __name__ == "__main__":
    main()
