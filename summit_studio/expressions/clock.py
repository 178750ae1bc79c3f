"""One clock for a run: every function that tells the time gives the same value to every row.

DuckDB's own clock is when a query starts, and a run asks many queries, on many connections. So
each connection of a run gets macros of the same names, which DuckDB's binder finds before its own
functions: types and column names stay, and nothing is looked up while rows flow.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    import duckdb

_ZONED, _PLAIN = "%Y-%m-%d %H:%M:%S.%f+00", "%Y-%m-%d %H:%M:%S.%f"

CLOCK: Mapping[str, tuple[str, str]] = MappingProxyType(
    dict.fromkeys(
        ("now", "get_current_timestamp", "transaction_timestamp"), ("TIMESTAMPTZ", _ZONED)
    )
    | dict.fromkeys(("today", "current_date"), ("DATE", "%Y-%m-%d"))
    | {
        "get_current_time": ("TIMETZ", "%H:%M:%S.%f+00"),
        "current_localtime": ("TIME", "%H:%M:%S.%f"),
        "current_localtimestamp": ("TIMESTAMP", _PLAIN),
    }
)
"""Every function without arguments that tells the time: its type, and how that is written."""


def set_clock(con: "duckdb.DuckDBPyConnection", at: datetime) -> None:
    """Stop the clock of a connection in UTC at `at`; words such as `current_date` follow.

    `age` of one argument counts from the start of the day, as DuckDB's own does.
    """
    moment = at.astimezone(UTC)
    macros = [
        f"CREATE MACRO {quote_name(name)}() AS CAST('{moment.strftime(form)}' AS {kind})"
        for name, (kind, form) in CLOCK.items()
    ]
    macros.append(
        "CREATE MACRO age(a) AS system.main.age(current_date(), a), (a, b) AS system.main.age(a, b)"
    )
    con.execute("; ".join(macros))
