"""Sample rows: the same at every run, whatever the chunks, and spoilt as much as asked."""

import pytest

from summit_studio.core.errors import Cancelled

KINDS = ("orders", "customers", "events")


@pytest.mark.parametrize("kind", KINDS)
def test_rows_depend_on_their_number_and_seed_only(bench, kind: str):
    whole = bench.read("sample_source", kind=kind, rows=2500, seed=3)
    bench.batch_rows = 700
    pieces = bench.read("sample_source", kind=kind, rows=2500, seed=3)
    assert pieces.chunks == [700, 700, 700, 400]
    assert pieces.rows == whole.rows
    assert bench.read("sample_source", kind=kind, rows=100, seed=3).rows == whole.rows[:100]
    assert bench.read("sample_source", kind=kind, rows=100, seed=4).rows != whole.rows[:100]


@pytest.mark.parametrize("kind", KINDS)
def test_no_rows(bench, kind: str):
    found = bench.read("sample_source", kind=kind, rows=0)
    assert found.rows == []
    assert len(found.schema) >= 9


def test_chunks_of_a_large_run(bench):
    chunks = bench.chunks("sample_source", rows=250_000)
    assert [chunk.position["row"] for chunk in chunks] == [100_000, 200_000, 250_000]
    assert chunks[-1].progress == 1.0
    assert chunks[-1].load().rows.num_rows == 50_000


def test_limit_makes_few(bench):
    bench.row_limit = 1500
    assert bench.read("sample_source", rows=10_000_000_000).chunks == [1000, 500]


def test_cancel(bench):
    reader = bench.bind("sample_source", rows=10**9).open(bench.infer("sample_source"), bench.run)
    chunks = reader.chunks()
    next(chunks)
    bench.cancel.cancel()
    with pytest.raises(Cancelled):
        next(chunks)


@pytest.mark.parametrize(("percent", "low", "high"), [(0, 0, 0), (10, 200, 460), (100, 3000, 3600)])
def test_flaws(bench, percent: float, low: int, high: int):
    found = bench.read("sample_source", kind="orders", rows=10_000, flaws_percent=percent)
    email, quantity = found.schema.names.index("email"), found.schema.names.index("quantity")
    assert low <= sum(row[email] is None for row in found.rows) <= high
    assert (
        low <= sum(row[email] is not None and "@" not in row[email] for row in found.rows) <= high
    )
    assert low <= sum(row[quantity] < 0 for row in found.rows) <= high


def test_orders_belong_to_the_customers(bench):
    customers = bench.read("sample_source", kind="customers", rows=1000, flaws_percent=0)
    orders = bench.read("sample_source", kind="orders", rows=3000, flaws_percent=0)
    column = {name: at for at, name in enumerate(customers.schema.names)}
    emails = {row[0]: (row[column["email"]], row[column["country"]]) for row in customers.rows}
    assert len(emails) == 1000
    place = {name: at for at, name in enumerate(orders.schema.names)}
    for row in orders.rows:
        assert emails[row[place["customer_id"]]] == (row[place["email"]], row[place["country"]])
        assert row[place["amount"]] <= row[place["unit_price"]] * row[place["quantity"]]


def test_events_tell_some_twice(bench):
    clean = bench.read("sample_source", kind="events", rows=5000, flaws_percent=0)
    spoilt = bench.read("sample_source", kind="events", rows=5000, flaws_percent=5)
    assert len({row[0] for row in clean.rows}) == 5000
    assert 4700 < len({row[0] for row in spoilt.rows}) < 5000
    times = [row[1] for row in clean.rows]
    assert times == sorted(times)
