"""Changes of a real PostgreSQL, read from its log: none lost, none misread, all errors told."""

import contextlib
import json
import random
import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from summit_studio.cli.main import main
from summit_studio.connectors.contract import Misfit
from summit_studio.connectors.opening import open_database
from summit_studio.connectors.postgres.database import PostgresDatabase
from summit_studio.connectors.postgres.replication.lsn import lsn_of, lsn_text
from summit_studio.connectors.postgres.replication.reading import Changes, Portion
from summit_studio.connectors.postgres.replication.rows import Op
from summit_studio.connectors.postgres.replication.slots import create, drop, slots
from summit_studio.connectors.postgres.replication.tables import Drift, follow
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Position
from summit_studio.core.errors import Cancelled, ReadFailed
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace
from tests.connectors.conftest import Server

pytestmark = pytest.mark.postgres

INSERT, UPDATE, DELETE, TRUNCATE = Op


@pytest.fixture
def source(log_server: Server, workspace: Workspace) -> Iterator[PostgresDatabase]:
    log_server.run(
        "SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE active;"
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
    )
    for (name,) in log_server.run("SELECT pubname FROM pg_publication"):
        log_server.run(f"DROP PUBLICATION {name}")
    log_server.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    database = open_database(log_server.connection(), SecretStore(), workspace)
    assert isinstance(database, PostgresDatabase)
    yield database
    database.close()


def changes_of(database: PostgresDatabase, *tables: str, **options: Any) -> Changes:
    return Changes(database, "s", "s", follow(database, "s", tables or ("t",)), **options)


def rows_of(portions: Sequence[Portion]) -> list[tuple[Any, ...]]:
    """Return op and values of all changes, in their order."""
    rows = [
        row
        for portion in portions
        for batch in portion.batches.values()
        for row in batch.to_pylist()
    ]
    rows.sort(key=lambda row: row["__summit_seq"])
    return [
        (row["__summit_op"], *(v for n, v in row.items() if not n.startswith("__summit")))
        for row in rows
    ]


def read(changes: Changes, after: Position, **options: Any) -> tuple[list[Any], Position]:
    portions = list(changes.portions(after, **options))
    position = portions[-1].position
    assert position is not None
    return rows_of(portions), position


def refusal(changes: Changes, after: Position) -> str:
    with pytest.raises(ReadFailed) as caught:
        list(changes.portions(after))
    return caught.value.code


def test_every_kind_of_change_is_told_once_and_kept_until_it_is_acknowledged(
    log_server: Server, source: PostgresDatabase
):
    log_server.run("CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE other (a int)")
    create(source, "s", ["t"])
    changes = changes_of(source)
    start = changes.start(snapshot=False)
    for sql in (
        "INSERT INTO t VALUES (1, 'a'), (2, NULL)", "UPDATE t SET v = '' WHERE id = 1",
        "UPDATE t SET id = 3 WHERE id = 2", "DELETE FROM t WHERE id = 1",
        "INSERT INTO other VALUES (1)", "TRUNCATE t", "INSERT INTO t VALUES (4, '\"x,\ny')",
    ):  # fmt: skip
        log_server.run(sql)
    told = [
        (INSERT, 1, "a"), (INSERT, 2, None), (UPDATE, 1, ""), (DELETE, 2, None),
        (UPDATE, 3, None), (DELETE, 1, None), (TRUNCATE, None, None), (INSERT, 4, '"x,\ny'),
    ]  # fmt: skip
    rows, end = read(changes, start)
    assert rows == told
    assert read(changes, start)[0] == told, "nothing was acknowledged"
    assert read(changes, end)[0] == []
    changes.acknowledge(end)
    assert slots(source, "s")[0].confirmed == lsn_of(end["lsn"])
    log_server.run("DELETE FROM t")
    assert read(changes, end)[0] == [(DELETE, 4, None)]
    assert refusal(changes, start) == "slot_moved"


