"""What ends a query is no part of it."""

import pytest

from summit_studio.connectors.names import Relation, one_query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT 1;", "SELECT 1"),
        (" SELECT 1 ;\n-- the end\n", "SELECT 1"),
        ("SELECT 1; /* two\nlines; */ ; -- and ; more", "SELECT 1"),
        ("SELECT ';' -- no; end", "SELECT ';' -- no; end"),
        ("SELECT '--' || \"a;\" ; -- x", "SELECT '--' || \"a;\""),
        ("SELECT $x$ -- ; $x$;", "SELECT $x$ -- ; $x$"),
        ("SELECT 1 - -1; --", "SELECT 1 - -1"),
        ("SELECT 1; SELECT 2; -- both", "SELECT 1; SELECT 2"),
    ],
)
def test_the_end_of_a_query(text: str, query: str):
    assert one_query(text) == query
    assert Relation.of(text).query == Relation.one_of(None, text).query == query
