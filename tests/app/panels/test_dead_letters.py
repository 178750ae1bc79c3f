"""The dead letters panel: rows that were rejected are looked at, mended, tried and let in again."""

import json
import sqlite3
from contextlib import closing

import pyarrow as pa
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QFileDialog, QMessageBox

from summit_studio.app.look.theme import Theme
from summit_studio.app.panels.letter_grid import PAGE_ROWS, Kind, LetterGrid
from summit_studio.app.session.letters import Page
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.running import request_of
from summit_studio.core.events import RunStatus
from summit_studio.document import files
from summit_studio.document.model import Document, Edge, Layout, Node
from summit_studio.engine.letters import address_of
from summit_studio.state.letter_store import LetterStore, Rejection
from summit_studio.state.letters import LetterStatus, Selection

POINT = "amount = replace(amount, ',', '.')"
SETTINGS = {"errors": {"strategy": "dead_letter"}}


class Shop:
    """A folder with orders of which some have a comma where a point should be."""

    def __init__(self, folder, window, qtbot):
        self.folder, self.window, self.qtbot = folder, window, qtbot
        self.panel, self.desk = window.dead_letters, window.letters
        self.file = folder / "orders.summit.json"

    def write(self, rows, bad):
        lines, step = ["id,amount"], rows // bad
        lines += [f'{n},"{n},5"' if n % step == 0 else f"{n},{n}.5" for n in range(rows)]
        (self.folder / "orders.csv").write_text("\n".join(lines) + "\n")
        kinds = [{"name": "id", "type": "BIGINT"}, {"name": "amount", "type": "VARCHAR"}]
        number = {"name": "amount", "expression": "CAST(amount AS DECIMAL(12,1))"}
        nodes = (
            Node("orders", "csv_source", {"path": "orders.csv", "columns": kinds}),
            Node("priced", "derive", {"columns": [number]}, title="Price"),
            Node("out", "table_sink", {"connection": "shop", "table": "orders"}),
        )
        edges = ("orders.rows -> priced.rows", "priced.rows -> out.rows")
        document = Document(
            "Orders",
            nodes={n.id: n for n in nodes},
            edges=tuple(map(Edge.parse, edges)),
            layout=Layout({"orders": (0, 0), "priced": (300, 0), "out": (600, 0)}),
            settings=SETTINGS,
        )
        files.save(document, self.file)

    def open(self):
        session = self.window.session
        self.window.desk.open(self.file)
        self.qtbot.waitUntil(lambda: session.files.path == self.file, timeout=20_000)
        self.qtbot.waitUntil(
            lambda: session.checked is not None and len(session.checked.nodes) == 3, timeout=20_000
        )

    def run(self):
        self.window.actions_table["run"].trigger()
        self.qtbot.waitUntil(lambda: not self.window.supervisor.running, timeout=60_000)
        assert self.window.supervisor.state.status is RunStatus.SUCCEEDED

    def keep(self, count, **more):
        """Keep letters without a run."""
        address = address_of(request_of(self.window.session))
        rows = pa.table({"id": range(count), "amount": [f"{n},5" for n in range(count)]})
        why = [
            Rejection("cast_failed", "amount", f"'{n},5' is no number", f"orders.csv, line {n}",
                      f"{n},5")
            for n in range(count)
        ]  # fmt: skip
        with LetterStore.open() as store:
            store.put(
                address, "priced", "r", "l", rows, why, **{"status": LetterStatus.OPEN} | more
            )

    def show(self):
        """Bring the panel as a key does, and wait until its letters are there."""
        self.window.actions_table["dead_letters"].trigger()
        self.until(lambda: self.panel.grid.columns)

    def until(self, happened):
        self.qtbot.waitUntil(lambda: bool(happened()), timeout=30_000)

    def type(self, text):
        grid = self.panel.grid
        self.panel.edit.code.setPlainText(text)
        self.until(lambda: grid.text == text and 0 in grid._fresh)

    def press(self, button):
        """Press a button and return what was told of it."""
        with self.qtbot.waitSignal(self.desk.told, timeout=60_000) as told:
            button.click()
        with self.qtbot.waitSignal(self.desk.overviewed, timeout=30_000):
            pass
        return told.args[0].text

    def choose(self, *rows: int):
        view, model = self.panel.view, self.panel.grid
        view.clearSelection()
        for row in rows:
            mode = view.selectionModel().SelectionFlag
            view.selectionModel().select(model.index(row, 0), mode.Select | mode.Rows)

    def cell(self, row, head, role=Qt.ItemDataRole.DisplayRole):
        (at,) = [i for i, c in enumerate(self.panel.grid.columns) if c.head == head]
        return self.panel.grid.index(row, at).data(role)

    def states(self):
        with LetterStore.open() as store:
            address = address_of(request_of(self.window.session))
            found = store.letters(address, Selection(status=None))
        return [str(x.status) for x in found]

    def written(self):
        with closing(sqlite3.connect(self.folder / "shop.db")) as con:
            query = "SELECT count(*), count(DISTINCT id), sum(amount) FROM orders"
            return con.execute(query).fetchone()

    def tab(self):
        return self.window.findChild(QDockWidget, "dead_letters").windowTitle()