def test_a_truncation_is_a_portion_of_its_own(log_server: Server, source: PostgresDatabase):
    log_server.run("CREATE TABLE t (id int PRIMARY KEY)")
    create(source, "s", ["t"])
    changes = changes_of(source)
    start = changes.start(snapshot=False)
    log_server.run("BEGIN; INSERT INTO t VALUES (1); TRUNCATE t; INSERT INTO t VALUES (2); COMMIT")
    portions = list(changes.portions(start))
    assert [rows_of([portion]) for portion in portions] == [
        [(INSERT, 1)], [(TRUNCATE, None)], [(INSERT, 2)],
    ]  # fmt: skip
    assert [portion.position is None for portion in portions] == [True, True, False]


def test_positions_stand_at_ends_of_transactions_and_reading_goes_on_at_each(
    log_server: Server, source: PostgresDatabase
):
    log_server.run("CREATE TABLE t (id int PRIMARY KEY)")
    create(source, "s", ["t"])
    changes = changes_of(source, piece=5)
    start = changes.start(snapshot=False)
    log_server.run("INSERT INTO t SELECT generate_series(1, 25)")
    for key in range(26, 40):
        log_server.run(f"INSERT INTO t VALUES ({key})")
    whole = rows_of(list(changes.portions(start, batch_rows=10)))
    assert whole == [(INSERT, key) for key in range(1, 40)]
    seen = 0
    for portion in changes.portions(start, batch_rows=10):
        seen += len(rows_of([portion]))
        assert len(rows_of([portion])) <= 20
        assert (portion.position is None) == (seen == 20)
        if portion.position is not None:
            rest = rows_of(list(changes_of(source).portions(portion.position)))
            assert rest == whole[seen:]
            changes.acknowledge(portion.position)  # Also while it is read.


VALUES = (
    "(1, 1.500, 12.50, '1 year -3 days 04:05:06.7', '{1,NULL}', '\\x00ff', true, "
    "'2020-01-02 03:04:05+02', '0dc4ee5f-38ef-4f3c-8b4e-0a1b2c3d4e5f', '{\"a\": 1}', 'sad', 7, "
    "'{0.10,2}', '-Infinity', '10.20')"
)
TABLE = (
    "CREATE TYPE mood AS ENUM ('sad'); CREATE DOMAIN small AS int; "
    "CREATE TABLE t (id int PRIMARY KEY, n numeric, m money, i interval, a int[], b bytea, "
    "f bool, z timestamptz, u uuid, j jsonb, e mood, d small, l numeric(4,2)[], x float8, "
    "p numeric(6,2))"
)


def test_values_are_those_that_a_read_of_the_table_gives(
    log_server: Server, source: PostgresDatabase
):
    log_server.run(TABLE)
    create(source, "s", ["t"])
    start = changes_of(source).start(snapshot=True)
    log_server.run(f"INSERT INTO t VALUES {VALUES}; INSERT INTO t VALUES (2)")
    rows, _ = read(changes_of(source), start)
    snapshot, stream = rows[:2], rows[2:]
    assert snapshot == stream
    assert stream[0][2:4] == (Decimal("1.5"), Decimal("12.50"))
    assert stream[1][2:] == (None,) * 14


def test_a_value_without_a_place_is_rejected_alone(log_server: Server, source: PostgresDatabase):
    log_server.run("CREATE TABLE t (id int PRIMARY KEY, d date)")
    create(source, "s", ["t"])
    changes = changes_of(source)
    start = changes.start(snapshot=False)
    log_server.run("INSERT INTO t VALUES (1, '2020-01-01'), (2, 'infinity'), (3, NULL)")
    misfits: list[Misfit] = []
    rows, _ = read(changes, start, reject=misfits.append)
    assert [row[1] for row in rows] == [1, 3]
    assert [(m.column, m.raw) for m in misfits] == [("d", '{"id": "2", "d": "infinity"}')]
    assert misfits[0].row > lsn_of(start["lsn"]), "its place in the order"
    assert refusal(changes, start) == "value_does_not_fit"


