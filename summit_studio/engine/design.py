"""Makes the context in which a pipeline is drawn, checked and planned."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from summit_studio.expressions.binder import Binder
from summit_studio.nodes.contract import DesignContext
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

_KEPT = 256


class ProbeCache:
    """Remembers what sources look like, keyed by all that the answer depends on."""

    def __init__(self, size: int = _KEPT) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def __call__(self, key: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
        """Return the remembered answer, or compute it; errors are not remembered."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = compute()
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)
        return answer


def design_context(workspace: Workspace, *, probe: bool | None = None) -> DesignContext:
    """Return a context for a workspace.

    Args:
        workspace: Where relative paths and connections are looked up.
        probe: Whether databases may be asked for their columns; by default only in a trusted
            workspace.
    """
    return DesignContext(
        workspace=workspace,
        binder=Binder(),
        secrets=SecretStore(root=workspace.root),
        probe=workspace.trusted if probe is None else probe,
        cache=ProbeCache(),
    )
