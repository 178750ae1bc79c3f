"""Editors of places outside the pipeline: files, folders and connections."""

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget

from summit_studio.app.inspector.field import FieldEditor, FormContext
from summit_studio.app.inspector.plain import QuietComboBox
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.app.look.words import mark, tr
from summit_studio.nodes.params import Editor
from summit_studio.workspace.picked import Pick

NEW_CONNECTION = mark("New connection…")
_ALL_FILES = mark("All files (*)")


_PATTERN = frozenset("*?[")
"""What of a path stands for other names."""


class FileField(FieldEditor):
    """A path; one inside the workspace is written relative to it.

    `picked` carries the Pick of a file that the person named: chosen in a dialog, or typed out.
    """

    picked = Signal(object)

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText(spec.placeholder)
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._typed_out)
        self._by_hand = False
        self.browse = QToolButton()
        self.browse.setText(tr("Browse…"))
        self.browse.setToolTip(tr("Choose for {title}", title=spec.title))
        self.browse.setAccessibleName(tr("Choose for {title}", title=spec.title))
        self.browse.clicked.connect(self._browse)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.browse)
        self.place(body, self.line)

    def value(self) -> Any:
        """Return the path as written, or the empty value."""
        return self.line.text() or self.spec.empty

    def set_value(self, value: Any) -> None:
        """Show the path."""
        text = "" if value is None else str(value)
        if text != self.line.text():
            self.line.setText(text)

    def choose(self, path: Path) -> None:
        """Take a path from a dialog or a drop."""
        self.picked.emit(Pick(path.absolute(), self._writes))
        self.line.setText(relative(path, self.context.folder))
        self.edited.emit(self.value())
        self.left.emit()

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self._by_hand = True
        self.edited.emit(self.value())

    @Slot()
    def _typed_out(self) -> None:
        text, by_hand = self.line.text().strip(), self._by_hand
        self._by_hand = False
        if not by_hand or not text or "${" in text:
            return
        place = self._named(text)
        # Of a pattern it is the folder that is named, however deep its files lie.
        while set(str(place)) & _PATTERN:
            place = place.parent
        if self._writes or place.is_file() or (set(text) & _PATTERN and place != place.parent):
            self.picked.emit(Pick(place, self._writes))

    def _named(self, text: str) -> Path:
        return Path(os.path.normpath(self.context.folder / Path(text).expanduser()))

    @Slot()
    def _browse(self) -> None:
        window, title, start = self.window(), self.spec.title, str(self._start())
        if self.spec.editor is Editor.FOLDER_OUT:
            chosen = QFileDialog.getExistingDirectory(window, title, start)
        elif self.spec.editor is Editor.FILE_OUT:
            chosen, _ = QFileDialog.getSaveFileName(
                window,
                title,
                start,
                self._filter(),
                options=QFileDialog.Option.DontConfirmOverwrite,
            )
        else:
            chosen, _ = QFileDialog.getOpenFileName(window, title, start, self._filter())
        if chosen:
            self.choose(Path(chosen))

    def _start(self) -> Path:
        """Return what the dialog begins with: the file named, if it is there, else a folder."""
        text = self.line.text().strip()
        named = self._named(text)
        if text and (named.is_file() or (self._writes and named.parent.is_dir())):
            return named
        if text and named.parent.is_dir() and named.parent != self.context.folder:
            return named.parent
        return self.context.start

    @property
    def _writes(self) -> bool:
        return self.spec.editor is not Editor.FILE_IN

    def _filter(self) -> str:
        """Return the names that the dialog shows: those of the node's format first."""
        found = self.context.endings
        if not found:
            return tr(_ALL_FILES)
        # A packed file has a second ending: orders.csv.gz.
        names = " ".join(f"*.{e}" if self._writes else f"*.{e} *.{e}.*" for e in found)
        return tr(
            "{found} files ({names});;{all_files}",
            found=found[0].upper(),
            names=names,
            all_files=tr(_ALL_FILES),
        )


def relative(path: Path, folder: Path) -> str:
    """Return `path` as a file should name it: from the workspace where it lies inside."""
    if path.is_absolute() and folder.is_absolute() and path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return os.fspath(path)


class ConnectionField(FieldEditor):
    """The name of a connection; `wanted` asks for the dialog that makes one."""

    wanted = Signal()

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.combo = QuietComboBox()
        self.combo.setPlaceholderText(tr("Choose a connection"))
        self.combo.activated.connect(self._chosen)
        self._value: Any = None
        self.place(self.combo)
        self._fill()

    def value(self) -> Any:
        """Return the connection's name, or the empty value."""
        return self._value or self.spec.empty

    def set_value(self, value: Any) -> None:
        """Show the name, known or not."""
        self._value = value
        self._fill()

    def set_context(self, context: FormContext) -> None:
        """Offer the workspace's connections."""
        super().set_context(context)
        self._fill()

    def _fill(self) -> None:
        names = list(self.context.connections)
        if self._value and self._value not in names:
            names.append(str(self._value))
        if self.spec.optional:
            names.insert(0, "")
        wanted = [*names, "", tr(NEW_CONNECTION)]
        if [self.combo.itemText(i) for i in range(self.combo.count())] != wanted:
            self.combo.clear()
            self.combo.addItems(wanted)
            self.combo.insertSeparator(len(names))
        self.combo.setCurrentIndex(self.combo.findText(str(self._value)) if self._value else -1)

    @Slot(int)
    def _chosen(self, _index: int) -> None:
        if self.combo.currentText() == tr(NEW_CONNECTION):
            self._fill()
            self.wanted.emit()
            return
        self._value = self.combo.currentText() or None
        self.edited.emit(self.value())
        self.left.emit()
