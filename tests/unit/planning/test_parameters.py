"""Parameters: typed values in the place of `${name}`."""

import pytest

from summit_studio.document.model import Document, Parameter
from summit_studio.planning.parameters import InvalidParameter, fill_in, placeholders, values_for


def declared(**types: tuple[str, object]) -> Document:
    return Document(
        "test", parameters={n: Parameter(n, kind, value) for n, (kind, value) in types.items()}
    )


def test_defaults_hold_and_texts_become_the_type():
    document = declared(
        rows=("integer", 5), share=("number", 0.5), day=("date", "2026-01-31"),
        fast=("boolean", False), name=("text", "a"),
    )  # fmt: skip
    assert values_for(document, {}) == {
        "rows": 5, "share": 0.5, "day": "2026-01-31", "fast": False, "name": "a",
    }  # fmt: skip
    given = {"rows": "7", "share": "1e3", "fast": "Yes", "day": "2026-02-28"}
    assert values_for(document, given) == {
        "rows": 7, "share": 1000.0, "day": "2026-02-28", "fast": True, "name": "a",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "1.5"), ("integer", 1.5), ("integer", True), ("integer", float("inf")),
        ("number", "many"), ("number", "nan"), ("number", True), ("boolean", "perhaps"),
        ("boolean", 2), ("date", "2026-02-30"), ("date", 20260230), ("text", ["a"]),
        ("text", b"a"), ("path", {}), ("integer", "9" * 100_000),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(kind, value):
    with pytest.raises(InvalidParameter) as caught:
        values_for(declared(x=(kind, None)), {"x": value})
    assert f"its type is {kind}" in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_missing_and_an_unknown_value_are_refused_with_a_way_out():
    with pytest.raises(InvalidParameter, match="--param rows="):
        values_for(declared(rows=("integer", None)), {})
    with pytest.raises(InvalidParameter, match="did you mean 'rows'"):
        values_for(declared(rows=("integer", 1)), {"row": 2})


def test_a_field_that_is_one_placeholder_keeps_its_type_and_others_become_text():
    values = {"rows": 7, "fast": True, "name": "x"}
    params = {"a": "${rows}", "b": ["${name}-${rows}", "${fast}"], "c": "is ${fast}", "d": "$name"}
    assert fill_in(params, values) == {"a": 7, "b": ["x-7", True], "c": "is true", "d": "$name"}
    assert list(placeholders(params)) == ["rows", "name", "rows", "fast", "fast"]


def test_a_value_is_not_read_for_placeholders_again():
    assert fill_in("a ${x} b", {"x": "${y}", "y": "no"}) == "a ${y} b"


def test_an_undeclared_placeholder_names_the_near_one():
    with pytest.raises(InvalidParameter, match="did you mean 'rows'"):
        fill_in("${rosw}", {"rows": 1})


def test_a_timestamp_keeps_its_microseconds_and_its_zone():
    document = declared(since=("timestamp", None))
    for text, kept in {
        "2026-01-31T10:00:00.000001": "2026-01-31 10:00:00.000001",
        "2026-01-31 10:00:00Z": "2026-01-31 10:00:00+00:00",
        "2026-01-31 10:00:00.1234560+02:00": "2026-01-31 10:00:00.123456+02:00",
    }.items():
        assert values_for(document, {"since": text}) == {"since": kept}
    for text in ("yesterday", "2026-01-31 10:00:00.1234567"):
        with pytest.raises(InvalidParameter, match="its type is timestamp"):
            values_for(document, {"since": text})
