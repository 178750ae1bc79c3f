"""Files: encodings, compression, marks at the beginning, and everything a file can be instead."""

import bz2
import gzip
import os

import pyarrow as pa
import pytest

from summit_studio.core.errors import InvalidParams, ReadFailed
from summit_studio.formats.text import encoding
from summit_studio.formats.text.encoding import (
    TextStream,
    detect_format,
    invalid_spots,
    valid_utf8,
)
from tests.unit.formats.csv.conftest import read

TEXT = 'id;name;price\n1;Müller;1,5\n2;日本語 €;2\n3;"a\nß";\n'
ROWS = [(1, "Müller", 1.5), (2, "日本語 €", 2.0), (3, "a\nß", None)]
WESTERN = "id;name\n1;Müller\n2;“€uro”\n3;Ærø\n"
WESTERN_ROWS = [(1, "Müller"), (2, "“€uro”"), (3, "Ærø")]


@pytest.mark.parametrize("block_bytes", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-32-le", b"\xff\xfe\0\0"),
        ("utf-32-be", b"\0\0\xfe\xff"),
    ],
)
def test_unicode_is_found(read_text, name, mark, block_bytes):
    found = read_text(mark + TEXT.encode(name), block_bytes=block_bytes)
    assert found.layout.format.encoding == name
    assert found.schema.names == ("id", "name", "price")
    assert found.rows == ROWS
    assert found.rejects == []


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_wide_text_without_a_mark(read_text, name):
    text = "id,name\n" + "".join(f"{i},name {i}\n" for i in range(100))
    found = read_text(text.encode(name))
    assert found.layout.format.encoding == name
    assert found.rows[99] == (99, "name 99")


@pytest.mark.parametrize("block_bytes", [3, 1 << 20])
def test_western_text_is_found(read_text, block_bytes):
    found = read_text(WESTERN.encode("cp1252"), block_bytes=block_bytes)
    assert found.layout.format.encoding == "cp1252"
    assert found.rows == WESTERN_ROWS


@pytest.mark.parametrize(
    ("told", "written"),
    [("latin-1", "iso8859-1"), ("utf-16", "utf-16-le"), ("utf-16", "utf-16"), ("cp1252", "cp1252"),
     ("UTF8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("ascii", "utf-8"), ("cp850", "cp850")],
)  # fmt: skip
def test_encoding_told(read_text, told, written):
    found = read_text("id,name\n1,Ærø\n2,Müller\n".encode(written), encoding=told)
    assert found.rows == [(1, "Ærø"), (2, "Müller")]


def test_japanese_told(read_text):
    found = read_text("id,name\n1,日本語\n".encode("shift_jis"), encoding="shift_jis")
    assert found.rows == [(1, "日本語")]


def test_mostly_valid_utf8_stays_utf8_and_the_bad_row_is_rejected(read_text):
    rows = "".join(f"{i},Grüße {i}\n" for i in range(50)).encode()
    found = read_text(b"id,name\n" + rows + b"50,\xfcber\n51,fine\n")
    assert found.layout.format.encoding == "utf-8"
    assert found.rejects == [(52, "encoding", "50,\\xfcber")]
    assert "set the encoding" in found.reasons[0]
    assert len(found.rows) == 51


@pytest.mark.parametrize("block_bytes", [5, 1 << 20])
def test_byte_that_the_encoding_does_not_have(read_text, block_bytes):
    data = "id,name\n1,Müller\n".encode("cp1252") + b"2,\x81\n3,ok\n"
    found = read_text(data, encoding="cp1252", block_bytes=block_bytes)
    assert found.rows == [(1, "Müller"), (3, "ok")]
    assert [(line, code) for line, code, _ in found.rejects] == [(3, "encoding")]


def test_text_cut_inside_of_a_character(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("id,name\n1,a\n".encode("utf-16")[:-1])
    with pytest.raises(ReadFailed) as caught:
        read(path)
    assert caught.value.code == "encoding"


def test_unknown_encoding(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n")
    with pytest.raises(ReadFailed, match="utf-99") as caught:
        read(path, encoding="utf-99")
    assert caught.value.code == "encoding_unknown"


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


@pytest.mark.parametrize("pack", [gzip.compress, zstd, bz2.compress])
@pytest.mark.parametrize("block_bytes", [9, 1 << 20])
def test_compression_is_found(read_text, pack, block_bytes):
    found = read_text(pack(TEXT.encode()), block_bytes=block_bytes)
    assert found.rows == ROWS
    assert found.progress[-1] == 1.0


def test_two_gzip_members_are_one_text(read_text):
    data = gzip.compress(b"a,b\n1,x\n") + gzip.compress(b"2,y\n")
    assert read_text(data, header=True).rows == [(1, "x"), (2, "y")]


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_compressed_data_cut_short(tmp_path, pack):
    path = tmp_path / "a.csv.packed"
    data = pack(b"a,b\n" + os.urandom(30_000).hex().encode() + b",1\n")
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ReadFailed) as caught:
        read(path)
    assert caught.value.code in {"file_unreadable", "record_too_long"}


def test_told_compression_that_it_is_not(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ReadFailed) as caught:
        read(path, compression="gzip")
    assert caught.value.code == "file_unreadable"
    assert caught.value.where.file == str(path)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"PAR1\x15\x04\x15", "Parquet"),
        (b"PK\x03\x04\x14\0\x06\0", "Excel"),
        (b"SQLite format 3\0", "SQLite"),
        (b"%PDF-1.7\n", "PDF"),
        (bytes(range(256)) * 4, "zero bytes"),
        (b"\x7fELF\x02\x01", "program"),
    ],
)
def test_what_is_not_text(tmp_path, content, word):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(ReadFailed, match=word) as caught:
        read(path)
    assert caught.value.code == "file_binary"


