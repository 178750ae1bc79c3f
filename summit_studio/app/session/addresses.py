"""Where things are in the databases of a workspace, and how they are dragged."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

TABLES_MIME = "application/x-summit-tables"
"""Tables being dragged: pairs of connection and table as JSON."""


@dataclass(frozen=True, slots=True)
class Address:
    """A connection, or a table or view behind it.

    Args:
        connection: The connection's name.
        table: The table as nodes name it; empty for the whole database.
    """

    connection: str
    table: str = ""


def packed(addresses: Sequence[Address]) -> bytes:
    """Return the data of a drag."""
    return json.dumps([(one.connection, one.table) for one in addresses]).encode()


def unpacked(data: bytes) -> tuple[Address, ...]:
    """Return what is dragged; nothing where the data is not of `packed`."""
    try:
        pairs = json.loads(data) if data else []
        return tuple(Address(str(connection), str(table)) for connection, table in pairs)
    except (ValueError, TypeError):
        return ()