@pytest.fixture
def shop(tmp_path, window, qtbot):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')
    made = Shop(folder, window, qtbot)
    made.write(rows=100, bad=10)
    return made


@pytest.fixture
def kept(shop):
    """A pipeline with ten open letters, shown."""
    shop.open()
    shop.keep(10)
    shop.show()
    return shop


def test_a_thousand_bad_rows_are_mended_tried_and_retried(shop, qtbot):
    shop.write(rows=10_000, bad=1_000)
    shop.open()
    shop.run()
    assert shop.written()[0] == 9_000
    shop.until(lambda: shop.tab() == "Dead letters (1,000)")
    canvas, panel = shop.window.canvas, shop.panel
    canvas.set_zoom(1.0)
    canvas.center_on_node("priced")
    item = canvas.scene().shown.nodes["priced"]
    assert item.letters == "1.00k"
    at = canvas.mapFromScene(item.left + 180, item.top + item.card.height - 17)
    assert "1,000 dead letters" in item.tip_at(*canvas.mapToScene(at).toTuple())
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    shop.until(lambda: panel.isVisible() and panel.grid.columns)
    assert panel.nodes.currentText() == "Price"
    (group,) = panel.groups.groups
    assert (group.column, group.letters) == ("amount", 1_000)
    assert [c.head for c in panel.grid.columns] == [
        "Found at", "amount", "id", "Why", "Node", "Attempts", "State",
    ]  # fmt: skip
    first = [shop.cell(0, c.head) for c in panel.grid.columns]
    assert (first[:3], first[4:]) == (["orders.csv, line 2", "0,5", "0"], ["Price", "1", "open"])
    assert shop.cell(0, "amount", Qt.ItemDataRole.DecorationRole) is not None
    assert shop.cell(0, "id", Qt.ItemDataRole.DecorationRole) is None

    shop.type(POINT)
    assert (shop.cell(1, "amount"), shop.cell(1, "amount →")) == ("10,5", "10.5")
    assert "1,000 letters changed" in shop.press(panel.edit.button)
    assert panel.edit.text == ""
    tried = shop.press(panel.bar.try_)
    assert "1,000 of 1,000 letters would pass (1,000 rows for 'Write table')" in tried
    assert shop.written()[0] == 9_000
    assert shop.press(panel.bar.retry) == panel.message.text() == "1,000 letters went through."
    assert shop.written() == (10_000, 10_000, sum(n + 0.5 for n in range(10_000)))
    assert item.letters == ""
    assert shop.tab() == "Dead letters"
    assert panel.states.itemText(2) == "Retried (1,000)"
    assert panel._none.text() == "No letter of 'Price' is open."
    assert not panel.bar.retry.isEnabled()


def test_an_edit_is_made_before_anything_is_tried(kept):
    panel = kept.panel
    assert (panel.bar.try_.isEnabled(), panel.edit.button.isEnabled()) == (True, False)
    kept.type("amount = replac(amount, ',', '.')")
    assert "Did you mean 'replace'?" in panel.message.text()
    assert not panel.edit.button.isEnabled()
    kept.type(POINT)
    assert "Press Change" in panel.message.text()
    assert panel.edit.button.isEnabled()
    assert not panel.bar.try_.isEnabled()
    assert not panel.bar.retry.isEnabled()
    kept.panel.edit.clear()
    kept.until(lambda: Kind.AFTER not in {c.kind for c in panel.grid.columns})
    assert panel.bar.retry.isEnabled()
    assert kept.cell(0, "amount") == "0,5"


