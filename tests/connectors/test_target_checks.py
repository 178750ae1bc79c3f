"""What `validate` says of a sink and its table, held against what a run then does."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from summit_studio.core.errors import WriteFailed
from summit_studio.core.problems import Problem, Severity
from summit_studio.core.schema import Schema
from summit_studio.document.files import save
from summit_studio.document.fixing import edit_of
from summit_studio.document.model import Document, Edge, Layout, Node
from summit_studio.engine.design import design_context
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.check import Checked, check
from summit_studio.planning.plan import InvalidPipeline
from summit_studio.workspace.workspace import Workspace

pytestmark = pytest.mark.postgres


COLUMN = {"name": "n", "type": "BIGINT"}


def told(checked: Checked) -> list[Problem]:
    """Return the problems of a check, without the notices."""
    return [p for p in checked.problems if p.severity is not Severity.INFO]


@dataclass
class Desk:
    """A folder with the connection `db`, and the database itself."""

    folder: Path
    kind: str
    sql: Callable[[str], list[tuple]]

    def document(self, select: str, **params: Any) -> Document:
        """Return a pipeline that writes what `select` gives to a table."""
        sink = {"connection": "db", "table": "t"} | params
        nodes = {
            "one": Node("one", "csv_source", {"path": "one.csv", "columns": [COLUMN]}),
            "made": Node("made", "sql", {"query": select}),
            "out": Node("out", "table_sink", sink),
        }
        edges = ("one.rows -> made.rows", "made.rows -> out.rows")
        layout = Layout({"one": (0, 0), "made": (280, 0), "out": (560, 0)})
        return Document("t", nodes=nodes, edges=tuple(map(Edge.parse, edges)), layout=layout)

    def check(self, document: Document, *, probe: bool = True) -> Checked:
        context = design_context(Workspace.open(self.folder), probe=probe)
        return check(document, Catalogue.load(), context)

    def problems(self, select: str, **params: Any) -> list[Problem]:
        return told(self.check(self.document(select, **params)))

    def run(self, document: Document) -> str:
        """Run, and return the status or the code of what stopped it."""
        try:
            done = run(RunRequest(document, self.folder))
        except InvalidPipeline:
            return "invalid"
        return done.error.code if done.error else done.status.value

    def write(self, schema: dict[str, str], **how: Any) -> None:
        """Open a writer on the table with no check before, as a run does that was not checked."""
        from summit_studio.connectors.opening import open_database
        from summit_studio.secrets.store import SecretStore

        workspace = Workspace.open(self.folder)
        connection = workspace.connection("db")
        with open_database(connection, SecretStore(), workspace) as database:
            writer = database.writer("t", Schema.of(schema), **how)
            writer.abort()


@pytest.fixture(params=["postgres", "sqlite", "duckdb"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch) -> Desk:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "one.csv").write_text("n\n1\n")
    kind = request.param
    where = 'path = "shop.db"'
    if kind == "postgres":
        server = request.getfixturevalue("server")
        server.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
        where = f'host = "{server.host}"\ndatabase = "postgres"\nuser = "postgres"'
        sql = server.run
    elif kind == "sqlite":

        def sql(text: str) -> list[tuple]:
            with closing(sqlite3.connect(folder / "shop.db")) as con, con:
                return con.execute(text).fetchall()

    else:

        def sql(text: str) -> list[tuple]:
            with duckdb.connect(str(folder / "shop.db")) as con:
                return con.execute(text).fetchall()

    (folder / "connections.toml").write_text(f'[db]\nkind = "{kind}"\n{where}\n')
    return Desk(folder, kind, sql)


@pytest.mark.parametrize(
    ("declared", "select", "code"),
    [
        ("bigint", "2::DOUBLE", "target_type_clash"),
        ("decimal(10,2)", "1.5::DOUBLE", "target_type_clash"),
        ("decimal(10,2)", "1.23::DECIMAL(10,3)", "target_type_clash"),
        ("decimal(10,2)", "1.5::DECIMAL(18,2)", "target_type_tight"),
        ("decimal(10,2)", "1.5::DECIMAL(10,2)", None),
        ("decimal(10,2)", "1::BIGINT", "target_type_tight"),
        ("bigint", "'7'", "target_type_clash"),
        ("text", "7::BIGINT", "target_type_clash"),
        ("text", "'x'", None),
        ("date", "TIMESTAMP '2024-01-02 03:04:05'", "target_type_clash"),
        ("timestamp", "DATE '2024-01-02'", None),
        ("timestamp with time zone", "TIMESTAMP '2024-01-02 03:04:05'", "target_type_clash"),
        ("boolean", "1::BIGINT", "target_type_clash"),
        ("double precision", "1::BIGINT", "target_type_near"),
        ("double precision", "1::INTEGER", None),
        ("double precision", "1.5::DECIMAL(12,2)", None),
        ("double precision", "1.5::DECIMAL(30,2)", "target_type_near"),
    ],
)
def test_a_type_is_judged_as_the_run_judges_it(desk: Desk, declared, select, code):
    desk.sql(f"CREATE TABLE t (v {declared})")
    document = desk.document(f"SELECT {select} AS v FROM input")
    checked = desk.check(document)
    found = told(checked)
    assert [p.code for p in found] == ([code] if code else [])
    stops = code == "target_type_clash"
    if stops:
        ((schema,),) = checked.inputs("out").values()
        with pytest.raises(WriteFailed, match="column 'v' is "):
            desk.write({c.name: c.type for c in schema})
    assert desk.run(document) == ("invalid" if stops else "succeeded")
    for problem in found:
        assert problem.severity is (Severity.ERROR if stops else Severity.WARNING)
        assert (problem.where.column, problem.where.param) == ("v", "table")
        assert "column 'v' is " in problem.why
        (fix,) = problem.fixes
        assert fix.label.startswith("Use the table's types")
        mended = edit_of(fix, document).apply(document)
        assert told(desk.check(mended)) == []
        assert desk.run(mended) == "succeeded"


def test_narrow_integers_and_loose_numerics(desk: Desk):
    if desk.kind == "sqlite":
        pytest.skip("SQLite has one kind of integer, and keeps numerics as doubles")
    loose = "numeric" if desk.kind == "postgres" else "numeric(38,9)"
    desk.sql(f"CREATE TABLE t (a integer, b {loose})")
    found = desk.problems("SELECT 1::BIGINT AS a, 1.5::DOUBLE AS b FROM input")
    codes = {p.where.column: p.code for p in found}
    near = "target_type_near" if desk.kind == "postgres" else "target_type_clash"
    assert codes == {"a": "target_type_tight", "b": near}
    document = desk.document("SELECT 3000000000 AS a, 0.25::DOUBLE AS b FROM input")
    (fix,) = desk.check(document).problems[0].fixes
    mended = edit_of(fix, document).apply(document)
    assert desk.check(mended).problems == ()
    # The number that is too big goes aside in the cast, and never reaches the table.
    assert desk.run(mended) == "rejected_unconnected"
    aside = Node("aside", "jsonl_sink", {"path": "aside.jsonl"})
    edges = (*mended.edges, Edge.parse("select_columns.rejected -> aside.rows"))
    assert desk.run(replace(mended, nodes={**mended.nodes, "aside": aside}, edges=edges)) == (
        "succeeded"
    )
    assert desk.sql("SELECT count(*) FROM t") == [(0,)]
    assert "3000000000" in (desk.folder / "aside.jsonl").read_text()


def test_one_click_casts_all_and_one_step_back_undoes_it(desk: Desk):
    desk.sql("CREATE TABLE t (a decimal(10,2), b bigint, c text)")
    document = desk.document("SELECT 1.25::DOUBLE AS a, '7' AS b, 'x' AS c FROM input")
    found = desk.check(document).problems
    assert [p.where.column for p in found] == ["a", "b"]
    edit = edit_of(found[0].fixes[0], document)
    mended = edit.apply(document)
    assert mended.nodes["select_columns"].params == {
        "columns": [{"column": "a", "type": "DECIMAL(10,2)"}, {"column": "b", "type": "BIGINT"}],
        "others": "keep",
    }
    assert edit.inverse(document).apply(mended) == document
    assert desk.check(mended).problems == ()
    assert desk.run(mended) == "succeeded"
    assert [tuple(map(str, row)) for row in desk.sql("SELECT a, b, c FROM t")] == [
        ("1.25", "7", "x")
    ]


def test_a_cast_that_no_value_takes_is_not_offered(desk: Desk):
    desk.sql("CREATE TABLE t (v date, w bigint)")
    found = desk.problems("SELECT 7::BIGINT AS v, [1] AS w FROM input")
    assert {p.code for p in found} == {"target_type_clash"}
    assert not any(p.fixes for p in found)


def test_a_column_too_many_can_be_renamed_or_left_out(desk: Desk):
    desk.sql("CREATE TABLE t (id bigint, amount bigint)")
    document = desk.document("SELECT n AS id, n AS amout, n AS other FROM input")
    near, far = desk.check(document).problems
    assert (near.code, far.code) == ("target_column_missing", "target_column_missing")
    assert "did you mean 'amount'?" in near.why
    assert [f.label for f in near.fixes] == [
        "Rename it to 'amount'", "Leave it out", "Leave out all 2",
    ]  # fmt: skip
    assert [f.label for f in far.fixes] == ["Leave it out", "Leave out all 2"]
    assert desk.run(document) == "invalid"
    renamed = edit_of(near.fixes[0], document).apply(document)
    (left,) = desk.check(renamed).problems
    mended = edit_of(left.fixes[0], renamed).apply(renamed)
    assert list(mended.nodes) == ["one", "made", "select_columns", "select_columns_2", "out"]
    assert desk.check(mended).problems == ()
    assert desk.run(mended) == "succeeded"
    assert desk.sql("SELECT id, amount FROM t") == [(1, 1)]
    bare = edit_of(near.fixes[2], document).apply(document)
    assert desk.run(bare) == "succeeded"
    assert desk.sql("SELECT count(*), count(amount) FROM t") == [(2, 1)]


def test_a_column_that_must_come(desk: Desk):
    desk.sql("CREATE TABLE t (id bigint, must text NOT NULL, has text NOT NULL DEFAULT 'x')")
    (problem,) = desk.problems("SELECT n AS id FROM input")
    assert (problem.code, problem.where.column) == ("target_column_required", "must")
    with pytest.raises(WriteFailed, match="'must' must not be null and gets no value"):
        desk.write({"id": "BIGINT"})
    assert desk.problems("SELECT n AS id, 'x' AS must FROM input") == []


def test_a_generated_column_is_left_out(desk: Desk):
    stored = "" if desk.kind == "duckdb" else " STORED"
    desk.sql(f"CREATE TABLE t (n bigint, twice bigint GENERATED ALWAYS AS (n * 2){stored})")
    document = desk.document("SELECT n, n AS twice FROM input")
    (problem,) = desk.check(document).problems
    assert (problem.code, problem.where.column) == ("target_column_generated", "twice")
    assert desk.run(document) == "invalid"
    with pytest.raises(WriteFailed, match="computes column 'twice' itself"):
        desk.write({"n": "BIGINT", "twice": "BIGINT"})
    mended = edit_of(problem.fixes[0], document).apply(document)
    assert desk.run(mended) == "succeeded"
    assert desk.sql("SELECT n, twice FROM t") == [(1, 2)]


def test_replacing_the_table_leaves_nothing_to_compare(desk: Desk):
    desk.sql("CREATE TABLE t (gone date NOT NULL)")
    document = desk.document("SELECT n FROM input", mode="replace", replace="table")
    assert desk.check(document).problems == ()
    assert desk.run(document) == "succeeded"
    rows = desk.document("SELECT 'x' AS n FROM input", mode="replace")
    assert [p.code for p in desk.check(rows).problems] == ["target_type_clash"]
    assert desk.run(rows) == "invalid"


def test_a_table_that_is_missing_may_be_made(desk: Desk):
    desk.sql("CREATE TABLE orders (n bigint)")
    assert desk.problems("SELECT n FROM input") == []
    document = desk.document("SELECT n FROM input", table="order", create=False)
    (problem,) = desk.check(document).problems
    assert problem.code == "table_missing"
    assert "'orders'" in problem.do
    assert desk.run(document) == "invalid"
    assert desk.run(edit_of(problem.fixes[0], document).apply(document)) == "succeeded"


def test_a_view_is_no_table(desk: Desk):
    desk.sql("CREATE TABLE under (n bigint)")
    desk.sql("CREATE VIEW t AS SELECT n FROM under")
    for mode in ("append", "replace"):
        document = desk.document("SELECT n FROM input", mode=mode)
        assert [p.code for p in desk.check(document).problems] == ["target_is_view"]
        assert desk.run(document) == "invalid"
        with pytest.raises(WriteFailed, match="it is a view"):
            desk.write({"n": "BIGINT"}, mode=mode)
    assert desk.sql("SELECT count(*) FROM under") == [(0,)]


def test_a_view_with_a_trigger_takes_rows(desk: Desk):
    if desk.kind == "duckdb":
        pytest.skip("DuckDB has no triggers")
    desk.sql("CREATE TABLE under (n bigint)")
    desk.sql("CREATE VIEW t AS SELECT n FROM under")
    if desk.kind == "postgres":
        desk.sql(
            "CREATE FUNCTION go() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO under"
            " VALUES (new.n); RETURN new; END $$; CREATE TRIGGER go INSTEAD OF INSERT ON t"
            " FOR EACH ROW EXECUTE FUNCTION go()"
        )
    else:
        desk.sql(
            "CREATE TRIGGER go INSTEAD OF INSERT ON t BEGIN INSERT INTO under VALUES (new.n); END"
        )
    assert desk.problems("SELECT n FROM input") == []
    assert [p.code for p in desk.problems("SELECT n FROM input", mode="replace")] == [
        "target_is_view"
    ]


def test_a_key_that_does_not_come(desk: Desk):
    desk.sql("CREATE TABLE t (k bigint DEFAULT 0 PRIMARY KEY, v bigint UNIQUE)")
    (problem,) = desk.problems("SELECT n AS v FROM input")
    assert (problem.code, problem.severity) == ("target_key_missing", Severity.WARNING)
    assert desk.problems("SELECT n AS k FROM input") == []


def test_names_differ_by_letter_case_as_the_run_takes_them(desk: Desk):
    desk.sql("CREATE TABLE t (id bigint, name text)")
    document = desk.document("SELECT n AS ID, 'x' AS Name FROM input")
    assert desk.check(document).problems == ()
    assert desk.run(document) == "succeeded"


class TestTrust:
    def test_a_server_is_not_asked_without_leave_and_a_file_may_be(self, desk: Desk):
        desk.sql("CREATE TABLE t (n date)")
        found = desk.check(desk.document("SELECT n FROM input"), probe=False).problems
        codes = [p.code for p in found]
        assert codes == ([] if desk.kind == "postgres" else ["target_type_clash"])

    def test_a_file_outside_is_not_looked_at_without_leave(self, desk: Desk, tmp_path: Path):
        if desk.kind == "postgres":
            pytest.skip("It has no file")
        desk.sql("CREATE TABLE t (n date)")
        (desk.folder / "shop.db").rename(tmp_path / "far.db")
        (desk.folder / "connections.toml").write_text(
            f'[db]\nkind = "{desk.kind}"\npath = "{tmp_path / "far.db"}"\n'
        )
        document = desk.document("SELECT n FROM input")
        assert "target_type_clash" not in [
            p.code for p in desk.check(document, probe=False).problems
        ]
        assert "target_type_clash" in [p.code for p in desk.check(document).problems]

    def test_a_look_is_remembered(self, desk: Desk):
        desk.sql("CREATE TABLE t (n date)")
        context = design_context(Workspace.open(desk.folder), probe=True)
        wanted: list[tuple[Any, ...]] = []
        asked: list[tuple[Any, ...]] = []
        keep = context.cache

        def cache(key: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
            wanted.append(key)
            return keep(key, lambda: (asked.append(key), compute())[1])

        seeing = replace(context, cache=cache)
        for select in ("SELECT n FROM input", "SELECT n + 1 AS n FROM input"):
            check(desk.document(select), Catalogue.load(), seeing)
        looks = [key for key in wanted if "standing" in key]
        assert len(looks) == 2
        # They are alike but for the minute, which may just have passed.
        assert len({(*key[:3], *key[4:]) for key in looks}) == 1
        assert [key for key in asked if "standing" in key] == list(dict.fromkeys(looks))

    def test_a_change_of_the_table_is_seen_in_time(self, desk: Desk, monkeypatch):
        monkeypatch.setattr("summit_studio.nodes.parts.probing._HELD_SECS", 0.001)
        desk.sql("CREATE TABLE t (n date)")
        context = design_context(Workspace.open(desk.folder), probe=True)
        document = desk.document("SELECT n FROM input")
        assert not check(document, Catalogue.load(), context).ok
        desk.sql("DROP TABLE t")
        desk.sql("CREATE TABLE t (n bigint)")
        assert check(document, Catalogue.load(), context).ok


@pytest.fixture
def pg(desk: Desk) -> Desk:
    if desk.kind != "postgres":
        pytest.skip("Of PostgreSQL only")
    return desk


def test_an_identity_is_the_databases(pg: Desk):
    pg.sql(
        "CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY,"
        " b bigint GENERATED BY DEFAULT AS IDENTITY, v bigint)"
    )
    document = pg.document("SELECT n AS a, n AS b, n AS v FROM input")
    (problem,) = pg.check(document).problems
    assert (problem.code, problem.where.column) == ("target_column_identity", "a")
    assert pg.run(document) == "invalid"
    for mode in ("append", "replace"):
        with pytest.raises(WriteFailed, match="numbers column 'a' itself"):
            pg.write({"a": "BIGINT", "v": "BIGINT"}, mode=mode)
    mended = edit_of(problem.fixes[0], document).apply(document)
    assert pg.run(mended) == "succeeded"
    assert pg.sql("SELECT a, b, v FROM t") == [(1, 1, 1)]
    assert pg.problems("SELECT n AS v FROM input") == []


def test_names_that_would_be_cut(pg: Desk):
    long, cut = "ü" * 40, "ü" * 31
    document = pg.document(f'SELECT n AS "{long}", n AS "{cut}" FROM input')
    (problem,) = pg.check(document).problems
    assert (problem.code, problem.where.column) == ("name_too_long", long)
    assert "80 bytes" in problem.why
    assert pg.run(document) == "invalid"
    with pytest.raises(WriteFailed, match="80 bytes"):
        pg.write({long: "BIGINT"})
    mended = edit_of(problem.fixes[0], document).apply(document)
    assert pg.run(mended) == "succeeded"
    columns = pg.sql(
        "SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"
    )
    assert columns == [("ü" * 30 + "_2",), (cut,)]
    (named,) = pg.problems("SELECT n FROM input", table="t" * 64)
    assert (named.code, named.fixes) == ("name_too_long", ())


def test_a_server_that_cannot_be_reached_is_told_as_by_a_source(pg: Desk):
    (pg.folder / "connections.toml").write_text(
        '[db]\nkind = "postgres"\nhost = "127.0.0.1"\nport = 1\nconnect_timeout_secs = 2\n'
    )
    found = pg.problems("SELECT n FROM input")
    assert [p.code for p in found] == ["connection_refused"]
    assert found[0].where.node_id == "out"


def test_domains_and_partial_keys_are_seen_through(pg: Desk):
    pg.sql(
        "CREATE DOMAIN small AS numeric(4,1) DEFAULT 2 NOT NULL;"
        "CREATE TABLE t (d small, v bigint); CREATE UNIQUE INDEX ON t (v) WHERE v > 3;"
        "CREATE UNIQUE INDEX ON t ((v + 1))"
    )
    assert [p.code for p in pg.problems("SELECT 1.5::DOUBLE AS d FROM input")] == [
        "target_type_clash"
    ]
    assert pg.problems("SELECT n AS v FROM input") == []


def test_summit_validate_tells_it(desk: Desk):
    desk.sql("CREATE TABLE t (v decimal(10,2), must text NOT NULL)")
    path = desk.folder / "x.summit.json"
    save(desk.document("SELECT 1.5::DOUBLE AS v, n AS extra FROM input"), path)
    command = [sys.executable, "-m", "summit_studio", "validate", str(path), "--probe"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    told = done.stdout + done.stderr
    assert "column 'v' is DOUBLE, and the table has DECIMAL(10,2)" in told
    assert "the table has no column 'extra'" in told
    assert "'must' must not be null and gets no value" in told
    for code in ("target_type_clash", "target_column_missing", "target_column_required"):
        assert f"[{code}]" in told
    assert "cannot run: 3 nodes, 3 errors" in told


def test_what_single_rows_may_be_refused_for_is_a_notice_with_a_fix(desk: Desk):
    desk.sql(
        "CREATE TABLE t (id bigint PRIMARY KEY, v text NOT NULL, w text, "
        "given text NOT NULL DEFAULT 'x', UNIQUE (v, w))"
    )
    select = (
        "SELECT i AS id, CASE WHEN i < 3 THEN 'a' END AS V, concat('w', i) AS w "
        "FROM input, (VALUES (1::BIGINT), (1), (2), (3)) AS numbers (i)"
    )
    document = desk.document(select)
    found = [p for p in desk.check(document).problems if p.severity is Severity.INFO]
    codes = [p.code for p in found]
    assert codes.count("target_refuses_twice") == 2
    (null,) = (p for p in found if p.code == "target_refuses_null")
    assert null.what.endswith("in V" if desk.kind == "sqlite" else "in id, V")
    assert desk.check(document).ok
    assert desk.run(document) in {"duplicate_key", "null_not_allowed", "constraint_violated"}
    key = next(p for p in found if p.code == "target_refuses_twice" and "id" in p.what)
    for problem in (null, key):
        (fix,) = problem.fixes
        document = edit_of(fix, document).apply(document)
    assert desk.run(document) == "succeeded"
    assert desk.sql("SELECT id FROM t ORDER BY id") == [(1,), (2,)]


def limits(desk: Desk, document: Document) -> list[Problem]:
    return [p for p in desk.check(document).problems if p.code == "values_may_be_refused"]


class TestLimits:
    """Notices of values that a table cannot hold, where one may have to reckon with them."""

    def test_what_is_rounded_is_told_once_and_cut_by_one_click(self, desk: Desk):
        if desk.kind == "sqlite":
            pytest.skip("SQLite keeps moments as texts")
        second = "timestamp(0)" if desk.kind == "postgres" else "TIMESTAMP_S"
        desk.sql(f"CREATE TABLE t (a {second}, b {second}, c timestamp, d text)")
        moment = "TIMESTAMP '2024-01-02 03:04:05.678'"
        select = f"SELECT {moment} AS a, {moment} AS b, {moment} AS c, 'x' AS d FROM input"
        document = desk.document(select)
        (notice,) = limits(desk, document)
        assert notice.severity is Severity.INFO
        assert notice.what == "Each of columns a, b of table " + (
            "public.t keeps whole seconds"
            if desk.kind == "postgres"
            else "main.t keeps whole seconds"
        )
        assert notice.where.column == "a"
        assert desk.run(document) == "value_does_not_fit"
        mended = edit_of(notice.fixes[0], document).apply(document)
        assert desk.run(mended) == "succeeded"
        found = desk.sql("SELECT a::text, b::text, c::text FROM t")
        assert found == [("2024-01-02 03:04:05",) * 2 + ("2024-01-02 03:04:05.678",)]

    @pytest.mark.parametrize("declared", ["time(3)", "timestamp(3) with time zone", "interval(3)"])
    def test_the_click_cuts_what_postgres_rounds(self, desk: Desk, declared):
        if desk.kind != "postgres":
            pytest.skip("another system")
        desk.sql(f"CREATE TABLE t (v {declared})")
        given = {
            "time(3)": "TIME '03:04:05.678912'",
            "timestamp(3) with time zone": "TIMESTAMPTZ '2024-01-02 03:04:05.678912+00'",
            "interval(3)": "INTERVAL '3 days 5.678912 seconds'",
        }
        document = desk.document(f"SELECT {given[declared]} AS v FROM input")
        (notice,) = limits(desk, document)
        mended = edit_of(notice.fixes[0], document).apply(document)
        assert desk.run(document) == "value_does_not_fit"
        assert desk.run(mended) == "succeeded"
        assert "05.678" in desk.sql("SELECT v::text FROM t")[0][0]

    @pytest.mark.parametrize("made", [True, False])
    def test_what_no_column_holds(self, desk: Desk, made):
        exprs = {
            "a": "1.5::DECIMAL(15,2)", "b": "1.5::DECIMAL(16,2)", "c": "1::UBIGINT",
            "d": "1.5::DOUBLE", "e": "'x'", "f": "1::BIGINT", "g": "DATE '2024-01-02'",
        }  # fmt: skip
        if not made:
            desk.sql(
                "CREATE TABLE t (a decimal(15,2), b decimal(16,2), c decimal(20,0),"
                " d double precision, e text, f bigint, g date)"
            )
        select = ", ".join(f"{value} AS {name}" for name, value in exprs.items())
        found = limits(desk, desk.document(f"SELECT {select} FROM input"))
        if desk.kind != "sqlite":
            assert found == []
            return
        assert [p.where.column for p in found] == ["b", "c", "d"]
        refused = {
            "b": "12345678901234.56::DECIMAL(16,2)", "c": "18446744073709551615::UBIGINT",
            "d": "'NaN'::DOUBLE",
        }  # fmt: skip
        for name, value in refused.items():
            text = ", ".join(
                f"{value if n == name else given} AS {n}" for n, given in exprs.items()
            )
            assert desk.run(desk.document(f"SELECT {text} FROM input")) == "value_does_not_fit"

    def test_texts_that_sqlite_takes_for_numbers(self, desk: Desk):
        if desk.kind != "sqlite":
            pytest.skip("another system")
        desk.sql("CREATE TABLE t (a STRING, b TEXT, c VARCHAR(5), d JSON)")
        select = "SELECT 'x' AS a, 'x' AS b, 'x' AS c, '{}'::JSON AS d FROM input"
        assert [(p.where.column, p.fixes) for p in limits(desk, desk.document(select))] == [
            ("a", ()), ("d", ()),
        ]  # fmt: skip


NARROW = {
    "postgres": "a varchar(2), b timestamp(0), c smallint, d numeric(3,1), e real, f text NOT NULL",
    "sqlite": "a STRING, b date, c boolean, d numeric(3,1), e text, f text NOT NULL",
    "duckdb": "a UUID, b TIMESTAMP_S, c TINYINT, d DECIMAL(3,1), e FLOAT, f VARCHAR NOT NULL",
}


def test_a_table_that_is_made_anew_is_not_compared_with_the_old_one(desk: Desk):
    desk.sql(f"CREATE TABLE t ({NARROW[desk.kind]})")
    select = (
        "SELECT '0070' AS a, TIMESTAMP '2024-01-02 03:04:05.678901' AS b, 9007199254740993 AS c, "
        "12345.678::DECIMAL(12,3) AS d, 9007199254740993 AS e FROM input"
    )
    assert told(desk.check(desk.document(select, mode="replace"))) != []
    document = desk.document(select, mode="replace", replace="table")
    assert desk.check(document).problems == ()
    assert desk.run(document) == "succeeded"
    text = "varchar" if desk.kind == "duckdb" else "text"
    found = desk.sql(f"SELECT a, CAST(b AS {text}), c, CAST(d AS {text}), e FROM t")
    whole = 9007199254740993
    assert found == [("0070", "2024-01-02 03:04:05.678901", whole, "12345.678", whole)]
