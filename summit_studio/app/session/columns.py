"""Finds out about columns, away from the UI thread: where one comes from and where it goes."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.design import Designing
from summit_studio.app.session.pointed import Pointed, Wish
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.errors import InvalidParams
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from summit_studio.document.model import Document
    from summit_studio.planning.catching_up import Renamed
    from summit_studio.planning.check import Checked
    from summit_studio.planning.lineage import Lineage
    from summit_studio.planning.renaming import Renaming


class ColumnDesk(QObject):
    """Traces one column at a time, and anew after each check while it is looked at.

    `traced` carries a Lineage, `proposed` a Renaming to look at before it is made; `ended` is sent
    when nothing is looked at any more.
    """

    traced = Signal(object)
    proposed = Signal(object)
    ended = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background("columns", self)
        self._designing = Designing()
        self._pointed: Pointed | None = None
        self._proposal: tuple[Document, Renaming] | None = None
        session.column_asked.connect(self._asked)
        session.checked_changed.connect(self._checked)

    @property
    def pointed(self) -> Pointed | None:
        """The column that is looked at."""
        return self._pointed

    def follow(self, pointed: Pointed) -> None:
        """Trace a column that was clicked, unless a renaming waits to be answered."""
        renaming = self._pointed is not None and self._pointed.wish is Wish.RENAME
        if not renaming and pointed != self._pointed:
            self._pointed = pointed
            self._trace(told=False)

    def end(self) -> None:
        """Look at no column any more."""
        if self._pointed is not None:
            self._pointed = self._proposal = None
            self.ended.emit()

    def close(self) -> None:
        """Stop; waits for what is at hand."""
        self._background.close()
        self._designing.close()

    @Slot(object)
    def _asked(self, pointed: Pointed) -> None:
        self._proposal = None
        self._pointed = pointed
        if pointed.wish is Wish.TRACE:
            self._trace(told=True)
        else:
            self._propose(told=True)

    @Slot(object)
    def _checked(self, _checked: Any) -> None:
        if self._pointed is None:
            return
        if self._pointed.wish is Wish.TRACE:
            self._trace(told=False)
        else:
            self._propose(told=False)

    def _propose(self, *, told: bool) -> None:
        """Ask what a renaming comes to; anew, while it is looked at, after each edit."""
        pointed, session, checked = self._pointed, self._session, self._session.checked
        if pointed is None or checked is None:
            return
        catalogue, designing, workspace = session.catalogue, self._designing, session.workspace
        values = session.values
        self._background.submit(
            Job(
                lambda: _renaming(checked, pointed, catalogue, designing, workspace, values),
                lambda found: self._proposed(pointed, checked, found),
                lambda error: self._failed(pointed, error, told=told),
                wanted=lambda: self._pointed is pointed,
            )
        )

    def _proposed(self, pointed: Pointed, checked: "Checked", found: "Renaming") -> None:
        if self._pointed is pointed:
            self._proposal = checked.drawn, found
            self.proposed.emit(found)

    def accept(self) -> bool:
        """Make what was proposed, as one edit; False where the document is another by now."""
        if self._proposal is None:
            return False
        document, found = self._proposal
        if document.meaning() != self._session.document.meaning():
            return False  # It is proposed anew once the check of the newer one is done.
        node, pointed = found.port.node, self._pointed
        renamed = pointed.renamed if pointed is not None else None
        if not self._session.do(found.edit, joined=self.joins(renamed)):
            return False
        self.end()
        self._session.choose_nodes([node])
        return True

    def joins(self, renamed: "Renamed | None") -> bool:
        """Return True if the last step did nothing but rename a column by hand.

        One that was saved since stays a step of its own, to which undo leads back.
        """
        bridge = self._session.bridge
        before = bridge.before
        if renamed is None or before is None or bridge.clean:
            return False
        return renamed.is_all(before, bridge.document)

    def left_behind(
        self,
        now: "Checked",
        changed: "Mapping[str, Checked]",
        done: "Callable[[Renamed | None, Renaming | None], None]",
    ) -> None:
        """Find out whether nodes still use the old name of a column that was renamed by hand.

        Args:
            now: What is found in the document.
            changed: Nodes that were changed, with what was known before each was.
            done: Called on the UI thread with the column, and what is left to do.
        """
        session, catalogue, designing = self._session, self._session.catalogue, self._designing
        workspace, values = session.workspace, session.values

        def work() -> "tuple[Renamed | None, Renaming | None]":
            for renamed in _renamed_in(changed, now):
                found = _left(now, renamed, catalogue, designing, workspace, values)
                if found is not None:
                    return renamed, found
            return None, None

        self._background.submit(
            Job(
                work,
                lambda answer: done(*answer),
                lambda error: session.notice(Notice.of(error)),
            )
        )

    def _trace(self, *, told: bool) -> None:
        """Ask for the lineage; where it cannot be told, say why only to who has just asked."""
        pointed, checked = self._pointed, self._session.checked
        if pointed is None or checked is None:
            return
        self._background.submit(
            Job(
                lambda: _lineage(checked, pointed),
                lambda found: self._found(pointed, found),
                lambda error: self._failed(pointed, error, told=told),
                wanted=lambda: self._pointed is pointed,
            )
        )

    def _found(self, pointed: Pointed, lineage: "Lineage") -> None:
        if self._pointed is pointed:
            self.traced.emit(lineage)

    def _failed(self, pointed: Pointed, error: Exception, *, told: bool) -> None:
        if self._pointed is pointed:
            self.end()
            if told:
                self._session.notice(Notice.of(error))


def _lineage(checked: "Checked", pointed: Pointed) -> "Lineage":
    from summit_studio.planning.lineage import Columns

    columns = Columns(checked)
    port = pointed.port
    return columns.trace(columns.ref(port.node, port.port, pointed.column))


def _renaming(
    checked: "Checked",
    pointed: Pointed,
    catalogue: Catalogue,
    designing: Designing,
    workspace: Workspace,
    given: "Mapping[str, Any]",
) -> "Renaming":
    from summit_studio.planning.modules import values_known
    from summit_studio.planning.renaming import renaming

    if pointed.renamed is not None:
        left = _left(checked, pointed.renamed, catalogue, designing, workspace, given)
        if left is None:
            raise InvalidParams(
                tr("No node after uses '{name}' any more", name=pointed.column), code="nothing_left"
            )
        return left
    values = values_known(checked.drawn, given)
    context = designing.context(workspace)
    return renaming(checked, pointed.port, pointed.column, pointed.name, catalogue, context, values)


def _left(
    checked: "Checked",
    renamed: "Renamed",
    catalogue: Catalogue,
    designing: Designing,
    workspace: Workspace,
    given: "Mapping[str, Any]",
) -> "Renaming | None":
    from summit_studio.planning.catching_up import left_to_do
    from summit_studio.planning.modules import values_known

    values, context = values_known(checked.drawn, given), designing.context(workspace)
    return left_to_do(checked.drawn, renamed, catalogue, context, values)


def _renamed_in(changed: "Mapping[str, Checked]", now: "Checked") -> "Iterator[Renamed]":
    """Yield the columns that were renamed, of the node changed last first."""
    from summit_studio.planning.catching_up import renamed_by_hand

    for node, base in reversed(list(changed.items())):
        yield from renamed_by_hand(base, now, node)
