"""What every field editor has in common: its label, its value, what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from summit_studio.app.inspector.highlight import CodeColours
from summit_studio.app.inspector.message import MessageLine
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.app.look.words import tr
from summit_studio.app.session.settings import Settings
from summit_studio.core.problems import Fix, Severity
from summit_studio.core.schema import Schema
from summit_studio.formats.contract import Finding

# A list of completions takes the focus for a moment: the person is still typing here.
_STILL = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)

LOUD = ("error", "warning")
"""Severities that a field shows by its border."""

_EMPTY: tuple[Any, ...] = (None, "", [])

_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr)


@dataclass(frozen=True, slots=True)
class FormContext:
    """What the fields of one node may offer.

    Args:
        schemas: The columns that arrive, by input port; several edges are joined in order.
        functions: Names and one-line help of the functions an expression may call.
        connections: Names of the workspace's connections.
        tables: Names of the tables of the node's connection, as far as they are known.
        folder: The workspace's folder, against which paths are made relative.
        start: Where dialogs open that ask for a file.
        endings: How the names of the node's files end, such as `csv`.
        colours: How code is coloured.
        samples: Values that stand in the columns that arrive, by input port and column.
        type_id: Of the node.
        settings: Remember how a field is edited; None where nothing is remembered.
    """

    schemas: Mapping[str, Schema] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    connections: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    folder: Path = Path()
    start: Path = Path()
    endings: tuple[str, ...] = ()
    colours: CodeColours = field(default_factory=CodeColours)
    samples: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    type_id: str = ""
    settings: Settings | None = None

    def columns(self, port: str) -> Schema:
        """Return the columns of a port, or of the only port there is."""
        if port in self.schemas:
            return self.schemas[port]
        if len(self.schemas) == 1:
            return next(iter(self.schemas.values()))
        return Schema()


@dataclass(frozen=True, slots=True)
class Written:
    """An expression as it stands in a field.

    Args:
        field: Shows what it gives.
        text: The expression.
        port: The input that it speaks of.
        above: Columns computed before it, by name and expression.
    """

    field: "FieldEditor"
    text: str
    port: str
    above: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What is wrong with a field, or with a part of it.

    Args:
        place: The part, such as `0.expression`; empty for all of it.
        text: What is said.
        severity: How loudly.
        fixes: What puts it right.
    """

    place: str
    text: str
    severity: str
    fixes: tuple[Fix, ...] = ()


class FoundValue(QWidget):
    """What was found out where the field says nothing, why, and a button to write it down."""

    pinned = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finding: Finding | None = None
        self.text = QLabel()
        self.text.setProperty("role", "info")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.pin = QPushButton(tr("Pin"))
        self.pin.setProperty("compact", True)
        self.pin.clicked.connect(self._pin)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.pin, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_finding(self, finding: Finding | None, title: str, value: Any) -> None:
        """Show what was found out; None shows nothing.

        Args:
            finding: What was found out.
            title: Of the field.
            value: What the field says now.
        """
        self._finding = finding
        self.setVisible(finding is not None)
        if finding is None:
            return
        said = f"{finding.value} ({finding.shown})" if finding.shown else finding.text
        self.text.setText(
            tr(
                "Found: {said}. {why}{why_2}.",
                said=said,
                why=finding.why[:1].upper(),
                why_2=finding.why[1:],
            )
        )
        self.pin.setVisible(finding.value != value)
        self.pin.setToolTip(
            tr(
                "Write {said} down as {title}, so that a later file cannot change it",
                said=said,
                title=title,
            )
        )
        self.pin.setAccessibleName(tr("Pin {title}", title=title))

    @property
    def finding(self) -> Finding | None:
        """What is shown."""
        return self._finding

    @Slot()
    def _pin(self) -> None:
        if self._finding is not None:
            self.pinned.emit(self._finding.params)


