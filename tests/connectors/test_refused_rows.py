"""One bad row never costs the others: what a table refuses goes out through the sink's port."""

import json
import sqlite3
from contextlib import closing

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit
from summit_studio.core.errors import SummitError

pytestmark = pytest.mark.postgres

TABLES = """
CREATE TABLE city (name {text} PRIMARY KEY);
INSERT INTO city VALUES ('Ulm'), ('Bonn');
CREATE TABLE t (
  id {whole} PRIMARY KEY, v {text} NOT NULL CHECK (length(v) < 9), city {text} REFERENCES city (name),
  code {text} UNIQUE, happened {text} DEFAULT 'now'
){strict};
INSERT INTO t (id, v, city, code) VALUES (1, 'old', 'Ulm', 'a');
"""  # noqa: E501
ROWS = [
    {"id": 2, "v": "good", "city": "Ulm", "code": "b"},
    {"id": 1, "v": "again", "city": "Ulm", "code": "c"},
    {"id": 3, "v": None, "city": "Ulm", "code": "d"},
    {"id": 4, "v": "far too long", "city": "Ulm", "code": "e"},
    {"id": 5, "v": "good", "city": "Rome", "code": "f"},
    {"id": 6, "v": "good", "city": None, "code": "a"},
    {"id": 7, "v": "good", "city": "Bonn", "code": None},
    {"id": 7, "v": "twice", "city": "Bonn", "code": None},
    {"id": 8, "v": "good", "city": "Bonn", "code": None},
    {"id": None, "v": "good", "city": "Bonn", "code": None},
]
CODES = [
    (1, "duplicate_key"), (3, "null_not_allowed"), (4, "check_violated"), (5, "foreign_key"),
    (6, "duplicate_key"), (7, "duplicate_key"), (None, "null_not_allowed"),
]  # fmt: skip


