"""`summit dead-letters`: each action, in words and as JSON, and what is asked for in vain."""

import json
import sqlite3
from contextlib import closing

import pytest

from summit_studio.cli.main import main
from summit_studio.document.edits import SetProperties
from tests.end2end.test_letters import drawn, table, write

POINT = "set amount = replace(amount, ',', '.')"
FILE = "orders.summit.json"


@pytest.fixture
def home(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    text = '[shop]\nkind = "sqlite"\npath = "shop.db"\n'
    (tmp_path / "connections.toml").write_text(text)
    write(tmp_path, rows=20, bad=4)
    drawn(tmp_path, strategy="dead_letter", dead_letters="failed-records").save(FILE)
    assert main(["run", FILE]) == 0
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def summit(capsys):
    """Call the command; return its exit code, what it printed, and what it said."""

    def call(*words: object):
        code = main(["dead-letters", *map(str, words)])
        read = capsys.readouterr()
        return code, read.out, read.err

    return call


@pytest.fixture
def asked(summit):
    """Call the command with --json; return what that says."""

    def call(*words: object):
        code, out, _ = summit(*words, "--json")
        assert code == 0
        return json.loads(out)

    return call


def test_list_show_and_group_tell_the_same_in_words_and_as_json(home, summit, asked):
    (group,) = asked("group", FILE)
    assert (group["node_id"], group["column"], group["letters"]) == ("priced", "amount", 4)
    code, out, _ = summit("group", FILE)
    assert code == 0
    assert group["group"] in out
    letters = asked("list", FILE, "--limit", 3)
    assert [(x["raw_value"], x["source"], x["attempts"], x["queue"]) for x in letters] == [
        ("0,00", "orders.csv, line 2", 1, "failed-records"),
        ("5,05", "orders.csv, line 7", 1, "failed-records"),
        ("10,10", "orders.csv, line 12", 1, "failed-records"),
    ]
    _, out, said = summit("list", FILE, "--limit", 3)
    assert out.count("orders.csv, line") == 3
    assert "And 1 more" in said
    (shown,) = asked("show", FILE, "--id", letters[1]["letter_id"])
    assert shown["row"] == {"id": 5, "amount": "5,05"}
    _, out, _ = summit("show", FILE, "--id", letters[1]["letter_id"])
    assert " > amount:       5,05" in out
    assert asked("list", FILE, "--status", "retried") == []
    assert "no such letters" in summit("list", FILE, "--status", "retried")[2]


def test_edited_tried_and_retried_they_reach_the_table(home, summit, asked):
    before = asked("try", FILE)
    assert (before["letters"], before["reached"]) == (4, {"out": 0})
    assert [a["letters"] for a in before["again"]] == [4]
    assert "Rejected once more" in summit("try", FILE)[2]
    first = asked("list", FILE)[0]["letter_id"]
    assert asked("edit", FILE, POINT, "--id", first) == {"edited": 1}
    assert "4 letters edited" in summit("edit", FILE, POINT)[2]
    after = asked("try", FILE)
    assert (after["reached"], after["again"]) == ({"out": 4}, [])
    assert after["rows"]["out"][1] == {"id": 5, "amount": "5.05"}
    assert len(table(home)) == 16
    assert asked("retry", FILE, "--id", first) == {"through": 1, "again": 0, "released": 0}
    assert "3 letters went through" in summit("retry", FILE)[2]
    assert len(table(home)) == 20
    assert [x["attempts"] for x in asked("list", FILE, "--status", "retried")] == [2] * 4


def test_a_retry_that_cannot_be_says_why_and_leaves_letters_open(home, summit):
    with closing(sqlite3.connect(home / "shop.db")) as con:
        con.execute("DROP TABLE orders")
        con.execute("CREATE TABLE orders (something TEXT)")
    code, _, said = summit("retry", FILE)
    assert code == 2
    assert "something" in said
    assert '"letters": 4' in summit("group", FILE, "--json")[1]


def test_discarded_and_exported(home, summit, asked):
    group = asked("group", FILE)[0]["group"]
    assert asked("export", FILE, "--to", "bad.jsonl") == {"exported": 4}
    rows = [json.loads(line)["row"] for line in (home / "bad.jsonl").read_text().splitlines()]
    assert rows[1] == {"id": 5, "amount": "5,05"}
    assert summit("export", FILE)[1].count("\n") == 4
    code, _, said = summit("export", FILE, "--to", "bad.jsonl")
    assert code == 2
    assert "name a file that is not there yet" in said
    assert summit("export", FILE, "--to", "no/such/folder.jsonl")[0] == 2
    first = asked("list", FILE)[0]["letter_id"]
    assert asked("discard", FILE, "--id", first) == {"discarded": 1}
    assert "3 letters discarded" in summit("discard", FILE, "--group", group)[2]
    assert "0 letters discarded" in summit("discard", FILE)[2]
    assert len(asked("show", FILE, "--status", "any")) == 4


def test_a_queue_is_listed_whichever_pipelines_put_letters_there(home, summit, asked):
    other = home / "other"
    other.mkdir()
    write(other, rows=4, bad=2)
    (other / "connections.toml").write_text((home / "connections.toml").read_text())
    for name, errors in (("second", {"dead_letters": "failed-records"}), ("third", {})):
        pipeline = drawn(other, strategy="dead_letter", **errors)
        pipeline.apply(SetProperties(name=name))
        pipeline.run().raise_for_status()
    found = asked("list", "--queue", "failed-records")
    assert [x["pipeline"] for x in found] == ["orders"] * 4 + ["second"] * 2
    assert summit("list", "--queue", "failed-records")[1].count("second") == 2
    assert [g["letters"] for g in asked("group", "--queue", "failed-records")] == [6]
    assert len(asked("list", FILE, "--queue", "failed-records")) == 4
    assert asked("list", FILE, "--queue", "failed") == []
    assert asked("list", "--queue", "failed") == []
    assert summit("retry", "--queue", "failed-records")[0] == 2
    assert summit("list")[0] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", FILE, "--group", "abc"), "There is no group 'abc'"),
        (("discard", FILE, "--id", 99_999), "There is no dead letter 99999"),
        (("try", FILE, "--node", "price"), "did you mean 'priced'?"),
        (("edit", FILE), "An edit is missing"),
        (("list", FILE, POINT), "list takes no edit"),
        (("edit", FILE, "set amount replace"), "column = expression"),
        (("edit", FILE, "set amount = replace(amount"), "Cannot set 'amount'"),
        (("edit", FILE, "set amout = '1'"), "did you mean 'amount'?"),
        (("edit", FILE, "set amount = CAST(amount AS DOUBLE)"), "fails on one of the letters"),
        (("list", "gone.summit.json"), "gone.summit.json"),
        (("lst", FILE), "lst"),
    ],
)
def test_what_is_asked_for_in_vain_is_said_and_changes_nothing(home, summit, words, said):
    code, out, told = summit(*words)
    assert (code, out) == (2, "")
    assert said in told
    assert summit("group", FILE, "--json")[1].count('"letters": 4') == 1


