"""The pipeline's own properties: its name, its parameters, its settings."""

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.dialogs.settings_form import SettingsForm
from summit_studio.app.look.empty import Vacancy
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.core.ids import is_id, unique_id
from summit_studio.core.suggest import listing
from summit_studio.document.edits import Edit, SetProperties
from summit_studio.document.model import Document, Parameter
from summit_studio.planning.parameter_edits import carried, users_of

_WIDTHS = (160, 140, 160)
_ROW = 38
"""The height of a row, with room around the choice of a type."""
_TYPES = ("text", "integer", "number", "boolean", "date", "path")


class PropertiesDialog(QDialog):
    """All changes are one edit, made by OK."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._before = session.document
        self._warned = ""
        self.setWindowTitle(tr("Pipeline properties"))
        self.resize(760, 600)
        self.name = QLineEdit(self._before.name)
        self.name.setAccessibleName(tr("Name of the pipeline"))
        self.table = QTableWidget(0, 4)
        self.table.setAccessibleName(tr("Parameters"))
        self.table.setHorizontalHeaderLabels(
            [tr("Name"), tr("Type"), tr("Default"), tr("What it is for")]
        )
        self.table.horizontalHeader().setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.verticalHeader().setDefaultSectionSize(_ROW)
        self.vacancy = Vacancy(
            self.table,
            "settings",
            tr("No parameters yet"),
            tr("What differs from run to run, such as a date or a folder, can be one."),
        )
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.verticalHeader().hide()
        self.settings = SettingsForm(session, self._before.settings)
        self.tabs = QTabWidget()
        self.status = QLabel()
        self.status.setProperty("role", "error")
        self.status.setWordWrap(True)
        self.status.hide()
        for parameter in self._before.parameters.values():
            self._append(parameter)
        self._build()

    def _build(self) -> None:
        parameters = QWidget()
        inner = QVBoxLayout(parameters)
        inner.setContentsMargins(0, 12, 0, 0)
        inner.setSpacing(8)
        hint = QLabel(tr("Write ${name} in a node's field to use a parameter. A run may set it."))
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        inner.addWidget(hint)
        inner.addWidget(self.table, 1)
        row = QHBoxLayout()
        for text, act in ((tr("Add parameter"), self.add), (tr("Remove"), self.remove)):
            button = QPushButton(text)
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        inner.addLayout(row)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(parameters, tr("Parameters"))
        self.tabs.addTab(self.settings, tr("Settings"))
        label = QLabel(tr("Name"))
        label.setBuddy(self.name)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(label)
        column.addWidget(self.name)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.status)
        column.addWidget(buttons)

    @Slot()
    def add(self) -> None:
        """Add a parameter."""
        taken = {self._text(r, 0) for r in range(self.table.rowCount())}
        taken |= set(self._before.parameters)
        self._append(Parameter(unique_id("parameter", taken)))
        last = self.table.model().index(self.table.rowCount() - 1, 0)
        self.table.setCurrentIndex(last)
        self.table.edit(last)

    @Slot()
    def remove(self) -> None:
        """Remove the chosen parameter; one that nodes use goes when it is asked for again."""
        row = self.table.currentRow()
        if row < 0:
            return
        was = self._was(row)
        users = users_of(self._before, was) if was in self._before.parameters else []
        if users and self._warned != was:
            self._warned = was
            names = listing([f"'{self._session.document.nodes[i].title or i}'" for i in users], 4)
            verb = "uses" if len(users) == 1 else "use"
            self._say(f"{names} {verb} '{was}'. Press Remove again to remove it all the same.")
            return
        self._warned = ""
        self.status.hide()
        self.table.removeRow(row)

    def show_setting(self, name: str) -> None:
        """Bring the field of a setting, such as `checkpoints.every_rows`."""
        self.tabs.setCurrentWidget(self.settings)
        self.settings.focus_setting(name)

    def accept(self) -> None:
        """Make the edit, or say what does not fit and stay open."""
        try:
            edit = self.edit()
        except ValueError as error:
            self._say(str(error))
            return
        if edit.apply(self._before) != self._before and not self._session.do(edit):
            return
        super().accept()

    def _say(self, text: str) -> None:
        self.status.setText(text)
        self.status.show()

    def _was(self, row: int) -> str:
        return str(self.table.model().index(row, 0).data(Qt.ItemDataRole.UserRole))

    def edit(self) -> Edit:
        """Return the edit that makes the properties what the dialog says.

        A parameter that was renamed is so wherever `${name}` stands.

        Raises:
            ValueError: Something does not fit; its text says what.
        """
        settings = self.settings.values
        parameters = self._parameters(self._before)
        name = self.name.text().strip() or "Untitled"
        properties = SetProperties(name, None, settings, parameters)
        names = {self._was(r): self._text(r, 0) for r in range(self.table.rowCount())}
        known = {old: new for old, new in names.items() if old in self._before.parameters}
        return carried(self._before, properties, known)

    def _append(self, parameter: Parameter) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        shown = "" if parameter.default is None else _shown(parameter.default)
        for column, text in ((0, parameter.name), (2, shown), (3, parameter.doc)):
            item = QTableWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, parameter.name)
            self.table.setItem(row, column, item)
        kind = QComboBox()
        kind.addItems(_TYPES)
        kind.setCurrentText(parameter.type)
        self.table.setCellWidget(row, 1, kind)

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text().strip() if item is not None else ""

    def _parameters(self, before: Document) -> Mapping[str, Parameter]:
        found: dict[str, Parameter] = {}
        for row in range(self.table.rowCount()):
            name = self._text(row, 0)
            if not is_id(name):
                raise ValueError(
                    tr("'{name}' cannot name a parameter: use letters, digits and _.", name=name)
                )
            if name in found:
                raise ValueError(tr("There are two parameters called '{name}'.", name=name))
            kind = self.table.cellWidget(row, 1)
            assert isinstance(kind, QComboBox)  # noqa: S101 - holds by construction
            old = before.parameters.get(self._was(row))
            found[name] = Parameter(
                name,
                kind.currentText(),
                _value(kind.currentText(), self._text(row, 2), name),
                self._text(row, 3),
                old.extra if old else {},
            )
        return found


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _value(kind: str, text: str, name: str) -> Any:
    if not text:
        return None
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        raise ValueError(
            tr("The default of '{name}' is not a number: {said}", name=name, said=text)
        ) from None
    if kind == "boolean":
        if text.casefold() not in {"true", "false"}:
            raise ValueError(tr("The default of '{name}' must be true or false.", name=name))
        return text.casefold() == "true"
    return text
