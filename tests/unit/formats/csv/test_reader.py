"""Pieces: their positions, limits, and records longer than a block."""

import io

import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, ReadFailed
from summit_studio.formats.csv.blocks import Splitter
from summit_studio.formats.csv.dialect import Dialect

TEXT = "id,note\n" + "".join(f'{i},"line\n{i}"\n' if i % 5 == 0 else f"{i},x\n" for i in range(500))


@pytest.mark.parametrize("size", [1, 10, 100, 1000, 1 << 20])
def test_blocks_are_the_text_and_each_is_whole(size):
    blocks = list(Splitter(io.BytesIO(TEXT.encode()), Dialect(), size=size).blocks())
    assert b"".join(block.data for block in blocks).decode() == TEXT
    assert all(block.data.count(b'"') % 2 == 0 for block in blocks)
    assert all(block.data.endswith(b"\n") for block in blocks)
    assert not any(block.messy or block.unclosed for block in blocks)
    ends = [(block.end, block.end_line) for block in blocks]
    assert [(block.offset, block.line) for block in blocks] == [(0, 1), *ends[:-1]]
    assert ends[-1] == (len(TEXT), TEXT.count("\n") + 1)
    if size <= 1000:
        assert len(blocks) > 1


def test_positions_are_where_reading_can_go_on(read_text):
    found = read_text(TEXT, block_bytes=300)
    last = found.positions[-1]
    assert last.pop("path")
    assert last == {"offset": len(TEXT), "line": TEXT.count("\n") + 1}
    for position in found.positions:
        before = TEXT[: position["offset"]]
        assert before.endswith("\n")
        assert before.count("\n") + 1 == position["line"]
    assert found.progress == sorted(found.progress)
    assert found.progress[-1] == 1.0


@pytest.mark.parametrize("limit", [1, 7, 100, 499, 500, 10_000])
def test_row_limit(read_text, limit):
    found = read_text(TEXT, row_limit=limit, block_bytes=64)
    assert [row[0] for row in found.rows] == list(range(min(limit, 500)))
    if limit == 1:
        assert len(found.positions) == 1


def test_record_longer_than_a_block(read_text):
    long = "y\n" * 3000
    found = read_text(f'a,b\n1,"{long}"\n2,z\n', block_bytes=16)
    assert found.rows == [(1, long), (2, "z")]


def test_record_longer_than_the_limit_names_its_line(read_text):
    text = 'a\n1\n"never closed\n' + "3\n" * 1000
    with pytest.raises(ReadFailed) as caught:
        read_text(text, block_bytes=64, record_limit_bytes=500, header=True, quote='"')
    assert caught.value.code == "record_too_long"
    assert caught.value.where.line == 3
    assert caught.value.where.file is not None


def test_cancelled_between_blocks(tmp_path):
    from summit_studio.formats.csv.layout import Request, look
    from summit_studio.formats.csv.parse import Wanted
    from summit_studio.formats.csv.reader import CsvReader, Part

    path = tmp_path / "a.csv"
    path.write_text(TEXT)
    layout, schema = look(path, Request())
    wanted = tuple(Wanted(c.name, c.type, i) for i, c in enumerate(schema))
    token = CancelToken()
    reader = CsvReader([Part(layout, wanted, "a.csv")], check=token.check, block_bytes=100)
    pieces = reader.pieces()
    next(pieces)
    token.cancel()
    with pytest.raises(Cancelled):
        next(pieces)
    reader.close()


def test_columns_may_be_left_out_and_reordered(tmp_path):
    from summit_studio.formats.csv.layout import Request, look
    from summit_studio.formats.csv.parse import Wanted
    from summit_studio.formats.csv.reader import CsvReader, Part

    path = tmp_path / "a.csv"
    path.write_text("a,b,c\n1,x,2\n3,y,z\n")
    layout, _ = look(path, Request(header=True))
    wanted = (
        Wanted("third", "BIGINT", 2),
        Wanted("first", "VARCHAR", 0),
        Wanted("f", "VARCHAR", -1),
    )
    (piece,) = CsvReader([Part(layout, wanted, "a.csv")]).pieces()
    parsed = piece.load()
    assert parsed.rows.to_pylist() == [{"third": 2, "first": "1", "f": "a.csv"}]
    assert parsed.rejected is not None
    assert parsed.rejected["reject_column"].to_pylist() == ["third"]