def test_letters_of_a_deleted_pipeline_are_found_by_their_queue(home, summit, asked):
    (home / FILE).unlink()
    code, _, said = summit("retry", FILE)
    assert code == 2
    assert FILE in said
    assert len(asked("list", "--queue", "failed-records")) == 4


def test_where_there_is_nothing_each_action_says_so(home, summit, asked):
    summit("discard", FILE)
    assert asked("list", FILE) == asked("group", FILE) == asked("show", FILE) == []
    assert asked("edit", FILE, POINT) == {"edited": 0}
    assert asked("try", FILE) == {"letters": 0, "reached": {}, "rows": {}, "again": []}
    assert asked("retry", FILE) == {"through": 0, "again": 0, "released": 0}
    assert asked("export", FILE, "--to", "none.jsonl") == {"exported": 0}
    for action in ("list", "group", "show"):
        assert "no such letters" in summit(action, FILE)[2]


def test_a_queue_that_nothing_goes_to_is_a_problem(home):
    problems = drawn(home, strategy="skip", dead_letters="failed-records").check()
    assert "errors.dead_letters" in next(p.what for p in problems if p.code == "setting_in_vain")
    kept = drawn(home, strategy="dead_letter", dead_letters="failed-records").check()
    assert "setting_in_vain" not in {p.code for p in kept}
