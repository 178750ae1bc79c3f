"""Previews: of any port, of parts of broken pipelines, early stop, cancellation, no writing."""

import pytest
from conftest import document

from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, SummitError
from summit_studio.document.edits import SetStates
from summit_studio.engine.design import design_context
from summit_studio.engine.preview import SOURCE_ROWS, preview
from summit_studio.planning.plan import InvalidPipeline

DOC = document(
    {
        "n": ("numbers", {"rows": 100_000, "chunk_rows": 1000, "bad_every": 50}),
        "f": ("filter", {"condition": "id % 2 = 1"}),
        "g": ("aggregate", {"group_by": ["grp"], "measures": [{"name": "n"}]}),
        "out": ("keep", {"name": "out"}),
        "broken": ("filter", {"condition": "nonsense > 1"}),
    },
    "n.rows -> f.rows",
    "f.kept -> g.rows",
    "g.rows -> out.rows",
    "n.rows -> broken.rows",
)


@pytest.fixture
def look(bench):
    context = design_context(bench.workspace)

    def show(node_id, port=None, rows=200, **more):
        return preview(DOC, bench.catalogue, context, node_id, port, rows, **more)

    return show


def test_first_rows_of_a_source_stop_early(look):
    seen = look("n", rows=20)
    assert seen.table.column("id").to_pylist() == [i for i in range(30) if i % 50][:20]
    assert not seen.complete
    assert seen.schema.names == ("id", "grp", "amount")


def test_dropped_and_rejected_ports(look):
    assert look("f", "dropped", 3).table.column("id").to_pylist() == [2, 4, 6]
    assert look("n", "rejected", 2).table.column("reject_code").to_pylist() == ["odd", "odd"]


@pytest.mark.parametrize("port", ["joined", "left_unmatched", "right_unmatched"])
def test_every_port_of_a_join_is_shown_whichever_others_lead_nowhere(bench, port):
    both = document(
        {
            "a": ("sample_source", {"kind": "orders", "rows": 100}),
            "b": ("sample_source", {"kind": "orders", "rows": 60}),
            "j": ("join", {"keys": [{"left": "order_id", "right": "order_id"}]}),
        },
        "a.rows -> j.left",
        "b.rows -> j.right",
    )
    shown = preview(both, bench.catalogue, design_context(bench.workspace), "j", port)
    assert shown.table.num_rows == {"joined": 60, "left_unmatched": 40, "right_unmatched": 0}[port]


def test_an_aggregate_speaks_of_the_first_rows_only_and_says_so(look):
    seen = look("g")
    assert sum(seen.table.column("n").to_pylist()) == SOURCE_ROWS // 2
    assert not seen.complete
    assert "first 10,000" in seen.note


def test_a_bypassed_node_shows_what_goes_past_it_and_a_disabled_one_why_not(bench):
    context = design_context(bench.workspace)

    def show(node_id, port=None, **states):
        return preview(
            SetStates(states).apply(DOC), bench.catalogue, context, node_id, port, 3
        ).table.column("id").to_pylist()  # fmt: skip

    assert show("f", f="bypassed") == show("n", f="bypassed") == [1, 2, 3]
    with pytest.raises(SummitError, match="rows go on by 'kept'"):
        show("f", "dropped", f="bypassed")
    with pytest.raises(SummitError, match="'Filter rows' does not run") as caught:
        show("f", f="disabled")
    assert caught.value.code == "node_skipped"
    with pytest.raises(SummitError, match="enable what its rows come from"):
        show("out", f="disabled")


def test_a_sink_shows_what_it_would_get_and_nothing_is_written(look, bench):
    import memory_nodes

    assert look("out").schema.names == ("grp", "n")
    assert memory_nodes.Keep.log == []


def test_a_fault_elsewhere_does_not_matter_but_one_upstream_does(look):
    assert look("f").table.num_rows == 200
    with pytest.raises(InvalidPipeline, match="nonsense"):
        look("broken")


def test_unknown_node_and_port_are_named_with_a_guess(look):
    with pytest.raises(SummitError, match="did you mean 'broken'"):
        look("brokn")
    with pytest.raises(SummitError, match="it has kept, dropped, rejected"):
        look("f", "keptt")


def test_a_cancelled_preview_raises(look):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        look("g", cancel=token)
