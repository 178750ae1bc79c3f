"""A condition as rows of column, operator and value, for those who do not write expressions."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.plain import QuietComboBox
from summit_studio.app.look.words import mark, tr
from summit_studio.core.schema import DATE, VARCHAR, Schema, base_type, type_label
from summit_studio.expressions.conditions import (
    Comparison,
    Condition,
    Operator,
    operators_of,
    read_condition,
    values_of,
)

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

_NAMES = {
    Operator.IS: "=", Operator.IS_NOT: "≠", Operator.LESS: "<", Operator.AT_MOST: "≤",
    Operator.MORE: ">", Operator.AT_LEAST: "≥", Operator.BETWEEN: mark("between"),
    Operator.CONTAINS: mark("contains"), Operator.LACKS: mark("lacks"),
    Operator.BEGINS: mark("begins with"), Operator.ENDS: mark("ends with"),
    Operator.ONE_OF: mark("is one of"),
    Operator.NONE_OF: mark("is none of"),
    Operator.TRUE: mark("is true"), Operator.FALSE: mark("is false"),
    Operator.MISSING: mark("is missing"), Operator.PRESENT: mark("is present"),
}  # fmt: skip
_OF_TEXT = {Operator.IS: mark("is"), Operator.IS_NOT: mark("is not")}
_OF_TIME = {Operator.LESS: mark("before"), Operator.MORE: mark("after")}

Samples = Mapping[str, Sequence[str]]
"""Values that stand in a column, by its name."""


def name_of(operator: Operator, type_name: str) -> str:
    """Return what an operator is called for a type."""
    base = base_type(type_name)
    if base == VARCHAR and operator in _OF_TEXT:
        return tr(_OF_TEXT[operator])
    if (base == DATE or base.startswith("TIME")) and operator in _OF_TIME:
        return tr(_OF_TIME[operator])
    return tr(_NAMES[operator])


class ComparisonRow(QWidget):
    """One comparison. `edited` is sent for what a person does, `removed` and `ended` by keys too.

    `ended` is sent by Enter in the last value.
    """

    edited = Signal()
    removed = Signal()
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schema = Schema()
        self._samples: Samples = {}
        self._showing = False
        self.column = QuietComboBox()
        self.column.setPlaceholderText(tr("Column"))
        self.column.setAccessibleName(tr("Column"))
        self.column.activated.connect(self._column_chosen)
        self.operator = QuietComboBox()
        self.operator.setAccessibleName(tr("Operator"))
        self.operator.activated.connect(self._operator_chosen)
        self.remove = QToolButton()
        self.remove.setText("✕")
        self.remove.setToolTip(tr("Remove this comparison (Ctrl+Del)"))
        self.remove.setAccessibleName(tr("Remove this comparison"))
        self.remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.remove.clicked.connect(self.removed)
        self.values = (self._make_value(tr("Value")), self._make_value(tr("Highest value")))
        self.between = QLabel(tr("and"))
        upper = QHBoxLayout()
        upper.setSpacing(4)
        upper.addWidget(self.column, 1)
        upper.addWidget(self.remove)
        lower = QHBoxLayout()
        lower.setSpacing(4)
        lower.addWidget(self.operator, 1)
        lower.addWidget(self.values[0], 1)
        highest = QHBoxLayout()
        highest.setSpacing(4)
        self.between.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        highest.addWidget(self.between, 1)
        highest.addWidget(self.values[1], 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(upper)
        column.addLayout(lower)
        column.addLayout(highest)
        for widget in self.inputs():  # They share what room there is, however narrow the dock.
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    def _make_value(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        completer = QCompleter(QStringListModel(line), line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        line.setCompleter(completer)
        line.textChanged.connect(self._typed)  # What is taken from the list is no typing to Qt.
        return line

    def inputs(self) -> tuple[QWidget, ...]:
        """Return what takes the keys, in order."""
        return (self.column, self.operator, *self.values)

    def offer(self, schema: Schema, samples: Samples) -> None:
        """Offer columns, and values that stand in them."""
        self._samples = samples
        if schema != self._schema:
            self._schema = schema
            held, operator = self.column.currentData(), self._operator()
            self.column.clear()
            for column in schema:
                self.column.addItem(column.name, column.name)
                told = f"{column.name}: {type_label(column.type)}"
                self.column.setItemData(self.column.count() - 1, told, Qt.ItemDataRole.ToolTipRole)
            self._choose_column(held)
            self._offer_operators(operator)
        self._complete()

    def show_comparison(self, shown: Comparison | None) -> None:
        """Show a comparison; None shows one that is still to be filled in."""
        self._choose_column(shown.column if shown else None)
        self._offer_operators(shown.operator if shown else None)
        texts = [v.text for v in shown.values] if shown else []
        if shown is not None and shown.operator.values is None:
            texts = [", ".join(texts)]
        self._showing = True
        for line, text in zip(self.values, [*texts, "", ""], strict=False):
            if line.text() != text:
                line.setText(text)
        self._showing = False
        self._fit()

    def begin(self, column: str) -> None:
        """Compare a column, and go on to how."""
        self._choose_column(column)
        self._column_chosen()
        self.operator.setFocus(Qt.FocusReason.TabFocusReason)

    def comparison(self) -> Comparison | None:
        """Return the comparison; None while something is missing."""
        name, operator = self.column.currentData(), self._operator()
        if not name:
            return None
        wanted = operator.values
        lines = self.values[: 1 if wanted is None else wanted]
        values = [v for line in lines for v in values_of(line.text(), operator, self._type())]
        enough = bool(values) if wanted is None else len(values) == wanted
        return Comparison(name, operator, tuple(values)) if enough else None

    def _operator(self) -> Operator:
        return Operator(self.operator.currentData() or Operator.IS)

    def _type(self) -> str:
        found = self._schema.find(str(self.column.currentData() or ""))
        return found.type if found is not None else VARCHAR

    def _choose_column(self, name: str | None) -> None:
        at = -1
        if name:
            known = self._schema.find(name)
            at = self.column.findData(known.name if known is not None else name)
            if at < 0:
                self.column.addItem(name, name)
                at = self.column.count() - 1
        self.column.setCurrentIndex(at)

    def _offer_operators(self, wanted: Operator | None) -> None:
        type_name = self._type()
        offered = list(operators_of(type_name))
        if wanted is not None and wanted not in offered:
            offered.append(wanted)
        shown = [(name_of(o, type_name), o) for o in offered]
        if [(self.operator.itemText(i), self.operator.itemData(i)) for i in range(
            self.operator.count())] != shown:  # fmt: skip
            self.operator.clear()
            for name, operator in shown:
                self.operator.addItem(name, operator)
        self.operator.setCurrentIndex(offered.index(wanted) if wanted is not None else 0)

    @Slot()
    def _column_chosen(self) -> None:
        operator = self._operator()
        fits = operator in operators_of(self._type())
        self._offer_operators(operator if fits else None)
        self._complete()
        self._fit()
        self.edited.emit()

    @Slot()
    def _typed(self) -> None:
        if not self._showing:
            self.edited.emit()

    @Slot()
    def _operator_chosen(self) -> None:
        self._fit()
        self.edited.emit()

    def _fit(self) -> None:
        wanted = self._operator().values
        self.values[0].setVisible(wanted != 0)
        self.values[0].setPlaceholderText("a, b, c" if wanted is None else tr("Value"))
        self.between.setVisible(wanted == 2)
        self.values[1].setVisible(wanted == 2)

    def _complete(self) -> None:
        offered = list(self._samples.get(str(self.column.currentData() or ""), ()))
        for line in self.values:
            model = line.completer().model()
            if isinstance(model, QStringListModel) and model.stringList() != offered:
                model.setStringList(offered)


class ConditionBuilder(QWidget):
    """Rows of comparisons. `edited` carries the expression for what a person does.

    `acted` is sent before and after what is undone by itself, unlike typing.

    Args:
        watcher: Filters the events of what takes the keys, as a field does.
    """

    edited = Signal(str)
    acted = Signal()

    def __init__(self, watcher: QObject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._watcher = watcher
        self._schema = Schema()
        self._samples: Samples = {}
        self._text = ""
        self.rows: list[ComparisonRow] = []
        self.joiner = QuietComboBox()
        self.joiner.addItem(tr("All of these hold (and)"), False)
        self.joiner.addItem(tr("Any of these holds (or)"), True)
        self.joiner.setAccessibleName(tr("How the comparisons are joined"))
        self.joiner.activated.connect(self._act)
        self.joiner.installEventFilter(watcher)
        self.more = QPushButton(tr("Add comparison"))
        self.more.setProperty("flat", True)
        self.more.clicked.connect(self.add)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.joiner)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_text("")

    def show_text(self, text: str) -> bool:
        """Show an expression; return False, with nothing changed, for one of another form."""
        if self.rows and text.strip() == self._text.strip():
            return True
        read = Condition(()) if not text.strip() else read_condition(text)
        if read is None:
            return False
        self._text = text
        shown: list[Comparison | None] = list(read.comparisons) or [None]
        while len(self.rows) > len(shown):
            self._drop(self.rows[-1])
        while len(self.rows) < len(shown):
            self._make_row()
        for row, comparison in zip(self.rows, shown, strict=True):
            row.show_comparison(comparison)
        if len(read.comparisons) > 1:
            self.joiner.setCurrentIndex(int(read.any))
        self._fit()
        return True

    def offer(self, schema: Schema, samples: Samples) -> None:
        """Offer columns and values."""
        self._schema, self._samples = schema, samples
        for row in self.rows:
            row.offer(schema, samples)

    @Slot()
    def add(self) -> None:
        """Add a comparison and go to it."""
        self._make_row()
        self._fit()
        self.rows[-1].column.setFocus(Qt.FocusReason.TabFocusReason)

    def begin(self, column: str) -> None:
        """Begin a comparison of a column; it is part of the condition once it has its value."""
        if self.rows[-1].comparison() is not None:
            self.add()
        self.rows[-1].begin(column)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go on by Enter, remove by Ctrl+Delete."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        row = next((r for r in self.rows if watched in r.inputs()), None)
        if row is None:
            return False
        if event.key() in _ENTER:
            self._go_on(row, watched)
            return True
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Delete and control:
            self._remove(row)
            return True
        return False

    def _go_on(self, row: ComparisonRow, watched: QObject) -> None:
        """Go to what is filled in after `watched`: in its row, the next one, or a new one."""
        shown = [w for w in row.inputs() if not w.isHidden()]
        at = shown.index(watched) if watched in shown else len(shown) - 1
        if at + 1 < len(shown):
            shown[at + 1].setFocus(Qt.FocusReason.TabFocusReason)
        elif row is not self.rows[-1]:
            self.rows[self.rows.index(row) + 1].column.setFocus(Qt.FocusReason.TabFocusReason)
        elif row.comparison() is not None:
            self.add()

    def _make_row(self) -> None:
        row = ComparisonRow()
        row.offer(self._schema, self._samples)
        row.edited.connect(self._changed)
        row.removed.connect(self._remove_sender)
        for widget in row.inputs():
            widget.installEventFilter(self._watcher)
            widget.installEventFilter(self)
        row.show_comparison(None)
        self._column.insertWidget(self._column.count() - 1, row)
        before: QWidget = self.rows[-1].values[1] if self.rows else self.joiner
        for widget in row.inputs():
            self.setTabOrder(before, widget)
            before = widget
        self.setTabOrder(before, self.more)
        self.rows.append(row)

    @Slot()
    def _remove_sender(self) -> None:
        row = self.sender()
        if isinstance(row, ComparisonRow):
            self._remove(row)

    def _remove(self, row: ComparisonRow) -> None:
        holder = QApplication.focusWidget()
        held = holder is not None and row.isAncestorOf(holder)
        at = self.rows.index(row)
        if len(self.rows) == 1:
            row.show_comparison(None)
        else:
            self._drop(row)
        if held:
            self.rows[min(at, len(self.rows) - 1)].column.setFocus()
        self._fit()
        self._act()

    def _drop(self, row: ComparisonRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _fit(self) -> None:
        self.joiner.setVisible(len(self.rows) > 1)
        self.setFocusProxy(self.rows[0].column)

    @Slot()
    def _act(self) -> None:
        self.acted.emit()
        self._changed()
        self.acted.emit()

    @Slot()
    def _changed(self) -> None:
        found = [c for c in (r.comparison() for r in self.rows) if c is not None]
        text = Condition(tuple(found), bool(self.joiner.currentData())).sql()
        if text != self._text:
            self._text = text
            self.edited.emit(text)
