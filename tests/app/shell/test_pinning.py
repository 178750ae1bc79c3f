"""Pinned rows in the window: kept beside the file, seen on the card, used by previews."""

import pytest

from summit_studio.core.events import RunStatus
from summit_studio.document.model import PortRef


@pytest.fixture
def saved(window, pipeline, settle, orders, qtbot):
    """A saved pipeline whose source is selected, its rows shown."""
    window.session.bridge.set_document(pipeline)
    window.desk.save_to(orders.with_name("shop.summit.json"))
    qtbot.waitUntil(lambda: window.session.files.path is not None)
    settle()
    window.docks.show("preview")
    window.session.choose_nodes(["orders"])
    qtbot.waitUntil(lambda: "All 200 rows" in window.preview.note.text())
    return window


def pin(window, qtbot):
    with qtbot.waitSignal(window.pins.changed):
        window.actions_table.trigger("pin_rows")


def test_what_follows_works_without_the_source(saved, orders, settle, qtbot):
    window = saved
    pin(window, qtbot)
    file = orders.parent / "shop.samples" / "orders.rows.arrow"
    assert file.is_file()
    assert "shop.samples" in window.banner.detail.text()
    card = window.canvas.scene().shown.nodes["orders"]
    assert card.badge == "pinned"
    assert card.pinned.startswith("pinned: 200 rows, of ")
    orders.unlink()
    window.checker.check_now()
    qtbot.waitUntil(lambda: not window.session.checked.ok)
    assert window.session.checked.schemas[PortRef("paid", "kept")].names == (
        "id", "status", "amount",
    )  # fmt: skip
    window.session.choose_nodes(["paid"])
    qtbot.waitUntil(lambda: "All 160 rows, from pinned rows" in window.preview.note.text())
    with qtbot.waitSignal(window.supervisor.ended, timeout=30_000):
        window.actions_table.trigger("run_pinned")
    assert window.supervisor.state.status is RunStatus.SUCCEEDED
    assert "gives its pinned rows (200 rows, of " in window.run_panel.log.view.toPlainText()
    assert (orders.parent / "out" / "paid.csv").is_file()
    window.session.choose_nodes(["orders"])
    qtbot.waitUntil(lambda: "Pinned: 200 rows" in window.preview.note.text())
    assert window.preview.pin_button.text() == "Pinned"
    pin(window, qtbot)
    assert not file.parent.exists()
    assert card.badge == ""


def test_a_run_reads_its_sources_unless_asked(saved, orders, qtbot):
    window = saved
    pin(window, qtbot)
    orders.write_text("id,status,amount\n1,paid,1.5\n")
    with qtbot.waitSignal(window.supervisor.ended, timeout=30_000):
        window.actions_table.trigger("run")
    assert window.supervisor.state.nodes["orders"].rows_out["rows"] == 1


def test_a_pipeline_in_no_file_says_that_it_must_be_saved(window, pipeline, settle, orders, qtbot):
    window.session.bridge.set_document(pipeline)
    settle()
    window.docks.show("preview")
    window.session.choose_nodes(["orders"])
    qtbot.waitUntil(lambda: "All 200 rows" in window.preview.note.text())
    window.preview.pin_button.click()
    assert "Save the pipeline first" in window.banner.detail.text()
    assert not window.preview.pin_button.isChecked()
    window.actions_table.refresh()
    assert not window.actions_table["run_pinned"].isEnabled()


def test_pinned_rows_follow_to_another_file_and_replace_those_of_the_one_written_over(
    saved, orders, qtbot
):
    window = saved
    pin(window, qtbot)
    stale = orders.parent / "copy.samples" / "gone.rows.arrow"
    stale.parent.mkdir()
    file = orders.parent / "shop.samples" / "orders.rows.arrow"
    stale.write_bytes(file.read_bytes())
    with qtbot.waitSignal(window.desk.saved):
        window.desk.save_to(orders.with_name("copy.summit.json"))
    assert [f.name for f in stale.parent.iterdir()] == ["orders.rows.arrow"]
    assert (stale.parent / file.name).read_bytes() == file.read_bytes()
    qtbot.waitUntil(lambda: [p.file.parent for p in window.pins.found.values()] == [stale.parent])


def test_a_run_from_here_pins_what_feeds_it_and_reads_no_source(saved, orders, qtbot):
    window = saved
    window.session.choose_nodes(["paid"])
    for _ in range(2):
        with qtbot.waitSignal(window.supervisor.ended, timeout=30_000):
            window.actions_table.trigger("run_from")
        state = window.supervisor.state
        assert state.status is RunStatus.SUCCEEDED
        assert state.nodes["paid"].rows_in == {"rows": 200}
        assert window.banner.text.text() == "Running from here on 200 pinned rows"
        assert "'Read CSV' gives its pinned rows (200 rows, of " in (
            window.run_panel.log.view.toPlainText()
        )
        assert len((orders.parent / "out" / "paid.csv").read_text().splitlines()) == 161
        # The second run needs no source, and begins at the rows of the first one.
        orders.unlink(missing_ok=True)
    window.session.choose_nodes(["orders"])
    window.actions_table.trigger("run_from")
    assert window.banner.text.text() == "There is nothing to begin with"
    assert not window.supervisor.running
