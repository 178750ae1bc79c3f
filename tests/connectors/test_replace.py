"""Replace changes the rows of a table and nothing else that its catalogue knows of it."""

import sqlite3
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import summit_studio as summit
from summit_studio.connectors.contract import Database
from summit_studio.connectors.opening import open_database
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import InvalidParams, WriteFailed
from summit_studio.core.problems import Severity
from summit_studio.core.schema import Schema, to_arrow
from summit_studio.document.model import Node
from summit_studio.expressions.binder import Binder
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext, RunContext
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.connections import Connection
from summit_studio.workspace.workspace import Workspace

pytestmark = pytest.mark.postgres

ROWS = Schema.of({"id": "BIGINT", "v": "VARCHAR"})
ID = Schema.of({"id": "BIGINT"})


def put(database: Database, table: str, rows: list[dict], schema: Schema = ROWS, **how: Any) -> int:
    """Replace the rows of a table, and return how many the database says it took."""
    writer = database.writer(table, schema, "replace", **how)
    try:
        writer.write(pa.RecordBatch.from_pylist(rows, schema=to_arrow(schema)))
        taken = writer.prepare()
    except BaseException:
        writer.abort()
        raise
    assert writer.commit() == {"inserted": taken}
    return taken


def numbered(*ids: int) -> list[dict]:
    return [{"id": i, "v": f"new {i}"} for i in ids]


