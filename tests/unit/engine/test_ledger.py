"""The ledger itself, told counts as a backend tells them: what balances, and what does not."""

import pytest
from conftest import document

from summit_studio.backends.contract import READ, WRITTEN, Measured
from summit_studio.core.errors import LedgerImbalance
from summit_studio.core.events import BatchProcessed, Counted, LedgerLine, RuleScored
from summit_studio.core.schema import REJECTED
from summit_studio.engine.ledger import Ledger

NUMBERS = ("numbers", {})
KEEP = ("keep", {"name": "out"})
EVEN = {"id": "even", "expression": "id % 2 = 0", "threshold": 0.6}


@pytest.fixture
def ledger(bench):
    """Makes the ledger of `n -> f -> out`, and of whatever else is drawn."""

    def made(node, port, *edges: str, **more):
        nodes = {"n": NUMBERS, "f": node, "out": KEEP, **more}
        doc = document(nodes, "n.rows -> f.rows", f"f.{port} -> out.rows", *edges)
        return Ledger(bench.plan(doc), bench.events.append)

    return made


@pytest.fixture
def filtering(ledger):
    """The ledger of a filter, told of ten rows of which six are kept."""
    made = ledger(("filter", {"condition": "id < 6"}), "kept")
    read(made, "n", 10)
    made.add("f", {"rows": 10}, {"kept": 6, "dropped": 4})
    made.add("out", {"rows": 6}, {WRITTEN: 6})
    return made


@pytest.fixture
def unique(ledger):
    """Makes the ledger of a deduplicate, told of ten rows of which it gave three."""

    def made(*edges: str, **more):
        found = ledger(("deduplicate", {"keys": ["grp"]}), "unique", *edges, **more)
        read(found, "n", 10)
        found.add("f", {"rows": 10}, {"unique": 3})
        found.add("out", {"rows": 3}, {WRITTEN: 3})
        return found

    return made


def read(ledger: Ledger, node_id: str, rows: int) -> None:
    """Count rows of a source that holds as many by its own account."""
    ledger.add(node_id, {READ: rows}, {"rows": rows})
    ledger.add_held(node_id, rows)


def refused(ledger: Ledger) -> LedgerImbalance:
    with pytest.raises(LedgerImbalance) as caught:
        ledger.verify()
    assert caught.value.code == "ledger_imbalance"
    return caught.value


def test_what_adds_up_passes_and_each_line_says_how_it_was_counted(filtering):
    filtering.set_taken("out", 6)
    filtering.verify()
    source, middle, sink = filtering.lines()
    assert (source.counted, sink.counted) == (Counted.COUNTERPART, Counted.COUNTERPART)
    assert middle == LedgerLine("f", {"rows": 10}, {"kept": 6}, filtered=4)


def test_a_batch_is_told_as_it_came(bench, filtering):
    assert bench.events[0] == BatchProcessed("n", {READ: 10}, {"rows": 10})


def test_a_row_lost_inside_a_node_is_an_imbalance(filtering):
    read(filtering, "n", 1)
    filtering.add("f", {"rows": 1}, {})
    error = refused(filtering)
    assert error.where.node_id == "f"
    assert "took 11 rows, handed on 6, filtered 4" in error.why


@pytest.mark.parametrize("rows", [5, 7])
def test_a_row_lost_or_doubled_on_an_edge_is_an_imbalance(filtering, rows):
    filtering.add("out", {"rows": rows - 6}, {WRITTEN: rows - 6})
    error = refused(filtering)
    assert error.where.node_id == "out"
    assert f"was sent 6 rows and received {rows}" in error.why


def test_the_rows_of_two_edges_into_one_port_are_added(ledger):
    made = ledger(("union", {}), "rows", "m.rows -> f.rows", m=NUMBERS)
    for source in "nm":
        read(made, source, 10)
    made.add("f", {"rows": 20}, {"rows": 20})
    made.add("out", {"rows": 20}, {WRITTEN: 20})
    made.verify()


def test_rows_of_a_side_port_with_an_edge_are_not_filtered(ledger):
    made = ledger(
        ("filter", {"condition": "id < 6"}), "kept", "f.dropped -> o.rows",
        o=("keep", {"name": "other"}),
    )  # fmt: skip
    made.add("f", {"rows": 10}, {"kept": 6, "dropped": 4})
    line = made.line("f")
    assert (line.rows_out, line.filtered) == ({"kept": 6, "dropped": 4}, 0)


