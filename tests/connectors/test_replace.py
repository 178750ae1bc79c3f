"""`replace` replaces rows: all that a catalogue knows of the table is as it was."""

import sqlite3
from contextlib import closing

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit

PG_CATALOGUE = {
    "class": "SELECT c.oid, c.relname, c.relnamespace::regnamespace, c.relowner::regrole, c.relacl,"
    " c.relkind, c.relpersistence, c.relispartition, c.relrowsecurity, c.relforcerowsecurity,"
    " c.reloptions, c.relreplident, pg_get_expr(c.relpartbound, c.oid) FROM pg_class c"
    " WHERE c.oid IN (SELECT {t}::regclass UNION SELECT inhparent FROM pg_inherits"
    " WHERE inhrelid = {t}::regclass)",
    "columns": "SELECT attnum, attname, atttypid::regtype, atttypmod, attnotnull, attidentity,"
    " attgenerated, attstattarget, attstorage, attacl, attcollation, attoptions"
    " FROM pg_attribute WHERE attrelid = {t}::regclass AND attnum > 0 ORDER BY 1",
    "defaults": "SELECT adnum, pg_get_expr(adbin, adrelid) FROM pg_attrdef"
    " WHERE adrelid = {t}::regclass ORDER BY 1",
    "constraints": "SELECT oid, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conrelid = {t}::regclass OR confrelid = {t}::regclass ORDER BY 1",
    "indexes": "SELECT indexrelid, pg_get_indexdef(indexrelid), indisvalid, indisclustered"
    " FROM pg_index WHERE indrelid = {t}::regclass ORDER BY 1",
    "triggers": "SELECT oid, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE tgrelid = {t}::regclass ORDER BY 1",
    "rules": "SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = {t}::regclass",
    "policies": "SELECT * FROM pg_policy WHERE polrelid = {t}::regclass ORDER BY 1",
    "comments": "SELECT * FROM pg_description WHERE objoid = {t}::regclass ORDER BY objsubid",
    "publications": "SELECT prpubid FROM pg_publication_rel WHERE prrelid = {t}::regclass",
    "inherits": "SELECT * FROM pg_inherits WHERE {t}::regclass IN (inhrelid, inhparent)",
    "statistics": "SELECT stxname FROM pg_statistic_ext WHERE stxrelid = {t}::regclass",
    "depends": "SELECT classid, objid, deptype FROM pg_depend"
    " WHERE refobjid = {t}::regclass ORDER BY 1, 2, 3",
    "sequences": "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1",
}
PG_TABLE = """
DROP SCHEMA IF EXISTS shop CASCADE; CREATE SCHEMA shop; DROP PUBLICATION IF EXISTS told;
DROP ROLE IF EXISTS row_reader; CREATE ROLE row_reader;
CREATE TABLE shop.city (name text PRIMARY KEY);
INSERT INTO shop.city VALUES ('Ulm');
CREATE TABLE shop.t (
  id bigint PRIMARY KEY, v text NOT NULL DEFAULT 'x' CHECK (length(v) < 90),
  n bigint GENERATED ALWAYS AS IDENTITY, twice bigint GENERATED ALWAYS AS (id * 2) STORED,
  at timestamptz DEFAULT now(), city text REFERENCES shop.city, UNIQUE (v, id)
) WITH (fillfactor = 70);
CREATE TABLE shop.line (id bigint REFERENCES shop.t (id) DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX t_v ON shop.t (lower(v)) WHERE id > 0;
CREATE STATISTICS shop.t_stat ON id, v FROM shop.t;
ALTER TABLE shop.t ALTER v SET STATISTICS 7, ALTER v SET STORAGE EXTERNAL, CLUSTER ON t_pkey;
ALTER TABLE shop.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.t FOR SELECT TO row_reader USING (id < 2);
GRANT SELECT (id, v), UPDATE (v) ON shop.t TO row_reader; GRANT SELECT ON shop.t TO row_reader;
COMMENT ON TABLE shop.t IS 'all of it'; COMMENT ON COLUMN shop.t.v IS 'a word';
CREATE VIEW shop.seen AS SELECT id, v FROM shop.t;
CREATE OR REPLACE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN new.v := upper(new.v); RETURN new; END $$;
CREATE TRIGGER touch BEFORE INSERT ON shop.t FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE PUBLICATION told FOR TABLE shop.t;
INSERT INTO shop.t (id, v) VALUES (8, 'old'), (9, 'old'); INSERT INTO shop.line VALUES (9);
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text(
        '[lite]\nkind = "sqlite"\npath = "lite.db"\n\n[duck]\nkind = "duckdb"\npath = "duck.db"\n'
    )
    rows(tmp_path, [1, 2, 9])
    return tmp_path


def rows(folder, ids, words=None):
    table = pa.table({"id": ids, "v": words or [f"new {i}" for i in ids]})
    pq.write_table(table, folder / "in.parquet")


def fill(folder, connection, table, **params):
    made = summit.Pipeline("replace", folder=folder)
    source = made.add("parquet_source", path="in.parquet")
    source.to("table_sink", "sink", connection=connection, table=table, mode="replace", **params)
    return made.run()


@pytest.fixture
def pg(folder, server):
    with (folder / "connections.toml").open("a") as file:
        file.write(f'\n[pg]\nkind = "postgres"\nhost = "{server.host}"\n'
                   'database = "postgres"\nuser = "postgres"\n')  # fmt: skip
    server.run(PG_TABLE)
    return server


def known(server, table):
    name = f"'{table}'"
    return {what: server.run(q.replace("{t}", name)) for what, q in PG_CATALOGUE.items()}


def test_postgres_keeps_the_table(folder, pg):
    before = known(pg, "shop.t")
    fill(folder, "pg", "shop.t").raise_for_status()
    after = known(pg, "shop.t")
    # New rows take the next numbers: identity goes on where it was.
    sequences = [dict(c.pop("sequences")) for c in (before, after)]
    assert after == before
    assert sequences[1]["t_n_seq"] == sequences[0]["t_n_seq"] + 3
    assert pg.run("SELECT id, v, n, twice FROM shop.t ORDER BY 1") == [
        (1, "NEW 1", 3, 2), (2, "NEW 2", 4, 4), (9, "NEW 9", 5, 18),
    ]  # fmt: skip
    assert pg.run("SELECT count(*) FROM shop.seen") == [(3,)]


@pytest.mark.parametrize(
    ("ids", "words", "code"),
    [([1, 1], None, "unique"), ([1], ["w" * 100], "check"), ([1, 2], None, "foreign")],
)
def test_postgres_refuses_and_keeps_the_old_rows(folder, pg, ids, words, code):
    rows(folder, ids, words)
    before = known(pg, "shop.t")
    result = fill(folder, "pg", "shop.t")
    assert result.error is not None
    assert code in str(result.error)
    assert pg.run("SELECT id, v FROM shop.t ORDER BY 1") == [(8, "OLD"), (9, "OLD")]
    for catalogue in (before, after := known(pg, "shop.t")):
        catalogue.pop("sequences")
    assert after == before


def test_postgres_partitions_stay_where_they_are(folder, pg):
    pg.run("""
        CREATE TABLE shop.p (id bigint, v text) PARTITION BY RANGE (id);
        CREATE TABLE shop.p1 PARTITION OF shop.p FOR VALUES FROM (0) TO (5);
        CREATE TABLE shop.p2 PARTITION OF shop.p FOR VALUES FROM (5) TO (100);
        INSERT INTO shop.p VALUES (3, 'a'), (7, 'b');
    """)
    before = [known(pg, t) for t in ("shop.p", "shop.p1", "shop.p2")]
    fill(folder, "pg", "shop.p").raise_for_status()
    assert pg.run("SELECT tableoid::regclass::text, id FROM shop.p ORDER BY 2") == [
        ("shop.p1", 1), ("shop.p1", 2), ("shop.p2", 9),
    ]  # fmt: skip
    rows(folder, [4])
    fill(folder, "pg", "shop.p1").raise_for_status()
    assert pg.run("SELECT id FROM shop.p ORDER BY 1") == [(4,), (9,)]
    assert [known(pg, t) for t in ("shop.p", "shop.p1", "shop.p2")] == before


def test_postgres_views_stay_views(folder, pg):
    pg.run("CREATE TABLE shop.base (id bigint, v text, secret int DEFAULT 5);"
           "INSERT INTO shop.base VALUES (7, 'old');"
           "CREATE VIEW shop.front AS SELECT id, v FROM shop.base")  # fmt: skip
    before = [known(pg, t) for t in ("shop.front", "shop.base")]
    result = fill(folder, "pg", "shop.front")
    assert result.error is not None
    assert result.error.code == "target_is_view"
    assert [known(pg, t) for t in ("shop.front", "shop.base")] == before
    assert pg.run("SELECT * FROM shop.front") == [(7, "old")]


@pytest.mark.parametrize("effect", ["CASCADE", "SET NULL"])
def test_postgres_takes_no_rows_of_other_tables_along(folder, pg, effect):
    pg.run(f"""
        CREATE TABLE shop.mother (id bigint PRIMARY KEY, v text);
        CREATE TABLE shop.child (m bigint REFERENCES shop.mother ON DELETE {effect});
        INSERT INTO shop.mother VALUES (9, 'old'); INSERT INTO shop.child VALUES (9);
    """)
    result = fill(folder, "pg", "shop.mother")
    assert result.error is not None
    assert result.error.code == "rows_referred_to"
    assert "shop.child" in str(result.error)
    assert pg.run("SELECT * FROM shop.mother, shop.child") == [(9, "old", 9)]
    pg.run("DELETE FROM shop.child")
    fill(folder, "pg", "shop.mother").raise_for_status()
    assert pg.run("SELECT id FROM shop.mother ORDER BY 1") == [(1,), (2,), (9,)]


def test_postgres_leaves_no_hidden_rows_behind(folder, pg):
    pg.run("""
        DROP ROLE IF EXISTS row_teller; CREATE ROLE row_teller LOGIN;
        CREATE TABLE shop.secured (id bigint, v text);
        INSERT INTO shop.secured VALUES (1, 'mine'), (70, 'hidden');
        GRANT USAGE ON SCHEMA shop TO row_teller; GRANT ALL ON shop.secured TO row_teller;
        ALTER TABLE shop.secured ENABLE ROW LEVEL SECURITY;
        CREATE POLICY few ON shop.secured TO row_teller USING (id < 50);
    """)
    text = (folder / "connections.toml").read_text()
    (folder / "connections.toml").write_text(
        text.replace('user = "postgres"', 'user = "row_teller"')
    )
    result = fill(folder, "pg", "shop.secured")
    assert result.error is not None
    assert result.error.code == "rows_hidden"
    assert pg.run("SELECT id FROM shop.secured ORDER BY 1") == [(1,), (70,)]


def test_postgres_reads_and_replaces_one_table_in_a_run(folder, pg):
    pg.run("CREATE TABLE shop.own (id bigint, v text)")
    pg.run("INSERT INTO shop.own SELECT i, repeat('x', 500) FROM generate_series(1, 60000) i")
    made = summit.Pipeline("own", folder=folder)
    source = made.add("table_source", connection="pg", table="shop.own")
    kept = source.to("filter", condition="id % 2 = 0")
    kept.to("table_sink", connection="pg", table="shop.own", mode="replace")
    made.run().raise_for_status()
    assert pg.run("SELECT count(*), min(id), max(id) FROM shop.own") == [(30000, 2, 60000)]


MASTER = "SELECT type, name, tbl_name, sql FROM sqlite_master"
SQLITE = """
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT NOT NULL DEFAULT 'x' CHECK (v <> ''),
  at TEXT DEFAULT CURRENT_TIMESTAMP, twice INTEGER AS (id * 2) STORED, UNIQUE (v, id)) STRICT;
