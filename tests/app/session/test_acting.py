"""Acts on columns: each node gives what was meant; where it stands, what it merges with."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from summit_studio.app.session import acting
from summit_studio.core.schema import Column, Schema
from summit_studio.document.model import Document, Edge, Layout, Node, PortRef
from summit_studio.engine.design import design_context
from summit_studio.engine.sides import Sampler
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.workspace.workspace import Workspace

CATALOGUE = Catalogue.load()
ROWS = "id,name,amount,day,x\n1,Ada-L,1.256,2026-03-04,1\n2,Ben-M,2.5,2025-12-31,3\n3,,,,\n"
ID, NAME, AMOUNT = Column("id", "BIGINT"), Column("name", "VARCHAR"), Column("amount", "DOUBLE")
DAY = Column("day", "DATE")


def doc(*nodes: Node, edges: tuple[str, ...] = (), places=None) -> Document:
    columns = [{"name": "id"}, {"name": "name"}, {"name": "amount", "type": "DOUBLE"},
               {"name": "day"}, {"name": "x"}]  # fmt: skip
    source = Node("o", "csv_source", {"path": "in.csv", "columns": columns})
    return Document(
        nodes={n.id: n for n in (source, *nodes)},
        edges=tuple(map(Edge.parse, edges)),
        layout=Layout({"o": (0, 0), **(places or {})}),
    )


def act_on(document, act, ref="o.rows", edge=None):
    edit, node_id = acting.done(document, CATALOGUE, PortRef.parse(ref), act, edge)
    return edit.apply(document), node_id


@pytest.fixture
def rows(tmp_path):
    (tmp_path / "in.csv").write_text(ROWS)
    context, sampler = design_context(Workspace(tmp_path)), Sampler()

    def give(act, column):
        document, node_id = act_on(doc(), act)
        kind = CATALOGUE.get(document.nodes[node_id].type)
        ref = PortRef(node_id, kind.outputs[0].name)
        return (
            sampler.look(document, CATALOGUE, context, ref).after.table.column(column).to_pylist()
        )

    return give


@pytest.mark.parametrize(
    ("act", "column", "expected"),
    [
        (acting.renamed("name", "who"), "who", ["Ada-L", "Ben-M", None]),
        (acting.cast("id", "VARCHAR"), "id", ["1", "2", "3"]),
        (acting.kept(NAME, "Ada-L"), "id", [1]),
        (acting.kept(NAME, "Ada-L", keep=False), "id", [2, 3]),
        (acting.kept(NAME, None), "id", [3]),
        (acting.kept(AMOUNT, 1.256), "id", [1]),
        (acting.kept(DAY, dt.date(2025, 12, 31)), "id", [2]),
        (acting.filled(NAME, "'it''s'"), "name", ["Ada-L", "Ben-M", "it's"]),
        (acting.rounded("amount", 1), "amount", [1.3, 2.5, None]),
        (acting.replaced("name", "-", "'"), "name", ["Ada'L", "Ben'M", None]),
        (acting.split("name", "-", ["a", "b"]), "b", ["L", "M", None]),
        (acting.part_of("day", "year", "y"), "y", [2026, 2025, None]),
        (acting.matched("name", "([A-Z])-", "p"), "p", ["", "", None]),
        (acting.matched("name", "-([A-Z])", "p"), "p", ["L", "M", None]),
        (acting.combined("id", "name", " ", "c"), "c", ["1 Ada-L", "2 Ben-M", "3"]),
        (acting.compared("id", "x", "same"), "same", [True, False, False]),
        (acting.calculated("x", "-", "id", "d"), "d", [0, 1, None]),
        (acting.sorted_by("id", descending=True), "id", [3, 2, 1]),
        (acting.grouped(["name"]), "rows", [1, 1, 1]),
    ],
    ids=lambda value: value.label if isinstance(value, acting.Act) else "",
)
def test_each_act_gives_what_was_meant(rows, act, column, expected):
    assert rows(act, column) == expected


def test_a_node_goes_into_the_edge_and_all_behind_it_makes_room():
    before = doc(
        Node("f", "filter", {"condition": "true"}),
        Node("t", "preview_sink"),
        edges=("o.rows -> f.rows", "f.kept -> t.rows"),
        places={"f": (280, 0), "t": (560, 40)},
    )
    edit, made = acting.done(before, CATALOGUE, PortRef("o", "rows"), acting.cast("id", "VARCHAR"))
    after = edit.apply(before)
    assert Edge.parse("o.rows -> select_columns.rows") in after.edges
    assert Edge.parse("select_columns.rows -> f.rows") in after.edges
    assert after.layout.nodes[made] == (280, 0)
    assert after.layout.nodes["f"] == (560, 0)
    assert after.layout.nodes["t"] == (840, 40)
    assert edit.inverse(before).apply(after) == before


def test_of_several_edges_none_is_changed_but_the_one_told():
    edges = ("o.rows -> a.rows", "o.rows -> b.rows")
    before = doc(Node("a", "limit"), Node("b", "limit"), edges=edges)
    after, made = act_on(before, acting.sorted_by("id"))
    assert set(after.edges) == {*before.edges, Edge.parse(f"o.rows -> {made}.rows")}
    after, made = act_on(before, acting.sorted_by("id"), edge=before.edges[1])
    assert before.edges[0] in after.edges
    assert before.edges[1] not in after.edges
    assert Edge.parse(f"{made}.rows -> b.rows") in after.edges


def behind(kind, params, *more: str, port="rows"):
    edges = ("o.rows -> n.rows", *more)
    extra = [Node("t", "preview_sink")] if more else []
    return doc(Node("n", kind, params), *extra, edges=edges), f"n.{port}"


@pytest.mark.parametrize(
    ("kind", "port", "before", "act", "after"),
    [
        ("select_columns", "rows", {"columns": [{"column": "id", "name": "nr"}], "others": "keep"},
         acting.renamed("NR", "number"),
         {"columns": [{"column": "id", "name": "number"}], "others": "keep"}),
        ("select_columns", "rows", {"columns": [{"column": "id", "name": "nr"}], "others": "keep"},
         acting.cast("x", "VARCHAR"),
         {"columns": [{"column": "id", "name": "nr"}, {"column": "x", "type": "VARCHAR"}],
          "others": "keep"}),
        ("select_columns", "rows", {"columns": [{"column": "id", "name": "nr"}], "others": "keep"},
         acting.removed(Schema.of((("nr", "BIGINT"), ("name", "VARCHAR"), ("x", "BIGINT"))), "X"),
         {"columns": [{"column": "id", "name": "nr"}, {"column": "name"}]}),
        ("filter", "kept", {"condition": "id > 1 OR x = 2"}, acting.kept(ID, 3),
         {"condition": "(id > 1 OR x = 2) AND id = 3"}),
        ("filter", "kept", {"condition": "id > 1"}, acting.kept(NAME, "a", keep=False),
         {"condition": "id > 1 AND name IS DISTINCT FROM 'a'"}),
        ("derive", "rows", {"columns": [{"name": "a", "expression": "id"}]},
         acting.rounded("amount", 0),
         {"columns": [{"name": "a", "expression": "id"},
                      {"name": "amount", "expression": "round(amount, 0)"}]}),
        ("fill_missing", "rows", {"columns": [{"column": "x", "value": "0"}]},
         acting.filled(NAME, "''"),
         {"columns": [{"column": "x", "value": "0"}, {"column": "name", "value": "''"}]}),
        ("sort", "rows", {"columns": [{"column": "x"}, {"column": "id"}]}, acting.sorted_by("ID"),
         {"columns": [{"column": "ID"}, {"column": "x"}]}),
    ],
)  # fmt: skip
def test_a_like_node_takes_the_act_in(kind, port, before, act, after):
    document, ref = behind(kind, before, port=port)
    changed, node_id = act_on(document, act, ref)
    assert node_id == "n"
    assert changed.nodes["n"].params == after
    assert len(changed.nodes) == len(document.nodes)


@pytest.mark.parametrize(
    ("kind", "port", "before", "act", "more"),
    [
        ("select_columns", "rows", {"columns": [{"column": "id", "type": "DOUBLE"}],
                                    "others": "keep"}, acting.cast("id", "BIGINT"), ()),
        ("select_columns", "rows", {"columns": [{"column": "id", "type": "DOUBLE"}],
                                    "others": "keep"},
         acting.removed(Schema.of((("id", "DOUBLE"), ("x", "BIGINT"))), "id"), ()),
        ("filter", "kept", {"condition": "true"}, acting.conditional("id"), ()),
        ("derive", "rows", {"columns": [{"name": "Amount", "expression": "1"}]},
         acting.rounded("amount", 0), ()),
        ("fill_missing", "rows", {"columns": [], "blank": True}, acting.filled(NAME, "''"), ()),
        ("filter", "dropped", {"condition": "true"}, acting.kept(ID, 3), ()),
        ("filter", "kept", {"condition": "true"}, acting.kept(ID, 3), ("n.dropped -> t.rows",)),
        ("aggregate", "rows", {"group_by": ["id"]}, acting.grouped(["id"]), ()),
    ],
)  # fmt: skip
def test_what_would_mean_something_else_gets_a_node_of_its_own(kind, port, before, act, more):
    document, ref = behind(kind, before, *more, port=port)
    changed, node_id = act_on(document, act, ref)
    assert node_id != "n"
    assert changed.nodes["n"] == document.nodes["n"]


def test_values_are_written_as_what_they_are():
    assert acting.written_value(Column("t", "TIME"), dt.time(1, 2)) == "CAST('01:02:00' AS TIME)"
    assert acting.written_value(Column("d", "DECIMAL(9,2)"), Decimal("1.50")) == "1.50"
    assert not acting.can_write([1])
    table = pa.table({"t": ["a,b,c", None, "x"]})
    assert acting.parts_of(table, 0, ",") == 3
