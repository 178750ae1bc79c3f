"""What the inspector shows of an edge: its rows in the last run, their rate, and the first rows."""

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.roles import muted_colour
from summit_studio.app.look.table_model import ArrowModel
from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Debounce
from summit_studio.app.session.pinning import Pins
from summit_studio.app.session.previewing import Previewer
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.session import Notice, Session
from summit_studio.document.model import Edge

_QUIET_MS = 120
_WIDEST = 180


class EdgeFacts(QWidget):
    """Figures and rows of one edge. Asks for rows only while it is visible."""

    def __init__(self, session: Session, pins: Pins, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._edge: Edge | None = None
        self._run: RunState | None = None
        self.columns, self.rows, self.rate = QLabel(), QLabel(), QLabel()
        self.queue = QLabel()
        self.queue.setToolTip(
            tr(
                "Rows that wait between the two nodes: where it is full, the node behind is the "
                "slower"
            )
        )
        self.note = QLabel()
        self.note.setProperty("role", "hint")
        self.note.setWordWrap(True)
        self.model = ArrowModel(muted_colour(), self)
        self.table = self._make_table()
        self.previewer = Previewer(session, pins, self)
        self.previewer.arrived.connect(self._arrived)
        self.previewer.failed.connect(self._failed)
        self._soon = Debounce(_QUIET_MS, self._ask, self)
        self._build()
        session.checked_changed.connect(self._checked)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(tr("First rows of this edge"))
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
        table.horizontalHeader().setHighlightSections(False)
        table.setMinimumHeight(160)
        return table

    def _build(self) -> None:
        facts = QFormLayout()
        facts.setContentsMargins(0, 0, 0, 0)
        facts.setHorizontalSpacing(16)
        for name, value in (
            (tr("Columns"), self.columns), (tr("Rows"), self.rows), (tr("Rate"), self.rate),
            (tr("Queue"), self.queue),
        ):  # fmt: skip
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(name)
            label = QLabel(name)
            label.setProperty("role", "label")
            facts.addRow(label, value)
        title = QLabel(tr("First rows"))
        title.setProperty("role", "section")
        title.setBuddy(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(facts)
        column.addWidget(title)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)

    def show_edge(self, edge: Edge) -> None:
        """Show an edge, and ask for its rows."""
        if edge != self._edge:
            self._edge = edge
            self.model.show(self.model_schema(), None)
            self.note.setText(tr("Reading rows…"))
            self._soon.ask()
        self.setVisible(True)
        self._show_figures()

    def leave(self) -> None:
        """Show no edge."""
        self._edge = None
        self._soon.stop()
        self.previewer.cancel()
        self.setVisible(False)

    @Slot(object)
    def show_run(self, run: RunState | None) -> None:
        """Show the figures of a run as it stands; None for no run."""
        self._run = run
        if self._edge is not None:
            self._show_figures()

    def close_worker(self) -> None:
        """Cancel what is awaited and stop the worker."""
        self._soon.stop()
        self.previewer.close()

    def model_schema(self) -> Any:
        """Return the columns that the checks know."""
        from summit_studio.core.schema import Schema

        checked = self._session.checked
        known = checked.schemas.get(self._edge.source) if checked and self._edge else None
        return known or Schema()

    def _show_figures(self) -> None:
        columns = len(self.model_schema())
        self.columns.setText(f"{columns:,}" if columns else tr("not known yet"))
        run, edge = self._run, self._edge
        fill = run.edge_fills.get(edge) if run is not None and edge is not None else None
        self.queue.setText("\N{EN DASH}" if fill is None else tr("{fill:.0%} full", fill=fill))
        rows = run.edge_counts.get(edge) if run is not None and edge is not None else None
        if run is None or rows is None:
            self.rows.setText(tr("not run yet"))
            self.rate.setText("\N{EN DASH}")
            return
        self.rows.setText(
            tr("{rows:,} in this run", rows=rows)
            if not run.finished
            else tr("{rows:,} in the last run", rows=rows)
        )
        per_second = rows / run.seconds if run.seconds > 0 else 0.0
        self.rate.setText(tr("{per_second:,.0f} rows/s, mean of the run", per_second=per_second))

    @Slot(object)
    def _checked(self, _checked: Any) -> None:
        if self._edge is not None:
            self._show_figures()
            self._soon.ask()

    def _ask(self) -> None:
        if self._edge is not None and self.isVisible():
            self.previewer.ask(self._edge.source)

    @Slot(object)
    def _arrived(self, answer: Any) -> None:
        ref, looked = answer
        if self._edge is None or ref != self._edge.source:
            return
        found = looked.sides
        self.model.set_muted(muted_colour())
        self.model.show(found.after.schema, found.after.table)
        self.table.resizeColumnsToContents()
        for column in range(self.model.columnCount()):
            self.table.setColumnWidth(column, min(self.table.columnWidth(column), _WIDEST))
        self.note.setText(found.note)

    @Slot(object)
    def _failed(self, answer: Any) -> None:
        ref, error = answer
        if self._edge is not None and ref == self._edge.source:
            notice = Notice.of(error)
            self.model.show(self.model_schema(), None)
            self.note.setText(f"{notice.text}. {notice.detail}")
