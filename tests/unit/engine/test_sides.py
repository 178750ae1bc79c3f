"""Rows before and after: which became which, what changed, where others went, how far one reads."""

import os

import pyarrow as pa
import pytest
from conftest import document

from summit_studio.core.cancel import CancelToken
from summit_studio.core.schema import REJECTED
from summit_studio.document.model import PortRef
from summit_studio.engine.alignment import align
from summit_studio.engine.arranging import Among, Sorting, Wanted, arrange
from summit_studio.engine.design import design_context
from summit_studio.engine.finding import write_csv
from summit_studio.engine.further import look_further
from summit_studio.engine.glance import glance
from summit_studio.engine.sides import Sampler
from summit_studio.workspace.workspace import Workspace

ORDERS = "id,status,amount\n1,paid,1.50\n2,open,2\n3,paid,n/a\n4,,4\n5,paid,5\n"
SOURCE = ("csv_source", {"path": "orders.csv", "columns": [
    {"name": "id"}, {"name": "status"}, {"name": "amount", "type": "VARCHAR"}]})  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "people.csv").write_text("status,who\npaid,Ada\npaid,Ben\nlost,Cy\n")
    return tmp_path


@pytest.fixture
def look(folder, catalogue):
    context, sampler = design_context(Workspace(folder)), Sampler()

    def show(kind, params, port="rows", more=()):
        nodes = {"o": SOURCE, "n": (kind, params), **dict(more)}
        edges = [f"o.rows -> n.{'left' if kind == 'join' else 'rows'}"]
        edges += [f"{name}.rows -> n.{'right' if kind == 'join' else 'rows'}" for name, _ in more]
        return sampler.look(document(nodes, *edges), catalogue, context, PortRef("n", port))

    show.sampler, show.context = sampler, context
    return show


def lines(sides, edge=0):
    aligned = align(sides.before[edge], sides.after)
    return aligned, list(zip(aligned.left.to_pylist(), aligned.right.to_pylist(), strict=True))


def test_a_filter_leaves_gaps_and_says_where_rows_went(look):
    sides = look("filter", {"condition": "CAST(amount AS DOUBLE) > 1.9"}, "kept")
    aligned, rows = lines(sides)
    assert rows == [(0, None), (1, 0), (2, None), (3, 1), (4, 2)]
    assert aligned.fates[0].port == "dropped"
    assert aligned.fates[2].port == REJECTED
    assert aligned.fates[2].reason == "The condition cannot be computed."
    assert not aligned.changed
    assert sides.complete
    assert "__summit_at" not in sides.after.table.column_names


def test_changed_cells_new_columns_and_new_names_are_known(look):
    derived = [{"name": "status", "expression": "coalesce(status, 'none')"},
               {"name": "twice", "expression": "id * 2"}]  # fmt: skip
    aligned, rows = lines(look("derive", {"columns": derived}))
    assert rows == [(i, i) for i in range(5)]
    assert {c: lit.to_pylist() for c, lit in aligned.changed.items()} == {
        1: [False, False, False, True, False]
    }
    assert 3 not in aligned.sources
    chosen = [{"column": "status", "name": "state"}]
    aligned, _ = lines(look("select_columns", {"columns": chosen, "others": "keep"}))
    assert aligned.sources[1] == 1
    assert not aligned.changed


def test_text_that_became_the_same_number_has_not_changed(look):
    cast = {"columns": [{"column": "amount", "type": "DECIMAL(9,2)"}], "others": "keep"}
    aligned, rows = lines(look("select_columns", cast))
    assert (2, None) in rows
    assert "n/a" in aligned.fates[2].reason
    assert not aligned.changed


def test_sorted_rows_keep_their_match(look):
    sides = look("sort", {"columns": [{"column": "id", "direction": "descending"}]})
    assert lines(sides)[1] == [(4, 0), (3, 1), (2, 2), (1, 3), (0, 4)]


def test_a_joined_row_stands_beside_the_row_it_came_from(look):
    people = ("csv_source", {"path": "people.csv"})
    sides = look(
        "join",
        {"keys": [{"left": "status", "right": "status"}], "keep_order": True},
        "joined",
        more=[("p", people)],
    )
    aligned, rows = lines(sides)
    assert [left for left, right in rows if right is not None] == [0, 0, 2, 2, 4, 4]
    assert aligned.fates[1].port == "left_unmatched"
    assert sides.before[1].came is None


