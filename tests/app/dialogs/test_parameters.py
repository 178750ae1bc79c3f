"""Renaming and removing parameters in the properties: what speaks of them goes along."""

from dataclasses import replace

import pytest

from summit_studio.app.dialogs.properties import PropertiesDialog
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
