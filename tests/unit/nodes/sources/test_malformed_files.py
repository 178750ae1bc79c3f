"""Files damaged at random: rows and rejects, or an error that tells; no row silently gone."""

import gzip
import io
import json
import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from summit_studio.core.errors import SummitError
from tests.unit.formats.excel.books import workbook

ROWS = 60
TIMES = 40
"""How many damaged files of each kind."""

RECORDS = [{"id": n, "name": f"name {n}", "amount": n / 4} for n in range(ROWS)]


def in_csv() -> bytes:
    lines = ("{id},{name},{amount}".format(**r) for r in RECORDS)
    return ("id,name,amount\n" + "\n".join(lines) + "\n").encode()


def in_lines() -> bytes:
    return "".join(json.dumps(r) + "\n" for r in RECORDS).encode()


def in_array() -> bytes:
    return json.dumps(RECORDS, indent=1).encode()


def in_parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(RECORDS), out, row_group_size=20)
    return out.getvalue()


def in_excel() -> bytes:
    return workbook({"S": [list(RECORDS[0]), *(list(r.values()) for r in RECORDS)]})


KINDS: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "csv": ("csv_source", "t.csv", in_csv),
    "csv-gzip": ("csv_source", "t.csv.gz", lambda: gzip.compress(in_csv())),
    "lines": ("json_source", "t.jsonl", in_lines),
    "array": ("json_source", "t.json", in_array),
    "parquet": ("parquet_source", "t.parquet", in_parquet),
    "excel": ("excel_source", "t.xlsx", in_excel),
}
JUNK = (
    b"\0", b"\xff\xfe", b'"', b'""', b"\r", b"\n", b",", b"{", b"]", b"\xef\xbb\xbf", b"\\u12",
    b"\xed\xa0\x80", b"1e999", b"NaN", b"9" * 400, b"\x1a", b"=cmd|'/c calc'!A1",
)  # fmt: skip


def damaged(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randrange(1, 4)):
        at, kind = chance.randrange(len(content) or 1), chance.randrange(5)
        if kind == 0:
            content = content[:at]
        elif kind == 1:
            content = content[:at] + content[at + chance.randrange(1, 60) :]
        elif kind == 2:
            content = content[:at] + chance.choice(JUNK) + content[at:]
        elif kind == 3:
            content = content[:at] + chance.randbytes(3) + content[at + 3 :]
        else:
            other = chance.randrange(len(content) or 1)
            content = content[:at] + content[other : other + 90] + content[at:]
    return content


def require_told(error: SummitError, content: bytes) -> None:
    assert error.code, content
    assert error.what, content
    assert error.why, content
    assert error.do, content
    str(error).encode()


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_bytes_a_file_has_it_is_read_or_refused(bench, kind: str):
    type_id, name, make = KINDS[kind]
    whole, chance, read, refused = make(), random.Random(kind), 0, 0
    for number in range(TIMES):
        content = damaged(whole, chance)
        file = f"{number}/{name}"
        bench.write(file, content)
        try:
            found = bench.read(type_id, path=file)
        except SummitError as error:
            require_told(error, content)
            refused += 1
        else:
            assert all(len(row) == len(found.schema) for row in found.rows)
            read += 1
    assert read if kind in {"csv", "lines", "array"} else refused


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("csv", {"columns": [{"name": "id", "type": "BIGINT"}]}),
        ("csv", {}),
        ("lines", {"columns": [{"name": "id", "type": "BIGINT"}]}),
    ],
    ids=["csv-typed", "csv", "lines-typed"],
)
def test_every_damaged_line_is_a_row_or_a_reject(bench, kind: str, params: dict[str, Any]):
    """Bytes that end no record: what is not read is put aside."""
    type_id, name, make = KINDS[kind]
    head = int(kind == "csv")
    lines, chance = make().splitlines(), random.Random(len(params))
    aside = 0
    for number in range(TIMES):
        torn = list(lines)
        for _ in range(chance.randrange(1, 9)):
            at = chance.randrange(head, len(torn))
            place = chance.randrange(1, len(torn[at]))
            junk = chance.choice([b"\0", b"\xff", b"x", b",", b"{", b"]", b"\x1a", b"\xed\xa0\x80"])
            torn[at] = torn[at][:place] + junk + torn[at][place + chance.randrange(2) :]
        file = f"{number}/{name}"
        bench.write(file, b"\n".join(torn) + b"\n")
        found = bench.read(type_id, path=file, **params)
        assert len(found.rows) + len(found.rejected) == ROWS, torn
        aside += len(found.rejected)
    assert aside