class TestPostgres:
    """PostgreSQL."""

    KNOWN = """
    SELECT 'class', c.oid::text, to_jsonb(c) - array['relfilenode', 'relpages', 'reltuples',
        'relallvisible', 'relallfrozen', 'relfrozenxid', 'relminmxid', 'relhastriggers']
      FROM pg_class c WHERE relnamespace IN (SELECT oid FROM spaces)
    UNION ALL SELECT 'column', attrelid || '.' || attname, to_jsonb(a)
      FROM pg_attribute a WHERE attrelid IN (SELECT oid FROM classes)
    UNION ALL SELECT 'default', adrelid || '.' || adnum, to_jsonb(pg_get_expr(adbin, adrelid))
      FROM pg_attrdef WHERE adrelid IN (SELECT oid FROM classes)
    UNION ALL SELECT 'index', indexrelid::text, to_jsonb(pg_get_indexdef(indexrelid))
      FROM pg_index WHERE indrelid IN (SELECT oid FROM classes)
    UNION ALL SELECT 'constraint', oid::text,
        to_jsonb(c) || jsonb_build_object('def', pg_get_constraintdef(oid))
      FROM pg_constraint c WHERE connamespace IN (SELECT oid FROM spaces)
    UNION ALL SELECT 'trigger', oid::text,
        to_jsonb(t) || jsonb_build_object('def', pg_get_triggerdef(oid))
      FROM pg_trigger t WHERE tgrelid IN (SELECT oid FROM classes)
    UNION ALL SELECT 'policy', oid::text, to_jsonb(p) FROM pg_policy p
    UNION ALL SELECT 'inherits', inhrelid::text, to_jsonb(i) FROM pg_inherits i
    UNION ALL SELECT 'partitioned', partrelid::text, to_jsonb(p) FROM pg_partitioned_table p
    UNION ALL SELECT 'published', oid::text, to_jsonb(p) FROM pg_publication_rel p
    UNION ALL SELECT 'statistics', oid::text, to_jsonb(s) FROM pg_statistic_ext s
    UNION ALL SELECT 'rule', oid::text, to_jsonb(pg_get_ruledef(oid))
      FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM classes)
    UNION ALL SELECT 'comment', objoid || '.' || objsubid, to_jsonb(description)
      FROM pg_description WHERE objoid IN (SELECT oid FROM classes)
    UNION ALL SELECT 'depends', concat_ws('.', classid, objid, objsubid, refclassid, refobjid,
        refobjsubid), to_jsonb(deptype)
      FROM pg_depend WHERE refobjid IN (SELECT oid FROM classes)
    UNION ALL SELECT 'owner', concat_ws('.', objid, refobjid), to_jsonb(deptype)
      FROM pg_shdepend WHERE objid IN (SELECT oid FROM classes)
    UNION ALL SELECT 'sequence', schemaname || '.' || sequencename, to_jsonb(s)
      FROM pg_sequences s
    ORDER BY 1, 2
    """
    """All that the catalogue holds, save where rows lie and how many there are.

    relhastriggers is a hint that VACUUM and the planner keep.
    """

    def known(self, server) -> dict[tuple[str, str], Any]:
        spaces = "SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'other')"
        classes = "SELECT oid FROM pg_class WHERE relnamespace IN (SELECT oid FROM spaces)"
        rows = server.run(f"WITH spaces AS ({spaces}), classes AS ({classes}) {self.KNOWN}")
        return {(kind, name): value for kind, name, value in rows}

    @pytest.fixture
    def rich(self, server, postgres: Database):
        """Tables that have everything a table can have."""
        server.run("""
            DROP PUBLICATION IF EXISTS news; DROP SCHEMA IF EXISTS other CASCADE;
            CREATE SCHEMA other; CREATE TABLE other.t (id bigint);
            INSERT INTO other.t VALUES (77);
            CREATE TABLE kinds (v text PRIMARY KEY);
            INSERT INTO kinds VALUES ('old'), ('new 1'), ('new 2'), ('new 3');
            CREATE TABLE t (
                id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
                v text NOT NULL DEFAULT 'old' REFERENCES kinds UNIQUE CHECK (v <> ''),
                at timestamptz DEFAULT now(), twice bigint GENERATED ALWAYS AS (id * 2) STORED,
                n serial, EXCLUDE USING btree (n WITH =)
            ) WITH (fillfactor = 70, autovacuum_enabled = false);
            INSERT INTO t (v) VALUES ('old');
            CREATE INDEX t_part ON t (lower(v)) WHERE id > 0;
            CREATE STATISTICS t_stat ON id, v FROM t;
            ALTER TABLE t ALTER v SET STATISTICS 77, ALTER v SET STORAGE EXTERNAL;
            ALTER TABLE t CLUSTER ON t_pkey;
            CREATE TABLE child (id bigint REFERENCES t); INSERT INTO child VALUES (1);
            CREATE VIEW above AS SELECT id, v FROM t;
            CREATE MATERIALIZED VIEW kept AS SELECT id FROM t;
            CREATE TABLE log (what text);
            CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO log VALUES (TG_OP); RETURN NULL; END $$;
            CREATE TRIGGER noted AFTER INSERT OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION note();
            ALTER TABLE t ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON t FOR SELECT TO reader USING (v = 'new 1');
            GRANT SELECT ON t TO reader WITH GRANT OPTION; GRANT UPDATE (v) ON t TO PUBLIC;
            GRANT SELECT, INSERT, DELETE, REFERENCES ON t, child TO ana;
            GRANT USAGE ON SCHEMA public TO reader;
            COMMENT ON TABLE t IS 'the table'; COMMENT ON COLUMN t.v IS 'the column';
            CREATE PUBLICATION news FOR TABLE t (id, v) WHERE (id > 0);
            CREATE TABLE parts (id bigint, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF parts FOR VALUES FROM (0) TO (10);
            CREATE TABLE high PARTITION OF parts DEFAULT;
            CREATE TABLE heir () INHERITS (log);
            INSERT INTO parts VALUES (1, 'old'), (50, 'old');
        """)
        yield postgres
        server.run("DROP PUBLICATION news; DROP SCHEMA other CASCADE")

    def test_nothing_the_catalogue_knows_changes(self, server, workspace, rich: Database):
        before = self.known(server)
        assert len(before) > 150
        assert put(rich, "t", numbered(1, 2)) == 2
        after = self.known(server)
        sequences = {key for key in before if before[key] != after.get(key)}
        assert sequences == {("sequence", "public.t_n_seq")}, "the serial went on, the identity not"
        assert after.keys() == before.keys()
        assert server.run("SELECT id, v, twice, n FROM t ORDER BY id") == [
            (1, "new 1", 2, 2), (2, "new 2", 4, 3),
        ]  # fmt: skip
        assert server.run("SELECT what FROM log") == [("DELETE",), ("INSERT",), ("INSERT",)]
        assert server.run("SELECT id FROM other.t") == [(77,)]
        made = server.connection(user="reader")
        with open_database(made, SecretStore(), workspace) as reader:
            seen = [row for part in reader.read("t") for row in part.to_pylist()]
        assert [row["id"] for row in seen] == [1], "the policy still holds for the reader"

    @pytest.mark.parametrize(
        ("table", "left"), [("parts", [(1, "new 1"), (20, "new 20")]), ("low", None)]
    )
    def test_partitions_stay_what_they_are(self, server, rich: Database, table, left):
        before = self.known(server)
        put(rich, table, numbered(1, 20) if left else numbered(1))
        assert self.known(server) == before
        found = server.run("SELECT id, v FROM parts ORDER BY id")
        assert found == (left or [(1, "new 1"), (50, "old")])

    def test_rows_of_heirs_are_theirs(self, server, rich: Database):
        server.run("INSERT INTO log VALUES ('old'); INSERT INTO heir VALUES ('heir')")
        put(rich, "log", [{"what": "new"}], Schema.of({"what": "VARCHAR"}))
        assert server.run("SELECT what FROM log ORDER BY 1") == [("heir",), ("new",)]

    @pytest.mark.parametrize(
        ("rows", "code"),
        [
            ([{"id": 1, "v": "new 1"}, {"id": 1, "v": "new 2"}], "duplicate_key"),
            ([{"id": 2, "v": "new 2"}], "foreign_key"),
            ([{"id": 1, "v": "elsewhere"}], "foreign_key"),
            ([{"id": 1, "v": None}], "null_not_allowed"),
        ],
    )
    def test_what_the_table_refuses_leaves_the_old_rows(self, server, rich, rows, code):
        before = self.known(server)
        with pytest.raises(WriteFailed) as caught:
            put(rich, "t", rows)
        assert caught.value.code == code
        after = self.known(server)
        assert {k for k in before if before[k] != after.get(k)} <= {("sequence", "public.t_n_seq")}
        assert server.run("SELECT id, v, n FROM t") == [(1, "old", 1)]
        assert server.run("SELECT count(*) FROM log") == [(0,)]

    @pytest.mark.parametrize("action", ["CASCADE", "SET NULL", "SET DEFAULT"])
    def test_rows_elsewhere_do_not_go_with_the_old_ones(self, server, postgres, action):
        server.run(f"""
            CREATE TABLE t (id bigint PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'old');
            CREATE TABLE child (id bigint REFERENCES t ON DELETE {action});
            INSERT INTO child VALUES (1)
        """)
        with pytest.raises(WriteFailed, match="child_id_fkey would delete or empty") as caught:
            put(postgres, "t", numbered(1))
        assert caught.value.code == "foreign_key"
        assert server.run("SELECT * FROM child, t") == [(1, 1, "old")]
        server.run("UPDATE child SET id = NULL")
        assert put(postgres, "t", numbered(1)) == 1

    def test_a_table_that_refers_to_itself(self, server, postgres: Database):
        server.run("""
            CREATE TABLE t (id bigint PRIMARY KEY, up bigint REFERENCES t ON DELETE CASCADE);
            INSERT INTO t VALUES (1, NULL), (2, 1)
        """)
        rows = [{"id": 2, "up": None}, {"id": 1, "up": 2}]
        assert put(postgres, "t", rows, Schema.of({"id": "BIGINT", "up": "BIGINT"})) == 2
        assert server.run("SELECT id, up FROM t ORDER BY id") == [(1, 2), (2, None)]

    def test_an_identity_takes_given_values_and_goes_on(self, server, postgres: Database):
        server.run("""
            CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY, v text);
            INSERT INTO t (v) SELECT 'old' FROM generate_series(1, 5)
        """)
        put(postgres, "t", numbered(100))
        put(postgres, "t", [{"v": "x"}], Schema.of({"v": "VARCHAR"}))
        assert server.run("SELECT id FROM t") == [(6,)]

    @pytest.mark.parametrize("replace", ["rows", "table"])
    @pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW"])
    def test_a_view_stays_one(self, server, postgres: Database, kind, replace):
        server.run(f"""
            CREATE TABLE t (id bigint, v text); INSERT INTO t VALUES (1, 'old');
            CREATE {kind} seen AS TABLE t
        """)
        with pytest.raises(WriteFailed) as caught:
            put(postgres, "seen", numbered(5), replace=replace)
        assert caught.value.code == "target_is_view"
        assert server.run("SELECT * FROM seen") == [(1, "old")]

    def test_the_search_path_finds_the_table(self, server, postgres: Database):
        server.run("""
            DROP SCHEMA IF EXISTS far CASCADE; CREATE SCHEMA far;
            CREATE TABLE far.t (id bigint, v text); INSERT INTO far.t VALUES (1, 'old');
            ALTER ROLE postgres SET search_path = public, far
        """)
        try:
            for replace in ("rows", "table"):
                put(postgres, "t", numbered(2), replace=replace)
                assert server.run("SELECT to_regclass('public.t'), v FROM far.t") == [
                    (None, "new 2")
                ]
            server.run("CREATE TABLE public.t (id bigint, v text)")
            put(postgres, "far.t", numbered(3))
            put(postgres, "t", numbered(4))
            assert server.run("SELECT v FROM far.t") == [("new 3",)]
        finally:
            server.run("ALTER ROLE postgres RESET search_path; DROP SCHEMA far CASCADE")

    def test_old_rows_that_a_trigger_keeps_are_said(self, server, postgres: Database):
        server.run("""
            CREATE TABLE t (id bigint, v text); INSERT INTO t VALUES (1, 'keep'), (2, 'old');
            CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF OLD.v = 'keep' THEN RETURN NULL; END IF; RETURN OLD; END $$;
            CREATE TRIGGER keep BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION keep()
        """)
        with pytest.raises(WriteFailed) as caught:
            put(postgres, "t", numbered(5))
        assert caught.value.code == "rows_remain"
        assert server.run("SELECT id FROM t ORDER BY 1") == [(1,), (2,)]

    def test_rights_decide_how_the_table_is_emptied(self, server, workspace: Workspace):
        server.run("""
            DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;
            GRANT USAGE ON SCHEMA public TO reader;
            CREATE TABLE t (id bigint, v text); INSERT INTO t VALUES (1, 'old')
        """)
        made = server.connection(user="reader")
        with open_database(made, SecretStore(), workspace) as reader:
            server.run("GRANT SELECT, INSERT ON t TO reader")
            with pytest.raises(WriteFailed) as caught:
                put(reader, "t", numbered(2))
            assert caught.value.code == "permission_denied"
            for right in ("TRUNCATE", "DELETE"):
                server.run(f"REVOKE ALL ON t FROM reader; GRANT INSERT, {right} ON t TO reader")
                put(reader, "t", numbered(len(right)))
                assert server.run("SELECT id FROM t") == [(len(right),)]

    def test_policies_hold_for_whom_they_bind(self, server, workspace: Workspace):
        server.run("""
            DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;
            GRANT USAGE ON SCHEMA public TO reader;
            CREATE TABLE t (id bigint, v text); INSERT INTO t VALUES (1, 'hers'), (2, 'new 2');
            ALTER TABLE t ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON t TO reader USING (v LIKE 'new%');
            GRANT ALL ON t TO reader
        """)
        made = server.connection(user="reader")
        with open_database(made, SecretStore(), workspace) as reader:
            put(reader, "t", numbered(3))
            assert server.run("SELECT id FROM t ORDER BY 1") == [(1,), (3,)]
            with pytest.raises(WriteFailed):
                put(reader, "t", [{"id": 4, "v": "hers"}])
            server.run("CREATE POLICY see ON t FOR SELECT TO reader USING (true)")
            with pytest.raises(WriteFailed) as caught:
                put(reader, "t", numbered(5))
        assert caught.value.code == "rows_remain"
        assert server.run("SELECT id FROM t ORDER BY 1") == [(1,), (3,)]

    def test_a_published_table_without_a_key(self, server, postgres: Database):
        server.run("""
            CREATE TABLE t (id bigint, v text); INSERT INTO t VALUES (1, 'old');
            CREATE PUBLICATION keyless FOR TABLE t
        """)
        try:
            put(postgres, "t", numbered(2))
            assert server.run("SELECT id FROM t") == [(2,)]
        finally:
            server.run("DROP PUBLICATION keyless")

    def test_other_writers_wait_and_readers_do_not(self, server, postgres: Database):
        import psycopg

        server.run("CREATE TABLE t (id bigint, v text); INSERT INTO t VALUES (1, 'old')")
        writer = postgres.writer("t", ROWS, "replace")
        writer.prepare()
        impatient = {"options": "-c lock_timeout=300ms", "autocommit": True}
        with psycopg.connect(host=server.host, user="postgres", **impatient) as other:
            assert other.execute("SELECT id FROM t").fetchall() == [(1,)]
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("INSERT INTO t VALUES (2, 'late')")
            writer.commit()
            assert other.execute("SELECT id FROM t").fetchall() == []

    def test_a_table_made_anew_keeps_no_right_without_its_policy(self, server, rich: Database):
        with pytest.raises(WriteFailed) as caught:
            put(rich, "t", numbered(1), replace="table")
        assert caught.value.code == "table_in_use", "views and foreign keys are not dropped with it"
        server.run("DROP TABLE child; DROP VIEW above; DROP MATERIALIZED VIEW kept")
        put(rich, "t", numbered(1), replace="table")
        assert server.run("SELECT relacl FROM pg_class WHERE oid = 't'::regclass") == [(None,)]
        assert server.run("SELECT has_table_privilege('reader', 't', 'SELECT')") == [(False,)]


