import sqlite3
from contextlib import closing

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from summit_studio.app.session.alike import alike
from summit_studio.core.errors import Where
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.document.edits import AddEdge, AddNode, SetProperties
from summit_studio.document.model import Document, Edge, Node
from summit_studio.planning.check import Checked

DOCUMENT = Document(
    nodes={"a": Node("a", "filter", {"condition": "statsu = 1", "x": 1}), "b": Node("b", "sort")},
    edges=(Edge.parse("a.kept -> b.rows"),),
)


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


def test_a_click_casts_before_a_table_and_one_undo_takes_it_back(window, settle):
    root = window.session.workspace.root
    root.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(root / "shop.db")) as con, con:
        con.execute("CREATE TABLE t (v DECIMAL(10,2))")
    (root / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')
    (root / "in.csv").write_text("v\n1.25\n")
    window.session.reload_workspace()
    columns = [{"name": "v", "type": "DOUBLE"}]
    window.session.do(AddNode(Node("a", "csv_source", {"path": "in.csv", "columns": columns})))
    sink = {"connection": "shop", "table": "t"}
    window.session.do(AddNode(Node("b", "table_sink", sink), (280, 0)))
    window.session.do(AddEdge(Edge.parse("a.rows -> b.rows")))
    settle()
    before = window.session.document
    (problem,) = window.problems.problems
    assert problem.code == "target_type_clash"
    row = window.problems.list.itemWidget(window.problems.list.item(0))
    (button,) = row.findChildren(QPushButton)
    assert button.text() == "Use the table's types"
    button.click()
    settle()
    assert list(window.session.document.nodes) == ["a", "select_columns", "b"]
    assert window.problems.problems == ()
    window.session.bridge.undo()
    settle()
    assert window.session.document == before


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


def test_one_click_solves_all_of_a_kind_and_one_undo_takes_it_back(window, settle, csv):
    root = window.session.workspace.root
    root.mkdir(parents=True, exist_ok=True)
    for name in "abc":
        (root / f"{name}.csv").write_text("v\n1\n")
        window.session.do(AddNode(Node(name, csv, {"path": f"{name}.csv"}), (0, 0)))
    settle()
    before = window.session.document
    (button,) = window.problems.kinds.findChildren(QPushButton)
    assert button.text() == "Keep these columns (all 3)"
    assert button.isVisibleTo(window.problems)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle()
    nodes = window.session.document.nodes.values()
    assert [list(n.params["columns"]) for n in nodes] == [[{"name": "v", "type": "BIGINT"}]] * 3
    assert not window.problems.kinds.isVisibleTo(window.problems)
    window.session.bridge.undo()
    settle()
    assert window.session.document == before
    # By keys: the key of fixing offers the kind before the single ones.
    window.activateWindow()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window.fixing.popup.line, Qt.Key.Key_Return)
    nodes = window.session.document.nodes.values()
    assert all("columns" in n.params for n in nodes)


def test_of_two_fixes_that_would_undo_each_other_only_one_is_made_at_a_click():
    first = Fix("Correct it", "a", (("condition", "x = 1 AND ty = 2"),))
    second = Fix("Correct it", "a", (("condition", "tx = 1 AND y = 2"),))
    third = Fix("Correct it", "b", (("condition", "z"),))
    leads = Fix("Correct it", "c", field="condition")
    problems = [Problem("column_missing", "?", fixes=(f,)) for f in (first, second, third, leads)]
    (one,) = alike(problems)
    assert one.fixes == (first, third)
    assert alike(problems[:2]) == ()


def test_counts_reach_the_tab_and_the_status_bar(window, settle):
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    settle()
    assert window.docks._docks["problems"].windowTitle() == "Problems"  # Only a hint so far.
    assert window.status.problems.text() == "1 hint"
    window.session.ask_run()
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
        return [window.problems._at(row)[0].what for row in rows]

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