def test_only_the_rows_that_are_chosen_are_meant(kept):
    panel = kept.panel
    kept.choose(1, 3)
    assert panel.bar.scope.text() == "2 of 10 letters chosen"
    kept.type(POINT)
    assert "2 letters changed" in kept.press(panel.edit.button)
    kept.until(lambda: kept.cell(1, "amount") == "1.5")
    assert [kept.cell(n, "amount") for n in range(4)] == ["0,5", "1.5", "2,5", "3.5"]
    kept.panel.view.clearSelection()
    told = kept.press(panel.bar.try_)
    assert "2 of 10 letters would pass" in told
    assert "8 by 'Price'" in told
    assert panel.message.property("role") == "warning"


def test_letters_are_discarded_once_it_was_confirmed(kept):
    panel = kept.panel
    kept.choose(0, 1, 2)
    panel.bar.discard.click()
    box = panel.findChild(QMessageBox)
    assert box.text() == "Discard 3 letters?"
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert kept.states() == ["open"] * 10
    QApplication.processEvents()
    panel.bar.discard.click()
    box = panel.findChildren(QMessageBox)[-1]
    (discard,) = [b for b in box.buttons() if b.text() == "Discard"]
    assert kept.press(discard) == "3 letters discarded."
    assert panel.bar.cancel.isHidden()
    assert kept.states() == ["discarded"] * 3 + ["open"] * 7
    at = panel.states.findData(LetterStatus.DISCARDED)
    panel.states.setCurrentIndex(at)
    panel.states.activated.emit(at)
    kept.until(lambda: len(panel.grid.ids) == 3 and panel.grid.columns)
    assert kept.cell(0, "State") == "discarded"
    assert [b.isEnabled() for b in (panel.bar.try_, panel.bar.retry, panel.bar.discard)] == [
        False
    ] * 3
    assert panel.bar.export.isEnabled()
    assert not panel.edit.code.isEnabled()


def test_letters_are_exported_with_their_rows(kept, tmp_path):
    panel = kept.panel
    target = tmp_path / "bad.jsonl"
    target.write_text("old")
    kept.choose(4)
    panel.bar.export.click()
    dialog = panel.findChild(QFileDialog)
    assert "JSON lines" in dialog.nameFilters()[0]
    with kept.qtbot.waitSignal(kept.desk.told, timeout=30_000) as told:
        dialog.fileSelected.emit(str(target))
    dialog.reject()
    assert told.args[0].text == f"1 letter exported to {target}."
    (line,) = target.read_text().splitlines()
    assert json.loads(line)["row"] == {"id": 4, "amount": "4,5"}


def test_what_is_tried_can_be_cancelled(kept):
    with kept.qtbot.waitSignal(kept.desk.told, timeout=30_000) as told:
        kept.panel.bar.try_.click()
        assert not kept.panel.bar.cancel.isHidden()
        assert not kept.panel.bar.try_.isEnabled()
        kept.panel.bar.cancel.click()
    assert told.args[0].text == "Cancelled."
    assert kept.panel.bar.cancel.isHidden()
    assert kept.panel.bar.try_.isEnabled()


def test_nothing_is_retried_while_a_run_is_under_way(kept):
    supervisor = kept.window.supervisor
    assert kept.panel.bar.retry.isEnabled()
    supervisor.state = RunState(kept.window.session.document)
    supervisor.changed.emit()
    assert not kept.panel.bar.retry.isEnabled()
    assert kept.panel.bar.try_.isEnabled()
    supervisor.state = None
    supervisor.changed.emit()
    assert kept.panel.bar.retry.isEnabled()


