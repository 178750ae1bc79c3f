"""Shows rows of a port in a terminal, or as JSON."""

from typing import TYPE_CHECKING

from summit_studio.cli.terminal import Terminal
from summit_studio.core.showing import cell

if TYPE_CHECKING:
    from summit_studio.engine.preview import Preview


def show_rows(found: "Preview", terminal: Terminal, *, as_json: bool = False) -> None:
    """Print the first rows of a port, and what they stand for."""
    from summit_studio.cli.describing import plain
    from summit_studio.core.arrow import values_of
    from summit_studio.core.schema import is_number

    columns = [c.name for c in found.schema]
    # By position: a table may hold two columns of one name.
    values = [values_of(column) for column in found.table.columns]
    rows = list(zip(*values, strict=True)) if values else []
    if as_json:
        terminal.json(
            {
                "port": str(found.port),
                "schema": [{"name": c.name, "type": c.type} for c in found.schema],
                "rows": [dict(zip(columns, map(plain, row), strict=True)) for row in rows],
                "complete": found.complete,
                "note": found.note,
            }
        )
        return
    aligns = "".join("r" if is_number(c.type) else "l" for c in found.schema)
    terminal.table(columns, [[cell(v) for v in row] for row in rows], aligns)
    terminal.say(found.note)