def test_a_long_value_that_was_not_touched_is_never_null(
    log_server: Server, source: PostgresDatabase
):
    log_server.run(
        "CREATE TABLE t (id int PRIMARY KEY, n int, v text); ALTER TABLE t ALTER v SET STORAGE "
        "EXTERNAL; CREATE TABLE w (LIKE t INCLUDING ALL); ALTER TABLE w REPLICA IDENTITY FULL"
    )
    create(source, "s", ["t", "w"])
    changes = changes_of(source, "t", "w")
    start = changes.start(snapshot=False)
    for table in ("t", "w"):
        log_server.run(
            f"INSERT INTO {table} SELECT g, 0, repeat(g::text, 9000) FROM generate_series(1, 3) g;"
            f"UPDATE {table} SET n = n + 1; UPDATE {table} SET id = 9 WHERE id = 2;"
            f"DELETE FROM {table} WHERE id = 3"
        )
    portions = list(changes.portions(start))
    for name, whole in (("t", False), ("w", True)):
        own = [b for p in portions for n, b in p.batches.items() if n.table == name]
        rows = [row for batch in own for row in batch.to_pylist()]
        held = {}
        for row in rows:
            if row["__summit_op"] == DELETE:
                held.pop(row["id"], None)
                assert (row["v"] is not None) == whole
            else:
                held[row["id"]] = (row["n"], row["v"])
        assert held == {1: (1, "1" * 9000), 9: (1, "2" * 9000)}
    # Rows 2 and 3 of t had gone from their places before anybody could look.
    assert changes.superseded == 2


@pytest.mark.parametrize(
    ("change", "drift", "row"),
    [
        ("ADD x int", Drift(), None),
        ("ADD x int", Drift(new="ignore"), (INSERT, 2, 7, "v")),
        ("DROP v", Drift(), None),
        ("DROP v", Drift(missing="null"), (INSERT, 2, 7, None)),
        ("RENAME v TO x", Drift(new="ignore"), None),
        ("ALTER n TYPE text", Drift("ignore", "null"), None),
        ("ALTER n TYPE smallint", Drift(), (INSERT, 2, 7, "v")),
    ],
)
def test_columns_that_change_on_the_way_are_decided_on_and_never_misread(
    log_server: Server,
    source: PostgresDatabase,
    change: str,
    drift: Drift,
    row: tuple[Any, ...] | None,
):
    log_server.run("CREATE TABLE t (id int PRIMARY KEY, n int, v text)")
    create(source, "s", ["t"])
    changes = changes_of(source, drift=drift)
    start = changes.start(snapshot=False)
    values = "(2, 7)" if change == "DROP v" else "(2, 7, 'v')"
    log_server.run("INSERT INTO t VALUES (1, 1, 'a')")
    log_server.run(f"ALTER TABLE t {change}")
    log_server.run(f"INSERT INTO t VALUES {values}")
    if row is None:
        assert refusal(changes, start) == "columns_drifted"
    else:
        assert read(changes, start)[0] == [(INSERT, 1, 1, "a"), row]


def write(host: str, seed: int, half: threading.Barrier) -> None:
    """Change rows at random, and wait for the others when half is done."""
    chance = random.Random(seed)
    with psycopg.connect(host=host, user="postgres", autocommit=True) as session:
        for number in range(250):
            key = chance.randrange(1, 330)
            moved = f"id = {key} AND NOT EXISTS (SELECT FROM t WHERE id = {key + 1000})"
            kinds = (
                f"INSERT INTO t VALUES ({key}, {number}) ON CONFLICT DO NOTHING",
                f"UPDATE t SET v = {number} WHERE id = {key}",
                f"DELETE FROM t WHERE id = {key}",
                f"UPDATE t SET id = {key + 1000} WHERE {moved}",
            )
            with contextlib.suppress(psycopg.errors.UniqueViolation):
                session.execute(chance.choice(kinds).encode())
            if number == 125:
                half.wait(60)


