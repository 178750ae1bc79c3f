"""Sort, deduplicate and limit: order is part of their promise, on any number of threads."""

import pytest

MANY = "SELECT (i * 7919) % 1009 AS k, i AS n FROM range(300000) t(i)"


def test_sort_is_stable_on_many_threads(runner):
    node = runner.bind("sort", columns=[{"column": "k", "direction": "descending"}])
    rows = runner.rows(node, {"rows": MANY})["rows"]
    assert rows == sorted(rows, key=lambda row: (-row[0], row[1]))


@pytest.mark.parametrize(("keep", "edge"), [("first", min), ("last", max)])
def test_deduplicate_keeps_the_edge_in_input_order(runner, keep, edge):
    node = runner.bind("deduplicate", keys=["k"], keep=keep)
    found = runner.rows(node, {"rows": MANY})
    by_key: dict[int, list[int]] = {}
    for k, n in found["unique"] + found["duplicates"]:
        by_key.setdefault(k, []).append(n)
    assert found["unique"] == sorted(
        ((k, edge(ns)) for k, ns in by_key.items()), key=lambda row: row[1]
    )
    assert len(found["unique"]) + len(found["duplicates"]) == 300_000
    assert [n for _, n in found["duplicates"]] == sorted(n for _, n in found["duplicates"])


def test_ties_in_the_order_column_fall_back_to_the_input(runner):
    given = {"rows": "SELECT * FROM (VALUES ('a', 1, 1), ('a', 1, 2), ('a', 1, 3)) t(k, o, n)"}
    for keep, n in (("first", 1), ("last", 3)):
        node = runner.bind("deduplicate", keys=["k"], keep=keep, order=["o"])
        assert runner.rows(node, given)["unique"] == [("a", 1, n)]


def test_limit_takes_the_first_rows_on_many_threads(runner):
    node = runner.bind("limit", rows=5, skip=150_000)
    rows = runner.rows(node, {"rows": MANY})["rows"]
    assert [n for _, n in rows] == list(range(150_000, 150_005))


def test_limit_refuses_less_than_nothing(runner):
    from summit_studio.core.errors import InvalidParams

    with pytest.raises(InvalidParams, match="rows"):
        runner.bind("limit", rows=-1)


@pytest.mark.parametrize(
    ("kind", "params", "place"),
    [
        ("sort", {"columns": [{"column": "kk"}]}, "columns.0.column"),
        ("sort", {"columns": []}, "columns"),
        ("deduplicate", {"keys": ["k", "m"]}, "keys.1"),
        ("deduplicate", {"order": ["m"]}, "order.0"),
    ],
)
def test_errors_name_their_field(runner, kind, params, place):
    error = runner.error(runner.bind(kind, **params), {"rows": "SELECT 1 AS k, 2 AS n"})
    assert error.where.param == place
    assert error.do
