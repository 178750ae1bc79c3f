"""Rehearsals in parts: where they kill, how they count, what they say of it."""

import random
from collections import Counter

import pyarrow as pa

from summit_studio.core.epochs import Publish
from summit_studio.engine.rehearsal.counting import Content, Toll, compare, filled, unsteady
from summit_studio.engine.rehearsal.page import page
from summit_studio.engine.rehearsal.report import Death, Report, Target, cells
from summit_studio.engine.rehearsal.steps import chosen, epoch_of, in_words
from summit_studio.nodes.contract import Delivery
from summit_studio.planning.delivery import Delivered, Promise

EACH, WHOLE = Promise(Publish.EACH, "every 5 rows"), Promise(Publish.WHOLE, "it is one file")
LABELS = [
    *(f"{step}:{epoch}" for epoch in (1, 2, 3) for step in ("cut:in", "commit:out")),
    "audit",
    "end",
]


def content(**columns: list[object]) -> Content:
    return Content([pa.table(columns)])


def counted(**columns: list[object]) -> dict[str, Counter[tuple[str, ...]]]:
    return {"out": content(**columns).counted()}


def test_rows_are_compared_as_multisets():
    nan = float("nan")
    want = counted(a=[1, 1, 2, None], b=[0.5, 0.5, 1.5, nan])
    assert compare(want, counted(a=[None, 2, 1, 1], b=[nan, 1.5, 0.5, 0.5])) == (0, 0, 0)
    assert compare(want, counted(a=[1, 2, 2, 3], b=[0.5, 1.5, 1.5, 1.5])) == Toll(2, 1, 1)
    assert compare(want, {}) == Toll(4, 0, 0)
    assert compare(want, {"out": Counter()}) == Toll(4, 0, 0)


def test_a_missing_value_is_another_than_a_text():
    assert compare(counted(a=[None]), counted(a=["None"])) == Toll(1, 0, 1)
    assert compare(counted(a=["1"]), counted(a=[1])) == Toll(1, 0, 1)


def test_columns_that_differ_by_themselves_are_left_out_and_rows_never():
    one, other = content(id=[1, 2], made=["p", "q"]), content(id=[2, 1], made=["r", "s"])
    assert unsteady(one, other) == {"made"}
    assert one.counted(frozenset({"made"})) == other.counted(frozenset({"made"}))
    assert unsteady(one, content(id=[1, 2, 3], made=["p", "q", "r"])) is None
    # Each column by itself is the same, the rows are not.
    assert unsteady(one, content(id=[1, 2], made=["q", "p"])) is None
    assert unsteady(one, one) == frozenset()


def test_a_column_that_the_target_fills_is_not_compared():
    held = content(number=[1, 2], ID=[1, 2])
    assert filled(held, ["id"]) == {"number"}
    assert filled(held, ["id", "folder"]) == frozenset()  # Of files more than columns may tell.


def test_every_kind_of_step_is_met_once_in_epochs_that_differ():
    plan = chosen(LABELS, None, random.Random(1))
    assert [label for label in plan if label] == ["cut:in:1", "commit:out:2", "audit", "end"]
    assert plan.count(None) == 3


def test_as_many_kills_as_are_wanted_and_all_labels_before_any_comes_again():
    plan = chosen(LABELS, 20, random.Random(1))
    assert len(plan) == 20
    assert plan.count(None) == 4
    assert Counter(label for label in plan if label) == dict.fromkeys(LABELS, 2)
    assert len(chosen(LABELS, 1, random.Random(1))) == 1
    assert chosen([], 2, random.Random(1)) == [None, None]


def test_steps_have_words_and_unknown_ones_their_label():
    titles = {"out": "Orders"}
    assert in_words("commit:out:2", titles) == "'Orders' is about to commit"
    assert in_words("audit", titles) == "the counts are about to be compared"
    assert in_words("swap:out:2", titles) == "swap:out"
    assert [epoch_of(label) for label in ("commit:out:12", "audit:3", "finish:out", "end")] == [
        12, 3, None, None
    ]  # fmt: skip


def target(title: str, promise: Promise | None, *, rehearsed: bool = True) -> Target:
    told = Delivered("out", title, Delivery.TRANSACTIONAL, promise)
    return Target(told, "writes a table", rehearsed=rehearsed)


def report(*deaths: Death, targets: tuple[Target, ...] = ()) -> Report:
    return Report("orders", {"in": 9}, targets or (target("Out", EACH),), deaths)


KILLED = Death("a step", "commit:out:1", 1, killed=True, behind=5, resumed_secs=0.25)


def test_a_verdict_never_says_more_than_was_seen():
    assert report(KILLED).verdict == "Killed 1 time: no row was lost, none came twice."
    assert report(KILLED).clean
    missed = Death("a step", None, None, killed=False)
    assert not report(missed).clean
    assert report(missed).verdict.startswith("Nothing was killed")
    assert not report().clean
    whole = report(KILLED, targets=(target("Out", WHOLE),))
    assert "every run started from the beginning" in whole.verdict
    both = report(KILLED, targets=(target("Out", EACH), target("File", WHOLE)))
    assert "'File' is written at once, so its rows were all read again" in both.verdict
    left = report(KILLED, targets=(target("Out", EACH), target("Mail", None, rehearsed=False)))
    assert left.verdict.endswith("Of 'Mail' this says nothing: it was left out.")


def test_a_verdict_counts_the_harm():
    for harm in ({"lost": 1}, {"doubled": 2}, {"wrong": 3}):
        found = report(KILLED, Death("s", "end", None, killed=True, **harm))
        assert not found.clean
        assert f"{next(iter(harm.values()))} {next(iter(harm))}" in found.verdict
    failed = report(Death("s", "end", None, killed=True, error="Cannot look"))
    assert not failed.clean
    assert failed.verdict == "Killed 1 time: a run could not go on. Cannot look"
    assert cells(failed.deaths[0])[3] == "failed"
    assert failed.to_json()["deaths"][0]["error"] == "Cannot look"


def test_the_page_escapes_what_it_is_told_and_needs_nothing_beside_it():
    evil = "<script>alert(1)</script>"
    told = Delivered("out", evil, Delivery.NONE, Promise(Publish.EACH, evil))
    death = Death(evil, None, 1, killed=True, error=evil)
    text = page(Report(evil, {evil: 1}, (Target(told, evil),), (death,), (evil,)))
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 7
    assert not [word for word in ("http://", "https://", "src=", "href=") if word in text]
    assert "prefers-color-scheme: dark" in text