def test_rows_that_others_stand_for_are_filtered_where_their_port_leads_nowhere(unique):
    made = unique()
    made.add_measured("f", Measured(stood_for={"unique": 10}))
    made.verify()
    assert (made.line("f").filtered, made.line("f").stood_for) == (7, 10)


@pytest.mark.parametrize("stood_for", [9, 11])
def test_a_group_of_another_size_than_its_rows_is_an_imbalance(unique, stood_for):
    made = unique()
    made.add_measured("f", Measured(stood_for={"unique": stood_for}))
    assert f"what it gave stands for {stood_for}" in refused(made).why


@pytest.mark.parametrize(("duplicates", "lost"), [(7, 0), (6, 1)])
def test_a_remainder_is_not_made_up_where_every_port_has_an_edge(unique, duplicates, lost):
    made = unique("f.duplicates -> o.rows", o=("keep", {"name": "other"}))
    made.add_measured("f", Measured(stood_for={"unique": 10}))
    made.add("f", {}, {"duplicates": duplicates})
    line = made.line("f")
    assert line.filtered == 0
    assert line.balanced == (not lost)


@pytest.mark.parametrize("held", [9, 11])
def test_a_source_is_held_against_what_it_says_it_holds(filtering, held):
    filtering.add_held("n", held - 10)
    error = refused(filtering)
    assert error.where.node_id == "n"
    assert f"took {held} rows, handed on 10" in error.why


def test_what_a_source_holds_in_all_goes_before_its_pieces(filtering):
    filtering.set_held("n", 12)
    assert filtering.line("n").rows_in == {READ: 12}


def test_a_source_without_an_account_of_a_piece_has_none_of_all(filtering):
    filtering.add_held("n", None)
    filtering.add_held("n", 1)
    line = filtering.line("n")
    assert (line.rows_in, line.counted) == ({READ: 10}, Counted.HANDED_OVER)


def test_rejected_rows_of_a_source_are_rows_it_held(filtering):
    filtering.add("n", {READ: 2}, {REJECTED: 2})
    filtering.add_held("n", 2)
    filtering.verify()
    assert filtering.line("n").rejected == 2


@pytest.mark.parametrize("taken", [5, 7])
def test_a_sink_is_held_against_what_its_target_says(filtering, taken):
    filtering.set_taken("out", taken)
    error = refused(filtering)
    assert error.where.node_id == "out"
    assert f"took 6 rows, handed on {taken}" in error.why
    assert "triggers and rules of out" in error.do
    assert "nothing was published" in error.do


def test_a_sink_whose_target_says_nothing_has_no_second_count(filtering):
    assert filtering.line("out").counted is Counted.HANDED_OVER


JOIN = ("join", {"keys": [{"left": "id", "right": "id"}]})


@pytest.fixture
def joining(bench):
    """The ledger of a join, told of two times ten rows that gave twelve."""
    doc = document(
        {"n": NUMBERS, "m": NUMBERS, "j": JOIN, "out": KEEP},
        "n.rows -> j.left", "m.rows -> j.right", "j.joined -> out.rows",
    )  # fmt: skip
    made = Ledger(bench.plan(doc), bench.events.append)
    made.add("j", {"left": 10, "right": 10}, {"joined": 12})
    return made


@pytest.mark.parametrize("expected", [11, 13])
def test_a_join_is_held_against_the_matches_of_its_keys(joining, expected):
    joining.add_measured("j", Measured(expected={"joined": 12}))
    assert joining.line("j").balanced
    joining.add_measured("j", Measured(expected={"joined": expected - 12}))
    assert f"gave 12 rows where its own measure is {expected}" in joining.line("j").imbalance


def test_rows_expected_of_a_port_that_gave_none_are_missed(joining):
    joining.add_measured("j", Measured(expected={"joined": 12, "left_unmatched": 2}))
    assert "its own measure is 14" in joining.line("j").imbalance


def test_a_join_without_a_measure_says_that_nothing_was_counted_twice(joining):
    line = joining.line("j")
    assert (line.reshapes, line.balanced, line.counted) == (True, True, Counted.HANDED_OVER)
    joining.add_measured("j", Measured(expected={"joined": 12}))
    assert joining.line("j").counted is Counted.TWICE


