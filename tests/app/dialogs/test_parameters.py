"""Renaming and removing parameters in the properties: what speaks of them goes along."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent

from summit_studio.app.dialogs.properties import PropertiesDialog
from summit_studio.app.dialogs.run_form import RunForm
from summit_studio.document.edits import SetParams
from summit_studio.document.model import Note, Parameter


@pytest.fixture
def dialog(window, qtbot, pipeline):
    names = {n: Parameter(n, "integer", i) for i, n in enumerate(("low", "high", "lower"))}
    document = replace(
        pipeline,
        parameters=names,
        notes={"n": Note("n", "From ${low} to ${high}, not ${lower} or $low.", {"own": 1})},
    )
    within = {"condition": "id > ${low} AND id < ${high}"}
    window.session.bridge.set_document(SetParams("paid", within).apply(document))
    made = PropertiesDialog(window.session, window)
    qtbot.addWidget(made)
    made.open()
    return made


def test_names_that_change_places_are_renamed_everywhere_in_one_step(dialog, window):
    before = window.session.document
    dialog.table.item(0, 0).setText("high")
    dialog.table.item(1, 0).setText("low")
    dialog.accept()
    after = window.session.document
    assert after.nodes["paid"].params == {"condition": "id > ${high} AND id < ${low}"}
    assert after.notes["n"].text == "From ${high} to ${low}, not ${lower} or $low."
    assert after.notes["n"].extra == {"own": 1}
    assert [(p.name, p.default) for p in after.parameters.values()] == [
        ("high", 0), ("low", 1), ("lower", 2)
    ]  # fmt: skip
    window.session.bridge.undo()
    assert window.session.document == before


def test_removing_one_says_first_which_nodes_use_it(dialog):
    dialog.table.setCurrentCell(0, 0)
    dialog.remove()
    assert dialog.table.rowCount() == 3
    assert "'paid' uses 'low'" in dialog.status.text()
    dialog.remove()
    assert dialog.table.rowCount() == 2
    dialog.table.setCurrentCell(1, 0)
    dialog.remove()  # Nothing speaks of it.
    assert dialog.table.rowCount() == 1


def order(window) -> list[str]:
    return list(window.session.document.parameters)


def test_parameters_are_moved_by_keys_and_by_hand_and_a_run_asks_in_their_order(
    dialog, window, qtbot
):
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    dialog.table.setCurrentCell(2, 0)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Up, held)
    assert dialog.table.order() == ["low", "lower", "high"]
    assert dialog.table.currentRow() == 1
    dialog.table.setCurrentCell(0, 0)
    drop(dialog.table, 2)
    assert dialog.table.order() == ["lower", "high", "low"]
    qtbot.keyClick(dialog.table, Qt.Key.Key_Down, held)  # There is nothing below.
    dialog.accept()
    assert order(window) == ["lower", "high", "low"]
    assert [p.default for p in window.session.document.parameters.values()] == [2, 1, 0]
    form = RunForm(window.session, window)
    qtbot.addWidget(form)
    assert list(form.fields) == ["lower", "high", "low"]
    window.session.bridge.undo()
    assert order(window) == ["low", "high", "lower"]


def drop(table, row: int):
    """Drop the chosen row on the lower edge of another one, as the view does."""
    mime, move = QMimeData(), Qt.DropAction.MoveAction
    rect = table.visualItemRect(table.item(row, 0))
    at = QPointF(rect.center().x(), rect.bottom() - 1)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    table.dropEvent(QDropEvent(at, move, mime, left, none))


def test_values_go_with_the_names_of_their_parameters_also_when_undone(dialog, window):
    session = window.session
    session.set_values({"low": 5, "high": 9, "lower": 1})
    dialog.table.item(0, 0).setText("high")
    dialog.table.item(1, 0).setText("low")
    dialog.table.item(2, 0).setText("least")
    dialog.accept()
    session.bridge.flush()
    assert session.values == {"high": 5, "low": 9, "least": 1}
    for step, lower in ((session.bridge.undo, "lower"), (session.bridge.redo, "least")):
        step()
        session.bridge.flush()
        low, high = (5, 9) if lower == "lower" else (9, 5)
        assert session.values == {"low": low, "high": high, lower: 1}
