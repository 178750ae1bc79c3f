import pyarrow as pa
import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import SummitError, Untrusted
from summit_studio.core.schema import Schema
from summit_studio.nodes.contract import RunContext
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

SCHEMA = Schema.of({"id": "BIGINT", "name": "VARCHAR"})
GIVEN = {"rows": "SELECT 1::BIGINT AS id, 'x' AS name"}
BATCH = pa.table({"id": pa.array([1, None, 2**62 + 1], pa.int64()), "name": ["a", None, "c"]})


def run_context(tmp_path, *, trusted=True):
    workspace = Workspace(tmp_path, trusted=trusted)
    return RunContext("r", workspace, SecretStore(tmp_path), CancelToken())


@pytest.fixture
def process(runner, tmp_path):
    """Run code over one batch and return what comes out."""

    def call(code, *, output=SCHEMA, batch=BATCH, **params: str):
        node = runner.bind("python", code=code, **params)
        return node.open({"rows": (SCHEMA,)}, output, run_context(tmp_path)).process(batch)

    return call


@pytest.mark.parametrize("frame", ["pandas", "polars", "arrow"])
def test_rows_pass_unchanged_through_every_frame(process, frame):
    """Whole numbers beyond 2**53 next to nulls are where frames lose digits."""
    made = process("def process(rows):\n    return rows\n", frame=frame)
    assert made.equals(BATCH)


@pytest.mark.parametrize("frame", ["pandas", "polars", "arrow"])
def test_no_rows_keep_their_types(process, frame):
    made = process("def process(rows):\n    return rows\n", frame=frame, batch=BATCH.slice(0, 0))
    assert made.schema == BATCH.schema


@pytest.mark.parametrize(
    "code",
    [
        "def process(rows):\n    return rows.with_columns(id=rows['id'] + 1)\n",
        "def process(rows):\n    return rows.assign(id=rows['id'] + 1)\n",
    ],
)
def test_numbers_stay_exact(process, code):
    frame = "polars" if "with_columns" in code else "pandas"
    assert process(code, frame=frame).column("id").to_pylist() == [2, None, 2**62 + 2]


def test_values_live_between_batches(runner, tmp_path):
    code = (
        "seen = []\n\ndef process(rows):\n    seen.append(1)\n    return rows.slice(0, len(seen))\n"
    )
    node = runner.bind("python", code=code, frame="arrow")
    running = node.open({"rows": (SCHEMA,)}, SCHEMA, run_context(tmp_path))
    assert [running.process(BATCH).num_rows for _ in range(2)] == [1, 2]
    again = node.open({"rows": (SCHEMA,)}, SCHEMA, run_context(tmp_path))
    assert again.process(BATCH).num_rows == 1


def test_columns_are_put_in_declared_order_and_cast(process):
    output = Schema.of({"total": "DECIMAL(9,2)", "id": "INTEGER"})
    code = "def process(rows):\n    return rows.assign(total=1.5)[['id', 'total']].head(1)\n"
    made = process(code, output=output)
    assert made.to_pylist() == [{"total": pytest.approx(1.5), "id": 1}]
    assert str(made.schema.field("id").type) == "int32"


@pytest.mark.parametrize(
    ("body", "what", "why"),
    [
        ("return rows.assign(id='x')", "another type for column 'id'", "BIGINT is declared"),
        ("return rows.assign(id=1.5)", "another type for column 'id'", "double"),
        ("return rows.drop(columns='name')", "column 'name' not at all", "it returned id"),
        ("return rows.rename(columns={'name': 'nam'})", "column 'name' not at all", "nam"),
        ("return rows.assign(extra=1)", "columns nobody declared: extra", "id, name"),
        ("return None", "no table", "returned nothing"),
        ("return [1]", "no table", "list"),
    ],
)
def test_a_result_that_does_not_fit_says_what_was_wanted(process, body, what, why):
    with pytest.raises(SummitError) as caught:
        process(f"def process(rows):\n    {body}\n")
    assert what in caught.value.what
    assert why in caught.value.why
    assert caught.value.do
    assert caught.value.where.node_id == "n"


