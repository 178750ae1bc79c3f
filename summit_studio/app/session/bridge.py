"""The bridge between the immutable document and Qt: one undo stack, one signal."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from summit_studio.document.edits import Compound, Edit
from summit_studio.document.model import Document


@dataclass(frozen=True, slots=True)
class Changed:
    """The document now, and as it was when `changed` was last emitted."""

    document: Document
    previous: Document


class EditCommand(QUndoCommand):
    """An edit on the undo stack; the only command class there is.

    Args:
        after: The document after the edit, computed before pushing: Qt cannot carry an exception
            out of `redo`.
        gesture: Edits of the same gesture merge where their kind allows it; None never merges.
    """

    def __init__(
        self, bridge: "Bridge", edit: Edit, after: Document, gesture: object | None
    ) -> None:
        super().__init__(edit.label)
        self._bridge = bridge
        self.edit = edit
        self.inverse = edit.inverse(bridge.document)
        self._first: Document | None = after
        self.gesture = gesture

    def redo(self) -> None:
        """Apply the edit."""
        after, self._first = self._first, None
        self._bridge.take(self.edit, after)

    def undo(self) -> None:
        """Apply the inverse."""
        self._bridge.take(self.inverse, None)

    def id(self) -> int:
        """Return the kind that Qt lets merge, or -1."""
        return -1 if self.gesture is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take a later edit of the same gesture in, where both can be said as one."""
        if not isinstance(other, EditCommand) or other.gesture != self.gesture:
            return False
        merged = self.edit.merge(other.edit)
        if merged is None:
            return False
        # The inverse stays: it leads back to where the gesture began.
        self.edit = merged
        self.setText(merged.label)
        return True


class Bridge(QObject):
    """Holds the document and its history; everything in the editor changes it through `do`.

    `changed` carries a `Changed`, at most once per turn of the event loop. `edited` carries every
    single edit at once, undone and redone ones too, for the journal. Lives on the UI thread.
    """

    changed = Signal(object)
    edited = Signal(object)
    history_changed = Signal()

    def __init__(self, document: Document | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document or Document()
        self._told = self._document
        self._stack = QUndoStack(self)
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self.flush)
        self._stack.indexChanged.connect(self._history)
        self._stack.cleanChanged.connect(self._history)

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self._document

    def do(self, edit: Edit, gesture: object | None = None) -> None:
        """Make an edit and remember how to undo it.

        Args:
            edit: The change.
            gesture: A token that is equal for edits of one gesture, or of typing in one field.

        Raises:
            InvalidDocument: The edit does not fit; nothing has changed.
        """
        self._stack.push(EditCommand(self, edit, edit.apply(self._document), gesture))

    def join(self, edit: Edit) -> None:
        """Make an edit as part of the last one: one step undoes both.

        Raises:
            InvalidDocument: The edit does not fit; nothing has changed.
        """
        last, after = self._last(), edit.apply(self._document)
        if last is not None:
            edit = Compound(edit.label, (last.edit, edit))
            self._stack.undo()
        self._stack.push(EditCommand(self, edit, after, None))

    def _last(self) -> EditCommand | None:
        last = self._stack.command(self._stack.index() - 1) if self.can_undo else None
        return last if isinstance(last, EditCommand) else None

    @property
    def before(self) -> Document | None:
        """The document before the last edit; None where there is none to undo."""
        last = self._last()
        return last.inverse.apply(self._document) if last is not None else None

    def take(self, edit: Edit, after: Document | None) -> None:
        """Apply an edit for the undo stack; `after` is its known result. Not for others."""
        self._set(edit.apply(self._document) if after is None else after)
        self.edited.emit(edit)

    def undo(self) -> None:
        """Take back the last edit; does nothing where there is none."""
        self._stack.undo()

    def redo(self) -> None:
        """Make the edit last undone again; does nothing where there is none."""
        self._stack.redo()

    @property
    def undo_text(self) -> str:
        """What undo would take back, or an empty text."""
        return self._stack.undoText()

    @property
    def redo_text(self) -> str:
        """What redo would make again, or an empty text."""
        return self._stack.redoText()

    @property
    def can_undo(self) -> bool:
        """True if there is an edit to undo."""
        return self._stack.canUndo()

    @property
    def can_redo(self) -> bool:
        """True if there is an undone edit."""
        return self._stack.canRedo()

    @property
    def clean(self) -> bool:
        """True if the document is as it was last saved or set."""
        return self._stack.isClean()

    def set_document(self, document: Document) -> None:
        """Show another document; its history is empty and it counts as saved."""
        self._stack.clear()
        self._stack.setClean()
        self._set(document)

    def mark_saved(self, document: Document | None = None) -> None:
        """Note that `document`, by default the present one, is what the file holds now.

        Where edits were made while a worker wrote the file, the document stays unsaved.
        """
        if document is None or document is self._document:
            self._stack.setClean()
        else:
            self._stack.resetClean()

    def identify(self, document_id: str) -> None:
        """Give the document the id that its file has; this is no edit, and undo keeps it."""
        if document_id != self._document.id:
            self._set(replace(self._document, id=document_id))

    def revert(self) -> None:
        """Undo everything since the document was saved or set; redo makes it again."""
        self._stack.setIndex(max(self._stack.cleanIndex(), 0))

    @Slot()
    def flush(self) -> None:
        """Emit `changed` now instead of at the end of this turn."""
        self._turn.stop()
        if self._document is not self._told:
            change = Changed(self._document, self._told)
            self._told = self._document
            self.changed.emit(change)

    def _set(self, document: Document) -> None:
        self._document = document
        self._turn.start()

    @Slot()
    def _history(self) -> None:
        self.history_changed.emit()