CREATE INDEX t_v ON t (lower(v)) WHERE id > 0;
CREATE TABLE log (id); CREATE VIEW seen AS SELECT id, v FROM t;
CREATE TRIGGER said AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END;
CREATE TABLE line (id REFERENCES t (id) ON DELETE CASCADE); INSERT INTO line VALUES (9);
INSERT INTO t (id, v) VALUES (8, 'old'), (9, 'old');
"""


def test_sqlite_keeps_the_table(folder):
    with closing(sqlite3.connect(folder / "lite.db")) as con, con:
        con.executescript(SQLITE)
        before = con.execute(MASTER).fetchall()
    fill(folder, "lite", "t").raise_for_status()
    with closing(sqlite3.connect(folder / "lite.db")) as con:
        assert (
            con.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall() == before
        )
        assert con.execute("SELECT id, v, twice, at IS NULL FROM t").fetchall() == [
            (1, "new 1", 2, 0), (2, "new 2", 4, 0), (9, "new 9", 18, 0),
        ]  # fmt: skip
        assert con.execute("SELECT id FROM log").fetchall() == [(8,), (9,), (1,), (2,), (9,)]
        assert con.execute("SELECT * FROM line").fetchall() == [(9,)]


def test_sqlite_refuses_and_keeps_the_old_rows(folder):
    with closing(sqlite3.connect(folder / "lite.db")) as con, con:
        con.executescript(SQLITE)
    rows(folder, [1, 2], ["a", ""])
    assert fill(folder, "lite", "t").error is not None
    assert fill(folder, "lite", "seen").error is not None
    with closing(sqlite3.connect(folder / "lite.db")) as con:
        assert con.execute("SELECT id, v FROM t").fetchall() == [(8, "old"), (9, "old")]
        assert con.execute("SELECT type FROM sqlite_master WHERE name = 'seen'").fetchone() == (
            "view",
        )


DUCK = """
CREATE TABLE t (id BIGINT PRIMARY KEY, v VARCHAR NOT NULL DEFAULT 'x' CHECK (v <> ''),
  "at" TIMESTAMP DEFAULT now(), twice BIGINT AS (id * 2));
