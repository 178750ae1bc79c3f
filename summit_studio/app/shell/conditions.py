"""When actions can be used: the conditions that the table of actions names."""

from collections.abc import Callable, Mapping

from summit_studio.app.session.files import FileDesk
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.session import Session
from summit_studio.app.shell.resuming import Resuming


def conditions(
    session: Session,
    desk: FileDesk,
    supervisor: RunSupervisor,
    resuming: Resuming,
    editing: Callable[[], bool],
) -> Mapping[str, Callable[[], bool]]:
    """Return the conditions by name; `editing` tells whether a document is shown."""

    def nodes() -> tuple[str, ...]:
        return session.selection.nodes

    return {
        "has_document": editing,
        "has_file": lambda: editing() and session.files.path is not None,
        "savable": editing,
        "editable": lambda: editing() and not session.files.read_only,
        "has_nodes": lambda: editing() and bool(nodes()),
        "can_tidy_selection": lambda: (
            editing() and not session.files.read_only and len(nodes()) > 1
        ),
        "has_node": lambda: editing() and len(nodes()) == 1,
        "connectable": lambda: (
            editing() and not session.files.read_only and bool(nodes() or session.selection.edges)
        ),
        "has_selection": lambda: editing() and bool(session.selection),
        "can_undo": lambda: editing() and session.bridge.can_undo,
        "can_redo": lambda: editing() and session.bridge.can_redo,
        "can_run": lambda: editing() and bool(session.document.nodes) and not supervisor.running,
        "unfinished": lambda: editing() and resuming.found is not None and not supervisor.running,
        "recovered": lambda: editing() and desk.recovered,
        "held": lambda: editing() and bool(session.files.holder),
        "untrusted": lambda: editing() and not session.workspace.trusted,
        "running": lambda: supervisor.running and not supervisor.cancelling,
    }
