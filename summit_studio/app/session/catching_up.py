"""Offers to rename a column in the nodes after, once it was renamed by hand where it is made."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.look.words import tr
from summit_studio.app.session.columns import ColumnDesk
from summit_studio.app.session.pointed import Pointed, Wish
from summit_studio.app.session.session import Notice, Session
from summit_studio.document.model import Document

if TYPE_CHECKING:
    from summit_studio.planning.catching_up import Renamed
    from summit_studio.planning.check import Checked
    from summit_studio.planning.renaming import Renaming

_MOST_NAMED = 3


class CatchingUp(QObject):
    """Watches for names of columns that are changed in a form.

    Once the name was written, and a check has seen it, a notice says which nodes still use the old
    one; a button there renames it in them too, which is one undo step with the writing. `changed`
    is sent when an offer begins or ends.
    """

    changed = Signal()

    def __init__(self, session: Session, desk: ColumnDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._changed: dict[str, Checked] = {}  # Nodes, with what was known before each was.
        self._renamed: Renamed | None = None
        self._due = False
        self._offer: tuple[Document, Renaming] | None = None
        self._notice: Notice | None = None
        session.bridge.changed.connect(self._edited)
        session.checked_changed.connect(self._look)
        session.file_changed.connect(self._forget)

    @property
    def waiting(self) -> bool:
        """True while a renaming is offered."""
        return self._offer is not None

    @Slot()
    def written(self) -> None:
        """Take that a person has written a name to its end, for now."""
        self._due = True
        self._look()

    @Slot()
    def on_rename_after(self) -> None:
        """Rename the column in the nodes after, in one undo step with the writing."""
        session, offer, renamed = self._session, self._offer, self._renamed
        if offer is None or offer[0].meaning() != session.document.meaning():
            return  # It is offered anew once the check of the newer one is done.
        self._withdraw()
        self._due = True  # Another column may have been renamed as well.
        session.do(offer[1].edit, joined=self._desk.joins(renamed))

    @Slot()
    def on_show_renaming(self) -> None:
        """Show what would change, before it is made."""
        renamed = self._renamed
        if self._offer is not None and renamed is not None:
            name = self._offer[1].new
            self._session.ask_of_column(
                Pointed(renamed.port, renamed.old, Wish.RENAME, name, renamed)
            )

    @Slot(object)
    def _edited(self, change: Any) -> None:
        """Note which nodes were changed, and what was known of each as it was before."""
        before, after, checked = change.previous.nodes, change.document.nodes, self._session.checked
        known = checked.drawn.nodes if checked is not None else {}
        for node in after:
            one, other = before.get(node), after[node]
            if one is None or one is other or one.params == other.params:
                continue
            if checked is not None and node not in self._changed and known.get(node) == one:
                self._changed[node] = checked
            if self._renamed is not None and self._renamed.port.node == node:
                self._withdraw()  # What it says may not be so any more.
        self._due = self._due or self._offer is not None

    @Slot()
    def _look(self) -> None:
        """Find out what is left behind, once the newest document was checked."""
        checked, document = self._session.checked, self._session.document
        if not self._due or checked is None or checked.drawn.meaning() != document.meaning():
            return
        self._due = False
        if self._changed:
            self._desk.left_behind(
                checked,
                dict(self._changed),
                lambda renamed, found: self._found(document, renamed, found),
            )

    def _found(
        self, document: Document, renamed: "Renamed | None", found: "Renaming | None"
    ) -> None:
        if document.meaning() != self._session.document.meaning():
            self._due = True  # It is looked at again once the check of the newer one is done.
            return
        said = self._said(renamed, found) if renamed and found else None
        if said != self._notice:
            self._withdraw()
            if said is not None:
                self._notice = said
                self._session.notice(said)
        if found is None and self._session.checked is not None and self._session.checked.ok:
            self._changed = {}  # Whoever needs a column gets it.
        self._renamed, self._offer = renamed, (document, found) if found is not None else None
        self.changed.emit()

    def _said(self, renamed: "Renamed", found: "Renaming") -> Notice:
        title = self._session.title_of
        known = self._session.document.nodes
        using = [c.node for c in found.changes if c.field and c.node in known]
        names = [title(i) for i in dict.fromkeys([*using, *(k.node for k in found.kept)])]
        listed = ", ".join(names[:_MOST_NAMED])
        if len(names) > _MOST_NAMED:
            listed = tr("{names} and {more} more", names=listed, more=len(names) - _MOST_NAMED)
        one = len(names) == 1
        if not using:  # What code does with a column is not known.
            text = (
                tr("1 node may use '{old}': {names}", old=renamed.old, names=listed)
                if one
                else tr(
                    "{count} nodes may use '{old}': {names}",
                    count=len(names),
                    old=renamed.old,
                    names=listed,
                )
            )
        elif one:
            text = tr("1 node still uses '{old}': {names}", old=renamed.old, names=listed)
        else:
            text = tr(
                "{count} nodes still use '{old}': {names}",
                count=len(names),
                old=renamed.old,
                names=listed,
            )
        detail = tr("{node} calls it '{new}' now.", node=title(renamed.port.node), new=found.new)
        show = (tr("Show"), "show_renaming")
        if found.problems:
            return Notice(text, detail, action=show[0], act=show[1])
        return Notice(text, detail, action=tr("Rename there too"), act="rename_after", more=(show,))

    def _withdraw(self) -> None:
        notice = self._notice
        self._notice = self._offer = self._renamed = None
        if notice is not None:
            self._session.withdraw(notice)
            self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        self._withdraw()
        self._changed, self._due = {}, False
