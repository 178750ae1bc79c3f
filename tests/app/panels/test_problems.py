from PySide6.QtWidgets import QLabel, QPushButton

from summit_studio.app.panels.problems import edit_of
from summit_studio.core.errors import Where
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.document.edits import AddNode, SetProperties
from summit_studio.document.model import Document, Edge, Node
from summit_studio.planning.check import Checked

DOCUMENT = Document(
    nodes={"a": Node("a", "filter", {"condition": "statsu = 1", "x": 1}), "b": Node("b", "sort")},
    edges=(Edge.parse("a.kept -> b.rows"),),
)


def test_a_fix_sets_params_over_those_there_are():
    fix = Fix("Use status", "a", (("condition", "status = 1"),))
    edit = edit_of(fix, DOCUMENT)
    assert edit.apply(DOCUMENT).nodes["a"].params == {"condition": "status = 1", "x": 1}


def test_a_fix_removes_an_edge():
    edit = edit_of(Fix("Remove", remove_edge="a.kept -> b.rows"), DOCUMENT)
    assert edit.apply(DOCUMENT).edges == ()


def test_a_fix_for_a_document_that_has_moved_on_does_nothing():
    assert edit_of(Fix("Remove", remove_edge="b.rows -> a.rows"), DOCUMENT) is None
    assert edit_of(Fix("Use", "gone", (("x", 1),)), DOCUMENT) is None


def test_a_fix_renames_a_setting_in_its_place_or_takes_it_out():
    document = Document(settings={"x-a": 1, "perfomance": {"prefetch": 2}, "verify": "counts"})
    rename = Fix("Rename", setting=("perfomance",), rename="performance")
    settings = edit_of(rename, document).apply(document).settings
    assert list(settings.items()) == [
        ("x-a", 1), ("performance", {"prefetch": 2}), ("verify", "counts"),
    ]  # fmt: skip
    remove = Fix("Take it out", setting=("perfomance", "prefetch"))
    assert edit_of(remove, document).apply(document).settings["perfomance"] == {}
    for path in (("gone",), ("perfomance", "gone"), ("verify", "gone")):
        assert edit_of(Fix("Take it out", setting=path), document) is None


def test_a_fix_sets_the_mode():
    assert edit_of(Fix("Run it as etl", mode="etl"), Document(mode="elt")).apply(
        Document(mode="elt")
    ) == Document(mode="etl")


def test_a_misspelt_setting_is_among_the_problems_and_a_click_mends_it(window, settle):
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.session.do(SetProperties(settings={"perfomance": {"prefetch": 2}}))
    settle()
    found = [p for p in window.problems.problems if p.code == "setting_unknown"]
    assert len(found) == 1
    row = window.problems.list.itemWidget(
        window.problems.list.item(window.problems.problems.index(found[0]))
    )
    rename, remove = row.findChildren(QPushButton)
    assert (rename.text(), remove.text()) == ("Rename it to 'performance'", "Take it out")
    rename.click()
    settle()
    assert window.session.document.settings == {"performance": {"prefetch": 2}}
    assert "setting_unknown" not in [p.code for p in window.problems.problems]


def test_the_button_of_a_problem_makes_the_edit(window, settle):
    window.session.do(AddNode(Node("a", "filter", {"condition": "statsu = 1"}), (0, 0)))
    settle()
    problem = Problem(
        "column_missing",
        "Cannot find 'statsu'",
        do="use status",
        where=Where(node_id="a", param="condition"),
        fixes=(Fix("Use 'status'", "a", (("condition", "status = 1"),)),),
    )
    window.session.set_checked(Checked(window.session.document, {}, {}, (problem,)))
    row = window.problems.list.itemWidget(window.problems.list.item(0))
    (button,) = row.findChildren(QPushButton)
    assert button.text() == "Use 'status'"
    button.click()
    assert window.session.document.nodes["a"].params == {"condition": "status = 1"}
    window.session.bridge.undo()
    assert window.session.document.nodes["a"].params == {"condition": "statsu = 1"}


def test_counts_reach_the_tab_and_the_status_bar(window, settle):
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    settle()
    errors = sum(p.severity is Severity.ERROR for p in window.problems.problems)
    assert errors
    assert f"({len(window.problems.problems)})" in window.docks._docks["problems"].windowTitle()
    assert "error" in window.status.problems.text()
    window.session.bridge.undo()
    settle()
    assert window.status.problems.text() == "No problems"


def test_rows_of_problems_that_stay_are_kept(window):
    def problem(number: int) -> Problem:
        return Problem("x", f"Problem {number}")

    def shown() -> list[str]:
        rows = range(window.problems.list.count())
        return [window.problems._at(row).what for row in rows]

    document = Document(nodes={"a": Node("a", "filter")})
    window.session.set_checked(Checked(document, {}, {}, tuple(map(problem, (1, 2, 3, 4)))))
    kept = window.problems.list.itemWidget(window.problems.list.item(3))
    for numbers in ((1, 4), (1, 5, 4), (4, 1), (6, 4), (4,)):
        window.session.set_checked(Checked(document, {}, {}, tuple(map(problem, numbers))))
        assert shown() == [f"Problem {n}" for n in numbers]
        if numbers == (1, 5, 4):
            assert window.problems.list.itemWidget(window.problems.list.item(2)) is kept
    many = tuple(map(problem, range(250)))
    window.session.set_checked(Checked(document, {}, {}, many))
    assert len(shown()) == 100
    assert window.problems._more.text().startswith("150 more")
    window.session.set_checked(Checked(document, {}, {}, ()))
    assert shown() == []


def test_advice_is_not_cut_at_any_width(window, settle, qtbot):
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.session.do(SetProperties(settings={"perfomance": {"prefetch": 2}}))
    settle()
    window.docks.show("problems")
    rows = window.problems.list
    for width in (2000, 1280, 960):
        window.resize(width, 800)
        qtbot.waitUntil(lambda w=width: window.width() == w)
        for at in range(rows.count()):
            row = rows.itemWidget(rows.item(at))
            qtbot.waitUntil(lambda r=row: r.height() >= r.heightForWidth(r.width()))
            more = row.findChildren(QLabel)[-1]
            assert more.height() >= more.heightForWidth(more.width()) > 0
