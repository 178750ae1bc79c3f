"""Renaming a column everywhere: what changes in each node, what is left, and that it is proved."""

from copy import deepcopy

import pytest

from summit_studio.core.errors import SummitError
from summit_studio.document.edits import SetParams
from summit_studio.document.model import Parameter, PortRef
from summit_studio.engine.design import design_context
from summit_studio.planning.catching_up import left_to_do, renamed_by_hand
from summit_studio.planning.check import check
from summit_studio.planning.parameters import values_for
from summit_studio.planning.renaming import renaming
from summit_studio.workspace.workspace import Workspace

READ = ("csv_source", {"path": "in.csv"})
WRITE = ("csv_sink", {"path": "out.csv"})
CODE = "def process(rows):\n    return rows\n"


def made(name: str, expression: str, *more: tuple[str, str]):
    entries = [(name, expression), *more]
    return ("derive", {"columns": [{"name": n, "expression": e} for n, e in entries]})


@pytest.fixture
def rename(draw, catalogue, tmp_path):
    """Renames NODE.PORT.COLUMN of a document drawn in a few words, and holds it to its promises."""
    (tmp_path / "in.csv").write_text("id,name\n1,a\n2,b\n")
    context = design_context(Workspace(tmp_path, trusted=True))

    def look(nodes, edges, column, new, **more):
        document = draw(nodes, *edges, **more)
        node, port, old = column.split(".")
        values = values_for(document, {})
        before = check(document, catalogue, context)
        assert before.ok, before.problems
        found = renaming(before, PortRef(node, port), old, new, catalogue, context, values)
        assert found.problems == ()
        after = found.edit.apply(document)
        assert check(after, catalogue, context).ok
        assert found.edit.inverse(document).apply(after) == document
        return found, after

    return look


def told(found) -> dict[str, str]:
    return {f"{c.node}.{c.field}" if c.field else c.node: c.after for c in found.changes}


def test_expressions_lists_keys_and_rules_get_the_name_and_keep_their_words(rename):
    nodes = {
        "n": READ,
        "d": made("told", "upper(name) -- loud"),
        "f": ("filter", {"condition": "TOLD <> 'told' AND \"told\" IS NOT NULL"}),
        "r": ("rules", {"rules": [{"id": "full", "kind": "not_null", "column": "Told"}]}),
        "s": ("sort", {"columns": [{"column": "told", "direction": "descending"}]}),
        "u": ("deduplicate", {"keys": ["id", "told"]}),
        "g": ("aggregate", {"group_by": ["told"], "measures": [
            {"name": "n", "condition": "length(told) > 1"},
            {"name": "first", "function": "min", "column": "told"}]}),
        "o": WRITE,
    }  # fmt: skip
    edges = ["n.rows -> d.rows", "d.rows -> f.rows", "f.kept -> r.rows", "r.passed -> s.rows",
             "s.rows -> u.rows", "u.unique -> g.rows", "g.rows -> o.rows"]  # fmt: skip
    found, _ = rename(nodes, edges, "d.rows.told", 'What\'s "told"')
    name = '"What\'s ""told"""'
    assert told(found) == {
        "d.columns.0.name": 'What\'s "told"',
        "f.condition": f"{name} <> 'told' AND {name} IS NOT NULL",
        "r.rules.0.column": 'What\'s "told"',
        "s.columns.0.column": 'What\'s "told"',
        "u.keys.1": 'What\'s "told"',
        "g.group_by.0": 'What\'s "told"',
        "g.measures.0.condition": f"length({name}) > 1",
        "g.measures.1.column": 'What\'s "told"',
        "o": 'What\'s "told"',
    }
    assert found.kept == ()


def test_what_no_param_names_is_renamed_by_a_node_behind_it(rename):
    nodes = {"n": READ, "f": ("filter", {"condition": "name <> 'x'"}), "o": WRITE}
    found, after = rename(nodes, ["n.rows -> f.rows", "f.kept -> o.rows"], "n.rows.name", "who")
    assert told(found) == {"select_columns.columns.0.name": "who", "f.condition": "who <> 'x'",
                           "o": "who"}  # fmt: skip
    assert {str(e) for e in after.edges} == {
        "n.rows -> select_columns.rows",
        "select_columns.rows -> f.rows",
        "f.kept -> o.rows",
    }
    assert after.nodes["select_columns"].params["others"] == "keep"


def test_a_name_given_on_the_way_ends_it_and_one_replaced_goes_along(rename):
    nodes = {
        "n": READ,
        "d": made("told", "name", ("TOLD_too", "told || '!'")),
        "e": made("told", "lower(told)", ("more", "told || name")),
        "s": ("select_columns", {"columns": [{"column": "told", "name": "end"}]}),
        "o": WRITE,
    }
    edges = ["n.rows -> d.rows", "d.rows -> e.rows", "e.rows -> s.rows", "s.rows -> o.rows"]
    found, _ = rename(nodes, edges, "d.rows.told", "said")
    assert told(found) == {
        "d.columns.0.name": "said",
        "d.columns.1.expression": "said || '!'",
        "e.columns.0.name": "said",
        "e.columns.0.expression": "lower(said)",
        "e.columns.1.expression": "said || name",
        "s.columns.0.column": "said",
    }


