"""Rejected rows that have no edge to follow: the run ends, they are left out, or are kept."""

import sqlite3
from contextlib import closing

import pytest

import summit_studio as summit
from summit_studio.state.letter_store import LetterStore
from summit_studio.state.letters import LetterStatus, Selection

BAD = 1_000


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')
    return tmp_path


def write(folder, rows=5_000, bad=BAD):
    """Write amounts of which some have a comma where a point should be; return what is meant."""
    step = rows // bad
    lines, meant = ["id,amount"], {}
    for i in range(rows):
        whole, part = i, i % 100
        wrong = i % step == 0 and i // step < bad
        lines.append(f'{i},"{whole},{part:02d}"' if wrong else f"{i},{whole}.{part:02d}")
        meant[i] = f"{whole}.{part:02d}"
    (folder / "orders.csv").write_text("\n".join(lines) + "\n")
    return meant


def drawn(folder, **errors):
    pipeline = summit.Pipeline("orders", folder=folder)
    columns = [{"name": "id", "type": "BIGINT"}, {"name": "amount", "type": "VARCHAR"}]
    orders = pipeline.add("csv_source", "orders", path="orders.csv", columns=columns)
    priced = orders.to(
        "derive",
        "priced",
        columns=[{"name": "amount", "expression": "CAST(amount AS DECIMAL(12,2))"}],
    )
    priced.to("table_sink", "out", connection="shop", table="orders")
    if errors:
        pipeline.configure(errors=errors)
    return pipeline


def table(folder):
    with closing(sqlite3.connect(folder / "shop.db")) as con:
        return {i: f"{float(a):.2f}" for i, a in con.execute("SELECT id, amount FROM orders")}


def kept(folder):
    from summit_studio.engine.letters import address_of
    from summit_studio.engine.request import RunRequest

    with LetterStore.open() as store:
        request = RunRequest(drawn(folder)._document, folder)
        return store.letters(address_of(request), Selection())


def test_by_default_the_first_such_row_ends_the_run(home):
    write(home)
    done = drawn(home).run()
    assert done.error.code == "rejected_unconnected"


def test_left_out_they_are_counted(home):
    meant = write(home)
    done = drawn(home, strategy="skip").run().raise_for_status()
    assert done.ledger["priced"].rejected == BAD
    assert table(home) == {i: v for i, v in meant.items() if i % 5}
    assert kept(home) == ()


def test_kept_they_say_all_that_is_known_of_them(home):
    meant = write(home)
    done = drawn(home, strategy="dead_letter").run().raise_for_status()
    assert done.ledger["priced"].rejected == BAD
    assert done.ledger["priced-rejected"].rows_out == {"written": BAD}
    assert table(home) == {i: v for i, v in meant.items() if i % 5}
    letters = kept(home)
    assert len(letters) == BAD
    first = letters[1]
    assert (first.node_id, first.column, first.raw_value) == ("priced", "amount", "5,05")
    assert first.source == "orders.csv, line 7"
    assert (first.code, first.attempts, first.status) == ("expression_failed", 1, LetterStatus.OPEN)
    assert len({letter.group for letter in letters}) == 1


def test_a_node_may_have_a_strategy_of_its_own(home):
    write(home)
    done = drawn(home, strategy="dead_letter", nodes={"priced": "fail_fast"}).run()
    assert done.error.code == "rejected_unconnected"
    assert kept(home) == ()


def test_what_a_dead_run_left_of_an_epoch_is_seen_by_nobody(home):
    write(home)
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    with closing(sqlite3.connect(home / "home" / "state.db")) as con:
        # As a run leaves it that is killed before it commits the next load.
        con.execute("UPDATE dead_letters SET status = 'pending', run_id = 'dead'")
        con.commit()
    assert kept(home) == ()
    pipeline.run().raise_for_status()
    assert len(kept(home)) == BAD
    with closing(sqlite3.connect(home / "home" / "state.db")) as con:
        assert con.execute("SELECT count(*) FROM dead_letters").fetchone() == (BAD,)
        assert con.execute("SELECT count(*) FROM letter_packets").fetchone() == (1,)


def test_what_becomes_of_rejected_rows_is_said_before_a_run(home):
    write(home)
    found = {p.code: p for p in drawn(home, strategy="dead_letter").check()}
    assert "are kept as dead letters" in found["rejects_kept"].what
    nodes = {"priced": "skip", "pricd": "skip"}
    found = {p.code: p for p in drawn(home, strategy="fail_fast", nodes=nodes).check()}
    assert "'Derive columns' may reject are counted and left out" in found["rejects_left_out"].what
    assert "did you mean 'priced'" in found["node_unknown"].do
    pipeline = drawn(home, strategy="fail_fast", nodes={"priced": "skip"})
    pipeline["priced"]["rejected"].to("csv_sink", path="bad.csv")
    found = {p.code: p for p in pipeline.check()}
    assert found["setting_in_vain"].why == "its rejected port leads somewhere"


def test_without_a_place_for_letters_no_run_begins(home, monkeypatch):
    write(home)
    (home / "file").write_text("")
    monkeypatch.setenv("SUMMIT_HOME", str(home / "file"))
    with pytest.raises(summit.SummitError, match="state database"):
        drawn(home, strategy="dead_letter").run()
    assert not (home / "shop.db").exists()


def test_forgetting_how_far_a_load_is_forgets_it_of_its_letters_too(home):
    from summit_studio.engine.checkpoints import forget, standing
    from summit_studio.engine.request import RunRequest

    write(home)
    pipeline = drawn(home, strategy="dead_letter")
    pipeline.run().raise_for_status()
    request = RunRequest(pipeline._document, home)
    assert {"out", "priced-rejected"} <= {each.sink for each in standing(request)}
    forget(request)
    assert standing(request) == ()
    assert len(kept(home)) == BAD
