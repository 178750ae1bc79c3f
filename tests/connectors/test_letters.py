"""Dead letters of pipelines into a real PostgreSQL, and in one."""

import pytest

import summit_studio as summit
from summit_studio.engine.dead_letters import DeadLetters
from summit_studio.engine.letters import address_of
from summit_studio.engine.request import RunRequest
from summit_studio.state.letter_store import LetterStore
from summit_studio.state.letters import LetterStatus, Selection
from tests.end2end.test_letters import BAD, write

pytestmark = pytest.mark.postgres


@pytest.fixture
def home(tmp_path, monkeypatch, server):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text(
        f'[pg]\nkind = "postgres"\nhost = "{server.host}"\ndatabase = "postgres"\n'
        'user = "postgres"\n'
    )
    server.run("DROP TABLE IF EXISTS letters_orders, _summit_checkpoint")
    return tmp_path


def drawn(folder, condition="id >= 0"):
    pipeline = summit.Pipeline("orders", folder=folder)
    columns = [{"name": "id", "type": "BIGINT"}, {"name": "amount", "type": "VARCHAR"}]
    orders = pipeline.add("csv_source", "orders", path="orders.csv", columns=columns)
    kept = orders.to("filter", "kept", condition=condition)
    number = {"name": "amount", "expression": "CAST(amount AS DECIMAL(12,2))"}
    priced = kept.to("derive", "priced", columns=[number])
    priced.to("table_sink", "out", connection="pg", table="letters_orders")
    pipeline.configure(errors={"strategy": "dead_letter"}, checkpoints={"every_rows": 1_000})
    return pipeline


def rows(server):
    return {i: str(a) for i, a in server.run("SELECT id, amount FROM letters_orders")}


def mended(letters):
    assert letters.edit("set amount = replace(amount, ',', '.')") == BAD
    done = letters.retry()
    assert (done.through, done.again, done.failed) == (BAD, 0, ())


def test_a_thousand_rows_are_mended_and_written_once(home, server):
    meant = write(home)
    pipeline = drawn(home)
    pipeline.run().raise_for_status()
    assert len(rows(server)) == len(meant) - BAD
    with DeadLetters(RunRequest(pipeline._document, home)) as letters:
        mended(letters)
        assert letters.retry().through == 0
    assert rows(server) == meant
    assert server.run("SELECT count(*) FROM letters_orders") == [(len(meant),)]


def test_what_the_table_refuses_goes_in_again_at_the_table(home, server):
    write(home, rows=100, bad=1)
    server.run(
        "CREATE TABLE letters_orders (id bigint PRIMARY KEY, amount numeric CHECK (id <> 9))"
    )
    pipeline = drawn(home, "id > 0")
    pipeline.run().raise_for_status()
    refused = Selection(node_id="out")
    with DeadLetters(RunRequest(pipeline._document, home)) as letters:
        (letter,) = letters.letters(refused)
        assert letter.raw_value is None or letter.raw_value == "9"
        assert letters.retry(refused).again == 1
        assert letters.edit("set id = 900", refused) == 1
        assert letters.retry(refused).through == 1
    assert set(rows(server)) == {*range(1, 100), 900} - {9}


def test_the_state_may_be_in_postgresql(home, server, monkeypatch):
    meant = write(home)
    server.run("DROP DATABASE IF EXISTS letters_state WITH (FORCE)")
    server.run("CREATE DATABASE letters_state")
    url = f"postgresql:///letters_state?host={server.host}&user=postgres"
    monkeypatch.setenv("SUMMIT_STATE_URL", url)
    pipeline = drawn(home)
    pipeline.run().raise_for_status()
    with DeadLetters(RunRequest(pipeline._document, home), store=LetterStore.open()) as letters:
        (group,) = letters.groups()
        assert group.letters == BAD
        mended(letters)
    assert rows(server) == meant
    assert not (home / "home" / "state.db").exists()
    with LetterStore.open(url) as store:
        known = Selection(status=LetterStatus.RETRIED)
        assert store.count(address_of(RunRequest(pipeline._document, home)), known) == BAD
