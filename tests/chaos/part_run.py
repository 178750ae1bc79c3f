"""Runs of a pipeline in processes of their own, killed or stopped at a labelled step.

Reads orders from standard input, one a line: `{"run": [ARGUMENT...], "home": FOLDER, "said": FILE}`
forks a process that runs `DOCUMENT [--kill LABEL | --stop LABEL | --labels FILE] [--take-over]
[--control NAME]`, and its number is the answer; `{"wait": NUMBER}` is answered by how it ended.
Forking spares each run a second of imports.
"""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

import duckdb  # noqa: F401 - once for all runs
import pyarrow.parquet  # noqa: F401

from summit_studio.core.errors import SummitError
from summit_studio.document.files import load
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.stores.parts import PartsCheckpoint


def nothing(*_given: object) -> None:
    """Do nothing."""


def no_fence() -> None:
    """Leave desks of earlier runs where they are, and ask for no newer claim."""
    PartsCheckpoint._move_aside = nothing
    PartsCheckpoint.require_turn = nothing


def rename() -> None:
    """Commit by a rename over whatever is there, with nothing else that keeps a zombie out."""
    no_fence()
    os.link = os.replace
    PartsCheckpoint._require_links = nothing


CONTROLS = {"no-fence": no_fence, "rename": rename}


def once(arguments: list[str]) -> int:
    """Run a pipeline; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("document", type=Path)
    parser.add_argument("--kill")
    parser.add_argument("--stop")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--take-over", action="store_true")
    parser.add_argument("--control", choices=CONTROLS)
    args = parser.parse_args(arguments)
    if args.control:
        CONTROLS[args.control]()

    def step(label: str) -> None:
        if args.labels:
            with args.labels.open("a") as file:
                file.write(f"{label}\n")
        if label == args.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        if label == args.stop:
            os.kill(os.getpid(), signal.SIGSTOP)

    path = args.document.resolve()
    request = RunRequest(
        load(path).document, path.parent, path, step=step, take_over=args.take_over
    )
    try:
        finished = run(request)
    except SummitError as error:
        print(error.code, error, file=sys.stderr)
        return 2
    if finished.error is None:
        return 0
    print(finished.error.code, finished.error, file=sys.stderr)
    return 1


def main() -> None:
    Catalogue.load()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            continue
        code = 3
        try:
            os.environ["SUMMIT_HOME"] = order["home"]
            os.dup2(os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            code = once(order["run"])
            sys.stderr.flush()
        finally:
            os._exit(code)


if __name__ == "__main__":
    main()
