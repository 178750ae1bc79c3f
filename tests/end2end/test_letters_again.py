"""Dead letters are mended and go in again: into real targets, once and once only."""

import sqlite3
from contextlib import closing

import duckdb
import pytest

import summit_studio as summit
from summit_studio.core.errors import SummitError
from summit_studio.engine.dead_letters import DeadLetters
from summit_studio.engine.request import RunRequest
from summit_studio.state.letters import LetterStatus, Selection
from tests.end2end.test_letters import BAD, drawn, table, write

POINT = "set amount = replace(amount, ',', '.')"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    text = '[shop]\nkind = "sqlite"\npath = "shop.db"\n'
    (tmp_path / "connections.toml").write_text(text)
    return tmp_path


def letters_of(pipeline, folder):
    return DeadLetters(RunRequest(pipeline._document, folder))


def states(letters):
    found = letters.letters(Selection(status=None))
    return {s: sum(1 for x in found if x.status is s) for s in {x.status for x in found}}


def test_a_thousand_rows_are_mended_by_one_edit(home):
    meant = write(home)
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    with letters_of(pipeline, home) as letters:
        (group,) = letters.groups()
        assert (group.node_id, group.column, group.letters) == ("priced", "amount", BAD)
        before = letters.try_()
        assert (before.letters, before.reached, before.again[0].letters) == (BAD, {"out": 0}, BAD)
        assert letters.edit(POINT) == BAD
        after = letters.try_()
        assert (after.reached, after.again) == ({"out": BAD}, ())
        assert len(table(home)) == len(meant) - BAD
        done = letters.retry()
        assert (done.through, done.again, done.failed) == (BAD, 0, ())
        assert table(home) == meant
        assert states(letters) == {LetterStatus.RETRIED: BAD}
        assert letters.retry().through == 0
    assert table(home) == meant


def test_rejected_once_more_a_letter_stays_itself(home):
    write(home)
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    with letters_of(pipeline, home) as letters:
        first = letters.letters()
        letters.edit(POINT, Selection(ids=[first[0].letter_id]))
        done = letters.retry(Selection(ids=[x.letter_id for x in first[:3]]))
        assert (done.through, done.again) == (1, 2)
        found = letters.letters(Selection(status=None))
        assert [x.letter_id for x in found] == [x.letter_id for x in first]
        assert [(x.status, x.attempts) for x in found[:4]] == [
            (LetterStatus.RETRIED, 2),
            (LetterStatus.OPEN, 2),
            (LetterStatus.OPEN, 2),
            (LetterStatus.OPEN, 1),
        ]
        assert found[1].source == first[1].source
    assert len(table(home)) == 4_001


def test_an_edit_that_fails_on_one_changes_none(home):
    write(home)
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    with letters_of(pipeline, home) as letters:
        with pytest.raises(SummitError, match="fails on one") as raised:
            letters.edit("set id = CAST(CASE WHEN id = 50 THEN 'x' ELSE '1' END AS BIGINT)")
        assert raised.value.code == "edit_failed"
        rows = next(letters.rows())
        assert rows.column("id").to_pylist()[:3] == [0, 5, 10]
        with pytest.raises(SummitError, match="no column 'amout'") as raised:
            letters.edit("set amout = 1")
        assert "did you mean 'amount'" in str(raised.value)
        with pytest.raises(SummitError) as raised:
            letters.edit("set amount = read_text('/etc/passwd')")
        assert raised.value.code in {"function_refused", "function_unknown"}


def test_text_that_could_not_be_read_goes_in_behind_its_source(home):
    (home / "orders.csv").write_text("id,amount\n1,1.50\ntwo,2.50\n3,3.50\nfour,4.50\n")
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    with letters_of(pipeline, home) as letters:
        found = letters.letters()
        assert [(x.source, x.raw_value) for x in found] == [
            ("orders.csv, line 3", "two,2.50"),
            ("orders.csv, line 5", "four,4.50"),
        ]
        with pytest.raises(SummitError, match="text that could not be read"):
            letters.edit("set id = 2")
        done = letters.retry()
        assert (done.through, done.released) == (0, 2)
        assert "text that could not be read" in done.failed[0]
        letters.edit(
            "set id = CASE split_part(raw, ',', 1) WHEN 'two' THEN 2 ELSE 4 END, "
            "amount = split_part(raw, ',', 2)"
        )
        assert letters.retry().through == 2
    assert table(home) == {1: "1.50", 2: "2.50", 3: "3.50", 4: "4.50"}


def test_rows_that_a_table_refused_go_in_at_the_table(home):
    meant = write(home, rows=100, bad=1)
    (home / "orders.csv").write_text((home / "orders.csv").read_text() + "7,1.00\n")
    with closing(sqlite3.connect(home / "shop.db")) as con:
        con.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, amount DECIMAL(12,2))")
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    with letters_of(pipeline, home) as letters:
        refused = Selection(node_id="out")
        (letter,) = letters.letters(refused)
        assert (letter.code, letter.source) == ("duplicate_key", "orders.csv, line 102")
        assert letters.try_(refused).reached == {"out": 1}
        assert letters.retry(refused).again == 1
        assert letters.edit("set id = 1000 + id", refused) == 1
        assert letters.retry(refused).through == 1
    assert table(home) == {i: v for i, v in meant.items() if i} | {1007: "1.00"}