class Target:
    """Holds the last row of each key, and how far it is."""

    def __init__(self, source: PostgresDatabase) -> None:
        self.source = source
        self.position = changes_of(source).start(snapshot=True)
        self.rows: dict[int, int] = {}
        self.chance = random.Random(3)

    def load(self) -> bool:
        """Take in some portions as a sink does; return True if it was all of them."""
        changes = changes_of(self.source, piece=50)
        waiting: list[Portion] = []
        for portion in changes.portions(self.position, batch_rows=40):
            waiting.append(portion)
            if portion.position is None:
                continue
            self.apply(waiting)
            waiting, self.position = [], portion.position
            if "snapshot" not in self.position:
                changes.acknowledge(self.position)
            if self.chance.random() < 0.3:
                return False
        return True

    def apply(self, portions: Sequence[Portion]) -> None:
        for op, key, v in rows_of(portions):
            if op == DELETE:
                self.rows.pop(key, None)
            else:
                self.rows[key] = v


def test_a_snapshot_and_the_changes_after_it_are_the_source_whatever_is_written_meanwhile(
    log_server: Server, source: PostgresDatabase
):
    """Portions are applied by key, cut at random and begun anew, while others write."""
    log_server.run(
        "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT g, 0 FROM "
        "generate_series(1, 300) g"
    )
    create(source, "s", ["t"])
    target = Target(source)
    half = threading.Barrier(3)
    host = log_server.host
    writers = [threading.Thread(target=write, args=(host, seed, half)) for seed in (1, 2)]
    for writer in writers:
        writer.start()
    for _ in range(3):
        target.load()
    assert "snapshot" in target.position, "the snapshot was cut"
    half.wait(60)
    for writer in writers:
        target.load()
        writer.join()
    while not target.load():
        pass
    assert sorted(target.rows.items()) == sorted(log_server.run("SELECT id, v FROM t"))


def test_what_was_changed_before_the_publication_is_told_to_be_lost(
    log_server: Server, source: PostgresDatabase
):
    """The server would pass over it with a warning."""
    log_server.run("CREATE TABLE t (id int PRIMARY KEY)")
    create(source, "s", ["t"])
    start = changes_of(source).start(snapshot=False)
    log_server.run("DROP PUBLICATION s")
    log_server.run("INSERT INTO t VALUES (1)")
    log_server.run("CREATE PUBLICATION s FOR TABLE t")
    log_server.run("INSERT INTO t VALUES (2)")
    assert refusal(changes_of(source), start) == "publication_missing"


def test_a_slot_that_others_meddle_with_is_told_of(log_server: Server, source: PostgresDatabase):
    log_server.run("CREATE TABLE t (id int PRIMARY KEY)")
    create(source, "s", ["t"])
    changes = changes_of(source)
    start = changes.start(snapshot=False)
    log_server.run("SELECT pg_drop_replication_slot('s')")
    assert refusal(changes, start) == "slot_missing"
    log_server.run("INSERT INTO t VALUES (1)")
    create(source, "s", ["t"])
    assert refusal(changes, start) == "slot_moved"
    drop(source, "s")
    assert log_server.run("SELECT FROM pg_publication") == []
    assert slots(source) == ()


def test_what_cannot_be_followed_is_refused_before_anything_is_made(
    log_server: Server, server: Server, source: PostgresDatabase, workspace: Workspace
):
    log_server.run("CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE bare (id int)")
    log_server.run("DROP ROLE IF EXISTS low; CREATE ROLE low LOGIN")
    low = open_database(log_server.connection(user="low"), SecretStore(), workspace)
    off = open_database(server.connection(), SecretStore(), workspace)
    assert isinstance(low, PostgresDatabase)
    assert isinstance(off, PostgresDatabase)
    for database, slot, table, code in (
        (source, "s", "bare", "replica_identity_missing"),
        (source, "s", "nowhere", "table_missing"),
        (source, "S-1", "t", "slot_name_invalid"),
        (low, "s", "t", "permission_denied"),
        (off, "s", "t", "replication_off"),
    ):
        with pytest.raises(ReadFailed) as caught:
            create(database, slot, [table])
        assert caught.value.code == code
    for number in range(5):
        create(source, f"s{number}", ["t"])
    with pytest.raises(ReadFailed) as caught:
        create(source, "s", ["t"])
    assert caught.value.code == "slots_full"
    assert ("s",) not in log_server.run("SELECT pubname FROM pg_publication")


