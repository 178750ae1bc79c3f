"""Random documents, random edits, random damage: nothing lost, nothing invented, no crash."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summit_studio.core.errors import InvalidDocument
from summit_studio.document.diff import describe, diff
from summit_studio.document.edit_json import edit_from_json, edit_to_json
from summit_studio.document.edits import (
    AddEdge,
    AddNode,
    Compound,
    MoveNodes,
    RemoveEdge,
    RemoveNode,
    RestoreLayout,
    SetNote,
    SetParams,
    SetProperties,
    SetStates,
    SetTitle,
    removal,
)
from summit_studio.document.journal import Journal
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import (
    Document,
    Edge,
    Frame,
    Layout,
    Node,
    Note,
    Parameter,
    PortRef,
)
from summit_studio.document.text import dump, parse

fixed = settings(
    derandomize=True, deadline=None, max_examples=200, suppress_health_check=list(HealthCheck)
)

# Few ids, so that nodes, edges, notes and layout entries meet, and miss each other.
IDS = st.sampled_from(["a", "b", "c", "orders", "clean_2", "_x-1"])
PORTS = st.sampled_from(["rows", "left", "rejected"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECT = st.dictionaries(TEXT, JSON, max_size=3)
# Keys no version knows; the prefix keeps them apart from those this one does.
EXTRA = st.dictionaries(TEXT.map(lambda t: f"x-{t}"), JSON, max_size=2)
WHOLE = st.integers(-5000, 5000)
POINTS = st.tuples(WHOLE, WHOLE)
BOXES = st.tuples(WHOLE, WHOLE, WHOLE, WHOLE)
EDGES = st.builds(Edge, st.builds(PortRef, IDS, PORTS), st.builds(PortRef, IDS, PORTS))
STATES = st.sampled_from(["enabled", "disabled", "bypassed", "of a later version"])
NODES = st.builds(Node, IDS, TEXT, OBJECT, st.none() | TEXT, EXTRA, state=STATES)
NOTES = st.builds(Note, IDS, TEXT, EXTRA)
MEMBERS = st.lists(IDS, max_size=3, unique=True).map(tuple)
FRAMES = st.builds(Frame, BOXES, TEXT, TEXT, MEMBERS, MEMBERS, st.booleans(), EXTRA)
BENDS = st.lists(POINTS, max_size=3).map(tuple)
LAYOUTS = st.builds(
    Layout,
    st.dictionaries(IDS, POINTS),
    st.dictionaries(IDS, BOXES),
    EXTRA,
    colours=st.dictionaries(IDS, TEXT, max_size=3),
    frames=st.dictionaries(IDS, FRAMES, max_size=3),
    edges=st.dictionaries(EDGES, BENDS, max_size=3),
)
PARAMETERS = st.builds(Parameter, IDS, st.sampled_from(["text", "date"]), JSON, TEXT, EXTRA)


def assert_tells(error):
    assert error.why
    assert error.do
    assert error.code
    str(error).encode()


def by(key, items):
    return st.lists(items, max_size=5).map(lambda found: {getattr(i, key): i for i in found})


# Edges of absent nodes, edges that stand twice, and places of absent boxes are all meant.
DOCUMENTS = st.builds(
    Document,
    TEXT,
    st.sampled_from(["etl", "elt"]),
    by("name", PARAMETERS),
    OBJECT,
    by("id", NODES),
    st.lists(EDGES, max_size=5).map(tuple),
    by("id", NOTES),
    st.lists(JSON, max_size=2).map(tuple),
    LAYOUTS,
    EXTRA,
)
INDEX = st.none() | st.integers(0, 3)
SIMPLE = (
    st.builds(AddNode, NODES, st.none() | POINTS, INDEX, INDEX)
    | st.builds(RemoveNode, IDS)
    | st.builds(AddEdge, EDGES, INDEX)
    | st.builds(RemoveEdge, EDGES)
    | st.builds(SetParams, IDS, OBJECT, st.none() | TEXT)
    | st.builds(SetTitle, IDS, st.none() | TEXT)
    | st.builds(SetStates, st.dictionaries(IDS, STATES, min_size=1, max_size=2))
    | st.builds(MoveNodes, st.dictionaries(IDS, st.none() | POINTS, min_size=1, max_size=2))
    | st.builds(SetNote, IDS, st.none() | TEXT, st.none() | BOXES, INDEX, INDEX, st.none() | EXTRA)
    | st.builds(SetInLayout, st.just("colours"), IDS, st.none() | TEXT, INDEX)
    | st.builds(SetInLayout, st.just("frames"), IDS, st.none() | FRAMES, INDEX)
    | st.builds(SetInLayout, st.just("edges"), EDGES, st.none() | BENDS, INDEX)
    | st.builds(RestoreLayout, LAYOUTS)
    | st.builds(
        SetProperties,
        st.none() | TEXT,
        st.none() | st.just("elt"),
        st.none() | OBJECT,
        st.none() | by("name", PARAMETERS),
        st.none() | st.lists(OBJECT, max_size=2).map(tuple),
        st.none() | OBJECT,
    )
)
EDITS = SIMPLE | st.builds(Compound, TEXT, st.lists(SIMPLE, max_size=3).map(tuple))


@fixed
@given(DOCUMENTS)
def test_text_survives_a_round_trip(document):
    text = dump(document)
    again = parse(text).document
    assert again == document
    assert dump(again) == text


@fixed
@given(DOCUMENTS, st.lists(EDITS, max_size=8), st.lists(IDS, max_size=2))
def test_undo_all_and_redo_all_restore_the_very_text(document, edits, doomed):
    start = dump(document)
    steps = [*edits, removal(document, doomed, document.edges[:1])]
    undo, texts, made = [], [start], []
    for edit in steps:
        try:
            changed = edit.apply(document)
        except InvalidDocument:
            continue  # It does not fit; the document is untouched.
        undo.append(edit.inverse(document))
        made.append(edit)
        document = changed
        texts.append(dump(document))
    redo = []
    for back, text in zip(reversed(undo), reversed(texts[:-1]), strict=True):
        redo.append(back.inverse(document))
        document = back.apply(document)
        assert dump(document) == text
    assert dump(document) == start
    for again, edit, text in zip(reversed(redo), made, texts[1:], strict=True):
        assert dump(edit.apply(document)) == text
        document = again.apply(document)
        assert dump(document) == text


@fixed
@given(DOCUMENTS, st.data())
def test_a_removal_of_anything_in_the_file_works(document, data):
    gone = data.draw(st.lists(st.sampled_from([*document.nodes, None]), unique=True))
    edges = data.draw(st.lists(st.sampled_from([*document.edges, None])))
    edit = removal(document, [i for i in gone if i], [e for e in edges if e])
    after = edit.apply(document)
    assert not set(after.nodes) & set(gone)
    assert not set(after.edges) & set(edges)
    assert dump(edit.inverse(document).apply(after)) == dump(document)


@fixed
@given(EDITS)
def test_edits_survive_json(edit):
    raw = json.loads(json.dumps(edit_to_json(edit)))
    assert edit_from_json(raw) == edit


@fixed
@given(DOCUMENTS, st.lists(EDITS, max_size=6))
def test_a_replayed_journal_gives_the_same_text(tmp_path_factory, document, edits):
    journal = Journal(tmp_path_factory.mktemp("state"), "key")
    base = document
    journal.begin(dump(base))
    count = 0
    for edit in edits:
        try:
            document = edit.apply(document)
        except InvalidDocument:
            continue
        journal.append(edit)
        count += 1
    journal.close()
    if not count:
        assert not journal.path.exists()
        return
    found, replayed = Journal(journal.path.parent, "key").recover(base)
    assert len(replayed) == count
    assert dump(found) == dump(document)


@fixed
@given(DOCUMENTS, DOCUMENTS)
def test_a_difference_is_empty_only_between_equal_texts(a, b):
    assert diff(a, a).empty
    assert diff(a, b).empty == (dump(a) == dump(b))
    assert bool(describe(diff(a, b))) == (dump(a) != dump(b))
    moved = replace(a, layout=b.layout)
    assert not diff(a, moved).meaning_changed


def _damaged(text, rng):
    kind = rng.randrange(5)
    at = rng.randrange(len(text))
    if kind == 0:
        return text[:at]
    if kind == 1:
        return text[:at] + text[at + rng.randrange(1, 9) :]
    if kind == 2:
        junk = rng.choice(
            ["{", "]", '"', ",", "null", "1e999", "NaN", '"a"', "\\ud800", "\ud800", "9" * 60, "\0"]
        )
        return text[:at] + junk + text[at:]
    if kind == 3:
        other = rng.randrange(len(text))
        return text[:at] + text[other : other + 40] + text[at:]
    value = rng.choice(["7", "null", "[]", "{}", '"t"', "true", "-0.5", '{"a":[1,{}]}'])
    words = [w for w in ('"orders"', "[120, 40]", '"etl"', "{}", '"rows"', "1") if w in text]
    return text.replace(rng.choice(words or [text[at]]), value, 1)


SEED_TEXT = dump(
    Document(
        "Orders",
        nodes={
            "orders": Node("orders", "csv", {"path": "in.csv", "limit": 1}, "Orders"),
            "clean": Node("clean", "filter", {"where": "id > 1", "list": ["rows", {}]}),
        },
        parameters={"since": Parameter("since", "date", "2026-01-01", "From when")},
        settings={"errors": {"strategy": "skip"}},
        edges=(Edge.parse("orders.rows -> clean.rows"),),
        notes={"n": Note("n", "Why", {"x": 1})},
        tests=({"given": {}},),
        layout=Layout({"orders": (120, 40)}, {"n": (1, 2, 3, 4)}, {"zoom": 1}),
        extra={"future": [1, 2]},
    )
)


@pytest.mark.parametrize("seed", range(8))
def test_damaged_text_is_read_or_refused_and_never_crashes(seed):
    rng = random.Random(seed)
    refused = []
    for _ in range(1000):
        text = SEED_TEXT
        for _ in range(rng.randrange(1, 4)):
            text = _damaged(text, rng) or "x"
        try:
            found = parse(text)
        except InvalidDocument as error:
            refused.append(error)
        else:
            again = dump(found.document)
            assert dump(parse(again).document) == again
    assert len(refused) > 200
    for error in refused:
        assert_tells(error)


@fixed
@given(st.recursive(JSON, lambda inner: st.dictionaries(
    st.sampled_from(["format", "nodes", "edges", "layout", "notes", "type", "a"]), inner
)))  # fmt: skip
def test_any_json_is_read_or_refused(value):
    for raw in (value, {"format": 1, "nodes": value}, {"format": 1, "layout": value}):
        text = json.dumps(raw)
        try:
            found = parse(text)
        except InvalidDocument as error:
            assert_tells(error)
        else:
            assert dump(parse(dump(found.document)).document) == dump(found.document)
