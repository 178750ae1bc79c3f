"""Past runs: opened as they were, and two of them side by side."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from summit_studio.app.canvas.face import NodeState
from summit_studio.app.dialogs.compare_runs import CompareDialog
from summit_studio.document.files import save
from summit_studio.document.identity import new_id
from summit_studio.document.model import Edge
from summit_studio.document.text import dump

ROOM = 60_000


@pytest.fixture
def ran(window, pipeline, orders, qtbot, settle):
    """A pipeline that ran once in the editor."""
    del orders
    window.session.bridge.set_document(replace(pipeline, id=new_id()))
    settle()
    run(window, qtbot)
    return window


def run(window, qtbot):
    with qtbot.waitSignal(window.supervisor.ended, timeout=ROOM):
        window.actions_table.trigger("run")


def delete(window, *node_ids: str):
    window.session.choose_nodes(node_ids)
    window.actions_table.trigger("delete_gap")


def history(window, qtbot, count: int):
    """Bring the past runs by their key, once there are so many."""
    window.actions_table.trigger("history")
    tree = window.run_panel.history.tree
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == count, timeout=ROOM)
    return tree


def open_newest(window, qtbot, count: int = 1):
    """Open the newest run by Return; return the page that shows it."""
    tree = history(window, qtbot, count)
    before = window.page
    tree.clearSelection()
    tree.setCurrentItem(tree.topLevelItem(0))
    with qtbot.waitSignal(before.past_asked, timeout=ROOM):
        qtbot.keyClick(tree, Qt.Key.Key_Return)
    return window.page


def test_an_old_run_opens_as_it_was_though_its_nodes_are_gone(ran, pipeline, qtbot):
    delete(ran, "paid", "out")
    assert set(ran.session.document.nodes) == {"orders"}
    first = ran.page
    page = open_newest(ran, qtbot)
    assert page is not first
    assert page.session.document == replace(pipeline, id=first.session.document.id)
    stage = page.canvas.scene().stage
    assert {i: live.state for i, live in stage.lives.items()} == dict.fromkeys(
        pipeline.nodes, NodeState.DONE
    )
    assert stage.lives["paid"].rows_out == 160
    assert stage.counts[Edge.parse("paid.kept -> out.rows")] == 160
    model = page.run_panel.ledger
    rows = {
        model.node_at(r): [model.index(r, c).data() for c in range(6)]
        for r in range(model.rowCount())
    }
    assert rows["paid"][1:5] == ["200", "160", "40", "0"]
    assert rows["paid"][5].startswith("✓")
    assert "started." in page.run_panel.log.toPlainText()
    assert page.run_panel.outputs.count() == 1
    assert page.run_panel.headline.text().startswith("Done")
    assert not page.version_note.isVisible()


def test_a_past_run_is_only_read_and_is_open_once(ran, qtbot):
    own = ran.page
    page = open_newest(ran, qtbot)
    assert "run of" in ran.windowTitle()
    assert not ran.actions_table["run"].isEnabled()
    delete(ran, "paid")
    assert "paid" in page.session.document.nodes
    assert not page.modified
    ran.bring(own)
    assert open_newest(ran, qtbot) is page
    assert len(ran.pages) == 2


def test_a_past_run_saved_is_a_pipeline_of_its_own(ran, home, qtbot):
    own = ran.session.document.id
    page = open_newest(ran, qtbot)
    with qtbot.waitSignal(page.desk.saved, timeout=ROOM):
        page.desk.save_to(home / "workspace" / "again.summit.json")
    assert page.session.document.id not in {"", own}
    delete(ran, "paid")
    assert "paid" not in page.session.document.nodes
    assert ran.actions_table["run"].isEnabled()


def test_a_run_of_the_command_line_opens_in_its_folder(
    window, pipeline, orders, home, tmp_path, qtbot
):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    orders.rename(folder / orders.name)
    file = folder / "orders.summit.json"
    save(pipeline, file)
    environment = os.environ | {"SUMMIT_HOME": str(home)}
    command = [sys.executable, "-m", "summit_studio", "run", file.name]
    subprocess.run(command, check=True, env=environment, capture_output=True, cwd=folder)
    window.session.bridge.set_document(replace(pipeline, nodes={}, edges=()))
    page = open_newest(window, qtbot)
    assert page.session.workspace.root == folder.resolve()
    assert page.canvas.scene().stage.lives["paid"].rows_out == 160
    assert dump(page.session.document.meaning()) == dump(
        replace(pipeline, id=page.session.document.id).meaning()
    )


def test_two_runs_stand_side_by_side_with_what_differs_lit(ran, pipeline, qtbot, settle):
    nodes = pipeline.nodes | {"paid": replace(pipeline.nodes["paid"], params={"condition": "true"})}
    ran.session.bridge.set_document(replace(pipeline, nodes=nodes))
    settle()
    run(ran, qtbot)
    tree = history(ran, qtbot, 2)
    assert not ran.actions_table["compare_runs"].isEnabled()
    tree.selectAll()
    assert ran.actions_table["compare_runs"].isEnabled()
    with qtbot.waitSignal(ran.run_panel.history.compared, timeout=ROOM):
        ran.actions_table.trigger("compare_runs")
    (dialog,) = ran.page.findChildren(CompareDialog)
    table = dialog.nodes
    lines = {table.topLevelItem(i).toolTip(0): table.topLevelItem(i) for i in range(3)}
    heads = [table.headerItem().text(c) for c in range(table.columnCount())]
    out = heads.index("Out")
    paid = lines["paid"]
    assert paid.text(out).split() == ["160", "→", "200"]
    assert lines["orders"].text(out) == "200"
    assert paid.font(out).bold()
    assert not lines["orders"].font(out).bold()
    changes = [dialog.changes.item(i).text() for i in range(dialog.changes.count())]
    assert changes == [
        "Changed param 'condition' of node 'paid' from \"status <> 'cancelled'\" to 'true'."
    ]
    dialog.only.click()
    assert [lines[i].isHidden() for i in ("orders", "paid", "out")] == [True, False, False]
    dialog.close()
