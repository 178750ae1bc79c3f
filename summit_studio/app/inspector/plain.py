"""Editors of plain values: text, long text, numbers, switches, choices."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QDoubleValidator, QIntValidator, QValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from summit_studio.app.inspector.field import FieldEditor
from summit_studio.app.inspector.spec import FieldSpec, in_words
from summit_studio.app.look.words import tr


class TextField(FieldEditor):
    """One line of text."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText(spec.placeholder)
        self.line.textEdited.connect(self._typed)
        self.place(self.line)

    def value(self) -> Any:
        """Return the text, or the empty value."""
        return self.line.text() or self.spec.empty

    def set_value(self, value: Any) -> None:
        """Show the text."""
        text = "" if value is None else str(value)
        if text != self.line.text():
            at = self.line.cursorPosition()
            self.line.setText(text)
            self.line.setCursorPosition(min(at, len(text)) if self.line.hasFocus() else 0)

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self.edited.emit(self.value())


class LongTextField(FieldEditor):
    """Several lines of text."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.text = QPlainTextEdit()
        self.text.setUndoRedoEnabled(False)
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(spec.placeholder)
        self.text.setFixedHeight(96)
        self._showing = False
        self.text.textChanged.connect(self._typed)
        self.place(self.text)

    def value(self) -> Any:
        """Return the text, or the empty value."""
        return self.text.toPlainText() or self.spec.empty

    def set_value(self, value: Any) -> None:
        """Show the text."""
        text = "" if value is None else str(value)
        if text != self.text.toPlainText():
            self._showing = True
            self.text.setPlainText(text)
            self._showing = False

    @Slot()
    def _typed(self) -> None:
        if not self._showing:
            self.edited.emit(self.value())


class NumberField(FieldEditor):
    """A number with its unit. Text that is no number is kept, and the checks say so."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText(spec.placeholder or (tr("automatic") if spec.optional else ""))
        self.line.setMaximumWidth(160)
        self.line.setValidator(self._validator())
        self.line.textEdited.connect(self._typed)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line)
        unit = QLabel(spec.unit)
        unit.setProperty("role", "hint")
        row.addWidget(unit)
        row.addStretch(1)
        self.place(body, self.line)

    def _validator(self) -> QValidator:
        # A text holding ${name} is a parameter: the validator must let it be typed.
        return _NumberOrParameter(self.spec.whole, self)

    def value(self) -> Any:
        """Return a number; text that is none as it stands; the empty value for nothing."""
        text = self.line.text().strip()
        if not text:
            return None if self.spec.optional or self.spec.default is None else self.spec.default
        try:
            return int(text) if self.spec.whole else _float(text)
        except ValueError:
            return text

    def set_value(self, value: Any) -> None:
        """Show the number."""
        if value is None:
            text = ""
        elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            text = str(int(value))
        else:
            text = str(value)
        if text != self.line.text() and not (self.line.hasFocus() and self.value() == value):
            self.line.setText(text)

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self.edited.emit(self.value())


def _float(text: str) -> float | int:
    number = float(text)
    return int(text) if text.lstrip("-").isdigit() else number


class _NumberOrParameter(QValidator):
    """Accepts numbers and anything that begins like `${`."""

    def __init__(self, whole: bool, parent: QObject) -> None:  # noqa: FBT001
        super().__init__(parent)
        self._number = QIntValidator(self) if whole else QDoubleValidator(self)

    def validate(self, text: str, position: int) -> Any:
        """Return the state of `text` as Qt asks for it."""
        if text.strip() in {"", "-"} or text.startswith("$"):
            return QValidator.State.Acceptable, text, position
        state: Any = self._number.validate(text, position)
        if state[0] == QValidator.State.Invalid:
            return state
        return QValidator.State.Acceptable, text, position


class ToggleField(FieldEditor):
    """Yes or no."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._title.hide()
        self._marker.hide()
        self.box = QCheckBox(spec.title)
        self.box.clicked.connect(self._clicked)
        self.place(self.box)

    def value(self) -> Any:
        """Return True if ticked."""
        return self.box.isChecked()

    def set_value(self, value: Any) -> None:
        """Show the tick."""
        self.box.setTristate(False)
        self.box.setChecked(bool(value))

    def clear(self) -> None:
        """Show neither yes nor no; the first click says yes."""
        self.box.setCheckState(Qt.CheckState.PartiallyChecked)

    @Slot(bool)
    def _clicked(self, checked: bool) -> None:  # noqa: FBT001
        self.edited.emit(checked)
        self.left.emit()


class QuietComboBox(QComboBox):
    """A combo box that leaves the mouse wheel to the form unless it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def event(self, event: QEvent) -> bool:
        """Refuse the wheel without the focus."""
        if event.type() == QEvent.Type.Wheel and not self.hasFocus():
            event.ignore()
            return False
        return super().event(event)


class ChoiceField(FieldEditor):
    """One of a few declared values."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.combo = QuietComboBox()
        if spec.optional:
            self.combo.addItem(tr("Automatic"), None)
        for choice in spec.choices:
            self.combo.addItem(_label(choice), choice)
        self.combo.activated.connect(self._chosen)
        self.place(self.combo)

    def value(self) -> Any:
        """Return the chosen value."""
        return self.combo.currentData()

    def set_value(self, value: Any) -> None:
        """Show the choice; a value that is none of them is shown as it stands."""
        at = self.combo.findData(value)
        if at < 0:
            self.combo.addItem(f"{value}", value)
            at = self.combo.count() - 1
        self.combo.setCurrentIndex(at)

    def clear(self) -> None:
        """Choose nothing."""
        self.combo.setCurrentIndex(-1)

    @Slot(int)
    def _chosen(self, _index: int) -> None:
        self.edited.emit(self.value())
        self.left.emit()


def _label(choice: Any) -> str:
    names = {
        ",": tr("comma  ,"),
        ";": tr("semicolon  ;"),
        "\t": "tab",
        "|": tr("bar  |"),
        "": "none",
    }
    if choice in names:
        return names[choice]
    text = str(choice)
    return in_words(text) if text.islower() and text.replace("_", "").isalpha() else text
