"""The settings of a pipeline as a form, made from the model that says which there are."""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from summit_studio.app.inspector.field import FieldEditor
from summit_studio.app.inspector.making import editor_for
from summit_studio.app.inspector.plain import TextField
from summit_studio.app.inspector.records_model import with_field
from summit_studio.app.inspector.spec import FieldSpec, field_of, in_words
from summit_studio.app.look.words import mark, tr
from summit_studio.app.panels.error_fields import NodesField, ToleranceField
from summit_studio.app.panels.problems import ProblemRow
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Session
from summit_studio.core.problems import Fix, Problem
from summit_studio.document.fixing import edit_of
from summit_studio.document.model import Document
from summit_studio.nodes.params import Editor
from summit_studio.planning.settings import Settings, Tolerance, settings_problems

Path = tuple[str, ...]

_UNITS = {
    "rows": mark("rows"),
    "bytes": mark("bytes"),
    "mb": mark("MB"),
    "secs": mark("seconds"),
    "ms": mark("milliseconds"),
}


class SettingsForm(QScrollArea):
    """Every setting that the model has, what it does, and what is wrong with it.

    `changed` is sent after each change; `values` is then what the document would hold, and
    `edited_last` the setting. `left` is sent when a field was left.

    Args:
        session: Names nodes in problems.
        values: The document's settings.
        model: Which settings there are.
    """

    changed = Signal()
    left = Signal()

    def __init__(
        self,
        session: Session,
        values: Mapping[str, Any],
        model: type[BaseModel] = Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.values = dict(values)
        self.fields: dict[Path, FieldEditor] = {}
        self.problems: tuple[Problem, ...] = ()
        self.setProperty("role", "panel")
        self.setAccessibleName(tr("Settings"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setProperty("role", "panel")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(12, 8, 16, 8)
        self._column.setSpacing(12)
        self._general = QVBoxLayout()
        self._column.addLayout(self._general)
        self._rows: list[QWidget] = []
        self._heads: dict[Path, list[QWidget]] = {}
        self._wholes: dict[Path, QWidget] = {}
        self._words: dict[Path, str] = {}
        self.edited_last: Path = ()
        self._add(model, ())
        self._column.addStretch(1)
        self.setWidget(body)
        self._show()

    def focus_setting(self, name: str) -> None:
        """Put the cursor in the field of a setting, such as `checkpoints.every_rows`."""
        editor = self._field_at(tuple(name.split(".")))
        if editor is not None:
            editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.ensureWidgetVisible(editor, 0, 48)

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show the settings that the document has now."""
        if dict(values) != self.values:
            self.values = dict(values)
            self._show()

    def follow_nodes(self) -> None:
        """Offer the nodes that there are now."""
        for editor in self.fields.values():
            if isinstance(editor, NodesField):
                editor.set_nodes(self._rejecting())

    def sift(self, sought: str, *, changed: bool = False) -> int:
        """Show only settings of which all sought words are said; return how many.

        Args:
            sought: Words, or their beginnings.
            changed: True for only those that are not at their default.
        """
        words = sought.casefold().split()
        found = {
            path
            for path, editor in self.fields.items()
            if all(word in self._words[path] for word in words)
            and not (changed and editor.reset.isHidden())
        }
        for path, whole in self._wholes.items():
            whole.setVisible(path in found)
        for path, heads in self._heads.items():
            needed = any(other[: len(path)] == path for other in found)
            for head in heads:
                head.setVisible(needed)
        return len(found)

    def _add(self, model: type[BaseModel], path: Path) -> None:
        parts: list[tuple[str, type[BaseModel]]] = []
        for name, info in model.model_fields.items():
            part = _part(info.annotation)
            if part is not None and part is not Tolerance:
                parts.append((name, part))
                continue
            editor = self._editor(name, info)
            editor.edited.connect(self._edited)
            editor.left.connect(self.left)
            whole, said = _explained(editor, info)
            own = (*path, name)
            self.fields[own], self._wholes[own] = editor, whole
            self._words[own] = " ".join((*map(in_words, own), *own, *said)).casefold()
            self._column.addWidget(whole)
        for name, part in parts:
            title = QLabel(in_words(name))
            title.setProperty("role", "strong" if path else "heading")
            title.setContentsMargins(0, 12, 0, 0)
            self._column.addWidget(title)
            heads: list[QWidget] = [title]
            self._heads[(*path, name)] = heads
            doc = (inspect.getdoc(part) or "").partition("\n")[0]
            if doc and part.__doc__ != BaseModel.__doc__:
                hint = QLabel(doc)
                hint.setProperty("role", "hint")
                hint.setWordWrap(True)
                self._column.addWidget(hint)
                heads.append(hint)
            self._add(part, (*path, name))

    def _editor(self, name: str, info: FieldInfo) -> FieldEditor:
        spec = _worded(field_of(name, info), info)
        if _part(info.annotation) is Tolerance:
            return ToleranceField(spec)
        choices = _choices_by_name(info.annotation)
        if choices:
            return NodesField(replace(spec, choices=choices, default={}), self._rejecting())
        if info.default_factory is not None:
            # What this machine would choose; written down it would hold on every other.
            shown = tr("{default}, by this machine", default=spec.default)
            spec = replace(spec, default=None, optional=True, placeholder=shown)
        if spec.editor is Editor.TEXT and not _is_text(info.annotation):
            return JsonField(spec)
        return editor_for(spec)

    def _rejecting(self) -> dict[str, str]:
        """Return the nodes that may reject rows, or all before a check; what people call each."""
        session, checked = self._session, self._session.checked
        known = checked.nodes if checked is not None else {}
        return {
            node_id: f"{session.title_of(node_id)} ({node_id})"
            for node_id in session.document.nodes
            if node_id not in known or known[node_id].can_reject
        }

    @Slot(object)
    def _edited(self, value: Any) -> None:
        editor = self.sender()
        path = next((p for p, known in self.fields.items() if known is editor), None)
        if path is not None and isinstance(editor, FieldEditor):
            self.values = _changed(self.values, path, editor.spec, value)
            self.edited_last = path
            self._show_problems()
            self.changed.emit()

    def _show(self) -> None:
        for path, editor in self.fields.items():
            found = _at(self.values, path[:-1])
            editor.set_value(found.get(path[-1], editor.spec.default))
        self._show_problems()

    def _show_problems(self) -> None:
        self.problems = tuple(settings_problems(self.values))
        at: dict[FieldEditor, list[Problem]] = {}
        beyond: list[Problem] = []
        for problem in self.problems:
            name = (problem.where.param or "").removeprefix("settings.")
            editor = self._field_at(tuple(name.split(".")))
            if editor is None:
                beyond.append(problem)
            else:
                at.setdefault(editor, []).append(problem)
        for editor in self.fields.values():
            editor.offer_reset()
            found = at.get(editor, [])
            editor.set_problem("\n".join(sentences(p.what, p.why, p.do) for p in found))
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = [self._row(problem) for problem in beyond]

    def _row(self, problem: Problem) -> QWidget:
        row = ProblemRow(problem, self._session)
        row.fixed.connect(self._fix)
        self._general.addWidget(row)
        return row

    @Slot(object)
    def _fix(self, fix: Fix) -> None:
        document = Document(settings=self.values)
        edit = edit_of(fix, document)
        if edit is not None:
            self.values = dict(edit.apply(document).settings)
            self.edited_last = ()
            self._show()
            self.changed.emit()

    def _field_at(self, path: Path) -> FieldEditor | None:
        """Return the field of a path, or that within which a part of a value lies."""
        sizes = range(len(path), 0, -1)
        return next((self.fields[path[:n]] for n in sizes if path[:n] in self.fields), None)


class JsonField(TextField):
    """A value of several parts, written as JSON; what is no JSON is a text, and the checks tell."""

    def value(self) -> Any:
        """Return what the JSON means."""
        text = self.line.text().strip()
        try:
            return json.loads(text) if text else self.spec.default
        except ValueError:
            return text

    def set_value(self, value: Any) -> None:
        """Show the value as JSON; a lone text as it is."""
        plain = value in (None, [], {}) or isinstance(value, str)
        shown = (value or None) if plain else json.dumps(value)
        super().set_value(shown)


def _explained(editor: FieldEditor, info: FieldInfo) -> tuple[QWidget, list[str]]:
    """Return the editor with what its setting does and costs beneath it, and all that it says."""
    cost = info.json_schema_extra.get("cost") if isinstance(info.json_schema_extra, dict) else ""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(editor)
    said = [editor.spec.title, *map(str, editor.spec.choices or ())]
    for text in (info.description, tr("Cost: {cost}", cost=cost) if cost else ""):
        if text:
            said.append(text)
            hint = QLabel(text)
            hint.setProperty("role", "hint")
            hint.setTextFormat(Qt.TextFormat.PlainText)
            hint.setWordWrap(True)
            column.addWidget(hint)
    return whole, said


def _worded(spec: FieldSpec, info: FieldInfo) -> FieldSpec:
    """Return the spec with the unit that stands in the name behind the number instead."""
    stem, _, last = spec.name.rpartition("_")
    if spec.editor is not Editor.NUMBER or last not in _UNITS or info.title:
        return spec
    return replace(spec, title=in_words(stem or last), unit=spec.unit or tr(_UNITS[last]))


def _part(annotation: Any) -> type[BaseModel] | None:
    """Return the model of a part of the settings, where a field is one."""
    kinds = [a for a in _inner(annotation) if a is not type(None)]
    (kind,) = kinds if len(kinds) == 1 else (None,)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _choices_by_name(annotation: Any) -> tuple[Any, ...]:
    """Return the choices of a field that has one for each of some names, else none."""
    if get_origin(annotation) is not Mapping or get_origin(get_args(annotation)[1]) is not Literal:
        return ()
    return get_args(get_args(annotation)[1])


def _inner(annotation: Any) -> Iterator[Any]:
    union = get_origin(annotation) in {Union, UnionType}
    yield from get_args(annotation) if union else (annotation,)


def _is_text(annotation: Any) -> bool:
    return all(a is str or a is type(None) for a in _inner(annotation))


def _at(values: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    for name in path:
        found = values.get(name)
        values = found if isinstance(found, Mapping) else {}
    return values


def _changed(values: Mapping[str, Any], path: Path, spec: FieldSpec, value: Any) -> dict[str, Any]:
    """Return settings with one changed; a part of which nothing is left goes with it."""
    key, *rest = path
    if not rest:
        return with_field(values, spec, value)
    inner = _changed(_at(values, (key,)), tuple(rest), spec, value)
    return {**values, key: inner} if inner else {k: v for k, v in values.items() if k != key}
