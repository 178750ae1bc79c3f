"""The panel of the pipeline's settings: found by words, changed beside the canvas."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.document.edits import SetProperties
from summit_studio.nodes.params import Editor

if TYPE_CHECKING:
    from summit_studio.app.panels.settings_form import SettingsForm

_AT_ONCE = frozenset({Editor.CHOICE, Editor.TOGGLE})
"""What is changed by one click, and not by typing."""


class SettingsPanel(QWidget):
    """Each change is an undo step; the fields are made when they are first seen.

    `closed` is sent when a person wants it no more.

    Args:
        session: The document whose settings they are.
    """

    closed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gesture = object()
        self.form: SettingsForm | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a setting"))
        self.search.setAccessibleName(tr("Find a setting"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._sift)
        self.search.returnPressed.connect(self._go_to_first)
        self.changed_only = QToolButton()
        self.changed_only.setText(tr("Changed"))
        self.changed_only.setCheckable(True)
        self.changed_only.setProperty("role", "side")
        self.changed_only.setToolTip(tr("Show only what is not at its default"))
        self.changed_only.setAccessibleName(tr("Only changed settings"))
        self.changed_only.toggled.connect(self._sift)
        close = QToolButton()
        close.setText("✕")
        close.setToolTip(tr("Close the settings"))
        close.setAccessibleName(tr("Close the settings"))
        close.setAutoRaise(True)
        close.clicked.connect(self.closed)
        self._none = EmptyState("search", tr("No setting found"), "")
        self._none.hide()
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.changed_only)
        row.addWidget(close)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(row)
        self._column.addWidget(self._none, 1)
        session.bridge.changed.connect(self._follow)
        session.checked_changed.connect(self._follow)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the fields, or bring them up to date."""
        super().showEvent(event)
        if self.form is None:
            self._make()
        self._follow()

    def focus_setting(self, name: str) -> None:
        """Put the cursor in the field of a setting, such as `checkpoints.every_rows`."""
        self.search.clear()
        self.changed_only.setChecked(False)
        if self.form is not None:
            self.form.focus_setting(name)

    def focus_search(self) -> None:
        """Put the cursor in the search line, all of it selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _make(self) -> None:
        from summit_studio.app.panels.settings_form import SettingsForm

        self.form = SettingsForm(self._session, self._session.document.settings)
        self.form.changed.connect(self._edited)
        self.form.left.connect(self._leave)
        self._column.addWidget(self.form, 1)
        self._sift()

    @Slot()
    def _edited(self) -> None:
        form = self.form
        if form is None:
            return
        editor = form.fields.get(form.edited_last)
        typed = editor is not None and editor.spec.editor not in _AT_ONCE
        typed = typed and not (editor is not None and editor.value() == editor.spec.default)
        gesture = (self._gesture, form.edited_last) if typed else None
        if not self._session.do(SetProperties(settings=form.values), gesture):
            form.set_values(self._session.document.settings)

    @Slot()
    def _leave(self) -> None:
        self._gesture = object()

    @Slot()
    def _follow(self, _change: Any = None) -> None:
        """Show what the document says now, while anybody looks."""
        if self.form is not None and self.isVisible():
            self.form.set_values(self._session.document.settings)
            self.form.follow_nodes()

    @Slot()
    def _sift(self) -> None:
        if self.form is None:
            return
        sought, changed = self.search.text().strip(), self.changed_only.isChecked()
        found = self.form.sift(sought, changed=changed)
        self.form.setVisible(bool(found))
        self._none.setVisible(not found)
        if sought:
            what = tr("Nothing here is about '{sought}'.", sought=sought)
        else:
            what = tr("All settings are at their defaults.")
        self._none.say(tr("No setting found") if sought else tr("Nothing changed"), what)

    @Slot()
    def _go_to_first(self) -> None:
        form = self.form
        shown = [e for e in form.fields.values() if e.isVisible()] if form is not None else []
        if shown:
            shown[0].setFocus(Qt.FocusReason.TabFocusReason)
