"""Descriptions come from the classes: every node type has a whole one."""

import json

import pytest

from summit_studio.cli.describing import description, lines, plain
from summit_studio.nodes.catalogue import Catalogue

KINDS = list(Catalogue.load())


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.id)
def test_every_node_type_can_be_described(kind):
    about = description(kind)
    assert json.loads(json.dumps(about)) == about
    assert about["doc"]
    for field in about["params"]:
        assert field["doc"]
        assert "typing" not in field["type"]
        assert "summit_studio" not in field["type"]
    text = "\n".join(lines(kind))
    assert all(field["name"] in text for field in about["params"])
    assert all(example["title"] in text for example in about["examples"])


def test_a_choice_names_its_values():
    join = description(Catalogue.load().get("join"))
    (how,) = [f for f in join["params"] if f["name"] == "how"]
    assert how["type"] == "Literal['inner', 'left', 'right', 'full', 'semi', 'anti']"
    assert how["default"] == "inner"
    assert not how["required"]
    (keys,) = [f for f in join["params"] if f["name"] == "keys"]
    assert keys["type"] == "tuple[JoinKey, ...]"
    assert keys["default"] == []


def test_values_that_json_cannot_say_become_texts():
    from datetime import date, timedelta
    from decimal import Decimal

    values = (date(2026, 1, 2), Decimal("1.50"), b"\x01\xff", float("nan"), timedelta(hours=1))
    assert plain(values) == ["2026-01-02", "1.50", "01ff", "nan", "1:00:00"]
    assert plain({"a": (1, None, True, 1.5)}) == {"a": [1, None, True, 1.5]}


def test_a_sink_says_what_it_promises():
    text = "\n".join(lines(Catalogue.load().get("table_sink")))
    assert "Delivery: T. Transactional: rows, and how far the load is, are committed" in text
    assert description(Catalogue.load().get("table_source"))["delivers"] is None
