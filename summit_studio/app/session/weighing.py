"""Tells which nodes an edit would break, before it is made, without stopping anybody."""

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.look.words import tr
from summit_studio.app.session.design import DesignChecker
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.session.weighed import Weighed
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Problem, Severity
from summit_studio.document.model import Document
from summit_studio.planning.modules import drawn_id

_MOST_TOLD = 3


class Weigher(QObject):
    """Makes an edit at once where no node loses a column by it; else looks what it would break.

    Where that is something it waits, and a notice says which nodes. It is made by the button there
    or by asking for it again, and forgotten by another selection or edit. `changed` is sent when
    an edit begins or ends to wait; `pointed` carries the nodes that would break, to be lit, and
    None when they are not to be any more.
    """

    changed = Signal()
    pointed = Signal(object)

    def __init__(self, session: Session, checker: DesignChecker, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._checker = checker
        self._plan: Weighed | None = None
        self._notice: Notice | None = None
        self._broken: tuple[str, ...] = ()
        self._lit = False
        session.weigh_asked.connect(self._asked)
        session.selected.connect(self._forget)
        session.bridge.changed.connect(self._edited)

    @property
    def waiting(self) -> bool:
        """True while an edit waits for a person to want it all the same."""
        return self._notice is not None

    @Slot()
    def on_anyway(self) -> None:
        """Make the edit that waits."""
        if self._plan is not None and self.waiting:
            self._make(self._plan)

    @Slot(object)
    def _asked(self, plan: Weighed) -> None:
        again = self.waiting and self._plan is not None and self._plan.edit == plan.edit
        if again or not self._may_break(plan):
            self._make(plan)
            return
        self._forget()
        looked_at, self._plan = self._plan, plan
        if looked_at is not None:
            looked_at.unmade()
        document = self._session.document
        self._checker.try_out(plan.edit, lambda problems: self._told(plan, document, problems))

    @Slot()
    def on_show_broken(self) -> None:
        """Light the nodes that the edit which waits would break."""
        if self._notice is not None:
            self._lit = True
            self.pointed.emit(self._broken)
            self._session.notice(self._notice)  # Its button took it away.

    def _may_break(self, plan: Weighed) -> bool:
        """Return False where it breaks nothing, or nobody knows yet what it would break."""
        from summit_studio.planning.trying import may_break

        session = self._session
        checked = session.checked
        if session.files.read_only or checked is None:
            return False
        if checked.drawn.meaning() != session.document.meaning():
            return False
        try:
            return may_break(plan.edit, checked)
        except SummitError:
            return False  # Making it says why it does not fit.

    def _told(self, plan: Weighed, document: Document, problems: tuple[Problem, ...]) -> None:
        if self._plan is not plan:
            return
        problems = tuple(p for p in problems if drawn_id(p.where.node_id or "") not in plan.own)
        if not problems or document.meaning() != self._session.document.meaning():
            self._make(plan)
            return
        self._notice = self._said(plan, problems)
        self._session.notice(self._notice)
        self.changed.emit()
        plan.unmade()

    def _said(self, plan: Weighed, problems: tuple[Problem, ...]) -> Notice:
        whats: dict[str, str] = {}
        for problem in problems:
            whats.setdefault(drawn_id(problem.where.node_id or ""), problem.what)
        self._broken = tuple(whats)
        lines = [f"{self._title(node)}: {what}." for node, what in whats.items()]
        more = len(lines) - _MOST_TOLD
        detail = " ".join(lines[:_MOST_TOLD]) + (
            tr(" And {more} more.", more=more) if more > 0 else ""
        )
        count = tr("1 node") if len(lines) == 1 else tr("{count} nodes", count=len(lines))
        text = tr("{deed} would break {count}", deed=plan.deed, count=count)
        show = ((tr("Show"), "show_broken"),)
        return Notice(text, detail, Severity.WARNING, plan.anyway, "anyway", show)

    def _title(self, node_id: str) -> str:
        known = node_id in self._session.document.nodes
        return self._session.title_of(node_id) if known else tr("The new node")

    def _make(self, plan: Weighed) -> None:
        self._forget()
        self._plan = None
        if self._session.do(plan.edit):
            plan.then()
        else:
            plan.unmade()

    @Slot()
    def _forget(self) -> None:
        """Let go of an edit of which a person was told; one that is still looked at goes on."""
        notice, self._notice = self._notice, None
        if notice is not None:
            self._plan = None
            self._session.withdraw(notice)
            self.changed.emit()
        if self._lit:
            self._lit = False
            self.pointed.emit(None)

    @Slot(object)
    def _edited(self, change: Any) -> None:
        if change.document.meaning() != change.previous.meaning():
            self._forget()
