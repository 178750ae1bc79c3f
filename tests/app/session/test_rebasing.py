"""The first save of a pipeline beside its data, and what a save that fails leaves."""

import shutil
import subprocess
import sys

import pytest

from summit_studio.core.problems import Fix, Severity
from summit_studio.document.edits import AddEdge, AddNode
from summit_studio.document.files import load
from summit_studio.document.model import Edge, Node


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "sales"
    (made / "data").mkdir(parents=True)
    for name in ("a", "b"):
        (made / "data" / f"{name}.csv").write_text("id,amount\n1,2.5\n")
    return made


@pytest.fixture
def saved(window, qtbot):
    def go(path):
        with qtbot.waitSignal(window.desk.saved):
            window.desk.save_to(path)

    return go


def params(window):
    return {i: n.params.get("path") for i, n in window.session.document.nodes.items()}


def test_a_pipeline_saved_beside_its_data_runs_wherever_the_folder_goes(
    window, folder, tmp_path, settle, saved
):
    session = window.session
    session.do(AddNode(Node("all", "csv_source", {"path": str(folder / "data/*.csv")}), (0, 0)))
    session.do(AddNode(Node("out", "csv_sink", {"path": str(folder / "out.csv")}), (400, 0)))
    session.do(AddEdge(Edge.parse("all.rows -> out.rows")))
    settle()
    assert "scratch folder" in window.banner.detail.text()
    before = session.document
    saved(folder / "a.summit.json")
    assert params(window) == {"all": "data/*.csv", "out": "out.csv"}
    settle()
    assert not window.banner.isVisible()  # It spoke of the folder before.
    assert session.bridge.clean
    session.bridge.undo()
    assert session.document.nodes == before.nodes
    session.bridge.redo()
    shutil.move(folder, tmp_path / "elsewhere")
    command = [sys.executable, "-m", "summit_studio", "run", tmp_path / "elsewhere/a.summit.json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / "elsewhere" / "out.csv").read_text().count("\n") == 3


def test_files_of_the_scratch_folder_are_still_read_from_elsewhere(
    window, orders, tmp_path, settle, saved
):
    window.session.do(AddNode(Node("a", "csv_source", {"path": "orders.csv"}), (0, 0)))
    window.session.do(AddNode(Node("b", "csv_source", {"path": "${file}"}), (0, 200)))
    window.session.do(AddNode(Node("out", "csv_sink", {"path": "out.csv"}), (400, 0)))
    saved(tmp_path / "work" / "a.summit.json")
    assert params(window) == {"a": str(orders), "b": "${file}", "out": "out.csv"}
    settle()
    assert "outside_workspace" not in [p.code for p in window.session.problems_of("a")]


def test_connections_come_along(window, orders, tmp_path, saved):
    (orders.parent / "connections.toml").write_text(
        '[shop]\nkind = "sqlite"\npath = "shop.db"\n[other]\nkind = "sqlite"\npath = "x.db"\n'
    )
    (orders.parent / "shop.db").touch()
    window.session.reload_workspace()
    table = {"connection": "shop", "table": "orders"}
    window.session.do(AddNode(Node("a", "table_source", table), (0, 0)))
    saved(tmp_path / "work" / "a.summit.json")
    (connection,) = window.session.workspace.connections.values()
    assert connection.name == "shop"
    assert connection.path == str(orders.parent / "shop.db")


def test_a_database_that_is_yet_to_be_made_is_made_beside_the_pipeline(
    window, orders, tmp_path, saved
):
    window.session.do(AddNode(Node("a", "table_sink", {"connection": "new", "table": "t"}), (0, 0)))
    window.session.fix(Fix("Make it", "a", database="new"))
    saved(tmp_path / "work" / "a.summit.json")
    (connection,) = window.session.workspace.connections.values()
    assert (connection.name, connection.kind, connection.path) == ("new", "duckdb", "new.duckdb")


def test_a_failed_save_offers_another_place_and_leaves_the_paths(
    window, folder, tmp_path, settle, saved, qtbot
):
    path = str(folder / "data" / "a.csv")
    window.session.do(AddNode(Node("a", "csv_source", {"path": path}), (0, 0)))
    settle()
    (folder / "a.summit.json").mkdir()
    window.desk.save_to(folder / "a.summit.json")
    qtbot.waitUntil(lambda: not window.desk.saving)
    assert params(window) == {"a": path}
    assert not window.session.bridge.clean
    assert [b.text() for b in window.banner.buttons if b.text()] == ["Save as…", "Try again"]
    assert window.banner.waiting.text() == "1 more"
    saved(folder / "b.summit.json")
    settle()
    assert not window.banner.isVisible()
    assert load(folder / "b.summit.json").document.nodes["a"].params["path"] == "data/a.csv"
    assert Severity.ERROR not in [p.severity for p in window.session.problems_of("a")]
