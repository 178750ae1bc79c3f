"""The ledger against a real server: what a trigger swallows is seen before the COMMIT."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit
from summit_studio.connectors.postgres.writer import PostgresWriter

ROWS = 500


@pytest.fixture
def folder(tmp_path, server, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text(
        f'[shop]\nkind = "postgres"\nhost = "{server.host}"\ndatabase = "postgres"\n'
        'user = "postgres"\n'
    )
    pq.write_table(
        pa.table({"id": list(range(ROWS)), "v": [f"x{i}" for i in range(ROWS)]}),
        tmp_path / "in.parquet",
    )
    server.run("DROP TABLE IF EXISTS ledger_target; DROP TABLE IF EXISTS ledger_made")
    return tmp_path


def pipeline(folder, table, **params):
    made = summit.Pipeline("ledger", folder=folder)
    source = made.add("parquet_source", path="in.parquet")
    source.to("table_sink", "sink", connection="shop", table=table, **params)
    return made


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_a_trigger_that_swallows_rows_fails_the_run_before_the_commit(folder, server, mode):
    server.run("""
        CREATE TABLE ledger_target (id BIGINT, v TEXT);
        INSERT INTO ledger_target VALUES (-1, 'old');
        CREATE OR REPLACE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF new.id % 10 = 3 THEN RETURN NULL; END IF; RETURN new; END $$;
        CREATE TRIGGER swallow BEFORE INSERT ON ledger_target
        FOR EACH ROW EXECUTE FUNCTION swallow();
    """)
    result = pipeline(folder, "ledger_target", mode=mode).run()
    assert result.error is not None
    assert result.error.code == "ledger_imbalance"
    assert "shop:ledger_target" in str(result.error)
    assert "took 500 rows, handed on 450" in str(result.error)
    assert server.run("SELECT id FROM ledger_target") == [(-1,)]


@pytest.mark.parametrize("how", ["lost", "doubled"])
@pytest.mark.parametrize("mode", ["append", "replace"])
def test_a_row_lost_or_doubled_on_its_way_to_the_server_is_seen(
    folder, server, monkeypatch, mode, how
):
    real = PostgresWriter._send

    def send(self, batch):
        twice = pa.Table.from_batches([batch, batch.slice(0, 1)]).combine_chunks().to_batches()[0]
        return real(self, batch.slice(1) if how == "lost" else twice)

    monkeypatch.setattr(PostgresWriter, "_send", send)
    result = pipeline(folder, "ledger_made", mode=mode).run()
    assert result.error is not None
    assert result.error.code == "ledger_imbalance"
    assert server.run("SELECT to_regclass('ledger_made')") == [(None,)]


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_content_read_back_is_compared_in_the_same_transaction(folder, server, mode):
    made = pipeline(folder, "ledger_made", mode=mode)
    made.configure(verify="content")
    result = made.run()
    result.raise_for_status()
    assert result.ledger["sink"].counted == "content compared"
    assert server.run("SELECT count(*) FROM ledger_made") == [(ROWS,)]


def test_a_value_that_the_target_changes_is_seen_only_by_its_content(folder, server, monkeypatch):
    real = PostgresWriter._finish

    def finish(self):
        taken = real(self)
        self._session.execute("UPDATE ledger_made SET v = 'other' WHERE id = 7")
        return taken

    monkeypatch.setattr(PostgresWriter, "_finish", finish)
    made = pipeline(folder, "ledger_made")
    made.configure(verify="content")
    result = made.run()
    assert result.error is not None
    assert result.error.code == "content_differs"
    assert server.run("SELECT to_regclass('ledger_made')") == [(None,)]


def test_rows_read_are_held_against_the_command_tag(folder, server):
    server.run("CREATE TABLE ledger_target AS SELECT i AS id FROM generate_series(1, 1000) AS i")
    made = summit.Pipeline("ledger", folder=folder)
    source = made.add("table_source", "source", connection="shop", table="ledger_target")
    source.to("jsonl_sink", path="out.jsonl")
    result = made.run()
    result.raise_for_status()
    assert result.ledger["source"].rows_in == {"read": 1000}
    assert result.ledger["source"].counted == "counterpart"
