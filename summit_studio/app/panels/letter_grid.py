"""The letters of a group as a grid: only the pages that are looked at are in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from summit_studio.app.look.icons import icon
from summit_studio.app.look.table_model import in_text, one_line, whole_text
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.letters import Page, Wanted

if TYPE_CHECKING:
    from summit_studio.state.letters import Letter

PAGE_ROWS = 200
_KEPT = 12
"""Pages in memory: more than any window shows."""
_AWAITED = 4
"""Pages awaited: of those that somebody scrolled past only the last are read."""

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_WIDEST, _WIDEST_WHY = 260, 420
_NONE = "\N{EN DASH}"
_WAITING = "…"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Kind(Enum):
    """What a column of the grid shows."""

    FOUND = auto()  # Where the row came from.
    VALUE = auto()  # A column of the row.
    AFTER = auto()  # The same, as the edit would leave it.
    WHY = auto()
    NODE = auto()
    ATTEMPTS = auto()
    STATE = auto()


_HEADS = {
    Kind.FOUND: mark("Found at"),
    Kind.WHY: mark("Why"),
    Kind.NODE: mark("Node"),
    Kind.ATTEMPTS: mark("Attempts"),
    Kind.STATE: mark("State"),
}


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column of the grid; `name` is that of the row's column where it shows one."""

    kind: Kind
    name: str = ""

    @property
    def head(self) -> str:
        """What stands above it."""
        if self.kind is Kind.AFTER:
            return f"{self.name} \N{RIGHTWARDS ARROW}"
        return tr(_HEADS[self.kind]) if self.kind in _HEADS else self.name


_LAST = tuple(GridColumn(k) for k in (Kind.WHY, Kind.NODE, Kind.ATTEMPTS, Kind.STATE))


