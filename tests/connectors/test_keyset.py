"""Tables read on in the order of a key, from real databases."""

import json
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import duckdb
import psycopg
import pytest

from summit_studio.connectors.contract import Database
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import InvalidParams, ReadFailed
from summit_studio.document.model import Node
from summit_studio.expressions.binder import Binder
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext, Replay, RunContext, SourceNode
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

pytestmark = pytest.mark.postgres

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def ask(database: Database, workspace: Workspace, request: pytest.FixtureRequest) -> Ask:
    """Run statements in the database by its own client."""
    connection = database.connection
    path = str(workspace.root / (connection.path or ""))

    def run(sql: str) -> list[tuple[Any, ...]]:
        if connection.kind == "postgres":
            return request.getfixturevalue("server").run(sql)
        if connection.kind == "duckdb":
            with duckdb.connect(path) as con:
                return con.execute(sql).fetchall()
        with closing(sqlite3.connect(path)) as con:
            for statement in sql.split(";"):
                found = con.execute(statement).fetchall()
            con.commit()
            return found

    return run


class Reading:
    """Reads a table of a workspace from any position."""

    def __init__(self, workspace: Workspace, binder: Binder, key: Sequence[str]) -> None:
        self._workspace = workspace
        params = {"connection": "db", "table": "t", "key": list(key)}
        node = Catalogue.load().bind(Node("n", "table_source", params))
        assert isinstance(node, SourceNode)
        self.node = node
        self.schema = node.infer({}, DesignContext(workspace, binder, SecretStore()))["rows"]
        self.context = RunContext("r", workspace, SecretStore(), CancelToken(), batch_rows=3)

    def chunks(self, start: Any = None) -> tuple[list[tuple[Any, Any, Any, Any]], int | None]:
        reader = self.node.open(self.schema, replace(self.context, start=start))
        try:
            found = []
            for chunk in reader.chunks():
                loaded = chunk.load()
                rejected = [] if loaded.rejected is None else loaded.rejected.to_pylist()
                position = json.loads(json.dumps(chunk.position, allow_nan=False))
                assert loaded.lines is not None
                lines = list(loaded.lines())
                found.append((position, loaded.rows.to_pylist(), rejected, lines))
            return found, reader.total()
        finally:
            reader.close()

    def check(self) -> list[tuple[Any, Any, Any, Any]]:
        """Read on from behind each chunk; return all of them."""
        assert self.node.replay(self.context) is Replay.ORDERED
        whole, total = self.chunks()
        assert total == sum(len(rows) + len(rejected) for _, rows, rejected, _ in whole)
        for k, (position, _, _, _) in enumerate(whole):
            rest, left = self.chunks(position)
            # NaN is not equal to itself.
            assert repr(rest) == repr(whole[k + 1 :])
            assert left == sum(len(rows) + len(rejected) for _, rows, rejected, _ in rest)
        return whole


@pytest.fixture
def reading(database: Database, workspace: Workspace):
    connection = database.connection.model_copy(update={"name": "db"})
    opened = Workspace(workspace.root, {"db": connection}, trusted=False)
    with Binder() as binder:
        yield lambda *key: Reading(opened, binder, key)


def kind(database: Database) -> str:
    return str(database.connection.kind)


TYPES = {
    "BIGINT": ["-9223372036854775808", "-1", "0", "2", "10", "9223372036854775807"],
    "DECIMAL(38,10)": ["-1.5", "0.0000000001", "0.0000000002", "9", "10", "123456789012345678"],
    "DOUBLE PRECISION": ["-1e300", "0.1", "0.30000000000000004", "0.3", "2", "10"],
    "VARCHAR": ["''", "'a'", "'A'", "'B'", "'ä'", "'a''\"\\'", "'a b'", "'Z'", "'é'", "'9'"],
    "DATE": ["'2024-02-29'", "'1969-12-31'", "'0001-01-01'", "'9999-12-31'", "'2024-03-01'"],
    "TIMESTAMP": [
        "'2024-01-01 00:00:00.000001'", "'2024-01-01 00:00:00.000002'", "'1969-12-31 23:59:59.9'",
        "'2024-01-01 00:00:00'",
    ],
    "TIMESTAMP WITH TIME ZONE": [
        "'2024-01-01 00:00:00.000001+02'", "'2023-12-31 22:00:00.000002+00'",
        "'2024-06-01 00:00:00+00'", "'1969-12-31 23:59:59+00'",
    ],
    "UUID": [f"'{uuid.UUID(int=n)}'" for n in (1, 255, 2**127, 16, 2**64)],
    "BOOLEAN": ["true", "false"],
}  # fmt: skip