@pytest.mark.parametrize(
    ("code", "line", "shown"),
    [
        ("def process(rows):\n    x = 1\n    return 1 / 0\n", 3, "ZeroDivisionError"),
        ("def inner(rows):\n    return rows['x']\n\ndef process(rows):\n    return inner(rows)\n",
         2, "KeyError"),
        ("def process(rows):\n    raise SystemExit(3)\n", 2, "SystemExit"),
    ],
)  # fmt: skip
def test_an_exception_names_the_line_of_the_code(process, code, line, shown):
    with pytest.raises(SummitError) as caught:
        process(code)
    assert caught.value.where.line == line
    assert caught.value.why.startswith(f"line {line}: ")
    assert shown in caught.value.why
    assert caught.value.__context__ is None, "frames of theirs hold rows"


def test_an_exception_outside_the_function_is_reported_when_the_run_opens(runner, tmp_path):
    node = runner.bind(
        "python", code="import no_such_module\n\ndef process(rows):\n    return rows\n"
    )
    runner.infer(node, GIVEN)
    with pytest.raises(SummitError, match="no_such_module") as caught:
        node.open({"rows": (SCHEMA,)}, SCHEMA, run_context(tmp_path))
    assert caught.value.where.line == 1


@pytest.mark.parametrize(
    ("code", "line", "why"),
    [
        ("def process(rows):\n    return (\n", 2, "line 2"),
        ("def other(rows):\n    return rows\n", None, "no function process"),
        ("def process():\n    pass\n", 1, "one argument"),
        ("def process(a, b):\n    pass\n", 1, "one argument"),
        ("async def process(rows):\n    pass\n", 1, "async"),
        ("x = '\0'", None, "null"),
    ],
)
def test_code_that_cannot_work_is_found_without_running_it(runner, code, line, why):
    error = runner.error(runner.bind("python", code=code), GIVEN)
    assert (error.where.param, error.where.line) == ("code", line)
    assert why in error.why


def test_looking_at_code_runs_none_of_it(runner, tmp_path):
    trace = tmp_path / "ran"
    code = f"open({str(trace)!r}, 'w').close()\n\ndef process(rows):\n    return rows\n"
    node = runner.bind("python", code=code)
    runner.infer(node, GIVEN)
    runner.problems(node, GIVEN)
    with pytest.raises(Untrusted):
        node.open({"rows": (SCHEMA,)}, SCHEMA, run_context(tmp_path, trusted=False))
    assert not trace.exists()


def test_declared_columns_are_the_output(runner):
    columns = [{"name": "total", "type": "decimal(9,2)"}, {"name": "ok", "type": "bool"}]
    schemas = runner.infer(runner.bind("python", columns=columns, whole=True), GIVEN)
    assert [str(c) for c in schemas["rows"]] == ["total DECIMAL(9,2)", "ok BOOLEAN"]
    assert schemas["rejected"].names[:2] == ("id", "name")
    twice = runner.bind("python", columns=[{"name": "a"}, {"name": "A"}])
    assert runner.error(twice, GIVEN).where.param == "columns.1.name"


def test_whole_is_known_to_the_engine(runner):
    assert runner.bind("python", whole=True).whole is True
    assert runner.bind("python").whole is False


def test_a_missing_package_is_a_problem_before_the_run(runner, monkeypatch):
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "polars" else find(name, *a)
    )
    (problem,) = runner.problems(runner.bind("python", frame="polars"), GIVEN)
    assert (problem.code, problem.where.param) == ("package_missing", "frame")
    assert problem.fixes[0].params == (("frame", "arrow"),)
    assert runner.problems(runner.bind("python", frame="arrow"), GIVEN) == []