def test_a_letter_says_truly_whether_it_may_pass_without_being_mended(home):
    write(home, rows=20, bad=2)
    (home / "connections.toml").write_text('[shop]\nkind = "duckdb"\npath = "shop.duckdb"\n')
    with duckdb.connect(home / "shop.duckdb") as con:
        con.execute("CREATE TABLE people (id BIGINT PRIMARY KEY)")
        con.execute("INSERT INTO people SELECT range FROM range(19)")
        con.execute("CREATE TABLE orders (id BIGINT REFERENCES people, amount DECIMAL(12,2))")
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    with letters_of(pipeline, home) as letters:
        found = {x.node_id: x for x in letters.letters()}
        assert (found["out"].code, found["out"].retriable) == ("foreign_key", True)
        assert not found["priced"].retriable
        refused = Selection(node_id="out")
        assert letters.retry(refused).again == 1
        with duckdb.connect(home / "shop.duckdb") as con:
            con.execute("INSERT INTO people VALUES (19)")
        assert letters.retry(refused).through == 1


def test_as_many_letters_are_chosen_by_number_as_there_are(home):
    write(home, rows=50_000, bad=40_000)
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    with letters_of(pipeline, home) as letters:
        some = letters.ids()[1:]
        assert letters.discard(Selection(ids=some)) == len(some) == 39_999
        assert letters.count() == 1


def test_an_edit_can_be_looked_at_before_it_is_made(home):
    write(home, rows=20, bad=4)
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    with letters_of(pipeline, home) as letters:
        ((found, rows),) = letters.packets(Selection(ids=letters.ids()[1:3]))
        assert (
            [x.raw_value for x in found] == rows.column("amount").to_pylist() == ["5,05", "10,10"]
        )
        edited = letters.mender("amount = replace(amount, ',', '.')", "priced")(rows)
        assert edited.column("amount").to_pylist() == ["5.05", "10.10"]
        assert [e["row"]["amount"] for e in letters.entries()][1:3] == ["5,05", "10,10"]


def test_through_a_lookup_the_table_is_read_again_and_nothing_else_is_written(home):
    write(home, rows=200, bad=10)
    (home / "names.csv").write_text("key,name\n" + "".join(f"{i},n{i}\n" for i in range(200)))
    pipeline = summit.Pipeline("orders", folder=home)
    columns = [{"name": "id", "type": "BIGINT"}, {"name": "amount", "type": "VARCHAR"}]
    orders = pipeline.add("csv_source", "orders", path="orders.csv", columns=columns)
    names = pipeline.add("csv_source", "names", path="names.csv")
    number = {"name": "amount", "expression": "CAST(amount AS DECIMAL(12,2))"}
    priced = orders.to("derive", "priced", columns=[number])
    named = priced.to(
        "lookup",
        "named",
        keys=[{"column": "id", "table_column": "key"}],
        columns=[{"column": "name"}],
    )
    names.to(named["table"])
    named.to("table_sink", "out", connection="shop", table="orders")
    pipeline.configure(errors={"strategy": "dead_letter"})
    pipeline.run().raise_for_status()
    assert len(table(home)) == 190
    with letters_of(pipeline, home) as letters:
        letters.edit(POINT)
        assert letters.retry().through == 10
    with closing(sqlite3.connect(home / "shop.db")) as con:
        rows = con.execute("SELECT id, name FROM orders ORDER BY id").fetchall()
    assert rows == [(i, f"n{i}") for i in range(200)]


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        ("csv_sink", {"path": "out.csv"}, "Rows cannot be added to"),
        ("table_sink", {"connection": "shop", "table": "t", "mode": "replace"}, "cannot be added"),
    ],
)
def test_a_target_that_is_written_anew_is_refused_and_its_letters_stay_open(
    home, kind, params, words
):
    write(home, rows=100, bad=10)
    pipeline = drawn(home, strategy="dead_letter")
    pipeline["priced"].to(kind, "other", **params)
    pipeline.run().raise_for_status()
    with letters_of(pipeline, home) as letters:
        with pytest.raises(SummitError, match=words):
            letters.retry()
        assert states(letters) == {LetterStatus.OPEN: 10}


def test_a_node_that_needs_all_rows_is_refused(home):
    write(home, rows=100, bad=10)
    pipeline = drawn(home, strategy="dead_letter")
    total = pipeline["priced"].to(
        "aggregate", "total", measures=[{"name": "n", "function": "count"}]
    )
    total.to("table_sink", "other", connection="shop", table="totals")
    pipeline.run().raise_for_status()
    with letters_of(pipeline, home) as letters:
        with pytest.raises(SummitError, match="depends on all others"):
            letters.retry()
        assert letters.discard() == 10
        assert states(letters) == {LetterStatus.DISCARDED: 10}


def test_the_guides_queue_from_python(home):
    """The guide's Dead Letter Queue: add a record with its error, persist, retry."""
    meant = write(home, rows=100, bad=10)
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    with summit.DeadLetterQueue(pipeline) as queue:
        record = {"id": 1000, "amount": "9.50"}
        queue.add(record, ValueError("the shop did not answer"), {"page": 3}, at=pipeline["priced"])
        assert len(queue) == 11
        added = list(queue)[-1]
        assert (added["row"], added["source"]) == (record, "page 3")
        assert added["message"] == "the shop did not answer"
        with pytest.raises(SummitError, match="takes no column 'amout'"):
            queue.add({"amout": "1"}, "no", at=pipeline["priced"])
        assert queue.retry().again == 10
        assert queue.edit(POINT, node=pipeline["priced"]) == 10
        assert queue.retry().through == 10
        assert len(queue) == 0
        assert {e["status"] for e in queue.entries(None)} == {LetterStatus.RETRIED}
    assert table(home) == meant | {1000: "9.50"}
