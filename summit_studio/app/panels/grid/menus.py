"""The menus of the grid: of a cell, of a column, of two."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from summit_studio.app.look.words import tr
from summit_studio.app.panels.grid.acts import Choice, of_cell, of_column, of_pair
from summit_studio.app.panels.grid.asking import Ask, AskPopup
from summit_studio.app.panels.grid.model import NOWHERE
from summit_studio.app.panels.grid.sides import SideBySide
from summit_studio.app.panels.grid.view import GridView
from summit_studio.app.session.acting import Act, parts_of
from summit_studio.app.session.pointed import Wish
from summit_studio.core.schema import VARCHAR

_TWO = 2
_LOOKED_AT = 1000
"""Rows whose text says how many parts it has."""


class Menus(QObject):
    """`acted` carries (view, Act); `exported` (view, path).

    `pointed` carries (view, column, Wish, new name).

    Args:
        grid: Whose menus.
        folder: Where an export begins.
    """

    acted = Signal(object)
    exported = Signal(object)
    pointed = Signal(object)

    def __init__(self, grid: SideBySide, folder: Callable[[], Path], parent: QWidget) -> None:
        super().__init__(parent)
        self._grid = grid
        self._folder = folder
        self._parent = parent
        self._view: GridView = grid.after
        self._place = QPoint()
        self._name = ""
        self.menu: QMenu | None = None
        self.popup: AskPopup | None = None
        grid.menu_asked.connect(self.open)

    @Slot(object)
    def open(self, asked: Any) -> None:
        """Open the menu of what is chosen, or of what is pointed at."""
        self._view, line, column, self._place = asked
        self._name = self._view.rows.schema.columns[column].name
        menu = QMenu(self._parent)
        self._fill(menu, self._choices(line, column))
        self._add_view_choices(menu, column)
        menu.triggered.connect(self._picked)
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu = menu
        menu.popup(self._place)

    def _choices(self, line: int, column: int) -> Iterable[Choice]:
        rows, chosen = self._view.rows, self._view.chosen_columns()
        schema = rows.schema
        if len(chosen) == _TWO and column in chosen:
            return of_pair(schema, *(schema.columns[c] for c in chosen))
        found: list[Choice] = []
        here = schema.columns[column]
        if line != NOWHERE and rows.row_at(line) != NOWHERE:
            found += of_cell(here, rows.value(line, column))
        return [*found, *of_column(schema, here, self._parts(column))]

    def _parts(self, column: int) -> dict[str, int]:
        table = self._view.rows.table
        if table is None or self._view.rows.schema.columns[column].type != VARCHAR:
            return {}
        return {
            s: parts_of(table.slice(0, _LOOKED_AT), column, s) for s in (",", ";", " ", "-", "@")
        }

    def _fill(self, menu: QMenu, choices: Iterable[Choice]) -> None:
        for choice in choices:
            if choice.gap and not menu.isEmpty():
                menu.addSeparator()
            if choice.inner:
                self._fill(menu.addMenu(choice.text), choice.inner)
            else:
                menu.addAction(choice.text).setData(choice.does)

    def _add_view_choices(self, menu: QMenu, column: int) -> None:
        menu.addSeparator()
        menu.addAction(tr("Trace column")).setData((Wish.TRACE, column, False))
        menu.addSeparator()
        view = menu.addMenu(tr("Only in this view"))
        for text, act in (
            (tr("Smallest on top"), ("sort", column, False)),
            (tr("Largest on top"), ("sort", column, True)),
            (tr("As the rows come"), ("unsort", column, False)),
        ):
            view.addAction(text).setData(act)
        menu.addAction(tr("Copy")).setData(("copy", column, False))
        menu.addAction(tr("Copy with column names")).setData(("copy", column, True))
        menu.addAction(tr("Export these rows…")).setData(("export", column, False))

    @Slot(object)
    def _picked(self, action: QAction) -> None:
        does = action.data()
        if isinstance(does, Act):
            self.acted.emit((self._view, does))
        elif isinstance(does, Ask):
            self._ask(does)
        elif isinstance(does, tuple):
            self._show(*does)

    def _ask(self, ask: Ask) -> None:
        self.popup = AskPopup(ask, self._parent)
        self.popup.answered.connect(self._answered)
        self.popup.open_at(self._place)

    @Slot(object)
    def _answered(self, answer: Act | str) -> None:
        if isinstance(answer, Act):
            self.acted.emit((self._view, answer))
        else:
            self.pointed.emit((self._view, self._name, Wish.RENAME, answer))

    def _show(self, what: str, column: int, flag: bool) -> None:  # noqa: FBT001 - one of a table
        if isinstance(what, Wish):
            self.pointed.emit((self._view, self._view.rows.schema.columns[column].name, what, ""))
        elif what == "sort":
            self._grid.sort(self._view, column, descending=flag)
        elif what == "unsort":
            self._grid.unsort()
        elif what == "copy":
            self._view.copy_cells(names=flag)
        else:
            self.export(self._view)

    def export(self, view: GridView) -> None:
        """Ask where to write the rows that are shown."""
        start = str(self._folder() / "rows.csv")
        name, _ = QFileDialog.getSaveFileName(
            self._parent, tr("Export rows"), start, tr("CSV (*.csv)")
        )
        if name:
            self.exported.emit((view, Path(name)))
