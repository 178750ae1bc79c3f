"""Whatever Python's csv module writes reads back equal, wherever the blocks are cut."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.formats.csv.conftest import read

TEXT = st.text(st.sampled_from("ab 0,;|'\"\t\\\n\r#é日."), max_size=8)
BLOCKS = st.sampled_from([1, 2, 3, 5, 7, 16, 33, 64, 1 << 20])


@st.composite
def dialects(draw):
    delimiter = draw(st.sampled_from(",;\t|"))
    quote = draw(st.sampled_from("\"'"))
    escape = draw(st.sampled_from(["", "\\"]))
    return {
        "delimiter": delimiter,
        "quotechar": quote,
        "doublequote": draw(st.booleans()) if escape else True,
        "escapechar": escape or None,
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n"])),
    }


@st.composite
def tables(draw):
    width = draw(st.integers(2, 4))
    return draw(st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=1, max_size=8))


def written(rows, dialect) -> str:
    out = io.StringIO()
    csv.writer(out, strict=True, **dialect).writerows(rows)
    return out.getvalue()


PLAIN = {
    "delimiter": ",", "quotechar": '"', "doublequote": True, "escapechar": None,
    "quoting": csv.QUOTE_MINIMAL, "lineterminator": "\n",
}  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=tables(), dialect=dialects(), block=BLOCKS, ending=st.booleans())
@example(rows=[['a"', "b"], ["c", "\n"]], dialect=PLAIN, block=1, ending=False)
@example(rows=[["", "\r"], ["\r\n", '"']], dialect=PLAIN, block=2, ending=True)
def test_tables_of_text(tmp_path_factory: pytest.TempPathFactory, rows, dialect, block, ending):
    if dialect["quoting"] == csv.QUOTE_MINIMAL and dialect["lineterminator"] == "\n":
        # The module does not quote a CR that stands alone, though readers end a line there.
        rows = [[value.replace("\r", "") for value in row] for row in rows]
    path: Path = tmp_path_factory.mktemp("t") / "t.csv"
    text = "head,".replace(",", dialect["delimiter"]) * (len(rows[0]) - 1) + "last"
    text += dialect["lineterminator"] + written(rows, dialect)
    if not ending:
        text = text[: -len(dialect["lineterminator"])]
    path.write_bytes(text.encode())
    result = read(
        path,
        dict.fromkeys(["head", *(f"head_{i}" for i in range(2, 5)), "last"], "VARCHAR"),
        block_bytes=block,
        delimiter=dialect["delimiter"],
        quote=dialect["quotechar"],
        escape=dialect["escapechar"] or "",
        header=True,
    )
    assert result.rejects == []
    # Nothing unquoted is null; the module quotes an empty text only where all is quoted.
    assert [tuple(v or "" for v in row) for row in result.rows] == [tuple(r) for r in rows]
    if dialect["quoting"] == csv.QUOTE_ALL:
        assert None not in [v for row in result.rows for v in row]


GARBAGE = st.lists(
    st.sampled_from(
        [b"a", b"1", b",", b",", b'"', b'"', b"\n", b"\n", b"\r\n", b"\r", b"\\", b" ", b"\xff",
         b"\0", "é".encode(), b"#", b'""', b'",', b',"', b"\n\n", b"2,3\n"]
    ),
    max_size=40,
).map(b"".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(
    data=GARBAGE,
    block=st.sampled_from([1, 2, 3, 5, 8, 13]),
    escape=st.sampled_from(["", "\\"]),
    comment=st.sampled_from(["", "#"]),
)
def test_where_blocks_are_cut_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory, data, block, escape, comment
):
    """Whatever a file holds, every byte of it ends in a row or in a rejected row."""
    path: Path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_bytes(b"number,text\n" + data)
    options = {
        "delimiter": ",", "quote": '"', "escape": escape, "comment": comment, "header": True,
        "encoding": "utf-8",
    }  # fmt: skip
    types = {"number": "BIGINT", "text": "VARCHAR"}
    whole = read(path, types, **options)
    cut = read(path, types, block_bytes=block, **options)
    assert (cut.rows, cut.rejected) == (whole.rows, whole.rejected)
    if b'"' not in data and b"\r" not in data and not escape and not comment:
        records = [line for line in data.split(b"\n") if line]
        assert len(whole.rows) + len(whole.rejected) == len(records)
