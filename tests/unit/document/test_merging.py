"""Two versions of a pipeline become one: what one changed is taken, what both changed is asked."""

import json
from dataclasses import replace

import pytest

from summit_studio.document.edit_json import edit_from_json, edit_to_json
from summit_studio.document.merging import change, merge
from summit_studio.document.model import (
    Document,
    Edge,
    Frame,
    Layout,
    Node,
    Note,
    Parameter,
)

BASE = Document(
    id="0" * 32,
    name="Orders",
    settings={"verify": "counts"},
    parameters={"day": Parameter("day")},
    nodes={
        "o": Node("o", "csv_source", {"path": "o.csv"}),
        "f": Node("f", "filter", {"condition": "a > 1", "note": 1}),
        "s": Node("s", "sort"),
        "t": Node("t", "csv_sink", {"path": "t.csv"}),
    },
    edges=tuple(map(Edge.parse, ("o.rows -> f.rows", "f.kept -> s.rows", "s.rows -> t.rows"))),
    notes={"n": Note("n", "why")},
    layout=Layout({"o": (0, 0), "f": (280, 0), "s": (560, 0), "t": (840, 0)}, {"n": (0, 9, 9, 9)}),
    tests=({"a": 1},),
    extra={"later": 1},
)


def node(document, node_id, **params):
    old = document.nodes[node_id]
    changed = replace(old, params={**old.params, **params})
    return replace(document, nodes={**document.nodes, node_id: changed})


def without(document, node_id, *edges: str):
    nodes = {i: n for i, n in document.nodes.items() if i != node_id}
    kept = tuple(e for e in document.edges if node_id not in (e.source.node, e.target.node))
    layout = replace(
        document.layout, nodes={i: p for i, p in document.layout.nodes.items() if i != node_id}
    )
    more = tuple(map(Edge.parse, edges))
    return replace(document, nodes=nodes, edges=(*kept, *more), layout=layout)


def added(document, new, place, *edges: str):
    layout = replace(document.layout, nodes={**document.layout.nodes, new.id: place})
    nodes = {**document.nodes, new.id: new}
    more = (*document.edges, *map(Edge.parse, edges))
    return replace(document, nodes=nodes, edges=more, layout=layout)


def conflicts(merged):
    return {c.what: (c.mine, c.theirs) for c in merged.conflicts}


def test_what_only_one_changed_is_taken_whoever_it_was():
    mine = replace(node(BASE, "f", condition="a > 2"), settings={"verify": "full"})
    mine = added(mine, Node("m", "limit"), (0, 300), "o.rows -> m.rows")
    theirs = replace(
        without(node(BASE, "f", note=2), "s", "f.kept -> t.rows"),
        name="Theirs", extra={"later": 2}, tests=(), notes={"n": Note("n", "because")},
    )  # fmt: skip
    frames = {"g": Frame((0, 0, 9, 9), "All")}
    bends = {theirs.edges[0]: ((140, 80),)}
    gone = Edge.parse("no.rows -> more.rows")
    led = {**bends, gone: ((1, 1),)}
    theirs = replace(theirs, layout=replace(theirs.layout, frames=frames, edges=led))
    one, other = merge(BASE, mine, theirs), merge(BASE, theirs, mine)
    assert one.conflicts == other.conflicts == ()
    found = one.document
    assert found.nodes["f"].params == {"condition": "a > 2", "note": 2}
    assert set(found.nodes) == {"o", "f", "t", "m"}
    assert {str(e) for e in found.edges} == {
        "o.rows -> f.rows", "f.kept -> t.rows", "o.rows -> m.rows"
    }  # fmt: skip
    assert (found.name, found.settings) == ("Theirs", {"verify": "full"})
    assert (found.extra, found.tests) == ({"later": 2}, ())
    assert found.notes["n"].text == "because"
    assert found.layout.frames == frames
    assert found.layout.edges == bends
    assert set(found.layout.nodes) == set(found.nodes)
    assert other.document == replace(found, nodes=other.document.nodes, edges=other.document.edges)
    assert dict(other.document.nodes) == dict(found.nodes)
    assert set(other.document.edges) == set(found.edges)