class LetterGrid(QAbstractTableModel):
    """Letters by number; `wanted` carries what is Wanted of those that are looked at.

    `looked` carries each Page that came: its error says why the edit fails.

    Args:
        theme: Colours the guilty cell.
    """

    wanted = Signal(object)
    looked = Signal(object)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles: Callable[[str], str] = str
        self._pages: dict[int, Page] = {}
        self._fresh: set[int] = set()
        self._asked: list[int] = []
        self._version = 0
        self._guilty = ""
        self._node_id = ""
        self.ids: tuple[int, ...] = ()
        self.text = ""
        self.columns: tuple[GridColumn, ...] = ()
        self._strong = QFont()
        self._strong.setBold(True)
        self._italic = QFont()
        self._italic.setItalic(True)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._danger, self._wash = QBrush(QColor(theme.danger)), QBrush(QColor(theme.danger_soft))
        self._muted, self._good = QBrush(QColor(theme.muted)), QBrush(QColor(theme.success))
        self._mark = icon("error", QColor(theme.danger))

    def show(
        self, ids: Sequence[int], node_id: str, guilty: str | None, titles: Callable[[str], str]
    ) -> None:
        """Show other letters.

        Args:
            ids: Their numbers.
            node_id: Who rejected them.
            guilty: The column at fault, which stands first.
            titles: Gives what people call a node.
        """
        self.beginResetModel()
        self.ids, self._node_id, self._guilty = tuple(ids), node_id, guilty or ""
        self._titles = titles
        self._pages.clear()
        self._outdate()
        self.columns = ()
        self.endResetModel()
        if ids:
            self._ask(0)

    def _outdate(self) -> None:
        self._version += 1
        self._asked.clear()
        self._fresh.clear()

    def refresh(self) -> None:
        """Read what is looked at anew, and show what is there until then."""
        self._outdate()
        self._repaint()
        if self.ids and not self._pages:
            self._ask(0)

    def look_at(self, text: str) -> None:
        """Show what an edit would make of the rows; an empty one shows none."""
        if text == self.text:
            return
        self.text = text
        if not text:
            self._set_after(())
        self.refresh()

    def still_wants(self, wanted: Wanted) -> bool:
        """Return True if letters that were wanted are waited for. Any thread may ask."""
        return wanted.version == self._version and wanted.at in self._asked

    def take(self, wanted: Wanted, page: Page) -> None:
        """Take the rows of letters that were wanted."""
        if wanted.version != self._version:
            return
        at = wanted.at
        if at in self._asked:
            self._asked.remove(at)
        self._pages.pop(at, None)
        self._pages[at] = page
        self._fresh.add(at)
        while len(self._pages) > _KEPT:
            oldest = next(iter(self._pages))
            del self._pages[oldest]
            self._fresh.discard(oldest)
        self._fit(page)
        self._repaint()
        self.looked.emit(page)

    def _fit(self, page: Page) -> None:
        """Have a column for each that the rows have, and for each that the edit sets."""
        names = list(dict.fromkeys(name for row in page.rows for name in row))
        known = [c.name for c in self.columns if c.kind is Kind.VALUE]
        new = [name for name in names if name not in known]
        if not self.columns:
            first = [n for n in names if n == self._guilty]
            rest = [n for n in names if n != self._guilty]
            values = tuple(GridColumn(Kind.VALUE, n) for n in first + rest)
            self.beginResetModel()
            self.columns = (GridColumn(Kind.FOUND), *values, *_LAST)
            self.endResetModel()
        elif new:
            for name in new:
                self._insert(len(self.columns) - len(_LAST), GridColumn(Kind.VALUE, name))
        if page.edited is not None:
            self._set_after(page.sets)

    def _set_after(self, names: Sequence[str]) -> None:
        for at in reversed(range(len(self.columns))):
            column = self.columns[at]
            if column.kind is Kind.AFTER and column.name not in names:
                self.beginRemoveColumns(_ROOT, at, at)
                self.columns = (*self.columns[:at], *self.columns[at + 1 :])
                self.endRemoveColumns()
        for name in names:
            column = GridColumn(Kind.AFTER, name)
            if column not in self.columns:
                value = GridColumn(Kind.VALUE, name)
                there = value in self.columns
                last = len(self.columns) - len(_LAST)
                self._insert(self.columns.index(value) + 1 if there else last, column)

    def _insert(self, at: int, column: GridColumn) -> None:
        self.beginInsertColumns(_ROOT, at, at)
        self.columns = (*self.columns[:at], column, *self.columns[at:])
        self.endInsertColumns()

    def _ask(self, at: int) -> None:
        if at not in self._asked:
            self._asked.append(at)
            del self._asked[:-_AWAITED]
            ids = self.ids[at * PAGE_ROWS : (at + 1) * PAGE_ROWS]
            self.wanted.emit(Wanted(at, ids, self._node_id, self.text, self._version))

    def _repaint(self) -> None:
        if self.ids and self.columns:
            last = self.index(len(self.ids) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [])

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of letters."""
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return a column's name, or a letter's number."""
        if orientation is Qt.Orientation.Vertical:
            return self.ids[section] if role == Qt.ItemDataRole.DisplayRole else None
        if section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.head
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.kind is Kind.ATTEMPTS else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole and column.kind is Kind.AFTER:
            return tr("{name} as the edit would leave it", name=column.name)
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        """Return a cell's text and how it looks; asks for its page where that is not here."""
        at, place = divmod(index.row(), PAGE_ROWS)
        page, column = self._pages.get(at), self.columns[index.column()]
        if at not in self._fresh:
            self._ask(at)
        if page is None:
            return _WAITING if role == Qt.ItemDataRole.DisplayRole else None
        cell = _Cell(page, place, self.ids[index.row()])
        letter = cell.letter
        if letter is None:
            gone = role == Qt.ItemDataRole.DisplayRole and index.column() == 0
            return "gone" if gone else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.kind is Kind.ATTEMPTS else _LEFT
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            text = self._text(column, cell, letter)
            return one_line(text) if role == Qt.ItemDataRole.DisplayRole else whole_text(text)
        return self._dress(column, cell, letter, role)

    def _text(self, column: GridColumn, cell: "_Cell", letter: "Letter") -> str:
        match column.kind:
            case Kind.FOUND:
                return letter.source or _NONE
            case Kind.VALUE:
                return _shown(cell.row, column.name)
            case Kind.AFTER:
                return _NONE if cell.edited is None else _shown(cell.edited, column.name)
            case Kind.WHY:
                return letter.message
            case Kind.NODE:
                return self._titles(letter.node_id)
            case Kind.ATTEMPTS:
                return f"{letter.attempts:,}"
            case Kind.STATE:
                return str(letter.status)

    def _dress(self, column: GridColumn, cell: "_Cell", letter: "Letter", role: int) -> Any:
        at_fault = column.kind is Kind.VALUE and column.name == _guilty_column(letter, cell.row)
        mended = at_fault and _mended(letter, cell.row)
        guilty = at_fault and not mended
        changed = mended or (column.kind is Kind.AFTER and cell.changes(column.name))
        null = column.kind is Kind.VALUE and cell.row.get(column.name, "") is None
        if role == Qt.ItemDataRole.BackgroundRole and guilty:
            return self._wash
        if role == Qt.ItemDataRole.DecorationRole and guilty:
            return self._mark
        if role == Qt.ItemDataRole.AccessibleTextRole and guilty:
            return tr("at fault: {shown}", shown=_shown(cell.row, column.name))
        if role == Qt.ItemDataRole.ForegroundRole:
            plain = column.kind in {Kind.VALUE, Kind.AFTER} and not null
            if guilty or changed:
                return self._danger if guilty else self._good
            return None if plain else self._muted
        if role == Qt.ItemDataRole.FontRole and (changed or null):
            return self._strong if changed else self._italic
        return None


