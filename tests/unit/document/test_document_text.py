"""What `parse` refuses, and how it says so."""

import json
from datetime import date

import pytest

from summit_studio.core.errors import InvalidDocument
from summit_studio.document.model import Document, Node
from summit_studio.document.text import dump, parse


def refusal(text):
    with pytest.raises(InvalidDocument) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "why", "line"),
    [
        ("", "json_truncated", "empty", 1),
        ('{"format": 1,\n "nodes": {', "json_truncated", "breaks off at line 2", 2),
        ('{"format": 1,\n "name": "Or', "json_truncated", "breaks off at line 2", 2),
        ('{"format": 1\n "nodes": {}}', "json_malformed", "line 2, column 2", 2),
        ('{"a": 1,\n\n "a": 2}', "json_refused", 'the key "a" stands twice', 3),
        ('{"b": {"a": 1}, "c": [{"a": 1,\n"a": 2}]}', "json_refused", '"a" stands twice', 2),
        ('{"a": [\nNaN]}', "json_refused", "line 2, column 1: NaN", 2),
        ('{"a": -Infinity}', "json_refused", "-Infinity is not JSON", 1),
        ('{"a": 1e999}', "json_refused", "too large", 1),
        ('{"a":\n' + "9" * 5000 + "}", "json_refused", "more than 40 digits", 2),
        ('{"a": "\\ud800"}', "json_refused", "surrogate", 1),
        ('{"\ud800": 1}', "json_refused", "surrogate", 1),
        ("[" * 200_000, "json_refused", "column 65: it nests more than 64 deep", 1),
        ("[" * 70 + "]" * 70, "json_refused", "64 deep", 1),
        ('{"a": "' + "x" * 50_000_000 + '"}', "document_too_large", "50 MB", None),
    ],
    ids=range(15),
)
def test_json_from_strangers_is_refused_with_its_place(text, code, why, line):
    error = refusal(text)
    assert error.code == code
    assert why in error.why
    assert error.where.line == line
    assert error.do


@pytest.mark.parametrize(
    ("part", "param", "why"),
    [
        ({"nodes": []}, "nodes", "'nodes' is a list"),
        ({"nodes": {"1x": {}}}, "nodes", "'1x' is not an id"),
        ({"nodes": {"a": 7}}, "nodes", "node 'a' is a number"),
        ({"nodes": {"a": {"params": {}}}}, "type", "needs a type"),
        ({"nodes": {"a": {"type": 1}}}, "type", "'type' is a number"),
        ({"nodes": {"a": {"type": "t", "title": []}}}, "title", "is a list"),
        ({"nodes": {"a": {"type": "t", "params": None}}}, "params", "is null"),
        ({"nodes": {f"n{i}": {} for i in range(10_001)}}, "nodes", "10001 nodes"),
        ({"edges": {}}, "edges", "'edges' is an object"),
        ({"edges": [{"from": "a.b", "to": "c.d"}]}, "edges", "edge 1 is an object"),
        ({"mode": 1}, "mode", "is a number"),
        ({"name": True}, "name", "true or false"),
        ({"settings": 1}, "settings", "is a number"),
        ({"parameters": {"p": "x"}}, "parameters", "parameter 'p' is a text"),
        ({"notes": {"n": []}}, "notes", "note 'n' is a list"),
        ({"tests": {}}, "tests", "is an object"),
        ({"layout": {"nodes": {"a": [1]}}}, "layout", "the place of 'a'"),
        ({"layout": {"nodes": {"a": [1, True]}}}, "layout", "the place of 'a'"),
        ({"layout": {"nodes": {"a": [1, 1e300]}}}, "layout", "pixels away"),
        ({"layout": {"notes": {"n": [1, 2]}}}, "layout", "width, height"),
    ],
)
def test_a_wrong_shape_is_named(part, param, why):
    error = refusal(json.dumps({"format": 1} | part))
    assert error.where.param == param
    assert why in error.why


def test_the_guilty_node_is_named():
    error = refusal('{"format": 1, "nodes": {"a": {"type": "t", "params": []}}}')
    assert error.where.node_id == "a"


@pytest.mark.parametrize("edge", ["a.rows", "a -> b", "a.rows -> b", "a b.rows -> c.rows", "->"])
def test_a_malformed_edge_is_refused(edge):
    error = refusal(json.dumps({"format": 1, "edges": [edge]}))
    assert error.code in {"edge_malformed", "port_malformed"}


@pytest.mark.parametrize("text", ["[]", "7", "null", '{"dependencies": {}}'])
def test_other_json_is_no_pipeline(text):
    assert refusal(text).code == "not_a_pipeline"


@pytest.mark.parametrize("number", [-1, True, "1", 1.0, None])
def test_a_format_is_a_whole_number(number):
    assert refusal(json.dumps({"format": number})).code == "format_malformed"


def test_a_newer_format_opens_read_only_and_says_so():
    loaded = parse('{"format": 7, "nodes": {"a": {"type": "t", "hue": 3}}, "epochs": {}}')
    assert loaded.read_only
    assert loaded.format == 7
    assert "newer version" in loaded.notices[0]
    assert loaded.document.nodes["a"].extra == {"hue": 3}


def test_a_newer_format_of_another_shape_asks_for_an_update():
    error = refusal('{"format": 7, "nodes": []}')
    assert error.code == "format_newer"
    assert error.do == "update Summit Studio"


@pytest.mark.parametrize(
    "edge", [{"from": "a.rows"}, {"from": 1, "to": 2}, {"from": "a.b", "to": "c.d", "rows": 1}]
)
def test_an_edge_of_format_0_loses_nothing(edge):
    assert refusal(json.dumps({"nodes": {}, "edges": [edge]})).code == "edge_malformed"


@pytest.mark.parametrize("value", [float("nan"), date(2026, 1, 1), {1, 2}, "\ud800"])
def test_a_value_without_json_form_is_refused_with_its_node(value):
    with pytest.raises(InvalidDocument) as caught:
        dump(Document(nodes={"a": Node("a", "t", {"p": value})}))
    assert caught.value.code == "value_not_json"
    assert caught.value.where.node_id == "a"


def test_the_file_name_names_a_nameless_pipeline():
    assert parse('{"format": 1}', "orders").document.name == "orders"
    assert parse('{"format": 1}').document.name == "Untitled"
