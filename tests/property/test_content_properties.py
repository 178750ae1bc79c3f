"""Whatever is written to a file reads back as it was: the content sums of both sides agree."""

import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summit_studio.backends.local.content import ContentSum
from summit_studio.core.cancel import CancelToken
from summit_studio.core.schema import from_arrow
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import RunContext, SinkNode
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))
COLUMNS = {
    "text": (TEXTS, pa.string()),
    'od,d "na/me~': (TEXTS, pa.string()),
    "whole": (st.integers(-(2**63), 2**63 - 1), pa.int64()),
    "money": (
        st.integers(-(10**17), 10**17).map(lambda n: Decimal(n).scaleb(-4)),
        pa.decimal128(18, 4),
    ),
    "ratio": (st.floats(allow_nan=False, allow_infinity=False), pa.float64()),
    "small": (st.floats(width=32, allow_nan=False, allow_infinity=False), pa.float32()),
    "day": (st.dates(date(1, 1, 2), date(9999, 12, 30)), pa.date32()),
    "at": (MOMENTS, pa.timestamp("us")),
    "zoned": (MOMENTS.map(lambda m: m.replace(tzinfo=UTC)), pa.timestamp("us", "UTC")),
    "clock": (st.times(), pa.time64("us")),
    "bytes": (st.binary(max_size=8), pa.binary()),
    "flag": (st.booleans(), pa.bool_()),
    "list": (st.lists(st.none() | TEXTS, max_size=3), pa.list_(pa.string())),
}
ROW = st.fixed_dictionaries({name: st.none() | values for name, (values, _) in COLUMNS.items()})
SCHEMA = pa.schema([pa.field(name, kind) for name, (_, kind) in COLUMNS.items()])
FLAT = pa.schema([field for field in SCHEMA if field.name != "list"])
CATALOGUE = Catalogue.load()
SINKS = {
    "csv": ("csv_sink", {"path": "o.csv"}),
    "csv-semicolon": ("csv_sink", {"path": "o.csv.gz", "delimiter": ";", "line_ending": "crlf"}),
    "csv-null": ("csv_sink", {"path": "o.csv", "null_text": "NULL", "quoting": "all_valid"}),
    "jsonl": ("jsonl_sink", {"path": "o.jsonl"}),
    "jsonl-flat": ("jsonl_sink", {"path": "o.jsonl.zst"}),
    "parquet": ("parquet_sink", {"path": "o.parquet"}),
}


@pytest.mark.parametrize("name", SINKS)
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROW, max_size=6))
def test_what_is_read_back_is_what_was_handed_over(name, rows):
    kind, params = SINKS[name]
    schema = FLAT if name.endswith("flat") else SCHEMA
    table = pa.Table.from_pylist(rows, schema)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder), trusted=True)
        sink = CATALOGUE.bind(Node("n", kind, params))
        assert isinstance(sink, SinkNode)
        context = RunContext("run", workspace, SecretStore(Path(folder)), CancelToken())
        writer = sink.open(from_arrow(schema), context)
        writer.write(table)
        assert writer.prepare() == len(rows)
        handed, found = ContentSum(), ContentSum()
        handed.add(writer.image(table))
        for batch in writer.read_back() or ():
            found.add(batch)
        assert (found.rows, found.sum) == (handed.rows, handed.sum)
        writer.abort()
