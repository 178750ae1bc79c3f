"""What an expression gives of the first rows, beneath it while it is written."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.roles import muted_colour
from summit_studio.app.look.table_model import ArrowModel
from summit_studio.app.look.words import tr
from summit_studio.app.session.trying import Answer
from summit_studio.core.schema import Schema, type_label
from summit_studio.engine.trying import LINES, Tried


class _Values(ArrowModel):
    """A head of one line: the type of the value is told beside it."""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return a column's name."""
        told = super().headerData(section, orientation, role)
        shown = role == Qt.ItemDataRole.DisplayRole and isinstance(told, str)
        return told.partition("\n")[0] if shown else told


class LiveResult(QWidget):
    """Says type and matches, and shows the first values beside the columns they come from.

    It is as high without rows as with them, so that what stands below it does not move. While the
    expression is wrong the last good result stays, dimmed.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = QLabel()
        self.summary.setProperty("role", "hint")
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.summary.setFixedHeight(self.summary.fontMetrics().lineSpacing() + 2)
        self.model = _Values(muted_colour(), self)
        self.table = self._make_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.summary)
        column.addWidget(self.table)
        self._said = ""
        self.wait()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setProperty("role", "live")
        table.setAccessibleName(tr("Result on the first rows"))
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        line = table.fontMetrics().height() + 4
        table.verticalHeader().setMinimumSectionSize(line)
        table.verticalHeader().setDefaultSectionSize(line)
        head = table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setMinimumSectionSize(24)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setFixedHeight(line + 2)
        table.setFixedHeight(head.height() + LINES * line + 2)
        return table

    @property
    def dimmed(self) -> bool:
        """True while an older result is shown than what is written."""
        return not self.table.isEnabled()

    def wait(self) -> None:
        """Show nothing: it is another expression, and not tried yet."""
        self._clear(tr("Reading the first rows…"))

    def _clear(self, why: str) -> None:
        self._said = ""
        self.model.show(Schema(), None)
        self.table.horizontalHeader().setVisible(False)
        self._say(why)

    def show_answer(self, answer: Answer) -> None:
        """Show what became of a trial."""
        if answer.tried is not None:
            self.model.set_muted(muted_colour())
            self.model.show(answer.tried.schema, answer.tried.table)
            self.table.horizontalHeader().setVisible(True)
            self._said = _sentence(answer.tried, more=answer.more)
            self.table.setEnabled(True)
            self._say(self._said)
        elif answer.error is None:
            self._clear(tr("Connect an input to see what it gives"))
        else:
            self.dim()

    def dim(self) -> None:
        """Keep what is shown, which is not what is written now."""
        self.table.setEnabled(False)
        self._say(tr("Before: {said}", said=self._said) if self._said else "")

    def _say(self, text: str) -> None:
        self.summary.setText(text)
        self.summary.setToolTip(text)


def _sentence(tried: Tried, *, more: bool) -> str:
    """Return type, matches and failures in a line: `true/false · 160 of 200 rows match`."""
    noun = tr("row") if tried.rows == 1 else tr("rows")
    of = f"{tried.rows:,} {noun}"
    if more:
        of = tr("the first {rows}", rows=of)
    count = (
        tr("on {of}", of=of)
        if tried.matched is None
        else tr("{matched:,} of {of} match", matched=tried.matched, of=of)
    )
    parts = [type_label(tried.type), count]
    if tried.failed:
        parts.append(tr("{failed:,} cannot be computed", failed=tried.failed))
    return " · ".join(parts)
