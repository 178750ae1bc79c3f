"""Trying an edit out: what would be wrong after it, and only that."""

import pytest

from summit_studio.document.edits import Compound, MoveNodes, SetParams
from summit_studio.document.healing import healing
from summit_studio.engine.design import design_context
from summit_studio.planning.trying import broken_by, may_break
from summit_studio.workspace.workspace import Workspace

READ = ("csv_source", {"path": "in.csv"})


@pytest.fixture
def tried(draw, checked, catalogue, tmp_path):
    nodes = {
        "n": READ,
        "d": ("derive", {"columns": [{"name": "double", "expression": "2 * id"},
                                     {"name": "spare", "expression": "1"}]}),
        "f": ("filter", {"condition": "double > 2"}),
        "s": ("sort", {"columns": [{"column": "away"}]}),
        "o": ("csv_sink", {"path": "out.csv"}),
    }  # fmt: skip
    edges = ["n.rows -> d.rows", "d.rows -> f.rows", "f.kept -> o.rows", "n.rows -> s.rows"]
    document = draw(nodes, *edges)
    found = checked(document)
    context = design_context(Workspace(tmp_path, trusted=True))

    def tell(edit):
        edit = edit(document) if callable(edit) else edit
        problems = broken_by(edit, found, catalogue, context)
        return [(p.code, p.where.node_id) for p in problems]

    return tell


def derived(*names: str) -> SetParams:
    return SetParams("d", {"columns": [{"name": n, "expression": "2 * id"} for n in names]})


def test_a_column_that_something_reads_is_missed_and_another_is_not(tried):
    assert tried(derived("double")) == []
    assert tried(derived("spare")) == [("column_missing", "f")]
    assert tried(lambda document: healing(document, ["d"])) == [("column_missing", "f")]


def test_a_type_that_no_longer_fits_is_told_where_it_is_compared(tried):
    text = {"columns": [{"name": "double", "expression": "[id]"}]}
    assert tried(SetParams("d", text)) == [("type_mismatch", "f")]


def test_what_was_wrong_before_is_no_news_nor_is_what_goes_with_its_node(tried):
    assert tried(SetParams("n", {"path": "in.csv", "columns": [{"name": "id"}]})) == []
    assert tried(lambda document: healing(document, ["s"])) == []


def test_all_that_miss_a_column_are_told_and_not_the_first_alone(
    draw, checked, catalogue, tmp_path
):
    nodes = {
        "n": READ,
        "d": ("derive", {"columns": [{"name": "double", "expression": "2 * id"}]}),
        "f": ("filter", {"condition": "double > 2"}),
        "e": ("derive", {"columns": [{"name": "more", "expression": "id + 1"}]}),
        "s": ("sort", {"columns": [{"column": "double"}]}),
        "o": ("csv_sink", {"path": "out.csv"}),
    }
    edges = ["n.rows -> d.rows", "d.rows -> f.rows", "f.kept -> e.rows", "e.rows -> s.rows",
             "s.rows -> o.rows"]  # fmt: skip
    document = draw(nodes, *edges)
    found = checked(document)
    assert found.ok
    context = design_context(Workspace(tmp_path, trusted=True))
    problems = broken_by(healing(document, ["d"]), found, catalogue, context)
    assert [(p.code, p.where.node_id) for p in problems] == [
        ("column_missing", "f"), ("column_missing", "s"),
    ]  # fmt: skip
    assert may_break(healing(document, ["d"]), found)
    assert may_break(SetParams("d", {"columns": [{"name": "spare", "expression": "1"}]}), found)
    for edit in (
        healing(document, ["s"]),
        healing(document, ["n"]),
        SetParams("o", {"path": "other.csv"}),
        Compound("Move", (MoveNodes({"d": (9, 9)}),)),
    ):
        assert not may_break(edit, found)