class TestSqlite:
    """SQLite."""

    TABLES = {
        "keyed": """
            CREATE TABLE keyed (id INTEGER PRIMARY KEY AUTOINCREMENT,
              v TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE UNIQUE CHECK (v <> ''),
              twice INTEGER GENERATED ALWAYS AS (id * 2) STORED, at TEXT DEFAULT current_timestamp)
        """,
        "bare": "CREATE TABLE bare (id BIGINT, v TEXT, PRIMARY KEY (v, id)) WITHOUT ROWID",
        "tight": "CREATE TABLE tight (id INTEGER, v TEXT, UNIQUE (v)) STRICT",
        "Quo ted": 'CREATE TABLE "Quo ted" (ID INTEGER REFERENCES keyed (id), "V" VARCHAR(9))',
    }

    @pytest.fixture
    def con(self, sqlite: Database, workspace: Workspace):
        con = sqlite3.connect(workspace.root / "data/shop.sqlite", isolation_level=None)
        for name, made in self.TABLES.items():
            short = name.replace(" ", "_")
            con.executescript(f"""
                {made};
                CREATE INDEX "i_{short}" ON "{name}" (lower(v)) WHERE id > 0;
                CREATE VIEW "see_{short}" AS SELECT id, v FROM "{name}";
                CREATE TABLE "log_{short}" (what TEXT);
                CREATE TRIGGER "on_{short}" AFTER DELETE ON "{name}"
                BEGIN INSERT INTO "log_{short}" VALUES (OLD.v); END;
                INSERT INTO "{name}" (id, v) VALUES (7, 'old'), (9, 'older');
            """)
        con.execute("ANALYZE")
        yield con
        con.close()

    def known(self, con: sqlite3.Connection) -> list[tuple]:
        return con.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall() + [
            tuple(con.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall())
            for table in ("sqlite_sequence", "sqlite_stat1")
        ]

    @pytest.mark.parametrize("table", TABLES)
    def test_nothing_the_catalogue_knows_changes(self, sqlite: Database, con, table: str):
        before = self.known(con)
        assert put(sqlite, f'"{table}"', numbered(1, 2)) == 2
        assert self.known(con) == before
        query = f'SELECT id, v FROM "see_{table.replace(" ", "_")}" ORDER BY 1'
        assert con.execute(query).fetchall() == [(1, "new 1"), (2, "new 2")]
        log = con.execute(f'SELECT count(*) FROM "log_{table.replace(" ", "_")}"').fetchone()
        assert log == (2,)

    def test_a_number_is_not_given_twice(self, sqlite: Database, con):
        put(sqlite, "keyed", [{"v": "a"}], Schema.of({"v": "VARCHAR"}))
        assert con.execute("SELECT id FROM keyed").fetchall() == [(10,)]

    @pytest.mark.parametrize(
        ("table", "rows", "code"),
        [
            ("keyed", [{"id": 1, "v": "a"}, {"id": 2, "v": "A"}], "duplicate_key"),
            ("keyed", [{"id": 1, "v": ""}], "check_violated"),
            ("tight", [{"id": 1, "v": "a"}, {"id": 1, "v": "a"}], "duplicate_key"),
        ],
    )
    def test_what_the_table_refuses_leaves_the_old_rows(
        self, sqlite: Database, con, table, rows, code
    ):
        before = self.known(con)
        with pytest.raises(WriteFailed) as caught:
            put(sqlite, table, rows)
        assert caught.value.code == code
        assert self.known(con) == before
        found = con.execute(f"SELECT id, v FROM {table} ORDER BY 1").fetchall()
        assert found == [(7, "old"), (9, "older")]

    def test_the_letter_case_of_names_is_the_tables(self, sqlite: Database, con):
        before = self.known(con)
        for name in ("KEYED", '"quo TED"', "main.Bare"):
            put(sqlite, name, numbered(3))
        assert self.known(con) == before
        put(sqlite, "TIGHT", numbered(3), replace="table")
        tables = con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        assert ("tight",) in tables

    def test_another_schema_is_not_this_one(self, sqlite: Database, con):
        with pytest.raises(WriteFailed, match="no schema 'archive'") as caught:
            sqlite.writer("archive.keyed", ROWS, "replace")
        assert caught.value.code == "table_name_invalid"

    @pytest.mark.parametrize("replace", ["rows", "table"])
    def test_a_view_stays_one(self, sqlite: Database, con, replace):
        before = self.known(con)
        with pytest.raises(WriteFailed) as caught:
            put(sqlite, "see_keyed", numbered(1), replace=replace)
        assert caught.value.code == "target_is_view"
        assert self.known(con) == before

    def test_old_rows_that_a_trigger_keeps_are_said(self, sqlite: Database, con):
        con.execute("""
            CREATE TRIGGER keep BEFORE DELETE ON bare WHEN OLD.id = 7
            BEGIN SELECT RAISE(IGNORE); END
        """)
        with pytest.raises(WriteFailed) as caught:
            put(sqlite, "bare", numbered(1))
        assert caught.value.code == "rows_remain"
        assert con.execute("SELECT id FROM bare ORDER BY 1").fetchall() == [(7,), (9,)]