def test_of_a_hundred_thousand_letters_only_those_looked_at_are_read(shop):
    shop.open()
    shop.keep(100_000)
    shop.show()
    grid, view = shop.panel.grid, shop.panel.view
    assert grid.rowCount() == 100_000
    assert shop.panel.bar.scope.text() == "100,000 letters"
    view.scrollToBottom()
    view.viewport().repaint()
    shop.until(lambda: shop.cell(99_999, "id") == "99999")
    assert shop.cell(99_999, "Found at") == "orders.csv, line 99999"
    assert len(grid._pages) <= 4
    for row in range(0, 100_000, PAGE_ROWS):  # As when the scroll bar is dragged all the way.
        grid.index(row, 0).data()
    shop.until(lambda: grid.index(99_800, 0).data() != "…")
    assert len(grid._pages) <= 12
    view.selectAll()
    assert shop.panel.selection() == Selection(
        (shop.panel.groups.groups[0].group,), "priced", status=LetterStatus.OPEN
    )


def test_what_was_scrolled_past_is_not_waited_for(qapp):
    grid, asked = LetterGrid(Theme.light()), []
    grid.wanted.connect(asked.append)
    grid.show(range(1, 20 * PAGE_ROWS + 1), "priced", None, str)
    grid.take(asked[0], Page((), [{"id": 1}]))
    for row in range(0, 20 * PAGE_ROWS, PAGE_ROWS):
        grid.index(row, 0).data()
    assert [w.at for w in asked if grid.still_wants(w)] == [16, 17, 18, 19]
    grid.look_at(POINT)
    assert not any(map(grid.still_wants, asked))
    old = asked[-1]
    grid.take(old, Page((), [{"id": 2}]))
    assert old.at not in grid._pages


def test_without_letters_it_says_what_it_is_for_and_makes_no_database(shop, home):
    shop.open()
    with shop.qtbot.waitSignal(shop.desk.overviewed, timeout=20_000):
        shop.window.actions_table["dead_letters"].trigger()
    assert shop.panel.stack.currentWidget() is shop.panel.empty
    assert "choose Dead letter as the strategy" in shop.panel.empty._text.text()
    assert shop.tab() == "Dead letters"
    shop.window.letters.close()
    assert not (home / "state.db").exists()


def test_a_state_database_that_cannot_be_opened_is_told(shop, home):
    (home / "state.db").write_bytes(b"no database at all" * 100)
    shop.open()
    shop.window.actions_table["dead_letters"].trigger()
    shop.until(lambda: shop.panel.empty._title.text() != "No dead letters")
    assert "state database" in shop.panel.empty._title.text()
    assert shop.panel.stack.currentWidget() is shop.panel.empty
    assert shop.tab() == "Dead letters"


def test_keys_lead_there_and_through_it(kept, qtbot):
    panel = kept.panel
    assert kept.window.actions_table["dead_letters"].shortcut().toString() == "F8"
    assert panel.groups_view.hasFocus()
    panel.edit.code.setFocus()
    qtbot.keyClicks(panel.edit.code, "amo")
    assert "amount" in [word.text for word in panel.edit.code.completion.words]
    assert "replace()" in [word.text for word in panel.edit.code._words]
    qtbot.keyClick(panel.edit.code, Qt.Key.Key_Escape)
    qtbot.keyClick(panel.edit.code, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.edit.text == ""
    kept.choose(1, 2)
    qtbot.keyClick(panel.view, Qt.Key.Key_Escape)
    assert panel.bar.scope.text() == "10 letters"


def test_another_document_has_letters_of_its_own(kept, tmp_path):
    kept.window.desk.new()
    kept.until(lambda: kept.window.session.files.path is None)
    kept.until(lambda: kept.panel.stack.currentWidget() is kept.panel.empty)
    assert kept.tab() == "Dead letters"
    kept.open()
    kept.until(lambda: kept.tab() == "Dead letters (10)")


def test_it_is_drawn_in_the_colours_of_the_theme(kept):
    def ground():
        return kept.cell(0, "amount", Qt.ItemDataRole.BackgroundRole).color().name().upper()

    for theme in (Theme.dark(), Theme.light()):
        kept.window.owner.theming.take(theme)
        assert ground() == theme.danger_soft
        picture = kept.panel.grab().toImage()
        assert picture.pixelColor(QPoint(2, 2)).name().upper() == theme.surface
