"""Hooks of a run that failed: they tell somebody, and change nothing of how it ended."""

import json
import logging
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from summit_studio.core.errors import SummitError
from summit_studio.core.events import RunFinished, RunStatus, to_json
from summit_studio.planning.settings import Hook
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

_FAILED = {RunStatus.FAILED, RunStatus.QUALITY_FAILED}
_LOG = logging.getLogger("summit.engine")


def call_hooks(
    hooks: Sequence[Hook],
    pipeline: str,
    finished: RunFinished,
    workspace: Workspace,
    secrets: SecretStore,
) -> None:
    """Call the hooks of a run that failed, in order; what becomes of them is only logged.

    Each is given the end of the run as JSON: what `RunFinished` tells, and the pipeline's name.

    Args:
        hooks: Those of the pipeline.
        pipeline: Its name.
        finished: How the run ended.
        workspace: Where files lie and commands run; hooks are called only if it is trusted.
        secrets: Resolves a webhook's address.
    """
    if not hooks or finished.status not in _FAILED:
        return
    if not workspace.trusted:
        _LOG.warning("The on_error hooks were not called. The workspace is not trusted.")
        return
    told = {"pipeline": pipeline, **to_json(finished)}
    text = json.dumps(told, ensure_ascii=False, default=str)
    for hook in hooks:
        _call(hook, text, workspace, secrets)


def _call(hook: Hook, text: str, workspace: Workspace, secrets: SecretStore) -> None:
    """Call a hook on a thread that is left behind once its time is up."""
    problems: list[str] = []

    def work() -> None:
        try:
            if hook.log is not None:
                _append(workspace, hook.log, text)
            elif hook.command is not None:
                _run(hook.command, text, workspace, hook.timeout_secs)
            elif hook.webhook is not None:
                _post(_address(hook.webhook, secrets), text, hook.timeout_secs)
        except SummitError as error:
            problems.append(error.what)
        except Exception as error:  # noqa: BLE001 - whatever happens, the run has ended as it has
            problems.append(_reason(error))

    thread = threading.Thread(target=work, name=f"hook-{hook.kind}", daemon=True)
    thread.start()
    thread.join(hook.timeout_secs + 1)
    if thread.is_alive():
        problems.append("it did not end in time")
    if problems:
        _LOG.warning("The on_error hook %s failed: %s.", hook.kind, problems[0].rstrip("."))


def _reason(error: Exception) -> str:
    """Return why a hook failed, without an address or a command, which may hold secrets."""
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None)
    return f"{type(error).__name__}: {reason}" if reason else type(error).__name__


def _append(workspace: Workspace, path: str, text: str) -> None:
    file = workspace.path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(text + "\n")


def _run(command: Sequence[str], text: str, workspace: Workspace, secs: float) -> None:
    """Run a command with the text as its input; it ends with all that it has started."""
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - the workspace is trusted
        list(command), cwd=workspace.root, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe,
        text=True, encoding="utf-8", start_new_session=True,
    ) as process:  # fmt: skip
        try:
            _, said = process.communicate(text, timeout=secs)
        except subprocess.TimeoutExpired:
            _end(process)
            raise TimeoutError(0, "it did not end in time") from None
    if process.returncode:
        first = next(iter(said.strip().splitlines()), "")
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