def test_a_slot_that_the_server_gave_up_is_told_and_warned_of_before(
    log_server: Server, source: PostgresDatabase
):
    log_server.run("CREATE TABLE t (id int PRIMARY KEY)")
    changes = None
    try:
        create(source, "s", ["t"])
        changes = changes_of(source)
        start = changes.start(snapshot=False)
        assert "Nothing limits the disk" in slots(source, "s")[0].warnings[0]
        log_server.run("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'")
        log_server.run("SELECT pg_reload_conf()")
        before = slots(source, "s")[0]
        for _ in range(3):
            log_server.run("SELECT pg_logical_emit_message(false, '', repeat('x', 1000000))")
            log_server.run("SELECT pg_switch_wal()")
        after = slots(source, "s")[0]
        assert after.lag_bytes > before.lag_bytes + 3_000_000
        assert "about to be lost" in after.warnings[0]
        log_server.run("CHECKPOINT")
        assert refusal(changes, start) == "slot_invalidated"
        assert "changes are lost" in slots(source, "s")[0].warnings[0]
    finally:
        log_server.run("ALTER SYSTEM RESET max_slot_wal_keep_size")
        log_server.run("SELECT pg_reload_conf()")


def test_another_reader_is_named_and_a_read_can_be_cancelled(
    log_server: Server, source: PostgresDatabase
):
    log_server.run("CREATE TABLE t (id int PRIMARY KEY)")
    create(source, "s", ["t"])
    changes = changes_of(source)
    start = changes.start(snapshot=False)
    log_server.run("INSERT INTO t SELECT generate_series(1, 1000)")
    token = CancelToken()
    portions = changes.portions(start, batch_rows=10, cancel=token)
    next(portions)
    token.cancel()
    with pytest.raises(Cancelled):
        list(portions)
    assert len(read(changes, start)[0]) == 1000
    place = f"host={log_server.host} user=postgres dbname=postgres replication=database"
    reader = psycopg.pq.PGconn.connect(place.encode())
    started = reader.exec_(
        b"START_REPLICATION SLOT s LOGICAL 0/0 (proto_version '1', publication_names 's')"
    )
    assert started.status == psycopg.pq.ExecStatus.COPY_BOTH
    assert refusal(changes, start) == "slot_active"
    with pytest.raises(ReadFailed, match="reads it"):
        drop(source, "s")
    reader.finish()
    assert lsn_text(slots(source, "s")[0].confirmed) == start["lsn"]


def test_slots_are_made_shown_and_dropped_by_command(
    log_server: Server, source: PostgresDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    log_server.run("CREATE TABLE t (id int PRIMARY KEY)")
    toml = f'[shop]\nkind = "postgres"\nhost = "{log_server.host}"\nuser = "postgres"\n'
    (tmp_path / "connections.toml").write_text(toml + 'database = "postgres"\n')

    def summit(*words: str) -> tuple[int, str]:
        code = main(["cdc", words[0], "shop", *words[1:], "--workspace", str(tmp_path)])
        said = capsys.readouterr()
        return code, said.out + said.err

    assert summit("create", "s", "--table", "t")[0] == 0
    log_server.run("INSERT INTO t VALUES (1)")
    code, said = summit("status")
    assert (code, "DISK HELD" in said, "Nothing limits the disk" in said) == (0, True, True)
    (told,) = json.loads(summit("status", "s", "--json")[1])
    assert told["held_bytes"] >= told["lag_bytes"] > 0
    assert summit("drop", "s", "--table", "t")[0] == 2
    assert summit("drop", "s")[0] == 0
    code, said = summit("status", "s")
    assert (code, "slot_missing" in said) == (1, True)
    assert source.listed()
