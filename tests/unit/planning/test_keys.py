"""Keys, settings and promises: each is honoured, or a problem says that it is not."""

from dataclasses import replace

import pytest

from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.document.model import Layout, Note, Parameter
from summit_studio.document.text import dump, parse
from summit_studio.engine.design import design_context
from summit_studio.engine.preview import preview
from summit_studio.planning.plan import InvalidPipeline, plan_checked
from summit_studio.planning.settings import InvalidSettings, settings_of

READ = (
    "csv_source",
    {
        "path": "in.csv",
        "columns": [{"name": "id", "type": "BIGINT"}, {"name": "name", "type": "VARCHAR"}],
    },
)
WRITE = ("csv_sink", {"path": "out.csv"})


@pytest.fixture
def found(draw, checked):
    """Returns the problems of a sound pipeline with something more in it."""

    def look(doc=None, **more):
        base = draw({"n": READ, "o": WRITE}, "n.rows -> o.rows")
        return checked(doc(base) if doc else replace(base, **more)).problems

    return look


def test_without_such_keys_there_is_nothing_to_say(found):
    assert found() == ()


UNKNOWN = [
    ("perfomance", {"perfomance": {"memory_limit_mb": 100}}, "did you mean 'performance'?"),
    ("Performance", {"Performance": {}}, "did you mean 'performance'?"),
    ("performance.memory_limit", {"performance": {"memory_limit": 1}}, "memory_limit_mb"),
    ("performance.batchrows", {"performance": {"batchrows": 1}}, "did you mean 'batch_rows'?"),
    (
        "errors.retry.attemps",
        {"errors": {"retry": {"attemps": 3}}},
        "did you mean 'attempts'?",
    ),
    ("limits.node_sec", {"limits": {"node_sec": 3}}, "did you mean 'node_secs'?"),
    (
        "errors.on_error.0.comand",
        {"errors": {"on_error": [{"log": "a", "comand": ["b"]}]}},
        "did you mean 'command'?",
    ),
    ("errors.retries", {"errors": {"retries": {}}}, "did you mean 'retry'?"),
    ("verifi", {"verifi": "counts"}, "did you mean 'verify'?"),
    ("checkpoint", {"checkpoint": {}}, "did you mean 'checkpoints'?"),
    ("zzz", {"zzz": 1}, "begin its name with x-"),
]


@pytest.mark.parametrize(("name", "settings", "do"), UNKNOWN, ids=[u[0] for u in UNKNOWN])
def test_an_unknown_setting_stops_with_the_nearest_name(found, name, settings, do):
    (problem,) = found(settings=settings)
    assert (problem.code, problem.severity) == ("setting_unknown", Severity.ERROR)
    assert f"'{name}'" in problem.what
    assert do in problem.do
    assert problem.where.param == f"settings.{name}"


LATER = [
    {"quality": {}},
    {"alerts": []},
    {"schedule": "daily"},
    {"performance": {"spill": "off"}},
    {"performance": {"queue_concurrency": 2}},
    {"performance": {"compression": "zstd"}},
]


@pytest.mark.parametrize("settings", LATER, ids=str)
def test_a_promise_that_is_not_kept_yet_refuses(found, settings):
    (problem,) = found(settings=settings)
    assert (problem.code, problem.severity) == ("setting_not_kept", Severity.ERROR)
    assert problem.why
    assert problem.do.startswith("take it out")


@pytest.mark.parametrize(
    "settings",
    [
        {"performance": {"parallelism": 0}},
        {"performance": {"batch_rows": "auto"}},
        {"performance": 7},
        {"errors": {"retry": {"attempts": 0}}},
        {"errors": {"retry": {"backoff": "fibonacci"}}},
        {"errors": {"retry": 3}},
        {"errors": {"on_error": [{}]}},
        {"errors": {"on_error": {"log": "a"}}},
        {"errors": {"on_error": [{"log": "a", "webhook": "http://b"}]}},
        {"errors": {"on_error": [{"webhook": "example.org"}]}},
        {"errors": {"on_error": [{"command": []}]}},
        {"errors": {"on_error": [{"log": "a", "timeout_secs": 0}]}},
        {"errors": {"tolerance": "some"}},
        {"errors": {"tolerance": {}}},
        {"errors": {"tolerance": {"rows": 1, "percent": 2}}},
        {"errors": {"tolerance": {"rows": 1, "after_rows": 2}}},
        {"errors": {"tolerance": {"percent": 101}}},
        {"limits": {"run_secs": 0}},
        {"limits": 5},
        {"verify": "everything"},
    ],
    ids=str,
)
def test_a_setting_that_does_not_fit_is_a_problem(found, settings):
    (problem,) = found(settings=settings)
    assert problem.code == "setting_misfit"
    assert problem.why


def test_a_tolerance_that_lets_no_row_go_is_a_problem(found):
    """The reader's rejected port leads nowhere, and the first such row ends the run."""
    tolerance = {"tolerance": {"rows": 5}}
    (problem,) = found(settings={"errors": tolerance})
    assert (problem.code, problem.severity) == ("tolerance_in_vain", Severity.ERROR)
    reader = found(settings={"errors": tolerance | {"nodes": {"n": "dead_letter"}}})
    told = {p.code: p.severity for p in reader}
    assert told.get("tolerance_in_vain") in {None, Severity.WARNING}
    for enough in (
        {"errors": tolerance | {"strategy": "dead_letter"}},
        {"errors": {"tolerance": "none"}},
    ):
        assert "tolerance_in_vain" not in {p.code for p in found(settings=enough)}


