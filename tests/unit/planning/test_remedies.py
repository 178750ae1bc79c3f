import pytest

from summit_studio.document.fixing import edit_of
from summit_studio.document.model import Document, Edge, Node, Parameter
from summit_studio.engine.design import design_context
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.check import check
from summit_studio.workspace.workspace import Workspace


@pytest.fixture
def problems_of(tmp_path):
    (tmp_path / "in.csv").write_text("id,price,qty,day,note\n1,2.50,a,2024-01-02,b\n")
    columns = [
        {"name": "id", "type": "BIGINT"}, {"name": "price", "type": "DECIMAL(10,2)"},
        {"name": "qty", "type": "VARCHAR"}, {"name": "day", "type": "DATE"},
        {"name": "note", "type": "VARCHAR"},
    ]  # fmt: skip
    source = Node("in", "csv_source", {"path": "in.csv", "columns": columns})
    context = design_context(Workspace(tmp_path))

    def found(node):
        document = Document(
            nodes={"in": source, node.id: node},
            edges=(Edge.parse(f"in.rows -> {node.id}.rows"),),
            parameters={"more": Parameter("more", "integer", 1)},
        )
        checked = check(document, Catalogue.load(), context)
        return document, [p for p in checked.problems if p.where.node_id == node.id]

    return found


def mended(problems_of, node):
    document, problems = problems_of(node)
    fixes = [fix for p in problems for fix in p.fixes]
    return [(f.label, edit_of(f, document).apply(document).nodes[node.id].params) for f in fixes]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("price * qty", ["price * CAST(qty AS INTEGER)", "price * CAST(qty AS DECIMAL(10,2))"]),
        ("price + qty", ["price + CAST(qty AS DECIMAL(10,2))"]),
        ('id - "qty"', ['id - CAST("qty" AS INTEGER)']),
        ("day > note", ["day > CAST(note AS DATE)"]),
        ("CASE WHEN 'qty' = note THEN qty ELSE id END",
         ["CASE WHEN 'qty' = note THEN CAST(qty AS INTEGER) ELSE id END"]),
        ("qty * note", ["CAST(qty AS INTEGER) * CAST(note AS INTEGER)",
                        "CAST(qty AS DOUBLE) * CAST(note AS DOUBLE)"]),
        ("prise * 2", ["price * 2"]),
        ("zzz * 2", []),
    ],
)  # fmt: skip
def test_an_expression_that_does_not_bind_offers_what_does(problems_of, written, wanted):
    columns = [{"name": "a", "expression": "1"}, {"name": "b", "expression": written}]
    found = mended(problems_of, Node("more", "derive", {"columns": columns}))
    assert [p["columns"][1]["expression"] for _, p in found] == wanted
    assert all(p["columns"][0] == columns[0] for _, p in found)


def test_a_column_misspelt_in_a_list_is_renamed_there(problems_of):
    node = Node("few", "deduplicate", {"keys": ["id", "prise"]})
    found = mended(problems_of, node)
    assert found == [("Use 'price'", {"keys": ["id", "price"]})]


def test_the_message_says_which_input_has_the_columns(problems_of):
    _, problems = problems_of(Node("few", "deduplicate", {"keys": ["to"]}))
    (problem,) = (p for p in problems if p.code == "column_missing")
    assert "of input 'rows'" in problem.do
    assert problem.fixes == ()


def test_what_holds_a_parameter_is_left_to_the_person(problems_of):
    columns = [{"name": "b", "expression": "id * qty + ${more}"}]
    _, problems = problems_of(Node("more", "derive", {"columns": columns}))
    (problem,) = (p for p in problems if p.code == "type_mismatch")
    assert problem.fixes == ()
