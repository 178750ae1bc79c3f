"""Looks at databases while a pipeline is drawn: only where that is allowed, and not every time."""

import time
from typing import TYPE_CHECKING, TypeVar

from summit_studio.connectors.opening import open_database
from summit_studio.nodes.contract import DesignContext
from summit_studio.workspace.connections import FILE_KINDS, Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from summit_studio.connectors.contract import Database

T = TypeVar("T")

_HELD_SECS = 60
"""A server does not tell when a table changes: what it said is asked again after so long."""


def probe(
    connection: Connection,
    context: DesignContext,
    subject: tuple[object, ...],
    look: "Callable[[Database], T]",
) -> T | None:
    """Return what a look at a database shows; None where it may not be asked.

    A database file inside the workspace may always be looked at.

    Args:
        connection: Leads to it.
        context: Says what may be asked, and remembers the answer.
        subject: All that the answer depends on beside the database.
        look: Asks.

    Raises:
        SummitError: The database cannot be reached, or refuses.
    """
    path = connection.path
    local = connection.kind in FILE_KINDS and path and context.workspace.may_read(path)
    if not context.probe and not local:
        return None

    def ask() -> T:
        with open_database(connection, context.secrets, context.workspace) as database:
            return look(database)

    held = int(time.monotonic() // _HELD_SECS)
    stamp = _stamp(connection, context)
    answer: T = context.cache(
        ("database", connection.model_dump_json(), stamp, held, *subject), ask
    )
    return answer


def _stamp(connection: Connection, context: DesignContext) -> tuple[int, int]:
    """Return what changes with a database file's content."""
    if connection.kind not in FILE_KINDS or not connection.path:
        return (0, 0)
    path = context.workspace.path(connection.path)
    if not path.exists():
        return (0, 0)
    stat = path.stat()
    return (stat.st_mtime_ns, stat.st_size)
