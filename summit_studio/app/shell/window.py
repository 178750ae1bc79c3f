"""The main window: makes the parts, puts them in their places and connects them."""

from PySide6.QtCore import QPoint, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow

from summit_studio.app.canvas.requests import ContextRequest
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.dialogs.quick_add import QuickAdd
from summit_studio.app.inspector.panel import Inspector
from summit_studio.app.panels.dead_letters import DeadLettersPanel
from summit_studio.app.panels.library import Library
from summit_studio.app.panels.outline import Outline
from summit_studio.app.panels.preview import PreviewPanel
from summit_studio.app.panels.problems import ProblemsPanel
from summit_studio.app.panels.run_panel import RunPanel
from summit_studio.app.session.design import DesignChecker
from summit_studio.app.session.examples import examples
from summit_studio.app.session.files import FileDesk
from summit_studio.app.session.letters import LetterDesk
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Files, Session
from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.actions import ON_FIELD, Actions
from summit_studio.app.shell.banner import Banner
from summit_studio.app.shell.conditions import conditions
from summit_studio.app.shell.dialogs import Dialogs
from summit_studio.app.shell.docks import Docks
from summit_studio.app.shell.dropping import Dropping
from summit_studio.app.shell.edit_actions import EditActions
from summit_studio.app.shell.faces import CatalogueFaces
from summit_studio.app.shell.file_actions import FileActions
from summit_studio.app.shell.following import RunFollower
from summit_studio.app.shell.letters import LetterFollower
from summit_studio.app.shell.marking import Marking
from summit_studio.app.shell.menus import (
    RecentMenu,
    fill_menu_bar,
    fill_tool_bar,
    open_canvas_menu,
    open_menu,
)
from summit_studio.app.shell.middle import Middle
from summit_studio.app.shell.module_actions import ModuleActions
from summit_studio.app.shell.palette import CommandPalette
from summit_studio.app.shell.resuming import Resuming
from summit_studio.app.shell.run_actions import RunActions
from summit_studio.app.shell.run_gate import RunGate
from summit_studio.app.shell.showing import Showing
from summit_studio.app.shell.status import Status
from summit_studio.app.shell.theming import Theming
from summit_studio.app.shell.trusting import TrustOffer
from summit_studio.app.shell.view_actions import ViewActions
from summit_studio.app.shell.welcome import WelcomePage
from summit_studio.expressions.functions import functions


