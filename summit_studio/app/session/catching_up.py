"""Offers to rename a column in the nodes after, once it was renamed by hand where it is made."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.look.words import tr
from summit_studio.app.session.columns import ColumnDesk
from summit_studio.app.session.pointed import Pointed, Wish
from summit_studio.app.session.renamed import Leaf, Renamed, leaves_changed, told
from summit_studio.app.session.session import Notice, Session
from summit_studio.document.model import Document

if TYPE_CHECKING:
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
        self._touched: dict[Leaf, Checked] = {}  # What was known before each was changed.
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
        if offer is None or renamed is None or offer[0].meaning() != session.document.meaning():
            return  # It is offered anew once the check of the newer one is done.
        self._forget()
        session.do(offer[1].edit, joined=renamed.written_in(session.bridge.before, offer[0]))

    @Slot()
    def on_show_renaming(self) -> None:
        """Show what would change, before it is made."""
        renamed = self._renamed
        if self._offer is not None and renamed is not None:
            name = self._offer[1].new
            self._session.ask_of_column(
                Pointed(renamed.port, renamed.old, Wish.RENAME, name, renamed.path)
            )

    @Slot(object)
    def _edited(self, change: Any) -> None:
        """Note which name may have been changed, and what was known of the column before."""
        before, after = change.previous, change.document
        if after.meaning() == before.meaning():
            return
        leaves = leaves_changed(before, after)
        if not leaves:
            self._keep_unchanged(before, after)
        if self._renamed is not None and self._renamed.leaf in leaves:
            self._withdraw()
            return
        for leaf in leaves:
            self._touch(leaf, before)
        self._due = self._due or self._renamed is not None

    def _touch(self, leaf: Leaf, before: Document) -> None:
        """Note what is known of a text that was changed, if that is of the text as it was."""
        (node, path), checked = leaf, self._session.checked
        known = checked.drawn.nodes.get(node) if checked is not None else None
        if checked is None or known is None or leaf in self._touched:
            return
        if told(known.params, path) == told(before.nodes[node].params, path):
            self._touched[leaf] = checked

    def _keep_unchanged(self, before: Document, after: Document) -> None:
        """Forget names in nodes in which more was changed: entries may stand elsewhere by now."""

        def same(node: str) -> bool:
            return before.nodes.get(node) == after.nodes.get(node)

        self._touched = {leaf: c for leaf, c in self._touched.items() if same(leaf[0])}
        if self._renamed is not None and not same(self._renamed.port.node):
            self._forget()

    @Slot()
    def _look(self) -> None:
        """Find out what is left behind, once the newest document was checked."""
        checked, document = self._session.checked, self._session.document
        if not self._due or checked is None or checked.drawn.meaning() != document.meaning():
            return
        self._due = False
        touched, self._touched = self._touched, {}
        if touched or self._renamed is not None:
            self._desk.left_behind(document, touched, self._renamed, self._found)

    def _found(self, document: Document, renamed: Renamed | None, found: "Renaming | None") -> None:
        self._renamed = renamed
        if document.meaning() != self._session.document.meaning():
            self._due = True  # It is looked at again once the check of the newer one is done.
            return
        said = self._said(renamed, found) if renamed and found else None
        if said != self._notice:
            self._withdraw()
            if said is not None:
                self._notice = said
                self._session.notice(said)
        self._offer = (document, found) if found is not None else None
        self.changed.emit()

    def _said(self, renamed: Renamed, found: "Renaming") -> Notice:
        title = self._session.title_of
        known = self._session.document.nodes
        ids = [c.node for c in found.changes if c.node in known] + [k.node for k in found.kept]
        names = [title(node) for node in dict.fromkeys(ids)]
        listed = ", ".join(names[:_MOST_NAMED])
        if len(names) > _MOST_NAMED:
            listed = tr("{names} and {more} more", names=listed, more=len(names) - _MOST_NAMED)
        text = (
            tr("1 node still uses '{old}': {names}", old=renamed.old, names=listed)
            if len(names) == 1
            else tr(
                "{count} nodes still use '{old}': {names}",
                count=len(names),
                old=renamed.old,
                names=listed,
            )
        )
        detail = tr("{node} calls it '{new}' now.", node=title(renamed.port.node), new=found.new)
        show = (tr("Show"), "show_renaming")
        if found.problems:
            return Notice(text, detail, action=show[0], act=show[1])
        return Notice(text, detail, action=tr("Rename there too"), act="rename_after", more=(show,))

    def _withdraw(self) -> None:
        notice, self._notice, self._offer = self._notice, None, None
        if notice is not None:
            self._session.withdraw(notice)
            self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        self._withdraw()
        self._renamed, self._touched, self._due = None, {}, False
