"""What each action does: one method an entry of the table, named `on_<id>`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from summit_studio.app.canvas.selection import Selection
from summit_studio.app.clipboard import copied, is_nodes, pasted
from summit_studio.app.session import Notice
from summit_studio.connectors.trust import trust
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.document.edits import Compound, SetNote, removal

if TYPE_CHECKING:
    from summit_studio.app.window import MainWindow

_OFFSET = 32


class Handlers(QObject):
    """Bound to the window's parts; holds nothing but the window."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session

    def conditions(self) -> Mapping[str, Callable[[], bool]]:
        """Return the conditions of the table by name."""
        window, session = self._window, self._session

        def nodes() -> list[str]:
            return list(session.selection.nodes)

        return {
            "has_document": lambda: window.editing,
            "has_file": lambda: window.editing and session.files.path is not None,
            "savable": lambda: window.editing,
            "editable": lambda: window.editing and not session.files.read_only,
            "has_nodes": lambda: window.editing and bool(nodes()),
            "has_node": lambda: window.editing and len(nodes()) == 1,
            "has_selection": lambda: window.editing and bool(session.selection),
            "can_undo": lambda: window.editing and session.bridge.can_undo,
            "can_redo": lambda: window.editing and session.bridge.can_redo,
            "can_run": lambda: (
                window.editing and bool(session.document.nodes) and not window.runner.running
            ),
            "recovered": lambda: window.editing and window.desk.recovered,
            "held": lambda: window.editing and bool(session.files.holder),
            "untrusted": lambda: window.editing and not session.workspace.trusted,
            "running": lambda: window.runner.running and not window.runner.cancelling,
        }

    @Slot()
    def on_new(self) -> None:
        """Begin a new pipeline."""
        self._window.desk.when_safe(self._window.desk.new)

    @Slot()
    def on_open(self) -> None:
        """Open a file."""
        self._window.desk.when_safe(self._window.desk.choose_and_open)

    def open_path(self, path: Path) -> None:
        """Open a recent file or an example."""
        self._window.desk.when_safe(lambda: self._window.desk.open(path))

    @Slot()
    def on_recover(self) -> None:
        """Show the pipeline that was never saved."""
        self._window.desk.when_safe(self._window.desk.recover)

    @Slot()
    def on_discard(self) -> None:
        """Undo what was recovered."""
        self._window.desk.discard()

    @Slot()
    def on_take_over(self) -> None:
        """Take the pipeline over from the other window that has it open."""
        self._window.desk.when_safe(self._window.desk.take_over)

    @Slot()
    def on_save(self) -> None:
        """Save."""
        self._window.desk.save()

    @Slot()
    def on_save_as(self) -> None:
        """Save under another name."""
        self._window.desk.save_as()

    @Slot()
    def on_export(self) -> None:
        """Export for a headless run: what is exported is the saved file."""
        if self._session.bridge.clean:
            self._window.dialogs.export()
        else:
            self._window.desk.save(self._window.dialogs.export)

    @Slot()
    def on_properties(self) -> None:
        """Name, parameters and settings."""
        self._window.dialogs.properties()

    @Slot()
    def on_connections(self) -> None:
        """The connections of the workspace."""
        self._window.dialogs.connections()

    @Slot()
    def on_trust(self) -> None:
        """Let the pipelines of this folder run code and reach databases."""
        try:
            trust(self._session.workspace.root)
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return
        self._session.reload_workspace()
        self._window.banner.dismiss()

    @Slot()
    def on_welcome(self) -> None:
        """Show the welcome page."""
        self._window.desk.when_safe(self._window.show_welcome)

    @Slot()
    def on_quit(self) -> None:
        """Leave."""
        self._window.close()

    @Slot()
    def on_undo(self) -> None:
        """Take back."""
        self._session.bridge.undo()

    @Slot()
    def on_redo(self) -> None:
        """Do again."""
        self._session.bridge.redo()

    @Slot()
    def on_cut(self) -> None:
        """Copy and delete."""
        self.on_copy()
        self.on_delete()

    @Slot()
    def on_copy(self) -> None:
        """Copy the chosen nodes as text."""
        text = copied(self._session.document, self._session.selection.nodes)
        QGuiApplication.clipboard().setText(text)

    @Slot()
    def on_paste(self) -> None:
        """Paste nodes at the cursor, or in the middle of the view."""
        text = QGuiApplication.clipboard().text()
        if not is_nodes(text):
            self._session.notice(
                Notice("Nothing to paste", "The clipboard holds no nodes.", Severity.INFO)
            )
            return
        self._paste(text, self._window.paste_place())

    @Slot()
    def on_duplicate(self) -> None:
        """Copy the chosen nodes beside themselves; the clipboard stays as it is."""
        document, chosen = self._session.document, self._session.selection.nodes
        places = [document.layout.nodes.get(i, (0, 0)) for i in chosen]
        at = (min(x for x, _ in places) + _OFFSET, min(y for _, y in places) + _OFFSET)
        self._paste(copied(document, chosen), at)

    def _paste(self, text: str, at: tuple[int, int]) -> None:
        try:
            edit, ids = pasted(self._session.document, text, at)
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return
        if self._session.do(edit):
            self._window.select_soon(ids)

    @Slot()
    def on_delete(self) -> None:
        """Delete what is chosen."""
        document, chosen = self._session.document, self._session.selection
        edit = removal(document, chosen.nodes, chosen.edges)
        notes = tuple(SetNote(n, None) for n in chosen.notes if n in document.notes)
        if notes:
            edit = Compound(edit.label if edit.edits else "Delete note", (*edit.edits, *notes))
        if edit.edits:
            self._session.do(edit)

    @Slot()
    def on_select_all(self) -> None:
        """Select every node and edge."""
        document = self._session.document
        self._session.choose(
            Selection(tuple(document.nodes), document.edges, tuple(document.notes))
        )

    @Slot()
    def on_add_node(self) -> None:
        """Offer node types at the cursor."""
        self._window.open_quick_add()

    @Slot()
    def on_rename(self) -> None:
        """Edit the title."""
        self._window.show_dock("inspector")
        self._window.inspector.focus_title()

    @Slot()
    def on_run(self) -> None:
        """Run, unless errors stand in the way."""
        self._window.following.start()

    @Slot()
    def on_stop(self) -> None:
        """Cancel the run."""
        self._window.runner.cancel()

    @Slot()
    def on_validate(self) -> None:
        """Check now and show the problems."""
        self._window.checker.check_now()
        self._window.show_dock("problems")

    @Slot()
    def on_preview(self) -> None:
        """Show real rows of what is chosen."""
        self._window.show_dock("preview")
        self._window.preview.refresh()

    @Slot()
    def on_zoom_in(self) -> None:
        """Zoom in."""
        self._window.canvas.zoom_in()

    @Slot()
    def on_zoom_out(self) -> None:
        """Zoom out."""
        self._window.canvas.zoom_out()

    @Slot()
    def on_zoom_fit(self) -> None:
        """Show everything."""
        self._window.canvas.zoom_to_fit()

    @Slot()
    def on_zoom_reset(self) -> None:
        """Show at natural size."""
        self._window.canvas.reset_zoom()

    @Slot(bool)
    def on_dark(self, dark: bool) -> None:  # noqa: FBT001 - as Qt calls it
        """Choose the theme."""
        self._window.set_dark(dark)

    @Slot()
    def on_reset_layout(self) -> None:
        """Put the panels where they were at first."""
        self._window.reset_layout()

    @Slot()
    def on_palette(self) -> None:
        """Every command by name."""
        self._window.commands.open_over(self._window)

    @Slot()
    def on_shortcuts(self) -> None:
        """The page of keys."""
        self._window.dialogs.shortcuts()

    @Slot()
    def on_about(self) -> None:
        """Version and licence."""
        from summit_studio import __version__

        box = QMessageBox(self._window)
        box.setWindowTitle("About Summit Studio")
        box.setText(f"Summit Studio {__version__}")
        box.setInformativeText(
            "Draw data pipelines, see real data at every step, run the same file anywhere.\n\n"
            "Apache License 2.0"
        )
        box.finished.connect(box.deleteLater)
        box.open()
