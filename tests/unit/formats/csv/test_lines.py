"""Every row knows the line at which it stands: here its first value says so too."""

import pytest

HEAD = "Title\n\nline,v,w\n"

FILES = {
    "plain": "4,1,a\n5,2,b\n6,3,c\n",
    "no line end last": "4,1,a\n5,2,b",
    "blank lines": "\n5,1,a\n\n\n8,2,b\n\n10,3,c\n",
    "cells of several lines": '4,1,"a\nb\n\nc"\n8,2,"d\n"\n10,3,e\n',
    "a bad value": "4,1,a\n5,x,b\n6,3,c\n7,4,d\n",
    "too few and too many values": "4,1,a\n5,2\n6,3,c\n7,4,d,e\n8,5,f\n",
    "bytes that are no text": "4,1,a\n5,2,\\xff\n6,3,c\n",
    "a stray quote": '4,1,"a"b\n5,2,"c"\n6,3,"d\ne"\n8,4,f\n',
    "all of it": '4,1,"a\nb"\n\n7,x,c\n8,2\n9,3,"d\n\ne"\n12,4,"f"g\n13,5,\\xff\n\n15,6,h\n',
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("block_bytes", [1, 12, 1 << 20])
@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_every_row_knows_its_line(read_text, text, block_bytes, newline):
    data = (HEAD + text).replace("\n", newline).encode().replace(b"\\xff", b"\xff")
    types = {"line": "BIGINT", "v": "BIGINT", "w": "VARCHAR"}
    found = read_text(data, types, block_bytes=block_bytes, encoding="utf-8")
    assert found.lines == [row[0] for row in found.rows]
    assert [r["reject_source"] for r in found.rejected] == [
        f"data.csv, line {r['line']}" for r in found.rejected
    ]
    for row in found.rejected:
        assert row["raw"].startswith(str(row["line"]))


@pytest.mark.parametrize("pads", [True, False])
def test_short_rows_stand_where_they_stood(read_text, pads):
    text = 'line,v,w\n2,1,"a\nb"\n4,2\n5\n\n7,3,c\n'
    found = read_text(text, {"line": "BIGINT"}, pads=pads)
    assert found.lines == [row[0] for row in found.rows]
    assert len(found.lines) == (4 if pads else 2)


def test_the_first_rows_know_theirs(read_text):
    found = read_text("line\n" + "".join(f"{n}\n" for n in range(2, 50)), row_limit=7)
    assert found.lines == [row[0] for row in found.rows] == list(range(2, 9))
