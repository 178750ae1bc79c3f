"""The main window: the canvas in the middle, panels around it, everything wired together."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QCloseEvent, QCursor
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from summit_studio.app.actions import ON_CANVAS, ON_SELECTION, Actions
from summit_studio.app.banner import Banner
from summit_studio.app.canvas.requests import ContextRequest
from summit_studio.app.canvas.selection import Selection
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.design import DesignChecker
from summit_studio.app.dialogs import Dialogs
from summit_studio.app.docks import Docks
from summit_studio.app.dropping import Dropping
from summit_studio.app.examples import examples
from summit_studio.app.faces import CatalogueFaces
from summit_studio.app.files import FileDesk
from summit_studio.app.following import RunFollower
from summit_studio.app.handlers import Handlers
from summit_studio.app.inspector.panel import Inspector
from summit_studio.app.library import Library
from summit_studio.app.look import apply, code_colours, icon_colour
from summit_studio.app.menus import Menus
from summit_studio.app.outline import Outline
from summit_studio.app.palette import CommandPalette
from summit_studio.app.preview import PreviewPanel
from summit_studio.app.problems import ProblemsPanel, worst
from summit_studio.app.quick_add import QuickAdd
from summit_studio.app.run_panel import RunPanel
from summit_studio.app.running import Runner
from summit_studio.app.session import Files, Session
from summit_studio.app.settings import Settings
from summit_studio.app.status import Status
from summit_studio.app.theme import Theme
from summit_studio.app.trusting import TrustOffer
from summit_studio.app.welcome import WelcomePage
from summit_studio.core.errors import Where
from summit_studio.document.model import Point
from summit_studio.expressions.functions import functions


class MainWindow(QMainWindow):
    """One window, one session.

    Args:
        session: The document and all that belongs to it.
        settings: What is remembered between starts.
    """

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.session = session
        self.settings = settings
        self.runner = Runner(session, self)
        self.checker = DesignChecker(session, self)
        self.desk = FileDesk(session, settings, self)
        self.canvas = CanvasView(
            session.bridge, CatalogueFaces(session.catalogue), session.theme, self
        )
        self.library = Library(session)
        self.outline = Outline(session)
        calls = {name: f"{f.signature}: {f.doc}" for name, f in functions().items()}
        self.inspector = Inspector(session, calls)
        self.preview = PreviewPanel(session)
        self.problems = ProblemsPanel(session)
        self.run_panel = RunPanel(session, self.runner)
        self.welcome = WelcomePage(settings, examples())
        self.banner = Banner(session.theme)
        self.quick_add = QuickAdd(session, self)
        self.status = Status(self)
        self.trust_offer = TrustOffer(session, self)
        self._leaving = False
        self._build()
        self._wire()
        self.show_welcome()

    def _build(self) -> None:
        self.setWindowTitle("Summit Studio")
        self.setMinimumSize(960, 600)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.canvas)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        self.setCentralWidget(middle)
        self.setStatusBar(self.status)
        self.docks = Docks(
            self,
            {
                "library": ("Library", self.library),
                "outline": ("Outline", self.outline),
                "inspector": ("Inspector", self.inspector),
                "preview": ("Preview", self.preview),
                "problems": ("Problems", self.problems),
                "run": ("Run", self.run_panel),
            },
        )
        handlers = Handlers(self)
        self.handlers = handlers
        self.actions_table = Actions(handlers, handlers.conditions(), self)
        self.commands = CommandPalette(self.actions_table, self)
        self.menus = Menus(self)
        self.dialogs = Dialogs(self)
        self.dropping = Dropping(self)

    def _wire(self) -> None:
        session, scene = self.session, self.canvas.scene()
        session.noticed.connect(self.banner.show_notice)
        session.bridge.changed.connect(self._changed)
        session.bridge.history_changed.connect(self.refresh)
        session.selected.connect(self.refresh)
        session.selection_asked.connect(self._choose)
        session.checked_changed.connect(self._checked)
        session.file_changed.connect(self.refresh)
        session.place_asked.connect(self.go_to)
        scene.selection_changed.connect(session.select)
        self.banner.asked.connect(self._banner_asked)
        self.library.add_wanted.connect(self.dropping.add_in_view)
        self.inspector.connection_wanted.connect(self.dialogs.connections)
        self.quick_add.added.connect(self._added)
        self.problems.counted.connect(self.status.set_problems)
        self.problems.counted.connect(self._count_problems)
        self.canvas.zoom_changed.connect(self.status.set_zoom)
        self.canvas.make_edits_by(session.do)
        self.canvas.node_activated.connect(self._activated)
        self.canvas.refused.connect(self.status.tell)
        self.canvas.context_requested.connect(self._context_menu)
        self.welcome.asked.connect(self._welcome_asked)
        self.desk.opened.connect(self._opened)
        self.desk.saved.connect(self.refresh)
        self.following = RunFollower(self)

    @property
    def editing(self) -> bool:
        """True while a document is shown, not the welcome page."""
        return self._stack.currentWidget() is self.canvas

    def show_welcome(self) -> None:
        """Show the welcome page and nothing around it."""
        self.welcome.refresh()
        self._stack.setCurrentWidget(self.welcome)
        self.docks.set_visible(False)
        self.refresh()

    @Slot(object)
    def _opened(self, _files: Files) -> None:
        first = not self.editing
        self._stack.setCurrentWidget(self.canvas)
        if first:
            self.docks.set_visible(True)
        self.session.bridge.flush()
        self.session.choose(Selection())
        self.following.leave()
        self.checker.check_now()
        self.dropping.look_at_start()
        self.canvas.setFocus()
        self.refresh()

    @Slot(object)
    def _welcome_asked(self, target: Any) -> None:
        if isinstance(target, Path):
            self.handlers.open_path(target)
        elif target == "new":
            self.handlers.on_new()
        else:
            self.handlers.on_open()

    @Slot(object)
    def _banner_asked(self, action_id: str) -> None:
        if action_id:
            self.actions_table[action_id].trigger()

    @Slot(object)
    def _changed(self, _change: Any) -> None:
        self.refresh()

    @Slot()
    def refresh(self, _ignored: object = None) -> None:
        """Bring title, actions and undo texts up to date."""
        self.actions_table.refresh()
        undo, redo = self.session.bridge.undo_text, self.session.bridge.redo_text
        self.actions_table["undo"].setText(f"&Undo {undo}" if undo else "&Undo")
        self.actions_table["redo"].setText(f"&Redo {redo}" if redo else "&Redo")
        if not self.editing:
            self.setWindowTitle("Summit Studio")
            self.setWindowModified(False)
            return
        files = self.session.files
        name = files.path.name if files.path else self.session.document.name
        mark = " (read-only)" if files.read_only else ""
        self.setWindowTitle(f"{name}[*]{mark} \N{EN DASH} Summit Studio")
        self.setWindowModified(not self.session.bridge.clean)

    @Slot(object)
    def _choose(self, selection: Selection) -> None:
        self.canvas.select(selection)

    def select_soon(self, node_ids: Any) -> None:
        """Select nodes once the canvas has drawn them."""
        self.session.bridge.flush()
        self.canvas.select(Selection(nodes=tuple(node_ids)))

    @Slot(object)
    def _added(self, node_id: str) -> None:
        self.select_soon([node_id])
        self.canvas.setFocus()

    @Slot(object)
    def _activated(self, node_id: str) -> None:
        self.docks.show("inspector")
        form = self.inspector.form
        if form is not None and form.objectName() == node_id and form.fields:
            next(iter(form.fields.values())).setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.inspector.focus_title()

    @Slot(object)
    def _context_menu(self, request: ContextRequest) -> None:
        self.actions_table.refresh()
        menu = QMenu(self)
        anything = request.node or request.edge or request.note
        for action_id in ON_SELECTION if anything else ON_CANVAS:
            if action_id:
                menu.addAction(self.actions_table[action_id])
            else:
                menu.addSeparator()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(request.global_place)

    @Slot(object)
    def go_to(self, where: Where) -> None:
        """Bring a node, and the field that `where` names, before the person's eyes."""
        if where.node_id and where.node_id in self.session.document.nodes:
            self.select_soon([where.node_id])
            self.canvas.center_on_node(where.node_id)
            self.docks.show("inspector")
            if where.param:
                self.inspector.focus_field(where)
        elif where.param or not where.node_id:
            self.dialogs.properties()

    @Slot(object)
    def _checked(self, checked: Any) -> None:
        self.canvas.scene().set_problems(worst(checked.problems))
        if checked.ok:
            self.following.unblock()

    @Slot(object)
    def _count_problems(self, counts: Any) -> None:
        errors, warnings = counts
        total = errors + warnings
        self.docks.set_title("problems", f"Problems ({total})" if total else "Problems")

    def show_dock(self, name: str) -> None:
        """Bring a panel to the front."""
        self.docks.show(name)

    def reset_layout(self) -> None:
        """Put the panels where they were at first."""
        self.settings.forget_window()
        self.docks.arrange()

    def set_dark(self, dark: bool) -> None:  # noqa: FBT001 - as Qt calls it
        """Take the dark or the light theme."""
        self.settings.dark = dark
        self.apply_theme(Theme.dark() if dark else Theme.light())

    def apply_theme(self, theme: Theme) -> None:
        """Draw everything in a theme."""
        self.session.theme = theme
        apply(theme)
        self.canvas.set_theme(theme)
        self.inspector.set_colours(code_colours(theme))
        self.library.repaint_icons()
        self.outline.refresh()
        self.problems.repaint_icons()
        self.banner.set_theme(theme)
        self.run_panel.chart.set_theme(theme)
        self.actions_table["dark"].setChecked(theme.is_dark)
        self.actions_table.paint(icon_colour(theme), {"run": theme.success, "stop": theme.danger})

    def paste_place(self) -> Point:
        """Return where a paste goes: under the cursor if it is over the canvas, else the middle."""
        return self.dropping.place_at_cursor()

    def open_quick_add(self) -> None:
        """Offer node types where the cursor is, or in the middle."""
        at = self.dropping.place_at_cursor()
        over = self.canvas.rect().contains(self.canvas.mapFromGlobal(QCursor.pos()))
        middle = self.canvas.mapToGlobal(self.canvas.rect().center()) - QPoint(180, 160)
        self.quick_add.open_for(QCursor.pos() if over else middle, at)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave only once nothing is lost, and every worker has ended."""
        if not self._leaving and self.editing and not self.session.bridge.clean:
            event.ignore()
            self.desk.when_safe(self._leave)
            return
        self.docks.remember()
        self.settings.flush()
        self.hide()  # A worker may take a moment to end; nobody need watch it.
        self.shut_down()
        super().closeEvent(event)

    def _leave(self) -> None:
        self._leaving = True
        self.close()

    def shut_down(self) -> None:
        """End every worker thread; the window can only be deleted afterwards."""
        self.runner.close()
        self.checker.close()
        self.preview.close_worker()
        self.inspector.close_workers()
        self.run_panel.history.close_worker()
        self.desk.close()
