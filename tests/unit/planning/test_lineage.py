"""Lineage of a column: up to where it begins, down to all that reads it, through every node."""

import json

import pytest

from summit_studio.cli.main import main
from summit_studio.core.errors import SummitError
from summit_studio.document.text import dump
from summit_studio.planning.lineage import Columns, Kind

READ = ("csv_source", {"path": "in.csv"})
WRITE = ("csv_sink", {"path": "out.csv"})
TELL = ("derive", {"columns": [{"name": "told", "expression": "name || '!'"},
                               {"name": "loud", "expression": "upper(told)"}]})  # fmt: skip


@pytest.fixture
def trace(draw, checked):
    """Traces NODE.COLUMN of a document drawn in a few words, and names its steps."""

    def look(nodes, edges, column):
        columns = Columns(checked(draw(nodes, *edges)))
        return columns.trace(columns.named(*column.split(".", 1)))

    return look


def told(steps) -> list[str]:
    """Return steps in short: kind, node, column and what it is made of."""
    return [
        f"{s.kind} {s.node}.{s.column}"
        + (f" <- {','.join(r.column for r in s.reads)}" if s.port and s.reads else "")
        for s in steps
    ]  # fmt: skip


def test_a_computed_column_goes_back_through_names_and_other_computed_ones(trace):
    nodes = {
        "n": READ,
        "s": ("select_columns", {"columns": [{"column": "NAME", "name": "who"}, {"column": "id"}]}),
        "d": ("derive", {"columns": [{"name": "told", "expression": "who || '!'"},
                                     {"name": "loud", "expression": "upper(told)"}]}),
        "o": WRITE,
    }  # fmt: skip
    found = trace(nodes, ["n.rows -> s.rows", "s.rows -> d.rows", "d.rows -> o.rows"], "d.loud")
    assert told(found.up) == ["begins n.name", "renamed s.who <- name"]
    assert told([found.step]) == ["made d.loud <- who"]
    assert found.step.how == "upper(told)"
    assert told(found.down) == ["written o.loud"]
    assert found.nodes == ("n", "s", "d", "o")
    assert [f"{a} {b}" for a, b in found.edges] == [
        "s.rows d.rows", "n.rows s.rows", "d.rows o.rows",
    ]  # fmt: skip


def test_what_decides_by_a_column_reads_it_and_what_makes_another_of_it_does_not_twice(trace):
    nodes = {
        "n": READ,
        "d": TELL,
        "f": ("filter", {"condition": "Name <> 'a'"}),
        "r": ("rules", {"rules": [{"id": "full", "kind": "not_null", "column": "name"},
                                  {"id": "low", "expression": "id > 1"}]}),
        "g": ("aggregate", {"group_by": ["id"],
                            "measures": [{"name": "n", "condition": "name = 'a'"}]}),
    }  # fmt: skip
    edges = ["n.rows -> d.rows", "d.rows -> f.rows", "f.kept -> r.rows", "r.passed -> g.rows"]
    found = trace(nodes, edges, "n.name")
    assert told(s for s in found.down if s.kind in {Kind.READ, Kind.MADE}) == [
        "made d.told <- name", "made d.loud <- name", "read f.name", "read r.name",
        "made g.n <- name",
    ]  # fmt: skip
    assert [s.how for s in found.down if s.kind is Kind.READ] == [
        "Name <> 'a'",
        '"name" IS NOT NULL',
    ]
    assert not any(s.column == "loud" for s in trace(nodes, edges, "d.told").down)


def test_keys_and_suffixes_of_a_join_and_columns_that_meet_in_a_union(trace):
    join = ("join", {"how": "full", "keys": [{"left": "id", "right": "id"}]})
    nodes = {"a": READ, "b": READ, "j": join, "u": ("union", {})}
    edges = ["a.rows -> j.left", "b.rows -> j.right", "a.rows -> u.rows", "b.rows -> u.rows"]
    assert told(trace(nodes, edges, "j.name_right").up) == ["begins b.name"]
    assert told(trace(nodes, edges, "j.id").up) == ["begins a.id", "begins b.id"]
    assert told(trace(nodes, edges, "u.id").up) == ["begins a.id", "begins b.id"]
    down = trace(nodes, edges, "b.name").down
    assert told(down) == ["renamed j.name_right <- name", "passes u.name <- name,name"]
    assert told(trace(nodes, edges, "b.id").down)[0] == "passes j.id <- id,id"