class TestDuckdb:
    """DuckDB."""

    KNOWN = (
        "SELECT * EXCLUDE (estimated_size) FROM duckdb_tables()",
        "FROM duckdb_columns() WHERE NOT internal",
        "FROM duckdb_constraints()",
        "FROM duckdb_indexes()",
        "FROM duckdb_views() WHERE NOT internal",
        "FROM duckdb_sequences()",
        "FROM duckdb_dependencies() ORDER BY ALL",
        "FROM duckdb_schemas() WHERE NOT internal",
    )

    def ask(self, database: Database, workspace: Workspace, *statements: str) -> list[list[tuple]]:
        with duckdb.connect(str(workspace.root / "shop.duckdb")) as con:
            return [con.execute(statement).fetchall() for statement in statements]

    @pytest.fixture
    def rich(self, duckdb_file: Database, workspace: Workspace) -> Database:
        self.ask(
            duckdb_file,
            workspace,
            "CREATE SCHEMA other; CREATE TABLE other.t (id BIGINT)",
            "INSERT INTO other.t VALUES (77)",
            "CREATE TABLE kinds (v TEXT PRIMARY KEY)",
            "INSERT INTO kinds VALUES ('old'), ('new 1'), ('new 2'), ('new 3')",
            "CREATE SEQUENCE numbers",
            """CREATE TABLE t (
                id BIGINT DEFAULT nextval('numbers') PRIMARY KEY,
                v TEXT NOT NULL DEFAULT 'old' REFERENCES kinds (v) UNIQUE CHECK (v <> ''),
                twice BIGINT GENERATED ALWAYS AS (id * 2))""",
            "INSERT INTO t (v) VALUES ('old')",
            "CREATE INDEX i_t ON t (id, v)",
            "CREATE VIEW above AS SELECT id, v FROM t",
            "COMMENT ON TABLE t IS 'the table'; COMMENT ON COLUMN t.v IS 'the column'",
            "CREATE TABLE parent (id BIGINT PRIMARY KEY, v TEXT)",
            "INSERT INTO parent VALUES (1, 'old')",
            "CREATE TABLE child (id BIGINT REFERENCES parent (id))",
            "INSERT INTO child VALUES (1)",
        )
        return duckdb_file

    @pytest.mark.parametrize("name", ["t", "T", "main.t", "MAIN.T"])
    def test_nothing_the_catalogue_knows_changes(self, rich, workspace, name):
        before = self.ask(rich, workspace, *self.KNOWN)
        assert all(before)
        assert put(rich, name, numbered(1, 2)) == 2
        assert self.ask(rich, workspace, *self.KNOWN) == before
        rows, others = self.ask(rich, workspace, "FROM t ORDER BY 1", "FROM other.t")
        assert rows == [(1, "new 1", 2), (2, "new 2", 4)]
        assert others == [(77,)]
        put(rich, name, [{"v": "new 3"}], Schema.of({"v": "VARCHAR"}))
        assert self.ask(rich, workspace, "SELECT id FROM above") == [[(2,)]]

    @pytest.mark.parametrize(
        "rows",
        [
            [{"id": 1, "v": "new 1"}, {"id": 1, "v": "new 2"}],
            [{"id": 1, "v": "new 1"}, {"id": 2, "v": "elsewhere"}],
            [{"id": 1, "v": None}],
            [{"id": 1, "v": ""}],
        ],
    )
    def test_what_the_table_refuses_leaves_the_old_rows(self, rich, workspace, rows):
        before = self.ask(rich, workspace, *self.KNOWN, "FROM t")
        with pytest.raises(WriteFailed) as caught:
            put(rich, "t", rows)
        assert caught.value.code == "constraint_violated"
        assert self.ask(rich, workspace, *self.KNOWN, "FROM t") == before

    def test_rows_elsewhere_keep_what_they_refer_to(self, rich, workspace):
        with pytest.raises(WriteFailed) as caught:
            put(rich, "parent", numbered(1))
        assert (caught.value.code, caught.value.do) == (
            "foreign_key", "empty the table that refers to it first"
        )  # fmt: skip
        assert self.ask(rich, workspace, "FROM parent") == [[(1, "old")]]

    @pytest.mark.parametrize("replace", ["rows", "table"])
    def test_a_view_stays_one(self, rich, workspace, replace):
        before = self.ask(rich, workspace, *self.KNOWN)
        with pytest.raises(WriteFailed) as caught:
            put(rich, "ABOVE", numbered(1), replace=replace)
        assert caught.value.code == "target_is_view"
        assert self.ask(rich, workspace, *self.KNOWN) == before

    def test_a_table_made_anew_keeps_its_name(self, rich, workspace):
        put(rich, "OTHER.T", numbered(1), replace="table")
        names = "SELECT schema_name, table_name FROM duckdb_tables() WHERE table_name ILIKE 't'"
        found, rows = self.ask(rich, workspace, names, "FROM other.t")
        assert sorted(found) == [("main", "t"), ("other", "t")]
        assert rows == [(1, "new 1")]