def test_every_setting_at_fault_is_said_in_order(found):
    settings = {"zzz": 1, "performance": {"prefetch": 0, "spill": "on"}, "schedule": "daily"}
    assert [p.where.param for p in found(settings=settings)] == [
        "settings.zzz",
        "settings.performance.prefetch",
        "settings.performance.spill",
        "settings.schedule",
    ]


@pytest.mark.parametrize(
    ("mode", "code", "do"),
    [("elt", "mode_not_kept", "etl"), ("elty", "mode_unknown", "did you mean"),
     ("stream", "mode_unknown", "etl")],
)  # fmt: skip
def test_a_mode_other_than_etl_stops(found, mode, code, do):
    (problem,) = found(mode=mode)
    assert (problem.code, problem.severity) == (code, Severity.ERROR)
    assert do in problem.do
    assert problem.fixes[0].mode == "etl"


def test_unknown_keys_at_the_top_and_in_nodes_stop(found):
    (problem,) = found(extra={"paramters": {}})
    assert problem.code == "key_unknown"
    assert "did you mean 'parameters'?" in problem.do
    (problem,) = found(
        lambda d: replace(d, nodes=d.nodes | {"n": replace(d.nodes["n"], extra={"titel": "a"})})
    )
    assert problem.severity is Severity.ERROR
    assert problem.where.node_id == "n"
    assert "did you mean 'title'?" in problem.do
    (problem,) = found(parameters={"p": Parameter("p", default=1, extra={"defualt": 2})})
    assert "parameter 'p'" in problem.what
    assert "did you mean 'default'?" in problem.do


def test_what_only_draws_warns(found):
    (problem,) = found(notes={"a": Note("a", "text", {"colour": "red"})})
    assert (problem.code, problem.severity) == ("key_unknown", Severity.WARNING)
    (problem,) = found(layout=Layout(extra={"zoom": 2}))
    assert problem.severity is Severity.WARNING
    (problem,) = found(tests=({"given": {}},))
    assert (problem.code, problem.severity) == ("tests_not_run", Severity.WARNING)
    (problem,) = found(extra={"frames": {"a": {}}})
    assert (problem.code, problem.severity) == ("frames_not_drawn", Severity.WARNING)


def test_keys_of_a_persons_own_and_the_description_are_let_be(found):
    assert found(
        extra={"x-owner": "ops", "description": "Loads orders."},
        settings={"x-team": {"a": 1}, "performance": {"x-why": "the server is small"}},
        notes={"a": Note("a", "text", {"x-colour": "red"})},
        layout=Layout(extra={"x-zoom": 2}),
        parameters={"p": Parameter("p", default=1, extra={"x-format": "iso"})},
    ) == ()  # fmt: skip
    assert found(
        lambda d: replace(
            d,
            nodes=d.nodes
            | {
                "n": replace(d.nodes["n"], params=d.nodes["n"].params | {"x-asked": "by ana"},
                             extra={"x-since": 2}),
            },
        )
    ) == ()  # fmt: skip


def test_unknown_keys_survive_a_round_trip(draw):
    doc = replace(
        draw({"n": READ, "o": WRITE}, "n.rows -> o.rows"),
        extra={"paramters": {"a": [1, {"b": None}]}, "x-own": 1},
        settings={"perfomance": {"x": 1}, "x-own": {}},
        mode="stream",
    )
    assert parse(dump(doc)).document == doc


def test_a_document_of_a_newer_version_is_not_asked_for_its_keys(draw, catalogue, tmp_path):
    from summit_studio.planning.check import check
    from summit_studio.workspace.workspace import Workspace

    (tmp_path / "in.csv").write_text("id,name\n1,a\n")
    doc = replace(
        draw({"n": READ, "o": WRITE}, "n.rows -> o.rows"), mode="stream", extra={"frames": {}}
    )
    context = design_context(Workspace(tmp_path, trusted=True))
    assert check(doc, catalogue, context, newer=True).problems == ()
    assert len(check(doc, catalogue, context).problems) == 2


def test_such_a_pipeline_is_never_planned(draw, checked):
    doc = draw({"n": READ, "o": WRITE}, "n.rows -> o.rows", settings={"schedule": "daily"})
    with pytest.raises(InvalidPipeline, match="schedule"):
        plan_checked(checked(doc))


def test_a_preview_shows_rows_whatever_a_run_is_asked_to_promise(
    draw, checked, catalogue, tmp_path
):
    from summit_studio.workspace.workspace import Workspace

    doc = draw(
        {"n": READ, "o": WRITE}, "n.rows -> o.rows", mode="elt", extra={"frames": {}},
        settings={"schedule": "daily", "performance": {"prefetch": 2}},
    )  # fmt: skip
    assert not checked(doc).ok
    context = design_context(Workspace(tmp_path, trusted=True))
    assert preview(doc, catalogue, context, "n").table.num_rows == 2


def test_settings_are_never_read_past_a_fault():
    assert (
        settings_of({"performance": {"prefetch": 2, "x-a": 1}, "x-b": 2}).performance.prefetch == 2
    )
    assert settings_of({}).verify == "counts"
    with pytest.raises(InvalidSettings, match=r"did you mean 'performance'\?") as caught:
        settings_of({"perfomance": {}})
    assert isinstance(caught.value, SummitError)
    assert caught.value.where.param == "settings.perfomance"
