"""What the actions that disable and bypass nodes do."""

from PySide6.QtCore import QObject, Slot

from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.problems import Severity
from summit_studio.core.suggest import listing
from summit_studio.document.edits import SetStates
from summit_studio.document.model import BYPASSED, DISABLED, ENABLED
from summit_studio.planning.states import why_no_bypass


class StateActions(QObject):
    """Has the chosen nodes not run, or let rows past them, or work again."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    @Slot()
    def on_disable(self) -> None:
        """Disable what is chosen; where all of it is, enable it."""
        self._turn(DISABLED, list(self._session.selection.nodes))

    @Slot()
    def on_bypass(self) -> None:
        """Bypass what is chosen, as far as it can be; where all of it is, enable it."""
        session = self._session
        session.bridge.flush()
        document = session.document
        found = {i: document.nodes[i] for i in session.selection.nodes if i in document.nodes}
        if all(node.state == BYPASSED for node in found.values()):
            self._turn(BYPASSED, list(found))
            return
        refused = {i: why_no_bypass(document, n, session.kind_of(n)) for i, n in found.items()}
        self._turn(BYPASSED, [i for i, why in refused.items() if not why])
        names = [f"'{session.title_of(i)}'" for i, why in refused.items() if why]
        if names:
            whys = dict.fromkeys(why for why in refused.values() if why)
            text = tr("{listing} cannot be bypassed", listing=listing(names, 4))
            detail = "; ".join(whys)
            said = f"{detail[:1].upper()}{detail[1:]}"
            detail = tr("{said}. Disable it in its stead (D).", said=said)
            session.notice(Notice(text, detail, Severity.WARNING))

    def _turn(self, state: str, node_ids: list[str]) -> None:
        self._session.bridge.flush()
        nodes = self._session.document.nodes
        node_ids = [i for i in node_ids if i in nodes]
        if node_ids:
            on = all(nodes[i].state == state for i in node_ids)
            self._session.do(SetStates(dict.fromkeys(node_ids, ENABLED if on else state)))
