"""What is open: the document, its file and workspace, the selection, what the checks found."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr
from summit_studio.app.session.alike import Alike
from summit_studio.app.session.bridge import Bridge
from summit_studio.app.session.chances import Chances, Place
from summit_studio.app.session.names import Names
from summit_studio.app.session.past_runs import Past
from summit_studio.app.session.pointed import Pointed
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.shapes import Shapes
from summit_studio.app.session.weighed import Weighed
from summit_studio.core.errors import InvalidDocument, SummitError, Where
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.schema import Schema
from summit_studio.document.edits import Edit
from summit_studio.document.files import SUFFIX
from summit_studio.document.fixing import edit_of, edit_of_all
from summit_studio.document.identity import id_of
from summit_studio.document.model import Document, Node, PortRef
from summit_studio.document.text import Loaded
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.params import Editor
from summit_studio.planning.modules import MODULE, drawn_id, is_inner
from summit_studio.workspace.connections import Connection
from summit_studio.workspace.picked import Pick, Picked, picked_for, remember_picked
from summit_studio.workspace.trust import config_folder
from summit_studio.workspace.workspace import Workspace, save_connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from summit_studio.document.modules import Module
    from summit_studio.formats.contract import Finding
    from summit_studio.planning.check import Checked
    from summit_studio.planning.delivery import Delivered


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell without stopping anybody: shown as a banner.

    Args:
        action: What a button on the banner says; `act` names an action of the table.
        more: The same of further buttons.
    """

    text: str
    detail: str = ""
    severity: Severity = Severity.INFO
    action: str = ""
    act: str = ""
    more: tuple[tuple[str, str], ...] = ()

    @property
    def offers(self) -> tuple[tuple[str, str], ...]:
        """What all buttons say, and their actions."""
        return ((self.action, self.act), *self.more) if self.action else self.more

    @classmethod
    def of(cls, error: Exception) -> "Notice":
        """Return the notice that says what `error` says."""
        if isinstance(error, SummitError):
            detail = sentences(str(error.where), error.why, error.do)
            return cls(error.what, detail, Severity.ERROR)
        return cls(tr("Something went wrong"), f"{type(error).__name__}: {error}", Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Files:
    """Where the open document comes from.

    Args:
        loaded: What was read or saved last.
        holder: The other editor that has it open, in words; empty where there is none.
        past: The past run that is shown instead of a file.
    """

    path: Path | None = None
    loaded: Loaded | None = None
    holder: str = ""
    past: Past | None = None

    @property
    def read_only(self) -> bool:
        """True if a newer version wrote it, another editor has it open, or it is a past run."""
        if self.past is not None:
            return True
        return bool(self.holder) or (self.loaded is not None and self.loaded.read_only)

    def to_run(self) -> None:
        """Do nothing where the document may run here.

        Raises:
            InvalidDocument: A newer version wrote it, or it is a past run.
        """
        if self.past is not None:
            raise InvalidDocument(
                tr("A past run cannot run again"),
                why=tr("this is the pipeline as it was then"),
                do=tr("run the pipeline itself, or save this one under another name"),
                code="past_run",
            )
        if self.loaded is not None:
            self.loaded.to_run()

    @property
    def folder(self) -> Path:
        """The workspace of the document."""
        own = self.path.parent if self.path else None
        return own or (self.past.folder if self.past else None) or default_folder()

    @property
    def name(self) -> str:
        """The file's name without its ending, or an empty text."""
        return self.path.name.removesuffix(SUFFIX) if self.path else ""


@dataclass(slots=True)
class _Known:
    """What the last check found, by node, so that views need not look through all of it."""

    checked: "Checked | None" = None
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    deliveries: "Mapping[str, Delivered]" = field(default_factory=dict)


def _outer(problem: Problem) -> Problem:
    """Return a problem inside a module as one of the module's node: it is of no field there."""
    where = problem.where
    return (
        replace(problem, where=replace(where, param=None)) if is_inner(where.node_id) else problem
    )


def _names_its_own_columns(kind: type[AnyNode]) -> bool:
    """Return True of a source with a field that names columns of what it gives."""
    extras = (field.json_schema_extra for field in kind.params_class.model_fields.values())
    chooses = any(isinstance(e, dict) and e.get("editor") == Editor.COLUMNS for e in extras)
    return chooses and not kind.inputs and bool(kind.outputs)


class Session(QObject):
    """Passed to everything in the editor. Lives on the UI thread.

    Args:
        bridge: Holds the document and its undo stack.
        catalogue: The known node types.
        theme: How everything looks.
    """

    selected = Signal(object)
    checked_changed = Signal(object)
    chances_changed = Signal(object)
    deliveries_changed = Signal(object)
    file_changed = Signal(object)
    values_changed = Signal(object)
    parameters_renamed = Signal(object)
    workspace_changed = Signal(object)
    noticed = Signal(object)
    withdrawn = Signal(object)
    place_asked = Signal(object)
    selection_asked = Signal(object)
    column_asked = Signal(object)
    weigh_asked = Signal(object)
    reshaped = Signal()

    def __init__(
        self,
        bridge: Bridge,
        catalogue: Catalogue,
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.catalogue = catalogue
        self.names = Names(catalogue, self.kind_of)
        self._old_names = Names(catalogue, self.kind_of)
        self.theme = theme
        self.selection = Selection()
        self.files = Files()
        self.workspace = Workspace(default_folder())
        self._values: Mapping[str, Any] = {}
        self._last_pick: Path | None = None
        self._known = _Known()
        self._shapes = Shapes(catalogue)
        self.chances = Chances()
        bridge.changed.connect(self._changed)

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self.bridge.document

    @property
    def checked(self) -> "Checked | None":
        """What the last finished check found; may be of an older document."""
        return self._known.checked

    def do(self, edit: Edit, gesture: object | None = None, *, joined: bool = False) -> bool:
        """Make an edit; where it does not fit, say why and return False.

        Args:
            edit: The change.
            gesture: A token that is equal for edits of one gesture.
            joined: True for an edit that is undone in one step with the last one.
        """
        if self.files.read_only:
            self.notice(self.why_read_only())
            return False
        try:
            if joined:
                self.bridge.join(edit)
            else:
                self.bridge.do(edit, gesture)
        except SummitError as error:
            self.notice(Notice.of(error))
            return False
        return True

    def weigh(self, plan: Weighed) -> None:
        """Make an edit, unless it would break nodes: then it is told first, and waits."""
        self.weigh_asked.emit(plan)

    def fix(self, fix: Fix) -> None:
        """Make the edit that a fix stands for, or bring the field to which it leads."""
        if fix.field is not None:
            self.show_place(Where(node_id=fix.node_id, param=fix.field))
            return
        if fix.database is not None:
            new = Connection(name=fix.database, kind="duckdb", path=f"{fix.database}.duckdb")
            self.keep_connection(new)
            return
        edit = edit_of(fix, self.document)
        if edit is not None:
            self.do(edit)

    def fix_all(self, known: Alike) -> None:
        """Make the edits that the fixes of problems of a kind stand for, in one step."""
        label = tr("{label}, {count} times", label=known.label, count=len(known.fixes))
        edit = edit_of_all(label, known.fixes, self.document)
        if edit is not None:
            self.do(edit)

    def keep_connection(self, connection: Connection) -> bool:
        """Write a connection into the workspace, and say so; False where that fails."""
        try:
            self.workspace.root.mkdir(parents=True, exist_ok=True)
            save_connection(self.workspace.root, connection)
        except (SummitError, OSError) as error:
            self.notice(Notice.of(error))
            return False
        self.reload_workspace()
        detail = tr(
            "It leads to {path}. It can be renamed under Connections.", path=connection.path
        )
        self.notice(Notice(tr("Connection '{name}' added", name=connection.name), detail))
        return True

    def why_read_only(self) -> Notice:
        """Return the notice that says why the open document can only be read."""
        files = self.files
        if files.holder:
            what = tr(
                "It is open in another window ({holder}). Take it over to change it here",
                holder=files.holder,
            )
            detail = tr("{what}, with what was not saved there.", what=what)
            return Notice(
                tr("Opened read-only"), detail, Severity.WARNING, tr("Take over"), "take_over"
            )
        if files.past is not None:
            detail = tr(
                "It shows the pipeline as it ran. Save it under another name to change a copy."
            )
            return Notice(
                tr("This is a past run"), detail, Severity.INFO, tr("Save as…"), "save_as"
            )
        told = " ".join(files.loaded.notices) if files.loaded else ""
        detail = told or tr("A newer version of Summit Studio wrote this file.")
        detail += tr(" Save it under another name to change the copy.")
        return Notice(tr("Opened read-only"), detail, Severity.WARNING, tr("Save as…"), "save_as")

    def select(self, selection: Selection) -> None:
        """Take a new selection and tell everyone."""
        if selection != self.selection:
            left = set(self.selection.nodes) - set(selection.nodes)
            self.selection = selection
            self._take(self.chances.left_nodes(left))
            self.selected.emit(selection)

    def choose(self, selection: Selection) -> None:
        """Ask the canvas to select something; it then tells everyone."""
        self.selection_asked.emit(selection)

    def choose_nodes(self, node_ids: "Iterable[str]") -> None:
        """Ask the canvas to select nodes, once it has drawn those just made."""
        self.bridge.flush()
        self.choose(Selection(nodes=tuple(node_ids)))

    def show_place(self, where: Where) -> None:
        """Ask views to bring a node, and a field of it, before the person's eyes."""
        self.place_asked.emit(where)

    def ask_of_column(self, pointed: Pointed) -> None:
        """Ask for what a person wants to know, or to do, of a column that they point at."""
        self.column_asked.emit(pointed)

    def notice(self, notice: Notice) -> None:
        """Tell the person something."""
        self.noticed.emit(notice)

    def withdraw(self, notice: Notice) -> None:
        """Take back what was told: it no longer holds."""
        self.withdrawn.emit(notice)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme, for what asks for it while it draws."""
        self.theme = theme

    @property
    def values(self) -> dict[str, Any]:
        """What runs, checks and previews take for parameters; for the others their defaults."""
        from summit_studio.planning.parameters import values_fitting

        return values_fitting(self.document, self._values) if self._values else {}

    def set_values(self, values: "Mapping[str, Any]") -> None:
        """Take other values of parameters; they are no part of the document."""
        if values != self._values:
            self._values = dict(values)
            self.values_changed.emit(self._values)

    def rename_values(self, names: "Mapping[str, str]") -> None:
        """Give values of parameters that were renamed to their new names."""
        kept = {n: v for n, v in self._values.items() if n not in names}
        moved = {new: self._values[old] for old, new in names.items() if old in self._values}
        self.set_values({**kept, **moved})

    def set_files(self, files: Files) -> None:
        """Take where the document comes from; opens its workspace."""
        picked = Picked()
        if files.path is not None:
            picked = picked_for(files.path, id_of(self.document, files.path))
        self._set_files(files, picked)

    def move_to(self, files: Files) -> None:
        """Take the file that the document was saved as; what was picked for it stays picked."""
        self._set_files(files, self.workspace.picked)
        self._remember_picked()

    def _set_files(self, files: Files, picked: Picked) -> None:
        self.workspace = replace(self.workspace, picked=picked)
        self.files = files
        self.file_changed.emit(files)
        self.reload_workspace()

    @property
    def working_folder(self) -> Path:
        """Where the person works: the document's folder, else that of the last file picked."""
        if self.files.path is not None:
            return self.files.path.parent
        return self._last_pick.parent if self._last_pick else start_folder()

    def pick(self, pick: Pick) -> None:
        """Take a file that the person picked, which is leave to use it in this pipeline."""
        self._last_pick = pick.path
        known = self.workspace
        allowed = known.may_write if pick.to_write else known.may_read
        # Kept of files inside, too: the pipeline may be saved in another folder.
        self.workspace = replace(known, picked=known.picked.with_pick(pick))
        self._remember_picked()
        if not allowed(pick.path):
            self.workspace_changed.emit(self.workspace)

    def _remember_picked(self) -> None:
        path, picked = self.files.path, self.workspace.picked
        if path is None or picked == Picked():
            return
        try:
            remember_picked(path, id_of(self.document, path), picked)
        except SummitError as error:
            self.notice(Notice.of(error))

    def reload_workspace(self) -> None:
        """Read the workspace anew, after its connections or its trust changed."""
        folder = self.files.folder
        picked = self.workspace.picked
        try:
            self.workspace = Workspace.open(folder, picked)
        except SummitError as error:
            self.workspace = Workspace(folder.resolve(), picked=picked)
            self.notice(Notice.of(error))
        self.workspace_changed.emit(self.workspace)

    def set_checked(self, checked: "Checked") -> None:
        """Take what a check found."""
        problems: dict[str, list[Problem]] = {}
        for problem in checked.problems:
            problems.setdefault(drawn_id(problem.where.node_id or ""), []).append(_outer(problem))
        self._known = _Known(checked, problems, self._known.deliveries)
        self.chances = self.chances.checked(checked.problems)
        if self._shapes.learn(checked, self.workspace):
            self.reshaped.emit()
        self.checked_changed.emit(checked)

    def set_deliveries(self, deliveries: "Mapping[str, Delivered]") -> None:
        """Take what is known of how sinks deliver."""
        self._known.deliveries = deliveries
        self.deliveries_changed.emit(deliveries)

    def delivery_of(self, node_id: str) -> "Delivered | None":
        """Return what is known of how a sink delivers, or None."""
        return self._known.deliveries.get(node_id)

    def problems_of(self, node_id: str) -> list[Problem]:
        """Return what the last check found at a node."""
        return self._known.problems.get(node_id, [])

    def shown(self, problem: Problem) -> Severity:
        """Return how loudly a problem is told now: a hint where nobody had a chance yet."""
        return self.chances.shown(problem)

    def type_in(self, place: Place) -> None:
        """Take that a field is typed in: what is wrong there waits until it is left."""
        self._take(self.chances.typed(place))

    def leave_field(self, place: Place) -> None:
        """Take that a field was left: what is wrong there is told now."""
        self._take(self.chances.left_field(place))

    def ask_run(self) -> None:
        """Take that a run was asked for: all that is wrong is told now."""
        self._take(self.chances.run_asked())

    def _take(self, chances: Chances) -> None:
        if chances != self.chances:
            self.chances = chances
            self.chances_changed.emit(chances)

    @Slot(object)
    def _changed(self, change: Any) -> None:
        # Nodes of a document just opened are not fresh: nothing of it can be undone.
        new = change.document.nodes.keys() - change.previous.nodes.keys()
        if not (self.bridge.can_undo or self.bridge.can_redo):
            self._take(Chances())
        elif new:
            self._take(self.chances.added(new))

    def findings_of(self, node_id: str) -> "tuple[Finding, ...]":
        """Return what a source found out of its file, by the last check."""
        return self.checked.findings.get(node_id, ()) if self.checked else ()

    def input_schemas(self, node_id: str) -> dict[str, Schema]:
        """Return the columns that arrive at each port, those of several edges one after another."""
        found: dict[str, Schema] = {}
        schemas: Mapping[Any, Schema] = self.checked.schemas if self.checked else {}
        for edge in self.document.edges_into(node_id):
            schema = schemas.get(edge.source)
            if schema is not None:
                before = found.get(edge.target.port, Schema())
                found[edge.target.port] = before.with_columns(*schema)
        return found

    def offered_schemas(self, node_id: str) -> dict[str, Schema]:
        """Return the columns that a node's fields may name: those that arrive, a source's own."""
        node = self.document.nodes.get(node_id)
        kind = self.kind_of(node) if node is not None else None
        if kind is None or self.checked is None or not _names_its_own_columns(kind):
            return self.input_schemas(node_id)
        port = kind.outputs[0].name
        schema = self.checked.schemas.get(PortRef(node_id, port))
        return {} if schema is None else {port: schema}

    def kind_of(self, node: Node) -> type[AnyNode] | None:
        """Return a node's type, or None for one that is not installed."""
        return self._shapes.kind_of(node, self.workspace)

    def module_of(self, node_id: str) -> "Module | None":
        """Return what a module's node stands for; None of others, and where it cannot be read."""
        node = self.document.nodes.get(node_id)
        if node is None or node.type != MODULE:
            return None
        return self._shapes.module_of(node, self.workspace)

    def main_ports(self, document: Document | None = None) -> dict[str, str]:
        """Return the first output port of every node that has one, by default of this document."""
        nodes = (document or self.document).nodes
        kinds = ((i, self.kind_of(n)) for i, n in nodes.items())
        ports = ((i, kind.output_ports()) for i, kind in kinds if kind)
        inner = self.checked.nodes.items() if self.checked else ()
        inside = ((i, node.output_ports()) for i, node in inner if is_inner(i))
        return {i: found[0].name for i, found in (*inside, *ports) if found}

    def new_run(self, document: Document) -> RunState:
        """Return the state of a run of a document that is about to begin."""
        checked, mains = self.checked, self.main_ports(document)
        if checked is None or checked.drawn is not document:
            return RunState(document, mains)
        return RunState(document, mains, checked.document, checked.outputs)

    def title_of(self, node_id: str, document: Document | None = None) -> str:
        """Return what people call a node, in another document where it is not in this one.

        It tells the node from all others of its document: see `Names`.
        """
        if node_id in self.document.nodes:
            return self.names.of(self.document)[node_id]
        inner = self.checked.nodes.get(node_id) if self.checked else None
        if inner is not None:
            return inner.node_title
        return self._old_names.of(document).get(node_id, node_id) if document else node_id


def start_folder() -> Path:
    """Return where dialogs begin: where the editor was started, at home if that was nowhere."""
    here = Path.cwd()
    return here if here != here.parent else Path.home()


def default_folder() -> Path:
    """Return the scratch folder: the workspace of pipelines that have no file yet."""
    return config_folder() / "workspace"
