"""Fields of the errors' settings that are more than one value: tolerance, and single nodes."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.field import FieldEditor
from summit_studio.app.inspector.plain import QuietComboBox
from summit_studio.app.inspector.spec import FieldSpec, in_words
from summit_studio.app.look.words import mark, tr

_ANY, _NONE, _ROWS, _PERCENT = "any", "none", "rows", "percent"
_KINDS = {
    _ANY: mark("Any number of rows"),
    _NONE: mark("No row"),
    _ROWS: mark("A number of rows"),
    _PERCENT: mark("A share of the rows"),
}
_OWN = frozenset({"rows", "percent", "after_rows"})
_NARROW = 64


class ToleranceField(FieldEditor):
    """How many rows may be rejected: any, none, so many, or so large a share."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._kept: dict[str, Any] = {}
        self.kind = QuietComboBox()
        for kind, words in _KINDS.items():
            self.kind.addItem(tr(words), kind)
        self.number, self.after = QLineEdit(), QLineEdit()
        self._unit, self._and = QLabel(), QLabel(tr("after"))
        self._last = QLabel(tr("rows read"))
        for line, name in (
            (self.number, tr("Tolerated")),
            (self.after, tr("Rows read before it counts")),
        ):
            line.setFixedWidth(_NARROW)
            line.setAccessibleName(name)
            line.textEdited.connect(self._changed)
        self.after.setPlaceholderText("0")
        self.kind.activated.connect(self._changed)
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addWidget(self.kind)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.number, self._unit, self._and, self.after, self._last):
            row.addWidget(part)
        row.addStretch(1)
        whole.addLayout(row)
        self.place(body, self.kind)
        self._fit()

    def value(self) -> Any:
        """Return None for any, `none` for no row, else a number or a share."""
        match self.kind.currentData():
            case "rows":
                return {**self._kept, "rows": _number(self.number.text())}
            case "percent":
                after = self.after.text().strip()
                more = {"after_rows": _number(after)} if after else {}
                return {**self._kept, "percent": _number(self.number.text()), **more}
            case "none":
                return _NONE
        return None

    def set_value(self, value: Any) -> None:
        """Show a tolerance; what is none is shown as a number of rows, and the checks tell."""
        shown = value if isinstance(value, Mapping) else {}
        self._kept = {name: each for name, each in shown.items() if name not in _OWN}
        percent, rows = shown.get("percent"), shown.get("rows")
        kind = _PERCENT if percent is not None else _ROWS
        if value is None:
            kind = _ANY
        elif value == _NONE or (rows == 0 and percent is None):
            kind = _NONE
        self.kind.setCurrentIndex(self.kind.findData(kind))
        number = percent if kind == _PERCENT else rows
        _show(self.number, value if not shown and kind == _ROWS else number)
        _show(self.after, shown.get("after_rows"))
        self._fit()

    @Slot()
    def _changed(self) -> None:
        self._fit()
        self.edited.emit(self.value())

    def _fit(self) -> None:
        kind = self.kind.currentData()
        for part in (self.number, self._unit):
            part.setVisible(kind in {_ROWS, _PERCENT})
        for part in (self._and, self.after, self._last):
            part.setVisible(kind == _PERCENT)
        self._unit.setText(tr("rows") if kind == _ROWS else "%")


class NodesField(FieldEditor):
    """A choice for each of some nodes, others have that of the pipeline.

    Args:
        spec: The field, with the choices.
        nodes: What may be named, by id; what people call each.
    """

    def __init__(
        self, spec: FieldSpec, nodes: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(spec, parent)
        self._nodes = dict(nodes)
        self.rows: list[tuple[QuietComboBox, QuietComboBox, QToolButton]] = []
        self.add = QPushButton(tr("Add a node"))
        self.add.setProperty("compact", True)
        self.add.clicked.connect(self._add)
        body = QWidget()
        self._lines = QVBoxLayout(body)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(4)
        last = QHBoxLayout()
        last.addWidget(self.add)
        last.addStretch(1)
        self._lines.addLayout(last)
        self.place(body, self.add)
        self._fit()

    def value(self) -> Any:
        """Return the choices by node."""
        return {node.currentData(): choice.currentData() for node, choice, _ in self.rows}

    def set_value(self, value: Any) -> None:
        """Show other choices."""
        wanted = dict(value) if isinstance(value, Mapping) else {}
        if wanted == self.value():
            return
        while self.rows:
            self._drop(len(self.rows) - 1)
        for node_id, choice in wanted.items():
            self._append(node_id, choice)
        self._fit()

    def set_nodes(self, nodes: Mapping[str, str]) -> None:
        """Take other nodes that may be named; the choices stay."""
        if dict(nodes) != self._nodes:
            self._nodes, kept = dict(nodes), self.value()
            self.set_value({})
            self.set_value(kept)
            self._fit()

    @Slot()
    def _add(self) -> None:
        self._append(self._free()[0], self.spec.choices[-1])
        self._changed()
        self.rows[-1][0].setFocus()

    def _free(self) -> Sequence[str]:
        taken = self.value()
        return [node_id for node_id in self._nodes if node_id not in taken]

    def _append(self, node_id: str, value: Any) -> None:
        node, choice, remove = QuietComboBox(), QuietComboBox(), QToolButton()
        for known in dict.fromkeys([*self._nodes, node_id]):
            node.addItem(self._nodes.get(known, known), known)
        for known in dict.fromkeys([*self.spec.choices, value]):
            choice.addItem(in_words(str(known)), known)
        node.setCurrentIndex(node.findData(node_id))
        choice.setCurrentIndex(choice.findData(value))
        node.setAccessibleName(tr("Node"))
        choice.setAccessibleName(self.spec.title)
        remove.setText(tr("Remove"))
        remove.setAccessibleName(tr("Remove this node"))
        node.activated.connect(self._changed)
        choice.activated.connect(self._changed)
        remove.clicked.connect(self._remove)
        line = QWidget()
        row = QGridLayout(line)
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(4)
        row.addWidget(node, 0, 0, 1, 2)
        row.addWidget(choice, 1, 0)
        row.addWidget(remove, 1, 1)
        row.setColumnStretch(0, 1)
        self._lines.insertWidget(len(self.rows), line)
        self.rows.append((node, choice, remove))

    @Slot()
    def _remove(self) -> None:
        places = [at for at, row in enumerate(self.rows) if row[2] is self.sender()]
        for at in places:
            self._drop(at)
        self._changed()

    def _drop(self, at: int) -> None:
        line = self.rows.pop(at)[0].parentWidget()
        if line is not None:
            self._lines.removeWidget(line)
            line.hide()
            line.deleteLater()

    @Slot()
    def _changed(self) -> None:
        value = self.value()
        # A node chosen twice has one choice: that of its last line.
        last = {node.currentData(): at for at, (node, _, _) in enumerate(self.rows)}
        for at in reversed(range(len(self.rows))):
            if at not in last.values():
                self._drop(at)
        self._fit()
        self.edited.emit(value)

    def _fit(self) -> None:
        self.add.setEnabled(bool(self._free()))


def _number(text: str) -> Any:
    """Return the number that a text means; of another text itself, and the checks tell."""
    plain = text.strip()
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            continue
    return plain


def _show(line: QLineEdit, value: Any) -> None:
    text = "" if value is None else str(value)
    if _number(line.text()) != value or not text:
        line.setText(text)