@pytest.mark.parametrize("type_name", TYPES)
def test_every_type_of_key(database: Database, ask: Ask, reading: Any, type_name: str):
    values = TYPES[type_name]
    if kind(database) == "sqlite" and type_name.startswith("DECIMAL"):
        values = [value for value in values if len(value) < 15]
    rows = ", ".join(f"({value}, {n}, {n % 2})" for n, value in enumerate(values))
    ask(f"CREATE TABLE t (k {type_name} NOT NULL, n BIGINT, m BIGINT, PRIMARY KEY (k))")
    ask(f"INSERT INTO t (k, n, m) VALUES {rows}")
    whole = reading("k").check()
    numbers = [row["n"] for _, found, _, _ in whole for row in found]
    assert sorted(numbers) == list(range(len(values)))
    ordered = ask(f"SELECT n FROM t ORDER BY k{_bytewise(database, type_name)}")
    assert numbers == [n for (n,) in ordered]
    two = reading("m", "k").check()
    assert sorted(row["n"] for _, found, _, _ in two for row in found) == sorted(numbers)


def _bytewise(database: Database, type_name: str) -> str:
    return ' COLLATE "C"' if kind(database) == "duckdb" and type_name == "VARCHAR" else ""


def test_rows_that_do_not_fit_keep_their_numbers(database: Database, ask: Ask, reading: Any):
    if kind(database) == "postgres":
        ask("CREATE TABLE t (k BIGINT PRIMARY KEY, v DATE)")
        values = ["'infinity'" if n % 4 == 1 or n > 14 else "'2024-01-01'" for n in range(20)]
    elif kind(database) == "duckdb":
        ask("CREATE TABLE t (k BIGINT PRIMARY KEY, v TIMESTAMP_NS)")
        odd = "'2024-01-01 00:00:00.000000001'"
        values = [odd if n % 4 == 1 or n > 14 else "'2024-01-01'" for n in range(20)]
    else:
        ask("CREATE TABLE t (k BIGINT PRIMARY KEY, v INTEGER)")
        values = ["'much'" if n % 4 == 1 or n > 14 else "1" for n in range(20)]
    listed = ", ".join(f"({100 - n}, {value})" for n, value in enumerate(reversed(values)))
    ask(f"INSERT INTO t VALUES {listed}")
    whole = reading("k").check()
    bad = [row["line"] for _, _, rejected, _ in whole for row in rejected]
    assert bad == [n + 1 for n in range(20) if n % 4 == 1 or n > 14]
    good = [number for _, _, _, lines in whole for number in lines]
    assert sorted(bad + good) == list(range(1, 21))


def test_values_of_a_key_are_no_sql(ask: Ask, reading: Any):
    ask("CREATE TABLE t (k VARCHAR(200) PRIMARY KEY, v BIGINT)")
    names = ["'); DROP TABLE t; --", '"', "%s", "$1", "\\", "x\ny", "a,b", '"a","b"', "?", ""]
    quoted = [name.replace("'", "''") for name in names]
    for number, name in enumerate(quoted):
        ask(f"INSERT INTO t VALUES ('{name}', {number})".replace(";", ":"))
    assert sum(len(rows) for _, rows, _, _ in reading("k").check()) == len(names)


@pytest.mark.parametrize("key", [["k"], ["a", "k"], ["k", "a"]])
def test_a_key_that_is_null_somewhere_is_refused(ask: Ask, reading: Any, key: list[str]):
    ask("CREATE TABLE t (k BIGINT, a BIGINT NOT NULL)")
    ask("INSERT INTO t VALUES (1, 1), (NULL, 2), (3, 3)")
    with pytest.raises(ReadFailed) as caught:
        reading(*key).chunks()
    assert (caught.value.code, caught.value.where.column) == ("key_null", "k")


def test_a_key_of_two_rows_is_refused(ask: Ask, reading: Any):
    ask("CREATE TABLE t (k BIGINT, a BIGINT)")
    ask("INSERT INTO t VALUES (1, 1), (1, 2), (3, 3)")
    with pytest.raises(ReadFailed) as caught:
        reading("k").chunks()
    assert caught.value.code == "key_not_unique"
    assert len(reading("k", "a").check()) == 1


def test_a_view_is_read_by_a_key(ask: Ask, reading: Any):
    ask("CREATE TABLE base (k BIGINT PRIMARY KEY, v BIGINT)")
    ask("INSERT INTO base VALUES (5, 1), (3, 2), (9, 3), (1, 4)")
    ask("CREATE VIEW t AS SELECT k, v + 1 AS v FROM base")
    assert [row["k"] for _, rows, _, _ in reading("k").check() for row in rows] == [1, 3, 5, 9]