@pytest.mark.parametrize(
    ("query", "up", "how"),
    [
        (
            "SELECT a.name || b.name AS x FROM input_1 a JOIN input_2 b USING (id)",
            ["begins n.name", "begins m.name"],
            "a.name || b.name",
        ),
        (
            "WITH t AS (SELECT *, upper(NAME) AS x FROM input_2) SELECT x FROM t WHERE id > 1",
            ["begins m.name"],
            'UPPER("name")',
        ),
        ("SELECT name AS x FROM input", ["begins n.name"], ""),
        ("SELECT count(*) AS x FROM input", [], "COUNT(*)"),
    ],
)
def test_a_query_is_followed_by_its_parse(trace, query, up, how):
    nodes = {"n": READ, "m": READ, "q": ("sql", {"query": query})}
    found = trace(nodes, ["n.rows -> q.rows", "m.rows -> q.rows"], "q.x")
    assert told(found.up) == up
    assert found.step.how == how
    assert not found.lost


def test_what_a_query_decides_by_is_read(trace):
    nodes = {"n": READ, "q": ("sql", {"query": "SELECT name FROM input WHERE id > 1"})}
    assert told(trace(nodes, ["n.rows -> q.rows"], "n.id").down) == ["read q.id"]


@pytest.mark.parametrize(
    ("node", "why"),
    [
        (("sql", {"query": "FROM (PIVOT input ON name IN ('id') USING sum(id))"}), "its query"),
        (("sql", {"query": "SELECT input AS id FROM input"}), "its query"),
        (("sql", {"query": "SELECT COLUMNS('i.*') FROM input"}), "its query"),
        (("python", {"code": "def process(rows): return rows", "frame": "arrow"}), "its code"),
    ],
)
def test_what_cannot_be_followed_is_said_and_not_guessed(trace, node, why):
    nodes = {"n": READ, "x": node, "o": WRITE}
    edges = ["n.rows -> x.rows", "x.rows -> o.rows"]
    down = trace(nodes, edges, "n.id").down
    assert told(down) == ["lost x.id"]
    assert down[0].how.startswith(why)
    found = trace(nodes, edges, "x.id")
    assert found.step.kind is Kind.LOST
    assert (found.up, told(found.down)) == ((), ["written o.id"])


def test_a_column_is_followed_through_the_nodes_of_a_module(draw, checked, tmp_path):
    inner = draw(
        {"t": TELL},
        extra={"ports": {"inputs": {"rows": "t.rows"}, "outputs": {"rows": "t.rows"}}},
    )
    (tmp_path / "tell.module.json").write_text(dump(inner))
    nodes = {"n": READ, "m": ("module", {"path": "tell.module.json"}), "o": WRITE}
    columns = Columns(checked(draw(nodes, "n.rows -> m.rows", "m.rows -> o.rows")))
    found = columns.trace(columns.ref("m", "rows", "told"))
    assert told((*found.up, found.step)) == ["begins n.name", "made m/t.told <- name"]
    assert found.nodes == ("n", "m", "o")


@pytest.mark.parametrize(
    ("node", "words", "code"),
    [("n", "nam", "column_missing"), ("m", "id", "node_missing"), ("f", "id", "columns_unknown")],
)
def test_a_column_that_is_not_there_is_said_with_those_that_are(draw, checked, node, words, code):
    columns = Columns(checked(draw({"n": READ, "f": ("filter", {})}, "n.rows -> f.rows")))
    with pytest.raises(SummitError) as caught:
        columns.named(node, words)
    assert caught.value.code == code


def test_the_command_says_it_in_lines_and_as_json(draw, tmp_path, capsys):
    (tmp_path / "in.csv").write_text("id,name\n1,a\n")
    file = tmp_path / "p.summit.json"
    file.write_text(dump(draw({"n": READ, "d": TELL, "o": WRITE}, "n.rows -> d.rows",
                              "d.rows -> o.rows")))  # fmt: skip
    assert main(["lineage", str(file), "d.told"]) == 0
    said = capsys.readouterr().out
    assert "  n.rows (Read CSV): name begins here\n" in said
    assert "  d.rows (Derive columns): told = name || '!'\n" in said
    assert "  o (Write CSV): told is written to out.csv\n" in said
    assert main(["lineage", str(file), "d.rows.told", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["here"]["reads"] == ["n.rows.name"]
    assert [step["kind"] for step in body["down"]] == ["written"]
    assert main(["lineage", str(file), "told"]) == 2
    assert "NODE.COLUMN" in capsys.readouterr().err
