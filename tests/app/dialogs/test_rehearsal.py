"""The dialog that rehearses crashes: a real pipeline, really killed, in a real window."""

import tempfile

import pytest

import summit_studio as summit
from summit_studio.app.dialogs.rehearsal import RehearsalDialog
from summit_studio.document.edits import AddNode
from summit_studio.document.model import Node


@pytest.fixture
def dialog(window, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    (tmp_path / "in.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(400)))
    pipeline = summit.Pipeline("orders", folder=tmp_path)
    rows = pipeline.add("csv_source", "orders", path="in.csv")
    rows.to("csv_sink", "out", path="out", layout="parts", if_exists="append")
    window.desk.open(pipeline.save(tmp_path / "orders.summit.json"))
    qtbot.waitUntil(lambda: "out" in window.session.document.nodes, timeout=20_000)
    window.dialogs.rehearse()
    made = window.findChild(RehearsalDialog)
    yield made
    window.dialogs.close()  # As when its page goes.
    qtbot.waitUntil(lambda: not list((tmp_path / "temp").iterdir()), timeout=30_000)


def test_the_table_grows_and_the_report_is_saved(dialog, qtbot, tmp_path):
    assert not dialog.save.isEnabled()
    dialog.rows.setValue(400)
    dialog.kills.setValue(2)
    with qtbot.waitSignal(dialog.model.rowsInserted, timeout=60_000):
        dialog.go.click()
    assert dialog.rehearser.running
    assert not dialog.go.isEnabled()
    with qtbot.waitSignal(dialog.rehearser.ended, timeout=60_000):
        pass
    shown = [[dialog.model.index(r, c).data() for c in range(8)] for r in range(2)]
    assert [row[2] for row in shown] == ["yes", "yes"]
    assert [row[5:] for row in shown] == [["0", "0", "0"]] * 2
    assert dialog.status.text().startswith("Killed 2 times: no row was lost, none came twice.")
    dialog.save_report(tmp_path / "report.html")
    assert "Killed 2 times" in (tmp_path / "report.html").read_text()
    assert not (tmp_path / "out").exists()


def test_cancelled_or_closed_it_leaves_nothing_behind(dialog, qtbot):
    with qtbot.waitSignal(dialog.rehearser.told, timeout=60_000):
        dialog.go.click()
    with qtbot.waitSignal(dialog.rehearser.ended, timeout=60_000):
        dialog.stop.click()
    assert dialog.status.text() == "Cancelled; nothing is left behind."
    assert dialog.go.isEnabled()
    with qtbot.waitSignal(dialog.rehearser.told, timeout=60_000):
        dialog.go.click()
    # The fixture closes it.


def test_what_stands_in_the_way_is_said(dialog, qtbot, tmp_path):
    (tmp_path / "in.csv").write_text("id\n")
    with qtbot.waitSignal(dialog.rehearser.ended, timeout=60_000):
        dialog.go.click()
    assert "'Read CSV' gave no rows" in dialog.status.text()
    assert not dialog.save.isEnabled()


def test_one_works_on_beside_it_and_it_goes_with_its_page(dialog, window, qtbot):
    assert not dialog.isModal()
    window.dialogs.rehearse()
    assert window.page.findChildren(RehearsalDialog) == [dialog]  # Brought back, not made again.
    with qtbot.waitSignal(dialog.rehearser.told, timeout=60_000):
        dialog.go.click()
    window.session.do(AddNode(Node("b", "sort"), (300, 0)))
    assert "b" in window.session.document.nodes
    # The fixture closes it with its page, and looks that nothing is left behind.
