"""One window of a table's rows replaced by those that come, in every database."""

import pyarrow as pa
import pytest

from summit_studio.connectors.checkpoint import StageTable
from summit_studio.connectors.contract import Database
from summit_studio.connectors.merging import Merge
from summit_studio.connectors.names import TableName
from summit_studio.core.errors import WriteFailed
from summit_studio.core.schema import Schema, to_arrow

pytestmark = pytest.mark.postgres

ROWS = Schema.of({"day": "VARCHAR", "n": "BIGINT"})
MONDAY = Merge("window", (), where="day = 'mo' OR day LIKE 'mo%' -- of any week")


def batch(*rows: tuple) -> pa.RecordBatch:
    told = [dict(zip(ROWS.names, row, strict=True)) for row in rows]
    return pa.RecordBatch.from_pylist(told, schema=to_arrow(ROWS))


def fill(database: Database, *rows: tuple, merge: Merge | None = None) -> dict[str, int]:
    writer = database.writer("t", ROWS, merge=merge)
    try:
        writer.write(batch(*rows))
        assert writer.prepare() == len(rows)
    except BaseException:
        writer.abort()
        raise
    return writer.commit()


def rows(database: Database) -> list[tuple]:
    found = list(database.read("SELECT day, n FROM t"))
    return sorted(tuple(r.values()) for b in found for r in b.to_pylist())


def test_the_rows_of_the_window_go_and_the_others_stay(database: Database):
    fill(database, ("mo", 1), ("mo", 2), ("tu", 3))
    for deleted in (2, 3):
        given = [("mo", 2), ("mo", 7), ("mo1", 8)]
        assert fill(database, *given, merge=MONDAY) == {"inserted": 3, "deleted": deleted}
        assert rows(database) == [*given, ("tu", 3)]


@pytest.mark.parametrize("day", ["tu", None])
def test_a_row_outside_of_the_window_ends_the_load(database: Database, day: str | None):
    fill(database, ("mo", 1), ("tu", 3))
    with pytest.raises(WriteFailed) as caught:
        fill(database, ("mo", 2), (day, 9), merge=MONDAY)
    assert caught.value.code == "outside_window"
    assert rows(database) == [("mo", 1), ("tu", 3)]


def test_a_staged_load_replaces_the_window_when_it_is_gathered(database: Database):
    fill(database, ("mo", 1), ("tu", 3))
    stage = TableName(database.standing("t").name.schema, "t_stage")
    for number, row in enumerate([("mo", 5), ("mo", 6)]):
        writer = database.writer("t", ROWS, merge=MONDAY, stage=StageTable(stage, number > 0))
        writer.write(batch(row))
        assert writer.prepare() == 1
        if number:
            assert writer.gather() == 2
        counts = writer.commit()
        assert rows(database) == [("mo", 1), ("tu", 3)] or number
    assert counts == {"inserted": 2, "deleted": 1}
    assert rows(database) == [("mo", 5), ("mo", 6), ("tu", 3)]
