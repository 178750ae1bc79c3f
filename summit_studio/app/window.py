"""The main window: the canvas in the middle, panels around it, everything wired together."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QCloseEvent, QCursor
from PySide6.QtWidgets import QDialog, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from summit_studio.app.actions import ON_CANVAS, ON_SELECTION, TABLE, Actions
from summit_studio.app.banner import Banner
from summit_studio.app.canvas.requests import ContextRequest
from summit_studio.app.canvas.selection import Selection
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.design import DesignChecker
from summit_studio.app.docks import Docks
from summit_studio.app.dropping import Dropping
from summit_studio.app.examples import examples
from summit_studio.app.faces import CatalogueFaces
from summit_studio.app.files import FileDesk
from summit_studio.app.handlers import Handlers
from summit_studio.app.inspector.panel import Inspector
from summit_studio.app.library import Library
from summit_studio.app.look import apply, code_colours, icon_colour
from summit_studio.app.outline import Outline
from summit_studio.app.palette import CommandPalette, ShortcutsDialog
from summit_studio.app.preview import PreviewPanel
from summit_studio.app.problems import ProblemsPanel, worst
from summit_studio.app.quick_add import QuickAdd
from summit_studio.app.run_panel import RunPanel
from summit_studio.app.run_state import RunState
from summit_studio.app.running import Runner
from summit_studio.app.sentences import sentences
from summit_studio.app.session import Files, Notice, Session
from summit_studio.app.settings import Settings
from summit_studio.app.status import Status
from summit_studio.app.theme import Theme
from summit_studio.app.trusting import TRUST, TrustOffer
from summit_studio.app.welcome import WelcomePage
from summit_studio.core.errors import SummitError, Where
from summit_studio.core.problems import Severity
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
        self._dialog: QDialog | None = None
        self._leaving = False
        self._blocked: Notice | None = None
        self._run_is_elsewhere = False
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
        self._make_menus()
        self._make_tool_bar()
        self.dropping = Dropping(self)

    def _make_menus(self) -> None:
        menus: dict[str, QMenu] = {}
        for entry in TABLE:
            if not entry.menu:
                continue
            if entry.menu not in menus:
                menus[entry.menu] = self.menuBar().addMenu(f"&{entry.menu}")
            if entry.gap:
                menus[entry.menu].addSeparator()
            menus[entry.menu].addAction(self.actions_table[entry.id])
            if entry.id == "open":
                self._recent = menus["File"].addMenu("Open &recent")
                self._recent.aboutToShow.connect(self._fill_recent)
                self._recent.triggered.connect(self._open_recent)
        panels = menus["View"].addMenu("&Panels")
        for action in self.docks.toggles():
            panels.addAction(action)
        for action_id in sorted(self.actions_table.on_canvas):
            self.canvas.addAction(self.actions_table[action_id])

    def _make_tool_bar(self) -> None:
        bar = self.addToolBar("Tools")
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(bar.iconSize().boundedTo(bar.iconSize().__class__(18, 18)))
        menu = ""
        for entry in TABLE:
            if entry.tool:
                if menu and entry.menu != menu:
                    bar.addSeparator()
                menu = entry.menu
                bar.addAction(self.actions_table[entry.id])
        run = bar.widgetForAction(self.actions_table["run"])
        if run is not None:
            run.setProperty("primary", True)
            run.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)  # type: ignore[attr-defined]
        self.tool_bar = bar

    def _wire(self) -> None:
        session, scene = self.session, self.canvas.scene()
        session.noticed.connect(self.banner.show_notice)
        session.bridge.changed.connect(self._changed)
        session.bridge.history_changed.connect(self._refresh)
        session.selected.connect(self._refresh)
        session.selection_asked.connect(self._choose)
        session.checked_changed.connect(self._checked)
        session.file_changed.connect(self._refresh)
        session.place_asked.connect(self.go_to)
        scene.selection_changed.connect(session.select)
        self.banner.asked.connect(self._banner_asked)
        self.library.add_wanted.connect(self.dropping.add_in_view)
        self.inspector.connection_wanted.connect(self.open_connections)
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
        self.desk.saved.connect(self._refresh)
        self.runner.started.connect(self._run_started)
        self.runner.ticked.connect(self._run_ticked)
        self.runner.ended.connect(self._run_ended)

    @property
    def editing(self) -> bool:
        """True while a document is shown, not the welcome page."""
        return self._stack.currentWidget() is self.canvas

    def show_welcome(self) -> None:
        """Show the welcome page and nothing around it."""
        self.welcome.refresh()
        self._stack.setCurrentWidget(self.welcome)
        self.docks.set_visible(False)
        self._refresh()

    @Slot(object)
    def _opened(self, _files: Files) -> None:
        first = not self.editing
        self._stack.setCurrentWidget(self.canvas)
        if first:
            self.docks.set_visible(True)
        self.session.bridge.flush()
        self.session.choose(Selection())
        self._forget_run()
        self.checker.check_now()
        self.dropping.look_at_start()
        self.canvas.setFocus()
        self._refresh()

    def _forget_run(self) -> None:
        # A run under way goes on and is followed, but its counts belong to another document.
        self._run_is_elsewhere = self.runner.running
        self.canvas.scene().set_live({}, {})
        if not self.runner.running:
            self.run_panel.clear()
            self.status.set_ready()

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
        self._refresh()

    @Slot()
    def _refresh(self, _ignored: object = None) -> None:
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
            self.open_properties()

    @Slot(object)
    def _checked(self, checked: Any) -> None:
        self.canvas.scene().set_problems(worst(checked.problems))
        if checked.ok:
            self.banner.take_back(self._blocked)

    @Slot(object)
    def _count_problems(self, counts: Any) -> None:
        errors, warnings = counts
        total = errors + warnings
        self.docks.set_title("problems", f"Problems ({total})" if total else "Problems")

    def start_run(self) -> None:
        """Run the document; with errors known, show them in its stead."""
        try:
            self.session.files.to_run()
        except SummitError as error:
            self.session.notice(Notice.of(error))
            return
        checked = self.session.checked
        fresh = (
            checked is not None and checked.document.meaning() == self.session.document.meaning()
        )
        if checked is not None and fresh and not checked.ok:
            self.docks.show("problems")
            errors = sum(p.severity is Severity.ERROR for p in checked.problems)
            noun = "problem stands" if errors == 1 else "problems stand"
            text = f"{errors} {noun} in the way of a run"
            offer = TRUST if self.trust_offer.needed(checked) else ()
            detail = "Solve what is listed under Problems first."
            self._blocked = Notice(text, detail, Severity.ERROR, *offer)
            self.session.notice(self._blocked)
            return
        self.banner.dismiss()
        self.docks.show("run")
        self.runner.start()

    @Slot(object)
    def _run_started(self, _run: RunState) -> None:
        self._run_is_elsewhere = False
        self._refresh()

    @Slot(object)
    def _run_ticked(self, run: RunState) -> None:
        self._show_live(run)
        self.status.set_run(run, cancelling=self.runner.cancelling)
        if self.actions_table["stop"].isEnabled() == self.runner.cancelling:
            self._refresh()

    def _show_live(self, run: RunState) -> None:
        if not self._run_is_elsewhere:
            self.dropping.show_live(run)

    @Slot(object)
    def _run_ended(self, run: RunState) -> None:
        self._show_live(run)
        self.status.set_run(run, cancelling=False)
        self._refresh()
        if run.error is not None and run.status.value in {"failed", "quality_failed"}:
            error = run.error
            detail = sentences(str(error.where), error.why, error.do)
            self.session.notice(Notice(error.what, detail, Severity.ERROR))
            here = run.failed_node in self.session.document.nodes
            if run.failed_node and here and not self._run_is_elsewhere:
                self.select_soon([run.failed_node])
                self.canvas.center_on_node(run.failed_node)

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

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def open_connections(self, _spec: object = None) -> None:
        """Show the connections of the workspace."""
        from summit_studio.app.connections_dialog import ConnectionsDialog

        self._open(ConnectionsDialog(self.session, self))

    def open_properties(self) -> None:
        """Show the pipeline's properties."""
        from summit_studio.app.properties_dialog import PropertiesDialog

        self._open(PropertiesDialog(self.session, self))

    def open_export(self) -> None:
        """Show the export of the saved file."""
        from summit_studio.app.export_dialog import ExportDialog

        if self.session.files.path is not None:
            self._open(ExportDialog(self.session.files.path, self))

    def open_shortcuts(self) -> None:
        """Show the page of keys."""
        self._open(ShortcutsDialog(self))

    @Slot()
    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self.settings.recent:
            self._recent.addAction(str(path)).setData(path)
        if self._recent.isEmpty():
            self._recent.addAction("Nothing yet").setEnabled(False)

    @Slot(object)
    def _open_recent(self, action: Any) -> None:
        if isinstance(action.data(), Path):
            self.handlers.open_path(action.data())

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
        self.inspector.tables.close()
        self.run_panel.history.close_worker()
        self.desk.close()