class FieldEditor(QWidget):
    """A labelled editor of one value.

    `edited` carries the new JSON value and is sent only for what a person does; `set_value` never
    sends it. `left` is sent when typing in it ends. `pinned` carries params to be written down,
    `fixed` the fix of a problem. `entered` is sent when it takes the keys, `menu_wanted` (a place
    on the screen) by a right click on its label. `rewritten` is sent when `written` gives others.
    """

    edited = Signal(object)
    left = Signal()
    pinned = Signal(object)
    entered = Signal()
    menu_wanted = Signal(object)
    fixed = Signal(object)
    rewritten = Signal()

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.context = FormContext()
        self._title = QLabel(spec.title)
        self._title.setProperty("role", "label")
        self._title.setToolTip(spec.doc)
        self._title.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._title.customContextMenuRequested.connect(self._ask_menu)
        self._marker = QLabel(tr("required") if spec.required else "")
        self._marker.setProperty("role", "hint")
        self.message = MessageLine()
        self.message.fixed.connect(self.fixed)
        self.message.hide()
        self.reset = QPushButton(tr("Reset"))
        self.reset.setProperty("role", "remedy")
        self.reset.setAccessibleName(tr("Reset {title}", title=spec.title))
        self.reset.setFixedHeight(self._title.sizeHint().height())
        self.reset.clicked.connect(self._reset)
        self.reset.hide()
        self._invited = self._reserved = False
        self._target: QWidget = self
        self.found = FoundValue()
        self.found.pinned.connect(self.pinned)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.reset)
        head.addWidget(self._marker)
        self._head = head
        self._column.addLayout(head)

    def place(self, body: QWidget, focus: QWidget | None = None) -> None:
        """Put the widget that edits under the label; `focus` is the part that takes the keys."""
        self._column.addWidget(body)
        self._column.addWidget(self.found)
        self._column.addWidget(self.message)
        target = self._target = focus or body
        target.setAccessibleName(self.spec.title)
        target.setAccessibleDescription(self.spec.doc)
        if not target.toolTip():
            target.setToolTip(self.spec.doc)
        self._title.setBuddy(target)
        self.setFocusProxy(target)
        target.installEventFilter(self)

    @property
    def target(self) -> QWidget:
        """The part that takes the keys, or most of them."""
        return self._target

    def value(self) -> Any:
        """Return the value as shown."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show `value` without sending `edited`, leaving the cursor where it makes sense."""
        raise NotImplementedError

    def set_beside(self, values: Mapping[str, Any]) -> None:
        """Take the params of the node, of which others may say what this one means."""

    def set_context(self, context: FormContext) -> None:
        """Take what the field may offer: columns, connections, the folder."""
        self.context = context

    def reserve(self) -> None:
        """Keep room for a message, so that none pushes the fields below about."""
        self._reserved = True
        self.message.show()

    @property
    def keeps_room(self) -> bool:
        """True of one that keeps room for a message."""
        return self._reserved

    def tell(self, told: Sequence[Told]) -> None:
        """Show all that is wrong with it."""
        said = {t.severity for t in told}
        worst = next((s.value for s in Severity if s.value in said), Severity.INFO.value)
        fixes = [fix for t in told for fix in t.fixes]
        self.set_problem("\n".join(t.text for t in told), worst, fixes)

    def set_problem(self, text: str, severity: str = "error", fixes: Sequence[Fix] = ()) -> None:
        """Show what is wrong beneath the editor; an empty text hides it."""
        self.message.say(text, severity, fixes)
        self.message.setVisible(bool(text) or self._reserved)
        invalid = severity if text and severity in LOUD else ""
        target = self.target
        if target.property("invalid") != invalid:
            target.setProperty("invalid", invalid)
            target.style().unpolish(target)
            target.style().polish(target)

    def written(self) -> tuple["Written", ...]:
        """Return the expressions that are shown, in order."""
        return ()

    def sampled(self) -> frozenset[str]:
        """Return the inputs of which values are to be offered."""
        return frozenset()

    def offer_reset(self) -> None:
        """Offer the default for as long as the field says something else, if it has one."""
        spec = self.spec
        changed = not spec.required and self.value() != spec.default
        changed = changed and not (spec.default in _EMPTY and self.value() in _EMPTY)
        self.reset.setVisible(changed)
        told = f"'{spec.default}'" if spec.default not in _EMPTY else "empty"
        self.reset.setToolTip(tr("Back to what it is by default: {told}", told=told))

    def mark_missing(self) -> None:
        """Say that the field is required for as long as it is empty."""
        self._marker.setVisible(self.spec.required and self.value() in (None, "", []))

    def clear(self) -> None:
        """Show nothing, where several nodes have several values."""
        self.set_value(self.spec.empty)

    def mark_several(self, *, differ: bool) -> None:
        """Say that the nodes have several values, for as long as they differ."""
        self._marker.setText(tr("several values") if differ else tr("required"))
        self._marker.setVisible(differ)
        if differ:
            self.reset.hide()
        else:
            self.mark_missing()

    def invite(self) -> None:
        """Take the keys unasked: a `/` typed first still asks for a node, and is not typed here."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._invited = True

    def focus_part(self, place: str) -> None:
        """Put the cursor where `place` says within the value; in all but lists there is one."""
        del place
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def problem(self) -> str:
        """What is shown to be wrong."""
        return self.message.text

    @Slot()
    def _reset(self) -> None:
        self.left.emit()
        self.set_value(self.spec.default)
        self.edited.emit(self.spec.default)
        self.left.emit()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave undo to the document, and notice when typing ends."""
        if event.type() == QEvent.Type.ShortcutOverride and is_undo(event):
            event.ignore()
            return True
        if isinstance(event, QFocusEvent) and event.gotFocus():
            self.entered.emit()
        if isinstance(event, QKeyEvent) and self._invited and event.key() not in _MODIFIERS:
            # Asked for twice, or after other keys, it is meant for the field.
            self._invited = False
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Slash:
                event.ignore()
                return True
        if event.type() == QEvent.Type.FocusIn:
            self.message.hold(True)
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _STILL:
            self._invited = False
            self.message.hold(False)
            self.left.emit()
        return super().eventFilter(watched, event)

    @Slot(QPoint)
    def _ask_menu(self, at: QPoint) -> None:
        self.entered.emit()
        self.menu_wanted.emit(self._title.mapToGlobal(at))


def is_undo(event: QEvent) -> bool:
    """Return True for a key press that means undo or redo: the document's, not the widget's."""
    if not isinstance(event, QKeyEvent):
        return False
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(
        QKeySequence.StandardKey.Redo
    )