def test_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "orders.csv").write_text("a\n")
    with pytest.raises(ReadFailed, match=r"did you mean 'orders\.csv'") as caught:
        read(tmp_path / "ordes.csv")
    assert caught.value.code == "file_missing"


def test_missing_folder(tmp_path):
    with pytest.raises(ReadFailed, match="no folder"):
        read(tmp_path / "no" / "orders.csv")


def test_folder(tmp_path):
    with pytest.raises(ReadFailed) as caught:
        read(tmp_path)
    assert caught.value.code == "file_is_folder"


def test_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ReadFailed) as caught:
        read(tmp_path / "pipe")
    assert caught.value.code == "file_not_plain"


def test_empty_file(read_text):
    found = read_text("")
    assert len(found.schema) == 0
    assert found.rows == []


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_header_only(read_text, ending):
    found = read_text("id,name" + ending)
    assert found.schema.names == ("id", "name")
    assert found.layout.header
    assert found.rows == []


@pytest.mark.parametrize("change", ["append", "truncate", "replace"])
def test_file_that_changes_while_it_is_read(tmp_path, change):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 10_000)
    stream = TextStream(path, detect_format(path))
    stream.read(100)
    if change == "append":
        with path.open("a") as file:
            file.write("3,4\n")
    elif change == "truncate":
        os.truncate(path, 200)
    else:
        other = tmp_path / "b.csv"
        other.write_text("other\n")
        other.replace(path)
    with stream, pytest.raises(ReadFailed) as caught:
        list(iter(lambda: stream.read(1 << 16), b""))
    assert caught.value.code == "file_changed"


def test_skip_more_lines_than_there_are(read_text):
    with pytest.raises(ReadFailed) as caught:
        read_text("a,b\n1,2\n", skip_rows=9)
    assert caught.value.code == "skip_too_far"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"abc", []),
        ("日本".encode(), []),
        (b"a\xffb\xfe", [(1, 2), (3, 4)]),
        (b"\xe2\x82", [(0, 2)]),
        (b"\xe2\x82a", [(0, 2)]),
    ],
)
def test_spots_that_are_not_utf8(data, expected):
    assert invalid_spots(data) == expected
    assert valid_utf8(data) == (not expected)


def test_sample_has_parts_of_a_large_file(tmp_path, monkeypatch):
    """A type that fails only far down is found to fail."""
    monkeypatch.setattr(encoding, "HEAD_BYTES", 1000)
    monkeypatch.setattr(encoding, "PART_BYTES", 500)
    path = tmp_path / "a.csv"
    path.write_text("n,m\n" + "1,2\n" * 2000 + "x,2\n" * 300)
    assert [c.type for c in read(path).schema] == ["VARCHAR", "BIGINT"]


def test_one_character_marks():
    from summit_studio.formats.csv.dialect import one_character, require_distinct

    assert one_character("\\t", "delimiter") == "\t"
    assert one_character("none", "quote") == ""
    for wrong in (";;", "§", "\n"):
        with pytest.raises(InvalidParams) as caught:
            one_character(wrong, "delimiter")
        assert caught.value.where.param == "delimiter"
    with pytest.raises(InvalidParams) as caught:
        require_distinct(";", quote=";")
    assert caught.value.where.param == "quote"
    require_distinct(",", quote='"', escape='"')


CYRILLIC = "".join(f"{i},доставка завтра утром в город Казань\n" for i in range(60))


@pytest.mark.parametrize(
    ("text", "written", "found_as"),
    [
        (CYRILLIC, "cp1251", "cp1251"),
        (CYRILLIC, "koi8-r", "koi8-r"),
        ("".join(f"{i},東京都千代田区丸の内一丁目\n" for i in range(60)), "shift_jis", "shift_jis"),
    ],
)
def test_other_scripts_are_told_apart_and_said_to_be_guessed(read_text, text, written, found_as):
    found = read_text(("id,text\n" + text).encode(written))
    assert found.layout.format.encoding in {found_as, "cp932", "koi8-u"}
    assert found.layout.format.guessed
    assert found.rows[3][1] == text.splitlines()[3].split(",")[1]


def test_utf8_is_no_guess(read_text):
    assert not read_text("id,name\n1,Zoë\n").layout.format.guessed
    assert read_text(WESTERN.encode("cp1252")).layout.format.guessed


def test_one_bad_row_does_not_cost_a_file_its_encoding(read_text):
    rows = b"".join(b"%d,x\n" % i for i in range(4, 400))
    found = read_text(b"id,name\n1,ann\n2,caf\xe9\n3,zo\xc3\xab\n" + rows)
    assert found.layout.format.encoding == "utf-8"
    assert [(line, code) for line, code, _ in found.rejects] == [(3, "encoding")]
    assert len(found.rows) == 398


def test_a_zero_byte_in_a_small_file_costs_its_row(read_text):
    """In forty bytes one is more than a thousandth, and still no sign of another kind of file."""
    found = read_text(b"a,b\n1,one\n2,t\0wo\n3,three\n")
    assert [row[0] for row in found.rows] == [1, 3]
    assert [(line, code) for line, code, _ in found.rejects] == [(3, "nul_character")]


def test_zero_bytes_cost_their_rows_and_not_the_file(read_text):
    rows = b"".join(b"%d,name %d\n" % (i, i) for i in range(1000))
    found = read_text(b"id,name\n" + rows + b"x,a\0b\n" + rows)
    assert len(found.rows) == 2000
    assert [(line, code) for line, code, _ in found.rejects] == [(1002, "nul_character")]