CREATE INDEX t_v ON t (v); COMMENT ON TABLE t IS 'all'; COMMENT ON COLUMN t.v IS 'a word';
CREATE VIEW seen AS SELECT id, v FROM t;
"""
DUCK_CATALOGUE = (
    "SELECT sql, comment FROM duckdb_tables()", "SELECT sql FROM duckdb_indexes()",
    "SELECT constraint_text FROM duckdb_constraints() ORDER BY 1",
    "SELECT column_name, comment, column_default FROM duckdb_columns() WHERE table_name = 't'",
    "SELECT sql FROM duckdb_views() WHERE NOT internal",
)  # fmt: skip


def test_duckdb_keeps_the_table(folder):
    with duckdb.connect(str(folder / "duck.db")) as con:
        con.execute(DUCK)
        con.execute("INSERT INTO t (id, v) VALUES (8, 'old'), (9, 'old')")
        before = [con.execute(q).fetchall() for q in DUCK_CATALOGUE]
    fill(folder, "duck", "t").raise_for_status()
    with duckdb.connect(str(folder / "duck.db")) as con:
        assert [con.execute(q).fetchall() for q in DUCK_CATALOGUE] == before
        assert con.execute('SELECT id, v, twice, "at" IS NULL FROM t ORDER BY 1').fetchall() == [
            (1, "new 1", 2, False), (2, "new 2", 4, False), (9, "new 9", 18, False),
        ]  # fmt: skip
    rows(folder, [1, 2], ["a", ""])
    assert fill(folder, "duck", "t").error is not None
    with duckdb.connect(str(folder / "duck.db")) as con:
        assert con.execute("SELECT count(*) FROM t").fetchall() == [(3,)]


@pytest.mark.parametrize("name", ["pg", "lite", "duck"])
def test_a_table_is_made_anew_only_where_one_says_so(folder, pg, name):
    pg.run("DROP TABLE IF EXISTS other; CREATE TABLE other (id text, gone int)")
    with closing(sqlite3.connect(folder / "lite.db")) as con, con:
        con.execute("CREATE TABLE other (id TEXT, gone INT)")
    with duckdb.connect(str(folder / "duck.db")) as con:
        con.execute("CREATE TABLE other (id VARCHAR, gone INT)")
    refused = fill(folder, name, "other")
    assert refused.error is not None
    assert "'v'" in str(refused.error)
    fill(folder, name, "other", replace="table").raise_for_status()
    made = summit.Pipeline("look", folder=folder)
    schema = made.add("table_source", connection=name, table="other").schema
    assert [(c.name, c.type) for c in schema] == [("id", "BIGINT"), ("v", "VARCHAR")]


def test_making_anew_what_is_only_added_to_is_a_problem(folder):
    made = summit.Pipeline("odd", folder=folder)
    source = made.add("parquet_source", path="in.parquet")
    source.to("table_sink", connection="lite", table="t", replace="table")
    (problem,) = [p for p in made.check() if p.code == "replace_unused"]
    assert problem.fixes
