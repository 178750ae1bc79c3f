"""The values of a pipeline's parameters for a run."""

import shlex
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.session import Session
from summit_studio.document.model import Parameter
from summit_studio.planning.parameters import InvalidParameter, value_of

_HINTS = {
    "date": "YYYY-MM-DD",
    "timestamp": "YYYY-MM-DD HH:MM:SS",
    "integer": mark("A whole number"),
    "number": mark("A number"),
    "path": mark("A path"),
}
_WORDS = ("true", "false")
_FIELD, _HIGHEST = 74, 640


class ParameterField(QWidget):
    """One parameter: its field, what it is for, and what is wrong with the value."""

    changed = Signal()

    def __init__(self, parameter: Parameter, value: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self.editor: QLineEdit | QComboBox = QLineEdit()
        default = "" if parameter.default is None else _shown(parameter.default)
        hint = tr(_HINTS.get(parameter.type, ""))
        if parameter.type == "boolean":
            self.editor = QComboBox()
            empty = tr("Default: {value}", value=default) if default else tr("Choose…")
            self.editor.addItem(empty, "")
            for word in _WORDS:
                self.editor.addItem(word, word)
            self.editor.setCurrentIndex(max(0, self.editor.findData(_shown(value))))
            self.editor.currentIndexChanged.connect(self._edited)
        else:
            self.editor.setText(_shown(value))
            shown = tr("Default: {value}", value=default) if default else tr(hint)
            self.editor.setPlaceholderText(shown)
            self.editor.textChanged.connect(self._edited)
        self.editor.setAccessibleName(parameter.name)
        self.editor.setAccessibleDescription(parameter.doc)
        label = QLabel(parameter.name)
        label.setBuddy(self.editor)
        kind = QLabel(parameter.type)
        kind.setProperty("role", "hint")
        head = QHBoxLayout()
        head.addWidget(label)
        head.addStretch(1)
        head.addWidget(kind)
        doc = QLabel(parameter.doc)
        doc.setProperty("role", "hint")
        doc.setWordWrap(True)
        doc.setVisible(bool(parameter.doc))
        self.wrong = QLabel()
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.editor)
        column.addWidget(doc)
        column.addWidget(self.wrong)

    @property
    def text(self) -> str:
        """What stands in the field; empty takes the default."""
        if isinstance(self.editor, QComboBox):
            return str(self.editor.currentData())
        return self.editor.text().strip()

    def value(self) -> Any:
        """Return the value, or None to take the default.

        Raises:
            InvalidParameter: It does not fit; nothing stands there and there is no default.
        """
        if not self.text and self.parameter.default is not None:
            return None
        return value_of(self.parameter, self.text or None)

    def check(self) -> bool:
        """Return whether the value fits, and say beneath the field what does not."""
        try:
            self.value()
        except InvalidParameter as error:
            missing = tr("A run needs a value here; there is no default.")
            self.wrong.setText(f"{error.what}: {error.why}." if self.text else missing)
            self.wrong.show()
            return False
        self.wrong.hide()
        return True

    @Slot()
    def _edited(self) -> None:
        if self.text:
            self.check()
        else:
            self.wrong.hide()
        self.changed.emit()


class RunForm(QDialog):
    """Asks for the values; `given` carries them, by name, once all fit."""

    given = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(tr("Run with parameters"))
        self.resize(520, min(_HIGHEST, 200 + _FIELD * len(session.document.parameters)))
        values = session.values
        self.fields = {
            name: ParameterField(parameter, values.get(name))
            for name, parameter in session.document.parameters.items()
        }
        self.command = QLineEdit()
        self.command.setReadOnly(True)
        self.command.setAccessibleName(tr("The same run on the command line"))
        self.copy = QPushButton(tr("Copy"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton(tr("Run"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._build()
        self._tell()

    def _build(self) -> None:
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(12)
        for field in self.fields.values():
            field.changed.connect(self._tell)
            rows.addWidget(field)
        if not self.fields:
            none = QLabel(tr("The pipeline has no parameters; its properties can add some."))
            none.setWordWrap(True)
            rows.addWidget(none)
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        hint = QLabel(tr("Checks and previews use these values too; they are not in the file."))
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        label = QLabel(tr("The same run on the command line"))
        label.setBuddy(self.command)
        line = QHBoxLayout()
        line.addWidget(self.command, 1)
        line.addWidget(self.copy)
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        self.go.setProperty("primary", True)
        self.go.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(hint)
        column.addWidget(scroll, 1)
        column.addSpacing(4)
        column.addWidget(label)
        column.addLayout(line)
        column.addWidget(self.buttons)
        missing = [f for f in self.fields.values() if not f.text and f.parameter.default is None]
        for field in (*missing, *self.fields.values())[:1]:
            field.editor.setFocus()

    def accept(self) -> None:
        """Give the values, or say what does not fit, bring the cursor there and stay open."""
        wrong = [field for field in self.fields.values() if not field.check()]
        if wrong:
            wrong[0].editor.setFocus()
            return
        found = {name: field.value() for name, field in self.fields.items()}
        super().accept()
        self.given.emit({name: value for name, value in found.items() if value is not None})

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())

    @Slot()
    def _tell(self) -> None:
        path = self._session.files.path
        words = ["summit", "run", str(path) if path else "FILE"]
        for name, field in self.fields.items():
            if field.text:
                words += ["--param", f"{name}={field.text}"]
        self.command.setText(shlex.join(words))
        self.command.setCursorPosition(0)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
