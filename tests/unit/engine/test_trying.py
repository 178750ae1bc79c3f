"""An expression is tried on rows: what it gives, how many match, on how many it fails."""

import pyarrow as pa
import pytest
from conftest import document

from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, InvalidExpression
from summit_studio.core.schema import Schema
from summit_studio.document.model import Edge
from summit_studio.engine.design import design_context
from summit_studio.engine.sides import Sampler
from summit_studio.engine.trying import LINES, Trial, try_out
from summit_studio.expressions.binder import Binder
from summit_studio.workspace.workspace import Workspace

SCHEMA = Schema.of({"id": "BIGINT", "text": "VARCHAR", "more": "BIGINT"})
ROWS = pa.table({"id": [1, 2, 3, 4, 5], "text": ["1", "x", None, "4", "5"], "more": [1] * 5})


@pytest.fixture
def binder():
    with Binder() as made:
        yield made


def values(tried):
    return [list(row.values())[-1] for row in tried.table.to_pylist()]


def test_a_condition_tells_its_matches_and_null_is_none(binder):
    tried = try_out(Trial("CAST(text AS BIGINT) > 1"), SCHEMA, ROWS, binder)
    assert (tried.type, tried.matched, tried.failed, tried.rows) == ("BOOLEAN", 2, 1, 5)
    assert tried.schema.names == ("text", "= value")
    assert values(tried) == [False, None, None]


def test_a_value_stands_beside_the_columns_it_reads_and_is_no_condition(binder):
    tried = try_out(Trial("id * 2 + more -- doubled"), SCHEMA, ROWS, binder)
    assert tried.schema.names == ("id", "more", "= value")
    assert (values(tried), tried.matched) == ([3, 5, 7], None)
    assert tried.table.num_rows == LINES


def test_columns_computed_above_are_there_and_an_aggregate_is_one_value(binder):
    above = (("id", "id * 10"), ("twice", "id * 2"))
    assert values(try_out(Trial("twice", above), SCHEMA, ROWS, binder)) == [20, 40, 60]
    assert values(try_out(Trial("sum(id) / count(*)", above), SCHEMA, ROWS, binder)) == [30.0]


def test_what_cannot_be_is_told_and_a_cancelled_trial_ends(binder):
    with pytest.raises(InvalidExpression, match="statsu"):
        try_out(Trial("statsu = 1"), SCHEMA, ROWS, binder)
    with pytest.raises(InvalidExpression, match="repeat"):
        try_out(Trial("repeat(text, 3)"), SCHEMA, ROWS, binder)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        try_out(Trial("id"), SCHEMA, ROWS, binder, token)


def test_rows_arrive_though_the_node_is_wrong_and_are_read_once(tmp_path, catalogue):
    (tmp_path / "a.csv").write_text("id\n1\n2\n")
    made = document(
        {"a": ("csv_source", {"path": "a.csv"}), "f": ("filter", {"condition": "id >"})},
        "a.rows -> f.rows",
    )
    context, sampler = design_context(Workspace(tmp_path)), Sampler()
    edge = Edge.parse("a.rows -> f.rows")
    first, more = sampler.arriving(made, catalogue, context, edge)
    assert first.table.column("id").to_pylist() == [1, 2]
    assert not more
    assert sampler.arriving(made, catalogue, context, edge)[0].table is first.table
    (tmp_path / "a.csv").write_text("id\n1\n2\n30\n")
    assert sampler.arriving(made, catalogue, context, edge)[0].table.num_rows == 3
