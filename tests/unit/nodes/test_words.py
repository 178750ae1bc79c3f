"""A few words say what a new node does."""

import pytest

from summit_studio.core.errors import InvalidParams
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.words import parted

KINDS = Catalogue.load()


@pytest.mark.parametrize(
    ("kind", "words", "params"),
    [
        ("csv_source", "data/a b.csv", {"path": "data/a b.csv"}),
        ("filter", "s = 'a, b' or n in (1, 2)", {"condition": "s = 'a, b' or n in (1, 2)"}),
        ("limit", "1,000", {"rows": 1000}),
        ("deduplicate", "id, day", {"keys": ["id", "day"]}),
        ("derive", "gross = round(net * 1.19, 2), big = gross >= 20",
         {"columns": [{"name": "gross", "expression": "round(net * 1.19, 2)"},
                      {"name": "big", "expression": "gross >= 20"}]}),
        ("derive", "CAST(x AS BIGINT) as n, flag = a = b",
         {"columns": [{"name": "n", "expression": "CAST(x AS BIGINT)"},
                      {"name": "flag", "expression": "a = b"}]}),
        ("aggregate", "sum(amount) as turnover, count() by country, year",
         {"group_by": ["country", "year"],
          "measures": [{"name": "turnover", "function": "sum", "column": "amount"},
                       {"name": "count", "function": "count"}]}),
        ("aggregate", "rate = sum(a) / sum(b), AVG(x), count(*) by g",
         {"group_by": ["g"],
          "measures": [{"name": "rate", "function": "expression", "expression": "sum(a) / sum(b)"},
                       {"name": "avg_x", "function": "avg", "column": "x"},
                       {"name": "count", "function": "count"}]}),
        ("aggregate", "country, year", {"group_by": ["country", "year"]}),
        ("aggregate", "by country", {"group_by": ["country"], "measures": []}),
        ("sort", "country, amount desc, day asc",
         {"columns": [{"column": "country"}, {"column": "amount", "direction": "descending"},
                      {"column": "day"}]}),
        ("select_columns", "id, amount as price",
         {"columns": [{"column": "id"}, {"column": "amount", "name": "price"}]}),
        ("join", "id, country = code",
         {"keys": [{"left": "id", "right": "id"}, {"left": "country", "right": "code"}]}),
        ("rules", "amount > 0, country = 'DE' as german",
         {"rules": [{"id": "amount_0", "expression": "amount > 0", "action": "reject"},
                    {"id": "german", "expression": "country = 'DE'", "action": "reject"}]}),
        ("table_sink", "public.orders in warehouse",
         {"table": "public.orders", "connection": "warehouse"}),
        ("table_source", "orders", {"table": "orders"}),
    ],
)  # fmt: skip
def test_words_become_params(kind, words, params):
    assert KINDS.get(kind).brief(words) == params


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.params_class.model_fields])
def test_what_words_give_is_known_to_the_type_or_refused_with_a_reason(kind):
    try:
        params = kind.brief("one")
    except InvalidParams as error:
        params, told = {}, (error.code, bool(error.do))
    else:
        told = ("words_not_understood", True)
    assert told == ("words_not_understood", True)
    assert params.keys() <= kind.params_class.model_fields.keys()


def test_parts_end_at_commas_outside_brackets_and_quotes():
    assert parted("a, f(b, c), 'd, \"e', [g, h] , ") == ["a", "f(b, c)", "'d, \"e'", "[g, h]"]
