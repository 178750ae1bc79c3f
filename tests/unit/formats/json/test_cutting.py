"""Lines of JSON cut into blocks."""

import io
import random

import pytest

from summit_studio.formats.json import text as json_text
from summit_studio.formats.json.text import Block, blocks


def cut(data: bytes, size: int) -> list[Block]:
    return list(blocks(io.BytesIO(data).read, "lines", lambda: size))


@pytest.mark.parametrize("seed", range(30))
def test_from_the_start_of_any_block_the_same_blocks_are_cut(seed):
    chance = random.Random(seed)
    rows = [b'{"a": 1}', b"", b'{"a": "' + b"x" * chance.randint(0, 400) + b'"}', b"{"]
    data = b"\n".join(chance.choices(rows, [9, 1, 3, 1], k=chance.randint(1, 90)))
    data += b"\n" * chance.randint(0, 1)
    for size in (1, 2, 13, 100, 1000):
        found, offset, line = cut(data, size), 0, 1
        assert b"\n".join(text for block in found for text in block.texts) == data.removesuffix(
            b"\n"
        )
        for k, block in enumerate(found):
            assert (block.numbers[0], block.next_line) == (line, line + len(block.texts))
            again = [(one.texts, one.size) for one in cut(data[offset:], size)]
            assert again == [(one.texts, one.size) for one in found[k:]]
            offset, line = offset + block.size, block.next_line
        assert offset == len(data)


def test_a_line_longer_than_a_record_may_be_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_text, "RECORD_CHARS", 100)
    first, last = cut(b'{"a": 1}\n{"a": "' + b"x" * 500, 16)
    assert (first.texts, first.broken) == ([b'{"a": 1}'], ())
    assert last.broken[0].line == 2
    assert "is longer than" in last.broken[0].reason