def test_rows_that_changed_meanwhile_are_newer_and_none_is_lost(ask: Ask, reading: Any):
    ask("CREATE TABLE t (k BIGINT PRIMARY KEY, v BIGINT)")
    ask(f"INSERT INTO t VALUES {', '.join(f'({n}, 0)' for n in range(0, 20, 2))}")
    one = reading("k")
    (first, *_), _ = one.chunks()
    assert first[0] == {"key": first[0]["key"], "row": 3}
    ask("UPDATE t SET v = 1 WHERE k > 4")
    ask("DELETE FROM t WHERE k = 4")  # The very row behind which to go on.
    ask("INSERT INTO t VALUES (5, 1), (1, 1)")
    rest, total = one.chunks(first[0])
    rows = [(row["k"], row["v"]) for _, found, _, _ in rest for row in found]
    assert rows == [(k, 1) for k in (5, 6, 8, 10, 12, 14, 16, 18)]
    assert (rest[0][3][0], total) == (4, 8)


def test_a_column_that_is_not_there_or_has_no_order_is_no_key(ask: Ask, reading: Any):
    ask("CREATE TABLE t (k BIGINT PRIMARY KEY, j JSON)")
    for key, code in (
        (["gone"], "column_missing"),
        (["k", "K"], "name_taken"),
        (["j"], "type_unfit"),
    ):
        with pytest.raises(InvalidParams) as caught:
            reading(*key)
        assert caught.value.code == code
        assert (caught.value.where.param or "").startswith("key")


def test_an_empty_table_has_no_chunks(ask: Ask, reading: Any):
    ask("CREATE TABLE t (k BIGINT PRIMARY KEY)")
    assert reading("k").chunks() == ([], 0)


class TestSqlite:
    @pytest.fixture
    def database(self, sqlite: Database) -> Database:
        return sqlite

    def test_texts_that_a_column_holds_as_equal_are_two_keys(self, ask: Ask, reading: Any):
        ask("CREATE TABLE t (k TEXT COLLATE NOCASE NOT NULL)")
        ask("CREATE UNIQUE INDEX i ON t (k COLLATE BINARY)")
        ask("INSERT INTO t VALUES ('a'), ('A'), ('b'), ('B'), ('c'), ('C'), ('d')")
        found = [row["k"] for _, rows, _, _ in reading("k").check() for row in rows]
        assert found == ["A", "B", "C", "a", "b", "c", "d"]

    def test_values_of_several_classes(self, ask: Ask, reading: Any):
        ask("CREATE TABLE t (k PRIMARY KEY NOT NULL, v TEXT)")
        ask("INSERT INTO t VALUES (1, 'a'), (1.5, 'b'), ('1', 'c'), (x'01', 'd'), (9e999, 'e')")
        ask("INSERT INTO t VALUES (9007199254740993, 'f'), (9007199254740992.0, 'g'), ('', 'h')")
        whole = reading("k").check()
        rejected = [row for _, _, bad, _ in whole for row in bad]
        assert sum(len(rows) for _, rows, _, _ in whole) + len(rejected) == 8


class TestDuckdb:
    @pytest.fixture
    def database(self, duckdb_file: Database) -> Database:
        return duckdb_file

    @pytest.mark.parametrize(
        ("type_name", "values"),
        [
            ("VARCHAR COLLATE NOCASE", ["'a'", "'A'", "'b'", "'B'"]),
            ("HUGEINT", ["170141183460469231731687303715884105727", "1", "2", "-3", "4"]),
            ("TIMESTAMP_NS", [f"'2024-01-01 00:00:00.00000000{n}'" for n in range(1, 8)]),
            ("BLOB", ["'\\x00'", "'\\xFF'", "''", "'a'", "'\\x00\\x01'"]),
            ("ENUM ('z', 'y', 'a', 'b')", ["'a'", "'b'", "'z'", "'y'"]),
            ("DOUBLE", ["'nan'", "'inf'", "'-inf'", "1", "0.1"]),
        ],
    )  # fmt: skip
    def test_types_of_its_own(self, ask: Ask, reading: Any, type_name: str, values: list[str]):
        ask(f"CREATE TABLE t (k {type_name} PRIMARY KEY)")
        ask(f"INSERT INTO t VALUES {', '.join(f'({value})' for value in values)}")
        whole = reading("k").check()
        assert sum(len(rows) + len(bad) for _, rows, bad, _ in whole) == len(values)

    def test_chunks_are_cut_in_the_same_places_of_many_rows(self, ask: Ask, reading: Any):
        ask("CREATE TABLE t AS SELECT hash(i)::VARCHAR AS k, i AS v FROM range(30_000) r(i)")
        one = reading("k")
        one.context = replace(one.context, batch_rows=7_000)
        assert [len(rows) for _, rows, _, _ in one.check()] == [7_000] * 4 + [2_000]