@pytest.mark.parametrize("how", ["inner", "full", "semi"])
def test_keys_of_one_name_stay_one_column(rename, how):
    join = ("join", {"how": how, "keys": [{"left": "id", "right": "ID"}]})
    nodes = {"a": made("told", "1"), "n": READ, "m": READ, "j": join, "o": WRITE}
    edges = ["n.rows -> a.rows", "a.rows -> j.left", "m.rows -> j.right", "j.joined -> o.rows"]
    found, after = rename(nodes, edges, "a.rows.id", "key")
    assert told(found)["j.keys.0.left"] == told(found)["j.keys.0.right"] == "key"
    assert told(found)["o"] == "key"
    assert len(after.nodes) == len(nodes) + 2


def test_a_suffix_that_falls_away_is_followed_as_well(rename):
    join = ("join", {"keys": [{"left": "id", "right": "id"}]})
    nodes = {"n": READ, "m": READ, "s": ("select_columns", {"columns": [{"column": "id"},
             {"column": "name", "name": "name"}]}), "j": join,
             "f": ("filter", {"condition": "name = name_right"})}  # fmt: skip
    edges = ["n.rows -> s.rows", "s.rows -> j.left", "m.rows -> j.right", "j.joined -> f.rows"]
    found, _ = rename(nodes, edges, "s.rows.name", "who")
    assert told(found)["f.condition"] == "who = name"


def test_a_parameter_that_would_come_to_mean_another_column_keeps_the_old_names(rename):
    join = ("join", {"keys": [{"left": "id", "right": "id"}]})
    choice = {"columns": [{"column": "id"}, {"column": "name", "name": "name"}]}
    nodes = {"n": READ, "m": READ, "s": ("select_columns", choice), "j": join,
             "t": ("sort", {"columns": [{"column": "${by}"}]}), "o": WRITE}  # fmt: skip
    edges = ["n.rows -> s.rows", "s.rows -> j.left", "m.rows -> j.right", "j.joined -> t.rows",
             "t.rows -> o.rows"]  # fmt: skip
    parameters = {"by": Parameter("by", "text", "name")}
    found, _ = rename(nodes, edges, "s.rows.name", "who", parameters=parameters)
    assert [(k.node, k.name) for k in found.kept] == [("t", "name"), ("t", "name_right")]


def test_columns_that_meet_by_name_in_a_union_go_on_meeting(rename):
    nodes = {"n": READ, "m": READ, "d": made("told", "id"), "e": made("told", "2 * id"),
             "u": ("union", {}), "o": WRITE}  # fmt: skip
    edges = ["n.rows -> d.rows", "m.rows -> e.rows", "d.rows -> u.rows", "e.rows -> u.rows",
             "u.rows -> o.rows"]  # fmt: skip
    found, after = rename(nodes, edges, "e.rows.told", "said")
    assert told(found)["o"] == "said"
    into = [str(e.source) for e in after.edges_into("u")]
    assert into == ["select_columns.rows", "e.rows"], "The order of edges into it is their order."


def test_placeholders_stay_and_a_name_that_comes_from_one_is_not_followed(rename):
    nodes = {
        "n": READ,
        "d": made("told", "id"),
        "f": ("filter", {"condition": "told >= ${least} AND '${word}' <> 'told'"}),
        "s": ("sort", {"columns": [{"column": "${by}"}]}),
        "o": WRITE,
    }
    edges = ["n.rows -> d.rows", "d.rows -> f.rows", "f.kept -> s.rows", "s.rows -> o.rows"]
    parameters = {
        "least": Parameter("least", "integer", 1),
        "word": Parameter("word", "text", "it"),
        "by": Parameter("by", "text", "told"),
    }
    found, _ = rename(nodes, edges, "d.rows.told", "said", parameters=parameters)
    assert told(found)["f.condition"] == "said >= ${least} AND '${word}' <> 'told'"
    assert [(k.node, k.name) for k in found.kept] == [("s", "told")]


@pytest.mark.parametrize(
    ("query", "after"),
    [
        ('SELECT t."Told" + 1 AS x, told FROM input AS t WHERE told > 1 -- told',
         "SELECT t.said + 1 AS x, said FROM input AS t WHERE said > 1 -- told"),
        ("WITH told AS (SELECT * FROM input_1) SELECT told.told AS x FROM told ORDER BY x",
         None),
        ("SELECT a.id, b.told FROM input_2 AS a JOIN input_1 AS b ON a.id = b.told;",
         "SELECT a.id, b.said FROM input_2 AS a JOIN input_1 AS b ON a.id = b.said;"),
    ],
)  # fmt: skip
def test_a_query_is_renamed_in_where_its_parse_says_so(rename, query, after):
    nodes = {"n": READ, "m": READ, "d": made("told", "id"), "q": ("sql", {"query": query}),
             "o": WRITE}  # fmt: skip
    edges = ["n.rows -> d.rows", "d.rows -> q.rows", "m.rows -> q.rows", "q.rows -> o.rows"]
    found, _ = rename(nodes, edges, "d.rows.told", "said")
    assert told(found).get("q.query") == after
    assert [k.node for k in found.kept] == ([] if after else ["q"])


