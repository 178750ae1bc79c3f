"""What SQLite says of a file: its tables, and what its errors mean."""

import re
import sqlite3
from pathlib import Path
from typing import Final

from summit_studio.connectors.names import Listed, TableName
from summit_studio.core.errors import ConnectionFailed, SummitError, Where
from summit_studio.core.refusal import Refusal

_TABLES: Final = """
SELECT name, type = 'view' FROM sqlite_master
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
"""

_ASIDE: Final = "connect the rejected port of the sink to put such rows aside"

_CODES: Final = {
    "SQLITE_BUSY": ("file_locked", True, "close the other program, or raise lock_timeout_secs"),
    "SQLITE_LOCKED": ("file_locked", True, "close the other program, or raise lock_timeout_secs"),
    "SQLITE_PROTOCOL": ("file_locked", True, "close the other program, or run again"),
    "SQLITE_NOMEM": ("memory_full", True, "close other programs, or set a smaller batch_rows"),
    "SQLITE_FULL": ("disk_full", False, "free some space"),
    "SQLITE_IOERR": ("disk_failed", True, "check the disk"),
    "SQLITE_READONLY": ("file_read_only", False, "make the file and its folder writable"),
    "SQLITE_CANTOPEN": ("file_unwritable", False, "check the file, its folder and their rights"),
    "SQLITE_NOTADB": ("file_invalid", False, "correct 'path' or 'kind'; it is no SQLite database"),
    "SQLITE_CORRUPT": ("file_damaged", False, "restore the file from a copy"),
    "SQLITE_CONSTRAINT_UNIQUE": ("duplicate_key", False, _ASIDE),
    "SQLITE_CONSTRAINT_PRIMARYKEY": ("duplicate_key", False, _ASIDE),
    "SQLITE_CONSTRAINT_ROWID": ("duplicate_key", False, _ASIDE),
    "SQLITE_CONSTRAINT_NOTNULL": ("null_not_allowed", False, _ASIDE),
    "SQLITE_CONSTRAINT_CHECK": ("check_violated", False, _ASIDE),
    "SQLITE_CONSTRAINT_FOREIGNKEY": ("foreign_key", False, _ASIDE),
    "SQLITE_CONSTRAINT_DATATYPE": ("value_does_not_fit", False, _ASIDE),
    "SQLITE_MISMATCH": ("value_does_not_fit", False, _ASIDE),
    "SQLITE_TOOBIG": ("value_too_long", False, _ASIDE),
    "SQLITE_CONSTRAINT": ("constraint_violated", False, _ASIDE),
    "SQLITE_ERROR": ("query_invalid", False, "correct the query"),
}
"""SQLite's primary result codes to code, retryable, do. https://www.sqlite.org/rescode.html"""


def listed(con: sqlite3.Connection) -> list[Listed]:
    """Return the tables and views of an open file."""
    return [Listed(TableName(None, name), bool(view)) for name, view in con.execute(_TABLES)]


def known_tables(con: sqlite3.Connection) -> list[str]:
    """Return their names."""
    return [str(one.name) for one in listed(con)]


def refusal_of(row: int, error: sqlite3.Error) -> Refusal:
    """Return why the table refuses a row, in SQLite's words."""
    column = re.fullmatch(r"(?:UNIQUE|NOT NULL) constraint failed: [^.,]+\.([^.,]+)", str(error))
    code = _meaning(error)[0] or "constraint_violated"
    return Refusal(row, code, str(error), column[1] if column else None)


def _meaning(error: sqlite3.Error) -> tuple[str, bool, str]:
    """Return code, retryable and what to do; the code is empty for what is not known."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return next((_CODES[known] for known in _CODES if name.startswith(known)), ("", False, ""))


def failure(kind: type[SummitError], what: str, error: sqlite3.Error, path: Path) -> SummitError:
    """Return what an SQLite error means, as an error of class `kind`."""
    code, retryable, do = _meaning(error)
    code = code or kind.code
    text = str(error)
    if "Could not decode to UTF-8" in text:
        text = text.split(" with text", 1)[0]
        code, do = "value_does_not_fit", "read it in a query as CAST(column AS BLOB)"
    raised = ConnectionFailed if code in {"file_invalid", "file_unwritable"} else kind
    return raised(
        what, why=text, do=do, code=code, retryable=retryable, where=Where(file=str(path))
    )
