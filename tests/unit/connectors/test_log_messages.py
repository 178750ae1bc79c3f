"""Messages of pgoutput: what each says, and that nothing else is taken for one."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit_studio.connectors.postgres.replication.lsn import lsn_of, lsn_text
from summit_studio.connectors.postgres.replication.messages import (
    Begin,
    Commit,
    Delete,
    Insert,
    Message,
    Named,
    Origin,
    Relation,
    RelationColumn,
    Spoken,
    Toast,
    Truncate,
    Update,
    Values,
    decode,
)
from summit_studio.core.errors import ReadFailed

U32 = st.integers(0, 2**32 - 1)
LSN = st.integers(0, 2**64 - 1)
MICROS = st.integers(-(2**63), 2**63 - 1)
NAME = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
ROW = st.lists(
    st.one_of(st.binary(max_size=20), st.none(), st.just(Toast.UNCHANGED)), max_size=6
).map(tuple)
COLUMN = st.builds(RelationColumn, NAME, U32, st.integers(-1, 2**31 - 1), st.booleans())
UPDATES = st.one_of(st.builds(Update, U32, ROW), st.builds(Update, U32, ROW, ROW, st.booleans()))
MESSAGES = st.one_of(
    st.builds(Begin, LSN, MICROS, U32),
    st.builds(Commit, LSN, LSN, MICROS),
    st.builds(
        Relation, U32, NAME, NAME, st.sampled_from("dnfi"), st.lists(COLUMN, max_size=5).map(tuple)
    ),
    st.builds(Named, U32, NAME, NAME),
    st.builds(Insert, U32, ROW),
    UPDATES,
    st.builds(Delete, U32, ROW, st.booleans()),
    st.builds(Truncate, st.lists(U32, max_size=4).map(tuple), st.booleans(), st.booleans()),
    st.builds(Origin, LSN, NAME),
    st.builds(Spoken, st.booleans(), LSN, NAME, st.binary(max_size=20)),
)


def _text(value: str) -> bytes:
    return value.encode() + b"\0"


def _row(values: Values) -> bytes:
    parts = [struct.pack("!H", len(values))]
    for value in values:
        if value is None:
            parts.append(b"n")
        elif isinstance(value, Toast):
            parts.append(b"u")
        else:
            parts.append(b"t" + struct.pack("!I", len(value)) + value)
    return b"".join(parts)


def encode(message: Message) -> bytes:
    """Return a message as the server sends it, written from PostgreSQL's own description."""
    match message:
        case Begin(lsn, micros, xid):
            return b"B" + struct.pack("!QqI", lsn, micros, xid)
        case Commit(lsn, end, micros):
            return b"C" + struct.pack("!bQQq", 0, lsn, end, micros)
        case Relation(oid, schema, name, identity, columns):
            head = b"R" + struct.pack("!I", oid) + _text(schema) + _text(name) + identity.encode()
            parts = [
                struct.pack("!b", c.key) + _text(c.name) + struct.pack("!Ii", c.type_oid, c.typmod)
                for c in columns
            ]
            return head + struct.pack("!H", len(columns)) + b"".join(parts)
        case Named(oid, schema, name):
            return b"Y" + struct.pack("!I", oid) + _text(schema) + _text(name)
        case Origin(lsn, name):
            return b"O" + struct.pack("!Q", lsn) + _text(name)
        case Spoken(transactional, lsn, prefix, content):
            head = b"M" + struct.pack("!bQ", transactional, lsn) + _text(prefix)
            return head + struct.pack("!I", len(content)) + content
        case _:
            return _encode_change(message)


def _encode_change(message: Message) -> bytes:
    match message:
        case Insert(relation, new):
            return b"I" + struct.pack("!I", relation) + b"N" + _row(new)
        case Update(relation, new, old, whole):
            before = b"" if old is None else (b"O" if whole else b"K") + _row(old)
            return b"U" + struct.pack("!I", relation) + before + b"N" + _row(new)
        case Delete(relation, old, whole):
            return b"D" + struct.pack("!I", relation) + (b"O" if whole else b"K") + _row(old)
        case Truncate(relations, cascade, restart):
            head = struct.pack("!Ib", len(relations), cascade + 2 * restart)
            return b"T" + head + struct.pack(f"!{len(relations)}I", *relations)
    raise AssertionError(message)


@given(MESSAGES)
def test_every_message_is_what_was_said(message: Message):
    assert decode(encode(message)) == message


@given(MESSAGES, st.data())
def test_one_that_breaks_off_or_goes_on_is_none(message: Message, data: st.DataObject):
    whole = encode(message)
    cut = data.draw(st.integers(0, len(whole) - 1))
    for wrong in (whole[:cut], whole + b"\0"):
        with pytest.raises(ReadFailed) as caught:
            decode(wrong)
        assert caught.value.code == "log_message_invalid"


@given(st.sampled_from(b"BCRYIUDTOMSEcAbPKrpXx"), st.binary(max_size=80))
def test_hostile_bytes_are_a_message_or_an_error(kind: int, rest: bytes):
    message = None
    with contextlib.suppress(ReadFailed):
        message = decode(bytes([kind]) + rest)
    assert message is None or decode(encode(message)) == message


def test_lengths_that_lie_cost_nothing():
    for head in (b"I\0\0\0\1N\0\1t", b"T", b"M\0\0\0\0\0\0\0\0\0\0"):
        with pytest.raises(ReadFailed, match="breaks off"):
            decode(head + b"\xff\xff\xff\xff\0")


def test_no_value_of_a_row_stands_in_an_error():
    with pytest.raises(ReadFailed) as caught:
        decode(b"I\0\0\0\1N\0\2t\0\0\0\6secrett")
    assert "secre" not in str(caught.value)


@given(LSN)
def test_places_in_the_log_are_written_as_the_server_does(lsn: int):
    assert lsn_of(lsn_text(lsn)) == lsn
    assert lsn_text(0x16_B374D848) == "16/B374D848"
    for wrong in ("", "16", "16/", "g/0", "1/123456789", None, 7):
        with pytest.raises(ReadFailed):
            lsn_of(wrong)
