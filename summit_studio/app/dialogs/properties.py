"""The pipeline's own properties: its name and its parameters."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.dialogs.parameter_table import DEFAULT, DOC, NAME, ParameterTable
from summit_studio.app.look.empty import Vacancy
from summit_studio.app.look.words import tr
from summit_studio.app.session.run_values import Renames
from summit_studio.app.session.session import Session
from summit_studio.core.ids import is_id, unique_id
from summit_studio.core.suggest import listing
from summit_studio.document.edits import Edit, SetProperties
from summit_studio.document.model import Document, Parameter
from summit_studio.planning.parameter_edits import carried, users_of


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
        self.table = ParameterTable()
        self.table.remove_asked.connect(self.remove)
        self.vacancy = Vacancy(
            self.table,
            "settings",
            tr("No parameters yet"),
            tr("What differs from run to run, such as a date or a folder, can be one."),
        )
        self.status = QLabel()
        self.status.setProperty("role", "error")
        self.status.setWordWrap(True)
        self.status.hide()
        for parameter in self._before.parameters.values():
            self.table.append(parameter)
        self._build()

    def _build(self) -> None:
        hint = QLabel(
            tr(
                "Write ${name} in a node's field to use a parameter. A run asks for them in this "
                "order."
            )
        )
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        row = QHBoxLayout()
        up, down = tr("Move it up"), tr("Move it down")
        for text, tip, act in (
            (tr("Add parameter"), "", self.add),
            (tr("Remove"), tr("Remove the chosen parameter (Ctrl+Del)"), self.remove),
            (tr("Up"), f"{up} (Ctrl+Shift+Up)", self.table.move_up),
            (tr("Down"), f"{down} (Ctrl+Shift+Down)", self.table.move_down),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        title = QLabel(tr("Parameters"))
        title.setProperty("role", "heading")
        title.setContentsMargins(0, 8, 0, 0)
        title.setBuddy(self.table)
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
        column.addWidget(title)
        column.addWidget(hint)
        column.addWidget(self.table, 1)
        column.addLayout(row)
        column.addWidget(self.status)
        column.addWidget(buttons)

    @Slot()
    def add(self) -> None:
        """Add a parameter."""
        taken = {self.table.text(r, NAME) for r in range(self.table.rowCount())}
        taken |= set(self._before.parameters)
        self.table.append(Parameter(unique_id("parameter", taken)))
        last = self.table.model().index(self.table.rowCount() - 1, 0)
        self.table.setCurrentIndex(last)
        self.table.edit(last)

    @Slot()
    def remove(self) -> None:
        """Remove the chosen parameter; one that nodes use goes when it is asked for again."""
        row = self.table.currentRow()
        if row < 0:
            return
        was = self.table.was(row)
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

    def accept(self) -> None:
        """Make the edit, or say what does not fit and stay open."""
        try:
            edit = self.edit()
        except ValueError as error:
            self._say(str(error))
            return
        after = edit.apply(self._before)
        moved = list(after.parameters) != list(self._before.parameters)
        if (moved or after != self._before) and not self._session.do(edit):
            return
        names = self._new_names()
        if any(old != new for old, new in names.items()):
            self._session.parameters_renamed.emit(
                Renames(self._before.parameters, after.parameters, names)
            )
        super().accept()

    def _say(self, text: str) -> None:
        self.status.setText(text)
        self.status.show()

    def edit(self) -> Edit:
        """Return the edit that makes the properties what the dialog says.

        A parameter that was renamed is so wherever `${name}` stands.

        Raises:
            ValueError: Something does not fit; its text says what.
        """
        settings = self._before.settings  # A parameter may stand there too.
        parameters = self._parameters(self._before)
        name = self.name.text().strip() or "Untitled"
        properties = SetProperties(name, None, settings, parameters)
        return carried(self._before, properties, self._new_names())

    def _new_names(self) -> dict[str, str]:
        """Return the names that parameters get, by those that they have."""
        names = {self.table.was(r): self.table.text(r, NAME) for r in range(self.table.rowCount())}
        return {old: new for old, new in names.items() if old in self._before.parameters}

    def _parameters(self, before: Document) -> Mapping[str, Parameter]:
        found: dict[str, Parameter] = {}
        for row in range(self.table.rowCount()):
            name, kind = self.table.text(row, NAME), self.table.kind(row)
            if not is_id(name):
                raise ValueError(
                    tr("'{name}' cannot name a parameter: use letters, digits and _.", name=name)
                )
            if name in found:
                raise ValueError(tr("There are two parameters called '{name}'.", name=name))
            old = before.parameters.get(self.table.was(row))
            found[name] = Parameter(
                name,
                kind,
                _value(kind, self.table.text(row, DEFAULT), name),
                self.table.text(row, DOC),
                old.extra if old else {},
            )
        return found


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
