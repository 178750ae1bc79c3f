"""The editor of a condition: built from rows or written, the document holds one expression."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from summit_studio.app.inspector.builder import ConditionBuilder
from summit_studio.app.inspector.code import CodeField
from summit_studio.app.inspector.field import FormContext
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.app.look.words import tr


class ConditionField(CodeField):
    """An expression that must be true or false, with a switch from rows to text and back.

    An expression that rows cannot say is shown as text, and says so.
    """

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.builder = ConditionBuilder(self)
        self.builder.edited.connect(self._built)
        self.builder.acted.connect(self.left)
        self.note = QLabel(tr("Rows cannot say this: it is edited as text."))
        self.note.setProperty("role", "hint")
        self.note.setWordWrap(True)
        at = self._column.indexOf(self.code)
        self._column.insertWidget(at, self.builder)
        self._column.insertWidget(at, self.note)
        self.as_rows = self._make_side(tr("Builder"), tr("Build the condition from rows"))
        self.as_text = self._make_side(tr("Expression"), tr("Write the condition as an expression"))
        self._sides = QButtonGroup(self)
        sides = QHBoxLayout()
        sides.setSpacing(0)
        for side in (self.as_rows, self.as_text):
            self._sides.addButton(side)
            sides.addWidget(side)
        sides.addStretch(1)
        self._column.insertLayout(at, sides)  # A line of their own: a narrow dock has no room else.
        self.as_text.setChecked(True)
        self._sides.buttonClicked.connect(self._chosen)
        self._apply()

    def _make_side(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(f"{self.spec.title}: {tip}")
        button.setProperty("role", "side")
        button.setCheckable(True)
        return button

    @property
    def built(self) -> bool:
        """True while rows are shown, not text."""
        return not self.builder.isHidden()

    def build(self, column: str) -> None:
        """Show rows, the last of them for a column, with the cursor where its operator is."""
        self.as_rows.click()
        if self.built:
            self.builder.begin(column)

    def sampled(self) -> frozenset[str]:
        """Return the input of which values are offered, while rows are shown."""
        return frozenset({self.spec.port}) if self.built else frozenset()

    def set_value(self, value: object) -> None:
        """Show the expression, as rows where that is wanted and can be."""
        super().set_value(value)
        self._apply()

    def set_context(self, context: FormContext) -> None:
        """Offer the columns that arrive, and edit as it was left the last time."""
        super().set_context(context)
        self.builder.offer(context.columns(self.spec.port), context.samples.get(self.spec.port, {}))
        if context.settings is not None:
            side = self.as_rows if context.settings.builds(self._key) else self.as_text
            side.setChecked(True)
        self._apply()

    @property
    def _key(self) -> str:
        return f"{self.context.type_id}.{self.spec.name}"

    @Slot()
    def _chosen(self) -> None:
        if self.context.settings is not None:
            self.context.settings.set_builds(self._key, self.as_rows.isChecked())
        self._apply()
        self.setFocus(Qt.FocusReason.TabFocusReason)
        self.rewritten.emit()

    @Slot(str)
    def _built(self, text: str) -> None:
        self._put(text)
        self._rewrite()
        self.edited.emit(self.value())

    def _apply(self) -> None:
        wanted = self.as_rows.isChecked()
        rows = wanted and self.builder.show_text(self.code.toPlainText())
        self.note.setVisible(wanted and not rows)
        self.builder.setVisible(rows)
        self.code.setVisible(not rows)
        self.setFocusProxy(self.builder if rows else self.code)
