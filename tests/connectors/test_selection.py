"""Conditions on what is read, with bound values, on real databases."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import duckdb
import pytest

from summit_studio.connectors.contract import Database
from summit_studio.core.bound import BoundSql, DateText
from summit_studio.core.cancel import CancelToken
from summit_studio.core.problems import Severity
from summit_studio.document.model import Document, Node, Parameter
from summit_studio.engine.design import design_context
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import RunContext
from summit_studio.planning.check import check
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

pytestmark = pytest.mark.postgres

Ask = Callable[[str], list[tuple[Any, ...]]]
BIG = 9_007_199_254_740_993


@pytest.fixture
def workspace_of(database: Database, workspace: Workspace) -> Workspace:
    return Workspace(
        workspace.root, {"db": database.connection.model_copy(update={"name": "db"})}, trusted=False
    )


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
            for statement in sql.split(";\n"):
                found = con.execute(statement).fetchall()
            con.commit()
            return found

    return run


class Reading:
    """Reads by a node of a document, as a run does."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.context = design_context(workspace, probe=True)
        self.counted: int | None = None

    def problems(self, kind: str, params: dict[str, Any], **given: tuple[str, Any]) -> list[Any]:
        found = self._checked(kind, params, given).problems
        return [p for p in found if p.severity is Severity.ERROR]

    def ids(self, kind: str, params: dict[str, Any], **given: tuple[str, Any]) -> list[Any]:
        checked = self._checked(kind, params, given)
        assert checked.ok, checked.problems
        node: Any = checked.nodes["n"]
        run = RunContext("r", self.workspace, SecretStore(), CancelToken(), batch_rows=2)
        reader = node.open(next(iter(checked.schemas.values())), run)
        try:
            found = [row["id"] for c in reader.chunks() for row in c.load().rows.to_pylist()]
        finally:
            reader.close()
        self.counted = reader.total()
        return sorted(found)

    def _checked(self, kind: str, params: dict[str, Any], given: dict[str, tuple[str, Any]]) -> Any:
        parameters = {n: Parameter(n, of, value) for n, (of, value) in given.items()}
        node = Node("n", kind, {"connection": "db"} | params)
        document = Document("test", nodes={"n": node}, parameters=parameters)
        return check(document, Catalogue.load(), self.context)


@pytest.fixture
def reading(workspace_of: Workspace, ask: Ask) -> Reading:
    ask(
        "CREATE TABLE orders (id BIGINT, name VARCHAR, seen TIMESTAMP, day DATE, share DOUBLE "
        "PRECISION, ok BOOLEAN);\n"
        "INSERT INTO orders VALUES (1, 'Ada', '2026-01-31 10:00:00.000001', '2026-01-31', 0.1, "
        f"true), ({BIG}, 'O''Neil', '2026-01-31 10:00:00.000002', '2026-02-01', 0.25, false), "
        f"({BIG - 1}, 'x', '2026-01-31 10:00:00', '2026-01-30', 7, true);\n"
        "CREATE TABLE secrets (id BIGINT)"
    )
    return Reading(workspace_of)


@pytest.mark.parametrize(
    ("where", "given", "found"),
    [
        ("id >= ${n}", ("integer", BIG), [BIG]),
        ("seen > ${n}", ("timestamp", "2026-01-31T10:00:00.000001"), [BIG]),
        ("seen <= ${n}", ("timestamp", "2026-01-31 10:00:00"), [BIG - 1]),
        ("day >= ${n}", ("date", "2026-01-31"), [1, BIG]),
        ("name = ${n}", ("text", "O'Neil"), [BIG]),
        ("name = ${n} OR name = 'it''s; -- fine'", ("text", "x' OR 'a'='a"), []),
        ("share = ${n} AND (id > 0)", ("number", "0.1"), [1]),
        ("ok = ${n}", ("boolean", "no"), [BIG]),
    ],
)
def test_a_condition_is_asked_of_the_database_with_values_as_what_they_are(
    reading: Reading, where: str, given: tuple[str, Any], found: list[int]
):
    assert reading.ids("table_source", {"table": "orders", "where": where}, n=given) == found
    assert reading.counted == len(found)
    query = f"SELECT id FROM orders WHERE {where} -- ${{n}}"
    assert reading.ids("query_source", {"query": query}, n=given) == found
    keyed = {"table": "orders", "where": where, "key": ["id"]}
    assert reading.ids("table_source", keyed, n=given) == found


@pytest.mark.parametrize(
    "where",
    [
        "true) UNION ALL SELECT * FROM secrets WHERE (true", "true; DELETE FROM orders",
        "1=1) OR (1=1", "(id > 1", "id > 1 --", "id /* > 1", "name = 'a", "name = $$a$$",
        "name = E'\\') UNION SELECT 1 --'", "name = `a`", '"x" = \'\\\'',
    ],
)  # fmt: skip
def test_a_condition_is_one_expression(reading: Reading, where: str):
    (problem,) = reading.problems("table_source", {"table": "orders", "where": where})
    assert (problem.code, problem.where.param) == ("where_invalid", "where")


@pytest.mark.parametrize("where", ["idd > 1", "id >", "1 ORDER BY 1", "id IN (SELECT)"])
def test_what_the_database_does_not_understand_is_a_problem_of_the_field(
    reading: Reading, where: str
):
    (problem,) = reading.problems("table_source", {"table": "orders", "where": where})
    assert problem.where.param == "where"


def test_a_second_statement_never_runs(reading: Reading, ask: Ask):
    for query in (
        "SELECT 1 AS id) AS a; COMMIT; DELETE FROM orders; SELECT * FROM (SELECT 1 AS id",
        "SELECT 1 AS id; COMMIT; DELETE FROM orders; SELECT 1 AS id",
    ):
        assert reading.problems("query_source", {"query": query})
    assert ask("SELECT count(*) FROM orders") == [(3,)]


def test_a_placeholder_in_quotes_or_without_a_parameter_is_a_problem(reading: Reading):
    query = {"query": "SELECT id FROM orders WHERE name = '${n}'"}
    (problem,) = reading.problems("query_source", query, n=("text", "Ada"))
    assert (problem.code, problem.where.param) == ("parameter_quoted", "query")
    where = {"table": "orders", "where": "id > ${least}"}
    (problem,) = reading.problems("table_source", where, leas=("integer", 1))
    assert (problem.code, problem.where.param) == ("parameter_invalid", "where")
    assert "'leas'" in problem.do


def test_values_of_a_module_are_bound_by_its_own_parameters():
    text = BoundSql.filled(
        "a = ${n} AND b = ${n} OR c = ${day}", {"n": 1, "day": DateText("2026-01-02")}
    )
    bound: list[object] = []

    def bind(value: object) -> str:
        bound.append(value)
        return "?"

    assert text.written(bind) == "a = ? AND b = ? OR c = ?"
    assert bound == [1, dt.date(2026, 1, 2)]
