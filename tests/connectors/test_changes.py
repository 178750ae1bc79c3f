"""Changes carried out by the real databases: the last of each key counts."""

import pyarrow as pa
import pytest

from summit_studio.connectors.merging import Merge
from summit_studio.core.schema import CHANGE_COLUMNS, Column, Schema, to_arrow

pytestmark = pytest.mark.postgres

SCHEMA = Schema((Column("id", "BIGINT"), Column("name", "VARCHAR"), *CHANGE_COLUMNS))
HISTORY = [
    (1, "old", 1, 1), (None, None, 3, 2), (2, "b", 0, 4), (3, "c", 0, 5), (3, None, 2, 6),
    (2, "late", 1, 3), (4, None, 2, 7),
]  # fmt: skip


@pytest.mark.parametrize("mode", ["upsert", "delete_insert"])
def test_postgres_carries_out_the_last_change_of_each_key(mode, server, tmp_path):
    from summit_studio.connectors.opening import open_database
    from summit_studio.secrets.store import SecretStore
    from summit_studio.workspace.workspace import Workspace

    server.run("DROP TABLE IF EXISTS changed")
    server.run("CREATE TABLE changed (id bigint PRIMARY KEY, name text NOT NULL)")
    server.run("INSERT INTO changed VALUES (1, 'one'), (9, 'nine')")
    columns = [list(column) for column in zip(*HISTORY, strict=True)]
    batch = pa.RecordBatch.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, to_arrow(SCHEMA), strict=True)],
        schema=to_arrow(SCHEMA),
    )
    database = open_database(server.connection(), SecretStore(), Workspace.open(tmp_path))
    with database:
        writer = database.writer("changed", SCHEMA, merge=Merge(mode, ("id",), deletes="delete"))
        writer.write(batch)
        assert writer.prepare() == len(HISTORY)
        assert writer.commit() == {"deleted": 2, "absent": 2, "inserted": 1, "superseded": 4}
    assert server.run("SELECT * FROM changed") == [(2, "b")]
