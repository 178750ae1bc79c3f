"""What PostgreSQL's failures mean to a person, as data. No message here can hold a password."""

import re
from typing import TYPE_CHECKING, Any, Final

from summit_studio.core.errors import ConnectionFailed, SummitError, Where

if TYPE_CHECKING:
    import psycopg

    from summit_studio.workspace.connections import Connection

_REFUSALS: Final = (
    ("no password supplied|fe_sendauth", "password_missing", False,
     "the server asks for a password and the connection names none",
     "set 'password' to a secret reference such as keyring:NAME"),
    ("password authentication failed|28P01", "password_wrong", False,
     "the server refused user '{user}' with this password",
     "store the right password (summit secrets set) or correct 'user'"),
    ("no pg_hba.conf entry|pg_hba.conf rejects", "not_admitted", False,
     "the server does not admit user '{user}' to database '{database}' from this machine",
     "ask its administrator for an entry in pg_hba.conf, or set ssl_mode"),
    ('database ".*" does not exist', "database_missing", False,
     "the server has no database '{database}'", "correct 'database' or create it"),
    ('role ".*" does not exist', "user_missing", False,
     "the server has no user '{user}'", "correct 'user' or create the role"),
    ("permission denied for database", "database_denied", False,
     "user '{user}' may not connect to database '{database}'", "ask for the CONNECT privilege"),
    ("resolve host|translate host|Name or service|nodename nor|getaddrinfo", "host_unknown", False,
     "no machine is called '{host}'", "correct 'host', or check the network's name service"),
    ("Connection refused|ECONNREFUSED", "connection_refused", True,
     "nothing listens on {host} port {port}", "start the server, or correct 'host' and 'port'"),
    ("timeout expired|timed out", "connection_timeout", True,
     "{host} port {port} did not answer in time", "check the network, a firewall, or 'host'"),
    ("No such file or directory|is the server running locally", "connection_refused", True,
     "no server listens on the socket {host} port {port}", "start the server, or correct 'host'"),
    ("SSL|certificate", "tls_failed", False,
     "the server and this connection do not agree on TLS",
     "correct 'ssl_mode', or the files that ssl_root_cert, ssl_cert and ssl_key name"),
    ("too many clients|too many connections|remaining connection slots", "server_full", True,
     "the server has no free connection", "close other sessions or try again later"),
    ("starting up|shutting down|recovery mode|(not|not yet) accepting connections",
     "server_not_ready", True,
     "the server is starting or stopping", "try again in a moment"),
)  # fmt: skip
"""Pattern, code, retryable, why, do. libpq has no codes before a session exists, only these texts.

A server that speaks another language than English lands in the last, general case.
"""

_ASIDE: Final = "connect the rejected port of the sink to put such rows aside"

_STATES: Final = {
    "22001": ("value_too_long", False, "make the column wider or shorten the text"),
    "22003": ("value_out_of_range", False, "make the column wider or filter such values"),
    "22021": ("text_invalid", False, "remove zero bytes from the text"),
    "22P02": ("value_invalid", False, "correct or reject the value before this node"),
    "22007": ("value_invalid", False, "correct or reject the value before this node"),
    "22P05": ("text_invalid", False, "remove zero bytes from the text"),
    "23502": ("null_not_allowed", False, f"give such rows a value, or {_ASIDE}"),
    "23503": ("foreign_key", False, f"load the referenced rows first, or {_ASIDE}"),
    "23505": ("duplicate_key", False, f"deduplicate before this sink, or {_ASIDE}"),
    "23514": ("check_violated", False, f"correct such rows, or {_ASIDE}"),
    "25006": ("read_only", False, "a source may only read; write with a sink"),
    "2BP01": ("table_in_use", False, "drop what depends on the table, or replace only its rows"),
    "40001": ("serialization", True, "run again"),
    "40P01": ("deadlock", True, "run again"),
    "42501": ("permission_denied", False, "ask the owner for the privilege"),
    "42601": ("query_invalid", False, "correct the query"),
    "42703": ("column_missing", False, "correct the column name in the query"),
    "42P01": ("table_missing", False, "correct the table name in the query"),
    "42P07": ("table_exists", True, "another run created it just now; run again"),
    "53100": ("disk_full", True, "free space on the server"),
    "55P03": ("lock_timeout", True, "wait for the other session, or raise lock_timeout_secs"),
    "53400": ("limit_reached", False, "have the server's limit raised, or load less at once"),
    "57014": ("statement_timeout", True, "raise statement_timeout_secs, or read less at once"),
    "57P01": ("connection_lost", True, "run again when the server is back"),
    "57P04": ("database_missing", False, "the database was dropped; restore it"),
}  # fmt: skip
"""SQLSTATE to code, retryable, do. https://www.postgresql.org/docs/current/errcodes-appendix.html"""