def test_a_run_may_read_the_table_that_it_replaces(server, tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text(
        f'[pg]\nkind = "postgres"\nhost = "{server.host}"\n'
        'database = "postgres"\nuser = "postgres"\n'
    )
    server.run("DROP TABLE IF EXISTS own; CREATE TABLE own (id bigint, v text)")
    server.run("INSERT INTO own SELECT i, repeat('x', 500) FROM generate_series(1, 60000) i")
    made = summit.Pipeline("own", folder=tmp_path)
    source = made.add("table_source", connection="pg", table="own")
    kept = source.to("filter", condition="id % 2 = 0")
    kept.to("table_sink", connection="pg", table="own", mode="replace")
    made.run().raise_for_status()
    assert server.run("SELECT count(*), min(id), max(id) FROM own") == [(30000, 2, 60000)]


def test_an_absent_table_is_made_and_can_be_read_back(database: Database):
    for replace in ("rows", "table"):
        writer = database.writer(f"fresh_{replace}", ID, "replace", replace=replace)
        writer.write(pa.RecordBatch.from_pylist([{"id": 4}], schema=to_arrow(ID)))
        assert writer.prepare() == 1
        back = writer.read_back()
        assert back is not None
        assert [row for part in back for row in part.to_pylist()] == [{"id": 4}]
        writer.commit()
        # What was there before cannot be told from what came, so it is not compared.
        again = database.writer(f"fresh_{replace}", ID, "replace")
        assert again.read_back() is None
        again.abort()
    assert len(database.tables()) == 2


class TestSink:
    """The choice of the sink."""

    def bound(self, **params: Any):
        given = {"connection": "db", "table": "t"} | params
        return Catalogue.load().bind(Node("n", "table_sink", given))

    def test_a_table_made_anew_is_said_on_the_card(self):
        assert self.bound(mode="replace").summary() == "t · db · replace"
        assert self.bound(mode="replace", replace="table").summary() == "t · db · replace table"

    def test_a_choice_that_the_mode_would_ignore_is_a_problem(self, tmp_path):
        workspace = Workspace(tmp_path, {"db": Connection(name="db", kind="sqlite", path="x.db")})
        with Binder() as binder:
            context = DesignContext(workspace, binder, SecretStore(tmp_path), False)
            for params in ({}, {"mode": "replace", "replace": "table"}, {"replace": "rows"}):
                assert list(self.bound(**params).check({}, context)) == []
            (problem,) = self.bound(replace="table").check({}, context)
        assert (problem.code, problem.severity) == ("replace_without_mode", Severity.ERROR)
        assert problem.where.param == "replace"
        assert [dict(fix.params) for fix in problem.fixes] == [
            {"replace": "rows"}, {"mode": "replace"}
        ]  # fmt: skip
        run = RunContext("r", workspace, SecretStore(tmp_path), CancelToken())
        with pytest.raises(InvalidParams):
            self.bound(replace="table").open(ID, run)
        assert not (tmp_path / "x.db").exists()

    def test_the_choice_reaches_the_table(self, tmp_path):
        workspace = Workspace(tmp_path, {"db": Connection(name="db", kind="sqlite", path="x.db")})
        with sqlite3.connect(tmp_path / "x.db") as con:
            con.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        for replace, keys in (("rows", 1), ("table", 0)):
            run = RunContext("r", workspace, SecretStore(tmp_path), CancelToken())
            writer = self.bound(mode="replace", replace=replace).open(ID, run)
            writer.commit(1)
            found = con.execute("SELECT sum(pk) FROM pragma_table_info('t')").fetchone()
            assert found == (keys,)
        con.close()