@dataclass(frozen=True, slots=True)
class _Cell:
    """A letter on its page."""

    page: Page
    place: int
    letter_id: int

    @property
    def letter(self) -> "Letter | None":
        """The letter, or None if it is gone."""
        letters = self.page.letters
        known = self.place < len(letters) and letters[self.place].letter_id == self.letter_id
        return letters[self.place] if known else None

    @property
    def row(self) -> Mapping[str, Any]:
        """Its row."""
        return self.page.rows[self.place]

    @property
    def edited(self) -> Mapping[str, Any] | None:
        """Its row as the edit would leave it."""
        return None if self.page.edited is None else self.page.edited[self.place]

    def changes(self, name: str) -> bool:
        """Return True if the edit would change a column of it."""
        missing = object()
        after = self.edited
        return after is not None and after.get(name) != self.row.get(name, missing)


class LetterView(QTableView):
    """The grid as people see it: whole rows are chosen, columns are as wide as what they hold."""

    def __init__(self, model: LetterGrid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(tr("Dead letters of the chosen group"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setResizeContentsPrecision(50)
        self.setItemDelegate(_Wash(self))
        model.looked.connect(self._widen)
        self._fitted: tuple[GridColumn, ...] = ()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose nothing on Escape, so that all of the group is meant."""
        if event.key() == Qt.Key.Key_Escape and self.chosen():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def chosen(self) -> tuple[int, ...]:
        """Return the lines that are chosen."""
        ranges = [(r.top(), r.bottom() + 1) for r in self.selectionModel().selection().toList()]
        return tuple(sorted({row for first, end in ranges for row in range(first, end)}))

    def _widen(self, _page: Page) -> None:
        model = self.model()
        assert isinstance(model, LetterGrid)  # noqa: S101 - holds by construction
        if model.columns == self._fitted:
            return
        self._fitted = model.columns
        self.resizeColumnsToContents()
        for at, column in enumerate(model.columns):
            widest = _WIDEST_WHY if column.kind is Kind.WHY else _WIDEST
            if self.columnWidth(at) > widest:
                self.setColumnWidth(at, widest)


class _Wash(QStyledItemDelegate):
    """Draws the ground of a cell that is marked: the style sheet would leave it out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a cell."""
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if isinstance(ground, QBrush) and not option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, ground)
        super().paint(painter, option, index)


def _guilty_column(letter: "Letter", row: Mapping[str, Any]) -> str:
    """Return the column to mark: the one at fault, or the text that could not be read."""
    if letter.column is not None and letter.column in row:
        return letter.column
    return "raw" if letter.raw_value is not None and "raw" in row else ""


def _mended(letter: "Letter", row: Mapping[str, Any]) -> bool:
    """Return True if what was at fault is another value now."""
    name = letter.column or ""
    return name in row and str(row[name]) != (letter.raw_value or "None")


def _shown(row: Mapping[str, Any], name: str) -> str:
    if name not in row:
        return _NONE
    value = row[name]
    return "null" if value is None else in_text(value)