def test_groups_are_not_matched_and_say_so(look):
    sides = look("aggregate", {"group_by": ["status"], "measures": [{"name": "n"}]})
    assert "'Aggregate' makes its rows of several" in sides.unmatched
    assert lines(sides)[1][:4] == [(0, 0), (1, 1), (2, 2), (3, None)]


def test_what_reaches_a_node_is_read_once_until_its_file_changes(look, folder):
    look("filter", {"condition": "id > 1"}, "kept")
    kept = look.sampler._samples[0]
    look("filter", {"condition": "id > 2"}, "kept")
    assert look.sampler._samples[0] is kept
    file = folder / "orders.csv"
    file.write_text(ORDERS + "6,paid,6\n")
    os.utime(file, ns=(1, 1))
    sides = look("filter", {"condition": "id > 2"}, "kept")
    assert sides.after.table.column("id").to_pylist() == [3, 4, 5, 6]


def test_lines_are_found_sorted_and_left_out(look):
    sides = look("filter", {"condition": "id > 1"}, "kept")
    before, aligned = sides.before[0].rows, lines(sides)[0]
    found = arrange(before, sides.after, aligned, Wanted("PAI", only=True))
    assert found.order.to_pylist() == [0, 2, 4]
    assert found.hits.to_pylist() == [0, 1, 2]
    assert found.after[1].to_pylist() == [False, True, False, True]
    gone = arrange(before, sides.after, aligned, Wanted(among=Among.LEFT_OUT))
    assert gone.order.to_pylist() == [0]
    by_status = Wanted(sorting=Sorting(after=True, column=1, descending=True))
    assert arrange(before, sides.after, aligned, by_status).order.to_pylist() == [2, 4, 1, 0, 3]


def test_a_glance_counts_nulls_and_values_and_how_they_spread():
    numbers = glance(pa.chunked_array([[0, 1, 1, 10, None]]))
    assert (numbers.nulls, numbers.distinct, numbers.low, numbers.high) == (1, 3, "0", "10")
    assert sum(numbers.spread) == pytest.approx(1 + 1 / 3)
    assert numbers.spread[-1] == pytest.approx(1 / 3)
    words = glance(pa.chunked_array([["b", "a", "b"]]))
    assert (words.spread, words.low) == ((1.0, 0.5), "b")
    assert glance(pa.chunked_array([[[1]], [[2]]])).distinct is None


def test_export_writes_the_rows_shown_in_their_order(tmp_path):
    table = pa.table({"a": ["x,y", None, 'q"'], "l": [[1], [], None]})
    write_csv(table, pa.array([2, 0]), tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text() == '"a","l"\n"q""",\n"x,y","[1]"\n'


@pytest.fixture
def further(tmp_path, catalogue):
    (tmp_path / "big.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(400_000)))
    told = []

    def read(kind, params, port, rows=3, stop=None, source=("csv_source", {"path": "big.csv"})):
        doc = document({"o": source, "n": (kind, params)}, "o.rows -> n.rows")
        sides = look_further(
            doc, catalogue, design_context(Workspace(tmp_path)), PortRef("n", port), rows,
            told=told.append, stop=stop or CancelToken(), cancel=CancelToken(),
        )  # fmt: skip
        return sides, told

    return read


def test_a_look_further_ends_with_enough_and_has_the_rows_before(further):
    many = ("sample_source", {"kind": "orders", "rows": 9_000_000})
    sides, told = further("filter", {"condition": "order_id >= 150000"}, "kept", source=many)
    assert sides.after.table.column("order_id").to_pylist() == [150000, 150001, 150002]
    assert sides.before[0].rows.table.equals(sides.after.table)
    assert sides.before[0].came.to_pylist() == [0, 1, 2]
    assert not sides.complete
    assert told[-1].read < 5_000_000
    assert told[0].read > 0


def test_a_look_further_that_finds_nothing_says_it_was_all(further):
    sides, _ = further("filter", {"condition": "id < 0"}, "kept")
    assert sides.complete
    assert sides.note == "0 of 400,000 rows read, which are all"


def test_a_look_further_at_a_group_reads_all(further):
    sides, _ = further("aggregate", {"measures": [{"name": "n"}]}, "rows")
    assert sides.after.table.to_pylist() == [{"n": 400_000}]
    assert sides.unmatched


def test_a_look_further_that_is_stopped_gives_what_it_found(further):
    stop = CancelToken()
    stop.cancel()
    sides, _ = further("filter", {"condition": "id < 0"}, "kept", stop=stop)
    assert not sides.complete
    assert sides.after.table.num_rows == 0
