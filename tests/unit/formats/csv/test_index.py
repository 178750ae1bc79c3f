"""Places in a block, found by counting and by patterns, against those that are known."""

import io
import random
from functools import partial
from itertools import pairwise, product
from typing import Any

import pytest

from summit_studio.core.errors import ReadFailed
from summit_studio.formats.csv.blocks import Block, Splitter
from summit_studio.formats.csv.counting import line_ends, records
from summit_studio.formats.csv.dialect import Dialect
from summit_studio.formats.csv.index import RecordIndex, record_spans, records_in

DIALECT = Dialect(",", '"', "")


def block(data: bytes, line: int = 1) -> Block:
    return Block(data, 0, line, len(data), line + data.count(b"\n"))


def index(rows: list[bytes], *, inner: dict[int, int] | None = None, line: int = 1) -> RecordIndex:
    data = b"".join(rows)
    told = block(data, line)
    return RecordIndex(told, data, DIALECT, len(rows), inner or {}, blanks=True)


# Rows of seven bytes: steps of the index begin anywhere within them.
PLAIN = [b"%05d\r\n" % i for i in range(9_000)]
FOLDED = [b'%d,"x\n\ny"\n' % i if i % 5 == 2 else b"%d,z\n" % i for i in range(9_000)]
FOLDS = {i: 2 for i in range(9_000) if i % 5 == 2}


@pytest.mark.parametrize(("rows", "inner"), [(PLAIN, {}), (FOLDED, FOLDS)], ids=["plain", "folded"])
def test_counting_finds_every_record_of_many_steps(rows, inner):
    found = index(rows, inner=inner, line=3)
    assert found._spans is None, "the quick way is taken"
    starts, lines, at, line = [], [], 0, 3
    for row in rows:
        starts.append(at)
        lines.append(line)
        at, line = at + len(row), line + row.count(b"\n")
    assert found.lines(range(len(rows))) == lines
    for i, (row, start) in enumerate(zip(rows, starts, strict=True)):
        assert found.raw(i) == row.rstrip(b"\r\n")
        assert found.record_at(start) == i
        assert found.record_at(start + len(row) - 1) == i


def test_patterns_find_what_counting_cannot():
    rows = [b"1,a\n", b'2,"b\nb"\n', b"3,c\r4\n", b"\n", b"5,d\r\n"]
    found = RecordIndex(block(b"".join(rows), 7), b"".join(rows), DIALECT, 6, {}, blanks=True)
    assert found._spans is not None
    assert [found.raw(i) for i in range(6)] == [b"1,a", b'2,"b\nb"', b"3,c", b"4", b"", b"5,d"]
    assert found.lines([0, 1, 2, 4, 5]) == [7, 8, 10, 11, 12]
    assert [found.record_at(at) for at in (0, 4, 10, 12, 16)] == [0, 1, 1, 2, 3]


def test_a_lone_cr_ends_a_record_even_where_the_line_ends_add_up():
    data = b"1,a\r2,b\n\n3,c\n"
    found = RecordIndex(block(data), data, DIALECT, 3, {}, blanks=False)
    assert [found.raw(i) for i in range(3)] == [b"1,a", b"2,b", b"3,c"]


def test_records_that_are_not_those_of_the_parser_are_said():
    data = b'1,"a\n2"\n'
    with pytest.raises(ReadFailed) as caught:
        RecordIndex(block(data, 4), data, DIALECT, 3, {}, blanks=True)
    assert caught.value.code == "structure_unclear"
    assert "lines 4 and 6" in caught.value.what
    assert "3 or 1 rows" in caught.value.why


def test_records_end_where_a_quote_is_never_closed():
    """A search would go on behind the quote, and give what follows as if nothing was amiss."""
    data = b'1,a\n2,"b\n3,c\n4,d\n'
    assert [m.group() for m in records_in(data, DIALECT)] == [b"1,a\n"]
    assert record_spans(data, DIALECT, blanks=True) == [(0, 3)]


def test_blank_lines_are_records_only_where_told():
    data = b"1\n\n2\n"
    assert len(record_spans(data, DIALECT, blanks=True)) == 3
    assert len(record_spans(data, DIALECT, blanks=False)) == 2


TEXT = b'1,a\n2,"b\nb ""c""\n"\n"",\n3,"d"\n4,"e\ne",f,"g"\n'


@pytest.mark.parametrize("size", range(1, 12))
def test_line_ends_are_counted_alike_wherever_the_text_is_cut(size):
    pieces = [TEXT[i : i + size] for i in range(0, len(TEXT), size)]
    assert line_ends(pieces) == 5
    assert line_ends(pieces, b"") == 8


