from summit_studio.core.problems import Fix, Insertion
from summit_studio.document.fixing import edit_of
from summit_studio.document.model import Document, Edge, Layout, Node

DOCUMENT = Document(
    nodes={"a": Node("a", "filter", {"condition": "statsu = 1", "x": 1}), "b": Node("b", "sort")},
    edges=(Edge.parse("a.kept -> b.rows"),),
)


def test_a_fix_sets_params_over_those_there_are():
    fix = Fix("Use status", "a", (("condition", "status = 1"),))
    edit = edit_of(fix, DOCUMENT)
    assert edit.apply(DOCUMENT).nodes["a"].params == {"condition": "status = 1", "x": 1}


def test_a_fix_removes_an_edge():
    edit = edit_of(Fix("Remove", remove_edge="a.kept -> b.rows"), DOCUMENT)
    assert edit.apply(DOCUMENT).edges == ()


def test_a_fix_for_a_document_that_has_moved_on_does_nothing():
    assert edit_of(Fix("Remove", remove_edge="b.rows -> a.rows"), DOCUMENT) is None
    assert edit_of(Fix("Use", "gone", (("x", 1),)), DOCUMENT) is None


def test_a_fix_renames_a_setting_in_its_place_or_takes_it_out():
    document = Document(settings={"x-a": 1, "perfomance": {"prefetch": 2}, "verify": "counts"})
    rename = Fix("Rename", setting=("perfomance",), rename="performance")
    settings = edit_of(rename, document).apply(document).settings
    assert list(settings.items()) == [
        ("x-a", 1), ("performance", {"prefetch": 2}), ("verify", "counts"),
    ]  # fmt: skip
    remove = Fix("Take it out", setting=("perfomance", "prefetch"))
    assert edit_of(remove, document).apply(document).settings["perfomance"] == {}
    for path in (("gone",), ("perfomance", "gone"), ("verify", "gone")):
        assert edit_of(Fix("Take it out", setting=path), document) is None


def test_a_fix_sets_the_mode():
    assert edit_of(Fix("Run it as etl", mode="etl"), Document(mode="elt")).apply(
        Document(mode="elt")
    ) == Document(mode="etl")


class TestInsertion:
    CAST = Fix(
        "Cast it", "b", insert=Insertion("select_columns", (("others", "keep"),), port="rows")
    )

    def test_a_node_goes_into_the_edge_as_one_edit(self):
        layout = Layout({"a": (0, 0), "b": (280, 0)})
        document = Document(nodes=DOCUMENT.nodes, edges=DOCUMENT.edges, layout=layout)
        edit = edit_of(self.CAST, document)
        after = edit.apply(document)
        assert edit.label == "Cast it"
        assert list(after.nodes) == ["a", "select_columns", "b"]
        assert after.nodes["select_columns"].params == {"others": "keep"}
        assert list(map(str, after.edges)) == [
            "a.kept -> select_columns.rows", "select_columns.rows -> b.rows",
        ]  # fmt: skip
        assert edit.inverse(document).apply(after) == document

    def test_its_place_covers_no_other_node(self):
        layout = Layout({"a": (0, 0), "b": (280, 0), "c": (140, 112)})
        nodes = dict(DOCUMENT.nodes) | {"c": Node("c", "sort")}
        document = Document(nodes=nodes, edges=DOCUMENT.edges, layout=layout)
        assert edit_of(self.CAST, document).apply(document).layout.nodes["select_columns"] == (
            140, 224,
        )  # fmt: skip

    def test_without_places_it_gets_none(self):
        after = edit_of(self.CAST, DOCUMENT).apply(DOCUMENT)
        assert not after.layout.nodes

    def test_where_the_edge_is_gone_there_is_no_edit(self):
        assert edit_of(self.CAST, Document(nodes=DOCUMENT.nodes)) is None