@pytest.mark.parametrize(
    ("mine", "theirs", "what", "told"),
    [
        (node(BASE, "f", condition="a > 2"), node(BASE, "f", condition="a > 3"),
         "Node f, condition", ("a > 2", "a > 3")),
        (node(BASE, "f", note=True), node(BASE, "f", note=1.0), "Node f, note", ("true", "1.0")),
        (replace(BASE, name="A"), replace(BASE, name="B"), "Name", ("A", "B")),
        (without(BASE, "s"), node(BASE, "s", columns=[1]),
         "Node s", ("not there", "there, as sort")),
        (without(BASE, "t"), replace(BASE, edges=(*BASE.edges, Edge.parse("f.dropped -> t.more"))),
         "Node t", ("not there", "there, as csv_sink")),
        (added(BASE, Node("x", "sort"), (0, 0)), added(BASE, Node("x", "limit"), (0, 0)),
         "Node x", ("there, as sort", "there, as limit")),
        (replace(BASE, edges=(*BASE.edges[:2], Edge.parse("f.kept -> t.rows"))),
         replace(BASE, edges=(*BASE.edges[:2], Edge.parse("o.rows -> t.rows"))),
         "What leads into t.rows", ("f.kept", "o.rows")),
        (replace(BASE, notes={"n": Note("n", "a")}), replace(BASE, notes={}),
         "Note n", ("a", "not there")),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_what_both_changed_is_a_conflict_and_either_can_hold(mine, theirs, what, told):
    found = merge(BASE, mine, theirs)
    assert conflicts(found) == {what: told}
    assert found.document == mine
    swapped = merge(BASE, theirs, mine, [found.conflicts[0].key]).document
    assert (set(swapped.edges), dict(swapped.nodes)) == (set(mine.edges), dict(mine.nodes))
    taken = merge(BASE, mine, theirs, [found.conflicts[0].key])
    assert taken.document.nodes == theirs.nodes
    assert set(taken.document.edges) == set(theirs.edges)
    assert (taken.document.name, taken.document.notes) == (theirs.name, theirs.notes)
    assert set(taken.document.layout.nodes) == set(theirs.layout.nodes)


def test_the_same_change_by_both_is_none():
    mine = node(BASE, "f", condition="a > 2")
    assert merge(BASE, mine, mine).document == mine
    assert not merge(BASE, mine, mine).conflicts


def test_a_place_that_both_changed_stays_as_it_is_here():
    here = replace(BASE, layout=replace(BASE.layout, nodes={**BASE.layout.nodes, "f": (1, 1)}))
    there = replace(BASE, layout=replace(BASE.layout, nodes={**BASE.layout.nodes, "f": (2, 2)}))
    found = merge(BASE, here, there)
    assert not found.conflicts
    assert found.document.layout.nodes["f"] == (1, 1)


def test_one_edit_makes_one_version_of_another_and_is_journalled_and_undone():
    new = without(node(BASE, "f", note=2), "s", "f.kept -> t.rows")
    new = added(new, Node("m", "limit", {}, "Few", {"k": 1}, state="disabled"), (0, 300))
    new = replace(new, name="N", tests=(), extra={"later": 2}, notes={"q": Note("q", "x")})
    old_t = replace(new.nodes["t"], type="json_sink", title="T")
    new = replace(new, nodes={**new.nodes, "t": old_t, "o": replace(new.nodes["o"], title="O")})
    edit = change(BASE, new, "Merge")
    assert edit.apply(BASE) == new
    assert edit_from_json(json.loads(json.dumps(edit_to_json(edit)))).apply(BASE) == new
    assert edit.inverse(BASE).apply(new) == BASE
    assert list(edit.inverse(BASE).apply(new).nodes) == list(BASE.nodes)


def test_what_both_added_under_an_id_given_by_number_is_kept_twice():
    here = Frame((0, 0, 9, 9), "Mine", nodes=("sort_2",))
    mine = added(
        BASE, Node("sort_2", "sort", {"columns": [1]}), (560, 200), "f.kept -> sort_2.rows"
    )
    mine = replace(
        mine, notes={**BASE.notes, "note": Note("note", "mine")},
        layout=replace(mine.layout, frames={"frame": here}, notes={"note": (0, 0, 9, 9)}),
    )  # fmt: skip
    edges = ("o.rows -> sort_2.rows", "sort_2.rows -> limit.rows")
    theirs = added(BASE, Node("sort_2", "sort", {"columns": [True]}, "By it"), (560, 200), *edges)
    theirs = added(theirs, Node("limit", "limit"), (840, 200))
    bent = {Edge.parse("sort_2.rows -> limit.rows"): ((7, 7),)}
    there = Frame((0, 0, 9, 9), "Theirs", nodes=("sort_2", "limit"), notes=("note",))
    theirs = replace(
        theirs, notes={**BASE.notes, "note": Note("note", "theirs")},
        layout=replace(theirs.layout, frames={"frame": there}, edges=bent,
                       notes={"note": (1, 1, 9, 9)}, colours={"note": "red"}),
    )  # fmt: skip
    found = merge(BASE, mine, theirs)
    assert found.conflicts == ()
    assert found.kept.nodes == {"sort_2": "sort"}
    document = found.document
    assert document.nodes["sort_2"] == mine.nodes["sort_2"]
    assert document.nodes["sort"] == Node("sort", "sort", {"columns": [True]}, "By it")
    assert set(map(str, document.edges)) - set(map(str, BASE.edges)) == {
        "f.kept -> sort_2.rows", "o.rows -> sort.rows", "sort.rows -> limit.rows"
    }  # fmt: skip
    assert {i: n.text for i, n in document.notes.items()} == {
        "n": "why", "note": "mine", "note_2": "theirs"
    }  # fmt: skip
    layout = document.layout
    assert layout.nodes["sort_2"] == (560, 200)
    assert layout.nodes["sort"] == (560, 330)  # Not beneath the other.
    assert layout.frames == {
        "frame": here, "frame_2": replace(there, nodes=("sort", "limit"), notes=("note_2",))
    }  # fmt: skip
    assert layout.edges == {Edge.parse("sort.rows -> limit.rows"): ((7, 7),)}
    assert (layout.notes["note_2"], layout.colours) == ((1, 1, 9, 9), {"note_2": "red"})
    assert not merge(BASE, mine, mine).kept


def test_what_stands_behind_one_of_two_is_kept_twice_too_though_it_is_alike():
    def chain(said: int):
        new = added(
            BASE, Node("sort_2", "sort", {"columns": [said]}), (0, 0), "o.rows -> sort_2.rows"
        )
        new = added(new, Node("limit", "limit"), (0, 0), "sort_2.rows -> limit.rows")
        return added(new, Node("limit_2", "limit"), (0, 0), "limit.rows -> limit_2.rows")

    found = merge(BASE, chain(1), chain(2))
    assert found.conflicts == ()
    assert found.kept.nodes == {"sort_2": "sort", "limit": "limit_3", "limit_2": "limit_4"}
    assert set(map(str, found.document.edges)) >= {
        "sort_2.rows -> limit.rows", "limit.rows -> limit_2.rows",
        "o.rows -> sort.rows", "sort.rows -> limit_3.rows", "limit_3.rows -> limit_4.rows",
    }  # fmt: skip
    places = [found.document.layout.nodes[i] for i in ("limit_3", "limit_4", "sort")]
    assert len(set(places)) == 3  # Each has room of its own.
