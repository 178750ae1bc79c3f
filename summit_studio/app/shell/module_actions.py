"""What the actions on modules do: make one of the selection, open, dissolve, take a changed one."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from summit_studio.app.inspector.panel import Inspector
from summit_studio.app.look.words import tr
from summit_studio.app.session.accepted import AcceptedModules
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.shell.breadcrumb import Breadcrumb
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.document.diff import describe, diff
from summit_studio.document.edits import SetParams
from summit_studio.document.files import save
from summit_studio.document.model import PortRef
from summit_studio.document.modules import MODULE_SUFFIX, Module
from summit_studio.nodes.params import Editor
from summit_studio.planning.exposing import exposed
from summit_studio.planning.module_edits import dissolved, module_from
from summit_studio.planning.modules import MODULE, is_inner

if TYPE_CHECKING:
    from summit_studio.planning.check import Checked

_SHOWN = 12


class ModuleActions(QWidget):
    """Answers the actions on modules; has no face of its own.

    `module_asked` carries the file of a module to go into, `out_asked` the place to go back to on
    the way here: 0 is the outermost.

    Args:
        session: What is open.
        inspector: Where fields are.
        breadcrumb: Shows the way into a module, and leads out of it.
    """

    module_asked = Signal(object)
    out_asked = Signal(object)

    def __init__(
        self, session: Session, inspector: Inspector, breadcrumb: Breadcrumb, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.hide()
        self._session = session
        self._inspector = inspector
        self._breadcrumb = breadcrumb
        self._accepted = AcceptedModules()
        self._background = Background("modules", self)
        self._way: tuple[tuple[str, bool], ...] = ()
        session.checked_changed.connect(self._checked)
        breadcrumb.asked.connect(self.out_asked)

    def close_worker(self) -> None:
        """Stop; waits for the file at hand."""
        self._background.close()

    @Slot()
    def on_make_module(self) -> None:
        """Ask for a file, write the chosen nodes there, and put a module in their place."""
        folder = self._session.workspace.root
        folder.mkdir(parents=True, exist_ok=True)
        chosen, _ = QFileDialog.getSaveFileName(
            self.parentWidget(),
            tr("Make a module of the selection"),
            str(folder / f"module{MODULE_SUFFIX}"),
            tr("Modules (*{module_suffix})", module_suffix=MODULE_SUFFIX),
        )
        if chosen:
            path = Path(chosen)
            if not path.name.endswith(MODULE_SUFFIX):
                path = path.with_name(path.name.partition(".")[0] + MODULE_SUFFIX)
            self.make(path)

    def make(self, path: Path) -> None:
        """Write the chosen nodes as a module into a file, and put it in their place."""
        session = self._session
        document, chosen = session.document, session.selection.nodes
        name = path.name.removesuffix(MODULE_SUFFIX).replace("_", " ").strip().capitalize()
        try:
            module, edit, node_id = module_from(
                document, chosen, name or "Module", self._relative(path), self._loose(chosen)
            )
        except SummitError as error:
            session.notice(Notice.of(error))
            return

        def done(_saved: object) -> None:
            # Meanwhile the person may have gone on drawing: the edit then no longer fits.
            if session.document is not document:
                what = tr("The module was written, but the pipeline changed meanwhile")
                session.notice(Notice(what, tr("Make it again."), Severity.WARNING))
            elif session.do(edit):
                session.choose_nodes([node_id])

        self._background.submit(Job(lambda: save(module, path), done, self._failed))

    @Slot()
    def on_open_module(self) -> None:
        """Go into the chosen module."""
        (node_id,) = self._session.selection.nodes
        if not self.open(node_id):
            self._say_no_module()

    @Slot(object)
    def activated(self, node_id: str) -> None:
        """Go into a module that was double-clicked; other nodes are for others."""
        self.open(node_id)

    def open(self, node_id: str) -> bool:
        """Go into a module; return False where the node is none that can be read."""
        session = self._session
        if session.module_of(node_id) is None:
            return False
        path = session.workspace.path(str(session.document.nodes[node_id].params["path"]))
        self.module_asked.emit(path)
        return True

    @Slot()
    def on_leave_module(self) -> None:
        """Go out of this module, to what it stands in."""
        if self.inside:
            self.out_asked.emit(len(self._way) - 2)

    @Slot()
    def on_dissolve_module(self) -> None:
        """Put what the chosen module holds in its place."""
        (node_id,) = self._session.selection.nodes
        module = self._session.module_of(node_id)
        if module is None:
            self._say_no_module()
            return
        try:
            edit, ids = dissolved(self._session.document, node_id, module, self._session.catalogue)
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return
        if self._session.do(edit):
            self._session.choose_nodes(ids)

    @Slot()
    def on_take_module(self) -> None:
        """Show what changed in the chosen module since it was accepted, and ask."""
        (node_id,) = self._session.selection.nodes
        module = self._session.module_of(node_id)
        if module is None:
            self._say_no_module()
            return
        node = self._session.document.nodes[node_id]
        title = self._session.title_of(node_id)
        pinned = str(node.params.get("hash") or "")
        if pinned == module.hash:
            what = tr("'{title}' holds what was accepted", title=title)
            self._session.notice(Notice(what, tr("Nothing of it has changed since.")))
            return

        def done(before: Module | None) -> None:
            self._ask(node_id, title, module, _changes(before, module))

        self._background.submit(Job(lambda: self._accepted.find(pinned), done, self._failed))

    @Slot()
    def on_expose_field(self) -> None:
        """Make a parameter of the field that was edited or clicked last."""
        (node_id,) = self._session.selection.nodes
        spec = self._inspector.current_field
        if spec is None:
            what = tr("Choose a field first")
            self._session.notice(Notice(what, tr("Click into it, or right-click its name.")))
            return
        path = spec.editor in {Editor.FILE_IN, Editor.FILE_OUT, Editor.FOLDER_OUT}
        try:
            edit, name = exposed(self._session.document, node_id, spec.name, spec.title, path=path)
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return
        if self._session.do(edit):
            what = tr("{title} is now the parameter '{name}'", title=spec.title, name=name)
            detail = tr("What stood there is its default; properties and parameters change it.")
            self._session.notice(Notice(what, detail, action=tr("Parameters…"), act="properties"))

    def _ask(self, node_id: str, title: str, module: Module, changes: str) -> None:
        box = QMessageBox(self.parentWidget())
        box.setObjectName("take_module")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("The module has changed"))
        box.setText(tr("Take '{title}' as it is now?", title=title))
        box.setInformativeText(changes)
        take = box.addButton(tr("Take it"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)

        def answered(_button: int) -> None:
            node = self._session.document.nodes.get(node_id)
            if box.clickedButton() is take and node is not None and node.type == MODULE:
                self._session.do(SetParams(node_id, {**node.params, "hash": module.hash}, "hash"))

        box.finished.connect(answered)
        box.finished.connect(box.deleteLater)
        box.open()

    def _loose(self, chosen: tuple[str, ...]) -> list[PortRef]:
        """Return the first outputs of chosen nodes from which no edge starts at all."""
        document, mains = self._session.document, self._session.main_ports()
        return [
            PortRef(i, mains[i])
            for i in chosen
            if i in mains and mains[i] != "rejected" and not any(document.edges_from(i))
        ]

    def _relative(self, path: Path) -> str:
        root = self._session.workspace.root.resolve()
        own = path.resolve()
        return own.relative_to(root).as_posix() if own.is_relative_to(root) else str(own)

    @Slot(object)
    def _checked(self, checked: "Checked") -> None:
        """Keep what is accepted, to tell later what changed."""
        for node_id, put_in in checked.modules.items():
            node = checked.drawn.nodes.get(node_id)
            if not is_inner(node_id) and node and node.params.get("hash") == put_in.module.hash:
                self._keep(put_in.module)

    def _keep(self, module: Module) -> None:
        self._background.submit(Job(lambda: self._accepted.keep(module), _nothing, self._failed))

    @property
    def inside(self) -> bool:
        """True if there is a pipeline to go back to."""
        return len(self._way) > 1

    def show_way(self, names: Sequence[str], modified: Sequence[bool]) -> None:
        """Show the way from the outermost pipeline to here, and what of it is not saved."""
        way = tuple(zip(names, modified, strict=True))
        if way != self._way:
            self._way = way
            self._breadcrumb.show_way(way)

    def _say_no_module(self) -> None:
        self._session.notice(
            Notice(
                tr("This node is no module that can be read"), tr("Choose a module."), Severity.INFO
            )
        )

    def _failed(self, error: Exception) -> None:
        self._session.notice(Notice.of(error))


def _changes(before: Module | None, now: Module) -> str:
    """Return what changed, a sentence a line."""
    if before is None:
        return tr("What it held when it was accepted is not at hand here. Open it to look at it.")
    old, new = replace(before.document, id=""), replace(now.document, id="")
    lines = describe(diff(old, new))
    more = (
        [tr("and {count} more changes.", count=len(lines) - _SHOWN)] if len(lines) > _SHOWN else []
    )
    return "\n".join([*lines[:_SHOWN], *more])


def _nothing(_value: object) -> None:
    """Take no notice."""