COUNTS = [
    (b"1\n2\n", {}, 2), (b"1\n\n2\n", {"blanks": True}, 3), (b"1\n\n2\n", {}, 2),
    (b"1\r\n\r\n2\r\n", {}, 2), (b"\n1\n", {}, 1), (b"1\r2\n", {}, 2), (b'1,"a\nb"\n2\n', {}, 2),
    (b'1,"a"b\n2,"c\n"\n', {"messy": True}, 2), (b'1,a"b\n2,c\n', {"messy": True}, 2),
]  # fmt: skip


@pytest.mark.parametrize(("data", "how", "expected"), COUNTS, ids=lambda v: ascii(v)[:30])
def test_records_of_a_block_are_counted_without_a_parser(data, how, expected):
    lines = 1 + data.count(b"\n")
    block = Block(data, 0, 1, len(data), lines, messy=how.get("messy", False))
    # Whatever a parser saw, the answer is what stands there.
    for seen, inner in product((expected, expected - 1, expected + 5, 0), (0, 1)):
        blanks = how.get("blanks", False)
        counted = records(block, data, DIALECT, seen, partial(int, inner), blanks=blanks)
        assert counted == expected


class Stream:
    def __init__(self, text: bytes) -> None:
        self._text = text

    def read(self, size: int, /) -> bytes:
        data, self._text = self._text[:size], self._text[size:]
        return data


@pytest.mark.parametrize("size", range(1, 30))
def test_blocks_are_whole_records_end_to_end_with_their_lines(size):
    text = TEXT * 3
    found = list(Splitter(Stream(text), DIALECT, offset=100, line=5, size=size).blocks())
    assert b"".join(b.data for b in found) == text
    assert (found[0].offset, found[0].line) == (100, 5)
    assert found[-1].end_line == 5 + text.count(b"\n")
    for before, after in pairwise(found):
        assert (before.end, before.end_line) == (after.offset, after.line)
    assert sum(line_ends([b.data]) for b in found) == 15
    assert all(b.data.endswith(b"\n") and b.data.count(b'"') % 2 == 0 for b in found)


def test_a_last_record_without_its_line_end_gets_one():
    found = Splitter(Stream(b"1,a\n2,b"), DIALECT).blocks()
    assert [(b.data, b.unclosed) for b in found] == [(b"1,a\n2,b\n", False)]
    (left,) = Splitter(Stream(b'2,"b\nc'), DIALECT).blocks()
    assert (left.data, left.unclosed) == (b'2,"b\nc', True)


def test_a_record_longer_than_the_limit_is_named():
    text = b'1,a\n2,"b' + b"x" * 100
    with pytest.raises(ReadFailed) as caught:
        list(Splitter(Stream(text), DIALECT, line=9, size=4, limit=50).blocks())
    assert caught.value.code == "record_too_long"
    assert caught.value.where.line == 10


@pytest.mark.parametrize("seed", range(40))
def test_from_the_start_of_any_block_the_same_blocks_are_cut(seed):
    """What was read and left over before a block does not tell where it ends."""
    chance = random.Random(seed)
    rows = [
        "1,a",
        '2,"b\nc"',
        '3,"d',
        '4,"e"f',
        "5," + "g" * 40,
        '6,"' + "h,\n" * 9 + '"',
        '7,i"',
        "",
        '8,i,"j',
    ]
    weights = [9, 3, chance.random() / 2, chance.random(), 3, 1, 1, 1, chance.random()]
    text = "\n".join(chance.choices(rows, weights, k=chance.randint(1, 120))).encode()
    if seed % 2:
        # Of a quote that is never closed all that follows is read before its line is cut off.
        text += b'\n9,"k' + b"\n9,l" * chance.randint(1, 60)
    text += b"\n" * chance.randint(0, 1)
    width, limit = chance.choice([1, 2]), chance.choice([1 << 20, 90])

    def cut(size: int, offset: int = 0, line: int = 1) -> list[Block]:
        splitter = Splitter(
            io.BytesIO(text[offset:]), DIALECT, offset=offset, line=line, size=size,
            width=width, limit=limit if width > 1 else 1 << 20,
        )  # fmt: skip
        return list(splitter.blocks())

    for size in (1, 2, 7, 16, 50, 333):
        blocks = cut(size)
        assert b"".join(block.data for block in blocks).rstrip(b"\n") == text.rstrip(b"\n")
        for k, block in enumerate(blocks):
            assert cut(size, block.offset, block.line) == blocks[k:]


def test_long_records_are_not_read_over_and_over():
    """The bytes that are looked at stay within a few times those of the text."""
    text = (b'1,"' + b"x\n" * 5000 + b'"\n2,a\n') * 20
    seen = 0

    class Counting(Splitter):
        def _cut(self, text: bytes) -> Any:
            nonlocal seen
            seen += len(text)
            return super()._cut(text)

    blocks = list(Counting(io.BytesIO(text), DIALECT, size=64, width=2).blocks())
    assert b"".join(block.data for block in blocks) == text
    assert seen < 5 * len(text)
