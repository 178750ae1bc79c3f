"""One run in a process of its own, killed, stopped or broken at a labelled step.

`python -m tests.chaos.child DOCUMENT [--kill LABEL | --stop LABEL | --labels FILE] [--take-over]
[--control NAME] [--retry]`
"""

import argparse
import signal
import sys
from pathlib import Path

from summit_studio.core.errors import SummitError
from summit_studio.core.events import RunStatus
from summit_studio.document.files import load
from summit_studio.engine.dead_letters import DeadLetters
from summit_studio.engine.launch import run
from summit_studio.engine.rehearsal.steps import At, Listing
from summit_studio.engine.request import RunRequest
from tests.chaos.controls import CONTROLS, STEP


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=Path)
    parser.add_argument("--kill")
    parser.add_argument("--stop")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--take-over", action="store_true")
    parser.add_argument("--control", choices=CONTROLS)
    parser.add_argument("--retry", action="store_true", help="retry the dead letters")
    args = parser.parse_args()
    if args.control:
        CONTROLS[args.control]()
    step = None
    if args.kill:
        step = At(args.kill)
    elif args.stop:
        step = At(args.stop, signal.SIGSTOP)
    elif args.labels:
        step = Listing(args.labels)
    if step is not None:
        STEP[0] = step
    path = args.document.resolve()
    request = RunRequest(
        load(path).document, path.parent, path, step=step, take_over=args.take_over
    )
    try:
        if args.retry:
            with DeadLetters(request) as letters:
                return 1 if letters.retry().failed else 0
        finished = run(request)
    except SummitError as error:
        print(error.code, error, file=sys.stderr)
        return 2
    if finished.error is not None:
        print(finished.error.code, finished.error, file=sys.stderr)
    return 0 if finished.status is RunStatus.SUCCEEDED else 1


if __name__ == "__main__":
    sys.exit(main())
