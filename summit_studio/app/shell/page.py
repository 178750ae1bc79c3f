"""A page: one open document with all that belongs to it, made, placed and connected."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMainWindow

from summit_studio.app.canvas.minimap import Minimap
from summit_studio.app.canvas.signposts import Signposts
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.dialogs.quick_add import QuickAdd
from summit_studio.app.inspector.panel import Inspector
from summit_studio.app.look.words import tr
from summit_studio.app.panels.columns import ColumnsPanel
from summit_studio.app.panels.connections import ConnectionsPanel
from summit_studio.app.panels.dead_letters import DeadLettersPanel
from summit_studio.app.panels.library import Library
from summit_studio.app.panels.outline import Outline
from summit_studio.app.panels.preview import PreviewPanel
from summit_studio.app.panels.problems import ProblemsPanel
from summit_studio.app.panels.run_panel import RunPanel
from summit_studio.app.panels.settings import SettingsPanel
from summit_studio.app.session.browsing import Browsing
from summit_studio.app.session.catching_up import CatchingUp
from summit_studio.app.session.columns import ColumnDesk
from summit_studio.app.session.design import DesignChecker
from summit_studio.app.session.files import FileDesk
from summit_studio.app.session.finding import Finder
from summit_studio.app.session.leaving import Leaving
from summit_studio.app.session.letters import LetterDesk
from summit_studio.app.session.merging import MergeQuestion
from summit_studio.app.session.past_runs import Past, document_of, state_of, told_by
from summit_studio.app.session.pinning import Pins
from summit_studio.app.session.run_values import RunValues
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Files, Session
from summit_studio.app.session.settings import Settings
from summit_studio.app.session.watching import FileWatch
from summit_studio.app.session.weighing import Weigher
from summit_studio.app.shell.adding import Adding
from summit_studio.app.shell.align_actions import AlignActions
from summit_studio.app.shell.announcing import Announcing
from summit_studio.app.shell.banner import Banner
from summit_studio.app.shell.bend_actions import BendActions
from summit_studio.app.shell.breadcrumb import Breadcrumb
from summit_studio.app.shell.configuring import Configuring
from summit_studio.app.shell.connecting import Connecting
from summit_studio.app.shell.dialogs import Dialogs
from summit_studio.app.shell.docks import Docks, Panel, Side
from summit_studio.app.shell.dropping import Dropping
from summit_studio.app.shell.edit_actions import EditActions
from summit_studio.app.shell.faces import CatalogueFaces
from summit_studio.app.shell.file_actions import FileActions
from summit_studio.app.shell.finding import Finding
from summit_studio.app.shell.fixing import Fixing
from summit_studio.app.shell.following import RunFollower
from summit_studio.app.shell.found_runs import FoundRuns
from summit_studio.app.shell.frame_actions import FrameActions
from summit_studio.app.shell.heat import Heat
from summit_studio.app.shell.letters import LetterFollower
from summit_studio.app.shell.links import Links
from summit_studio.app.shell.marking import Marking
from summit_studio.app.shell.middle import Middle
from summit_studio.app.shell.module_actions import ModuleActions
from summit_studio.app.shell.naming import Naming
from summit_studio.app.shell.note_actions import NoteActions
from summit_studio.app.shell.panel_mover import PanelMover
from summit_studio.app.shell.paths import Paths
from summit_studio.app.shell.pictures import Pictures
from summit_studio.app.shell.queues import Queues
from summit_studio.app.shell.resuming import Resuming
from summit_studio.app.shell.rooms import Rooms
from summit_studio.app.shell.run_actions import RunActions
from summit_studio.app.shell.run_gate import RunGate
from summit_studio.app.shell.showing import Showing
from summit_studio.app.shell.state_actions import StateActions
from summit_studio.app.shell.status import Status
from summit_studio.app.shell.table_actions import TableActions
from summit_studio.app.shell.theming import Theming
from summit_studio.app.shell.tidy_actions import TidyActions
from summit_studio.app.shell.tracing import Tracing
from summit_studio.app.shell.trail import Trail
from summit_studio.app.shell.trusting import TrustOffer
from summit_studio.app.shell.version_note import VersionNote
from summit_studio.app.shell.view_actions import ViewActions
from summit_studio.expressions.functions import functions
from summit_studio.state.records import PastRun


class Page(QMainWindow):
    """One document, and what shows, checks, runs and keeps it. Pages share nothing but settings.

    A window shows it in a tab and answers what it asks for: `asked` carries the id of an action,
    `menu_asked` where on the canvas its menu is wanted, `field_menu_asked` where that of a field
    is, `table_menu_asked` where that of tables is, `module_asked` the file of a module to go into,
    `out_asked` the place on the way here to go back to, `past_asked` a past run to open. `wanted`
    carries the page itself when it is to be seen. `changed` is sent when its title may have
    changed, or what can be done with it.

    Args:
        session: The document and all that belongs to it.
        settings: What is remembered between starts.
        theming: Tells when another theme is taken.
    """

    asked = Signal(object)
    menu_asked = Signal(object)
    field_menu_asked = Signal(object)
    table_menu_asked = Signal(object)
    module_asked = Signal(object)
    out_asked = Signal(object)
    wanted = Signal(object)
    past_asked = Signal(object)
    changed = Signal()

    def __init__(self, session: Session, settings: Settings, theming: Theming) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        session.setParent(self)
        self.session = session
        self.settings = settings
        self._theming = theming
        self._make_workers()
        self._make_views()
        self._make_helpers()
        self._make_parts()
        self._connect_session()
        self._connect_views()
        self._connect_runs()
        self._connect_theme()

    def _make_workers(self) -> None:
        self.supervisor = RunSupervisor(self.session, self)
        self.pins = Pins(self.session, self)
        self.checker = DesignChecker(self.session, self.pins, self)
        self.desk = FileDesk(self.session, self.settings, self)
        self.run_values = RunValues(self.session, self.settings, self.desk, self)
        self.column_desk = ColumnDesk(self.session, self)
        self.catching_up = CatchingUp(self.session, self.column_desk, self)
        self.browsing = Browsing(self.session, self)
        self.weigher = Weigher(self.session, self.checker, self)
        self.watch = FileWatch(self.session, self.desk, self.supervisor, self)

    def _make_views(self) -> None:
        session = self.session
        faces = CatalogueFaces(session.kind_of, session.names)
        self.canvas = CanvasView(session.bridge, faces, session.theme, self)
        self.library = Library(session, self.settings)
        self.connections = ConnectionsPanel(session, self.browsing)
        self.finder = Finder(session)
        self.outline = Outline(session, self.finder)
        calls = {name: f"{f.signature}: {f.doc}" for name, f in functions().items()}
        self.inspector = Inspector(session, calls, self.pins, self.settings)
        self.preview = PreviewPanel(session, self.pins)
        self.problems = ProblemsPanel(session)
        self.columns = ColumnsPanel(session)
        self.settings_panel = SettingsPanel(session)
        self.run_panel = RunPanel(session, self.supervisor)
        self.letters = LetterDesk(session, self)
        self.dead_letters = DeadLettersPanel(session, self.letters, self.supervisor, calls)
        self.banner = Banner(session.theme)
        self.breadcrumb = Breadcrumb()
        self.quick_add = QuickAdd(session, self.settings, self)
        self.status = Status(self)
        middle = Middle(self.banner, self.breadcrumb, self.canvas)
        self.finding = Finding(session, self.finder, self.canvas, middle)
        self.setCentralWidget(middle)
        self.setStatusBar(self.status)
        self.docks = Docks(self, self.settings, self._panels())
        self.mover = PanelMover(self.docks, self)

    def _panels(self) -> tuple[Panel, ...]:
        """Return every panel, in the order of the tabs; a new one is a line here."""
        return (
            Panel("library", tr("Library"), self.library, Side.LEFT),
            Panel("connections", tr("Connections"), self.connections, Side.LEFT),
            Panel("outline", tr("Outline"), self.outline, Side.LEFT),
            Panel("inspector", tr("Inspector"), self.inspector, Side.RIGHT),
            Panel("settings", tr("Settings"), self.settings_panel, Side.RIGHT, on_demand=True),
            Panel("preview", tr("Preview"), self.preview, Side.BOTTOM),
            Panel("problems", tr("Problems"), self.problems, Side.BOTTOM),
            Panel("run", tr("Run"), self.run_panel, Side.BOTTOM),
            Panel("dead_letters", tr("Dead letters"), self.dead_letters, Side.BOTTOM),
            Panel("columns", tr("Columns"), self.columns, Side.BOTTOM),
        )

    def _make_helpers(self) -> None:
        session, show = self.session, self.docks.show
        self.dialogs = Dialogs(session, self)
        self.configuring = Configuring(self.settings_panel, self.docks, self.dialogs, self)
        self.dropping = Dropping(session, self.canvas, self)
        self.adding = Adding(
            session, self.canvas, self.quick_add, self.inspector, self.settings, show, self
        )
        self.connecting = Connecting(session, self.canvas, self)
        self.fixing = Fixing(session, self.canvas, self)
        self.links = Links(session, self)
        self.rooms = Rooms(self.canvas, self.docks, self)
        self.tidying = TidyActions(session, self.canvas, self)
        self.showing = Showing(session, self.canvas, self.inspector, show, self)
        self.trust_offer = TrustOffer(session, self)
        self.marking = Marking(session, self.canvas.scene(), self.pins, self)
        self.heat = Heat(session, self.marking, self.canvas)
        self.queues = Queues(session, self.canvas, self.heat)
        self.gate = RunGate(session, self.supervisor, self.trust_offer, show, self.preview, self)
        self.following = RunFollower(session, self.supervisor, self.marking, self.status, self)
        Announcing(self.supervisor, self.status.run)
        self.lettering = LetterFollower(
            session, self.letters, self.dead_letters, self.canvas, self.marking, self.docks, self
        )
        self.resuming = Resuming(session, self.supervisor, self.gate, self)
        self.found_runs = FoundRuns(session, self.supervisor, self)
        self.leaving = Leaving(session, self.desk, self.supervisor, self)
        self.version_note = VersionNote(self.canvas)
        self.modules = ModuleActions(session, self.inspector, self.breadcrumb, self)
        self.signposts = Signposts(self.canvas)
        self.minimap = Minimap(self.canvas, session.bridge, self.settings)
        self.trail = Trail(self.canvas, self)
        self.paths = Paths(session, self.canvas, self.status, self)
        self.pictures = Pictures(session, self.canvas, self.marking, self.status, self)
        self.tracing = Tracing(
            session, self.column_desk, self.columns, self.canvas, self.preview, self.inspector,
            show, self.docks.is_seen, self,
        )  # fmt: skip

    def _make_parts(self) -> None:
        session = self.session
        self.parts: tuple[QObject, ...] = (
            self.adding,
            self.catching_up,
            self.configuring,
            self.connecting,
            self.dialogs,
            self.docks,
            self.finding,
            self.fixing,
            self.heat,
            self.inspector,
            self.lettering,
            self.library,
            self.modules,
            self.minimap,
            self.mover,
            self.paths,
            self.pictures,
            self.preview,
            self.run_panel.history,
            self.rooms,
            self.showing,
            self.tidying,
            self.tracing,
            self.trail,
            self.trust_offer,
            self.watch,
            self.weigher,
            EditActions(session, self.canvas, self.dropping, self),
            StateActions(session, self),
            Naming(session, self.canvas, self),
            AlignActions(session, self.canvas, self),
            FrameActions(session, self.canvas, self),
            NoteActions(session, self.canvas, self),
            FileActions(session, self.desk, self.dialogs.export, self),
            RunActions(self.checker, self.preview, self.run_panel, self.docks.show, self),
            ViewActions(self.canvas, self.settings, self),
            BendActions(session, self.canvas, self),
            TableActions(
                self.browsing,
                self.connections,
                self.adding,
                self.preview,
                self.dialogs,
                self.canvas,
                self.docks.show,
                self,
            ),
        )
        """What answers the actions on this document; those on runs the window answers."""

    def _connect_session(self) -> None:
        session = self.session
        session.noticed.connect(self.banner.show_notice)
        session.withdrawn.connect(self.banner.take_back)
        session.selection_asked.connect(self.canvas.select)
        session.bridge.changed.connect(self.refresh)
        session.bridge.history_changed.connect(self.refresh)
        session.selected.connect(self.refresh)
        session.file_changed.connect(self.refresh)
        self.weigher.changed.connect(self.refresh)
        self.weigher.pointed.connect(self.tracing.light)
        self.catching_up.changed.connect(self.refresh)
        self.inspector.written.connect(self.catching_up.written)
        self.desk.opened.connect(self._opened)
        self.desk.saved.connect(self.refresh)
        self.watch.changed.connect(self.refresh)
        self.watch.compared.connect(self.dialogs.show_difference)
        self.desk.merger.asked.connect(self._ask_merge)
        self.desk.opened.connect(self.lettering.begin)
        self.desk.opened.connect(self.found_runs.look)
        self.supervisor.ended.connect(self.lettering.look)

    def _connect_views(self) -> None:
        self.canvas.make_edits_by(self.session.do)
        self.canvas.scene().selection_changed.connect(self.session.select)
        self.canvas.zoom_changed.connect(self.status.set_zoom)
        self.canvas.refused.connect(self.status.tell)
        self.canvas.link_asked.connect(self.links.open)
        self.canvas.context_requested.connect(self.menu_asked)
        self.canvas.node_activated.connect(self.modules.activated)
        self.modules.module_asked.connect(self.module_asked)
        self.modules.out_asked.connect(self.out_asked)
        self.leaving.wanted.connect(self._want)
        self.session.reshaped.connect(self.canvas.scene().refresh_faces)
        self.inspector.field_menu_wanted.connect(self.field_menu_asked)
        self.banner.asked.connect(self.asked)
        self.library.add_wanted.connect(self.adding.add_in_view)
        self.library.chose.connect(self.refresh)
        self.adding.added.connect(self.library.refresh)
        self.connections.asked.connect(self.asked)
        self.connections.menu_asked.connect(self.table_menu_asked)
        self.connections.chose.connect(self.refresh)
        self.browsing.changed.connect(self.refresh)
        self.preview.made.connect(self.canvas.glide_to)
        self.preview.condition_asked.connect(self.inspector.ask_condition)
        self.inspector.vacated.connect(self.rooms.on_go_canvas)
        self.inspector.connection_wanted.connect(self.dialogs.on_connections)
        self.problems.counted.connect(self.status.set_problems)
        self.problems.counted.connect(self.docks.count_problems)
        self.showing.beyond.connect(self.configuring.show_beyond)
        self.trail.changed.connect(self.refresh)

    def _connect_runs(self) -> None:
        self.supervisor.changed.connect(self.refresh)
        self.resuming.changed.connect(self.refresh)
        self.run_panel.pointed.connect(self.canvas.scene().point_at)
        self.pins.changed.connect(self.refresh)
        self.run_panel.history.opened.connect(self.past_asked)
        self.run_panel.history.compared.connect(self.dialogs.show_comparison)
        self.run_panel.history.chose.connect(self.refresh)
        self.following.shown.connect(self.inspector.edge.show_run)
        self.following.shown.connect(self.heat.show_run)
        self.following.shown.connect(self.queues.show_run)
        self.following.failed_at.connect(self.showing.bring)
        self.following.aged.connect(self.version_note.say)
        self.following.aged.connect(self.run_panel.say_version)
        self.following.cleared.connect(self.run_panel.clear)
        self.following.cleared.connect(self.status.set_ready)

    def _connect_theme(self) -> None:
        changed = self._theming.changed
        changed.connect(self.session.set_theme)
        changed.connect(self.canvas.set_theme)
        changed.connect(self.finding.set_theme)
        changed.connect(self.inspector.set_theme)
        changed.connect(self.minimap.set_theme)
        changed.connect(self.library.repaint_icons)
        changed.connect(self.connections.repaint_icons)
        changed.connect(self.outline.refresh)
        changed.connect(self.problems.repaint_icons)
        changed.connect(self.columns.refresh)
        changed.connect(self.banner.set_theme)
        changed.connect(self.run_panel.chart.set_theme)
        changed.connect(self.preview.set_theme)
        changed.connect(self.dead_letters.set_theme)
        changed.connect(self.heat.set_theme)

    @property
    def path(self) -> Path | None:
        """The document's file, if it has one."""
        return self.session.files.path

    @property
    def name(self) -> str:
        """What people call it: its file, or its own name where it has none."""
        files = self.session.files
        if files.past is not None:
            return files.past.title
        return files.path.name if files.path else self.session.document.name

    @property
    def modified(self) -> bool:
        """True if something would be lost without saving."""
        return not self.session.bridge.clean

    @property
    def untouched(self) -> bool:
        """True of a new pipeline that nothing was done with."""
        return not (self.path or self.modified or self.session.document.nodes or self.ran)

    @property
    def ran(self) -> bool:
        """True once a run was started here."""
        return self.supervisor.state is not None

    def show_past(self, past: PastRun) -> None:
        """Show a past run: the pipeline as it ran, its counts, ledger, log and outputs.

        Raises:
            InvalidDocument: The pipeline was not kept, or the run is not over.
        """
        document, told = document_of(past), told_by(past)
        run = state_of(told, document, self.session.main_ports(document))
        self.desk.show_past(document, Past.of(past.detail.run))
        self.supervisor.recall(run)
        self.docks.show("run")
        self.run_panel.recall(run, told)
        self.following.recall(run)

    @Slot(object)
    def _opened(self, _files: Files) -> None:
        self.session.bridge.flush()
        self.session.choose(Selection())
        self.following.leave()
        self.column_desk.end()
        self.checker.check_now()
        self.showing.look_at_start()
        self.trail.begin()
        self.canvas.setFocus()
        self.refresh()

    @Slot(object)
    def _ask_merge(self, question: MergeQuestion) -> None:
        self.dialogs.ask_merge(question, self.desk.merger)

    @Slot()
    def _want(self) -> None:
        self.wanted.emit(self)

    @Slot()
    def refresh(self) -> None:
        """Tell that title, actions and undo texts may be others now."""
        self.changed.emit()

    def shut_down(self) -> None:
        """End every worker thread; the page can only be deleted afterwards."""
        self.dialogs.close()
        self.supervisor.close()
        self.checker.close()
        self.pins.close()
        self.column_desk.close()
        self.browsing.close()
        self.modules.close_worker()
        self.resuming.close()
        self.found_runs.close()
        self.preview.close_worker()
        self.dropping.close_worker()
        self.inspector.close_workers()
        self.run_panel.history.close_worker()
        self.dead_letters.close_worker()
        self.tidying.close_worker()
        self.pictures.close_worker()
        self.watch.close()
        self.desk.close()
