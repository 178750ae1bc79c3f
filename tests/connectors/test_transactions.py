"""What a database says it took, and what becomes of tables that are filled in one transaction."""

from typing import Any

import pyarrow as pa
import pytest

from summit_studio.connectors.contract import Database
from summit_studio.connectors.opening import open_database
from summit_studio.connectors.transaction import Transactions
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, WriteFailed
from summit_studio.core.schema import Schema, to_arrow
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import RunContext
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.connections import Connection
from summit_studio.workspace.workspace import Workspace

IDS = Schema.of({"id": "BIGINT"})

SWALLOWING = {
    "sqlite": """
        CREATE TRIGGER swallow BEFORE INSERT ON small WHEN NEW.id % 10 = 3
        BEGIN SELECT RAISE(IGNORE); END
    """,
    "postgres": """
        CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.id % 10 = 3 THEN RETURN NULL; END IF; RETURN NEW; END $$;
        CREATE TRIGGER swallow BEFORE INSERT ON small FOR EACH ROW EXECUTE FUNCTION swallow()
    """,
}


def batch(*ids: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{"id": i} for i in ids], schema=to_arrow(IDS))


def ids(database: Database, table: str) -> list[int]:
    return [row["id"] for part in database.read(table) for row in part.to_pylist()]


def filled(database: Database, table: str, *values: int, **how: Any) -> None:
    writer = database.writer(table, IDS, **how)
    writer.write(batch(*values))
    writer.prepare()
    writer.commit()


@pytest.mark.postgres
@pytest.mark.parametrize("kind", SWALLOWING)
def test_rows_that_a_trigger_swallows_are_not_taken(request, kind):
    database = request.getfixturevalue(kind)
    filled(database, "small", 1)

    def make(session: Any) -> None:
        session.execute(SWALLOWING[kind])

    database.writer("small", IDS, before_commit=make).commit()
    writer = database.writer("small", IDS)
    writer.write(batch(*range(50)))
    writer.write(batch(*range(50, 100)))
    assert writer.prepare() == 90
    assert writer.prepare() == 90, "asked again, it counts nothing twice"
    assert writer.commit() == {"inserted": 90}
    assert len(ids(database, "small")) == 91


@pytest.fixture(params=["sqlite", "duckdb_file"])
def file(request) -> Database:
    return request.getfixturevalue(request.param)


@pytest.fixture
def pair(file):
    """Two writers of one run on one file, each told its rows."""
    filled(file, "b", 0)
    transactions = Transactions()
    first = file.writer("a", IDS, transactions=transactions)
    second = file.writer("b", IDS, "replace", replace="table", transactions=transactions)
    first.write(batch(1, 2))
    second.write(batch(3))
    return first, second


def test_the_first_commit_publishes_the_tables_of_all(file, pair):
    first, second = pair
    assert (first.prepare(), second.prepare()) == (2, 1)
    assert first.commit() == {"inserted": 2}
    assert (ids(file, "a"), ids(file, "b")) == ([1, 2], [3])
    assert second.commit() == {"inserted": 1}
    second.abort()
    assert (ids(file, "a"), ids(file, "b")) == ([1, 2], [3])
    assert sorted(name.rpartition(".")[2] for name in file.tables()) == ["a", "b"]


def test_a_failure_of_one_ends_the_work_of_all(file, pair):
    first, second = pair
    with pytest.raises(WriteFailed):
        second.write(pa.RecordBatch.from_pylist([{"x": 1}]))
    with pytest.raises(Cancelled):
        first.write(batch(9))
    with pytest.raises(Cancelled):
        first.commit()
    assert ids(file, "b") == [0]
    assert [name.rpartition(".")[2] for name in file.tables()] == ["b"]


def test_an_error_of_the_database_ends_the_transaction(sqlite):
    def key(session: Any) -> None:
        session.execute("CREATE UNIQUE INDEX one ON a (id)")

    filled(sqlite, "a", 1, before_commit=key)
    writer = sqlite.writer("a", IDS)
    with pytest.raises(WriteFailed) as caught:
        writer.write(batch(2, 1))
    assert caught.value.code == "duplicate_key"
    with pytest.raises(Cancelled):
        writer.write(batch(3))
    filled(sqlite, "a", 4)
    assert ids(sqlite, "a") == [1, 4]


def test_columns_go_by_their_names(file):
    two = Schema.of({"id": "BIGINT", "name": "VARCHAR"})
    turned = Schema.of({"name": "VARCHAR", "id": "BIGINT"})
    for schema in (two, turned):
        writer = file.writer("named", schema)
        rows = [{"id": 1, "name": "7"}]
        writer.write(pa.RecordBatch.from_pylist(rows, schema=to_arrow(schema)))
        writer.commit()
    found = [row for part in file.read("named") for row in part.to_pylist()]
    assert found == [{"id": 1, "name": "7"}] * 2


def test_every_piece_of_a_batch_is_sent(tmp_path):
    (tmp_path / "shop.sqlite").touch()
    kept = {"db": Connection(name="db", kind="sqlite", path="shop.sqlite")}
    workspace = Workspace(tmp_path, kept)
    node = Catalogue.load().bind(Node("t", "table_sink", {"connection": "db", "table": "a"}))
    writer = node.open(IDS, RunContext("r", workspace, SecretStore(tmp_path), CancelToken()))
    writer.write(pa.Table.from_batches([batch(1), batch(2, 3)]))
    assert writer.prepare() == 3
    assert writer.commit(1).counts == {"inserted": 3}
    with open_database(kept["db"], SecretStore(tmp_path), workspace) as database:
        assert ids(database, "a") == [1, 2, 3]