class MainWindow(QMainWindow):
    """One window, one session. Nothing but this class reaches through it.

    Args:
        session: The document and all that belongs to it.
        settings: What is remembered between starts.
    """

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.setWindowTitle("Summit Studio")
        self.setMinimumSize(960, 600)
        self.session = session
        self.settings = settings
        self._leaving = False
        self._make_workers()
        self._make_views()
        self._make_helpers()
        self._make_actions()
        self._connect_session()
        self._connect_views()
        self._connect_runs()
        self._connect_theme()
        self.show_welcome()

    def _make_workers(self) -> None:
        self.supervisor = RunSupervisor(self.session, self)
        self.checker = DesignChecker(self.session, self)
        self.desk = FileDesk(self.session, self.settings, self)

    def _make_views(self) -> None:
        session = self.session
        faces = CatalogueFaces(session.catalogue, session.kind_of)
        self.canvas = CanvasView(session.bridge, faces, session.theme, self)
        self.library = Library(session)
        self.outline = Outline(session)
        calls = {name: f"{f.signature}: {f.doc}" for name, f in functions().items()}
        self.inspector = Inspector(session, calls)
        self.preview = PreviewPanel(session)
        self.problems = ProblemsPanel(session)
        self.run_panel = RunPanel(session, self.supervisor)
        self.letters = LetterDesk(session, self)
        self.dead_letters = DeadLettersPanel(session, self.letters, self.supervisor, calls)
        self.welcome = WelcomePage(self.settings, examples())
        self.banner = Banner(session.theme)
        self.quick_add = QuickAdd(session, self)
        self.status = Status(self)
        self.middle = Middle(self.banner, self.welcome, self.canvas)
        self.setCentralWidget(self.middle)
        self.setStatusBar(self.status)
        self.docks = Docks(
            self,
            self.settings,
            {
                "library": ("Library", self.library),
                "outline": ("Outline", self.outline),
                "inspector": ("Inspector", self.inspector),
                "preview": ("Preview", self.preview),
                "problems": ("Problems", self.problems),
                "run": ("Run", self.run_panel),
                "dead_letters": ("Dead letters", self.dead_letters),
            },
        )

    def _make_helpers(self) -> None:
        session, show = self.session, self.docks.show
        self.theming = Theming(session, self.settings, self)
        self.dialogs = Dialogs(session, self)
        self.dropping = Dropping(session, self.canvas, self.quick_add, self)
        self.showing = Showing(session, self.canvas, self.inspector, show, self)
        self.trust_offer = TrustOffer(session, self)
        self.marking = Marking(session, self.canvas.scene(), self)
        self.gate = RunGate(session, self.supervisor, self.trust_offer, self.banner, show, self)
        self.following = RunFollower(session, self.supervisor, self.marking, self.status, self)
        self.lettering = LetterFollower(
            session, self.letters, self.dead_letters, self.canvas, self.marking, self.docks, self
        )
        self.resuming = Resuming(session, self.supervisor, self.gate, self.banner, self)

    def _make_actions(self) -> None:
        session = self.session
        self.actions_table = Actions(
            conditions(session, self.desk, self.supervisor, self.resuming, self._editing), self
        )
        self.commands = CommandPalette(self.actions_table, self)
        self.file_actions = FileActions(session, self.desk, self.dialogs.export, self)
        self.modules = ModuleActions(session, self.inspector, self.file_actions.open_path, self)
        self.actions_table.bind(
            self,
            self.commands,
            self.dialogs,
            self.docks,
            self.dropping,
            self.file_actions,
            self.gate,
            self.lettering,
            self.modules,
            self.resuming,
            self.showing,
            self.theming,
            self.trust_offer,
            EditActions(session, self.dropping.place_at_cursor, self),
            RunActions(self.supervisor, self.checker, self.preview, self.docks.show, self),
            ViewActions(self.canvas, self),
        )
        self.actions_table.work_on(self.canvas)
        recent = RecentMenu(self.settings, self)
        recent.picked.connect(self.file_actions.open_path)
        fill_menu_bar(self.menuBar(), self.actions_table, recent, self.docks.toggles())
        fill_tool_bar(self.addToolBar("Tools"), self.actions_table)

    def _connect_session(self) -> None:
        session = self.session
        session.noticed.connect(self.banner.show_notice)
        session.selection_asked.connect(self.canvas.select)
        session.bridge.changed.connect(self.refresh)
        session.bridge.history_changed.connect(self.refresh)
        session.selected.connect(self.refresh)
        session.file_changed.connect(self.refresh)
        self.desk.opened.connect(self._opened)
        self.desk.saved.connect(self.refresh)
        self.desk.opened.connect(self.lettering.begin)
        self.supervisor.ended.connect(self.lettering.look)
        self.trust_offer.trusted.connect(self.banner.dismiss)

    def _connect_views(self) -> None:
        self.canvas.make_edits_by(self.session.do)
        self.canvas.scene().selection_changed.connect(self.session.select)
        self.canvas.node_activated.connect(self.modules.activated)
        session = self.session
        session.reshaped.connect(self.canvas.scene().refresh_faces)
        self.canvas.zoom_changed.connect(self.status.set_zoom)
        self.canvas.refused.connect(self.status.tell)
        self.canvas.context_requested.connect(self._context_menu)
        self.banner.asked.connect(self.actions_table.trigger)
        self.library.add_wanted.connect(self.dropping.add_in_view)
        self.inspector.connection_wanted.connect(self.dialogs.on_connections)
        self.inspector.field_menu_wanted.connect(self._field_menu)
        self.problems.counted.connect(self.status.set_problems)
        self.problems.counted.connect(self.docks.count_problems)
        self.showing.beyond.connect(self.dialogs.show_beyond)
        self.welcome.asked.connect(self.file_actions.begin)

    def _connect_runs(self) -> None:
        self.supervisor.changed.connect(self.refresh)
        self.resuming.changed.connect(self.refresh)
        self.following.shown.connect(self.inspector.edge.show_run)
        self.following.failed_at.connect(self.showing.bring)
        self.following.cleared.connect(self.run_panel.clear)
        self.following.cleared.connect(self.status.set_ready)

    def _connect_theme(self) -> None:
        changed = self.theming.changed
        changed.connect(self.canvas.set_theme)
        changed.connect(self.inspector.set_theme)
        changed.connect(self.library.repaint_icons)
        changed.connect(self.outline.refresh)
        changed.connect(self.problems.repaint_icons)
        changed.connect(self.banner.set_theme)
        changed.connect(self.run_panel.chart.set_theme)
        changed.connect(self.dead_letters.set_theme)
        changed.connect(self.actions_table.set_theme)
        self.theming.follows.connect(self.actions_table["system_theme"].setChecked)

    @property
    def editing(self) -> bool:
        """True while a document is shown, not the welcome page."""
        return self._editing()

    def _editing(self) -> bool:
        return self.middle.editing()

    def show_welcome(self) -> None:
        """Show the welcome page and nothing around it."""
        self.middle.show_welcome()
        self.docks.set_visible(False)
        self.refresh()

    @Slot()
    def on_welcome(self) -> None:
        """Show the welcome page once nothing is lost by it."""
        self.desk.when_safe(self.show_welcome)

    @Slot()
    def on_quit(self) -> None:
        """Leave."""
        self.close()

    @Slot(object)
    def _opened(self, _files: Files) -> None:
        first = not self.editing
        self.middle.show_canvas()
        if first:
            self.docks.set_visible(True)
        self.session.bridge.flush()
        self.session.choose(Selection())
        self.following.leave()
        self.checker.check_now()
        self.showing.look_at_start()
        self.canvas.setFocus()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Bring title, actions and undo texts up to date."""
        bridge, files = self.session.bridge, self.session.files
        self.actions_table.refresh()
        self.actions_table.name_history(bridge.undo_text, bridge.redo_text)
        if not self.editing:
            self.setWindowTitle("Summit Studio")
            self.setWindowModified(False)
            return
        name = files.path.name if files.path else self.session.document.name
        mark = " (read-only)" if files.read_only else ""
        self.setWindowTitle(f"{name}[*]{mark} \N{EN DASH} Summit Studio")
        self.setWindowModified(not bridge.clean)

    @Slot(object)
    def _context_menu(self, request: ContextRequest) -> None:
        selected = bool(request.node or request.edge or request.note)
        open_canvas_menu(self.actions_table, request.global_place, self, selected=selected)

    @Slot(object)
    def _field_menu(self, place: QPoint) -> None:
        open_menu(self.actions_table, ON_FIELD, place, self)

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
        self.supervisor.close()
        self.checker.close()
        self.modules.close_down()
        self.resuming.close()
        self.preview.close_worker()
        self.inspector.close_workers()
        self.run_panel.history.close_worker()
        self.dead_letters.close_worker()
        self.desk.close()
