"""Offers to trust a folder, once, where its pipeline needs trust to run."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from summit_studio.app.look.words import mark, shown, tr
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.workspace.connections import FILE_KINDS
from summit_studio.workspace.trust import trust

if TYPE_CHECKING:
    from pathlib import Path

    from summit_studio.planning.check import Checked
    from summit_studio.workspace.workspace import Workspace

TRUST = (mark("Trust this folder"), "trust")
"""What the button of a notice says, and the action behind it."""
_OUTSIDE = "outside_workspace"
_SCRATCH = mark("It is not saved yet, and its folder is the scratch folder")


class TrustOffer(QObject):
    """Looks at every check; asks once a folder, and no longer than trust is needed there."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: Path | None = None
        self._offer: Notice | None = None
        session.checked_changed.connect(self._checked)
        session.workspace_changed.connect(self._moved)

    @Slot()
    def on_trust(self) -> None:
        """Let the pipelines of this folder run code and reach databases."""
        try:
            trust(self._session.workspace.root)
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return
        self._session.reload_workspace()

    @Slot(object)
    def _checked(self, checked: "Checked") -> None:
        workspace = self._session.workspace
        if not self.needed(checked):
            self._withdraw()
            self._asked = None
            return
        if self._asked == workspace.root:
            return
        self._asked = workspace.root
        folder = tr("Its folder is") if self._session.files.path else tr(_SCRATCH)
        self._offer = Notice(
            tr("This folder is not trusted yet"),
            tr(
                "The pipeline runs code, reaches databases, or uses files outside its folder "
                "that were not picked. Trust the folder only if you know where its files come "
                "from. {folder} {root}",
                folder=folder,
                root=workspace.root,
            ),
            Severity.WARNING,
            *shown(TRUST),
        )
        self._session.notice(self._offer)

    @Slot(object)
    def _moved(self, workspace: "Workspace") -> None:
        """Ask no longer about a folder that is trusted now, or is the pipeline's no more."""
        if workspace.trusted or workspace.root != self._asked:
            self._withdraw()

    def _withdraw(self) -> None:
        if self._offer is not None:
            self._session.withdraw(self._offer)
            self._offer = None

    def needed(self, checked: "Checked") -> bool:
        """Return True where the pipeline needs trust that its folder does not have."""
        return not self._session.workspace.trusted and (
            any(p.code == _OUTSIDE for p in checked.problems)
            or any(self._is_guarded(node) for node in checked.nodes.values())
        )

    def _is_guarded(self, node: AnyNode) -> bool:
        name = getattr(node.params, "connection", None)
        connection = self._session.workspace.connections.get(name) if name else None
        return node.runs_code or (connection is not None and connection.kind not in FILE_KINDS)
