"""Pinned rows from Python: kept beside the file, exact, and used only by runs that ask."""

import sqlite3
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pytest

import summit_studio as summit
from summit_studio.core.events import RowsPinned
from summit_studio.core.schema import Schema, to_arrow
from summit_studio.document.model import PortRef
from summit_studio.nodes import pinned
from summit_studio.nodes.pinned import folder_of, pin, pins_of


@pytest.fixture
def shop(folder):
    """A pipeline over a real SQLite database, saved."""
    with sqlite3.connect(folder / "shop.db") as db:
        db.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT)")
        db.executemany("INSERT INTO orders VALUES (?, ?)", [(i, "paid") for i in range(1, 501)])
    db.close()
    (folder / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')
    pipeline = summit.Pipeline("shop", folder=folder)
    read = pipeline.add("table_source", "read", connection="shop", table="orders")
    kept = read.to("filter", "kept", condition="id % 2 = 0")
    kept.to("jsonl_sink", "even", path="even.jsonl")
    kept["dropped"].to("jsonl_sink", "odd", path="odd.jsonl")
    pipeline.save(folder / "shop.summit.json")
    return pipeline


def lines(path):
    return len(path.read_text().splitlines())


def test_a_run_takes_pinned_rows_where_asked_alone_and_touches_no_source(shop, folder):
    found = shop.pin(shop["read"], 200)
    assert found.rows == 200
    assert found.file == folder / "shop.samples" / "read.rows.arrow"
    assert list(shop.pins()) == ["read.rows"]
    shop.run().raise_for_status()
    assert lines(folder / "even.jsonl") == 250, "a run never takes them unasked"
    (folder / "shop.db").rename(folder / "away.db")
    with pytest.raises(summit.SummitError):
        shop.run(to=shop["kept"]).raise_for_status()
    seen = []
    result = shop.run(pinned=True, on=seen.append).raise_for_status()
    (told,) = [e for e in seen if isinstance(e, RowsPinned)]
    assert (told.node_id, told.told) == ("read", found.told)
    assert result.ledger["read"].rows_out == {"rows": 200}
    assert lines(folder / "even.jsonl") == lines(folder / "odd.jsonl") == 100
    assert [r["id"] for r in shop.run(to=shop["kept"], pinned=True, rows=2).rows] == [2, 4]
    shop.unpin(shop["read"])
    assert not (folder / "shop.samples").exists()
    with pytest.raises(summit.SummitError, match="no pinned rows"):
        shop.run(pinned=True)


def test_a_pinned_inner_port_stands_alone_or_beside_its_node(shop, folder):
    shop.pin(shop["kept"], 10)
    result = shop.run(pinned=True).raise_for_status()
    assert result.ledger["kept-kept"].rows_out == {"kept": 10}
    assert (lines(folder / "even.jsonl"), lines(folder / "odd.jsonl")) == (10, 250)
    shop.pin(shop["kept"]["dropped"], 7)
    result = shop.run(pinned=True).raise_for_status()
    assert "read" not in result.ledger, "nothing needs it any more"
    assert (lines(folder / "even.jsonl"), lines(folder / "odd.jsonl")) == (10, 7)


def test_every_type_comes_back_as_it_was(tmp_path):
    schema = Schema.of(
        {"d": "DECIMAL(12,2)", "t": "TIME", "z": "TIMESTAMP WITH TIME ZONE", "i": "INTERVAL",
         "u": "UUID", "h": "HUGEINT", "l": "VARCHAR[]", "day": "DATE"}
    )  # fmt: skip
    kinds = to_arrow(schema)
    values = {"d": Decimal("1.50"), "t": time(1, 2, 3), "z": datetime(2026, 1, 2, tzinfo=UTC),
              "l": ["a", None], "day": date(2026, 1, 2)}  # fmt: skip
    table = pa.table(
        [pa.array([values.get(f.name), None], f.type) for f in kinds], schema=kinds
    )  # fmt: skip
    ref, document = PortRef("n", "rows"), tmp_path / "p.summit.json"
    made = pin(document, ref, schema, table)
    again = pins_of(document)[ref]
    assert again == made
    assert again.schema == schema
    with pinned._opened(made.file) as reader:
        assert reader.read_all().replace_schema_metadata(None).equals(table)


def test_no_more_is_pinned_than_the_caps_allow_and_what_is_broken_pins_nothing(
    tmp_path, monkeypatch
):
    document, ref = tmp_path / "p.summit.json", PortRef("n", "rows")
    schema = Schema.of({"id": "BIGINT"})
    table = pa.table({"id": pa.array(range(20_000), pa.int64())})
    assert pin(document, ref, schema, table).rows == 10_000
    monkeypatch.setattr(pinned, "MOST_BYTES", 8_000)
    assert pin(document, ref, schema, table).rows == 1_000
    (folder_of(document) / "m.rows.arrow").write_bytes(b"nothing of the kind")
    assert list(pins_of(document)) == [ref]
    assert pins_of(None) == {}


def test_a_pipeline_in_no_file_has_nowhere_to_pin(folder):
    pipeline = summit.Pipeline("new", folder=folder)
    source = pipeline.add("csv_source", "orders", path="orders.csv")
    with pytest.raises(summit.SummitError, match="save it first"):
        pipeline.pin(source)
    assert pipeline.pins() == {}
