"""Hooks of a run that failed: they tell somebody, and change nothing of how it ended."""

import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, Final

from summit_studio.core.errors import SummitError
from summit_studio.core.events import ErrorReport, RunFinished, RunStatus, to_json
from summit_studio.planning.settings import Hook
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

OnError = Callable[[ErrorReport, RunFinished], object]
"""Told of a run that failed: the error, and how the run ended."""

FUNCTION_SECS: Final = 10.0
"""How long a function may take that is given from Python."""

_FAILED = {RunStatus.FAILED, RunStatus.QUALITY_FAILED}
_LOG = logging.getLogger("summit.engine")


def call_hooks(
    hooks: Sequence[Hook],
    pipeline: str,
    finished: RunFinished,
    workspace: Workspace,
    secrets: SecretStore,
    function: OnError | None = None,
) -> None:
    """Call the hooks of a run that failed, in order; what becomes of them is only logged.

    Each is given the end of the run as JSON: what `RunFinished` tells, and the pipeline's name; a
    function is given the error and `RunFinished`.

    Args:
        hooks: Those of the pipeline.
        pipeline: Its name.
        finished: How the run ended.
        workspace: Where files lie and commands run; hooks are called only if it is trusted.
        secrets: Resolves a webhook's address.
        function: Who starts the run from Python is told first, trusted or not: it is their code.
    """
    if finished.status not in _FAILED:
        return
    if function is not None and finished.error is not None:
        _in_time("function", FUNCTION_SECS, partial(function, finished.error, finished))
    if not hooks:
        return
    if not workspace.trusted:
        _LOG.warning("The on_error hooks were not called. The workspace is not trusted.")
        return
    told = {"pipeline": pipeline, **to_json(finished)}
    text = json.dumps(told, ensure_ascii=False, default=str)
    for hook in hooks:
        _in_time(hook.kind, hook.timeout_secs, _work(hook, text, finished, workspace, secrets))


def _work(
    hook: Hook, text: str, finished: RunFinished, workspace: Workspace, secrets: SecretStore
) -> Callable[[], object]:
    """Return what calls a hook."""
    if hook.log is not None:
        return partial(_append, workspace, hook.log, text)
    if hook.command is not None:
        return partial(_run, hook.command, text.encode(), workspace, hook.timeout_secs)
    if hook.function is not None:
        # Beside the run nothing of it can reach the run, and it can be ended.
        command = (sys.executable, "-m", __name__, hook.function)
        return partial(_run, command, pickle.dumps(finished), workspace, hook.timeout_secs)
    webhook = hook.webhook or ""
    return lambda: _post(_address(webhook, secrets), text, hook.timeout_secs)


def _in_time(kind: str, secs: float, call: Callable[[], object]) -> None:
    """Call a hook on a thread that is left behind once its time is up."""
    problems: list[str] = []

    def work() -> None:
        try:
            call()
        except SummitError as error:
            problems.append(error.what)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the run has ended as it has
            problems.append(_reason(error))

    thread = threading.Thread(target=work, name=f"hook-{kind}", daemon=True)
    thread.start()
    thread.join(secs + 1)
    if thread.is_alive():
        problems.append("it did not end in time")
    if problems:
        _LOG.warning("The on_error hook %s failed: %s.", kind, problems[0].rstrip("."))


def _reason(error: BaseException) -> str:
    """Return why a hook failed, without an address or a command, which may hold secrets."""
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None)
    return f"{type(error).__name__}: {reason}" if reason else type(error).__name__


def _append(workspace: Workspace, path: str, text: str) -> None:
    file = workspace.path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(text + "\n")


def _run(command: Sequence[str], given: bytes, workspace: Workspace, secs: float) -> None:
    """Run a command with what it is given as its input; it ends with all that it has started."""
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - the workspace is trusted
        list(command), cwd=workspace.root, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            _, said = process.communicate(given, timeout=secs)
        except subprocess.TimeoutExpired:
            _end(process)
            raise TimeoutError(0, "it did not end in time") from None
    if process.returncode:
        first = next(iter(said.decode("utf-8", "replace").strip().splitlines()), "")
        raise OSError(process.returncode, f"exit code {process.returncode} {first}".rstrip())


def _end(process: "subprocess.Popen[Any]") -> None:
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _address(webhook: str, secrets: SecretStore) -> str:
    if webhook.startswith(("http://", "https://")):
        return webhook
    found = secrets.resolve(webhook).reveal()
    if not found.startswith(("http://", "https://")):
        raise SummitError("the secret is no http address")
    return found


def _post(address: str, text: str, secs: float) -> None:
    from urllib.request import Request, urlopen

    request = Request(  # noqa: S310 - the scheme was looked at
        address, text.encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urlopen(request, timeout=secs) as answer:  # noqa: S310 - as above
        answer.read(1)


def main() -> None:
    """Call the function named by the argument with what comes on standard input.

    It may stand in the folder where the process runs.
    """
    module, _, name = sys.argv[1].rpartition(".")
    # Who sends it is the run, on a pipe that nobody else holds.
    finished: RunFinished = pickle.load(sys.stdin.buffer)  # noqa: S301
    try:
        getattr(import_module(module), name)(finished.error, finished)
    except Exception as error:  # noqa: BLE001 - whatever a person's function raises
        # Its text may hold what nobody may read in a log.
        sys.exit(type(error).__name__)


if __name__ == "__main__":
    main()