def test_rejected_rows_stand_for_themselves():
    assert LedgerLine("f", {"rows": 10}, {"kept": 7}, 3, stood_for=7).balanced
    assert LedgerLine("f", {"rows": 10}, {"kept": 7}, 3, expected=10).balanced
    assert not LedgerLine("f", {"rows": 10}, {"kept": 7}, 3, stood_for=10).balanced
    assert LedgerLine("f", {"rows": 10}, {"kept": 6}, 3, 1).balanced
    assert "rejected 3" in LedgerLine("f", {"rows": 10}, {"kept": 6}, 3).imbalance


def test_a_rule_is_scored_over_the_rows_that_came_in(ledger):
    made = ledger(("rules", {"rules": [EVEN]}), "passed")
    made.add("f", {"rows": 10}, {"passed": 4, REJECTED: 1})
    made.add_failed("f", {"even": 3})
    made.add_failed("f", {"even": 1})
    (score,) = made.scores()
    assert (score.rows, score.failed, score.score) == (10, 4, 0.6)
    assert not score.breached, "a score that just reaches its threshold is none below it"


def test_a_rule_without_rows_is_met():
    assert RuleScored("f", "even", "validity", 0, 0, 1.0, critical=True).score == 1
    assert RuleScored("f", "even", "validity", 10, 5, 0.6, critical=True).breached


def epoch_of(ledger: Ledger, epoch: int, rows: int, *, kept: int, taken: int) -> None:
    """Count an epoch of `n -> f -> out`."""
    ledger.add("n", {READ: rows}, {"rows": rows}, epoch=epoch)
    ledger.add_held("n", rows, epoch=epoch)
    ledger.add("f", {"rows": rows}, {"kept": kept, "dropped": rows - kept}, epoch=epoch)
    ledger.add("out", {"rows": kept}, {WRITTEN: kept}, epoch=epoch)
    ledger.set_taken("out", taken, epoch=epoch)


NODES = ("n", "f", "out")


def test_an_epoch_is_closed_while_the_next_is_counted(ledger):
    made = ledger(("filter", {"condition": "id < 6"}), "kept")
    epoch_of(made, 1, 10, kept=6, taken=6)
    made.add("n", {READ: 4}, {"rows": 4}, epoch=2)
    sums = made.close(1, NODES)
    assert sums["out"]["taken"] == 6
    assert sums["n"]["rows_in"] == {READ: 10}
    # What has come of the next epoch is not in what an epoch before it leaves behind.
    assert made.line("n").rows_out == {"rows": 14}


def test_an_epoch_that_does_not_balance_is_not_closed_though_all_together_would(ledger):
    made = ledger(("filter", {"condition": "id < 6"}), "kept")
    epoch_of(made, 1, 10, kept=6, taken=5)
    epoch_of(made, 2, 10, kept=6, taken=7)
    made.verify()
    with pytest.raises(LedgerImbalance, match="does not balance"):
        made.close(1, NODES)


def test_what_runs_before_have_counted_is_gone_on_from(ledger):
    first = ledger(("filter", {"condition": "id < 6"}), "kept")
    epoch_of(first, 1, 10, kept=6, taken=6)
    sums = first.close(1, NODES)
    second = ledger(("filter", {"condition": "id < 6"}), "kept")
    second.restore(sums)
    epoch_of(second, 2, 4, kept=1, taken=1)
    second.verify()
    source, _, sink = second.lines()
    assert (source.rows_in, sink.rows_out) == ({READ: 14}, {WRITTEN: 7})
    # A source that says at its end how many rows it gave speaks of its own run alone.
    second.set_held("n", 4)
    second.verify()


def test_a_sink_takes_over_what_its_target_has_kept(ledger):
    made = ledger(("filter", {"condition": "id < 6"}), "kept")
    epoch_of(made, 1, 10, kept=6, taken=6)
    kept = {"rows_in": {"rows": 6}, "rows_out": {WRITTEN: 4, REJECTED: 2}, "taken": 4}
    made.adopt("out", kept)
    line = made.line("out")
    assert (line.rows_in, line.rows_out, line.rejected) == ({"rows": 6}, {WRITTEN: 4}, 2)
    made.verify()


def test_content_is_compared_where_that_of_every_epoch_was(filtering):
    filtering.set_taken("out", 6)
    filtering.set_compared("out")
    assert filtering.line("out").counted is Counted.CONTENT
    filtering.set_compared("out", compared=False)
    filtering.set_compared("out")
    assert filtering.line("out").counted is Counted.COUNTERPART
