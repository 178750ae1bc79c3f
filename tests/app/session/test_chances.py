from summit_studio.app.session.chances import Chances
from summit_studio.core.errors import Where
from summit_studio.core.problems import Problem, Severity

EMPTY = Problem("column_empty", "No column", where=Where(node_id="a", param="columns.0.name"))
OTHER = Problem("path_missing", "No file", where=Where(node_id="a", param="path"))
LATER = Problem("column_missing", "No such column", where=Where(node_id="b", param="condition"))


def test_a_fresh_node_hints_then_warns_when_left_and_errs_when_a_run_is_asked_for():
    chances = Chances().added(["a"]).checked([EMPTY, OTHER])
    assert {chances.shown(p) for p in (EMPTY, OTHER)} == {Severity.INFO}
    left = chances.left_nodes(["a"])
    assert {left.shown(p) for p in (EMPTY, OTHER)} == {Severity.WARNING}
    asked = left.run_asked()
    assert {asked.shown(p) for p in (EMPTY, OTHER)} == {Severity.ERROR}
    assert asked.checked([EMPTY]).shown(EMPTY) is Severity.ERROR


def test_leaving_a_field_tells_of_that_field_alone():
    chances = Chances().added(["a"]).checked([EMPTY, OTHER]).left_field(("a", "columns"))
    assert chances.shown(EMPTY) is Severity.WARNING
    assert chances.shown(OTHER) is Severity.INFO


def test_what_is_solved_is_forgiven_and_typing_is_not_interrupted():
    asked = Chances().checked([LATER]).run_asked()
    typing = asked.typed(("b", "condition"))
    assert typing.shown(LATER) is Severity.ERROR
    again = typing.checked([]).checked([LATER])
    assert again.shown(LATER) is Severity.INFO
    assert again.left_field().shown(LATER) is Severity.WARNING
    assert typing.checked([]).left_field().checked([LATER]).shown(LATER) is Severity.WARNING


def test_a_document_just_opened_warns_and_what_only_informs_stays_so():
    told = Problem("x", "Nice to know")
    assert Chances().checked([LATER]).shown(LATER) is Severity.WARNING
    info = Problem("x", "Nice to know", severity=Severity.INFO)
    warning = Problem("x", "Mind this", severity=Severity.WARNING)
    asked = Chances().checked([told, info, warning]).run_asked()
    assert [asked.shown(p) for p in (told, info, warning)] == [
        Severity.ERROR, Severity.INFO, Severity.WARNING,
    ]  # fmt: skip


def test_the_pipeline_waits_as_long_as_a_node_of_it_is_fresh():
    nothing = Problem("no_sink", "Nothing is written")
    chances = Chances().added(["a", "b"]).checked([nothing]).left_nodes(["a"])
    assert chances.shown(nothing) is Severity.INFO
    assert chances.left_nodes(["b"]).shown(nothing) is Severity.WARNING