class Side:
    """A database and how a test asks it."""

    def __init__(self, folder, name, ask):
        self.folder, self.name, self.ask = folder, name, ask

    def load(self, rows, *, rejects=True, settings=None, **params):
        table = pa.Table.from_pylist(rows)
        pq.write_table(table, self.folder / "in.parquet")
        made = summit.Pipeline("refused", folder=self.folder)
        made.configure(**(settings or {}))
        source = made.add("parquet_source", path="in.parquet")
        sink = source.to("table_sink", "sink", connection=self.name, table="t", **params)
        if rejects:
            sink["rejected"].to("jsonl_sink", path="bad.jsonl")
        return made.run()

    def bad(self):
        text = (self.folder / "bad.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(params=["pg", "lite", "duck"])
def side(request, tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    server = request.getfixturevalue("server") if request.param == "pg" else None
    text = (
        '[lite]\nkind = "sqlite"\npath = "lite.db"\n\n[duck]\nkind = "duckdb"\npath = "duck.db"\n'
    )
    if server is not None:
        text += f'\n[pg]\nkind = "postgres"\nhost = "{server.host}"\n'
        text += 'database = "postgres"\nuser = "postgres"\n'
        server.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    (tmp_path / "connections.toml").write_text(text)

    def lite(query):
        with closing(sqlite3.connect(tmp_path / "lite.db")) as con, con:
            found = [con.execute(part).fetchall() for part in query.split(";") if part.strip()]
            return found[-1]

    def duck(query):
        with duckdb.connect(str(tmp_path / "duck.db")) as con:
            return con.execute(query).fetchall()

    ask = {"pg": server.run if server else None, "lite": lite, "duck": duck}[request.param]
    return Side(tmp_path, request.param, ask)


@pytest.fixture
def ruled(side):
    """A table that has rules of its own."""
    strict = " STRICT" if side.name == "lite" else ""
    whole = "INTEGER" if side.name == "lite" else "bigint"
    side.ask(TABLES.format(text="text", whole=whole, strict=strict))
    return side


def test_each_row_is_refused_for_itself_and_the_others_are_written(ruled):
    rows = ROWS[:-1] if ruled.name == "lite" else ROWS  # SQLite numbers a missing id itself.
    codes = CODES[:-1] if ruled.name == "lite" else CODES
    if ruled.name == "lite":
        codes = [c for c in codes if c[1] != "foreign_key"]  # Not kept unless asked for.
        rows = [r for r in rows if r["city"] != "Rome"]
    done = ruled.load(rows).raise_for_status()
    assert ruled.ask("SELECT id, v FROM t ORDER BY id") == [
        (1, "old"), (2, "good"), (7, "good"), (8, "good"),
    ]  # fmt: skip
    assert [(r["id"], r["reject_code"]) for r in ruled.bad()] == codes
    assert all(r["reject_reason"] for r in ruled.bad())
    line = done.ledger["sink"]
    assert (line.rows_out, line.rejected) == ({"written": 3}, len(codes))
    assert str(line.counted) == "counterpart"
    assert {r["v"]: r["reject_column"] for r in ruled.bad()}["again"] == "id"


def test_without_an_edge_the_first_ends_the_run_and_nothing_is_written(ruled):
    done = ruled.load(ROWS[:2], rejects=False)
    assert not done.ok
    with pytest.raises(SummitError) as caught:
        done.raise_for_status()
    assert "rejected port" in caught.value.do
    assert ruled.ask("SELECT id FROM t") == [(1,)]


def test_many_refused_rows_among_many(side):
    side.ask("CREATE TABLE t (id bigint PRIMARY KEY)")
    side.ask("INSERT INTO t SELECT 20 * v FROM (" + _numbers(5000, side.name) + ") AS n")
    rows = [{"id": i} for i in range(60_000)] + [{"id": i} for i in range(59_990, 60_010)]
    side.load(rows).raise_for_status()
    assert side.ask("SELECT count(*), max(id) FROM t") == [(62_009, 99_980)]
    bad = [r["id"] for r in side.bad()]
    assert bad == [*range(0, 60_000, 20), *range(59_990, 60_001)]


def _numbers(count, name):
    if name == "lite":
        return (
            "WITH RECURSIVE n (v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM n LIMIT "
            f"{count}) SELECT v FROM n"
        )
    end = count - 1 if name == "pg" else count
    kind = "generate_series" if name == "pg" else "range"
    return f"SELECT v FROM {kind}(0, {end}) AS n (v)"


def test_replace_sifts_too_and_its_old_rows_are_gone(ruled):
    rows = [{"id": 1, "v": "new"}, {"id": 2, "v": None}, {"id": 1, "v": "newer"}]
    ruled.load(rows, mode="replace").raise_for_status()
    assert ruled.ask("SELECT id, v FROM t") == [(1, "new")]
    assert [r["reject_code"] for r in ruled.bad()] == ["null_not_allowed", "duplicate_key"]


def test_a_value_out_of_range_is_refused(side):
    side.ask("CREATE TABLE t (n smallint" + (" CHECK (n < 32768))" if side.name == "lite" else ")"))
    side.load([{"n": 5}, {"n": 70_000}, {"n": None}]).raise_for_status()
    assert sorted(side.ask("SELECT n FROM t"), key=str) == [(5,), (None,)]
    assert [r["n"] for r in side.bad()] == [70_000]


def test_content_is_compared_without_the_refused_rows(side):
    rows = [{"x": 1.5}, {"x": float("nan")}, {"x": 2.5}]
    side.load(rows, settings={"verify": "content"}).raise_for_status()
    good = [(1.5,), (2.5,)]
    found = side.ask("SELECT x FROM t WHERE x < 9 ORDER BY x")
    assert found == good
    if side.name == "lite":  # NaN would be NULL there.
        assert [r["reject_code"] for r in side.bad()] == ["value_does_not_fit"]


def test_refused_rows_may_go_on_into_another_table_of_the_same_database(side):
    side.ask("CREATE TABLE t (id bigint PRIMARY KEY)")
    side.ask("CREATE TABLE u (id bigint, why text)")
    rows = [{"id": i // 2} for i in range(40_000)]
    pq.write_table(pa.Table.from_pylist(rows), side.folder / "in.parquet")
    made = summit.Pipeline("two", folder=side.folder)
    sink = made.add("parquet_source", path="in.parquet").to(
        "table_sink", connection=side.name, table="t"
    )
    columns = [{"column": "id"}, {"column": "reject_code", "name": "why"}]
    other = sink["rejected"].to("select_columns", columns=columns)
    other.to("table_sink", connection=side.name, table="u")
    made.run().raise_for_status()
    assert side.ask("SELECT count(*) FROM t") == [(20_000,)]
    found = side.ask("SELECT count(*), min(why), max(why) FROM u")
    assert found == [(20_000, "duplicate_key", "duplicate_key")]


def test_a_refused_row_takes_no_key_from_a_later_one(ruled):
    rows = [{"id": 9, "v": None}, {"id": 9, "v": "good"}, {"id": 9, "v": "late"}]
    ruled.load(rows).raise_for_status()
    assert ruled.ask("SELECT v FROM t WHERE id = 9") == [("good",)]
    assert [(r["v"], r["reject_code"]) for r in ruled.bad()] == [
        (None, "null_not_allowed"), ("late", "duplicate_key"),
    ]  # fmt: skip


def test_a_key_of_several_columns_and_nulls_in_it(side):
    whole = "INTEGER" if side.name == "lite" else "bigint"
    side.ask(f"CREATE TABLE t (a {whole}, b text, UNIQUE (a, b))")
    rows = [
        {"a": a, "b": b} for a, b in [(1, "x"), (1, "y"), (1, "x"), (1, None), (1, None), (0, "x")]
    ]
    side.load(rows).raise_for_status()
    assert side.ask("SELECT count(*) FROM t") == [(5,)]
    assert [(r["a"], r["b"], r["reject_column"]) for r in side.bad()] == [(1, "x", None)]


class TestPostgres:
    """What only PostgreSQL has."""

    @pytest.fixture
    def side(self, side):
        if side.name != "pg":
            pytest.skip("another system")
        return side

    def test_a_trigger_may_refuse_and_its_traces_go(self, side):
        side.ask("""
            CREATE TABLE log (id bigint);
            CREATE TABLE t (id bigint, v text);
            CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              INSERT INTO log VALUES (new.id);
              IF new.v = 'bad' THEN RAISE EXCEPTION 'no % here', new.v; END IF;
              RETURN new; END $$;
            CREATE TRIGGER guard BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION guard();
        """)
        rows = [{"id": 1, "v": "good"}, {"id": 2, "v": "bad"}, {"id": 3, "v": "good"}]
        side.load(rows).raise_for_status()
        assert side.ask("SELECT id FROM log ORDER BY 1") == [(1,), (3,)]
        assert [r["reject_reason"] for r in side.bad()] == ["no bad here"]

    def test_values_are_read_as_copy_reads_them(self, side):
        side.ask("""
            CREATE DOMAIN short AS varchar(3) CHECK (value <> 'no');
            CREATE TABLE t (n double precision, c varchar(4), s short, l text[],
              i bigint GENERATED BY DEFAULT AS IDENTITY, b bytea, u uuid, j jsonb);
        """)
        good = {
            "n": 1.25, "c": "four", "s": "yes", "l": ['a"b', None], "i": 7, "b": b"\\x00",
            "u": "0" * 32, "j": '{"a": 1}',
        }  # fmt: skip
        odd = [
            ("c", "fours", "value_too_long"), ("s", "long", "value_too_long"),
            ("s", "no", "check_violated"), ("u", "none", "value_invalid"),
            ("j", "{", "value_invalid"), ("c", "a\0b", "text_invalid"),
        ]  # fmt: skip
        rows = [good, *({**good, name: value} for name, value, _ in odd)]
        side.load(rows).raise_for_status()
        assert side.ask("SELECT n, c, s, l, i, b, u::text, j FROM t") == [
            (1.25, "four", "yes", ['a"b', None], 7, b"\\x00",
             "00000000-0000-0000-0000-000000000000", {"a": 1}),
        ]  # fmt: skip
        assert [r["reject_code"] for r in side.bad()] == [code for _, _, code in odd]

    DEFERRED = """
        CREATE TABLE u (id bigint PRIMARY KEY); INSERT INTO u VALUES (1);
        CREATE TABLE t (id bigint UNIQUE DEFERRABLE INITIALLY DEFERRED,
          u bigint REFERENCES u DEFERRABLE INITIALLY DEFERRED);
    """

    def test_what_could_wait_for_the_commit_is_told_row_by_row(self, side):
        side.ask(self.DEFERRED)
        side.ask("""
            CREATE FUNCTION even() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF new.id = 5 THEN RAISE EXCEPTION 'no five'; END IF; RETURN null; END $$;
            CREATE CONSTRAINT TRIGGER even AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
              FOR EACH ROW EXECUTE FUNCTION even();
        """)
        rows = [{"id": 1, "u": 1}, {"id": 2, "u": 7}, {"id": 1, "u": 1}, {"id": 5, "u": 1}]
        side.load([*rows, {"id": 3, "u": None}]).raise_for_status()
        assert side.ask("SELECT id FROM t ORDER BY 1") == [(1,), (3,)]
        assert [(r["id"], r["reject_code"]) for r in side.bad()] == [
            (2, "foreign_key"), (1, "duplicate_key"), (5, "refused_by_target"),
        ]  # fmt: skip

    @pytest.mark.parametrize("row", [{"id": 1, "u": 7}, {"id": 9, "u": 1}])
    @pytest.mark.parametrize("mode", ["append", "replace"])
    def test_without_an_edge_it_ends_the_run_before_anything_is_published(self, side, row, mode):
        side.ask(self.DEFERRED)
        rows = [{"id": 9, "u": 1}, row]
        pq.write_table(pa.Table.from_pylist(rows), side.folder / "in.parquet")
        made = summit.Pipeline("late", folder=side.folder)
        source = made.add("parquet_source", path="in.parquet")
        source.to("table_sink", connection=side.name, table="made")
        source.to("table_sink", connection=side.name, table="t", mode=mode)
        done = made.run()
        assert done.error is not None
        assert done.error.code == ("foreign_key" if row["u"] == 7 else "duplicate_key")
        assert side.ask("SELECT to_regclass('made'), (SELECT count(*) FROM t)") == [(None, 0)]

    def test_rows_that_others_refer_to_late_are_replaced_one_by_one(self, side):
        side.ask("""
            CREATE TABLE t (id bigint PRIMARY KEY); INSERT INTO t VALUES (1);
            CREATE TABLE u (id bigint REFERENCES t DEFERRABLE INITIALLY DEFERRED);
            INSERT INTO u VALUES (1);
        """)
        side.load([{"id": 2}, {"id": 1}, {"id": 2}], mode="replace").raise_for_status()
        assert side.ask("SELECT id FROM t ORDER BY 1") == [(1,), (2,)]
        assert [r["reject_code"] for r in side.bad()] == ["duplicate_key"]

    def test_a_policy_refuses_row_by_row(self, side):
        side.ask("""
            DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN;
            CREATE TABLE t (id bigint, v text); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON t USING (v = 'mine') WITH CHECK (v = 'mine');
            GRANT SELECT, INSERT ON t TO clerk; GRANT USAGE ON SCHEMA public TO clerk;
        """)
        file = side.folder / "connections.toml"
        file.write_text(file.read_text().replace('user = "postgres"', 'user = "clerk"'))
        rows = [{"id": 1, "v": "mine"}, {"id": 2, "v": "yours"}, {"id": 3, "v": "mine"}]
        side.load(rows).raise_for_status()
        assert side.ask("SELECT id FROM t ORDER BY 1") == [(1,), (3,)]
        assert [r["reject_code"] for r in side.bad()] == ["permission_denied"]

    def test_without_the_privilege_no_row_is_at_fault(self, side):
        side.ask("""
            DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN;
            CREATE TABLE t (id bigint, v text); GRANT SELECT ON t TO clerk;
            GRANT USAGE ON SCHEMA public TO clerk;
        """)
        file = side.folder / "connections.toml"
        file.write_text(file.read_text().replace('user = "postgres"', 'user = "clerk"'))
        done = side.load([{"id": 1, "v": "mine"}])
        assert not done.ok
        assert done.error is not None
        assert done.error.code == "permission_denied"

    def test_rows_that_others_refer_to_cannot_be_replaced_one_by_one(self, side):
        side.ask("""
            CREATE TABLE t (id bigint PRIMARY KEY); CREATE TABLE u (id bigint REFERENCES t);
            INSERT INTO t VALUES (1); INSERT INTO u VALUES (1);
        """)
        done = side.load([{"id": 1}], mode="replace")
        assert done.error is not None
        assert (done.error.code, "unconnected" in done.error.do) == ("foreign_key", True)
        side.load([{"id": 1}, {"id": 2}], mode="replace", rejects=False).raise_for_status()
        assert side.ask("SELECT count(*) FROM t") == [(2,)]


def test_a_sqlite_row_that_ends_the_transaction_ends_the_run(tmp_path, side):
    if side.name != "lite":
        pytest.skip("another system")
    side.ask("CREATE TABLE t (id INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)")
    done = side.load([{"id": 1}, {"id": 2}, {"id": 1}])
    assert done.error is not None
    assert done.error.code == "duplicate_key"
    assert side.ask("SELECT count(*) FROM t") == [(0,)]
    assert not (tmp_path / "bad.jsonl").exists()
