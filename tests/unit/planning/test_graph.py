"""The graph: order, circles, what lies upstream."""

from summit_studio.planning.graph import cycles, order, part, upstream

LIMIT = ("limit", {"rows": 1})


def test_order_is_upstream_first_and_document_order_where_free(draw):
    doc = draw(dict.fromkeys("dcba", LIMIT), "a.rows -> d.rows", "b.rows -> c.rows")
    assert order(doc) == ("b", "c", "a", "d")


def test_every_circle_is_found_a_node_that_feeds_itself_too(draw):
    doc = draw(
        dict.fromkeys("abcde", LIMIT),
        "b.rows -> a.rows", "a.rows -> b.rows", "c.rows -> c.rows", "b.rows -> d.rows",
    )  # fmt: skip
    assert cycles(doc) == [["a", "b"], ["c"]]
    assert cycles(part(doc, ["a", "d"])) == []


def test_upstream_holds_all_ancestors_and_the_nodes_themselves(draw):
    doc = draw(
        dict.fromkeys("abcd", LIMIT), "a.rows -> b.rows", "b.rows -> c.rows", "a.rows -> d.rows"
    )
    assert upstream(doc, ["c"]) == {"a", "b", "c"}
    assert upstream(doc, ["d", "b"]) == {"a", "b", "d"}


def test_a_part_keeps_only_edges_inside_it(draw):
    doc = draw(dict.fromkeys("abc", LIMIT), "a.rows -> b.rows", "b.rows -> c.rows")
    half = part(doc, ["a", "b"])
    assert list(half.nodes) == ["a", "b"]
    assert [str(e) for e in half.edges] == ["a.rows -> b.rows"]


def test_an_edge_to_a_missing_node_is_no_part_of_the_graph(draw):
    assert order(draw({"a": LIMIT}, "a.rows -> gone.rows")) == ("a",)