@pytest.mark.parametrize(
    "node",
    [
        ("python", {"code": CODE, "frame": "arrow"}),
        ("sql", {"query": "SELECT a.name FROM input_1 AS a JOIN input_1 AS b USING (told)"}),
        ("sql", {"query": "SELECT COLUMNS('t.*') FROM input"}),
        made("said", "1"),
        ("filter", {"condition": "len(list_filter([1], lambda said: said > told)) > 0"}),
    ],
    ids=["code", "using", "pattern", "taken", "lambda"],
)
def test_what_cannot_be_followed_goes_on_getting_the_old_name(rename, node):
    nodes = {"n": READ, "d": made("told", "id"), "x": node, "o": WRITE}
    out = "kept" if node[0] == "filter" else "rows"
    edges = ["n.rows -> d.rows", "d.rows -> x.rows", f"x.{out} -> o.rows"]
    found, after = rename(nodes, edges, "d.rows.told", "said")
    assert [(k.node, k.name) for k in found.kept] == [("x", "told")]
    assert found.kept[0].why
    (into,) = after.edges_into("x")
    assert after.nodes[into.source.node].params["columns"] == [{"column": "said", "name": "told"}]
    assert dict(after.nodes["x"].params) == node[1]
    assert set(told(found)) == {"d.columns.0.name"}


def test_a_name_that_is_taken_or_none_is_refused(rename):
    nodes = {"n": READ, "d": made("told", "id"), "o": WRITE}
    for new in ("NAME", " ", "__summit_x"):
        with pytest.raises(SummitError):
            rename(nodes, ["n.rows -> d.rows", "d.rows -> o.rows"], "d.rows.told", new)


@pytest.fixture
def catch_up(draw, catalogue, tmp_path):
    """Says what is left to do in a document in which a param was given another text by hand."""
    (tmp_path / "in.csv").write_text("id,name\n1,a\n2,b\n")
    context = design_context(Workspace(tmp_path, trusted=True))

    def look(nodes, edges, path, new, **more):
        document = draw(nodes, *edges, **more)
        node_id, _, field = path.partition(".")
        *above, last = field.split(".")
        params = deepcopy(document.nodes[node_id].params)
        holder = params
        for part in above:
            holder = holder[int(part) if part.isdecimal() else part]
        holder[last] = new
        base = check(document, catalogue, context)
        document = SetParams(node_id, params).apply(document)
        values = values_for(document, {})
        for renamed in renamed_by_hand(base, check(document, catalogue, context), node_id):
            assert renamed.is_all(base.drawn, document)
            return left_to_do(document, renamed, catalogue, context, values), document
        return None, document

    return look


def test_what_is_left_after_a_name_was_changed_by_hand_is_done_and_the_name_stays(
    catch_up, catalogue, tmp_path
):
    nodes = {
        "n": READ,
        "c": ("select_columns", {"columns": [{"column": "id"}], "others": "keep"}),
        "f": ("filter", {"condition": "id > ${least}"}),
        "x": ("python", {"code": CODE, "frame": "arrow"}),
        "o": WRITE,
    }
    edges = ["n.rows -> c.rows", "c.rows -> f.rows", "f.kept -> x.rows", "x.rows -> o.rows"]
    least = {"least": Parameter("least", "integer", 1)}
    found, document = catch_up(nodes, edges, "c.columns.0.name", "key", parameters=least)
    assert told(found) == {"f.condition": "key > ${least}"}
    assert [(k.node, k.name) for k in found.kept] == [("x", "id")]
    assert found.problems == ()
    after = found.edit.apply(document)
    assert after.nodes["c"].params["columns"] == [{"column": "id", "name": "key"}]
    assert check(after, catalogue, design_context(Workspace(tmp_path, trusted=True))).ok
    assert found.edit.inverse(document).apply(after) == document


def test_nothing_is_left_where_no_node_uses_the_name_or_the_new_one_is_taken(catch_up):
    nodes = {"n": READ, "d": made("told", "id", ("other", "id")),
             "f": ("filter", {"condition": "id > 1"}),
             "g": ("filter", {"condition": "other > 1"}), "o": WRITE}  # fmt: skip
    edges = ["n.rows -> d.rows", "d.rows -> f.rows", "f.kept -> g.rows"]
    assert catch_up(nodes, edges, "d.columns.0.name", "said")[0] is None
    assert catch_up(nodes, edges, "d.columns.1.name", "told")[0] is None
    assert catch_up(nodes, edges, "d.columns.1.name", "")[0] is None
    assert catch_up(nodes, edges, "d.columns.1.expression", "id + 1")[0] is None
    assert told(catch_up(nodes, edges, "d.columns.1.name", "more")[0]) == {
        "g.condition": "more > 1"
    }
