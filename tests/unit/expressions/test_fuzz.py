# ruff: noqa: E501, SIM905, RUF005, PT017 - pieces read best as words; errors are part of the property.
"""Random and mutated text: only InvalidExpression, and never a byte of the sentinel file."""

import random
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summit_studio.core.errors import InvalidExpression
from summit_studio.core.schema import Schema
from summit_studio.expressions.binder import Binder
from summit_studio.expressions.check import check_expression
from summit_studio.expressions.connect import locked_connection
from summit_studio.expressions.guard import guard_expression, guard_query, guard_type
from summit_studio.expressions.lineage import columns_of, rename_column, shape_of

SENTINEL = "sentinel-0815-content"
SCHEMA = Schema.of({"id": "INTEGER", "name": "VARCHAR", "l": "INTEGER[]", "s": "STRUCT(a DATE)"})
RUN = settings(
    max_examples=900, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip

WORDS = (
    """( ) [ ] { } , ; : . ' " - -- /* */ \\ $1 ? # * ** % + / // || -> ->> :: := = <> < > ~ @ ! $$ E' x'
    id name l s s.a nope 1 2.5 1e9 'x' '%' NULL true SELECT FROM WHERE AS WITH UNION JOIN VALUES ORDER BY
    GROUP LIMIT PIVOT DESCRIBE rows 'FILE' "FILE" read_text('FILE') read_csv('FILE') glob('FILE') CASE WHEN
    THEN ELSE END CAST( TRY_CAST( INTEGER DATE VARCHAR[] STRUCT( AND OR NOT IN IS LIKE BETWEEN lambda x :
    upper( sum( count(*) OVER ( PARTITION BY list_transform( range( random() nextval('s') COLUMNS(*) FOR IF
    INTERVAL DAY AT TIME ZONE 'UTC' COLLATE EXISTS ANY ARRAY MAP { }.a DISTINCT FILTER now() current_date é 😀
    unnest( format( regexp_matches( row( main. DEFAULT EXECUTE PREPARE COPY SET ATTACH""".split()
    + [" ", "\n", "\t", "\0", "\ud800", "\u00a0", "\u202e", "\x1b"]
)
PIECES = st.sampled_from(WORDS)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=14).map("".join),
    st.text(max_size=60),
)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("outside") / "secret.csv"
    path.write_text(f"{SENTINEL}\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def con():
    made = locked_connection()
    made.execute("CREATE TABLE rows (id INTEGER, name VARCHAR, l INTEGER[], s STRUCT(a DATE))")
    made.execute(
        "INSERT INTO rows VALUES (1, 'a', [1, 2], {'a': DATE '2026-01-01'}), (NULL, NULL, NULL, NULL)"
    )
    yield made
    made.close()


def evaluate(con, query: str) -> str:
    import duckdb

    guard = threading.Timer(5, con.interrupt)
    guard.start()
    try:
        return str(con.sql(query).to_arrow_table().to_pydict()) if con.sql(query) else ""
    except duckdb.Error as error:
        return str(error)
    finally:
        guard.cancel()


@RUN
@given(text=TEXTS)
def test_expressions(text, binder: Binder, con, file):
    text = text.replace("FILE", str(file))
    for act in (columns_of, shape_of, guard_type, lambda t: rename_column(t, "id", "other")):
        try:
            act(text)
        except InvalidExpression as error:
            str(error).encode()
    try:
        guard_expression(text)
    except InvalidExpression as error:
        str(error).encode()
        return
    # What passed is embedded as nodes do it: still one column, and no file.
    found = evaluate(con, f"SELECT 1 AS before, (\n{text}\n) AS it, 2 AS after FROM rows")
    assert SENTINEL not in found
    try:
        check_expression(text, SCHEMA, binder)
    except InvalidExpression as error:
        assert SENTINEL not in str(error)
    else:
        shape = con.sql(f"SELECT 1 AS before, (\n{text}\n) AS it FROM rows LIMIT 0")
        assert shape.columns == ["before", "it"]


@RUN
@given(
    text=TEXTS,
    start=st.sampled_from(
        ["", "SELECT ", "FROM rows ", "SELECT * FROM ", "WITH t AS (FROM rows) FROM "]
    ),
)
def test_queries(text, start, binder: Binder, con, file):
    text = start + text.replace("FILE", str(file))
    try:
        guarded = guard_query(text, ["rows"])
    except InvalidExpression as error:
        str(error).encode()
        return
    assert SENTINEL not in evaluate(con, f"SELECT * FROM (\n{guarded}\n) LIMIT 10")
    try:
        binder.describe(guarded, {"rows": SCHEMA})
    except InvalidExpression as error:
        assert SENTINEL not in str(error)


VALID = (
    "CASE WHEN id > 1 AND name IS NOT NULL THEN upper(name) ELSE coalesce(name, 'x') END",
    "list_transform(l, lambda x : x + 1)[1] BETWEEN 2.5 AND CAST(name AS INTEGER)",
    "s.a + INTERVAL 1 DAY < DATE '2026-01-01' OR name IN ('a', 'b''c') AND NOT name LIKE '%x%'",
    "sum(id) OVER (PARTITION BY name ORDER BY id) / count(*) FILTER (id % 2 = 0)",
)
EVERY_SEED = 4_500


@pytest.mark.parametrize("seed", range(4))
def test_many_more_expressions(con, file, seed: int):
    """18,000 beside those above: of words, and of expressions that words were put into."""
    chance, passed = random.Random(seed), 0
    acts = (columns_of, shape_of, guard_type, lambda t: rename_column(t, "id", "other"))
    for number in range(EVERY_SEED):
        text = _text(chance).replace("FILE", str(file))
        try:
            acts[number % len(acts)](text)
        except InvalidExpression as error:
            str(error).encode()
        try:
            guard_expression(text)
        except InvalidExpression as error:
            str(error).encode()
            continue
        passed += 1
        found = evaluate(con, f"SELECT 1 AS before, (\n{text}\n) AS it, 2 AS after FROM rows")
        assert SENTINEL not in found
    assert passed > EVERY_SEED // 50


def _text(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return chance.choice(("", " ")).join(chance.choices(WORDS, k=chance.randrange(12)))
    text = chance.choice(VALID)
    for _ in range(chance.randrange(1, 4)):
        at, size = chance.randrange(len(text)), chance.choice((0, 0, 1, 5))
        text = text[:at] + chance.choice(WORDS) + text[at + size :]
    return text


def test_the_fuzz_reaches_what_passes():
    passed = 0

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(text=st.lists(PIECES, max_size=5).map(" ".join))
    def count(text):
        nonlocal passed
        try:
            guard_expression(text)
        except InvalidExpression:
            return
        passed += 1

    count()
    assert passed > 5