_PASSING: Final = ("08", "25P03", "25P04", "40", "53", "55006", "57P")
"""How the states of what may pass by itself begin, where `_STATES` does not name them: lost links,
sessions ended by time limits, transactions undone, no memory or connection left, objects in use, a
server that stops or starts."""


def code_of(state: str) -> str:
    """Return the code of what the server said about a row."""
    return _STATES[state][0] if state in _STATES else "refused_by_target"


def connect_failure(connection: "Connection", error: Exception, secret: str) -> ConnectionFailed:
    """Return what a failed attempt to connect means.

    Args:
        connection: Where to.
        error: What psycopg raised.
        secret: The password used, cut from whatever text is shown.
    """
    text = str(error)
    facts = {
        "host": connection.host or "the local server",
        "port": str(connection.port or 5432),
        "user": connection.user or "(default)",
        "database": connection.database or connection.user or "(default)",
    }
    for pattern, code, retryable, why, do in _REFUSALS:
        if re.search(pattern, text):
            return _failed(connection, why.format(**facts), do, code, retryable=retryable)
    first = text.strip().splitlines()[0] if text.strip() else type(error).__name__
    shown = first.replace(secret, "***") if secret else first
    return _failed(connection, shown, "check the connection", "connection_failed", retryable=True)


def _failed(
    connection: "Connection", why: str, do: str, code: str, *, retryable: bool
) -> ConnectionFailed:
    return ConnectionFailed(
        f"Cannot connect to {connection.describe()}",
        why=why,
        do=do,
        code=code,
        retryable=retryable,
    )


def statement_failure(kind: type[SummitError], what: str, error: "psycopg.Error") -> SummitError:
    """Return what a failed statement means, as an error of class `kind`."""
    diag = error.diag
    state = error.sqlstate or ""
    code, retryable, do = _STATES.get(state, (kind.code, state.startswith(_PASSING), ""))
    if state not in _STATES and _is_lost(error, state):
        code, do = "connection_lost", "check the server and the network, then run again"
        retryable = True
    lines = str(error).strip().splitlines()
    why = diag.message_primary or (lines[0] if lines else type(error).__name__)
    why += "".join(f"; {part}" for part in _details(diag, state))
    where = Where(column=diag.column_name or _copy_column(diag.context))
    return kind(what, why=why, do=do, code=code, where=where, retryable=retryable)


def _is_lost(error: "psycopg.Error", state: str) -> bool:
    import psycopg

    if state.startswith(("08", "25P03", "25P04", "57P")):
        return True
    return not state and isinstance(error, psycopg.OperationalError)


def _details(diag: Any, state: str) -> list[str]:
    parts = []
    # Not for 23502 and 23514: their detail is the whole row.
    if diag.message_detail and state in {"23505", "23503", "2BP01", "42P07"}:
        parts.append(str(diag.message_detail).rstrip("."))
    copy = re.match(r"COPY .*", diag.context or "")
    if copy and state not in {"23502", "23514"}:
        parts.append(copy[0][:200])
    return parts


def _copy_column(context: str | None) -> str | None:
    found = re.search(r", column ([^:,]+)", context or "")
    return found[1] if found else None
