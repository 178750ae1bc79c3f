"""What pgoutput says: one message a change, in the text form of values.

Version 1 of the protocol: every transaction comes whole, after its commit, in the order of commits.
Version 2 hands out transactions that are still open, which is of use to a follower that is always
connected; a peek ends at a commit, and the server keeps what is large on its own disk until then.

Source: https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from summit_studio.core.errors import ReadFailed


class Toast(Enum):
    """Stands for a value that the log does not hold."""

    UNCHANGED = "unchanged"  # Kept aside of its row (TOAST) and not touched by the update.


Value = bytes | Toast | None
"""A value as PostgreSQL writes it in text, or null, or the one of before, whatever that was."""

Values = tuple[Value, ...]
"""Those of a row, in the order of the columns of its relation."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A transaction begins.

    Args:
        lsn: Where its commit stands.
        micros: When it was committed, in microseconds since 2000-01-01 UTC.
        xid: Its number.
    """

    lsn: int
    micros: int
    xid: int


@dataclass(frozen=True, slots=True)
class Commit:
    """A transaction ends.

    Args:
        lsn: Where its commit stands.
        end: The place behind it.
        micros: As of Begin.
    """

    lsn: int
    end: int
    micros: int


@dataclass(frozen=True, slots=True)
class RelationColumn:
    """A column of a table, as it was when rows were changed.

    Args:
        type_oid: Of its type; `Named` messages tell of those that are no part of PostgreSQL.
        typmod: As pg_attribute has it.
        key: It is part of what identifies a row.
    """

    name: str
    type_oid: int
    typmod: int
    key: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, before its first change and after each change of its columns.

    Args:
        identity: `d` primary key, `n` nothing, `f` all columns, `i` a unique index.
    """

    id: int
    schema: str
    name: str
    identity: str
    columns: tuple[RelationColumn, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a type that a column has; of a domain, the name of what it is made of."""

    oid: int
    schema: str
    name: str


@dataclass(frozen=True, slots=True)
class Insert:
    """A row is new."""

    relation: int
    new: Values


@dataclass(frozen=True, slots=True)
class Update:
    """A row has changed.

    Args:
        old: The row of before, where the log holds it: whole, or its key alone.
        whole: All columns of `old` are there.
    """

    relation: int
    new: Values
    old: Values | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """A row is gone.

    Args:
        old: The row, or its key alone: all others are null.
        whole: All columns of `old` are there.
    """

    relation: int
    old: Values
    whole: bool


@dataclass(frozen=True, slots=True)
class Truncate:
    """All rows of some tables are gone."""

    relations: tuple[int, ...]
    cascade: bool
    restart: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """The transaction came from another server."""

    lsn: int
    name: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A program wrote words of its own into the log."""

    transactional: bool
    lsn: int
    prefix: str
    content: bytes


Message = Begin | Commit | Relation | Named | Insert | Update | Delete | Truncate | Origin | Spoken


def decode(data: bytes) -> Message:
    """Return what a message says.

    Raises:
        ReadFailed: It is not one of the protocol's, or breaks off.
    """
    parse = _PARSERS.get(data[:1])
    if parse is None:
        raise _invalid(data, "its kind is not one of version 1 of the protocol")
    cursor = _Cursor(data, 1)
    try:
        message = parse(cursor)
    except struct.error:
        raise _invalid(data, "it breaks off") from None
    except UnicodeDecodeError:
        raise _invalid(data, "a name in it is not UTF-8") from None
    except ValueError as error:
        raise _invalid(data, str(error)) from None
    if cursor.at != len(data):
        raise _invalid(data, f"{len(data) - cursor.at:,} bytes follow its end")
    return message


def _invalid(data: bytes, why: str) -> ReadFailed:
    # No more than the kind is shown: what follows are rows.
    return ReadFailed(
        "Cannot understand what PostgreSQL's log says",
        why=f"a message of kind {data[:1]!r} and {len(data):,} bytes is not of pgoutput: {why}",
        do="check that the slot was created with the plugin pgoutput",
        code="log_message_invalid",
    )


class _Cursor:
    """Takes a message apart from front to back."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def numbers(self, form: struct.Struct) -> tuple[int, ...]:
        found = form.unpack_from(self.data, self.at)
        self.at += form.size
        return found

    def text(self) -> str:
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise ValueError("a name in it does not end")
        found = self.data[self.at : end].decode()
        self.at = end + 1
        return found

    def mark(self) -> bytes:
        if self.at >= len(self.data):
            raise ValueError("it breaks off")
        self.at += 1
        return self.data[self.at - 1 : self.at]

    def content(self) -> bytes:
        (size,) = self.numbers(_U32)
        end = self.at + size
        if end > len(self.data):
            raise ValueError("it breaks off")
        found = self.data[self.at : end]
        self.at = end
        return found

    def values(self) -> Values:
        (count,) = self.numbers(_U16)
        return tuple([self._value() for _ in range(count)])

    def _value(self) -> Value:
        mark = self.mark()
        if mark == b"t":
            return self.content()
        if mark == b"n":
            return None
        if mark == b"u":
            return Toast.UNCHANGED
        raise ValueError(f"a value in it is of kind {mark!r}")


_U16: Final = struct.Struct("!H")
_U32: Final = struct.Struct("!I")
_BEGIN: Final = struct.Struct("!QqI")
_COMMIT: Final = struct.Struct("!BQQq")
_LSN: Final = struct.Struct("!Q")
_TYPED: Final = struct.Struct("!Ii")
_TRUNCATE: Final = struct.Struct("!IB")
_SPOKEN: Final = struct.Struct("!BQ")


def _begin(cursor: _Cursor) -> Begin:
    return Begin(*cursor.numbers(_BEGIN))


def _commit(cursor: _Cursor) -> Commit:
    _, lsn, end, micros = cursor.numbers(_COMMIT)
    return Commit(lsn, end, micros)


def _relation(cursor: _Cursor) -> Relation:
    (oid,) = cursor.numbers(_U32)
    # An empty name stands for the schema of the system's own tables.
    schema, name = cursor.text() or "pg_catalog", cursor.text()
    identity = cursor.mark().decode()
    (count,) = cursor.numbers(_U16)
    return Relation(oid, schema, name, identity, tuple([_column(cursor) for _ in range(count)]))


def _column(cursor: _Cursor) -> RelationColumn:
    key = cursor.mark() == b"\1"
    name = cursor.text()
    oid, typmod = cursor.numbers(_TYPED)
    return RelationColumn(name, oid, typmod, key)


def _named(cursor: _Cursor) -> Named:
    (oid,) = cursor.numbers(_U32)
    return Named(oid, cursor.text() or "pg_catalog", cursor.text())


def _insert(cursor: _Cursor) -> Insert:
    (relation,) = cursor.numbers(_U32)
    _expect(cursor, b"N")
    return Insert(relation, cursor.values())


def _update(cursor: _Cursor) -> Update:
    (relation,) = cursor.numbers(_U32)
    mark = cursor.mark()
    if mark == b"N":
        return Update(relation, cursor.values())
    if mark not in {b"K", b"O"}:
        raise ValueError(f"a row in it is of kind {mark!r}")
    old = cursor.values()
    _expect(cursor, b"N")
    return Update(relation, cursor.values(), old, mark == b"O")


def _delete(cursor: _Cursor) -> Delete:
    (relation,) = cursor.numbers(_U32)
    mark = cursor.mark()
    if mark not in {b"K", b"O"}:
        raise ValueError(f"a row in it is of kind {mark!r}")
    return Delete(relation, cursor.values(), mark == b"O")


def _expect(cursor: _Cursor, mark: bytes) -> None:
    found = cursor.mark()
    if found != mark:
        raise ValueError(f"a row in it is of kind {found!r}")


def _truncate(cursor: _Cursor) -> Truncate:
    count, options = cursor.numbers(_TRUNCATE)
    if 4 * count > len(cursor.data):
        raise ValueError("it breaks off")
    relations = tuple([cursor.numbers(_U32)[0] for _ in range(count)])
    return Truncate(relations, bool(options & 1), bool(options & 2))


def _origin(cursor: _Cursor) -> Origin:
    (lsn,) = cursor.numbers(_LSN)
    return Origin(lsn, cursor.text())


def _spoken(cursor: _Cursor) -> Spoken:
    flags, lsn = cursor.numbers(_SPOKEN)
    return Spoken(bool(flags & 1), lsn, cursor.text(), cursor.content())


_PARSERS: Final[dict[bytes, Callable[[_Cursor], Message]]] = {
    b"B": _begin, b"C": _commit, b"R": _relation, b"Y": _named, b"I": _insert, b"U": _update,
    b"D": _delete, b"T": _truncate, b"O": _origin, b"M": _spoken,
}  # fmt: skip
