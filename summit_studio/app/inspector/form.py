"""The form of one node: its fields, the rarer ones folded away, and what is wrong with each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QVBoxLayout, QWidget

from summit_studio.app.inspector.field import FieldEditor, FormContext, Told, Written
from summit_studio.app.inspector.found import FoundColumns
from summit_studio.app.inspector.making import editor_for
from summit_studio.app.inspector.places import ConnectionField, FileField
from summit_studio.app.inspector.spec import FieldSpec, fields_of
from summit_studio.app.look.words import tr
from summit_studio.app.session.sentences import sentences
from summit_studio.core.problems import Problem, Severity
from summit_studio.formats.contract import Finding
from summit_studio.nodes.params import Params

_SPACE = 4
"""Between fields; the line for messages makes up the rest."""

_COLUMNS = "columns"
"""The field of sources that names the columns to read."""


class Form(QWidget):
    """Fields for a params class. `edited` carries (field spec, value).

    `left` ends a gesture and carries the field's spec, or None while the person stays in the field.
    `pinned` carries params that write down what was found out, `picked` the Pick of a file, `fixed`
    the fix of a problem. `menu_wanted` is sent for the field that is `current`: the last that took
    the keys or was clicked. `rewritten` is sent when `written` gives others.
    """

    edited = Signal(object)
    left = Signal(object)
    fixed = Signal(object)
    connection_wanted = Signal(object)
    pinned = Signal(object)
    menu_wanted = Signal(object)
    picked = Signal(object)
    rewritten = Signal()

    def __init__(self, params: type[Params], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, FieldEditor] = {}
        self._told: set[str] = set()
        self.current: FieldSpec | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_SPACE)
        self.general = QLabel()
        self.general.setProperty("role", "error")
        self.general.setWordWrap(True)
        self.general.hide()
        self.found_columns: FoundColumns | None = None
        specs = fields_of(params)
        for spec in specs:
            if not spec.advanced:
                column.addWidget(self._make(spec))
                if spec.name == _COLUMNS and spec.record:
                    column.addWidget(self._make_found_columns(spec))
        self.fold = QToolButton()
        self.folded = QWidget()
        advanced = [s for s in specs if s.advanced]
        self._make_fold(column, advanced)
        column.addWidget(self.general)  # Below: it comes and goes, and must move no field.

    def _make_fold(self, column: QVBoxLayout, advanced: Sequence[FieldSpec]) -> None:
        self.fold.setText(tr("Advanced"))
        self.fold.setProperty("role", "fold")
        self.fold.setCheckable(True)
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setAccessibleName(tr("Advanced fields"))
        self.fold.toggled.connect(self._unfold)
        inner = QVBoxLayout(self.folded)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(_SPACE)
        for spec in advanced:
            inner.addWidget(self._make(spec))
        self.folded.hide()
        self.fold.setVisible(bool(advanced))
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.folded)

    def _make(self, spec: FieldSpec) -> FieldEditor:
        editor = editor_for(spec)
        editor.edited.connect(self._edited)
        editor.left.connect(self._leave)
        editor.pinned.connect(self.pinned)
        editor.fixed.connect(self.fixed)
        editor.reserve()
        editor.entered.connect(self._entered)
        editor.rewritten.connect(self.rewritten)
        editor.menu_wanted.connect(self.menu_wanted)
        if isinstance(editor, FileField):
            editor.picked.connect(self.picked)
        if isinstance(editor, ConnectionField):
            editor.wanted.connect(self._wanted)
        self.fields[spec.name] = editor
        return editor

    def _make_found_columns(self, spec: FieldSpec) -> FoundColumns:
        made = FoundColumns(typed=any(field.name == "type" for field in spec.record))
        made.kept.connect(self._keep_columns)
        made.retyped.connect(self._retype)
        made.hide()
        self.found_columns = made
        return made

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show what a source found out beneath each field that says nothing of it."""
        single = {f.param: f for f in findings if not f.column}
        for name, editor in self.fields.items():
            editor.found.show_finding(single.get(name), editor.spec.title, editor.value())
        if self.found_columns is not None:
            self.found_columns.show_findings([f for f in findings if f.column])
        folded = sum(
            1 for name in single if name in self.fields and self.fields[name].spec.advanced
        )
        self.fold.setText(
            tr("Advanced ({folded} found in the file)", folded=folded) if folded else tr("Advanced")
        )
        self._told = {f.param for f in findings}

    @Slot()
    def _keep_columns(self) -> None:
        self._pin_types({f.column: str(f.value) for f in self._found()})

    @Slot(str, str)
    def _retype(self, column: str, type_name: str) -> None:
        self._pin_types({column: type_name})

    def _found(self) -> Sequence[Finding]:
        return self.found_columns.findings if self.found_columns is not None else ()

    def _pin_types(self, types: Mapping[str, str]) -> None:
        """Ask for columns with types: those that are named already, or all that were found."""
        named = self.fields[_COLUMNS].value() or [{"name": f.column} for f in self._found()]
        folded = {name.casefold(): kind for name, kind in types.items()}
        columns = [
            {**entry, "type": folded[key]}
            if (key := str(entry.get("name", "")).casefold()) in folded
            else entry
            for entry in named
        ]
        self.pinned.emit({_COLUMNS: columns})

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show a node's params; fields a person is typing in keep their cursor."""
        for name, editor in self.fields.items():
            editor.set_value(values.get(name, editor.spec.default))
            editor.set_beside(values)
            editor.mark_missing()
            editor.offer_reset()
        defaults = {name: editor.spec.default for name, editor in self.fields.items()}
        holder = QApplication.focusWidget()
        for editor in self.fields.values():
            # One does not go from under the hand of who has just emptied it.
            held = holder is not None and editor.isAncestorOf(holder)
            editor.setVisible(held or editor.spec.matters(values, defaults))

    def set_context(self, context: FormContext) -> None:
        """Pass on what the fields may offer."""
        for editor in self.fields.values():
            editor.set_context(context)

    def set_problems(
        self, problems: Sequence[Problem], shown: Callable[[Problem], Severity]
    ) -> None:
        """Show each problem beneath its field, the others below, as loudly as `shown` says."""
        by_field: dict[str, list[Problem]] = {}
        for problem in problems:
            name = (problem.where.param or "").partition(".")[0]
            if problem.severity is Severity.INFO and name in self._told:
                continue  # What was found out stands there in full.
            by_field.setdefault(name if name in self.fields else "", []).append(problem)
        for name, editor in self.fields.items():
            editor.tell([_told(p, shown(p)) for p in by_field.get(name, [])])
        general = by_field.get("", [])
        self.general.setText(_text(general))
        self.general.setProperty("role", _severity(general, shown))
        self.general.style().unpolish(self.general)
        self.general.style().polish(self.general)
        self.general.setVisible(bool(general))

    def written(self) -> tuple[Written, ...]:
        """Return the expressions that are shown."""
        return tuple(w for editor in self.fields.values() for w in editor.written())

    def sampled(self) -> frozenset[str]:
        """Return the inputs of which values are to be offered."""
        return frozenset(port for editor in self.fields.values() for port in editor.sampled())

    def focus_field(self, name: str) -> bool:
        """Put the cursor in a field, unfolding it first; False if there is no such field."""
        editor = self.fields.get(name.partition(".")[0])
        if editor is None:
            return False
        if editor.spec.advanced:
            self.fold.setChecked(True)
        editor.show()
        editor.focus_part(name.partition(".")[2])
        return True

    def first_empty(self, *, needed: bool = False) -> FieldEditor | None:
        """Return the empty field to begin with: a required one, else a list, else the first.

        `needed` asks for a required one alone.
        """
        shown = [e for e in self.fields.values() if not (e.spec.advanced or e.isHidden())]
        empty = [e for e in shown if e.value() in (None, "", [])]
        required = next((e for e in empty if e.spec.required), None)
        if required is not None or needed:
            return required
        lists = [e for e in empty if e.spec.record]
        return next(iter(lists or empty), None)

    @Slot(object)
    def _edited(self, value: Any) -> None:
        editor = self.sender()
        if isinstance(editor, FieldEditor):
            editor.message.hold(True)
            self.edited.emit((editor.spec, value))

    @Slot()
    def _entered(self) -> None:
        editor = self.sender()
        if isinstance(editor, FieldEditor):
            self.current = editor.spec

    @Slot()
    def _leave(self) -> None:
        editor = self.sender()
        if isinstance(editor, FieldEditor):
            holder = QApplication.focusWidget()
            stays = holder is not None and editor.isAncestorOf(holder)
            self.left.emit(None if stays else editor.spec)

    @Slot()
    def _wanted(self) -> None:
        editor = self.sender()
        if isinstance(editor, FieldEditor):
            self.connection_wanted.emit(editor.spec)

    @Slot(bool)
    def _unfold(self, unfolded: bool) -> None:  # noqa: FBT001
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self.fold.setArrowType(arrow)
        self.folded.setVisible(unfolded)


def _told(problem: Problem, severity: Severity) -> Told:
    place = (problem.where.param or "").partition(".")[2]
    fixes = tuple(fix for fix in problem.fixes if fix.field is None)
    return Told(place, _text([problem]), severity.value, fixes)


def _text(problems: Sequence[Problem]) -> str:
    return "\n".join(sentences(p.what, p.why, p.do) for p in problems)


def _severity(problems: Sequence[Problem], shown: Callable[[Problem], Severity]) -> str:
    order = list(Severity)
    worst = min((shown(p) for p in problems), key=order.index, default=Severity.INFO)
    return worst.value
