"""Marks are counted as `bytes.count` counts them."""

import pyarrow as pa
import pytest

from summit_studio.formats.csv.marks import occurrences


@pytest.mark.parametrize("mark", [b"\n", b"\r", b"\0", b"\xff"])
@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"a\r\nb\r\n", b"\0\xff" * 77, bytes(range(256)) * 301, b"\n" * 65_537],
    ids=len,
)
def test_a_mark_is_counted_as_often_as_it_stands(data, mark):
    assert occurrences(data, mark) == data.count(mark)
    assert occurrences(pa.py_buffer(data), mark) == data.count(mark)
    assert occurrences(pa.py_buffer(data).slice(len(data) // 3), mark) == data[
        len(data) // 3 :
    ].count(mark)