def _letter_case_aside(ask: Ask) -> None:
    """Make a collation `ci` by which texts are equal that differ in letter case alone."""
    try:
        ask(
            "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', "
            "deterministic = false)"
        )
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this server was built without ICU")


class TestPostgres:
    @pytest.fixture
    def database(self, postgres: Database) -> Database:
        return postgres

    @pytest.mark.parametrize(
        ("type_name", "values"),
        [
            ("char(5)", ["'a'", "'b  '", "'abcde'", "''"]),
            ("numeric", ["'NaN'", "1.10", "1e-50", "-1e30", "12345678901234567890.5"]),
            ("money", ["1.5", "-2", "1000000", "3"]),
            ("timestamp", ["'infinity'", "'-infinity'", "'2024-01-01'", "'0044-03-15 BC'"]),
            ("bit(4)", ["B'0001'", "B'1111'", "B'1000'", "B'0010'"]),
            ("inet", ["'10.0.0.1'", "'10.0.0.10'", "'10.0.0.2/8'", "'::1'"]),
            ("bytea", ["'\\x00'", "'\\xff'", "''", "'\\x0001'"]),
            ("mood", ["'sad'", "'glad'", "'so so'", "'mad'"]),
            ("small", ["1", "2", "3", "4"]),
            ("real", ["'NaN'", "0.1", "1e-30", "'-Infinity'"]),
            ('text COLLATE "C"', ["'a'", "'A'", "'b'", "'B'"]),
            ("text COLLATE ci", ["'a'", "'B'", "'c'", "'D'"]),
        ],
    )  # fmt: skip
    def test_types_of_its_own(self, ask: Ask, reading: Any, type_name: str, values: list[str]):
        ask("CREATE TYPE mood AS ENUM ('sad', 'so so', 'glad', 'mad')")
        ask("CREATE DOMAIN small AS smallint CHECK (VALUE < 99)")
        if "ci" in type_name:
            _letter_case_aside(ask)
        ask(f"CREATE TABLE t (k {type_name} PRIMARY KEY, v text)")
        ask(f"INSERT INTO t VALUES {', '.join(f'({value})' for value in values)}")
        whole = reading("k").check()
        assert sum(len(rows) + len(bad) for _, rows, bad, _ in whole) == len(values)

    def test_an_index_by_another_collation_does_not_make_a_key(self, ask: Ask, reading: Any):
        _letter_case_aside(ask)
        ask("CREATE TABLE t (k text COLLATE ci)")
        ask('CREATE UNIQUE INDEX i ON t (k COLLATE "C")')
        ask("INSERT INTO t VALUES ('a'), ('A'), ('b')")
        with pytest.raises(ReadFailed) as caught:
            reading("k").chunks()
        assert caught.value.code == "key_not_unique"

    def test_a_large_text_beside_the_key(self, ask: Ask, reading: Any):
        ask("CREATE TABLE t (v text, k bigint PRIMARY KEY)")
        ask("INSERT INTO t SELECT repeat('x,\"\n', 60000), g FROM generate_series(1, 7) g")
        assert [len(rows) for _, rows, _, _ in reading("k").check()] == [3, 3, 1]

    def test_a_row_that_does_not_fit_may_be_large(self, ask: Ask, reading: Any):
        ask("CREATE TABLE t (k bigint PRIMARY KEY, v text, d date)")
        ask(
            "INSERT INTO t VALUES (1, repeat(E'x,\"\n', 60000), 'infinity'), (2, NULL, '-infinity')"
        )
        for key in ((), ("k",)):
            chunks, _ = reading(*key).chunks()
            raws = [json.loads(row["raw"]) for _, _, rejected, _ in chunks for row in rejected]
            assert raws == [
                {"k": "1", "v": 'x,"\n' * 60_000, "d": "infinity"},
                {"k": "2", "v": "", "d": "-infinity"},
            ]

    def test_an_index_gives_the_rows_behind(self, ask: Ask):
        ask("CREATE TABLE t (a bigint, k text, PRIMARY KEY (a, k))")
        ask("INSERT INTO t SELECT g % 100, g::text FROM generate_series(1, 50000) g")
        ask("ANALYZE t")
        bounds = [
            f"CAST(current_setting('summit.key_{at}', true) AS {kind})"
            for at, kind in enumerate(("bigint", "text"))
        ]
        shown = ask(
            f"EXPLAIN SELECT * FROM t WHERE (a, k) > ({', '.join(bounds)}) ORDER BY a, k LIMIT 10"
        )
        assert "Index Cond" in str(shown)
